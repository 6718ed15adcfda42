//! Customer service messages: what may be sent, when, and how it looks on the phone.

use serde_json::{Value, json};

use super::{Call, Endpoint, Outcome, Refusal, Verb, endpoint, ok, refuse};
use crate::world::{Account, AccountKind, ChatItem, Closed, Side, World, plain};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint(Verb::Post, "/cgi-bin/message/custom/send", send),
    endpoint(Verb::Post, "/cgi-bin/message/custom/typing", typing),
];

fn send(world: &mut World, call: &Call) -> Outcome {
    if call.body.is_null() {
        return Err(refuse(44002));
    }
    let openid = call.text("touser");
    let now = world.now();
    let rules = std::sync::Arc::clone(&world.rules);
    let account = call.account(world)?;
    let follower = account.followers.get(&openid).ok_or_else(|| refuse(40003))?;
    if follower.refuses || follower.blocked {
        return Err(refuse(48002));
    }
    if !follower.subscribed {
        return Err(refuse(45015));
    }
    let kind = call.required("msgtype")?;
    let date = account.date(now);
    let limits =
        Limits { text: rules.size("text_bytes", date), articles: rules.size("custom_articles", date), now };
    let content = content(account, &kind, &call.body[&kind], &limits)?;
    let speaker = speaker(account, &plain(&call.body["customservice"]["kf_account"]))?;
    let follower = call.follower(world, &openid)?;
    follower.spend(now).map_err(|closed| match closed {
        Closed::Window => refuse(45015),
        Closed::Count => refuse(45047),
    })?;
    follower.typing_until = 0;
    let mut item = ChatItem::new(Side::Account, "custom", content);
    item.speaker = speaker;
    let app_id = call.app_id.clone();
    world.show(&app_id, &openid, item);
    ok()
}

fn speaker(account: &Account, desk: &str) -> Result<Option<String>, Refusal> {
    if desk.is_empty() {
        return Ok(None);
    }
    account.desks.get(desk).map(|desk| Some(desk.nick.clone())).ok_or_else(|| refuse(65401))
}

/// What applies at this moment.
pub(crate) struct Limits {
    pub(crate) text: usize,
    pub(crate) articles: usize,
    pub(crate) now: i64,
}

/// Checks a message object and gives what the phone draws.
fn content(account: &Account, kind: &str, body: &Value, limits: &Limits) -> Result<Value, Refusal> {
    if !body.is_object() {
        return Err(refuse(40008));
    }
    let text = |name: &str| plain(&body[name]);
    let media = |name: &str| {
        let id = plain(&body[name]);
        if account.knows_media(&id, limits.now) { Ok(id) } else { Err(refuse(40007)) }
    };
    match kind {
        "text" => text_content(&text("content"), limits.text),
        "image" => Ok(json!({ "type": "image", "media": media("media_id")? })),
        "voice" => Ok(json!({ "type": "voice", "media": media("media_id")? })),
        "video" => {
            let thumbnail =
                if text("thumb_media_id").is_empty() { None } else { Some(media("thumb_media_id")?) };
            Ok(json!({ "type": "video", "media": media("media_id")?, "thumbnail": thumbnail,
                "title": text("title"), "description": text("description") }))
        }
        "music" => Ok(json!({ "type": "music", "title": text("title"), "description": text("description"),
            "url": text("musicurl"), "thumbnail": media("thumb_media_id")? })),
        "news" => articles(&body["articles"], limits.articles),
        "mpnews" => bundle(account, &text("media_id")),
        "mpnewsarticle" => {
            let published = account.published.get(&text("article_id")).ok_or_else(|| refuse(53600))?;
            Ok(drawn(&published["news_item"]))
        }
        "msgmenu" => menu(account, body),
        "wxcard" => {
            let card = account.cards.get(&text("card_id")).ok_or_else(|| refuse(40073))?;
            Ok(json!({ "type": "card", "card_id": text("card_id"), "card": card }))
        }
        "miniprogrampage" => {
            if text("title").is_empty() || text("appid").is_empty() || text("pagepath").is_empty() {
                return Err(refuse(40035));
            }
            Ok(json!({ "type": "mini_program", "title": text("title"), "app_id": text("appid"),
                "page_path": text("pagepath"), "thumbnail": media("thumb_media_id")? }))
        }
        "link" => Err(refuse(48008)),
        _ => Err(refuse(40008)),
    }
}

fn text_content(text: &str, most: usize) -> Result<Value, Refusal> {
    if text.is_empty() {
        return Err(refuse(44004));
    }
    if text.len() > most {
        return Err(refuse(45002));
    }
    Ok(json!({ "type": "text", "text": text }))
}

fn articles(list: &Value, most: usize) -> Result<Value, Refusal> {
    let list = list.as_array().filter(|list| !list.is_empty()).ok_or_else(|| refuse(44004))?;
    if list.len() > most {
        return Err(refuse(45008));
    }
    let items: Vec<Value> = list
        .iter()
        .map(|article| {
            json!({ "title": plain(&article["title"]), "description": plain(&article["description"]),
                "url": plain(&article["url"]), "picture_url": plain(&article["picurl"]) })
        })
        .collect();
    Ok(json!({ "type": "articles", "items": items }))
}

/// An article bundle of the draft box or the old library as the phone draws it.
pub(crate) fn bundle(account: &Account, id: &str) -> Result<Value, Refusal> {
    let bundle = account.drafts.get(id).or_else(|| account.news.get(id)).ok_or_else(|| refuse(40007))?;
    Ok(drawn(&bundle["news_item"]))
}

fn drawn(articles: &Value) -> Value {
    let items: Vec<Value> = articles
        .as_array()
        .into_iter()
        .flatten()
        .map(|article| {
            json!({ "title": plain(&article["title"]), "description": plain(&article["digest"]),
                "url": plain(&article["url"]), "picture": article["thumb_media_id"] })
        })
        .collect();
    json!({ "type": "articles", "items": items })
}

fn menu(account: &Account, body: &Value) -> Result<Value, Refusal> {
    if account.kind == AccountKind::Test {
        return Err(refuse(48008));
    }
    let list = body["list"].as_array().filter(|list| !list.is_empty()).ok_or_else(|| refuse(40035))?;
    let items: Vec<Value> = list
        .iter()
        .map(|item| json!({ "id": plain(&item["id"]), "text": plain(&item["content"]) }))
        .collect();
    Ok(
        json!({ "type": "menu", "head": plain(&body["head_content"]), "items": items, "tail": plain(&body["tail_content"]) }),
    )
}

fn typing(world: &mut World, call: &Call) -> Outcome {
    let command = call.text("command");
    if command != "Typing" && command != "CancelTyping" {
        return Err(refuse(45072));
    }
    let now = world.now();
    let openid = call.text("touser");
    let follower = call.follower(world, &openid)?;
    if !follower.subscribed || follower.allowance.is_none_or(|open| open.until <= now) {
        return Err(refuse(45015));
    }
    if command == "Typing" {
        if now - follower.active_at > 30_000 {
            return Err(refuse(45080));
        }
        if follower.typing_until > now {
            return Err(refuse(45081));
        }
        follower.typing_until = now + 15_000;
    } else {
        follower.typing_until = 0;
    }
    let (person, until) = (follower.person.clone(), follower.typing_until);
    let app_id = call.app_id.clone();
    world.tell(&json!({ "typing": { "app_id": app_id, "person": person, "until": until } }));
    ok()
}
