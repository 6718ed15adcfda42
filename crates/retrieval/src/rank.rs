//! The second step: a linear score over few features, each of which can only help as it grows.
//!
//! The question's units are marked in tables by place (one bit each), so a wording is compared in one
//! pass over its own units: what of the question it covers, which neighbours stay neighbours, and the
//! longest common subsequence, by bits. The same is done for sounds.

use crate::pinyin::Sound;

/// How many units of a question are compared; a longer one is cut here. One bit each.
pub(crate) const LONGEST: usize = 64;

/// The features of one pair of question and wording, all in \[0, 1\], and what each counts.
///
/// The weights are few and rounded; they were set by hand-checked fits on a development set of customer
/// questions, and a plain sum is what makes the explanation add up. They sum to 1, and so does a perfect
/// match.
const WEIGHTS: [(&str, f32); COUNT] = [
    ("characters.question", 0.18),
    ("characters.wording", 0.10),
    ("characters.both", 0.18),
    ("sounds.question", 0.13),
    ("sounds.wording", 0.10),
    ("sound_pairs.question", 0.02),
    ("sound_pairs.wording", 0.07),
    ("order.characters", 0.08),
    ("order.sounds", 0.08),
    ("length", 0.06),
];

const COUNT: usize = 10;

/// What is only heard covers a little less than what stands there.
const HEARD: f32 = 0.8;

/// The features' values, in the order of [`WEIGHTS`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Features([f32; COUNT]);

impl Features {
    pub(crate) fn score(&self) -> f32 {
        self.0.iter().zip(WEIGHTS).map(|(value, (_, weight))| value * weight).sum()
    }

    /// Name, value and points of each.
    pub(crate) fn points(&self) -> Vec<(&'static str, f32, f32)> {
        self.0.iter().zip(WEIGHTS).map(|(value, (name, weight))| (name, *value, value * weight)).collect()
    }

    /// How much of the question's weight stands in the wording; of a question with syllables in letters, what is
    /// heard counts too.
    pub(crate) fn covered(&self, has_letters: bool) -> f32 {
        if has_letters { self.0[0].max(self.0[3] * HEARD) } else { self.0[0] }
    }
}

/// The weights of a question's units and sounds, by place.
pub(crate) struct Marks {
    units: Side,
    sounds: Side,
}

struct Side {
    weights: Vec<f32>,
    mass: f32,
    pair_mass: f32,
}

impl Side {
    fn new(mut weights: Vec<f32>) -> Self {
        weights.truncate(LONGEST);
        let mass = weights.iter().sum();
        let pair_mass = weights.windows(2).map(|it| it[0] + it[1]).sum();
        Self { weights, mass, pair_mass }
    }

    fn all(&self) -> u64 {
        if self.weights.len() >= 64 { u64::MAX } else { (1 << self.weights.len()) - 1 }
    }
}

impl Marks {
    pub(crate) fn new(units: Vec<f32>, sounds: Vec<f32>) -> Self {
        Self { units: Side::new(units), sounds: Side::new(sounds) }
    }
}

/// For each unit and each sound, the places of the question where it stands.
#[derive(Default)]
pub(crate) struct Tables {
    units: Vec<u64>,
    sounds: Vec<u64>,
}

impl Tables {
    pub(crate) fn mark(&mut self, vocabulary: usize, units: &[Option<u32>], sounds: &[Sound]) {
        if self.units.len() < vocabulary {
            self.units.resize(vocabulary, 0);
        }
        self.sounds.resize(usize::from(Sound::MAX) + 1, 0);
        for (place, unit) in units.iter().enumerate().take(LONGEST) {
            if let Some(unit) = unit {
                self.units[*unit as usize] |= 1 << place;
            }
        }
        for (place, sound) in sounds.iter().enumerate().take(LONGEST) {
            self.sounds[usize::from(*sound)] |= 1 << place;
        }
    }

    /// Takes the marks away again; the tables stay allocated.
    pub(crate) fn unmark(&mut self, units: &[Option<u32>], sounds: &[Sound]) {
        for unit in units.iter().flatten() {
            self.units[*unit as usize] = 0;
        }
        for sound in sounds {
            self.sounds[usize::from(*sound)] = 0;
        }
    }
}

/// A wording as numbers.
pub(crate) struct Wording<'a> {
    pub(crate) units: &'a [u32],
    pub(crate) sounds: &'a [Sound],
}

struct Overlap {
    question: f32,
    wording: f32,
    both: f32,
    pairs_question: f32,
    pairs_wording: f32,
    order: f32,
    places: u64,
}

/// The features of a wording, and which places of the question's units and sounds it covers.
pub(crate) fn compare(
    question: &Marks,
    tables: &Tables,
    wording: Wording<'_>,
    (weights, sound_weights): (&[f32], &[f32]),
) -> (Features, u64, u64) {
    let units = overlap(
        &question.units,
        wording.units.iter().map(|it| (tables.units[*it as usize], weights[*it as usize])),
    );
    let sounds = overlap(
        &question.sounds,
        wording.sounds.iter().map(|it| {
            let at = usize::from(*it);
            (tables.sounds[at], sound_weights[at.min(sound_weights.len() - 1)])
        }),
    );
    let (a, b) = (question.units.weights.len() as f32, wording.units.len() as f32);
    let features = Features([
        units.question,
        units.wording,
        units.both,
        sounds.question,
        sounds.wording,
        sounds.pairs_question,
        sounds.pairs_wording,
        units.order,
        sounds.order,
        a.min(b) / a.max(b),
    ]);
    (features, units.places, sounds.places)
}

fn overlap(question: &Side, wording: impl Iterator<Item = (u64, f32)>) -> Overlap {
    let mut places = 0_u64;
    let mut pair_places = 0_u64;
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
            let both = (before << 1) & at;
            pair_mass += before_weight + weight;
            if both != 0 {
                pairs_shared += before_weight + weight;
            }
            pair_places |= both;
        }
        let kept = gaps & at;
        gaps = gaps.wrapping_add(kept) | (gaps - kept);
        (before, before_weight, length) = (at, weight, length + 1);
    }
    let covered: f32 = weights_at(&question.weights, places);
    let pairs_covered: f32 = bits(pair_places)
        .filter(|place| *place > 0)
        .map(|place| question.weights[place - 1] + question.weights[place])
        .sum();
    let common = (!gaps & question.all()).count_ones();
    let longest = question.weights.len() as f32 + length as f32;
    Overlap {
        question: share(covered, question.mass),
        wording: share(shared, mass),
        both: share(2.0 * covered.min(shared), question.mass + mass),
        pairs_question: share(pairs_covered, question.pair_mass),
        pairs_wording: share(pairs_shared, pair_mass),
        order: share(2.0 * common as f32, longest),
        places,
    }
}

fn share(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { (part / whole).min(1.0) } else { 0.0 }
}

fn weights_at(weights: &[f32], places: u64) -> f32 {
    bits(places).map(|place| weights[place]).sum()
}

fn bits(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = set.trailing_zeros() as usize;
        set &= set.wrapping_sub(1);
        (place < 64).then_some(place)
    })
}
