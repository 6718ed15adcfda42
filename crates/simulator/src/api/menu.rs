//! Custom menus: default and conditional ones, and which one a person sees.

use serde_json::{Value, json};

use super::menu_rules::check;
use super::{Call, Endpoint, Outcome, Verb, answer, endpoint, number, ok, refuse};
use crate::world::{Account, Follower, World, plain};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint(Verb::Post, "/cgi-bin/menu/create", create),
    endpoint(Verb::Get, "/cgi-bin/menu/get", get),
    endpoint(Verb::Any, "/cgi-bin/menu/delete", delete),
    endpoint(Verb::Get, "/cgi-bin/get_current_selfmenu_info", current),
    endpoint(Verb::Post, "/cgi-bin/menu/addconditional", add_conditional),
    endpoint(Verb::Post, "/cgi-bin/menu/delconditional", delete_conditional),
    endpoint(Verb::Post, "/cgi-bin/menu/trymatch", try_match),
];

fn create(world: &mut World, call: &Call) -> Outcome {
    let (now, id) = (world.now(), world.fresh_number());
    let rules = std::sync::Arc::clone(&world.rules);
    let account = call.account(world)?;
    check(&call.body["button"], &rules, account.date(now))?;
    account.menu = Some(with_lists(&call.body["button"]));
    account.menu_id = id;
    tell(world, call);
    ok()
}

/// Phones that are open fetch the new menu at once; a real one does so after five minutes.
fn tell(world: &World, call: &Call) {
    world.tell(&json!({ "menu": { "app_id": call.app_id } }));
}

/// Every button carries `sub_button` in answers, if only an empty one.
fn with_lists(buttons: &Value) -> Value {
    let mut buttons = buttons.clone();
    for button in buttons.as_array_mut().into_iter().flatten() {
        if button["sub_button"].is_null() {
            button["sub_button"] = json!([]);
        }
        for sub in button["sub_button"].as_array_mut().into_iter().flatten() {
            sub["sub_button"] = json!([]);
        }
    }
    buttons
}

fn get(world: &mut World, call: &Call) -> Outcome {
    let account = call.account(world)?;
    let menu = account.menu.as_ref().ok_or_else(|| refuse(46003))?;
    let mut body = json!({ "menu": { "button": menu } });
    if !account.conditional.is_empty() {
        body["menu"]["menuid"] = json!(account.menu_id);
        body["conditionalmenu"] = json!(account.conditional);
    }
    answer(body)
}

fn delete(world: &mut World, call: &Call) -> Outcome {
    let account = call.account(world)?;
    account.menu = None;
    account.conditional.clear();
    tell(world, call);
    ok()
}

fn current(world: &mut World, call: &Call) -> Outcome {
    let account = call.account(world)?;
    let Some(menu) = &account.menu else { return answer(json!({ "is_menu_open": 0 })) };
    let mut buttons = menu.clone();
    for button in buttons.as_array_mut().into_iter().flatten() {
        let subs = button["sub_button"].as_array().cloned().unwrap_or_default();
        if let Some(object) = button.as_object_mut() {
            object.remove("sub_button");
            if !subs.is_empty() {
                object.insert("sub_button".into(), json!({ "list": subs }));
            }
        }
    }
    answer(json!({ "is_menu_open": 1, "selfmenu_info": { "button": buttons } }))
}

fn add_conditional(world: &mut World, call: &Call) -> Outcome {
    let (now, id) = (world.now(), world.fresh_number());
    let rules = std::sync::Arc::clone(&world.rules);
    let account = call.account(world)?;
    if account.menu.is_none() {
        return Err(refuse(65303));
    }
    let rule =
        call.body["matchrule"].as_object().filter(|rule| rule.values().any(|value| !plain(value).is_empty()));
    let rule = rule.ok_or_else(|| refuse(65304))?;
    check(&call.body["button"], &rules, account.date(now))?;
    account
        .conditional
        .push(json!({ "button": with_lists(&call.body["button"]), "matchrule": rule, "menuid": id }));
    tell(world, call);
    answer(json!({ "menuid": id.to_string() }))
}

fn delete_conditional(world: &mut World, call: &Call) -> Outcome {
    let id = call.number("menuid").ok_or_else(|| refuse(65301))?;
    let account = call.account(world)?;
    let before = account.conditional.len();
    account.conditional.retain(|menu| menu["menuid"] != json!(id));
    if account.conditional.len() == before {
        return Err(refuse(65301));
    }
    tell(world, call);
    ok()
}

fn try_match(world: &mut World, call: &Call) -> Outcome {
    let user = call.required("user_id")?;
    let account = call.account(world)?;
    if account.menu.is_none() {
        return Err(refuse(46003));
    }
    let follower =
        account.followers.get(&user).filter(|follower| follower.subscribed).ok_or_else(|| refuse(40028))?;
    answer(json!({ "button": visible(account, follower) }))
}

/// The buttons that this person sees: the newest conditional menu that fits, or the default one.
fn visible(account: &Account, follower: &Follower) -> Value {
    let fits = |menu: &&Value| {
        let rule = &menu["matchrule"];
        let tag = number(&rule["tag_id"]).or_else(|| number(&rule["group_id"]));
        let client = number(&rule["client_platform_type"]);
        tag.is_none_or(|tag| follower.tags.contains(&tag))
            && client.is_none_or(|client| client == follower.client)
    };
    let chosen = account.conditional.iter().rev().find(fits).map(|menu| menu["button"].clone());
    chosen.or_else(|| account.menu.clone()).unwrap_or(Value::Null)
}

/// The buttons on the person's phone: it asks again only when its copy is old (`menu_cache_seconds`).
pub(crate) fn on_phone(world: &mut World, app_id: &str, openid: &str) -> Value {
    let (now, life) = (world.now(), world.settings.menu_cache_seconds * 1000);
    let Some(account) = world.accounts.get(app_id) else { return Value::Null };
    let Some(follower) = account.followers.get(openid).filter(|follower| follower.subscribed) else {
        return Value::Null;
    };
    if let Some((menu, _)) = follower.menu.as_ref().filter(|(_, at)| now - at < life) {
        return menu.clone();
    }
    let menu = visible(account, follower);
    if let Some(follower) = world.follower(app_id, openid) {
        follower.menu = Some((menu.clone(), now));
    }
    menu
}
