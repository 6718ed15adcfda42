//! Words over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::id::{UserId, WordGroupId};
use crate::base::page::{Page, PageRequest};
use crate::base::time::Time;
use crate::ctx::Ctx;
use crate::knowledge::rehearsal::AcceptQuery;
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Path, Query};

use super::model::{WordGroup, WordKind};
use super::ops::{self, Pasted};

/// The routes of words.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_words, create_words))
        .routes(routes!(update_words, delete_words))
        .routes(routes!(import_words))
}

/// Words of one meaning, or a protected name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WordGroup)]
pub struct WordGroupView {
    /// Its key.
    pub id: WordGroupId,
    /// What it says of its words.
    pub kind: WordKind,
    /// Of synonyms, the first is the form in which all are compared.
    pub words: Vec<String>,
    /// How often it was written.
    pub version: i64,
    /// When.
    pub updated_at: Time,
    /// By whom; absent when a program did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_by: Option<UserId>,
}

impl From<WordGroup> for WordGroupView {
    fn from(it: WordGroup) -> Self {
        let WordGroup { id, kind, words, version, updated_at, updated_by } = it;
        Self { id, kind, words, version, updated_at, updated_by }
    }
}

/// Which words.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WordsQuery {
    /// Of one kind only.
    kind: Option<WordKind>,
    /// Groups with this in a word.
    query: Option<String>,
    /// The `next` of the page before; absent for the first page.
    after: Option<String>,
    /// How many rows at most: 1 to 200, 50 when absent.
    limit: Option<u32>,
}

/// New words.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WordsBody {
    /// What is said of them.
    kind: WordKind,
    /// Two to twenty of one meaning, or one name.
    words: Vec<String>,
}

/// Other words for a group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WordsChange {
    /// All of them.
    words: Vec<String>,
    /// The version that was seen: when another one is there by now, the change is refused with 409. Absent:
    /// whatever is there is written over, as imports and scripts want it.
    version: Option<i64>,
}

/// Pasted lines.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WordsPaste {
    /// What the lines say of their words.
    kind: WordKind,
    /// One group a line, words parted by commas; lines that begin with `#` are remarks.
    text: String,
    /// Only tell what would be done.
    #[serde(default)]
    dry_run: bool,
}

/// What pasted lines did, or would do.
#[derive(Debug, Serialize, ToSchema)]
struct WordsReport {
    /// New groups.
    created: usize,
    /// Groups that got more words.
    updated: usize,
    /// Lines that say what is known.
    unchanged: usize,
    /// Lines that were left out.
    errors: Vec<WordsFault>,
}

/// A line that was left out.
#[derive(Debug, Serialize, ToSchema)]
struct WordsFault {
    /// Its number, from 1.
    line: usize,
    /// What it says.
    words: String,
    /// Stable name of the fault.
    code: String,
    /// A sentence.
    message: String,
}

impl From<Pasted> for WordsReport {
    fn from(it: Pasted) -> Self {
        let fault = |(line, words, error): (usize, String, crate::base::Error)| WordsFault {
            line,
            words,
            code: error.code.to_owned(),
            message: error.message,
        };
        Self {
            created: it.created,
            updated: it.updated,
            unchanged: it.unchanged,
            errors: it.errors.into_iter().map(fault).collect(),
        }
    }
}

/// Words of one meaning and protected names, the newest first.
#[utoipa::path(
    get, path = "/knowledge/words", tag = "knowledge", params(WordsQuery),
    responses((status = 200, body = Page<WordGroupView>))
)]
async fn list_words(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(wanted): Query<WordsQuery>,
) -> Answer<Page<WordGroupView>> {
    let WordsQuery { kind, query, after, limit } = wanted;
    let query = query.unwrap_or_default();
    let page = ops::list(&ctx, &actor, kind, &query, PageRequest { after, limit }).await?;
    Ok(Json(page.map(WordGroupView::from)))
}

/// Adds words.
#[utoipa::path(
    post, path = "/knowledge/words", tag = "knowledge", params(AcceptQuery), request_body = WordsBody,
    responses((status = 201, body = WordGroupView))
)]
async fn create_words(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(AcceptQuery { accept_fall }): Query<AcceptQuery>,
    Json(body): Json<WordsBody>,
) -> Result<(StatusCode, Json<WordGroupView>), Problem> {
    let group = ops::create(&ctx, &actor, body.kind, body.words, accept_fall).await?;
    Ok((StatusCode::CREATED, Json(group.into())))
}

/// Changes the words of a group.
#[utoipa::path(
    put, path = "/knowledge/words/{id}", tag = "knowledge", params(("id" = WordGroupId, Path), AcceptQuery),
    request_body = WordsChange, responses((status = 200, body = WordGroupView))
)]
async fn update_words(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<WordGroupId>,
    Query(AcceptQuery { accept_fall }): Query<AcceptQuery>,
    Json(body): Json<WordsChange>,
) -> Answer<WordGroupView> {
    Ok(Json(ops::update(&ctx, &actor, id, body.words, (body.version, accept_fall)).await?.into()))
}

/// Removes a group.
#[utoipa::path(
    delete, path = "/knowledge/words/{id}", tag = "knowledge", params(("id" = WordGroupId, Path), AcceptQuery),
    responses((status = 204))
)]
async fn delete_words(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<WordGroupId>,
    Query(AcceptQuery { accept_fall }): Query<AcceptQuery>,
) -> Result<StatusCode, Problem> {
    ops::delete(&ctx, &actor, id, accept_fall).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Adds pasted words, one group a line.
#[utoipa::path(
    post, path = "/knowledge/words/imports", tag = "knowledge", params(AcceptQuery), request_body = WordsPaste,
    responses((status = 200, body = WordsReport))
)]
async fn import_words(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(AcceptQuery { accept_fall }): Query<AcceptQuery>,
    Json(body): Json<WordsPaste>,
) -> Answer<WordsReport> {
    let how = (body.dry_run, accept_fall);
    Ok(Json(ops::import(&ctx, &actor, body.kind, &body.text, how).await?.into()))
}
