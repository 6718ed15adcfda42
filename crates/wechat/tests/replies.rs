//! Passive replies: written, read leniently, and checked.

use wechat::element::Format;
use wechat::push::Push;
use wechat::reply::check::{Limits, Refusal, refusals};
use wechat::reply::{Answer, Article, Music, Passive, Reply, Transfer, Video};

const PUSH: &str = "<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>1</CreateTime>\
    <MsgType>text</MsgType><Content>x</Content><MsgId>7</MsgId></xml>";
const CLICK: &str = "<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>1</CreateTime>\
    <MsgType>event</MsgType><Event>CLICK</Event><EventKey>K</EventKey></xml>";

fn article(title: &str) -> Article {
    Article {
        title: title.to_owned(),
        description: "满100减20".to_owned(),
        picture_url: "https://example.com/p.jpg".to_owned(),
        url: "https://example.com/d".to_owned(),
    }
}

fn all() -> Vec<Reply> {
    vec![
        Reply::text("一行\n<a href=\"https://example.com\">二</a> ]]> 😀"),
        Reply::image("m1"),
        Reply::voice("m2"),
        Reply::Video {
            video: Video { media_id: "m3".to_owned(), title: Some("t".to_owned()), description: None },
        },
        Reply::Music {
            music: Music {
                thumbnail_media_id: "m4".to_owned(),
                url: Some("u".to_owned()),
                ..Music::default()
            },
        },
        Reply::news(vec![article("会员日")]),
        Reply::TransferCustomerService { transfer: None },
        Reply::TransferCustomerService { transfer: Some(Transfer { account: "a@shop".to_owned() }) },
    ]
}

#[test]
fn every_reply_survives_both_formats_and_is_accepted() {
    let push = Push::parse(PUSH.as_bytes()).unwrap();
    for reply in all() {
        let passive = Passive::to_push(&push, 1_767_225_601, reply);
        for (format, body) in [(Format::Xml, passive.to_xml()), (Format::Json, passive.to_json())] {
            let answer = Answer::parse(body.as_bytes(), 65_536).unwrap();
            assert_eq!(answer, Answer::Reply { passive: passive.clone(), format }, "{body}");
            let limits = Limits { format, ..Limits::default() };
            assert_eq!(refusals(&push, &passive, format, &limits), [], "{body}");
        }
    }
}

#[test]
fn a_news_reply_looks_like_the_documented_one() {
    let push = Push::parse(PUSH.as_bytes()).unwrap();
    assert_eq!(
        Passive::to_push(&push, 1_767_225_601, Reply::news(vec![article("会员日")])).to_xml(),
        "<xml><ToUserName><![CDATA[o1]]></ToUserName><FromUserName><![CDATA[gh_1]]></FromUserName>\
        <CreateTime>1767225601</CreateTime><MsgType><![CDATA[news]]></MsgType><ArticleCount>1</ArticleCount><Articles><item>\
        <Title><![CDATA[会员日]]></Title><Description><![CDATA[满100减20]]></Description>\
        <PicUrl><![CDATA[https://example.com/p.jpg]]></PicUrl><Url><![CDATA[https://example.com/d]]></Url>\
        </item></Articles></xml>"
    );
}

#[test]
fn what_other_servers_write_is_read() {
    let body = "\n\n   <xml>\n<ToUserName><![CDATA[o1]]></ToUserName>\n<FromUserName>gh_1</FromUserName>\
        <CreateTime>1767225601123</CreateTime>\n<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[好]]></Content></xml>\n\n";
    let Answer::Reply { passive, .. } = Answer::parse(body.as_bytes(), 65_536).unwrap() else { panic!() };
    assert_eq!((passive.created_at, passive.reply), (1_767_225_601, Reply::text("好")));
    for done in ["", "success", " SUCCESS\n", "\r\n"] {
        assert_eq!(Answer::parse(done.as_bytes(), 100), Ok(Answer::Done));
    }
    for bad in ["fail", "<html>", "<xml></xml>", "null", "[]"] {
        assert!(Answer::parse(bad.as_bytes(), 100).is_err(), "{bad}");
    }
}

#[test]
fn what_the_platform_refuses_is_named() {
    let (message, event) = (Push::parse(PUSH.as_bytes()).unwrap(), Push::parse(CLICK.as_bytes()).unwrap());
    let limits = Limits::default();
    let of =
        |push: &Push, reply: Reply| refusals(push, &Passive::to_push(push, 1, reply), Format::Xml, &limits);
    assert_eq!(of(&message, Reply::text("")), [Refusal::Empty]);
    let long = "好".repeat(683);
    assert_eq!(of(&message, Reply::text(long)), [Refusal::TextTooLong { bytes: 2049, limit: 2048 }]);
    let two = || Reply::news(vec![article("a"), article("b")]);
    assert_eq!(of(&message, two()), [Refusal::TooManyArticles { count: 2, limit: 1 }]);
    assert_eq!(of(&event, two()), []);
    assert_eq!(of(&event, Reply::TransferCustomerService { transfer: None }), [Refusal::EventTransferred]);
    let mut passive = Passive::to_push(&message, 1, Reply::text("x"));
    std::mem::swap(&mut passive.to, &mut passive.from);
    let found = refusals(&message, &passive, Format::Json, &limits);
    assert_eq!(found, [Refusal::WrongFormat, Refusal::AddressesNotSwapped]);
}
