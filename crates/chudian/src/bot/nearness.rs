//! The model that compares meanings, beside the index of words: made ready in the background whenever the base or
//! the choice changes, and swapped in when it is whole. Until then, and whenever it does not answer in time, the
//! words decide alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use encoder::map::Map;
use retrieval::Similarity;
use retrieval::normalise;
use tokio::sync::Notify;

use crate::base::Result;
use crate::base::id::TenantId;
use crate::ctx::Ctx;
use crate::models::model::Choice;
use crate::models::prepare::{Wording, prepare};
use crate::models::service::{self, Board, Model};
use crate::models::store;
use crate::models::vectors::{Asked, Vectors};

use super::catalogue::{self, Catalogue};
use super::learning::store as learning;

/// After a failure it is tried again so late at first; each further failure doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// And so late at most.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// A tenant's model and the vectors of its base.
#[derive(Debug)]
pub struct Nearness {
    model: Arc<Model>,
    /// What the tenant's own pairs have taught it.
    map: Option<Arc<Map>>,
    vectors: Arc<Vectors>,
}

impl Nearness {
    /// How near a question is to every wording; `None` when the model does not say so in time.
    pub(super) async fn ask(&self, ctx: &Ctx, text: &str) -> Option<Near> {
        let vector = self.model.encode_question(ctx, &form(text)).await?;
        let (vectors, map) = (self.vectors.clone(), self.map.clone());
        // With a big base this is a few milliseconds of work: not on a thread that serves connections.
        tokio::task::spawn_blocking(move || Near::of(&vectors, map.as_deref(), &vector)).await.ok().flatten()
    }
}

/// The form in which texts are given to the model: what customers write besides their question is left out, and
/// two ways of writing the same are one.
pub(super) fn form(text: &str) -> String {
    let question = normalise::question(text);
    if question.is_empty() { text.trim().to_owned() } else { question }
}

/// How near one question is to every wording.
#[derive(Debug)]
pub struct Near {
    asked: Asked,
    has_learnt: bool,
}

impl Near {
    /// A question's vector against those of a base that went through the same map; `None` when they do not fit.
    pub(super) fn of(vectors: &Arc<Vectors>, map: Option<&Map>, vector: &[f32]) -> Option<Self> {
        let asked = match map {
            Some(map) => vectors.ask(&map.apply(vector)?)?,
            None => vectors.ask(vector)?,
        };
        Some(Self { asked, has_learnt: map.is_some() })
    }
}

/// How near a question is to the wordings of a base; `None` without a model, or when it does not say so in time.
pub async fn ask(ctx: &Ctx, catalogue: &Catalogue, text: &str) -> Option<Near> {
    match &catalogue.nearness {
        Some(nearness) => nearness.ask(ctx, text).await,
        None => None,
    }
}

impl Similarity for Near {
    fn of(&self, key: i64, nth: usize) -> Option<f32> {
        self.asked.of(key, nth)
    }

    fn nearest(&self, limit: usize) -> Vec<(i64, usize)> {
        self.asked.nearest(limit)
    }

    fn has_learnt(&self) -> bool {
        self.has_learnt
    }
}

/// Who keeps the vectors of which tenant fresh: one task each, as long as its model is on.
#[derive(Debug, Default)]
struct Keepers(Mutex<HashMap<TenantId, Keeper>>);

#[derive(Debug, Default)]
struct Keeper {
    /// How often news came.
    wanted: u64,
    bell: Arc<Notify>,
}

impl Keepers {
    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, Keeper>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes news, and tells whether somebody must begin to keep the tenant's vectors.
    fn tell(&self, tenant: TenantId) -> bool {
        let mut keepers = self.lock();
        let is_new = !keepers.contains_key(&tenant);
        let keeper = keepers.entry(tenant).or_default();
        keeper.wanted += 1;
        keeper.bell.notify_one();
        is_new
    }

    fn wanted(&self, tenant: TenantId) -> (u64, Arc<Notify>) {
        let mut keepers = self.lock();
        let keeper = keepers.entry(tenant).or_default();
        (keeper.wanted, keeper.bell.clone())
    }

    /// Ends the keeping unless news came after `seen`.
    fn end(&self, tenant: TenantId, seen: u64) -> bool {
        let mut keepers = self.lock();
        let is_over = keepers.get(&tenant).is_none_or(|it| it.wanted == seen);
        if is_over {
            keepers.remove(&tenant);
        }
        is_over
    }
}

/// Makes ready the models of all tenants that have one: at the start of the server.
///
/// # Errors
/// Those of the database.
pub async fn start(ctx: &Ctx) -> Result<()> {
    for tenant in ctx.db.read(store::list_tenants).await? {
        nudge(ctx, tenant);
    }
    Ok(())
}

