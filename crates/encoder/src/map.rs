//! A linear map learnt on a model's vectors: what a model for all subjects holds alike or apart is bent to what one
//! house's questions mean, from pairs of questions that somebody found to mean the same.
//!
//! The map takes a vector to [`DIMENSIONS`] numbers, fewer than most models have, so that comparing gets cheaper
//! too. It begins with the directions in which the vectors differ most and learns as the pairs of one batch
//! are told apart from all others of it (soft maximum over cosines). Measured on customers' paraphrases (1,919 queries, the
//! published model alone, no other feature): right first answers .79 without a map, .80 with one learnt from 300 pairs,
//! .81 from 1,000, .82 from 3,000, .83 from 27,000; the right one among ten .93, .94, .95, .955, .965.

use std::collections::HashMap;

use ndarray::{Array2, Axis, Zip, s};

/// How many numbers a mapped vector has.
pub const DIMENSIONS: usize = 256;

/// How often each pair is looked at, and of few pairs, how many batches are looked at all the same.
const ROUNDS: usize = 6;
const FEWEST_BATCHES: usize = 60;
/// How many pairs are told apart at once.
const BATCH: usize = 256;
/// How sharply cosines become shares.
const SHARPNESS: f32 = 1.0 / 0.06;
/// The length of the first steps; it falls to nothing.
const RATE: f32 = 0.002;
/// How many numbers of a vector are left out at random in each look, so that no single one decides.
const LEFT_OUT: f32 = 0.1;
/// How strongly the map is held where it began.
const HOLD: f32 = 1e-4;
/// Fewer pairs than these would be learnt by heart.
pub const FEWEST_PAIRS: usize = 300;
/// From so many vectors the first directions are read.
const MOST_READ: usize = 4000;

/// A learnt map.
#[derive(Debug, Clone, PartialEq)]
pub struct Map(Array2<f32>);

/// Texts by number with their vectors, and what is known of them.
#[derive(Debug)]
pub struct Lesson<'a, V: Fn(usize) -> Vec<f32>> {
    /// How many texts there are.
    pub texts: usize,
    /// The vector of a text; all are of one length.
    pub vector: V,
    /// Texts that mean the same.
    pub pairs: &'a [(usize, usize)],
    /// Texts that do not, though they look alike.
    pub different: &'a [(usize, usize)],
}

impl Map {
    /// Learns. The same lesson gives the same map. `None` if there are fewer than [`FEWEST_PAIRS`], or when `go_on`,
    /// which is told now and then which share is done, in \[0, 1\], and may rest there, says no.
    /// Some ten seconds of one processor with 27,000 pairs of 512 numbers.
    pub fn train<V: Fn(usize) -> Vec<f32>>(
        lesson: &Lesson<'_, V>,
        go_on: &mut dyn FnMut(f32) -> bool,
    ) -> Option<Self> {
        let is_known = |it: &(usize, usize)| it.0 < lesson.texts && it.1 < lesson.texts && it.0 != it.1;
        let mut pairs: Vec<(usize, usize)> = lesson.pairs.iter().filter(|it| is_known(it)).copied().collect();
        if pairs.len() < FEWEST_PAIRS {
            return None;
        }
        let groups = groups(lesson.texts, &pairs);
        let opposites = opposites(lesson.different.iter().filter(|it| is_known(it)), &groups);
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        let mut learner = Learner::new(first_directions(&sample(lesson), &mut random));
        let batches = pairs.len() / BATCH;
        let rounds = ROUNDS.max(FEWEST_BATCHES.div_ceil(batches));
        let steps = rounds * batches;
        for _ in 0..rounds {
            for at in (1..pairs.len()).rev() {
                pairs.swap(at, random.below(at + 1));
            }
            for batch in pairs.chunks_exact(BATCH) {
                let (left, right) = sides(batch, &opposites, &mut random);
                let is_same = |row: usize, column: usize| groups[left[row]] == groups[right[column]];
                let mut view = |texts: &[usize]| {
                    let mut table = table(lesson, texts);
                    table.mapv_inplace(|it| if random.share() < LEFT_OUT { 0.0 } else { it });
                    table
                };
                let (from, to) = (view(&left), view(&right));
                learner.step(slope(&learner.map, &from, &to, is_same), steps);
                if !go_on(learner.done as f32 / steps as f32) {
                    return None;
                }
            }
        }
        let is_good = learner.map.iter().all(|it| it.is_finite());
        is_good.then_some(Self(learner.map))
    }

