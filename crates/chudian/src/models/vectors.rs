//! The vectors of a base's wordings, one signed byte a number, and how near a question is to each. Pure.

use std::cmp::Ordering;
use std::sync::Arc;

use encoder::map::Map;
use sha2::{Digest, Sha256};

/// What a vector is kept under: the first 16 bytes of its text's SHA-256.
pub type Key = [u8; 16];

/// The key of a text.
#[must_use]
pub fn key(text: &str) -> Key {
    let digest = Sha256::digest(text.as_bytes());
    std::array::from_fn(|at| digest[at])
}

/// A vector in small: what a step is worth, and how many steps each number is.
#[derive(Debug, Clone, PartialEq)]
pub struct Packed {
    step: f32,
    numbers: Box<[i8]>,
}

impl Packed {
    /// The vector, each number to 1/127 of the greatest.
    #[must_use]
    pub fn pack(vector: &[f32]) -> Self {
        let greatest = vector.iter().fold(0.0_f32, |most, it| most.max(it.abs()));
        let step = if greatest > 0.0 { greatest / 127.0 } else { 1.0 };
        Self { step, numbers: vector.iter().map(|it| (it / step).round() as i8).collect() }
    }

    /// How many numbers it has.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.numbers.len()
    }

    /// The numbers, as near as they are kept.
    #[must_use]
    pub fn unpack(&self) -> Vec<f32> {
        self.numbers.iter().map(|it| f32::from(*it) * self.step).collect()
    }

    /// The form in which it is kept.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.step.to_le_bytes().to_vec();
        bytes.extend(self.numbers.iter().map(|it| it.cast_unsigned()));
        bytes
    }

    /// Reads what [`Packed::to_bytes`] wrote; `None` for anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (step, numbers) = bytes.split_first_chunk::<4>()?;
        let step = f32::from_le_bytes(*step);
        let is_good = step.is_finite() && step > 0.0 && !numbers.is_empty();
        is_good.then(|| Self { step, numbers: numbers.iter().map(|it| it.cast_signed()).collect() })
    }
}

/// The vectors of all wordings of a base.
#[derive(Debug, Default)]
pub struct Vectors {
    dimensions: usize,
    /// Entry and place of each wording, in order.
    rows: Vec<(i64, u32)>,
    steps: Vec<f32>,
    numbers: Vec<i8>,
}

impl Vectors {
    /// Puts the vectors of wordings together; those of another length than the first are left out.
    #[must_use]
    pub fn new(mut all: Vec<(i64, u32, &Packed)>) -> Self {
        all.sort_by_key(|it| (it.0, it.1));
        let dimensions = all.first().map_or(0, |it| it.2.dimensions());
        let mut vectors = Self { dimensions, ..Self::default() };
        vectors.numbers.reserve_exact(all.len() * dimensions);
        for (entry, nth, packed) in all.into_iter().filter(|it| it.2.dimensions() == dimensions) {
            vectors.rows.push((entry, nth));
            vectors.steps.push(packed.step);
            vectors.numbers.extend_from_slice(&packed.numbers);
        }
        vectors
    }

    /// The same, each vector through a learnt map; those that it does not take are left out.
    #[must_use]
    pub fn mapped(all: Vec<(i64, u32, &Packed)>, map: &Map) -> Self {
        /// So many together: their numbers stay in the processor's cache.
        const AT_ONCE: usize = 256;
        let all: Vec<_> = all.into_iter().filter(|it| it.2.dimensions() == map.takes()).collect();
        let packed: Vec<Packed> = all
            .chunks(AT_ONCE)
            .flat_map(|some| map.apply_all(&some.iter().map(|it| it.2.unpack()).collect::<Vec<_>>()))
            .map(|it| Packed::pack(&it))
            .collect();
        Self::new(all.iter().zip(&packed).map(|(it, packed)| (it.0, it.1, packed)).collect())
    }

