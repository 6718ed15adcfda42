//! What the desk's lists and threads read, and the rows of marks: drafts, and how far one has read.

use crate::base::Result;
use crate::base::id::{ConversationId, InboxId, MessageId, TenantId, ThreadId, UserId};
use crate::base::time::Time;
use crate::conversations::model::{Conversation, Message};
use crate::conversations::store::{conversation, message};
use crate::db::{Row, Sql, Tx, args};

use super::model::Place;

/// A conversation with what a list shows beside it.
#[derive(Debug)]
pub struct Listed {
    /// The conversation.
    pub conversation: Conversation,
    /// The contact's name.
    pub contact: String,
    /// The inbox's name.
    pub inbox: String,
    /// The inbox's kind.
    pub kind: String,
    /// The agent's name.
    pub agent: Option<String>,
    /// The number of the thread's newest message.
    pub last_number: i64,
    /// The thread's newest message.
    pub last_message: Option<MessageId>,
    /// How far the viewer has read.
    pub read_number: i64,
    /// Whether the viewer has a draft in it.
    pub has_draft: bool,
    /// Why it closed.
    pub close_reason: Option<String>,
}

const LISTED: &str = "select c.id, c.tenant_id, c.thread_id, c.inbox_id, c.contact_id, c.stage, c.agent_id, c.owner_epoch,
             c.waiting_since, c.opened_at, c.closed_at, c.first_number, k.name, i.name, i.kind, u.name, t.last_number,
             t.last_message_id, d.read_number, d.draft, c.close_reason
         from conversations c
         join threads t on t.id = c.thread_id
         join contacts k on k.id = c.contact_id
         join inboxes i on i.id = c.inbox_id
         left join users u on u.id = c.agent_id
         left join desk_marks d on d.thread_id = c.thread_id and d.user_id = $2
         where c.tenant_id = $1";

fn listed(row: &Row<'_>) -> Result<Listed> {
    Ok(Listed {
        conversation: conversation(row)?,
        contact: row.get(12)?,
        inbox: row.get(13)?,
        kind: row.get(14)?,
        agent: row.get(15)?,
        last_number: row.get(16)?,
        last_message: row.get(17)?,
        read_number: row.get::<Option<i64>>(18)?.unwrap_or_default(),
        has_draft: row.get::<Option<String>>(19)?.is_some(),
        close_reason: row.get(20)?,
    })
}

/// Which conversations to list.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Whose.
    pub tenant: TenantId,
    /// Who looks, for marks; 0 for a program.
    pub viewer: UserId,
    /// Only this agent's.
    pub agent: Option<UserId>,
    /// Only on this inbox.
    pub inbox: Option<InboxId>,
    /// Only with contacts of this name: a `like` pattern in lower case.
    pub pattern: String,
    /// After this place.
    pub after: Option<Place>,
    /// How many.
    pub limit: u32,
}

/// The first and last key of a range: one key, or all of them.
fn span(only: Option<i64>) -> (i64, i64) {
    only.map_or((0, i64::MAX), |it| (it, it))
}

/// Conversations of one stage, the newest first.
pub fn list_stage(tx: &mut Tx<'_>, filter: &Filter, stage: &str) -> Result<Vec<Listed>> {
    let sql = format!(
        r"{LISTED} and c.stage = $3 and coalesce(c.agent_id, 0) between $4 and $5 and c.inbox_id between $6 and $7
           and lower(k.name) like $8 escape '\' and c.id < $9
         order by c.id desc limit $10"
    );
    let (agent, inbox) = (span(filter.agent.map(|it| it.0)), span(filter.inbox.map(|it| it.0)));
    let before = filter.after.map_or(i64::MAX, |it| it.id);
    tx.all(
        Sql::of_constant_pieces(sql),
        args![
            filter.tenant,
            filter.viewer,
            stage,
            agent.0,
            agent.1,
            inbox.0,
            inbox.1,
            filter.pattern,
            before,
            filter.limit
        ],
        listed,
    )
}