    /// How long the vectors are that it takes.
    pub fn takes(&self) -> usize {
        self.0.nrows()
    }

    /// The mapped vector, of length 1; `None` for one of another length than [`Map::takes`].
    pub fn apply(&self, vector: &[f32]) -> Option<Vec<f32>> {
        self.apply_all(&[vector]).pop()
    }

    /// The mapped vectors of many, in their order; those of another length than [`Map::takes`] are left out.
    pub fn apply_all<T: AsRef<[f32]>>(&self, vectors: &[T]) -> Vec<Vec<f32>> {
        let known: Vec<&[f32]> =
            vectors.iter().map(AsRef::as_ref).filter(|it| it.len() == self.takes()).collect();
        if known.is_empty() {
            return Vec::new();
        }
        let (mapped, _) = directions(rows(known).dot(&self.0));
        mapped.outer_iter().map(|it| it.to_vec()).collect()
    }

    /// The map as bytes, to be kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MARK.to_vec();
        for size in self.0.shape() {
            bytes.extend_from_slice(&u32::try_from(*size).unwrap_or(u32::MAX).to_le_bytes());
        }
        self.0.iter().for_each(|it| bytes.extend_from_slice(&it.to_le_bytes()));
        bytes
    }

    /// A map from bytes that [`Map::to_bytes`] made; `None` if they are none, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (sizes, rest) = bytes.strip_prefix(MARK)?.split_first_chunk::<8>()?;
        let (rows, columns) = sizes.split_at(4);
        let size = |it: &[u8]| Some(u32::from_le_bytes(it.try_into().ok()?) as usize);
        let (rows, columns) = (size(rows)?, size(columns)?);
        if rest.len() != rows.checked_mul(columns)?.checked_mul(4)? || columns == 0 {
            return None;
        }
        let (chunks, _) = rest.as_chunks::<4>();
        let numbers: Vec<f32> = chunks.iter().map(|it| f32::from_le_bytes(*it)).collect();
        let is_good = numbers.iter().all(|it| it.is_finite());
        Array2::from_shape_vec((rows, columns), numbers).ok().filter(|_| is_good).map(Self)
    }
}

/// The texts of a batch: partners side by side in changing order, then texts that mean something else.
fn sides(
    batch: &[(usize, usize)],
    opposites: &HashMap<usize, Vec<usize>>,
    random: &mut Random,
) -> (Vec<usize>, Vec<usize>) {
    let (mut left, mut right): (Vec<usize>, Vec<usize>) = batch.iter().copied().unzip();
    for at in 0..left.len() {
        if random.next() & 1 == 1 {
            std::mem::swap(&mut left[at], &mut right[at]);
        }
    }
    let against = left.iter().filter_map(|it| opposites.get(it));
    right.extend(against.map(|known| known[random.below(known.len())]));
    (left, right)
}

/// Of each text those that mean something else; pairs that mean the same by way of others do not count.
fn opposites<'a>(
    different: impl Iterator<Item = &'a (usize, usize)>,
    groups: &[usize],
) -> HashMap<usize, Vec<usize>> {
    let mut opposites: HashMap<usize, Vec<usize>> = HashMap::new();
    for (a, b) in different.filter(|it| groups[it.0] != groups[it.1]) {
        opposites.entry(*a).or_default().push(*b);
        opposites.entry(*b).or_default().push(*a);
    }
    opposites
}

/// How the bytes of a map begin.
const MARK: &[u8] = b"chudian map 1\n";

/// The map while it learns, with what each of its numbers has moved (Adam).
struct Learner {
    map: Array2<f32>,
    first: Array2<f32>,
    mean: Array2<f32>,
    spread: Array2<f32>,
    done: usize,
}

impl Learner {
    fn new(map: Array2<f32>) -> Self {
        let nothing = Array2::zeros(map.raw_dim());
        Self { first: map.clone(), map, mean: nothing.clone(), spread: nothing, done: 0 }
    }

    fn step(&mut self, mut slope: Array2<f32>, steps: usize) {
        /// How long the mean slope and its spread are remembered.
        const KEPT: (f32, f32) = (0.9, 0.999);
        Zip::from(&mut slope)
            .and(&self.map)
            .and(&self.first)
            .for_each(|it, now, first| *it += HOLD * (now - first));
        Zip::from(&mut self.mean).and(&slope).for_each(|it, slope| *it += (1.0 - KEPT.0) * (slope - *it));
        Zip::from(&mut self.spread)
            .and(&slope)
            .for_each(|it, slope| *it += (1.0 - KEPT.1) * (slope * slope - *it));
        let length = RATE * (1.0 - self.done as f32 / steps as f32);
        self.done += 1;
        let whole = |kept: f32| 1.0 - kept.powi(i32::try_from(self.done).unwrap_or(i32::MAX));
        let (mean_whole, spread_whole) = (whole(KEPT.0), whole(KEPT.1));
        Zip::from(&mut self.map).and(&self.mean).and(&self.spread).for_each(|it, mean, spread| {
            *it -= length * (mean / mean_whole) / ((spread / spread_whole).sqrt() + 1e-8);
        });
    }
}

