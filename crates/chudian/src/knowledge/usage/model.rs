//! Uses of an entry, as numbers and as samples. Pure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::id::{ConversationId, EntryId, TenantId, ThreadId};
use crate::base::time::Time;

/// How an entry came to a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The bot was sure and answered.
    Answered,
    /// The customer picked it from "did you mean".
    Picked,
    /// It stood in "did you mean".
    Offered,
    /// An agent chose it.
    Chosen,
}

impl Way {
    /// Its name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Picked => "picked",
            Self::Offered => "offered",
            Self::Chosen => "chosen",
        }
    }

    /// By its name in the database.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match name {
            "picked" => Self::Picked,
            "offered" => Self::Offered,
            "chosen" => Self::Chosen,
            _ => Self::Answered,
        }
    }
}

/// How often an entry was used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Uses {
    /// The bot answered with it.
    pub answered: i64,
    /// Customers picked it from "did you mean".
    pub picked: i64,
    /// It stood in "did you mean".
    pub offered: i64,
    /// Agents chose it.
    pub chosen: i64,
    /// Customers said that it helped.
    pub solved: i64,
    /// Customers said that it did not.
    pub unsolved: i64,
}

impl Uses {
    /// How often it reached a customer as an answer.
    #[must_use]
    pub fn hits(&self) -> i64 {
        self.answered + self.picked + self.chosen
    }

    /// One use of this way.
    #[must_use]
    pub fn one(way: Way) -> Self {
        let mut uses = Self::default();
        match way {
            Way::Answered => uses.answered = 1,
            Way::Picked => uses.picked = 1,
            Way::Offered => uses.offered = 1,
            Way::Chosen => uses.chosen = 1,
        }
        uses
    }

    /// One customer's word on whether it helped.
    #[must_use]
    pub fn rated(helped: bool) -> Self {
        Self { solved: helped.into(), unsolved: (!helped).into(), ..Self::default() }
    }
}

impl std::ops::AddAssign for Uses {
    fn add_assign(&mut self, other: Self) {
        self.answered += other.answered;
        self.picked += other.picked;
        self.offered += other.offered;
        self.chosen += other.chosen;
        self.solved += other.solved;
        self.unsolved += other.unsolved;
    }
}

/// What somebody asked when an entry was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Sorts by time: the message's key, or that of the agent's choice.
    pub key: i64,
    /// How the entry came to the customer.
    pub way: Way,
    /// The customer's words.
    pub question: String,
    /// Where.
    pub thread: ThreadId,
    /// In which episode.
    pub conversation: Option<ConversationId>,
    /// When.
    pub at: Time,
    /// Whether the customer said that it helped.
    pub helped: Option<bool>,
}

/// A thing that happened to an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// Whose.
    pub tenant: TenantId,
    /// Which entry.
    pub entry: EntryId,
    /// On which day of the tenant's calendar, `2026-11-22`.
    pub day: String,
    /// What.
    pub what: What,
}

/// What happened to an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It was used.
    Used(Sample),
    /// The customer of this thread said whether it helped.
    Rated(ThreadId, bool, Time),
}
