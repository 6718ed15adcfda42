//! The second step: a linear score over few features, each of which can only help as it grows.
//!
//! The question's units are marked in tables by place (one bit each), so a wording is compared in one
//! pass over its own units: what of the question it covers, which neighbours stay neighbours, and the
//! longest common subsequence, by bits. The same is done for sounds and for terms (`language`).

use crate::confidence::Scale;
use crate::pinyin::Sound;

/// How many units of a question are compared; a longer one is cut here. One bit each.
pub(crate) const LONGEST: usize = 64;

pub(crate) const COUNT: usize = 12;

/// The features, all in \[0, 1\], each 1 for a perfect match. "Both" sides: twice the shared weight over the weight of
/// question and wording together.
pub(crate) const NAMES: [&str; COUNT] = [
    "characters",
    "sounds",
    "sound_pairs",
    "order.characters",
    "order.sounds",
    "length",
    "terms",
    "content",
    "entry",
    "learnt",
    "model",
    "compared",
];

/// Where the features stand that not every base has.
pub(crate) const ENTRY: usize = 8;
pub(crate) const LEARNT: usize = 9;
pub(crate) const MODEL: usize = 10;
pub(crate) const COMPARED: usize = 11;

/// What each feature counts. They sum to 1, and so does a perfect match; a plain sum is what makes the explanation
/// add up. Few, rounded and none below zero: fitted on 1,919 paraphrase queries (soft maximum over 50
/// candidates), .809 right first answers on the half of the entries that a fit had not seen. Beside the queries stood copies
/// of them with one or two characters left out at random, 4 of each: .776 right there for .774, and of those that real
/// omissions cost a quarter fewer. Features seen from one side only, character pairs, word segmentation, negation
/// and kind of question were tried beside these and brought less than the noise.
const LEXICAL: [f32; COUNT] = [0.15, 0.17, 0.07, 0.15, 0.05, 0.04, 0.05, 0.13, 0.19, 0.0, 0.0, 0.0];

/// The same with a space learnt from the base, fitted likewise with one that had learnt from 28,000 pairs: .844 right
/// first answers on the quarter of the entries that a fit had not seen, .845 where it was fitted. What sounds and words
/// tell the space tells, too: with points for them it were .841. With one that has learnt from 1,000 pairs as many
/// were right either way (.822), from none .800 and .810: such a space does not pass its trial.
const WITH_LEARNT: [f32; COUNT] = [0.20, 0.0, 0.0, 0.10, 0.0, 0.04, 0.0, 0.08, 0.09, 0.49, 0.0, 0.0];

/// How much the given nearness of a model counts beside the others, which shrink to make room.
const MODEL_SHARE: f32 = 0.3;

/// With a learnt space and a model that has learnt, too, each from the same 28,000 pairs, fitted likewise: .860 right first
/// answers on the quarter of the entries that a fit had not seen, .820 with characters left out, where more points
/// for sounds had .815. A little more is left to sounds than the fit would.
const WITH_BOTH: [f32; COUNT] = [0.14, 0.02, 0.0, 0.08, 0.0, 0.05, 0.0, 0.03, 0.08, 0.26, 0.34, 0.0];

/// How much the comparer's word counts beside the others, which shrink to make room: .855 right first answers where they had
/// .847; with .1 .854.
const COMPARED_SHARE: f32 = 0.15;

/// What there is to rank by beside words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Kinds {
    /// A learnt space.
    pub(crate) has_learnt: bool,
    /// A comparer beside it.
    pub(crate) compares: bool,
    /// Whether the model has learnt, where there is one.
    pub(crate) model: Option<bool>,
}

/// What each feature counts in one search.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weights(pub(crate) [f32; COUNT]);

impl Weights {
    pub(crate) fn of(kinds: Kinds) -> Self {
        let mut weights = match kinds.scale() {
            Scale::Both { .. } => WITH_BOTH,
            Scale::Learnt { .. } => WITH_LEARNT,
            Scale::Words => LEXICAL,
        };
        if kinds.model.is_some() && weights[MODEL] == 0.0 {
            make_room(&mut weights, MODEL, MODEL_SHARE);
        }
        if kinds.compares {
            make_room(&mut weights, COMPARED, COMPARED_SHARE);
        }
        Self(weights)
    }
}

/// Gives one feature a share, taken from all others alike.
fn make_room(weights: &mut [f32; COUNT], feature: usize, share: f32) {
    weights.iter_mut().for_each(|it| *it *= 1.0 - share);
    weights[feature] = share;
}

impl Kinds {
    /// How the scores lie that they make.
    pub(crate) fn scale(self) -> Scale {
        let compares = self.compares;
        match (self.has_learnt, self.model) {
            (true, Some(true)) => Scale::Both { compares },
            (true, _) => Scale::Learnt { compares },
            (false, _) => Scale::Words,
        }
    }
}

