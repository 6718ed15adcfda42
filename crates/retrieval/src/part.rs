//! An immutable piece of an index: wordings as numbers, and what stands where.

use std::collections::HashMap;

use crate::first_step::share_most;
use crate::language::{Language, is_carrier};
use crate::learnt::{Space, Token, Vectors, tokens};
use crate::mend::Spelling;
use crate::normalise;
use crate::pinyin::Sound;
use crate::question::Question;
use crate::rank::{self, Covered, Features, Numbers, Tables, Wording};
use crate::units::{Unit, sounds, units};
use crate::vocabulary::{Lists, Vocabulary, count, distinct, postings};

/// After so many postings the first step stops at the next character (they come rarest first).
const POSTINGS_BUDGET: usize = 40_000;

/// So many of them may be of pairs of sounds, so that the characters, which count four times as much, get their turn.
const PAIRS_BUDGET: usize = POSTINGS_BUDGET / 2;

/// What a shared pair of sounds counts for in the first step, against a shared character.
const PAIR_SHARE: f32 = 0.25;

/// The last number of sounds that fits a table; the language has some 250 after folding.
const SOUNDS: usize = 1024;

/// Wordings with postings.
#[derive(Debug, Default)]
pub(crate) struct Part {
    entries: Vec<i64>,
    places: HashMap<i64, u32>,
    /// The first document of each entry, and the end.
    starts: Vec<u32>,
    /// For each document (wording): its entry's place in `entries` and its place among the wordings.
    documents: Vec<(u32, u32)>,
    exact: HashMap<Box<str>, u32>,
    /// The next document with the same text, where there is one.
    twins: HashMap<u32, u32>,
    vocabulary: Vocabulary,
    term_vocabulary: Vocabulary,
    weights: Weights,
    of_unit: Lists<u32>,
    pairs: HashMap<u32, u32>,
    of_pair: Lists<u32>,
    sequences: Lists<u32>,
    heard: Lists<Sound>,
    terms: Lists<u32>,
    /// 1 / weight of all units, by document.
    inverse_mass: Vec<f32>,
    /// Where each document lies in the learnt space.
    vectors: Vectors,
    /// What a comparer calls each unit, by its number.
    names: Vec<Token>,
    /// Which characters follow each other.
    pub(crate) spelling: Spelling,
}

/// How much each unit, term and sound tells, by its number.
#[derive(Debug, Default)]
struct Weights {
    units: Vec<f32>,
    /// Weight, and weight as content.
    terms: Vec<(f32, f32)>,
    sounds: Vec<f32>,
    /// What counts that the base does not know.
    unknown: f32,
}

/// A wording that was compared with a question.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compared {
    /// With which reading of the question; 0 is the written one.
    pub(crate) reading: usize,
    pub(crate) entry: i64,
    pub(crate) nth: u32,
    pub(crate) features: Features,
    pub(crate) covered: Covered,
}

/// What counts of a likeness that rests on another reading than the written one.
pub(crate) const READ_OTHERWISE: f32 = 0.98;

impl Compared {
    /// Says that this was compared with another reading of the question.
    pub(crate) fn read_as(&mut self, reading: usize) {
        self.reading = reading;
        self.features.0.iter_mut().for_each(|it| *it *= READ_OTHERWISE);
    }
}

/// What a search writes into again and again.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    tables: Tables,
}

#[derive(Default)]
struct Gathered {
    units: Vec<(u32, u32)>,
    pairs: Vec<(u32, u32)>,
}

impl Part {
    /// Builds the part. An entry without wordings is never found. With a `background` the weights are its own: a
    /// few fresh entries say nothing about which words are rare.
    pub(crate) fn build<'a>(
        entries: impl Iterator<Item = (i64, &'a [String])>,
        language: &Language,
        space: Option<&Space>,
        background: Option<&Part>,
    ) -> Self {
        let mut part = Self::default();
        let mut gathered = Gathered::default();
        for (key, wordings) in entries {
            let place = count(part.entries.len());
            part.entries.push(key);
            part.places.insert(key, place);
            part.starts.push(count(part.documents.len()));
            for (nth, wording) in wordings.iter().enumerate() {
                part.add((place, count(nth)), wording, (language, space), &mut gathered);
            }
        }
        part.starts.push(count(part.documents.len()));
        part.of_unit = postings(part.vocabulary.len(), &gathered.units);
        part.of_pair = postings(part.pairs.len(), &gathered.pairs);
        part.weights = match background.filter(|it| !it.documents.is_empty()) {
            Some(background) => part.borrowed_weights(background),
            None => part.own_weights(),
        };
        part.inverse_mass = (0..part.documents.len())
            .map(|document| {
                let units = part.sequences.get(document).iter();
                1.0 / units.map(|unit| part.weights.units[*unit as usize]).sum::<f32>()
            })
            .collect();
        part.names = vec![0; part.vocabulary.len()];
        for (unit, number) in part.vocabulary.all() {
            part.names[number as usize] = tokens::single(unit);
        }
        part.spelling.finish();
        part.sequences.shrink();
        part.heard.shrink();
        part.terms.shrink();
        part.vectors.shrink();
        part
    }

