//! Signs a push, encrypts it where the mode asks for it, and gives URL and body.

use wechat::crypto::{self, AesKey, IllegalAesKey};
use wechat::element::Element;
use wechat::{json, signature, xml};

use super::body::Fields;
use crate::world::{Callback, Format, Mode};

/// One HTTP request to an account's server.
#[derive(Debug, Clone)]
pub(crate) struct Envelope {
    pub(crate) url: String,
    pub(crate) body: String,
    pub(crate) content_type: &'static str,
}

/// What the envelope is for, and what makes each attempt different.
pub(crate) struct Seal<'a> {
    pub(crate) callback: &'a Callback,
    pub(crate) app_id: &'a str,
    pub(crate) openid: &'a str,
    /// Seconds.
    pub(crate) timestamp: i64,
    pub(crate) nonce: u64,
}

/// Writes the request. A right `signature` is sent in every mode.
pub(crate) fn seal(seal: &Seal<'_>, fields: &Fields) -> Result<Envelope, IllegalAesKey> {
    let callback = seal.callback;
    let (timestamp, nonce) = (seal.timestamp.to_string(), seal.nonce.to_string());
    let mut query = vec![
        ("signature", signature::sign(&[&callback.token, &timestamp, &nonce])),
        ("timestamp", timestamp.clone()),
        ("nonce", nonce.clone()),
        ("openid", seal.openid.to_owned()),
    ];
    let plain = Element::parent("xml", fields.clone());
    let root = if callback.mode == Mode::Plain {
        plain
    } else {
        let key = AesKey::parse(&callback.aes_key)?;
        let encrypted =
            crypto::encrypt(&key, seal.app_id, write(callback.format, &plain).as_bytes(), rand::random());
        query.push(("encrypt_type", "aes".to_owned()));
        query.push(("msg_signature", signature::sign(&[&callback.token, &timestamp, &nonce, &encrypted])));
        let mut outer = if callback.mode == Mode::Compatible { fields.clone() } else { fields[..1].to_vec() };
        outer.push(Element::text("Encrypt", encrypted));
        Element::parent("xml", outer)
    };
    let content_type = if callback.format == Format::Json { "application/json" } else { "text/xml" };
    Ok(Envelope { url: with_query(&callback.url, &query), body: write(callback.format, &root), content_type })
}

/// The address with more parameters; those it has already stay.
pub(crate) fn with_query(url: &str, query: &[(&str, String)]) -> String {
    let Ok(mut url) = url::Url::parse(url) else { return url.to_owned() };
    url.query_pairs_mut().extend_pairs(query.iter().map(|(name, value)| (*name, value.as_str())));
    url.into()
}

fn write(format: Format, root: &Element<'_>) -> String {
    match format {
        Format::Xml => xml::write(root),
        Format::Json => json::write(root),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn callback(mode: Mode, format: Format) -> Callback {
        Callback {
            url: "http://127.0.0.1:1/hook?a=b".into(),
            token: "token123".into(),
            aes_key: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG".into(),
            previous_key: None,
            mode,
            format,
            verified: true,
        }
    }

    fn sealed(mode: Mode, format: Format) -> Envelope {
        let fields = vec![Element::text("ToUserName", "gh_1"), Element::text("Content", "你好")];
        let callback = callback(mode, format);
        seal(&Seal { callback: &callback, app_id: "wx1", openid: "o1", timestamp: 1, nonce: 2 }, &fields)
            .unwrap()
    }

    #[test]
    fn each_mode_has_its_own_shape() {
        let plain = sealed(Mode::Plain, Format::Xml);
        assert!(plain.url.starts_with("http://127.0.0.1:1/hook?a=b&signature="));
        assert!(!plain.url.contains("msg_signature"));
        assert!(plain.body.contains("你好") && !plain.body.contains("Encrypt"));
        let both = sealed(Mode::Compatible, Format::Xml);
        assert!(both.url.contains("encrypt_type=aes") && both.url.contains("msg_signature="));
        assert!(both.body.contains("你好") && both.body.contains("<Encrypt>"));
        let safe = sealed(Mode::Safe, Format::Json);
        assert!(
            safe.body.starts_with('{') && !safe.body.contains("你好") && safe.body.contains("\"Encrypt\"")
        );
    }
}
