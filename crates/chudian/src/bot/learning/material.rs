//! What a tenant's base and its agents teach. Pure.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{Hash, Hasher};

use retrieval::{Entry, learnt, normalise};

use super::given::Given;
use super::model::{LEAST_ENTRIES, LEAST_WORDINGS, Lesson};

/// More wordings than these are not learnt from: of every entry its later ones are left out.
const MOST_WORDINGS: usize = 250_000;

/// Trials together ask about so many wordings, where there are as many. Were the standard deviation of what a question
/// gains in place .2 (on a development base it was below that), a hundredth would be two standard errors of so many, and
/// of 120 about half of one.
pub(super) const WANTED: usize = 1500;

/// So many parts are kept back one after another, at most: each costs a learning of its own.
pub(super) const MOST_TRIALS: usize = 5;

/// Wordings and choices of a base.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Material {
    /// The entries with their wordings, the standard question first.
    pub entries: Vec<Entry>,
    /// Customers' questions with the entry that agents chose, the oldest first; each question once.
    pub confirmed: Vec<(String, i64)>,
}

/// What a trial is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trial {
    /// The material without the wordings that are asked.
    pub rest: Material,
    /// Further pairs, without those that have a text that is asked for.
    pub more: learnt::Lesson,
    /// What of further pairs was kept back, as entries that stand in the trial's base alone.
    pub given: Vec<Entry>,
    /// The wordings that are asked, the base's own first.
    pub asked: Vec<Question>,
}

impl Trial {
    /// What it learns from.
    #[must_use]
    pub fn lesson(&self) -> learnt::Lesson {
        self.rest.lesson_with(&self.more)
    }

    /// The entries of its base.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.rest.entries.iter().chain(&self.given)
    }
}

/// A wording that was kept back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// How it was worded.
    pub text: String,
    /// The entry that is right for it.
    pub entry: i64,
    /// It came with a further pair: its entry stands in the trial's base alone.
    pub is_given: bool,
}

impl Material {
    /// From entries, and from choices in the order in which they were made. A question that was given to several
    /// entries is taken for the one it was given to most often; to none if that is not one alone.
    #[must_use]
    pub fn new(mut entries: Vec<Entry>, choices: &[(String, i64)]) -> Self {
        shorten(&mut entries);
        let of_key: HashMap<i64, &Entry> = entries.iter().map(|it| (it.key, it)).collect();
        let mut known: HashSet<String> = HashSet::new();
        for entry in &entries {
            known.extend(entry.wordings.iter().map(|it| normalise::question(it)));
        }
        let mut votes: HashMap<String, BTreeMap<i64, usize>> = HashMap::new();
        let mut latest: Vec<(String, &str)> = Vec::new();
        for (question, key) in choices.iter().filter(|it| of_key.contains_key(&it.1)) {
            let form = normalise::question(question);
            if form.chars().count() < 2 || known.contains(&form) {
                continue;
            }
            let vote = votes.entry(form.clone()).or_default();
            if vote.is_empty() {
                latest.push((form, question));
            }
            *vote.entry(*key).or_default() += 1;
        }
        let confirmed = latest
            .into_iter()
            .filter_map(|(form, question)| Some((question.to_owned(), elected(votes.get(&form)?)?)))
            .collect();
        Self { entries, confirmed }
    }

    /// What there is to learn from, in figures.
    #[must_use]
    pub fn figures(&self) -> Lesson {
        let mut taught: HashSet<i64> =
            self.entries.iter().filter(|it| it.wordings.len() > 1).map(|it| it.key).collect();
        taught.extend(self.confirmed.iter().map(|it| it.1));
        Lesson {
            entries: self.entries.len(),
            similar: self.entries.iter().map(|it| it.wordings.len().saturating_sub(1)).sum(),
            confirmed: self.confirmed.len(),
            needed: LEAST_WORDINGS,
            taught: taught.len(),
            taught_needed: LEAST_ENTRIES,
        }
    }

