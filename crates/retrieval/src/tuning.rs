//! From which confidence on an answer is given, learnt from the base itself.
//!
//! What a confidence is worth differs from base to base: where entries lie close together, the first candidate is wrong more
//! often. Nobody has to judge answers to find that out: an entry with several wordings is asked one of them
//! while it is left out of the search (what is right is known), and an entry is asked its own question while
//! all of it is left out (no answer is right, as with customers' questions on the subject that nobody has written
//! an answer for). The threshold is the least confidence from which on the answers keep what is promised. A small base
//! has few questions to tell that by, so the fewer they are, the more what is usual counts.

use std::collections::HashSet;

use crate::confidence::Thresholds;
use crate::index::{Entry, Index, Similarity};
use crate::learnt::Lesson;
use crate::normalise;

/// What a threshold has to keep.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Promise {
    /// Of the answers given, so many are right.
    pub precision: f32,
    /// Of the questions on the subject that no entry answers, at most so many get an answer.
    pub false_near: f32,
}

impl Default for Promise {
    /// 95 % right, with a margin of a half, and at most 6 % of the near questions answered. On a development set the base's
    /// own questions that nothing answers were answered as often as real ones (.064 and .057 of them from 0.76 on), so
    /// that needs no margin; of the answers .956 were right, and .953 of those to real questions.
    fn default() -> Self {
        Self { precision: 0.955, false_near: 0.06 }
    }
}

/// The share of questions in a stream that an entry answers. Of the others half are far from the base, and
/// a third as often answered as the near ones.
const ANSWERABLE: f32 = 0.8;
const UNANSWERABLE: f32 = 0.1 + 0.1 / 3.0;

/// Fewer questions of a kind tell too little.
const FEWEST: usize = 60;

/// More questions of a kind tell hardly more; a question takes some hundred microseconds.
const MOST: usize = 1500;

/// Of an entry with many wordings so many are asked.
const MOST_OF_ENTRY: usize = 3;

/// What is usual counts as much as so many entries. Thresholds read off random parts of five bases scatter with a variance
/// of about 1.2 divided by the entries (.13 at 70 entries, .03 at 560; 12 to 40 draws each), and between the bases
/// themselves with about .1²: the weights that make the least error are as 1 / .01 to entries / 1.2.
const USUAL_WEIGHS: f32 = 120.0;

/// From which confidence on a base answers with what it learnt, where little is known of it: on a development set the
/// least that kept the promise, with a learnt space and with a taught model beside it.
const USUAL_WITH_LEARNT: f32 = 0.83;

/// From which confidence on a base usually answers: by its words, or with what it learnt.
#[must_use]
pub fn usual(has_learnt: bool) -> f32 {
    if has_learnt { USUAL_WITH_LEARNT } else { Thresholds::default().answer }
}

/// Thresholds are sought between these: below, an answer is a guess; above, nothing would be answered.
const LEAST: f32 = 0.5;
const GREATEST: f32 = 0.95;

/// The outcome of a question with a known answer.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Outcome {
    confidence: f32,
    is_right: bool,
    weight: f32,
}

/// Questions that a base is asked about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trial {
    /// Entry and wording, and how many of the entry are asked.
    answerable: Vec<(i64, usize, usize, String)>,
    /// Entry and its question.
    near: Vec<(i64, String)>,
}

impl Trial {
    /// `None` for a base that is too small, or whose entries have too few similar questions. The same base gives the
    /// same trial.
    #[must_use]
    pub fn of(entries: &[Entry]) -> Option<Self> {
        let mut trial = Self::default();
        for entry in entries {
            if let Some(first) = entry.wordings.first() {
                trial.near.push((entry.key, first.clone()));
            }
            // One that stands there in two spellings would answer itself.
            let distinct = entry.distinct();
            let count = distinct.len();
            if count > 1 {
                let asked = count.min(MOST_OF_ENTRY);
                let places = (0..asked).map(|it| distinct[it * count / asked]);
                trial
                    .answerable
                    .extend(places.map(|nth| (entry.key, nth, asked, entry.wordings[nth].clone())));
            }
        }
        thin(&mut trial.answerable);
        thin(&mut trial.near);
        (trial.answerable.len() >= FEWEST && trial.near.len() >= FEWEST).then_some(trial)
    }

    /// The lesson without what would betray the answers: a space or a map for the trial must not have learnt from its
    /// questions, neither what they mean the same as nor what they differ from, in whatever spelling. That holds for the
    /// questions that nothing answers, too: who learnt from one to tell it from all other entries would answer it less
    /// often than a question that is new. (What answers customers learns from all.)
    #[must_use]
    pub fn honest(&self, lesson: &Lesson) -> Lesson {
        let texts = self.answerable.iter().map(|it| &it.3).chain(self.near.iter().map(|it| &it.1));
        let asked: HashSet<String> = texts.map(|it| normalise::question(it)).collect();
        let is_free = |it: &String| !asked.contains(&normalise::question(it));
        let rest = |pairs: &[(String, String)]| {
            pairs.iter().filter(|(a, b)| is_free(a) && is_free(b)).cloned().collect()
        };
        Lesson { pairs: rest(&lesson.pairs), different: rest(&lesson.different), texts: lesson.texts.clone() }
    }

