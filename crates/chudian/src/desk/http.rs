//! Conversations, threads and marks over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::content::Content;
use crate::base::id::{ConversationId, InboxId, MessageId, ThreadId, UserId};
use crate::base::page::{Page, PageRequest};
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Path, Query};
use crate::web::idempotency::IdempotencyKey;

use super::candidates::http::ChoiceBody;
use super::model::View;
use super::reading::Begin;
use super::sending::Saying;
use super::view::{AllowanceView, ConversationView, DraftView, MessageView, MessagesView};
use super::{marks, ops, reading, sending};

/// The routes of this domain.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_conversations))
        .routes(routes!(get_conversation))
        .routes(routes!(take_conversation))
        .routes(routes!(release_conversation))
        .routes(routes!(transfer_conversation))
        .routes(routes!(close_conversation))
        .routes(routes!(send_message))
        .routes(routes!(tell_typing))
        .routes(routes!(list_messages))
        .routes(routes!(get_draft, set_draft))
        .routes(routes!(set_read))
        .routes(routes!(get_allowance))
        .merge(super::candidates::http::routes())
        .merge(super::quick_replies::http::routes())
}

/// Which conversations to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ConversationQuery {
    /// Which list; `all` when absent.
    #[param(inline)]
    view: Option<View>,
    /// Only on this inbox.
    inbox: Option<InboxId>,
    /// Only with contacts whose name contains this.
    query: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many at most: 1 to 200, 50 when absent.
    limit: Option<u32>,
}

/// Conversations of one list: the queue with the longest wait first, the others newest first.
#[utoipa::path(
    get, path = "/conversations", tag = "desk", params(ConversationQuery),
    responses((status = 200, body = Page<ConversationView>))
)]
async fn list_conversations(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(query): Query<ConversationQuery>,
) -> Answer<Page<ConversationView>> {
    let page = PageRequest { after: query.after, limit: query.limit };
    let list = reading::Query {
        view: query.view.unwrap_or(View::All),
        inbox: query.inbox,
        query: query.query.unwrap_or_default(),
    };
    Ok(Json(reading::list(&ctx, &actor, list, page).await?))
}

/// One conversation.
#[utoipa::path(
    get, path = "/conversations/{id}", tag = "desk", params(("id" = ConversationId, Path)),
    responses((status = 200, body = ConversationView))
)]
async fn get_conversation(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<ConversationId>,
) -> Answer<ConversationView> {
    Ok(Json(reading::get(&ctx, &actor, id).await?))
}

/// Takes a conversation out of the queue, from the bot, or (for a supervisor) from a colleague.
#[utoipa::path(
    post, path = "/conversations/{id}/take", tag = "desk", params(("id" = ConversationId, Path)),
    responses((status = 200, body = ConversationView))
)]
async fn take_conversation(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<ConversationId>,
) -> Answer<ConversationView> {
    Ok(Json(ops::take(&ctx, &actor, id).await?))
}

/// Why a conversation is given back or closed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReasonBody {
    /// In a few words, for colleagues.
    reason: Option<String>,
}

/// Gives a conversation back to the queue.
#[utoipa::path(
    post, path = "/conversations/{id}/release", tag = "desk", params(("id" = ConversationId, Path)),
    request_body = ReasonBody, responses((status = 200, body = ConversationView))
)]
async fn release_conversation(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<ConversationId>,
    Json(body): Json<ReasonBody>,
) -> Answer<ConversationView> {
    Ok(Json(ops::release(&ctx, &actor, id, body.reason).await?))
}

/// To whom a conversation goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TransferBody {
    /// The colleague.
    agent: UserId,
    /// What she should know.
    note: Option<String>,
}

/// Hands a conversation on to a colleague.
#[utoipa::path(
    post, path = "/conversations/{id}/transfer", tag = "desk", params(("id" = ConversationId, Path)),
    request_body = TransferBody, responses((status = 200, body = ConversationView))
)]
async fn transfer_conversation(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<ConversationId>,
    Json(body): Json<TransferBody>,
) -> Answer<ConversationView> {
    Ok(Json(ops::transfer(&ctx, &actor, id, body.agent, body.note).await?))
}

/// Ends a conversation. The customer's next message opens a new one.
#[utoipa::path(
    post, path = "/conversations/{id}/close", tag = "desk", params(("id" = ConversationId, Path)),
    request_body = ReasonBody, responses((status = 200, body = ConversationView))
)]
async fn close_conversation(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<ConversationId>,
    Json(body): Json<ReasonBody>,
) -> Answer<ConversationView> {
    Ok(Json(ops::close(&ctx, &actor, id, body.reason).await?))
}

