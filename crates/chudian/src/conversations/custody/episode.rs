//! A conversation and its thread, loaded to be changed and saved together at the end.

use serde_json::{Map, Value};

use crate::base::content::Content;
use crate::base::id::{ConversationId, TenantId, UserId};
use crate::base::{Error, Result};
use crate::bus::{Event, emit};
use crate::conversations::model::{Author, Conversation, DeliveryState, Message, Stage, Thread};
use crate::conversations::steps::{self, NewMessage};
use crate::conversations::{deliveries, store as rows};
use crate::db::Tx;

use super::store;

/// Why a conversation left an agent for the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// She gave it back.
    Released,
    /// She is gone.
    AgentLost,
}

impl Release {
    fn as_str(self) -> &'static str {
        match self {
            Self::Released => "released",
            Self::AgentLost => "agent_lost",
        }
    }
}

/// A conversation and its thread in the hands of one transaction. What is changed is saved and
/// told by [`Episode::end`], once.
#[derive(Debug)]
pub struct Episode {
    /// The thread.
    pub thread: Thread,
    /// The conversation.
    pub conversation: Conversation,
    first: i64,
    has_changed: bool,
    is_newly_queued: bool,
    close_reason: Option<String>,
}

impl Episode {
    /// Loads a tenant's conversation.
    ///
    /// # Errors
    /// `Missing` when it is not there or another tenant's.
    pub fn load(tx: &mut Tx<'_>, tenant: TenantId, id: ConversationId) -> Result<Self> {
        let conversation = rows::get_conversation(tx, tenant, id)?;
        let thread = rows::get_thread(tx, tenant, conversation.thread)?;
        Ok(Self {
            first: thread.last_number + 1,
            thread,
            conversation,
            has_changed: false,
            is_newly_queued: false,
            close_reason: None,
        })
    }

    /// Gives it to `agent`, from whoever holds it; `why` names what ended the former hold.
    /// False when she has it already.
    ///
    /// # Errors
    /// `Conflict` when it is closed.
    pub fn give_to(&mut self, tx: &mut Tx<'_>, agent: UserId, why: &str) -> Result<bool> {
        let before = self.conversation.stage;
        self.conversation.assign(agent)?;
        if self.conversation.stage == before {
            return Ok(false);
        }
        self.leave(tx, before, why)?;
        store::open_assignment(tx, &self.conversation, agent)?;
        self.has_changed = true;
        Ok(true)
    }

    /// Puts it back into the queue, with the agent who left it.
    ///
    /// # Errors
    /// `Conflict` when nobody serves it.
    pub fn put_back(&mut self, tx: &mut Tx<'_>, why: Release) -> Result<UserId> {
        let before = self.conversation.stage;
        let Stage::Serving { agent } = before else {
            return Err(Error::conflict(
                "conversation.not_served",
                "nobody serves this conversation, so it cannot be given back",
            ));
        };
        self.conversation.queue(tx.now())?;
        self.leave(tx, before, why.as_str())?;
        let except = (why == Release::Released).then_some(agent);
        store::open_queue_entry(tx, &self.conversation, why.as_str(), except)?;
        self.has_changed = true;
        self.is_newly_queued = true;
        Ok(agent)
    }

    /// Ends it. The customer's next message opens a new one, and the bot serves that.
    ///
    /// # Errors
    /// `Conflict` when it is closed already.
    pub fn close(&mut self, tx: &mut Tx<'_>, reason: &str) -> Result<()> {
        let before = self.conversation.stage;
        self.conversation.close(tx.now())?;
        self.leave(tx, before, "closed")?;
        if self.thread.open_conversation == Some(self.conversation.id) {
            self.thread.open_conversation = None;
        }
        self.close_reason = Some(reason.to_owned());
        self.has_changed = true;
        Ok(())
    }

    fn leave(&self, tx: &mut Tx<'_>, before: Stage, why: &str) -> Result<()> {
        let (tenant, id) = (self.conversation.tenant, self.conversation.id);
        match before {
            Stage::Queued => store::close_queue_entry(tx, tenant, id, why),
            Stage::Serving { .. } => store::close_assignment(tx, tenant, id, why),
            Stage::Bot | Stage::Closed => Ok(()),
        }
    }

    /// Writes a note of the house into the thread. `params` is an object of what its sentence needs.
    ///
    /// # Errors
    /// Those of the database.
    pub fn note(&mut self, tx: &mut Tx<'_>, code: &str, params: Value) -> Result<()> {
        let params = match params {
            Value::Object(params) => params,
            other => Map::from_iter([("value".to_owned(), other)]),
        };
        steps::append(tx, &mut self.thread, &self.conversation, NewMessage::note(code, params))?;
        Ok(())
    }

    /// Says something for `agent` and plans its parts for the door out.
    ///
    /// # Errors
    /// Those of the database.
    pub fn say(
        &mut self,
        tx: &mut Tx<'_>,
        agent: UserId,
        content: Content,
        parts: &[Content],
    ) -> Result<Message> {
        let new = NewMessage {
            author: Author::Agent(agent),
            content,
            platform_at: None,
            delivery: Some(DeliveryState::Planned),
            reasons: None,
        };
        let message = steps::append(tx, &mut self.thread, &self.conversation, new)?;
        let now = tx.now();
        deliveries::store::plan(tx, &self.thread, &message, parts, now)?;
        self.has_changed |= self.conversation.waiting_since.take().is_some();
        Ok(message)
    }

    /// Saves what changed and tells it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn end(self, tx: &mut Tx<'_>) -> Result<(Thread, Conversation)> {
        let Self { thread, conversation, first, .. } = self;
        let (id, tenant) = (thread.id, thread.tenant);
        if self.has_changed {
            rows::save_conversation(tx, &conversation, self.close_reason.as_deref())?;
        }
        if self.has_changed || thread.last_number >= first {
            rows::save_thread(tx, &thread)?;
        }
        if thread.last_number >= first {
            let last = thread.last_number;
            let told = Event::MessageCreated { thread: id, conversation: conversation.id, first, last };
            emit(tx, tenant, told)?;
        }
        if self.has_changed {
            emit(tx, tenant, Event::ConversationChanged { thread: id, conversation: conversation.id })?;
        }
        if self.is_newly_queued {
            emit(tx, tenant, Event::ConversationQueued { thread: id, conversation: conversation.id })?;
        }
        Ok((thread, conversation))
    }
}
