//! Judges the answer to a push: read leniently, checked strictly, and flagged where the platform would
//! refuse it. Pure.

use serde_json::{Value, json};
use wechat::crypto::{self, AesKey};
use wechat::element::{self, Element};
use wechat::signature;

use crate::world::{Callback, Format, Mode};

/// The largest answer that is read.
const LARGEST: usize = 1 << 20;
/// A longer passive text is dropped without a word.
const TEXT_BYTES: usize = 2048;

/// What the platform makes of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Judgement {
    /// `success` or nothing: no more attempts, nothing is shown.
    Accepted,
    /// A message for the person.
    Message(Passive),
    /// Accepted, but nothing is shown and a flag says why.
    Dropped(String),
    /// The "service unavailable" notice is shown.
    Refused(String),
}

/// A passive reply as the phone shows it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Passive {
    /// Ready to be drawn.
    pub(crate) content: Value,
    /// Hand-over to the platform's own desk; the content is empty then.
    pub(crate) desk: Option<String>,
    /// What a careful reader should know.
    pub(crate) flags: Vec<String>,
    /// The decrypted text.
    pub(crate) plain: String,
}

/// The facts an answer is checked against.
pub(crate) struct Expected<'a> {
    pub(crate) callback: &'a Callback,
    pub(crate) app_id: &'a str,
    pub(crate) original_id: &'a str,
    pub(crate) openid: &'a str,
    /// The push was an event that allows up to eight articles.
    pub(crate) is_event: bool,
}

/// Reads the body of an HTTP 200 answer. `knows_media` tells whether a media id exists.
pub(crate) fn judge(expected: &Expected<'_>, body: &[u8], knows_media: &dyn Fn(&str) -> bool) -> Judgement {
    let body = body.trim_ascii();
    if body.is_empty() || body == b"success" {
        return Judgement::Accepted;
    }
    let (format, root) = match element::read(body, LARGEST) {
        Ok(read) => read,
        Err(error) => return Judgement::Refused(format!("the answer cannot be read: {error}")),
    };
    let wanted =
        if expected.callback.format == Format::Json { element::Format::Json } else { element::Format::Xml };
    if format != wanted {
        return Judgement::Refused(
            "the answer is in the other data format (XML and JSON must not be mixed)".into(),
        );
    }
    if root.find("Encrypt").is_none() {
        if expected.callback.mode == Mode::Safe {
            return Judgement::Refused("safe mode: the answer must be encrypted".into());
        }
        return message(expected, &root, &String::from_utf8_lossy(body), knows_media, Vec::new());
    }
    match open(expected, &root) {
        Err(why) => Judgement::Refused(why),
        Ok(plain) => match element::read(plain.trim().as_bytes(), LARGEST) {
            Ok((_, inner)) => {
                let mut flags = Vec::new();
                if expected.callback.mode == Mode::Plain {
                    flags.push(
                        "plain mode: the answer is encrypted; the platform would show it as it is".to_owned(),
                    );
                }
                message(expected, &inner, &plain, knows_media, flags)
            }
            Err(error) => Judgement::Refused(format!("the decrypted answer cannot be read: {error}")),
        },
    }
}

fn open(expected: &Expected<'_>, root: &Element<'_>) -> Result<String, String> {
    let part = |name| root.find_text(name).ok_or(format!("the encrypted answer has no {name}"));
    let (encrypted, given) = (part("Encrypt")?, part("MsgSignature")?);
    let (timestamp, nonce) = (part("TimeStamp")?, part("Nonce")?);
    if !signature::verify(given, &[&expected.callback.token, timestamp, nonce, encrypted]) {
        return Err("the answer's MsgSignature is wrong".into());
    }
    let key = AesKey::parse(&expected.callback.aes_key).map_err(|error| error.to_string())?;
    let plain =
        crypto::decrypt(&key, expected.app_id, encrypted).map_err(|error| format!("the answer: {error}"))?;
    String::from_utf8(plain).map_err(|_| "the decrypted answer is not UTF-8".into())
}

