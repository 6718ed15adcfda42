//! Answers of servers nobody knows: read leniently, written again, checked.
#![no_main]

use fuzz::document;
use libfuzzer_sys::fuzz_target;
use wechat::element::Format;
use wechat::push::Push;
use wechat::reply::check::{Limits, refusals};
use wechat::reply::{Answer, Passive};

const PUSH: &str = "<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>1</CreateTime>\
    <MsgType>text</MsgType><Content>x</Content><MsgId>7</MsgId></xml>";

fuzz_target!(|input: &[u8]| {
    // A push has the frame of a reply and shares many of its fields.
    let Ok(Answer::Reply { passive, format }) = Answer::parse(&document(input), 65_536) else { return };
    let push = Push::parse(PUSH.as_bytes()).expect("a good push");
    let _ = refusals(&push, &passive, format, &Limits::default());
    let from_json = read(&passive.to_json(), Format::Json);
    let from_xml = read(&passive.to_xml(), Format::Xml);
    match format {
        // JSON groups repeated names of an unknown kind; from then on nothing may change.
        Format::Json => assert_eq!(read(&from_json.to_json(), Format::Json), from_json),
        Format::Xml => assert_eq!(from_xml, passive),
    }
});

fn read(written: &str, expected: Format) -> Passive {
    match Answer::parse(written.as_bytes(), usize::MAX) {
        Ok(Answer::Reply { passive, format }) => {
            assert_eq!(format, expected);
            passive
        }
        other => panic!("{written} was read as {other:?}"),
    }
}
