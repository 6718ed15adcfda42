//! The account both sides share, and its wire language: signed, encrypted pushes out, replies in.
//!
//! Written for the judge alone, from the public description of the callback ("message encryption
//! and decryption"): a mistake in the product's own crypto must not be repeated here.

use aes::Aes256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _, block_padding::NoPadding};
use sha1::{Digest as _, Sha1};

use crate::Result;

/// What a platform and a server know about one account.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) token: &'static str,
    /// 43 characters, base64 of 32 bytes without the last `=`.
    pub(crate) aes_key: &'static str,
    pub(crate) app_id: &'static str,
    /// `gh_…`, the account's name in messages.
    pub(crate) name: &'static str,
    /// What the server shows the platform when it asks for a token.
    pub(crate) secret: &'static str,
}

/// The account of all runs here. Its key is the alphabet: nobody could take it for a secret.
pub(crate) const ACCOUNT: Account = Account {
    token: "prooftoken",
    aes_key: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    app_id: "wx00000000000proof",
    name: "gh_00000000proof",
    secret: "proofproofproofproofproofproof00",
};

/// A text a customer sends; pushed again, it is the same message in another envelope.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    pub(crate) id: u64,
    pub(crate) from: String,
    pub(crate) at: u64,
    pub(crate) text: String,
}

/// One HTTP request, ready to be written to a socket.
pub(crate) struct Push {
    pub(crate) bytes: Vec<u8>,
}

impl Account {
    fn key(&self) -> Result<[u8; 32]> {
        let bytes = base64::engine::GeneralPurpose::new(
            &base64::alphabet::STANDARD,
            base64::engine::GeneralPurposeConfig::new()
                .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent)
                .with_decode_allow_trailing_bits(true),
        )
        .decode(self.aes_key)
        .map_err(|error| format!("the AES key is not base64: {error}"))?;
        bytes.try_into().map_err(|_| "the AES key is not 32 bytes".to_owned())
    }

    /// The platform's push of a text to `path` (safe mode), signed now with a nonce of its own.
    pub(crate) fn push(&self, path: &str, text: &Text, nonce: u64) -> Result<Push> {
        // The one thing a CDATA section cannot hold is its own end.
        let words = text.text.replace("]]>", "]]]]><![CDATA[>");
        let fields = format!(
            "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{words}]]></Content><MsgId>{}</MsgId>",
            text.id
        );
        self.seal(path, &text.from, text.at, &fields, nonce)
    }

    /// The platform's push that somebody begins to follow.
    pub(crate) fn follow(&self, path: &str, from: &str, nonce: u64) -> Result<Push> {
        let fields = "<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe]]></Event>\
                      <EventKey><![CDATA[]]></EventKey>";
        self.seal(path, from, now_seconds(), fields, nonce)
    }

    /// Any push: its own fields in the common ones, encrypted and signed.
    fn seal(&self, path: &str, from: &str, at: u64, fields: &str, nonce: u64) -> Result<Push> {
        let inner = format!(
            "<xml><ToUserName><![CDATA[{}]]></ToUserName><FromUserName><![CDATA[{from}]]></FromUserName>\
             <CreateTime>{at}</CreateTime>{fields}</xml>",
            self.name
        );
        let encrypted = self.encrypt(inner.as_bytes())?;
        let (timestamp, nonce) = (now_seconds().to_string(), nonce.to_string());
        let signature = sign(&[self.token, &timestamp, &nonce]);
        let message_signature = sign(&[self.token, &timestamp, &nonce, &encrypted]);
        let body = format!(
            "<xml><ToUserName><![CDATA[{}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>",
            self.name
        );
        let head = format!(
            "POST {path}?signature={signature}&timestamp={timestamp}&nonce={nonce}&openid={}\
             &encrypt_type=aes&msg_signature={message_signature} HTTP/1.1\r\nHost: 127.0.0.1\r\n\
             Content-Type: text/xml\r\nContent-Length: {}\r\n\r\n",
            from,
            body.len()
        );
        Ok(Push { bytes: [head.as_bytes(), body.as_bytes()].concat() })
    }

    /// Opens an encrypted reply to `to` and returns its text; everything about it is checked.
    pub(crate) fn open(&self, reply: &str, to: &str) -> Result<String> {
        let field =
            |name: &str| between(reply, name).ok_or_else(|| format!("the reply lacks {name}: {reply}"));
        let (encrypted, signature) = (field("Encrypt")?, field("MsgSignature")?);
        let (timestamp, nonce) = (field("TimeStamp")?, field("Nonce")?);
        if sign(&[self.token, timestamp, nonce, encrypted]) != signature {
            return Err("the reply's signature is wrong".into());
        }
        let inner = self.decrypt(encrypted)?;
        let field =
            |name: &str| between(&inner, name).ok_or_else(|| format!("the reply lacks {name}: {inner}"));
        if field("ToUserName")? != to || field("FromUserName")? != self.name {
            return Err(format!("the reply is for another customer or account: {inner}"));
        }
        Ok(field("Content")?.to_owned())
    }

    fn encrypt(&self, message: &[u8]) -> Result<String> {
        let key = self.key()?;
        let random: [u8; 16] = rand::random();
        let length = u32::try_from(message.len()).map_err(|_| "the message is too long")?;
        let mut plain = [&random, length.to_be_bytes().as_slice(), message, self.app_id.as_bytes()].concat();
        // PKCS#7 over blocks of 32 bytes, as the platform pads.
        let missing = 32 - plain.len() % 32;
        plain.resize(plain.len() + missing, missing as u8);
        let cipher =
            cbc::Encryptor::<Aes256>::new_from_slices(&key, &key[..16]).map_err(|it| it.to_string())?;
        Ok(STANDARD.encode(cipher.encrypt_padded_vec::<NoPadding>(&plain)))
    }

    fn decrypt(&self, encrypted: &str) -> Result<String> {
        let key = self.key()?;
        let bytes =
            STANDARD.decode(encrypted).map_err(|error| format!("the reply is not base64: {error}"))?;
        let cipher =
            cbc::Decryptor::<Aes256>::new_from_slices(&key, &key[..16]).map_err(|it| it.to_string())?;
        let plain = cipher
            .decrypt_padded_vec::<NoPadding>(&bytes)
            .map_err(|_| "the reply is not made of whole AES blocks".to_owned())?;
        let padding = usize::from(*plain.last().ok_or("the reply is empty")?);
        if !(1..=32).contains(&padding) || plain.len() < padding + 20 {
            return Err("the reply's padding is wrong".into());
        }
        let body = &plain[16..plain.len() - padding];
        let length = body[..4].iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        let message = body.get(4..4 + length).ok_or("the reply is shorter than it says")?;
        if &body[4 + length..] != self.app_id.as_bytes() {
            return Err("the reply is of another app id".into());
        }
        String::from_utf8(message.to_vec()).map_err(|_| "the reply is not UTF-8".to_owned())
    }
}

