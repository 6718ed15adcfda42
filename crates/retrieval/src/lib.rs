//! Matching Chinese questions to a knowledge base, and keyword rules to messages. Pure: no clock, no IO.
//!
//! Reading order: [`normalise`] makes two spellings of one sentence equal; [`units`] cuts it into
//! characters and syllables, with the sounds of [`pinyin`]; `mend` reads typing errors; [`index`] finds fifty
//! candidates and `rank` orders them; `confidence` says how sure the first one is. [`language`] is the words of one
//! meaning, everybody's and a base's own; [`learnt`] a space made from a base's own wordings; [`Comparer`] what holds
//! the nearest ones against each other, and `contrast` what that is learnt from; [`tuning`] asks a base about itself how
//! sure is sure enough. [`keyword`] is the editors' rules: exact words, contained words, prefixes and
//! patterns, all in time linear in the message.
//!
//! Invariants
//! - The same catalogue and the same text give the same candidates, on every machine.
//! - A sentence equal to a stored wording after normalising is found first, with confidence 1.
//! - The contributions told by an explanation add up to the score.
//! - No input makes anything here panic, and none takes more than linear time.

mod best;
mod common_words;
mod comparer;
mod confidence;
mod contrast;
mod explain;
mod first_step;
pub mod index;
pub mod keyword;
pub mod language;
pub mod learnt;
mod mend;
pub mod normalise;
mod part;
pub mod pinyin;
mod question;
mod rank;
pub mod tuning;
pub mod units;
mod vocabulary;

pub use comparer::Comparer;
pub use confidence::{Band, SCALE, Thresholds};
pub use contrast::contrasts;
pub use explain::{Candidate, Explanation, Match};
pub use index::{Change, Entry, Index, Similarity};
pub use language::{Language, Synonym};
