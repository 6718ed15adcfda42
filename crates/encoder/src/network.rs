//! From the numbers of the pieces to a vector.
//!
//! 1. Each piece has a row of 512 numbers in the table. The table is stored in small integers: 17 blocks
//!    with a step and a lowest value each, piece `i` in row `i / 17` of block `i % 17`.
//! 2. Three branches look at windows of 2, 3 and 5 pieces: a projection to 256 numbers, then two layers that
//!    mix a piece with its neighbours, each added to what went in. The three projections are normalised
//!    *together*, as one row of 768 numbers.
//! 3. Pieces' rows and branches, 1,280 numbers, are normalised and summed over the sentence; the root of the
//!    sentence's length divides the sum.
//! 4. Four dense layers with two short cuts make 512 numbers, scaled to length 1.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView2, Axis, s};

use crate::archive::{Array, Arrays};
use crate::{Error, WEIGHTS_FILE};

/// Size of a window, and how many of its pieces stand before the one looked at.
const BRANCHES: [(usize, usize); 3] = [(2, 0), (3, 1), (5, 2)];
/// Most blocks of the table.
const MOST_BLOCKS: usize = 64;

/// All numbers of the model.
#[derive(Debug)]
pub(crate) struct Network {
    table: Table,
    /// The projections of all branches, side by side.
    projection: Layer,
    projection_norm: Norm,
    branches: [[Layer; 2]; 3],
    norm: Norm,
    /// From the normalised sum to the dense layers.
    summary: Layer,
    dense: [Array2<f32>; 6],
    epsilon: f32,
}

/// The rows of the pieces in small integers.
#[derive(Debug)]
struct Table {
    blocks: Vec<Block>,
    width: usize,
}

#[derive(Debug)]
struct Block {
    numbers: Vec<u8>,
    step: f32,
    lowest: f32,
}

#[derive(Debug)]
struct Layer {
    weights: Array2<f32>,
    bias: Array1<f32>,
}

#[derive(Debug)]
struct Norm {
    gain: Array1<f32>,
    bias: Array1<f32>,
}

impl Network {
    pub(crate) fn from_bytes(file: &[u8]) -> Result<Self, Error> {
        let mut arrays = Arrays::new(file)?;
        let table = Table::read(&mut arrays)?;
        let width = matrix(&mut arrays, "proj2", Some(table.width), None)?.ncols();
        let mut projections = Vec::new();
        let mut norms = Vec::new();
        let mut branches = Vec::new();
        for (window, _) in BRANCHES {
            projections.push(layer(
                &mut arrays,
                [format!("proj{window}"), format!("proj_b{window}")],
                table.width,
                width,
            )?);
            norms.push(norm(&mut arrays, [format!("ln_g{window}"), format!("ln_b{window}")], width)?);
            branches.push([
                layer(&mut arrays, [format!("w1_{window}"), format!("b1_{window}")], window * width, width)?,
                layer(&mut arrays, [format!("w2_{window}"), format!("b2_{window}")], window * width, width)?,
            ]);
        }
        let features = table.width + BRANCHES.len() * width;
        let summary = {
            let weights = matrix(&mut arrays, "cnn_W", Some(features), None)?;
            let bias = row(&mut arrays, "cnn_b", weights.ncols())?;
            Layer { weights, bias }
        };
        let dense = dense(&mut arrays, summary.weights.ncols())?;
        let epsilon = arrays.fractions("eps")?.numbers.first().copied().unwrap_or(0.0);
        if epsilon <= 0.0 || epsilon > 0.1 {
            return Err(Error::damaged(WEIGHTS_FILE, "its eps is no small positive number"));
        }
        let branches =
            branches.try_into().map_err(|_| Error::damaged(WEIGHTS_FILE, "a branch is missing"))?;
        let norm = norm(&mut arrays, ["ln_g".to_owned(), "ln_b".to_owned()], features)?;
        let (projection, projection_norm) = (Layer::beside(&projections), Norm::beside(&norms));
        Ok(Self { table, projection, projection_norm, branches, norm, summary, dense, epsilon })
    }

