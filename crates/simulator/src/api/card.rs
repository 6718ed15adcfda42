//! Cards: as much as a client needs to make, hand out, read and use one.

use serde_json::{Value, json};

use super::{Call, Endpoint, Outcome, Refusal, Verb, answer, endpoint, ok, refuse};
use crate::world::{QrCode, World};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint(Verb::Post, "/card/create", create),
    endpoint(Verb::Post, "/card/get", get),
    endpoint(Verb::Post, "/card/batchget", batch),
    endpoint(Verb::Post, "/card/delete", delete),
    endpoint(Verb::Post, "/card/membercard/activate", activate),
    endpoint(Verb::Post, "/card/membercard/updateuser", update_member),
    endpoint(Verb::Post, "/card/membercard/userinfo/get", member),
    endpoint(Verb::Post, "/card/code/get", code),
    endpoint(Verb::Post, "/card/code/consume", consume),
    endpoint(Verb::Post, "/card/user/getcardlist", of_person),
    endpoint(Verb::Post, "/card/testwhitelist/set", testers),
    endpoint(Verb::Any, "/card/getcolors", colours),
    endpoint(Verb::Post, "/card/update", update),
    endpoint(Verb::Post, "/card/modifystock", stock),
    endpoint(Verb::Post, "/card/qrcode/create", qr_code),
    endpoint(Verb::Post, "/card/membercard/activateuserform/set", form),
    endpoint(Verb::Post, "/card/code/unavailable", void),
];

const KINDS: [&str; 7] =
    ["GROUPON", "CASH", "DISCOUNT", "GIFT", "GENERAL_COUPON", "MEMBER_CARD", "MEETING_TICKET"];

fn create(world: &mut World, call: &Call) -> Outcome {
    let card = &call.body["card"];
    let kind = card["card_type"]
        .as_str()
        .filter(|kind| KINDS.contains(kind))
        .ok_or_else(|| refuse(40071).saying("invalid card type"))?;
    if !card[kind.to_ascii_lowercase()]["base_info"].is_object() {
        return Err(refuse(47003));
    }
    let id = format!("p{}", world.fresh_text(27));
    call.account(world)?.cards.insert(id.clone(), card.clone());
    answer(json!({ "errcode": 0, "errmsg": "ok", "card_id": id }))
}

fn get(world: &mut World, call: &Call) -> Outcome {
    let id = call.text("card_id");
    let card = call.account(world)?.cards.get(&id).ok_or_else(|| refuse(40073))?.clone();
    answer(json!({ "errcode": 0, "errmsg": "ok", "card": card }))
}

fn batch(world: &mut World, call: &Call) -> Outcome {
    let ids: Vec<String> = call.account(world)?.cards.keys().cloned().collect();
    answer(json!({ "errcode": 0, "errmsg": "ok", "card_id_list": ids, "total_num": ids.len() }))
}

fn delete(world: &mut World, call: &Call) -> Outcome {
    call.account(world)?.cards.remove(&call.text("card_id")).ok_or_else(|| refuse(40073))?;
    ok()
}

/// A code that a person got on the phone page.
fn held<'w>(world: &'w mut World, call: &Call) -> Result<&'w mut Value, Refusal> {
    call.account(world)?.card_codes.get_mut(&call.text("code")).ok_or_else(|| refuse(40056))
}

fn activate(world: &mut World, call: &Call) -> Outcome {
    let (number, bonus) = (call.text("membership_number"), call.number("init_bonus").unwrap_or(0));
    let balance = call.number("init_balance").unwrap_or(0);
    let entry = held(world, call)?;
    entry["membership_number"] = json!(number);
    entry["bonus"] = json!(bonus);
    entry["balance"] = json!(balance);
    entry["active"] = json!(true);
    ok()
}

fn update_member(world: &mut World, call: &Call) -> Outcome {
    let changed =
        |old: i64, set: &str, add: &str| call.number(set).unwrap_or(old + call.number(add).unwrap_or(0));
    let entry = held(world, call)?;
    let bonus = changed(entry["bonus"].as_i64().unwrap_or(0), "bonus", "add_bonus");
    let balance = changed(entry["balance"].as_i64().unwrap_or(0), "balance", "add_balance");
    entry["bonus"] = json!(bonus);
    entry["balance"] = json!(balance);
    let openid = entry["openid"].clone();
    answer(
        json!({ "errcode": 0, "errmsg": "ok", "result_bonus": bonus, "result_balance": balance, "openid": openid }),
    )
}

fn member(world: &mut World, call: &Call) -> Outcome {
    let entry = held(world, call)?.clone();
    answer(json!({ "errcode": 0, "errmsg": "ok", "openid": entry["openid"], "nickname": "", "sex": "UNKNOWN",
        "membership_number": entry["membership_number"], "bonus": entry["bonus"], "user_info": {},
        "user_card_status": "NORMAL", "has_active": entry["active"] == json!(true) }))
}

fn code(world: &mut World, call: &Call) -> Outcome {
    let entry = held(world, call)?.clone();
    let is_used = entry["used"] == json!(true);
    if is_used && call.body["check_consume"] != json!(false) {
        return Err(refuse(40099).saying("code has been consumed"));
    }
    answer(json!({ "errcode": 0, "errmsg": "ok", "openid": entry["openid"], "can_consume": !is_used,
        "card": { "card_id": entry["card_id"] }, "user_card_status": if is_used { "CONSUMED" } else { "NORMAL" } }))
}