fn message(
    expected: &Expected<'_>,
    root: &Element<'_>,
    plain: &str,
    knows_media: &dyn Fn(&str) -> bool,
    mut flags: Vec<String>,
) -> Judgement {
    let text = |name| root.find_text(name).unwrap_or("").trim();
    if text("ToUserName") != expected.openid || text("FromUserName") != expected.original_id {
        return Judgement::Refused(
            "ToUserName must be the person's openid and FromUserName the account".into(),
        );
    }
    match text("CreateTime").parse::<i64>() {
        Err(_) => return Judgement::Refused("CreateTime is not a whole number".into()),
        Ok(time) if time > 100_000_000_000 => flags.push("CreateTime is in milliseconds".into()),
        Ok(_) => {}
    }
    let kind = text("MsgType").to_owned();
    if kind == "transfer_customer_service" {
        if expected.is_event {
            return Judgement::Refused("an event cannot be handed to the desk".into());
        }
        let desk =
            root.find("TransInfo").and_then(|info| info.find_text("KfAccount")).unwrap_or("").to_owned();
        return Judgement::Message(Passive {
            content: Value::Null,
            desk: Some(desk),
            flags,
            plain: plain.into(),
        });
    }
    match content(expected, root, &kind, knows_media, &mut flags) {
        Ok(content) => Judgement::Message(Passive { content, desk: None, flags, plain: plain.into() }),
        Err(Problem::Silent(why)) => Judgement::Dropped(why),
        Err(Problem::Loud(why)) => Judgement::Refused(why),
    }
}

enum Problem {
    Silent(String),
    Loud(String),
}

fn loud(why: impl Into<String>) -> Problem {
    Problem::Loud(why.into())
}

fn content(
    expected: &Expected<'_>,
    root: &Element<'_>,
    kind: &str,
    knows_media: &dyn Fn(&str) -> bool,
    flags: &mut Vec<String>,
) -> Result<Value, Problem> {
    let part = |name: &str| root.find(name).ok_or_else(|| loud(format!("a {kind} answer needs {name}")));
    let media = |parent: &Element<'_>, name: &str| {
        let id = parent.find_text(name).unwrap_or("").trim().to_owned();
        if knows_media(&id) {
            Ok(id)
        } else {
            Err(loud(format!("{name} {id:?} does not exist or has expired")))
        }
    };
    match kind {
        "text" => {
            let text = part("Content")?.as_text();
            if text.is_empty() {
                return Err(loud("a text answer needs Content"));
            }
            if text.len() > TEXT_BYTES {
                let why =
                    format!("the text has {} bytes; over {TEXT_BYTES} the platform drops it", text.len());
                return Err(Problem::Silent(why));
            }
            Ok(json!({ "type": "text", "text": text }))
        }
        "image" => Ok(json!({ "type": "image", "media": media(part("Image")?, "MediaId")? })),
        "voice" => Ok(json!({ "type": "voice", "media": media(part("Voice")?, "MediaId")? })),
        "video" => {
            let video = part("Video")?;
            Ok(json!({ "type": "video", "media": media(video, "MediaId")?,
                "title": video.find_text("Title"), "description": video.find_text("Description") }))
        }
        "music" => {
            let music = part("Music")?;
            let text = |name| music.find_text(name).unwrap_or("");
            Ok(json!({ "type": "music", "title": text("Title"), "description": text("Description"),
                "url": text("MusicUrl"), "thumbnail": music.find_text("ThumbMediaId") }))
        }
        "news" => articles(expected, root, flags),
        other => Err(loud(format!("MsgType {other:?} is not a kind of answer"))),
    }
}

