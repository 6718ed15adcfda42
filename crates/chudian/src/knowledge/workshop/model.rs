//! What a draft is, how it goes on, and who may publish it. Pure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::id::{EntryId, ImportId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::knowledge::model::{EntryBody, Release};

/// The longest note and the longest reason, in characters.
pub const LONGEST_NOTE: usize = 500;

/// How far ahead something may be scheduled.
const FURTHEST: i64 = 366 * Time::DAY;

/// What is being written of an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Of which entry.
    pub entry: EntryId,
    /// What it says. Whether the entry is enabled is not part of it.
    pub body: EntryBody,
    /// The number of this text: each save gives the next, and no number comes twice in an entry.
    pub revision: i64,
    /// All who had a hand in it.
    pub writers: Vec<UserId>,
    /// What it changes, in the writer's words.
    pub note: String,
    /// When it was saved last.
    pub updated_at: Time,
    /// By whom.
    pub updated_by: Option<UserId>,
    /// How far it has come.
    pub stage: Stage,
    /// Who brought it there; `None`: a program.
    pub stage_by: Option<UserId>,
    /// When.
    pub stage_at: Time,
    /// The import that made it.
    pub import: Option<ImportId>,
}

/// How far a draft has come. A save brings it back to [`Stage::Writing`]: what was approved is that text and
/// no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// It is being written.
    Writing,
    /// Somebody else is asked to look at it.
    Review,
    /// It was sent back.
    Returned {
        /// Why, in the words of who looked, or the code of what stood in the way of a scheduled publication.
        reason: String,
    },
    /// It will be published.
    Scheduled {
        /// When.
        at: Time,
        /// The version that it replaces; when that is another by then, it is sent back instead.
        over: i64,
    },
}

impl Stage {
    /// Its name in the database and in the API.
    #[must_use]
    pub fn name(&self) -> StageName {
        match self {
            Self::Writing => StageName::Writing,
            Self::Review => StageName::Review,
            Self::Returned { .. } => StageName::Returned,
            Self::Scheduled { .. } => StageName::Scheduled,
        }
    }
}

/// The names of the stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StageName {
    /// It is being written.
    Writing,
    /// Somebody else is asked to look at it.
    Review,
    /// It was sent back.
    Returned,
    /// It will be published at a moment.
    Scheduled,
}

impl StageName {
    /// As it is written.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Writing => "writing",
            Self::Review => "review",
            Self::Returned => "returned",
            Self::Scheduled => "scheduled",
        }
    }
}

impl Draft {
    /// The draft after `user` saved `body` at `now`, with the number `revision`; a new one if there was none.
    #[must_use]
    pub fn saved(
        before: Option<Self>,
        entry: EntryId,
        body: EntryBody,
        revision: i64,
        (user, now): (Option<UserId>, Time),
    ) -> Self {
        let (mut writers, note, import) =
            before.map(|it| (it.writers, it.note, it.import)).unwrap_or_default();
        if let Some(user) = user
            && !writers.contains(&user)
        {
            writers.push(user);
        }
        Self {
            entry,
            body,
            revision,
            writers,
            note,
            updated_at: now,
            updated_by: user,
            stage: Stage::Writing,
            stage_by: user,
            stage_at: now,
            import,
        }
    }

    /// Brings the draft into another stage.
    pub fn step(&mut self, stage: Stage, by: Option<UserId>, now: Time) {
        (self.stage, self.stage_by, self.stage_at) = (stage, by, now);
    }

    /// How its publication is told.
    #[must_use]
    pub fn release(&self) -> Release {
        Release { writers: self.writers.clone(), note: self.note.clone(), restored_from: None }
    }
}

/// So many questions of customers are replayed at most before a change is published.
pub const MOST_REPLAYED: u32 = 1000;

/// How a tenant's editors work together. What is left out has its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct KnowledgeSettings {
    /// Whether somebody else than the writers must publish, and whether deleting an entry, switching it on or off and
    /// bringing a version back ask for a second person as well. Off by default: a team of one must be able to work,
    /// and a company that wants it says so once.
    pub four_eyes: bool,
    /// How many of the latest questions of customers are replayed before a change is published; 0 to 1000.
    pub replayed_questions: u32,
    /// Reading: the present version, 0 while nothing was written. Writing: the version that was seen: when
    /// another one is there by now, the change is refused with 409. Absent: whatever is there is written
    /// over, as imports and scripts want it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

impl Default for KnowledgeSettings {
    fn default() -> Self {
        Self { four_eyes: false, replayed_questions: 200, version: None }
    }
}

impl KnowledgeSettings {
    /// Refuses more questions than a rehearsal asks.
    pub fn check(&self) -> Result<()> {
        if self.replayed_questions > MOST_REPLAYED {
            let why = format!("0 to {MOST_REPLAYED} questions are replayed");
            return Err(Error::invalid("knowledge.replayed", why.clone()).field("replayed_questions", why));
        }
        Ok(())
    }

