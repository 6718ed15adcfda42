//! What an entry is, and which ones are acceptable. Pure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::content::Content;
use crate::base::id::{CategoryId, EntryId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};

use super::particulars::{ChannelAnswers, check_sets, tidy_related, tidy_tags};
use super::shared::model::Sharing;

/// How many answers one question may have.
pub const MOST_ANSWERS: usize = 5;

/// How many similar questions one entry may have.
pub const MOST_SIMILAR: usize = 200;

/// The longest question, in characters.
pub const LONGEST_QUESTION: usize = 200;

/// The longest text of an answer, in characters. What a channel cannot carry at once is split on its
/// way out.
pub const LONGEST_ANSWER: usize = 10_000;

/// Which of several answers are given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerMode {
    /// All, one after another.
    #[default]
    InOrder,
    /// One, chosen at random.
    Random,
}

impl AnswerMode {
    /// Its name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InOrder => "in_order",
            Self::Random => "random",
        }
    }

    /// Reads what [`AnswerMode::name`] wrote.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        if name == "random" { Self::Random } else { Self::InOrder }
    }

    /// The answers to give; `pick` is a random number.
    #[must_use]
    pub fn choose(self, answers: &[Content], pick: u64) -> Vec<Content> {
        match self {
            Self::InOrder => answers.to_vec(),
            Self::Random => {
                let at = usize::try_from(pick % answers.len().max(1) as u64).unwrap_or_default();
                answers.get(at).cloned().into_iter().collect()
            }
        }
    }
}

/// When something counts: from a moment on, until another, or always.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Validity {
    /// Not before.
    pub from: Option<Time>,
    /// Not from here on.
    pub until: Option<Time>,
}

impl Validity {
    /// Whether `now` lies within.
    #[must_use]
    pub fn holds(&self, now: Time) -> bool {
        self.from.is_none_or(|it| it <= now) && self.until.is_none_or(|it| now < it)
    }

    /// Refuses a span that never holds.
    pub fn check(&self) -> Result<()> {
        match (self.from, self.until) {
            (Some(from), Some(until)) if from >= until => {
                Err(Error::invalid("validity.empty", "the end of the validity must lie after its beginning")
                    .field("valid_until", "lies before valid_from"))
            }
            _ => Ok(()),
        }
    }
}

/// An entry as it is stored: what is published of it, or, of one that never was, what its draft says.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its key.
    pub id: EntryId,
    /// What it says.
    pub body: EntryBody,
    /// The published version, counted from 1; 0 while none was published.
    pub version: i64,
    /// When it was published.
    pub updated_at: Time,
    /// By whom.
    pub updated_by: Option<UserId>,
    /// How it came to be published.
    pub release: Release,
}

/// How a version came to be published.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Release {
    /// Who wrote it; none when a program did.
    pub writers: Vec<UserId>,
    /// What it changes, in the words of who published it.
    pub note: String,
    /// The earlier version whose content it brings back.
    pub restored_from: Option<i64>,
}

impl Release {
    /// Written and published by one and the same.
    #[must_use]
    pub fn by(user: Option<UserId>) -> Self {
        Self { writers: user.into_iter().collect(), ..Self::default() }
    }
}

/// What an editor writes. Its JSON is how drafts and earlier versions are kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EntryBody {
    /// Its category, if it hangs in one.
    pub category: Option<CategoryId>,
    /// The standard question.
    pub question: String,
    /// Other wordings.
    pub similar: Vec<String>,
    /// What we answer.
    pub answers: Vec<Content>,
    /// Which of them.
    pub answer_mode: AnswerMode,
    /// When it counts.
    pub validity: Validity,
    /// Whether it counts at all: a switch that works at once and is no part of a version.
    pub enabled: bool,
    /// Words under which editors find it.
    pub tags: Vec<String>,
    /// Who answers for it: asked when it is due.
    pub owner: Option<UserId>,
    /// From when on somebody should look whether it is still true.
    pub review_at: Option<Time>,
    /// Other questions that are offered after the answer.
    pub related: Vec<EntryId>,
    /// What some channels get in the place of the answers.
    pub channel_answers: Vec<ChannelAnswers>,
    /// Of headquarters: which members' bots say it too.
    pub sharing: Option<Sharing>,
}

impl Default for EntryBody {
    fn default() -> Self {
        Self {
            category: None,
            question: String::new(),
            similar: Vec::new(),
            answers: Vec::new(),
            answer_mode: AnswerMode::default(),
            validity: Validity::default(),
            enabled: true,
            tags: Vec::new(),
            owner: None,
            review_at: None,
            related: Vec::new(),
            channel_answers: Vec::new(),
            sharing: None,
        }
    }
}

