//! Every wording is a small document of its own; an entry counts by its best wording.
//!
//! A search has two steps. The first adds up, over postings of characters and of pairs of sounds, how
//! much weight each wording shares with the question, seen from both sides, and keeps [`POOL`] of them.
//! The second ranks these exactly (`rank`). Frequent characters are left to the second step once the
//! first has read `POSTINGS_BUDGET` postings, so the cost stays bounded in a large base.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;

use crate::confidence::Standing;
use crate::normalise;
use crate::pinyin::{Sound, split_letters};
use crate::rank::{self, Features, Marks};
use crate::units::{Unit, sounds, units};

/// How many wordings the second step looks at.
pub const POOL: usize = 50;

/// After so many postings the first step stops at the next character (they come rarest first).
const POSTINGS_BUDGET: usize = 40_000;

/// What a shared pair of sounds counts for in the first step, against a shared character.
const PAIR_SHARE: f32 = 0.25;

/// An entry as the index needs it: a key of the caller and all its wordings, the standard question first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The caller's key, given back in [`Candidate::entry`].
    pub key: i64,
    /// The standard question and the similar questions.
    pub wordings: Vec<String>,
}

/// One entry found for a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The key of the [`Entry`].
    pub entry: i64,
    /// Which of its wordings came nearest: 0 is the standard question.
    pub wording: usize,
    /// The sum of the points in [`Explanation::points`], 1 for a perfect match.
    pub score: f32,
    /// The probability, in \[0, 1\], that this entry answers the question.
    pub confidence: f32,
    /// Why it was found.
    pub why: Explanation,
}

impl Candidate {
    /// Every unit of the question stands in the wording, as when somebody types a topic ("宽带") instead of a
    /// question: it may be one of several entries, and asking back is better than falling silent.
    #[must_use]
    pub fn covers_question(&self) -> bool {
        self.why.points.first().is_some_and(|(_, covered, _)| *covered >= 0.999)
    }
}

/// What made a candidate.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Explanation {
    /// Pieces of the question that stand in the wording, in the question's order.
    pub matched: Vec<Match>,
    /// The features of the ranking: name, value, and the points it gave.
    pub points: Vec<(&'static str, f32, f32)>,
    /// The figures that the confidence is made of: how the candidate stands among the others.
    pub standing: Vec<(&'static str, f32)>,
}

/// A piece of the question found in a wording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The piece as the question has it, after normalising.
    pub text: String,
    /// True if only its sound was found, as with a typing error.
    pub by_sound: bool,
}

/// Lists of numbers end to end, with their starts.
#[derive(Debug, Default)]
struct Lists<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T: Copy> Lists<T> {
    fn get(&self, at: usize) -> &[T] {
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(&start), Some(&end)) => &self.items[start as usize..end as usize],
            _ => &[],
        }
    }

    fn push(&mut self, items: impl IntoIterator<Item = T>) {
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        self.items.extend(items);
        self.starts.push(u32::try_from(self.items.len()).unwrap_or(u32::MAX));
    }
}

/// Groups (key, document) pairs by key, keys 0..count.
fn postings(count: usize, pairs: &[(u32, u32)]) -> Lists<u32> {
    let mut starts = vec![0_u32; count + 1];
    for (key, _) in pairs {
        starts[*key as usize + 1] += 1;
    }
    for at in 0..count {
        starts[at + 1] += starts[at];
    }
    let mut next = starts.clone();
    let mut items = vec![0; pairs.len()];
    for (key, document) in pairs {
        let place = &mut next[*key as usize];
        items[*place as usize] = *document;
        *place += 1;
    }
    Lists { starts, items }
}

/// Numbers for the units that occur in the base.
#[derive(Debug, Default)]
struct Vocabulary {
    characters: HashMap<char, u32>,
    runs: HashMap<Box<str>, u32>,
}

