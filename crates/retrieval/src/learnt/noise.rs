//! Slips of the pen, made by chance: a space that has met them while it learnt is led astray less by real ones.

use std::collections::HashMap;

use super::random::Random;
use crate::pinyin::{self, Sound};

/// Shorter texts are left as they are: little of them would remain.
const SHORTEST: usize = 3;

/// From so many characters on two may be left out.
const LONG: usize = 6;

/// Makes slips, with the characters of the texts that are learnt from.
pub(super) struct Noise {
    of_sound: HashMap<Sound, Vec<char>>,
}

impl Noise {
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a String>) -> Self {
        let mut counts: HashMap<char, u32> = HashMap::new();
        texts.flat_map(|it| it.chars()).for_each(|it| *counts.entry(it).or_default() += 1);
        let counts = counts.into_iter().map(|(it, times)| (it, f64::from(times)));
        Self { of_sound: pinyin::commonest(counts) }
    }

    /// The text with one slip: a character or two left out, one or two mixed up with others of the same sound, or
    /// two neighbours swapped.
    pub(super) fn copy(&self, text: &str, random: &mut Random) -> String {
        let mut all: Vec<char> = text.chars().collect();
        if all.len() < SHORTEST {
            return text.to_owned();
        }
        let once_or_twice = 1 + random.below(2);
        match random.below(3) {
            0 => {
                let times = if all.len() < LONG { 1 } else { once_or_twice };
                for _ in 0..times {
                    all.remove(random.below(all.len()));
                }
            }
            1 => {
                for _ in 0..once_or_twice {
                    let at = random.below(all.len());
                    if let Some(alike) = self.of_sound.get(&pinyin::sound(all[at])) {
                        all[at] = alike[random.below(alike.len())];
                    }
                }
            }
            _ => {
                let at = random.below(all.len() - 1);
                all.swap(at, at + 1);
            }
        }
        all.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_differs_by_one_slip() {
        let texts = ["怎么还款".to_owned(), "查话费".to_owned(), "花费明细怎么查询".to_owned()];
        let noise = Noise::of(texts.iter());
        let mut random = Random(5);
        let (mut shorter, mut heard, mut swapped) = (0, 0, 0);
        for _ in 0..300 {
            let copy: Vec<char> = noise.copy(&texts[2], &mut random).chars().collect();
            let differ = || texts[2].chars().zip(&copy).filter(|(a, b)| a != *b);
            match (copy.len(), differ().count()) {
                (8, 0) => {}
                (8, _) if differ().all(|(a, b)| pinyin::sound(a) == pinyin::sound(*b)) => heard += 1,
                (8, 2) => swapped += 1,
                (6 | 7, _) => shorter += 1,
                other => panic!("{other:?}: {copy:?}"),
            }
        }
        assert!(shorter > 60 && heard > 5 && swapped > 60, "{shorter} {heard} {swapped}");
        for text in ["", "查", "话费"] {
            assert_eq!(noise.copy(text, &mut random), text);
        }
    }
}