    /// The whole as one number: the same again teaches nothing new. Another version of the program may
    /// learn otherwise, so it counts, too.
    #[must_use]
    pub fn print(&self) -> String {
        let mut hasher = DefaultHasher::new();
        (env!("CARGO_PKG_VERSION"), retrieval::SCALE).hash(&mut hasher);
        for entry in &self.entries {
            (entry.key, &entry.wordings).hash(&mut hasher);
        }
        self.confirmed.hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }

    /// What is given to the learner.
    #[must_use]
    pub fn lesson(&self) -> learnt::Lesson {
        learnt::Lesson::of_base(&self.entries, &self.confirmed)
    }

    /// The same with further pairs.
    #[must_use]
    pub fn lesson_with(&self, more: &learnt::Lesson) -> learnt::Lesson {
        let mut lesson = self.lesson();
        lesson.pairs.extend_from_slice(&more.pairs);
        lesson.different.extend_from_slice(&more.different);
        lesson
    }

    /// Cuts the wordings into parts, and keeps one after another back (cross-validation: Stone, Cross-validatory choice
    /// and assessment of statistical predictions, 1974): never a standard question. What is small is asked whole, in
    /// five trials; of what is large as many parts as make enough questions. The same material is always cut in the
    /// same way, and whatever else is there does not change into which part a wording falls while the parts are as many.
    /// Of `more`, pairs from elsewhere, groups are kept back beside them, and asked (see the head of `given`).
    #[must_use]
    pub fn trials(&self, more: &learnt::Lesson) -> Vec<Trial> {
        let figures = self.figures();
        let all = figures.similar + figures.confirmed;
        let parts = MOST_TRIALS.max(all / WANTED);
        let needed = (WANTED * parts).div_ceil(all.max(1));
        let trials = (0..needed.min(MOST_TRIALS)).map(|part| self.trial(part as u64, parts as u64));
        let mut trials: Vec<Trial> = trials.collect();
        Given::new(more, self).keep_back(&mut trials);
        trials.retain(|it| !it.asked.is_empty());
        trials
    }

    /// Keeps one of so many parts back.
    fn trial(&self, part: u64, parts: u64) -> Trial {
        let is_asked = |text: &str| hash(text) % parts == part;
        let mut asked = Vec::new();
        let mut rest = self.clone();
        for entry in &mut rest.entries {
            let mut nth = 0;
            entry.wordings.retain(|it| {
                nth += 1;
                let is_kept = nth == 1 || !is_asked(it);
                if !is_kept {
                    asked.push(Question { text: it.clone(), entry: entry.key, is_given: false });
                }
                is_kept
            });
        }
        rest.confirmed.retain(|(text, entry)| {
            let is_kept = !is_asked(text);
            if !is_kept {
                asked.push(Question { text: text.clone(), entry: *entry, is_given: false });
            }
            is_kept
        });
        Trial { rest, asked, ..Trial::default() }
    }
}

/// Whom most voted for; none when two have as many.
fn elected(votes: &BTreeMap<i64, usize>) -> Option<i64> {
    let most = votes.values().max()?;
    let mut first = votes.iter().filter(|it| it.1 == most).map(|it| *it.0);
    first.next().filter(|_| first.next().is_none())
}

fn shorten(entries: &mut [Entry]) {
    let mut most = entries.iter().map(|it| it.wordings.len()).max().unwrap_or_default();
    while entries.iter().map(|it| it.wordings.len().min(most)).sum::<usize>() > MOST_WORDINGS && most > 1 {
        most = most.div_ceil(2);
    }
    entries.iter_mut().for_each(|it| it.wordings.truncate(most));
}

