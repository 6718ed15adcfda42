//! One step of learning: the pairs of a batch are told apart from all others of the batch (soft maximum over cosines,
//! in both directions), with gradients written by hand.

use std::collections::HashMap;

use super::PART;
use super::random::Random;
use super::table::Table;

/// How sharply cosines become shares.
const SHARPNESS: f32 = 20.0;

/// The first step's length; steps shrink with what a token has already moved.
const RATE: f32 = 0.08;

/// How many of a sentence's tokens are left out at random in each look, so that no single one decides.
const LEFT_OUT: f32 = 0.15;

/// A sentence as places in the table.
pub(super) type Sentence = Vec<u32>;

/// Sentences by number that are told apart.
pub(super) struct Batch {
    pub(super) left: Vec<usize>,
    /// The partners of `left` in its order, then sentences that mean something else.
    pub(super) right: Vec<usize>,
}

impl Batch {
    /// Of a pair either may stand on the left.
    pub(super) fn new(
        pairs: &[(usize, usize)],
        opposites: &HashMap<usize, Vec<usize>>,
        random: &mut Random,
    ) -> Self {
        let (mut left, mut right): (Vec<usize>, Vec<usize>) = pairs.iter().copied().unzip();
        for at in 0..left.len() {
            if random.next() & 1 == 1 {
                std::mem::swap(&mut left[at], &mut right[at]);
            }
        }
        let against: Vec<usize> = left
            .iter()
            .filter_map(|it| opposites.get(it))
            .map(|known| known[random.below(known.len())])
            .collect();
        right.extend(against);
        Self { left, right }
    }

    /// Moves the tokens. `read` gives a sentence's places; sentences of one of the `groups` are not told apart.
    pub(super) fn learn(
        &self,
        table: &mut Table,
        groups: &[usize],
        random: &mut Random,
        read: &mut dyn FnMut(usize, &mut Random) -> Sentence,
    ) {
        let mut left = Sentences::of(table, &self.left, random, read);
        let mut right = Sentences::of(table, &self.right, random, read);
        let (rows, columns) = (self.left.len(), self.right.len());
        let slopes = slopes(&self.cosines(&left, &right, groups), rows, columns);
        let scale = SHARPNESS / rows as f32;
        for row in 0..rows {
            for column in 0..columns {
                let slope = scale * slopes[row * columns + column];
                if slope.abs() > 1e-6 {
                    left.add_slope(row, slope, right.get(column));
                    right.add_slope(column, slope, left.get(row));
                }
            }
        }
        let mut gradients = Gradients::default();
        left.gradients(&mut gradients);
        right.gradients(&mut gradients);
        for (token, gradient) in gradients.tokens.iter().zip(gradients.sums.chunks_exact(PART)) {
            table.step(*token, gradient, RATE);
        }
    }

    /// Sharpened, row by row; minus infinity where nothing is to be told apart.
    fn cosines(&self, left: &Sentences, right: &Sentences, groups: &[usize]) -> Vec<f32> {
        let mut cosines = Vec::with_capacity(self.left.len() * self.right.len());
        for (row, a) in self.left.iter().enumerate() {
            cosines.extend(self.right.iter().enumerate().map(|(column, b)| {
                let counts = row == column || groups[*a] != groups[*b];
                if counts { SHARPNESS * dot(left.get(row), right.get(column)) } else { f32::NEG_INFINITY }
            }));
        }
        cosines
    }
}

/// How the loss grows with each cosine: a sentence's share among all of its row less what it should be, and the same by
/// columns. The columns behind the partners have none in the batch.
fn slopes(cosines: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    let wanted = |row: usize, column: usize| f32::from(u8::from(column == row));
    let mut slopes = vec![0.0; cosines.len()];
    for row in 0..rows {
        let line = &cosines[row * columns..(row + 1) * columns];
        for (column, share) in shares(line.iter().copied()).enumerate() {
            slopes[row * columns + column] += share - wanted(row, column);
        }
    }
    for column in 0..rows {
        let line = (0..rows).map(|row| cosines[row * columns + column]);
        for (row, share) in shares(line).enumerate() {
            slopes[row * columns + column] += share - wanted(row, column);
        }
    }
    slopes
}