fn consume(world: &mut World, call: &Call) -> Outcome {
    let code = call.text("code");
    let entry = held(world, call)?;
    if entry["used"] == json!(true) {
        return Err(refuse(40099).saying("code has been consumed"));
    }
    entry["used"] = json!(true);
    let (card, openid) = (crate::world::plain(&entry["card_id"]), crate::world::plain(&entry["openid"]));
    let event = json!({ "CardId": card, "UserCardCode": code, "ConsumeSource": "FROM_API", "OuterStr": "" });
    let app_id = call.app_id.clone();
    crate::jobs::push_event(world, &app_id, &openid, "user_consume_card", crate::callback::fields_of(&event));
    answer(json!({ "errcode": 0, "errmsg": "ok", "card": { "card_id": card }, "openid": openid }))
}

fn of_person(world: &mut World, call: &Call) -> Outcome {
    let openid = call.text("openid");
    let rows: Vec<Value> = call
        .account(world)?
        .card_codes
        .iter()
        .filter(|(_, entry)| entry["openid"] == json!(openid))
        .map(|(code, entry)| json!({ "code": code, "card_id": entry["card_id"] }))
        .collect();
    answer(json!({ "errcode": 0, "errmsg": "ok", "card_list": rows, "has_share_card": false }))
}

fn testers(_: &mut World, _: &Call) -> Outcome {
    ok()
}

fn colours(_: &mut World, _: &Call) -> Outcome {
    let rows: Vec<Value> = [("Color010", "#55bd47"), ("Color020", "#10ad61"), ("Color030", "#35a4de")]
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    answer(json!({ "errcode": 0, "errmsg": "ok", "colors": rows }))
}

/// The card named in the body: its own part (`gift`, `member_card` …).
fn known<'w>(world: &'w mut World, call: &Call) -> Result<&'w mut Value, Refusal> {
    let card = call.account(world)?.cards.get_mut(&call.text("card_id")).ok_or_else(|| refuse(40073))?;
    let kind = card["card_type"].as_str().unwrap_or("").to_ascii_lowercase();
    Ok(&mut card[kind])
}

fn update(world: &mut World, call: &Call) -> Outcome {
    let card = known(world, call)?;
    for part in call.body.as_object().into_iter().flatten().map(|(_, part)| part) {
        for (name, value) in part["base_info"].as_object().into_iter().flatten() {
            card["base_info"][name] = value.clone();
        }
    }
    answer(json!({ "errcode": 0, "errmsg": "ok", "send_check": false }))
}

fn stock(world: &mut World, call: &Call) -> Outcome {
    let more =
        call.number("increase_stock_value").unwrap_or(0) - call.number("reduce_stock_value").unwrap_or(0);
    let info = &mut known(world, call)?["base_info"];
    let now = info["sku"]["quantity"].as_i64().unwrap_or(0) + more;
    info["sku"] = json!({ "quantity": now.max(0) });
    ok()
}

fn qr_code(world: &mut World, call: &Call) -> Outcome {
    let id = crate::world::plain(&call.body["action_info"]["card"]["card_id"]);
    let (ticket, short, now) = (format!("g{}", world.fresh_text(95)), world.fresh_text(22), world.now());
    let life = call.number("expire_seconds").unwrap_or(1800);
    let account = call.account(world)?;
    if !account.cards.contains_key(&id) {
        return Err(refuse(40073));
    }
    let code = QrCode {
        ticket: ticket.clone(),
        url: format!("http://weixin.qq.com/q/{short}"),
        scene_id: 0,
        scene_str: format!("card:{id}"),
        expires_at: Some(now + life * 1000),
    };
    let url = code.url.clone();
    account.codes.insert(ticket.clone(), code);
    let shown = format!("{}/cgi-bin/showqrcode?ticket={ticket}", call.base);
    answer(json!({ "errcode": 0, "errmsg": "ok", "ticket": ticket, "expire_seconds": life, "url": url,
        "show_qrcode_url": shown }))
}

fn form(world: &mut World, call: &Call) -> Outcome {
    known(world, call)?["activate_form"] = call.body["required_form"].clone();
    ok()
}

fn void(world: &mut World, call: &Call) -> Outcome {
    held(world, call)?["used"] = json!(true);
    ok()
}

/// A person takes a card: he gets a code of his own, the account an event.
pub(crate) fn take(world: &mut World, app_id: &str, openid: &str, card_id: &str) -> Option<String> {
    let code: String = (0..12).map(|_| char::from(b'0' + rand::random::<u8>() % 10)).collect();
    let account = world.accounts.get_mut(app_id)?;
    account.cards.get(card_id)?;
    account.card_codes.insert(code.clone(), json!({ "card_id": card_id, "openid": openid, "used": false }));
    let event = json!({ "CardId": card_id, "IsGiveByFriend": 0, "UserCardCode": code, "FriendUserName": "", "OuterId": 0,
        "OldUserCardCode": "", "OuterStr": "", "IsRestoreMemberCard": 0, "IsRecommendByFriend": 0 });
    crate::jobs::push_event(world, app_id, openid, "user_get_card", crate::callback::fields_of(&event));
    Some(code)
}
