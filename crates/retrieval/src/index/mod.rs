//! Every wording is a small document of its own; an entry counts by its best wording.
//!
//! A search has two steps. The first adds up, over postings of characters and of pairs of sounds, how
//! much weight each wording shares with the question, seen from both sides, and keeps [`POOL`] of them; the
//! learnt space and an outside [`Similarity`] add their own. The second ranks these exactly (`rank`), and where a
//! comparer was learnt, it holds the first five against the question (`hold`).
//! Frequent characters and pairs are left to the second step once the first has read some 40,000 postings, so the cost stays
//! bounded in a large base. A question with typing errors is looked up in two readings, as it is written and as
//! the base would write it (`mend`); an entry counts by the better one.
//!
//! An index is immutable and cheap to clone. [`Index::with`] makes a changed one beside it: what
//! changed lies in a small fresh part, what it replaces is left out of the big one. When the
//! fresh part has grown ([`Index::is_ripe`]) somebody builds all anew, in the background.

mod hold;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::confidence::{Standing, voice};
use crate::explain::{self, Candidate, Explanation};
use crate::language::Language;
use crate::learnt::Space;
use crate::mend::{Mended, Spellings};
use crate::normalise;
use crate::part::{Compared, Part, Scratch};
use crate::question::Question;
use crate::rank::{self, Kinds, Weights};
use crate::units::Unit;

/// How many wordings the second step looks at.
pub const POOL: usize = 50;

/// How many more the learnt space may bring, and an outside similarity.
const LEARNT_POOL: usize = 30;
const MODEL_POOL: usize = 50;

/// A second reading is only looked up where at least this share of its weight was not written: a particle more or less
/// ("的") leads to no other entry, and to look up costs as much as the first time.
const LEAST_NEWS: f32 = 0.03;

/// From so many changed entries on the index is ripe: a change then costs some milliseconds.
const RIPE: usize = 128;

/// An entry as the index needs it: a key of the caller and all its wordings, the standard question first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The caller's key, given back in [`Candidate::entry`].
    pub key: i64,
    /// The standard question and the similar questions.
    pub wordings: Vec<String>,
}

impl Entry {
    /// Where its wordings stand that differ in more than spelling: the first of each form.
    pub(crate) fn distinct(&self) -> Vec<usize> {
        let mut forms = HashSet::with_capacity(self.wordings.len());
        let is_new = |nth: &usize| forms.insert(normalise::question(&self.wordings[*nth]));
        (0..self.wordings.len()).filter(is_new).collect()
    }
}

/// What an editor did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A new entry, or a new version of one with this key.
    Put(Entry),
    /// The entry with this key is gone.
    Remove(i64),
}

/// What somebody else knows of the nearness of the question at hand to wordings: a sentence encoder that has encoded
/// the question already. It is one more feature beside the others, never the only path.
pub trait Similarity {
    /// The cosine, in \[-1, 1\], of the question and wording `nth` of entry `key`; `None` if it is not known.
    fn of(&self, key: i64, nth: usize) -> Option<f32>;
    /// The wordings it holds nearest, at most `limit`: (key, nth). They join the candidates.
    fn nearest(&self, limit: usize) -> Vec<(i64, usize)>;
    /// Whether it has learnt from this base's own pairs what is alike here: it is trusted more then.
    fn has_learnt(&self) -> bool {
        false
    }
}

/// A wording of an entry, or all of them, that a search does as without: the base is asked about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LeftOut {
    key: i64,
    nth: Option<u32>,
}

impl LeftOut {
    /// Whether this wording is to be left out.
    pub(crate) fn covers(left_out: Option<Self>, (key, nth): (i64, u32)) -> bool {
        left_out.is_some_and(|it| it.key == key && it.nth.is_none_or(|only| only == nth))
    }
}

