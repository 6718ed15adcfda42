//! Reads the platform's answers: an error code anywhere beats everything else.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::{ApiError, CallError};

/// The answer of calls that only say "ok".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, Deserialize)]
pub struct Done {}

#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    errcode: Option<Number>,
    #[serde(default)]
    errmsg: Option<String>,
    #[serde(default)]
    base_resp: Option<BaseHead>,
    #[serde(default)]
    msg_id: Option<Number>,
}

/// Device calls wrap the code.
#[derive(Deserialize)]
struct BaseHead {
    #[serde(default, alias = "ret")]
    errcode: Option<Number>,
    #[serde(default, alias = "err_msg")]
    errmsg: Option<String>,
}

/// Some old calls give the code as a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Number(i64),
    Text(String),
}

impl Number {
    fn value(&self) -> i64 {
        match self {
            Self::Number(number) => *number,
            // A code that is no number is still an error, one we know nothing about.
            Self::Text(text) => text.trim().parse().unwrap_or(i64::MIN),
        }
    }
}

/// Turns an answer into its type, or into the error it carries.
pub fn decode<A: DeserializeOwned>(status: u16, body: &[u8]) -> Result<A, CallError> {
    if let Some(error) = api_error(body) {
        return Err(CallError::Api(error));
    }
    if status != 200 {
        return Err(CallError::Http(status));
    }
    serde_json::from_slice(body).map_err(|error| CallError::Malformed(error.to_string()))
}

/// The error code in an answer, if it has one that is not 0.
#[must_use]
pub fn api_error(body: &[u8]) -> Option<ApiError> {
    let head: Head = serde_json::from_slice(body).ok()?;
    let (code, message) = match (head.errcode, head.base_resp) {
        (Some(code), _) => (code, head.errmsg),
        (None, Some(base)) => (base.errcode?, base.errmsg),
        (None, None) => return None,
    };
    if code.value() == 0 {
        return None;
    }
    let (message, rid) = split_rid(&message.unwrap_or_default());
    Some(ApiError { code: code.value(), message, rid, message_id: head.msg_id.map(|it| it.value()) })
}

/// The platform ends its words with ` rid: …`, formerly with ` hint: […]`.
fn split_rid(message: &str) -> (String, Option<String>) {
    for mark in ["rid:", "hint:"] {
        if let Some((words, rid)) = message.rsplit_once(mark) {
            let rid = rid.trim().trim_matches(['[', ']']).to_owned();
            return (words.trim_end_matches([' ', ',']).to_owned(), Some(rid));
        }
    }
    (message.to_owned(), None)
}

/// Whether a download is JSON instead of a file. The Content-Type decides only together with the body, because
/// the platform gives JSON as text/plain too, and a file may be anything.
pub(super) fn is_json(mime: Option<&str>, disposition: Option<&str>, body: &[u8]) -> bool {
    let by_type = mime.is_some_and(|it| it.contains("json") || it.starts_with("text/plain"));
    (by_type || disposition.is_none()) && body.trim_ascii_start().starts_with(b"{")
}

/// The file name in a Content-Disposition, without any path.
pub(super) fn file_name(disposition: &str) -> Option<String> {
    let (_, name) = disposition.split_once("filename=")?;
    let name = name.split(';').next().unwrap_or(name).trim().trim_matches('"');
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Ticket {
        ticket: String,
    }

    #[test]
    fn answers() {
        let ticket = Ok(Ticket { ticket: "t".to_owned() });
        assert_eq!(decode(200, br#"{"ticket":"t"}"#), ticket);
        assert_eq!(decode(200, br#"{"errcode":0,"errmsg":"ok","ticket":"t"}"#), ticket);
        assert_eq!(decode(200, br#"{"errcode":"0","ticket":"t"}"#), ticket);
        assert_eq!(decode::<Ticket>(502, b"<html>"), Err(CallError::Http(502)));
        assert!(matches!(decode::<Ticket>(200, b"<html>"), Err(CallError::Malformed(_))));
        assert!(matches!(decode::<Ticket>(200, br#"{"errcode":0}"#), Err(CallError::Malformed(_))));
        assert_eq!(decode(200, br#"{"errcode":0,"errmsg":"ok"}"#), Ok(Done {}));
    }

    #[test]
    fn errors() {
        let error = |body: &str| api_error(body.as_bytes()).unwrap();
        let found = error(r#"{"errcode":40013,"errmsg":"invalid appid rid: 6a-7b"}"#);
        assert_eq!(
            (found.code, found.message.as_str(), found.rid.as_deref()),
            (40013, "invalid appid", Some("6a-7b"))
        );
        assert_eq!(error(r#"{"errcode":"40001","errmsg":"x hint: [abc]"}"#).rid.as_deref(), Some("abc"));
        assert_eq!(error(r#"{"base_resp":{"errcode":-1}}"#).code, -1);
        assert_eq!(error(r#"{"errcode":45065,"errmsg":"seen","msg_id":34182}"#).message_id, Some(34182));
        assert_eq!(api_error(br#"{"errcode":0}"#), None);
        assert_eq!(api_error(b"nothing"), None);
    }

    #[test]
    fn downloads() {
        assert!(is_json(Some("text/plain"), None, br#" {"errcode":40007}"#));
        assert!(!is_json(Some("image/jpeg"), Some("attachment; filename=\"a.jpg\""), b"{jpeg"));
        assert_eq!(file_name("attachment; filename=\"../a/M 1.jpg\"; x").as_deref(), Some("M 1.jpg"));
        assert_eq!(file_name("attachment"), None);
    }
}
