//! Tells two sentences that mean the same from two that only look alike, learnt from a tenant's own pairs.
//!
//! A learnt space says how near two sentences lie, each seen by itself; "招商银行限额" and "兴业银行限额" lie near each
//! other there as in every space, for most of what they say is the same. Held against each other place by place they differ in
//! what counts. That costs some 100,000 multiplications a pair, so only the first few candidates are compared. Nothing
//! but the tenant's own pairs is learnt from; where these are few, it does not pass its trial.

mod network;
mod train;

use std::fmt;

use crate::learnt::{Effort, Lesson, Token, TokenPlaces, tokens};
use network::{ALL_KEPT, Comparison, Places, Row, WEIGHTS, WIDTH, Weights};

/// So many places of a sentence are compared; a longer one is cut here.
const LONGEST: usize = 32;

/// What was learnt: vectors of characters and neighbours, and how they are held against each other.
#[derive(Clone, PartialEq)]
pub struct Comparer {
    places: TokenPlaces,
    scales: Vec<f32>,
    rows: Vec<i8>,
    weights: Weights,
}

/// A sentence, ready to be compared.
#[derive(Debug, Clone)]
pub(crate) struct Sentence(Places);

impl Comparer {
    /// Learns from a lesson and from `contrasts`: sentences that look alike and are of different groups
    /// ([`contrasts`](crate::contrasts)). `go_on` is told now and then which share is done, in \[0, 1\], may rest there, and
    /// gives the learning up by saying no. The same lesson gives the same. `None` then, and without pairs.
    #[must_use]
    pub fn train_watched(
        lesson: &Lesson,
        contrasts: &[(String, String)],
        effort: Effort,
        go_on: &mut dyn FnMut(f32) -> bool,
    ) -> Option<Self> {
        train::train(lesson, contrasts, effort, go_on)
    }

    fn of_rows(places: TokenPlaces, floats: &[f32], weights: Weights) -> Self {
        let mut comparer =
            Self { places, scales: Vec::new(), rows: Vec::with_capacity(floats.len()), weights };
        for row in floats.chunks_exact(WIDTH) {
            let most = row.iter().fold(0.0_f32, |most, it| most.max(it.abs()));
            let scale = if most > 0.0 { most / STEPS } else { 1.0 };
            comparer.scales.push(scale);
            comparer.rows.extend(row.iter().map(|it| (it / scale).round() as i8));
        }
        comparer
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

    /// A sentence, ready to be compared with others. `names` are those of its units, in order.
    pub(crate) fn read(&self, names: &[Token]) -> Sentence {
        let places = of_names(names, |token, row: &mut Row| {
            let Some(place) = self.places.get(&token).map(|it| *it as usize) else { return };
            let (scale, numbers) = (self.scales[place], &self.rows[place * WIDTH..(place + 1) * WIDTH]);
            row.iter_mut().zip(numbers).for_each(|(sum, it)| *sum += scale * f32::from(*it));
        });
        Sentence(places)
    }

    /// How likely two sentences mean the same, in \[0, 1\]; .5 is as likely as not.
    pub(crate) fn compare(&self, a: &Sentence, b: &Sentence) -> f32 {
        let outcome = Comparison::of(&self.weights, &a.0, &b.0, &ALL_KEPT).outcome;
        // Flatter than the likelihood, which says little more than yes and no.
        0.5 + 0.5 * (outcome / CALM).tanh()
    }

    /// As bytes, to be kept.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut tokens: Vec<(Token, u32)> = self.places.iter().map(|(token, at)| (*token, *at)).collect();
        tokens.sort_unstable_by_key(|it| it.1);
        let mut bytes = Vec::with_capacity(MARK.len() + 4 + WEIGHTS * 4 + tokens.len() * ROW_BYTES);
        bytes.extend_from_slice(MARK);
        bytes.extend_from_slice(&crate::vocabulary::count(tokens.len()).to_le_bytes());
        bytes.extend(self.weights.0.iter().flat_map(|it| it.to_le_bytes()));
        for (token, place) in tokens {
            let place = place as usize;
            bytes.extend_from_slice(&token.to_le_bytes());
            bytes.extend_from_slice(&self.scales[place].to_le_bytes());
            let row = &self.rows[place * WIDTH..(place + 1) * WIDTH];
            bytes.extend(row.iter().map(|it| it.cast_unsigned()));
        }
        bytes
    }

    /// One from bytes that [`Comparer::to_bytes`] made; `None` if they are none, or damaged.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (count, rest) = bytes.strip_prefix(MARK)?.split_first_chunk::<4>()?;
        let count = u32::from_le_bytes(*count) as usize;
        let (weights, rest) = rest.split_at_checked(WEIGHTS * 4)?;
        if rest.len() != count.checked_mul(ROW_BYTES)? {
            return None;
        }
        let weights: Vec<f32> = weights.as_chunks::<4>().0.iter().map(|it| f32::from_le_bytes(*it)).collect();
        let mut comparer = Self {
            places: TokenPlaces::with_capacity_and_hasher(count, Default::default()),
            scales: Vec::with_capacity(count),
            rows: Vec::with_capacity(count * WIDTH),
            weights: Weights(weights),
        };
        for (row, place) in rest.chunks_exact(ROW_BYTES).zip(0..) {
            let (token, row) = row.split_first_chunk::<8>()?;
            let (scale, row) = row.split_first_chunk::<4>()?;
            comparer.scales.push(f32::from_le_bytes(*scale));
            if comparer.places.insert(u64::from_le_bytes(*token), place).is_some() {
                return None;
            }
            comparer.rows.extend(row.iter().map(|it| it.cast_signed()));
        }
        let mut numbers = comparer.weights.0.iter().chain(&comparer.scales);
        // A damaged number would make every sentence the same.
        numbers.all(|it| it.abs() < MOST).then_some(comparer)
    }
}

/// The largest value of a stored number.
const STEPS: f32 = 127.0;

/// No learnt number comes near it: one beyond is damage.
const MOST: f32 = 1e3;

/// An outcome of so much is told as .88.
const CALM: f32 = 4.0;

/// How the bytes of a comparer begin: a version with other tokens or another network begins otherwise.
const MARK: &[u8] = b"chudian comparer 1\n";

const ROW_BYTES: usize = 8 + 4 + WIDTH;

/// The places of a sentence: each is a unit with the one that follows it. `add` adds what is known of a token.
fn of_names(names: &[Token], mut add: impl FnMut(Token, &mut Row)) -> Places {
    let mut places = Places::default();
    for (at, name) in names.iter().enumerate().take(LONGEST) {
        let mut row = [0.0; WIDTH];
        add(*name, &mut row);
        if let Some(next) = names.get(at + 1) {
            add(tokens::joined(*name, *next), &mut row);
        }
        places.rows.push(row);
        places.names.push(*name);
    }
    places
}

impl fmt::Debug for Comparer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Comparer").field("tokens", &self.len()).finish()
    }
}

#[cfg(test)]
mod tests;