impl Vocabulary {
    fn find(&self, unit: Unit<'_>) -> Option<u32> {
        match unit {
            Unit::Character(c) => self.characters.get(&c).copied(),
            Unit::Run(run) => self.runs.get(run).copied(),
        }
    }

    fn find_or_add(&mut self, unit: Unit<'_>) -> u32 {
        let next = u32::try_from(self.len()).unwrap_or(u32::MAX);
        match unit {
            Unit::Character(c) => *self.characters.entry(c).or_insert(next),
            Unit::Run(run) => *self.runs.entry(run.into()).or_insert(next),
        }
    }

    fn len(&self) -> usize {
        self.characters.len() + self.runs.len()
    }
}

/// A knowledge base, ready to be asked. Immutable: build a new one when the base changes.
#[derive(Debug, Default)]
pub struct Index {
    entries: Vec<i64>,
    /// For each document (wording): its entry's place in `entries` and its place among the wordings.
    documents: Vec<(u32, u32)>,
    exact: HashMap<Box<str>, u32, RandomState>,
    vocabulary: Vocabulary,
    /// How much a unit tells, by its number.
    weights: Vec<f32>,
    /// What a unit counts that the base does not know.
    unknown_weight: f32,
    sound_weights: Vec<f32>,
    of_unit: Lists<u32>,
    pairs: HashMap<u32, u32>,
    of_pair: Lists<u32>,
    sequences: Lists<u32>,
    heard: Lists<Sound>,
    /// 1 / weight of all units, by document.
    inverse_mass: Vec<f32>,
}

/// A question as numbers of one index.
struct Question {
    marks: Marks,
    units: Vec<Option<u32>>,
    sounds: Vec<Sound>,
    mass: f32,
    unknown: f32,
    /// Some of it is syllables in letters.
    has_letters: bool,
}

#[derive(Default)]
struct Scratch {
    shared: Vec<f32>,
    marks: rank::Tables,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// The last number of sounds that fits a table; the language has some 250 after folding.
const SOUNDS: usize = 1024;

impl Index {
    /// Builds the index. An entry without wordings is never found.
    #[must_use]
    pub fn build(entries: &[Entry]) -> Self {
        let mut index = Self::default();
        let mut unit_pairs = Vec::new();
        let mut sound_pairs = Vec::new();
        for entry in entries {
            let place = count(index.entries.len());
            index.entries.push(entry.key);
            for (nth, wording) in entry.wordings.iter().enumerate() {
                index.add(place, count(nth), wording, &mut unit_pairs, &mut sound_pairs);
            }
        }
        index.of_unit = postings(index.vocabulary.len(), &unit_pairs);
        index.of_pair = postings(index.pairs.len(), &sound_pairs);
        index.weigh();
        index
    }

    /// How many wordings can be found.
    #[must_use]
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// True if nothing can be found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    fn add(
        &mut self,
        entry: u32,
        nth: u32,
        wording: &str,
        unit_pairs: &mut Vec<(u32, u32)>,
        sound_pairs: &mut Vec<(u32, u32)>,
    ) {
        let text = normalise::question(wording);
        let parts = units(&text);
        if parts.is_empty() {
            return;
        }
        let document = count(self.documents.len());
        self.documents.push((entry, nth));
        let sequence: Vec<u32> = parts.iter().map(|unit| self.vocabulary.find_or_add(*unit)).collect();
        let heard = sounds(&parts);
        unit_pairs.extend(distinct(sequence.iter().copied()).into_iter().map(|unit| (unit, document)));
        for pair in distinct(heard.windows(2).map(pair_of)) {
            let next = count(self.pairs.len());
            sound_pairs.push((*self.pairs.entry(pair).or_insert(next), document));
        }
        self.sequences.push(sequence);
        self.heard.push(heard);
        self.exact.entry(text.into()).or_insert(document);
    }

