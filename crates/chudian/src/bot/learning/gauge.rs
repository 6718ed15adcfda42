//! Tries what was learnt on wordings that it has not seen. Pure.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use retrieval::learnt::Space;
use retrieval::{Change, Entry, Index, Language, Similarity};

use super::material::{Question, Trial, hash};
use super::model::{Gauge, Score};
use super::sight::Eye;

/// The base of a trial holds about so many wordings at most: the right ones and, of the others, a part.
const MOST_WORDINGS: usize = 60_000;

/// Of all questions so many are also asked with their entry taken away.
const MOST_STRANGERS: usize = 300;

/// So many candidates are looked through for the right one: as many as an agent is shown.
const CANDIDATES: usize = 10;

/// What was learnt from the rest of a trial, and what is there without.
#[derive(Debug)]
pub struct Tried<'a> {
    /// The space, with a comparer where it learnt one.
    pub space: Space,
    /// What the tenant's model sees, as it is and with what it learnt; none where it learns nothing.
    pub eyes: Option<[Eye<'a>; 2]>,
}

/// One way to answer: what stands beside the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// What was learnt from pairs.
    pub beside: Beside,
    /// The model.
    pub eye: Seeing,
}

/// What of the learnt stands beside the words in one way to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Nothing.
    Nothing,
    /// The space.
    Space,
    /// The space, and the comparer that learnt with it.
    Comparer,
}

/// What the tenant's model does in one way to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seeing {
    /// It is not asked.
    No,
    /// It sees as it came.
    AsItIs,
    /// It sees with what it learnt.
    Taught,
}

const WAYS: usize = 9;

impl Way {
    fn place(self) -> usize {
        self.beside as usize * 3 + self.eye as usize
    }
}

/// How one question fared in one way.
#[derive(Debug, Clone, Copy, Default)]
struct Fared {
    /// Where the right entry stood, from 0; none: not among the candidates.
    place: Option<usize>,
    /// The bot would have answered at once.
    is_answered: bool,
    /// It would have answered also with the entry taken away.
    is_false: bool,
}

impl Fared {
    fn is_first(&self) -> bool {
        self.place == Some(0)
    }

    fn worth(&self) -> f64 {
        self.place.map_or(0.0, |it| 1.0 / (it + 1) as f64)
    }
}

/// A question that was asked.
#[derive(Debug)]
struct Asked {
    entry: i64,
    is_given: bool,
    is_stranger: bool,
    fared: [Fared; WAYS],
}

/// How the questions of all trials fared in every way.
#[derive(Debug, Default)]
pub struct Tally(Vec<Asked>);

