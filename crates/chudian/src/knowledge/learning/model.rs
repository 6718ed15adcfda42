//! What may be learnt from an answer. Pure.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::content::Content;
use crate::base::id::{ChoiceId, EntryId, MessageId, ThreadId, UserId};
use crate::base::time::Time;

/// Where a candidate answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// An entry of the knowledge base.
    Entry,
    /// A prepared answer of the agents.
    QuickReply,
    /// What a person answered to a like question earlier.
    Given,
}

impl Source {
    /// Its name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::QuickReply => "quick_reply",
            Self::Given => "given",
        }
    }
}

/// An agent's choice of a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its key.
    pub id: ChoiceId,
    /// In which thread.
    pub thread: ThreadId,
    /// The customer's message that was answered; none when the agent searched by own words.
    pub asked: Option<MessageId>,
    /// The question: the customer's words, or the agent's.
    pub question: String,
    /// Where the candidate came from.
    pub source: Source,
    /// Which it was.
    pub source_id: i64,
    /// At which place of the list it stood, from 1.
    pub rank: i64,
    /// Who chose.
    pub user: UserId,
    /// What was sent.
    pub message: MessageId,
    /// Whether the words were changed before.
    pub edited: bool,
    /// How much of the candidate was sent, in percent.
    pub kept: i64,
    /// When.
    pub at: Time,
}

/// What a colleague says of an answer that the bot gave from the base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Its key, of the kind of a choice: both tell which entry a question belongs to.
    pub id: ChoiceId,
    /// The bot's answer.
    pub message: MessageId,
    /// In which thread.
    pub thread: ThreadId,
    /// The customer's words.
    pub question: String,
    /// As they are compared, long numbers masked.
    pub form: String,
    /// The entry that answered.
    pub entry: EntryId,
    /// Whether it was the right one.
    pub is_right: bool,
    /// Of a wrong one: the entry that would have been right, if that is known.
    pub instead: Option<EntryId>,
    /// Who says so.
    pub user: UserId,
    /// When.
    pub at: Time,
}

/// What colleagues said of an entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EntryMarks)]
pub struct Marks {
    /// It answered, and that was right.
    pub right: i64,
    /// It answered, and that was wrong.
    pub wrong: i64,
    /// Another one answered, and this one would have been right.
    pub instead: i64,
}

/// A choice counts as confirmed when so much of the candidate was sent, in percent. Who throws most of an
/// answer away found something else.
pub const CONFIRMED: i64 = 50;

/// How much of the offered words stands in what was sent, in percent: characters, counted as often as
/// they occur, in any order.
#[must_use]
pub fn kept(offered: &str, sent: &str) -> i64 {
    let letters = |text: &str| {
        let mut counts: HashMap<char, i64> = HashMap::new();
        for letter in text.chars().filter(|it| it.is_alphanumeric()) {
            *counts.entry(letter).or_default() += 1;
        }
        counts
    };
    let (offered, sent) = (letters(offered), letters(sent));
    let all: i64 = offered.values().sum();
    let both: i64 = offered.iter().map(|(letter, n)| sent.get(letter).copied().unwrap_or(0).min(*n)).sum();
    if all == 0 { 100 } else { 100 * both / all }
}

/// How what was sent compares with what was offered: whether it was edited, and how much was kept. Of several
/// answers one alone, or the texts together, count as unedited.
#[must_use]
pub fn compare(offered: &[Content], sent: &Content) -> (bool, i64) {
    if offered.contains(sent) {
        return (false, 100);
    }
    let Content::Text { text: sent } = sent else { return (true, 0) };
    let texts: Vec<&str> = offered
        .iter()
        .filter_map(|it| if let Content::Text { text } = it { Some(text.as_str()) } else { None })
        .collect();
    let whole = texts.join("\n\n");
    let plain = |text: &str| text.split_whitespace().collect::<String>();
    let is_same =
        std::iter::once(whole.as_str()).chain(texts.iter().copied()).any(|it| plain(it) == plain(sent));
    let best = std::iter::once(whole.as_str()).chain(texts.iter().copied()).map(|it| kept(it, sent)).max();
    (!is_same, if is_same { 100 } else { best.unwrap_or_default() })
}

/// An answer that a person gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenAnswer {
    /// What was asked.
    pub question: String,
    /// What was answered.
    pub answer: String,
    /// By whom.
    pub user: UserId,
    /// In which message.
    pub message: MessageId,
}

/// The shortest question and answer that are kept, and the longest, in characters.
const QUESTION: std::ops::RangeInclusive<usize> = 4..=200;
const ANSWER: std::ops::RangeInclusive<usize> = 8..=1000;

/// So many digits in a row may be somebody's number.
const LONGEST_NUMBER: usize = 5;

/// Whether an answer may be shown to who answers another customer: it says something, and nothing in it or
/// in its question may tell who this customer is. Service numbers are short, people's and orders' are not.
#[must_use]
pub fn is_worth_keeping(question: &str, answer: &str) -> bool {
    let length = |text: &str| text.chars().filter(|it| it.is_alphanumeric()).count();
    QUESTION.contains(&length(question))
        && ANSWER.contains(&length(answer))
        && !is_personal(question)
        && !is_personal(answer)
}

/// Whether a text may tell who somebody is: a long number, an address.
#[must_use]
pub fn is_personal(text: &str) -> bool {
    let mut run = 0;
    for letter in text.chars() {
        match letter {
            it if it.is_numeric() => run += 1,
            // Numbers are written in groups: 138 0013-8000.
            ' ' | '-' => {}
            '@' => return true,
            _ => run = 0,
        }
        if run > LONGEST_NUMBER {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_is_compared_with_what_was_offered() {
        let offered = [Content::text("请重启光猫。"), Content::text("仍不行请报修。")];
        let check = |sent: &str, edited: bool, least: i64, most: i64| {
            let (was_edited, kept) = compare(&offered, &Content::text(sent));
            assert_eq!(was_edited, edited, "{sent}");
            assert!((least..=most).contains(&kept), "{sent}: {kept}");
        };
        check("请重启光猫。", false, 100, 100);
        check("请重启光猫。\n\n仍不行请报修。", false, 100, 100);
        check("您好，请重启光猫。", true, 100, 100);
        check("请重启路由器", true, 50, 80);
        check("话费已到账", true, 0, 20);
        let picture = Content::Location { latitude: 1.0, longitude: 2.0, scale: None, label: None };
        assert_eq!(compare(&offered, &picture), (true, 0));
        assert_eq!(compare(std::slice::from_ref(&picture), &picture), (false, 100));
    }

    #[test]
    fn what_may_tell_who_somebody_is_is_not_kept() {
        let check = |question: &str, answer: &str, expected: bool| {
            assert_eq!(is_worth_keeping(question, answer), expected, "{question} / {answer}");
        };
        check("宽带断了怎么办", "请先重启光猫，十分钟后再试一次。", true);
        check("宽带断了怎么办", "请拨打客服热线 10010 报修。", true);
        check("宽带断了怎么办", "已为您登记，工单号 2026112200017。", false);
        check("我的号码 138 0013 8000 停机了", "请先重启光猫，十分钟后再试一次。", false);
        check("发票能发邮箱吗", "已发送到 someone@example.com，请查收。", false);
        check("在吗", "您好，请问有什么可以帮您的吗？", false);
        check("宽带断了怎么办", "好的", false);
    }
}
