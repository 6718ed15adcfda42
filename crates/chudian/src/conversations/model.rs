//! What a conversation is and how it may change. Pure: no clock, no database, no HTTP.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::content::Content;
use crate::base::id::{
    ContactId, ConversationId, IdentityId, InboxId, MessageId, TenantId, ThreadId, UserId,
};
use crate::base::time::Time;
use crate::base::{Error, Result};

/// The endless talk of one contact on one inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// Key.
    pub id: ThreadId,
    /// Whose.
    pub tenant: TenantId,
    /// On which inbox.
    pub inbox: InboxId,
    /// With whom.
    pub contact: ContactId,
    /// At which address.
    pub identity: IdentityId,
    /// The number of its newest message; 0 before the first.
    pub last_number: i64,
    /// Its newest message.
    pub last_message: Option<MessageId>,
    /// When the contact last wrote or acted.
    pub last_inbound_at: Option<Time>,
    /// The conversation that is open now.
    pub open_conversation: Option<ConversationId>,
}

/// Who holds the conversation now. An agent can be named only while serving,
/// so "closed but still assigned" cannot be written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The bot answers.
    Bot,
    /// It waits for a person.
    Queued,
    /// A person serves.
    Serving {
        /// Who.
        agent: UserId,
    },
    /// It is over.
    Closed,
}

impl Stage {
    /// As stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bot => "bot",
            Self::Queued => "queued",
            Self::Serving { .. } => "serving",
            Self::Closed => "closed",
        }
    }

    /// From what is stored.
    pub fn parse(stage: &str, agent: Option<UserId>) -> Result<Self> {
        match (stage, agent) {
            ("bot", _) => Ok(Self::Bot),
            ("queued", _) => Ok(Self::Queued),
            ("serving", Some(agent)) => Ok(Self::Serving { agent }),
            ("closed", _) => Ok(Self::Closed),
            _ => Err(Error::internal(
                "conversation.stage",
                format!("a stored conversation has the impossible stage {stage}"),
            )),
        }
    }

    /// Who serves.
    #[must_use]
    pub fn agent(self) -> Option<UserId> {
        match self {
            Self::Serving { agent } => Some(agent),
            _ => None,
        }
    }
}

/// One episode of service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Key.
    pub id: ConversationId,
    /// Whose.
    pub tenant: TenantId,
    /// In which thread.
    pub thread: ThreadId,
    /// On which inbox.
    pub inbox: InboxId,
    /// With whom.
    pub contact: ContactId,
    /// Who holds it.
    pub stage: Stage,
    /// Raised with every change of owner: who sends with an old one is refused.
    pub owner_epoch: i64,
    /// Since when the customer waits for us; absent when it is their turn.
    pub waiting_since: Option<Time>,
    /// When it began.
    pub opened_at: Time,
    /// When it ended.
    pub closed_at: Option<Time>,
    /// Number of its first message in the thread.
    pub first_number: i64,
}

impl Conversation {
    fn must_be_open(&self) -> Result<()> {
        match self.stage {
            Stage::Closed => Err(Error::conflict(
                "conversation.closed",
                "this conversation is closed; the customer's next message opens a new one",
            )),
            _ => Ok(()),
        }
    }

    fn hand_to(&mut self, stage: Stage) {
        self.stage = stage;
        self.owner_epoch += 1;
    }

    /// Puts it in the queue for a person. In the queue already: nothing changes.
    pub fn queue(&mut self, now: Time) -> Result<()> {
        self.must_be_open()?;
        if self.stage != Stage::Queued {
            self.hand_to(Stage::Queued);
            self.waiting_since = self.waiting_since.or(Some(now));
        }
        Ok(())
    }

    /// Gives it to `agent`, taking it from whoever holds it.
    pub fn assign(&mut self, agent: UserId) -> Result<()> {
        self.must_be_open()?;
        if self.stage != (Stage::Serving { agent }) {
            self.hand_to(Stage::Serving { agent });
        }
        Ok(())
    }

    /// Ends it.
    pub fn close(&mut self, now: Time) -> Result<()> {
        self.must_be_open()?;
        self.hand_to(Stage::Closed);
        self.closed_at = Some(now);
        self.waiting_since = None;
        Ok(())
    }

    /// Whether `agent` may answer in it with what she knew of it (`epoch`).
    pub fn check_owner(&self, agent: UserId, epoch: Option<i64>) -> Result<()> {
        self.must_be_open()?;
        let stale = epoch.is_some_and(|it| it != self.owner_epoch);
        match self.stage {
            Stage::Serving { agent: owner } if owner == agent && !stale => Ok(()),
            _ => Err(Error::conflict(
                "conversation.not_yours",
                "somebody else serves this conversation now; take it over first",
            )),
        }
    }
}

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the customer.
    In,
    /// From us.
    Out,
}

impl Direction {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    /// The customer.
    Customer,
    /// The bot.
    Bot,
    /// A person of ours.
    Agent(UserId),
    /// A note of the house.
    System,
}

impl Author {
    /// As stored and shown.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Bot => "bot",
            Self::Agent(_) => "agent",
            Self::System => "system",
        }
    }

    /// Which person, if one.
    #[must_use]
    pub fn user(self) -> Option<UserId> {
        match self {
            Self::Agent(user) => Some(user),
            _ => None,
        }
    }

    /// From what is stored.
    #[must_use]
    pub fn parse(kind: &str, user: Option<UserId>) -> Self {
        match (kind, user) {
            ("customer", _) => Self::Customer,
            ("agent", Some(user)) => Self::Agent(user),
            ("bot", _) => Self::Bot,
            _ => Self::System,
        }
    }
}

