//! What is done with many drafts, and what becomes of each. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::id::{DraftBatchId, EntryId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::knowledge::workshop::model::{Draft, KnowledgeSettings, Stage};

/// So many drafts at most are taken at once.
pub const MOST: usize = 20_000;

/// So many drafts that are left are told one by one; the others are counted.
const MOST_TOLD: usize = 200;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DraftBatchAct)]
pub enum Act {
    /// Handed in for review.
    Submit,
    /// Published now.
    Publish,
    /// Sent back to the writers, with a reason.
    Return,
    /// Given up; an entry of which nothing was ever published goes with its draft.
    Discard,
}

impl Act {
    const ALL: [Self; 4] = [Self::Submit, Self::Publish, Self::Return, Self::Discard];

    /// Its name in the database and in the audit log.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Publish => "publish",
            Self::Return => "return",
            Self::Discard => "discard",
        }
    }

    /// The act of this name.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.text() == text)
    }
}

/// A draft as somebody saw it: of which entry, and the number of its text.
pub type Seen = (EntryId, i64);

/// A draft that is left as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = DraftLeft)]
pub struct Left {
    /// Of which entry.
    pub entry: EntryId,
    /// Its question.
    pub question: String,
    /// Why, as a stable name, for example `knowledge.four_eyes`.
    pub code: String,
}

/// What an act leaves: counted by reason, the first of them told. However many they are, it stays small.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remaining {
    /// How many, by reason.
    pub reasons: BTreeMap<String, usize>,
    /// The first 200.
    pub left: Vec<Left>,
}

impl Remaining {
    /// One more is left.
    pub fn push(&mut self, left: Left) {
        *self.reasons.entry(left.code.clone()).or_default() += 1;
        if self.left.len() < MOST_TOLD {
            self.left.push(left);
        }
    }

    /// How many are left.
    #[must_use]
    pub fn count(&self) -> usize {
        self.reasons.values().sum()
    }
}

/// An act on many drafts. Which they are is read by who works it off (`store::find_items`).
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Its key.
    pub id: DraftBatchId,
    /// What is done.
    pub act: Act,
    /// The reason of what is sent back; the note of what is handed in or published, empty for each draft's own.
    pub note: String,
    /// With so many drafts.
    pub drafts: usize,
    /// So many of them are through, from the first.
    pub done_to: usize,
    /// With so many it was done.
    pub done: usize,
    /// The others of these.
    pub remaining: Remaining,
    /// When it was begun.
    pub made_at: Time,
    /// By whom.
    pub made_by: Option<UserId>,
    /// When it ended.
    pub ended_at: Option<Time>,
    /// When somebody stopped it.
    pub cancelled_at: Option<Time>,
}

/// Whether `act` may be done with a draft by `user`.
///
/// # Errors
/// `Denied` or `Conflict`, as the act on a single draft has them.
pub fn judge(act: Act, draft: &Draft, settings: &KnowledgeSettings, user: Option<UserId>) -> Result<()> {
    match (act, &draft.stage) {
        (Act::Discard, Stage::Scheduled { .. }) | (Act::Submit | Act::Publish, Stage::Scheduled { .. }) => {
            Err(Error::conflict("knowledge.is_scheduled", "its publication is scheduled: call it off first"))
        }
        (Act::Submit, Stage::Review) => {
            Err(Error::conflict("knowledge.is_submitted", "the draft is handed in already"))
        }
        (Act::Return, Stage::Review) | (Act::Submit | Act::Discard, _) => Ok(()),
        (Act::Return, _) => {
            Err(Error::conflict("knowledge.not_in_review", "nobody is asked to look at the draft"))
        }
        (Act::Publish, stage) => {
            settings.check_publisher(&draft.writers, user)?;
            settings.check_stage(stage)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::model::EntryBody;

    #[test]
    fn what_may_be_done_with_a_draft() {
        let (anna, bert) = (UserId(1), UserId(2));
        let returned = Stage::Returned { reason: "错字".into() };
        let scheduled = Stage::Scheduled { at: Time(5), over: 0 };
        let eyes = KnowledgeSettings { four_eyes: true, ..KnowledgeSettings::default() };
        let alone = KnowledgeSettings::default();
        let check = |act: Act, stage: &Stage, settings: &KnowledgeSettings, user, expected: Option<&str>| {
            let mut draft = Draft::saved(None, EntryId(1), EntryBody::default(), 1, (Some(anna), Time(1)));
            draft.step(stage.clone(), Some(anna), Time(2));
            let code = judge(act, &draft, settings, Some(user)).err().map(|it| it.code);
            assert_eq!(code, expected, "{act:?} {stage:?} {user:?}");
        };
        for (stage, submit, back, discard) in [
            (&Stage::Writing, None, Some("knowledge.not_in_review"), None),
            (&Stage::Review, Some("knowledge.is_submitted"), None, None),
            (&returned, None, Some("knowledge.not_in_review"), None),
            (
                &scheduled,
                Some("knowledge.is_scheduled"),
                Some("knowledge.not_in_review"),
                Some("knowledge.is_scheduled"),
            ),
        ] {
            for user in [anna, bert] {
                check(Act::Submit, stage, &eyes, user, submit);
                check(Act::Return, stage, &eyes, user, back);
                check(Act::Discard, stage, &eyes, user, discard);
            }
        }
        check(Act::Publish, &Stage::Review, &eyes, bert, None);
        check(Act::Publish, &Stage::Review, &eyes, anna, Some("knowledge.four_eyes"));
        check(Act::Publish, &Stage::Writing, &eyes, bert, Some("knowledge.not_submitted"));
        check(Act::Publish, &Stage::Writing, &alone, anna, None);
        check(Act::Publish, &scheduled, &alone, anna, Some("knowledge.is_scheduled"));
    }

    #[test]
    fn all_that_are_left_are_counted_and_the_first_are_told() {
        let mut remaining = Remaining::default();
        for nth in 0..300 {
            let code = if nth < 250 { "knowledge.four_eyes" } else { "knowledge.same" };
            remaining.push(Left { entry: EntryId(nth), question: String::new(), code: code.to_owned() });
        }
        assert_eq!((remaining.count(), remaining.left.len()), (300, MOST_TOLD));
        assert_eq!(
            (remaining.reasons["knowledge.four_eyes"], remaining.reasons["knowledge.same"]),
            (250, 50)
        );
        assert_eq!(remaining.left[199].entry, EntryId(199));
    }

    #[test]
    fn acts_read_back_from_their_names() {
        for act in Act::ALL {
            assert_eq!(Act::named(act.text()), Some(act));
        }
        assert_eq!(Act::named("shred"), None);
    }
}
