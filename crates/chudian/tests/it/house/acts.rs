//! Acts that the enumerator cannot bring to success by itself, each done by hand: they begin or end a session or
//! the house, or need the platform, a colleague at work, a file. Each leaves a record.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{Answer, Caller, House, PASSWORD};
use crate::desk::{Desk, text};
use crate::platform::{inbox_body, simulator};

/// The acts that were seen to succeed, and of these the ones that left no record.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) done: BTreeSet<String>,
    pub(crate) unrecorded: BTreeSet<String>,
}

async fn records(house: &House) -> i64 {
    let look = |tx: &mut chudian::db::Tx<'_>| {
        tx.first("select count(*) from audit_log", chudian::db::args![], |row| row.get::<i64>(0))
    };
    house.ctx.db.read(look).await.unwrap().unwrap()
}

impl Seen {
    /// Notes an act that must succeed, and whether it left a record.
    async fn note(&mut self, house: &House, place: &str, act: impl Future<Output = Answer>) -> Answer {
        let before = records(house).await;
        let answer = act.await;
        assert!(answer.status < 300, "{place}: {answer:?}");
        self.done.insert(place.to_owned());
        if records(house).await == before {
            self.unrecorded.insert(place.to_owned());
        }
        answer
    }
}

/// Does them all.
pub(crate) async fn by_hand() -> Seen {
    let mut seen = Seen::default();
    sessions(&mut seen).await;
    work(&mut seen).await;
    seen
}

/// The house is founded, a member made; people come and go.
async fn sessions(seen: &mut Seen) {
    let house = House::with(&[]);
    let body =
        json!({ "headquarters": "集团总部", "login": "root", "name": "总部管理员", "password": PASSWORD });
    let stranger = Caller::stranger();
    let founded = house.call(&stranger, "POST", "/setup", body);
    let root = Caller::logged_in(&seen.note(&house, "POST /setup", founded).await);
    let body = json!({ "name": "成员", "code": "telecom", "time_zone": "Asia/Shanghai",
        "administrator": { "login": "admin", "name": "管理员", "password": PASSWORD } });
    seen.note(&house, "POST /tenants", house.call(&root, "POST", "/tenants", body)).await;

    let come = house.try_password(&stranger, "admin", PASSWORD);
    let admin = Caller::logged_in(&seen.note(&house, "POST /session", come).await);
    let body = json!({ "old": PASSWORD, "new": "quite another horse" });
    let changed = house.call(&admin, "PUT", "/session/password", body);
    let admin = Caller::logged_in(&seen.note(&house, "PUT /session/password", changed).await);
    shared(seen, &house, &root, &admin).await;
    let gone = house.call(&admin, "DELETE", "/session", Value::Null);
    seen.note(&house, "DELETE /session", gone).await;
    let come = house.try_password(&stranger, "admin", "quite another horse").await;
    let admin = Caller::logged_in(&come);
    let gone = house.call(&admin, "DELETE", "/sessions", Value::Null);
    seen.note(&house, "DELETE /sessions", gone).await;
}

/// A member says in its own words what headquarters shares.
async fn shared(seen: &mut Seen, house: &House, root: &Caller, admin: &Caller) {
    let body =
        json!({ "question": "怎么退订", "answers": [{ "type": "text", "text": "回复 TD" }], "sharing": {} });
    let entry = house.call(root, "POST", "/knowledge/entries", body).await.json();
    let path = format!("/knowledge/shared/{}/localisation", text(&entry, "id"));
    let made = house.call(admin, "POST", &path, Value::Null);
    let made = seen.note(house, "POST /knowledge/shared/{id}/localisation", made).await.json();
    let path = format!("/knowledge/entries/{}/origin", text(&made, "id"));
    let looked = house.call(admin, "PUT", &path, json!({ "seen": 1 }));
    seen.note(house, "PUT /knowledge/entries/{id}/origin", looked).await;
}

