//! Questions and answers in every mode and format.

use super::platform::{Stamp, deliver, open_answer, url_check};
use super::*;
use crate::push::Push;

const PUSH: &str = "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[o1]]></FromUserName>\
    <CreateTime>1767225600</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[您好 ]]]]><![CDATA[>]]></Content>\
    <MsgId>24543120345678901</MsgId></xml>";

fn account(mode: Mode) -> Account {
    Account {
        token: "pamtest".to_owned(),
        app_id: "wx2c2769f8efd9abc2".to_owned(),
        original_id: Some("gh_1".to_owned()),
        aes_key: Some(AesKey::from_bytes([1; 32])),
        previous_aes_key: Some(AesKey::from_bytes([2; 32])),
        mode,
    }
}

fn stamp() -> Stamp {
    Stamp { timestamp: "1700000000.123".to_owned(), nonce: "n 1".to_owned(), random16: [9; 16] }
}

fn push() -> Push {
    Push::parse(PUSH.as_bytes()).unwrap()
}

#[test]
fn every_mode_and_format_goes_there_and_back() {
    for mode in [Mode::Plain, Mode::Compatible, Mode::Safe] {
        for format in [Format::Xml, Format::Json] {
            let account = account(mode);
            let push = push();
            let sent = deliver(&account, &push.to_element(), format, &stamp());
            let opened = open(&account, &sent.query, sent.body.as_bytes()).unwrap();
            assert_eq!(Push::parse(&opened.message).unwrap(), push, "{mode:?} {format:?}");
            assert_eq!((opened.format, opened.encrypted.is_some()), (format, mode != Mode::Plain));

            let answer = seal(&account, &opened, "<xml>好</xml>".as_bytes(), 1_767_225_601, "7", [3; 16]);
            assert_eq!(Format::of(&answer), Some(if mode == Mode::Plain { Format::Xml } else { format }));
            assert_eq!(open_answer(&account, &answer, 4096).unwrap(), "<xml>好</xml>".as_bytes());
            assert_eq!(seal(&account, &opened, b"success", 1, "7", [3; 16]), b"success");
            assert_eq!(seal(&account, &opened, b"", 1, "7", [3; 16]), b"");
        }
    }
}

#[test]
fn the_previous_key_opens_and_seals() {
    let ours = account(Mode::Safe);
    let mut theirs = ours.clone();
    theirs.aes_key = theirs.previous_aes_key.take();
    let sent = deliver(&theirs, &push().to_element(), Format::Xml, &stamp());
    let opened = open(&ours, &sent.query, sent.body.as_bytes()).unwrap();
    assert_eq!(opened.encrypted, Some(UsedKey::Previous));
    let answer = seal(&ours, &opened, b"<xml/>", 1, "7", [3; 16]);
    assert_eq!(open_answer(&theirs, &answer, 4096).unwrap(), b"<xml/>");
}

#[test]
fn refusals() {
    let ours = account(Mode::Safe);
    let sent = deliver(&ours, &push().to_element(), Format::Xml, &stamp());
    let body = sent.body.as_bytes();
    let with = |change: fn(&mut Query)| {
        let mut query = sent.query.clone();
        change(&mut query);
        open(&ours, &query, body).unwrap_err()
    };
    assert_eq!(with(|it| it.msg_signature.clear()), CallbackError::BadSignature);
    assert_eq!(with(|it| it.msg_signature = it.signature.clone()), CallbackError::BadSignature);
    assert_eq!(with(|it| it.timestamp.push('0')), CallbackError::BadSignature);
    assert_eq!(with(|it| it.encrypt_type.clear()), CallbackError::Refused(Cause::Mode));

    let mut other = ours.clone();
    other.app_id = "wx0".to_owned();
    let error = open(&other, &sent.query, body).unwrap_err();
    assert_eq!(error, CallbackError::Refused(Cause::Crypto(CryptoError::AppIdMismatch)));
    assert_eq!((error.status(), error.to_string().as_str()), (400, "the callback was refused"));

    other.original_id = Some("gh_2".to_owned());
    assert_eq!(open(&other, &sent.query, body), Err(CallbackError::Refused(Cause::WrongAccount)));

    let mut keyless = ours.clone();
    (keyless.aes_key, keyless.previous_aes_key) = (None, None);
    assert_eq!(open(&keyless, &sent.query, body), Err(CallbackError::Refused(Cause::Mode)));

    assert_eq!(open(&ours, &sent.query, &[b' '; DEFAULT_MAX_BODY + 1]), Err(CallbackError::TooLarge));
    for garbage in [&b""[..], b"success", b"<xml>", b"<xml></xml>", b"{}", b"\xff"] {
        assert_eq!(open(&ours, &sent.query, garbage).unwrap_err().status(), 400);
    }
}

#[test]
fn a_plain_push_for_another_account_is_refused() {
    let ours = account(Mode::Plain);
    let mut theirs = push();
    theirs.to = "gh_2".to_owned();
    let sent = deliver(&ours, &theirs.to_element(), Format::Xml, &stamp());
    let result = open(&ours, &sent.query, sent.body.as_bytes());
    assert_eq!(result, Err(CallbackError::Refused(Cause::WrongAccount)));
}

#[test]
fn the_address_check_echoes_exactly() {
    let ours = account(Mode::Safe);
    let query = url_check(&ours, &stamp(), "5837397520665436492");
    assert_eq!(verify_url(&ours, &query), Ok("5837397520665436492"));
    let mut forged = query.clone();
    forged.signature = forged.signature.to_uppercase();
    assert_eq!(verify_url(&ours, &forged), Err(CallbackError::BadSignature));
    let long = url_check(&ours, &stamp(), &"1".repeat(257));
    assert_eq!(verify_url(&ours, &long), Err(CallbackError::Refused(Cause::Echo)));
}

#[test]
fn a_query_is_percent_decoded_once() {
    let query =
        Query::parse("signature=ab&timestamp=1700000000.123&nonce=n+1&nonce=x&echostr=%E5%A5%BD&other=1");
    assert_eq!((query.nonce.as_str(), query.echostr.as_str()), ("n 1", "好"));
}
