//! Pushes in XML: what is read must be written, in both formats, and read again as the same push.
#![no_main]

use fuzz::document;
use libfuzzer_sys::fuzz_target;
use wechat::element::Format;
use wechat::push::Push;

fuzz_target!(|input: &[u8]| {
    let body = &document(input);
    if Format::of(body) != Some(Format::Xml) {
        return;
    }
    let Ok(push) = Push::parse(body) else { return };
    assert_eq!(Push::parse(push.to_xml().as_bytes()).as_ref(), Ok(&push));
    assert!(Push::parse(push.to_json().as_bytes()).is_ok());
});
