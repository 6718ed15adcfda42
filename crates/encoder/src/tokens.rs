//! Cutting a text into the pieces that the model knows.
//!
//! The token file holds 128,000 pieces with a score each (the logarithm of how usual it is). Of all ways to
//! cut a text the one with the highest sum of scores is taken (a *unigram* model; Kudo 2018), found by
//! looking at every place once, from left to right.

use std::collections::HashMap;
use std::ops::Range;

use crate::charsmap::Charsmap;
use crate::protobuf::{self, Value};
use crate::{Error, TOKENS_FILE};

/// Number of a piece that is not known.
const UNKNOWN: u32 = 0;
/// Number of the mark before a sentence.
const BEGIN: u32 = 1;
/// Number of the mark after a sentence.
const END: u32 = 2;
/// An unknown character costs so much more than the rarest piece.
const UNKNOWN_PENALTY: f64 = 10.0;
/// More pieces than this no model of this kind has.
const MOST_PIECES: usize = 1 << 20;

/// The pieces, and how letters are made alike before.
#[derive(Debug)]
pub struct Tokenizer {
    charsmap: Charsmap,
    /// All pieces, one behind the other, in the order of their bytes.
    text: String,
    /// Where they lie in `text`, what number and what score each has.
    pieces: Vec<Piece>,
    /// Which of `pieces` begin with a character.
    begins: HashMap<char, Range<u32>>,
    /// How many the file has, marks included.
    count: usize,
    unknown_score: f64,
}

#[derive(Debug, Clone, Copy)]
struct Piece {
    start: u32,
    length: u32,
    id: u32,
    score: f32,
}

impl Tokenizer {
    /// Reads the token file: pieces (field 1) and how to make letters alike (field 3).
    ///
    /// # Errors
    /// When the file is cut off or not of this kind.
    pub fn from_bytes(file: &[u8]) -> Result<Self, Error> {
        let mut charsmap = Charsmap::plain();
        let mut known: Vec<(&str, u32, f32)> = Vec::new();
        let mut count = 0;
        protobuf::fields(file, |field, value| {
            match (field, value) {
                (1, Value::Bytes(message)) => {
                    let (text, score, kind) = piece(message)?;
                    let id = u32::try_from(count).ok().filter(|it| (*it as usize) < MOST_PIECES);
                    let id = id.ok_or_else(|| damaged("it has more than a million pieces"))?;
                    // The unknown piece (kind 2) and marks (kind 3) are no text, even if somebody types them.
                    if !matches!(kind, 2 | 3) && !text.is_empty() {
                        known.push((text, id, score));
                    }
                    count += 1;
                }
                (3, Value::Bytes(message)) => normaliser(&mut charsmap, message)?,
                _ => {}
            }
            Ok(())
        })?;
        if known.is_empty() {
            return Err(damaged("it has no pieces"));
        }
        // Of two equal pieces the last one counts.
        known.sort_by(|one, other| one.0.cmp(other.0).then(other.1.cmp(&one.1)));
        known.dedup_by_key(|it| it.0);
        let lowest = known.iter().map(|it| f64::from(it.2)).fold(0.0, f64::min);
        let (text, pieces) = lay_out(&known)?;
        Ok(Self {
            charsmap,
            begins: begins(&known),
            text,
            pieces,
            count,
            unknown_score: lowest - UNKNOWN_PENALTY,
        })
    }

    /// How many pieces the file has, marks included.
    pub fn pieces(&self) -> usize {
        self.count
    }

    /// The numbers of a sentence's pieces between the marks of begin and end. A sentence of nothing but
    /// spaces is one unknown piece.
    pub fn sentence(&self, text: &str) -> Vec<u32> {
        let mut ids = vec![BEGIN];
        let cut = self.cut(&self.charsmap.normalise(text));
        if cut.is_empty() {
            ids.push(UNKNOWN);
        }
        ids.extend(cut);
        ids.push(END);
        ids
    }

