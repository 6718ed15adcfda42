//! What a person sends, and the buttons he taps.

use axum::Json;
use axum::extract::{Path, State};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use wechat::element::Element;

use super::acts::{meet, outcome};
use super::{Input, Problem, Reply};
use crate::api::media::keep_inbound;
use crate::api::menu::on_phone;
use crate::callback::Act;
use crate::platform::Platform;
use crate::samples;
use crate::world::{ChatItem, Side, World, plain};

/// A message in the making: `type` and what belongs to it.
#[derive(Deserialize)]
pub(crate) struct Message {
    #[serde(rename = "type")]
    kind: String,
    /// Wait until the account's server has answered or failed.
    #[serde(default)]
    wait: bool,
    #[serde(flatten)]
    rest: Value,
}

/// Sends it.
pub(crate) async fn send(
    State(platform): State<Platform>,
    Path((app_id, person)): Path<(String, String)>,
    Input(message): Input<Message>,
) -> Reply {
    let push = platform.act(|world| {
        let openid = meet(world, &app_id, &person)?;
        if !world.follower(&app_id, &openid).is_some_and(|follower| follower.subscribed) {
            return Err(Problem::conflict("this person does not follow the account"));
        }
        let act = act(world, &app_id, &message.kind, &message.rest)?;
        Ok(crate::acts::perform(world, &app_id, &openid, &act, None))
    })?;
    Ok(Json(outcome(&platform, push, message.wait).await))
}

fn text(body: &Value, name: &str) -> String {
    plain(&body[name])
}

