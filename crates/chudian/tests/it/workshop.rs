//! The editors' workshop over the API, on both databases: drafts, four eyes, versions, moments.

use std::sync::Arc;

use chudian::base::time::Time;
use chudian::db::args;
use serde_json::{Value, json};

use crate::editors::{Company, companies, import, made, soon, text, tried};
use crate::house::{Answer, Caller, House};
use crate::support::until;

/// An entry that is published, and its address.
pub(crate) async fn published(house: &House, caller: &Caller, question: &str, said: &str) -> String {
    let body = json!({ "question": question, "answers": text(said) });
    let entry = made(&house.call(caller, "POST", "/knowledge/entries", body).await);
    soon(house, caller, question, said).await;
    format!("/knowledge/entries/{}", entry["id"].as_str().unwrap())
}

/// Saves a draft; gives the entry.
async fn drafted(house: &House, caller: &Caller, path: &str, question: &str, said: &str) -> Value {
    let body = json!({ "question": question, "answers": text(said), "publish": false });
    made(&house.call(caller, "PUT", path, body).await)
}

pub(crate) async fn act(house: &House, caller: &Caller, path: &str, act: &str, body: Value) -> Answer {
    house.call(caller, "POST", &format!("{path}/{act}"), body).await
}

/// A colleague of the editor.
pub(crate) async fn colleague(house: &House, company: &Company) -> Caller {
    house.person(&company.admin, "second@telecom", "editor").await.1
}

pub(crate) async fn ask_for_four_eyes(house: &House, company: &Company) {
    let rules = json!({ "four_eyes": true });
    let refused = house.call(&company.editor, "PUT", "/knowledge/settings", rules.clone()).await;
    assert_eq!(refused.code(), "permission.missing", "editors may not close the other pair of eyes");
    made(&house.call(&company.admin, "PUT", "/knowledge/settings", rules).await);
}

