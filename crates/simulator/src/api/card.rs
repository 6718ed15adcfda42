//! Cards: as much as a client needs to make, hand out, read and use one.

use serde_json::{Value, json};

use super::{Call, Endpoint, Outcome, Refusal, Verb, answer, endpoint, ok, refuse};
use crate::world::World;

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
