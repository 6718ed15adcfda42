//! Message encryption of the safe and compatible modes.
//!
//! A sealed text is base64 of AES-256-CBC over `16 random bytes, length of the message (u32, big
//! endian), message, receive id`, padded by PKCS#7 with blocks of 32. The receive id is the
//! account's AppID (for 企业微信: the CorpID). WeChat documentation, "message encryption".

use aes::Aes256;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, KeyInit, block_padding::NoPadding};
use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD, STANDARD};

/// Padding is to multiples of this, twice the cipher's own block: ready-made PKCS#7 pads to 16.
const PAD_BLOCK: usize = 32;
/// Random bytes and the length, in front of the message.
const HEAD: usize = 20;

/// The 43 characters of a key carry 258 bits; the last two are spare and often not zero.
const KEY_ENGINE: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, NO_PAD.with_decode_allow_trailing_bits(true));

/// An account's message key (EncodingAESKey), ready for use.
#[derive(Clone)]
pub struct AesKey {
    cipher: Aes256,
    iv: [u8; 16],
}

/// The 43 characters are not what the platform's form gives out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the EncodingAESKey must be exactly 43 characters out of A-Z, a-z and 0-9, as the platform shows it")]
pub struct IllegalAesKey;

/// Why a sealed text was refused, in the order of the checks.
///
/// Never tell the caller of a callback which one it was: use one answer for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CryptoError {
    /// Not base64 text.
    #[error("the encrypted text is not base64")]
    BadBase64,
    /// Empty, or not a whole number of cipher blocks.
    #[error("the encrypted text is not whole cipher blocks")]
    BadCiphertext,
    /// The padding is not `n` bytes of the value `n`, 1 to 32: most likely the wrong key.
    #[error("the padding is wrong; is this the right EncodingAESKey?")]
    BadPadding,
    /// Less than the random bytes and the length.
    #[error("the decrypted text is too short")]
    TooShort,
    /// The length goes beyond the text.
    #[error("the length inside the decrypted text is wrong")]
    BadLength,
    /// Sealed for another account.
    #[error("the message was sealed for another AppID")]
    AppIdMismatch,
    /// The message is not UTF-8.
    #[error("the decrypted message is not UTF-8")]
    InvalidUtf8,
}

impl AesKey {
    /// Reads the 43 characters shown by the platform's console.
    pub fn parse(encoding_aes_key: &str) -> Result<Self, IllegalAesKey> {
        let plain = encoding_aes_key.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if encoding_aes_key.len() != 43 || !plain {
            return Err(IllegalAesKey);
        }
        let mut key = [0; 32];
        let length = KEY_ENGINE.decode_slice(encoding_aes_key, &mut key).map_err(|_| IllegalAesKey)?;
        if length != key.len() {
            return Err(IllegalAesKey);
        }
        Ok(Self::from_bytes(key))
    }

    /// A key from its 32 bytes; the first 16 are also the initial vector.
    #[must_use]
    pub fn from_bytes(key: [u8; 32]) -> Self {
        let mut iv = [0; 16];
        iv.copy_from_slice(&key[..16]);
        Self { cipher: Aes256::new(&key.into()), iv }
    }
}

impl std::fmt::Debug for AesKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AesKey(secret)")
    }
}

/// Seals `message` for `receive_id`. `random16` must be fresh random bytes for every message.
#[must_use]
pub fn encrypt(key: &AesKey, receive_id: &str, message: &[u8], random16: [u8; 16]) -> String {
    let bare = HEAD + message.len() + receive_id.len();
    let pad = PAD_BLOCK - bare % PAD_BLOCK;
    let mut buffer = Vec::with_capacity(bare + pad);
    buffer.extend_from_slice(&random16);
    // Callers cap messages far below 4 GiB; a longer one is cut to a length nobody accepts.
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    buffer.extend_from_slice(&length.to_be_bytes());
    buffer.extend_from_slice(message);
    buffer.extend_from_slice(receive_id.as_bytes());
    let pad_byte = u8::try_from(pad).expect("1 to 32");
    buffer.resize(bare + pad, pad_byte);
    let whole = buffer.len();
    cbc::Encryptor::inner_iv_init(key.cipher.clone(), &key.iv.into())
        .encrypt_padded::<NoPadding>(&mut buffer, whole)
        .expect("the buffer is whole blocks");
    STANDARD.encode(&buffer)
}

/// Opens a sealed text and gives the message, which is valid UTF-8.
pub fn decrypt(key: &AesKey, receive_id: &str, encrypted: &str) -> Result<Vec<u8>, CryptoError> {
    let mut buffer = STANDARD.decode(encrypted).map_err(|_| CryptoError::BadBase64)?;
    if buffer.is_empty() || !buffer.len().is_multiple_of(16) {
        return Err(CryptoError::BadCiphertext);
    }
    let whole = cbc::Decryptor::inner_iv_init(key.cipher.clone(), &key.iv.into())
        .decrypt_padded::<NoPadding>(&mut buffer)
        .map_err(|_| CryptoError::BadCiphertext)?;
    let (start, end) = message_range(whole, receive_id.as_bytes())?;
    buffer.truncate(end);
    buffer.drain(..start);
    Ok(buffer)
}

/// Where the message lies in the decrypted text.
fn message_range(whole: &[u8], receive_id: &[u8]) -> Result<(usize, usize), CryptoError> {
    let pad = whole.last().copied().unwrap_or(0);
    let pad_length = usize::from(pad);
    if pad_length == 0 || pad_length > PAD_BLOCK || pad_length > whole.len() {
        return Err(CryptoError::BadPadding);
    }
    let (rest, padding) = whole.split_at(whole.len() - pad_length);
    if padding.iter().any(|&byte| byte != pad) {
        return Err(CryptoError::BadPadding);
    }
    let Some((head, rest)) = rest.split_at_checked(HEAD) else {
        return Err(CryptoError::TooShort);
    };
    let length = u32::from_be_bytes([head[16], head[17], head[18], head[19]]);
    let length = usize::try_from(length).map_err(|_| CryptoError::BadLength)?;
    let Some((message, receiver)) = rest.split_at_checked(length) else {
        return Err(CryptoError::BadLength);
    };
    if receiver != receive_id {
        return Err(CryptoError::AppIdMismatch);
    }
    std::str::from_utf8(message).map_err(|_| CryptoError::InvalidUtf8)?;
    Ok((HEAD, HEAD + length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_never_prints_itself() {
        let key = AesKey::parse("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG").unwrap();
        assert_eq!(format!("{key:?}"), "AesKey(secret)");
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_again(message: String, key: [u8; 32], random: [u8; 16], id in "[a-z0-9]{0,40}") {
            let key = AesKey::from_bytes(key);
            let sealed = encrypt(&key, &id, message.as_bytes(), random);
            prop_assert_eq!(decrypt(&key, &id, &sealed), Ok(message.into_bytes()));
        }

        #[test]
        fn garbage_is_refused_and_never_panics(blocks in prop::collection::vec(any::<[u8; 16]>(), 0..8), extra in 0_usize..3) {
            let key = AesKey::from_bytes([7; 32]);
            let mut bytes = blocks.concat();
            bytes.truncate(bytes.len().saturating_sub(extra));
            prop_assert!(decrypt(&key, "wx0123456789abcdef", &STANDARD.encode(bytes)).is_err());
        }

        #[test]
        fn any_text_is_refused_and_never_panics(text: String) {
            prop_assert!(decrypt(&AesKey::from_bytes([7; 32]), "wx", &text).is_err());
        }
    }
}
