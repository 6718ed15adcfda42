//! Which message is the question, and which ten candidates are shown. Pure.

use std::collections::HashSet;

use retrieval::Explanation;

use crate::base::content::Content;
use crate::base::id::{MessageId, UserId};
use crate::conversations::model::{Author, Direction, Message};
use crate::knowledge::learning::model::Source;

/// How many are shown: one for each digit.
pub const SHOWN: usize = 10;

/// How many may be prepared answers, and how many given ones: the base has the word.
const MOST_BESIDE: usize = 3;

/// Prepared and given answers below this score are chance.
const LEAST_BESIDE: f32 = 0.3;

/// A candidate of any source.
#[derive(Debug, Clone)]
pub struct Found {
    /// Where it comes from.
    pub source: Source,
    /// Its key there.
    pub id: i64,
    /// The standard question, the title, or what was asked then.
    pub title: String,
    /// The similar question that came nearest, when it is not the standard one.
    pub wording: Option<String>,
    /// What would be said.
    pub answers: Vec<Content>,
    /// How near, 1 at most.
    pub score: f32,
    /// How probably it answers.
    pub confidence: f32,
    /// Why it was found.
    pub why: Explanation,
    /// Who gave the answer.
    pub user: Option<UserId>,
    /// Whether it is headquarters' entry.
    pub is_shared: bool,
}

/// The best ten of all sources, surest first: scores of different indexes do not compare, and the confidence is what
/// agents see. At equal confidence the nearer one comes first, then the base. An answer that the base or a prepared
/// reply gives in the same words is not shown again.
#[must_use]
pub fn merge(entries: Vec<Found>, replies: Vec<Found>, given: Vec<Found>) -> Vec<Found> {
    let beside =
        |found: Vec<Found>| found.into_iter().filter(|it| it.score >= LEAST_BESIDE).collect::<Vec<_>>();
    let mut said: HashSet<String> = entries.iter().filter_map(words).collect();
    let mut all = entries;
    for found in [beside(replies), beside(given)] {
        let fresh = found.into_iter().filter(|it| words(it).is_none_or(|it| said.insert(it)));
        all.extend(fresh.take(MOST_BESIDE).collect::<Vec<_>>());
    }
    // Stable: at equal figures the order of the sources stays.
    all.sort_by(|one, other| {
        other.confidence.total_cmp(&one.confidence).then(other.score.total_cmp(&one.score))
    });
    all.truncate(SHOWN);
    all
}

/// All words of the answers, without blanks; none for what has no words.
fn words(found: &Found) -> Option<String> {
    let text: String =
        found.answers.iter().filter_map(Content::words).flat_map(str::split_whitespace).collect();
    Some(text).filter(|it| !it.is_empty())
}

/// The customer's question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The message.
    pub message: MessageId,
    /// Its words.
    pub text: String,
    /// With the messages just before it: people write one question in several.
    pub together: String,
    /// What was said since: the answers that it has got already.
    pub since: Vec<MessageId>,
}

/// The longest question made of several messages, in characters.
const LONGEST_TOGETHER: usize = 120;

/// So many messages are put together at most.
const MOST_TOGETHER: usize = 4;

/// The newest words of the customer in the newest messages of a thread (oldest first), and those just before
/// them that nobody answered between.
#[must_use]
pub fn asked(messages: &[Message]) -> Option<Asked> {
    let of_customer = |it: &&Message| it.direction == Direction::In && it.author == Author::Customer;
    let newest = messages.iter().rposition(|it| of_customer(&it) && it.content.words().is_some())?;
    let mut parts: Vec<&str> = Vec::new();
    for message in messages[..=newest].iter().rev() {
        match message.author {
            Author::Customer => parts.extend(message.content.words()),
            Author::System => {}
            Author::Agent(_) | Author::Bot => break,
        }
        if parts.len() == MOST_TOGETHER {
            break;
        }
    }
    parts.reverse();
    let text = messages[newest].content.words()?.trim().to_owned();
    let together = parts.join(" ");
    let is_short = together.chars().count() <= LONGEST_TOGETHER;
    let together = if is_short { together } else { text.clone() };
    let since = messages[newest + 1..].iter().map(|it| it.id).collect();
    Some(Asked { message: messages[newest].id, text, together, since })
}

