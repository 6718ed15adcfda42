//! The same request sent twice is done once.
//!
//! A caller that lost the answer sends the request again with the same `Idempotency-Key`.
//! The key, a hash of the request and the answer are written in the transaction of the act
//! itself: either all three exist, or nothing happened and the request may be done anew.
//! A key belongs to one actor of one tenant, and to one request: with another body it is refused.

mod store;

use super::actor::Actor;
use super::error::Problem;
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::db::Tx;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

/// How long an answer is remembered, in milliseconds.
pub const REMEMBERED: i64 = Time::DAY;

/// The header.
pub const HEADER: &str = "idempotency-key";

/// The key of a request, out of its header. Without it the request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// A key of 1 to 128 visible characters.
    ///
    /// # Errors
    /// `Invalid` in words.
    pub fn parse(text: &str) -> Result<IdempotencyKey> {
        if (1..=128).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_graphic()) {
            return Ok(IdempotencyKey(text.to_owned()));
        }
        let message =
            "send the header Idempotency-Key with 1 to 128 visible characters, such as a random UUID";
        Err(Error::invalid("request.idempotency_key", message))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<IdempotencyKey, Problem> {
        let mut given = parts.headers.get_all(HEADER).iter();
        let text = match (given.next(), given.next()) {
            (Some(one), None) => one.to_str().unwrap_or_default(),
            _ => "",
        };
        Ok(IdempotencyKey::parse(text)?)
    }
}

/// Does `act` unless it was done before under this key; then the stored answer comes back.
///
/// `what` names the act and `request` is its input: both must be the same as the first time.
/// `act` joins the caller's transaction.
///
/// # Errors
/// `Conflict` when the key was used for another request; else those of `act`.
pub fn once<R: Serialize, T: Serialize + DeserializeOwned>(
    tx: &mut Tx<'_>,
    actor: &Actor,
    key: &IdempotencyKey,
    what: &str,
    request: &R,
    act: impl FnOnce(&mut Tx<'_>) -> Result<T>,
) -> Result<T> {
    let who = actor.id_text();
    let hash = hash(what, request)?;
    if let Some((known, answer)) = store::find(tx, actor.tenant, &who, &key.0)? {
        if known != hash {
            let message =
                "this Idempotency-Key was used for another request; take a new one for each request";
            return Err(Error::conflict("idempotency.reused", message));
        }
        return serde_json::from_str(&answer).map_err(|error| {
            Error::internal("idempotency.answer", "a stored answer is unreadable").because(error)
        });
    }
    let answer = act(tx)?;
    let text = serde_json::to_string(&answer).map_err(|error| {
        Error::internal("idempotency.answer", "an answer cannot be stored").because(error)
    })?;
    store::insert(tx, actor.tenant, &who, &key.0, &hash, &text)?;
    Ok(answer)
}

/// Forgets answers older than a day: a sweep's step.
///
/// # Errors
/// Those of the database.
pub fn forget_old(tx: &mut Tx<'_>) -> Result<u64> {
    let before = tx.now().plus(-REMEMBERED);
    store::delete_before(tx, before)
}

fn hash<R: Serialize>(what: &str, request: &R) -> Result<Vec<u8>> {
    let body = serde_json::to_vec(request).map_err(|error| {
        Error::internal("idempotency.request", "a request cannot be hashed").because(error)
    })?;
    let mut sha = Sha256::new();
    sha.update((what.len() as u64).to_be_bytes());
    sha.update(what.as_bytes());
    sha.update(body);
    Ok(sha.finalize().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_visible_and_short() {
        for text in ["a", "3f1c8f0e-8f8b-4f6e-9d0a-1d8a8e4c2b11", &"k".repeat(128)] {
            assert!(IdempotencyKey::parse(text).is_ok(), "{text}");
        }
        for text in ["", " ", "a b", "键", &"k".repeat(129)] {
            assert!(IdempotencyKey::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_asked_is_part_of_the_hash() {
        let one = hash("send", &"x").unwrap();
        assert_eq!(one, hash("send", &"x").unwrap());
        assert_ne!(one, hash("send", &"y").unwrap());
        assert_ne!(one, hash("sen", &"dx").unwrap());
    }
}
