//! Twins over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::content::Content;
use crate::base::id::EntryId;
use crate::base::time::Time;
use crate::ctx::Ctx;
use crate::knowledge::model::Entry;
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::Json;

use super::kind::Kind;
use super::ops::{self, Told};

/// The routes of twins.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_twins))
        .routes(routes!(search_twins))
        .routes(routes!(dismiss_twins))
}

/// One of the two.
#[derive(Debug, Serialize, ToSchema)]
pub struct TwinEntry {
    /// Its key.
    pub id: EntryId,
    /// Its standard question.
    pub question: String,
    /// Whether it is headquarters': then it is found among the shared entries.
    pub is_shared: bool,
    /// The wording that is nearly the same.
    pub wording: String,
    /// What it answers.
    pub answers: Vec<Content>,
    /// When it was published.
    pub updated_at: Time,
}

impl TwinEntry {
    fn of((entry, is_shared): (Entry, bool), wording: String) -> Self {
        Self {
            id: entry.id,
            question: entry.body.question,
            is_shared,
            wording,
            answers: entry.body.answers,
            updated_at: entry.updated_at,
        }
    }
}

/// Two entries with nearly the same wording.
#[derive(Debug, Serialize, ToSchema)]
pub struct Twins {
    /// What they are.
    pub kind: Kind,
    /// How surely the one's wording would be answered with the other, in percent.
    pub confidence: i64,
    /// The one.
    pub one: TwinEntry,
    /// The other.
    pub other: TwinEntry,
}

impl From<Told> for Twins {
    fn from(told: Told) -> Self {
        let Told { pair, one, other, kind } = told;
        Self {
            kind,
            confidence: pair.confidence,
            one: TwinEntry::of(one, pair.one_wording),
            other: TwinEntry::of(other, pair.other_wording),
        }
    }
}

/// The search under way.
#[derive(Debug, Serialize, ToSchema)]
pub struct TwinSearch {
    /// How many wordings were looked at.
    pub done: usize,
    /// Of how many; 0 until it has begun.
    pub total: usize,
}

/// What is known of the base.
#[derive(Debug, Serialize, ToSchema)]
pub struct TwinList {
    /// Contradictions first, the surest first; at most 500.
    pub items: Vec<Twins>,
    /// When the base was searched last; absent: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub searched_at: Option<Time>,
    /// How many wordings were looked at then.
    pub wordings: i64,
    /// The search under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<TwinSearch>,
}

/// Pairs of published entries with nearly the same wording, as the last search found them.
#[utoipa::path(get, path = "/knowledge/twins", tag = "knowledge", responses((status = 200, body = TwinList)))]
async fn list_twins(State(ctx): State<Ctx>, actor: Actor) -> Answer<TwinList> {
    let listed = ops::list(&ctx, &actor).await?;
    Ok(Json(TwinList {
        items: listed.pairs.into_iter().map(Twins::from).collect(),
        searched_at: listed.last.map(|it| it.finished_at),
        wordings: listed.last.map_or(0, |it| it.wordings),
        running: listed.running.map(|(done, total)| TwinSearch { done, total }),
    }))
}

/// Begins to search the base for pairs; GET /knowledge/twins tells how far it is.
#[utoipa::path(post, path = "/knowledge/twins/searches", tag = "knowledge", responses((status = 202)))]
async fn search_twins(State(ctx): State<Ctx>, actor: Actor) -> Result<StatusCode, Problem> {
    ops::search(&ctx, &actor).await?;
    Ok(StatusCode::ACCEPTED)
}

/// A pair.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TwinDismissalInput {
    /// One of the two.
    one: EntryId,
    /// The other.
    other: EntryId,
}

/// Says of a pair that both are right as they are: it is never told again.
#[utoipa::path(
    post, path = "/knowledge/twins/dismissals", tag = "knowledge", request_body = TwinDismissalInput,
    responses((status = 204))
)]
async fn dismiss_twins(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(input): Json<TwinDismissalInput>,
) -> Result<StatusCode, Problem> {
    ops::dismiss(&ctx, &actor, input.one, input.other).await?;
    Ok(StatusCode::NO_CONTENT)
}
