//! How many wrong passwords are allowed, and where. Pure: the rows are in `store.rs`.
//!
//! Two counts, never one bucket shared by all: one for each account (known or not: the
//! answer must not tell) and one for each network address. A try is counted *before* the
//! password is looked at and taken back when it was right, so a hundred tries at once
//! cannot slip through together.

use crate::base::time::Time;
use std::net::IpAddr;

/// Tries older than so many milliseconds are forgotten.
pub const WINDOW: i64 = 15 * Time::MINUTE;

/// The tries under one subject (an account or an address) within the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tries {
    /// How many.
    pub count: i64,
    /// When the oldest of them was.
    pub oldest: Option<Time>,
}

/// Milliseconds that one more try must wait at `now`; `None` when it may go on.
///
/// A refused try is not counted: whoever keeps knocking does not lock the account for longer.
#[must_use]
pub fn wait(tries: Tries, limit: i64, now: Time) -> Option<i64> {
    if tries.count < limit {
        return None;
    }
    let opens = tries.oldest.unwrap_or(now).plus(WINDOW);
    // At least a second: a clock that was set back must not make a negative wait.
    Some(opens.since(now).clamp(Time::SECOND, WINDOW))
}

/// The subject of an account's count. Every spelling of a log-in name meets in one, and there
/// is one for names that nobody has.
#[must_use]
pub fn account(login: &str) -> String {
    let login = login.trim().to_lowercase();
    // Names longer than any account's cannot be right; they are cut so that rows stay small.
    format!("account:{}", login.chars().take(100).collect::<String>())
}

/// The subject of an address's count. With IPv6 one customer holds a whole /64, so that is what counts.
#[must_use]
pub fn source(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => format!("source:{address}"),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("source:{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_try() {
        let now = Time(10_000_000);
        let minute = Time::MINUTE;
        for (count, oldest, limit, expected) in [
            (0, None, 3, None),
            (2, Some(now.plus(-minute)), 3, None),
            (3, Some(now.plus(-minute)), 3, Some(14 * minute)),
            (30, Some(now.plus(-minute)), 3, Some(14 * minute)),
            (3, Some(now.plus(-WINDOW)), 3, Some(Time::SECOND)),
            // The clock was set back by a day: nobody waits longer than the window.
            (3, Some(now.plus(Time::DAY)), 3, Some(WINDOW)),
        ] {
            assert_eq!(wait(Tries { count, oldest }, limit, now), expected, "{count} of {limit}, {oldest:?}");
        }
    }

    #[test]
    fn subjects_are_never_shared_by_all() {
        assert_eq!(account(" Anna "), account("anna"));
        assert_ne!(account("anna"), account("anne"));
        assert_ne!(account(""), source("::".parse().unwrap()));
        assert_eq!(source("::ffff:10.0.0.1".parse().unwrap()), "source:10.0.0.1");
        assert_eq!(source("2001:db8:1:2:3::4".parse().unwrap()), source("2001:db8:1:2::5".parse().unwrap()));
        assert_ne!(source("10.0.0.1".parse().unwrap()), source("10.0.0.2".parse().unwrap()));
        assert!(account(&"x".repeat(5000)).len() < 200);
    }
}