    /// Weights by rarity, once all wordings are in.
    fn weigh(&mut self) {
        let total = self.documents.len() as f32;
        let rarity = |found: f32| ((total - found + 0.5) / (found + 0.5)).ln_1p();
        self.weights =
            (0..self.vocabulary.len()).map(|unit| rarity(self.of_unit.get(unit).len() as f32)).collect();
        self.unknown_weight = rarity(0.5);
        let mut heard_in = vec![0_f32; SOUNDS];
        for document in 0..self.documents.len() {
            for sound in distinct(self.heard.get(document).iter().copied()) {
                heard_in[usize::from(sound).min(SOUNDS - 1)] += 1.0;
            }
        }
        self.sound_weights = heard_in.into_iter().map(rarity).collect();
        self.inverse_mass = (0..self.documents.len())
            .map(|document| {
                1.0 / self
                    .sequences
                    .get(document)
                    .iter()
                    .map(|unit| self.weights[*unit as usize])
                    .sum::<f32>()
            })
            .collect();
    }

    /// The entries nearest to `text`, best first, at most `limit`.
    #[must_use]
    pub fn search(&self, text: &str, limit: usize) -> Vec<Candidate> {
        let text = normalise::question(text);
        let parts = units(&text);
        if parts.is_empty() || self.documents.is_empty() || limit == 0 {
            return Vec::new();
        }
        let question = self.question(&parts);
        let mut ranked = SCRATCH.with_borrow_mut(|scratch| {
            let pool = self.first_step(&question, &mut scratch.shared);
            self.second_step(&question, &pool, &mut scratch.marks)
        });
        let exact = self.exact.get(text.as_str()).map(|document| self.documents[*document as usize]);
        if let Some((entry, nth)) = exact
            && let Some(at) = ranked.iter().position(|it| it.entry == entry)
        {
            let mut found = ranked.remove(at);
            found.nth = nth;
            ranked.insert(0, found);
        }
        let unknown = question.unknown / question.mass.max(f32::MIN_POSITIVE);
        let mass = question.mass / self.unknown_weight;
        let scores: Vec<f32> = ranked.iter().map(|it| it.score).collect();
        ranked
            .iter()
            .take(limit)
            .enumerate()
            .map(|(place, it)| {
                let standing =
                    Standing::of(&scores, place, it.features.covered(question.has_letters), mass, unknown);
                let is_exact = place == 0 && exact.is_some();
                Candidate {
                    entry: self.entries[it.entry as usize],
                    wording: it.nth as usize,
                    score: it.score,
                    confidence: if is_exact { 1.0 } else { standing.probability() },
                    why: explain(&parts, it, &standing),
                }
            })
            .collect()
    }

