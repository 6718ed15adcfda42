//! What one may do with twins.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;
use tokio::sync::Semaphore;

use crate::audit::ops::record;
use crate::base::id::{EntryId, Id, TenantId};
use crate::base::{Error, Result};
use crate::bot::catalogue;
use crate::ctx::Ctx;
use crate::knowledge::model::Entry;
use crate::knowledge::shared::store as shared;
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::find::twins;
use super::kind::{Kind, kind};
use super::store::{self, Pair, Search};

/// So many pairs are kept and shown: who has more mends these first.
const MOST: usize = 500;

/// Searches under way.
#[derive(Debug)]
struct Searches {
    running: Mutex<HashMap<TenantId, Arc<Progress>>>,
    /// One in the house at a time: with 50,000 entries it is minutes of work.
    slot: Arc<Semaphore>,
}

impl Default for Searches {
    fn default() -> Self {
        Self { running: Mutex::default(), slot: Arc::new(Semaphore::new(1)) }
    }
}

impl Searches {
    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, Arc<Progress>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How far a search is.
#[derive(Debug, Default)]
pub struct Progress {
    /// Wordings that were looked at.
    pub done: AtomicUsize,
    /// Of how many; 0 until it has begun.
    pub total: AtomicUsize,
}

/// Two entries that say nearly the same.
#[derive(Debug)]
pub struct Told {
    /// Their wordings.
    pub pair: Pair,
    /// The one, and whether it is headquarters'.
    pub one: (Entry, bool),
    /// The other, likewise.
    pub other: (Entry, bool),
    /// What they are.
    pub kind: Kind,
}

/// What is known of a base.
#[derive(Debug)]
pub struct Listed {
    /// The pairs: contradictions first.
    pub pairs: Vec<Told>,
    /// When it was searched last.
    pub last: Option<Search>,
    /// The search under way: how many wordings were looked at, of how many.
    pub running: Option<(usize, usize)>,
}

/// The pairs that the last search found, as far as both are published and on and nobody dismissed them.
///
/// # Errors
/// `Denied` without the right.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Listed> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    let progress = ctx.shelf.get::<Searches>().lock().get(&tenant).cloned();
    let running = progress.map(|it| (it.done.load(Ordering::Relaxed), it.total.load(Ordering::Relaxed)));
    ctx.db
        .read(move |tx| {
            let mut pairs = Vec::new();
            for pair in store::list(tx, tenant, u32::try_from(MOST).unwrap_or(u32::MAX))? {
                let (one, other) =
                    (shared::find_whose(tx, tenant, pair.one)?, shared::find_whose(tx, tenant, pair.other)?);
                let (Some(one), Some(other)) = (one.filter(counts), other.filter(counts)) else { continue };
                // Two of headquarters' are headquarters' to mend.
                if one.1 && other.1 {
                    continue;
                }
                // What was mended since is not told again until the next search.
                if !says(&one.0, &pair.one_wording) || !says(&other.0, &pair.other_wording) {
                    continue;
                }
                let kind = kind(pair.confidence, &one.0.body.answers, &other.0.body.answers);
                pairs.push(Told { pair, one, other, kind });
            }
            pairs.sort_by_key(|it| it.kind);
            Ok(Listed { pairs, last: store::find_search(tx, tenant)?, running })
        })
        .await
}

fn counts((it, _): &(Entry, bool)) -> bool {
    it.version > 0 && it.body.enabled
}

fn says(entry: &Entry, wording: &str) -> bool {
    entry.body.question == wording || entry.body.similar.iter().any(|it| it == wording)
}

/// Begins to search the base, unless somebody has begun already.
///
/// # Errors
/// `Denied` without the right.
pub async fn search(ctx: &Ctx, actor: &Actor) -> Result<()> {
    actor.require(Permission::KnowledgeEdit)?;
    let tenant = actor.tenant;
    let searches = ctx.shelf.get::<Searches>();
    let progress = Arc::new(Progress::default());
    {
        let mut running = searches.lock();
        if running.contains_key(&tenant) {
            return Ok(());
        }
        running.insert(tenant, progress.clone());
    }
    let ctx = ctx.clone();
    tokio::spawn(async move {
        if let Err(error) = run(&ctx, tenant, &searches, progress).await {
            tracing::warn!(%tenant, error.code = error.code, "the search for twins did not end: {error}");
        }
        searches.lock().remove(&tenant);
    });
    Ok(())
}

/// Says that a search is over when it is dropped.
#[derive(Default)]
struct Over(Arc<AtomicBool>);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

async fn run(ctx: &Ctx, tenant: TenantId, searches: &Searches, progress: Arc<Progress>) -> Result<()> {
    let stopped = |why: String| Error::internal("twins.stopped", "the search stopped").because(why);
    let _slot = searches.slot.clone().acquire_owned().await.map_err(|it| stopped(it.to_string()))?;
    let catalogue = catalogue::of(ctx, tenant).await?;
    let entries = ctx.db.read(move |tx| catalogue::list_entries(tx, tenant)).await?;
    let wordings: Vec<(i64, Vec<String>)> = entries
        .into_iter()
        .map(|(known, similar)| (known.id.raw(), std::iter::once(known.question).chain(similar).collect()))
        .collect();
    let count: usize = wordings.iter().map(|it| it.1.len()).sum();
    progress.total.store(count.max(1), Ordering::Relaxed);
    let enough = catalogue.thresholds().answer;
    // Dropped with this future, when the server stops: the thread then ends at its next wording.
    let over = Over::default();
    let seen = over.0.clone();
    let is_over = move || seen.load(Ordering::Relaxed);
    let work = move || twins(&catalogue.knowledge.index, &wordings, enough, &progress.done, is_over);
    let found = tokio::task::spawn_blocking(work).await.map_err(|it| stopped(it.to_string()))?;
    let pairs: Vec<Pair> = found
        .into_iter()
        .take(MOST)
        .map(|it| Pair {
            one: EntryId::from_raw(it.one),
            other: EntryId::from_raw(it.other),
            one_wording: it.one_wording,
            other_wording: it.other_wording,
            confidence: percent(it.confidence),
        })
        .collect();
    ctx.db.write(move |tx| store::replace(tx, tenant, &pairs, i64::try_from(count).unwrap_or(i64::MAX))).await
}

#[expect(clippy::cast_possible_truncation, reason = "a confidence lies between 0 and 1")]
fn percent(confidence: f32) -> i64 {
    (confidence.clamp(0.0, 1.0) * 100.0).round() as i64
}

/// Says of a pair that both are right as they are: it is never told again.
///
/// # Errors
/// `Denied` without the right; `Missing` for a pair that is not told.
pub async fn dismiss(ctx: &Ctx, actor: &Actor, one: EntryId, other: EntryId) -> Result<()> {
    actor.require(Permission::KnowledgeEdit)?;
    let actor = actor.clone();
    let pair = if one.raw() <= other.raw() { (one, other) } else { (other, one) };
    ctx.db
        .write(move |tx| {
            if !store::dismiss(tx, actor.tenant, pair, actor.user)? {
                return Err(absent());
            }
            record(tx, &actor, "twins.dismiss", pair.0, json!({ "other": pair.1 }))
        })
        .await
}
