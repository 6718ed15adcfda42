//! Template messages and subscription notices.

use serde_json::{Value, json};
use wechat::element::Element;

use super::{Call, Endpoint, Outcome, Refusal, Verb, answer, endpoint, ok, refuse};
use crate::world::{AccountKind, ChatItem, Side, Timer, World, plain};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint(Verb::Post, "/cgi-bin/message/template/send", send),
    endpoint(Verb::Post, "/cgi-bin/message/template/subscribe", send_once),
    endpoint(Verb::Post, "/cgi-bin/template/api_set_industry", set_industry),
    endpoint(Verb::Any, "/cgi-bin/template/get_industry", industry),
    endpoint(Verb::Post, "/cgi-bin/template/api_add_template", add),
    endpoint(Verb::Any, "/cgi-bin/template/get_all_private_template", list),
    endpoint(Verb::Post, "/cgi-bin/template/del_private_template", delete),
    endpoint(Verb::Post, "/cgi-bin/message/subscribe/bizsend", notice),
    endpoint(Verb::Get, "/wxaapi/newtmpl/gettemplate", notices),
    endpoint(Verb::Post, "/wxaapi/newtmpl/addtemplate", add_notice),
    endpoint(Verb::Post, "/wxaapi/newtmpl/deltemplate", delete_notice),
    endpoint(Verb::Get, "/wxaapi/newtmpl/getcategory", categories),
    endpoint(Verb::Get, "/wxaapi/newtmpl/getpubtemplatekeywords", public_keywords),
    endpoint(Verb::Get, "/wxaapi/newtmpl/getpubtemplatetitles", public_titles),
];

/// Most templates of an account.
const MOST: usize = 25;

/// Fills `{{name.DATA}}` in a template.
fn filled(content: &str, data: &Value) -> Vec<Value> {
    content
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| match line.split_once("{{") {
            Some((label, rest)) => {
                let name = rest.split('.').next().unwrap_or("");
                json!({ "label": label.trim_end_matches([':', '：']), "value": plain(&data[name]["value"]) })
            }
            None => json!({ "label": line, "value": "" }),
        })
        .collect()
}

fn needs_service(world: &mut World, call: &Call) -> Result<(), Refusal> {
    if call.account(world)?.kind == AccountKind::Subscription { Err(refuse(48001)) } else { Ok(()) }
}

fn send(world: &mut World, call: &Call) -> Outcome {
    needs_service(world, call)?;
    let (openid, id) = (call.text("touser"), call.text("template_id"));
    let (now, number, delay) = (world.now(), world.fresh_number(), world.settings.job_delay_ms);
    let account = call.account(world)?;
    let template = account.templates.get(&id).cloned().ok_or_else(|| refuse(40037))?;
    let follower = account.followers.get(&openid).ok_or_else(|| refuse(40003))?;
    if !follower.subscribed {
        return Err(refuse(43004));
    }
    if !call.body["data"].is_object() {
        return Err(refuse(47003));
    }
    let is_blocked = follower.refuses;
    let content = json!({ "type": "template", "title": template["title"],
        "rows": filled(&plain(&template["content"]), &call.body["data"]), "url": call.body["url"],
        "mini_program": call.body["miniprogram"] });
    let app_id = call.app_id.clone();
    if !is_blocked {
        world.show(&app_id, &openid, ChatItem::new(Side::Account, "template", content));
    }
    let status = if is_blocked { "failed:user block" } else { "success" };
    let fields = vec![Element::number("MsgID", number), Element::text("Status", status)];
    let event = "TEMPLATESENDJOBFINISH".to_owned();
    world.timers.add(now + delay, Timer::Event { app_id, openid, event, fields });
    answer(json!({ "errcode": 0, "errmsg": "ok", "msgid": number }))
}

fn send_once(world: &mut World, call: &Call) -> Outcome {
    let (openid, id) = (call.text("touser"), call.text("template_id"));
    let follower = call.follower(world, &openid)?;
    let left = follower.grants.get_mut(&id).filter(|left| **left > 0).ok_or_else(|| refuse(43101))?;
    *left -= 1;
    let content = json!({ "type": "template", "title": call.body["title"], "url": call.body["url"],
        "rows": [{ "label": "", "value": plain(&call.body["data"]["content"]["value"]) }] });
    let app_id = call.app_id.clone();
    world.show(&app_id, &openid, ChatItem::new(Side::Account, "template", content));
    ok()
}

fn set_industry(world: &mut World, call: &Call) -> Outcome {
    let pair = (call.required("industry_id1")?, call.required("industry_id2")?);
    call.account(world)?.industry = Some(pair);
    ok()
}

fn industry(world: &mut World, call: &Call) -> Outcome {
    let (first, second) = call.account(world)?.industry.clone().unwrap_or(("1".into(), "4".into()));
    let class = |id: String| json!({ "first_class": "行业", "second_class": id });
    answer(json!({ "primary_industry": class(first), "secondary_industry": class(second) }))
}

