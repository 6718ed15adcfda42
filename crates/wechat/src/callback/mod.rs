//! The callback address: what the platform asks it, how it is opened and how the answer is sealed.
//!
//! [`verify_url`] answers the GET that proves the address is ours, [`open`] takes a POST apart, [`seal`] wraps the
//! answer the way the question came. [`platform`] is the other side, for simulators and tests.
//!
//! Invariants
//! - Nothing is decrypted before its signature is right.
//! - After the signature, every refusal looks the same from outside.

pub mod platform;

use crate::crypto::{self, AesKey, CryptoError};
use crate::element::{self, Element, Format, ReadError};
use crate::signature;

/// The largest callback body that is read, unless the caller says otherwise: real ones stay below 20 KiB.
pub const DEFAULT_MAX_BODY: usize = 64 * 1024;
/// The longest `echostr` that is echoed; real ones have about 20 digits.
const MAX_ECHO: usize = 256;

/// How the account's console is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// 明文: nothing is encrypted.
    Plain,
    /// 兼容: plain text and encrypted text together; only the encrypted one is believed.
    Compatible,
    /// 安全: everything is encrypted.
    Safe,
}

/// What is needed to talk to the platform for one account.
#[derive(Debug, Clone)]
pub struct Account {
    /// The token the operator chose.
    pub token: String,
    /// The AppID.
    pub app_id: String,
    /// The original id, `gh_…`. When it is known, pushes for another account are refused.
    pub original_id: Option<String>,
    /// The message key; needed in compatible and safe mode.
    pub aes_key: Option<AesKey>,
    /// The key before the last change: pushes sealed by it still arrive for a while.
    pub previous_aes_key: Option<AesKey>,
    /// How the account's console is set up.
    pub mode: Mode,
}

/// The query of a callback. Absent parameters are empty. Timestamp and nonce stay texts: they are signed as such.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Query {
    /// Over token, timestamp and nonce.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub signature: String,
    /// Over token, timestamp, nonce and the encrypted text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub msg_signature: String,
    /// Usually seconds since 1970.
    pub timestamp: String,
    /// Random.
    pub nonce: String,
    /// `aes`, or `raw`, or absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub encrypt_type: String,
    /// To be echoed by the answer to a GET.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub echostr: String,
    /// The sender; not signed, so never trusted.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub openid: String,
}

/// Which key opened a push; the answer must be sealed by the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsedKey {
    /// [`Account::aes_key`].
    Current,
    /// [`Account::previous_aes_key`].
    Previous,
}

/// A callback that was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The plain body, valid UTF-8, for [`crate::push::Push::parse`].
    pub message: Vec<u8>,
    /// The format the envelope came in; the answer's must be the same.
    pub format: Format,
    /// How it was encrypted, if it was.
    pub encrypted: Option<UsedKey>,
}

/// Why a callback was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// More bytes than allowed: answer 413.
    #[error("the callback's body is too large")]
    TooLarge,
    /// No or a wrong signature: answer 403. Wrong token, or not the platform at all.
    #[error("the callback's signature is wrong")]
    BadSignature,
    /// Anything else: answer 400, always the same. The cause is for logs only.
    #[error("the callback was refused")]
    Refused(Cause),
}

/// Why a rightly addressed callback was refused. Never tell the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// The envelope is not a document, or has no `Encrypt`.
    #[error("the envelope cannot be read: {0}")]
    Envelope(ReadError),
    /// It is plain although the account is set up for encryption, or encrypted without a key of ours.
    #[error("the encryption is not that of the account's mode")]
    Mode,
    /// It does not open.
    #[error(transparent)]
    Crypto(CryptoError),
    /// It is for another account.
    #[error("the push is for another account")]
    WrongAccount,
    /// The `echostr` is too long.
    #[error("the text to echo is too long")]
    Echo,
}

impl CallbackError {
    /// The HTTP status to answer, with an empty body.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::TooLarge => 413,
            Self::BadSignature => 403,
            Self::Refused(_) => 400,
        }
    }
}

impl Query {
    /// Reads the query part of an address; what is unknown or repeated is ignored.
    #[must_use]
    pub fn parse(query: &str) -> Self {
        let mut it = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let field = match name.as_ref() {
                "signature" => &mut it.signature,
                "msg_signature" => &mut it.msg_signature,
                "timestamp" => &mut it.timestamp,
                "nonce" => &mut it.nonce,
                "encrypt_type" => &mut it.encrypt_type,
                "echostr" => &mut it.echostr,
                "openid" => &mut it.openid,
                _ => continue,
            };
            if field.is_empty() {
                *field = value.into_owned();
            }
        }
        it
    }

    fn is_encrypted(&self) -> bool {
        self.encrypt_type == "aes"
    }

    fn is_signed(&self, token: &str) -> bool {
        signature::verify(&self.signature, &[token, &self.timestamp, &self.nonce])
    }
}