/// What the customer asked before an agent's message, if it is the agent's first answer to it: the message
/// (oldest first, without the answer).
#[must_use]
pub fn answered(before: &[Message]) -> Option<&Message> {
    for message in before.iter().rev() {
        match message.author {
            Author::Agent(_) => return None,
            Author::Customer if message.content.words().is_some() => return Some(message),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::{ConversationId, TenantId, ThreadId};
    use crate::base::time::Time;

    fn message(number: i64, author: Author, text: &str) -> Message {
        let direction = if author == Author::Customer { Direction::In } else { Direction::Out };
        Message {
            id: MessageId(number),
            tenant: TenantId(1),
            thread: ThreadId(1),
            conversation: ConversationId(1),
            number,
            previous: None,
            direction,
            author,
            content: Content::text(text),
            at: Time(0),
            platform_at: None,
            delivery: None,
            reason: None,
            reasons: None,
        }
    }

    fn talk(lines: &[(Author, &str)]) -> Vec<Message> {
        lines.iter().zip(1..).map(|((author, text), number)| message(number, *author, text)).collect()
    }

    #[test]
    fn the_question_is_what_the_customer_said_last() {
        use Author::{Agent, Bot, Customer, System};
        let check = |lines: &[(Author, &str)], expected: Option<(i64, &str, &str)>| {
            let found = asked(&talk(lines));
            let found = found.as_ref().map(|it| (it.message.0, it.text.as_str(), it.together.as_str()));
            assert_eq!(found, expected);
        };
        check(&[], None);
        check(&[(Bot, "您好")], None);
        check(&[(Customer, "宽带断了"), (Bot, "没听懂"), (System, "")], Some((1, "宽带断了", "宽带断了")));
        check(
            &[(Customer, "在吗"), (Agent(UserId(1)), "在"), (Customer, "我的宽带"), (Customer, "断了")],
            Some((4, "断了", "我的宽带 断了")),
        );
        let answered = talk(&[(Agent(UserId(1)), "在"), (Customer, "宽带断了"), (Agent(UserId(1)), "稍等")]);
        assert_eq!(asked(&answered).map(|it| it.since), Some(vec![MessageId(3)]));
    }

    #[test]
    fn only_the_first_answer_answers() {
        use Author::{Agent, Bot, Customer};
        let first = talk(&[(Customer, "宽带断了"), (Bot, "没听懂")]);
        assert_eq!(answered(&first).map(|it| it.number), Some(1));
        let second = talk(&[(Customer, "宽带断了"), (Agent(UserId(1)), "稍等")]);
        assert_eq!(answered(&second), None);
    }

    fn found(source: Source, id: i64, score: f32, text: &str) -> Found {
        Found {
            source,
            id,
            title: String::new(),
            wording: None,
            answers: vec![Content::text(text)],
            score,
            confidence: score,
            why: Explanation::default(),
            user: None,
            is_shared: false,
        }
    }

    #[test]
    fn ten_are_shown_surest_first_and_each_answer_once() {
        let entries = (0_i16..12)
            .map(|n| found(Source::Entry, i64::from(n), 0.9 - f32::from(n) * 0.05, &format!("答 {n}")));
        let replies =
            vec![found(Source::QuickReply, 1, 0.9, "快捷"), found(Source::QuickReply, 2, 0.1, "偶然")];
        let given =
            (0_i16..5).map(|n| found(Source::Given, i64::from(n), 0.6, if n == 0 { "答1" } else { "人" }));
        let ten = merge(entries.collect(), replies, given.collect());
        let shown: Vec<_> = ten.iter().map(|it| (it.source, it.id)).collect();
        assert_eq!(ten.len(), SHOWN);
        assert_eq!(shown[..3], [(Source::Entry, 0), (Source::QuickReply, 1), (Source::Entry, 1)]);
        let of = |source| shown.iter().filter(|it| it.0 == source).map(|it| it.1).collect::<Vec<_>>();
        assert_eq!(of(Source::Given), [1], "the words of an entry, and the same words twice, are left out");
        assert!(ten.windows(2).all(|pair| pair[0].confidence >= pair[1].confidence));
    }

    #[test]
    fn the_order_is_that_of_the_confidences_that_are_shown() {
        use Source::{Entry, Given, QuickReply};
        type Shown = (Source, i64);
        // Source, key, score, confidence; then the order.
        let check = |all: &[(Source, i64, f32, f32)], expected: &[Shown]| {
            let of = |source| {
                let own = all.iter().filter(|it| it.0 == source);
                own.map(|&(source, id, score, confidence)| Found {
                    confidence,
                    ..found(source, id, score, &format!("{source:?} {id}"))
                })
                .collect::<Vec<_>>()
            };
            let shown: Vec<Shown> =
                merge(of(Entry), of(QuickReply), of(Given)).iter().map(|it| (it.source, it.id)).collect();
            assert_eq!(shown, expected, "{all:?}");
        };
        check(&[], &[]);
        // Further wordings make the second one of the base surer than the first.
        check(&[(Entry, 1, 0.62, 0.4), (Entry, 2, 0.61, 0.6)], &[(Entry, 2), (Entry, 1)]);
        // The same figure: what is nearer, then the base, then prepared answers.
        check(&[(Entry, 1, 0.6, 0.5), (QuickReply, 2, 0.7, 0.5)], &[(QuickReply, 2), (Entry, 1)]);
        check(
            &[(Given, 3, 1.0, 1.0), (QuickReply, 2, 1.0, 1.0), (Entry, 1, 1.0, 1.0)],
            &[(Entry, 1), (QuickReply, 2), (Given, 3)],
        );
        // What is near enough to be shown may still be unlikely.
        check(
            &[(Entry, 1, 0.4, 0.3), (QuickReply, 2, 0.5, 0.1), (Given, 3, 0.45, 0.2), (Given, 4, 0.2, 0.9)],
            &[(Entry, 1), (Given, 3), (QuickReply, 2)],
        );
    }
}
