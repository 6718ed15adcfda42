//! The platform's own desk: its accounts, its sessions, its records.

use serde_json::{Value, json};

use super::{Answer, Call, Endpoint, Outcome, Refusal, Verb, answer, endpoint, ok, refuse};
use crate::world::{Desk, Kind, Side, World, plain};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint(Verb::Post, "/customservice/kfaccount/add", add),
    endpoint(Verb::Post, "/customservice/kfaccount/update", update),
    endpoint(Verb::Any, "/customservice/kfaccount/del", delete),
    endpoint(Verb::Post, "/customservice/kfaccount/uploadheadimg", picture),
    endpoint(Verb::Post, "/customservice/kfaccount/inviteworker", invite),
    endpoint(Verb::Get, "/cgi-bin/customservice/getkflist", list),
    endpoint(Verb::Get, "/cgi-bin/customservice/getonlinekflist", online),
    endpoint(Verb::Post, "/customservice/kfsession/create", open_session),
    endpoint(Verb::Post, "/customservice/kfsession/close", close_session),
    endpoint(Verb::Get, "/customservice/kfsession/getsession", session),
    endpoint(Verb::Get, "/customservice/kfsession/getsessionlist", sessions),
    endpoint(Verb::Get, "/customservice/kfsession/getwaitcase", waiting),
    endpoint(Verb::Post, "/customservice/msgrecord/getmsglist", records),
    endpoint(Verb::Post, "/customservice/msgrecord/getrecord", records),
    endpoint(Verb::Post, "/cgi-bin/customservice/getrecord", records),
];

/// At most so many desk accounts.
const MOST: usize = 100;

fn check(name: &str, nick: &str) -> Result<(), Refusal> {
    let Some((prefix, suffix)) = name.split_once('@') else { return Err(refuse(65404)) };
    let good = prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !good || prefix.is_empty() || prefix.len() > 10 || suffix.is_empty() || suffix.len() > 30 {
        return Err(refuse(65404));
    }
    if nick.is_empty() || nick.chars().count() > 16 {
        return Err(refuse(65403));
    }
    Ok(())
}

fn add(world: &mut World, call: &Call) -> Outcome {
    let (name, nick) = (call.text("kf_account"), call.text("nickname"));
    check(&name, &nick)?;
    let account = call.account(world)?;
    if account.desks.contains_key(&name) {
        return Err(refuse(65406));
    }
    if account.desks.len() == MOST {
        return Err(refuse(65405));
    }
    let id = 1001 + i64::try_from(account.desks.len()).unwrap_or(0);
    // A new desk account counts as online, so that sessions can be tried at once.
    account.desks.insert(name.clone(), Desk { account: name, nick, id, is_online: true, ..Desk::default() });
    ok()
}

fn find<'w>(world: &'w mut World, call: &Call, name: &str) -> Result<&'w mut Desk, Refusal> {
    call.account(world)?.desks.get_mut(name).ok_or_else(|| refuse(65401))
}

fn update(world: &mut World, call: &Call) -> Outcome {
    let (name, nick) = (call.text("kf_account"), call.text("nickname"));
    check(&name, &nick)?;
    find(world, call, &name)?.nick = nick;
    ok()
}

/// The account named in the query or in the body: clients differ.
fn named(call: &Call) -> String {
    if call.query("kf_account").is_empty() {
        call.text("kf_account")
    } else {
        call.query("kf_account").to_owned()
    }
}

fn delete(world: &mut World, call: &Call) -> Outcome {
    call.account(world)?.desks.remove(&named(call)).ok_or_else(|| refuse(65401))?;
    ok()
}

fn picture(world: &mut World, call: &Call) -> Outcome {
    let file = call.file()?;
    if !infer::is_image(&file.bytes) {
        return Err(refuse(40005));
    }
    let name = named(call);
    let url = super::media::keep_picture(world, call, file.bytes.clone())?;
    find(world, call, &name)?.picture = url;
    ok()
}

fn invite(world: &mut World, call: &Call) -> Outcome {
    let wx = call.required("invite_wx")?;
    find(world, call, &call.text("kf_account"))?.invite = wx;
    ok()
}

fn list(world: &mut World, call: &Call) -> Outcome {
    let rows: Vec<Value> = call
        .account(world)?
        .desks
        .values()
        .map(|desk| {
            json!({ "kf_account": desk.account, "kf_nick": desk.nick, "kf_id": desk.id.to_string(),
            "kf_headimgurl": desk.picture, "kf_wx": desk.invite })
        })
        .collect();
    answer(json!({ "kf_list": rows }))
}

fn online(world: &mut World, call: &Call) -> Outcome {
    let account = call.account(world)?;
    let cases = |name: &str| {
        account
            .followers
            .values()
            .filter(|follower| follower.desk.as_ref().is_some_and(|open| open.0 == name))
            .count()
    };
    let rows: Vec<Value> = account.desks.values().filter(|desk| desk.is_online).map(|desk| {
        json!({ "kf_account": desk.account, "status": 1, "kf_id": desk.id.to_string(), "accepted_case": cases(&desk.account) })
    }).collect();
    answer(json!({ "kf_online_list": rows }))
}

