//! Keyword rules, menus, settings and the test bench over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use retrieval::keyword::Mode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::content::Content;
use crate::base::id::{EntryId, InboxId, KeywordId};
use crate::base::page::{Page, PageRequest};
use crate::base::time::Time;
use crate::ctx::Ctx;
use crate::knowledge::model::{AnswerMode, Validity};
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Path, Query};

use super::account_menu::{AccountMenu, Button};
use super::bench::{self, Trial};
use super::menu::Node;
use super::model::{Keyword, KeywordBody, Reason};
use super::ops;
use super::settings::BotSettings;
use super::store::StoredMenu;

/// The routes of this domain.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_keywords, create_keyword))
        .routes(routes!(get_keyword, update_keyword, delete_keyword))
        .routes(routes!(get_text_menu, put_text_menu))
        .routes(routes!(get_account_menu, put_account_menu))
        .routes(routes!(get_bot_settings, put_bot_settings))
        .routes(routes!(test_bot))
}

// Keyword rules ------------------------------------------------------------------------------------

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
    /// The version that was seen; absent: write over any.
    version: Option<i64>,
}

fn yes() -> bool {
    true
}

impl KeywordInput {
    fn split(self) -> (KeywordBody, Option<i64>) {
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
    post, path = "/keywords", tag = "bot", request_body = KeywordInput, responses((status = 201, body = KeywordView))
)]
async fn create_keyword(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(input): Json<KeywordInput>,
) -> Result<(StatusCode, Json<KeywordView>), Problem> {
    let made = ops::create_keyword(&ctx, &actor, input.split().0).await?;
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
    put, path = "/keywords/{id}", tag = "bot", params(("id" = KeywordId, Path)), request_body = KeywordInput,
    responses((status = 200, body = KeywordView))
)]
async fn update_keyword(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<KeywordId>,
    Json(input): Json<KeywordInput>,
) -> Answer<KeywordView> {
    let (body, seen) = input.split();
    Ok(Json(ops::update_keyword(&ctx, &actor, id, body, seen).await?.into()))
}

/// Removes a keyword rule.
#[utoipa::path(
    delete, path = "/keywords/{id}", tag = "bot", params(("id" = KeywordId, Path)), responses((status = 204))
)]
async fn delete_keyword(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<KeywordId>,
) -> Result<StatusCode, Problem> {
    ops::delete_keyword(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

// Menus --------------------------------------------------------------------------------------------

/// The text menu.
#[derive(Debug, Serialize, ToSchema)]
pub struct TextMenu {
    /// Rises with each change; 0 when none was ever written.
    pub version: i64,
    /// When it was changed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Time>,
    /// Where customers begin. Without choices there is no menu.
    pub root: Node,
}

impl From<StoredMenu<Node>> for TextMenu {
    fn from(menu: StoredMenu<Node>) -> Self {
        Self { version: menu.version, updated_at: menu.updated_at, root: menu.tree }
    }
}

/// The text menu as an editor writes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextMenuInput {
    /// The version that was seen; absent: write over any.
    version: Option<i64>,
    /// Where customers begin.
    root: Node,
}

/// The text menu.
#[utoipa::path(get, path = "/text-menu", tag = "bot", responses((status = 200, body = TextMenu)))]
async fn get_text_menu(State(ctx): State<Ctx>, actor: Actor) -> Answer<TextMenu> {
    Ok(Json(ops::get_text_menu(&ctx, &actor).await?.into()))
}

/// Writes the text menu.
#[utoipa::path(
    put, path = "/text-menu", tag = "bot", request_body = TextMenuInput, responses((status = 200, body = TextMenu))
)]
async fn put_text_menu(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(input): Json<TextMenuInput>,
) -> Answer<TextMenu> {
    Ok(Json(ops::put_text_menu(&ctx, &actor, input.root, input.version).await?.into()))
}

/// The draft of an account's menu, and what the platform has of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountMenu)]
pub struct AccountMenuView {
    /// The buttons.
    pub buttons: Vec<Button>,
    /// Rises with each change; 0 when none was ever written.
    pub version: i64,
    /// When it was changed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Time>,
    /// The version that the platform has; absent when nothing was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_version: Option<i64>,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Time>,
}

impl From<StoredMenu<AccountMenu>> for AccountMenuView {
    fn from(menu: StoredMenu<AccountMenu>) -> Self {
        Self {
            buttons: menu.tree.buttons,
            version: menu.version,
            updated_at: menu.updated_at,
            published_version: menu.published_version,
            published_at: menu.published_at,
        }
    }
}

