//! The rows of threads, conversations and messages.

use crate::base::content::Content;
use crate::base::id::{ConversationId, MessageId, TenantId, ThreadId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::db::{Row, Tx, args};

use super::model::{Author, Conversation, DeliveryState, Direction, Message, Stage, Thread};

/// Reads a thread from the columns named in its queries.
pub fn thread(row: &Row<'_>) -> Result<Thread> {
    Ok(Thread {
        id: row.get(0)?,
        tenant: row.get(1)?,
        inbox: row.get(2)?,
        contact: row.get(3)?,
        identity: row.get(4)?,
        last_number: row.get(5)?,
        last_message: row.get(6)?,
        last_inbound_at: row.get(7)?,
        open_conversation: row.get(8)?,
    })
}

/// Reads a conversation from the columns named in its queries.
pub fn conversation(row: &Row<'_>) -> Result<Conversation> {
    let agent: Option<UserId> = row.get(6)?;
    Ok(Conversation {
        id: row.get(0)?,
        tenant: row.get(1)?,
        thread: row.get(2)?,
        inbox: row.get(3)?,
        contact: row.get(4)?,
        stage: Stage::parse(&row.get::<String>(5)?, agent)?,
        owner_epoch: row.get(7)?,
        waiting_since: row.get(8)?,
        opened_at: row.get(9)?,
        closed_at: row.get(10)?,
        first_number: row.get(11)?,
    })
}

/// Reads a message from the columns named in its queries.
pub fn message(row: &Row<'_>) -> Result<Message> {
    let direction = if row.get::<String>(6)? == "in" { Direction::In } else { Direction::Out };
    Ok(Message {
        id: row.get(0)?,
        tenant: row.get(1)?,
        thread: row.get(2)?,
        conversation: row.get(3)?,
        number: row.get(4)?,
        previous: row.get(5)?,
        direction,
        author: Author::parse(&row.get::<String>(7)?, row.get(8)?),
        content: row.json(9)?,
        at: row.get(10)?,
        platform_at: row.get(11)?,
        delivery: row.get::<Option<String>>(12)?.as_deref().and_then(DeliveryState::parse),
        reason: row.get(13)?,
        reasons: row.get(14)?,
    })
}

/// Writes a new thread.
pub fn insert_thread(tx: &mut Tx<'_>, thread: &Thread) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "insert into threads (id, tenant_id, inbox_id, contact_id, identity_id, last_number, last_message_id,
             last_inbound_at, open_conversation_id, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            thread.id,
            thread.tenant,
            thread.inbox,
            thread.contact,
            thread.identity,
            thread.last_number,
            thread.last_message,
            thread.last_inbound_at,
            thread.open_conversation,
            now
        ],
    )?;
    Ok(())
}

/// Writes what changes about a thread.
pub fn save_thread(tx: &mut Tx<'_>, thread: &Thread) -> Result<()> {
    tx.execute(
        "update threads set last_number = $2, last_message_id = $3, last_inbound_at = $4, open_conversation_id = $5
         where id = $1",
        args![thread.id, thread.last_number, thread.last_message, thread.last_inbound_at, thread.open_conversation],
    )?;
    Ok(())
}

/// A tenant's thread, which must be there.
pub fn get_thread(tx: &mut Tx<'_>, tenant: TenantId, id: ThreadId) -> Result<Thread> {
    tx.first(
        "select id, tenant_id, inbox_id, contact_id, identity_id, last_number, last_message_id, last_inbound_at,
             open_conversation_id
         from threads where tenant_id = $1 and id = $2",
        args![tenant, id],
        thread,
    )?
    .ok_or_else(|| Error::missing("thread.missing", "there is no such thread"))
}

/// Writes a new conversation.
pub fn insert_conversation(tx: &mut Tx<'_>, it: &Conversation) -> Result<()> {
    tx.execute(
        "insert into conversations (id, tenant_id, thread_id, inbox_id, contact_id, stage, agent_id, owner_epoch,
             waiting_since, opened_at, first_number)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            it.id,
            it.tenant,
            it.thread,
            it.inbox,
            it.contact,
            it.stage.as_str(),
            it.stage.agent(),
            it.owner_epoch,
            it.waiting_since,
            it.opened_at,
            it.first_number
        ],
    )?;
    Ok(())
}