    /// How many numbers each has.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// How many wordings have one.
    #[must_use]
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// Compares a question with all of them; `None` when its vector is of another length.
    #[must_use]
    pub fn ask(self: &Arc<Self>, question: &[f32]) -> Option<Asked> {
        if question.len() != self.dimensions || self.dimensions == 0 {
            return None;
        }
        let question = Packed::pack(question);
        let rows = self.numbers.chunks_exact(self.dimensions).zip(&self.steps);
        let cosines = rows.map(|(row, step)| {
            let sum: i32 =
                row.iter().zip(&question.numbers).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
            (sum as f32 * step * question.step).clamp(-1.0, 1.0)
        });
        Some(Asked { cosines: cosines.collect(), vectors: self.clone() })
    }
}

/// How near a question is to every wording.
#[derive(Debug)]
pub struct Asked {
    vectors: Arc<Vectors>,
    cosines: Vec<f32>,
}

impl Asked {
    /// The cosine of the question and a wording; `None` when the wording has no vector yet.
    #[must_use]
    pub fn of(&self, entry: i64, nth: usize) -> Option<f32> {
        let nth = u32::try_from(nth).ok()?;
        let at = self.vectors.rows.binary_search(&(entry, nth)).ok()?;
        self.cosines.get(at).copied()
    }

    /// The nearest wordings, at most `limit`, nearest first.
    #[must_use]
    pub fn nearest(&self, limit: usize) -> Vec<(i64, usize)> {
        let mut order: Vec<usize> = (0..self.cosines.len()).collect();
        let nearer = |one: &usize, other: &usize| -> Ordering {
            self.cosines[*other].total_cmp(&self.cosines[*one]).then(one.cmp(other))
        };
        if limit < order.len() {
            order.select_nth_unstable_by(limit, nearer);
            order.truncate(limit);
        }
        order.sort_unstable_by(nearer);
        order.into_iter().map(|at| (self.vectors.rows[at].0, self.vectors.rows[at].1 as usize)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unit(mut vector: Vec<f32>) -> Vec<f32> {
        let length = vector.iter().map(|it| it * it).sum::<f32>().sqrt().max(1e-9);
        vector.iter_mut().for_each(|it| *it /= length);
        vector
    }

    #[test]
    fn the_nearest_come_first() {
        let packed: Vec<Packed> = [vec![1.0, 0.0], vec![0.0, 1.0], vec![0.6, 0.8], vec![-1.0, 0.0]]
            .into_iter()
            .map(|it| Packed::pack(&it))
            .collect();
        let short = Packed::pack(&[1.0]);
        let vectors = Arc::new(Vectors::new(vec![
            (7, 1, &packed[1]),
            (7, 0, &packed[0]),
            (3, 0, &packed[2]),
            (9, 0, &packed[3]),
            (9, 1, &short),
        ]));
        assert_eq!((vectors.count(), vectors.dimensions()), (4, 2));
        let asked = vectors.ask(&[1.0, 0.0]).unwrap();
        assert_eq!(asked.nearest(2), [(7, 0), (3, 0)]);
        assert_eq!(asked.nearest(9), [(7, 0), (3, 0), (7, 1), (9, 0)]);
        assert!((asked.of(3, 0).unwrap() - 0.6).abs() < 0.01);
        assert_eq!(asked.of(9, 0), Some(-1.0));
        assert_eq!((asked.of(9, 1), asked.of(4, 0)), (None, None));
        assert!(vectors.ask(&[1.0, 0.0, 0.0]).is_none());
        assert!(Arc::new(Vectors::default()).ask(&[]).is_none());
    }

    proptest! {
        #[test]
        fn a_packed_vector_says_nearly_the_same(
            one in proptest::collection::vec(-1.0_f32..1.0, 64),
            other in proptest::collection::vec(-1.0_f32..1.0, 64),
        ) {
            let (one, other) = (unit(one), unit(other));
            let packed = Packed::pack(&one);
            prop_assert_eq!(Packed::from_bytes(&packed.to_bytes()), Some(packed.clone()));
            let asked = Arc::new(Vectors::new(vec![(1, 0, &packed)])).ask(&other).unwrap();
            let cosine: f32 = one.iter().zip(&other).map(|(a, b)| a * b).sum();
            prop_assert!((asked.of(1, 0).unwrap() - cosine).abs() < 0.02);
        }

        #[test]
        fn anything_kept_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..20)) {
            let _ = Packed::from_bytes(&bytes);
        }
    }
}
