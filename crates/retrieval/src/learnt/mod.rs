//! A space in which wordings of one meaning lie near each other, learnt from the tenant's own pairs: similar questions of
//! one entry, and questions with the entry that a person confirmed.
//!
//! A sentence is the sum of its tokens (characters, neighbours, carriers, sounds), each a vector of [`DIMENSIONS`]
//! numbers; nearness is the cosine. Looking a sentence up costs some sixty table rows: there is no
//! network at run time. Measured on paraphrase queries of customers (1,919 queries, 54,000 labelled pairs that
//! share no sentence with them) this is the largest gain of all that needs no neural model.

mod batch;
mod groups;
mod lesson;
mod noise;
mod random;
mod table;
pub(crate) mod tokens;
mod train;
mod vectors;

use std::fmt;

pub use groups::groups;
pub use lesson::{Effort, Lesson};
pub(crate) use random::Random;
pub(crate) use table::places;
pub(crate) use tokens::{Places as TokenPlaces, Token};
pub(crate) use vectors::Vectors;

use crate::comparer::Comparer;
use crate::pinyin::Sound;
use crate::units::Unit;
use tokens::{Places, tokens};

/// How many numbers a vector has.
pub const DIMENSIONS: usize = 128;

/// How many spaces, each learnt from another random start, stand side by side in one vector, and how many numbers each has.
const PARTS: usize = 4;
const PART: usize = DIMENSIONS / PARTS;

/// No learnt number comes near it: a scale beyond is damage.
const MOST_SCALE: f32 = 1e3;

/// The largest value of a stored number.
const STEPS: f32 = 127.0;

/// The learnt space: a table of tokens; and what holds the sentences that lie nearest against each other.
#[derive(Clone, PartialEq)]
pub struct Space {
    places: Places,
    scales: Vec<f32>,
    rows: Vec<i8>,
    comparer: Option<Comparer>,
}

impl Space {
    /// Learns from a lesson, in time bounded by `effort`. The same lesson gives the same space. `None` if there
    /// is no pair to learn from.
    #[must_use]
    pub fn train(lesson: &Lesson, effort: Effort) -> Option<Self> {
        train::train(lesson, effort, &mut |_| true)
    }

    /// The same, for who cannot wait in silence: `go_on` is told now and then which share is done, in \[0, 1\],
    /// may rest there, and gives the learning up by saying no. `None` then, too.
    #[must_use]
    pub fn train_watched(
        lesson: &Lesson,
        effort: Effort,
        go_on: &mut dyn FnMut(f32) -> bool,
    ) -> Option<Self> {
        train::train(lesson, effort, go_on)
    }

    /// From a trained table of floats.
    fn of_rows(places: Places, floats: &[f32]) -> Self {
        let mut scales = Vec::with_capacity(places.len());
        let mut rows = Vec::with_capacity(floats.len());
        for row in floats.chunks_exact(DIMENSIONS) {
            let most = row.iter().fold(0.0_f32, |most, it| most.max(it.abs()));
            let scale = if most > 0.0 { most / STEPS } else { 1.0 };
            scales.push(scale);
            rows.extend(row.iter().map(|it| (it / scale).round() as i8));
        }
        Self { places, scales, rows, comparer: None }
    }

    /// The same space with this comparer, or without any.
    #[must_use]
    pub fn with_comparer(self, comparer: Option<Comparer>) -> Self {
        Self { comparer, ..self }
    }

    /// What holds sentences against each other, where it learnt that.
    #[must_use]
    pub fn comparer(&self) -> Option<&Comparer> {
        self.comparer.as_ref()
    }