    /// How many numbers a vector has.
    pub(crate) fn dimensions(&self) -> usize {
        self.dense[4].ncols()
    }

    /// How many pieces the table knows.
    pub(crate) fn rows(&self) -> usize {
        let rows = self.table.blocks.iter().map(|it| it.numbers.len() / self.table.width).min();
        rows.unwrap_or(0) * self.table.blocks.len()
    }

    /// The vectors of sentences, each given by the numbers of its pieces (at least one, all below
    /// [`Network::rows`]). They go through the layers together and do not see each other.
    pub(crate) fn encode(&self, sentences: &[Vec<u32>]) -> Vec<Vec<f32>> {
        let ends: Vec<usize> = sentences
            .iter()
            .scan(0, |end, it| {
                *end += it.len();
                Some(*end)
            })
            .collect();
        let width = self.projection.weights.ncols() / BRANCHES.len();
        let tokens = ends.last().copied().unwrap_or(0);
        let mut features = Array2::zeros((tokens, self.norm.gain.len()));
        self.table.look_up(sentences.iter().flatten(), &mut features);
        let mut projected = self.projection.apply(&features.slice(s![.., ..self.table.width]));
        self.projection_norm.apply(&mut projected, self.epsilon);
        let ranges: Vec<_> = ends.iter().zip(sentences).map(|(end, it)| end - it.len()..*end).collect();
        for (at, ((window, before), layers)) in BRANCHES.iter().zip(&self.branches).enumerate() {
            let mut state = projected.slice(s![.., at * width..(at + 1) * width]).to_owned();
            for layer in layers {
                let neighbours = windows(&state, &ranges, *window, *before);
                let mut mixed = layer.apply(&neighbours.view());
                mixed.mapv_inplace(|it| it.max(0.0));
                state += &mixed;
            }
            let from = self.table.width + at * width;
            features.slice_mut(s![.., from..from + width]).assign(&state);
        }
        self.norm.apply(&mut features, self.epsilon);
        let mut sums = Array2::zeros((sentences.len(), features.ncols()));
        for (mut sum, range) in sums.outer_iter_mut().zip(&ranges) {
            sum.assign(&features.slice(s![range.clone(), ..]).sum_axis(Axis(0)));
        }
        let lengths: Vec<f32> = sentences.iter().map(|it| it.len() as f32).collect();
        self.finish(&sums, &lengths)
    }

    /// Sums over the sentences' pieces, and how many pieces these are, become vectors.
    fn finish(&self, sums: &Array2<f32>, lengths: &[f32]) -> Vec<Vec<f32>> {
        let mut means = product(&sums.view(), &self.summary.weights);
        for (mut mean, length) in means.outer_iter_mut().zip(lengths) {
            mean.scaled_add(*length, &self.summary.bias);
            mean /= length.sqrt();
        }
        let positive = |mut it: Array2<f32>| {
            it.mapv_inplace(|it| it.max(0.0));
            it
        };
        let [d0, d1, p1, d2, p3, d3] = &self.dense;
        let first = positive(product(&means.view(), d0));
        let second = positive(product(&means.view(), p1) + product(&first.view(), d1));
        let third = positive(product(&second.view(), d2));
        let last = product(&second.view(), p3) + product(&third.view(), d3);
        let vectors = last.outer_iter().map(|it| {
            let vector: Vec<f32> = it.iter().map(|it| it.tanh()).collect();
            let length = vector.iter().map(|it| it * it).sum::<f32>().max(self.epsilon).sqrt();
            // Numbers too big for the format lead to no vector at all, which is like nothing else.
            vector.iter().map(|it| it / length).map(|it| if length.is_finite() { it } else { 0.0 }).collect()
        });
        vectors.collect()
    }
}

