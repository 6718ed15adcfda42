//! The journal at the door: every callback once, raw, with the answer it got; and what stands
//! about its sender, read in one go, because every message asks for it.

use crate::base::id::{
    ContactId, ConversationId, IdMaker, IdentityId, InboundId, InboxId, MessageId, TenantId, ThreadId, UserId,
};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::channels::limits::Allowance;
use crate::contacts::model::ChannelIdentity;
use crate::conversations::model::{Conversation, Stage, Thread};
use crate::db::{Row, Tx, args};

use super::ops::Recorded;

/// The stored answer to a message that was seen before: outer `None` when it is new.
pub fn find_answer(
    tx: &mut Tx<'_>,
    inbox: InboxId,
    sent_at: Time,
    dedupe_key: &[u8],
) -> Result<Option<Option<Vec<u8>>>> {
    tx.first(
        "select answer from inbound where inbox_id = $1 and sent_at = $2 and dedupe_key = $3",
        args![inbox, sent_at, dedupe_key],
        |row| row.get(0),
    )
}

/// A callback about to be written into the journal.
#[derive(Debug)]
pub struct Entry<'a> {
    /// Whose.
    pub tenant: TenantId,
    /// At which inbox.
    pub inbox: InboxId,
    /// The platform's moment.
    pub sent_at: Time,
    /// The same for every repetition.
    pub dedupe_key: &'a [u8],
    /// `stored`, or `unsupported` when we do not understand it yet.
    pub outcome: &'a str,
    /// As it came.
    pub raw: &'a [u8],
    /// What it got.
    pub answer: Option<&'a [u8]>,
    /// The message it became.
    pub message: Option<MessageId>,
}

/// Writes the callback. The unique index is the judge: two at once cannot both pass.
pub fn insert(tx: &mut Tx<'_>, entry: &Entry<'_>) -> Result<InboundId> {
    let id: InboundId = tx.new_id();
    let now = tx.now();
    tx.execute(
        "insert into inbound (id, tenant_id, inbox_id, sent_at, dedupe_key, received_at, outcome, raw, answer, message_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            id,
            entry.tenant,
            entry.inbox,
            entry.sent_at,
            entry.dedupe_key,
            now,
            entry.outcome,
            entry.raw,
            entry.answer,
            entry.message
        ],
    )?;
    Ok(id)
}

/// What stands about a sender whom we know.
#[derive(Debug)]
pub struct Standing {
    /// Their address.
    pub identity: Known,
    /// Their thread.
    pub thread: Thread,
    /// The conversation that is open.
    pub conversation: Option<Conversation>,
    /// What the bot remembers, as JSON.
    pub session: Option<String>,
}

/// The part of an identity that a turn needs.
#[derive(Debug, Clone)]
pub struct Known {
    /// Key.
    pub id: IdentityId,
    /// Which person.
    pub contact: ContactId,
    /// Whether they follow.
    pub is_following: bool,
    /// What may still be sent.
    pub allowance: Allowance,
}

impl From<&ChannelIdentity> for Known {
    fn from(it: &ChannelIdentity) -> Self {
        Self {
            id: it.id,
            contact: it.contact,
            is_following: it.followed_at.is_some(),
            allowance: Allowance { left: it.allowance_left.unwrap_or_default(), until: it.allowance_until },
        }
    }
}

/// What the database knows when a message knocks.
#[derive(Debug)]
pub enum Knock {
    /// It came before: the answer it got then.
    Repeat(Option<Vec<u8>>),
    /// It is new, and we know its sender.
    Known(Box<Standing>),
    /// It is new, and so is its sender.
    Stranger,
}