    /// The same with every other entry alone, so that what the others teach is left to learn from; `None` if these have
    /// too few wordings.
    #[must_use]
    pub fn half(&self) -> Option<Self> {
        let mut keys: Vec<i64> = self.answerable.iter().map(|it| it.0).collect();
        keys.dedup();
        let known: HashSet<i64> = keys.iter().copied().collect();
        // Entries with one wording may have been taught by customers' questions.
        let single = self.near.iter().map(|it| it.0).filter(|it| !known.contains(it));
        let stays: HashSet<i64> = keys.into_iter().step_by(2).chain(single.step_by(2)).collect();
        let mut half = self.clone();
        half.answerable.retain(|it| stays.contains(&it.0));
        half.near.retain(|it| stays.contains(&it.0));
        (half.answerable.len() >= FEWEST && half.near.len() >= FEWEST / 2).then_some(half)
    }

    /// The threshold that keeps the promise in this index (the greatest that is ever set if none does), drawn towards the
    /// `usual` one where the base is small. `see` is what a model says of a text. It takes some hundred microseconds for
    /// each of up to 3,000 questions: not for the way of a message.
    #[must_use]
    pub fn threshold(
        &self,
        index: &Index,
        see: &dyn Fn(&str) -> Option<Box<dyn Similarity>>,
        promise: Promise,
        usual: f32,
    ) -> f32 {
        let ask = |text: &str, left_out: (i64, Option<usize>)| {
            let near = see(text);
            index.search_without(text, left_out, near.as_deref())
        };
        let answerable = self.answerable.iter().map(|(key, nth, asked, text)| {
            let first = ask(text, (*key, Some(*nth)));
            let confidence = first.map_or(0.0, |it| it.1);
            let is_right = first.is_some_and(|it| it.0 == *key);
            Outcome { confidence, is_right, weight: 1.0 / *asked as f32 }
        });
        let near = self.near.iter().map(|(key, text)| {
            let confidence = ask(text, (*key, None)).map_or(0.0, |it| it.1);
            Outcome { confidence, is_right: false, weight: 1.0 }
        });
        let read = least_that_keeps(&answerable.collect::<Vec<_>>(), &near.collect::<Vec<_>>(), promise);
        drawn(read, self.near.len(), usual)
    }
}

/// What was read off so many entries, drawn towards what is usual; in steps of a hundredth.
fn drawn(read: f32, entries: usize, usual: f32) -> f32 {
    let weight = entries as f32 / (entries as f32 + USUAL_WEIGHS);
    ((usual + weight * (read - usual)) * 100.0).round() / 100.0
}

/// Keeps [`MOST`] of them, evenly spread.
fn thin<T>(all: &mut Vec<T>) {
    let count = all.len();
    if count > MOST {
        let mut at = 0;
        all.retain(|_| {
            at += 1;
            at * MOST / count > (at - 1) * MOST / count
        });
    }
}

/// The least threshold, in steps of a hundredth, from which on every one keeps the promise.
fn least_that_keeps(answerable: &[Outcome], near: &[Outcome], promise: Promise) -> f32 {
    let hundredths = |value: f32| (value * 100.0).round() as u32;
    let mut least = GREATEST;
    for step in (hundredths(LEAST)..=hundredths(GREATEST)).rev() {
        let threshold = step as f32 / 100.0;
        let answered = share(answerable, |it| it.confidence >= threshold);
        let right = share(answerable, |it| it.confidence >= threshold && it.is_right);
        let false_near = share(near, |it| it.confidence >= threshold);
        let all = ANSWERABLE * answered + UNANSWERABLE * false_near;
        if all > 0.0 && (ANSWERABLE * right < promise.precision * all || false_near > promise.false_near) {
            break;
        }
        least = threshold;
    }
    least
}

