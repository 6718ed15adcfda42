//! Mass messages: jobs that end later with an event.

use serde_json::{Value, json};

use super::custom::bundle;
use super::{Call, Endpoint, Outcome, Refusal, Verb, answer, endpoint, ok, openids, refuse};
use crate::world::{Account, AccountKind, ChatItem, MassJob, Side, Timer, World, plain};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint(Verb::Post, "/cgi-bin/message/mass/sendall", send_all),
    endpoint(Verb::Post, "/cgi-bin/message/mass/send", send),
    endpoint(Verb::Post, "/cgi-bin/message/mass/preview", preview),
    endpoint(Verb::Post, "/cgi-bin/message/mass/delete", delete),
    endpoint(Verb::Post, "/cgi-bin/message/mass/get", status),
    endpoint(Verb::Post, "/cgi-bin/message/mass/speed/get", speed),
    endpoint(Verb::Post, "/cgi-bin/message/mass/speed/set", set_speed),
];

/// Checks the body and gives what the phone draws.
fn content(account: &Account, call: &Call, now: i64) -> Result<Value, Refusal> {
    let kind = call.required("msgtype")?;
    let body = &call.body[&kind];
    let media = |id: &Value| {
        let id = plain(id);
        if account.live_media(&id, now).is_some() { Ok(id) } else { Err(refuse(40007)) }
    };
    match kind.as_str() {
        "text" => {
            let text = plain(&body["content"]);
            if text.is_empty() {
                return Err(refuse(44004));
            }
            if text.chars().count() > 600 {
                return Err(refuse(45002));
            }
            Ok(json!({ "type": "text", "text": text }))
        }
        "mpnews" => bundle(account, &plain(&body["media_id"])),
        "voice" => Ok(json!({ "type": "voice", "media": media(&body["media_id"])? })),
        "image" if call.body["images"].is_null() => {
            Ok(json!({ "type": "image", "media": media(&body["media_id"])? }))
        }
        "image" | "images" => {
            let list = call.body["images"]["media_ids"]
                .as_array()
                .filter(|list| !list.is_empty())
                .ok_or_else(|| refuse(40035))?;
            let ids = list.iter().map(media).collect::<Result<Vec<_>, _>>()?;
            Ok(
                json!({ "type": "image", "media": ids.first(), "more": ids.len() - 1, "text": call.body["images"]["recommend"] }),
            )
        }
        "mpvideo" | "video" => Ok(json!({ "type": "video", "media": media(&body["media_id"])?,
            "title": body["title"], "description": body["description"] })),
        "wxcard" => {
            let id = plain(&body["card_id"]);
            let card = account.cards.get(&id).ok_or_else(|| refuse(40073))?;
            Ok(json!({ "type": "card", "card_id": id, "card": card }))
        }
        _ => Err(refuse(40008)),
    }
}

/// A repeated `clientmsgid` is answered with the number of the job it started.
fn seen(account: &Account, id: &str) -> Result<(), Refusal> {
    if id.len() > 64 {
        return Err(refuse(45067));
    }
    match account.jobs.values().find(|job| !id.is_empty() && job.client_id == id) {
        Some(job) => {
            let mut refusal = refuse(45065);
            refusal.extra = json!({ "msg_id": job.msg_id, "msg_data_id": job.data_id });
            Err(refusal)
        }
        None => Ok(()),
    }
}

fn start(world: &mut World, call: &Call, targets: Vec<String>) -> Outcome {
    let (now, msg_id, data_id) = (world.now(), world.fresh_number(), world.fresh_number());
    let delay = world.settings.job_delay_ms;
    let account = call.account(world)?;
    let client_id = call.text("clientmsgid");
    seen(account, &client_id)?;
    let content = content(account, call, now)?;
    let today = crate::rules::day_number(now);
    let used = account.jobs.values().filter(|job| crate::rules::day_number(job.created_at) == today).count();
    if account.kind == AccountKind::Subscription && used > 0 {
        return Err(refuse(45028).saying("has no masssend quota"));
    }
    let is_article = content["type"] != "text";
    let job = MassJob {
        msg_id,
        data_id,
        client_id,
        created_at: now,
        status: "SENDING",
        is_article,
        targets,
        content,
    };
    account.jobs.insert(msg_id, job);
    let app_id = call.app_id.clone();
    world.timers.add(now + delay, Timer::MassSend { app_id, msg_id });
    answer(
        json!({ "errcode": 0, "errmsg": "send job submission success", "msg_id": msg_id, "msg_data_id": data_id }),
    )
}

fn send_all(world: &mut World, call: &Call) -> Outcome {
    let filter = &call.body["filter"];
    let everybody = filter["is_to_all"].as_bool().unwrap_or(false);
    let tag = super::number(&filter["tag_id"]).or_else(|| super::number(&filter["group_id"]));
    if !everybody && tag.is_none() {
        return Err(refuse(40035));
    }
    let account = call.account(world)?;
    let fits = |tags: &std::collections::BTreeSet<i64>, group: i64| {
        everybody || tag.is_some_and(|tag| tags.contains(&tag) || group == tag)
    };
    let targets = account
        .followers
        .values()
        .filter(|follower| follower.subscribed && fits(&follower.tags, follower.group));
    let targets = targets.map(|follower| follower.openid.clone()).collect();
    start(world, call, targets)
}

fn send(world: &mut World, call: &Call) -> Outcome {
    let targets = openids(&call.body["touser"], 10_000)?;
    if targets.len() < 2 {
        return Err(refuse(40130).saying("at least two openids are needed"));
    }
    let account = call.account(world)?;
    if targets.iter().any(|openid| !account.followers.contains_key(openid)) {
        return Err(refuse(40003));
    }
    start(world, call, targets)
}

fn preview(world: &mut World, call: &Call) -> Outcome {
    let now = world.now();
    let number = world.fresh_number();
    let openid = call.text("touser");
    let account = call.account(world)?;
    let content = content(account, call, now)?;
    let found = account.followers.get(&openid).filter(|follower| follower.subscribed);
    found.ok_or_else(|| refuse(40003))?;
    let app_id = call.app_id.clone();
    world.show(&app_id, &openid, ChatItem::new(Side::Account, "preview", content));
    answer(json!({ "errcode": 0, "errmsg": "preview success", "msg_id": number }))
}

fn delete(world: &mut World, call: &Call) -> Outcome {
    let id = call.number("msg_id").ok_or_else(|| refuse(40035))?;
    let job = call.account(world)?.jobs.get_mut(&id).ok_or_else(|| refuse(40035))?;
    if !job.is_article {
        return Err(refuse(40060));
    }
    job.status = "DELETE";
    ok()
}

fn status(world: &mut World, call: &Call) -> Outcome {
    let id = call.number("msg_id").ok_or_else(|| refuse(40035))?;
    let job = call.account(world)?.jobs.get(&id).ok_or_else(|| refuse(40035))?;
    answer(json!({ "msg_id": id, "msg_status": job.status }))
}

fn speed(world: &mut World, call: &Call) -> Outcome {
    const PER_MINUTE: [i64; 5] = [80, 60, 45, 30, 10];
    let speed = call.account(world)?.speed;
    let real = usize::try_from(speed).ok().and_then(|speed| PER_MINUTE.get(speed)).copied();
    answer(json!({ "speed": speed, "realspeed": real }))
}

fn set_speed(world: &mut World, call: &Call) -> Outcome {
    let speed = call.number("speed").filter(|speed| (0..=4).contains(speed)).ok_or_else(|| refuse(45083))?;
    call.account(world)?.speed = speed;
    ok()
}
