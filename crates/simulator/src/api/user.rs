//! Followers: lists, details, remarks, blacklist, moved openids.

use serde_json::{Value, json};

use super::{Call, Endpoint, Outcome, Verb, answer, endpoint, ok, openids, refuse};
use crate::world::{Account, Follower, World, openid, plain};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint(Verb::Get, "/cgi-bin/user/get", list),
    endpoint(Verb::Get, "/cgi-bin/user/info", info),
    endpoint(Verb::Post, "/cgi-bin/user/info/batchget", batch),
    endpoint(Verb::Post, "/cgi-bin/user/info/updateremark", remark),
    endpoint(Verb::Post, "/cgi-bin/tags/members/getblacklist", blacklist),
    endpoint(Verb::Post, "/cgi-bin/tags/members/batchblacklist", block),
    endpoint(Verb::Post, "/cgi-bin/tags/members/batchunblacklist", unblock),
    endpoint(Verb::Post, "/cgi-bin/changeopenid", change),
];

/// Openids on one page of a list.
const PAGE: usize = 10_000;

/// A page of openids after `next`; the last page has no `data`.
pub(crate) fn openid_page(all: &[String], next: &str) -> Value {
    let from = if next.is_empty() {
        0
    } else {
        all.iter().position(|openid| openid == next).map_or(all.len(), |at| at + 1)
    };
    let page: Vec<&String> = all.iter().skip(from).take(PAGE).collect();
    let mut body = json!({ "total": all.len(), "count": page.len(), "next_openid": "" });
    if let Some(last) = page.last() {
        body["next_openid"] = json!(last);
        body["data"] = json!({ "openid": page });
    }
    body
}

fn followers(account: &Account, fits: impl Fn(&Follower) -> bool) -> Vec<String> {
    let mut found: Vec<&Follower> = account.followers.values().filter(|follower| fits(follower)).collect();
    found.sort_by_key(|follower| (follower.subscribed_at, follower.openid.clone()));
    found.into_iter().map(|follower| follower.openid.clone()).collect()
}

fn list(world: &mut World, call: &Call) -> Outcome {
    let account = call.account(world)?;
    answer(openid_page(&followers(account, |follower| follower.subscribed), call.query("next_openid")))
}

/// What the platform tells about a person. Name, picture and place are empty since December 2021.
fn details(follower: &Follower, language: &str) -> Value {
    let mut row = json!({ "subscribe": i32::from(follower.subscribed), "openid": follower.openid });
    if let Some(unionid) = &follower.unionid {
        row["unionid"] = json!(unionid);
    }
    if !follower.subscribed {
        return row;
    }
    let more = json!({ "nickname": "", "sex": 0, "language": language, "city": "", "province": "", "country": "",
        "headimgurl": "", "subscribe_time": follower.subscribed_at / 1000, "remark": follower.remark,
        "groupid": follower.group, "tagid_list": follower.tags, "subscribe_scene": follower.scene,
        "qr_scene": follower.qr_scene, "qr_scene_str": follower.qr_scene_str });
    for (name, value) in more.as_object().into_iter().flatten() {
        row[name] = value.clone();
    }
    row
}

fn language(asked: &str) -> &str {
    if asked.is_empty() { "zh_CN" } else { asked }
}

fn info(world: &mut World, call: &Call) -> Outcome {
    let openid = call.query("openid").to_owned();
    let row = details(call.follower(world, &openid)?, language(call.query("lang")));
    answer(row)
}

fn batch(world: &mut World, call: &Call) -> Outcome {
    let wanted = call.body["user_list"]
        .as_array()
        .filter(|list| (1..=100).contains(&list.len()))
        .ok_or_else(|| refuse(40032))?;
    let account = call.account(world)?;
    let mut rows = Vec::new();
    for user in wanted {
        let follower = account.followers.get(&plain(&user["openid"])).ok_or_else(|| refuse(40003))?;
        rows.push(details(follower, language(user["lang"].as_str().unwrap_or(""))));
    }
    answer(json!({ "user_info_list": rows }))
}

fn remark(world: &mut World, call: &Call) -> Outcome {
    let text = call.text("remark");
    if text.chars().count() >= 30 {
        return Err(refuse(40035).saying("remark too long"));
    }
    call.follower(world, &call.text("openid"))?.remark = text;
    ok()
}

fn blacklist(world: &mut World, call: &Call) -> Outcome {
    let account = call.account(world)?;
    answer(openid_page(&followers(account, |follower| follower.blocked), &call.text("begin_openid")))
}

fn set_blocked(world: &mut World, call: &Call, is_blocked: bool) -> Outcome {
    let list = openids(&call.body["openid_list"], 20)?;
    let account = call.account(world)?;
    if list.iter().any(|openid| !account.followers.contains_key(openid)) {
        return Err(refuse(49003));
    }
    for openid in list {
        if let Some(follower) = account.followers.get_mut(&openid) {
            follower.blocked = is_blocked;
        }
    }
    ok()
}

fn block(world: &mut World, call: &Call) -> Outcome {
    set_blocked(world, call, true)
}

fn unblock(world: &mut World, call: &Call) -> Outcome {
    set_blocked(world, call, false)
}

fn change(world: &mut World, call: &Call) -> Outcome {
    let list = openids(&call.body["openid_list"], 100)?;
    let from = call.required("from_appid")?;
    let old = world.accounts.get(&from).ok_or_else(|| refuse(40013))?;
    let persons: Vec<(String, Option<String>)> = list
        .into_iter()
        .map(|old_id| {
            let person = old.followers.get(&old_id).map(|follower| follower.person.clone());
            (old_id, person)
        })
        .collect();
    let rows: Vec<Value> = persons
        .into_iter()
        .map(|(old_id, person)| match person {
            Some(person) => {
                json!({ "ori_openid": old_id, "new_openid": openid(&call.app_id, &person), "err_msg": "ok" })
            }
            None => json!({ "ori_openid": old_id, "err_msg": "ori_openid error" }),
        })
        .collect();
    answer(json!({ "errcode": 0, "errmsg": "ok", "result_list": rows }))
}
