//! Tags, and the groups that came before them.

use serde_json::{Value, json};

use super::user::openid_page;
use super::{Call, Endpoint, Outcome, Refusal, Verb, answer, endpoint, number, ok, openids, refuse};
use crate::world::{World, plain};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint(Verb::Post, "/cgi-bin/tags/create", create),
    endpoint(Verb::Any, "/cgi-bin/tags/get", list),
    endpoint(Verb::Post, "/cgi-bin/tags/update", update),
    endpoint(Verb::Post, "/cgi-bin/tags/delete", delete),
    endpoint(Verb::Post, "/cgi-bin/user/tag/get", members),
    endpoint(Verb::Post, "/cgi-bin/tags/members/batchtagging", tag),
    endpoint(Verb::Post, "/cgi-bin/tags/members/batchuntagging", untag),
    endpoint(Verb::Post, "/cgi-bin/tags/getidlist", of_person),
    endpoint(Verb::Post, "/cgi-bin/groups/create", create_group),
    endpoint(Verb::Get, "/cgi-bin/groups/get", groups),
    endpoint(Verb::Post, "/cgi-bin/groups/getid", group_of_person),
    endpoint(Verb::Post, "/cgi-bin/groups/update", rename_group),
    endpoint(Verb::Post, "/cgi-bin/groups/members/update", move_person),
    endpoint(Verb::Post, "/cgi-bin/groups/members/batchupdate", move_people),
    endpoint(Verb::Post, "/cgi-bin/groups/delete", delete_group),
];

/// Tags of an account; ids up to 2 are the system's.
const MOST: usize = 100;
const LAST_SYSTEM: i64 = 2;

fn check_name(name: &str) -> Result<(), Refusal> {
    if name.is_empty() {
        return Err(refuse(45157));
    }
    if name.len() > 30 { Err(refuse(45158)) } else { Ok(()) }
}

fn create(world: &mut World, call: &Call) -> Outcome {
    let name = plain(&call.body["tag"]["name"]);
    check_name(&name)?;
    let account = call.account(world)?;
    if account.tags.values().any(|other| *other == name) {
        return Err(refuse(45157));
    }
    if account.tags.len() >= MOST {
        return Err(refuse(45056));
    }
    let id = account.tags.keys().next_back().map_or(100, |last| (last + 1).max(100));
    account.tags.insert(id, name.clone());
    answer(json!({ "tag": { "id": id, "name": name } }))
}

fn list(world: &mut World, call: &Call) -> Outcome {
    let account = call.account(world)?;
    let count = |id: i64| account.followers.values().filter(|follower| follower.tags.contains(&id)).count();
    let rows: Vec<Value> = account
        .tags
        .iter()
        .map(|(id, name)| json!({ "id": id, "name": name, "count": count(*id) }))
        .collect();
    answer(json!({ "tags": rows }))
}

/// The id of a tag that may be changed.
fn own(call: &Call) -> Result<i64, Refusal> {
    let id = number(&call.body["tag"]["id"]).ok_or_else(|| refuse(45159))?;
    if id <= LAST_SYSTEM { Err(refuse(45058)) } else { Ok(id) }
}

fn update(world: &mut World, call: &Call) -> Outcome {
    let (id, name) = (own(call)?, plain(&call.body["tag"]["name"]));
    check_name(&name)?;
    let account = call.account(world)?;
    if account.tags.iter().any(|(other, text)| *other != id && *text == name) {
        return Err(refuse(45157));
    }
    *account.tags.get_mut(&id).ok_or_else(|| refuse(45159))? = name;
    ok()
}

fn delete(world: &mut World, call: &Call) -> Outcome {
    let id = own(call)?;
    let account = call.account(world)?;
    if account.followers.values().filter(|follower| follower.tags.contains(&id)).count() > 100_000 {
        return Err(refuse(45057));
    }
    account.tags.remove(&id).ok_or_else(|| refuse(45159))?;
    for follower in account.followers.values_mut() {
        follower.tags.remove(&id);
    }
    ok()
}

