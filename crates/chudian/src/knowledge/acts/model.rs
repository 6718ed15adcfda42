//! What an act is, what a proposal is, and who may do which. Pure.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::base::id::{EntryId, ProposalId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::knowledge::model::Entry;
use crate::knowledge::workshop::model::KnowledgeSettings;

/// What is done to an entry as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// It is removed, with all its versions.
    Delete,
    /// The bot does not say it any more.
    Disable,
    /// The bot says it again.
    Enable,
    /// What an earlier version said is published again.
    Restore {
        /// The number of that version.
        version: i64,
    },
}

/// The names of the acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = EntryAct)]
pub enum ActName {
    /// The entry is removed.
    Delete,
    /// The bot does not say it any more.
    Disable,
    /// The bot says it again.
    Enable,
    /// An earlier version comes back.
    Restore,
}

impl ActName {
    /// As it is written.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::Restore => "restore",
        }
    }

    /// From how it is written; `None` for what is no act.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        [Self::Delete, Self::Disable, Self::Enable, Self::Restore].into_iter().find(|it| it.text() == text)
    }
}

impl Act {
    /// From its name and, for a restoration, the version that comes back.
    ///
    /// # Errors
    /// `Invalid` for a restoration of nothing.
    pub fn of(name: ActName, restores: Option<i64>) -> Result<Self> {
        Ok(match (name, restores) {
            (ActName::Delete, _) => Self::Delete,
            (ActName::Disable, _) => Self::Disable,
            (ActName::Enable, _) => Self::Enable,
            (ActName::Restore, Some(version)) => Self::Restore { version },
            (ActName::Restore, None) => {
                let why = "name the version that is to come back by its number";
                return Err(Error::invalid("knowledge.which_version", why).field("restores", why));
            }
        })
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> ActName {
        match self {
            Self::Delete => ActName::Delete,
            Self::Disable => ActName::Disable,
            Self::Enable => ActName::Enable,
            Self::Restore { .. } => ActName::Restore,
        }
    }

    /// The version that it brings back.
    #[must_use]
    pub fn restores(self) -> Option<i64> {
        match self {
            Self::Restore { version } => Some(version),
            Self::Delete | Self::Disable | Self::Enable => None,
        }
    }
}

/// What somebody proposes to do with an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its key: who confirms names the one that they saw.
    pub id: ProposalId,
    /// With which entry.
    pub entry: EntryId,
    /// What.
    pub act: Act,
    /// The version that was published then.
    pub over: i64,
    /// Why, in the words of who proposes it.
    pub note: String,
    /// When it was proposed.
    pub at: Time,
    /// By whom; `None`: a program.
    pub by: Option<UserId>,
    /// That somebody did not agree.
    pub refusal: Option<Refusal>,
}

/// That somebody did not agree to a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// When.
    pub at: Time,
    /// Who; `None`: a program.
    pub by: Option<UserId>,
    /// Why.
    pub reason: String,
}

impl Proposal {
    /// Who had a hand in it.
    pub fn people(&self) -> impl Iterator<Item = UserId> {
        self.by.into_iter().chain(self.refusal.as_ref().and_then(|it| it.by))
    }

    /// Whether it still asks to be confirmed: nobody refused it, and the entry says what it said then.
    #[must_use]
    pub fn is_open(&self, version: i64) -> bool {
        self.refusal.is_none() && self.over == version
    }

    /// Refuses `user` as the one who confirms it for the version that is published now.
    ///
    /// # Errors
    /// `Denied` for who proposed it where four eyes are asked for; `Conflict` when it was refused, or when something
    /// else is published by now.
    pub fn check_confirmation(
        &self,
        settings: &KnowledgeSettings,
        user: Option<UserId>,
        version: i64,
    ) -> Result<()> {
        let proposers: Vec<UserId> = self.by.into_iter().collect();
        if settings.check_publisher(&proposers, user).is_err() {
            return Err(four_eyes());
        }
        self.check_open(version)
    }

    /// Refuses what nobody is asked any more.
    ///
    /// # Errors
    /// `Conflict` when it was refused, or when something else is published by now.
    pub fn check_open(&self, version: i64) -> Result<()> {
        if !self.is_open(version) {
            return Err(Error::conflict(
                "knowledge.proposal_over",
                "this proposal was refused, or the entry was published anew since: look at it, and propose again what is still wanted",
            ));
        }
        Ok(())
    }