fn add(world: &mut World, call: &Call) -> Outcome {
    needs_service(world, call)?;
    let short = call.required("template_id_short")?;
    let names: Vec<String> =
        call.body["keyword_name_list"].as_array().into_iter().flatten().map(plain).collect();
    let names = if names.is_empty() { vec!["事项".to_owned(), "时间".to_owned()] } else { names };
    let id = world.fresh_text(43);
    let account = call.account(world)?;
    if account.templates.len() == MOST {
        return Err(refuse(45026).saying("template num exceeds limit"));
    }
    let lines: Vec<String> = names
        .iter()
        .enumerate()
        .map(|(index, name)| format!("{name}:{{{{keyword{}.DATA}}}}", index + 1))
        .collect();
    let template = json!({ "template_id": id, "title": format!("服务通知 {short}"), "primary_industry": "IT科技",
        "deputy_industry": "互联网|电子商务", "content": lines.join("\n"), "example": "" });
    account.templates.insert(id.clone(), template);
    answer(json!({ "errcode": 0, "errmsg": "ok", "template_id": id }))
}

fn list(world: &mut World, call: &Call) -> Outcome {
    let rows: Vec<Value> = call.account(world)?.templates.values().cloned().collect();
    answer(json!({ "template_list": rows }))
}

fn delete(world: &mut World, call: &Call) -> Outcome {
    let id = call.required("template_id")?;
    call.account(world)?.templates.remove(&id).ok_or_else(|| refuse(40037))?;
    ok()
}

fn notice(world: &mut World, call: &Call) -> Outcome {
    let (openid, id) = (call.text("touser"), call.text("template_id"));
    let (now, number, delay) = (world.now(), world.fresh_number(), world.settings.job_delay_ms);
    let account = call.account(world)?;
    let template = account.notices.get(&id).cloned().ok_or_else(|| refuse(40037))?;
    let follower = account.followers.get_mut(&openid).ok_or_else(|| refuse(40003))?;
    if !call.body["data"].is_object() {
        return Err(refuse(47003));
    }
    let left = follower.grants.get_mut(&id).filter(|left| **left > 0).ok_or_else(|| refuse(43101))?;
    if template["type"] == json!(2) {
        *left -= 1;
    }
    let rows = filled(&plain(&template["content"]), &call.body["data"]);
    let content =
        json!({ "type": "template", "title": template["title"], "rows": rows, "url": call.body["page"] });
    let app_id = call.app_id.clone();
    world.show(&app_id, &openid, ChatItem::new(Side::Account, "subscription", content));
    let item = vec![
        Element::text("TemplateId", id),
        Element::text("MsgID", number.to_string()),
        Element::text("ErrorCode", "0"),
        Element::text("ErrorStatus", "success"),
    ];
    let fields = vec![Element::parent("SubscribeMsgSentEvent", vec![Element::parent("List", item)])];
    let event = "subscribe_msg_sent_event".to_owned();
    world.timers.add(now + delay, Timer::Event { app_id, openid, event, fields });
    ok()
}

fn notices(world: &mut World, call: &Call) -> Outcome {
    let rows: Vec<Value> = call.account(world)?.notices.values().cloned().collect();
    answer(json!({ "errcode": 0, "errmsg": "ok", "data": rows }))
}

fn add_notice(world: &mut World, call: &Call) -> Outcome {
    let title = call.required("tid")?;
    let id = world.fresh_text(43);
    let words: Vec<String> = call.body["kidList"].as_array().into_iter().flatten().map(plain).collect();
    let lines: Vec<String> =
        words.iter().map(|word| format!("事项{word}:{{{{thing{word}.DATA}}}}")).collect();
    let template = json!({ "priTmplId": id, "title": format!("订阅通知 {title}"), "content": lines.join("\n"),
        "example": "", "type": 2 });
    call.account(world)?.notices.insert(id.clone(), template);
    answer(json!({ "errcode": 0, "errmsg": "ok", "priTmplId": id }))
}

fn delete_notice(world: &mut World, call: &Call) -> Outcome {
    let id = call.required("priTmplId")?;
    call.account(world)?.notices.remove(&id).ok_or_else(|| refuse(40037))?;
    ok()
}

fn categories(_: &mut World, _: &Call) -> Outcome {
    answer(json!({ "errcode": 0, "errmsg": "ok", "data": [{ "id": 616, "name": "生活缴费" }] }))
}

fn public_keywords(_: &mut World, _: &Call) -> Outcome {
    let rows = json!([{ "kid": 1, "name": "事项", "example": "话费账单", "rule": "thing" },
        { "kid": 2, "name": "时间", "example": "2026年1月1日", "rule": "time" }]);
    answer(json!({ "errcode": 0, "errmsg": "ok", "count": 2, "data": rows }))
}

fn public_titles(_: &mut World, _: &Call) -> Outcome {
    let rows = json!([{ "tid": 99, "title": "账单提醒", "type": 2, "categoryId": "616" }]);
    answer(json!({ "errcode": 0, "errmsg": "ok", "count": 1, "data": rows }))
}
