//! The draft box, and publishing.

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};

use super::material::page;
use super::{Call, Endpoint, Outcome, Refusal, Verb, answer, endpoint, ok, refuse};
use crate::platform::Platform;
use crate::world::{Timer, World, plain};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint(Verb::Post, "/cgi-bin/draft/add", add),
    endpoint(Verb::Post, "/cgi-bin/draft/get", get),
    endpoint(Verb::Post, "/cgi-bin/draft/delete", delete),
    endpoint(Verb::Post, "/cgi-bin/draft/update", update),
    endpoint(Verb::Any, "/cgi-bin/draft/count", count),
    endpoint(Verb::Post, "/cgi-bin/draft/batchget", batch),
    endpoint(Verb::Post, "/cgi-bin/draft/switch", switch),
    endpoint(Verb::Post, "/cgi-bin/freepublish/submit", submit),
    endpoint(Verb::Post, "/cgi-bin/freepublish/get", status),
    endpoint(Verb::Post, "/cgi-bin/freepublish/delete", withdraw),
    endpoint(Verb::Post, "/cgi-bin/freepublish/getarticle", article),
    endpoint(Verb::Post, "/cgi-bin/freepublish/batchget", published),
];

/// Checks the articles of a draft: one to eight, a title of 64 characters, a picture that exists.
pub(crate) fn articles(call: &Call, world: &mut World) -> Result<Vec<Value>, Refusal> {
    let list = call.body["articles"].as_array().cloned().ok_or_else(|| refuse(40035))?;
    if list.is_empty() || list.len() > 8 {
        return Err(refuse(45008));
    }
    let now = world.now();
    let account = call.account(world)?;
    for article in &list {
        check(article)?;
        let thumb = plain(&article["thumb_media_id"]);
        if !thumb.is_empty() && account.live_media(&thumb, now).is_none() {
            return Err(refuse(40007));
        }
    }
    Ok(list)
}

fn check(article: &Value) -> Result<(), Refusal> {
    let length = |name: &str| plain(&article[name]).chars().count();
    if length("title") == 0 || length("title") > 64 {
        return Err(refuse(45003).saying("title size out of limit"));
    }
    if length("digest") > 128 {
        return Err(refuse(45004).saying("description size out of limit"));
    }
    if length("content") > 20_000 {
        return Err(refuse(45002));
    }
    Ok(())
}

/// Replaces one article of a bundle.
pub(crate) fn replace(bundle: &mut Value, index: i64, article: &Value) -> Result<(), Refusal> {
    let article = if let Some(list) = article.as_array() {
        list.first().cloned().unwrap_or(Value::Null)
    } else {
        article.clone()
    };
    check(&article)?;
    let index = usize::try_from(index).map_err(|_| refuse(40060))?;
    let slot = bundle["news_item"].get_mut(index).ok_or_else(|| refuse(40060))?;
    for (name, value) in article.as_object().into_iter().flatten() {
        slot[name] = value.clone();
    }
    Ok(())
}

fn add(world: &mut World, call: &Call) -> Outcome {
    let (now, id) = (world.now(), world.fresh_text(64));
    let articles = articles(call, world)?;
    let entry = json!({ "news_item": articles, "create_time": now / 1000, "update_time": now / 1000 });
    call.account(world)?.drafts.insert(id.clone(), entry);
    answer(json!({ "media_id": id }))
}

fn get(world: &mut World, call: &Call) -> Outcome {
    let id = call.required("media_id")?;
    let draft = call.account(world)?.drafts.get(&id).ok_or_else(|| refuse(40007))?;
    answer(draft.clone())
}

fn delete(world: &mut World, call: &Call) -> Outcome {
    let id = call.required("media_id")?;
    call.account(world)?.drafts.remove(&id).ok_or_else(|| refuse(40007))?;
    ok()
}

fn update(world: &mut World, call: &Call) -> Outcome {
    let id = call.required("media_id")?;
    let draft = call.account(world)?.drafts.get_mut(&id).ok_or_else(|| refuse(40007))?;
    replace(draft, call.number("index").unwrap_or(0), &call.body["articles"])?;
    ok()
}