/// The base or the choice changed: its vectors are looked through, soon and elsewhere.
pub(super) fn nudge(ctx: &Ctx, tenant: TenantId) {
    let keepers = ctx.shelf.get::<Keepers>();
    if keepers.tell(tenant) {
        let ctx = ctx.clone();
        tokio::spawn(async move { keep(&ctx, &keepers, tenant).await });
    }
}

async fn keep(ctx: &Ctx, keepers: &Keepers, tenant: TenantId) {
    let mut wait = FIRST_WAIT;
    loop {
        let (seen, bell) = keepers.wanted(tenant);
        match renew(ctx, tenant).await {
            Ok(true) => {
                wait = FIRST_WAIT;
                bell.notified().await;
            }
            Ok(false) => {
                if keepers.end(tenant, seen) {
                    return;
                }
            }
            Err(error) => {
                tracing::warn!(%tenant, error.code = error.code, "the knowledge model does not work and is tried again: {error}");
                let trouble = Some((error.code, error.to_string()));
                ctx.shelf.get::<Board>().set(tenant, |it| it.trouble = trouble);
                if tokio::time::timeout(wait, bell.notified()).await.is_err() {
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
            }
        }
    }
}

/// Brings a tenant's vectors up to its base and its choice; tells whether it has a model at all.
async fn renew(ctx: &Ctx, tenant: TenantId) -> Result<bool> {
    let kept = ctx.db.read(move |tx| store::get(tx, tenant)).await?;
    let board = ctx.shelf.get::<Board>();
    if kept.choice == Choice::Off {
        catalogue::set_nearness(ctx, tenant, None).await;
        board.set(tenant, |it| *it = service::Progress::default());
        return Ok(false);
    }
    let old = catalogue::of(ctx, tenant).await?.nearness.clone();
    let model = match old {
        Some(old) if old.model.version == kept.version => old.model.clone(),
        _ => {
            // What was chosen before is not asked any more, from now on.
            catalogue::set_nearness(ctx, tenant, None).await;
            let Some(model) = service::open_kept(ctx, tenant, kept).await? else { return Ok(false) };
            model
        }
    };
    let nearness = read_base(ctx, tenant, model).await?;
    catalogue::set_nearness(ctx, tenant, Some(Arc::new(nearness))).await;
    board.set(tenant, |it| (it.is_used, it.trouble) = (true, None));
    Ok(true)
}

async fn read_base(ctx: &Ctx, tenant: TenantId, model: Arc<Model>) -> Result<Nearness> {
    let space = model.space().to_owned();
    let (entries, map) = ctx
        .db
        .read(move |tx| Ok((catalogue::list_entries(tx, tenant)?, learning::find_map(tx, tenant, &space)?)))
        .await?;
    let map = map.and_then(|bytes| Map::from_bytes(&bytes)).map(Arc::new);
    let vectors = prepare(ctx, tenant, &model, wordings(&entries), map.clone()).await?;
    Ok(Nearness { model, map, vectors: Arc::new(vectors) })
}

/// A catalogue with the model beside it that the tenant chose, ready when this returns: for measurements, which
/// cannot begin while it is being prepared.
///
/// # Errors
/// Those of the model and of the database.
pub async fn beside(ctx: &Ctx, tenant: TenantId, catalogue: &Catalogue) -> Result<Catalogue> {
    let nearness = match service::open(ctx, tenant).await? {
        Some(model) => Some(Arc::new(read_base(ctx, tenant, model).await?)),
        None => None,
    };
    Ok(catalogue.with_nearness(nearness))
}

/// The wordings of entries, numbered as the index numbers them: the standard question first.
fn wordings(entries: &[(super::model::Known, Vec<String>)]) -> Vec<Wording> {
    let mut all = Vec::new();
    for (entry, similar) in entries {
        let texts = std::iter::once(&entry.question).chain(similar);
        all.extend(texts.zip(0..).map(|(text, nth)| (crate::base::id::Id::raw(entry.id), nth, form(text))));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_while_the_last_one_is_worked_on_is_not_lost() {
        let (keepers, tenant) = (Keepers::default(), TenantId(1));
        assert!(keepers.tell(tenant), "somebody must begin");
        let (seen, _) = keepers.wanted(tenant);
        assert!(!keepers.tell(tenant), "somebody is at it");
        assert!(!keepers.end(tenant, seen), "and must look again");
        let (seen, _) = keepers.wanted(tenant);
        assert!(keepers.end(tenant, seen));
        assert!(keepers.tell(tenant), "the next one begins anew");
    }

    #[test]
    fn the_model_is_given_the_question_alone() {
        assert_eq!(form("请问怎么還款呀？谢谢😀"), form("怎么还款"));
        assert_eq!(form(" ？？ "), "？？");
    }
}
