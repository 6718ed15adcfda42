//! What editors do: knowledge, keyword rules, menus and settings over the API, on both databases, and the bot
//! that follows at once.

use std::sync::Arc;

use chudian::base::id::{InboxId, TenantId};
use chudian::channels::model::Inbox;
use chudian::db::args;
use serde_json::{Value, json};

use crate::house::{Answer, Caller, House};
use crate::support::{MORNING, engines, until};

/// Runs a story on a house with a member company, its editor and one of its agents, on each engine.
pub(crate) async fn companies<F: Future<Output = ()>>(story: impl Fn(Arc<House>, Company) -> F) {
    for (url, folder) in engines() {
        let house = Arc::new(House::running(&url, folder).await);
        let root = house.found().await;
        let (tenant, admin) = house.member(&root, "telecom").await;
        let (_, editor) = house.person(&admin, "editor@telecom", "editor").await;
        let (_, agent) = house.person(&admin, "agent@telecom", "agent").await;
        let (_, other) = house.member(&root, "bank").await;
        let tenant = tenant.parse().unwrap();
        story(house, Company { tenant, admin, editor, agent, other }).await;
    }
}

pub(crate) struct Company {
    pub(crate) tenant: TenantId,
    pub(crate) admin: Caller,
    pub(crate) editor: Caller,
    pub(crate) agent: Caller,
    /// The administrator of another company.
    pub(crate) other: Caller,
}

pub(crate) fn made(answer: &Answer) -> Value {
    assert!((200..300).contains(&answer.status), "{answer:?}");
    answer.json()
}

pub(crate) fn text(text: &str) -> Value {
    json!([{ "type": "text", "text": text }])
}

/// What the bot would say to a message, and the code of its last reason.
pub(crate) async fn tried(
    house: &House,
    caller: &Caller,
    message: &str,
    session: &Value,
) -> (String, String, Value) {
    let body = json!({ "content": { "type": "text", "text": message }, "session": session });
    let found = made(&house.call(caller, "POST", "/bot/test", body).await);
    let replies = found["replies"].as_array().unwrap().iter();
    let said: Vec<&str> = replies.map(|it| it["text"].as_str().unwrap_or("?")).collect();
    let code = found["reasons"].as_array().unwrap().last().unwrap()["code"].as_str().unwrap().to_owned();
    (said.join("|"), code, found["session"].clone())
}

/// Waits until the bot has heard of a change: its snapshot is swapped after the commit.
pub(crate) async fn soon(house: &House, caller: &Caller, message: &str, expected: &str) {
    let what = format!("the bot says {expected:?} to {message:?}");
    until(&what, || async { tried(house, caller, message, &Value::Null).await.0 == expected }).await;
}

#[tokio::test]
async fn who_has_saved_is_answered_by_the_new_words_at_once() {
    companies(|house, company| async move {
        let editor = &company.editor;
        // enough of them that following an edit takes a while
        let rows: String = (0..2000).map(|nth| format!("第{nth}号柜台在几楼,{nth} 楼\n")).collect();
        import(&house, editor, format!("question,answer\n{rows}").as_bytes(), false).await;
        soon(&house, editor, "第1999号柜台在几楼", "1999 楼").await;
        let body = json!({ "question": "营业厅几点关门", "answers": text("第 0 版") });
        let entry = made(&house.call(editor, "POST", "/knowledge/entries", body.clone()).await);
        let path = format!("/knowledge/entries/{}", entry["id"].as_str().unwrap());
        for edition in 1..=10 {
            let answer = format!("第 {edition} 版");
            let change = json!({ "question": "营业厅几点关门", "answers": text(&answer) });
            made(&house.call(editor, "PUT", &path, change).await);
            // no waiting: the edit's own answer came when the bot had followed
            assert_eq!(tried(&house, editor, "营业厅几点关门", &Value::Null).await.0, answer);
        }
    })
    .await;
}

