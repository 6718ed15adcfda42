//! All example pushes: read, written in both formats and read again.

use proptest::prelude::*;
use serde_json::Value;
use wechat::element::{self, MAX_DEPTH, MAX_NAME, ReadError};
use wechat::push::content::Content;
use wechat::push::event::Event;
use wechat::push::{Inbound, Push, PushError};
use wechat::{json, xml};

fn examples() -> Vec<(String, String)> {
    let all: Value =
        serde_json::from_str(include_str!("data/wechat-inbound-examples.json")).expect("our own file");
    let text = |it: &Value| it.as_str().expect("a text").to_owned();
    all["examples"].as_array().expect("a list").iter().map(|it| (text(&it["id"]), text(&it["xml"]))).collect()
}

/// Examples for which no type is meant to exist.
const UNKNOWN: [&str; 4] = ["unknown-type", "poi_check_notify", "wificonnected", "unknown-event"];

#[test]
fn every_example_is_typed_and_survives_both_formats() {
    let examples = examples();
    assert_eq!(examples.len(), 68);
    for (id, body) in examples {
        let push = Push::parse(body.as_bytes()).unwrap_or_else(|error| panic!("{id}: {error}"));
        let is_other = match &push.message {
            Inbound::Message(message) => matches!(message.content, Content::Other(_)),
            Inbound::Event(event) => matches!(event, Event::Other(_)),
        };
        assert_eq!(is_other, UNKNOWN.contains(&id.as_str()), "{id}: {push:?}");
        assert_eq!(Push::parse(push.to_xml().as_bytes()).unwrap(), push, "{id}");
        assert_eq!(Push::parse(push.to_json().as_bytes()).unwrap(), push, "{id}");
    }
}

#[test]
fn nothing_of_an_example_is_lost_when_it_is_written_again() {
    for (id, body) in examples() {
        let push = Push::parse(body.as_bytes()).unwrap();
        let written = push.to_xml();
        let (before, after) = (xml::parse(&body).unwrap(), xml::parse(&written).unwrap());
        for field in before.children() {
            let again = after.find(&field.name).unwrap_or_else(|| panic!("{id} lost {}", field.name));
            if field.children().is_empty() && again.children().is_empty() && field.name != "Precision" {
                assert_eq!(field.as_text(), again.as_text(), "{id} {}", field.name);
            }
            assert_eq!(leaves(field), leaves(again), "{id} {}", field.name);
        }
        assert_eq!(json::write(&before), json::write(&xml::parse(&xml::write(&before)).unwrap()), "{id}");
    }
}

fn leaves(element: &element::Element<'_>) -> usize {
    element.children().iter().map(leaves).sum::<usize>().max(1)
}

#[test]
fn every_example_has_its_own_key() {
    let mut keys = std::collections::HashMap::new();
    for (id, body) in examples() {
        let key = Push::parse(body.as_bytes()).unwrap().dedupe_key();
        // The examples share one message id; only those of one type may meet.
        if let Some(other) = keys.insert(key, id.clone()) {
            assert_eq!(other.split('-').next(), id.split('-').next(), "{id}");
        }
    }
}

#[test]
fn the_documented_json_message_reads_like_the_xml_one() {
    let body = r#"{"ToUserName":"gh_5f1c2a3b4d5e","FromUserName":"oQx1","CreateTime":1767225600,"MsgType":"text",
        "Content":"您好","MsgId":24543120345678901}"#;
    let push = Push::parse(body.as_bytes()).unwrap();
    let Inbound::Message(message) = &push.message else { panic!("{push:?}") };
    assert_eq!(message.id, Some(24_543_120_345_678_901));
    assert_eq!(message.content, Content::Text { text: "您好".to_owned(), menu_id: None });
}