    /// The best way to cut a text of which letters and spaces are already as the pieces have them.
    fn cut(&self, text: &str) -> Vec<u32> {
        // For each place in the text: the best sum of scores of a way that ends there, and its last piece.
        let mut best: Vec<(f64, usize, u32)> = vec![(f64::NEG_INFINITY, 0, UNKNOWN); text.len() + 1];
        best[0].0 = 0.0;
        for (start, first) in text.char_indices() {
            let base = best[start].0;
            let mut offer = |end: usize, id: u32, score: f64| {
                if base + score > best[end].0 {
                    best[end] = (base + score, start, id);
                }
            };
            let mut knows_first = false;
            self.pieces_at(&text[start..], first, |piece| {
                knows_first |= piece.length as usize == first.len_utf8();
                offer(start + piece.length as usize, piece.id, f64::from(piece.score));
            });
            if !knows_first {
                offer(start + first.len_utf8(), UNKNOWN, self.unknown_score);
            }
        }
        let mut ids = Vec::new();
        let mut end = text.len();
        while end > 0 {
            let (_, start, id) = best[end];
            ids.push(id);
            end = start;
        }
        ids.reverse();
        ids
    }

    /// Calls `each` with every piece that `text`, whose first character is `first`, begins with; short ones
    /// first.
    fn pieces_at(&self, text: &str, first: char, mut each: impl FnMut(Piece)) {
        let Some(range) = self.begins.get(&first) else { return };
        let mut those = &self.pieces[range.start as usize..range.end as usize];
        let mut depth = first.len_utf8();
        loop {
            // Those that are as long as the begin looked at stand first, and there is at most one.
            if let Some(piece) = those.first().filter(|it| it.length as usize == depth) {
                each(*piece);
                those = &those[1..];
            }
            let Some(&byte) = text.as_bytes().get(depth) else { return };
            let at = |piece: &Piece| self.text.as_bytes()[piece.start as usize + depth];
            let from = those.partition_point(|it| at(it) < byte);
            let until = from + those[from..].partition_point(|it| at(it) == byte);
            those = &those[from..until];
            if those.is_empty() {
                return;
            }
            depth += 1;
        }
    }
}

/// Text (field 1), score (field 2) and kind (field 3; 1 is an ordinary one) of a piece.
fn piece(message: &[u8]) -> Result<(&str, f32, u64), Error> {
    let (mut text, mut score, mut kind) = ("", 0.0, 1);
    protobuf::fields(message, |field, value| {
        match (field, value) {
            (1, Value::Bytes(bytes)) => {
                text = str::from_utf8(bytes).map_err(|_| damaged("a piece is not UTF-8"))?;
            }
            (2, Value::Float(number)) if number.is_finite() => score = number,
            (2, _) => return Err(damaged("a piece has no proper score")),
            (3, Value::Number(number)) => kind = number,
            _ => {}
        }
        Ok(())
    })?;
    Ok((text, score, kind))
}

/// Field 2 is the table of letters, 3 whether a space goes before the text, 4 whether spaces are merged.
fn normaliser(charsmap: &mut Charsmap, message: &[u8]) -> Result<(), Error> {
    protobuf::fields(message, |field, value| {
        match (field, value) {
            (2, Value::Bytes(table)) => charsmap.set_table(table)?,
            (3, Value::Number(number)) => charsmap.leading_space = number != 0,
            (4, Value::Number(number)) => charsmap.merge_spaces = number != 0,
            _ => {}
        }
        Ok(())
    })
}

fn lay_out(known: &[(&str, u32, f32)]) -> Result<(String, Vec<Piece>), Error> {
    let mut text = String::with_capacity(known.iter().map(|it| it.0.len()).sum());
    let mut pieces = Vec::with_capacity(known.len());
    for (piece, id, score) in known {
        let start = u32::try_from(text.len()).map_err(|_| damaged("its pieces are too long"))?;
        let length = u32::try_from(piece.len()).map_err(|_| damaged("a piece is too long"))?;
        pieces.push(Piece { start, length, id: *id, score: *score });
        text.push_str(piece);
    }
    Ok((text, pieces))
}

/// Pieces in the order of their bytes lie together by their first character.
fn begins(known: &[(&str, u32, f32)]) -> HashMap<char, Range<u32>> {
    let mut begins: HashMap<char, Range<u32>> = HashMap::new();
    for (at, first) in known.iter().filter_map(|it| it.0.chars().next()).enumerate() {
        let at = u32::try_from(at).expect("there are at most a million pieces");
        begins.entry(first).or_insert(at..at).end = at + 1;
    }
    begins
}

