//! How many requests a session, a key or an address may make. The rule is pure; the counts are in memory.
//!
//! A bucket of tokens for each subject, never one for all: it holds a quarter of a minute's
//! budget (so that a page may load at once) and fills steadily.

use crate::base::time::Time;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// How many subjects are remembered before those with full buckets are forgotten.
const REMEMBERED: usize = 10_000;

/// What is left to one subject.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bucket {
    tokens: f64,
    at: Time,
}

impl Bucket {
    /// The bucket at `now`, filled up since it was last touched.
    fn filled(self, per_minute: u32, now: Time) -> Bucket {
        let most = capacity(per_minute);
        #[expect(clippy::cast_precision_loss, reason = "a wait between two requests is far below 2^52 ms")]
        let passed = now.since(self.at).max(0) as f64;
        let tokens = (self.tokens + passed * f64::from(per_minute) / 60_000.0).min(most);
        Bucket { tokens, at: now }
    }
}

fn capacity(per_minute: u32) -> f64 {
    (f64::from(per_minute) / 4.0).max(5.0)
}

/// The buckets of all subjects of this process.
#[derive(Debug, Default)]
pub struct Budgets(Mutex<HashMap<String, Bucket>>);

impl Budgets {
    /// Takes `weight` tokens from `subject`'s bucket, or says how many seconds to wait for them.
    pub fn take(&self, subject: &str, weight: f64, per_minute: u32, now: Time) -> Result<(), u64> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= REMEMBERED {
            let most = capacity(per_minute);
            buckets.retain(|_, it| it.filled(per_minute, now).tokens < most);
        }
        let full = Bucket { tokens: capacity(per_minute), at: now };
        let bucket = buckets.get(subject).map_or(full, |it| it.filled(per_minute, now));
        if bucket.tokens < weight {
            let missing = weight - bucket.tokens;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "at least 0, at most minutes"
            )]
            let seconds = (missing * 60.0 / f64::from(per_minute)).ceil() as u64;
            return Err(seconds.max(1));
        }
        buckets.insert(subject.to_owned(), Bucket { tokens: bucket.tokens - weight, ..bucket });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_stops_and_harms_nobody_else() {
        let budgets = Budgets::default();
        let now = Time(1_000_000);
        let passed = (0..1000).filter(|_| budgets.take("a", 1.0, 60, now).is_ok()).count();
        assert_eq!(passed, 15);
        assert_eq!(budgets.take("a", 1.0, 60, now), Err(1));
        assert_eq!(budgets.take("b", 1.0, 60, now), Ok(()));
        assert_eq!(budgets.take("a", 1.0, 60, now.plus(1000)), Ok(()));
        assert!(budgets.take("a", 1.0, 60, now.plus(1000)).is_err());
    }

    #[test]
    fn a_clock_that_was_set_back_gives_nothing_and_takes_nothing() {
        let budgets = Budgets::default();
        let now = Time(1_000_000);
        while budgets.take("a", 1.0, 60, now).is_ok() {}
        assert!(budgets.take("a", 1.0, 60, now.plus(-Time::DAY)).is_err());
    }
}
