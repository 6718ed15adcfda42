//! Temporary media (three days), pictures for articles, and the files behind them.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Answer, Call, Endpoint, Outcome, Part, Refusal, Verb, answer, endpoint, refuse};
use crate::rules::DAY;
use crate::world::{Account, Media, World};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint(Verb::Post, "/cgi-bin/media/upload", upload),
    endpoint(Verb::Get, "/cgi-bin/media/get", get),
    endpoint(Verb::Get, "/cgi-bin/media/get/jssdk", get),
    endpoint(Verb::Post, "/cgi-bin/media/uploadimg", upload_picture),
    endpoint(Verb::Post, "/cgi-bin/media/uploadvideo", upload_video),
];

/// How long temporary media live.
const LIFE: i64 = 3 * DAY;

/// What a file is, by its content: MIME type and ending.
pub(crate) fn recognise(bytes: &[u8], name: &str) -> (String, String) {
    if bytes.starts_with(b"#!AMR") {
        return ("audio/amr".into(), "amr".into());
    }
    if let Some(kind) = infer::get(bytes) {
        return (kind.mime_type().into(), kind.extension().into());
    }
    let guess = mime_guess::from_path(name).first_or_octet_stream();
    let ending = name.rsplit_once('.').map_or("bin", |(_, ending)| ending);
    (guess.essence_str().into(), ending.into())
}

/// Checks size and kind of an upload.
fn check(world: &mut World, call: &Call, kind: &str, part: &Part) -> Result<(), Refusal> {
    if part.bytes.is_empty() {
        return Err(refuse(44001));
    }
    let (now, rules) = (world.now(), std::sync::Arc::clone(&world.rules));
    let date = call.account(world)?.date(now);
    // By content, never by name.
    let (mime, _) = recognise(&part.bytes, "");
    let (limit, fits) = match kind {
        "image" => ("image_bytes", mime.starts_with("image/")),
        "voice" => ("voice_bytes", ["audio/amr", "audio/mpeg", "audio/mp3"].contains(&mime.as_str())),
        "video" => ("video_bytes", mime == "video/mp4"),
        "thumb" => ("thumb_bytes", mime == "image/jpeg"),
        _ => return Err(refuse(40004)),
    };
    if !fits {
        return Err(refuse(40005));
    }
    if part.bytes.len() > rules.size(limit, date) {
        return Err(refuse(45001));
    }
    Ok(())
}

fn upload(world: &mut World, call: &Call) -> Outcome {
    let kind =
        if call.query("type").is_empty() { form_field(call, "type") } else { call.query("type").to_owned() };
    let part = call.file()?;
    check(world, call, &kind, part)?;
    let (now, id) = (world.now(), world.fresh_text(64));
    let file = file(&kind, part, now, Some(now + LIFE));
    call.account(world)?.media.insert(id.clone(), file);
    let name = if kind == "thumb" { "thumb_media_id" } else { "media_id" };
    answer(json!({ "type": kind, name: id, "created_at": now / 1000 }))
}

/// A text field of the form.
pub(crate) fn form_field(call: &Call, name: &str) -> String {
    let part = call.parts.iter().find(|part| part.name == name && part.file.is_none());
    part.map(|part| String::from_utf8_lossy(&part.bytes).into_owned()).unwrap_or_default()
}

/// The stored form of an upload.
pub(crate) fn file(kind: &str, part: &Part, now: i64, expires_at: Option<i64>) -> Media {
    let name = part.file.clone().unwrap_or_default();
    let (mime, _) = recognise(&part.bytes, &name);
    Media {
        kind: kind.into(),
        name,
        mime,
        bytes: part.bytes.clone(),
        created_at: now,
        expires_at,
        title: String::new(),
        introduction: String::new(),
    }
}

/// Checks and stores material that does not expire; gives its id.
pub(crate) fn keep_permanent(world: &mut World, call: &Call, kind: &str) -> Result<String, Refusal> {
    let part = call.file()?;
    check(world, call, kind, part)?;
    let (now, id) = (world.now(), world.fresh_text(43));
    let mut file = file(kind, part, now, None);
    if kind == "video" {
        // The documentation puts it in the form, some clients in the query.
        let field = form_field(call, "description");
        let text = if field.is_empty() { call.query("description") } else { &field };
        let text: Value = serde_json::from_str(text).map_err(|_| refuse(40035))?;
        file.title = crate::world::plain(&text["title"]);
        file.introduction = crate::world::plain(&text["introduction"]);
    }
    call.account(world)?.media.insert(id.clone(), file);
    Ok(id)
}

/// Stores what a person sends; gives the media id. It lives three days as well.
pub(crate) fn keep_inbound(account: &mut Account, id: String, kind: &str, bytes: Bytes, now: i64) -> String {
    let (mime, ending) = recognise(&bytes, "");
    let file = Media {
        kind: kind.into(),
        name: format!("{kind}.{ending}"),
        mime,
        bytes,
        created_at: now,
        expires_at: Some(now + LIFE),
        title: String::new(),
        introduction: String::new(),
    };
    account.media.insert(id.clone(), file);
    id
}

/// Stores a picture that has an address of its own; gives the address.
pub(crate) fn keep_picture(world: &mut World, call: &Call, bytes: Bytes) -> Result<String, Refusal> {
    let (now, id) = (world.now(), world.fresh_text(40));
    let account = call.account(world)?;
    keep_inbound(account, id.clone(), "picture", bytes, now);
    if let Some(picture) = account.media.get_mut(&id) {
        picture.expires_at = None;
    }
    Ok(format!("{}/_sim/media/{}/{id}", call.base, call.app_id))
}

fn get(world: &mut World, call: &Call) -> Outcome {
    let id = call.query("media_id").to_owned();
    if id.is_empty() {
        return Err(refuse(41006));
    }
    let now = world.now();
    let (base, app_id) = (call.base.clone(), call.app_id.clone());
    let media = call.account(world)?.live_media(&id, now).ok_or_else(|| refuse(40007))?;
    if media.kind == "video" {
        return answer(json!({ "video_url": format!("{base}/_sim/media/{app_id}/{id}") }));
    }
    Ok(download(&id, media))
}

/// The file with the name the platform gives it.
pub(crate) fn download(id: &str, media: &Media) -> Answer {
    let (_, ending) = recognise(&media.bytes, &media.name);
    Answer::File { mime: media.mime.clone(), name: format!("{id}.{ending}"), bytes: media.bytes.clone() }
}

fn upload_picture(world: &mut World, call: &Call) -> Outcome {
    let (now, rules) = (world.now(), std::sync::Arc::clone(&world.rules));
    let part = call.file()?;
    let (mime, _) = recognise(&part.bytes, "");
    if mime != "image/jpeg" && mime != "image/png" {
        return Err(refuse(40005));
    }
    if part.bytes.len() > rules.size("article_picture_bytes", call.account(world)?.date(now)) {
        return Err(refuse(40009));
    }
    let url = keep_picture(world, call, part.bytes.clone())?;
    answer(json!({ "url": url }))
}

fn upload_video(world: &mut World, call: &Call) -> Outcome {
    let (now, id) = (world.now(), world.fresh_text(64));
    let source = call.required("media_id")?;
    let (title, introduction) = (call.text("title"), call.text("description"));
    let account = call.account(world)?;
    let mut media = account
        .live_media(&source, now)
        .filter(|media| media.kind == "video")
        .ok_or_else(|| refuse(40007))?
        .clone();
    media.title = title;
    media.introduction = introduction;
    account.media.insert(id.clone(), media);
    answer(json!({ "type": "video", "media_id": id, "created_at": now / 1000 }))
}
