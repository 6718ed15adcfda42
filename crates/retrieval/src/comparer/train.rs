//! Learning: pairs that mean the same against pairs that only look alike.

use std::collections::HashMap;

use super::network::{ALL_KEPT, Comparison, Kept, Places, Row, WEIGHTS, WIDTH, Weights};
use super::{Comparer, of_names};
use crate::learnt::{Effort, Lesson, Random, Token, TokenPlaces, places, tokens};
use crate::normalise;
use crate::units::units;

/// After so many pairs the weights move.
const BATCH: usize = 64;

/// How often all pairs are looked at. More rounds learn them by heart.
const ROUNDS: usize = 3;

/// For each pair of one meaning so many of two sentences chosen at random: most questions that no entry answers have little to
/// do with any. With .4 of them more such questions got an answer.
const STRANGERS: f32 = 1.0;

/// So much of what is seen is left out at random, so that nothing is relied on alone (Srivastava and others, Dropout, 2014).
const LEFT_OUT: f32 = 0.3;

/// How far weights move at first, and tokens, which are met seldom.
const RATE: f32 = 2e-3;
const TOKEN_RATE: f32 = 3e-3;

/// How large the numbers of tokens are at first.
const FIRST: f32 = 0.1;

/// Weights that are not needed shrink.
const DECAY: f32 = 1e-2;

/// Two sentences by number, and whether they mean the same.
type Case = (usize, usize, bool);

struct Course {
    sentences: Vec<Known>,
    cases: Vec<Case>,
    places: TokenPlaces,
}

/// A sentence: the rows of each place, and its name.
struct Known {
    rows: Vec<[Option<u32>; 2]>,
    names: Vec<u64>,
}

pub(super) fn train(
    lesson: &Lesson,
    contrasts: &[(String, String)],
    effort: Effort,
    go_on: &mut dyn FnMut(f32) -> bool,
) -> Option<Comparer> {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut course = Course::of(lesson, contrasts, effort, &mut random)?;
    let mut table =
        Moving::new((0..course.places.len() * WIDTH).map(|_| FIRST * bell(&mut random)).collect());
    let mut weights = Moving::new(Weights::new(|| bell(&mut random)).0);
    let all = (ROUNDS * course.cases.len().div_ceil(BATCH)) as f32;
    let mut done = 0.0;
    for _ in 0..ROUNDS {
        random.shuffle(&mut course.cases);
        for batch in course.cases.chunks(BATCH) {
            if !go_on(done / all) {
                return None;
            }
            // Ever shorter steps (Loshchilov and Hutter's half of a cosine).
            let pace = 0.5 + 0.5 * (std::f32::consts::PI * done / all).cos();
            course.learn(batch, &mut weights, &mut table, pace, &mut random);
            done += 1.0;
        }
    }
    go_on(1.0).then(|| Comparer::of_rows(course.places, &table.values, Weights(weights.values)))
}

impl Course {
    /// `None` without pairs.
    fn of(
        lesson: &Lesson,
        contrasts: &[(String, String)],
        effort: Effort,
        random: &mut Random,
    ) -> Option<Self> {
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut number = |text: &String| {
            let count = numbers.len();
            *numbers.entry(normalise::question(text)).or_insert(count)
        };
        let skipped = lesson.pairs.len().saturating_sub(effort.most_pairs);
        let alike: Vec<Case> =
            lesson.pairs.iter().skip(skipped).map(|it| (number(&it.0), number(&it.1), true)).collect();
        let different = lesson.different.iter().take(effort.most_pairs).chain(contrasts);
        let different: Vec<Case> = different.map(|it| (number(&it.0), number(&it.1), false)).collect();
        let count = numbers.len();
        let strangers = (STRANGERS * alike.len() as f32) as usize;
        let strangers = (0..strangers).map(|_| (random.below(count), random.below(count), false));
        let mut cases: Vec<Case> = strangers.collect();
        cases.extend(alike.into_iter().chain(different));
        cases.retain(|it| it.0 != it.1);
        if !cases.iter().any(|it| it.2) {
            return None;
        }
        let mut texts = vec![String::new(); count];
        numbers.into_iter().for_each(|(text, at)| texts[at] = text);
        let names: Vec<Vec<Token>> = texts.iter().map(|it| names(it)).collect();
        let all_tokens = |names: &Vec<Token>| {
            let mut all = Vec::new();
            of_names(names, |token, _| all.push(token));
            all
        };
        let named: Vec<Vec<Token>> = names.iter().map(all_tokens).collect();
        let (places, _) = places(&named, effort.most_tokens);
        let known = |names: &Vec<Token>| {
            let mut rows = Vec::new();
            let found = of_names(names, |token, _| rows.push(places.get(&token).copied()));
            // A place has one token or two: the last one has no neighbour.
            let rows = rows.chunks(2).map(|it| [it[0], it.get(1).copied().flatten()]).collect();
            Known { rows, names: found.names }
        };
        let sentences = names.iter().map(known).collect();
        Some(Self { sentences, cases, places })
    }

