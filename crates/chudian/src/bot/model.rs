//! What the bot remembers, what it is told, and what it decides. Pure.

use std::collections::BTreeMap;

use retrieval::keyword::Mode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::content::Content;
use crate::base::id::{EntryId, KeywordId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::knowledge::model::{AnswerMode, Validity, check_answers};
use crate::knowledge::particulars::{ChannelAnswers, Place, most_particular};

use super::generation::model::Wanted;

/// What the bot remembers of a thread between two messages. Compact JSON in the database.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BotState {
    /// What the customer was asked last, if an answer is still awaited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<Open>,
    /// The customer was asked whether an answer helped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rated: Option<Rated>,
    /// How many automatic answers were given lately.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pace: Option<Pace>,
}

/// An answer of which the customer was asked whether it helped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rated {
    /// The entry that answered.
    pub entry: i64,
    /// When, in milliseconds.
    pub at: i64,
}

/// A question of ours that a digit answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Open {
    /// The customer stands at a node of the text menu.
    Menu {
        /// The digits that led there.
        path: Vec<String>,
        /// When it was shown, in milliseconds.
        at: i64,
    },
    /// "Did you mean" was asked, or other questions were offered after an answer.
    Choice {
        /// The entries offered, in the order of their digits.
        entries: Vec<i64>,
        /// When, in milliseconds.
        at: i64,
    },
}

/// The loop guard's memory.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Pace {
    /// Beginning of the present minute, in milliseconds.
    pub since: i64,
    /// Automatic answers in it.
    pub answers: u32,
    /// Hash of the customer's latest words.
    pub words: u64,
    /// How often they came in succession.
    pub repeats: u32,
    /// Hash of our latest text, to hear our own echo.
    pub said: u64,
}

/// Who holds the conversation now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The bot.
    Bot,
    /// It waits for a person.
    Queue,
    /// A person serves.
    Person,
}

/// What came in, and what is known about it.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// What the customer sent or did.
    pub content: &'a Content,
    /// Where.
    pub place: Place<'a>,
    /// Who holds the conversation.
    pub holder: Holder,
    /// A random number, for answers of which one is given.
    pub pick: u64,
}

/// What is to be done. Nothing else happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Say this, in order.
    Say(Vec<Content>),
    /// Put the conversation into the queue.
    QueueForPerson {
        /// Why: `asked`, `menu`, `menu_click`.
        reason: &'static str,
    },
    /// Ask a model for an answer, and say that or what is put off here.
    Generate(Box<Wanted>),
}

/// What the bot decided.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// What to do, in order.
    pub effects: Vec<Effect>,
    /// What to remember.
    pub next_state: BotState,
    /// Every step, in order.
    pub reasons: Vec<Reason>,
}

impl Decision {
    /// All that is said, in order; of what is put off, what is said without a model.
    #[must_use]
    pub fn replies(&self) -> Vec<Content> {
        let said = self.effects.iter().filter_map(|it| match it {
            Effect::Say(contents) => Some(contents.clone()),
            Effect::Generate(wanted) => Some(wanted.otherwise.contents.clone()),
            Effect::QueueForPerson { .. } => None,
        });
        said.flatten().collect()
    }
}

/// A step of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reason {
    /// Which step.
    pub step: Step,
    /// How it ended.
    pub outcome: Outcome,
    /// Stable name, such as `keyword.exact`; the console makes the sentence.
    pub code: String,
    /// What the sentence needs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Object)]
    pub params: BTreeMap<String, serde_json::Value>,
}

/// The steps of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Does a person serve?
    Serving,
    /// Do two machines talk to each other?
    LoopGuard,
    /// Is a person asked for?
    HandOver,
    /// Does it say whether the last answer helped?
    Feedback,
    /// A digit for an open list or menu, a word that leads back or home.
    Menu,
    /// Is the message a keyword?
    Exact,
    /// Does it contain one?
    Contains,
    /// Does the base know it?
    Knowledge,
    /// Did a model write an answer that the base holds?
    Generation,
    /// Nothing matched.
    Fallback,
    /// A new follower.
    Welcome,
    /// A tap on the account's menu.
    MenuClick,
    /// Are persons there at this hour?
    Hours,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It gave the answer.
    Matched,
    /// It had nothing to say; the next step was asked.
    Passed,
    /// It ended the decision without an answer.
    Stopped,
}