impl Tally {
    /// Asks the questions of one of `trials` trials. `answer` is the confidence from which on the bot answers at
    /// once. `go_on` is asked now and then, and gives it up by saying no.
    pub fn ask(
        &mut self,
        (trial, trials): (&Trial, usize),
        language: &Language,
        tried: &Tried<'_>,
        answer: f32,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Option<()> {
        let entries = sample(trial);
        let own = trial.asked.iter().filter(|it| !it.is_given).count();
        // Nobody saw to it that nothing else in the base answers a given question.
        let may_be_stranger = |it: &Question| own == 0 || !it.is_given;
        let count = if own == 0 { trial.asked.len() } else { own };
        let step = (count * trials).div_ceil(MOST_STRANGERS).max(1);
        let alone = tried.space.clone().with_comparer(None);
        let compared = tried.space.comparer().map(|_| tried.space.clone());
        let learnt = [(Beside::Nothing, None), (Beside::Space, Some(alone)), (Beside::Comparer, compared)];
        let build = |it: Option<Space>| Index::build_with(&entries, language.clone(), it.map(Arc::new));
        let present = learnt.into_iter().filter(|it| it.1.is_some() || it.0 == Beside::Nothing);
        let bases: Vec<_> = present.map(|(beside, space)| (beside, build(space))).collect();
        for (nth, it) in trial.asked.iter().enumerate() {
            let is_stranger = may_be_stranger(it) && nth.is_multiple_of(step);
            let (entry, is_given) = (it.entry, it.is_given);
            let mut asked = Asked { entry, is_given, is_stranger, fared: <_>::default() };
            let near = tried.eyes.as_ref().map(|eyes| eyes.each_ref().map(|eye| eye.look(&it.text)));
            for (beside, base) in &bases {
                let without = is_stranger.then(|| base.with(&[Change::Remove(it.entry)]));
                for eye in [Seeing::No, Seeing::AsItIs, Seeing::Taught] {
                    let near = match (eye, &near) {
                        (Seeing::No, _) => None,
                        (_, None) => continue,
                        (Seeing::AsItIs, Some([near, _])) | (Seeing::Taught, Some([_, near])) => {
                            near.as_ref()
                        }
                    };
                    if !go_on() {
                        return None;
                    }
                    let near = near.map(|it| it as &dyn Similarity);
                    let sure = |base: &Index| {
                        base.search_with(&it.text, 1, near).first().is_some_and(|it| it.confidence >= answer)
                    };
                    let found = base.search_with(&it.text, CANDIDATES, near);
                    asked.fared[Way { beside: *beside, eye }.place()] = Fared {
                        place: found.iter().position(|found| found.entry == it.entry),
                        is_answered: found.first().is_some_and(|it| it.confidence >= answer),
                        is_false: without.as_ref().is_some_and(sure),
                    };
                }
            }
            self.0.push(asked);
        }
        Some(())
    }

    /// What of the learnt is best put in force, and how it did beside the words: with the comparer where that does no harm
    /// beside the words and is a clear gain beside the space alone.
    #[must_use]
    pub fn choose(&self) -> (Beside, Gauge) {
        let way = |beside| Way { beside, eye: Seeing::No };
        let beside_words = |it| self.gauge(way(Beside::Nothing), way(it));
        let compared = beside_words(Beside::Comparer);
        let beside_space = self.gauge(way(Beside::Space), way(Beside::Comparer));
        if compared.objection().is_none() && beside_space.is_clear_gain() {
            (Beside::Comparer, compared)
        } else {
            (Beside::Space, beside_words(Beside::Space))
        }
    }

    /// How one way did, and how the other.
    #[must_use]
    pub fn gauge(&self, before: Way, after: Way) -> Gauge {
        let [before, after] = [before.place(), after.place()];
        let score = |way: usize| {
            let fared = || self.0.iter().map(move |it| it.fared[way]);
            let count = |is_counted: &dyn Fn(&Fared) -> bool| fared().filter(is_counted).count();
            let worth: f64 = fared().map(|it| it.worth()).sum();
            Score {
                right: count(&Fared::is_first),
                answered: count(&|it| it.is_answered && it.is_first()),
                wrong: count(&|it| it.is_answered && !it.is_first()),
                false_answers: count(&|it| it.is_false),
                place: (worth / self.0.len().max(1) as f64) as f32,
            }
        };
        let first = |it: &Asked| (it.fared[before].is_first(), it.fared[after].is_first());
        let (won, lost) = ((false, true), (true, false));
        let count = |is_counted: &dyn Fn(&Asked) -> bool| self.0.iter().filter(|it| is_counted(it)).count();
        let gain = |it: &Asked| (it.entry, it.fared[after].worth() - it.fared[before].worth());
        Gauge {
            asked: self.0.len(),
            given: count(&|it| it.is_given),
            strangers: count(&|it| it.is_stranger),
            won: count(&|it| first(it) == won),
            lost: count(&|it| first(it) == lost),
            given_won: count(&|it| it.is_given && first(it) == won),
            given_lost: count(&|it| it.is_given && first(it) == lost),
            doubt: doubt(self.0.iter().map(gain)),
            before: score(before),
            after: score(after),
        }
    }
}

/// The standard error of a mean of gains, each with its entry. Wordings of one entry are alike, so entries are what
/// chance chose (a mean over clusters, linearised: Cochran, Sampling Techniques, 1977, chapter 9). 0 where there is one
/// entry alone.
fn doubt(gains: impl Iterator<Item = (i64, f64)>) -> f32 {
    let mut entries: HashMap<i64, (f64, f64)> = HashMap::new();
    for (entry, gain) in gains {
        let it = entries.entry(entry).or_default();
        *it = (it.0 + gain, it.1 + 1.0);
    }
    let count = entries.len() as f64;
    if count < 2.0 {
        return 0.0;
    }
    let all: f64 = entries.values().map(|it| it.1).sum();
    let mean = entries.values().map(|it| it.0).sum::<f64>() / all;
    let squares: f64 = entries.values().map(|(gain, asked)| (gain - mean * asked).powi(2)).sum();
    ((squares * count / (count - 1.0)).sqrt() / all) as f32
}

/// The entries that are asked for, and as many others as there is room for, always the same ones.
pub(super) fn sample(trial: &Trial) -> Vec<Entry> {
    let all: usize = trial.entries().map(|it| it.wordings.len()).sum();
    let every = all.div_ceil(MOST_WORDINGS).max(1) as u64;
    let asked: HashSet<i64> = trial.asked.iter().map(|it| it.entry).collect();
    let stays = |it: &&Entry| asked.contains(&it.key) || hash(&it.key.to_string()).is_multiple_of(every);
    trial.entries().filter(stays).cloned().collect()
}

#[cfg(test)]
mod tests {
    use retrieval::learnt::Effort;

