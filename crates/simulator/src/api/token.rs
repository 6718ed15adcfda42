//! Tokens, the platform's own addresses, quotas, the JS ticket.

use serde_json::json;

use super::{Call, Endpoint, Outcome, Refusal, Verb, answer, endpoint, ok, open_endpoint, refuse};
use crate::rules::day_number;
use crate::world::{Account, ForceProblem, World};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    open_endpoint(Verb::Get, "/cgi-bin/token", token),
    open_endpoint(Verb::Post, "/cgi-bin/stable_token", stable_token),
    endpoint(Verb::Get, "/cgi-bin/getcallbackip", addresses),
    endpoint(Verb::Get, "/cgi-bin/get_api_domain_ip", addresses),
    endpoint(Verb::Post, "/cgi-bin/callback/check", callback_check),
    endpoint(Verb::Post, "/cgi-bin/clear_quota", clear_quota),
    open_endpoint(Verb::Post, "/cgi-bin/clear_quota/v2", clear_quota_by_secret),
    endpoint(Verb::Post, "/cgi-bin/openapi/quota/get", quota),
    endpoint(Verb::Post, "/cgi-bin/openapi/rid/get", request_by_id),
    endpoint(Verb::Get, "/cgi-bin/ticket/getticket", ticket),
    endpoint(Verb::Get, "/cgi-bin/get_current_autoreply_info", auto_replies),
];

/// Account by AppID, secret and address.
fn admit<'w>(
    world: &'w mut World,
    call: &Call,
    app_id: &str,
    secret: &str,
) -> Result<&'w mut Account, Refusal> {
    if app_id.is_empty() {
        return Err(refuse(41002));
    }
    if secret.is_empty() {
        return Err(refuse(41004));
    }
    let account = world.accounts.get_mut(app_id).ok_or_else(|| refuse(40013))?;
    if account.app_secret != secret {
        return Err(refuse(40125));
    }
    let peer = call.peer.to_string();
    if !account.ip_list.is_empty() && !account.ip_list.contains(&peer) {
        return Err(refuse(40164).saying(format!("invalid ip {peer} ipv6 ::ffff:{peer}, not in whitelist")));
    }
    Ok(account)
}

fn token(world: &mut World, call: &Call) -> Outcome {
    if call.query("grant_type") != "client_credential" {
        return Err(refuse(40002));
    }
    let (fresh, now) = (world.fresh_text(136), world.now());
    let account = admit(world, call, call.query("appid"), call.query("secret"))?;
    let life = account.tokens.issue_plain(fresh.clone(), now);
    answer(json!({ "access_token": fresh, "expires_in": life }))
}

fn stable_token(world: &mut World, call: &Call) -> Outcome {
    if call.text("grant_type") != "client_credential" {
        return Err(refuse(40002));
    }
    let (fresh, now) = (world.fresh_text(136), world.now());
    let account = admit(world, call, &call.text("appid"), &call.text("secret"))?;
    let force = call.body["force_refresh"].as_bool().unwrap_or(false);
    match account.tokens.issue_stable(fresh, force, now) {
        Ok((token, life)) => answer(json!({ "access_token": token, "expires_in": life })),
        Err(ForceProblem::DayUsedUp) => Err(refuse(45009)),
        Err(ForceProblem::TooSoon) => Err(refuse(45011)),
    }
}

fn addresses(_: &mut World, _: &Call) -> Outcome {
    answer(json!({ "ip_list": ["127.0.0.1", "127.0.0.0/8"] }))
}

fn callback_check(_: &mut World, call: &Call) -> Outcome {
    let action = call.text("action");
    if !["all", "dns", "ping"].contains(&action.as_str()) {
        return Err(refuse(40035));
    }
    let mut found = json!({});
    if action != "ping" {
        found["dns"] = json!([{ "ip": "127.0.0.1", "real_operator": "LOOPBACK" }]);
    }
    if action != "dns" {
        let row =
            json!({ "ip": "127.0.0.1", "from_operator": "LOOPBACK", "package_loss": "0%", "time": "0.1ms" });
        found["ping"] = json!([row]);
    }
    answer(found)
}

fn clear_quota(world: &mut World, call: &Call) -> Outcome {
    if call.text("appid") != call.app_id {
        return Err(refuse(40013));
    }
    clear(world, &call.app_id)
}

fn clear_quota_by_secret(world: &mut World, call: &Call) -> Outcome {
    let app_id = call.text("appid");
    admit(world, call, &app_id, &call.text("appsecret"))?;
    clear(world, &app_id)
}

fn clear(world: &mut World, app_id: &str) -> Outcome {
    let now = world.now();
    let month = crate::jobs::month_of(now);
    let rules = std::sync::Arc::clone(&world.rules);
    let account = world.accounts.get_mut(app_id).ok_or_else(|| refuse(40013))?;
    let used = if account.clears.0 == month { account.clears.1 } else { 0 };
    if used >= rules.size("quota_clears_month", account.date(now)) {
        return Err(refuse(48006));
    }
    account.clears = (month, used + 1);
    account.used.clear();
    ok()
}

fn quota(world: &mut World, call: &Call) -> Outcome {
    let (now, path) = (world.now(), call.required("cgi_path")?);
    let rules = std::sync::Arc::clone(&world.rules);
    let account = call.account(world)?;
    let Some(limit) = rules.quota(&path, account.date(now)) else {
        return Err(refuse(76021).saying("cgi_path not found"));
    };
    let used = account.used.get(&(path, day_number(now))).copied().unwrap_or(0);
    let quota = json!({ "daily_limit": limit, "used": used, "remain": limit.saturating_sub(used) });
    answer(json!({ "errcode": 0, "errmsg": "ok", "quota": quota, "rate_limit": {} }))
}

fn request_by_id(world: &mut World, call: &Call) -> Outcome {
    let rid = call.required("rid")?;
    let found =
        world.log.newest(usize::MAX).into_iter().rev().find(|line| {
            line.detail["response"]["errmsg"].as_str().is_some_and(|words| words.ends_with(&rid))
        });
    let line = found.ok_or_else(|| refuse(76022).saying("rid not found"))?;
    let request = json!({ "invoke_time": line.at / 1000, "request_url": line.summary,
        "request_body": line.detail["request"], "response_body": line.detail["response"].to_string() });
    answer(json!({ "errcode": 0, "errmsg": "ok", "request": request }))
}

fn ticket(world: &mut World, call: &Call) -> Outcome {
    let kind = match call.query("type") {
        "" => "jsapi",
        kind @ ("jsapi" | "wx_card") => kind,
        _ => return Err(refuse(40035)),
    };
    let (fresh, now) = (world.fresh_text(86), world.now());
    let account = call.account(world)?;
    let entry = account.ticket.entry(kind.to_owned()).or_default();
    if entry.1 - now < 300_000 {
        *entry = (fresh, now + 7_200_000);
    }
    answer(json!({ "errcode": 0, "errmsg": "ok", "ticket": entry.0, "expires_in": (entry.1 - now) / 1000 }))
}

fn auto_replies(_: &mut World, _: &Call) -> Outcome {
    answer(
        json!({ "is_add_friend_reply_open": 0, "is_autoreply_open": 0, "keyword_autoreply_info": { "list": [] } }),
    )
}