fn members(world: &mut World, call: &Call) -> Outcome {
    let id = call.number("tagid").ok_or_else(|| refuse(45159))?;
    let account = call.account(world)?;
    let found: Vec<String> = account
        .followers
        .values()
        .filter(|follower| follower.tags.contains(&id))
        .map(|follower| follower.openid.clone())
        .collect();
    answer(openid_page(&found, &call.text("next_openid")))
}

/// Puts the tag on all or on none.
fn tag(world: &mut World, call: &Call) -> Outcome {
    let (list, id) =
        (openids(&call.body["openid_list"], 50)?, call.number("tagid").ok_or_else(|| refuse(45159))?);
    let account = call.account(world)?;
    if !account.tags.contains_key(&id) {
        return Err(refuse(45159));
    }
    for openid in &list {
        let follower = account.followers.get(openid).ok_or_else(|| refuse(49003))?;
        if follower.tags.len() >= 20 && !follower.tags.contains(&id) {
            return Err(refuse(45059));
        }
    }
    for openid in &list {
        if let Some(follower) = account.followers.get_mut(openid) {
            follower.tags.insert(id);
        }
    }
    ok()
}

fn untag(world: &mut World, call: &Call) -> Outcome {
    let (list, id) =
        (openids(&call.body["openid_list"], 50)?, call.number("tagid").ok_or_else(|| refuse(45159))?);
    let account = call.account(world)?;
    for openid in &list {
        account.followers.get_mut(openid).ok_or_else(|| refuse(49003))?.tags.remove(&id);
    }
    ok()
}

fn of_person(world: &mut World, call: &Call) -> Outcome {
    let tags = call.follower(world, &call.text("openid"))?.tags.clone();
    answer(json!({ "tagid_list": tags }))
}

fn create_group(world: &mut World, call: &Call) -> Outcome {
    let name = plain(&call.body["group"]["name"]);
    if name.is_empty() || name.len() > 90 {
        return Err(refuse(40117));
    }
    let account = call.account(world)?;
    let id = account.groups.keys().next_back().map_or(100, |last| (last + 1).max(100));
    account.groups.insert(id, name.clone());
    answer(json!({ "group": { "id": id, "name": name } }))
}

fn groups(world: &mut World, call: &Call) -> Outcome {
    let account = call.account(world)?;
    let count = |id: i64| {
        account.followers.values().filter(|follower| follower.subscribed && follower.group == id).count()
    };
    let rows: Vec<Value> = account
        .groups
        .iter()
        .map(|(id, name)| json!({ "id": id, "name": name, "count": count(*id) }))
        .collect();
    answer(json!({ "groups": rows }))
}

fn group_of_person(world: &mut World, call: &Call) -> Outcome {
    let group = call.follower(world, &call.text("openid"))?.group;
    answer(json!({ "groupid": group }))
}

fn rename_group(world: &mut World, call: &Call) -> Outcome {
    let id = number(&call.body["group"]["id"]).ok_or_else(|| refuse(40050))?;
    let name = plain(&call.body["group"]["name"]);
    *call.account(world)?.groups.get_mut(&id).ok_or_else(|| refuse(40050))? = name;
    ok()
}

fn move_person(world: &mut World, call: &Call) -> Outcome {
    let id = call.number("to_groupid").ok_or_else(|| refuse(40050))?;
    if !call.account(world)?.groups.contains_key(&id) {
        return Err(refuse(40050));
    }
    call.follower(world, &call.text("openid"))?.group = id;
    ok()
}

fn move_people(world: &mut World, call: &Call) -> Outcome {
    let id = call.number("to_groupid").ok_or_else(|| refuse(40050))?;
    if !call.account(world)?.groups.contains_key(&id) {
        return Err(refuse(40050));
    }
    for openid in openids(&call.body["openid_list"], 50)? {
        call.follower(world, &openid)?.group = id;
    }
    ok()
}

fn delete_group(world: &mut World, call: &Call) -> Outcome {
    let id = number(&call.body["group"]["id"]).filter(|id| *id > LAST_SYSTEM).ok_or_else(|| refuse(40050))?;
    let account = call.account(world)?;
    account.groups.remove(&id).ok_or_else(|| refuse(40050))?;
    for follower in account.followers.values_mut().filter(|follower| follower.group == id) {
        follower.group = 0;
    }
    ok()
}