fn damaged(detail: &str) -> Error {
    Error::damaged(TOKENS_FILE, detail)
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes_field(field: u8, bytes: &[u8]) -> Vec<u8> {
        let mut out = vec![field << 3 | 2];
        let mut length = bytes.len();
        while length >= 0x80 {
            out.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        out.push(length as u8);
        out.extend(bytes);
        out
    }

    /// A token file with the three marks and these pieces.
    pub(crate) fn file(pieces: &[(&str, f32)]) -> Vec<u8> {
        let marks = [("<unk>", 0.0, 2_u8), ("<s>", 0.0, 3), ("</s>", 0.0, 3)];
        let all = marks.into_iter().chain(pieces.iter().map(|it| (it.0, it.1, 1)));
        let mut out = Vec::new();
        for (text, score, kind) in all {
            let mut message = bytes_field(1, text.as_bytes());
            message.push(2 << 3 | 5);
            message.extend(score.to_le_bytes());
            message.extend([3 << 3, kind]);
            out.extend(bytes_field(1, &message));
        }
        let table = crate::charsmap::tests::full_width_a();
        out.extend(bytes_field(3, &bytes_field(2, &table)));
        out
    }

    /// 3 ▁, 4 还, 5 款, 6 还款, 7 a, 8 ab, 9 还款日, 10 bb
    pub(crate) fn few() -> Vec<u8> {
        file(&[
            ("▁", -2.0),
            ("还", -4.0),
            ("款", -4.0),
            ("还款", -5.0),
            ("a", -3.0),
            ("ab", -9.0),
            ("还款日", -30.0),
            ("bb", -4.0),
        ])
    }

    #[test]
    fn the_best_way_to_cut_is_found() {
        let tokenizer = Tokenizer::from_bytes(&few()).unwrap();
        let check = |text: &str, wanted: &[u32]| assert_eq!(tokenizer.sentence(text), wanted, "{text:?}");
        check("还款", &[1, 3, 6, 2]);
        check("款还", &[1, 3, 5, 4, 2]);
        check("", &[1, 0, 2]);
        check("  ", &[1, 0, 2]);
        // The full-width letter is the plain one, and the piece of two wins by what it leaves over.
        check("ａb", &[1, 3, 8, 2]);
        check("abb", &[1, 3, 7, 10, 2]);
        // 还款 and an unknown character (-5 - 40) lose against the rare whole (-30).
        check("还款日", &[1, 3, 9, 2]);
        check("😀还款", &[1, 3, 0, 6, 2]);
        // Marks that somebody types are text like any other.
        check("<s>", &[1, 3, 0, 0, 0, 2]);
        assert_eq!(tokenizer.pieces(), 11);
    }

    #[test]
    fn a_damaged_file_is_an_error() {
        let whole = few();
        // A cut at the end of a field leaves a smaller file that can be read; every other one is told.
        let mut refused = 0;
        for length in 0..whole.len() {
            refused += usize::from(Tokenizer::from_bytes(&whole[..length]).is_err());
        }
        assert!(refused > whole.len() - 20, "{refused} of {}", whole.len());
        let not_a_number = file(&[("a", f32::NAN)]);
        assert!(Tokenizer::from_bytes(&not_a_number).unwrap_err().to_string().contains("score"));
        assert!(Tokenizer::from_bytes(b"PK\x03\x04 this is another file").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_cut_whole(text in ".{0,60}") {
            let tokenizer = Tokenizer::from_bytes(&few()).unwrap();
            let ids = tokenizer.sentence(&text);
            prop_assert!(ids.len() >= 3 && ids.len() <= text.chars().count() + 3);
            prop_assert!(ids.iter().all(|it| *it < 11));
        }

        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in proptest::collection::vec(any::<u8>(), 0..64), at in any::<prop::sample::Index>()) {
            let mut file = few();
            let at = at.index(file.len());
            bytes.truncate(file.len() - at);
            file.splice(at..at + bytes.len(), bytes);
            if let Ok(tokenizer) = Tokenizer::from_bytes(&file) {
                tokenizer.sentence("还款ab 日");
            }
        }
    }
}