fn articles(expected: &Expected<'_>, root: &Element<'_>, flags: &mut Vec<String>) -> Result<Value, Problem> {
    let list = root.find("Articles").ok_or_else(|| loud("a news answer needs Articles"))?;
    let mut items: Vec<Value> = Vec::new();
    for item in list.all("item") {
        let text = |name| item.find_text(name).unwrap_or("");
        items.push(json!({ "title": text("Title"), "description": text("Description"),
            "picture_url": text("PicUrl"), "url": text("Url") }));
    }
    let allowed = if expected.is_event { 8 } else { 1 };
    if items.is_empty() {
        return Err(loud("a news answer needs an article"));
    }
    if root.find_text("ArticleCount").and_then(|count| count.trim().parse().ok()) != Some(items.len()) {
        return Err(loud("ArticleCount is not the number of articles"));
    }
    if items.len() > allowed {
        flags.push(format!("{} articles, the platform shows {allowed} here", items.len()));
        items.truncate(allowed);
    }
    Ok(json!({ "type": "articles", "items": items }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn callback(mode: Mode) -> Callback {
        Callback {
            url: String::new(),
            token: "token123".into(),
            aes_key: "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG".into(),
            previous_key: None,
            mode,
            format: Format::Xml,
            verified: true,
        }
    }

    fn check(mode: Mode, body: &str) -> Judgement {
        let callback = callback(mode);
        let expected = Expected {
            callback: &callback,
            app_id: "wx1",
            original_id: "gh_1",
            openid: "o1",
            is_event: false,
        };
        judge(&expected, body.as_bytes(), &|id| id == "known")
    }

    fn reply(rest: &str) -> String {
        format!(
            "\n <xml><ToUserName>o1</ToUserName><FromUserName><![CDATA[gh_1]]></FromUserName><CreateTime>1700000000123</CreateTime>{rest}</xml>\n"
        )
    }

    fn outcome(judgement: &Judgement) -> &'static str {
        match judgement {
            Judgement::Accepted => "accepted",
            Judgement::Message(_) => "message",
            Judgement::Dropped(_) => "dropped",
            Judgement::Refused(_) => "refused",
        }
    }

    #[test]
    fn answers_are_judged_as_the_platform_does() {
        let long = format!("<MsgType>text</MsgType><Content>{}</Content>", "长".repeat(683));
        let article = "<item><Title>t</Title></item>";
        let cases = [
            ("", "accepted"),
            ("success", "accepted"),
            (" success\n", "accepted"),
            ("ok", "refused"),
            ("{\"errcode\":0}", "refused"),
            (&reply("<MsgType>text</MsgType><Content>好</Content>"), "message"),
            (&reply("<MsgType>text</MsgType><Content></Content>"), "refused"),
            (&reply(&long), "dropped"),
            (&reply("<MsgType>image</MsgType><Image><MediaId>known</MediaId></Image>"), "message"),
            (&reply("<MsgType>image</MsgType><Image><MediaId>other</MediaId></Image>"), "refused"),
            (
                &reply(&format!(
                    "<MsgType>news</MsgType><ArticleCount>2</ArticleCount><Articles>{article}</Articles>"
                )),
                "refused",
            ),
            (
                &reply(&format!(
                    "<MsgType>news</MsgType><ArticleCount>1</ArticleCount><Articles>{article}</Articles>"
                )),
                "message",
            ),
            (&reply("<MsgType>transfer_customer_service</MsgType>"), "message"),
            (&reply("<MsgType>hologram</MsgType>"), "refused"),
            (
                "<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>1</CreateTime><MsgType>text</MsgType><Content>x</Content></xml>",
                "refused",
            ),
        ];
        for (body, wanted) in cases {
            let found = check(Mode::Plain, body);
            assert_eq!(outcome(&found), wanted, "{body} gave {found:?}");
        }
    }

    #[test]
    fn safe_mode_wants_a_sealed_answer() {
        let inner = reply("<MsgType>text</MsgType><Content>好</Content>");
        assert_eq!(outcome(&check(Mode::Safe, &inner)), "refused");
        let key = AesKey::parse("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG").unwrap();
        let sealed = |app_id| {
            let encrypted = crypto::encrypt(&key, app_id, inner.as_bytes(), [1; 16]);
            let sign = signature::sign(&["token123", "5", "6", &encrypted]);
            format!(
                "<xml><Encrypt>{encrypted}</Encrypt><MsgSignature>{sign}</MsgSignature><TimeStamp>5</TimeStamp><Nonce>6</Nonce></xml>"
            )
        };
        assert_eq!(outcome(&check(Mode::Safe, &sealed("wx1"))), "message");
        assert_eq!(outcome(&check(Mode::Safe, &sealed("wx2"))), "refused");
        assert_eq!(outcome(&check(Mode::Safe, &sealed("wx1").replace("<Nonce>6", "<Nonce>7"))), "refused");
    }

    #[test]
    fn more_than_one_article_is_cut_and_flagged() {
        let article = "<item><Title>t</Title></item>";
        let body = reply(&format!(
            "<MsgType>news</MsgType><ArticleCount>2</ArticleCount><Articles>{article}{article}</Articles>"
        ));
        let Judgement::Message(passive) = check(Mode::Compatible, &body) else { panic!("a message") };
        assert_eq!(passive.content["items"].as_array().unwrap().len(), 1);
        assert_eq!(passive.flags.len(), 2);
    }
}