/// A keyword rule as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Keyword {
    /// Its key.
    pub id: KeywordId,
    /// What it says.
    pub body: KeywordBody,
    /// Rises with each change.
    pub version: i64,
    /// When it was changed last.
    pub updated_at: Time,
}

/// What an editor writes.
#[derive(Debug, Clone, PartialEq)]
pub struct KeywordBody {
    /// Words or patterns.
    pub words: Vec<String>,
    /// How they are meant.
    pub mode: Mode,
    /// What we answer.
    pub answers: Vec<Content>,
    /// Which of them.
    pub answer_mode: AnswerMode,
    /// Greater comes first, among contained ones.
    pub priority: i32,
    /// When it counts.
    pub validity: Validity,
    /// Whether it counts at all.
    pub enabled: bool,
}

impl KeywordBody {
    /// Trims what was typed, drops repeated words and refuses what cannot be used.
    pub fn tidy(mut self) -> Result<Self> {
        let mut seen = std::collections::HashSet::new();
        self.words =
            self.words.iter().map(|it| it.trim().to_owned()).filter(|it| seen.insert(it.clone())).collect();
        retrieval::keyword::check(self.mode, &self.words).map_err(|refusal| {
            Error::invalid("keyword.words", refusal.to_string()).field("words", refusal.to_string())
        })?;
        if !(-1000..=1000).contains(&self.priority) {
            return Err(Error::invalid("keyword.priority", "a priority lies between -1000 and 1000")
                .field("priority", "out of range"));
        }
        check_answers(&self.answers, "answers")?;
        self.validity.check()?;
        Ok(self)
    }
}

/// An entry of the base as the bot holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Its key.
    pub id: EntryId,
    /// The standard question, for lists.
    pub question: String,
    /// What we answer.
    pub answers: Vec<Content>,
    /// Which of them.
    pub answer_mode: AnswerMode,
    /// When it counts.
    pub validity: Validity,
    /// What some channels get in the place of the answers.
    pub channel_answers: Vec<ChannelAnswers>,
    /// Other entries that are offered after the answer.
    pub related: Vec<EntryId>,
    /// Whether it is headquarters': the tenant's own goes before it at equal standing.
    pub is_shared: bool,
    /// The shared entry in whose place it stands.
    pub origin: Option<EntryId>,
}

impl Known {
    /// The answers to give at a place; `pick` is a random number.
    #[must_use]
    pub fn answers_at(&self, place: Place<'_>, pick: u64) -> Vec<Content> {
        match most_particular(&self.channel_answers, place) {
            Some(set) => set.answer_mode.choose(&set.answers, pick),
            None => self.answer_mode.choose(&self.answers, pick),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_is_compact_and_reads_back() {
        let state = BotState {
            open: Some(Open::Menu { path: vec!["1".into()], at: 5 }),
            rated: None,
            pace: Some(Pace { since: 5, answers: 1, ..Pace::default() }),
        };
        let text = serde_json::to_string(&state).unwrap();
        assert_eq!(
            text,
            r#"{"open":{"menu":{"path":["1"],"at":5}},"pace":{"since":5,"answers":1,"words":0,"repeats":0,"said":0}}"#
        );
        assert_eq!(serde_json::from_str::<BotState>(&text).unwrap(), state);
        assert_eq!(serde_json::to_string(&BotState::default()).unwrap(), "{}");
    }

    #[test]
    fn a_keyword_is_tidied_or_refused() {
        let body = |words: &[&str], mode| KeywordBody {
            words: words.iter().map(ToString::to_string).collect(),
            mode,
            answers: vec![Content::text("好")],
            answer_mode: AnswerMode::InOrder,
            priority: 0,
            validity: Validity::default(),
            enabled: true,
        };
        assert_eq!(body(&[" 话费 ", "话费"], Mode::Exact).tidy().unwrap().words, ["话费"]);
        for (words, mode) in
            [(&[] as &[&str], Mode::Exact), (&["("], Mode::Regex), (&["a", " "], Mode::Prefix)]
        {
            let error = body(words, mode).tidy().unwrap_err();
            assert_eq!((error.code, error.fields.contains_key("words")), ("keyword.words", true));
        }
    }
}
