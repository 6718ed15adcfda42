//! The rule of a session: how its cookie looks and when it ends. Pure.

use crate::base::time::Time;
use base64::Engine;
use sha2::{Digest, Sha256};
use std::time::Duration;

/// When a session ends by itself.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// After so long without a request.
    pub idle: Duration,
    /// So long after log-in, whatever happens.
    pub length: Duration,
}

/// A dangerous act asks for a log-in (or the password again) not older than so many milliseconds.
pub const FRESH: i64 = 15 * Time::MINUTE;

/// `last_seen_at` is written at most so often, so that reading costs no write.
pub const SEEN_EVERY: i64 = Time::MINUTE;

/// Whether a session that began at `created` and was last used at `seen` still lives.
///
/// A moment in the future (the clock was set back) counts as now: it does not end the session,
/// and it does not lengthen it beyond its limits either once the clock has caught up.
#[must_use]
pub fn is_alive(created: Time, seen: Time, now: Time, limits: Limits) -> bool {
    let within =
        |since: Time, limit: Duration| u128::from(now.since(since).max(0).unsigned_abs()) < limit.as_millis();
    within(created, limits.length) && within(seen, limits.idle)
}

/// A fresh token: 256 random bits, safe inside a cookie and an address.
#[must_use]
pub fn token() -> String {
    let random: [u8; 32] = rand::random();
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random)
}

/// What is kept of a token, and how a session is found.
#[must_use]
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// The cookie's name. With `__Host-` a browser refuses the cookie unless it is
/// secure, without a domain and for the whole host.
#[must_use]
pub fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-chudian" } else { "chudian" }
}

/// The header that sets the cookie. It goes with the browser session; the server ends it earlier.
#[must_use]
pub fn set_cookie(token: &str, secure: bool) -> String {
    let name = cookie_name(secure);
    let flag = if secure { "; Secure" } else { "" };
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax{flag}")
}

/// The header that takes the cookie away.
#[must_use]
pub fn clear_cookie(secure: bool) -> String {
    format!("{}; Max-Age=0", set_cookie("", secure))
}

/// The session token out of a `Cookie` header. If the name stands there twice, neither is believed.
#[must_use]
pub fn from_cookies(header: &str, secure: bool) -> Option<&str> {
    let name = cookie_name(secure);
    let mut found =
        header.split(';').filter_map(|it| it.trim().split_once('=')).filter(|(it, _)| *it == name);
    let (_, token) = found.next()?;
    (found.next().is_none() && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { idle: Duration::from_secs(3600), length: Duration::from_secs(8 * 3600) };

    #[test]
    fn a_session_ends_when_idle_and_at_the_latest_after_its_length() {
        let hour = Time::HOUR;
        for (created, seen, now, expected) in [
            (0, 0, 0, true),
            (0, 0, hour - 1, true),
            (0, 0, hour, false),
            (0, 7 * hour, 8 * hour - 1, true),
            (0, 8 * hour - 1, 8 * hour, false),
            // The clock was set back, then caught up.
            (hour, hour, 0, true),
            (hour, hour, 2 * hour, false),
        ] {
            assert_eq!(
                is_alive(Time(created), Time(seen), Time(now), LIMITS),
                expected,
                "{created} {seen} {now}"
            );
        }
    }

    #[test]
    fn the_cookie_is_kept_from_scripts_and_other_sites() {
        assert_eq!(set_cookie("t", true), "__Host-chudian=t; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(set_cookie("t", false), "chudian=t; Path=/; HttpOnly; SameSite=Lax");
        assert_eq!(clear_cookie(false), "chudian=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    }

    #[test]
    fn the_token_is_found_among_other_cookies() {
        for (header, secure, expected) in [
            ("chudian=abc", false, Some("abc")),
            ("a=b; chudian=abc; c=d", false, Some("abc")),
            ("chudian=abc", true, None),
            ("__Host-chudian=abc", true, Some("abc")),
            ("chudian=", false, None),
            ("chudian=a; chudian=b", false, None),
            ("xchudian=abc", false, None),
            ("", false, None),
        ] {
            assert_eq!(from_cookies(header, secure), expected, "{header}");
        }
    }

    #[test]
    fn tokens_are_long_and_different() {
        let one = token();
        assert_eq!(one.len(), 43);
        assert_ne!(one, token());
        assert_eq!(token_hash(&one).len(), 32);
    }
}
