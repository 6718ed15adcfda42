//! Parametric QR codes, their pictures, short keys.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Answer, Call, Endpoint, Outcome, Verb, answer, endpoint, open_endpoint, refuse};
use crate::world::{QrCode, World, plain};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint(Verb::Post, "/cgi-bin/qrcode/create", create),
    open_endpoint(Verb::Get, "/cgi-bin/showqrcode", picture),
];

/// Seconds that a temporary code lives when nothing is said.
const DEFAULT_LIFE: i64 = 60;
/// Permanent codes of an account.
const MOST: usize = 100_000;

fn create(world: &mut World, call: &Call) -> Outcome {
    let action = call.text("action_name");
    let (is_text, is_permanent) = match action.as_str() {
        "QR_SCENE" => (false, false),
        "QR_STR_SCENE" => (true, false),
        "QR_LIMIT_SCENE" => (false, true),
        "QR_LIMIT_STR_SCENE" => (true, true),
        _ => return Err(refuse(40053).saying("invalid action info")),
    };
    let scene = &call.body["action_info"]["scene"];
    let (id, text) = (super::number(&scene["scene_id"]).unwrap_or(0), plain(&scene["scene_str"]));
    let highest = if is_permanent { 100_000 } else { i64::from(u32::MAX) };
    let is_good =
        if is_text { (1..=64).contains(&text.chars().count()) } else { (1..=highest).contains(&id) };
    if !is_good {
        return Err(refuse(40053).saying("invalid action info"));
    }
    let (now, ticket, short) = (world.now(), format!("g{}", world.fresh_text(95)), world.fresh_text(22));
    let rules = std::sync::Arc::clone(&world.rules);
    let account = call.account(world)?;
    let longest = i64::try_from(rules.size("qr_temporary_seconds", account.date(now))).unwrap_or(i64::MAX);
    let life = call.number("expire_seconds").unwrap_or(DEFAULT_LIFE);
    if !is_permanent && !(1..=longest).contains(&life) {
        return Err(refuse(40035).saying("invalid expire_seconds"));
    }
    if is_permanent && account.codes.values().filter(|code| code.expires_at.is_none()).count() == MOST {
        return Err(refuse(45029).saying("qrcode count out of limit"));
    }
    let code = QrCode {
        ticket: ticket.clone(),
        url: format!("http://weixin.qq.com/q/{short}"),
        scene_id: if is_text { 0 } else { id },
        scene_str: if is_text { text } else { String::new() },
        expires_at: (!is_permanent).then_some(now + life * 1000),
    };
    let mut body = json!({ "ticket": ticket, "url": code.url });
    if !is_permanent {
        body["expire_seconds"] = json!(life);
    }
    account.codes.insert(ticket, code);
    answer(body)
}

fn picture(world: &mut World, call: &Call) -> Outcome {
    let now = world.now();
    let ticket = call.query("ticket");
    let code = world.accounts.values().find_map(|account| account.codes.get(ticket));
    let code =
        code.filter(|code| code.expires_at.is_none_or(|until| now < until)).ok_or_else(|| refuse(40066))?;
    let png = crate::qr::png(&code.url, 8).ok_or_else(|| refuse(-1))?;
    Ok(Answer::File { mime: "image/png".into(), name: "qrcode.png".into(), bytes: Bytes::from(png) })
}

/// The live codes of an account for the phone's scanner.
pub(crate) fn live(codes: impl Iterator<Item = QrCode>, now: i64) -> Vec<Value> {
    let live = codes.filter(|code| code.expires_at.is_none_or(|until| now < until));
    live.map(|code| json!({ "ticket": code.ticket, "scene": code.scene(), "expires_at": code.expires_at }))
        .collect()
}
