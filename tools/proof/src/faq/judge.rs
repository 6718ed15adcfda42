//! A reply is judged by the entry it comes from.

use std::collections::HashMap;

use super::{Entry, Question};

/// What the base says where the set has no answers; the reply tells the entry.
pub(super) fn answer_of(entry: &Entry) -> String {
    entry.answer.clone().unwrap_or_else(|| format!("答复〔{}〕", entry.id))
}

/// What the bot is told to say when nothing matches.
pub(super) const FALLBACK: &str = "〔没有找到答案〕";

/// What a customer got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The answer of the right entry.
    Right,
    /// The answer of another entry.
    Wrong,
    /// A list to choose from, with the right entry in it, or without.
    Asked { has_right: bool },
    /// "Nothing found".
    Fallback,
    /// Something else: a rule of the bot spoke.
    Other,
}

/// What judges replies: answers and standard questions, by entry.
pub(super) struct Judge {
    by_answer: HashMap<String, Vec<String>>,
    standard: HashMap<String, String>,
}

impl Judge {
    pub(super) fn new(entries: &[Entry]) -> Judge {
        let mut by_answer = HashMap::<String, Vec<String>>::new();
        for entry in entries {
            by_answer.entry(answer_of(entry).trim().to_owned()).or_default().push(entry.id.clone());
        }
        let standard = entries.iter().map(|it| (it.id.clone(), it.std.trim().to_owned())).collect();
        Judge { by_answer, standard }
    }

    pub(super) fn verdict(&self, question: &Question, reply: Option<&str>) -> Verdict {
        let Some(reply) = reply.map(str::trim) else { return Verdict::Other };
        if reply == FALLBACK {
            return Verdict::Fallback;
        }
        if let Some(ids) = self.by_answer.get(reply) {
            let is_right = ids.iter().any(|id| question.gold.contains(id));
            return if is_right { Verdict::Right } else { Verdict::Wrong };
        }
        let choices: Vec<&str> = reply.lines().filter_map(choice).collect();
        if choices.is_empty() {
            return Verdict::Other;
        }
        let right: Vec<&String> = question.gold.iter().filter_map(|id| self.standard.get(id)).collect();
        Verdict::Asked { has_right: choices.iter().any(|it| right.iter().any(|gold| gold == it)) }
    }
}

/// The question in a line of a numbered list.
fn choice(line: &str) -> Option<&str> {
    let (number, question) = line.split_once(' ')?;
    number.parse::<u8>().ok().map(|_| question.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_judged_by_the_entry_they_come_from() {
        let entry = |id: &str, std: &str| Entry { id: id.into(), std: std.into(), sim: vec![], answer: None };
        let judge = Judge::new(&[entry("a", "怎么开票"), entry("b", "怎么退款")]);
        let question = |gold: &[&str]| Question {
            text: "x".into(),
            gold: gold.iter().map(|it| (*it).to_owned()).collect(),
            kind: None,
        };
        for (gold, reply, expected) in [
            (&["a"][..], Some("答复〔a〕"), Verdict::Right),
            (&["a"], Some("答复〔b〕"), Verdict::Wrong),
            (&[], Some("答复〔b〕"), Verdict::Wrong),
            (
                &["a"],
                Some("您是不是想问：\n1 怎么退款\n2 怎么开票\n回复数字"),
                Verdict::Asked { has_right: true },
            ),
            (&["a"], Some("您是不是想问：\n1 怎么退款\n回复数字"), Verdict::Asked { has_right: false }),
            (&["a"], Some(FALLBACK), Verdict::Fallback),
            (&["a"], Some("请稍候"), Verdict::Other),
            (&["a"], None, Verdict::Other),
        ] {
            assert_eq!(judge.verdict(&question(gold), reply), expected, "{reply:?}");
        }
    }
}