/// A knowledge base, ready to be asked.
#[derive(Debug, Clone, Default)]
pub struct Index {
    language: Language,
    space: Option<Arc<Space>>,
    base: Arc<Part>,
    /// Entries of `base` that are gone or stand in `fresh` in a newer version.
    gone: Arc<Vec<u32>>,
    fresh: Arc<Part>,
    fresh_entries: Arc<Vec<Arc<Entry>>>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Index {
    /// Builds the index with the common language. An entry without wordings is never found.
    #[must_use]
    pub fn build(entries: &[Entry]) -> Self {
        Self::build_with(entries, Language::common(), None)
    }

    /// Builds the index with a tenant's own words, and with what was learnt from its questions.
    #[must_use]
    pub fn build_with(entries: &[Entry], language: Language, space: Option<Arc<Space>>) -> Self {
        let wordings = entries.iter().map(|it| (it.key, it.wordings.as_slice()));
        let base = Part::build(wordings, &language, space.as_deref(), None).into();
        Self { language, space, base, ..Self::default() }
    }

    /// The index after these changes. This one stays as it is.
    #[must_use]
    pub fn with(&self, changes: &[Change]) -> Self {
        let mut gone: HashSet<u32> = self.gone.iter().copied().collect();
        let mut fresh: Vec<Arc<Entry>> = self.fresh_entries.to_vec();
        for change in changes {
            let key = match change {
                Change::Put(entry) => entry.key,
                Change::Remove(key) => *key,
            };
            gone.extend(self.base.place_of(key));
            fresh.retain(|it| it.key != key);
            if let Change::Put(entry) = change {
                fresh.push(Arc::new(entry.clone()));
            }
        }
        let mut gone: Vec<u32> = gone.into_iter().collect();
        gone.sort_unstable();
        let wordings = fresh.iter().map(|it| (it.key, it.wordings.as_slice()));
        if self.base.len() == 0 {
            // Nothing is there that could say which words are rare.
            let base = Part::build(wordings, &self.language, self.space.as_deref(), None).into();
            return Self {
                language: self.language.clone(),
                space: self.space.clone(),
                base,
                ..Self::default()
            };
        }
        let part = Part::build(wordings, &self.language, self.space.as_deref(), Some(&self.base));
        Self { gone: gone.into(), fresh: part.into(), fresh_entries: fresh.into(), ..self.clone() }
    }

    /// So much has changed since it was built that building it anew pays: changes get dearer, and words that
    /// are new to the base still count as rare.
    #[must_use]
    pub fn is_ripe(&self) -> bool {
        let changed = self.fresh.entries() + self.gone.len();
        changed >= RIPE || changed > 0 && changed * 4 > self.base.entries()
    }

    /// The space it was built with.
    #[must_use]
    pub fn space(&self) -> Option<&Arc<Space>> {
        self.space.as_ref()
    }

    /// How many wordings can be found; two of an entry that differ in spelling alone are one. Those of replaced entries count until the index is built anew.
    #[must_use]
    pub fn len(&self) -> usize {
        self.base.len() + self.fresh.len()
    }

    /// True if nothing can be found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entries nearest to `text`, best first, at most `limit`.
    #[must_use]
    pub fn search(&self, text: &str, limit: usize) -> Vec<Candidate> {
        self.search_with(text, limit, None)
    }

    /// The same with what a model says about the question.
    #[must_use]
    pub fn search_with(&self, text: &str, limit: usize, model: Option<&dyn Similarity>) -> Vec<Candidate> {
        self.find(text, limit, (model, 0.0), None)
    }

    /// As [`search`](Self::search), for what is shown beside the candidates of another index, of which the best one has the
    /// score `elsewhere`: whoever comes nearest in a small index stands alone there and would seem sure.
    #[must_use]
    pub fn search_beside(&self, text: &str, limit: usize, elsewhere: f32) -> Vec<Candidate> {
        self.find(text, limit, (None, elsewhere), None)
    }

    /// The first entry and its confidence as if wording `nth` of entry `key`, or all of it, were not there.
    pub(crate) fn search_without(
        &self,
        text: &str,
        (key, nth): (i64, Option<usize>),
        model: Option<&dyn Similarity>,
    ) -> Option<(i64, f32)> {
        let found =
            self.find(text, 1, (model, 0.0), Some(LeftOut { key, nth: nth.map(crate::vocabulary::count) }));
        found.first().map(|it| (it.entry, it.confidence))
    }

    fn find(
        &self,
        text: &str,
        limit: usize,
        (model, elsewhere): (Option<&dyn Similarity>, f32),
        left_out: Option<LeftOut>,
    ) -> Vec<Candidate> {
        let text = normalise::question(text);
        let ask = |text| Question::new(text, &self.language, &self.base);
        let Some(question) = ask(&text).filter(|_| limit > 0 && !self.is_empty()) else { return Vec::new() };
        let exact = self.find_exact(question.text).filter(|it| !LeftOut::covers(left_out, *it));
        let mended = if exact.is_some() { None } else { self.mend(&question) };
        let second = mended.as_ref().and_then(|it| ask(&it.text));
        let second = second.filter(|it| it.news_to(&question) >= LEAST_NEWS);
        let readings: Vec<_> = std::iter::once(question).chain(second).collect();
        let comparer = self.space.as_ref().and_then(|it| it.comparer());
        let kinds = Kinds {
            has_learnt: self.space.is_some(),
            compares: comparer.is_some(),
            model: model.map(Similarity::has_learnt),
        };
        let (weights, scale) = (Weights::of(kinds), kinds.scale());
        let mut compared = Vec::new();
        for (reading, question) in readings.iter().enumerate() {
            compared.extend(self.compare(reading, question, (exact, left_out), model));
        }
        let mut ranked = rank_all(compared, &weights, exact);
        if let Some(comparer) = comparer {
            self.hold(comparer, &readings, &mut ranked, &weights, exact);
        }
        let scores: Vec<f32> = ranked.iter().map(|it| it.score).collect();
        let changes = mended.as_ref().map_or(&[][..], |it| it.changes.as_slice());
        ranked
            .iter()
            .take(limit)
            .enumerate()
            .map(|(place, Ranked { score, best: it, voices })| {
                let question = &readings[it.reading];
                let said = (*voices, it.features.0[rank::COMPARED]);
                let standing = Standing::of(question, (&scores, scale), place, elsewhere, said);
                let read = changes.iter().filter(|_| it.reading > 0).cloned();
                Candidate {
                    entry: it.entry,
                    wording: it.nth as usize,
                    score: *score,
                    confidence: if place == 0 && exact.is_some() { 1.0 } else { standing.probability() },
                    why: Explanation {
                        matched: explain::matched(question, it.covered),
                        synonyms: read.chain(explain::synonyms(question, it.covered)).collect(),
                        covered: question.marks.units.share_at(it.covered.units),
                        points: it.features.points(&weights),
                        standing: standing.figures(),
                    },
                }
            })
            .collect()
    }

    /// The question without its typing errors, as far as the base can tell them.
    fn mend(&self, question: &Question<'_>) -> Option<Mended> {
        let knows = |it: Unit<'_>| self.base.knows(it) || self.fresh.knows(it);
        let spellings = Spellings::new(&self.base.spelling, &self.fresh.spelling);
        spellings.mend(&question.units, self.space.as_deref(), knows)
    }

    /// Compares one reading of the question with what comes near it.
    fn compare(
        &self,
        reading: usize,
        question: &Question<'_>,
        (exact, left_out): (Option<(i64, u32)>, Option<LeftOut>),
        model: Option<&dyn Similarity>,
    ) -> Vec<Compared> {
        let mut compared =
            SCRATCH.with_borrow_mut(|scratch| self.compare_all(question, (exact, left_out), model, scratch));
        agree(question, &mut compared);
        if let Some(model) = model {
            hear_model(model, &mut compared);
        }
        if reading > 0 {
            compared.iter_mut().for_each(|it| it.read_as(reading));
        }
        compared
    }

    /// The wording that is just this text, of the older entry if there are several.
    fn find_exact(&self, text: &str) -> Option<(i64, u32)> {
        let in_base = self.base.find_exact(text, |entry| self.gone.binary_search(&entry).is_ok());
        let in_fresh = || self.fresh.find_exact(text, |_| false).map(|it| self.fresh.wording(it));
        in_base.map(|it| self.base.wording(it)).or_else(in_fresh)
    }

    fn compare_all(
        &self,
        question: &Question<'_>,
        (exact, left_out): (Option<(i64, u32)>, Option<LeftOut>),
        model: Option<&dyn Similarity>,
        scratch: &mut Scratch,
    ) -> Vec<Compared> {
        let (units, sounds, terms) = (&question.units, &question.sounds, &question.terms.terms);
        let learnt = self.space.as_ref().map(|it| it.vector(units, sounds, terms));
        let mut asked_for = model.map(|it| it.nearest(MODEL_POOL)).unwrap_or_default();
        asked_for.extend(exact.map(|(key, nth)| (key, nth as usize)));
        let mut compared = Vec::new();
        for (part, gone) in [(&self.base, self.gone.as_slice()), (&self.fresh, &[])] {
            if part.len() == 0 {
                continue;
            }
            let numbers = question.numbers(part);
            let mut pool = part.first_step(question, &numbers, gone, POOL);
            if let Some(vector) = &learnt {
                pool.extend(part.nearest_learnt(vector, gone, LEARNT_POOL));
            }
            let present = |key: i64| part.place_of(key).is_some_and(|it| gone.binary_search(&it).is_err());
            let named = asked_for.iter().filter(|it| present(it.0));
            pool.extend(named.filter_map(|(key, nth)| part.document(*key, *nth)));
            pool.retain(|document| !LeftOut::covers(left_out, part.wording(*document)));
            pool.sort_unstable();
            pool.dedup();
            compared.extend(part.second_step(question, &numbers, &pool, learnt.as_deref(), scratch));
        }
        compared
    }
}

/// What all found wordings of an entry cover of the question together: several half-right wordings make
/// an entry likelier than one.
fn agree(question: &Question<'_>, compared: &mut [Compared]) {
    let mut together: HashMap<i64, u64> = HashMap::with_capacity(compared.len());
    for it in compared.iter() {
        *together.entry(it.entry).or_default() |= it.covered.terms;
    }
    for it in compared {
        let places = together.get(&it.entry).copied().unwrap_or_default();
        it.features.0[rank::ENTRY] = question.marks.terms.share_at(places);
    }
}

/// What the model knows nothing about keeps the mean of what it knows: neither better nor worse for it. Typing
/// errors lead it astray as they do the learnt space.
fn hear_model(model: &dyn Similarity, compared: &mut [Compared]) {
    let heard: Vec<Option<f32>> = compared.iter().map(|it| model.of(it.entry, it.nth as usize)).collect();
    let known: Vec<f32> = heard.iter().flatten().copied().collect();
    let mean = known.iter().sum::<f32>() / known.len().max(1) as f32;
    for (it, cosine) in compared.iter_mut().zip(heard) {
        let cosine = cosine.unwrap_or(mean).clamp(0.0, 1.0);
        it.features.0[rank::MODEL] = cosine + rank::misspelt(&it.features) * (1.0 - cosine);
    }
}

/// An entry among the candidates.
struct Ranked {
    score: f32,
    /// Its best wording.
    best: Compared,
    /// All its wordings that were compared in the same reading, each as it counts beside the best one.
    voices: f32,
}

/// Every entry once, by its best wording, best first; the exact one before all others.
fn rank_all(compared: Vec<Compared>, weights: &Weights, exact: Option<(i64, u32)>) -> Vec<Ranked> {
    let is_exact = |it: &Compared| exact == Some((it.entry, it.nth));
    let mut scored: Vec<(f32, Compared)> =
        compared.into_iter().map(|it| (it.features.score(weights), it)).collect();
    scored.sort_by(|(a, x), (b, y)| {
        let by_score = is_exact(y).cmp(&is_exact(x)).then(b.total_cmp(a));
        by_score.then(x.entry.cmp(&y.entry)).then(x.nth.cmp(&y.nth))
    });
    let mut places = HashMap::with_capacity(scored.len());
    let mut ranked: Vec<Ranked> = Vec::with_capacity(scored.len());
    for (score, it) in scored {
        let place = *places.entry(it.entry).or_insert(ranked.len());
        match ranked.get_mut(place) {
            None => ranked.push(Ranked { score, best: it, voices: 1.0 }),
            Some(first) if first.best.reading == it.reading => first.voices += voice(score, first.score),
            Some(_) => {}
        }
    }
    ranked
}

#[cfg(test)]
mod tests;