impl EntryBody {
    /// Trims what was typed, drops repeated wordings and refuses what cannot be used.
    pub fn tidy(mut self) -> Result<Self> {
        self.question = tidy_question(&self.question, "question")?;
        let mut seen = std::collections::HashSet::from([self.question.clone()]);
        let mut similar = Vec::with_capacity(self.similar.len());
        for (wording, nth) in self.similar.iter().zip(1..) {
            if wording.trim().is_empty() {
                continue;
            }
            let wording = tidy_question(wording, &format!("similar[{nth}]"))?;
            if seen.insert(wording.clone()) {
                similar.push(wording);
            }
        }
        if similar.len() > MOST_SIMILAR {
            return Err(Error::invalid(
                "knowledge.too_many_similar",
                format!("an entry takes at most {MOST_SIMILAR} similar questions; make two entries of it"),
            )
            .field("similar", "too many"));
        }
        self.similar = similar;
        check_answers(&self.answers, "answers")?;
        self.validity.check()?;
        self.tags = tidy_tags(&self.tags)?;
        self.related = tidy_related(&self.related)?;
        check_sets(&self.channel_answers)?;
        self.sharing = self.sharing.map(Sharing::tidy).transpose()?;
        Ok(self)
    }

    /// All answers of all sets, each with the field in which it stands.
    pub fn all_answers(&self) -> impl Iterator<Item = (String, &[Content])> {
        let sets = self.channel_answers.iter().zip(1..);
        let sets = sets.map(|(set, nth)| (format!("channel_answers[{nth}].answers"), &*set.answers));
        std::iter::once(("answers".to_owned(), &*self.answers)).chain(sets)
    }
}

fn tidy_question(text: &str, field: &str) -> Result<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if !text.chars().any(char::is_alphanumeric) {
        return Err(Error::invalid("knowledge.question_empty", "write the question in words")
            .field(field, "is empty"));
    }
    if text.chars().count() > LONGEST_QUESTION {
        return Err(Error::invalid(
            "knowledge.question_long",
            format!("a question has at most {LONGEST_QUESTION} characters"),
        )
        .field(field, "is too long"));
    }
    Ok(text)
}

/// Refuses answers that could not be sent: none at all, too many, incomplete ones.
pub fn check_answers(answers: &[Content], field: &str) -> Result<()> {
    if answers.is_empty() {
        return Err(Error::invalid("answers.empty", "write at least one answer").field(field, "is empty"));
    }
    check_texts(answers, field)
}

/// Like [`check_answers`], but there may be none.
pub fn check_texts(answers: &[Content], field: &str) -> Result<()> {
    if answers.len() > MOST_ANSWERS {
        return Err(Error::invalid(
            "answers.too_many",
            format!("at most {MOST_ANSWERS} answers are given to one question"),
        )
        .field(field, "too many"));
    }
    for (answer, nth) in answers.iter().zip(1..) {
        let place = format!("{field}[{nth}]");
        if let Err(error) = answer.check_outgoing() {
            let why = error.message.clone();
            return Err(error.field(place, why));
        }
        if let Content::Text { text } = answer
            && text.chars().count() > LONGEST_ANSWER
        {
            return Err(Error::invalid(
                "answers.long",
                format!("a text has at most {LONGEST_ANSWER} characters"),
            )
            .field(place, "is too long"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body() -> EntryBody {
        EntryBody {
            question: " 怎么  查话费 ".into(),
            similar: vec!["查余额".into(), " ".into(), "查余额 ".into(), "怎么 查话费".into()],
            answers: vec![Content::text("回复 1")],
            ..EntryBody::default()
        }
    }

    #[test]
    fn an_entry_is_tidied() {
        let tidy = body().tidy().unwrap();
        assert_eq!(tidy.question, "怎么 查话费");
        assert_eq!(tidy.similar, ["查余额"]);
    }

    #[test]
    fn what_cannot_be_used_is_refused_by_field() {
        let check = |change: fn(&mut EntryBody), code: &str, field: &str| {
            let mut entry = body();
            change(&mut entry);
            let error = entry.tidy().unwrap_err();
            assert_eq!((error.code, error.fields.keys().next().map(String::as_str)), (code, Some(field)));
        };
        check(|it| it.question = "？？".into(), "knowledge.question_empty", "question");
        check(|it| it.question = "长".repeat(201), "knowledge.question_long", "question");
        check(|it| it.similar = vec!["短".into(), "长".repeat(201)], "knowledge.question_long", "similar[2]");
        check(|it| it.answers.clear(), "answers.empty", "answers");
        check(|it| it.answers = vec![Content::text(" ")], "content.empty", "answers[1]");
        check(|it| it.answers = vec![Content::text("a"); 6], "answers.too_many", "answers");
        check(
            |it| it.validity = Validity { from: Some(Time(5)), until: Some(Time(5)) },
            "validity.empty",
            "valid_until",
        );
    }

    #[test]
    fn validity_begins_with_its_first_moment_and_ends_before_its_last() {
        let span = Validity { from: Some(Time(10)), until: Some(Time(20)) };
        for (now, holds) in [(9, false), (10, true), (19, true), (20, false)] {
            assert_eq!(span.holds(Time(now)), holds, "{now}");
        }
        assert!(Validity::default().holds(Time(0)));
    }

    #[test]
    fn one_of_several_answers_is_picked_by_the_number() {
        let answers = [Content::text("a"), Content::text("b")];
        assert_eq!(AnswerMode::Random.choose(&answers, 3), [Content::text("b")]);
        assert_eq!(AnswerMode::InOrder.choose(&answers, 3).len(), 2);
        assert!(AnswerMode::Random.choose(&[], 3).is_empty());
    }
}
