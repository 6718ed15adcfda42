//! Steps that join their caller's transaction: opening a conversation, adding a message.

use crate::base::Result;
use crate::base::content::Content;
use crate::base::time::Time;
use crate::bus::{self, Event};
use crate::contacts::model::ChannelIdentity;
use crate::db::Tx;
use crate::media::table;

use super::custody::store as queue_entries;
use super::model::{Author, Conversation, DeliveryState, Direction, Message, Stage, Thread};
use super::store;

/// A message about to be written.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Who says it.
    pub author: Author,
    /// What is said.
    pub content: Content,
    /// When the platform says it was sent.
    pub platform_at: Option<Time>,
    /// How it goes out, for ours.
    pub delivery: Option<DeliveryState>,
    /// Why the bot says it, as JSON.
    pub reasons: Option<String>,
}

impl NewMessage {
    /// Something that came in.
    #[must_use]
    pub fn from_customer(content: Content, platform_at: Time) -> Self {
        Self {
            author: Author::Customer,
            content,
            platform_at: Some(platform_at),
            delivery: None,
            reasons: None,
        }
    }

    /// A note of the house in the thread; it goes nowhere.
    #[must_use]
    pub fn note(code: &str, params: serde_json::Map<String, serde_json::Value>) -> Self {
        let content = Content::System { code: code.to_owned(), params };
        Self { author: Author::System, content, platform_at: None, delivery: None, reasons: None }
    }
}

/// Makes the thread of an identity.
pub fn open_thread(tx: &mut Tx<'_>, identity: &ChannelIdentity) -> Result<Thread> {
    let thread = Thread {
        id: tx.new_id(),
        tenant: identity.tenant,
        inbox: identity.inbox,
        contact: identity.contact,
        identity: identity.id,
        last_number: 0,
        last_message: None,
        last_inbound_at: None,
        open_conversation: None,
    };
    store::insert_thread(tx, &thread)?;
    Ok(thread)
}

/// Opens a conversation in a thread that has none open. The caller saves the thread.
pub fn open_conversation(tx: &mut Tx<'_>, thread: &mut Thread) -> Result<Conversation> {
    let conversation = Conversation {
        id: tx.new_id(),
        tenant: thread.tenant,
        thread: thread.id,
        inbox: thread.inbox,
        contact: thread.contact,
        stage: Stage::Bot,
        owner_epoch: 1,
        waiting_since: None,
        opened_at: tx.now(),
        closed_at: None,
        first_number: thread.last_number + 1,
    };
    store::insert_conversation(tx, &conversation)?;
    thread.open_conversation = Some(conversation.id);
    Ok(conversation)
}

/// Writes a message as the thread's next. The caller saves the thread, once, at the end.
pub fn append(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    conversation: &Conversation,
    new: NewMessage,
) -> Result<Message> {
    let direction = if new.author == Author::Customer { Direction::In } else { Direction::Out };
    let message = Message {
        id: tx.new_id(),
        tenant: thread.tenant,
        thread: thread.id,
        conversation: conversation.id,
        number: thread.last_number + 1,
        previous: thread.last_message,
        direction,
        author: new.author,
        content: new.content,
        at: tx.now(),
        platform_at: new.platform_at,
        delivery: new.delivery,
        reason: None,
        reasons: new.reasons,
    };
    store::insert_message(tx, &message)?;
    for media in message.content.media() {
        table::set_used(tx, message.tenant, media)?;
    }
    thread.last_number = message.number;
    thread.last_message = Some(message.id);
    Ok(message)
}

/// Puts a conversation into the queue for a person. In the queue already: nothing changes.
pub fn queue(tx: &mut Tx<'_>, conversation: &mut Conversation, reason: &str) -> Result<()> {
    if conversation.stage == Stage::Queued {
        return Ok(());
    }
    conversation.queue(tx.now())?;
    store::save_conversation(tx, conversation, None)?;
    queue_entries::open_queue_entry(tx, conversation, reason, None)?;
    let (thread, id) = (conversation.thread, conversation.id);
    bus::emit(tx, conversation.tenant, Event::ConversationQueued { thread, conversation: id })
}