fn element(name: &'static str, body: &Value, from: &str) -> Element<'static> {
    Element::text(name, text(body, from))
}

fn act(world: &mut World, app_id: &str, kind: &str, body: &Value) -> Result<Act, Problem> {
    match kind {
        "text" => Ok(text_act(body)),
        "image" | "voice" | "video" | "shortvideo" => file_act(world, app_id, kind, body),
        "location" => {
            let number = |name: &str, usual: f64| body[name].as_f64().unwrap_or(usual);
            let (latitude, longitude) = (number("latitude", 31.2304), number("longitude", 121.4737));
            let scale = body["scale"].as_i64().unwrap_or(16);
            let fields = vec![
                Element::number("Location_X", format!("{latitude:.6}")),
                Element::number("Location_Y", format!("{longitude:.6}")),
                Element::number("Scale", scale),
                element("Label", body, "label"),
            ];
            let shown = json!({ "type": "location", "latitude": latitude, "longitude": longitude, "scale": scale,
                "label": text(body, "label") });
            Ok(Act::message("location", fields, shown))
        }
        "link" => {
            let fields = vec![
                element("Title", body, "title"),
                element("Description", body, "description"),
                element("Url", body, "url"),
            ];
            let shown = json!({ "type": "link", "title": text(body, "title"), "description": text(body, "description"), "url": text(body, "url") });
            Ok(Act::message("link", fields, shown))
        }
        "file" => {
            let size = body["size"].as_u64().unwrap_or(0);
            let fields = vec![
                element("Title", body, "name"),
                Element::text("Description", ""),
                Element::text("FileKey", world.fresh_text(32)),
                Element::text("FileMd5", world.fresh_text(32).to_ascii_lowercase()),
                Element::number("FileTotalLen", size),
            ];
            Ok(Act::message(
                "file",
                fields,
                json!({ "type": "file", "name": text(body, "name"), "size": size }),
            ))
        }
        "mini_program" => {
            let fields = vec![
                element("Title", body, "title"),
                element("AppId", body, "app_id"),
                element("PagePath", body, "page_path"),
                element("ThumbUrl", body, "thumbnail_url"),
                Element::text("ThumbMediaId", ""),
            ];
            let shown = json!({ "type": "mini_program", "title": text(body, "title"), "app_id": text(body, "app_id"),
                "page_path": text(body, "page_path") });
            Ok(Act::message("miniprogrampage", fields, shown))
        }
        other => Err(Problem::invalid(format!(
            "type {other:?}: one of text, image, voice, video, shortvideo, location, link, file, mini_program"
        ))),
    }
}

/// A text; a tapped line of a menu message carries its id and counts as a menu click.
fn text_act(body: &Value) -> Act {
    let words = text(body, "text");
    let menu_id = text(body, "menu_id");
    let mut fields = vec![Element::text("Content", words.clone())];
    if !menu_id.is_empty() {
        fields.push(Element::text("bizmsgmenuid", menu_id.clone()));
    }
    let mut act = Act::message("text", fields, json!({ "type": "text", "text": words }));
    if !menu_id.is_empty() {
        act.opens = Some("menu_click");
    }
    act
}

/// A file as base64 in `data`, or a small sample of our own making.
fn file_act(world: &mut World, app_id: &str, kind: &str, body: &Value) -> Result<Act, Problem> {
    let bytes = match body["data"].as_str() {
        Some(data) => {
            let data = data.rsplit_once(',').map_or(data, |(_, data)| data);
            Bytes::from(STANDARD.decode(data).map_err(|_| Problem::invalid("data is not base64"))?)
        }
        None => match kind {
            "image" => Bytes::from(samples::picture(rand::random())),
            "voice" => Bytes::from(samples::amr(3)),
            _ => return Err(Problem::invalid("a video needs data: the file as base64")),
        },
    };
    if bytes.is_empty() {
        return Err(Problem::invalid("the file is empty"));
    }
    let (now, base) = (world.now(), world.base.clone());
    let (id, thumb_id) = (world.fresh_text(64), world.fresh_text(64));
    let account = world.accounts.get_mut(app_id).ok_or_else(|| Problem::missing("account"))?;
    let id = keep_inbound(account, id, kind, bytes, now);
    let url = format!("{base}/_sim/media/{app_id}/{id}");
    let media = Element::text("MediaId", id.clone());
    let mut shown = json!({ "type": kind, "media": id, "duration": body["duration"] });
    let fields = match kind {
        "image" => vec![Element::text("PicUrl", url), media],
        "voice" => {
            let format = if body["format"].is_null() { "amr".to_owned() } else { text(body, "format") };
            let mut fields = vec![media, Element::text("Format", format)];
            if !body["recognition"].is_null() {
                fields.push(element("Recognition", body, "recognition"));
                shown["recognition"] = body["recognition"].clone();
            }
            fields
        }
        _ => {
            let picture = Bytes::from(samples::picture(7));
            let thumb = keep_inbound(account, thumb_id, "thumb", picture, now);
            shown["type"] = json!("video");
            shown["thumbnail"] = json!(thumb);
            vec![media, Element::text("ThumbMediaId", thumb)]
        }
    };
    Ok(Act::message(kind, fields, shown))
}

/// A tap on the account's menu, by key or by place.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Click {
    key: Option<String>,
    /// `[0]` or `[0, 2]`, or `"0/2"`.
    path: Option<Value>,
    /// What a scan button reads, or which place is chosen.
    result: Option<String>,
    #[serde(default)]
    wait: bool,
}

/// Taps it.
pub(crate) async fn click(
    State(platform): State<Platform>,
    Path((app_id, person)): Path<(String, String)>,
    Input(click): Input<Click>,
) -> Reply {
    let (push, opens) = platform.act(|world| {
        let openid = meet(world, &app_id, &person)?;
        if !world.follower(&app_id, &openid).is_some_and(|follower| follower.subscribed) {
            return Err(Problem::conflict("this person does not follow the account"));
        }
        let button = match (&click.key, &click.path) {
            (Some(key), _) => json!({ "type": "click", "key": key, "name": key }),
            (None, Some(path)) => {
                let menu = on_phone(world, &app_id, &openid);
                find(&menu, path).ok_or_else(|| Problem::missing("button"))?
            }
            (None, None) => return Err(Problem::invalid("key or path is missing")),
        };
        Ok(tap(world, &app_id, &openid, &button, click.result.as_deref()))
    })?;
    let mut answer = outcome(&platform, push, click.wait).await;
    answer["opens"] = json!(opens);
    Ok(Json(answer))
}