    /// How many tokens it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.scales.len()
    }

    /// True if it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.scales.is_empty()
    }

    /// The direction of a sentence, of length 1; zero if none of its tokens is known.
    pub(crate) fn vector(&self, units: &[Unit<'_>], sounds: &[Sound], terms: &[Unit<'_>]) -> Vec<f32> {
        let mut sum = vec![0.0_f32; DIMENSIONS];
        for token in tokens(units, sounds, terms) {
            let Some(place) = self.places.get(&token).map(|it| *it as usize) else { continue };
            let (scale, row) = (self.scales[place], &self.rows[place * DIMENSIONS..(place + 1) * DIMENSIONS]);
            for (sum, value) in sum.iter_mut().zip(row) {
                *sum += scale * f32::from(*value);
            }
        }
        let length = sum.iter().map(|it| it * it).sum::<f32>().sqrt();
        if length > 0.0 {
            sum.iter_mut().for_each(|it| *it /= length);
        }
        sum
    }

    /// Whether it has met these two characters side by side.
    pub(crate) fn knows_pair(&self, first: char, second: char) -> bool {
        self.places.contains_key(&tokens::pair(Unit::Character(first), Unit::Character(second)))
    }

    /// The space as bytes, to be kept.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut tokens: Vec<(Token, u32)> =
            self.places.iter().map(|(token, place)| (*token, *place)).collect();
        tokens.sort_unstable_by_key(|it| it.1);
        let mut bytes = Vec::with_capacity(MARK.len() + 4 + tokens.len() * ROW_BYTES);
        bytes.extend_from_slice(MARK);
        bytes.extend_from_slice(&crate::vocabulary::count(tokens.len()).to_le_bytes());
        for (token, place) in tokens {
            let place = place as usize;
            bytes.extend_from_slice(&token.to_le_bytes());
            bytes.extend_from_slice(&self.scales[place].to_le_bytes());
            let row = &self.rows[place * DIMENSIONS..(place + 1) * DIMENSIONS];
            bytes.extend(row.iter().map(|it| it.cast_unsigned()));
        }
        if let Some(comparer) = &self.comparer {
            bytes.extend(comparer.to_bytes());
        }
        bytes
    }

    /// A space from bytes that [`Space::to_bytes`] made; `None` if they are none, or damaged.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MARK)?;
        let (count, rest) = rest.split_first_chunk::<4>()?;
        let count = u32::from_le_bytes(*count) as usize;
        let (rest, comparer) = rest.split_at_checked(count.checked_mul(ROW_BYTES)?)?;
        let comparer = match comparer {
            [] => None,
            bytes => Some(Comparer::from_bytes(bytes)?),
        };
        let mut space = Self {
            comparer,
            places: Places::with_capacity_and_hasher(count, Default::default()),
            scales: Vec::with_capacity(count),
            rows: Vec::with_capacity(count * DIMENSIONS),
        };
        for (row, place) in rest.chunks_exact(ROW_BYTES).zip(0..) {
            let (token, row) = row.split_first_chunk::<8>()?;
            let (scale, row) = row.split_first_chunk::<4>()?;
            let scale = f32::from_le_bytes(*scale);
            // A damaged scale would make every sentence the same.
            if !(0.0..MOST_SCALE).contains(&scale)
                || space.places.insert(u64::from_le_bytes(*token), place).is_some()
            {
                return None;
            }
            space.scales.push(scale);
            space.rows.extend(row.iter().map(|it| it.cast_signed()));
        }
        Some(space)
    }
}

/// How the bytes of a space begin: a version that knows other tokens, or numbers sounds otherwise, begins otherwise.
const MARK: &[u8] = b"chudian space 2\n";

const ROW_BYTES: usize = 8 + 4 + DIMENSIONS;

impl fmt::Debug for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Space").field("tokens", &self.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lesson() -> Lesson {
        let pairs = [("怎么还款", "钱怎么还回去"), ("话费查询", "查一下余额"), ("宽带断了", "上不了网")];
        Lesson {
            pairs: pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
            ..Lesson::default()
        }
    }

    #[test]
    fn learning_brings_pairs_together_and_repeats_itself() {
        let space = Space::train(&lesson(), Effort::default()).unwrap();
        assert_eq!(Some(&space), Space::train(&lesson(), Effort::default()).as_ref());
        let language = crate::Language::common();
        let vector = |text: &str| {
            let units = crate::units::units(text);
            space.vector(&units, &crate::units::sounds(&units), &language.terms(text).terms)
        };
        let near = |a: &str, b: &str| vector(a).iter().zip(vector(b)).map(|(a, b)| a * b).sum::<f32>();
        assert!(near("怎么还款", "钱怎么还回去") > near("怎么还款", "上不了网") + 0.3);
        assert_eq!(Space::train(&Lesson::default(), Effort::default()), None);
    }

    #[test]
    fn who_watches_sees_it_go_on_and_may_end_it() {
        let mut seen = Vec::new();
        let mut watch = |share: f32| {
            seen.push(share);
            true
        };
        let space = Space::train_watched(&lesson(), Effort::default(), &mut watch);
        assert_eq!(space, Space::train(&lesson(), Effort::default()));
        assert!(seen.is_sorted() && seen.last() == Some(&1.0), "{seen:?}");
        assert_eq!(Space::train_watched(&lesson(), Effort::default(), &mut |share| share < 0.5), None);
    }

    #[test]
    fn bytes_give_the_same_space_back_and_damage_is_seen() {
        let space = Space::train(&lesson(), Effort::default()).unwrap();
        let bytes = space.to_bytes();
        assert_eq!(Space::from_bytes(&bytes), Some(space));
        let older = [b"chudian space 1\n", &bytes[MARK.len()..]].concat();
        let (mut huge, scale) = (bytes.clone(), MARK.len() + 4 + 8);
        huge[scale..scale + 4].copy_from_slice(&f32::MAX.to_le_bytes());
        for bad in [&bytes[..bytes.len() - 1], &bytes[1..], b"", MARK, &older, &huge] {
            assert_eq!(Space::from_bytes(bad), None);
        }
    }
}