    fn add(
        &mut self,
        place: (u32, u32),
        wording: &str,
        (language, space): (&Language, Option<&Space>),
        gathered: &mut Gathered,
    ) {
        let text = normalise::question(wording);
        let parts = units(&text);
        if parts.is_empty() {
            return;
        }
        self.spelling.add(&parts);
        let document = count(self.documents.len());
        if self.newest_with(&text).is_some_and(|it| self.documents[it as usize].0 == place.0) {
            // The entry has it already, in another spelling: said twice it is no second voice.
            return;
        }
        self.documents.push(place);
        let sequence: Vec<u32> = parts.iter().map(|unit| self.vocabulary.find_or_add(*unit)).collect();
        let heard = sounds(&parts);
        let terms = language.terms(&text);
        let numbers = terms.terms.iter().map(|it| self.term_vocabulary.find_or_add(*it));
        self.terms.push(numbers.collect::<Vec<_>>());
        if let Some(space) = space {
            self.vectors.push(&space.vector(&parts, &heard, &terms.terms));
        }
        gathered.units.extend(distinct(sequence.iter().copied()).into_iter().map(|unit| (unit, document)));
        for pair in distinct(heard.windows(2).map(pair_of)) {
            let next = count(self.pairs.len());
            gathered.pairs.push((*self.pairs.entry(pair).or_insert(next), document));
        }
        self.sequences.push(sequence);
        self.heard.push(heard);
        match self.exact.get(text.as_str()) {
            // Right behind the first one, so that many equal wordings cost no walk.
            Some(first) => {
                if let Some(next) = self.twins.insert(*first, document) {
                    self.twins.insert(document, next);
                }
            }
            None => {
                self.exact.insert(text.into(), document);
            }
        }
    }

    /// The document with just this text that was added last.
    fn newest_with(&self, text: &str) -> Option<u32> {
        self.exact.get(text).map(|first| *self.twins.get(first).unwrap_or(first))
    }

    /// Weights by rarity, once all wordings are in.
    fn own_weights(&self) -> Weights {
        let total = self.documents.len() as f32;
        let rarity = |found: f32| ((total - found + 0.5) / (found + 0.5)).ln_1p();
        let mut terms_in = vec![0_f32; self.term_vocabulary.len()];
        let mut heard_in = vec![0_f32; SOUNDS];
        for document in 0..self.documents.len() {
            for term in distinct(self.terms.get(document).iter().copied()) {
                terms_in[term as usize] += 1.0;
            }
            for sound in distinct(self.heard.get(document).iter().copied()) {
                heard_in[usize::from(sound).min(SOUNDS - 1)] += 1.0;
            }
        }
        let mut terms: Vec<(f32, f32)> =
            terms_in.into_iter().map(|found| (rarity(found), rarity(found))).collect();
        self.take_from_carriers(&mut terms);
        Weights {
            units: (0..self.vocabulary.len())
                .map(|unit| rarity(self.of_unit.get(unit).len() as f32))
                .collect(),
            terms,
            sounds: heard_in.into_iter().map(rarity).collect(),
            unknown: rarity(0.5),
        }
    }

    fn borrowed_weights(&self, from: &Part) -> Weights {
        let mut weights = Weights {
            units: vec![from.weights.unknown; self.vocabulary.len()],
            terms: vec![(from.weights.unknown, from.weights.unknown); self.term_vocabulary.len()],
            sounds: from.weights.sounds.clone(),
            unknown: from.weights.unknown,
        };
        for (unit, number) in self.vocabulary.all() {
            weights.units[number as usize] = from.unit_weight(unit);
        }
        for (term, number) in self.term_vocabulary.all() {
            let weight = from.term_weight(term);
            weights.terms[number as usize] = (weight, weight);
        }
        self.take_from_carriers(&mut weights.terms);
        weights
    }