impl Table {
    fn read(arrays: &mut Arrays<'_>) -> Result<Self, Error> {
        let mut blocks = Vec::new();
        let mut size = None;
        while arrays.has(&format!("q{}", blocks.len() + 1)) && blocks.len() < MOST_BLOCKS {
            let name = format!("q{}", blocks.len() + 1);
            let array = arrays.bytes(&name)?;
            let [rows, width] = *array.shape else { return Err(shape(&name)) };
            if rows == 0 || width == 0 || *size.get_or_insert((rows, width)) != (rows, width) {
                return Err(shape(&name));
            }
            blocks.push(Block { numbers: array.numbers, step: 0.0, lowest: 0.0 });
        }
        let Some((_, width)) = size else {
            return Err(Error::damaged(WEIGHTS_FILE, "it has no table of pieces"));
        };
        let steps = row(arrays, "scale", blocks.len())?;
        let lowest = row(arrays, "lo", blocks.len())?;
        for ((block, step), lowest) in blocks.iter_mut().zip(steps).zip(lowest) {
            (block.step, block.lowest) = (step, lowest);
        }
        Ok(Self { blocks, width })
    }

    /// Writes the row of each piece into the begin of each row of `out`.
    fn look_up<'a>(&self, pieces: impl Iterator<Item = &'a u32>, out: &mut Array2<f32>) {
        for (mut row, piece) in out.outer_iter_mut().zip(pieces) {
            let piece = *piece as usize;
            let block = &self.blocks[piece % self.blocks.len()];
            let start = piece / self.blocks.len() * self.width;
            for (out, number) in row.iter_mut().zip(&block.numbers[start..start + self.width]) {
                *out = f32::from(*number) * block.step + block.lowest;
            }
        }
    }
}

impl Layer {
    fn apply(&self, rows: &ArrayView2<'_, f32>) -> Array2<f32> {
        product(rows, &self.weights) + &self.bias
    }

    /// Layers of the same input as one.
    fn beside(all: &[Self]) -> Self {
        let sides: Vec<_> = all.iter().map(|it| it.weights.view()).collect();
        let biases: Vec<_> = all.iter().map(|it| it.bias.view()).collect();
        Self {
            weights: ndarray::concatenate(Axis(1), &sides).expect("all have the table's width as rows"),
            bias: ndarray::concatenate(Axis(0), &biases).expect("rows fit behind each other"),
        }
    }
}

impl Norm {
    /// Each row gets mean 0 and variance 1, then gain and bias.
    fn apply(&self, rows: &mut Array2<f32>, epsilon: f32) {
        for mut row in rows.outer_iter_mut() {
            let count = row.len() as f32;
            let mean = row.sum() / count;
            row -= mean;
            let variance = row.dot(&row) / count;
            row /= (variance + epsilon).sqrt();
            row *= &self.gain;
            row += &self.bias;
        }
    }

    fn beside(all: &[Self]) -> Self {
        let gains: Vec<_> = all.iter().map(|it| it.gain.view()).collect();
        let biases: Vec<_> = all.iter().map(|it| it.bias.view()).collect();
        Self {
            gain: ndarray::concatenate(Axis(0), &gains).expect("rows fit behind each other"),
            bias: ndarray::concatenate(Axis(0), &biases).expect("rows fit behind each other"),
        }
    }
}

/// Each row with its neighbours within its sentence, one behind the other; zeros where there is none.
fn windows(
    rows: &Array2<f32>,
    sentences: &[std::ops::Range<usize>],
    window: usize,
    before: usize,
) -> Array2<f32> {
    let width = rows.ncols();
    let mut out = Array2::zeros((rows.nrows(), window * width));
    for sentence in sentences {
        for at in sentence.clone() {
            for slot in 0..window {
                let Some(from) = (at + slot).checked_sub(before).filter(|it| sentence.contains(it)) else {
                    continue;
                };
                out.slice_mut(s![at, slot * width..(slot + 1) * width]).assign(&rows.row(from));
            }
        }
    }
    out
}

