//! Secrets at rest: sealed with a master key that lives outside the data folder.
//!
//! AES-256-GCM with a random nonce; the purpose and the row's key are bound in as associated
//! data, so a sealed value moved to another row does not open.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};

use super::{Error, Result};

const VERSION: u8 = 1;
const NONCE: usize = 12;

/// Seals and opens secrets with the master key.
#[derive(Clone)]
pub struct SecretBox(Aes256Gcm);

impl std::fmt::Debug for SecretBox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretBox(..)")
    }
}

impl SecretBox {
    /// A box that opens with this key.
    #[must_use]
    pub fn new(master: [u8; 32]) -> Self {
        Self(Aes256Gcm::new(&Key::<Aes256Gcm>::from(master)))
    }

    /// Seals `plain` for the place named by `purpose`, such as `inbox:inb_…`.
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Result<Vec<u8>> {
        let nonce: [u8; NONCE] = rand::random();
        let sealed = self
            .0
            .encrypt(&Nonce::from(nonce), Payload { msg: plain, aad: purpose.as_bytes() })
            .map_err(|_| Error::internal("secret.seal", "a secret could not be sealed"))?;
        let mut out = Vec::with_capacity(1 + NONCE + sealed.len());
        out.push(VERSION);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens what [`SecretBox::seal`] made for the same purpose with the same key.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        let wrong = || {
            Error::internal(
                "secret.open",
                "a stored secret does not open with the present master key; start with the key that sealed it",
            )
        };
        let (version, rest) = sealed.split_first().ok_or_else(wrong)?;
        if *version != VERSION || rest.len() < NONCE {
            return Err(wrong());
        }
        let (nonce, body) = rest.split_at(NONCE);
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| wrong())?;
        self.0
            .decrypt(&Nonce::from(nonce), Payload { msg: body, aad: purpose.as_bytes() })
            .map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_only_with_its_key_at_its_place() {
        let safe = SecretBox::new([7; 32]);
        let sealed = safe.seal("inbox:1", b"token").unwrap();

        assert_eq!(safe.open("inbox:1", &sealed).unwrap(), b"token");
        assert!(safe.open("inbox:2", &sealed).is_err());
        assert!(SecretBox::new([8; 32]).open("inbox:1", &sealed).is_err());
        assert!(safe.open("inbox:1", &sealed[..5]).is_err());
        assert!(!sealed.windows(5).any(|it| it == b"token"));
    }
}
