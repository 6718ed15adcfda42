//! What must be read by whom, and the quiz. Pure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::id::{EntryId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::tenants::model::User;
use crate::tenants::role::Role;

/// What an editor asks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = ReadingBody)]
pub struct ReadingBody {
    /// Everybody of these roles.
    pub roles: Vec<Role>,
    /// And these people.
    pub users: Vec<UserId>,
    /// What they are asked after reading; may be empty.
    pub quiz: Vec<QuizQuestion>,
}

/// A question with one right choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuizQuestion {
    /// What is asked.
    pub question: String,
    /// Two to six of them.
    pub choices: Vec<String>,
    /// Which is right, from 0.
    pub right: usize,
}

/// The longest question or choice, in characters.
const LONGEST: usize = 200;
const MOST_QUESTIONS: usize = 5;
const MOST_USERS: usize = 500;

impl ReadingBody {
    /// Refuses what cannot be asked, by field.
    ///
    /// # Errors
    /// `Invalid`.
    pub fn check(&self) -> Result<()> {
        if self.roles.is_empty() && self.users.is_empty() {
            return Err(wrong("roles", "say who must read it: a role or a person"));
        }
        if self.users.len() > MOST_USERS {
            return Err(wrong("users", "at most 500 people: name their role instead"));
        }
        if self.quiz.len() > MOST_QUESTIONS {
            return Err(wrong("quiz", "at most 5 questions"));
        }
        for (it, nth) in self.quiz.iter().zip(1..) {
            let is_text = |text: &str| !text.trim().is_empty() && text.chars().count() <= LONGEST;
            if !is_text(&it.question) {
                return Err(wrong(&format!("quiz[{nth}].question"), "1 to 200 characters"));
            }
            if !(2..=6).contains(&it.choices.len()) || !it.choices.iter().all(|it| is_text(it)) {
                return Err(wrong(&format!("quiz[{nth}].choices"), "2 to 6 choices of 1 to 200 characters"));
            }
            if it.right >= it.choices.len() {
                return Err(wrong(&format!("quiz[{nth}].right"), "say which choice is right"));
            }
        }
        Ok(())
    }

    /// Whether a person must read it.
    #[must_use]
    pub fn concerns(&self, user: &User) -> bool {
        !user.disabled && (self.roles.contains(&user.role) || self.users.contains(&user.id))
    }

    /// How many answers are right. Each question must be answered with one of its choices.
    ///
    /// # Errors
    /// `Invalid`.
    pub fn score(&self, answers: &[usize]) -> Result<usize> {
        let is_answered = answers.len() == self.quiz.len()
            && answers.iter().zip(&self.quiz).all(|(answer, it)| *answer < it.choices.len());
        if !is_answered {
            return Err(Error::invalid("reading.answers", "answer each question with one of its choices")
                .field("answers", "one choice for each question"));
        }
        Ok(answers.iter().zip(&self.quiz).filter(|(answer, it)| **answer == it.right).count())
    }
}

fn wrong(field: &str, why: &str) -> Error {
    Error::invalid("reading.invalid", format!("{field}: {why}")).field(field, why)
}

/// An entry that is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Which.
    pub entry: EntryId,
    /// By whom, with which quiz.
    pub body: ReadingBody,
    /// Rises when everybody is asked again.
    pub round: i64,
    /// Since when it is asked.
    pub asked_at: Time,
    /// Rises with each change.
    pub version: i64,
}

/// What somebody did who must read an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Who.
    pub user: UserId,
    /// When, at the last try.
    pub read_at: Time,
    /// Which version of the entry.
    pub entry_version: i64,
    /// How many answers were right, at the last try.
    pub score: i64,
    /// Of how many.
    pub questions: i64,
    /// How often the quiz was answered.
    pub tries: i64,
}

impl Record {
    /// Whether it is read: all of the quiz is right, if there is one. A quiz is short, and can be answered again: who gets
    /// one of two questions wrong would tell customers the wrong thing every other time.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        self.score >= self.questions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(right: usize) -> QuizQuestion {
        QuizQuestion {
            question: "几天到账？".into(), choices: vec!["一天".into(), "三天".into()], right
        }
    }

    #[test]
    fn only_a_quiz_that_is_all_right_is_passed() {
        for (score, questions, expected) in
            [(0, 0, true), (1, 1, true), (0, 1, false), (4, 5, false), (5, 5, true)]
        {
            let user = UserId(1);
            let record = Record { user, read_at: Time(0), entry_version: 1, score, questions, tries: 1 };
            assert_eq!(record.is_passed(), expected, "{score}/{questions}");
        }
    }

    fn body() -> ReadingBody {
        ReadingBody { roles: vec![Role::Agent], users: Vec::new(), quiz: vec![question(0), question(1)] }
    }

    #[test]
    fn what_cannot_be_asked_is_refused_by_field() {
        assert!(body().check().is_ok());
        let check = |change: fn(&mut ReadingBody), field: &str| {
            let mut wrong = body();
            change(&mut wrong);
            let error = wrong.check().unwrap_err();
            assert_eq!(error.fields.keys().next().map(String::as_str), Some(field));
        };
        check(|it| it.roles.clear(), "roles");
        check(|it| it.users = vec![UserId(1); 501], "users");
        check(|it| it.quiz = vec![question(0); 6], "quiz");
        check(|it| it.quiz[0].question = " ".into(), "quiz[1].question");
        check(|it| it.quiz[1].choices.truncate(1), "quiz[2].choices");
        check(|it| it.quiz[1].choices[0] = "长".repeat(201), "quiz[2].choices");
        check(|it| it.quiz[1].right = 2, "quiz[2].right");
    }

    #[test]
    fn each_question_is_answered_and_the_right_ones_count() {
        let check = |answers: &[usize], expected: Option<usize>| {
            assert_eq!(body().score(answers).ok(), expected, "{answers:?}");
        };
        check(&[0, 1], Some(2));
        check(&[1, 1], Some(1));
        check(&[1, 0], Some(0));
        check(&[0], None);
        check(&[0, 1, 0], None);
        check(&[0, 2], None);
        assert_eq!(ReadingBody { quiz: Vec::new(), ..body() }.score(&[]).unwrap(), 0);
    }
}
