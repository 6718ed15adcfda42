//! What is asked, what is expected, and what came out. Pure.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::id::{EntryId, TestRunId, TestSetId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::bot::model::Reason;
use crate::knowledge::model::LONGEST_QUESTION;

/// How many questions one set may have.
pub const MOST_QUESTIONS: usize = 500;

/// How many questions all sets of a tenant may have together: each change is rehearsed with all of them before it
/// is published, and at a millisecond each that is the time which an editor waits.
pub const MOST_IN_TENANT: usize = 2_000;

/// How many sets a tenant may have.
pub const MOST_SETS: usize = 50;

/// The longest name of a set, in characters.
const LONGEST_NAME: usize = 50;

/// What is expected of the bot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Expects {
    /// That it answers with the entry.
    Entry,
    /// That it answers with none: the question is not ours, or one for people.
    Nobody,
    /// Nothing: what comes out is only watched.
    #[default]
    Free,
}

/// A test question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestQuestion {
    /// A customer's words.
    pub question: String,
    /// What is expected.
    pub expects: Expects,
    /// The entry that is expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryId>,
}

/// A set of test questions.
#[derive(Debug, Clone, PartialEq)]
pub struct TestSet {
    /// Its key.
    pub id: TestSetId,
    /// Its name.
    pub name: String,
    /// Its questions.
    pub questions: Vec<TestQuestion>,
    /// Rises with each change.
    pub version: i64,
    /// When it was changed last.
    pub updated_at: Time,
    /// By whom.
    pub updated_by: Option<UserId>,
}

/// Trims a set's name and questions, drops empty and repeated ones, and refuses what cannot be asked.
pub fn tidy(name: &str, questions: Vec<TestQuestion>) -> Result<(String, Vec<TestQuestion>)> {
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        let why = format!("a name has 1 to {LONGEST_NAME} characters");
        return Err(Error::invalid("test_set.name", why.clone()).field("name", why));
    }
    let mut seen = HashSet::new();
    let mut kept = Vec::with_capacity(questions.len());
    for (it, nth) in questions.into_iter().zip(1..) {
        let question = it.question.trim().to_owned();
        if question.is_empty() || !seen.insert(question.clone()) {
            continue;
        }
        if question.chars().count() > LONGEST_QUESTION {
            let why = format!("a question has at most {LONGEST_QUESTION} characters");
            return Err(
                Error::invalid("test_set.question_long", why.clone()).field(format!("questions[{nth}]"), why)
            );
        }
        if (it.expects == Expects::Entry) != it.entry.is_some() {
            let why = "name the entry that is expected, and only where one is";
            return Err(Error::invalid("test_set.entry_missing", why).field(format!("questions[{nth}]"), why));
        }
        kept.push(TestQuestion { question, ..it });
    }
    if kept.len() > MOST_QUESTIONS {
        let why = format!("a set takes at most {MOST_QUESTIONS} questions: make two of it");
        return Err(Error::invalid("test_set.too_many", why.clone()).field("questions", why));
    }
    Ok((name, kept))
}

/// What the bot does with a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It answers with an entry.
    Answered,
    /// It asks "did you mean".
    Suggested,
    /// Something with a higher precedence answers: a keyword, the menu, a word that asks for a person.
    Rule,
    /// It has no answer.
    Nothing,
}

/// What came out of a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReplayOutcome)]
pub struct Outcome {
    /// What the bot does.
    pub kind: Kind,
    /// The entries: the one that answers, or those that are offered.
    pub entries: Vec<EntryId>,
    /// The standard question of the first of them; of no answer, that of the nearest entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// How probably the nearest entry answers, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// The step that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

impl Outcome {
    /// Whether a customer would notice no difference: the same entry answers, the same list is offered, the same
    /// rule speaks. How sure the bot is may differ.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.entries == other.entries
            && (self.kind != Kind::Rule || self.rule() == other.rule())
    }