/// Asks for the callback itself, and for its sender's identity, thread, open conversation and bot
/// session: one statement a message instead of five.
pub fn knock(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    inbox: InboxId,
    sender: &str,
    sent_at: Time,
    dedupe_key: &[u8],
) -> Result<Knock> {
    let found = tx.first(
        "select n.id, n.answer, i.id, i.contact_id, i.followed_at, i.allowance_left, i.allowance_until,
             t.id, t.last_number, t.last_message_id, t.last_inbound_at, t.open_conversation_id,
             c.stage, c.agent_id, c.owner_epoch, c.waiting_since, c.opened_at, c.first_number, s.state
         from (select 1 as one) o
         left join inbound n on n.inbox_id = $1 and n.sent_at = $3 and n.dedupe_key = $4
         left join channel_identities i on i.inbox_id = $1 and i.source_id = $2
         left join threads t on t.identity_id = i.id
         left join conversations c on c.id = t.open_conversation_id
         left join bot_sessions s on s.thread_id = t.id",
        args![inbox, sender, sent_at, dedupe_key],
        |row| {
            if row.get::<Option<InboundId>>(0)?.is_some() {
                return Ok(Knock::Repeat(row.get(1)?));
            }
            match (row.get::<Option<IdentityId>>(2)?, row.get::<Option<ThreadId>>(7)?) {
                (Some(identity), Some(thread)) => {
                    Ok(Knock::Known(Box::new(standing(row, tenant, inbox, identity, thread)?)))
                }
                _ => Ok(Knock::Stranger),
            }
        },
    )?;
    Ok(found.unwrap_or(Knock::Stranger))
}

fn standing(
    row: &Row<'_>,
    tenant: TenantId,
    inbox: InboxId,
    identity: IdentityId,
    thread: ThreadId,
) -> Result<Standing> {
    let contact: ContactId = row.get(3)?;
    let followed_at: Option<Time> = row.get(4)?;
    let identity = Known {
        id: identity,
        contact,
        is_following: followed_at.is_some(),
        allowance: Allowance { left: row.get::<Option<i64>>(5)?.unwrap_or_default(), until: row.get(6)? },
    };
    let open: Option<ConversationId> = row.get(11)?;
    let thread = Thread {
        id: thread,
        tenant,
        inbox,
        contact,
        identity: identity.id,
        last_number: row.get(8)?,
        last_message: row.get(9)?,
        last_inbound_at: row.get(10)?,
        open_conversation: open,
    };
    let conversation = match (open, row.get::<Option<String>>(12)?) {
        (Some(id), Some(stage)) => Some(Conversation {
            id,
            tenant,
            thread: thread.id,
            inbox,
            contact,
            stage: Stage::parse(&stage, row.get::<Option<UserId>>(13)?)?,
            owner_epoch: row.get(14)?,
            waiting_since: row.get(15)?,
            opened_at: row.get(16)?,
            closed_at: None,
            first_number: row.get(17)?,
        }),
        _ => None,
    };
    Ok(Standing { identity, thread, conversation, session: row.get(18)? })
}

fn recorded(row: &Row<'_>) -> Result<Recorded> {
    Ok(Recorded {
        id: row.get(0)?,
        inbox: row.get(1)?,
        sent_at: row.get(2)?,
        received_at: row.get(3)?,
        outcome: row.get(4)?,
        message: row.get(5)?,
        replayed_at: row.get(6)?,
    })
}

/// A tenant's callbacks before `before`, newest first.
pub fn list(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    outcome: Option<&str>,
    before: InboundId,
    limit: u32,
) -> Result<Vec<Recorded>> {
    tx.all(
        "select id, inbox_id, sent_at, received_at, outcome, message_id, replayed_at from inbound
         where tenant_id = $1 and id < $2 and outcome = coalesce($3, outcome) order by id desc limit $4",
        args![tenant, before, outcome, limit],
        recorded,
    )
}

/// A tenant's callback with its raw text, which must be there.
pub fn get(tx: &mut Tx<'_>, tenant: TenantId, id: InboundId) -> Result<(Recorded, Vec<u8>)> {
    tx.first(
        "select id, inbox_id, sent_at, received_at, outcome, message_id, replayed_at, raw from inbound
         where tenant_id = $1 and id = $2",
        args![tenant, id],
        |row| Ok((recorded(row)?, row.get(7)?)),
    )?
    .ok_or_else(|| Error::missing("inbound.missing", "there is no such callback"))
}

/// Notes that a callback was read again, and what came of it.
pub fn set_replayed(tx: &mut Tx<'_>, tenant: TenantId, id: InboundId, outcome: &str) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "update inbound set outcome = $3, replayed_at = $4 where tenant_id = $1 and id = $2",
        args![tenant, id, outcome, now],
    )?;
    Ok(())
}

/// Forgets raw callbacks that came before `moment`, at most `limit` at a time. Their messages stay.
pub fn clear_before(tx: &mut Tx<'_>, moment: Time, limit: u32) -> Result<u64> {
    tx.execute(
        "delete from inbound where id in (select id from inbound where id < $1 order by id limit $2)",
        args![IdMaker::floor(moment), limit],
    )
}