    fn question(&self, parts: &[Unit<'_>]) -> Question {
        let found: Vec<Option<u32>> = parts.iter().map(|unit| self.vocabulary.find(*unit)).collect();
        let weight = |unit: &Option<u32>| unit.map_or(self.unknown_weight, |it| self.weights[it as usize]);
        let mass = found.iter().map(weight).sum();
        // Letters that spell syllables are heard, so they are not strange to the base: "zenme chongzhi".
        let is_heard = |unit: &Unit<'_>| matches!(unit, Unit::Run(run) if split_letters(run).is_some());
        let has_letters = parts.iter().any(is_heard);
        let strange = parts.iter().zip(&found).filter(|(unit, it)| it.is_none() && !is_heard(unit)).count();
        let unknown = self.unknown_weight * strange as f32;
        let sounds = sounds(parts);
        let marks = Marks::new(
            found.iter().map(weight).collect(),
            sounds.iter().map(|it| self.sound_weights[usize::from(*it).min(SOUNDS - 1)]).collect(),
        );
        Question { marks, units: found, sounds, mass, unknown, has_letters }
    }

    /// The documents that share most with the question, by their number.
    fn first_step(&self, question: &Question, shared: &mut Vec<f32>) -> Vec<u32> {
        shared.clear();
        shared.resize(self.documents.len(), 0.0);
        let mut known = distinct(question.units.iter().flatten().copied());
        known.sort_unstable_by_key(|unit| self.of_unit.get(*unit as usize).len());
        let mut read = 0;
        for pair in distinct(question.sounds.windows(2).map(pair_of)) {
            let Some(number) = self.pairs.get(&pair) else { continue };
            let found = self.of_pair.get(*number as usize);
            let rarity = self.unknown_weight - (found.len() as f32).ln();
            read += found.len();
            for document in found {
                shared[*document as usize] += PAIR_SHARE * rarity;
            }
        }
        for unit in known {
            let found = self.of_unit.get(unit as usize);
            read += found.len();
            if read > POSTINGS_BUDGET && read > found.len() {
                break;
            }
            for document in found {
                shared[*document as usize] += self.weights[unit as usize];
            }
        }
        let from_question = 1.0 / question.mass.max(f32::MIN_POSITIVE);
        for (value, from_wording) in shared.iter_mut().zip(&self.inverse_mass) {
            *value *= from_question + from_wording;
        }
        best(shared, POOL)
    }

    fn second_step(&self, question: &Question, pool: &[u32], tables: &mut rank::Tables) -> Vec<Ranked> {
        tables.mark(self.weights.len(), &question.units, &question.sounds);
        let mut ranked: Vec<Ranked> = Vec::with_capacity(pool.len());
        for document in pool {
            let place = *document as usize;
            let (features, matched, heard) = rank::compare(
                &question.marks,
                tables,
                rank::Wording { units: self.sequences.get(place), sounds: self.heard.get(place) },
                (&self.weights, &self.sound_weights),
            );
            let (entry, nth) = self.documents[place];
            ranked.push(Ranked { entry, nth, score: features.score(), features, matched, heard });
        }
        tables.unmark(&question.units, &question.sounds);
        ranked
            .sort_by(|a, b| b.score.total_cmp(&a.score).then(a.entry.cmp(&b.entry)).then(a.nth.cmp(&b.nth)));
        let mut seen = std::collections::HashSet::with_capacity(ranked.len());
        ranked.retain(|it| seen.insert(it.entry));
        ranked
    }
}

struct Ranked {
    entry: u32,
    nth: u32,
    score: f32,
    features: Features,
    /// Which places of the question's units stand in the wording.
    matched: u64,
    /// Which places of the question's sounds are heard in the wording.
    heard: u64,
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn pair_of(sounds: &[Sound]) -> u32 {
    u32::from(sounds[0]) << 16 | u32::from(sounds[1])
}

fn distinct<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = items.collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The places of the `limit` greatest values above zero, in no order. Equal values: the earlier place.
fn best(values: &[f32], limit: usize) -> Vec<u32> {
    let mut found: Vec<(f32, u32)> = Vec::with_capacity(limit * 4);
    let mut least = 0.0;
    for (place, value) in values.iter().enumerate() {
        if *value > least {
            found.push((*value, count(place)));
            if found.len() == limit * 4 {
                found.select_nth_unstable_by(limit - 1, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                least = found[limit - 1].0;
                found.truncate(limit);
            }
        }
    }
    found.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    found.truncate(limit);
    found.into_iter().map(|it| it.1).collect()
}

fn explain(parts: &[Unit<'_>], ranked: &Ranked, standing: &Standing) -> Explanation {
    let mut matched: Vec<Match> = Vec::new();
    let mut previous = None;
    let mut heard = 0;
    for (place, unit) in parts.iter().enumerate().take(rank::LONGEST) {
        let here = ranked.matched >> place & 1 == 1;
        let syllables = sounds(std::slice::from_ref(unit)).len();
        let sounded =
            syllables > 0 && (heard..heard + syllables).all(|at| at < 64 && ranked.heard >> at & 1 == 1);
        heard += syllables;
        let found = here.then_some(false).or(sounded.then_some(true));
        match (found, previous, matched.last_mut()) {
            (Some(by_sound), Some(before), Some(last)) if by_sound == before => {
                last.text.push_str(&unit.text())
            }
            (Some(by_sound), ..) => matched.push(Match { text: unit.text(), by_sound }),
            (None, ..) => {}
        }
        previous = found;
    }
    Explanation { matched, points: ranked.features.points(), standing: standing.figures() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn base(wordings: &[&[&str]]) -> Index {
        let entries: Vec<Entry> = wordings
            .iter()
            .zip(10..)
            .map(|(it, key)| Entry { key, wordings: it.iter().map(ToString::to_string).collect() })
            .collect();
        Index::build(&entries)
    }

    fn telecom() -> Index {
        base(&[
            &["话费怎么查询", "查一下我的余额"],
            &["宽带断网了怎么办", "家里上不了网"],
            &["怎么还款", "还款方式有哪些"],
            &["如何开发票", "电子发票在哪里下载"],
            &["微信怎么绑定手机号"],
            &["5g套餐有哪些"],
        ])
    }

    #[test]
    fn the_nearest_entry_comes_first() {
        let index = telecom();
        let check = |question: &str, entry: i64| {
            let found = index.search(question, 3);
            assert_eq!(found.first().map(|it| it.entry), Some(entry), "{question}: {found:?}");
        };
        check("我想查话费", 10);
        check("宽带断了", 11);
        check("發票怎麼開呀", 13);
        check("zenme huankuan", 12);
        check("kuandai duanwang", 11);
        check("怎么环款", 12);
        check("weixin绑定", 14);
        check("5G 套餐", 15);
        check("你好，请问电子发票哪里下载？谢谢", 13);
    }

    #[test]
    fn a_stored_wording_is_certain_and_names_itself() {
        let found = telecom().search("查一下我的餘額？", 5);
        assert_eq!((found[0].entry, found[0].wording, found[0].confidence), (10, 1, 1.0));
        assert!((found[0].score - 1.0).abs() < 1e-5);
    }

    #[test]
    fn what_the_base_does_not_know_is_not_found_or_not_trusted() {
        let index = telecom();
        for question in ["", "？？？", "😀", "今晚月亮真圆"] {
            assert!(index.search(question, 5).is_empty(), "{question}");
        }
        assert!(index.search("明天天气怎么样", 5).iter().all(|it| it.confidence < 0.35));
        assert!(base(&[]).search("话费", 5).is_empty());
        assert!(index.search("话费", 0).is_empty());
    }

    #[test]
    fn an_explanation_tells_pieces_and_adds_up() {
        let found = telecom().search("花费怎么查询", 1).remove(0);
        let pieces: Vec<_> = found.why.matched.iter().map(|it| (it.text.as_str(), it.by_sound)).collect();
        assert_eq!(pieces, [("花", true), ("费怎么查询", false)]);
        let sum: f32 = found.why.points.iter().map(|(_, _, points)| points).sum();
        assert!((sum - found.score).abs() < 1e-5);
    }

    proptest! {
        #[test]
        fn any_question_is_answered_in_order(question in "[话费查询怎么宽带还款发票a-z0-9 \\PC]{0,90}") {
            let found = telecom().search(&question, 10);
            for it in &found {
                prop_assert!((0.0..=1.0).contains(&it.confidence) && it.score.is_finite());
            }
            prop_assert!(found.windows(2).all(|it| it[0].score >= it[1].score || it[0].confidence == 1.0));
        }

        #[test]
        fn a_stored_wording_is_always_found(wordings in prop::collection::vec("[话费查询怎么宽带断网还款a-c]{1,8}", 1..30)) {
            let lists: Vec<Vec<&str>> = wordings.iter().map(|it| vec![it.as_str()]).collect();
            let index = base(&lists.iter().map(Vec::as_slice).collect::<Vec<_>>());
            for wording in &wordings {
                let found = index.search(wording, 1);
                let place = usize::try_from(found[0].entry - 10).unwrap();
                prop_assert_eq!(normalise::question(&wordings[place]), normalise::question(wording));
                prop_assert_eq!(found[0].confidence, 1.0);
            }
        }
    }
}
