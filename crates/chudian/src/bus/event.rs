//! Everything that can happen and that others may care about.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::id::{ContactId, ConversationId, InboxId, MediaId, MessageId, ThreadId, UserId};

/// Something that happened. Past tense; keys only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "event")]
pub enum Event {
    /// The messages `first` to `last` (numbers within the thread) were written.
    #[serde(rename = "message.created")]
    MessageCreated {
        /// Where.
        thread: ThreadId,
        /// In which episode.
        conversation: ConversationId,
        /// Number of the first new message.
        first: i64,
        /// Number of the last new message.
        last: i64,
    },
    /// A message's delivery went on.
    #[serde(rename = "message.updated")]
    MessageUpdated {
        /// Where.
        thread: ThreadId,
        /// Which message.
        message: MessageId,
    },
    /// A conversation opened, changed hands or closed.
    #[serde(rename = "conversation.changed")]
    ConversationChanged {
        /// Where.
        thread: ThreadId,
        /// Which.
        conversation: ConversationId,
    },
    /// A conversation began to wait for a person.
    #[serde(rename = "conversation.queued")]
    ConversationQueued {
        /// Where.
        thread: ThreadId,
        /// Which.
        conversation: ConversationId,
    },
    /// An agent's state changed.
    #[serde(rename = "agent.changed")]
    AgentChanged {
        /// Who.
        user: UserId,
    },
    /// A contact's own data changed.
    #[serde(rename = "contact.changed")]
    ContactChanged {
        /// Who.
        contact: ContactId,
    },
    /// Two contacts were found to be one person: `from` is part of `contact` now.
    #[serde(rename = "contact.merged")]
    ContactMerged {
        /// Who stays.
        contact: ContactId,
        /// Who is part of them now.
        from: ContactId,
    },
    /// A file was fetched, or given up.
    #[serde(rename = "media.changed")]
    MediaChanged {
        /// Which.
        media: MediaId,
    },
    /// An inbox was made or changed.
    #[serde(rename = "inbox.changed")]
    InboxChanged {
        /// Which.
        inbox: InboxId,
    },
    /// The knowledge base changed.
    #[serde(rename = "knowledge.changed")]
    KnowledgeChanged,
    /// Somebody writes on the knowledge base; nothing that is published changed.
    #[serde(rename = "knowledge.drafted")]
    KnowledgeDrafted,
    /// The words that the base knows as one, or lets alone, changed.
    #[serde(rename = "words.changed")]
    WordsChanged,
    /// Learning ended, or what was learnt was forgotten.
    #[serde(rename = "knowledge.learnt")]
    KnowledgeLearnt,
    /// A keyword rule changed.
    #[serde(rename = "keyword.changed")]
    KeywordChanged,
    /// A menu changed.
    #[serde(rename = "menu.changed")]
    MenuChanged,
    /// The bot's settings changed.
    #[serde(rename = "bot_settings.changed")]
    BotSettingsChanged,
    /// A user was made, changed or disabled.
    #[serde(rename = "user.changed")]
    UserChanged {
        /// Who.
        user: UserId,
    },
    /// A user's sessions ended at once.
    #[serde(rename = "session.revoked")]
    SessionRevoked {
        /// Whose.
        user: UserId,
    },
    /// A tenant was made or changed.
    #[serde(rename = "tenant.changed")]
    TenantChanged,
}
