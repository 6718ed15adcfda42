//! What people do: it shows on their phone, opens a window, and becomes a push in their queue.

use serde_json::{Value, json};
use wechat::element::Element;

use crate::callback::{Act, fields_of};
use crate::world::{ChatItem, Kind, Push, Side, World};

/// Does `act` for a person; gives the number of the push, or nothing when the account has no callback address.
pub(crate) fn perform(
    world: &mut World,
    app_id: &str,
    openid: &str,
    act: &Act,
    token: Option<String>,
) -> Option<u64> {
    let seconds = world.now() / 1000;
    let msg_id = world.fresh_id();
    if let Some(opens) = act.opens {
        world.lift(app_id, openid, opens);
    }
    let account = world.accounts.get(app_id)?;
    let has_callback = account.callback.is_some();
    let at_desk = account.followers.get(openid).is_some_and(|follower| follower.desk.is_some());
    let fields = act.whole(&account.original_id, openid, seconds, msg_id);
    // While the platform's own desk serves, messages go there and are not pushed.
    let number = (has_callback && !(at_desk && act.event.is_empty())).then(|| {
        let push = Push {
            number: 0,
            app_id: app_id.to_owned(),
            openid: openid.to_owned(),
            fields,
            label: act.label(),
            token,
            is_visible: true,
        };
        world.pushes.add(push)
    });
    if !act.shown.is_null() {
        let via = if act.event.is_empty() { "message" } else { "event" };
        let mut item = ChatItem::new(Side::Person, via, act.shown.clone());
        item.push = number;
        world.show(app_id, openid, item);
    }
    if world.settings.log {
        let mut line = world.line(Kind::Push, format!("{} from {}", act.label(), who(world, app_id, openid)));
        line.app_id = Some(app_id.to_owned());
        line.openid = Some(openid.to_owned());
        line.push = number;
        line.ok = number.is_some();
        line.detail = json!({ "shown": act.shown, "msg_id": msg_id.to_string() });
        if number.is_none() {
            line.summary.push_str(if has_callback {
                ": kept by the platform's desk"
            } else {
                ": no callback address is set"
            });
        }
        world.note(line);
    }
    number
}

fn who(world: &World, app_id: &str, openid: &str) -> String {
    let follower = world.accounts.get(app_id).and_then(|account| account.followers.get(openid));
    let person = follower.and_then(|follower| world.people.get(&follower.person));
    person.map_or_else(|| openid.to_owned(), |person| person.name.clone())
}

/// Follows an account, perhaps by a code. Gives the push.
pub(crate) fn follow(world: &mut World, app_id: &str, openid: &str, scene: Option<&str>) -> Option<u64> {
    let now = world.now();
    let code = scene.and_then(|scene| find_code(world, app_id, scene));
    let follower = world.follower(app_id, openid)?;
    if follower.subscribed {
        return scene.and_then(|scene| scan(world, app_id, openid, scene));
    }
    follower.subscribed = true;
    follower.subscribed_at = now;
    follower.scene = if scene.is_some() { "ADD_SCENE_QR_CODE" } else { "ADD_SCENE_SEARCH" }.to_owned();
    follower.qr_scene = scene.and_then(|scene| scene.parse().ok()).unwrap_or(0);
    follower.qr_scene_str = scene.filter(|scene| scene.parse::<i64>().is_err()).unwrap_or("").to_owned();
    let name = world.accounts.get(app_id).map(|account| account.name.clone()).unwrap_or_default();
    let text = format!("你已关注「{name}」");
    world.show(
        app_id,
        openid,
        ChatItem::new(Side::Notice, "notice", json!({ "type": "notice", "code": "followed", "text": text })),
    );
    let mut fields =
        vec![Element::text("EventKey", scene.map(|scene| format!("qrscene_{scene}")).unwrap_or_default())];
    if let Some(ticket) = code {
        fields.push(Element::text("Ticket", ticket));
    }
    perform(world, app_id, openid, &Act::event("subscribe", fields, Some("follow")), None)
}

/// Stops following. Gives the push.
pub(crate) fn unfollow(world: &mut World, app_id: &str, openid: &str) -> Option<u64> {
    let follower = world.follower(app_id, openid)?;
    if !follower.subscribed {
        return None;
    }
    follower.subscribed = false;
    follower.tags.clear();
    follower.remark.clear();
    follower.allowance = None;
    follower.desk = None;
    follower.menu = None;
    let notice = json!({ "type": "notice", "code": "unfollowed", "text": "你已取消关注" });
    world.show(app_id, openid, ChatItem::new(Side::Notice, "notice", notice));
    let fields = vec![Element::text("EventKey", "")];
    perform(world, app_id, openid, &Act::event("unsubscribe", fields, None), None)
}

/// Scans a parametric code: a new follower follows by it, an old one causes `SCAN`.
pub(crate) fn scan(world: &mut World, app_id: &str, openid: &str, scene: &str) -> Option<u64> {
    let subscribed = world.follower(app_id, openid)?.subscribed;
    if !subscribed {
        return follow(world, app_id, openid, Some(scene));
    }
    let mut fields = vec![Element::text("EventKey", scene.to_owned())];
    if let Some(ticket) = find_code(world, app_id, scene) {
        fields.push(Element::text("Ticket", ticket));
    }
    let shown = json!({ "type": "event", "event": "scan", "label": scene });
    perform(world, app_id, openid, &Act::event("SCAN", fields, Some("scan")).shown(shown), None)
}

/// The ticket of a live code with this scene.
fn find_code(world: &World, app_id: &str, scene: &str) -> Option<String> {
    let now = world.now();
    let codes = &world.accounts.get(app_id)?.codes;
    let live = codes.values().filter(|code| code.expires_at.is_none_or(|until| now < until));
    live.filter(|code| code.scene() == scene).map(|code| code.ticket.clone()).next_back()
}

/// Any event or message that a tester writes himself: `{"MsgType":"event","Event":"…",…}`.
pub(crate) fn raw(fields: &Value) -> Act {
    let text = |name: &str| fields[name].as_str().unwrap_or("").to_owned();
    let mut rest = fields.clone();
    if let Some(object) = rest.as_object_mut() {
        for common in ["ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "MsgId"] {
            object.remove(common);
        }
    }
    let kind = text("MsgType");
    let opens = if kind == "event" { None } else { Some("message") };
    let shown = json!({ "type": "event", "event": "raw", "label": if kind == "event" { text("Event") } else { kind.clone() } });
    Act { kind, event: text("Event"), fields: fields_of(&rest), shown, opens }
}
