//! Comments under articles. There is no comment event: clients ask again and again.

use serde_json::{Value, json};

use super::{Call, Endpoint, Outcome, Refusal, Verb, answer, endpoint, number, ok, refuse};
use crate::world::{World, plain};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint(Verb::Post, "/cgi-bin/comment/open", open),
    endpoint(Verb::Post, "/cgi-bin/comment/close", close),
    endpoint(Verb::Post, "/cgi-bin/comment/list", list),
    endpoint(Verb::Post, "/cgi-bin/comment/markelect", elect),
    endpoint(Verb::Post, "/cgi-bin/comment/unmarkelect", unelect),
    endpoint(Verb::Post, "/cgi-bin/comment/delete", delete),
    endpoint(Verb::Post, "/cgi-bin/comment/reply/add", reply),
    endpoint(Verb::Post, "/cgi-bin/comment/reply/delete", delete_reply),
];

/// The comments of the article that a call names; made when it is opened or first commented.
fn article<'w>(world: &'w mut World, call: &Call) -> Result<&'w mut Value, Refusal> {
    let data_id = call.number("msg_data_id").ok_or_else(|| refuse(88001))?;
    let index = call.number("index").unwrap_or(0);
    let account = call.account(world)?;
    let is_known = account.jobs.values().any(|job| job.data_id == data_id)
        || account.publish_jobs.values().any(|job| plain(&job["msg_data_id"]) == data_id.to_string());
    if !is_known {
        return Err(refuse(88001));
    }
    Ok(account.comments.entry((data_id, index)).or_insert_with(|| json!({ "open": false, "items": [] })))
}

fn one<'w>(world: &'w mut World, call: &Call) -> Result<&'w mut Value, Refusal> {
    let id = call.number("user_comment_id").ok_or_else(|| refuse(88008))?;
    let items = article(world, call)?["items"].as_array_mut().ok_or_else(|| refuse(88008))?;
    items.iter_mut().find(|item| number(&item["user_comment_id"]) == Some(id)).ok_or_else(|| refuse(88008))
}

fn open(world: &mut World, call: &Call) -> Outcome {
    article(world, call)?["open"] = json!(true);
    ok()
}

fn close(world: &mut World, call: &Call) -> Outcome {
    article(world, call)?["open"] = json!(false);
    ok()
}

fn list(world: &mut World, call: &Call) -> Outcome {
    let begin = usize::try_from(call.number("begin").unwrap_or(0)).map_err(|_| refuse(40035))?;
    let count = call.number("count").filter(|count| (1..=50).contains(count)).ok_or_else(|| refuse(88010))?;
    let kind = call.number("type").unwrap_or(0);
    let items = article(world, call)?["items"].as_array().cloned().unwrap_or_default();
    let fits = |item: &Value| match kind {
        1 => item["comment_type"] == json!(0),
        2 => item["comment_type"] == json!(1),
        _ => true,
    };
    let found: Vec<Value> = items.into_iter().filter(fits).collect();
    let total = found.len();
    let page: Vec<Value> = found.into_iter().skip(begin).take(usize::try_from(count).unwrap_or(1)).collect();
    answer(json!({ "errcode": 0, "errmsg": "ok", "total": total, "comment": page }))
}

fn elect(world: &mut World, call: &Call) -> Outcome {
    one(world, call)?["comment_type"] = json!(1);
    ok()
}

fn unelect(world: &mut World, call: &Call) -> Outcome {
    one(world, call)?["comment_type"] = json!(0);
    ok()
}

fn delete(world: &mut World, call: &Call) -> Outcome {
    let id = number(&one(world, call)?["user_comment_id"]);
    if let Some(items) = article(world, call)?["items"].as_array_mut() {
        items.retain(|item| number(&item["user_comment_id"]) != id);
    }
    ok()
}

fn reply(world: &mut World, call: &Call) -> Outcome {
    let (now, text) = (world.now(), call.text("content"));
    if text.is_empty() {
        return Err(refuse(88009));
    }
    let comment = one(world, call)?;
    if !comment["reply"].is_null() {
        return Err(refuse(88005));
    }
    comment["reply"] = json!({ "content": text, "create_time": now / 1000 });
    ok()
}

fn delete_reply(world: &mut World, call: &Call) -> Outcome {
    let comment = one(world, call)?;
    if comment["reply"].is_null() {
        return Err(refuse(88011));
    }
    comment["reply"] = Value::Null;
    ok()
}

/// A person writes under an article; false when it does not exist or comments are closed.
pub(crate) fn write(world: &mut World, app_id: &str, openid: &str, place: (i64, i64), text: &str) -> bool {
    let (now, id) = (world.now(), world.fresh_number());
    let Some(account) = world.accounts.get_mut(app_id) else { return false };
    let Some(article) = account.comments.get_mut(&place).filter(|article| article["open"] == json!(true))
    else {
        return false;
    };
    let comment = json!({ "user_comment_id": id, "openid": openid, "create_time": now / 1000, "content": text,
        "comment_type": 0, "reply": null });
    article["items"].as_array_mut().map(|items| items.push(comment)).is_some()
}