/// An account's menu as an editor writes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountMenuInput {
    /// At most three.
    buttons: Vec<Button>,
    /// The version that was seen; absent: write over any.
    version: Option<i64>,
}

/// The draft of an account's menu.
#[utoipa::path(
    get, path = "/inboxes/{id}/account-menu", tag = "bot", params(("id" = InboxId, Path)),
    responses((status = 200, body = AccountMenuView))
)]
async fn get_account_menu(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<InboxId>,
) -> Answer<AccountMenuView> {
    Ok(Json(ops::get_account_menu(&ctx, &actor, id).await?.into()))
}

/// Writes the draft of an account's menu.
#[utoipa::path(
    put, path = "/inboxes/{id}/account-menu", tag = "bot", params(("id" = InboxId, Path)),
    request_body = AccountMenuInput, responses((status = 200, body = AccountMenuView))
)]
async fn put_account_menu(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<InboxId>,
    Json(input): Json<AccountMenuInput>,
) -> Answer<AccountMenuView> {
    let menu = AccountMenu { buttons: input.buttons };
    Ok(Json(ops::put_account_menu(&ctx, &actor, id, menu, input.version).await?.into()))
}

// Settings and test bench --------------------------------------------------------------------------

/// How the bot behaves.
#[utoipa::path(get, path = "/bot/settings", tag = "bot", responses((status = 200, body = BotSettings)))]
async fn get_bot_settings(State(ctx): State<Ctx>, actor: Actor) -> Answer<BotSettings> {
    Ok(Json(ops::get_settings(&ctx, &actor).await?))
}

/// Writes how the bot behaves. What is left out gets its default.
#[utoipa::path(
    put, path = "/bot/settings", tag = "bot", request_body = BotSettings, responses((status = 200, body = BotSettings))
)]
async fn put_bot_settings(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(settings): Json<BotSettings>,
) -> Answer<BotSettings> {
    Ok(Json(ops::put_settings(&ctx, &actor, settings).await?))
}

/// What is tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialInput {
    /// What the customer would send or do.
    content: Content,
    /// Where, for taps on an account's menu.
    inbox: Option<InboxId>,
    /// What the trial before gave back; absent: begin anew.
    session: Option<String>,
}

/// What came out.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialView {
    /// What would be said.
    pub replies: Vec<Content>,
    /// To be given with the next trial.
    pub session: String,
    /// The steps.
    pub reasons: Vec<Reason>,
    /// What the base has, nearest first, also where something else answered.
    pub candidates: Vec<CandidateView>,
}

/// A candidate from the base.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Candidate)]
pub struct CandidateView {
    /// The entry.
    pub entry: EntryId,
    /// Its standard question.
    pub question: String,
    /// How near, 1 at most.
    pub score: f32,
    /// How probably it answers the question, 0 to 1.
    pub confidence: f32,
    /// Which pieces of the question were found.
    pub why: Vec<PieceView>,
    /// Which feature gave how many points; they add up to the score.
    pub points: Vec<PointsView>,
}

/// A piece of a question.
#[derive(Debug, Serialize, ToSchema)]
pub struct PieceView {
    /// The piece.
    pub text: String,
    /// Whether only its sound was found.
    pub by_sound: bool,
}

/// What a feature gave.
#[derive(Debug, Serialize, ToSchema)]
pub struct PointsView {
    /// Its name, such as `characters.question`.
    pub feature: &'static str,
    /// Its points.
    pub points: f32,
}

/// Tells what the bot would answer, and why. Nothing is stored.
#[utoipa::path(
    post, path = "/bot/test", tag = "bot", request_body = TrialInput, responses((status = 200, body = TrialView))
)]
async fn test_bot(State(ctx): State<Ctx>, actor: Actor, Json(input): Json<TrialInput>) -> Answer<TrialView> {
    let TrialInput { content, inbox, session } = input;
    let outcome = bench::test(&ctx, &actor, Trial { content, inbox, session }).await?;
    let candidates = outcome.candidates.into_iter().map(|it| CandidateView {
        entry: it.entry,
        question: it.question,
        score: it.score,
        confidence: it.confidence,
        why: it.matched.into_iter().map(|(text, by_sound)| PieceView { text, by_sound }).collect(),
        points: it.points.into_iter().map(|(feature, points)| PointsView { feature, points }).collect(),
    });
    Ok(Json(TrialView {
        replies: outcome.replies,
        session: outcome.session,
        reasons: outcome.reasons,
        candidates: candidates.collect(),
    }))
}