fn share(of: &[Outcome], is_counted: impl Fn(&Outcome) -> bool) -> f32 {
    let weight = |it: &Outcome| it.weight;
    let all: f32 = of.iter().map(weight).sum();
    let counted: f32 = of.iter().filter(|it| is_counted(it)).map(weight).sum();
    if all > 0.0 { counted / all } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(of: &[(f32, bool)]) -> Vec<Outcome> {
        of.iter()
            .map(|(confidence, is_right)| Outcome {
                confidence: *confidence,
                is_right: *is_right,
                weight: 1.0,
            })
            .collect()
    }

    #[test]
    fn the_least_threshold_that_keeps_the_promise() {
        let promise = Promise { precision: 0.9, false_near: 0.3 };
        let check = |answerable: &[(f32, bool)], near: &[(f32, bool)], expected: f32| {
            let found = least_that_keeps(&outcomes(answerable), &outcomes(near), promise);
            assert!((found - expected).abs() < 1e-6, "{answerable:?} {near:?}: {found}");
        };
        // All is right and nothing near is answered: as low as it goes.
        check(&[(0.9, true), (0.6, true)], &[(0.1, false)], 0.5);
        // A wrong one at .6 must stay out.
        check(&[(0.9, true), (0.8, true), (0.6, false)], &[(0.1, false)], 0.61);
        // Near ones count against the precision, and by themselves.
        check(&[(0.9, true), (0.8, true)], &[(0.7, false), (0.2, false), (0.1, false)], 0.71);
        // What is wrong with full confidence cannot be kept out.
        check(&[(0.99, false)], &[], 0.95);
        check(&[], &[], 0.5);
    }

    #[test]
    fn few_entries_move_the_threshold_little() {
        let check = |read: f32, entries: usize, expected: f32| {
            let found = drawn(read, entries, 0.78);
            assert!((found - expected).abs() < 1e-6, "{read} of {entries}: {found}");
        };
        check(0.95, 60, 0.84);
        check(0.95, 120, 0.87);
        check(0.95, 1500, 0.94);
        check(0.5, 60, 0.69);
        check(0.5, 1500, 0.52);
        check(0.78, 60, 0.78);
    }

    fn base(count: i64) -> Vec<Entry> {
        let subjects = ["话费", "宽带", "发票", "套餐", "流量", "积分", "漫游", "账单", "密码", "合约"];
        let acts =
            ["怎么查询", "怎么开通", "怎么取消", "怎么修改", "什么时候到账", "为什么扣钱", "在哪里办理"];
        let entry = |key: i64| {
            let (subject, act) = (subjects[key as usize % 10], acts[key as usize / 10 % 7]);
            Entry {
                key,
                wordings: vec![
                    format!("{subject}{act}"),
                    format!("请问我的{subject}{act}呢"),
                    format!("{act}{subject}"),
                ],
            }
        };
        (0..count).map(entry).collect()
    }

    #[test]
    fn a_base_is_asked_about_itself() {
        assert_eq!(Trial::of(&base(10)), None);
        let entries = base(70);
        let trial = Trial::of(&entries).unwrap();
        let index = Index::build(&entries);
        let strict = trial.threshold(&index, &|_| None, Promise { precision: 0.999, false_near: 0.0 }, 0.8);
        let loose = trial.threshold(&index, &|_| None, Promise { precision: 0.5, false_near: 1.0 }, 0.8);
        assert!(loose <= strict && (LEAST..=GREATEST).contains(&loose), "{loose} {strict}");
    }

    #[test]
    fn what_is_left_out_is_not_found() {
        let entries = base(70);
        let index = Index::build(&entries);
        assert_eq!(index.search_without("话费怎么查询", (0, Some(0)), None).map(|it| it.0), Some(0));
        assert_ne!(index.search_without("话费怎么查询", (0, None), None).map(|it| it.0), Some(0));
        assert!(index.search_without("话费怎么查询", (0, Some(0)), None).is_some_and(|it| it.1 < 1.0));
    }

    #[test]
    fn a_trial_is_not_learnt_by_heart() {
        let mut entries = base(140);
        // Of the later ones the standard question alone is left, and what customers asked.
        entries[70..].iter_mut().for_each(|it| it.wordings = vec![format!("第{}件事", it.key)]);
        let confirmed: Vec<(String, i64)> = (70..140).map(|key| (format!("客户的问题{key}"), key)).collect();
        let mut lesson = Lesson::of_base(&entries, &confirmed);
        let of = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
        };
        // Of what comes from elsewhere, what has no asked text stays.
        let free = of(&[("卡丢了", "银行卡不见了")]);
        lesson.pairs.extend(of(&[("話費怎麼查詢？？", "还剩多少钱"), ("第71件事！", "另一件事")]));
        lesson.pairs.extend(free.clone());
        lesson.different = of(&[("话费怎么查询", "宽带断了"), ("上不了网", "第71件事")]);
        lesson.different.extend(free.clone());
        let trial = Trial::of(&entries).unwrap();
        let honest = trial.honest(&lesson);
        assert_eq!((&honest.pairs, &honest.different), (&free, &free));
        assert_eq!(honest.texts, lesson.texts);
        let half = trial.half().unwrap();
        let honest = half.honest(&lesson);
        assert!(honest.pairs.len() > lesson.pairs.len() / 3, "the other half is left to learn from");
        let both = |it: &(String, String)| [normalise::question(&it.0), normalise::question(&it.1)];
        let learnt: HashSet<String> = honest.pairs.iter().chain(&honest.different).flat_map(both).collect();
        let texts = half.answerable.iter().map(|it| &it.3).chain(half.near.iter().map(|it| &it.1));
        texts.for_each(|it| assert!(!learnt.contains(&normalise::question(it)), "{it} is learnt from"));
        assert_eq!((half.near.len(), half.answerable.len()), (70, 105));
        assert_eq!(half.half().and_then(|it| it.half()), None);
    }
}
