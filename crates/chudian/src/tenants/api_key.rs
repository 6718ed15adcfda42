//! Keys for programs: `ck_` + a public prefix + `_` + a secret. Only the secret's SHA-256 is kept.
//!
//! A plain hash is enough here: unlike a password the secret is 160 random bits, so
//! there is nothing to guess.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const PREFIX_LENGTH: usize = 10;
const SECRET_LENGTH: usize = 32;

/// A fresh key, as it is shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreshKey {
    /// `ck_…_…`, for the person who made it.
    pub text: String,
    /// The part by which it is found again.
    pub prefix: String,
    /// What is kept of the secret.
    pub secret_hash: Vec<u8>,
}

/// A key as a caller shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownKey<'a> {
    /// The part by which it is found.
    pub prefix: &'a str,
    secret: &'a str,
}

/// Makes a key.
#[must_use]
pub fn make() -> FreshKey {
    let prefix = random(PREFIX_LENGTH);
    let secret = random(SECRET_LENGTH);
    FreshKey { text: format!("ck_{prefix}_{secret}"), secret_hash: hash(&secret), prefix }
}

/// Reads a key; anything of another form is none.
#[must_use]
pub fn parse(text: &str) -> Option<ShownKey<'_>> {
    let (prefix, secret) = text.strip_prefix("ck_")?.split_once('_')?;
    let is_part = |part: &str, length| part.len() == length && part.bytes().all(|it| DIGITS.contains(&it));
    (is_part(prefix, PREFIX_LENGTH) && is_part(secret, SECRET_LENGTH)).then_some(ShownKey { prefix, secret })
}

impl ShownKey<'_> {
    /// Whether the secret is the one whose hash is kept, in constant time and at full length.
    #[must_use]
    pub fn is_right(&self, kept: &[u8]) -> bool {
        hash(self.secret).ct_eq(kept).into()
    }
}

fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// `length` random digits, 5 bits each.
fn random(length: usize) -> String {
    (0..length).map(|_| char::from(DIGITS[usize::from(rand::random::<u8>() & 31)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_recognised_by_its_whole_secret_only() {
        let key = make();
        let shown = parse(&key.text).unwrap();
        assert_eq!(shown.prefix, key.prefix);
        assert!(shown.is_right(&key.secret_hash));
        assert!(!shown.is_right(&key.secret_hash[..31]), "a truncated hash");
        assert!(!shown.is_right(&[]), "an empty hash");
        assert!(!parse(&make().text).unwrap().is_right(&key.secret_hash));
        assert!(!key.text.contains(&hex::encode(&key.secret_hash)));
    }

    #[test]
    fn other_texts_are_no_keys() {
        let key = make().text;
        for text in [
            "",
            "ck_",
            "ck__",
            &key[..key.len() - 1],
            &format!("{key}0"),
            &format!("{key} "),
            &key.to_uppercase(),
            &key.replace("ck_", "sk_"),
            &key.replacen('_', "-", 2),
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