/// The slope of the loss by the map: `left` row by row belongs to the first rows of `right`; `is_same` tells of
/// others that mean the same and must not be told apart.
fn slope(
    map: &Array2<f32>,
    left: &Array2<f32>,
    right: &Array2<f32>,
    is_same: impl Fn(usize, usize) -> bool,
) -> Array2<f32> {
    let (a, a_lengths) = directions(left.dot(map));
    let (b, b_lengths) = directions(right.dot(map));
    let mut cosines = a.dot(&b.t()) * SHARPNESS;
    for ((row, column), it) in cosines.indexed_iter_mut() {
        if row != column && is_same(row, column) {
            *it = f32::NEG_INFINITY;
        }
    }
    let rows = left.nrows();
    let mut slopes = shares(cosines.clone());
    let back = shares(cosines.slice(s![.., ..rows]).t().to_owned());
    let mut pairs = slopes.slice_mut(s![.., ..rows]);
    pairs += &back.t();
    pairs.diag_mut().iter_mut().for_each(|it| *it -= 2.0);
    slopes *= SHARPNESS / (2.0 * rows as f32);
    let turned = |at: &Array2<f32>, lengths: &[f32], mut slope: Array2<f32>| {
        // Only what turns the vector counts: its length is always 1.
        for ((mut slope, at), length) in slope.outer_iter_mut().zip(at.outer_iter()).zip(lengths) {
            let along = slope.dot(&at);
            Zip::from(&mut slope).and(&at).for_each(|it, at| *it = (*it - along * at) / length);
        }
        slope
    };
    let of_left = turned(&a, &a_lengths, slopes.dot(&b));
    let of_right = turned(&b, &b_lengths, slopes.t().dot(&a));
    left.t().dot(&of_left) + right.t().dot(&of_right)
}

/// The rows at length 1, and their lengths before.
fn directions(mut rows: Array2<f32>) -> (Array2<f32>, Vec<f32>) {
    let mut lengths = Vec::with_capacity(rows.nrows());
    for mut row in rows.outer_iter_mut() {
        let length = row.dot(&row).sqrt().max(1e-9);
        row /= length;
        lengths.push(length);
    }
    (rows, lengths)
}

/// The soft maximum of each row.
fn shares(mut rows: Array2<f32>) -> Array2<f32> {
    for mut row in rows.outer_iter_mut() {
        let most = row.fold(f32::NEG_INFINITY, |most, it| most.max(*it));
        row.mapv_inplace(|it| (it - most).exp());
        let sum = row.sum();
        row /= sum;
    }
    rows
}

fn table<V: Fn(usize) -> Vec<f32>>(lesson: &Lesson<'_, V>, texts: &[usize]) -> Array2<f32> {
    let all: Vec<Vec<f32>> = texts.iter().map(|it| (lesson.vector)(*it)).collect();
    rows(all.iter().map(Vec::as_slice).collect())
}

/// Vectors below each other; all as long as the first one.
fn rows(vectors: Vec<&[f32]>) -> Array2<f32> {
    let columns = vectors.first().map_or(0, |it| it.len());
    let mut table = Array2::zeros((vectors.len(), columns));
    for (mut to, from) in table.outer_iter_mut().zip(&vectors) {
        to.iter_mut().zip(*from).for_each(|(to, from)| *to = *from);
    }
    table
}

/// Vectors of texts, evenly spread.
fn sample<V: Fn(usize) -> Vec<f32>>(lesson: &Lesson<'_, V>) -> Array2<f32> {
    let step = lesson.texts.div_ceil(MOST_READ).max(1);
    table(lesson, &(0..lesson.texts).step_by(step).collect::<Vec<_>>())
}