    /// Refuses `user` as the one who takes it back. What a program proposed anybody may take back.
    ///
    /// # Errors
    /// `Denied` for a colleague's that still asks to be confirmed.
    pub fn check_withdrawal(&self, user: Option<UserId>, version: i64) -> Result<()> {
        if self.is_open(version) && self.by.is_some() && self.by != user {
            return Err(Error::denied(
                "knowledge.others_proposal",
                "this proposal is a colleague's: refuse it with a reason, or leave it to them",
            ));
        }
        Ok(())
    }

    /// Adds who proposed it, and why, to what is recorded.
    #[must_use]
    pub fn note_in(&self, mut detail: Value) -> Value {
        if let Some(fields) = detail.as_object_mut() {
            fields.insert("proposed_by".to_owned(), json!(self.by));
            if !self.note.is_empty() {
                fields.insert("note".to_owned(), json!(self.note));
            }
        }
        detail
    }
}

/// Whether one person alone may act on an entry.
#[must_use]
pub fn may_alone(settings: &KnowledgeSettings, entry: &Entry) -> bool {
    !settings.four_eyes || entry.version == 0
}

/// The error for an act of one person that asks for two.
#[must_use]
pub fn four_eyes() -> Error {
    Error::denied(
        "knowledge.four_eyes_act",
        "somebody else must agree to this: propose it, and let another editor confirm it",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNA: UserId = UserId(1);
    const BERT: UserId = UserId(2);

    fn proposal(by: Option<UserId>, refused: bool) -> Proposal {
        let refusal = Refusal { at: Time(6), by: Some(BERT), reason: "还在用".into() };
        Proposal {
            id: ProposalId(9),
            entry: EntryId(1),
            act: Act::Delete,
            over: 3,
            note: "下架".into(),
            at: Time(5),
            by,
            refusal: refused.then_some(refusal),
        }
    }

    #[test]
    fn somebody_else_confirms_what_is_still_proposed() {
        let on = KnowledgeSettings { four_eyes: true, ..KnowledgeSettings::default() };
        let off = KnowledgeSettings::default();
        let cases = [
            (&on, Some(ANNA), false, Some(BERT), 3, None),
            (&on, Some(ANNA), false, Some(ANNA), 3, Some("knowledge.four_eyes_act")),
            // A program proposes, and any person confirms; a program is nobody's second pair of eyes.
            (&on, None, false, Some(ANNA), 3, None),
            (&on, Some(ANNA), false, None, 3, Some("knowledge.four_eyes_act")),
            // Refused, and of another version than the one that was seen.
            (&on, Some(ANNA), true, Some(BERT), 3, Some("knowledge.proposal_over")),
            (&on, Some(ANNA), false, Some(BERT), 4, Some("knowledge.proposal_over")),
            // The rule was taken back meanwhile.
            (&off, Some(ANNA), false, Some(ANNA), 3, None),
        ];
        for (settings, by, refused, user, version, expected) in cases {
            let result = proposal(by, refused).check_confirmation(settings, user, version);
            assert_eq!(
                result.err().map(|it| it.code),
                expected,
                "{by:?} {refused} {user:?} {version} {settings:?}"
            );
        }
    }

    #[test]
    fn one_person_acts_alone_where_nothing_was_published_or_nobody_asks_for_two() {
        let entry = |version: i64| Entry {
            id: EntryId(1),
            body: crate::knowledge::model::EntryBody::default(),
            version,
            updated_at: Time(1),
            updated_by: None,
            release: crate::knowledge::model::Release::default(),
        };
        for (four_eyes, version, expected) in
            [(false, 0, true), (false, 3, true), (true, 0, true), (true, 3, false)]
        {
            let settings = KnowledgeSettings { four_eyes, ..KnowledgeSettings::default() };
            assert_eq!(may_alone(&settings, &entry(version)), expected, "{four_eyes} {version}");
        }
    }

    #[test]
    fn a_restoration_names_its_version_and_each_name_reads_back() {
        assert_eq!(Act::of(ActName::Restore, None).unwrap_err().code, "knowledge.which_version");
        for act in [Act::Delete, Act::Disable, Act::Enable, Act::Restore { version: 2 }] {
            let name = ActName::read(act.name().text()).unwrap();
            assert_eq!(Act::of(name, act.restores()).unwrap(), act);
        }
        assert_eq!(ActName::read("publish"), None);
    }

    #[test]
    fn what_is_recorded_names_who_proposed_it() {
        let noted = proposal(Some(ANNA), false).note_in(json!({ "question": "怎么查话费" }));
        assert_eq!(noted, json!({ "question": "怎么查话费", "proposed_by": ANNA, "note": "下架" }));
    }
}
