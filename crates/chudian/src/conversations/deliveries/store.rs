//! The rows of deliveries.

use crate::base::content::Content;
use crate::base::id::{DeliveryId, IdentityId, InboxId, MessageId, TenantId, ThreadId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::db::{Row, Tx, args};

use crate::conversations::model::{DeliveryState, Message, Thread};

/// One part on its way.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Key; rises in the order of planning.
    pub id: DeliveryId,
    /// Whose.
    pub tenant: TenantId,
    /// By which inbox.
    pub inbox: InboxId,
    /// To which address.
    pub identity: IdentityId,
    /// In which thread: parts of one thread leave one after the other.
    pub thread: ThreadId,
    /// Of which message.
    pub message: MessageId,
    /// What this part says.
    pub content: Content,
    /// How often it was tried.
    pub attempts: i64,
}

/// Plans the parts of a message, to leave not before `from`.
pub fn plan(
    tx: &mut Tx<'_>,
    thread: &Thread,
    message: &Message,
    parts: &[Content],
    from: Time,
) -> Result<()> {
    for (part, content) in (1i64..).zip(parts) {
        let id: DeliveryId = tx.new_id();
        let content = serde_json::to_string(content).map_err(|error| {
            Error::internal("delivery.content", "a part could not be written down").because(error)
        })?;
        let now = tx.now();
        tx.execute(
            "insert into deliveries (id, tenant_id, inbox_id, identity_id, thread_id, message_id, part, content, state,
                 attempts, next_at, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, 'planned', 0, $9, $10)",
            args![
                id,
                thread.tenant,
                thread.inbox,
                thread.identity,
                thread.id,
                message.id,
                part,
                content,
                from,
                now
            ],
        )?;
    }
    Ok(())
}

fn delivery(row: &Row<'_>) -> Result<Delivery> {
    Ok(Delivery {
        id: row.get(0)?,
        tenant: row.get(1)?,
        inbox: row.get(2)?,
        identity: row.get(3)?,
        thread: row.get(4)?,
        message: row.get(5)?,
        content: row.json(6)?,
        attempts: row.get(7)?,
    })
}

/// Takes up to `limit` due parts: of each thread only its first unsettled one, so that replies
/// leave in the order of decision.
pub fn claim(tx: &mut Tx<'_>, now: Time, limit: u32) -> Result<Vec<Delivery>> {
    tx.all(
        "update deliveries set state = 'sending', attempts = attempts + 1
         where id in (select d.id from deliveries d
                      where d.settled_at is null and d.state = 'planned' and d.next_at <= $1
                        and not exists (select 1 from deliveries e
                                        where e.thread_id = d.thread_id and e.settled_at is null and e.id < d.id)
                      order by d.next_at, d.id limit $2)
         returning id, tenant_id, inbox_id, identity_id, thread_id, message_id, content, attempts",
        args![now, limit],
        delivery,
    )
}

/// The moment of the next planned part, if one waits.
pub fn next_due(tx: &mut Tx<'_>) -> Result<Option<Time>> {
    tx.first(
        "select min(next_at) from deliveries where settled_at is null and state = 'planned'",
        args![],
        |row| row.get::<Option<Time>>(0),
    )
    .map(Option::flatten)
}

/// Whether a part is with the platform right now.
pub fn is_sending(tx: &mut Tx<'_>, id: DeliveryId) -> Result<bool> {
    let found =
        tx.first("select state from deliveries where id = $1", args![id], |row| row.get::<String>(0))?;
    Ok(found.as_deref() == Some(DeliveryState::Sending.as_str()))
}

/// Settles a part for good.
pub fn settle(
    tx: &mut Tx<'_>,
    id: DeliveryId,
    state: DeliveryState,
    code: Option<&str>,
    words: Option<&str>,
) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "update deliveries set state = $2, error_code = $3, error_message = $4, settled_at = $5 where id = $1",
        args![id, state.as_str(), code, words, now],
    )?;
    Ok(())
}

/// Puts a part off.
pub fn put_off(tx: &mut Tx<'_>, id: DeliveryId, next_at: Time, code: &str, words: &str) -> Result<()> {
    tx.execute(
        "update deliveries set state = 'planned', next_at = $2, error_code = $3, error_message = $4 where id = $1",
        args![id, next_at, code, words],
    )?;
    Ok(())
}

/// The states of a message's parts.
pub fn states_of(tx: &mut Tx<'_>, message: MessageId) -> Result<Vec<DeliveryState>> {
    tx.all("select state from deliveries where message_id = $1 order by part", args![message], |row| {
        Ok(DeliveryState::parse(&row.get::<String>(0)?).unwrap_or(DeliveryState::Planned))
    })
}

/// What was being sent when the server last died: nobody knows whether it arrived.
pub fn find_interrupted(tx: &mut Tx<'_>) -> Result<Vec<(DeliveryId, TenantId, ThreadId, MessageId)>> {
    tx.all(
        "select id, tenant_id, thread_id, message_id from deliveries where settled_at is null and state = 'sending'",
        args![],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )
}