pub(super) fn hash(text: &str) -> u64 {
    // Its upper half: the lower bits of this sum hang together between short texts.
    crate::bot::look_up::hash(text) >> 24
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(key: i64, wordings: &[&str]) -> Entry {
        Entry { key, wordings: wordings.iter().map(ToString::to_string).collect() }
    }

    fn choices(choices: &[(&str, i64)]) -> Vec<(String, i64)> {
        choices.iter().map(|(question, key)| ((*question).to_owned(), *key)).collect()
    }

    #[test]
    fn a_choice_teaches_once_and_only_where_people_agree() {
        let entries = vec![entry(1, &["话费怎么查", "查一下余额"]), entry(2, &["怎么还款"])];
        let made = [
            ("还有多少话费", 1),
            ("还有多少话费？", 1),
            ("还有多少话费", 2),
            ("我要交钱", 2),
            ("我要交钱", 1),
            ("查一下餘額", 2),
            ("好", 1),
            ("宽带断了", 9),
        ];
        let material = Material::new(entries, &choices(&made));
        assert_eq!(material.confirmed, choices(&[("还有多少话费", 1)]));
        let figures = material.figures();
        assert_eq!((figures.entries, figures.similar, figures.confirmed, figures.taught), (2, 1, 1, 1));
    }

    #[test]
    fn a_trial_keeps_wordings_back_and_standard_questions_in() {
        let wordings: Vec<String> = (0..300).map(|it| format!("第{it}种说法")).collect();
        let entries: Vec<Entry> =
            wordings.chunks(6).zip(1..).map(|(it, key)| Entry { key, wordings: it.to_vec() }).collect();
        let made: Vec<(String, i64)> =
            (0..100).map(|it| (format!("客户的第{it}个问题"), 1 + it % 50)).collect();
        let material = Material::new(entries, &made);
        let trials = material.trials(&learnt::Lesson::default());
        assert_eq!(trials.len(), MOST_TRIALS);
        assert_eq!(material.trials(&learnt::Lesson::default()), trials);
        let count = |it: &Material| it.figures().similar + it.figures().confirmed;
        let mut seen = HashSet::new();
        for trial in &trials {
            assert!((40..110).contains(&trial.asked.len()), "{}", trial.asked.len());
            let kept = trial.rest.entries.iter().zip(&material.entries);
            assert!(kept.into_iter().all(|(a, b)| a.wordings[0] == b.wordings[0]));
            assert_eq!(count(&trial.rest) + trial.asked.len(), count(&material));
            assert_ne!(trial.rest.print(), material.print());
            for it in &trial.asked {
                assert!(seen.insert(&it.text), "{} is asked twice", it.text);
                assert!(!texts(&trial.rest).any(|kept| *kept == it.text), "{} is still there", it.text);
            }
        }
        assert_eq!(seen.len(), count(&material), "each is asked");
        assert_eq!(seen.iter().filter(|it| it.starts_with("客户")).count(), 100);
    }

    fn texts(material: &Material) -> impl Iterator<Item = &String> {
        let wordings = material.entries.iter().flat_map(|it| &it.wordings);
        wordings.chain(material.confirmed.iter().map(|it| &it.0))
    }

    #[test]
    fn a_large_base_is_asked_no_more_than_tells_enough() {
        let material = |count: usize| {
            let wordings = |key: usize| (0..3).map(|it| format!("条目{key}的说法{it}")).collect();
            let entries = (0..count).map(|key| Entry { key: key as i64, wordings: wordings(key) });
            Material::new(entries.collect(), &[])
        };
        // Similar questions, and in how many trials about how many of them are asked.
        for (similar, trials, asked) in [
            (0, 0, 0),
            (300, 5, 300),
            (1_000, 5, 1_000),
            (3_000, 3, 1_800),
            (8_000, 1, 1_600),
            (20_000, 1, 1_538),
        ] {
            let cut = material(similar / 2).trials(&learnt::Lesson::default());
            assert_eq!(cut.len(), trials, "{similar}");
            let all: usize = cut.iter().map(|it| it.asked.len()).sum();
            assert!(all.abs_diff(asked) <= asked / 10, "{similar}: {all}");
        }
    }

    #[test]
    fn a_huge_base_is_shortened_entry_by_entry() {
        let wordings: Vec<String> = (0..200).map(|it| it.to_string()).collect();
        let mut entries: Vec<Entry> =
            (0..2_000).map(|key| Entry { key, wordings: wordings.clone() }).collect();
        shorten(&mut entries);
        let total: usize = entries.iter().map(|it| it.wordings.len()).sum();
        assert!((MOST_WORDINGS / 3..=MOST_WORDINGS).contains(&total), "{total}");
    }
}