/// A day's work at a desk with a platform behind it.
async fn work(seen: &mut Seen) {
    let settings =
        [("CHUDIAN__EGRESS__ALLOWED_PRIVATE", "127.0.0.1"), ("CHUDIAN__DEMO__ALLOW_SIMULATOR", "true")];
    let house = Arc::new(House::with(&settings));
    let desk = Desk::in_house(house.clone()).await;
    let admin = &desk.admin;
    let post = async |path: String, body: Value| house.call(admin, "POST", &path, body).await;

    menus(seen, &house, admin).await;

    judgements(seen, &desk).await;
    let conversation = desk.waits("oStoryActs00001").await;
    let act = |act: &str| format!("/conversations/{}/{act}", text(&conversation, "id"));
    assert_eq!(post(act("take"), Value::Null).await.status, 200);
    seen.note(&house, "POST /conversations/{id}/typing", post(act("typing"), Value::Null)).await;
    desk.is_to_queue(&desk.anna, "ready", 5).await;
    let to = json!({ "agent": desk.anna.id });
    seen.note(&house, "POST /conversations/{id}/transfer", post(act("transfer"), to)).await;

    // A callback that an older version did not understand.
    let raw = "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><FromUserName><![CDATA[oStoryActs00001]]>\
        </FromUserName><CreateTime>1795226400</CreateTime><MsgType><![CDATA[text]]></MsgType>\
        <Content><![CDATA[现在懂了]]></Content><MsgId>1</MsgId></xml>";
    let write = move |tx: &mut chudian::db::Tx<'_>| {
        tx.execute(
            "update inbound set outcome = 'unsupported', raw = $1
             where message_id = (select max(message_id) from inbound)",
            chudian::db::args![raw.as_bytes()],
        )
    };
    assert_eq!(house.ctx.db.write(write).await.unwrap(), 1);
    let inbound = house.get(admin, "/inbound?outcome=unsupported").await.json();
    let path = format!("/inbound/{}/replay", text(&inbound["items"][0], "id"));
    seen.note(&house, "POST /inbound/{id}/replay", post(path, Value::Null)).await;

    let table = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n\
        question,answer\n问,答\n\r\n--b--\r\n";
    let kind = "multipart/form-data; boundary=b";
    let path = "/api/v1/knowledge/imports?dry_run=false";
    let import = house.send(admin, "POST", path, kind, table.into());
    seen.note(&house, "POST /knowledge/imports", import).await;
    let local = house.call(admin, "PUT", "/knowledge/model", json!({ "kind": "local" })).await;
    assert_eq!(local.status, 200, "{local:?}");
    let tried = post("/knowledge/model/checks".to_owned(), Value::Null);
    seen.note(&house, "POST /knowledge/model/checks", tried).await;
    generation(seen, &house, admin).await;
    let category = post("/knowledge/categories".to_owned(), json!({ "name": "空的" })).await.json();
    let path = format!("/knowledge/categories/{}", text(&category, "id"));
    let gone = house.call(admin, "DELETE", &path, Value::Null);
    seen.note(&house, "DELETE /knowledge/categories/{id}", gone).await;
    drafts(seen, &house, admin).await;
    proposals(seen, &house, admin).await;
}

/// A model that cannot be reached is asked all the same.
async fn generation(seen: &mut Seen, house: &House, admin: &Caller) {
    let body = json!({ "enabled": true, "endpoint": { "url": "http://localhost:1/v1", "model": "m" }, "label": "机器所写",
        "seconds": 3, "requests_a_day": 9, "tokens_a_day": 9_000 });
    let set = house.call(admin, "PUT", "/knowledge/generation", body).await;
    assert_eq!(set.status, 200, "{set:?}");
    let tried = house.call(admin, "POST", "/knowledge/generation/checks", Value::Null);
    seen.note(house, "POST /knowledge/generation/checks", tried).await;
    let body = json!({ "content": { "type": "text", "text": "怎么退订" } });
    let tried = house.call(admin, "POST", "/bot/test/generations", body);
    seen.note(house, "POST /bot/test/generations", tried).await;
}

/// A colleague says that the bot answered rightly, and takes it back.
async fn judgements(seen: &mut Seen, desk: &Desk) {
    let path = format!("/messages/{}/judgement", answered(desk, "oStoryActs00002").await.1);
    let judged = desk.house.call(&desk.admin, "PUT", &path, json!({ "right": true }));
    seen.note(&desk.house, "PUT /messages/{id}/judgement", judged).await;
    let back = desk.house.call(&desk.admin, "DELETE", &path, Value::Null);
    seen.note(&desk.house, "DELETE /messages/{id}/judgement", back).await;
}

/// A customer to whom the bot answered from the base: the thread, and the answer.
pub(crate) async fn answered(desk: &Desk, sender: &str) -> (String, String) {
    let body = json!({ "question": "怎么销户", "answers": [{ "type": "text", "text": "带证件来" }] });
    let made = desk.house.call(&desk.admin, "POST", "/knowledge/entries", body).await;
    assert_eq!(made.status, 201, "{made:?}");
    crate::editors::soon(&desk.house, &desk.admin, "怎么销户", "带证件来").await;
    desk.says(sender, "怎么销户").await;
    let all = desk.list(&desk.carla, "bot").await;
    let thread = text(all.first().expect("the bot talks with them"), "thread").to_owned();
    let messages = desk.house.get(&desk.admin, &format!("/threads/{thread}/messages")).await.json();
    let said = messages["items"].as_array().unwrap().iter().find(|it| it["direction"] == "out").unwrap();
    (thread, text(said, "id").to_owned())
}

