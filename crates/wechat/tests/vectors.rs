//! The published and cross-checked crypto vectors, both ways.

use base64::Engine;
use serde_json::Value;
use wechat::crypto::{AesKey, decrypt, encrypt};
use wechat::signature;

fn vectors() -> Value {
    serde_json::from_str(include_str!("data/wechat-crypto-vectors.json")).expect("our own file")
}

fn text<'a>(case: &'a Value, name: &str) -> &'a str {
    case[name].as_str().unwrap_or_else(|| panic!("{name} in {case}"))
}

fn list<'a>(vectors: &'a Value, name: &str, count: usize) -> &'a Vec<Value> {
    let list = vectors[name].as_array().expect("a list");
    assert_eq!(list.len(), count, "{name}");
    list
}

#[test]
fn signatures() {
    for case in list(&vectors(), "signatures", 11) {
        let parts = [text(case, "token"), text(case, "timestamp"), text(case, "nonce")];
        assert_eq!(signature::sign(&parts), text(case, "computed"), "{}", case["id"]);
        assert_eq!(signature::verify(text(case, "given"), &parts), case["expect"] == "ok", "{}", case["id"]);
    }
}

#[test]
fn keys() {
    for case in list(&vectors(), "keys", 6) {
        let key = AesKey::parse(text(case, "encoding_aes_key"));
        assert_eq!(key.is_ok(), case["expect"] == "ok", "{}", case["id"]);
        if let Ok(key) = key {
            let bytes = hex::decode(text(case, "aes_key_hex")).unwrap().try_into().unwrap();
            let same = encrypt(&AesKey::from_bytes(bytes), "wx", b"x", [0; 16]);
            assert_eq!(encrypt(&key, "wx", b"x", [0; 16]), same);
        }
    }
}

#[test]
fn messages() {
    let vectors = vectors();
    for case in list(&vectors, "crypto", 47) {
        let id = text(case, "id");
        let account = &vectors["accounts"][text(case, "account")];
        let key = AesKey::parse(text(account, "encoding_aes_key")).unwrap();
        let (receive_id, encrypted) = (text(account, "receive_id"), text(case, "encrypt"));
        let parts = [text(account, "token"), text(case, "timestamp"), text(case, "nonce"), encrypted];
        let is_signed = signature::verify(text(case, "msg_signature"), &parts);
        let expect = text(case, "expect");
        assert_eq!(is_signed, expect != "BadSignature", "{id}");
        if !is_signed {
            continue;
        }
        match decrypt(&key, receive_id, encrypted) {
            Ok(message) => {
                assert_eq!(expect, "ok", "{id}");
                assert_eq!(message, text(case, "message").as_bytes(), "{id}");
                let random16 = text(case, "random16").as_bytes().try_into().unwrap();
                assert_eq!(encrypt(&key, receive_id, &message, random16), encrypted, "{id}");
                assert_eq!(signature::sign(&parts), text(case, "msg_signature"), "{id}");
            }
            Err(error) => {
                let error = format!("{error:?}");
                let also =
                    case["accept_errors"].as_array().is_some_and(|it| it.iter().any(|it| it == &error));
                assert!(error == expect || also, "{id}: {error} instead of {expect}");
            }
        }
    }
}

#[test]
fn every_single_flipped_byte_is_noticed_by_the_signature() {
    let vectors = vectors();
    let case = &vectors["crypto"][1];
    let account = &vectors["accounts"][text(case, "account")];
    let sealed = base64::engine::general_purpose::STANDARD.decode(text(case, "encrypt")).unwrap();
    for at in 0..sealed.len() {
        let mut flipped = sealed.clone();
        flipped[at] ^= 1;
        let flipped = base64::engine::general_purpose::STANDARD.encode(flipped);
        let parts = [text(account, "token"), text(case, "timestamp"), text(case, "nonce"), &flipped];
        assert!(!signature::verify(text(case, "msg_signature"), &parts));
    }
}