/// The features' values, in the order of [`NAMES`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Features(pub(crate) [f32; COUNT]);

impl Features {
    pub(crate) fn score(&self, weights: &Weights) -> f32 {
        self.0.iter().zip(weights.0).map(|(value, weight)| value * weight).sum()
    }

    /// Name, value and points of each that counts.
    pub(crate) fn points(&self, weights: &Weights) -> Vec<(&'static str, f32, f32)> {
        let all = NAMES.iter().zip(self.0).zip(weights.0);
        all.filter(|it| it.1 > 0.0).map(|((name, value), weight)| (*name, value, value * weight)).collect()
    }
}

/// The weights of one side of a question, by place.
#[derive(Debug)]
pub(crate) struct Side {
    pub(crate) weights: Vec<f32>,
    mass: f32,
}

impl Side {
    pub(crate) fn new(mut weights: Vec<f32>) -> Self {
        weights.truncate(LONGEST);
        let mass = weights.iter().sum();
        Self { weights, mass }
    }

    fn all(&self) -> u64 {
        if self.weights.len() >= 64 { u64::MAX } else { (1 << self.weights.len()) - 1 }
    }

    /// The share of the side's weight that stands at these places.
    pub(crate) fn share_at(&self, places: u64) -> f32 {
        share(weights_at(&self.weights, places), self.mass)
    }
}

/// The weights of a question's units, sounds and terms.
#[derive(Debug)]
pub(crate) struct Marks {
    pub(crate) units: Side,
    pub(crate) sounds: Side,
    pub(crate) terms: Side,
    /// Terms that carry no content weigh nothing here.
    pub(crate) content: Side,
}

/// For each unit, sound and term, the places of the question where it stands.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    units: Vec<u64>,
    sounds: Vec<u64>,
    terms: Vec<u64>,
}

/// A question in the numbers of one base.
#[derive(Debug)]
pub(crate) struct Numbers<'a> {
    pub(crate) units: Vec<Option<u32>>,
    pub(crate) sounds: &'a [Sound],
    pub(crate) terms: Vec<Option<u32>>,
}

impl Tables {
    /// `sizes`: how many units and terms the base knows.
    pub(crate) fn mark(&mut self, sizes: (usize, usize), numbers: &Numbers<'_>) {
        let mark = |table: &mut Vec<u64>, size: usize, places: &mut dyn Iterator<Item = Option<usize>>| {
            if table.len() < size {
                table.resize(size, 0);
            }
            for (place, number) in places.enumerate().take(LONGEST) {
                if let Some(number) = number {
                    table[number] |= 1 << place;
                }
            }
        };
        let wide = |it: &Option<u32>| it.map(|it| it as usize);
        mark(&mut self.units, sizes.0, &mut numbers.units.iter().map(wide));
        mark(&mut self.terms, sizes.1, &mut numbers.terms.iter().map(wide));
        let all_sounds = usize::from(Sound::MAX) + 1;
        mark(&mut self.sounds, all_sounds, &mut numbers.sounds.iter().map(|it| Some(usize::from(*it))));
    }

    /// Takes the marks away again; the tables stay allocated.
    pub(crate) fn unmark(&mut self, numbers: &Numbers<'_>) {
        numbers.units.iter().flatten().for_each(|it| self.units[*it as usize] = 0);
        numbers.terms.iter().flatten().for_each(|it| self.terms[*it as usize] = 0);
        numbers.sounds.iter().for_each(|it| self.sounds[usize::from(*it)] = 0);
    }
}

/// A wording as numbers, with the weights of its base.
pub(crate) struct Wording<'a> {
    pub(crate) units: &'a [u32],
    pub(crate) sounds: &'a [Sound],
    pub(crate) terms: &'a [u32],
    pub(crate) unit_weights: &'a [f32],
    pub(crate) sound_weights: &'a [f32],
    /// Weight, and weight as content.
    pub(crate) term_weights: &'a [(f32, f32)],
}

/// Which places of the question a wording covers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Covered {
    pub(crate) units: u64,
    pub(crate) sounds: u64,
    pub(crate) terms: u64,
}

