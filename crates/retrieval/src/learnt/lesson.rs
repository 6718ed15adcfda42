//! What there is to learn from.

use std::collections::HashMap;

use crate::index::Entry;

/// Sentences that mean the same, and sentences that do not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lesson {
    /// Two wordings of one question.
    pub pairs: Vec<(String, String)>,
    /// Two sentences that look alike and mean different things: somebody said so.
    pub different: Vec<(String, String)>,
    /// Other sentences of the base: their words get a place, too.
    pub texts: Vec<String>,
}

/// How long is learnt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// How often each pair is looked at.
    pub rounds: u32,
    /// More pairs than these are not looked at: the last ones given count, so give the newest last.
    pub most_pairs: usize,
    /// More tokens than these get no place; the commonest ones do. 1 KiB each while learning.
    pub most_tokens: usize,
}

impl Default for Effort {
    /// Some twenty seconds of one processor with 30,000 pairs.
    fn default() -> Self {
        Self { rounds: 12, most_pairs: 100_000, most_tokens: 100_000 }
    }
}

/// Of an entry with many wordings not all pairs are taken, but this many for each wording.
const PAIRS_A_WORDING: usize = 3;

impl Lesson {
    /// From a tenant's own base: similar questions of one entry, and `confirmed` questions with the key of
    /// the entry that a person found right for them.
    #[must_use]
    pub fn of_base(entries: &[Entry], confirmed: &[(String, i64)]) -> Self {
        let mut lesson = Self::default();
        for entry in entries {
            let wordings = &entry.wordings;
            lesson.texts.extend(wordings.iter().cloned());
            for (at, wording) in wordings.iter().enumerate() {
                // The standard question first, then the ones before it.
                let others = (0..at).take(1).chain((1..at).rev()).take(PAIRS_A_WORDING);
                lesson.pairs.extend(others.map(|other| (wordings[other].clone(), wording.clone())));
            }
        }
        let of_key: HashMap<i64, &Entry> = entries.iter().map(|it| (it.key, it)).collect();
        for (question, key) in confirmed {
            let wordings = of_key.get(key).map_or(&[][..], |it| it.wordings.as_slice());
            lesson.pairs.extend(wordings.iter().take(1).map(|it| (it.clone(), question.clone())));
        }
        lesson
    }
}
