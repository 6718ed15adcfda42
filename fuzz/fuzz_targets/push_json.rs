//! Pushes in JSON: what is read must be written and read again; from then on nothing may change.
//!
//! The first writing may change a push of an unknown kind: it groups repeated names.
#![no_main]

use fuzz::document;
use libfuzzer_sys::fuzz_target;
use wechat::element::Format;
use wechat::push::Push;

fuzz_target!(|input: &[u8]| {
    let body = &document(input);
    if Format::of(body) != Some(Format::Json) {
        return;
    }
    let Ok(push) = Push::parse(body) else { return };
    assert!(Push::parse(push.to_xml().as_bytes()).is_ok());
    let again = Push::parse(push.to_json().as_bytes()).expect("our own writing is read");
    assert_eq!(Push::parse(again.to_json().as_bytes()).as_ref(), Ok(&again));
});
