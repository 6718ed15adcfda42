//! Learning: pairs of one batch are told apart from all others of the batch (soft maximum over cosines), with
//! gradients written by hand and one learning rate a token.

use std::collections::HashMap;

use super::{DIMENSIONS, Effort, Lesson, Space, Token, tokens};
use crate::language::Language;
use crate::normalise;
use crate::units::units;

/// How many pairs are told apart at once.
const BATCH: usize = 256;

/// How sharply cosines become shares.
const SHARPNESS: f32 = 20.0;

/// The first step's length; steps shrink with what a token has already moved.
const RATE: f32 = 0.08;

/// How many of a sentence's tokens are left out at random in each look, so that no single one decides.
const LEFT_OUT: f32 = 0.15;

/// A small generator of random numbers (xorshift, 64 bits): the same on every machine, and good enough to shuffle.
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// In \[0, 1).
    pub(super) fn share(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

struct Table {
    places: HashMap<Token, u32>,
    rows: Vec<f32>,
    /// How much each token has moved.
    moved: Vec<f32>,
}

/// A sentence as places in the table.
type Sentence = Vec<u32>;

/// Sentences by number; the same text has the same number.
struct Texts {
    numbers: HashMap<String, usize>,
    tokens: Vec<Vec<Token>>,
}

impl Texts {
    fn number(&mut self, text: &str) -> usize {
        let text = normalise::question(text);
        if let Some(found) = self.numbers.get(&text) {
            return *found;
        }
        let language = Language::common();
        let parts = units(&text);
        self.tokens.push(tokens(&parts, &language.terms(&text).terms).collect());
        let number = self.tokens.len() - 1;
        self.numbers.insert(text, number);
        number
    }
}

pub(super) fn train(lesson: &Lesson, effort: Effort, go_on: &mut dyn FnMut(f32) -> bool) -> Option<Space> {
    let mut texts = Texts { numbers: HashMap::new(), tokens: Vec::new() };
    let skipped = lesson.pairs.len().saturating_sub(effort.most_pairs);
    let mut both = |it: &(String, String)| (texts.number(&it.0), texts.number(&it.1));
    let mut pairs: Vec<(usize, usize)> = lesson.pairs.iter().skip(skipped).map(&mut both).collect();
    pairs.retain(|(a, b)| a != b);
    let different: Vec<(usize, usize)> = lesson.different.iter().take(effort.most_pairs).map(both).collect();
    if pairs.is_empty() {
        return None;
    }
    for text in lesson.texts.iter().take(effort.most_pairs) {
        texts.number(text);
    }
    let groups = groups(texts.tokens.len(), &pairs);
    let mut opposites: HashMap<usize, Vec<usize>> = HashMap::new();
    for (a, b) in different.into_iter().filter(|(a, b)| groups[*a] != groups[*b]) {
        opposites.entry(a).or_default().push(b);
        opposites.entry(b).or_default().push(a);
    }
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut table = Table::new(&texts.tokens, effort.most_tokens, &mut random);
    let sentences: Vec<Sentence> = texts
        .tokens
        .iter()
        .map(|it| it.iter().filter_map(|token| table.places.get(token).copied()).collect())
        .collect();
    // The mean of the later rounds: single ones differ by half a point of right first answers, their mean does not.
    let mut mean = vec![0.0_f32; table.rows.len()];
    let counted = effort.rounds.div_ceil(2);
    let (mut done, batches) = (0_usize, pairs.len().div_ceil(BATCH) * effort.rounds as usize);
    for round in 0..effort.rounds {
        for at in (1..pairs.len()).rev() {
            pairs.swap(at, random.below(at + 1));
        }
        for batch in pairs.chunks(BATCH) {
            let batch = Batch::new(batch, &opposites, &mut random);
            batch.learn(&mut table, &sentences, &groups, RATE, &mut random);
            done += 1;
            if !go_on(done as f32 / batches as f32) {
                return None;
            }
        }
        if round >= effort.rounds - counted {
            mean.iter_mut().zip(&table.rows).for_each(|(sum, it)| *sum += it / counted as f32);
        }
    }
    Some(Space::of_rows(table.places, &mean))
}

/// Which sentences mean the same by way of others: they must not be told apart.
fn groups(count: usize, pairs: &[(usize, usize)]) -> Vec<usize> {
    let mut parents: Vec<usize> = (0..count).collect();
    let find = |parents: &mut Vec<usize>, mut at: usize| {
        while parents[at] != at {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }
        at
    };
    for (a, b) in pairs {
        let (a, b) = (find(&mut parents, *a), find(&mut parents, *b));
        parents[a.max(b)] = a.min(b);
    }
    (0..count).map(|it| find(&mut parents, it)).collect()
}

impl Table {
    /// Random directions, longer for rarer tokens: before anything is learnt the cosine is that of
    /// shared rare tokens.
    fn new(sentences: &[Vec<Token>], most: usize, random: &mut Random) -> Self {
        let mut counts: HashMap<Token, u32> = HashMap::new();
        for token in sentences.iter().flatten() {
            *counts.entry(*token).or_default() += 1;
        }
        let mut counts: Vec<(Token, u32)> = counts.into_iter().collect();
        counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        counts.truncate(most);
        let total = sentences.len() as f32;
        let mut rows = Vec::with_capacity(counts.len() * DIMENSIONS);
        for (_, count) in &counts {
            let length = (1.0 + total / *count as f32).ln() / (total + 2.0).ln() / (DIMENSIONS as f32).sqrt();
            // A sum of four evenly spread numbers is near enough to a bell.
            let mut bell = || (0..4).map(|_| random.share() - 0.5).sum::<f32>() * 1.73;
            rows.extend((0..DIMENSIONS).map(|_| length * bell()));
        }
        let moved = vec![0.0; counts.len()];
        Self {
            places: counts.into_iter().zip(0..).map(|((token, _), at)| (token, at)).collect(),
            rows,
            moved,
        }
    }

    fn row(&self, at: u32) -> &[f32] {
        &self.rows[at as usize * DIMENSIONS..(at as usize + 1) * DIMENSIONS]
    }

    /// One step against the gradient, shorter for tokens that have moved much.
    fn step(&mut self, at: u32, gradient: &[f32], rate: f32) {
        let place = at as usize;
        self.moved[place] += gradient.iter().map(|it| it * it).sum::<f32>() / DIMENSIONS as f32;
        let length = rate / (self.moved[place].sqrt() + 1e-6);
        for (value, slope) in self.rows[place * DIMENSIONS..(place + 1) * DIMENSIONS].iter_mut().zip(gradient)
        {
            *value -= length * slope;
        }
    }
}

/// Sentences side by side.
#[derive(Default)]
struct Vectors {
    tokens: Vec<Sentence>,
    lengths: Vec<f32>,
    values: Vec<f32>,
    slopes: Vec<f32>,
}

impl Vectors {
    fn of(table: &Table, sentences: &[Sentence], numbers: &[usize], random: &mut Random) -> Self {
        let mut vectors = Self::default();
        for number in numbers {
            let mut tokens = sentences[*number].clone();
            tokens.retain(|_| random.share() >= LEFT_OUT);
            let start = vectors.values.len();
            vectors.values.resize(start + DIMENSIONS, 0.0);
            let value = &mut vectors.values[start..];
            for token in &tokens {
                value.iter_mut().zip(table.row(*token)).for_each(|(sum, it)| *sum += it);
            }
            let length = dot(value, value).sqrt().max(1e-6);
            value.iter_mut().for_each(|it| *it /= length);
            vectors.lengths.push(length);
            vectors.tokens.push(tokens);
        }
        vectors.slopes = vec![0.0; vectors.values.len()];
        vectors
    }

    fn get(&self, at: usize) -> &[f32] {
        &self.values[at * DIMENSIONS..(at + 1) * DIMENSIONS]
    }

    fn add_slope(&mut self, at: usize, factor: f32, direction: &[f32]) {
        let slope = &mut self.slopes[at * DIMENSIONS..(at + 1) * DIMENSIONS];
        slope.iter_mut().zip(direction).for_each(|(sum, it)| *sum += factor * it);
    }

    /// The gradients of all tokens, by place in the table.
    fn gradients(&self, into: &mut HashMap<u32, Vec<f32>>) {
        for (at, tokens) in self.tokens.iter().enumerate() {
            let (value, slope) = (self.get(at), &self.slopes[at * DIMENSIONS..(at + 1) * DIMENSIONS]);
            // Only what turns the vector counts: its length is always 1.
            let along = dot(value, slope);
            let turn: Vec<f32> = value
                .iter()
                .zip(slope)
                .map(|(value, slope)| (slope - along * value) / self.lengths[at])
                .collect();
            for token in tokens {
                let sum = into.entry(*token).or_insert_with(|| vec![0.0; DIMENSIONS]);
                sum.iter_mut().zip(&turn).for_each(|(sum, it)| *sum += it);
            }
        }
    }
}

/// Pairs that are told apart, and sentences that are known to be none.
struct Batch {
    left: Vec<usize>,
    /// The partners of `left` in its order, then sentences that mean something else.
    right: Vec<usize>,
}

impl Batch {
    fn new(pairs: &[(usize, usize)], opposites: &HashMap<usize, Vec<usize>>, random: &mut Random) -> Self {
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

    fn learn(
        &self,
        table: &mut Table,
        sentences: &[Sentence],
        groups: &[usize],
        rate: f32,
        random: &mut Random,
    ) {
        let mut left = Vectors::of(table, sentences, &self.left, random);
        let mut right = Vectors::of(table, sentences, &self.right, random);
        let (rows, columns) = (self.left.len(), self.right.len());
        let mut cosines = vec![f32::NEG_INFINITY; rows * columns];
        for row in 0..rows {
            for column in 0..columns {
                let is_same = groups[self.left[row]] == groups[self.right[column]];
                if row == column || !is_same {
                    cosines[row * columns + column] = SHARPNESS * dot(left.get(row), right.get(column));
                }
            }
        }
        let mut slopes = vec![0.0; rows * columns];
        for row in 0..rows {
            let line = &cosines[row * columns..(row + 1) * columns];
            let shares = shares(line.iter().copied());
            for (column, share) in shares.enumerate() {
                slopes[row * columns + column] += share - f32::from(u8::from(column == row));
            }
        }
        for column in 0..rows {
            let shares = shares((0..rows).map(|row| cosines[row * columns + column]));
            for (row, share) in shares.enumerate() {
                slopes[row * columns + column] += share - f32::from(u8::from(column == row));
            }
        }
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
        let mut gradients = HashMap::new();
        left.gradients(&mut gradients);
        right.gradients(&mut gradients);
        for (token, gradient) in gradients {
            table.step(token, &gradient, rate);
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
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for at in 0..8 {
            sums[at] += a[at] * b[at];
        }
    }
    sums.iter().sum()
}
