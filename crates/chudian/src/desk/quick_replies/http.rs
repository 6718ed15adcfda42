//! Quick replies over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::content::Content;
use crate::base::id::QuickReplyId;
use crate::base::time::Time;
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Path};

use super::model::{QuickReply, QuickReplyBody};
use super::ops;

/// The routes of quick replies.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_quick_replies, create_quick_reply))
        .routes(routes!(update_quick_reply, delete_quick_reply))
}

/// A prepared answer of the agents.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QuickReply)]
pub struct QuickReplyView {
    /// Its key.
    pub id: QuickReplyId,
    /// Whether everybody has it; otherwise it is the caller's own.
    pub shared: bool,
    /// What is typed after "/" to find it; may be empty.
    pub shortcut: String,
    /// What it is about.
    pub title: String,
    /// What is said.
    pub answers: Vec<Content>,
    /// Rises with each change.
    pub version: i64,
    /// When it was changed last.
    pub updated_at: Time,
}

impl From<QuickReply> for QuickReplyView {
    fn from(it: QuickReply) -> Self {
        let QuickReplyBody { shortcut, title, answers } = it.body;
        Self {
            id: it.id,
            shared: it.owner.is_none(),
            shortcut,
            title,
            answers,
            version: it.version,
            updated_at: it.updated_at,
        }
    }
}

/// All that the caller has.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuickReplies {
    /// Everybody's and the caller's own, oldest first.
    pub items: Vec<QuickReplyView>,
    /// Whether the caller may write those that everybody has.
    pub may_share: bool,
}

/// A new prepared answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QuickReplyInput {
    /// For everybody; otherwise for the caller alone. What it is stays so.
    shared: bool,
    /// What is typed after "/" to find it.
    shortcut: Option<String>,
    /// What it is about.
    title: String,
    /// What is said.
    answers: Vec<Content>,
}

/// A change of a prepared answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QuickReplyChange {
    /// What is typed after "/" to find it.
    shortcut: Option<String>,
    /// What it is about.
    title: String,
    /// What is said.
    answers: Vec<Content>,
    /// The version that was seen: when another one is there by now, the change is refused with 409. Absent:
    /// whatever is there is written over, as imports and scripts want it.
    version: Option<i64>,
}

/// The prepared answers that the caller has.
#[utoipa::path(get, path = "/quick-replies", tag = "desk", responses((status = 200, body = QuickReplies)))]
async fn list_quick_replies(State(ctx): State<Ctx>, actor: Actor) -> Answer<QuickReplies> {
    let items = ops::list(&ctx, &actor).await?.into_iter().map(QuickReplyView::from).collect();
    Ok(Json(QuickReplies { items, may_share: ops::may_share(&actor) }))
}

/// Makes a prepared answer.
#[utoipa::path(
    post, path = "/quick-replies", tag = "desk", request_body = QuickReplyInput,
    responses((status = 201, body = QuickReplyView))
)]
async fn create_quick_reply(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(input): Json<QuickReplyInput>,
) -> Result<(StatusCode, Json<QuickReplyView>), Problem> {
    let QuickReplyInput { shared, shortcut, title, answers } = input;
    let body = QuickReplyBody { shortcut: shortcut.unwrap_or_default(), title, answers };
    Ok((StatusCode::CREATED, Json(ops::create(&ctx, &actor, body, shared).await?.into())))
}

/// Changes a prepared answer.
#[utoipa::path(
    put, path = "/quick-replies/{id}", tag = "desk", params(("id" = QuickReplyId, Path)),
    request_body = QuickReplyChange, responses((status = 200, body = QuickReplyView))
)]
async fn update_quick_reply(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<QuickReplyId>,
    Json(input): Json<QuickReplyChange>,
) -> Answer<QuickReplyView> {
    let QuickReplyChange { shortcut, title, answers, version } = input;
    let body = QuickReplyBody { shortcut: shortcut.unwrap_or_default(), title, answers };
    Ok(Json(ops::update(&ctx, &actor, id, body, version).await?.into()))
}

/// Removes a prepared answer.
#[utoipa::path(
    delete, path = "/quick-replies/{id}", tag = "desk", params(("id" = QuickReplyId, Path)),
    responses((status = 204))
)]
async fn delete_quick_reply(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<QuickReplyId>,
) -> Result<StatusCode, Problem> {
    ops::delete(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
