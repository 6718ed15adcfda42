//! Callbacks: nothing without the right signature is let in, and whatever is inside a rightly signed
//! envelope causes no panic.
#![no_main]

use fuzz::document;
use libfuzzer_sys::fuzz_target;
use wechat::callback::{self, Account, Mode, Query};
use wechat::crypto::{self, AesKey};
use wechat::push::Push;
use wechat::signature;

fuzz_target!(|input: (&[u8], &str, [u8; 16], bool)| {
    let (input, encrypted, random16, is_plain) = input;
    let body = &*document(input);
    let account = Account {
        token: "pamtest".to_owned(),
        app_id: "wx2c2769f8efd9abc2".to_owned(),
        original_id: Some("gh_1".to_owned()),
        aes_key: Some(AesKey::from_bytes([1; 32])),
        previous_aes_key: Some(AesKey::from_bytes([2; 32])),
        mode: if is_plain { Mode::Plain } else { Mode::Safe },
    };
    let mut query = Query {
        timestamp: "1767225600".to_owned(),
        nonce: "n".to_owned(),
        encrypt_type: if is_plain { String::new() } else { "aes".to_owned() },
        ..Query::default()
    };
    assert!(callback::open(&account, &query, body).is_err(), "no signature, no entry");
    let _ = callback::platform::open_answer(&account, body, 65_536);

    // A signed envelope around any text.
    query.signature = signature::sign(&["pamtest", &query.timestamp, &query.nonce]);
    query.msg_signature = signature::sign(&["pamtest", &query.timestamp, &query.nonce, encrypted]);
    let envelope = format!("<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>");
    let _ = callback::open(&account, &query, envelope.as_bytes());
    let _ = callback::open(&account, &query, body);

    // A sealed body comes out as it went in, if it is text.
    let sealed = crypto::encrypt(&AesKey::from_bytes([2; 32]), &account.app_id, body, random16);
    query.encrypt_type = "aes".to_owned();
    query.msg_signature = signature::sign(&["pamtest", &query.timestamp, &query.nonce, &sealed]);
    let envelope = format!("{{\"Encrypt\":\"{sealed}\"}}");
    match callback::open_limited(&account, &query, envelope.as_bytes(), usize::MAX) {
        Ok(opened) => {
            assert_eq!(opened.message, body);
            let _ = Push::parse(&opened.message);
            let _ = callback::seal(&account, &opened, body, 1, encrypted, random16);
        }
        Err(_) => assert!(std::str::from_utf8(body).is_err()),
    }
});