/// How far a message of ours got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It went out in the platform's own HTTP answer.
    InReply,
    /// It waits for its turn.
    Planned,
    /// It is with the platform right now.
    Sending,
    /// The platform took it.
    Sent,
    /// It was tried to the end, in vain.
    Failed,
    /// It may have arrived or not; it is never repeated by itself.
    Unknown,
    /// The platform will not take it.
    Refused,
}

impl DeliveryState {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InReply => "in_reply",
            Self::Planned => "planned",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
        }
    }

    /// From what is stored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "in_reply" => Self::InReply,
            "planned" => Self::Planned,
            "sending" => Self::Sending,
            "sent" => Self::Sent,
            "failed" => Self::Failed,
            "unknown" => Self::Unknown,
            "refused" => Self::Refused,
            _ => return None,
        })
    }

    /// Whether nothing more will happen to it.
    #[must_use]
    pub fn is_settled(self) -> bool {
        !matches!(self, Self::Planned | Self::Sending)
    }
}

/// The state of a message made of parts: the worst of its parts counts.
#[must_use]
pub fn of_parts(parts: &[DeliveryState]) -> DeliveryState {
    use DeliveryState::{Failed, InReply, Planned, Refused, Sending, Sent, Unknown};
    let worst = [Refused, Failed, Unknown, Sending, Planned, Sent, InReply];
    worst.into_iter().find(|it| parts.contains(it)).unwrap_or(Sent)
}

/// A stored message.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Key.
    pub id: MessageId,
    /// Whose.
    pub tenant: TenantId,
    /// In which thread.
    pub thread: ThreadId,
    /// In which episode.
    pub conversation: ConversationId,
    /// Its place in the thread, from 1.
    pub number: i64,
    /// The message before it in the thread.
    pub previous: Option<MessageId>,
    /// Which way it went.
    pub direction: Direction,
    /// Who said it.
    pub author: Author,
    /// What was said.
    pub content: Content,
    /// When we got or wrote it.
    pub at: Time,
    /// When the platform says it was sent.
    pub platform_at: Option<Time>,
    /// How far it got, for ours.
    pub delivery: Option<DeliveryState>,
    /// Why it was refused or failed: stable code, a space, words for people.
    pub reason: Option<String>,
    /// Why the bot said it, as JSON.
    pub reasons: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(stage: Stage) -> Conversation {
        Conversation {
            id: ConversationId(1),
            tenant: TenantId(1),
            thread: ThreadId(1),
            inbox: InboxId(1),
            contact: ContactId(1),
            stage,
            owner_epoch: 4,
            waiting_since: None,
            opened_at: Time(1),
            closed_at: None,
            first_number: 1,
        }
    }

    const ANNA: Stage = Stage::Serving { agent: UserId(7) };

    #[test]
    fn every_change_of_owner_raises_the_epoch() {
        let mut it = sample(Stage::Bot);
        it.queue(Time(5)).unwrap();
        assert_eq!((it.stage, it.owner_epoch, it.waiting_since), (Stage::Queued, 5, Some(Time(5))));
        it.queue(Time(9)).unwrap();
        assert_eq!((it.owner_epoch, it.waiting_since), (5, Some(Time(5))));
        it.assign(UserId(7)).unwrap();
        assert_eq!((it.stage, it.owner_epoch), (ANNA, 6));
        it.close(Time(11)).unwrap();
        assert_eq!(
            (it.stage, it.owner_epoch, it.closed_at, it.waiting_since),
            (Stage::Closed, 7, Some(Time(11)), None)
        );
    }

    #[test]
    fn a_closed_conversation_stays_closed() {
        let mut it = sample(Stage::Closed);
        assert_eq!(it.assign(UserId(7)).unwrap_err().code, "conversation.closed");
        assert_eq!(it.queue(Time(1)).unwrap_err().code, "conversation.closed");
        assert_eq!(it.close(Time(1)).unwrap_err().code, "conversation.closed");
        assert_eq!(it.stage, Stage::Closed);
    }

    #[test]
    fn only_the_present_owner_may_answer() {
        for (stage, agent, epoch, ok) in [
            (ANNA, 7, None, true),
            (ANNA, 7, Some(4), true),
            (ANNA, 7, Some(3), false),
            (ANNA, 8, None, false),
            (Stage::Queued, 7, None, false),
            (Stage::Bot, 7, None, false),
        ] {
            assert_eq!(
                sample(stage).check_owner(UserId(agent), epoch).is_ok(),
                ok,
                "{stage:?} {agent} {epoch:?}"
            );
        }
    }

    #[test]
    fn the_worst_part_speaks_for_the_message() {
        use DeliveryState::{Planned, Refused, Sent, Unknown};
        assert_eq!(of_parts(&[Sent, Sent]), Sent);
        assert_eq!(of_parts(&[Sent, Planned]), Planned);
        assert_eq!(of_parts(&[Sent, Unknown, Planned]), Unknown);
        assert_eq!(of_parts(&[Refused, Unknown]), Refused);
    }
}
