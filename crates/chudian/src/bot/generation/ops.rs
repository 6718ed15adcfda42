//! What one may do with generated answers of the own tenant.

use std::time::Duration;

use serde_json::json;

use crate::audit::ops::record;
use crate::base::content::Content;
use crate::base::id::{EntryId, InboxId};
use crate::base::{Error, Result};
use crate::bot::bench::channel_of;
use crate::bot::catalogue;
use crate::bot::look_up::look_up_all_with_model;
use crate::bus::{Event, emit};
use crate::ctx::Ctx;
use crate::egress;
use crate::knowledge::particulars::Place;
use crate::knowledge::usage::ops::{day, zone};
use crate::web::actor::Actor;
use crate::web::permission::Permission;

use super::ask::{self, Asked, Question};
use super::model::{Day, Kept, Settings};
use super::prompt::Source;
use super::{store, wanted};

/// The longest key that is kept.
const LONGEST_KEY: usize = 1_000;

/// What was set, and how today went.
#[derive(Debug)]
pub struct Known {
    /// What was set.
    pub settings: Settings,
    /// Whether a key is kept.
    pub has_key: bool,
    /// How often it was written.
    pub version: i64,
    /// What today has cost.
    pub today: Day,
    /// Nobody is asked at the moment: the budget is used up, or the endpoint fails.
    pub is_resting: bool,
}

/// Generated answers of the own tenant.
///
/// # Errors
/// `Denied` without the right.
pub async fn get(ctx: &Ctx, actor: &Actor) -> Result<Known> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    let (kept, today) = ctx
        .db
        .read(move |tx| {
            let today = day(tx.now(), &zone(tx, tenant)?);
            Ok((store::get(tx, tenant)?, store::get_day(tx, tenant, &today)?))
        })
        .await?;
    Ok(known(ctx, actor, kept, today))
}

fn known(ctx: &Ctx, actor: &Actor, kept: Kept, today: Day) -> Known {
    let is_resting = kept.settings.is_on && ask::is_resting(ctx, actor.tenant);
    Known {
        settings: kept.settings,
        has_key: kept.secret.is_some(),
        version: kept.version,
        today,
        is_resting,
    }
}

/// Sets them. `key`: absent, the kept one stays, if the calls still go to the same place; empty, none. `seen` is the
/// version that was looked at; `None` writes over any.
///
/// # Errors
/// `Denied` without the right; `Invalid`, by field; `Conflict` when somebody was faster.
pub async fn put(
    ctx: &Ctx,
    actor: &Actor,
    settings: Settings,
    key: Option<String>,
    seen: Option<i64>,
) -> Result<Known> {
    actor.require(Permission::KnowledgeModel)?;
    let settings = settings.tidy()?;
    if let Some(it) = &settings.endpoint {
        egress::check(&ctx.config.egress, &it.url).map_err(|error| {
            let why = error.to_string();
            error.field("endpoint.url", why)
        })?;
    }
    let sealed = sealed(ctx, actor, key)?;
    let doer = actor.clone();
    ctx.db
        .write(move |tx| {
            let old = store::get(tx, doer.tenant)?;
            let origin = |it: &Settings| it.endpoint.as_ref().and_then(|it| it.origin());
            let place = origin(&settings);
            let secret = match sealed {
                _ if place.is_none() => None,
                Some(new) => new,
                None => old.secret.filter(|_| place == origin(&old.settings)),
            };
            let kept = Kept { settings, secret, version: old.version + 1 };
            let is_current = seen.is_none_or(|it| it == old.version);
            if !is_current || !store::put(tx, doer.tenant, &kept)? {
                return Err(Error::conflict(
                    "generation.changed",
                    "somebody changed this meanwhile: look at it again, then decide",
                ));
            }
            let it = &kept.settings;
            let detail = json!({
                "on": it.is_on, "place": place, "model": it.endpoint.as_ref().map(|it| &it.model),
                "key": kept.secret.is_some(), "label": it.label, "seconds": it.seconds,
                "requests_a_day": it.requests_a_day, "tokens_a_day": it.tokens_a_day, "version": kept.version,
            });
            record(tx, &doer, "generation.change", "generation", detail)?;
            emit(tx, doer.tenant, Event::BotSettingsChanged)
        })
        .await?;
    ask::wake(ctx, actor.tenant);
    get(ctx, actor).await
}

