//! Conversations and messages as the API shows them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::base::content::Content;
use crate::base::id::{ContactId, ConversationId, InboxId, MessageId, ThreadId, UserId};
use crate::base::time::Time;
use crate::conversations::model::{Author, DeliveryState, Direction, Message};

use super::store::Listed;

/// A contact, by key and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContactName {
    /// The key.
    pub id: ContactId,
    /// The name for people.
    pub name: String,
}

/// An inbox, by key, name and kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboxName {
    /// The key.
    pub id: InboxId,
    /// The name for people.
    pub name: String,
    /// The platform: `wechat` …
    pub kind: String,
}

/// A colleague, by key and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserName {
    /// The key.
    pub id: UserId,
    /// The name for people.
    pub name: String,
}

/// A conversation, as lists show it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConversationSummary)]
pub struct ConversationView {
    /// The key.
    pub id: ConversationId,
    /// The endless thread that it is an episode of.
    pub thread: ThreadId,
    /// With whom.
    pub contact: ContactName,
    /// On which inbox.
    pub inbox: InboxName,
    /// Who holds it: `bot`, `queued`, `serving` or `closed`.
    pub stage: &'static str,
    /// Who serves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<UserName>,
    /// Rises with every change of hands. Give it back with a message to be refused when it is stale.
    pub owner_epoch: i64,
    /// When it began.
    pub opened_at: Time,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Time>,
    /// Why it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close_reason: Option<String>,
    /// Since when the customer waits for us.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<Time>,
    /// The number of its first message in the thread.
    pub first_number: i64,
    /// Messages of the customer that the viewer has not read; at most 100 are counted.
    pub unread: i64,
    /// The newest message, when it is of this conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_message: Option<MessageView>,
    /// Whether the viewer has a draft in it.
    pub draft: bool,
}

impl ConversationView {
    /// The view of a row, with what had to be looked up beside it.
    #[must_use]
    pub fn of(row: Listed, unread: i64, last_message: Option<MessageView>) -> Self {
        let it = row.conversation;
        let agent = it.stage.agent().map(|id| UserName { id, name: row.agent.unwrap_or_default() });
        Self {
            id: it.id,
            thread: it.thread,
            contact: ContactName { id: it.contact, name: row.contact },
            inbox: InboxName { id: it.inbox, name: row.inbox, kind: row.kind },
            stage: it.stage.as_str(),
            agent,
            owner_epoch: it.owner_epoch,
            opened_at: it.opened_at,
            closed_at: it.closed_at,
            close_reason: row.close_reason,
            waiting_since: it.waiting_since,
            first_number: it.first_number,
            unread,
            last_message,
            draft: row.has_draft,
        }
    }
}

/// Who said it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthorView {
    /// `customer`, `bot`, `agent` or `system`.
    pub kind: &'static str,
    /// Which person of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<UserId>,
    /// Their name, or the customer's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Why something went no further.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryReason {
    /// Stable name, translated in the console.
    pub code: String,
    /// In words.
    pub message: String,
}

/// How far a message of ours got.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    /// How far.
    pub state: DeliveryState,
    /// Why not further.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<DeliveryReason>,
    /// In how many parts it leaves, when in more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parts: Option<usize>,
}

/// A message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Message)]
pub struct MessageView {
    /// The key.
    pub id: MessageId,
    /// In which thread.
    pub thread: ThreadId,
    /// In which episode.
    pub conversation: ConversationId,
    /// Its place in the thread, from 1, without gaps.
    pub number: i64,
    /// From the customer (`in`) or from us (`out`).
    pub direction: Direction,
    /// Who said it.
    pub author: AuthorView,
    /// What was said.
    pub content: Content,
    /// When we got or wrote it.
    pub at: Time,
    /// When the platform says it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_at: Option<Time>,
    /// How far it got, for ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<DeliveryView>,
    /// Why the bot said it: the steps of its decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Object>>)]
    pub reasons: Option<serde_json::Value>,
}

impl MessageView {
    /// The view of a message. `name` tells its author's name, `parts` in how many it leaves.
    #[must_use]
    pub fn of(it: Message, name: Option<String>, parts: usize) -> Self {
        let reason = it.reason.as_deref().map(split_reason);
        let parts = (parts > 1).then_some(parts);
        Self {
            id: it.id,
            thread: it.thread,
            conversation: it.conversation,
            number: it.number,
            direction: it.direction,
            author: AuthorView { kind: it.author.kind(), id: it.author.user(), name },
            content: it.content,
            at: it.at,
            platform_at: it.platform_at,
            delivery: it.delivery.map(|state| DeliveryView { state, reason, parts }),
            reasons: it.reasons.as_deref().and_then(|text| serde_json::from_str(text).ok()),
        }
    }

    /// Whether a message left by the platform's API, and so may have parts.
    #[must_use]
    pub fn may_have_parts(it: &Message) -> bool {
        matches!(it.author, Author::Agent(_) | Author::Bot)
            && !matches!(it.delivery, None | Some(DeliveryState::InReply))
    }
}

/// A stored reason is a stable code, a space, and words.
fn split_reason(text: &str) -> DeliveryReason {
    let (code, message) = text.split_once(' ').unwrap_or((text, ""));
    DeliveryReason { code: code.to_owned(), message: message.to_owned() }
}

/// A page of a thread's messages.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessagesView {
    /// The messages, oldest first.
    pub items: Vec<MessageView>,
    /// There are older ones: ask with this as `before`, or, quicker, with the first message as `before_message`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

/// What the platform still lets us send to this person.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ThreadAllowance)]
pub struct AllowanceView {
    /// Messages left; null where the platform counts none.
    pub left: Option<i64>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// A stable word: `open`, `allowance.window_closed`, `allowance.used_up`, `contact.unfollowed`,
    /// or `unlimited`.
    pub why: &'static str,
}

/// What an agent has typed and not sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct DraftView {
    /// The text; null when there is none.
    pub text: Option<String>,
    /// When it was last typed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Time>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_a_code_and_words() {
        for (text, code, message) in [
            ("allowance.used_up no message is left", "allowance.used_up", "no message is left"),
            ("wechat.45015", "wechat.45015", ""),
        ] {
            let reason = split_reason(text);
            assert_eq!((reason.code.as_str(), reason.message.as_str()), (code, message));
        }
    }
}