fn count(world: &mut World, call: &Call) -> Outcome {
    answer(json!({ "total_count": call.account(world)?.drafts.len() }))
}

fn batch(world: &mut World, call: &Call) -> Outcome {
    let (offset, count) = page(call)?;
    let without = call.number("no_content") == Some(1);
    let account = call.account(world)?;
    let rows: Vec<Value> = account
        .drafts
        .iter()
        .skip(offset)
        .take(count)
        .map(|(id, draft)| {
            let content = if without { json!({}) } else { json!({ "news_item": draft["news_item"] }) };
            json!({ "media_id": id, "content": content, "update_time": draft["update_time"] })
        })
        .collect();
    answer(json!({ "total_count": account.drafts.len(), "item_count": rows.len(), "item": rows }))
}

fn switch(_: &mut World, _: &Call) -> Outcome {
    answer(json!({ "errcode": 0, "errmsg": "ok", "is_open": 1 }))
}

fn submit(world: &mut World, call: &Call) -> Outcome {
    let id = call.required("media_id")?;
    let (now, number, data) = (world.now(), world.fresh_number(), world.fresh_number());
    let delay = world.settings.job_delay_ms;
    let account = call.account(world)?;
    let draft = account.drafts.remove(&id).ok_or_else(|| refuse(53503))?;
    let publish_id = number.to_string();
    let job = json!({ "publish_id": publish_id, "publish_status": 1, "articles": draft["news_item"], "fail_idx": [], "msg_data_id": data,
        "msg_data_id": data });
    account.publish_jobs.insert(publish_id.clone(), job);
    let app_id = call.app_id.clone();
    world.timers.add(now + delay, Timer::Publish { app_id, publish_id: publish_id.clone() });
    answer(json!({ "errcode": 0, "errmsg": "ok", "publish_id": publish_id, "msg_data_id": data.to_string() }))
}

fn status(world: &mut World, call: &Call) -> Outcome {
    let id = call.required("publish_id")?;
    let mut job = call.account(world)?.publish_jobs.get(&id).cloned().ok_or_else(|| refuse(40035))?;
    if let Some(object) = job.as_object_mut() {
        object.remove("articles");
        object.remove("msg_data_id");
        object.remove("msg_data_id");
    }
    answer(job)
}

fn withdraw(world: &mut World, call: &Call) -> Outcome {
    let id = call.required("article_id")?;
    call.account(world)?.published.remove(&id).ok_or_else(|| refuse(53600))?;
    ok()
}

fn article(world: &mut World, call: &Call) -> Outcome {
    let id = call.required("article_id")?;
    let entry = call.account(world)?.published.get(&id).ok_or_else(|| refuse(53600))?;
    answer(json!({ "news_item": entry["news_item"] }))
}

fn published(world: &mut World, call: &Call) -> Outcome {
    let (offset, count) = page(call)?;
    let account = call.account(world)?;
    let rows: Vec<Value> = account.published.iter().skip(offset).take(count).map(|(id, entry)| {
        json!({ "article_id": id, "content": { "news_item": entry["news_item"] }, "update_time": entry["update_time"] })
    }).collect();
    answer(json!({ "total_count": account.published.len(), "item_count": rows.len(), "item": rows }))
}

/// `/s/{article_id}?idx=1`: a published article as readers see it. Scripts in it do not run.
pub(crate) async fn article_page(
    State(platform): State<Platform>,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let index = query.get("idx").and_then(|index| index.parse::<usize>().ok()).unwrap_or(1).max(1);
    let world = platform.world();
    let found = world.accounts.values().find_map(|account| account.published.get(&id));
    let Some(article) = found.and_then(|entry| entry["news_item"].get(index - 1)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let title = super::oauth::escape(&plain(&article["title"]));
    let author = super::oauth::escape(&plain(&article["author"]));
    let body = format!("<p><small>{author}</small></p>{}", plain(&article["content"]));
    ([(header::CONTENT_SECURITY_POLICY, "sandbox")], Html(super::oauth::page(&title, &body))).into_response()
}
