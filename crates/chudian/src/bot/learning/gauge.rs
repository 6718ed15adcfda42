//! Tries what was learnt on wordings that it has not seen. Pure.

use std::collections::HashSet;
use std::sync::Arc;

use retrieval::learnt::Space;
use retrieval::{Change, Entry, Index, Language, Similarity};

use super::material::{Trial, hash};
use super::model::{Gauge, Score};
use super::sight::Eye;

/// The base of a trial holds about so many wordings at most: the right ones and, of the others, a part.
const MOST_WORDINGS: usize = 60_000;

/// So many questions are also asked with their entry taken away.
const MOST_STRANGERS: usize = 150;

/// What a base is tried with: a space that was learnt from the rest of the trial, and eyes that may have learnt from it.
#[derive(Debug, Clone, Default)]
pub struct Tried<'a> {
    /// The space; none: words alone.
    pub space: Option<Arc<Space>>,
    /// What the tenant's model sees; none: nothing.
    pub eye: Option<&'a Eye<'a>>,
}

/// How a base does with one and with the other. `answer` is the confidence from which on the bot answers at
/// once. `go_on` is asked now and then, and gives it up by saying no.
#[must_use]
pub fn measure(
    trial: &Trial,
    language: &Language,
    (before, after): (Tried<'_>, Tried<'_>),
    answer: f32,
    go_on: &mut dyn FnMut() -> bool,
) -> Option<Gauge> {
    let entries = sample(trial);
    let step = trial.asked.len().div_ceil(MOST_STRANGERS).max(1);
    let mut score = |tried: Tried<'_>| {
        let index = Index::build_with(&entries, language.clone(), tried.space);
        let mut score = Score::default();
        for (nth, (question, key)) in trial.asked.iter().enumerate() {
            if !go_on() {
                return None;
            }
            let near = tried.eye.and_then(|it| it.look(question));
            let near = near.as_ref().map(|it| it as &dyn Similarity);
            let found = index.search_with(question, 1, near);
            let Some(first) = found.first() else { continue };
            score.right += usize::from(first.entry == *key);
            match (first.confidence >= answer, first.entry == *key) {
                (true, true) => score.answered += 1,
                (true, false) => score.wrong += 1,
                (false, _) => {}
            }
            if nth.is_multiple_of(step) {
                let without = index.with(&[Change::Remove(*key)]);
                let found = without.search_with(question, 1, near);
                score.false_answers += usize::from(found.first().is_some_and(|it| it.confidence >= answer));
            }
        }
        Some(score)
    };
    let (before, after) = (score(before)?, score(after)?);
    Some(Gauge { asked: trial.asked.len(), strangers: trial.asked.len().div_ceil(step), before, after })
}

/// The entries that are asked for, and as many others as there is room for, always the same ones.
pub(super) fn sample(trial: &Trial) -> Vec<Entry> {
    let entries = &trial.rest.entries;
    let all: usize = entries.iter().map(|it| it.wordings.len()).sum();
    let every = all.div_ceil(MOST_WORDINGS).max(1) as u64;
    let asked: HashSet<i64> = trial.asked.iter().map(|it| it.1).collect();
    let stays = |it: &&Entry| asked.contains(&it.key) || hash(&it.key.to_string()).is_multiple_of(every);
    entries.iter().filter(stays).cloned().collect()
}

#[cfg(test)]
mod tests {
    use retrieval::learnt::Effort;

    use super::*;
    use crate::bot::learning::material::Material;

    /// Entries whose wordings have nothing in common but the meaning: words cannot find them, learning can.
    fn trial() -> Trial {
        let things = ["彩铃", "流量", "宽带", "发票", "积分", "漫游", "套餐", "停机", "密码", "携号"];
        let entries = (0_i64..)
            .zip(things)
            .map(|(key, thing)| Entry { key, wordings: vec![format!("{thing}怎么办理")] })
            .collect();
        let ways = ["喵汪", "叽咕", "哞咩", "吱嘎", "咚锵", "叮铛", "哗啦", "噼啪", "咔嚓", "扑通"];
        let mut confirmed: Vec<(String, i64)> = Vec::new();
        for (key, way) in (0_i64..).zip(ways) {
            confirmed.extend(["请", "帮", "急", "快"].map(|it| (format!("{it}{way}{it}"), key)));
        }
        let asked = (0_i64..).zip(ways).map(|(key, way)| (format!("那{way}呢"), key)).collect();
        Trial { rest: Material { entries, confirmed }, asked }
    }

    #[test]
    fn what_was_learnt_is_seen_in_the_figures() {
        let trial = trial();
        let space = Arc::new(Space::train(&trial.rest.lesson(), Effort::default()).unwrap());
        let sides = || (Tried::default(), Tried { space: Some(space.clone()), eye: None });
        let gauge = measure(&trial, &Language::common(), sides(), 0.87, &mut || true).expect("not given up");
        assert_eq!((gauge.asked, gauge.strangers), (10, 10));
        assert_eq!(gauge.before.right, 0, "by words nothing is found");
        assert!(gauge.after.right >= 8, "{gauge:?}");
        assert_eq!(measure(&trial, &Language::common(), sides(), 0.87, &mut || false), None);
    }
}