/// The product of matrices. For a few rows the plain way is faster: the weights are read once, in order.
fn product(rows: &ArrayView2<'_, f32>, weights: &Array2<f32>) -> Array2<f32> {
    let mut out = Array2::zeros((rows.nrows(), weights.ncols()));
    if rows.nrows() > 3 {
        general_mat_mul(1.0, rows, weights, 0.0, &mut out);
        return out;
    }
    for (row, mut out) in rows.outer_iter().zip(out.outer_iter_mut()) {
        for (number, weights) in row.iter().zip(weights.outer_iter()) {
            out.scaled_add(*number, &weights);
        }
    }
    out
}

/// The dense layers d0, d1, p1, d2, p3, d3, of which each must fit to those before it.
fn dense(arrays: &mut Arrays<'_>, input: usize) -> Result<[Array2<f32>; 6], Error> {
    let d0 = matrix(arrays, "d0", Some(input), None)?;
    let d1 = matrix(arrays, "d1", Some(d0.ncols()), None)?;
    let p1 = matrix(arrays, "p1", Some(input), Some(d1.ncols()))?;
    let d2 = matrix(arrays, "d2", Some(d1.ncols()), None)?;
    let p3 = matrix(arrays, "p3", Some(d1.ncols()), None)?;
    let d3 = matrix(arrays, "d3", Some(d2.ncols()), Some(p3.ncols()))?;
    Ok([d0, d1, p1, d2, p3, d3])
}

fn layer(arrays: &mut Arrays<'_>, names: [String; 2], rows: usize, columns: usize) -> Result<Layer, Error> {
    let weights = matrix(arrays, &names[0], Some(rows), Some(columns))?;
    Ok(Layer { weights, bias: row(arrays, &names[1], columns)? })
}

fn norm(arrays: &mut Arrays<'_>, names: [String; 2], width: usize) -> Result<Norm, Error> {
    Ok(Norm { gain: row(arrays, &names[0], width)?, bias: row(arrays, &names[1], width)? })
}

/// A matrix with so many rows and columns, where given.
fn matrix(
    arrays: &mut Arrays<'_>,
    name: &str,
    rows: Option<usize>,
    columns: Option<usize>,
) -> Result<Array2<f32>, Error> {
    let Array { shape: sides, numbers } = arrays.fractions(name)?;
    let [high, wide] = *sides else { return Err(shape(name)) };
    if high == 0 || wide == 0 || rows.is_some_and(|it| it != high) || columns.is_some_and(|it| it != wide) {
        return Err(shape(name));
    }
    Array2::from_shape_vec((high, wide), numbers).map_err(|_| shape(name))
}

fn row(arrays: &mut Arrays<'_>, name: &str, length: usize) -> Result<Array1<f32>, Error> {
    let array = arrays.fractions(name)?;
    if array.shape != [length] {
        return Err(shape(name));
    }
    Ok(Array1::from_vec(array.numbers))
}

