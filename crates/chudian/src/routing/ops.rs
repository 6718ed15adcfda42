//! What one may do: see the agents, and say whether one is ready.

use crate::base::Result;
use crate::base::id::UserId;
use crate::bus::{Event, emit};
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

use super::model::{Agent, AgentState, check_capacity};
use super::presence::Presence;
use super::store;

/// Everybody of the own tenant who may answer.
///
/// # Errors
/// `Denied` without the right.
pub async fn list_agents(ctx: &Ctx, actor: &Actor) -> Result<Vec<Agent>> {
    actor.require(Permission::ConversationRead)?;
    let tenant = actor.tenant;
    let agents = ctx.db.read(move |tx| store::list_agents(tx, tenant)).await?;
    Ok(agents.into_iter().filter(|it| it.may_answer).collect())
}

/// Notes a sign of life: whoever does something is there, with or without a live connection.
pub fn note_seen(ctx: &Ctx, user: UserId) {
    ctx.shelf.get::<Presence>().touch(user, ctx.clock.now());
}

/// Says what one is to the queue from now on.
///
/// # Errors
/// `Denied` without the right or for a program; `Invalid` for a capacity that makes no sense.
pub async fn set_state(ctx: &Ctx, actor: &Actor, state: AgentState, capacity: Option<i64>) -> Result<Agent> {
    actor.require(Permission::ConversationAnswer)?;
    let (tenant, user) = (actor.tenant, actor.person()?);
    if let Some(capacity) = capacity {
        check_capacity(capacity)?;
    }
    note_seen(ctx, user);
    ctx.db
        .write(move |tx| {
            let before = store::get_agent(tx, tenant, user)?;
            store::set_choice(tx, tenant, user, state, capacity.unwrap_or(before.capacity))?;
            emit(tx, tenant, Event::AgentChanged { user })?;
            store::get_agent(tx, tenant, user)
        })
        .await
}
