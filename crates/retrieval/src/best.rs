//! The greatest of many numbers, found in one pass.

use std::cmp::Ordering;

use crate::vocabulary::count;

/// So many numbers are passed over at once when the greatest of them is too small, as nearly all are.
pub(crate) const BLOCK: usize = 64;

/// Keeps the places of the greatest numbers above zero. Of equal numbers the earlier place is kept.
pub(crate) struct Best {
    found: Vec<(f32, u32)>,
    least: f32,
    limit: usize,
}

impl Best {
    /// For the `limit` greatest.
    pub(crate) fn new(limit: usize) -> Self {
        Self { found: Vec::with_capacity(limit * 4 + BLOCK), least: 0.0, limit }
    }

    /// Looks at at most [`BLOCK`] numbers, the first of which stands at place `first`.
    pub(crate) fn offer(&mut self, block: &[f32], first: usize) {
        if greatest_of(block) <= self.least || self.limit == 0 {
            return;
        }
        for (place, value) in (first..).zip(block).filter(|(_, value)| **value > self.least) {
            self.found.push((*value, count(place)));
        }
        if self.found.len() >= self.limit * 4 {
            self.found.select_nth_unstable_by(self.limit - 1, greater_first);
            self.least = self.found[self.limit - 1].0;
            self.found.truncate(self.limit);
        }
    }

    /// The places, that of the greatest number first.
    pub(crate) fn into_places(mut self) -> Vec<u32> {
        self.found.sort_unstable_by(greater_first);
        self.found.truncate(self.limit);
        self.found.into_iter().map(|it| it.1).collect()
    }
}

fn greater_first(a: &(f32, u32), b: &(f32, u32)) -> Ordering {
    b.0.total_cmp(&a.0).then(a.1.cmp(&b.1))
}

/// In eight lanes side by side, which the compiler keeps in registers.
fn greatest_of(block: &[f32]) -> f32 {
    let mut lanes = [0_f32; 8];
    let (eights, rest) = block.as_chunks::<8>();
    for eight in eights {
        for (lane, value) in lanes.iter_mut().zip(eight) {
            *lane = if *value > *lane { *value } else { *lane };
        }
    }
    lanes.iter().chain(rest).copied().fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_are_found_wherever_they_stand() {
        // Numbers that repeat, so that places decide too; lengths around the block.
        for length in [0, 1, 7, 63, 64, 65, 129, 1000] {
            let values: Vec<f32> = (0..length).map(|it| (it * 37 % 23) as f32 - 3.0).collect();
            for limit in [0, 1, 20, 50] {
                let mut best = Best::new(limit);
                for (number, block) in values.chunks(BLOCK).enumerate() {
                    best.offer(block, number * BLOCK);
                }
                let mut expected: Vec<(f32, u32)> =
                    values.iter().copied().zip(0..).filter(|it| it.0 > 0.0).collect();
                expected.sort_by(greater_first);
                let expected: Vec<u32> = expected.into_iter().take(limit).map(|it| it.1).collect();
                assert_eq!(best.into_places(), expected, "{limit} of {length}");
            }
        }
    }
}
