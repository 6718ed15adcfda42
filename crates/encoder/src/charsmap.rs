//! How letters are made alike before the text is cut: full-width forms, ligatures, control characters and
//! odd spaces become their plain forms by a table in the token file.
//!
//! The table is a *double-array trie* (Aoe 1989, in the layout of darts-clone): one array of 32-bit units.
//! From a node one follows a byte by adding (here: by exclusive or) it to the node's offset; the unit found there
//! repeats the byte as its label, else there is no such way. A node at which a key ends has a leaf, whose
//! value is the place of the replacement in a second table of texts that end with a zero byte.

use crate::{Error, TOKENS_FILE};

/// The sign that stands for a space in pieces.
pub(crate) const SPACE: char = '\u{2581}';

/// What the token file says about spaces, and its table of replacements.
#[derive(Debug)]
pub(crate) struct Charsmap {
    units: Vec<u32>,
    replacements: String,
    /// A space is put before the text, so that a word at its begin is the same piece as within.
    pub(crate) leading_space: bool,
    /// Rows of spaces count as one, and those at both ends not at all.
    pub(crate) merge_spaces: bool,
}

impl Charsmap {
    /// A map that changes no letter.
    pub(crate) fn plain() -> Self {
        Self { units: Vec::new(), replacements: String::new(), leading_space: true, merge_spaces: true }
    }

    /// Takes the table over: four bytes with the trie's length in bytes, the trie, the replacements.
    pub(crate) fn set_table(&mut self, table: &[u8]) -> Result<(), Error> {
        let cut_off = || Error::damaged(TOKENS_FILE, "its table of letters is cut off");
        if table.is_empty() {
            return Ok(());
        }
        let (length, rest) = table.split_first_chunk::<4>().ok_or_else(cut_off)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| cut_off())?;
        let (trie, replacements) = rest.split_at_checked(length).ok_or_else(cut_off)?;
        let (units, odd) = trie.as_chunks::<4>();
        if !odd.is_empty() {
            return Err(cut_off());
        }
        let replacements = str::from_utf8(replacements)
            .map_err(|_| Error::damaged(TOKENS_FILE, "its table of letters is not UTF-8"))?;
        self.units = units.iter().map(|it| u32::from_le_bytes(*it)).collect();
        replacements.clone_into(&mut self.replacements);
        Ok(())
    }

    /// The text as the pieces know it: letters replaced, spaces as [`SPACE`].
    pub(crate) fn normalise(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + SPACE.len_utf8());
        let mut after_space = self.merge_spaces;
        let mut begun = false;
        let mut rest = text;
        while !rest.is_empty() {
            let (mut plain, length) = self.replace(rest);
            rest = &rest[length..];
            if self.merge_spaces && after_space {
                plain = plain.trim_start_matches(' ');
            }
            let counts = !self.merge_spaces || !plain.is_empty();
            if counts && !begun {
                begun = true;
                out.extend(self.leading_space.then_some(SPACE));
            }
            if let Some(last) = plain.chars().next_back() {
                out.extend(plain.chars().map(|it| if it == ' ' { SPACE } else { it }));
                after_space = last == ' ';
            }
        }
        if self.merge_spaces {
            let length = out.trim_end_matches(SPACE).len();
            out.truncate(length);
        }
        out
    }

    /// What stands for the longest known begin of `text` (not empty), and how many bytes that begin has.
    /// An unknown begin is one character and stands for itself.
    fn replace<'a>(&'a self, text: &'a str) -> (&'a str, usize) {
        if let Some((value, length)) = self.longest(text)
            && let Some(begin) = self.replacements.get(value..)
            && text.is_char_boundary(length)
        {
            let end = begin.find('\0').unwrap_or(begin.len());
            return (&begin[..end], length);
        }
        let length = text.chars().next().map_or(0, char::len_utf8);
        (&text[..length], length)
    }

    /// Value and length in bytes of the longest key that `text` begins with.
    fn longest(&self, text: &str) -> Option<(usize, usize)> {
        let mut found = None;
        let mut node = offset(*self.units.first()?);
        for (at, byte) in text.bytes().enumerate() {
            node ^= usize::from(byte);
            let Some(&unit) = self.units.get(node) else { break };
            // The highest bit marks a leaf, which no way leads through.
            if unit & 0x8000_00ff != u32::from(byte) {
                break;
            }
            node ^= offset(unit);
            if unit & 0x100 != 0
                && let Some(leaf) = self.units.get(node)
            {
                found = Some(((leaf & 0x7fff_ffff) as usize, at + 1));
            }
        }
        found
    }
}

/// Where a unit's children begin, relative to itself: 22 bits, or 14 of them moved up by 8.
fn offset(unit: u32) -> usize {
    ((unit >> 10) << ((unit & 0x200) >> 6)) as usize
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A table with the one rule "ａ becomes a", built by hand: the three bytes of ａ, then a leaf.
    pub(crate) fn full_width_a() -> Vec<u8> {
        let key = "ａ".as_bytes();
        let mut units = vec![0_u32; 2048];
        let mut base = 256;
        units[0] = base << 10;
        for (at, byte) in key.iter().enumerate() {
            let node = base ^ u32::from(*byte);
            base += 256;
            let leaf = if at + 1 == key.len() { 0x100 } else { 0 };
            units[node as usize] = (node ^ base) << 10 | leaf | u32::from(*byte);
        }
        units[base as usize] = 0x8000_0000;
        let trie: Vec<u8> = units.iter().flat_map(|it| it.to_le_bytes()).collect();
        let mut table = u32::try_from(trie.len()).unwrap().to_le_bytes().to_vec();
        table.extend(trie);
        table.extend(b"a\0");
        table
    }

    fn map() -> Charsmap {
        let mut map = Charsmap::plain();
        map.set_table(&full_width_a()).unwrap();
        map
    }

    #[test]
    fn letters_are_replaced_and_spaces_merged() {
        let check = |text: &str, wanted: &str| assert_eq!(map().normalise(text), wanted, "{text:?}");
        check("", "");
        check("   ", "");
        check("还款", "▁还款");
        check("ａｂ", "▁aｂ");
        check("  a   b ", "▁a▁b");
    }

    #[test]
    fn spaces_stay_where_the_file_says_so() {
        let mut map = Charsmap::plain();
        (map.leading_space, map.merge_spaces) = (false, false);
        assert_eq!(map.normalise(" a  b "), "▁a▁▁b▁");
        assert_eq!(map.normalise(""), "");
    }

    #[test]
    fn a_cut_table_is_refused() {
        let whole = full_width_a();
        for length in [1, 3, 4, 100, 2048 * 4 + 3] {
            assert!(Charsmap::plain().set_table(&whole[..length]).is_err(), "{length}");
        }
        assert!(Charsmap::plain().set_table(&[3, 0, 0, 0, 1, 2, 3]).is_err(), "no whole units");
        assert!(Charsmap::plain().set_table(&[0, 0, 0, 0, 0xff]).is_err(), "not UTF-8");
    }

    proptest! {
        #[test]
        fn any_table_leads_to_text(table in proptest::collection::vec(any::<u8>(), 0..2_000), text in ".{0,40}") {
            let mut map = Charsmap::plain();
            let mut framed = u32::try_from(table.len() / 8 * 4).unwrap().to_le_bytes().to_vec();
            framed.extend(&table);
            if map.set_table(&framed).is_ok() {
                let once = map.normalise(&text);
                prop_assert!(!once.ends_with(SPACE) || once.is_empty());
            }
        }
    }
}