/// An answer to a customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MessageBody {
    /// What to say.
    content: Content,
    /// The conversation's `owner_epoch` as the page knows it: a stale one is refused.
    owner_epoch: Option<i64>,
    /// The candidate that it was made of, when it was.
    choice: Option<ChoiceBody>,
}

/// Sends a message. In a conversation that nobody serves this takes it first.
///
/// The same request with the same `Idempotency-Key` makes one message, however often it is sent.
#[utoipa::path(
    post, path = "/conversations/{id}/messages", tag = "desk",
    params(("id" = ConversationId, Path), ("Idempotency-Key" = String, Header)),
    request_body = MessageBody, responses((status = 201, body = MessageView))
)]
async fn send_message(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<ConversationId>,
    key: IdempotencyKey,
    Json(body): Json<MessageBody>,
) -> Result<(StatusCode, Json<MessageView>), Problem> {
    let saying = Saying {
        conversation: id,
        content: body.content,
        owner_epoch: body.owner_epoch,
        choice: body.choice.map(Into::into),
    };
    Ok((StatusCode::CREATED, Json(sending::send(&ctx, &actor, key, saying).await?)))
}

/// Shows the customer that somebody is typing, where the platform can.
#[utoipa::path(
    post, path = "/conversations/{id}/typing", tag = "desk", params(("id" = ConversationId, Path)),
    responses((status = 204))
)]
async fn tell_typing(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<ConversationId>,
) -> Result<StatusCode, Problem> {
    sending::tell_typing(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which messages of a thread.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct MessageQuery {
    /// The newest ones below this number. The server walks there from the newest message of the thread.
    before: Option<i64>,
    /// The newest ones before this message of the thread: quick however long the thread is. Ask with the first
    /// message of the page before.
    before_message: Option<MessageId>,
    /// The oldest ones above this number.
    after: Option<i64>,
    /// How many at most: 1 to 200, 50 when absent.
    limit: Option<u32>,
}

/// Messages of a thread over all its episodes, oldest first; without a number the newest page.
#[utoipa::path(
    get, path = "/threads/{id}/messages", tag = "desk", params(("id" = ThreadId, Path), MessageQuery),
    responses((status = 200, body = MessagesView))
)]
async fn list_messages(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<ThreadId>,
    Query(query): Query<MessageQuery>,
) -> Answer<MessagesView> {
    let limit = PageRequest { after: None, limit: query.limit }.limit();
    let from = match (query.before_message, query.before, query.after) {
        (None, None, None) => Begin::Newest,
        (Some(message), None, None) => Begin::Message(message),
        (None, Some(number), None) => Begin::Before(number),
        (None, None, Some(number)) => Begin::After(number),
        _ => return Err(reading::two_directions().into()),
    };
    Ok(Json(reading::messages(&ctx, &actor, id, from, limit).await?))
}

/// What the agent has typed and not sent.
#[utoipa::path(
    get, path = "/threads/{id}/draft", tag = "desk", params(("id" = ThreadId, Path)),
    responses((status = 200, body = DraftView))
)]
async fn get_draft(State(ctx): State<Ctx>, actor: Actor, Path(id): Path<ThreadId>) -> Answer<DraftView> {
    Ok(Json(marks::get_draft(&ctx, &actor, id).await?))
}

/// What an agent has typed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DraftBody {
    /// The text; empty forgets the draft.
    text: String,
}

/// Keeps what the agent has typed.
#[utoipa::path(
    put, path = "/threads/{id}/draft", tag = "desk", params(("id" = ThreadId, Path)),
    request_body = DraftBody, responses((status = 204))
)]
async fn set_draft(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<ThreadId>,
    Json(body): Json<DraftBody>,
) -> Result<StatusCode, Problem> {
    marks::set_draft(&ctx, &actor, id, body.text).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How far somebody has read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReadBody {
    /// The number of the last message seen.
    number: i64,
}

/// Notes how far the agent has read.
#[utoipa::path(
    put, path = "/threads/{id}/read", tag = "desk", params(("id" = ThreadId, Path)),
    request_body = ReadBody, responses((status = 204))
)]
async fn set_read(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<ThreadId>,
    Json(body): Json<ReadBody>,
) -> Result<StatusCode, Problem> {
    marks::set_read(&ctx, &actor, id, body.number).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the platform still lets us send to this person.
#[utoipa::path(
    get, path = "/threads/{id}/allowance", tag = "desk", params(("id" = ThreadId, Path)),
    responses((status = 200, body = AllowanceView))
)]
async fn get_allowance(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<ThreadId>,
) -> Answer<AllowanceView> {
    Ok(Json(reading::allowance(&ctx, &actor, id).await?))
}
