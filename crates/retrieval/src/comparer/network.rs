//! The small network that holds two sentences against each other, and how it learns.
//!
//! Each place of a sentence (a character and its neighbour) is a vector. It looks for its like in the other sentence (soft
//! alignment), what it finds is held against it, and what that gives is added up over all places of both sentences
//! (Parikh, Täckström, Das and Uszkoreit, A Decomposable Attention Model for Natural Language Inference, 2016, without
//! its inner layers: those brought nothing here).

/// How many numbers a place has.
pub(super) const WIDTH: usize = 32;

/// How many ways there are to look at a place and its like.
pub(super) const VIEWS: usize = 32;

/// What is looked at: the place, its like, what they have in common, in what they differ.
const SEEN: usize = 4 * WIDTH;

/// How strongly a place looks for its like: by its numbers, and by being the same character.
const BY_NUMBERS: f32 = 0.7;
const BY_CHARACTER: f32 = 4.0;

/// Sums over the places of a sentence are brought near 1 by it.
const PLACES: f32 = 0.25;

pub(super) type Row = [f32; WIDTH];
type Views = [f32; VIEWS];

/// What is learnt beside the vectors of tokens.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Weights(pub(super) Vec<f32>);

/// Where each kind of weight stands.
const LOOKS: usize = 0;
const START: usize = LOOKS + VIEWS * SEEN;
const TOGETHER: usize = START + VIEWS;
const APART: usize = TOGETHER + VIEWS;
const LENGTHS: usize = APART + VIEWS;
const BIAS: usize = LENGTHS + 2;
pub(super) const WEIGHTS: usize = BIAS + 1;

/// A sentence, place by place.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    pub(super) rows: Vec<Row>,
    /// The name of the character of each place.
    pub(super) names: Vec<u64>,
}

/// One side of a comparison: what each place found in the other sentence.
struct Side {
    /// For each place, how much it takes of each place of the other sentence.
    shares: Vec<f32>,
    likes: Vec<Row>,
    views: Vec<Views>,
    sum: Views,
}

/// A comparison, with all that learning from it needs.
pub(super) struct Comparison<'a> {
    weights: &'a Weights,
    sentences: [&'a Places; 2],
    sides: [Side; 2],
    /// The sums together, the sums apart, the lengths together and apart.
    figures: [f32; 2 * VIEWS + 2],
    /// The outcome: the greater, the likelier they mean the same. 0 is as likely as not.
    pub(super) outcome: f32,
}

/// What a figure counts while learning: all are left out now and then, so that none is relied on alone.
pub(super) type Kept = [f32; 2 * VIEWS + 2];
pub(super) const ALL_KEPT: Kept = [1.0; 2 * VIEWS + 2];

impl Weights {
    /// Small random ones; `bell` gives numbers around 0 with a spread of 1.
    pub(super) fn new(mut bell: impl FnMut() -> f32) -> Self {
        let mut weights = vec![0.0; WEIGHTS];
        weights[LOOKS..START].iter_mut().for_each(|it| *it = bell() / (SEEN as f32).sqrt());
        weights[TOGETHER..BIAS].iter_mut().for_each(|it| *it = bell() / ((2 * VIEWS + 2) as f32).sqrt());
        Self(weights)
    }

    fn look(&self, view: usize) -> &[f32] {
        &self.0[LOOKS + view * SEEN..LOOKS + (view + 1) * SEEN]
    }
}

impl<'a> Comparison<'a> {
    pub(super) fn of(weights: &'a Weights, a: &'a Places, b: &'a Places, kept: &Kept) -> Self {
        let pull = pull(a, b);
        let back: Vec<f32> = (0..b.rows.len())
            .flat_map(|j| (0..a.rows.len()).map(move |i| (i, j)))
            .map(|(i, j)| pull[i * b.rows.len() + j])
            .collect();
        let sides = [Side::of(weights, a, b, pull), Side::of(weights, b, a, back)];
        let length = |it: &Places| (it.rows.len() as f32).ln_1p();
        let mut figures = [0.0; 2 * VIEWS + 2];
        for view in 0..VIEWS {
            let (x, y) = (sides[0].sum[view], sides[1].sum[view]);
            (figures[view], figures[VIEWS + view]) = (x + y, (x - y).abs());
        }
        figures[2 * VIEWS] = length(a) + length(b);
        figures[2 * VIEWS + 1] = (length(a) - length(b)).abs();
        figures.iter_mut().zip(kept).for_each(|(figure, kept)| *figure *= kept);
        let last = &weights.0[TOGETHER..BIAS];
        let outcome = weights.0[BIAS] + figures.iter().zip(last).map(|(a, b)| a * b).sum::<f32>();
        Self { weights, sentences: [a, b], sides, figures, outcome }
    }