#[test]
fn a_single_list_entry_may_be_an_object_or_an_array() {
    let body = |list: &str| {
        format!(
            r#"{{"ToUserName":"a","FromUserName":"b","CreateTime":"1","MsgType":"event","Event":"subscribe_msg_change_event",
            "SubscribeMsgChangeEvent":{{"List":{list}}}}}"#
        )
    };
    let entry = r#"{"TemplateId":"t","SubscribeStatusString":"reject"}"#;
    let one = Push::parse(body(entry).as_bytes()).unwrap();
    assert_eq!(one, Push::parse(body(&format!("[{entry}]")).as_bytes()).unwrap());
    let Inbound::Event(Event::SubscriptionChange { choices }) = one.message else { panic!() };
    assert_eq!(choices.list[0].status, "reject");
}

#[test]
fn a_nonsense_field_keeps_the_push_as_unknown() {
    let body = "<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><CreateTime>1</CreateTime>\
        <MsgType>location</MsgType><Location_X>north</Location_X><MsgId>7</MsgId></xml>";
    let push = Push::parse(body.as_bytes()).unwrap();
    let Inbound::Message(message) = &push.message else { panic!() };
    assert_eq!(message.id, Some(7));
    let Content::Other(raw) = &message.content else { panic!() };
    assert_eq!((raw.name.as_str(), raw.fields[0].as_text()), ("location", "north"));
}

#[test]
fn scenes() {
    let scene = |id: &str| {
        let (_, body) = examples().into_iter().find(|it| it.0 == id).unwrap();
        let Inbound::Event(event) = Push::parse(body.as_bytes()).unwrap().message else { panic!() };
        event.scene().map(str::to_owned)
    };
    assert_eq!(scene("subscribe"), None);
    assert_eq!(scene("subscribe-scene-str").as_deref(), Some("store:sh-001"));
    assert_eq!(scene("scan").as_deref(), Some("1024"));
}

#[test]
fn hostile_documents_are_refused() {
    let read = |body: &str| element::read(body.as_bytes(), 1024 * 1024).map(|_| ()).unwrap_err();
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><xml>&b;</xml>";
    assert_eq!(read(bomb), ReadError::Forbidden(0));
    assert_eq!(read("<xml><a>&b;</a></xml>"), ReadError::Forbidden(8));
    assert_eq!(read("<xml><?php x?></xml>"), ReadError::Forbidden(5));
    assert_eq!(read("<xml>&#0;</xml>"), ReadError::Forbidden(5));
    // What one reader takes the other must take too, or a stored push could not be written again.
    assert_eq!(read(&format!("<xml><{0}></{0}></xml>", "n".repeat(MAX_NAME + 1))), ReadError::Malformed(6));
    assert!(matches!(read(&format!("{{\"{}\":1}}", "n".repeat(MAX_NAME + 1))), ReadError::Malformed(_)));
    assert_eq!(read(&"<a>".repeat(100_000)), ReadError::TooDeep);
    assert_eq!(read(&"{\"a\":".repeat(100)), ReadError::TooDeep);
    assert_eq!(read(&format!("{{\"a\":{}", "[".repeat(100))), ReadError::TooDeep);
    assert_eq!(read("success"), ReadError::UnknownFormat);
    assert_eq!(element::read(b"<xml>\xff</xml>", 100), Err(ReadError::NotUtf8));
    assert_eq!(element::read(b"<xml></xml>", 10), Err(ReadError::TooLarge));
    for open in [
        "<xml>",
        "<xml><a></xml>",
        "<xml></a>",
        "<xml></xml>x",
        "<xml><a x></a></xml>",
        "<xml><![CDATA[</xml>",
        "<1/>",
        "<xml>a<b/>c</xml>",
    ] {
        assert!(matches!(read(open), ReadError::Malformed(_)), "{open}");
    }
}

#[test]
fn what_lies_as_deep_as_may_be_is_read_in_both_formats() {
    // Two leaves of one name, at the bottom: JSON writes them as an array.
    let frame = "<ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>1</CreateTime>\
                 <MsgType>event</MsgType><Event>not_known</Event>";
    let (inner, leaves) = (MAX_DEPTH - 2, "<b>1</b><b>2</b>");
    let body = format!("<xml>{frame}{}{leaves}{}</xml>", "<a>".repeat(inner), "</a>".repeat(inner));
    let push = Push::parse(body.as_bytes()).unwrap();
    assert_eq!(Push::parse(push.to_json().as_bytes()).as_ref(), Ok(&push));
}

