//! The platform's side of the callback, for simulators and tests: signing pushes and opening answers.

use super::{Account, CallbackError, Cause, Mode, Query};
use crate::crypto;
use crate::element::{self, Element, Format, ReadError};
use crate::{json, signature, xml};

/// What changes with every call: give fresh values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Usually seconds since 1970.
    pub timestamp: String,
    /// Random text.
    pub nonce: String,
    /// Random bytes for the encryption.
    pub random16: [u8; 16],
}

/// A push ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The query to append to the callback address.
    pub query: Query,
    /// The body.
    pub body: String,
}

/// The query of the GET that asks whether an address belongs to the account.
#[must_use]
pub fn url_check(account: &Account, stamp: &Stamp, echostr: &str) -> Query {
    let mut query = plain_query(account, stamp);
    echostr.clone_into(&mut query.echostr);
    query
}

/// Wraps a push the way the account is set up. Without a key, everything is plain.
///
/// `push` is the tree of [`crate::push::Push::to_element`].
#[must_use]
pub fn deliver(account: &Account, push: &Element<'_>, format: Format, stamp: &Stamp) -> Delivery {
    let plain = write(format, push);
    let mut query = plain_query(account, stamp);
    push.find_text("FromUserName").unwrap_or_default().clone_into(&mut query.openid);
    let (Mode::Compatible | Mode::Safe, Some(key)) = (account.mode, &account.aes_key) else {
        return Delivery { query, body: plain };
    };
    let encrypted = crypto::encrypt(key, &account.app_id, plain.as_bytes(), stamp.random16);
    "aes".clone_into(&mut query.encrypt_type);
    query.msg_signature = signature::sign(&[&account.token, &query.timestamp, &query.nonce, &encrypted]);
    let mut fields = match account.mode {
        Mode::Compatible => push.children().to_vec(),
        Mode::Plain | Mode::Safe => {
            vec![Element::text("ToUserName", push.find_text("ToUserName").unwrap_or_default())]
        }
    };
    fields.push(Element::text("Encrypt", encrypted));
    Delivery { query, body: write(format, &Element::parent("xml", fields)) }
}

fn plain_query(account: &Account, stamp: &Stamp) -> Query {
    Query {
        signature: signature::sign(&[&account.token, &stamp.timestamp, &stamp.nonce]),
        timestamp: stamp.timestamp.clone(),
        nonce: stamp.nonce.clone(),
        ..Query::default()
    }
}

/// Opens a server's answer: gives the plain body. `success`, an empty body and a plain reply come back unchanged.
///
/// An encrypted answer must be signed with the account's token and sealed by one of its keys.
pub fn open_answer(account: &Account, body: &[u8], max_body: usize) -> Result<Vec<u8>, CallbackError> {
    if Format::of(body).is_none() {
        return Ok(body.to_vec());
    }
    let refused = |error| CallbackError::Refused(Cause::Envelope(error));
    let (_, root) = element::read(body, max_body).map_err(refused)?;
    let Some(encrypted) = root.find_text("Encrypt") else {
        return Ok(body.to_vec());
    };
    let field = |name| root.find_text(name).ok_or(refused(ReadError::Malformed(0)));
    let parts = [account.token.as_str(), field("TimeStamp")?.trim(), field("Nonce")?, encrypted];
    if !signature::verify(field("MsgSignature")?, &parts) {
        return Err(CallbackError::BadSignature);
    }
    super::decrypt(account, encrypted).map(|(message, _)| message)
}

pub(super) fn write(format: Format, root: &Element<'_>) -> String {
    match format {
        Format::Xml => xml::write(root),
        Format::Json => json::write(root),
    }
}
