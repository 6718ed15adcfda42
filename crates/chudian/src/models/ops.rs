//! What one may do with the model of the own tenant.

use std::time::Instant;

use serde_json::json;

use crate::audit::ops::record;
use crate::base::{Error, Result};
use crate::bus::{Event, emit};
use crate::ctx::Ctx;
use crate::egress;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

use super::model::{Choice, Kept};
use super::service::{self, Board, Progress};
use super::store;

/// The longest key that is kept.
const LONGEST_KEY: usize = 1_000;

/// What was chosen, and how it does.
#[derive(Debug)]
pub struct Known {
    /// What was chosen.
    pub choice: Choice,
    /// Whether a key is kept.
    pub has_key: bool,
    /// How often it was written.
    pub version: i64,
    /// How far it is.
    pub progress: Progress,
}

/// What a trial of the model gave.
#[derive(Debug)]
pub struct Trial {
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
    /// How many numbers the vector has, or what is wrong: a stable name and a sentence.
    pub outcome: std::result::Result<usize, (&'static str, String)>,
}

/// The model of the own tenant.
///
/// # Errors
/// `Denied` without the right.
pub async fn get(ctx: &Ctx, actor: &Actor) -> Result<Known> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    let kept = ctx.db.read(move |tx| store::get(tx, tenant)).await?;
    Ok(known(ctx, actor, kept))
}

fn known(ctx: &Ctx, actor: &Actor, kept: Kept) -> Known {
    let progress = match kept.choice {
        Choice::Off => Progress::default(),
        _ => ctx.shelf.get::<Board>().get(actor.tenant),
    };
    Known { choice: kept.choice, has_key: kept.secret.is_some(), version: kept.version, progress }
}

/// Chooses. `key`: absent, the kept one stays, if the calls still go to the same place; empty, none. `seen` is
/// the version that was looked at; `None` writes over any.
///
/// # Errors
/// `Denied` without the right; `Invalid`, by field; `Conflict` when somebody was faster.
pub async fn put(
    ctx: &Ctx,
    actor: &Actor,
    choice: Choice,
    key: Option<String>,
    seen: Option<i64>,
) -> Result<Known> {
    actor.require(Permission::KnowledgeModel)?;
    let choice = choice.tidy()?;
    if let Choice::Endpoint(it) = &choice {
        egress::check(&ctx.config.egress, &it.url).map_err(|error| {
            let why = error.to_string();
            error.field("endpoint.url", why)
        })?;
    }
    let key = key.map(|it| it.trim().to_owned());
    if key.as_ref().is_some_and(|it| it.len() > LONGEST_KEY || it.chars().any(|it| !it.is_ascii_graphic())) {
        let right = "at most 1,000 letters, digits and signs, without spaces";
        return Err(
            Error::invalid("model.key", format!("this is no key: {right}")).field("endpoint.key", right)
        );
    }
    let sealed = match key.as_deref() {
        None => None,
        Some("") => Some(None),
        Some(key) => Some(Some(service::seal_key(ctx, actor.tenant, key)?)),
    };
    let doer = actor.clone();
    let kept = ctx
        .db
        .write(move |tx| {
            let old = store::get(tx, doer.tenant)?;
            let same_place = choice.origin().is_some() && choice.origin() == old.choice.origin();
            let secret = match sealed {
                _ if choice.origin().is_none() => None,
                Some(new) => new,
                None => old.secret.filter(|_| same_place),
            };
            let kept = Kept { choice, secret, version: old.version + 1 };
            let is_current = seen.is_none_or(|it| it == old.version);
            let now = tx.now();
            if !is_current || !store::put(tx, doer.tenant, &kept, now)? {
                return Err(Error::conflict(
                    "model.changed",
                    "somebody changed this meanwhile: look at it again, then decide",
                ));
            }
            let place = kept.choice.origin();
            let detail = json!({ "kind": kept.choice.name(), "place": place, "key": kept.secret.is_some(), "version": kept.version });
            record(tx, &doer, "knowledge_model.change", "knowledge_model", detail)?;
            // The snapshot of the base is made anew, and with it its vectors.
            emit(tx, doer.tenant, Event::KnowledgeChanged)?;
            Ok(kept)
        })
        .await?;
    ctx.shelf.get::<Board>().set(actor.tenant, |it| *it = Progress::default());
    Ok(known(ctx, actor, kept))
}

/// Makes one vector with the kept choice, and tells how it went. Telephone numbers and the like do not occur
/// in what is sent.
///
/// # Errors
/// `Denied` without the right; `Invalid` when none is chosen.
pub async fn check(ctx: &Ctx, actor: &Actor) -> Result<Trial> {
    actor.require(Permission::KnowledgeModel)?;
    let doer = actor.clone();
    let kept = ctx
        .db
        .write(move |tx| {
            let kept = store::get(tx, doer.tenant)?;
            let detail = json!({ "kind": kept.choice.name(), "place": kept.choice.origin() });
            record(tx, &doer, "knowledge_model.check", "knowledge_model", detail)?;
            Ok(kept)
        })
        .await?;
    let begin = Instant::now();
    let outcome = match service::open_kept(ctx, actor.tenant, kept).await {
        Ok(None) => {
            return Err(Error::invalid("model.off", "no model is chosen: choose one and save it first"));
        }
        Ok(Some(model)) => model.encode(ctx, vec!["怎么修改收货地址".to_owned()]).await,
        Err(error) => Err(error),
    };
    let milliseconds = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    let outcome = outcome.map(|it| it.first().map_or(0, Vec::len)).map_err(|it| (it.code, it.to_string()));
    Ok(Trial { milliseconds, outcome })
}