/// Writes what changes about a conversation. `reason` is why it closed, when it did.
pub fn save_conversation(tx: &mut Tx<'_>, it: &Conversation, reason: Option<&str>) -> Result<()> {
    tx.execute(
        "update conversations set stage = $3, agent_id = $4, owner_epoch = $5, waiting_since = $6, closed_at = $7,
             close_reason = coalesce($8, close_reason)
         where tenant_id = $1 and id = $2",
        args![
            it.tenant,
            it.id,
            it.stage.as_str(),
            it.stage.agent(),
            it.owner_epoch,
            it.waiting_since,
            it.closed_at,
            reason
        ],
    )?;
    Ok(())
}

/// A tenant's conversation, which must be there.
pub fn get_conversation(tx: &mut Tx<'_>, tenant: TenantId, id: ConversationId) -> Result<Conversation> {
    tx.first(
        "select id, tenant_id, thread_id, inbox_id, contact_id, stage, agent_id, owner_epoch, waiting_since, opened_at,
             closed_at, first_number
         from conversations where tenant_id = $1 and id = $2",
        args![tenant, id],
        conversation,
    )?
    .ok_or_else(|| Error::missing("conversation.missing", "there is no such conversation"))
}

/// Writes a new message.
pub fn insert_message(tx: &mut Tx<'_>, it: &Message) -> Result<()> {
    let content = serde_json::to_string(&it.content).map_err(|error| {
        Error::internal("message.content", "a message could not be written down").because(error)
    })?;
    tx.execute(
        "insert into messages (id, tenant_id, thread_id, conversation_id, number, previous_id, direction, author_kind,
             author_id, content, at, platform_at, delivery, reason, reasons)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        args![
            it.id,
            it.tenant,
            it.thread,
            it.conversation,
            it.number,
            it.previous,
            it.direction.as_str(),
            it.author.kind(),
            it.author.user(),
            content,
            it.at,
            it.platform_at,
            it.delivery.map(DeliveryState::as_str),
            it.reason,
            it.reasons
        ],
    )?;
    Ok(())
}

/// A tenant's message, which must be there.
pub fn get_message(tx: &mut Tx<'_>, tenant: TenantId, id: MessageId) -> Result<Message> {
    tx.first(
        "select id, tenant_id, thread_id, conversation_id, number, previous_id, direction, author_kind, author_id,
             content, at, platform_at, delivery, reason, reasons
         from messages where tenant_id = $1 and id = $2",
        args![tenant, id],
        message,
    )?
    .ok_or_else(|| Error::missing("message.missing", "there is no such message"))
}

/// How far a message got, and why not further: the latest reason, for of several parts a later one
/// may have none.
pub fn set_delivery(
    tx: &mut Tx<'_>,
    id: MessageId,
    state: DeliveryState,
    reason: Option<&str>,
) -> Result<()> {
    tx.execute(
        "update messages set delivery = $2, reason = coalesce($3, reason) where id = $1",
        args![id, state.as_str(), reason],
    )?;
    Ok(())
}

/// A message that is understood only now gets its content.
pub fn set_content(tx: &mut Tx<'_>, id: MessageId, content: &Content) -> Result<()> {
    let content = serde_json::to_string(content).map_err(|error| {
        Error::internal("message.content", "a message could not be written down").because(error)
    })?;
    tx.execute("update messages set content = $2 where id = $1", args![id, content])?;
    Ok(())
}

/// An answer of the bot with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The answer.
    pub id: MessageId,
    /// Whose.
    pub tenant: TenantId,
    /// Where.
    pub thread: ThreadId,
    /// In which episode.
    pub conversation: ConversationId,
    /// When.
    pub at: Time,
    /// The steps of the decision, as JSON.
    pub reasons: String,
    /// What was answered, as JSON.
    pub asked: Option<String>,
}

/// The key of the newest message of all tenants.
pub fn newest_message(tx: &mut Tx<'_>) -> Result<Option<MessageId>> {
    tx.first("select max(id) from messages", args![], |row| row.get::<Option<MessageId>>(0))
        .map(Option::flatten)
}

/// Answers of the bot with their reasons, of all tenants, with keys above `after` up to `until`, oldest first.
pub fn list_explained(tx: &mut Tx<'_>, after: i64, until: i64, limit: u32) -> Result<Vec<Explained>> {
    tx.all(
        "select said.id, said.tenant_id, said.thread_id, said.conversation_id, said.at, said.reasons, asked.content
         from messages said left join messages asked on asked.id = said.previous_id
         where said.id > $1 and said.id <= $2 and said.reasons is not null
         order by said.id limit $3",
        args![after, until, limit],
        |row| {
            Ok(Explained {
                id: row.get(0)?,
                tenant: row.get(1)?,
                thread: row.get(2)?,
                conversation: row.get(3)?,
                at: row.get(4)?,
                reasons: row.get(5)?,
                asked: row.get(6)?,
            })
        },
    )
}
