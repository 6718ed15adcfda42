//! An agent's own marks in a thread: what she has typed, and how far she has read.

use crate::base::id::ThreadId;
use crate::base::{Error, Result};
use crate::conversations::store as rows;
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

use super::ops::on_behalf_of;
use super::store;
use super::view::DraftView;

/// The longest draft, in characters.
const LONGEST_DRAFT: usize = 10_000;

/// What the actor has typed in a thread and not sent.
///
/// # Errors
/// `Missing` for a foreign thread.
pub async fn get_draft(ctx: &Ctx, actor: &Actor, thread: ThreadId) -> Result<DraftView> {
    actor.require(Permission::ConversationRead)?;
    let (tenant, user) = (actor.tenant, on_behalf_of(ctx, actor).await?);
    ctx.db
        .read(move |tx| {
            let thread = rows::get_thread(tx, tenant, thread)?;
            let found = store::find_draft(tx, tenant, user, thread.id)?;
            let (text, updated_at) = found.unzip();
            Ok(DraftView { text, updated_at })
        })
        .await
}

/// Keeps what the actor has typed; empty text keeps nothing.
///
/// # Errors
/// `Invalid` when it is too long; `Missing` for a foreign thread.
pub async fn set_draft(ctx: &Ctx, actor: &Actor, thread: ThreadId, text: String) -> Result<()> {
    actor.require(Permission::ConversationAnswer)?;
    let (tenant, user) = (actor.tenant, on_behalf_of(ctx, actor).await?);
    if text.chars().count() > LONGEST_DRAFT {
        let message = format!("a draft has at most {LONGEST_DRAFT} characters");
        return Err(Error::invalid("draft.too_long", message).field("text", "is too long"));
    }
    ctx.db
        .write(move |tx| {
            let thread = rows::get_thread(tx, tenant, thread)?;
            let text = Some(text.as_str()).filter(|it| !it.trim().is_empty());
            store::set_draft(tx, tenant, user, thread.id, text)
        })
        .await
}

/// Notes that the actor has read up to `number`. It never goes back.
///
/// # Errors
/// `Missing` for a foreign thread.
pub async fn set_read(ctx: &Ctx, actor: &Actor, thread: ThreadId, number: i64) -> Result<()> {
    actor.require(Permission::ConversationRead)?;
    let (tenant, user) = (actor.tenant, on_behalf_of(ctx, actor).await?);
    ctx.db
        .write(move |tx| {
            let thread = rows::get_thread(tx, tenant, thread)?;
            store::set_read(tx, tenant, user, thread.id, number.clamp(0, thread.last_number))
        })
        .await
}