/// The key, sealed: `None` leaves the kept one, `Some(None)` is none.
fn sealed(ctx: &Ctx, actor: &Actor, key: Option<String>) -> Result<Option<Option<Vec<u8>>>> {
    let Some(key) = key.map(|it| it.trim().to_owned()) else { return Ok(None) };
    if key.len() > LONGEST_KEY || key.chars().any(|it| !it.is_ascii_graphic()) {
        let right = "at most 1,000 letters, digits and signs, without spaces";
        return Err(
            Error::invalid("model.key", format!("this is no key: {right}")).field("endpoint.key", right)
        );
    }
    if key.is_empty() {
        return Ok(Some(None));
    }
    Ok(Some(Some(ask::seal_key(ctx, actor.tenant, &key)?)))
}

/// Asks the set model one question about an invented entry, and tells how it went. It costs one call of the day's.
///
/// # Errors
/// `Denied` without the right; `Invalid` when no endpoint is set.
pub async fn check(ctx: &Ctx, actor: &Actor) -> Result<Asked> {
    actor.require(Permission::KnowledgeModel)?;
    let kept = begin(ctx, actor, "generation.check").await?;
    let sources = [Source {
        entry: EntryId(0),
        question: "退款多久到账".to_owned(),
        answer: "退款申请通过后，3个工作日内原路退回到您的支付账户。".to_owned(),
    }];
    // Somebody looks: an endpoint that was left alone is tried again.
    ask::wake(ctx, actor.tenant);
    let limit = Duration::from_secs(kept.settings.seconds.unsigned_abs());
    let question = Question { sources: &sources, text: "退款要几天能到账户", names: &[], limit };
    ask::ask(ctx, actor.tenant, &kept, &question).await
}

/// Reads what is set, and records who spends.
async fn begin(ctx: &Ctx, actor: &Actor, act: &'static str) -> Result<Kept> {
    let doer = actor.clone();
    let kept = ctx
        .db
        .write(move |tx| {
            let kept = store::get(tx, doer.tenant)?;
            let place = kept.settings.endpoint.as_ref().and_then(|it| it.origin());
            record(tx, &doer, act, "generation", json!({ "place": place }))?;
            Ok(kept)
        })
        .await?;
    if kept.settings.endpoint.is_none() {
        return Err(Error::invalid(
            "generation.no_endpoint",
            "no endpoint is set: enter its address and model and save first",
        ));
    }
    Ok(kept)
}

/// What a trial on the test bench gave.
#[derive(Debug)]
pub struct Trial {
    /// What came of asking.
    pub asked: Asked,
    /// What a customer would read.
    pub reply: Option<Content>,
}

/// Writes an answer to a question as the bot would, for somebody who only looks. It costs one call of the day's.
///
/// # Errors
/// `Denied` without the right; `Invalid` when no endpoint is set, or for what has no words.
pub async fn try_out(ctx: &Ctx, actor: &Actor, content: &Content, inbox: Option<InboxId>) -> Result<Trial> {
    actor.require(Permission::BotEdit)?;
    let Some(words) = content.words() else {
        return Err(Error::invalid("generation.no_words", "only words can be answered: write a question")
            .field("content", "no words"));
    };
    let channel = match inbox {
        Some(inbox) => channel_of(ctx, actor.tenant, inbox).await?,
        None => String::new(),
    };
    let kept = begin(ctx, actor, "generation.try").await?;
    let catalogue = catalogue::of(ctx, actor.tenant).await?;
    let now = ctx.clock.now();
    let findings = look_up_all_with_model(ctx, &catalogue, content).await;
    let place = Place { inbox: inbox.unwrap_or(InboxId(0)), channel: &channel };
    let sources = wanted::sources(&catalogue, &wanted::grounds(&catalogue, &findings, now), place, now);
    let limit = Duration::from_secs(kept.settings.seconds.unsigned_abs());
    let question = Question { sources: &sources, text: words, names: &[], limit };
    let asked = ask::ask(ctx, actor.tenant, &kept, &question).await?;
    let reply = asked.outcome.as_ref().ok().map(|it| super::settle::labelled(&it.text, &kept.settings.label));
    Ok(Trial { asked, reply })
}
