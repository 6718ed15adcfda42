//! What one may do with the journal: look at what came, and take in again what was not understood.

use crate::audit::ops as audit;
use crate::base::content::Content;
use crate::base::id::{InboundId, InboxId, MessageId};
use crate::base::page::{Page, PageRequest};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::bus::{self, Event};
use crate::channels::adapter::Adapters;
use crate::channels::book;
use crate::conversations::store as conversations;
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

use super::journal;

/// A callback in the journal.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Its key.
    pub id: InboundId,
    /// At which inbox.
    pub inbox: InboxId,
    /// When the platform says it was sent.
    pub sent_at: Time,
    /// When it came.
    pub received_at: Time,
    /// `stored`, `unsupported` (kept, not understood), `report` (no customer's doing) or `closed` (the member was).
    pub outcome: String,
    /// The message that it became.
    pub message: Option<MessageId>,
    /// When it was taken in again.
    pub replayed_at: Option<Time>,
}

/// The tenant's callbacks, newest first.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    outcome: Option<String>,
    page: PageRequest,
) -> Result<Page<Recorded>> {
    actor.require(Permission::InboundRead)?;
    let before = match &page.after {
        Some(after) => {
            after.parse::<InboundId>().map_err(|error| Error::invalid("page.after", error.to_string()))?
        }
        None => InboundId(i64::MAX),
    };
    let (tenant, limit) = (actor.tenant, page.limit());
    let rows =
        ctx.db.read(move |tx| journal::list(tx, tenant, outcome.as_deref(), before, limit + 1)).await?;
    Ok(Page::cut(rows, limit, |it| it.id.to_string()))
}

/// The raw text of a callback. Whoever reads it reads what a customer wrote, so it is recorded.
pub async fn raw(ctx: &Ctx, actor: &Actor, id: InboundId) -> Result<(Recorded, String)> {
    actor.require(Permission::InboundRead)?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let (recorded, raw) = journal::get(tx, actor.tenant, id)?;
            audit::record(tx, &actor, "inbound.read", id, serde_json::json!({}))?;
            Ok((recorded, String::from_utf8_lossy(&raw).into_owned()))
        })
        .await
}

/// Reads a callback again that was not understood when it came: after an upgrade it may be. The
/// message keeps its place in the thread and gets its content; nothing is answered.
pub async fn replay(ctx: &Ctx, actor: &Actor, id: InboundId) -> Result<Recorded> {
    actor.require(Permission::InboundRead)?;
    let tenant = actor.tenant;
    let (recorded, raw) = ctx.db.read(move |tx| journal::get(tx, tenant, id)).await?;
    let Some(message) = recorded.message.filter(|_| recorded.outcome == "unsupported") else {
        return Err(Error::conflict(
            "inbound.settled",
            "this callback was understood when it came; there is nothing to replay",
        ));
    };
    let inbox = book::get(ctx, recorded.inbox).await?;
    let adapter = ctx.shelf.get::<Adapters>().get(&inbox.inbox.kind)?;
    let content = adapter.read_again(&raw)?;
    let understood = !matches!(content, Content::Unsupported { .. });
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            if understood {
                let row = conversations::get_message(tx, tenant, message)?;
                conversations::set_content(tx, message, &content)?;
                bus::emit(tx, tenant, Event::MessageUpdated { thread: row.thread, message })?;
            }
            journal::set_replayed(tx, tenant, id, if understood { "stored" } else { "unsupported" })?;
            audit::record(tx, &actor, "inbound.replay", id, serde_json::json!({ "understood": understood }))?;
            journal::get(tx, tenant, id).map(|(recorded, _)| recorded)
        })
        .await
}
