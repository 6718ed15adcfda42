//! One call of the model, from the place in the budget to the check of what came.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::base::id::TenantId;
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::ctx::Ctx;
use crate::knowledge::usage::ops::{day, zone};
use crate::models::breaker::Breaker;
use crate::models::chat;
use crate::telemetry::metrics;

use super::grounding::{self, Grounded};
use super::model::{Day, Kept, Unsaid};
use super::prompt::{self, Source};
use super::store;

/// A tenant whose budget is used up asks again after so long: the next day may have begun, or somebody gave more.
const BUDGET_REST: i64 = 5 * Time::MINUTE;
/// An endpoint that asks for rest gets so much at most.
const LONGEST_REST: i64 = Time::HOUR;

/// Whose endpoint is left alone, and whose budget is used up, as far as this process knows. On the shelf.
#[derive(Debug, Default)]
struct Rests(Mutex<HashMap<TenantId, Rest>>);

#[derive(Debug, Default)]
struct Rest {
    breaker: Breaker,
    budget_until: Option<Time>,
}

impl Rests {
    fn with<T>(&self, tenant: TenantId, look: impl FnOnce(&mut Rest) -> T) -> T {
        look(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(tenant).or_default())
    }
}

/// Whether no model would be asked for this tenant now: what is not sure is answered at once then, as without a model.
#[must_use]
pub fn is_resting(ctx: &Ctx, tenant: TenantId) -> bool {
    let now = ctx.clock.now();
    ctx.shelf
        .get::<Rests>()
        .with(tenant, |it| it.breaker.is_resting(now) || it.budget_until.is_some_and(|until| now < until))
}

/// Forgets why a tenant's endpoint was left alone: somebody changed the settings.
pub fn wake(ctx: &Ctx, tenant: TenantId) {
    ctx.shelf.get::<Rests>().with(tenant, |it| *it = Rest::default());
}

/// What is to be asked.
#[derive(Debug)]
pub struct Question<'a> {
    /// The entries that an answer may draw on.
    pub sources: &'a [Source],
    /// The customer's words.
    pub text: &'a str,
    /// Names that we know the customer by.
    pub names: &'a [&'a str],
    /// How long it may take.
    pub limit: Duration,
}

/// What came of asking.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What may be said, or why nothing.
    pub outcome: std::result::Result<Grounded, Unsaid>,
    /// The entries that it cites, when it may be said.
    pub cited: Vec<Source>,
    /// What the model wrote, said or not. Never stored.
    pub written: String,
    /// The name of the model.
    pub model: String,
    /// How long it took.
    pub milliseconds: i64,
    /// Tokens of the prompt and of the answer, where the endpoint told.
    pub tokens: Option<(i64, i64)>,
}

impl Asked {
    fn unsaid(why: Unsaid) -> Self {
        let (written, model) = (String::new(), String::new());
        Self { outcome: Err(why), cited: Vec::new(), written, model, milliseconds: 0, tokens: None }
    }
}

/// Asks the model that the tenant set: at most once, within its limits, and judges what it wrote.
///
/// # Errors
/// Those of the database; `Internal` when the kept key does not open.
pub async fn ask(ctx: &Ctx, tenant: TenantId, kept: &Kept, question: &Question<'_>) -> Result<Asked> {
    let Some(endpoint) = kept.settings.endpoint.as_ref() else { return Ok(Asked::unsaid(Unsaid::Off)) };
    if question.sources.is_empty() {
        return Ok(Asked::unsaid(Unsaid::NoEntries));
    }
    let key = kept.secret.as_deref().map(|it| open_key(ctx, tenant, it)).transpose()?.unwrap_or_default();
    let prompt = prompt::compose(question.sources, question.text, question.names);
    let rests = ctx.shelf.get::<Rests>();
    if !rests.with(tenant, |it| it.breaker.may_call(ctx.clock.now())) {
        return Ok(Asked::unsaid(Unsaid::Resting));
    }
    let estimate = prompt::estimate(&prompt);
    let today = match reserve(ctx, tenant, kept, estimate).await? {
        Ok(today) => today,
        Err(why) => {
            let until = ctx.clock.now().plus(BUDGET_REST);
            rests.with(tenant, |it| it.budget_until = Some(until));
            return Ok(Asked::unsaid(why));
        }
    };
    let begin = Instant::now();
    let said = chat::say(ctx, endpoint, &key, &prompt, question.limit).await;
    let milliseconds = i64::try_from(begin.elapsed().as_millis()).unwrap_or(i64::MAX);
    let model = endpoint.model.clone();
    let said = match said {
        Ok(said) => said,
        Err(refusal) => {
            tracing::debug!(%tenant, source = ?refusal.source, "the model gave nothing: {}", refusal.why);
            let now = ctx.clock.now();
            rests.with(tenant, |it| {
                it.breaker.failed(now);
                if let Some(wait) = refusal.retry_after {
                    let wait = i64::try_from(wait.as_millis()).unwrap_or(LONGEST_REST).min(LONGEST_REST);
                    it.breaker.rest_until(now.plus(wait));
                }
            });
            return Ok(Asked {
                model,
                milliseconds,
                ..Asked::unsaid(Unsaid::Failed(refusal.code, refusal.why))
            });
        }
    };
    rests.with(tenant, |it| it.breaker.succeeded());
    if let Some((given, made)) = said.tokens {
        let real = given.saturating_add(made);
        metrics::generation_tokens(real);
        let more = Day { tokens: real - estimate, ..Day::default() };
        // Not worth asking the model again: the estimate stays then.
        if let Err(error) = ctx.db.write(move |tx| store::add_to_day(tx, tenant, &today, more)).await {
            tracing::warn!(error.code = error.code, "the tokens of a call could not be counted: {error}");
        }
    } else {
        metrics::generation_tokens(estimate);
    }
    let outcome = grounding::judge(&said.text, said.is_cut, question.sources).map_err(Unsaid::Unfit);
    let cited = outcome.iter().flat_map(|it: &Grounded| &it.cited);
    let cited = cited.filter_map(|it| question.sources.get(it - 1)).cloned().collect();
    Ok(Asked { outcome, cited, written: said.text, model, milliseconds, tokens: said.tokens })
}

/// Takes a place in the day's budget, before the call: who crashes after it has spent it. Gives the day.
async fn reserve(
    ctx: &Ctx,
    tenant: TenantId,
    kept: &Kept,
    tokens: i64,
) -> Result<std::result::Result<String, Unsaid>> {
    let settings = kept.settings.clone();
    ctx.db
        .write(move |tx| {
            let today = day(tx.now(), &zone(tx, tenant)?);
            if let Err(why) = store::get_day(tx, tenant, &today)?.takes(&settings, tokens) {
                return Ok(Err(why));
            }
            store::add_to_day(tx, tenant, &today, Day { requests: 1, tokens, ..Day::default() })?;
            Ok(Ok(today))
        })
        .await
}

/// What a key is sealed for.
fn purpose(tenant: TenantId) -> String {
    format!("generation:{tenant}")
}

/// Seals the key of an endpoint.
pub(super) fn seal_key(ctx: &Ctx, tenant: TenantId, key: &str) -> Result<Vec<u8>> {
    ctx.secrets.seal(&purpose(tenant), key.as_bytes())
}

fn open_key(ctx: &Ctx, tenant: TenantId, sealed: &[u8]) -> Result<String> {
    let plain = ctx.secrets.open(&purpose(tenant), sealed)?;
    String::from_utf8(plain)
        .map_err(|error| Error::internal("generation.key", "the kept key is no text").because(error))
}
