//! Access tokens of one account: two lines that do not disturb each other.
//!
//! `/cgi-bin/token` gives a new token with every call and lets the former one live five minutes more.
//! `/cgi-bin/stable_token` repeats the same token while it is valid, renews it in its last five minutes,
//! and kills it when the caller forces a refresh (WeChat documentation, access token and stable access token).

use crate::rules::day_number;

/// Life of a token in milliseconds.
const LIFE: i64 = 7_200_000;
/// How long a replaced token stays valid.
const OVERLAP: i64 = 300_000;
/// Forced refreshes of the stable line a day, and the least distance between two.
const FORCES_A_DAY: u32 = 20;
const FORCE_GAP: i64 = 30_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TokenLine {
    Plain,
    Stable,
}

#[derive(Debug, Clone)]
struct Issued {
    token: String,
    line: TokenLine,
    expires_at: i64,
    replaced: bool,
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenProblem {
    /// Never issued, or a newer one took its place: 40001.
    NotLatest,
    /// Lived out its life: 42001.
    Expired,
}

/// Why a stable token is not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ForceProblem {
    /// Twenty a day are used up: 45009.
    DayUsedUp,
    /// Two within 30 seconds: 45011.
    TooSoon,
}

/// Tokens of one account.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    issued: Vec<Issued>,
    forced_at: Option<i64>,
    forces: (i64, u32),
}

impl Tokens {
    /// `/cgi-bin/token`: `fresh` becomes the latest of the plain line. Gives seconds of life.
    pub(crate) fn issue_plain(&mut self, fresh: String, now: i64) -> i64 {
        for old in self.issued.iter_mut().filter(|old| old.line == TokenLine::Plain && !old.replaced) {
            old.replaced = true;
            old.expires_at = old.expires_at.min(now + OVERLAP);
        }
        self.remember(fresh, TokenLine::Plain, now);
        LIFE / 1000
    }

    /// `/cgi-bin/stable_token`: the token now valid on the stable line and its seconds of life.
    pub(crate) fn issue_stable(
        &mut self,
        fresh: String,
        force: bool,
        now: i64,
    ) -> Result<(String, i64), ForceProblem> {
        if force {
            self.force(now)?;
            for old in self.issued.iter_mut().filter(|old| old.line == TokenLine::Stable) {
                old.replaced = true;
                old.expires_at = old.expires_at.min(now);
            }
        }
        let current = self.issued.iter_mut().find(|old| old.line == TokenLine::Stable && !old.replaced);
        if let Some(old) = current {
            if old.expires_at - now > OVERLAP {
                return Ok((old.token.clone(), (old.expires_at - now) / 1000));
            }
            old.replaced = true;
        }
        self.remember(fresh.clone(), TokenLine::Stable, now);
        Ok((fresh, LIFE / 1000))
    }

    fn force(&mut self, now: i64) -> Result<(), ForceProblem> {
        if self.forced_at.is_some_and(|at| now - at < FORCE_GAP) {
            return Err(ForceProblem::TooSoon);
        }
        let today = day_number(now);
        let used = if self.forces.0 == today { self.forces.1 } else { 0 };
        if used >= FORCES_A_DAY {
            return Err(ForceProblem::DayUsedUp);
        }
        self.forces = (today, used + 1);
        self.forced_at = Some(now);
        Ok(())
    }

    fn remember(&mut self, token: String, line: TokenLine, now: i64) {
        self.issued.retain(|old| old.expires_at > now - 12 * LIFE);
        self.issued.push(Issued { token, line, expires_at: now + LIFE, replaced: false });
    }

    /// Whether `token` may be used now.
    pub(crate) fn check(&self, token: &str, now: i64) -> Result<(), TokenProblem> {
        match self.issued.iter().find(|issued| issued.token == token) {
            Some(issued) if now < issued.expires_at => Ok(()),
            Some(issued) if !issued.replaced => Err(TokenProblem::Expired),
            _ => Err(TokenProblem::NotLatest),
        }
    }

    /// Lets every token expire now; gives how many were alive.
    pub(crate) fn expire_all(&mut self, now: i64) -> usize {
        let alive = self.issued.iter_mut().filter(|issued| issued.expires_at > now);
        alive.map(|issued| issued.expires_at = now).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_plain_token_lets_the_former_live_five_minutes() {
        let mut tokens = Tokens::default();
        tokens.issue_plain("a".into(), 0);
        tokens.issue_plain("b".into(), 1000);
        assert_eq!(tokens.check("a", 300_999), Ok(()));
        assert_eq!(tokens.check("a", 301_000), Err(TokenProblem::NotLatest));
        assert_eq!(tokens.check("b", 7_200_999), Ok(()));
        assert_eq!(tokens.check("b", 7_201_000), Err(TokenProblem::Expired));
        assert_eq!(tokens.check("c", 0), Err(TokenProblem::NotLatest));
    }

    #[test]
    fn the_lines_do_not_disturb_each_other() {
        let mut tokens = Tokens::default();
        tokens.issue_plain("plain".into(), 0);
        let (stable, life) = tokens.issue_stable("s1".into(), false, 0).unwrap();
        assert_eq!((stable.as_str(), life), ("s1", 7200));
        assert_eq!(tokens.issue_stable("s2".into(), false, 60_000), Ok(("s1".into(), 7140)));
        tokens.issue_plain("plain2".into(), 61_000);
        assert_eq!(tokens.check("s1", 7_000_000), Ok(()));
        // In its last five minutes a new one is given and both are valid.
        assert_eq!(tokens.issue_stable("s3".into(), false, 6_900_001), Ok(("s3".into(), 7200)));
        assert_eq!(tokens.check("s1", 7_100_000), Ok(()));
        assert_eq!(tokens.check("s3", 7_100_000), Ok(()));
    }

    #[test]
    fn forcing_kills_the_old_token_and_is_limited() {
        let mut tokens = Tokens::default();
        tokens.issue_stable("s1".into(), false, 0).unwrap();
        assert_eq!(tokens.issue_stable("s2".into(), true, 1000), Ok(("s2".into(), 7200)));
        assert_eq!(tokens.check("s1", 1000), Err(TokenProblem::NotLatest));
        assert_eq!(tokens.issue_stable("s3".into(), true, 2000), Err(ForceProblem::TooSoon));
        for turn in 1..20 {
            tokens.issue_stable(format!("t{turn}"), true, 1000 + turn * 30_000).unwrap();
        }
        assert_eq!(tokens.issue_stable("u".into(), true, 700_000), Err(ForceProblem::DayUsedUp));
    }

    #[test]
    fn expiring_on_demand_ends_all() {
        let mut tokens = Tokens::default();
        tokens.issue_plain("a".into(), 0);
        assert_eq!(tokens.expire_all(10), 1);
        assert_eq!(tokens.check("a", 10), Err(TokenProblem::Expired));
    }
}