/// The directions in which the vectors differ most, at right angles to each other: what is common to all is taken off, and
/// random directions are drawn towards them again and again.
fn first_directions(vectors: &Array2<f32>, random: &mut Random) -> Array2<f32> {
    const TURNS: usize = 12;
    let Some(mean) = vectors.mean_axis(Axis(0)) else { return Array2::zeros((0, DIMENSIONS)) };
    let centred = vectors - &mean;
    let spread = centred.t().dot(&centred);
    let columns = DIMENSIONS.min(vectors.ncols());
    let mut found = Array2::from_shape_fn((vectors.ncols(), columns), |_| random.share() - 0.5);
    for _ in 0..TURNS {
        found = at_right_angles(spread.dot(&found));
    }
    found
}

/// The columns at right angles, each of length 1.
fn at_right_angles(columns: Array2<f32>) -> Array2<f32> {
    let mut rows = columns.reversed_axes().as_standard_layout().into_owned();
    for at in 0..rows.nrows() {
        let (before, mut rest) = rows.view_mut().split_at(Axis(0), at);
        let mut row = rest.row_mut(0);
        // Twice: the first time leaves what rounding left.
        for _ in 0..2 {
            let along = before.dot(&row);
            let taken = along.dot(&before);
            row -= &taken;
        }
        let length = row.dot(&row).sqrt().max(1e-12);
        row /= length;
    }
    rows.reversed_axes().as_standard_layout().into_owned()
}

/// Which texts mean the same by way of others.
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

/// A small generator of random numbers (xorshift, 64 bits): the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn share(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u64 << 24) as f32
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two views of one meaning: the meaning in the first numbers, loud noise in the others.
    fn views(meanings: usize) -> (Vec<Vec<f32>>, Vec<(usize, usize)>) {
        let mut random = Random(3);
        let mut texts = Vec::new();
        for _ in 0..meanings {
            let meaning: Vec<f32> = (0..8).map(|_| random.share() - 0.5).collect();
            for _ in 0..2 {
                let noise = (0..16).map(|_| 1.2 * (random.share() - 0.5)).collect::<Vec<_>>();
                texts.push(meaning.iter().copied().chain(noise).collect());
            }
        }
        (texts, (0..meanings).map(|it| (2 * it, 2 * it + 1)).collect())
    }

    fn first_right(texts: &[Vec<f32>], vector: impl Fn(&[f32]) -> Vec<f32>) -> usize {
        let all: Vec<Vec<f32>> = texts.iter().map(|it| vector(it)).collect();
        let near = |a: &[f32], b: &[f32]| crate::similarity(a, b);
        let best = |at: usize| {
            let others = (0..all.len()).filter(move |it| it % 2 == 1);
            others.max_by(|a, b| near(&all[at], &all[*a]).total_cmp(&near(&all[at], &all[*b])))
        };
        (0..all.len()).step_by(2).filter(|at| best(*at) == Some(at + 1)).count()
    }

    fn unit(vector: &[f32]) -> Vec<f32> {
        let length = vector.iter().map(|it| it * it).sum::<f32>().sqrt();
        vector.iter().map(|it| it / length).collect()
    }

    #[test]
    fn what_means_the_same_comes_nearer_also_where_it_was_not_learnt() {
        let (texts, pairs) = views(1400);
        let vector = |at: usize| texts[at].clone();
        let lesson = Lesson { texts: texts.len(), vector, pairs: &pairs[..1200], different: &[] };
        let map = Map::train(&lesson, &mut |_| true).unwrap();
        assert_eq!(Some(&map), Map::train(&lesson, &mut |_| true).as_ref());
        let unseen = &texts[2400..];
        let (before, after) = (first_right(unseen, unit), first_right(unseen, |it| map.apply(it).unwrap()));
        assert!(after > before + 20, "{before} {after}");
        assert_eq!(map.apply(&[1.0]), None);
        assert_eq!(Map::train(&lesson, &mut |share| share < 0.5), None);
        let few = Lesson { texts: texts.len(), vector, pairs: &pairs[..50], different: &[] };
        assert_eq!(Map::train(&few, &mut |_| true), None);
    }

    #[test]
    fn bytes_give_the_same_map_back_and_damage_is_seen() {
        let map = Map(Array2::from_shape_fn((5, 3), |(a, b)| a as f32 - 2.0 * b as f32));
        let bytes = map.to_bytes();
        assert_eq!(Map::from_bytes(&bytes), Some(map));
        let mut infinite = bytes.clone();
        let end = infinite.len();
        infinite[end - 4..].copy_from_slice(&f32::INFINITY.to_le_bytes());
        for bad in [&bytes[..bytes.len() - 1], &bytes[1..], b"", MARK, &infinite] {
            assert_eq!(Map::from_bytes(bad), None);
        }
    }
}
