//! Unknown words over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::ctx::Ctx;
use crate::knowledge::rehearsal::AcceptQuery;
use crate::knowledge::words::http::WordGroupView;
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Query};

use super::ops::{self, Shown};

/// The routes of unknown words.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_unknown_words))
        .routes(routes!(join_unknown_word))
        .routes(routes!(dismiss_unknown_words))
}

/// Words that customers use and the base does not know.
#[derive(Debug, Serialize, ToSchema)]
struct UnknownWords {
    /// Those of most customers first, at most 100.
    items: Vec<UnknownWordView>,
}

/// A word that stands in no wording.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UnknownWord)]
struct UnknownWordView {
    /// The word, as it is compared.
    word: String,
    /// How many customers used it.
    count: usize,
    /// Questions with it, long numbers masked; at most three.
    examples: Vec<String>,
    /// The standard question that the first example comes nearest to.
    #[serde(skip_serializing_if = "Option::is_none")]
    nearest: Option<String>,
}

impl From<Shown> for UnknownWordView {
    fn from(it: Shown) -> Self {
        Self { word: it.word.word, count: it.word.count, examples: it.word.examples, nearest: it.nearest }
    }
}

/// Two words of one meaning.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UnknownWordJoin {
    /// The unknown one.
    word: String,
    /// One that stands in a question of the base, or among the words.
    known: String,
}

/// Words not to be listed again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UnknownWordsDismissal {
    /// The words, as they were listed; 1 to 100.
    words: Vec<String>,
}

/// Words that several customers used and that stand in no wording of the base.
#[utoipa::path(get, path = "/knowledge/unknown-words", tag = "knowledge", responses((status = 200, body = UnknownWords)))]
async fn list_unknown_words(State(ctx): State<Ctx>, actor: Actor) -> Answer<UnknownWords> {
    let items = ops::list(&ctx, &actor).await?.into_iter().map(UnknownWordView::from).collect();
    Ok(Json(UnknownWords { items }))
}

/// Says that an unknown word means the same as a known one: they are one group of words from here on.
#[utoipa::path(
    post, path = "/knowledge/unknown-words/synonyms", tag = "knowledge", params(AcceptQuery), request_body = UnknownWordJoin,
    responses((status = 200, body = WordGroupView))
)]
async fn join_unknown_word(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(AcceptQuery { accept_fall }): Query<AcceptQuery>,
    Json(body): Json<UnknownWordJoin>,
) -> Answer<WordGroupView> {
    Ok(Json(ops::join(&ctx, &actor, body.word, body.known, accept_fall).await?.into()))
}

/// Says of words that they are not to be listed again.
#[utoipa::path(
    post, path = "/knowledge/unknown-words/dismissals", tag = "knowledge", request_body = UnknownWordsDismissal,
    responses((status = 204))
)]
async fn dismiss_unknown_words(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(body): Json<UnknownWordsDismissal>,
) -> Result<StatusCode, Problem> {
    ops::ignore(&ctx, &actor, body.words).await?;
    Ok(StatusCode::NO_CONTENT)
}