/// SHA-1 over the sorted parts, in lower-case hex.
fn sign(parts: &[&str]) -> String {
    let mut parts = parts.to_vec();
    parts.sort_unstable();
    let mut hash = Sha1::new();
    for part in parts {
        hash.update(part.as_bytes());
    }
    hex::encode(hash.finalize())
}

/// The text of an element, with or without CDATA.
fn between<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let rest = xml.split_once(&format!("<{name}>"))?.1;
    let text = rest.split_once(&format!("</{name}>"))?.0;
    Some(text.strip_prefix("<![CDATA[").and_then(|it| it.strip_suffix("]]>")).unwrap_or(text))
}

pub(crate) fn now_seconds() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |it| it.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_again() {
        let inner = format!(
            "<xml><ToUserName><![CDATA[oA]]></ToUserName><FromUserName><![CDATA[{}]]></FromUserName>\
             <Content><![CDATA[好的]]></Content></xml>",
            ACCOUNT.name
        );
        let encrypted = ACCOUNT.encrypt(inner.as_bytes()).unwrap();
        let signature = sign(&[ACCOUNT.token, "1", "2", &encrypted]);
        let reply = format!(
            "<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>\
             <TimeStamp>1</TimeStamp><Nonce><![CDATA[2]]></Nonce></xml>"
        );
        assert_eq!(ACCOUNT.open(&reply, "oA").unwrap(), "好的");
        assert!(ACCOUNT.open(&reply, "oB").unwrap_err().contains("another customer"));
        assert!(ACCOUNT.open(&reply.replace(">1<", ">3<"), "oA").unwrap_err().contains("signature"));
    }
}
