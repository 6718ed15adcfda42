//! The platform's signature: SHA-1 over the sorted parts, in lower-case hexadecimal.
//!
//! Plain callbacks sign `[token, timestamp, nonce]`; encrypted ones add the base64 text of the
//! `Encrypt` element (WeChat documentation, "access guide" and "message encryption").
//! Timestamp and nonce are opaque text: parsing and printing them again would break the sum.

use sha1::{Digest, Sha1};
use subtle::ConstantTimeEq;

/// Most parts any signature of the platform has (card signatures have six).
const STACK_PARTS: usize = 8;

/// The lower-case hexadecimal SHA-1 of the parts, sorted as bytes and joined without a separator.
///
/// ```
/// assert_eq!(
///     wechat::signature::sign(&["AAAAA", "1714037059", "486452656"]),
///     "899cf89e464efb63f54ddac96b0a0a235f53aa78"
/// );
/// ```
#[must_use]
pub fn sign(parts: &[&str]) -> String {
    hex_text(&digest(parts))
}

/// Whether `given` is the signature of `parts`; takes the same time wherever the first difference is.
///
/// Upper-case hexadecimal is refused: the platform never sends it.
#[must_use]
pub fn verify(given: &str, parts: &[&str]) -> bool {
    let right = hex_bytes(&digest(parts));
    bool::from(right.as_slice().ct_eq(given.as_bytes()))
}

/// SHA-1 of an already ordered text, as the JS-SDK signature wants it.
#[must_use]
pub fn sha1_hex(text: &str) -> String {
    hex_text(&Sha1::digest(text.as_bytes()).into())
}

fn digest(parts: &[&str]) -> [u8; 20] {
    let mut few = [""; STACK_PARTS];
    let mut many = Vec::new();
    let sorted: &mut [&str] = if parts.len() <= STACK_PARTS {
        let few = &mut few[..parts.len()];
        few.copy_from_slice(parts);
        few
    } else {
        many.extend_from_slice(parts);
        &mut many
    };
    // `str` compares as bytes, which is the order the platform means.
    sorted.sort_unstable();
    let mut sum = Sha1::new();
    for part in sorted {
        sum.update(part.as_bytes());
    }
    sum.finalize().into()
}

fn hex_bytes(digest: &[u8; 20]) -> [u8; 40] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [0; 40];
    for (pair, byte) in text.chunks_exact_mut(2).zip(digest) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
    text
}

fn hex_text(digest: &[u8; 20]) -> String {
    hex_bytes(digest).iter().map(|&byte| char::from(byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_parts_than_the_stack_holds_are_sorted_too() {
        let parts = ["i", "h", "g", "f", "e", "d", "c", "b", "a"];
        assert_eq!(sign(&parts), sha1_hex("abcdefghi"));
    }

    #[test]
    fn the_empty_text_is_no_signature() {
        assert!(!verify("", &["a"]));
        assert!(verify(&sign(&[]), &[]));
    }
}