    use super::*;
    use crate::bot::learning::material::{Material, Question};

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
        let asked = (0_i64..)
            .zip(ways)
            .map(|(entry, way)| Question { text: format!("那{way}呢"), entry, is_given: false })
            .collect();
        Trial { rest: Material { entries, confirmed }, asked, ..Trial::default() }
    }

    const WORDS: Way = Way { beside: Beside::Nothing, eye: Seeing::No };
    const SPACE: Way = Way { beside: Beside::Space, eye: Seeing::No };

    #[test]
    fn what_was_learnt_is_seen_in_the_figures() {
        let trial = trial();
        let space = Space::train(&trial.rest.lesson(), Effort::default()).unwrap();
        let tried = Tried { space, eyes: None };
        let mut tally = Tally::default();
        let mut ask = |answer| tally.ask((&trial, 1), &Language::common(), &tried, 0.87, &mut || answer);
        assert_eq!((ask(false), ask(true)), (None, Some(())));
        let gauge = tally.gauge(WORDS, SPACE);
        assert_eq!((gauge.asked, gauge.strangers), (10, 10));
        assert_eq!((gauge.before.right, gauge.before.place), (0, 0.0), "by words nothing is found");
        assert!(gauge.after.right >= 8 && gauge.after.place >= 0.8, "{gauge:?}");
        assert_eq!((gauge.won, gauge.lost), (gauge.after.right, 0));
    }

    #[test]
    fn given_questions_are_asked_of_entries_of_their_own() {
        let mut trial = trial();
        let own = trial.asked.len();
        trial.given = vec![Entry { key: -1, wordings: vec!["银行卡丢了怎么办".to_owned()] }];
        let texts = ["我的银行卡丢了", "卡丢了怎么挂失"];
        trial.asked.extend(texts.map(|it| Question { text: it.to_owned(), entry: -1, is_given: true }));
        let space = Space::train(&trial.lesson(), Effort::default()).unwrap();
        let tried = Tried { space, eyes: None };
        let mut tally = Tally::default();
        tally.ask((&trial, 1), &Language::common(), &tried, 0.87, &mut || true).unwrap();
        let gauge = tally.gauge(WORDS, SPACE);
        assert_eq!((gauge.asked, gauge.given, gauge.strangers), (own + 2, 2, own), "{gauge:?}");
        assert_eq!(gauge.before.right, 2, "found by words, and none of the base's own is: {gauge:?}");
        assert_eq!((gauge.given_won, gauge.given_lost), (0, 0), "{gauge:?}");
        // Without any of the base's own, the given ones are strangers as well.
        trial.asked.retain(|it| it.is_given);
        let mut tally = Tally::default();
        tally.ask((&trial, 1), &Language::common(), &tried, 0.87, &mut || true).unwrap();
        assert_eq!(tally.gauge(WORDS, SPACE).strangers, 2);
    }

