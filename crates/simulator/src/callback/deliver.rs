//! Delivers the pushes of one person, one after another: five seconds, three attempts with the same body
//! fields, a fresh nonce and signature each, then the "service unavailable" notice.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::body::as_json;
use super::envelope::{Seal, seal};
use super::reply::{Expected, Judgement, Passive, judge};
use crate::faults::{CallbackFault, Copies};
use crate::platform::Platform;
use crate::world::{Callback, ChatItem, Kind, Line, Push, Side, World};

/// Attempts for one push.
const ATTEMPTS: u32 = 3;
/// What the person reads when the account's server fails.
const UNAVAILABLE: &str = "该公众号提供的服务出现故障，请稍后再试";

/// Serves one queue until it is empty.
pub(crate) async fn drain(platform: Platform, key: (String, String)) {
    loop {
        let next = platform.world().pushes.next(&key);
        let Some(push) = next else { return };
        deliver(&platform, &push).await;
    }
}

/// What one attempt came to.
enum Attempt {
    Done(Judgement),
    /// No connection, a broken one, or HTTP that is not 200.
    Failed(String),
    TimedOut,
}

async fn deliver(platform: &Platform, push: &Push) {
    let (callback, fault) = {
        let mut world = platform.world();
        let callback = world.accounts.get(&push.app_id).and_then(|account| account.callback.clone());
        let fault = world.faults.callback(&push.app_id, &push.label);
        if let Some(fault) = &fault {
            let line = world.line(Kind::Fault, format!("Fault on push {}: {fault:?}", push.number));
            world.note(about(line, push));
        }
        (callback, fault)
    };
    let Some(mut callback) = callback else {
        end(platform, push, 0, false, "no callback address is set");
        return;
    };
    match (&fault, callback.previous_key.clone()) {
        (Some(CallbackFault::Late(delay)), _) => tokio::time::sleep(*delay).await,
        (Some(CallbackFault::OldKey), Some(key)) => callback.aes_key = key,
        _ => {}
    }
    match fault {
        Some(CallbackFault::Duplicate(Copies { count, is_overlapping: true })) => {
            let copies = (1..count).map(|_| attempts(platform, push, &callback, 0));
            let (first, _) =
                futures::join!(attempts(platform, push, &callback, 0), futures::future::join_all(copies));
            finish(platform, push, first);
        }
        Some(CallbackFault::Duplicate(Copies { count, is_overlapping: false })) => {
            let first = attempts(platform, push, &callback, 0).await;
            for _ in 1..count {
                // The person sees the first answer only; the copies are in the log.
                let _ = attempts(platform, push, &callback, 0).await;
            }
            finish(platform, push, first);
        }
        _ => {
            let late = if let Some(CallbackFault::LateAnswer(attempts)) = fault { attempts } else { 0 };
            let result = attempts(platform, push, &callback, late).await;
            finish(platform, push, result);
        }
    }
}

/// Up to three attempts; gives how many were made and the last one's judgement.
async fn attempts(
    platform: &Platform,
    push: &Push,
    callback: &Callback,
    late: u32,
) -> (u32, Result<Judgement, String>) {
    let mut why = String::new();
    for number in 1..=ATTEMPTS {
        match attempt(platform, push, callback, number).await {
            Attempt::Done(_) if number <= late => {
                why = "no answer in time".into();
                let mut world = platform.world();
                fail(&mut world, push, number, 5000, "the answer came too late (on demand)");
            }
            Attempt::Done(judgement) => return (number, Ok(judgement)),
            Attempt::TimedOut => why = "no answer in time".into(),
            Attempt::Failed(reason) => {
                why = reason;
                if number < ATTEMPTS {
                    let gap = platform.world().settings.retry_gap_ms;
                    tokio::time::sleep(Duration::from_millis(gap)).await;
                }
            }
        }
    }
    (ATTEMPTS, Err(why))
}

async fn attempt(platform: &Platform, push: &Push, callback: &Callback, number: u32) -> Attempt {
    let (sealed, limit) = {
        let mut world = platform.world();
        let timestamp = world.now() / 1000;
        let nonce = u64::from(rand::random::<u32>());
        let order = Seal { callback, app_id: &push.app_id, openid: &push.openid, timestamp, nonce };
        let sealed = seal(&order, &push.fields);
        if let Some(message) = push.token.as_deref().and_then(|token| world.scripts.message(token)) {
            message.attempts += 1;
        }
        if let Ok(envelope) = &sealed
            && world.settings.log
        {
            let summary = format!("Attempt {number} of push {} ({})", push.number, push.label);
            let mut line = about(world.line(Kind::Attempt, summary), push);
            line.detail = json!({ "attempt": number, "method": "POST", "url": envelope.url, "body": envelope.body,
                "content_type": envelope.content_type });
            world.note(line);
        }
        (sealed, Duration::from_millis(world.settings.callback_timeout_ms))
    };
    let envelope = match sealed {
        Ok(envelope) => envelope,
        Err(error) => return Attempt::Failed(format!("the account's EncodingAESKey: {error}")),
    };
    let started = Instant::now();
    let request =
        platform.http.post(&envelope.url).header("content-type", envelope.content_type).body(envelope.body);
    let exchange = async {
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        Ok::<_, reqwest::Error>((status, answer.bytes().await?))
    };
    let outcome = tokio::time::timeout(limit, exchange).await;
    let took = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let mut world = platform.world();
    match outcome {
        Err(_) => {
            fail(&mut world, push, number, took, "no answer in time; the platform hangs up");
            Attempt::TimedOut
        }
        Ok(Err(error)) => {
            let why = format!("connection failed: {}", root_cause(&error));
            fail(&mut world, push, number, took, &why);
            Attempt::Failed(why)
        }
        Ok(Ok((status, body))) if status != 200 => {
            let why = format!("HTTP {status}");
            fail(&mut world, push, number, took, &format!("{why}: {}", start_of(&body)));
            Attempt::Failed(why)
        }
        Ok(Ok((_, body))) => {
            let mut judgement = weigh(&world, push, callback, &body);
            if !push.is_visible && matches!(judgement, Judgement::Message(_)) {
                judgement = Judgement::Dropped("the result of a job is not answered to anybody".into());
            }
            log_reply(&mut world, push, (number, took), &body, &judgement);
            Attempt::Done(judgement)
        }
    }
}

