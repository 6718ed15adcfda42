//! The numbers of all tokens while they are learnt, one start of them.

use std::collections::HashMap;

use super::PART;
use super::random::Random;
use super::tokens::{Places, Token};

/// How often each token that gets a place was met, by place: the commonest first.
pub(crate) fn places(sentences: &[Vec<Token>], most: usize) -> (Places, Vec<u32>) {
    let mut counts: HashMap<Token, u32> = HashMap::new();
    for token in sentences.iter().flatten() {
        *counts.entry(*token).or_default() += 1;
    }
    let mut counts: Vec<(Token, u32)> = counts.into_iter().collect();
    counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    counts.truncate(most);
    let met = counts.iter().map(|it| it.1).collect();
    (counts.into_iter().zip(0..).map(|((token, _), at)| (token, at)).collect(), met)
}

/// [`PART`] numbers for each token.
pub(super) struct Table {
    pub(super) rows: Vec<f32>,
    /// How much each token has moved.
    moved: Vec<f32>,
}

impl Table {
    /// Random directions, longer for rarer tokens: before anything is learnt the cosine is that of
    /// shared rare tokens. `met`: how often each was met in so many `sentences`.
    pub(super) fn new(met: &[u32], sentences: usize, random: &mut Random) -> Self {
        let total = sentences as f32;
        let mut rows = Vec::with_capacity(met.len() * PART);
        for count in met {
            let length = (1.0 + total / *count as f32).ln() / (total + 2.0).ln() / (PART as f32).sqrt();
            // A sum of four evenly spread numbers is near enough to a bell.
            let mut bell = || (0..4).map(|_| random.share() - 0.5).sum::<f32>() * 1.73;
            rows.extend((0..PART).map(|_| length * bell()));
        }
        Self { rows, moved: vec![0.0; met.len()] }
    }

    pub(super) fn row(&self, at: u32) -> &[f32] {
        &self.rows[at as usize * PART..(at as usize + 1) * PART]
    }

    /// One step against the gradient, shorter for tokens that have moved much (Duchi, Hazan and Singer's AdaGrad,
    /// with one sum a token).
    pub(super) fn step(&mut self, at: u32, gradient: &[f32], rate: f32) {
        let place = at as usize;
        self.moved[place] += gradient.iter().map(|it| it * it).sum::<f32>() / PART as f32;
        let length = rate / (self.moved[place].sqrt() + 1e-6);
        for (value, slope) in self.rows[place * PART..(place + 1) * PART].iter_mut().zip(gradient) {
            *value -= length * slope;
        }
    }
}
