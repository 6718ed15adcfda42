//! Where the wordings of a part lie in the learnt space, and which of them are nearest to a question.
//!
//! The nearest ones are sought in two steps. Of each number the sign alone is looked at first: how many of the 128 differ
//! takes two words of a wording and some two nanoseconds. Those that differ least are then compared exactly. In
//! 43,679 wordings that takes a tenth of the time of comparing all, and finds the same.

use super::{DIMENSIONS, STEPS};

/// The signs of a vector, a bit each.
type Signs = [u64; DIMENSIONS / 64];

/// For each wording that is asked for, so many are compared exactly.
const EXACT: usize = 24;

/// The vectors of all wordings, one signed byte a number.
#[derive(Debug, Default)]
pub(crate) struct Vectors {
    rows: Vec<i8>,
    signs: Vec<Signs>,
}

impl Vectors {
    pub(crate) fn push(&mut self, vector: &[f32]) {
        self.rows.extend(vector.iter().map(|it| (it * STEPS).round() as i8));
        self.signs.push(signs(vector));
    }

    pub(crate) fn shrink(&mut self) {
        self.rows.shrink_to_fit();
        self.signs.shrink_to_fit();
    }

    /// The cosine of a document with a vector of length 1.
    pub(crate) fn cosine(&self, document: usize, vector: &[f32]) -> f32 {
        let row = self.rows.get(document * DIMENSIONS..(document + 1) * DIMENSIONS).unwrap_or_default();
        // Eight sums at once: one alone waits for itself.
        let mut sums = [0.0_f32; 8];
        for (a, b) in row.as_chunks::<8>().0.iter().zip(vector.as_chunks::<8>().0) {
            for at in 0..8 {
                sums[at] += f32::from(a[at]) * b[at];
            }
        }
        (sums.iter().sum::<f32>() / STEPS).min(1.0)
    }

    /// The documents nearest to a vector of length 1, at most `limit` and none behind it, nearest first; `gone` are
    /// ranges of documents that are left out.
    pub(crate) fn nearest(
        &self,
        vector: &[f32],
        gone: impl Iterator<Item = std::ops::Range<usize>>,
        limit: usize,
    ) -> Vec<u32> {
        const FAR: u8 = u8::MAX;
        let asked = signs(vector);
        let mut differ: Vec<u8> = self
            .signs
            .iter()
            .map(|it| it.iter().zip(&asked).map(|(a, b)| (a ^ b).count_ones() as u8).sum())
            .collect();
        gone.for_each(|range| differ[range].fill(FAR));
        let mut found: Vec<(f32, u32)> = within(&differ, limit * EXACT)
            .map(|document| (self.cosine(document, vector), crate::vocabulary::count(document)))
            .filter(|it| it.0 > 0.0)
            .collect();
        found.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        found.truncate(limit);
        found.into_iter().map(|it| it.1).collect()
    }
}

fn signs(vector: &[f32]) -> Signs {
    let mut signs = Signs::default();
    for (at, value) in vector.iter().enumerate().take(DIMENSIONS) {
        signs[at / 64] |= u64::from(*value > 0.0) << (at % 64);
    }
    signs
}

/// The places of the least values, `wanted` of them and those that equal the last one; values above the number of
/// dimensions are none.
fn within(values: &[u8], wanted: usize) -> impl Iterator<Item = usize> {
    let mut counts = [0_usize; 256];
    values.iter().for_each(|it| counts[usize::from(*it)] += 1);
    let mut seen = 0;
    let most = counts[..=DIMENSIONS].iter().position(|count| {
        seen += count;
        seen >= wanted
    });
    let most = most.unwrap_or(DIMENSIONS);
    values.iter().enumerate().filter(move |(_, it)| usize::from(**it) <= most).map(|it| it.0)
}

#[cfg(test)]
mod tests {
    use super::super::random::Random;
    use super::*;

    fn some(count: usize) -> (Vectors, Vec<Vec<f32>>) {
        let mut random = Random(11);
        let mut vectors = Vectors::default();
        let all: Vec<Vec<f32>> = (0..count)
            .map(|_| {
                let it: Vec<f32> = (0..DIMENSIONS).map(|_| random.share() - 0.5).collect();
                let length = it.iter().map(|it| it * it).sum::<f32>().sqrt();
                it.iter().map(|it| it / length).collect()
            })
            .collect();
        all.iter().for_each(|it| vectors.push(it));
        (vectors, all)
    }

    #[test]
    fn the_nearest_are_found_as_by_comparing_all() {
        let (vectors, all) = some(6000);
        for pair in all.chunks(2).take(40) {
            let question: Vec<f32> =
                pair[0].iter().zip(&pair[1]).map(|(a, b)| (a + 0.9 * b) / 1.35).collect();
            let found = vectors.nearest(&question, std::iter::empty(), 5);
            let mut exact: Vec<(f32, u32)> =
                (0..6000).map(|it| (vectors.cosine(it as usize, &question), it)).collect();
            exact.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
            assert_eq!(found[..2], [exact[0].1, exact[1].1]);
        }
    }

    #[test]
    fn what_is_gone_or_behind_is_not_found() {
        let (vectors, all) = some(50);
        let found = vectors.nearest(&all[7], std::iter::once(3..12), 30);
        assert!(!found.contains(&7) && !found.is_empty() && found.len() < 30, "{found:?}");
        assert!(found.iter().all(|it| vectors.cosine(*it as usize, &all[7]) > 0.0));
        assert_eq!(Vectors::default().nearest(&all[7], std::iter::empty(), 3), Vec::<u32>::new());
    }
}
