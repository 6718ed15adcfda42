//! Scripted customers: N people who talk at a rate, and the counts of what came back.

use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::json;
use wechat::element::Element;

use super::{Input, Problem, Reply};
use crate::callback::Act;
use crate::platform::Platform;
use crate::world::{Scripted, World};

/// How often the rate is kept.
const STEP: Duration = Duration::from_millis(10);

/// A script. Every message carries a token of its own as `#token#`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    app_id: String,
    /// How many people talk; 1 to 20000.
    people: usize,
    /// How many messages in all; at most 500000.
    messages: usize,
    /// Messages a second; at most 20000.
    rate: f64,
    /// What they say, in turn. `{token}` stands for the token, otherwise it is added at the end.
    #[serde(default)]
    texts: Vec<String>,
}

/// Starts it; people follow silently first.
pub(crate) async fn start(State(platform): State<Platform>, Input(mut script): Input<Script>) -> Reply {
    if !(1..=20_000).contains(&script.people) || !(1..=500_000).contains(&script.messages) {
        return Err(Problem::invalid("people: 1 to 20000; messages: 1 to 500000"));
    }
    if !(script.rate > 0.0 && script.rate <= 20_000.0) {
        return Err(Problem::invalid("rate: over 0, at most 20000 messages a second"));
    }
    if script.texts.is_empty() {
        script.texts = vec!["你好，我想问一下".to_owned()];
    }
    let (name, openids) = {
        let mut world = platform.world();
        if !world.accounts.contains_key(&script.app_id) {
            return Err(Problem::missing("account"));
        }
        world.scripts.last += 1;
        world.scripts.running += 1;
        (format!("s{}", world.scripts.last), crowd(&mut world, &script.app_id, script.people))
    };
    tokio::spawn(run(platform, script, name.clone(), openids));
    Ok(Json(json!({ "script": name })))
}

/// The first `count` scripted people of an account, following.
fn crowd(world: &mut World, app_id: &str, count: usize) -> Vec<String> {
    let now = world.now();
    let mut openids = Vec::with_capacity(count);
    for number in 1..=count {
        let id = format!("crowd{number}");
        if !world.people.contains_key(&id) {
            let mut person = world.add_person(None);
            world.people.remove(&person.id);
            person.id.clone_from(&id);
            world.people.insert(id.clone(), person);
        }
        let Some(openid) = world.meet(app_id, &id) else { continue };
        if let Some(follower) = world.follower(app_id, &openid) {
            follower.subscribed = true;
            follower.subscribed_at = now;
        }
        openids.push(openid);
    }
    openids
}

async fn run(platform: Platform, script: Script, name: String, openids: Vec<String>) {
    let started = tokio::time::Instant::now();
    let mut sent = 0;
    let mut ticks = tokio::time::interval(STEP);
    while sent < script.messages {
        ticks.tick().await;
        let due = due(started.elapsed(), script.rate).min(script.messages);
        if due > sent {
            platform.act(|world| {
                for number in sent..due {
                    say(world, &script, &name, &openids[number % openids.len()], number);
                }
            });
            sent = due;
        }
    }
    platform.world().scripts.running -= 1;
}

/// Messages that should have been sent by now.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 500000, never negative")]
fn due(elapsed: Duration, rate: f64) -> usize {
    (elapsed.as_secs_f64() * rate).min(1e9) as usize + 1
}

fn say(world: &mut World, script: &Script, name: &str, openid: &str, number: usize) {
    let token = world.fresh_text(12);
    let words = &script.texts[number % script.texts.len()];
    let text = if words.contains("{token}") {
        words.replace("{token}", &format!("#{token}#"))
    } else {
        format!("{words} #{token}#")
    };
    let message = Scripted {
        token: token.clone(),
        script: name.to_owned(),
        app_id: script.app_id.clone(),
        openid: openid.to_owned(),
        sent_at: world.now(),
        ..Scripted::default()
    };
    world.scripts.sent(message);
    let act = Act::message(
        "text",
        vec![Element::text("Content", text.clone())],
        json!({ "type": "text", "text": text }),
    );
    let push = crate::acts::perform(world, &script.app_id, openid, &act, Some(token.clone()));
    if let Some(message) = world.scripts.message(&token) {
        message.push = push.unwrap_or(0);
    }
}

/// Which script, and whether every message is listed.
#[derive(Deserialize)]
pub(crate) struct CountQuery {
    script: Option<String>,
    #[serde(default)]
    messages: bool,
}

/// What became of the scripted messages.
pub(crate) async fn counts(State(platform): State<Platform>, Query(query): Query<CountQuery>) -> Reply {
    let world = platform.world();
    let mut counts = world.scripts.counts(query.script.as_deref(), query.messages);
    counts["open_pushes"] = json!(world.pushes.open());
    Ok(Json(counts))
}

/// Starts counting anew.
pub(crate) async fn forget(State(platform): State<Platform>) -> Reply {
    platform.world().scripts.forget();
    Ok(Json(json!({ "ok": true })))
}