/// Sentences side by side.
#[derive(Default)]
struct Sentences {
    tokens: Vec<Sentence>,
    lengths: Vec<f32>,
    values: Vec<f32>,
    slopes: Vec<f32>,
}

/// The gradients of all tokens that a batch has, in the order in which they are met.
#[derive(Default)]
struct Gradients {
    tokens: Vec<u32>,
    sums: Vec<f32>,
    places: HashMap<u32, usize>,
}

impl Gradients {
    fn of(&mut self, token: u32) -> &mut [f32] {
        let next = self.tokens.len();
        let place = *self.places.entry(token).or_insert(next);
        if place == next {
            self.tokens.push(token);
            self.sums.resize((next + 1) * PART, 0.0);
        }
        &mut self.sums[place * PART..(place + 1) * PART]
    }
}

impl Sentences {
    fn of(
        table: &Table,
        numbers: &[usize],
        random: &mut Random,
        read: &mut dyn FnMut(usize, &mut Random) -> Sentence,
    ) -> Self {
        let mut all = Self::default();
        for number in numbers {
            let mut tokens = read(*number, random);
            tokens.retain(|_| random.share() >= LEFT_OUT);
            let start = all.values.len();
            all.values.resize(start + PART, 0.0);
            let value = &mut all.values[start..];
            for token in &tokens {
                value.iter_mut().zip(table.row(*token)).for_each(|(sum, it)| *sum += it);
            }
            let length = dot(value, value).sqrt().max(1e-6);
            value.iter_mut().for_each(|it| *it /= length);
            all.lengths.push(length);
            all.tokens.push(tokens);
        }
        all.slopes = vec![0.0; all.values.len()];
        all
    }

    fn get(&self, at: usize) -> &[f32] {
        &self.values[at * PART..(at + 1) * PART]
    }

    fn add_slope(&mut self, at: usize, factor: f32, direction: &[f32]) {
        let slope = &mut self.slopes[at * PART..(at + 1) * PART];
        slope.iter_mut().zip(direction).for_each(|(sum, it)| *sum += factor * it);
    }

    fn gradients(&self, into: &mut Gradients) {
        for (at, tokens) in self.tokens.iter().enumerate() {
            let (value, slope) = (self.get(at), &self.slopes[at * PART..(at + 1) * PART]);
            // Only what turns the vector counts: its length is always 1.
            let along = dot(value, slope);
            let turn = |(value, slope): (&f32, &f32)| (slope - along * value) / self.lengths[at];
            let turn: Vec<f32> = value.iter().zip(slope).map(turn).collect();
            for token in tokens {
                into.of(*token).iter_mut().zip(&turn).for_each(|(sum, it)| *sum += it);
            }
        }
    }
}

/// The soft maximum.
fn shares(values: impl Iterator<Item = f32> + Clone) -> impl Iterator<Item = f32> {
    let most = values.clone().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = values.clone().map(|it| (it - most).exp()).sum();
    values.map(move |it| (it - most).exp() / sum)
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    // Eight sums at once: one alone waits for itself.
    let mut sums = [0.0_f32; 8];
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        for at in 0..8 {
            sums[at] += a[at] * b[at];
        }
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partner_pulls_and_others_push() {
        // Two pairs and a sentence that is known to be none: three columns.
        let found = slopes(&[2.0, 2.0, f32::NEG_INFINITY, 0.0, 9.0, 9.0], 2, 3);
        let is_near = |at: usize, expected: f32| (found[at] - expected).abs() < 0.01;
        assert!(is_near(2, 0.0) && is_near(5, 0.5), "{found:?}");
        assert!(found[0] < -0.5 && found[4] < -0.4, "{found:?}");
        assert!(found[1] > 0.4 && found[3] > 0.1, "{found:?}");
    }
}
