//! The rows of queue entries and assignments.

use crate::base::Result;
use crate::base::id::{AssignmentId, ConversationId, QueueEntryId, TenantId, UserId};
use crate::db::{Tx, args};

use crate::conversations::model::Conversation;

/// Writes that a conversation waits. `except` gave it back and does not get it again unasked.
pub fn open_queue_entry(
    tx: &mut Tx<'_>,
    conversation: &Conversation,
    reason: &str,
    except: Option<UserId>,
) -> Result<()> {
    let (id, now): (QueueEntryId, _) = (tx.new_id(), tx.now());
    tx.execute(
        "insert into queue_entries (id, tenant_id, conversation_id, reason, except_agent_id, entered_at)
         values ($1, $2, $3, $4, $5, $6)",
        args![id, conversation.tenant, conversation.id, reason, except, now],
    )?;
    Ok(())
}

/// Ends the wait, if there is one.
pub fn close_queue_entry(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    conversation: ConversationId,
    reason: &str,
) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "update queue_entries set left_at = $3, left_reason = $4
         where tenant_id = $1 and conversation_id = $2 and left_at is null",
        args![tenant, conversation, now, reason],
    )?;
    Ok(())
}

/// Writes that an agent serves.
pub fn open_assignment(tx: &mut Tx<'_>, conversation: &Conversation, agent: UserId) -> Result<()> {
    let (id, now): (AssignmentId, _) = (tx.new_id(), tx.now());
    tx.execute(
        "insert into assignments (id, tenant_id, conversation_id, agent_id, started_at) values ($1, $2, $3, $4, $5)",
        args![id, conversation.tenant, conversation.id, agent, now],
    )?;
    Ok(())
}

/// Ends the service of whoever serves, if somebody does.
pub fn close_assignment(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    conversation: ConversationId,
    reason: &str,
) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "update assignments set ended_at = $3, end_reason = $4
         where tenant_id = $1 and conversation_id = $2 and ended_at is null",
        args![tenant, conversation, now, reason],
    )?;
    Ok(())
}
