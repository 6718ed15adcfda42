//! What is suggested. Pure.

use std::collections::{HashMap, HashSet};

use retrieval::normalise;

use crate::base::id::EntryId;
use crate::base::time::Time;
use crate::knowledge::learning::model::is_personal;
use crate::knowledge::model::LONGEST_QUESTION;

/// The shortest form that is worth a wording, in characters.
const SHORTEST: usize = 2;

/// A question for which an agent chose an entry and sent most of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The customer's words.
    pub question: String,
    /// The entry.
    pub entry: EntryId,
    /// When.
    pub at: Time,
}

/// A wording for an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The customers' words, as they were used last.
    pub question: String,
    /// Its form.
    pub form: String,
    /// The entry that agents chose for it.
    pub entry: EntryId,
    /// How often.
    pub count: usize,
    /// When last.
    pub last_at: Time,
}

/// What choices, the newest first, suggest: each question once, for the entry that was chosen most often, and for none
/// where two were chosen as often. Left out: what was dismissed, and what may tell who somebody is.
#[must_use]
pub fn gather(choices: &[Choice], dismissed: &HashSet<(EntryId, String)>) -> Vec<Suggestion> {
    let mut by_form: HashMap<String, Vec<Suggestion>> = HashMap::new();
    for choice in choices {
        let form = normalise::question(&choice.question);
        let length = form.chars().count();
        if length < SHORTEST
            || choice.question.chars().count() > LONGEST_QUESTION
            || is_personal(&choice.question)
        {
            continue;
        }
        let of_form = by_form.entry(form.clone()).or_default();
        match of_form.iter_mut().find(|it| it.entry == choice.entry) {
            Some(known) => known.count += 1,
            None => of_form.push(Suggestion {
                question: choice.question.split_whitespace().collect::<Vec<_>>().join(" "),
                form,
                entry: choice.entry,
                count: 1,
                last_at: choice.at,
            }),
        }
    }
    let elected = by_form.into_values().filter_map(|mut of_form| {
        of_form.sort_by_key(|it| std::cmp::Reverse(it.count));
        let is_tie = of_form.len() > 1 && of_form[0].count == of_form[1].count;
        of_form.into_iter().next().filter(|_| !is_tie)
    });
    let mut found: Vec<Suggestion> =
        elected.filter(|it| !dismissed.contains(&(it.entry, it.form.clone()))).collect();
    found.sort_by(|a, b| b.count.cmp(&a.count).then(b.last_at.cmp(&a.last_at)).then(a.form.cmp(&b.form)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_agree_or_nothing_is_suggested() {
        let made = [
            ("还有多少话费？", 1),
            ("还有多少话费", 1),
            ("我要交钱", 2),
            ("我要交钱", 1),
            ("号码13800138000停机", 3),
            ("网不行了", 3),
            ("网不行了", 3),
            ("网不行了", 1),
            ("随便", 1),
            ("？", 1),
        ];
        let choices: Vec<Choice> = made
            .iter()
            .zip(0..)
            .map(|((question, entry), nth)| Choice {
                question: (*question).to_owned(),
                entry: EntryId(*entry),
                at: Time(1_000 - nth),
            })
            .collect();
        let dismissed = HashSet::from([(EntryId(1), "随便".to_owned())]);
        let found = gather(&choices, &dismissed);
        let shown: Vec<_> = found.iter().map(|it| (it.question.as_str(), it.entry.0, it.count)).collect();
        assert_eq!(shown.len(), 2, "{shown:?}");
        assert!(
            shown.contains(&("还有多少话费？", 1, 2)) && shown.contains(&("网不行了", 3, 2)),
            "{shown:?}"
        );
    }
}