    /// Adds to `gradient` what each weight would change in the outcome, times `slope`, and gives the same for the rows of
    /// both sentences.
    pub(super) fn learn(&self, slope: f32, kept: &Kept, gradient: &mut [f32]) -> [Vec<Row>; 2] {
        gradient[BIAS] += slope;
        for (at, figure) in self.figures.iter().enumerate() {
            gradient[TOGETHER + at] += slope * figure;
        }
        let last = &self.weights.0[TOGETHER..BIAS];
        let mut of_sums = [[0.0; VIEWS]; 2];
        for view in 0..VIEWS {
            let together = slope * last[view] * kept[view];
            let apart = slope * last[VIEWS + view] * kept[VIEWS + view];
            let sign = (self.sides[0].sum[view] - self.sides[1].sum[view]).signum();
            of_sums[0][view] = PLACES * (together + sign * apart);
            of_sums[1][view] = PLACES * (together - sign * apart);
        }
        let [a, b] = self.sentences;
        let mut rows = [vec![[0.0; WIDTH]; a.rows.len()], vec![[0.0; WIDTH]; b.rows.len()]];
        let [of_a, of_b] = &mut rows;
        self.sides[0].learn(self.weights, (a, b), &of_sums[0], gradient, (&mut *of_a, &mut *of_b));
        self.sides[1].learn(self.weights, (b, a), &of_sums[1], gradient, (of_b, of_a));
        rows
    }
}

/// How strongly each place of `a` looks to each of `b`.
fn pull(a: &Places, b: &Places) -> Vec<f32> {
    let pairs = a.rows.iter().zip(&a.names).flat_map(|x| b.rows.iter().zip(&b.names).map(move |y| (x, y)));
    pairs.map(|(x, y)| BY_NUMBERS * dot(x.0, y.0) + if x.1 == y.1 { BY_CHARACTER } else { 0.0 }).collect()
}

impl Side {
    fn of(weights: &Weights, own: &Places, other: &Places, mut pull: Vec<f32>) -> Self {
        for of_place in pull.chunks_exact_mut(other.rows.len().max(1)) {
            soften(of_place);
        }
        let mut side = Self {
            shares: pull,
            likes: Vec::with_capacity(own.rows.len()),
            views: Vec::with_capacity(own.rows.len()),
            sum: [0.0; VIEWS],
        };
        for (row, shares) in own.rows.iter().zip(side.shares.chunks_exact(other.rows.len().max(1))) {
            let mut like = [0.0; WIDTH];
            for (share, other) in shares.iter().zip(&other.rows) {
                like.iter_mut().zip(other).for_each(|(sum, it)| *sum += share * it);
            }
            let seen = seen(row, &like);
            let mut views = [0.0; VIEWS];
            for (view, value) in views.iter_mut().enumerate() {
                *value = (weights.0[START + view] + dot_long(weights.look(view), &seen)).max(0.0);
                side.sum[view] += PLACES * *value;
            }
            side.likes.push(like);
            side.views.push(views);
        }
        side
    }

    fn learn(
        &self,
        weights: &Weights,
        (own, other): (&Places, &Places),
        of_sum: &Views,
        gradient: &mut [f32],
        (of_own, of_other): (&mut [Row], &mut [Row]),
    ) {
        let count = other.rows.len();
        for (place, (row, like)) in own.rows.iter().zip(&self.likes).enumerate() {
            let seen = seen(row, like);
            let mut of_seen = [0.0; SEEN];
            for (view, slope) in of_sum.iter().enumerate() {
                if self.views[place][view] <= 0.0 {
                    continue;
                }
                gradient[START + view] += slope;
                let at = LOOKS + view * SEEN;
                gradient[at..at + SEEN].iter_mut().zip(&seen).for_each(|(sum, it)| *sum += slope * it);
                of_seen.iter_mut().zip(weights.look(view)).for_each(|(sum, it)| *sum += slope * it);
            }
            let mut of_like = [0.0; WIDTH];
            for at in 0..WIDTH {
                let (x, y) = (row[at], like[at]);
                let common = of_seen[2 * WIDTH + at];
                let differ = of_seen[3 * WIDTH + at] * (x - y).signum();
                of_own[place][at] += of_seen[at] + common * y + differ;
                of_like[at] = of_seen[WIDTH + at] + common * x - differ;
            }
            let shares = &self.shares[place * count..(place + 1) * count];
            let of_shares: Vec<f32> = other.rows.iter().map(|it| dot(&of_like, it)).collect();
            let mean = dot_long(shares, &of_shares);
            for (at, share) in shares.iter().enumerate() {
                let of_pull = BY_NUMBERS * share * (of_shares[at] - mean);
                for number in 0..WIDTH {
                    of_own[place][number] += of_pull * other.rows[at][number];
                    of_other[at][number] += share * of_like[number] + of_pull * row[number];
                }
            }
        }
    }
}