#[tokio::test]
async fn a_draft_is_not_said_until_it_is_published_and_the_old_text_comes_back() {
    companies(|house, company| async move {
        let editor = &company.editor;
        let path = published(&house, editor, "怎么查话费", "回复 1").await;

        let entry = drafted(&house, editor, &path, "怎么查话费", "看 APP").await;
        assert_eq!((&entry["version"], &entry["draft"]["revision"]), (&json!(1), &json!(1)));
        assert_eq!(entry["answers"][0]["text"], "回复 1", "the entry is what is published");
        assert_eq!(tried(&house, editor, "怎么查话费", &Value::Null).await.0, "回复 1");
        let draft = made(&house.get(editor, &format!("{path}/draft")).await);
        assert_eq!((&draft["stage"], &draft["answers"][0]["text"]), (&json!("writing"), &json!("看 APP")));
        assert_eq!(draft["writers"][0]["name"], "editor@telecom");

        let changes = made(&house.get(editor, &format!("{path}/comparison")).await);
        let parts = &changes["items"][0]["changes"][0]["parts"];
        assert_eq!(
            (changes["items"][0]["field"].as_str(), parts[0]["kind"].as_str()),
            (Some("answers"), Some("removed"))
        );

        // Who has another draft, or another version, before them, publishes nothing.
        for body in [json!({ "revision": 7 }), json!({ "revision": 1, "version": 7 })] {
            assert_eq!(act(&house, editor, &path, "publication", body).await.code(), "knowledge.changed");
        }
        let body = json!({ "revision": 1, "version": 1, "note": "改到 APP" });
        let entry = made(&act(&house, editor, &path, "publication", body).await);
        assert_eq!((&entry["version"], &entry["draft"]), (&json!(2), &Value::Null));
        soon(&house, editor, "怎么查话费", "看 APP").await;

        let versions = made(&house.get(editor, &format!("{path}/versions")).await);
        let told: Vec<_> = versions["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (it["version"].clone(), it["answers"][0]["text"].clone()))
            .collect();
        assert_eq!(told, [(json!(2), json!("看 APP")), (json!(1), json!("回复 1"))]);
        assert_eq!(versions["items"][0]["note"], "改到 APP");
        assert_eq!(versions["items"][0]["published_by"]["name"], "editor@telecom");

        let stale = act(&house, editor, &path, "restoration", json!({ "version": 1, "over": 1 })).await;
        assert_eq!(stale.code(), "knowledge.changed");
        assert_eq!(act(&house, editor, &path, "restoration", json!({ "version": 9 })).await.status, 404);
        let entry =
            made(&act(&house, editor, &path, "restoration", json!({ "version": 1, "over": 2 })).await);
        assert_eq!(entry["version"], 3);
        soon(&house, editor, "怎么查话费", "回复 1").await;
        let versions = made(&house.get(editor, &format!("{path}/versions")).await);
        assert_eq!(
            (versions["items"][0]["restored_from"].as_i64(), versions["items"].as_array().unwrap().len()),
            (Some(1), 3)
        );
        let same = made(&house.get(editor, &format!("{path}/comparison?from=1&to=published")).await);
        assert_eq!(same["items"], json!([]));
        assert_eq!(
            house.get(editor, &format!("{path}/comparison?from=x")).await.code(),
            "knowledge.which_version"
        );
        let before = made(&house.get(editor, &format!("{path}/versions?before=2")).await);
        assert_eq!(before["items"][0]["version"], 1);

        let foreign = act(&house, &company.other, &path, "restoration", json!({ "version": 1 })).await;
        assert_eq!(foreign.status, 404);
        let agent = act(&house, &company.agent, &path, "restoration", json!({ "version": 1 })).await;
        assert_eq!(agent.status, 403);
    })
    .await;
}

#[tokio::test]
async fn a_new_entry_may_begin_as_a_draft_and_end_as_one() {
    companies(|house, company| async move {
        let editor = &company.editor;
        let fallback = tried(&house, editor, "宽带断网怎么办", &Value::Null).await.0;
        let body = json!({ "question": "宽带断网怎么办", "answers": text("重启光猫"), "publish": false });
        let entry = made(&house.call(editor, "POST", "/knowledge/entries", body).await);
        assert_eq!((&entry["version"], &entry["draft"]["stage"]), (&json!(0), &json!("writing")));
        let path = format!("/knowledge/entries/{}", entry["id"].as_str().unwrap());

        // It is found in the list by what its draft says, and the bot does not know it.
        drafted(&house, editor, &path, "宽带断网怎么办", "先重启光猫").await;
        let listed = made(
            &house.get(editor, "/knowledge/entries?draft=writing&query=%E5%85%88%E9%87%8D%E5%90%AF").await,
        );
        assert_eq!(listed["items"][0]["draft"]["revision"], 2);
        let none = made(&house.get(editor, "/knowledge/entries?draft=review").await);
        assert_eq!(none["items"], json!([]));
        assert_eq!(tried(&house, editor, "宽带断网怎么办", &Value::Null).await.0, fallback);

        let changes = made(&house.get(editor, &format!("{path}/comparison")).await);
        assert_eq!(changes["items"][0]["field"], "question", "all of a first draft is new");
        made(&act(&house, editor, &path, "publication", json!({ "revision": 2 })).await);
        soon(&house, editor, "宽带断网怎么办", "先重启光猫").await;
        let unchanged = drafted(&house, editor, &path, "宽带断网怎么办", "先重启光猫").await;
        let revision = unchanged["draft"]["revision"].clone();
        let same = act(&house, editor, &path, "publication", json!({ "revision": revision })).await;
        assert_eq!(same.code(), "knowledge.same");

        assert_eq!(house.call(editor, "DELETE", &format!("{path}/draft"), Value::Null).await.status, 204);
        assert_eq!(house.get(editor, &format!("{path}/draft")).await.status, 404);
        assert_eq!(made(&house.get(editor, &path).await)["version"], 1, "what is published stays");

        let body = json!({ "question": "从没发布过", "answers": text("x"), "publish": false });
        let entry = made(&house.call(editor, "POST", "/knowledge/entries", body).await);
        let table = house.get(editor, "/knowledge/export").await.text;
        assert!(table.contains("宽带断网怎么办") && !table.contains("从没发布过"), "{table}");
        let path = format!("/knowledge/entries/{}", entry["id"].as_str().unwrap());
        assert_eq!(house.call(editor, "DELETE", &format!("{path}/draft"), Value::Null).await.status, 204);
        assert_eq!(house.get(editor, &path).await.status, 404, "nothing else was there of it");
    })
    .await;
}

#[tokio::test]
async fn two_editors_do_not_write_over_each_other() {
    companies(|house, company| async move {
        let (editor, second) = (&company.editor, colleague(&house, &company).await);
        let path = published(&house, editor, "怎么查话费", "回复 1").await;
        let write = async |caller: &Caller, said: &str, revision: i64, publish: bool| {
            let body = json!({ "question": "怎么查话费", "answers": text(said), "publish": publish,
                "version": 1, "revision": revision });
            house.call(caller, "PUT", &path, body).await
        };
        assert_eq!(made(&write(editor, "甲", 0, false).await)["draft"]["revision"], 1);
        assert_eq!(write(&second, "乙", 0, false).await.code(), "knowledge.changed");
        assert_eq!(made(&write(&second, "乙", 1, false).await)["draft"]["revision"], 2);
        assert_eq!(write(editor, "丙", 1, true).await.code(), "knowledge.changed");
        let entry = made(&write(editor, "丙", 2, true).await);
        assert_eq!(
            (&entry["version"], &entry["draft"]),
            (&json!(2), &Value::Null),
            "the draft that was seen ends"
        );
        let versions = made(&house.get(editor, &format!("{path}/versions")).await);
        assert_eq!(versions["items"][0]["writers"].as_array().unwrap().len(), 2);

        // A program that knows of no drafts publishes beside one.
        drafted(&house, &second, &path, "怎么查话费", "丁").await;
        let body = json!({ "question": "怎么查话费", "answers": text("戊") });
        let entry = made(&house.call(editor, "PUT", &path, body).await);
        assert_eq!((&entry["version"], entry["draft"]["stage"].as_str()), (&json!(3), Some("writing")));
    })
    .await;
}

#[tokio::test]
async fn four_eyes_let_nobody_publish_what_they_wrote() {
    companies(|house, company| async move {
        let (editor, second) = (&company.editor, colleague(&house, &company).await);
        let path = published(&house, editor, "怎么查话费", "回复 1").await;
        ask_for_four_eyes(&house, &company).await;

        // By no door: neither at once nor by the table.
        let body = json!({ "question": "怎么查话费", "answers": text("看 APP") });
        for (method, at) in [("POST", "/knowledge/entries"), ("PUT", path.as_str())] {
            assert_eq!(house.call(editor, method, at, body.clone()).await.code(), "knowledge.four_eyes");
        }
        let table = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n\
            question,answer\n怎么查话费,看表\n新问题,新答\n\r\n--b--\r\n";
        let import = async |query: &str| {
            let at = format!("/api/v1/knowledge/imports?{query}");
            house.send(editor, "POST", &at, "multipart/form-data; boundary=b", table.into()).await
        };
        assert_eq!(import("dry_run=true").await.code(), "knowledge.four_eyes");

        drafted(&house, editor, &path, "怎么查话费", "看 APP").await;
        let early = act(&house, &second, &path, "publication", json!({ "revision": 1 })).await;
        assert_eq!(early.code(), "knowledge.not_submitted");
        let handed = made(
            &act(&house, editor, &path, "draft/submission", json!({ "revision": 1, "note": "请看" })).await,
        );
        assert_eq!((&handed["stage"], &handed["may_publish"]), (&json!("review"), &json!(false)));
        let own = act(&house, editor, &path, "publication", json!({ "revision": 1 })).await;
        assert_eq!((own.status, own.code().as_str()), (403, "knowledge.four_eyes"));
        let seen = made(&house.get(&second, &format!("{path}/draft")).await);
        assert_eq!((&seen["may_publish"], &seen["note"]), (&json!(true), &json!("请看")));

        let why = act(&house, &second, &path, "draft/return", json!({ "revision": 1, "reason": " " })).await;
        assert_eq!(why.code(), "knowledge.reason");
        made(
            &act(&house, &second, &path, "draft/return", json!({ "revision": 1, "reason": "写明菜单" }))
                .await,
        );
        let back = made(&house.get(editor, &format!("{path}/draft")).await);
        assert_eq!((&back["stage"], &back["reason"]), (&json!("returned"), &json!("写明菜单")));

        // Who mends it is a writer too.
        drafted(&house, &second, &path, "怎么查话费", "看 APP 的账单").await;
        made(&act(&house, &second, &path, "draft/submission", json!({ "revision": 2 })).await);
        for caller in [editor, &second] {
            let own = act(&house, caller, &path, "publication", json!({ "revision": 2 })).await;
            assert_eq!(own.code(), "knowledge.four_eyes");
        }
        made(&act(&house, &company.admin, &path, "publication", json!({ "revision": 2 })).await);
        soon(&house, editor, "怎么查话费", "看 APP 的账单").await;

        // A table becomes drafts; one that somebody writes is not written over.
        drafted(&house, &second, &path, "怎么查话费", "别的").await;
        let report = made(&import("publish=false&dry_run=false").await);
        assert_eq!(
            (&report["created"], &report["errors"][0]["code"]),
            (&json!(1), &json!("import.draft_exists"))
        );
        let waiting = made(&house.get(editor, "/knowledge/entries?draft=any").await);
        assert_eq!(waiting["items"].as_array().unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn four_eyes_that_come_while_a_table_is_read_in_hold_for_the_rows_that_are_left() {
    companies(|house, company| async move {
        let editor = company.editor.clone();
        let rows: String = (0..6000).map(|n| format!("第{n}号问题,答{n}\n")).collect();
        let table = format!("question,answer\n{rows}");
        let running = {
            let (house, editor): (Arc<House>, Caller) = (house.clone(), editor.clone());
            tokio::spawn(async move { import(&house, &editor, table.as_bytes(), false).await })
        };
        let tenant = company.tenant;
        let count = async |sql: &'static str| {
            let found = house.ctx.db.read(move |tx| tx.first(sql, args![tenant], |row| row.get::<i64>(0)));
            found.await.unwrap().unwrap_or(0)
        };
        const PUBLISHED: &str = "select count(*) from kb_entries where tenant_id = $1 and version > 0";
        until("the first lot is written", || async { count(PUBLISHED).await > 0 }).await;
        ask_for_four_eyes(&house, &company).await;
        let published = count(PUBLISHED).await;

        let report = made(&running.await.unwrap());
        assert!(0 < published && published < 6000, "the rule came in between: {published}");
        assert_eq!(count(PUBLISHED).await, published, "nothing past the rule");
        assert_eq!((&report["created"], &report["drafted"]), (&json!(6000), &json!(6000 - published)));
        assert_eq!(count("select count(*) from kb_drafts where tenant_id = $1").await, 6000 - published);
        assert_eq!(tried(&house, &editor, "第0号问题", &Value::Null).await.0, "答0");
        let log = made(&house.get(&company.admin, "/audit-log?action=knowledge.import").await);
        assert_eq!(log["items"][0]["detail"]["drafted"], report["drafted"]);
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_published_at_its_moment_unless_something_came_between() {
    companies(|house, company| async move {
        let editor = &company.editor;
        let path = published(&house, editor, "怎么查话费", "回复 1").await;
        let soon_after = house.clock.now().plus(10 * Time::MINUTE);
        drafted(&house, editor, &path, "怎么查话费", "看 APP").await;
        let past =
            act(&house, editor, &path, "publication", json!({ "revision": 1, "at": house.clock.now() }))
                .await;
        assert_eq!(past.code(), "knowledge.moment");
        let entry = made(
            &act(&house, editor, &path, "publication", json!({ "revision": 1, "at": soon_after })).await,
        );
        assert_eq!((&entry["version"], &entry["draft"]["stage"]), (&json!(1), &json!("scheduled")));
        assert_eq!(entry["draft"]["publish_at"], json!(soon_after));

        // Called off, and asked for again: the first job finds nothing to do.
        made(&act(&house, editor, &path, "publication/cancellation", json!({ "revision": 1 })).await);
        let later = soon_after.plus(5 * Time::MINUTE);
        made(&act(&house, editor, &path, "publication", json!({ "revision": 1, "at": later })).await);
        house.clock.advance(10 * Time::MINUTE + 1);
        settle(&house, 1).await;
        assert_eq!(made(&house.get(editor, &path).await)["version"], 1);
        house.clock.advance(5 * Time::MINUTE);
        settle(&house, 0).await;
        let entry = made(&house.get(editor, &path).await);
        assert_eq!((&entry["version"], &entry["answers"][0]["text"]), (&json!(2), &json!("看 APP")));
        assert_eq!(entry["updated_by"]["name"], "editor@telecom");
        soon(&house, editor, "怎么查话费", "看 APP").await;

        // Something else was published meanwhile: nobody looked at these two together.
        drafted(&house, editor, &path, "怎么查话费", "问客服").await;
        let revision = made(&house.get(editor, &path).await)["draft"]["revision"].clone();
        let at = house.clock.now().plus(5 * Time::MINUTE);
        made(&act(&house, editor, &path, "publication", json!({ "revision": revision, "at": at })).await);
        made(&act(&house, editor, &path, "restoration", json!({ "version": 1 })).await);
        house.clock.advance(6 * Time::MINUTE);
        settle(&house, 0).await;
        let draft = made(&house.get(editor, &format!("{path}/draft")).await);
        assert_eq!((&draft["stage"], &draft["reason"]), (&json!("returned"), &json!("knowledge.changed")));
        assert_eq!(made(&house.get(editor, &path).await)["version"], 3);
    })
    .await;
}

/// Waits until so many jobs are left that wait for their moment.
async fn settle(house: &House, left: i64) {
    let count = |tx: &mut chudian::db::Tx<'_>| {
        let sql = "select count(*) from jobs where parked_at is null";
        tx.first(sql, chudian::db::args![], |row| row.get::<i64>(0))
    };
    until("the jobs are done", || async {
        house.ctx.jobs.now();
        house.ctx.db.read(count).await.unwrap().unwrap() == left
    })
    .await;
}

#[tokio::test]
async fn a_document_becomes_entries_and_what_is_refused_can_be_mended() {
    companies(|house, company| async move {
        let editor = &company.editor;
        let send = async |name: &str, content: &str| {
            let form = format!(
                "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{content}\r\n--b--\r\n"
            );
            let kind = "multipart/form-data; boundary=b";
            house.send(editor, "POST", "/api/v1/knowledge/imports", kind, form.into()).await
        };
        let report = made(&send("帮助.md", "# 话费\n## 怎么查话费\n回复 **1**\n## ？？\n答案\n## 怎么交费").await);
        assert_eq!((&report["rows"], &report["created"]), (&json!(3), &json!(1)));
        let error = &report["errors"][0];
        assert_eq!((&error["row"], &error["code"]), (&json!(4), &json!("knowledge.question_empty")));
        let cells = json!({ "question": "？？", "answer": "答案", "category": "话费" });
        assert_eq!(error["cells"], cells);
        // A question whose answer was forgotten is not lost without a word.
        let error = &report["errors"][1];
        assert_eq!((&error["row"], &error["cells"]["question"]), (&json!(6), &json!("怎么交费")));
        assert_eq!(error["code"], "import.answer_missing");
        soon(&house, editor, "怎么查话费", "回复 1").await;

        // Mended, the row alone comes again.
        let report = made(&send("mended.csv", "question,answer,category\n怎么交话费,答案,话费").await);
        assert_eq!((&report["rows"], &report["created"]), (&json!(1), &json!(1)));
        soon(&house, editor, "怎么交话费", "答案").await;

        let page = "<h1>宽带</h1><h2>断网怎么办</h2><p>重启光猫</p>";
        assert_eq!(made(&send("help.HTML", page).await)["created"], 1);
        soon(&house, editor, "断网怎么办", "重启光猫").await;
        let categories = made(&house.get(editor, "/knowledge/categories").await);
        assert_eq!(categories["items"].as_array().unwrap().len(), 2);

        // Tables of questions, each with columns of its own, beside headings and marked questions; told apart in errors.
        let page = "<h1>宽带</h1><h2>移机多少钱</h2><p>免费</p><p>问：移机要几天</p><p>答：三天</p><h2>故障</h2>\
            <table><tr><th>问题</th><th>标准答案</th></tr><tr><td>断网怎么办</td><td>重启</td></tr>\
            <tr><td>光猫红灯</td><td>拨 10000<br>报修</td></tr></table>";
        let report = made(&send("help.html", page).await);
        assert_eq!((&report["rows"], &report["created"], &report["updated"]), (&json!(4), &json!(3), &json!(1)));
        assert_eq!(report["sheets"], json!([{ "name": "", "rows": 2 }, { "name": "故障", "rows": 2 }]));
        soon(&house, editor, "光猫红灯", "拨 10000\n报修").await;
        soon(&house, editor, "移机要几天", "三天").await;
        let again = "<p>问：光猫红灯</p><p>答：x</p><table><tr><td>问题<td>答案<tr><td>光猫红灯<td>x</table>";
        let report = made(&send("again.html", again).await);
        let error = &report["errors"][0];
        assert_eq!((&error["sheet"], &error["first_sheet"]), (&json!("1"), &json!("")));
        assert_eq!(error["code"], "import.repeated");

        assert_eq!(send("a.md", "没有标题").await.code(), "document.no_questions");
        assert_eq!(send("a.docx", "PK\u{3}\u{4}坏").await.code(), "table.xlsx");
    })
    .await;
}
