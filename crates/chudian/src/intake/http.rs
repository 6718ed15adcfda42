//! The journal over HTTP.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::id::{InboundId, InboxId, MessageId};
use crate::base::page::{Page, PageRequest};
use crate::base::time::Time;
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::error::Answer;
use crate::web::extract::{Json, Path, Query};

use super::ops::{self, Recorded};

/// The routes of this domain.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_inbound))
        .routes(routes!(get_inbound))
        .routes(routes!(replay_inbound))
}

/// Which callbacks.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct InboundQuery {
    /// Only those with this outcome: stored, unsupported, report, closed.
    outcome: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many rows at most: 1 to 200, 50 when absent.
    limit: Option<u32>,
}

/// A callback in the journal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Inbound)]
pub struct InboundView {
    /// Its key.
    id: InboundId,
    /// At which inbox.
    inbox: InboxId,
    /// When the platform says it was sent.
    sent_at: Time,
    /// When it came.
    received_at: Time,
    /// `stored`, `unsupported` (kept, not understood), `report` (no customer's doing) or `closed` (came while
    /// headquarters had closed the member: kept, not answered).
    outcome: String,
    /// The message that it became.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<MessageId>,
    /// When it was taken in again.
    #[serde(skip_serializing_if = "Option::is_none")]
    replayed_at: Option<Time>,
    /// The text as it came; only of a single one.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<String>,
}

impl From<Recorded> for InboundView {
    fn from(it: Recorded) -> Self {
        Self {
            id: it.id,
            inbox: it.inbox,
            sent_at: it.sent_at,
            received_at: it.received_at,
            outcome: it.outcome,
            message: it.message,
            replayed_at: it.replayed_at,
            raw: None,
        }
    }
}

/// What came in, newest first.
#[utoipa::path(get, path = "/inbound", tag = "inboxes", params(InboundQuery),
    responses((status = 200, body = Page<InboundView>)))]
async fn list_inbound(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(query): Query<InboundQuery>,
) -> Answer<Page<InboundView>> {
    let page = PageRequest { after: query.after, limit: query.limit };
    Ok(Json(ops::list(&ctx, &actor, query.outcome, page).await?.map(InboundView::from)))
}

/// One callback with its raw text. Recorded in the audit log.
#[utoipa::path(get, path = "/inbound/{id}", tag = "inboxes", params(("id" = InboundId, Path)),
    responses((status = 200, body = InboundView)))]
async fn get_inbound(State(ctx): State<Ctx>, actor: Actor, Path(id): Path<InboundId>) -> Answer<InboundView> {
    let (recorded, raw) = ops::raw(&ctx, &actor, id).await?;
    Ok(Json(InboundView { raw: Some(raw), ..recorded.into() }))
}

/// Reads a callback again that was not understood when it came.
#[utoipa::path(post, path = "/inbound/{id}/replay", tag = "inboxes", params(("id" = InboundId, Path)),
    responses((status = 200, body = InboundView)))]
async fn replay_inbound(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<InboundId>,
) -> Answer<InboundView> {
    Ok(Json(ops::replay(&ctx, &actor, id).await?.into()))
}
