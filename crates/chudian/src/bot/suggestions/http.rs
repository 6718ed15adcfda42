//! Suggested similar questions over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::id::EntryId;
use crate::base::time::Time;
use crate::ctx::Ctx;
use crate::knowledge::rehearsal::AcceptQuery;
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Query};

use super::ops::{self, OfEntry, Taken};

/// The routes of suggestions.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_suggestions))
        .routes(routes!(accept_suggestions))
        .routes(routes!(dismiss_suggestions))
}

/// Similar questions that agents' choices suggest.
#[derive(Debug, Serialize, ToSchema)]
struct Suggestions {
    /// By entry, at most 100.
    items: Vec<EntrySuggestions>,
    /// How many wordings there are.
    total: usize,
}

/// What is suggested for one entry.
#[derive(Debug, Serialize, ToSchema)]
struct EntrySuggestions {
    /// The entry.
    entry: EntryId,
    /// Its standard question.
    question: String,
    /// The wordings, the most frequent first.
    questions: Vec<SuggestedQuestion>,
}

/// A question for which agents chose the entry.
#[derive(Debug, Serialize, ToSchema)]
struct SuggestedQuestion {
    /// The customers' words.
    text: String,
    /// How often the entry was chosen for it.
    count: usize,
    /// When last.
    last_at: Time,
    /// The standard question of another entry with which the bot answers it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    instead: Option<String>,
}

impl From<OfEntry> for EntrySuggestions {
    fn from(it: OfEntry) -> Self {
        let questions = it.suggestions.into_iter().map(|(it, instead)| SuggestedQuestion {
            text: it.question,
            count: it.count,
            last_at: it.last_at,
            instead,
        });
        Self { entry: it.entry, question: it.question, questions: questions.collect() }
    }
}

/// Which suggestions.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SuggestionChoice {
    /// For which entry.
    entry: EntryId,
    /// Which wordings, as they were listed; 1 to 50.
    questions: Vec<String>,
}

/// What became of them.
#[derive(Debug, Serialize, ToSchema)]
struct SuggestionsTaken {
    /// The bot has them; else they stand in the entry's draft.
    published: bool,
}

/// Questions of customers for which agents chose an entry that the base would not have found surely.
#[utoipa::path(get, path = "/knowledge/suggestions", tag = "knowledge", responses((status = 200, body = Suggestions)))]
async fn list_suggestions(State(ctx): State<Ctx>, actor: Actor) -> Answer<Suggestions> {
    let found = ops::list(&ctx, &actor).await?;
    let items = found.items.into_iter().map(EntrySuggestions::from).collect();
    Ok(Json(Suggestions { items, total: found.total }))
}

/// Makes suggestions similar questions of their entry: at once, or in its draft where there is one or where four eyes are
/// asked for.
#[utoipa::path(
    post, path = "/knowledge/suggestions/acceptances", tag = "knowledge", params(AcceptQuery),
    request_body = SuggestionChoice,
    responses((status = 200, body = SuggestionsTaken))
)]
async fn accept_suggestions(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(query): Query<AcceptQuery>,
    Json(body): Json<SuggestionChoice>,
) -> Answer<SuggestionsTaken> {
    let taken = ops::accept(&ctx, &actor, body.entry, body.questions, query.accept_fall).await?;
    Ok(Json(SuggestionsTaken { published: taken == Taken::Published }))
}

/// Dismisses suggestions for ever.
#[utoipa::path(
    post, path = "/knowledge/suggestions/dismissals", tag = "knowledge", request_body = SuggestionChoice,
    responses((status = 204))
)]
async fn dismiss_suggestions(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(body): Json<SuggestionChoice>,
) -> Result<StatusCode, Problem> {
    ops::dismiss(&ctx, &actor, body.entry, body.questions).await?;
    Ok(StatusCode::NO_CONTENT)
}
