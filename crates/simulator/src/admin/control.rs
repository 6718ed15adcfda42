//! Log, faults, clock, settings, files.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::{Input, Problem, Reply};
use crate::faults::Fault;
use crate::platform::Platform;
use crate::rules::day_number;
use crate::world::{Kind, Settings, World};

/// Which lines.
#[derive(Deserialize)]
pub(crate) struct LogQuery {
    after: Option<u64>,
    limit: Option<usize>,
    app_id: Option<String>,
    openid: Option<String>,
}

/// Lines after a number; without one, the newest.
pub(crate) async fn log(State(platform): State<Platform>, Query(query): Query<LogQuery>) -> Reply {
    let world = platform.world();
    let limit = query.limit.unwrap_or(500).clamp(1, 5000);
    let mut items = match query.after {
        Some(after) => world.log.after(after, limit),
        None => world.log.newest(limit),
    };
    items.retain(|line| query.app_id.is_none() || line.app_id == query.app_id);
    items.retain(|line| query.openid.is_none() || line.openid == query.openid);
    Ok(Json(json!({ "items": items, "last": world.log.last() })))
}

/// How a push ended.
pub(crate) async fn push(State(platform): State<Platform>, Path(number): Path<u64>) -> Reply {
    let world = platform.world();
    Ok(Json(json!({ "push": number, "ending": world.pushes.ending(number) })))
}

/// A stored file; expired ones are gone, as on the real platform.
pub(crate) async fn media(
    State(platform): State<Platform>,
    Path((app_id, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let world = platform.world();
    let account = world.accounts.get(&app_id).ok_or_else(|| Problem::missing("account"))?;
    let media = account.live_media(&id, world.now()).ok_or_else(|| Problem::missing("file"))?;
    let head = [
        (header::CONTENT_TYPE, media.mime.clone()),
        // What people upload must not run as a page of this address.
        (header::CONTENT_SECURITY_POLICY, "sandbox".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((head, media.bytes.clone()).into_response())
}

/// The faults that are switched on.
pub(crate) async fn faults(State(platform): State<Platform>) -> Reply {
    let world = platform.world();
    Ok(Json(json!({ "faults": world.faults.list })))
}

/// The whole list of faults, and things that happen once.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wish {
    /// Replaces the list.
    faults: Option<Vec<Fault>>,
    /// All tokens of these accounts expire now; `["*"]` = of all.
    #[serde(default)]
    expire_tokens: Vec<String>,
    /// The day's quota of this path is used up now, in all accounts.
    #[serde(default)]
    use_up: Vec<String>,
    /// Counters of all quotas start again.
    #[serde(default)]
    reset_quotas: bool,
}

/// Switches faults.
pub(crate) async fn set_faults(State(platform): State<Platform>, Input(wish): Input<Wish>) -> Reply {
    let mut world = platform.world();
    if let Some(mut list) = wish.faults {
        for (index, fault) in list.iter_mut().enumerate() {
            if let Some(problem) = fault.problem() {
                return Err(Problem::invalid(format!("faults[{index}]: {problem}")));
            }
            fault.hits = 0;
        }
        world.faults.list = list;
    }
    let expired = expire(&mut world, &wish.expire_tokens);
    use_up(&mut world, &wish.use_up)?;
    if wish.reset_quotas {
        world.accounts.values_mut().for_each(|account| account.used.clear());
    }
    let mut line = world.line(Kind::Fault, "Faults were switched");
    line.detail = json!({ "faults": world.faults.list, "expired_tokens": expired, "use_up": wish.use_up });
    world.note(line);
    let list = json!(world.faults.list);
    world.tell(&json!({ "faults": list }));
    Ok(Json(json!({ "faults": list, "expired_tokens": expired })))
}

fn expire(world: &mut World, accounts: &[String]) -> usize {
    let now = world.now();
    let chosen = world
        .accounts
        .values_mut()
        .filter(|account| accounts.iter().any(|wanted| wanted == "*" || *wanted == account.app_id));
    chosen.map(|account| account.tokens.expire_all(now)).sum()
}

fn use_up(world: &mut World, paths: &[String]) -> Result<(), Problem> {
    let now = world.now();
    let rules = std::sync::Arc::clone(&world.rules);
    for path in paths {
        for account in world.accounts.values_mut() {
            let limit = rules.quota(path, account.date(now));
            let limit = limit.ok_or_else(|| Problem::invalid(format!("{path} has no daily quota")))?;
            account.used.insert((path.clone(), day_number(now)), limit);
        }
    }
    Ok(())
}

/// Times that testers may shorten.
pub(crate) async fn settings(State(platform): State<Platform>) -> Reply {
    Ok(Json(json!(platform.world().settings)))
}

/// Sets them; what is not named returns to its usual value.
pub(crate) async fn set_settings(
    State(platform): State<Platform>,
    Input(settings): Input<Settings>,
) -> Reply {
    if !(10..=60_000).contains(&settings.callback_timeout_ms) || settings.retry_gap_ms > 600_000 {
        return Err(Problem::invalid("callback_timeout_ms: 10 to 60000; retry_gap_ms: at most 600000"));
    }
    let mut world = platform.world();
    world.settings = settings;
    Ok(Json(json!(world.settings)))
}

/// The simulator's time.
pub(crate) async fn clock(State(platform): State<Platform>) -> Reply {
    let world = platform.world();
    Ok(Json(json!({ "now": world.now() })))
}

/// How far.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    seconds: i64,
}

/// Moves the clock forward; what became due happens at once.
pub(crate) async fn advance(State(platform): State<Platform>, Input(step): Input<Step>) -> Reply {
    if !(0..=3_200_000_000).contains(&step.seconds) {
        return Err(Problem::invalid("seconds: 0 to 3200000000; the clock only runs forward"));
    }
    let now = platform.act(|world| {
        world.advance(step.seconds * 1000);
        let now = world.now();
        for timer in world.timers.due(now) {
            crate::jobs::run(world, timer);
        }
        let line = world.line(Kind::Note, format!("The clock was moved {} s forward", step.seconds));
        world.note(line);
        world.tell(&json!({ "clock": now }));
        now
    });
    Ok(Json(json!({ "now": now })))
}

/// Forgets everything but the address.
pub(crate) async fn reset(State(platform): State<Platform>) -> Reply {
    let mut world = platform.world();
    let base = world.base.clone();
    *world = World::new(base);
    Ok(Json(json!({ "ok": true })))
}
