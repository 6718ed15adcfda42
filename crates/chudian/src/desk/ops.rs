//! What agents do with a conversation: take it, give it back, hand it on, end it.

use serde_json::json;

use crate::audit::ops::record;
use crate::base::id::{ConversationId, UserId};
use crate::base::{Error, Result};
use crate::conversations::custody::episode::{Episode, Release};
use crate::conversations::model::Stage;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::routing;
use crate::routing::model::AgentState;
use crate::tenants;
use crate::web::actor::{Actor, Credential};
use crate::web::permission::Permission;

use super::model::{check_hold, check_take};
use super::reading::look;
use super::view::ConversationView;

/// The longest reason or note, in characters.
const LONGEST_NOTE: usize = 500;

/// The person for whom the actor works: themselves, or the maker of a program's key.
///
/// # Errors
/// `Denied` for the house itself, and for a key whose maker is gone.
pub(super) async fn on_behalf_of(ctx: &Ctx, actor: &Actor) -> Result<UserId> {
    if let Credential::Key(key) = actor.credential {
        let tenant = actor.tenant;
        let found = ctx.db.read(move |tx| tenants::store::find_key_by_id(tx, tenant, key)).await?;
        let gone = || Error::denied("actor.no_person", "the maker of this API key may not log in any more");
        return Ok(found.ok_or_else(gone)?.1.id);
    }
    actor.person()
}

/// The person who acts, noted as being there.
pub(super) async fn person(ctx: &Ctx, actor: &Actor) -> Result<UserId> {
    actor.require(Permission::ConversationAnswer)?;
    let user = on_behalf_of(ctx, actor).await?;
    routing::ops::note_seen(ctx, user);
    Ok(user)
}

fn supervises(actor: &Actor) -> bool {
    actor.permissions.has(Permission::ConversationSupervise)
}

/// A reason or note without its outer blanks; absent when there is nothing left.
fn words(text: Option<String>, field: &'static str) -> Result<Option<String>> {
    let text = text.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    match text {
        Some(text) if text.chars().count() > LONGEST_NOTE => {
            let message = format!("write at most {LONGEST_NOTE} characters");
            Err(Error::invalid("conversation.note", message.clone()).field(field, message))
        }
        text => Ok(text),
    }
}

/// Gives the conversation to `user` inside the caller's transaction, with its note and record.
/// Theirs already: nothing changes.
///
/// # Errors
/// `Conflict` when it is closed, or a colleague's and the actor does not supervise.
pub(super) fn take_step(tx: &mut Tx<'_>, actor: &Actor, user: UserId, episode: &mut Episode) -> Result<()> {
    let before = episode.conversation.stage;
    check_take(before, user, supervises(actor))?;
    if !episode.give_to(tx, user, "taken")? {
        return Ok(());
    }
    routing::store::note_given(tx, actor.tenant, user)?;
    let from = before.agent();
    episode.note(tx, "conversation.taken", json!({ "agent": user, "name": actor.name, "from": from }))?;
    record(tx, actor, "conversation.take", episode.conversation.id, json!({ "from": from }))
}

/// Takes a conversation: out of the queue, from the bot, or (for a supervisor) from a colleague.
/// Of two who take it at once one wins.
///
/// # Errors
/// `Denied` without the right; `Conflict` when it is closed or a colleague's.
pub async fn take(ctx: &Ctx, actor: &Actor, id: ConversationId) -> Result<ConversationView> {
    let user = person(ctx, actor).await?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let mut episode = Episode::load(tx, actor.tenant, id)?;
            take_step(tx, &actor, user, &mut episode)?;
            episode.end(tx)?;
            look(tx, &actor, id)
        })
        .await
}

/// Gives a conversation back to the queue. It comes to the same agent again only if she takes it.
///
/// # Errors
/// `Conflict` when it is not the actor's, or nobody serves it.
pub async fn release(
    ctx: &Ctx,
    actor: &Actor,
    id: ConversationId,
    reason: Option<String>,
) -> Result<ConversationView> {
    let user = person(ctx, actor).await?;
    let reason = words(reason, "reason")?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let mut episode = Episode::load(tx, actor.tenant, id)?;
            check_hold(episode.conversation.stage, user, supervises(&actor))?;
            let agent = episode.put_back(tx, Release::Released)?;
            let params = json!({ "agent": agent, "name": actor.name, "reason": reason });
            episode.note(tx, "conversation.released", params)?;
            record(tx, &actor, "conversation.release", id, json!({ "agent": agent }))?;
            episode.end(tx)?;
            look(tx, &actor, id)
        })
        .await
}

/// Hands a conversation on to a colleague who may answer and is there.
///
/// # Errors
/// `Conflict` when it is not the actor's or the colleague is offline; `Missing` for a stranger.
pub async fn transfer(
    ctx: &Ctx,
    actor: &Actor,
    id: ConversationId,
    to: UserId,
    note: Option<String>,
) -> Result<ConversationView> {
    let user = person(ctx, actor).await?;
    let note = words(note, "note")?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let colleague = routing::store::get_agent(tx, actor.tenant, to)?;
            if !colleague.may_answer {
                let message = format!("{} may not answer customers; choose somebody else", colleague.name);
                return Err(Error::invalid("agent.may_not_answer", message).field("agent", "may not answer"));
            }
            if colleague.state == AgentState::Offline {
                let message = format!(
                    "{} is offline; choose somebody else, or give it back to the queue",
                    colleague.name
                );
                return Err(Error::conflict("agent.offline", message));
            }
            let mut episode = Episode::load(tx, actor.tenant, id)?;
            let from = episode.conversation.stage;
            check_hold(from, user, supervises(&actor))?;
            if episode.give_to(tx, to, "transferred")? {
                routing::store::note_given(tx, actor.tenant, to)?;
                let params = json!({
                    "agent": to, "name": colleague.name, "by": actor.name, "from": from.agent(), "note": note,
                });
                episode.note(tx, "conversation.transferred", params)?;
                let detail = json!({ "from": from.agent(), "to": to });
                record(tx, &actor, "conversation.transfer", id, detail)?;
            }
            episode.end(tx)?;
            look(tx, &actor, id)
        })
        .await
}

/// Ends a conversation. The customer's next message opens a new one, and the bot serves that.
///
/// # Errors
/// `Conflict` when it is closed already or not the actor's.
pub async fn close(
    ctx: &Ctx,
    actor: &Actor,
    id: ConversationId,
    reason: Option<String>,
) -> Result<ConversationView> {
    let user = person(ctx, actor).await?;
    let reason = words(reason, "reason")?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let mut episode = Episode::load(tx, actor.tenant, id)?;
            let stage = episode.conversation.stage;
            if stage != Stage::Closed {
                check_hold(stage, user, supervises(&actor))?;
            }
            episode.close(tx, reason.as_deref().unwrap_or("done"))?;
            let params = json!({ "agent": user, "name": actor.name, "reason": reason });
            episode.note(tx, "conversation.closed", params)?;
            record(tx, &actor, "conversation.close", id, json!({ "agent": stage.agent() }))?;
            episode.end(tx)?;
            look(tx, &actor, id)
        })
        .await
}
