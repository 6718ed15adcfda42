//! Answers given a moment ago, by message: a platform that repeats itself does so within seconds,
//! and need not ask the database. Only what is on disk is remembered here; what is forgotten is
//! found in the journal.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::base::id::InboxId;
use crate::base::time::Time;

/// Which message, on which account: what makes a callback the same in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) inbox: InboxId,
    pub(super) sent_at: Time,
    pub(super) dedupe_key: Box<[u8]>,
}

/// Answers by message, bounded: when the young half is full, the old half is forgotten.
#[derive(Debug, Default)]
pub(super) struct Recent(Mutex<Halves>);

#[derive(Debug, Default)]
struct Halves {
    young: HashMap<Key, Option<Box<[u8]>>>,
    young_bytes: usize,
    old: HashMap<Key, Option<Box<[u8]>>>,
}

/// Bytes of keys and answers in one half: some fifteen thousand messages of ordinary length.
const HALF: usize = 8 << 20;

/// What an entry takes besides its key and answer, roughly.
const ENTRY: usize = 96;

impl Recent {
    /// The answer that the message got, if it came a moment ago: outer `None` when it is not known here.
    pub(super) fn find(&self, key: &Key) -> Option<Option<Vec<u8>>> {
        let halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = halves.young.get(key).or_else(|| halves.old.get(key))?;
        Some(answer.as_deref().map(<[u8]>::to_vec))
    }

    /// Remembers an answer whose commit is on disk.
    pub(super) fn keep(&self, key: Key, answer: Option<&[u8]>) {
        let bytes = ENTRY + key.dedupe_key.len() + answer.map_or(0, <[u8]>::len);
        let mut halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if halves.young_bytes + bytes > HALF {
            halves.old = std::mem::take(&mut halves.young);
            halves.young_bytes = 0;
        }
        halves.young_bytes += bytes;
        halves.young.insert(key, answer.map(Box::from));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::Id;

    fn key(inbox: i64, second: i64, text: &str) -> Key {
        Key {
            inbox: InboxId::from_raw(inbox),
            sent_at: Time(second * 1000),
            dedupe_key: text.as_bytes().into(),
        }
    }

    #[test]
    fn a_repetition_gets_its_own_answer() {
        let recent = Recent::default();
        recent.keep(key(1, 5, "m1"), Some(b"hello"));
        recent.keep(key(1, 5, "m2"), None);
        for (name, asked, expected) in [
            ("the same", key(1, 5, "m1"), Some(Some(b"hello".to_vec()))),
            ("one without an answer", key(1, 5, "m2"), Some(None)),
            ("another message", key(1, 5, "m3"), None),
            ("another account", key(2, 5, "m1"), None),
            ("another second", key(1, 6, "m1"), None),
        ] {
            assert_eq!(recent.find(&asked), expected, "{name}");
        }
    }

    #[test]
    fn it_is_bounded_and_keeps_the_latest() {
        let recent = Recent::default();
        let answer = vec![b'x'; 1000];
        for second in 0..40_000 {
            recent.keep(key(1, second, "m"), Some(&answer));
        }
        assert!(recent.find(&key(1, 39_999, "m")).is_some());
        assert!(recent.find(&key(1, 39_999 - 7_000, "m")).is_some(), "a half is kept");
        assert!(recent.find(&key(1, 0, "m")).is_none());
        let halves = recent.0.lock().unwrap();
        assert!(halves.young.len() + halves.old.len() <= 2 * HALF / 1000);
    }
}
