//! Generated answers over HTTP.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::content::Content;
use crate::base::id::InboxId;
use crate::bot::model::Reason;
use crate::ctx::Ctx;
use crate::models::http::{EndpointBody, EndpointView};
use crate::models::model::Endpoint;
use crate::web::actor::Actor;
use crate::web::error::Answer;
use crate::web::extract::Json;

use super::model::Settings;
use super::ops::{self, Known};
use super::settle::reason_of;

/// The routes of this domain.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(get_generation, put_generation))
        .routes(routes!(check_generation))
        .routes(routes!(try_generation))
}

/// Answers that a model writes where no written one is sure.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Generation)]
pub struct GenerationView {
    /// Whether they are written at all.
    enabled: bool,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<EndpointView>,
    /// Stands below each of them.
    label: String,
    /// How long a customer may wait for one, in seconds.
    seconds: i64,
    /// How many calls a day may have.
    requests_a_day: i64,
    /// How many tokens.
    tokens_a_day: i64,
    /// What today has cost, on the tenant's calendar.
    today: DayView,
    /// No model is asked at the moment: the day's budget is used up, or the endpoint fails again and again.
    resting: bool,
    /// How often it was written.
    version: i64,
}

/// What a day has cost, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GenerationDay)]
pub struct DayView {
    /// Calls.
    requests: i64,
    /// Tokens.
    tokens: i64,
    /// Answers that were said.
    said: i64,
    /// Texts that were not said, because the entries do not hold them.
    refused: i64,
    /// Calls that failed, came too late, or had no place in the budget.
    failed: i64,
    /// Texts that nobody waited for any more.
    dropped: i64,
}

/// What to set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GenerationBody)]
pub struct GenerationBody {
    /// Whether answers are written at all.
    enabled: bool,
    /// Where; absent: nowhere. The address goes up to and without `/chat/completions`.
    endpoint: Option<EndpointBody>,
    /// Stands below each of them: one line that tells customers that a machine wrote this.
    label: String,
    /// How long a customer may wait for one, in seconds: 3 to 60.
    seconds: i64,
    /// How many calls a day may have.
    requests_a_day: i64,
    /// How many tokens.
    tokens_a_day: i64,
    /// The version that was seen: when another one is there by now, the change is refused with 409. Absent: whatever
    /// is there is written over, as imports and scripts want it.
    version: Option<i64>,
}

/// How a trial went.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GenerationCheck)]
pub struct CheckView {
    /// A text came that may be said.
    ok: bool,
    /// The step of the model, as it stands with an answer.
    reason: Reason,
    /// What the model wrote, said or not. Not kept.
    #[serde(skip_serializing_if = "String::is_empty")]
    written: String,
}

/// What is tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = GenerationTrialBody)]
pub struct TrialBody {
    /// What a customer would write.
    content: Content,
    /// Where, for answers of its channel.
    inbox: Option<InboxId>,
}

/// What came out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GenerationTrial)]
pub struct TrialView {
    /// What a customer would read; absent when nothing may be said.
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<Content>,
    /// The step of the model, as it stands with an answer.
    reason: Reason,
    /// What the model wrote, said or not. Not kept.
    #[serde(skip_serializing_if = "String::is_empty")]
    written: String,
}

impl From<Known> for GenerationView {
    fn from(it: Known) -> Self {
        let Known { settings, has_key, version, today, is_resting } = it;
        Self {
            enabled: settings.is_on,
            endpoint: settings.endpoint.map(|it| EndpointView::of(it, has_key)),
            label: settings.label,
            seconds: settings.seconds,
            requests_a_day: settings.requests_a_day,
            tokens_a_day: settings.tokens_a_day,
            today: DayView {
                requests: today.requests,
                tokens: today.tokens,
                said: today.said,
                refused: today.refused,
                failed: today.failed,
                dropped: today.dropped,
            },
            resting: is_resting,
            version,
        }
    }
}

/// How answers are generated in the own tenant.
#[utoipa::path(get, path = "/knowledge/generation", tag = "knowledge",
    responses((status = 200, body = GenerationView)))]
async fn get_generation(State(ctx): State<Ctx>, actor: Actor) -> Answer<GenerationView> {
    Ok(Json(ops::get(&ctx, &actor).await?.into()))
}

/// Sets how answers are generated.
#[utoipa::path(put, path = "/knowledge/generation", tag = "knowledge", request_body = GenerationBody,
    responses((status = 200, body = GenerationView)))]
async fn put_generation(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(body): Json<GenerationBody>,
) -> Answer<GenerationView> {
    let (endpoint, key) = match body.endpoint.map(EndpointBody::open) {
        Some((endpoint, key)) => (Some(endpoint), key),
        None => (None::<Endpoint>, None),
    };
    let settings = Settings {
        is_on: body.enabled,
        endpoint,
        label: body.label,
        seconds: body.seconds,
        requests_a_day: body.requests_a_day,
        tokens_a_day: body.tokens_a_day,
    };
    Ok(Json(ops::put(&ctx, &actor, settings, key, body.version).await?.into()))
}

/// Asks the set model about an invented entry. Costs one call of the day's budget.
#[utoipa::path(post, path = "/knowledge/generation/checks", tag = "knowledge",
    responses((status = 200, body = CheckView)))]
async fn check_generation(State(ctx): State<Ctx>, actor: Actor) -> Answer<CheckView> {
    let asked = ops::check(&ctx, &actor).await?;
    Ok(Json(CheckView { ok: asked.outcome.is_ok(), reason: reason_of(&asked), written: asked.written }))
}

/// Writes an answer as the bot would; nobody else reads it. Costs one call of the day's budget.
#[utoipa::path(post, path = "/bot/test/generations", tag = "bot", request_body = TrialBody,
    responses((status = 200, body = TrialView)))]
async fn try_generation(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(body): Json<TrialBody>,
) -> Answer<TrialView> {
    let trial = ops::try_out(&ctx, &actor, &body.content, body.inbox).await?;
    Ok(Json(TrialView { reply: trial.reply, reason: reason_of(&trial.asked), written: trial.asked.written }))
}
