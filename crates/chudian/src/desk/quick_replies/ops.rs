//! What one may do with quick replies.

use serde_json::json;

use crate::audit::ops::record;
use crate::base::id::{QuickReplyId, UserId};
use crate::base::{Error, Result};
use crate::ctx::Ctx;
use crate::knowledge::checks::check_files;
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::model::{MOST_OWN, MOST_SHARED, QuickReply, QuickReplyBody};
use super::store;

/// Everybody's, and the actor's own.
///
/// # Errors
/// `Denied` without the right.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<QuickReply>> {
    actor.require(Permission::KnowledgeRead)?;
    let (tenant, user) = (actor.tenant, actor.user);
    ctx.db.read(move |tx| store::list(tx, tenant, user)).await
}

/// Whether the actor writes what everybody shares: editors, and who leads the agents.
#[must_use]
pub fn may_share(actor: &Actor) -> bool {
    actor.permissions.has(Permission::KnowledgeEdit)
        || actor.permissions.has(Permission::ConversationSupervise)
}

fn check_right(actor: &Actor, owner: Option<UserId>) -> Result<()> {
    match owner {
        Some(_) => actor.require(Permission::ConversationAnswer),
        None if may_share(actor) => Ok(()),
        None => actor.require(Permission::KnowledgeEdit),
    }
}

/// Makes one: everybody's, or the actor's own.
///
/// # Errors
/// `Denied` without the right; `Invalid`, by field.
pub async fn create(ctx: &Ctx, actor: &Actor, body: QuickReplyBody, is_shared: bool) -> Result<QuickReply> {
    let owner = if is_shared { None } else { Some(actor.person()?) };
    check_right(actor, owner)?;
    let body = body.tidy()?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let most = if owner.is_some() { MOST_OWN } else { MOST_SHARED };
            if store::count(tx, actor.tenant, owner)? >= most {
                let message = format!("there are at most {most}: remove one that nobody uses");
                return Err(Error::invalid("quick_reply.too_many", message));
            }
            check_files(tx, actor.tenant, &body.answers, "answers")?;
            let made = QuickReply { id: tx.new_id(), owner, body, version: 1, updated_at: tx.now() };
            store::insert(tx, actor.tenant, &made, actor.user)?;
            let detail = json!({ "title": made.body.title, "shared": is_shared });
            record(tx, &actor, "quick_reply.create", made.id, detail)?;
            Ok(made)
        })
        .await
}

/// Changes one. `seen` is the version that the writer had before them; `None` writes over any.
///
/// # Errors
/// `Denied` without the right; `Missing`, also for what is somebody else's own; `Conflict` when somebody was faster.
pub async fn update(
    ctx: &Ctx,
    actor: &Actor,
    id: QuickReplyId,
    body: QuickReplyBody,
    seen: Option<i64>,
) -> Result<QuickReply> {
    actor.require(Permission::KnowledgeRead)?;
    let body = body.tidy()?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let old = store::find(tx, actor.tenant, actor.user, id)?.ok_or_else(absent)?;
            check_right(&actor, old.owner)?;
            check_files(tx, actor.tenant, &body.answers, "answers")?;
            let new = QuickReply { body, version: old.version + 1, updated_at: tx.now(), ..old };
            if seen.is_some_and(|it| it != old.version) || !store::update(tx, actor.tenant, &new, actor.user)?
            {
                let message = "somebody changed this quick reply meanwhile: look at it again, then decide";
                return Err(Error::conflict("quick_reply.changed", message));
            }
            let detail = json!({ "title": new.body.title, "version": new.version });
            record(tx, &actor, "quick_reply.change", id, detail)?;
            Ok(new)
        })
        .await
}

/// Removes one.
///
/// # Errors
/// `Denied` without the right; `Missing`, also for what is somebody else's own.
pub async fn delete(ctx: &Ctx, actor: &Actor, id: QuickReplyId) -> Result<()> {
    actor.require(Permission::KnowledgeRead)?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let old = store::find(tx, actor.tenant, actor.user, id)?.ok_or_else(absent)?;
            check_right(&actor, old.owner)?;
            store::delete(tx, actor.tenant, id)?;
            record(tx, &actor, "quick_reply.delete", id, json!({ "title": old.body.title }))
        })
        .await
}