    fn rule(&self) -> Option<(&str, Option<&serde_json::Value>)> {
        let reason = self.reason.as_ref()?;
        Some((&reason.code, reason.params.get("keyword").or_else(|| reason.params.get("title"))))
    }
}

/// How an outcome compares with what was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As expected.
    Right,
    /// It was answered with something else, or although nobody should answer.
    Wrong,
    /// The entry is only offered in a list.
    Suggested,
    /// Nothing answers, or the entry is not even offered.
    Missed,
    /// Nothing was expected.
    Watched,
}

/// Compares.
#[must_use]
pub fn judge(it: &TestQuestion, outcome: &Outcome) -> Verdict {
    match (it.expects, it.entry, outcome.kind) {
        (Expects::Free, ..) => Verdict::Watched,
        (Expects::Nobody, _, Kind::Answered) => Verdict::Wrong,
        (Expects::Nobody, _, Kind::Rule) => {
            // A word that asks for a person leads to one, which is what was wanted.
            let leads_to_person = outcome.reason.as_ref().is_some_and(|it| it.code.starts_with("hand_over."));
            if leads_to_person { Verdict::Right } else { Verdict::Wrong }
        }
        (Expects::Nobody, ..) => Verdict::Right,
        (Expects::Entry, entry, Kind::Answered) if outcome.entries.first().copied() == entry => {
            Verdict::Right
        }
        (Expects::Entry, _, Kind::Answered | Kind::Rule) => Verdict::Wrong,
        (Expects::Entry, Some(entry), Kind::Suggested) if outcome.entries.contains(&entry) => {
            Verdict::Suggested
        }
        (Expects::Entry, ..) => Verdict::Missed,
    }
}

/// How many came out right, of how many of which something is expected.
#[must_use]
pub fn score(verdicts: impl IntoIterator<Item = Verdict>) -> (usize, usize) {
    verdicts
        .into_iter()
        .filter(|it| *it != Verdict::Watched)
        .fold((0, 0), |(right, checked), it| (right + usize::from(it == Verdict::Right), checked + 1))
}

/// What came out of one question of a set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TestResult {
    /// What was asked.
    pub asked: TestQuestion,
    /// What came out.
    pub outcome: Outcome,
    /// How it compares.
    pub verdict: Verdict,
}

/// What came out of a set.
#[derive(Debug, Clone, PartialEq)]
pub struct TestRun {
    /// Its key.
    pub id: TestRunId,
    /// Of which set.
    pub set: TestSetId,
    /// When.
    pub at: Time,
    /// By whom.
    pub by: Option<UserId>,
    /// How many came out right.
    pub right: i64,
    /// Of how many.
    pub checked: i64,
    /// Question by question; empty where only the figures were read.
    pub results: Vec<TestResult>,
}

/// What a change does to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It is answered now and was not before.
    Gain,
    /// It was answered and is not any more.
    Loss,
    /// It is answered with something else, or other entries are offered.
    Change,
}