    /// Refuses `user` as the publisher of what `writers` wrote. A program is nobody's second pair of eyes.
    pub fn check_publisher(&self, writers: &[UserId], user: Option<UserId>) -> Result<()> {
        match user {
            _ if !self.four_eyes => Ok(()),
            Some(user) if !writers.contains(&user) => Ok(()),
            _ => Err(four_eyes()),
        }
    }

    /// Refuses to publish what is written in the same moment: nobody else can have seen it.
    pub fn check_at_once(&self) -> Result<()> {
        if self.four_eyes { Err(four_eyes()) } else { Ok(()) }
    }

    /// Refuses a draft that was not handed in, where that is asked for.
    pub fn check_stage(&self, stage: &Stage) -> Result<()> {
        match stage {
            Stage::Review | Stage::Scheduled { .. } => Ok(()),
            Stage::Writing | Stage::Returned { .. } if !self.four_eyes => Ok(()),
            Stage::Writing | Stage::Returned { .. } => Err(Error::conflict(
                "knowledge.not_submitted",
                "the draft is still being written: hand it in for review first",
            )),
        }
    }
}

fn four_eyes() -> Error {
    Error::denied(
        "knowledge.four_eyes",
        "somebody else than the writers must publish: save a draft and hand it in for review",
    )
}

/// Trims a note or a reason.
pub fn tidy_note(text: &str, field: &'static str) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > LONGEST_NOTE {
        let why = format!("at most {LONGEST_NOTE} characters");
        return Err(Error::invalid("knowledge.note_long", why).field(field, "is too long"));
    }
    Ok(text.to_owned())
}

/// Refuses a moment that is no future one, or one that is too far away.
pub fn check_moment(at: Time, now: Time) -> Result<()> {
    if at <= now || at.since(now) > FURTHEST {
        let why = "choose a moment within the next year";
        return Err(Error::invalid("knowledge.moment", why).field("at", why));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNA: UserId = UserId(1);
    const BERT: UserId = UserId(2);

    #[test]
    fn who_wrote_it_does_not_publish_it_where_four_eyes_are_asked_for() {
        let check = |four_eyes: bool, writers: &[UserId], user: Option<UserId>, may: bool| {
            let settings = KnowledgeSettings { four_eyes, ..KnowledgeSettings::default() };
            let result = settings.check_publisher(writers, user);
            assert_eq!(result.is_ok(), may, "{four_eyes} {writers:?} {user:?}");
        };
        check(false, &[ANNA], Some(ANNA), true);
        check(false, &[], None, true);
        check(true, &[ANNA], Some(ANNA), false);
        check(true, &[ANNA], Some(BERT), true);
        check(true, &[ANNA, BERT], Some(BERT), false);
        // Written by a program: any person may. By a person: no program may.
        check(true, &[], Some(ANNA), true);
        check(true, &[ANNA], None, false);
    }

    #[test]
    fn what_was_not_handed_in_is_published_only_by_a_team_that_needs_no_review() {
        let returned = Stage::Returned { reason: "错字".into() };
        let scheduled = Stage::Scheduled { at: Time(5), over: 1 };
        let code = |four_eyes: bool, stage: &Stage| {
            let settings = KnowledgeSettings { four_eyes, ..KnowledgeSettings::default() };
            settings.check_stage(stage).err().map(|it| it.code)
        };
        for stage in [Stage::Writing, Stage::Review, returned.clone(), scheduled.clone()] {
            assert_eq!(code(false, &stage), None, "{stage:?}");
        }
        for (stage, expected) in [
            (Stage::Writing, Some("knowledge.not_submitted")),
            (returned, Some("knowledge.not_submitted")),
            (Stage::Review, None),
            (scheduled, None),
        ] {
            assert_eq!(code(true, &stage), expected, "{stage:?}");
        }
    }

    #[test]
    fn a_save_remembers_all_writers_and_takes_an_approval_back() {
        let first = Draft::saved(None, EntryId(1), EntryBody::default(), 1, (Some(ANNA), Time(1)));
        let mut handed_in = first.clone();
        handed_in.step(Stage::Review, Some(ANNA), Time(2));
        let again = Draft::saved(Some(handed_in), EntryId(1), EntryBody::default(), 2, (Some(BERT), Time(3)));
        assert_eq!((again.writers.as_slice(), again.stage), (&[ANNA, BERT][..], Stage::Writing));
        let same = Draft::saved(Some(first), EntryId(1), EntryBody::default(), 2, (Some(ANNA), Time(3)));
        assert_eq!(same.writers, [ANNA]);
    }

    #[test]
    fn a_moment_lies_ahead_and_not_too_far() {
        let now = Time(1_000);
        for (at, may) in
            [(Time(999), false), (now, false), (Time(1_001), true), (now.plus(400 * Time::DAY), false)]
        {
            assert_eq!(check_moment(at, now).is_ok(), may, "{at:?}");
        }
    }
}
