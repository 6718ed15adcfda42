//! An agent's answer: written and planned in one transaction, once for each key.

use serde::Serialize;

use crate::base::content::Content;
use crate::base::id::{ConversationId, MessageId};
use crate::base::{Error, Result};
use crate::channels::adapter::Adapters;
use crate::channels::limits::Limits;
use crate::channels::{book, store as inboxes};
use crate::contacts::store as contacts;
use crate::conversations::custody::episode::Episode;
use crate::conversations::model::Stage;
use crate::conversations::store as rows;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::media::model::MediaState;
use crate::media::table;
use crate::web::actor::Actor;
use crate::web::idempotency::{IdempotencyKey, once};

use super::candidates::noting::{Chosen, note};
use super::ops::{person, take_step};
use super::reading::look_at_message;
use super::store;
use super::view::MessageView;

/// What an agent wants to say.
#[derive(Debug, Clone, Serialize)]
pub struct Saying {
    /// In which conversation.
    pub conversation: ConversationId,
    /// What.
    pub content: Content,
    /// What the page knew of who holds it; a stale number is refused.
    pub owner_epoch: Option<i64>,
    /// The candidate that it was made of, when it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choice: Option<Chosen>,
}

/// Sends a message. In a conversation that nobody serves this takes it first.
///
/// # Errors
/// `Invalid` for content that cannot be sent; `Conflict` when the conversation is closed, somebody
/// else's, or changed hands since the page looked; `Missing` for foreign files.
pub async fn send(ctx: &Ctx, actor: &Actor, key: IdempotencyKey, saying: Saying) -> Result<MessageView> {
    let user = person(ctx, actor).await?;
    saying.content.check_outgoing()?;
    let adapters = ctx.shelf.get::<Adapters>();
    let actor = actor.clone();
    let view = ctx
        .db
        .write(move |tx| {
            let id: MessageId = once(tx, &actor, &key, "conversation.send", &saying, |tx| {
                check_media(tx, &actor, &saying.content)?;
                let mut episode = Episode::load(tx, actor.tenant, saying.conversation)?;
                if matches!(episode.conversation.stage, Stage::Bot | Stage::Queued) {
                    take_step(tx, &actor, user, &mut episode)?;
                } else {
                    episode.conversation.check_owner(user, saying.owner_epoch)?;
                }
                let inbox = inboxes::get(tx, actor.tenant, episode.conversation.inbox)?;
                if inbox.disabled_at.is_some() {
                    let message =
                        format!("the inbox {} is switched off, so nothing can be sent by it", inbox.name);
                    return Err(Error::conflict("inbox.disabled", message));
                }
                let parts = adapters.get(&inbox.kind)?.split(&saying.content, tx.now());
                let message = episode.say(tx, user, saying.content.clone(), &parts)?;
                note(tx, &actor, &message, saying.choice.as_ref())?;
                store::set_read(tx, actor.tenant, user, message.thread, message.number)?;
                store::set_draft(tx, actor.tenant, user, message.thread, None)?;
                episode.end(tx)?;
                Ok(message.id)
            })?;
            let message = rows::get_message(tx, actor.tenant, id)?;
            look_at_message(tx, message)
        })
        .await?;
    ctx.deliveries.now();
    Ok(view)
}

/// Every file must be the tenant's own, and here.
fn check_media(tx: &mut Tx<'_>, actor: &Actor, content: &Content) -> Result<()> {
    for id in content.media() {
        let media = table::get(tx, actor.tenant, id)?;
        if media.state != MediaState::Stored {
            return Err(Error::conflict(
                "media.not_stored",
                "a file of this message is not in our store; upload it again",
            ));
        }
    }
    Ok(())
}

/// Shows the customer that somebody is typing, where the platform can and would show it.
///
/// # Errors
/// `Conflict` when the actor does not serve the conversation.
pub async fn tell_typing(ctx: &Ctx, actor: &Actor, id: ConversationId) -> Result<()> {
    let user = person(ctx, actor).await?;
    let tenant = actor.tenant;
    let (inbox, to, spoke, now) = ctx
        .db
        .read(move |tx| {
            let conversation = rows::get_conversation(tx, tenant, id)?;
            conversation.check_owner(user, None)?;
            let thread = rows::get_thread(tx, tenant, conversation.thread)?;
            let identity = contacts::get_identity(tx, tenant, thread.identity)?;
            Ok((conversation.inbox, identity.source_id, thread.last_inbound_at, tx.now()))
        })
        .await?;
    let inbox = book::get(ctx, inbox).await?;
    if !Limits::built_in().may_show_typing(&inbox.inbox.kind, spoke, now) {
        return Ok(());
    }
    let adapter = ctx.shelf.get::<Adapters>().get(&inbox.inbox.kind)?;
    let ctx = ctx.clone();
    // The platform may be slow; nobody has to wait for a sign that is gone in a moment.
    tokio::spawn(async move { adapter.typing(&ctx, &inbox, &to).await });
    Ok(())
}
