//! What happens later: events about jobs, mass messages that reach people, publishing.

use serde_json::{Value, json};
use wechat::element::Element;

use crate::callback::{Fields, event_fields};
use crate::world::{ChatItem, Kind, Push, Side, Timer, World};

/// Does what is due.
pub(crate) fn run(world: &mut World, timer: Timer) {
    match timer {
        Timer::Event { app_id, openid, event, fields } => push_event(world, &app_id, &openid, &event, fields),
        Timer::MassSend { app_id, msg_id } => mass_send(world, &app_id, msg_id),
        Timer::Publish { app_id, publish_id } => publish(world, &app_id, &publish_id),
    }
}

/// Puts an event that no person caused into the queue.
pub(crate) fn push_event(world: &mut World, app_id: &str, openid: &str, event: &str, fields: Fields) {
    let seconds = world.now() / 1000;
    let Some(account) = world.accounts.get(app_id) else { return };
    if account.callback.is_none() {
        return;
    }
    let fields = event_fields(&account.original_id, openid, seconds, event, fields);
    let label = format!("event {event}");
    let mut line = world.line(Kind::Push, label.clone());
    let push = Push {
        number: 0,
        app_id: app_id.to_owned(),
        openid: openid.to_owned(),
        fields,
        label,
        token: None,
        is_visible: false,
    };
    line.push = Some(world.pushes.add(push));
    line.app_id = Some(app_id.to_owned());
    line.openid = Some(openid.to_owned());
    world.note(line);
}

fn mass_send(world: &mut World, app_id: &str, msg_id: i64) {
    let now = world.now();
    let month = month_of(now);
    let rules = std::sync::Arc::clone(&world.rules);
    let Some(account) = world.accounts.get_mut(app_id) else { return };
    let limit = rules.size("mass_month", account.date(now));
    let Some(job) = account.jobs.get_mut(&msg_id).filter(|job| job.status == "SENDING") else { return };
    job.status = "SEND_SUCCESS";
    let (targets, content) = (job.targets.clone(), job.content.clone());
    let mut sent = Vec::new();
    for openid in &targets {
        let Some(follower) = account.followers.get_mut(openid).filter(|follower| follower.subscribed) else {
            continue;
        };
        if follower.mass.0 != month {
            follower.mass = (month, 0);
        }
        if !follower.refuses && !follower.blocked && follower.mass.1 < limit {
            follower.mass.1 += 1;
            sent.push(openid.clone());
        }
    }
    for openid in &sent {
        world.show(app_id, openid, ChatItem::new(Side::Account, "mass", content.clone()));
    }
    let (all, reached) = (targets.len(), sent.len());
    let check = vec![
        Element::number("Count", 0),
        Element::parent("ResultList", Vec::new()),
        Element::number("CheckState", 0),
    ];
    let fields = vec![
        Element::number("MsgID", msg_id),
        Element::text("Status", "send success"),
        Element::number("TotalCount", all),
        Element::number("FilterCount", all),
        Element::number("SentCount", reached),
        Element::number("ErrorCount", all - reached),
        Element::parent("CopyrightCheckResult", check),
    ];
    let openid = targets.first().cloned().unwrap_or_default();
    push_event(world, app_id, &openid, "MASSSENDJOBFINISH", fields);
}

/// Months since the year 0 in Asia/Shanghai.
pub(crate) fn month_of(now: i64) -> i64 {
    let date = crate::rules::date(now);
    i64::from(date.year()) * 12 + i64::from(date.month())
}

fn publish(world: &mut World, app_id: &str, publish_id: &str) {
    let article_id = world.fresh_text(20);
    let (base, now) = (world.base.clone(), world.now());
    let Some(account) = world.accounts.get_mut(app_id) else { return };
    let Some(job) = account.publish_jobs.get_mut(publish_id) else { return };
    let articles = job["articles"].as_array().cloned().unwrap_or_default();
    let url = |index: usize| format!("{base}/s/{article_id}?idx={index}");
    let items: Vec<Value> =
        (1..=articles.len()).map(|index| json!({ "idx": index, "article_url": url(index) })).collect();
    let published: Vec<Value> = articles
        .into_iter()
        .enumerate()
        .map(|(index, mut article)| {
            article["url"] = json!(url(index + 1));
            article["is_deleted"] = json!(false);
            article
        })
        .collect();
    job["publish_status"] = json!(0);
    job["article_id"] = json!(article_id);
    job["article_detail"] = json!({ "count": items.len(), "item": items });
    let entry = json!({ "news_item": published, "update_time": now / 1000 });
    account.published.insert(article_id.clone(), entry);
    let details = items.iter().map(|item| {
        let parts = vec![
            Element::number("idx", item["idx"].as_i64().unwrap_or(1)),
            Element::text("article_url", item["article_url"].as_str().unwrap_or("").to_owned()),
        ];
        Element::parent("item", parts)
    });
    let mut detail = vec![Element::number("count", items.len())];
    detail.extend(details);
    let info = vec![
        Element::number("publish_id", publish_id),
        Element::number("publish_status", 0),
        Element::text("article_id", article_id),
        Element::parent("article_detail", detail),
    ];
    let openid = account.followers.keys().next().cloned().unwrap_or_default();
    push_event(world, app_id, &openid, "PUBLISHJOBFINISH", vec![Element::parent("PublishEventInfo", info)]);
}