    /// One step for all weights, after looking at a batch.
    fn learn(
        &self,
        batch: &[Case],
        weights: &mut Moving,
        table: &mut Moving,
        pace: f32,
        random: &mut Random,
    ) {
        let looks = Weights(std::mem::take(&mut weights.values));
        let mut gradient = vec![0.0; WEIGHTS];
        let mut of_tokens: HashMap<u32, Row> = HashMap::new();
        for (a, b, is_alike) in batch {
            let [a, b] = [a, b].map(|it| &self.sentences[*it]);
            let (held_a, kept_a) = a.look(&table.values, random);
            let (held_b, kept_b) = b.look(&table.values, random);
            let mut kept: Kept = ALL_KEPT;
            kept.iter_mut().for_each(|it| *it = keep(random));
            let comparison = Comparison::of(&looks, &held_a, &held_b, &kept);
            let likely = 1.0 / (1.0 + (-comparison.outcome).exp());
            let slope = (likely - if *is_alike { 1.0 } else { 0.0 }) / batch.len() as f32;
            let [of_a, of_b] = comparison.learn(slope, &kept, &mut gradient);
            for (known, rows, kept) in [(a, of_a, kept_a), (b, of_b, kept_b)] {
                for ((tokens, row), kept) in known.rows.iter().zip(rows).zip(kept) {
                    for token in tokens.iter().flatten() {
                        let sum = of_tokens.entry(*token).or_insert([0.0; WIDTH]);
                        for at in 0..WIDTH {
                            sum[at] += row[at] * kept[at];
                        }
                    }
                }
            }
        }
        weights.values = looks.0;
        weights.begin();
        for (at, slope) in gradient.into_iter().enumerate() {
            weights.values[at] -= pace * RATE * DECAY * weights.values[at];
            weights.step(at, slope, pace * RATE);
        }
        table.begin();
        for (token, row) in of_tokens {
            for (at, slope) in row.into_iter().enumerate() {
                table.step(token as usize * WIDTH + at, slope, pace * TOKEN_RATE);
            }
        }
    }
}

impl Known {
    /// The sentence as it is seen this time, and what of it was kept.
    fn look(&self, table: &[f32], random: &mut Random) -> (Places, Vec<Row>) {
        let mut held = Places { rows: Vec::with_capacity(self.rows.len()), names: self.names.clone() };
        let mut all_kept = Vec::with_capacity(self.rows.len());
        for tokens in &self.rows {
            let kept: Row = std::array::from_fn(|_| keep(random));
            let mut row = [0.0; WIDTH];
            for token in tokens.iter().flatten() {
                let of_token = &table[*token as usize * WIDTH..];
                row.iter_mut().zip(of_token).for_each(|(sum, it)| *sum += it);
            }
            row.iter_mut().zip(&kept).for_each(|(it, kept)| *it *= kept);
            held.rows.push(row);
            all_kept.push(kept);
        }
        (held, all_kept)
    }
}

/// 0 for what is left out, and what makes up for it otherwise.
fn keep(random: &mut Random) -> f32 {
    if random.share() < LEFT_OUT { 0.0 } else { 1.0 / (1.0 - LEFT_OUT) }
}

/// A sum of four evenly spread numbers is near enough to a bell.
fn bell(random: &mut Random) -> f32 {
    (0..4).map(|_| random.share() - 0.5).sum::<f32>() * 1.73
}

/// The names of a text's units.
fn names(text: &str) -> Vec<Token> {
    units(text).into_iter().map(tokens::single).collect()
}

/// Numbers that move, each by its own history (Kingma and Ba, Adam, 2015).
struct Moving {
    values: Vec<f32>,
    means: Vec<f32>,
    squares: Vec<f32>,
    steps: i32,
    /// What is still missing of the means, and of the squares.
    missing: (f32, f32),
}

const MEMORY: (f32, f32) = (0.9, 0.999);

impl Moving {
    fn new(values: Vec<f32>) -> Self {
        let zeros = vec![0.0; values.len()];
        Self { values, means: zeros.clone(), squares: zeros, steps: 0, missing: (1.0, 1.0) }
    }

    fn begin(&mut self) {
        self.steps += 1;
        self.missing = (1.0 - MEMORY.0.powi(self.steps), 1.0 - MEMORY.1.powi(self.steps));
    }

    fn step(&mut self, at: usize, slope: f32, rate: f32) {
        self.means[at] += (1.0 - MEMORY.0) * (slope - self.means[at]);
        self.squares[at] += (1.0 - MEMORY.1) * (slope * slope - self.squares[at]);
        let (mean, square) = (self.means[at] / self.missing.0, self.squares[at] / self.missing.1);
        self.values[at] -= rate * mean / (square.sqrt() + 1e-8);
    }
}