/// The features of a wording by itself, and which places of the question it covers.
pub(crate) fn compare(question: &Marks, tables: &Tables, wording: &Wording<'_>) -> (Features, Covered) {
    let weight = |at: u32| wording.unit_weights[at as usize];
    let units =
        overlap(&question.units, wording.units.iter().map(|it| (tables.units[*it as usize], weight(*it))));
    let last = wording.sound_weights.len() - 1;
    let sounds = overlap(
        &question.sounds,
        wording.sounds.iter().map(|it| {
            let at = usize::from(*it);
            (tables.sounds[at], wording.sound_weights[at.min(last)])
        }),
    );
    let term = |at: u32| (tables.terms[at as usize], wording.term_weights[at as usize]);
    let (terms, content, places) = meaning(question, wording.terms.iter().map(|it| term(*it)));
    let (a, b) = (question.units.weights.len() as f32, wording.units.len() as f32);
    let is_silent = question.sounds.weights.is_empty() && wording.sounds.is_empty();
    // Without sounds on both sides ("5g", "app") the characters speak for them.
    let heard = |value: f32, written: f32| if is_silent { written } else { value };
    let has_pairs = wording.sounds.len() > 1;
    let mut features = Features::default();
    features.0[..ENTRY].copy_from_slice(&[
        units.both,
        heard(sounds.both, units.both),
        if has_pairs { sounds.pairs } else { heard(sounds.both, units.both) },
        units.order,
        heard(sounds.order, units.order),
        a.min(b) / a.max(b),
        terms,
        content,
    ]);
    (features, Covered { units: units.places, sounds: sounds.places, terms: places })
}

/// How much of what the learnt space could not read is heard all the same: half of what sounds alike beyond what is
/// written alike. The space knows characters, so a typing error ("花费" for "话费") or a word in letters leads it astray.
pub(crate) fn misspelt(features: &Features) -> f32 {
    let [written, heard, ..] = features.0;
    (0.5 * (heard - written)).max(0.0)
}

/// Terms and content: no order, carriers weigh nothing in the second.
fn meaning(question: &Marks, wording: impl Iterator<Item = (u64, (f32, f32))>) -> (f32, f32, u64) {
    let (mut mass, mut shared, mut places) = ((0.0, 0.0), (0.0, 0.0), 0_u64);
    for (at, (weight, content)) in wording {
        mass = (mass.0 + weight, mass.1 + content);
        if at != 0 {
            shared = (shared.0 + weight, shared.1 + content);
        }
        places |= at;
    }
    let both = |side: &Side, shared: f32, mass: f32| {
        let covered = weights_at(&side.weights, places);
        if side.mass + mass > 0.0 { share(2.0 * covered.min(shared), side.mass + mass) } else { 1.0 }
    };
    (both(&question.terms, shared.0, mass.0), both(&question.content, shared.1, mass.1), places)
}

struct Overlap {
    both: f32,
    /// Share of the wording's neighbours that are neighbours in the question.
    pairs: f32,
    order: f32,
    places: u64,
}

fn overlap(question: &Side, wording: impl Iterator<Item = (u64, f32)>) -> Overlap {
    let mut places = 0_u64;
    let (mut mass, mut shared, mut pair_mass, mut pairs_shared) = (0.0, 0.0, 0.0, 0.0);
    let (mut before, mut before_weight, mut length) = (0_u64, 0.0, 0_u32);
    // Bits of `gaps` that are 0 are places of the question on the longest common subsequence.
    let mut gaps = u64::MAX;
    for (at, weight) in wording {
        mass += weight;
        if at != 0 {
            shared += weight;
        }
        places |= at;
        if length > 0 {
            pair_mass += before_weight + weight;
            if (before << 1) & at != 0 {
                pairs_shared += before_weight + weight;
            }
        }
        let kept = gaps & at;
        gaps = gaps.wrapping_add(kept) | (gaps - kept);
        (before, before_weight, length) = (at, weight, length + 1);
    }
    let covered: f32 = weights_at(&question.weights, places);
    let common = (!gaps & question.all()).count_ones();
    let longest = question.weights.len() as f32 + length as f32;
    Overlap {
        both: share(2.0 * covered.min(shared), question.mass + mass),
        pairs: share(pairs_shared, pair_mass),
        order: share(2.0 * common as f32, longest),
        places,
    }
}

fn share(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { (part / whole).min(1.0) } else { 0.0 }
}

fn weights_at(weights: &[f32], places: u64) -> f32 {
    bits(places).filter_map(|place| weights.get(place)).sum()
}

fn bits(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = set.trailing_zeros() as usize;
        set &= set.wrapping_sub(1);
        (place < 64).then_some(place)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_sum_to_one() {
        for has_learnt in [false, true] {
            for model in [None, Some(false), Some(true)] {
                for compares in [false, has_learnt] {
                    let kinds = Kinds { has_learnt, compares, model };
                    let weights = Weights::of(kinds);
                    assert!((weights.0.iter().sum::<f32>() - 1.0).abs() < 1e-6, "{kinds:?}");
                    assert!(weights.0.iter().all(|it| *it >= 0.0));
                    assert_eq!(weights.0[COMPARED] > 0.0, compares);
                }
            }
        }
    }
}