impl Account {
    fn key(&self, used: UsedKey) -> Option<&AesKey> {
        match used {
            UsedKey::Current => self.aes_key.as_ref(),
            UsedKey::Previous => self.previous_aes_key.as_ref(),
        }
    }

    /// Whether a push is for this account; always true when the original id is not known.
    #[must_use]
    pub fn owns(&self, to: &str) -> bool {
        self.original_id.as_deref().is_none_or(|id| id.is_empty() || id == to)
    }
}

/// Answers the GET by which the platform asks whether the address is ours: gives the bytes to echo.
pub fn verify_url<'q>(account: &Account, query: &'q Query) -> Result<&'q str, CallbackError> {
    if !query.is_signed(&account.token) {
        return Err(CallbackError::BadSignature);
    }
    if query.echostr.len() > MAX_ECHO {
        return Err(CallbackError::Refused(Cause::Echo));
    }
    Ok(&query.echostr)
}

/// Lets a POST in, with a body of up to [`DEFAULT_MAX_BODY`].
pub fn open(account: &Account, query: &Query, body: &[u8]) -> Result<Opened, CallbackError> {
    open_limited(account, query, body, DEFAULT_MAX_BODY)
}

/// Lets a POST in: checks the signature, opens the envelope, checks whose it is.
///
/// A plain body is let in only in plain mode, so nobody can strip the encryption off. An encrypted one is let
/// in in every mode, as long as there is a key: the operator may just be changing the mode.
pub fn open_limited(
    account: &Account,
    query: &Query,
    body: &[u8],
    max_body: usize,
) -> Result<Opened, CallbackError> {
    if body.len() > max_body {
        return Err(CallbackError::TooLarge);
    }
    if query.is_encrypted() {
        return open_sealed(account, query, body, max_body);
    }
    if !query.is_signed(&account.token) {
        return Err(CallbackError::BadSignature);
    }
    if account.mode != Mode::Plain {
        return Err(CallbackError::Refused(Cause::Mode));
    }
    let (format, root) =
        element::read(body, max_body).map_err(|error| CallbackError::Refused(Cause::Envelope(error)))?;
    check_addressee(account, &root)?;
    Ok(Opened { message: body.to_vec(), format, encrypted: None })
}

fn open_sealed(
    account: &Account,
    query: &Query,
    body: &[u8],
    max_body: usize,
) -> Result<Opened, CallbackError> {
    let refused = |error| CallbackError::Refused(Cause::Envelope(error));
    let (format, root) = element::read(body, max_body).map_err(refused)?;
    let encrypted = root.find_text("Encrypt").ok_or(refused(ReadError::Malformed(0)))?;
    let parts = [account.token.as_str(), &query.timestamp, &query.nonce, encrypted];
    if !signature::verify(&query.msg_signature, &parts) {
        return Err(CallbackError::BadSignature);
    }
    check_addressee(account, &root)?;
    let (message, used) = decrypt(account, encrypted)?;
    Ok(Opened { message, format, encrypted: Some(used) })
}

/// Tries the current key, then the previous one.
fn decrypt(account: &Account, encrypted: &str) -> Result<(Vec<u8>, UsedKey), CallbackError> {
    let mut cause = Cause::Mode;
    for used in [UsedKey::Current, UsedKey::Previous] {
        let Some(key) = account.key(used) else { continue };
        match crypto::decrypt(key, &account.app_id, encrypted) {
            Ok(message) => return Ok((message, used)),
            Err(error) if cause == Cause::Mode => cause = Cause::Crypto(error),
            Err(_) => {}
        }
    }
    Err(CallbackError::Refused(cause))
}

/// The addressee beside the encrypted text may be absent; a foreign one is refused.
fn check_addressee(account: &Account, root: &Element<'_>) -> Result<(), CallbackError> {
    match root.find_text("ToUserName") {
        Some(to) if !account.owns(to) => Err(CallbackError::Refused(Cause::WrongAccount)),
        _ => Ok(()),
    }
}

/// Wraps an answer the way the question came: plain to a plain one, sealed by the same key to a sealed one.
///
/// An empty answer and `success` stay as they are in every mode. `random16` must be fresh random bytes.
#[must_use]
pub fn seal(
    account: &Account,
    opened: &Opened,
    reply: &[u8],
    timestamp: i64,
    nonce: &str,
    random16: [u8; 16],
) -> Vec<u8> {
    let key = opened.encrypted.and_then(|used| account.key(used));
    let (Some(key), false) = (key, reply.is_empty() || reply == b"success") else {
        return reply.to_vec();
    };
    let encrypted = crypto::encrypt(key, &account.app_id, reply, random16);
    let time = timestamp.to_string();
    let signature = signature::sign(&[&account.token, &time, nonce, &encrypted]);
    let envelope = Element::parent(
        "xml",
        vec![
            Element::text("Encrypt", encrypted),
            Element::text("MsgSignature", signature),
            Element::number("TimeStamp", time),
            Element::text("Nonce", nonce),
        ],
    );
    platform::write(opened.format, &envelope).into_bytes()
}

#[cfg(test)]
mod tests;