fn find(menu: &Value, path: &Value) -> Option<Value> {
    let steps: Vec<usize> = match path {
        Value::Array(steps) => steps.iter().filter_map(|step| usize::try_from(step.as_u64()?).ok()).collect(),
        other => plain(other).split('/').filter_map(|step| step.parse().ok()).collect(),
    };
    let button = menu.get(*steps.first()?)?;
    let found = match steps.get(1) {
        Some(second) => button["sub_button"].get(*second)?,
        None => button,
    };
    (!found["type"].is_null()).then(|| found.clone())
}

/// Gives the push and, for links, the address that the phone opens.
fn tap(
    world: &mut World,
    app_id: &str,
    openid: &str,
    button: &Value,
    result: Option<&str>,
) -> (Option<u64>, Option<String>) {
    let kind = plain(&button["type"]);
    let key = Element::text("EventKey", plain(&button["key"]));
    let shown = json!({ "type": "event", "event": "menu", "label": button["name"] });
    let (act, opens) = match kind.as_str() {
        "click" => (Act::event("CLICK", vec![key], Some("menu_click")).shown(shown), None),
        "view" => {
            let url = plain(&button["url"]);
            (Act::event("VIEW", vec![Element::text("EventKey", url.clone())], None), Some(url))
        }
        "miniprogram" => {
            let path = plain(&button["pagepath"]);
            (Act::event("view_miniprogram", vec![Element::text("EventKey", path)], None).shown(shown), None)
        }
        "scancode_push" | "scancode_waitmsg" => {
            let found = vec![
                Element::text("ScanType", "qrcode"),
                Element::text("ScanResult", result.unwrap_or("https://example.com/code").to_owned()),
            ];
            (
                Act::event(&kind, vec![key, Element::parent("ScanCodeInfo", found)], Some("menu_click"))
                    .shown(shown),
                None,
            )
        }
        "pic_sysphoto" | "pic_photo_or_album" | "pic_weixin" => {
            let item =
                Element::parent("item", vec![Element::text("PicMd5Sum", "9f86d081884c7d659a2feaa0c55ad015")]);
            let pictures = vec![Element::number("Count", 1), Element::parent("PicList", vec![item])];
            (Act::event(&kind, vec![key, Element::parent("SendPicsInfo", pictures)], None).shown(shown), None)
        }
        "location_select" => {
            let place = vec![
                Element::text("Location_X", "31.2304"),
                Element::text("Location_Y", "121.4737"),
                Element::text("Scale", "16"),
                Element::text("Label", result.unwrap_or("上海市黄浦区人民广场").to_owned()),
                Element::text("Poiname", ""),
            ];
            (
                Act::event(&kind, vec![key, Element::parent("SendLocationInfo", place)], None).shown(shown),
                None,
            )
        }
        _ => {
            show_material(world, app_id, openid, button);
            return (None, None);
        }
    };
    (crate::acts::perform(world, app_id, openid, &act, None), opens)
}

/// Buttons with a material or an article answer by themselves; the account's server hears nothing.
fn show_material(world: &mut World, app_id: &str, openid: &str, button: &Value) {
    let id = plain(&button["media_id"]);
    let Some(account) = world.accounts.get(app_id) else { return };
    let content = match account.live_media(&id, world.now()) {
        Some(media) => json!({ "type": media.kind, "media": id, "title": media.title }),
        None => match crate::api::custom::bundle(account, &id) {
            Ok(content) => content,
            Err(_) => return,
        },
    };
    world.show(app_id, openid, ChatItem::new(Side::Account, "material", content));
}