fn shape(name: &str) -> Error {
    Error::damaged(WEIGHTS_FILE, format!("the array {name} has a shape that does not fit the others"))
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::archive::tests::{member_of, zipped};

    use super::*;

    type Members = Vec<(String, Vec<u8>)>;

    /// Every array of a model with tiny sides: 2 blocks of 8 rows, 4 numbers a piece, 2 a branch, vectors
    /// of 3. The numbers are a fixed muddle between -1 and 1.
    pub(crate) fn members() -> Members {
        let mut seed = 1_u32;
        let mut muddle = move |count: usize| -> Vec<u8> {
            let mut out = Vec::new();
            for _ in 0..count {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                out.extend((seed as f32 / u32::MAX as f32 * 2.0 - 1.0).to_le_bytes());
            }
            out
        };
        let mut all: Members = Vec::new();
        let mut add = |name: &str, sides: &[usize]| {
            let text = sides.iter().map(|it| format!("{it},")).collect::<String>();
            all.push((
                name.to_owned(),
                member_of("<f4", &format!("({text})"), &muddle(sides.iter().product())),
            ));
        };
        for (name, sides) in [("scale", 2), ("lo", 2), ("ln_g", 10), ("ln_b", 10), ("cnn_b", 6)] {
            add(name, &[sides]);
        }
        for (window, _) in BRANCHES {
            add(&format!("proj{window}"), &[4, 2]);
            for name in ["proj_b", "ln_g", "ln_b", "b1_", "b2_"] {
                add(&format!("{name}{window}"), &[2]);
            }
            add(&format!("w1_{window}"), &[window * 2, 2]);
            add(&format!("w2_{window}"), &[window * 2, 2]);
        }
        let dense = [("cnn_W", [10, 6]), ("d0", [6, 5]), ("d1", [5, 5]), ("p1", [6, 5]), ("d2", [5, 4])];
        for (name, sides) in dense.into_iter().chain([("p3", [5, 3]), ("d3", [4, 3])]) {
            add(name, &sides);
        }
        for block in 1..=2_u8 {
            let numbers: Vec<u8> = (0..32).map(|it| it * block * 3 % 64).collect();
            all.push((format!("q{block}"), member_of("|u1", "(8, 4)", &numbers)));
        }
        all.push(("eps".to_owned(), member_of("<f8", "()", &1e-12_f64.to_le_bytes())));
        all
    }

    fn tiny() -> Network {
        Network::from_bytes(&zipped(&members())).unwrap()
    }

    #[test]
    fn sentences_in_one_batch_do_not_see_each_other() {
        let network = tiny();
        assert_eq!((network.dimensions(), network.rows()), (3, 16));
        let sentences = [vec![1, 5, 2], vec![1, 2], vec![1, 15, 3, 8, 9, 2], vec![7], vec![1, 5, 2]];
        let together = network.encode(&sentences);
        assert_eq!(together[0], together[4]);
        for (sentence, batched) in sentences.iter().zip(&together) {
            let alone = &network.encode(std::slice::from_ref(sentence))[0];
            assert!((batched.iter().map(|it| it * it).sum::<f32>() - 1.0).abs() < 1e-5);
            let furthest = alone.iter().zip(batched).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(furthest < 1e-5, "{alone:?} {batched:?}");
        }
        assert!(network.encode(&[]).is_empty());
    }

    #[test]
    fn a_missing_or_odd_array_is_named() {
        let all = members();
        for left_out in 0..all.len() {
            let mut some = all.clone();
            let (name, _) = some.remove(left_out);
            // Without its last block the table is smaller than its steps say.
            let wanted = if name == "q2" {
                "scale"
            } else if name == "q1" {
                "table"
            } else {
                &name
            };
            let said = Network::from_bytes(&zipped(&some)).unwrap_err().to_string();
            assert!(said.contains(wanted), "{name}: {said}");
            let mut odd = all.clone();
            odd[left_out].1 = member_of("<f4", "(1, 1, 1)", &[0; 4]);
            assert!(Network::from_bytes(&zipped(&odd)).is_err() || name == "eps", "{name}");
        }
    }

    #[test]
    fn overflowing_numbers_lead_to_no_vector() {
        let mut all = members();
        for (name, bytes) in &mut all {
            if name == "cnn_W" || name == "d0" {
                let numbers = [f32::MAX.to_le_bytes(), f32::MIN.to_le_bytes()].concat().repeat(30);
                let shape = if name == "d0" { "(6, 5)" } else { "(10, 6)" };
                *bytes = member_of("<f4", shape, &numbers[..if name == "d0" { 120 } else { 240 }]);
            }
        }
        let vectors = Network::from_bytes(&zipped(&all)).unwrap().encode(&[vec![1, 2, 3]]);
        assert!(vectors[0].iter().all(|it| it.is_finite()), "{vectors:?}");
    }
}