#[test]
fn layout_and_entities_are_understood() {
    let body = "\u{feff}<?xml version=\"1.0\"?>\n<!-- c --><xml a='1'>\n <A> <![CDATA[x]]> </A>\n<B>&lt;&#20320;&#x1F600;&amp;</B><C/>\
        <D><![CDATA[a]]]]><![CDATA[>b]]></D><E> y </E></xml>\n";
    let root = xml::parse(body).unwrap();
    let text = |name| root.find_text(name).unwrap();
    assert_eq!((text("A"), text("B"), text("C"), text("D"), text("E")), ("x", "<你😀&", "", "a]]>b", " y "));
}

#[test]
fn characters_no_document_can_carry_are_dropped() {
    let body = "<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><CreateTime>1</CreateTime>\
        <MsgType>te\u{1}xt</MsgType><Content>x\u{0}\u{ffff}\ty</Content><MsgId>7</MsgId></xml>";
    let push = Push::parse(body.as_bytes()).unwrap();
    assert_eq!(push, Push::parse(push.to_xml().as_bytes()).unwrap());
    let Inbound::Message(message) = &push.message else { panic!() };
    assert_eq!(message.content, Content::Text { text: "x\ty".to_owned(), menu_id: None });
    let json = r#"{"ToUserName":"a","FromUserName":"b","CreateTime":1,"MsgType":"text","Content":"x\u0000\ty","MsgId":7}"#;
    assert_eq!(Push::parse(json.as_bytes()).unwrap(), push);
}

#[test]
fn a_push_needs_its_frame() {
    assert_eq!(Push::parse(b"{}"), Err(PushError::Field("CreateTime")));
    let body = b"<xml><CreateTime>x</CreateTime></xml>";
    assert_eq!(Push::parse(body), Err(PushError::Field("CreateTime")));
}

proptest! {
    #[test]
    fn any_words_survive_both_formats(words: String, id: Option<i64>, from in "[a-zA-Z0-9_-]{1,28}") {
        let allowed: String = words.chars().filter(|&it| it >= ' ' && it != '\u{fffe}' && it != '\u{ffff}').collect();
        let content = Content::Text { text: allowed, menu_id: None };
        let message = Inbound::Message(wechat::push::Message { id, data_id: None, article_index: None, content });
        let push = Push { to: "gh_1".to_owned(), from, created_at: 1, message };
        prop_assert_eq!(&Push::parse(push.to_xml().as_bytes()).unwrap(), &push);
        prop_assert_eq!(&Push::parse(push.to_json().as_bytes()).unwrap(), &push);
    }

    #[test]
    fn whatever_words_the_document_stays_readable(words: String) {
        let push = wechat::element::Element::text("xml", words.as_str());
        prop_assert!(xml::parse(&xml::write(&push)).is_ok());
    }

    #[test]
    fn garbage_never_panics(bytes: Vec<u8>, text in "[<>/!?\\[\\]&;#xCDAT{}:,\"a-c0-9 -]{0,60}") {
        let _ = Push::parse(&bytes);
        let _ = xml::parse(&text);
        let _ = json::parse(&text);
    }

    #[test]
    fn a_cut_or_changed_example_never_panics(which in 0_usize..68, cut: prop::sample::Index, byte: u8) {
        let body = examples().swap_remove(which).1.into_bytes();
        let at = cut.index(body.len());
        let _ = Push::parse(&body[..at]);
        let mut changed = body;
        changed[at] = byte;
        if let Ok(push) = Push::parse(&changed) {
            prop_assert_eq!(&Push::parse(push.to_json().as_bytes()).map(|it| it.dedupe_key().len()), &Ok(push.dedupe_key().len()));
        }
    }
}
