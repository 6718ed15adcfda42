//! The rows of agents' states, and what the queue looks like.

use crate::base::id::{ConversationId, TenantId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::db::{Row, Tx, args};
use crate::tenants::role::Role;
use crate::web::permission::Permission;

use super::model::{Agent, AgentState, CAPACITY, Waiting};

/// A tenant's people and what each of them is to the queue, with what they serve now.
/// Who never chose a state is offline.
pub fn list_agents(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<Agent>> {
    tx.all(
        "select u.id, u.name, s.state, s.wanted, s.capacity, s.since, s.last_given_at, u.role, u.disabled_at,
             (select count(*) from conversations c
              where c.tenant_id = u.tenant_id and c.stage = 'serving' and c.agent_id = u.id), u.created_at
         from users u left join agent_states s on s.user_id = u.id
         where u.tenant_id = $1 order by u.id",
        args![tenant],
        agent,
    )
}

/// One of them, who must be there.
pub fn get_agent(tx: &mut Tx<'_>, tenant: TenantId, user: UserId) -> Result<Agent> {
    tx.first(
        "select u.id, u.name, s.state, s.wanted, s.capacity, s.since, s.last_given_at, u.role, u.disabled_at,
             (select count(*) from conversations c
              where c.tenant_id = u.tenant_id and c.stage = 'serving' and c.agent_id = u.id), u.created_at
         from users u left join agent_states s on s.user_id = u.id
         where u.tenant_id = $1 and u.id = $2",
        args![tenant, user],
        agent,
    )?
    .ok_or_else(|| Error::missing("agent.missing", "there is no such person in your organisation"))
}

fn agent(row: &Row<'_>) -> Result<Agent> {
    let role = row.get::<String>(7)?.parse::<Role>();
    let may_answer = role.is_ok_and(|it| it.permissions().has(Permission::ConversationAnswer));
    let is_locked = row.get::<Option<Time>>(8)?.is_some();
    let state =
        |index| Ok::<_, Error>(AgentState::parse(&row.get::<Option<String>>(index)?.unwrap_or_default()));
    let created_at: Time = row.get(10)?;
    Ok(Agent {
        user: row.get(0)?,
        name: row.get(1)?,
        state: state(2)?,
        wanted: state(3)?,
        capacity: row.get::<Option<i64>>(4)?.unwrap_or(CAPACITY),
        since: row.get::<Option<Time>>(5)?.unwrap_or(created_at),
        last_given_at: row.get(6)?,
        may_answer: may_answer && !is_locked,
        serving: row.get(9)?,
    })
}

/// The tenants that have agents.
pub fn list_tenants(tx: &mut Tx<'_>) -> Result<Vec<TenantId>> {
    tx.all("select distinct tenant_id from agent_states order by tenant_id", args![], |row| row.get(0))
}

/// Writes what an agent chose; it is her state from now on.
pub fn set_choice(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    state: AgentState,
    capacity: i64,
) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "insert into agent_states (user_id, tenant_id, state, wanted, capacity, since) values ($1, $2, $3, $3, $4, $5)
         on conflict (user_id) do update set since = case when agent_states.state = excluded.state
                 then agent_states.since else excluded.since end,
             state = excluded.state, wanted = excluded.wanted, capacity = excluded.capacity",
        args![user, tenant, state.as_str(), capacity, now],
    )?;
    Ok(())
}

/// Writes what an agent is now; her choice stays.
pub fn set_state(tx: &mut Tx<'_>, tenant: TenantId, user: UserId, state: AgentState) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "update agent_states set state = $3, since = $4 where tenant_id = $1 and user_id = $2",
        args![tenant, user, state.as_str(), now],
    )?;
    Ok(())
}

/// Notes that an agent has a conversation from now on. Who never chose a state, or was offline,
/// is away: she serves what she takes herself and gets nothing unasked.
pub fn note_given(tx: &mut Tx<'_>, tenant: TenantId, user: UserId) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "insert into agent_states (user_id, tenant_id, state, wanted, capacity, since, last_given_at)
         values ($1, $2, 'away', 'away', $3, $4, $4)
         on conflict (user_id) do update set last_given_at = excluded.last_given_at,
             state = case when agent_states.state = 'offline' then 'away' else agent_states.state end,
             wanted = case when agent_states.wanted = 'offline' then 'away' else agent_states.wanted end",
        args![user, tenant, CAPACITY, now],
    )?;
    Ok(())
}

/// Who waits for a person, longest wait first, at most `limit`.
pub fn list_waiting(tx: &mut Tx<'_>, tenant: TenantId, limit: u32) -> Result<Vec<Waiting>> {
    tx.all(
        "select q.conversation_id, q.except_agent_id from queue_entries q
         join conversations c on c.id = q.conversation_id
         where q.tenant_id = $1 and q.left_at is null
         order by coalesce(c.waiting_since, q.entered_at), q.id limit $2",
        args![tenant, limit],
        |row| Ok(Waiting { conversation: row.get(0)?, except: row.get(1)? }),
    )
}

/// Conversations in which a customer waits for an agent who is not there, with that agent.
pub fn list_stranded(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<(ConversationId, UserId)>> {
    tx.all(
        "select c.id, c.agent_id from conversations c
         join agent_states s on s.user_id = c.agent_id
         where c.tenant_id = $1 and c.stage = 'serving' and c.waiting_since is not null and s.state = 'offline'
         order by c.id",
        args![tenant],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}