fn open_session(world: &mut World, call: &Call) -> Outcome {
    let (name, openid, now) = (call.text("kf_account"), call.text("openid"), world.now());
    if !find(world, call, &name)?.is_online {
        return Err(refuse(65415));
    }
    let follower = call.follower(world, &openid)?;
    if follower.desk.as_ref().is_some_and(|open| open.0 != name) {
        return Err(refuse(65413));
    }
    follower.desk = Some((name.clone(), now));
    desk_event(world, &call.app_id, &openid, "kf_create_session", &name);
    ok()
}

fn close_session(world: &mut World, call: &Call) -> Outcome {
    let (name, openid) = (call.text("kf_account"), call.text("openid"));
    let follower = call.follower(world, &openid)?;
    if follower.desk.as_ref().is_none_or(|open| open.0 != name) {
        return Err(refuse(65414));
    }
    follower.desk = None;
    desk_event(world, &call.app_id, &openid, "kf_close_session", &name);
    ok()
}

fn desk_event(world: &mut World, app_id: &str, openid: &str, event: &str, desk: &str) {
    let fields = vec![wechat::element::Element::text("KfAccount", desk.to_owned())];
    crate::jobs::push_event(world, app_id, openid, event, fields);
}

/// A passive reply handed the person over to the platform's desk.
pub(crate) fn hand_over(world: &mut World, app_id: &str, openid: &str, wanted: &str) {
    let now = world.now();
    let Some(account) = world.accounts.get_mut(app_id) else { return };
    let online =
        account.desks.values().find(|desk| desk.is_online && (wanted.is_empty() || desk.account == wanted));
    let Some(name) = online.map(|desk| desk.account.clone()) else {
        let line =
            world.line(Kind::Note, "Hand-over to the platform's desk: nobody is online, the person waits");
        world.note(line);
        return;
    };
    if let Some(follower) = account.followers.get_mut(openid) {
        follower.desk = Some((name.clone(), now));
    }
    desk_event(world, app_id, openid, "kf_create_session", &name);
}

fn session(world: &mut World, call: &Call) -> Outcome {
    let open = call.follower(world, call.query("openid"))?.desk.clone();
    let (name, at) = open.unwrap_or_default();
    answer(json!({ "createtime": at / 1000, "kf_account": name }))
}

fn sessions(world: &mut World, call: &Call) -> Outcome {
    let name = named(call);
    let rows: Vec<Value> = call
        .account(world)?
        .followers
        .values()
        .filter_map(|follower| {
            let (desk, at) = follower.desk.as_ref()?;
            (*desk == name).then(|| json!({ "createtime": at / 1000, "openid": follower.openid }))
        })
        .collect();
    answer(json!({ "sessionlist": rows }))
}

fn waiting(_: &mut World, _: &Call) -> Outcome {
    answer(json!({ "count": 0, "waitcaselist": [] }))
}

fn records(world: &mut World, call: &Call) -> Outcome {
    let (start, end) = (call.number("starttime"), call.number("endtime"));
    let (Some(start), Some(end)) = (start, end) else { return Err(refuse(65416)) };
    if end < start {
        return Err(refuse(65416));
    }
    if end - start > 86_400 {
        return Err(refuse(65417));
    }
    let number = call.number("number").or_else(|| call.number("pagesize")).unwrap_or(10_000).clamp(1, 10_000);
    let after = call.number("msgid").unwrap_or(1).max(1) - 1;
    let account = call.account(world)?;
    let mut rows: Vec<(i64, Value)> = Vec::new();
    for follower in account.followers.values() {
        for item in follower.chat.iter().filter(|item| (start * 1000..=end * 1000 + 999).contains(&item.at)) {
            let code = match (item.from, item.via) {
                (Side::Person, "message") => 2003,
                (Side::Account, "custom") => 2002,
                _ => continue,
            };
            let worker = follower.desk.as_ref().map(|open| open.0.clone()).unwrap_or_default();
            let row = json!({ "openid": follower.openid, "opercode": code, "text": shown(&item.content),
                "time": item.at / 1000, "worker": worker });
            rows.push((item.at, row));
        }
    }
    rows.sort_by_key(|(at, _)| *at);
    let skip = usize::try_from(after).unwrap_or(0);
    let page: Vec<Value> =
        rows.into_iter().skip(skip).take(usize::try_from(number).unwrap_or(1)).map(|(_, row)| row).collect();
    let next = skip + page.len() + 1;
    Ok(Answer::Json(json!({ "number": page.len(), "msgid": next, "recordlist": page })))
}

/// Pictures, voices and videos appear in records only by their kind.
fn shown(content: &Value) -> String {
    match content["type"].as_str() {
        Some("text") => plain(&content["text"]),
        Some(kind) => format!("[{kind}]"),
        None => String::new(),
    }
}
