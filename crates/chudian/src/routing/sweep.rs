//! Makes it so: agents are what they should be, nobody is stranded, the queue is given out.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::broadcast::error::RecvError;

use crate::base::Result;
use crate::base::id::{ConversationId, TenantId, UserId};
use crate::base::time::Time;
use crate::bus::{Event, emit};
use crate::conversations::custody::episode::{Episode, Release};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::jobs::Nudge;

use super::model::{Agent, AgentState, due_state, give_out};
use super::presence::Presence;
use super::store;

/// How often it looks without having been told.
const PERIOD: Duration = Duration::from_secs(2);
/// The shortest pause between two looks: news comes in bursts.
const PACE: Duration = Duration::from_millis(20);
/// How many conversations one transaction gives out.
const AT_ONCE: u32 = 100;

/// Wakes the sweep. On the shelf of the `Ctx`.
#[derive(Debug, Default)]
pub struct Wake(Nudge);

/// Somebody came, went, or changed: look soon.
pub fn wake(ctx: &Ctx) {
    ctx.shelf.get::<Wake>().0.now();
}

/// Sweeps on news and on a period, for as long as the future is polled.
pub async fn run(ctx: Ctx) {
    let wake = ctx.shelf.get::<Wake>();
    let mut news = ctx.bus.subscribe();
    let listen = async {
        loop {
            match news.recv().await {
                Ok(told) if concerns_routing(&told.event) => wake.0.now(),
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => wake.0.now(),
                Err(RecvError::Closed) => return,
            }
        }
    };
    let look = async {
        loop {
            if let Err(error) = sweep(&ctx).await {
                tracing::warn!(error.code = error.code, "the queue could not be swept: {error}");
            }
            tokio::time::sleep(PACE).await;
            wake.0.or_after(PERIOD).await;
        }
    };
    tokio::select! {
        () = listen => {}
        () = look => {}
    }
}

fn concerns_routing(event: &Event) -> bool {
    matches!(
        event,
        Event::ConversationQueued { .. }
            | Event::ConversationChanged { .. }
            | Event::AgentChanged { .. }
            | Event::UserChanged { .. }
            | Event::SessionRevoked { .. }
    )
}

/// Looks at every tenant that has agents, and mends what is not as it should be.
///
/// # Errors
/// Those of the database.
pub async fn sweep(ctx: &Ctx) -> Result<()> {
    let presence = ctx.shelf.get::<Presence>();
    let now = ctx.clock.now();
    let look = presence.clone();
    let tenants = ctx
        .db
        .read(move |tx| {
            let mut busy = Vec::new();
            for tenant in store::list_tenants(tx)? {
                if has_work(tx, tenant, &look, now)? {
                    busy.push(tenant);
                }
            }
            Ok(busy)
        })
        .await?;
    for tenant in tenants {
        let presence = presence.clone();
        ctx.db.write(move |tx| mend(tx, tenant, &presence)).await?;
    }
    Ok(())
}

fn due(agent: &Agent, presence: &Presence, now: Time) -> AgentState {
    due_state(agent, presence.gone_for(agent.user, now))
}

fn has_work(tx: &mut Tx<'_>, tenant: TenantId, presence: &Presence, now: Time) -> Result<bool> {
    let agents = store::list_agents(tx, tenant)?;
    if agents.iter().any(|it| due(it, presence, now) != it.state) {
        return Ok(true);
    }
    if !store::list_stranded(tx, tenant)?.is_empty() {
        return Ok(true);
    }
    if !agents.iter().any(Agent::is_free) {
        return Ok(false);
    }
    let waiting = store::list_waiting(tx, tenant, AT_ONCE)?;
    Ok(!give_out(&waiting, agents, now).is_empty())
}

/// Everything of one tenant in one transaction, decided by what is there now.
fn mend(tx: &mut Tx<'_>, tenant: TenantId, presence: &Arc<Presence>) -> Result<()> {
    let now = tx.now();
    for agent in store::list_agents(tx, tenant)? {
        let state = due(&agent, presence, now);
        if state != agent.state {
            store::set_state(tx, tenant, agent.user, state)?;
            emit(tx, tenant, Event::AgentChanged { user: agent.user })?;
        }
    }
    let agents = store::list_agents(tx, tenant)?;
    for (conversation, agent) in store::list_stranded(tx, tenant)? {
        return_to_queue(tx, tenant, conversation, name_of(&agents, agent))?;
    }
    let waiting = store::list_waiting(tx, tenant, AT_ONCE)?;
    let agents = store::list_agents(tx, tenant)?;
    for (conversation, agent) in give_out(&waiting, agents.clone(), now) {
        assign(tx, tenant, conversation, agent, name_of(&agents, agent))?;
    }
    Ok(())
}

fn name_of(agents: &[Agent], user: UserId) -> &str {
    agents.iter().find(|it| it.user == user).map_or("", |it| it.name.as_str())
}

fn return_to_queue(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    conversation: ConversationId,
    name: &str,
) -> Result<()> {
    let mut episode = Episode::load(tx, tenant, conversation)?;
    let agent = episode.put_back(tx, Release::AgentLost)?;
    episode.note(tx, "conversation.returned", json!({ "agent": agent, "name": name }))?;
    episode.end(tx)?;
    Ok(())
}

fn assign(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    conversation: ConversationId,
    agent: UserId,
    name: &str,
) -> Result<()> {
    let mut episode = Episode::load(tx, tenant, conversation)?;
    if episode.give_to(tx, agent, "assigned")? {
        store::note_given(tx, tenant, agent)?;
        episode.note(tx, "conversation.assigned", json!({ "agent": agent, "name": name }))?;
    }
    episode.end(tx)?;
    Ok(())
}
