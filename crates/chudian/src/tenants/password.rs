//! Passwords: what is asked of them, and their hashes (argon2id).
//!
//! Hashing takes about 20 ms and 19 MiB on purpose, so it runs on blocking
//! threads, a few at a time. A crowd at the door waits or is told to come
//! back; it does not take the machine's memory.

use crate::base::{Error, Result};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;

/// Memory of one hash in KiB (OWASP password storage guidance: at least 19 MiB with two passes).
pub const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over that memory.
pub const PASSES: u32 = 2;
/// Shortest password, in characters.
pub const SHORTEST: usize = 8;
/// Longest password, in bytes: more is no safer and only costs time.
pub const LONGEST: usize = 256;

/// Hashes that run at once: at most four, about 76 MiB.
const AT_ONCE: usize = 4;
/// Callers that may wait for their turn; the next one is told that we are busy.
const WAITING: usize = 256;

static GATE: LazyLock<Gate> = LazyLock::new(|| Gate {
    running: Arc::new(Semaphore::new(AT_ONCE)),
    admitted: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
});

/// Compared against when an account does not exist, so that the answer takes the same time.
/// Nobody knows a password for it: it is made of random bytes at the start.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    let random: [u8; 32] = rand::random();
    hash_now(&hex::encode(random)).unwrap_or_default()
});

struct Gate {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

/// Whether a new password is good enough.
///
/// # Errors
/// `Invalid` in words for the person. Length is what counts (NIST SP 800-63B);
/// there are no rules about digits and signs.
pub fn check(password: &str, login: &str) -> Result<()> {
    let refuse = |why: &str| {
        Err(Error::invalid("password.weak", "the password is not safe enough").field("password", why))
    };
    if password.chars().count() < SHORTEST {
        return refuse("at least 8 characters are needed");
    }
    if password.len() > LONGEST {
        return refuse("at most 256 bytes are possible");
    }
    let first = password.chars().next();
    if password.chars().all(|it| Some(it) == first) {
        return refuse("one character repeated is not a password");
    }
    let lower = password.to_lowercase();
    if lower == login.to_lowercase() || COMMON.contains(&lower.as_str()) {
        return refuse("this password is among the first an attacker tries");
    }
    Ok(())
}

/// The first guesses of every attack, as far as they are eight characters long.
const COMMON: &[&str] = &[
    "password",
    "password1",
    "password123",
    "passw0rd",
    "p@ssw0rd",
    "12345678",
    "123456789",
    "1234567890",
    "87654321",
    "qwertyuiop",
    "qwerty123",
    "1q2w3e4r",
    "1qaz2wsx",
    "iloveyou",
    "admin123",
    "admin1234",
    "administrator",
    "letmein1",
    "welcome1",
    "abc12345",
    "a1234567",
    "5201314520",
    "woaini1314",
    "changeme",
];

/// The hash of `password`, as a PHC text.
///
/// # Errors
/// `Busy` when too many wait.
pub async fn hash(password: String) -> Result<String> {
    blocking(move || hash_now(&password)).await?
}

/// Whether `password` belongs to `stored`. Without a stored hash the same work is done and the answer is no.
///
/// # Errors
/// `Busy` when too many wait.
pub async fn is_right(password: String, stored: Option<String>) -> Result<bool> {
    blocking(move || {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| NOBODY.clone());
        // The hash says how it was made, so older and cheaper ones can still be checked.
        let matches = PasswordHash::new(&stored)
            .is_ok_and(|it| argon2().verify_password(password.as_bytes(), &it).is_ok());
        matches && known
    })
    .await
}

/// Whether `stored` was made with less than today's cost and should be made anew at the next log-in.
pub fn is_outdated(stored: &str) -> bool {
    let Ok(hash) = PasswordHash::new(stored) else { return true };
    let cost = |name: &str| hash.params.get_decimal(name).unwrap_or(0);
    hash.algorithm.as_str() != "argon2id" || cost("m") < MEMORY_KIB || cost("t") < PASSES
}

/// Prepares the stand-in hash, so that the first log-in of an unknown account is not slower than others.
pub fn warm_up() {
    LazyLock::force(&NOBODY);
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let busy =
        || Error::busy("session.busy", "too many people are logging in at this moment; try again shortly");
    let _place = Arc::clone(&GATE.admitted).try_acquire_owned().map_err(|_| busy())?;
    let turn = Arc::clone(&GATE.running).acquire_owned().await.map_err(|_| busy())?;
    tokio::task::spawn_blocking(move || {
        let out = work();
        drop(turn);
        out
    })
    .await
    .map_err(|error| Error::internal("password.hashing", format!("hashing stopped: {error}")))
}

fn hash_now(password: &str) -> Result<String> {
    let hash: PasswordHash = argon2()
        .hash_password(password.as_bytes())
        .map_err(|error| Error::internal("password.hashing", format!("hashing failed: {error}")))?;
    Ok(hash.to_string())
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None)
        .expect("19 MiB, 2 passes, 1 lane are within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_is_argon2id_with_enough_cost() {
        let stored = hash("correct horse".into()).await.unwrap();
        let parsed = PasswordHash::new(&stored).unwrap();
        assert_eq!(parsed.algorithm.as_str(), "argon2id");
        assert!(parsed.params.get_decimal("m").unwrap() >= 19 * 1024, "{stored}");
        assert!(parsed.params.get_decimal("t").unwrap() >= 2, "{stored}");
        assert!(!is_outdated(&stored));
        assert!(is_right("correct horse".into(), Some(stored.clone())).await.unwrap());
        for wrong in ["correct horse ", "Correct horse", "", "correct hors"] {
            assert!(!is_right(wrong.into(), Some(stored.clone())).await.unwrap(), "{wrong:?}");
        }
        assert_ne!(hash("correct horse".into()).await.unwrap(), stored, "each hash has its own salt");
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        assert!(!is_right(String::new(), None).await.unwrap());
        assert!(!is_right("password".into(), None).await.unwrap());
        assert!(!is_right("password".into(), Some(String::new())).await.unwrap());
    }

    #[test]
    fn cheap_hashes_are_outdated() {
        for stored in ["", "plain", "$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$YWJjZGVmZ2hpamtsbW5vcA"] {
            assert!(is_outdated(stored), "{stored}");
        }
        assert!(is_outdated("$argon2id$v=19$m=4096,t=3,p=1$c2FsdHNhbHQ$YWJjZGVmZ2hpamtsbW5vcA"));
        assert!(!is_outdated("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$YWJjZGVmZ2hpamtsbW5vcA"));
    }

    #[test]
    fn weak_passwords_are_refused() {
        for weak in ["", "short", "12345678", "Password", "aaaaaaaaaaaa", "an_na_an", &"x1".repeat(200)] {
            assert!(check(weak, "AN_NA_an").is_err(), "{weak}");
        }
        for good in ["correct horse", "触点客服系统二零二六", "8chars-x"] {
            assert!(check(good, "anna").is_ok(), "{good}");
        }
    }
}