fn seen(row: &Row, like: &Row) -> [f32; SEEN] {
    let mut seen = [0.0; SEEN];
    for at in 0..WIDTH {
        seen[at] = row[at];
        seen[WIDTH + at] = like[at];
        seen[2 * WIDTH + at] = row[at] * like[at];
        seen[3 * WIDTH + at] = (row[at] - like[at]).abs();
    }
    seen
}

/// Shares that sum to 1, greater for the greater.
fn soften(pull: &mut [f32]) {
    let most = pull.iter().fold(f32::MIN, |most, it| most.max(*it));
    pull.iter_mut().for_each(|it| *it = (*it - most).exp());
    let all: f32 = pull.iter().sum();
    pull.iter_mut().for_each(|it| *it /= all);
}

fn dot(a: &Row, b: &Row) -> f32 {
    dot_long(a, b)
}

/// Eight sums at once: one alone waits for itself.
fn dot_long(a: &[f32], b: &[f32]) -> f32 {
    let (a, rest_a) = a.as_chunks::<8>();
    let (b, rest_b) = b.as_chunks::<8>();
    let mut sums = [0.0_f32; 8];
    for (a, b) in a.iter().zip(b) {
        for at in 0..8 {
            sums[at] += a[at] * b[at];
        }
    }
    sums.iter().sum::<f32>() + rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers around 0, always the same.
    fn bell(seed: &mut u64) -> f32 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 40) as f32 / (1_u32 << 23) as f32 - 1.0
    }

    fn sentence(names: &[u64], seed: &mut u64) -> Places {
        let rows = names.iter().map(|_| std::array::from_fn(|_| bell(seed))).collect();
        Places { rows, names: names.to_vec() }
    }

    #[test]
    fn slopes_are_those_of_the_outcome() {
        let mut seed = 7;
        let mut weights = Weights::new(|| bell(&mut seed));
        let (mut a, b) = (sentence(&[1, 2, 3], &mut seed), sentence(&[2, 9], &mut seed));
        let mut kept = ALL_KEPT;
        kept[3] = 0.0;
        let mut gradient = vec![0.0; WEIGHTS];
        let [of_a, _] = Comparison::of(&weights, &a, &b, &kept).learn(1.0, &kept, &mut gradient);
        let step = 1e-3;
        let near = |slope: f32, more: f32, less: f32| {
            let measured = (more - less) / (2.0 * step);
            assert!((slope - measured).abs() < 0.02 * (1.0 + slope.abs()), "{slope} {measured}");
        };
        for at in (0..WEIGHTS).step_by(97).chain([BIAS, LENGTHS, LENGTHS + 1, APART, TOGETHER, TOGETHER + 3])
        {
            let before = weights.0[at];
            let mut outcome = |value: f32| {
                weights.0[at] = value;
                Comparison::of(&weights, &a, &b, &kept).outcome
            };
            let (more, less) = (outcome(before + step), outcome(before - step));
            outcome(before);
            near(gradient[at], more, less);
        }
        for (place, number) in [(0, 0), (1, 5), (2, 31)] {
            let before = a.rows[place][number];
            let mut outcome = |value: f32| {
                a.rows[place][number] = value;
                Comparison::of(&weights, &a, &b, &kept).outcome
            };
            let (more, less) = (outcome(before + step), outcome(before - step));
            outcome(before);
            near(of_a[place][number], more, less);
        }
    }

    #[test]
    fn it_does_not_matter_which_comes_first() {
        let mut seed = 3;
        let weights = Weights::new(|| bell(&mut seed));
        let (a, b) = (sentence(&[1, 2, 3, 4], &mut seed), sentence(&[4, 5], &mut seed));
        let outcome = |a, b| Comparison::of(&weights, a, b, &ALL_KEPT).outcome;
        assert!((outcome(&a, &b) - outcome(&b, &a)).abs() < 1e-5);
        assert!(outcome(&a, &Places::default()).is_finite());
    }
}