/// Conversations that wait for a person, the longest wait first.
pub fn list_queue(tx: &mut Tx<'_>, filter: &Filter) -> Result<Vec<Listed>> {
    let sql = format!(
        r"{LISTED} and c.stage = 'queued' and c.inbox_id between $3 and $4 and lower(k.name) like $5 escape '\'
           and (coalesce(c.waiting_since, c.opened_at) > $6
                or coalesce(c.waiting_since, c.opened_at) = $6 and c.id > $7)
         order by coalesce(c.waiting_since, c.opened_at), c.id limit $8"
    );
    let inbox = span(filter.inbox.map(|it| it.0));
    let after = filter.after.unwrap_or(Place { moment: 0, id: 0 });
    tx.all(
        Sql::of_constant_pieces(sql),
        args![
            filter.tenant,
            filter.viewer,
            inbox.0,
            inbox.1,
            filter.pattern,
            after.moment,
            after.id,
            filter.limit
        ],
        listed,
    )
}

/// One conversation as a list would show it.
pub fn find_listed(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    viewer: UserId,
    id: ConversationId,
) -> Result<Option<Listed>> {
    tx.first(Sql::of_constant_pieces(format!("{LISTED} and c.id = $3")), args![tenant, viewer, id], listed)
}

/// The messages with numbers from `low` to `high` in a thread, oldest first, found by walking
/// back from its newest one.
pub fn walk(tx: &mut Tx<'_>, head: MessageId, low: i64, high: i64) -> Result<Vec<Message>> {
    tx.all(
        "with recursive walk (id, previous_id, number) as (
             select m.id, m.previous_id, m.number from messages m where m.id = $1
             union all
             select m.id, m.previous_id, m.number from walk w join messages m on m.id = w.previous_id
             where w.number > $2
         )
         select m.id, m.tenant_id, m.thread_id, m.conversation_id, m.number, m.previous_id, m.direction, m.author_kind,
             m.author_id, m.content, m.at, m.platform_at, m.delivery, m.reason, m.reasons
         from walk w join messages m on m.id = w.id
         where w.number between $2 and $3 order by w.number",
        args![head, low, high],
        message,
    )
}

/// How many messages of the customer have numbers from `low` on.
pub fn count_inbound(tx: &mut Tx<'_>, head: MessageId, low: i64) -> Result<i64> {
    let found = tx.first(
        "with recursive walk (id, previous_id, number, direction) as (
             select m.id, m.previous_id, m.number, m.direction from messages m where m.id = $1
             union all
             select m.id, m.previous_id, m.number, m.direction from walk w join messages m on m.id = w.previous_id
             where w.number > $2
         )
         select count(*) from walk w where w.number >= $2 and w.direction = 'in'",
        args![head, low],
        |row| row.get(0),
    )?;
    Ok(found.unwrap_or_default())
}

/// Writes what an agent has typed; nothing takes the draft away.
pub fn set_draft(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    thread: ThreadId,
    text: Option<&str>,
) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "insert into desk_marks (user_id, thread_id, tenant_id, draft, read_number, updated_at)
         values ($1, $2, $3, $4, 0, $5)
         on conflict (user_id, thread_id) do update set draft = excluded.draft, updated_at = excluded.updated_at",
        args![user, thread, tenant, text, now],
    )?;
    Ok(())
}

/// What an agent has typed and not sent.
pub fn find_draft(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    thread: ThreadId,
) -> Result<Option<(String, Time)>> {
    tx.first(
        "select draft, updated_at from desk_marks
         where tenant_id = $1 and user_id = $2 and thread_id = $3 and draft is not null",
        args![tenant, user, thread],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Notes how far one has read; it never goes back.
pub fn set_read(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: UserId,
    thread: ThreadId,
    number: i64,
) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "insert into desk_marks (user_id, thread_id, tenant_id, draft, read_number, updated_at)
         values ($1, $2, $3, null, $4, $5)
         on conflict (user_id, thread_id) do update set read_number = excluded.read_number,
             updated_at = excluded.updated_at
         where desk_marks.read_number < excluded.read_number",
        args![user, thread, tenant, number, now],
    )?;
    Ok(())
}
