//! Keyword rules over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use retrieval::keyword::Mode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::content::Content;
use crate::base::id::KeywordId;
use crate::base::page::{Page, PageRequest};
use crate::base::time::Time;
use crate::bot::model::{Keyword, KeywordBody};
use crate::bot::ops;
use crate::ctx::Ctx;
use crate::knowledge::model::{AnswerMode, Validity};
use crate::knowledge::rehearsal::AcceptQuery;
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Path, Query};

/// The routes of keyword rules.
pub(super) fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(list_keywords, create_keyword)).routes(routes!(
        get_keyword,
        update_keyword,
        delete_keyword
    ))
}

/// How the words of a rule are compared with a message.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchKind {
    /// The message is one of the words.
    Exact,
    /// Every word stands in the message.
    ContainsAll,
    /// One of the words stands in the message.
    ContainsAny,
    /// The message begins with one of the words.
    Prefix,
    /// One of the words, read as a pattern, is found in the message.
    Regex,
}

impl From<MatchKind> for Mode {
    fn from(kind: MatchKind) -> Self {
        match kind {
            MatchKind::Exact => Self::Exact,
            MatchKind::ContainsAll => Self::ContainsAll,
            MatchKind::ContainsAny => Self::ContainsAny,
            MatchKind::Prefix => Self::Prefix,
            MatchKind::Regex => Self::Regex,
        }
    }
}

impl From<Mode> for MatchKind {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Exact => Self::Exact,
            Mode::ContainsAll => Self::ContainsAll,
            Mode::ContainsAny => Self::ContainsAny,
            Mode::Prefix => Self::Prefix,
            Mode::Regex => Self::Regex,
        }
    }
}

/// A keyword rule.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Keyword)]
pub struct KeywordView {
    /// Its key.
    pub id: KeywordId,
    /// Words, or patterns.
    pub words: Vec<String>,
    /// How they are meant.
    #[serde(rename = "match")]
    pub kind: MatchKind,
    /// What is answered.
    pub answers: Vec<Content>,
    /// Which of them.
    pub answer_mode: AnswerMode,
    /// Greater comes first among rules that are not exact.
    pub priority: i32,
    /// Not before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Time>,
    /// Not from here on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Time>,
    /// Whether it counts at all.
    pub enabled: bool,
    /// Rises with each change.
    pub version: i64,
    /// When it was changed last.
    pub updated_at: Time,
}

impl From<Keyword> for KeywordView {
    fn from(keyword: Keyword) -> Self {
        let Keyword { id, body, version, updated_at } = keyword;
        Self {
            id,
            words: body.words,
            kind: body.mode.into(),
            answers: body.answers,
            answer_mode: body.answer_mode,
            priority: body.priority,
            valid_from: body.validity.from,
            valid_until: body.validity.until,
            enabled: body.enabled,
            version,
            updated_at,
        }
    }
}

/// A keyword rule as an editor writes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeywordInput {
    /// Words, or patterns: 1 to 32.
    words: Vec<String>,
    /// How they are meant.
    #[serde(rename = "match")]
    kind: MatchKind,
    /// What is answered: 1 to 5.
    answers: Vec<Content>,
    /// Which of them; absent: all in order.
    #[serde(default)]
    answer_mode: AnswerMode,
    /// -1000 to 1000; greater comes first among rules that are not exact.
    #[serde(default)]
    priority: i32,
    /// Not before.
    valid_from: Option<Time>,
    /// Not from here on.
    valid_until: Option<Time>,
    /// Whether it counts at all.
    #[serde(default = "yes")]
    enabled: bool,
    /// The version that was seen: when another one is there by now, the change is refused with 409. Absent:
    /// whatever is there is written over, as imports and scripts want it.
    version: Option<i64>,
}

fn yes() -> bool {
    true
}

impl KeywordInput {
    pub(in crate::bot) fn split(self) -> (KeywordBody, Option<i64>) {
        let body = KeywordBody {
            words: self.words,
            mode: self.kind.into(),
            answers: self.answers,
            answer_mode: self.answer_mode,
            priority: self.priority,
            validity: Validity { from: self.valid_from, until: self.valid_until },
            enabled: self.enabled,
        };
        (body, self.version)
    }
}

/// Which rules.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct KeywordQuery {
    /// A part of a word or an answer.
    query: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many at most: 1 to 200.
    limit: Option<u32>,
}

/// Keyword rules, newest first.
#[utoipa::path(
    get, path = "/keywords", tag = "bot", params(KeywordQuery), responses((status = 200, body = Page<KeywordView>))
)]
async fn list_keywords(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(query): Query<KeywordQuery>,
) -> Answer<Page<KeywordView>> {
    let page = PageRequest { after: query.after, limit: query.limit };
    let found = ops::list_keywords(&ctx, &actor, &query.query.unwrap_or_default(), page).await?;
    Ok(Json(found.map(KeywordView::from)))
}

/// Makes a keyword rule.
#[utoipa::path(
    post, path = "/keywords", tag = "bot", params(AcceptQuery), request_body = KeywordInput, responses((status = 201, body = KeywordView))
)]
async fn create_keyword(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(AcceptQuery { accept_fall }): Query<AcceptQuery>,
    Json(input): Json<KeywordInput>,
) -> Result<(StatusCode, Json<KeywordView>), Problem> {
    let made = ops::create_keyword(&ctx, &actor, input.split().0, accept_fall).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// One keyword rule.
#[utoipa::path(
    get, path = "/keywords/{id}", tag = "bot", params(("id" = KeywordId, Path)), responses((status = 200, body = KeywordView))
)]
async fn get_keyword(State(ctx): State<Ctx>, actor: Actor, Path(id): Path<KeywordId>) -> Answer<KeywordView> {
    Ok(Json(ops::get_keyword(&ctx, &actor, id).await?.into()))
}

/// Changes a keyword rule.
#[utoipa::path(
    put, path = "/keywords/{id}", tag = "bot", params(("id" = KeywordId, Path), AcceptQuery), request_body = KeywordInput,
    responses((status = 200, body = KeywordView))
)]
async fn update_keyword(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<KeywordId>,
    Query(AcceptQuery { accept_fall }): Query<AcceptQuery>,
    Json(input): Json<KeywordInput>,
) -> Answer<KeywordView> {
    let (body, seen) = input.split();
    Ok(Json(ops::update_keyword(&ctx, &actor, id, body, (seen, accept_fall)).await?.into()))
}

/// Removes a keyword rule.
#[utoipa::path(
    delete, path = "/keywords/{id}", tag = "bot", params(("id" = KeywordId, Path), AcceptQuery), responses((status = 204))
)]
async fn delete_keyword(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<KeywordId>,
    Query(AcceptQuery { accept_fall }): Query<AcceptQuery>,
) -> Result<StatusCode, Problem> {
    ops::delete_keyword(&ctx, &actor, id, accept_fall).await?;
    Ok(StatusCode::NO_CONTENT)
}