/// An entry goes through all that can happen to a text.
async fn drafts(seen: &mut Seen, house: &House, admin: &Caller) {
    let body = json!({ "question": "怎么退订", "answers": [{ "type": "text", "text": "回复 TD" }] });
    let entry = house.call(admin, "POST", "/knowledge/entries", body.clone()).await.json();
    let path = format!("/knowledge/entries/{}", text(&entry, "id"));
    let mut draft = body;
    draft["publish"] = json!(false);
    draft["answers"][0]["text"] = json!("回复 0000");
    let saved = house.call(admin, "PUT", &path, draft.clone()).await;
    assert_eq!(saved.json()["draft"]["revision"], 1, "{saved:?}");
    for (act, body) in [
        ("draft/submission", json!({ "revision": 1 })),
        ("draft/return", json!({ "revision": 1, "reason": "少一步" })),
        ("publication", json!({ "revision": 1, "at": "2026-12-31T00:00:00Z" })),
        ("publication/cancellation", json!({ "revision": 1 })),
        ("publication", json!({ "revision": 1 })),
        ("restoration", json!({ "version": 1 })),
    ] {
        let at = format!("{path}/{act}");
        let done = house.call(admin, "POST", &at, body);
        seen.note(house, &format!("POST /knowledge/entries/{{id}}/{act}"), done).await;
    }
    assert_eq!(house.call(admin, "PUT", &path, draft).await.status, 200);
    let at = format!("{path}/draft");
    let gone = house.call(admin, "DELETE", &at, Value::Null);
    seen.note(house, "DELETE /knowledge/entries/{id}/draft", gone).await;
    let body = json!({ "question": "怎么批量办", "answers": [{ "type": "text", "text": "一起办" }], "publish": false });
    let written = house.call(admin, "POST", "/knowledge/entries", body).await;
    assert_eq!(written.status, 201, "{written:?}");
    let mut body = json!({ "act": "submit", "selection": { "entries": [written.json()["id"]] } });
    let shown = house.call(admin, "POST", "/knowledge/draft-batches/preview", body.clone()).await.json();
    body["seen"] = shown["seen"].clone();
    let begun = house.call(admin, "POST", "/knowledge/draft-batches", body);
    seen.note(house, "POST /knowledge/draft-batches", begun).await;
    let (at, mine) = (format!("{path}/reading"), format!("/knowledge/readings/{}", text(&entry, "id")));
    let asked = house.call(admin, "PUT", &at, json!({ "roles": ["administrator"] }));
    seen.note(house, "PUT /knowledge/entries/{id}/reading", asked).await;
    let read = house.call(admin, "POST", &mine, json!({ "round": 1, "answers": [] }));
    seen.note(house, "POST /knowledge/readings/{id}", read).await;
    let withdrawn = house.call(admin, "DELETE", &at, Value::Null);
    seen.note(house, "DELETE /knowledge/entries/{id}/reading", withdrawn).await;
    let suggested = json!({ "entry": entry["id"], "questions": ["不想要这个业务了"] });
    let taken = house.call(admin, "POST", "/knowledge/suggestions/acceptances", suggested);
    seen.note(house, "POST /knowledge/suggestions/acceptances", taken).await;
}

/// What one proposes another confirms, or it is taken back.
async fn proposals(seen: &mut Seen, house: &House, admin: &Caller) {
    let second = house.person(admin, "second@acts", "editor").await.1;
    let body = json!({ "question": "怎么换卡", "answers": [{ "type": "text", "text": "到营业厅" }] });
    let entry = house.call(admin, "POST", "/knowledge/entries", body).await.json();
    let path = format!("/knowledge/entries/{}/proposal", text(&entry, "id"));
    let rules = house.call(admin, "PUT", "/knowledge/settings", json!({ "four_eyes": true })).await;
    assert_eq!(rules.status, 200, "{rules:?}");
    let body = json!({ "act": "delete" });
    let proposed = house.call(admin, "POST", &path, body.clone());
    seen.note(house, "POST /knowledge/entries/{id}/proposal", proposed).await;
    let withdrawn = house.call(admin, "DELETE", &path, Value::Null);
    seen.note(house, "DELETE /knowledge/entries/{id}/proposal", withdrawn).await;
    for act in ["refusal", "confirmation"] {
        let entry = house.call(admin, "POST", &path, body.clone()).await.json();
        let mut body = json!({ "proposal": entry["proposal"]["id"] });
        if act == "refusal" {
            body["reason"] = json!("还在用");
        }
        let at = format!("{path}/{act}");
        let done = house.call(&second, "POST", &at, body);
        seen.note(house, &format!("POST /knowledge/entries/{{id}}/proposal/{act}"), done).await;
    }
}

/// A menu goes to the platform and comes back.
async fn menus(seen: &mut Seen, house: &House, admin: &Caller) {
    let platform = simulator().await;
    let app_id = "wx00000000000000aa";
    let account = json!({ "app_id": app_id, "app_secret": "secret", "original_id": format!("gh_{}", &app_id[2..]),
        "name": "号" });
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let made = http.post(format!("{platform}/_sim/accounts")).body(account.to_string()).send().await.unwrap();
    assert!(made.status().is_success());
    let inbox = house.call(admin, "POST", "/inboxes", inbox_body(app_id, &platform)).await.json();
    let path = format!("/inboxes/{}/account-menu", text(&inbox, "id"));
    let menu = json!({ "buttons": [{ "name": "官网", "kind": "view", "url": "https://example.com" }] });
    assert_eq!(house.call(admin, "PUT", &path, menu).await.status, 200);
    for act in ["publication", "pull"] {
        let path = format!("{path}/{act}");
        let done = house.call(admin, "POST", &path, Value::Null);
        seen.note(house, &format!("POST /inboxes/{{id}}/account-menu/{act}"), done).await;
    }
}