impl Effect {
    /// What a change from `before` to `after` is; `None` for none.
    #[must_use]
    pub fn of(before: &Outcome, after: &Outcome) -> Option<Self> {
        let is_answer = |it: &Outcome| matches!(it.kind, Kind::Answered | Kind::Rule);
        match (is_answer(before), is_answer(after)) {
            _ if before.is_like(after) => None,
            (false, true) => Some(Self::Gain),
            (true, false) => Some(Self::Loss),
            _ => Some(Self::Change),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(kind: Kind, entries: &[i64], code: &str) -> Outcome {
        let step = crate::bot::model::Step::Knowledge;
        let reason = Reason {
            step,
            outcome: crate::bot::model::Outcome::Matched,
            code: code.to_owned(),
            params: Default::default(),
        };
        Outcome {
            kind,
            entries: entries.iter().map(|it| EntryId(*it)).collect(),
            question: None,
            confidence: None,
            reason: Some(reason),
        }
    }

    #[test]
    fn an_outcome_is_judged_by_what_was_expected() {
        let answered = |id| outcome(Kind::Answered, &[id], "knowledge.answer");
        let offered = outcome(Kind::Suggested, &[1, 2], "knowledge.suggest");
        let nothing = outcome(Kind::Nothing, &[], "fallback.text");
        let keyword = outcome(Kind::Rule, &[], "keyword.exact");
        let person = outcome(Kind::Rule, &[], "hand_over.queued");
        for (expects, entry, outcome, verdict) in [
            (Expects::Entry, Some(1), answered(1), Verdict::Right),
            (Expects::Entry, Some(1), answered(2), Verdict::Wrong),
            (Expects::Entry, Some(2), offered.clone(), Verdict::Suggested),
            (Expects::Entry, Some(3), offered.clone(), Verdict::Missed),
            (Expects::Entry, Some(1), nothing.clone(), Verdict::Missed),
            (Expects::Entry, Some(1), keyword.clone(), Verdict::Wrong),
            (Expects::Nobody, None, answered(1), Verdict::Wrong),
            (Expects::Nobody, None, offered.clone(), Verdict::Right),
            (Expects::Nobody, None, nothing.clone(), Verdict::Right),
            (Expects::Nobody, None, keyword, Verdict::Wrong),
            (Expects::Nobody, None, person, Verdict::Right),
            (Expects::Free, None, answered(1), Verdict::Watched),
        ] {
            let asked = TestQuestion { question: "怎么办".into(), expects, entry: entry.map(EntryId) };
            assert_eq!(judge(&asked, &outcome), verdict, "{asked:?} {outcome:?}");
        }
        assert_eq!(score([Verdict::Right, Verdict::Missed, Verdict::Watched]), (1, 2));
    }

    #[test]
    fn an_effect_is_what_a_customer_would_notice() {
        let answered = |id| outcome(Kind::Answered, &[id], "knowledge.answer");
        let offered = |ids: &[i64]| outcome(Kind::Suggested, ids, "knowledge.suggest");
        let nothing = outcome(Kind::Nothing, &[], "fallback.text");
        let surer = Outcome { confidence: Some(0.99), ..answered(1) };
        for (before, after, effect) in [
            (answered(1), surer, None),
            (answered(1), answered(2), Some(Effect::Change)),
            (answered(1), offered(&[1]), Some(Effect::Loss)),
            (offered(&[1]), answered(1), Some(Effect::Gain)),
            (offered(&[1]), offered(&[1, 2]), Some(Effect::Change)),
            (nothing.clone(), offered(&[1]), Some(Effect::Change)),
            (nothing.clone(), answered(1), Some(Effect::Gain)),
            (nothing.clone(), nothing, None),
        ] {
            assert_eq!(Effect::of(&before, &after), effect, "{before:?} {after:?}");
        }
    }

    #[test]
    fn a_set_is_tidied_or_refused() {
        let ask = |question: &str, expects, entry: Option<i64>| TestQuestion {
            question: question.into(),
            expects,
            entry: entry.map(EntryId),
        };
        let (name, kept) = tidy(
            " 常问 ",
            vec![
                ask(" 怎么查话费 ", Expects::Entry, Some(1)),
                ask("怎么查话费", Expects::Free, None),
                ask(" ", Expects::Free, None),
            ],
        )
        .unwrap();
        assert_eq!((name.as_str(), kept), ("常问", vec![ask("怎么查话费", Expects::Entry, Some(1))]));
        for (name, questions, code) in [
            ("", vec![], "test_set.name"),
            ("甲", vec![ask("问", Expects::Entry, None)], "test_set.entry_missing"),
            ("甲", vec![ask("问", Expects::Nobody, Some(1))], "test_set.entry_missing"),
            ("甲", vec![ask(&"长".repeat(201), Expects::Free, None)], "test_set.question_long"),
            (
                "甲",
                (0..501).map(|it| ask(&it.to_string(), Expects::Free, None)).collect(),
                "test_set.too_many",
            ),
        ] {
            assert_eq!(tidy(name, questions).unwrap_err().code, code);
        }
    }
}