    #[test]
    fn a_comparer_is_chosen_for_a_clear_gain_alone() {
        // Of 20 questions, how many are right by words, with the space, with the comparer.
        let choose = |[words, space, compared]: [usize; 3]| {
            let asked = (0..20).map(|nth| {
                let mut fared = [Fared::default(); WAYS];
                for (beside, right) in
                    [(Beside::Nothing, words), (Beside::Space, space), (Beside::Comparer, compared)]
                {
                    let way = Way { beside, eye: Seeing::No };
                    fared[way.place()].place = Some(if nth < right { 0 } else { 1 });
                }
                Asked { entry: nth as i64, is_given: false, is_stranger: false, fared }
            });
            let (beside, gauge) = Tally(asked.collect()).choose();
            (beside, gauge.won)
        };
        assert_eq!(choose([5, 8, 13]), (Beside::Comparer, 8));
        assert_eq!(choose([5, 8, 12]), (Beside::Space, 3), "four of four may be chance");
        assert_eq!(choose([5, 8, 7]), (Beside::Space, 3));
        assert_eq!(choose([13, 3, 8]).0, Beside::Space, "better than the space, worse than words");
    }

    #[test]
    fn places_are_graded_and_first_places_counted_in_pairs() {
        let gauge = |of: &[(Option<usize>, Option<usize>)]| {
            let asked = of.iter().map(|(words, space)| {
                let mut fared = [Fared::default(); WAYS];
                fared[WORDS.place()].place = *words;
                fared[SPACE.place()].place = *space;
                Asked { entry: 1, is_given: false, is_stranger: false, fared }
            });
            let gauge = Tally(asked.collect()).gauge(WORDS, SPACE);
            (gauge.before.place, gauge.after.place, gauge.won, gauge.lost)
        };
        let (first, second, fifth, none) = (Some(0), Some(1), Some(4), None);
        assert_eq!(gauge(&[(first, second), (none, first)]), (0.5, 0.75, 1, 1));
        assert_eq!(gauge(&[(fifth, second), (first, first)]), (0.6, 0.75, 0, 0));
        assert_eq!(gauge(&[(second, none), (first, none), (none, none), (none, none)]), (0.375, 0.0, 0, 1));
        assert_eq!(gauge(&[]), (0.0, 0.0, 0, 0));
    }

    #[test]
    fn doubt_shrinks_with_entries_and_not_with_wordings_of_one() {
        let check = |gains: &[(i64, f64)], expected: f32| {
            let found = doubt(gains.iter().copied());
            assert!((found - expected).abs() < 1e-6, "{gains:?}: {found}");
        };
        check(&[], 0.0);
        check(&[(1, 1.0)], 0.0);
        // The textbook's: standard deviation 1.1547 of four, by the root of four.
        check(&[(1, 1.0), (2, -1.0), (3, 1.0), (4, -1.0)], 0.577_350_3);
        // Wordings of one entry that fare alike tell as much as one.
        check(&[(1, 1.0), (1, 1.0), (2, -1.0), (2, -1.0)], 1.0);
        check(&[(1, 1.0), (2, -1.0)], 1.0);
        // All alike: no doubt.
        check(&[(1, 0.5), (1, 0.5), (2, 0.5), (3, 0.5)], 0.0);
    }
}