fn weigh(world: &World, push: &Push, callback: &Callback, body: &[u8]) -> Judgement {
    let Some(account) = world.accounts.get(&push.app_id) else { return Judgement::Accepted };
    let now = world.now();
    let is_event = push.label.starts_with("event");
    let expected = Expected {
        callback,
        app_id: &push.app_id,
        original_id: &account.original_id,
        openid: &push.openid,
        is_event,
    };
    judge(&expected, body, &|id| account.knows_media(id, now))
}

fn log_reply(world: &mut World, push: &Push, (number, took): (u32, u64), body: &[u8], judgement: &Judgement) {
    if !world.settings.log {
        return;
    }
    let (ok, summary, extra) = match judgement {
        Judgement::Accepted => (true, "Acknowledged without an answer".to_owned(), Value::Null),
        Judgement::Message(Passive { content, plain, flags, .. }) => {
            let kind = content["type"].as_str().unwrap_or("transfer_customer_service");
            let flagged = if flags.is_empty() { String::new() } else { format!(", {}", flags.join("; ")) };
            let detail = json!({ "plain": plain, "flags": flags });
            (flags.is_empty(), format!("Passive reply ({kind}{flagged})"), detail)
        }
        Judgement::Dropped(why) => (false, format!("Passive reply not shown: {why}"), Value::Null),
        Judgement::Refused(why) => (false, format!("Answer refused: {why}"), Value::Null),
    };
    let mut line = about(world.line(Kind::Reply, summary), push);
    line.ok = ok;
    line.detail = json!({ "attempt": number, "milliseconds": took, "status": 200, "body": start_of(body), "reply": extra });
    world.note(line);
}

fn fail(world: &mut World, push: &Push, number: u32, took: u64, why: &str) {
    let mut line =
        about(world.line(Kind::Failure, format!("Attempt {number} of push {}: {why}", push.number)), push);
    line.ok = false;
    line.detail = json!({ "attempt": number, "milliseconds": took });
    world.note(line);
}

/// Shows the outcome to the person and closes the push.
fn finish(platform: &Platform, push: &Push, (attempts, result): (u32, Result<Judgement, String>)) {
    let (ok, outcome) = match &result {
        Ok(Judgement::Accepted) => (true, "acknowledged".to_owned()),
        Ok(Judgement::Message(_)) => (true, "answered".to_owned()),
        Ok(Judgement::Dropped(why)) => (true, format!("dropped: {why}")),
        Ok(Judgement::Refused(why)) => (false, format!("refused: {why}")),
        Err(why) => (false, format!("failed: {why}")),
    };
    if let Ok(Judgement::Message(passive)) = result {
        platform.act(|world| show(world, push, passive));
    }
    end(platform, push, attempts, ok, &outcome);
}

fn show(world: &mut World, push: &Push, passive: Passive) {
    if let Some(desk) = passive.desk {
        crate::api::kf::hand_over(world, &push.app_id, &push.openid, &desk);
        return;
    }
    if let Some(message) = push.token.as_deref().and_then(|token| world.scripts.message(token)) {
        message.passive += 1;
    }
    let mut item = ChatItem::new(Side::Account, "passive", passive.content);
    item.push = Some(push.number);
    world.show(&push.app_id, &push.openid, item);
}

fn end(platform: &Platform, push: &Push, attempts: u32, ok: bool, outcome: &str) {
    let mut world = platform.world();
    if let Some(message) = push.token.as_deref().and_then(|token| world.scripts.message(token)) {
        message.acknowledged = ok;
    }
    if !ok {
        let mut line = about(
            world.line(Kind::Failure, format!("Push {} ({}) {outcome}", push.number, push.label)),
            push,
        );
        line.ok = false;
        line.detail = json!({ "attempts": attempts, "fields": as_json(&push.fields) });
        world.note(line);
        if push.is_visible && attempts > 0 {
            let mut item = ChatItem::new(
                Side::Notice,
                "notice",
                json!({ "type": "notice", "code": "unavailable", "text": UNAVAILABLE }),
            );
            item.push = Some(push.number);
            world.show(&push.app_id, &push.openid, item);
        }
    }
    world
        .pushes
        .end(push.number, crate::world::Ending { acknowledged: ok, attempts, outcome: outcome.to_owned() });
}

/// The line, tied to the push.
fn about(mut line: Line, push: &Push) -> Line {
    line.app_id = Some(push.app_id.clone());
    line.openid = Some(push.openid.clone());
    line.push = Some(push.number);
    line
}

fn start_of(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(8192)]).into_owned()
}

fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}