#[tokio::test]
async fn an_entry_is_written_found_changed_and_removed() {
    companies(|house, company| async move {
        let editor = &company.editor;
        let category = json!({ "name": "话费" });
        let category =
            made(&house.call(editor, "POST", "/knowledge/categories", category).await)["id"].clone();
        let fallback = tried(&house, editor, "这个月话费怎么这么贵", &Value::Null).await;
        assert_eq!(fallback.1, "fallback.text");

        let body = json!({ "category": category, "question": "本月话费为什么比平时高",
            "similar": ["为什么话费这么贵", "这个月话费怎么这么多"], "answers": text("看账单") });
        let entry = made(&house.call(editor, "POST", "/knowledge/entries", body.clone()).await);
        soon(&house, editor, "我这个月话费咋这么贵", "看账单").await;

        let path = format!("/knowledge/entries/{}", entry["id"].as_str().unwrap());
        let mut change = body.clone();
        change["answers"] = text("看 APP");
        change["version"] = entry["version"].clone();
        assert_eq!(made(&house.call(editor, "PUT", &path, change.clone()).await)["version"], 2);
        let stale = house.call(editor, "PUT", &path, change).await;
        assert_eq!((stale.status, stale.code().as_str()), (409, "knowledge.changed"));
        soon(&house, editor, "我这个月话费咋这么贵", "看 APP").await;

        for (query, count) in [("话费", 1), ("看 app", 1), ("为什么话费这么贵", 1), ("100%", 0)] {
            let found =
                made(&house.get(editor, &format!("/knowledge/entries?query={}", encoded(query))).await);
            assert_eq!(found["items"].as_array().unwrap().len(), count, "{query}");
        }
        let used = format!("/knowledge/categories/{}", category.as_str().unwrap());
        let used = house.call(editor, "DELETE", &used, Value::Null).await;
        assert_eq!(used.code(), "category.in_use");
        assert_eq!(made(&house.get(editor, &path).await)["similar"][1], "这个月话费怎么这么多");
        assert_eq!(house.call(editor, "DELETE", &path, Value::Null).await.status, 204);
        assert_eq!(house.get(editor, &path).await.status, 404);
        let (said, _, _) = fallback;
        soon(&house, editor, "我这个月话费咋这么贵", &said).await;

        assert_eq!(house.get(&company.other, &path).await.status, 404);
        assert_eq!(house.call(&company.agent, "POST", "/knowledge/entries", body).await.status, 403);
    })
    .await;
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn wrong_entries_are_refused_by_field() {
    companies(|house, company| async move {
        let good = json!({ "question": "怎么查话费", "answers": text("回复 1") });
        let check = async |field: &str, value: Value, code: &str, named: &str| {
            let mut body = good.clone();
            body[field] = value;
            let answer = house.call(&company.editor, "POST", "/knowledge/entries", body).await;
            let status = if code == "request.field" { 400 } else { 422 };
            assert_eq!((answer.status, answer.code().as_str()), (status, code), "{answer:?}");
            assert!(named.is_empty() || answer.json()["fields"][named].is_string(), "{answer:?}");
        };
        check("question", json!("？"), "knowledge.question_empty", "question").await;
        check("answers", json!([]), "answers.empty", "answers").await;
        check(
            "answers",
            json!([{ "type": "image", "media": "med_0000000000777" }]),
            "answers.file",
            "answers[1]",
        )
        .await;
        check("answers", json!([{ "type": "event", "event": "follow" }]), "content.kind", "answers[1]").await;
        check("category", json!("cat_0000000000777"), "knowledge.category", "category").await;
        check("wrong", json!(1), "request.field", "").await;
    })
    .await;
}

#[tokio::test]
async fn categories_hang_in_a_tree() {
    companies(|house, company| async move {
        let make = async |name: &str, parent: Value| {
            house
                .call(
                    &company.editor,
                    "POST",
                    "/knowledge/categories",
                    json!({ "name": name, "parent": parent }),
                )
                .await
        };
        let top = made(&make("宽带", Value::Null).await)["id"].clone();
        let below = made(&make("故障", top.clone()).await)["id"].clone();
        assert_eq!(make("故障", top.clone()).await.code(), "category.exists");
        let path = |id: &Value| format!("/knowledge/categories/{}", id.as_str().unwrap());
        let circle = house.call(&company.editor, "PATCH", &path(&top), json!({ "parent": below })).await;
        assert_eq!(circle.code(), "category.circle");
        assert_eq!(
            house.call(&company.editor, "DELETE", &path(&top), Value::Null).await.code(),
            "category.in_use"
        );
        let moved = house
            .call(&company.editor, "PATCH", &path(&below), json!({ "parent": null, "name": "报障" }))
            .await;
        assert!(made(&moved)["parent"].is_null());
        assert_eq!(house.call(&company.editor, "DELETE", &path(&top), Value::Null).await.status, 204);
        let left = made(&house.get(&company.editor, "/knowledge/categories").await);
        assert_eq!(left["items"].as_array().unwrap().len(), 1);
        assert_eq!(
            house.call(&company.other, "PATCH", &path(&below), json!({ "name": "a" })).await.status,
            404
        );
    })
    .await;
}

#[tokio::test]
async fn who_chooses_a_category_sees_what_hangs_below_it() {
    companies(|house, company| async move {
        let make = async |name: &str, parent: &Value| {
            let body = json!({ "name": name, "parent": parent });
            let made = made(&house.call(&company.editor, "POST", "/knowledge/categories", body).await);
            made["id"].clone()
        };
        let top = make("宽带", &Value::Null).await;
        let below = make("故障", &top).await;
        let others = make("话费", &Value::Null).await;
        for (question, category) in [("宽带怎么装", &top), ("断网怎么办", &below), ("怎么交费", &others)]
        {
            let body = json!({ "category": category, "question": question, "answers": text("好的") });
            made(&house.call(&company.editor, "POST", "/knowledge/entries", body).await);
        }
        for (category, expected) in [(&top, vec!["断网怎么办", "宽带怎么装"]), (&below, vec!["断网怎么办"])]
        {
            let path = format!("/knowledge/entries?category={}", category.as_str().unwrap());
            let found = made(&house.get(&company.editor, &path).await);
            let questions =
                found["items"].as_array().unwrap().iter().map(|it| it["question"].as_str().unwrap());
            assert_eq!(questions.collect::<Vec<_>>(), expected);
        }
    })
    .await;
}

#[tokio::test]
async fn keyword_rules_are_met_by_their_precedence_and_page_by_page() {
    companies(|house, company| async move {
        let editor = &company.editor;
        let make = async |words: Value, kind: &str, said: &str, priority: i64| {
            let body = json!({ "words": words, "match": kind, "answers": text(said), "priority": priority });
            made(&house.call(editor, "POST", "/keywords", body).await)
        };
        make(json!(["话费"]), "contains_any", "含", 0).await;
        make(json!(["退(订|费)"]), "regex", "式", 5).await;
        let exact = make(json!(["话费"]), "exact", "全", 0).await;
        soon(&house, editor, "話費！", "全").await;
        soon(&house, editor, "查话费", "含").await;
        soon(&house, editor, "话费退订", "式").await;

        let path = format!("/keywords/{}", exact["id"].as_str().unwrap());
        let mut change = json!({ "words": ["话费"], "match": "exact", "answers": text("新"), "version": 1 });
        assert_eq!(made(&house.call(editor, "PUT", &path, change.clone()).await)["version"], 2);
        assert_eq!(house.call(editor, "PUT", &path, change.clone()).await.code(), "keyword.changed");
        soon(&house, editor, "话费", "新").await;
        // From tomorrow on: until then the next rule answers.
        change["version"] = json!(2);
        change["valid_from"] = json!(MORNING.plus(86_400_000));
        made(&house.call(editor, "PUT", &path, change).await);
        soon(&house, editor, "话费", "含").await;
        let bad = json!({ "words": ["("], "match": "regex", "answers": text("a") });
        let bad = house.call(editor, "POST", "/keywords", bad).await;
        assert!(bad.json()["fields"]["words"].is_string(), "{bad:?}");

        let first = made(&house.get(editor, "/keywords?limit=2").await);
        assert_eq!(first["items"][0]["id"], exact["id"], "newest first");
        let next = first["next"].as_str().unwrap();
        let second = made(&house.get(editor, &format!("/keywords?limit=2&after={next}")).await);
        assert_eq!((second["items"].as_array().unwrap().len(), &second["next"]), (1, &Value::Null));
        let found = made(&house.get(editor, &format!("/keywords?query={}", encoded("退"))).await);
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
        assert_eq!(house.get(editor, "/keywords?after=7").await.code(), "page.after");

        assert_eq!(house.call(&company.other, "DELETE", &path, Value::Null).await.status, 404);
        assert_eq!(house.call(editor, "DELETE", &path, Value::Null).await.status, 204);
        assert_eq!(house.get(editor, &path).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn menu_and_settings_are_walked_on_the_bench() {
    companies(|house, company| async move {
        let editor = &company.editor;
        let empty = made(&house.get(editor, "/text-menu").await);
        assert_eq!(empty["version"], 0);
        let root = json!({ "title": "自助", "items": [
            { "digit": "1", "node": { "title": "话费", "items": [
                { "digit": "1", "node": { "title": "余额", "answers": text("发 HF") } }] } },
            { "digit": "9", "node": { "title": "人工", "action": "person" } }] });
        let put = async |version: i64| {
            house.call(editor, "PUT", "/text-menu", json!({ "version": version, "root": root })).await
        };
        assert_eq!(made(&put(0).await)["version"], 1);
        assert_eq!(put(0).await.code(), "text_menu.changed");
        let broken =
            json!({ "root": { "title": "a", "items": [{ "digit": "x", "node": { "title": "b" } }] } });
        let broken = house.call(editor, "PUT", "/text-menu", broken).await;
        assert!(broken.json()["fields"]["root.x"].is_string(), "{broken:?}");

        soon(&house, editor, "1", "话费\n1 余额\n\n回复 0 返回上一级").await;
        let (_, _, session) = tried(&house, editor, "1", &Value::Null).await;
        let (said, code, session) = tried(&house, editor, "1", &session).await;
        assert_eq!((said.as_str(), code.as_str()), ("发 HF", "menu.answer"));
        let (_, code, _) = tried(&house, editor, "0", &session).await;
        assert_eq!(code, "menu.back");
        let strange = json!({ "content": { "type": "text", "text": "1" }, "session": "{\"a\":1}" });
        assert_eq!(house.call(editor, "POST", "/bot/test", strange).await.code(), "bot.session");

        let mut settings = made(&house.get(editor, "/bot/settings").await);
        settings["hand_over_text"] = json!("马上来");
        settings["night_text"] = json!("夜里没人");
        settings["service_hours"] =
            json!([{ "weekdays": [1, 2, 3, 4, 5], "from": "09:00", "until": "18:00" }]);
        made(&house.call(editor, "PUT", "/bot/settings", settings.clone()).await);
        // It is Saturday morning.
        soon(&house, editor, "转人工", "夜里没人").await;
        let (_, _, session) = tried(&house, editor, "转人工", &Value::Null).await;
        assert_eq!(tried(&house, editor, "转人工", &session).await.1, "hand_over.waiting");
        // Two had the page open: the second is told, and nothing of the first's is lost.
        let first = settings.clone();
        let stale = house.call(editor, "PUT", "/bot/settings", first).await;
        assert_eq!((stale.status, stale.code().as_str()), (409, "bot_settings.changed"));
        let present = made(&house.get(editor, "/bot/settings").await);
        assert_eq!((&present["night_text"], &present["version"]), (&json!("夜里没人"), &json!(1)));
        settings["version"] = present["version"].clone();
        let saved = made(&house.call(editor, "PUT", "/bot/settings", settings.clone()).await);
        assert_eq!(saved["version"], 2);
        settings["service_hours"][0]["from"] = json!("9");
        let wrong = house.call(editor, "PUT", "/bot/settings", settings).await;
        assert_eq!((wrong.status, wrong.code().as_str()), (422, "bot_settings.invalid"));
        assert_eq!(house.call(&company.agent, "PUT", "/bot/settings", json!({})).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn an_accounts_menu_belongs_to_its_inbox() {
    companies(|house, company| async move {
        let tenant = company.tenant;
        let inbox = house
            .ctx
            .db
            .write(move |tx| {
                let inbox = Inbox {
                    id: tx.new_id(),
                    tenant,
                    kind: "wechat".to_owned(),
                    name: "服务号".to_owned(),
                    hook_key: "menu-test".to_owned(),
                    settings: json!({}),
                    disabled_at: None,
                    created_at: tx.now(),
                };
                chudian::channels::store::insert(tx, &inbox, b"sealed")?;
                Ok(inbox.id)
            })
            .await
            .unwrap();
        let path = format!("/inboxes/{inbox}/account-menu");
        let menu = json!({ "buttons": [
            { "name": "余额", "kind": "click", "key": "BALANCE", "answers": text("发 HF") },
            { "name": "人工", "kind": "click", "key": "PERSON", "action": "person" }] });
        assert_eq!(made(&house.call(&company.editor, "PUT", &path, menu.clone()).await)["version"], 1);
        assert_eq!(made(&house.get(&company.editor, &path).await)["buttons"][0]["key"], "BALANCE");
        let tap = async |inbox: InboxId| {
            let content = json!({ "type": "event", "event": "menu_click", "key": "BALANCE" });
            let body = json!({ "content": content, "inbox": inbox });
            made(&house.call(&company.editor, "POST", "/bot/test", body).await)["replies"][0]["text"].clone()
        };
        assert_eq!(tap(inbox).await, "发 HF");
        assert_ne!(tap(InboxId(5)).await, "发 HF");
        assert_eq!(house.call(&company.other, "PUT", &path, menu.clone()).await.status, 404);
        assert_eq!(house.get(&company.other, &path).await.status, 404);
        house.ctx.db.write(move |tx| chudian::bot::store::set_published(tx, tenant, inbox, 1)).await.unwrap();
        assert_eq!(made(&house.get(&company.editor, &path).await)["published_version"], 1);
        let twice = json!({ "buttons": [menu["buttons"][0], menu["buttons"][0]] });
        let twice = house.call(&company.editor, "PUT", &path, twice).await;
        assert!(twice.json()["fields"]["buttons[2].key"].is_string(), "{twice:?}");
    })
    .await;
}

pub(crate) async fn import(house: &House, caller: &Caller, table: &[u8], dry_run: bool) -> Answer {
    let mut body =
        b"--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n".to_vec();
    body.extend_from_slice(table);
    body.extend_from_slice(b"\r\n--cut--\r\n");
    let path = format!("/api/v1/knowledge/imports?dry_run={dry_run}");
    house.send(caller, "POST", &path, "multipart/form-data; boundary=cut", body).await
}

#[tokio::test]
async fn a_table_comes_in_and_goes_out_as_the_same() {
    companies(|house, company| async move {
        let editor = &company.editor;
        let csv = "标准问,相似问,答案,分类\n\
            怎么查话费,话费余额|查余额,发 HF,话费/查询\n\
            宽带断网了怎么办,家里上不了网,重启光猫,宽带\n\
            没有答案的问题,,,\n\
            =1+1 等于几,,二,\n";
        let counts = |it: &Value| {
            ["rows", "created", "updated", "unchanged"].map(|name| it[name].as_i64().unwrap()).to_vec()
        };
        let trial = made(&import(&house, editor, csv.as_bytes(), true).await);
        assert_eq!(counts(&trial), [4, 3, 0, 0]);
        assert_eq!(trial["errors"][0]["row"], 4);
        assert!(made(&house.get(editor, "/knowledge/entries").await)["items"].as_array().unwrap().is_empty());

        let done = made(&import(&house, editor, csv.as_bytes(), false).await);
        assert_eq!(counts(&done), [4, 3, 0, 0]);
        soon(&house, editor, "家里上不了网", "重启光猫").await;
        let tree = made(&house.get(editor, "/knowledge/categories").await);
        assert_eq!(tree["items"].as_array().unwrap().len(), 3);
        assert_eq!(counts(&made(&import(&house, editor, csv.as_bytes(), false).await)), [4, 0, 0, 3]);

        let out = house.get(editor, "/knowledge/export").await;
        assert!(out.text.contains("'=1+1 等于几"), "no formula: {}", out.text);
        let again = made(&import(&house, editor, out.text.as_bytes(), false).await);
        assert_eq!(counts(&again), [3, 0, 0, 3]);
        let changed = "question,answer\n怎么查话费,打电话\n";
        assert_eq!(counts(&made(&import(&house, editor, changed.as_bytes(), false).await)), [1, 0, 1, 0]);
        soon(&house, editor, "查余额", "打电话").await;

        assert_eq!(import(&house, editor, b"a,b\n1,2\n", true).await.code(), "import.columns");
        assert_eq!(import(&house, &company.agent, csv.as_bytes(), true).await.status, 403);
        let log = made(&house.get(&company.admin, "/audit-log?action=knowledge.import").await);
        assert_eq!(log["items"].as_array().unwrap().len(), 4);
    })
    .await;
}

#[tokio::test]
async fn every_change_of_an_editor_is_in_the_audit_log() {
    companies(|house, company| async move {
        let editor = &company.editor;
        let entry = json!({ "question": "怎么查话费", "answers": text("回复 1") });
        let entry = made(&house.call(editor, "POST", "/knowledge/entries", entry).await);
        let keyword = json!({ "words": ["话费"], "match": "exact", "answers": text("回复 1") });
        let keyword = made(&house.call(editor, "POST", "/keywords", keyword).await);
        made(&house.call(editor, "PUT", "/text-menu", json!({ "root": { "title": "a" } })).await);
        made(&house.call(editor, "PUT", "/bot/settings", json!({})).await);
        for (kind, id) in [("knowledge/entries", &entry["id"]), ("keywords", &keyword["id"])] {
            let path = format!("/{kind}/{}", id.as_str().unwrap());
            assert_eq!(house.call(editor, "DELETE", &path, Value::Null).await.status, 204);
        }
        let log = made(&house.get(&company.admin, "/audit-log?limit=6").await);
        let actions: Vec<&str> =
            log["items"].as_array().unwrap().iter().rev().map(|it| it["action"].as_str().unwrap()).collect();
        assert_eq!(
            actions,
            [
                "knowledge.create",
                "keyword.create",
                "text_menu.change",
                "bot_settings.change",
                "knowledge.delete",
                "keyword.delete"
            ]
        );
        let tenant = company.tenant;
        let left = house.ctx.db.read(move |tx| {
            tx.first("select count(*) from kb_wordings where tenant_id = $1", args![tenant], |row| {
                row.get::<i64>(0)
            })
        });
        assert_eq!(left.await.unwrap(), Some(0));
    })
    .await;
}
