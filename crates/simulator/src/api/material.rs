//! Permanent material: files for ever, and the article bundles of the time before the draft box.

use serde_json::{Value, json};

use super::media::{download, keep_permanent};
use super::{Call, Endpoint, Outcome, Refusal, Verb, answer, endpoint, number, ok, refuse};
use crate::world::{Account, World};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint(Verb::Post, "/cgi-bin/material/add_material", add),
    endpoint(Verb::Post, "/cgi-bin/material/get_material", get),
    endpoint(Verb::Post, "/cgi-bin/material/del_material", delete),
    endpoint(Verb::Any, "/cgi-bin/material/get_materialcount", count),
    endpoint(Verb::Post, "/cgi-bin/material/batchget_material", batch),
    endpoint(Verb::Post, "/cgi-bin/material/add_news", add_news),
    endpoint(Verb::Post, "/cgi-bin/material/update_news", update_news),
    endpoint(Verb::Post, "/cgi-bin/media/uploadnews", add_news),
];

fn add(world: &mut World, call: &Call) -> Outcome {
    let kind = match call.query("type") {
        "" => super::media::form_field(call, "type"),
        kind => kind.to_owned(),
    };
    let id = keep_permanent(world, call, &kind)?;
    let mut body = json!({ "media_id": id });
    if kind == "image" || kind == "thumb" {
        body["url"] = json!(format!("{}/_sim/media/{}/{id}", call.base, call.app_id));
    }
    answer(body)
}

fn get(world: &mut World, call: &Call) -> Outcome {
    let id = call.required("media_id")?;
    let (base, app_id) = (call.base.clone(), call.app_id.clone());
    let account = call.account(world)?;
    if let Some(bundle) = account.news.get(&id) {
        return answer(json!({ "news_item": bundle["news_item"] }));
    }
    let media =
        account.media.get(&id).filter(|media| media.expires_at.is_none()).ok_or_else(|| refuse(40007))?;
    if media.kind == "video" {
        let url = format!("{base}/_sim/media/{app_id}/{id}");
        return answer(json!({ "title": media.title, "description": media.introduction, "down_url": url }));
    }
    Ok(download(&id, media))
}

fn delete(world: &mut World, call: &Call) -> Outcome {
    let id = call.required("media_id")?;
    let account = call.account(world)?;
    let is_used = account.menu.as_ref().is_some_and(|menu| menu.to_string().contains(&format!("\"{id}\"")));
    if is_used {
        return Err(refuse(48005));
    }
    let is_file = account.media.get(&id).is_some_and(|media| media.expires_at.is_none());
    if is_file {
        account.media.remove(&id);
    } else {
        account.news.remove(&id).ok_or_else(|| refuse(40007))?;
    }
    ok()
}

fn kept(account: &Account, kind: &str) -> usize {
    account.media.values().filter(|media| media.expires_at.is_none() && media.kind == kind).count()
}

fn count(world: &mut World, call: &Call) -> Outcome {
    let account = call.account(world)?;
    answer(json!({ "voice_count": kept(account, "voice"), "video_count": kept(account, "video"),
        "image_count": kept(account, "image"), "news_count": account.news.len() }))
}

/// Offset and count of a page, 1 to 20.
pub(crate) fn page(call: &Call) -> Result<(usize, usize), Refusal> {
    let offset = call.number("offset").unwrap_or(0);
    let count = call.number("count").unwrap_or(20);
    if offset < 0 || !(1..=20).contains(&count) {
        return Err(refuse(40035));
    }
    Ok((usize::try_from(offset).unwrap_or(0), usize::try_from(count).unwrap_or(1)))
}

fn batch(world: &mut World, call: &Call) -> Outcome {
    let kind = call.text("type");
    let (offset, count) = page(call)?;
    let (base, app_id) = (call.base.clone(), call.app_id.clone());
    let account = call.account(world)?;
    let rows: Vec<Value> = match kind.as_str() {
        "news" => account.news.iter().map(|(id, bundle)| {
            json!({ "media_id": id, "content": { "news_item": bundle["news_item"] }, "update_time": bundle["update_time"] })
        }).collect(),
        "image" | "voice" | "video" => {
            let mut files: Vec<_> = account.media.iter().filter(|(_, media)| media.expires_at.is_none() && media.kind == kind).collect();
            files.sort_by_key(|(id, media)| (std::cmp::Reverse(media.created_at), (*id).clone()));
            files.into_iter().map(|(id, media)| {
                json!({ "media_id": id, "name": media.name, "update_time": media.created_at / 1000,
                    "url": format!("{base}/_sim/media/{app_id}/{id}") })
            }).collect()
        }
        _ => return Err(refuse(40004)),
    };
    let total = rows.len();
    let items: Vec<Value> = rows.into_iter().skip(offset).take(count).collect();
    answer(json!({ "total_count": total, "item_count": items.len(), "item": items }))
}

fn add_news(world: &mut World, call: &Call) -> Outcome {
    let (now, id) = (world.now(), world.fresh_text(43));
    let articles = super::draft::articles(call, world)?;
    call.account(world)?.news.insert(id.clone(), json!({ "news_item": articles, "update_time": now / 1000 }));
    answer(json!({ "type": "news", "media_id": id, "created_at": now / 1000 }))
}

fn update_news(world: &mut World, call: &Call) -> Outcome {
    let id = call.required("media_id")?;
    let account = call.account(world)?;
    let bundle = account.news.get_mut(&id).ok_or_else(|| refuse(40007))?;
    super::draft::replace(bundle, number(&call.body["index"]).unwrap_or(0), &call.body["articles"])?;
    ok()
}
