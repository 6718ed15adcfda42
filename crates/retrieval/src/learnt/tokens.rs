//! What a sentence is made of in the learnt space.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::language::is_carrier;
use crate::pinyin::Sound;
use crate::units::Unit;

/// What a token of a sentence is called in the table.
pub(crate) type Token = u64;

/// Where each token stands in the table.
pub(crate) type Places = HashMap<Token, u32, BuildHasherDefault<Named>>;

/// A token's name is a hash already: it is not hashed again, which is most of what looking a sentence up would cost.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Named(u64);

impl Hasher for Named {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.wrapping_mul(31) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, name: u64) {
        self.0 = name;
    }
}

/// The kinds of tokens.
const UNIT: u8 = 1;
const NEIGHBOURS: u8 = 2;
const CARRIER: u8 = 3;
const SOUND: u8 = 4;
const SOUNDS: u8 = 5;

/// Characters, neighbouring characters, the words that only carry a question, sounds and neighbouring sounds. By its
/// sounds a sentence with typing errors, or with a word in letters, still comes to lie where it belongs.
pub(super) fn tokens<'a>(
    units: &'a [Unit<'a>],
    sounds: &'a [Sound],
    terms: &'a [Unit<'a>],
) -> impl Iterator<Item = Token> + 'a {
    let single = units.iter().map(|it| name(UNIT, it, None));
    let pairs = units.windows(2).map(|it| pair(it[0], it[1]));
    let carriers = terms.iter().filter(|it| is_carrier(**it)).map(|it| name(CARRIER, it, None));
    let heard = sounds.iter().map(|it| hash(SOUND, it.to_le_bytes()));
    let heard_pairs =
        sounds.windows(2).map(|it| hash(SOUNDS, it.iter().flat_map(|sound| sound.to_le_bytes())));
    single.chain(pairs).chain(carriers).chain(heard).chain(heard_pairs)
}

/// The token of one unit.
pub(crate) fn single(unit: Unit<'_>) -> Token {
    name(UNIT, &unit, None)
}

/// The token of two tokens side by side.
pub(crate) fn joined(first: Token, second: Token) -> Token {
    hash(NEIGHBOURS, [first, second].into_iter().flat_map(u64::to_le_bytes))
}

/// The token of two neighbours.
pub(super) fn pair(first: Unit<'_>, second: Unit<'_>) -> Token {
    name(NEIGHBOURS, &first, Some(&second))
}

fn name(kind: u8, first: &Unit<'_>, second: Option<&Unit<'_>>) -> Token {
    let mut letters = [0; 4];
    let mut sum = start(kind);
    for unit in std::iter::once(first).chain(second) {
        let bytes = match unit {
            Unit::Character(c) => c.encode_utf8(&mut letters).as_bytes(),
            Unit::Run(run) => run.as_bytes(),
        };
        sum = bytes.iter().copied().chain([0]).fold(sum, add);
    }
    sum
}

fn hash(kind: u8, bytes: impl IntoIterator<Item = u8>) -> Token {
    bytes.into_iter().fold(start(kind), add)
}

/// FNV-1a, 64 bits: the same on every machine. Two tokens of one name are as rare as they are harmless.
fn add(sum: u64, byte: u8) -> u64 {
    (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

fn start(kind: u8) -> u64 {
    add(0xcbf2_9ce4_8422_2325, kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{sounds, units};

    #[test]
    fn what_is_written_otherwise_is_heard_alike() {
        let tokens = |text: &str| {
            let units = units(text);
            tokens(&units, &sounds(&units), &[]).collect::<Vec<_>>()
        };
        let check = |a: &str, b: &str, expected: usize| {
            let (a, b) = (tokens(a), tokens(b));
            assert_eq!(a.iter().filter(|it| b.contains(it)).count(), expected, "{a:?} {b:?}");
        };
        // Two characters and their pair, two sounds and their pair.
        check("借款", "借款", 6);
        check("借款", "借狂", 4);
        check("借款", "jie款", 4);
        check("借款", "jiekuan", 3);
        check("借款", "开通", 0);
    }
}