    fn take_from_carriers(&self, terms: &mut [(f32, f32)]) {
        for (_, number) in self.term_vocabulary.all().filter(|(term, _)| is_carrier(*term)) {
            terms[number as usize].1 = 0.0;
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.documents.len()
    }

    pub(crate) fn entries(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn place_of(&self, key: i64) -> Option<u32> {
        self.places.get(&key).copied()
    }

    pub(crate) fn find_unit(&self, unit: Unit<'_>) -> Option<u32> {
        self.vocabulary.find(unit)
    }

    pub(crate) fn find_term(&self, term: Unit<'_>) -> Option<u32> {
        self.term_vocabulary.find(term)
    }

    /// Whether a unit stands in a wording.
    pub(crate) fn knows(&self, unit: Unit<'_>) -> bool {
        self.find_unit(unit).is_some()
    }

    pub(crate) fn unit_weight(&self, unit: Unit<'_>) -> f32 {
        self.find_unit(unit).map_or(self.weights.unknown, |it| self.weights.units[it as usize])
    }

    pub(crate) fn term_weight(&self, term: Unit<'_>) -> f32 {
        self.find_term(term).map_or(self.weights.unknown, |it| self.weights.terms[it as usize].0)
    }

    pub(crate) fn sound_weight(&self, sound: Sound) -> f32 {
        self.weights.sounds.get(usize::from(sound).min(SOUNDS - 1)).copied().unwrap_or(self.weights.unknown)
    }

    /// The document of a wording.
    pub(crate) fn document(&self, key: i64, nth: usize) -> Option<u32> {
        let place = *self.places.get(&key)? as usize;
        let range = *self.starts.get(place)?..*self.starts.get(place + 1)?;
        range.into_iter().find(|it| self.documents[*it as usize].1 as usize == nth)
    }

    /// What a comparer calls the units of a document, in order.
    pub(crate) fn names(&self, document: u32) -> Vec<Token> {
        self.sequences.get(document as usize).iter().map(|it| self.names[*it as usize]).collect()
    }

    /// The first document with just this text whose entry is not `gone`.
    pub(crate) fn find_exact(&self, text: &str, gone: impl Fn(u32) -> bool) -> Option<u32> {
        let mut document = *self.exact.get(text)?;
        while gone(self.documents[document as usize].0) {
            document = *self.twins.get(&document)?;
        }
        Some(document)
    }

    /// The entry's key and the wording's place of a document.
    pub(crate) fn wording(&self, document: u32) -> (i64, u32) {
        let (entry, nth) = self.documents[document as usize];
        (self.entries[entry as usize], nth)
    }

    /// The documents that share most with the question, by their number. `gone` entries are left out.
    pub(crate) fn first_step(
        &self,
        question: &Question<'_>,
        numbers: &Numbers<'_>,
        gone: &[u32],
        limit: usize,
    ) -> Vec<u32> {
        let mut postings = Vec::with_capacity(question.sounds.len() + numbers.units.len());
        let mut read = 0;
        let pairs = distinct(question.sounds.windows(2).map(pair_of));
        let numbers_of_pairs = pairs.iter().filter_map(|it| self.pairs.get(it));
        let mut pairs: Vec<&[u32]> = numbers_of_pairs.map(|it| self.of_pair.get(*it as usize)).collect();
        pairs.sort_unstable_by_key(|found| found.len());
        for found in pairs {
            read += found.len();
            if read > PAIRS_BUDGET {
                read -= found.len();
                break;
            }
            let rarity = (self.weights.unknown - (found.len() as f32).ln()).max(0.0);
            postings.push((found, PAIR_SHARE * rarity));
        }
        let mut known = distinct(numbers.units.iter().flatten().copied());
        known.sort_unstable_by_key(|unit| self.of_unit.get(*unit as usize).len());
        for (nth, unit) in known.into_iter().enumerate() {
            let found = self.of_unit.get(unit as usize);
            read += found.len();
            // The rarest one is always read.
            if read > POSTINGS_BUDGET && nth > 0 {
                break;
            }
            postings.push((found, self.weights.units[unit as usize]));
        }
        let from_question = 1.0 / question.mass.max(f32::MIN_POSITIVE);
        let gone: Vec<_> = gone.iter().map(|it| self.range(*it)).collect();
        share_most(postings, from_question, &self.inverse_mass, &gone, limit)
    }

    /// The documents nearest in the learnt space.
    pub(crate) fn nearest_learnt(&self, vector: &[f32], gone: &[u32], limit: usize) -> Vec<u32> {
        self.vectors.nearest(vector, gone.iter().map(|it| self.range(*it)), limit)
    }

    /// The documents of an entry, by its place.
    fn range(&self, place: u32) -> std::ops::Range<usize> {
        self.starts[place as usize] as usize..self.starts[place as usize + 1] as usize
    }

    /// Compares documents with a question.
    pub(crate) fn second_step(
        &self,
        question: &Question<'_>,
        numbers: &Numbers<'_>,
        pool: &[u32],
        learnt: Option<&[f32]>,
        scratch: &mut Scratch,
    ) -> Vec<Compared> {
        let tables = &mut scratch.tables;
        tables.mark((self.vocabulary.len(), self.term_vocabulary.len()), numbers);
        let compared = pool
            .iter()
            .map(|document| {
                let place = *document as usize;
                let wording = Wording {
                    units: self.sequences.get(place),
                    sounds: self.heard.get(place),
                    terms: self.terms.get(place),
                    unit_weights: &self.weights.units,
                    sound_weights: &self.weights.sounds,
                    term_weights: &self.weights.terms,
                };
                let (mut features, covered) = rank::compare(&question.marks, tables, &wording);
                features.0[rank::LEARNT] = learnt.map_or(0.0, |it| {
                    let cosine = self.vectors.cosine(place, it).max(0.0);
                    cosine + rank::misspelt(&features) * (1.0 - cosine)
                });
                let (entry, nth) = self.wording(*document);
                Compared { reading: 0, entry, nth, features, covered }
            })
            .collect();
        tables.unmark(numbers);
        compared
    }
}

fn pair_of(sounds: &[Sound]) -> u32 {
    u32::from(sounds[0]) << 16 | u32::from(sounds[1])
}
