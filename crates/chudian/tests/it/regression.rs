//! Test sets, and what a change would do before it is published, on both databases.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::editors::{made, soon, text};
use crate::house::{Answer, Caller, House};
use crate::rehearsals::{falls, figures};
use crate::support::{engines, until};

pub(crate) async fn entry(
    house: &House,
    caller: &Caller,
    question: &str,
    similar: &[&str],
    said: &str,
) -> String {
    let body = json!({ "question": question, "similar": similar, "answers": text(said) });
    let made = made(&house.call(caller, "POST", "/knowledge/entries", body).await);
    soon(house, caller, question, said).await;
    made["id"].as_str().unwrap().to_owned()
}

/// Begins a rehearsal and waits for its end.
pub(crate) async fn rehearsed(house: &House, caller: &Caller, act: Value) -> Value {
    let begun = made(&house.call(caller, "POST", "/knowledge/rehearsals", act).await);
    let path = format!("/knowledge/rehearsals/{}", begun["id"].as_str().unwrap());
    let done = async || made(&house.get(caller, &path).await);
    until("the rehearsal is done", || async { done().await["state"] == "done" }).await;
    done().await
}

async fn import(house: &House, caller: &Caller, query: &str, table: &str) -> Answer {
    let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n";
    let body = format!("{head}{table}\r\n--b--\r\n");
    let path = format!("/api/v1/knowledge/imports?{query}");
    house.send(caller, "POST", &path, "multipart/form-data; boundary=b", body.into_bytes()).await
}

/// A base of a few entries and a set that comes out right; gives the keys of the first entry and of the set.
pub(crate) async fn guarded(desk: &Desk) -> (String, String) {
    let (house, editor) = (&desk.house, &desk.admin);
    let bill = entry(house, editor, "怎么查话费", &["账单在哪里看"], "发送 HF 查话费。").await;
    let invoice = entry(house, editor, "怎么开发票", &[], "在营业厅开发票。").await;
    entry(house, editor, "宽带断网了怎么办", &[], "重启光猫。").await;
    entry(house, editor, "携号转网怎么办理", &[], "发送 CXXZ。").await;
    let questions = json!([
        { "question": "账单在哪里看", "expects": "entry", "entry": bill },
        { "question": "怎么开发票", "expects": "entry", "entry": invoice },
        { "question": "今天股票涨了吗", "expects": "nobody" },
        { "question": "宽带", "expects": "free" },
    ]);
    let body = json!({ "name": "常问", "questions": questions });
    let set = made(&house.call(editor, "POST", "/knowledge/test-sets", body).await);
    assert_eq!(set["questions"][0]["entry_question"], "怎么查话费");
    (bill, set["id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_set_is_written_run_and_read_by_nobody_else() {
    for (url, folder) in engines() {
        let desk = Desk::in_house(Arc::new(House::running(&url, folder).await)).await;
        let (house, editor) = (&desk.house, &desk.admin);
        let (bill, set) = guarded(&desk).await;
        let path = format!("/knowledge/test-sets/{set}");

        let run = made(&house.call(editor, "POST", &format!("{path}/runs"), Value::Null).await);
        assert_eq!((&run["runs"][0]["right"], &run["runs"][0]["checked"]), (&json!(3), &json!(3)), "{run}");
        let verdicts: Vec<&str> =
            run["results"].as_array().unwrap().iter().map(|it| it["verdict"].as_str().unwrap()).collect();
        assert_eq!(verdicts, ["right", "right", "right", "watched"]);
        assert_eq!(run["results"][0]["outcome"]["reason"]["code"], "knowledge.answer");

        // A fall is seen: the second newest run was better.
        let gone = format!("/knowledge/entries/{bill}?accept_fall=true");
        assert_eq!(house.call(editor, "DELETE", &gone, Value::Null).await.status, 204);
        until("the bot forgets it", || async {
            let run = made(&house.call(editor, "POST", &format!("{path}/runs"), Value::Null).await);
            run["runs"][0]["right"] == 2 && run["runs"].as_array().unwrap().iter().any(|it| it["right"] == 3)
        })
        .await;
        let read = made(&house.get(editor, &path).await);
        assert_eq!(read["results"][0]["verdict"], "missed");
        assert!(read["questions"][0]["entry_question"].is_null(), "its entry is gone");
        let listed = made(&house.get(editor, "/knowledge/test-sets").await);
        assert_eq!(
            (&listed["items"][0]["questions"], &listed["items"][0]["runs"][0]["right"]),
            (&json!(4), &json!(2))
        );

        // It is written over the version that was seen, and what was there may stay though its entry is gone.
        let questions: Vec<Value> = read["questions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| {
                let mut it = it.clone();
                it.as_object_mut().unwrap().remove("entry_question");
                it
            })
            .collect();
        let body = |version| json!({ "name": "常问二", "questions": questions, "version": version });
        assert_eq!(house.call(editor, "PUT", &path, body(7)).await.code(), "test_set.changed");
        assert_eq!(made(&house.call(editor, "PUT", &path, body(1)).await)["version"], 2);
        let twice = json!({ "name": "常问二", "questions": [] });
        assert_eq!(house.call(editor, "POST", "/knowledge/test-sets", twice).await.code(), "test_set.exists");
        let absent = json!({ "name": "新", "questions": [
            { "question": "问", "expects": "entry", "entry": "ent_0000000000000" }] });
        assert_eq!(house.call(editor, "POST", "/knowledge/test-sets", absent).await.code(), "test_set.entry");

        let lines = json!({ "text": "发票在哪开\t怎么开发票\n天气,-\n坏,没有\n" });
        let read = made(&house.call(editor, "POST", "/knowledge/test-lines", lines).await);
        assert_eq!(
            (&read["questions"][0]["entry_question"], &read["errors"][0]["line"]),
            (&json!("怎么开发票"), &json!(3))
        );

        assert_eq!(house.get(&desk.root, &path).await.status, 404);
        let agent = house.call(&desk.anna.caller, "POST", &format!("{path}/runs"), Value::Null).await;
        assert_eq!(agent.status, 403);
        assert_eq!(house.call(editor, "DELETE", &path, Value::Null).await.status, 204);
        assert_eq!(made(&house.get(editor, "/knowledge/test-sets").await)["items"], json!([]));
    }
}

#[tokio::test]
async fn what_a_change_would_do_is_told_before_it_is_published_and_a_fall_must_be_accepted() {
    for (url, folder) in engines() {
        let desk = Desk::in_house(Arc::new(House::running(&url, folder).await)).await;
        let (house, editor) = (&desk.house, &desk.admin);
        let (bill, set) = guarded(&desk).await;
        desk.says("oStoryGuard00001", "账单在哪里看").await;
        desk.says("oStoryGuard00002", "13800138000的彩铃怎么改").await;
        desk.says("oStoryGuard00002", "？").await;

        // Removing an entry loses what it answered.
        let found = rehearsed(house, editor, json!({ "act": "delete", "entry": bill })).await;
        assert_eq!(
            (&found["falls"], &found["customers"], &found["done"]),
            (&json!(true), &json!(2), &json!(6))
        );
        let score = json!({ "set": set, "name": "常问", "before": 3, "after": 2, "checked": 3 });
        assert_eq!(found["sets"][0], score);
        let lost: Vec<_> = found["differences"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (it["question"].as_str().unwrap(), it["effect"].as_str().unwrap(), it["set"].is_null()))
            .collect();
        assert_eq!(lost, [("账单在哪里看", "loss", false), ("账单在哪里看", "loss", true)]);
        assert_eq!(found["differences"][0]["verdict_before"], "right");

        // A new entry that takes nothing away changes nothing for others, and answers what was open.
        let act = json!({ "act": "write", "question": "怎么改彩铃", "similar": ["***********的彩铃怎么改"] });
        let found = rehearsed(house, editor, act).await;
        assert_eq!((&found["falls"], &found["different"]), (&json!(false), &json!(1)), "{found}");
        assert_eq!(
            (&found["differences"][0]["effect"], &found["differences"][0]["own"]),
            (&json!("gain"), &json!(true))
        );
        let same =
            json!({ "act": "write", "entry": bill, "question": "怎么查话费", "similar": ["账单在哪里看"] });
        assert_eq!(rehearsed(house, editor, same).await["different"], 0);
        let settings = made(&house.get(editor, "/bot/settings").await);
        assert_eq!(
            rehearsed(house, editor, json!({ "act": "settings", "settings": settings })).await["different"],
            0
        );
        let wrong =
            house.call(editor, "POST", "/knowledge/rehearsals", json!({ "act": "restore", "entry": bill }));
        assert_eq!(wrong.await.code(), "rehearsal.incomplete");

        // Every door asks.
        let path = format!("/knowledge/entries/{bill}");
        let refused = |answer: Answer| falls(&answer, &set, [3, 2, 3]);
        refused(house.call(editor, "DELETE", &path, Value::Null).await);
        refused(house.call(editor, "PUT", &format!("{path}/enabled"), json!({ "enabled": false })).await);
        let narrower = json!({ "question": "怎么查话费", "answers": text("发送 HF 查话费。") });
        refused(house.call(editor, "PUT", &path, narrower.clone()).await);
        let mut draft = narrower.clone();
        draft["publish"] = json!(false);
        made(&house.call(editor, "PUT", &path, draft).await);
        refused(house.call(editor, "POST", &format!("{path}/publication"), json!({ "revision": 1 })).await);
        let table = "question,similar,answer\n怎么查话费,查余额,发送 HF 查话费。\n";
        refused(import(house, editor, "", table).await);
        let trial = made(&import(house, editor, "dry_run=true&rehearse=true", table).await);
        let rehearsal = format!("/knowledge/rehearsals/{}", trial["rehearsal"].as_str().unwrap());
        until("it is tried", || async { made(&house.get(editor, &rehearsal).await)["falls"] == true }).await;
        assert_eq!(house.get(&desk.root, &rehearsal).await.status, 404);

        // Nothing was written by all this; accepted, it is, and the audit log knows.
        assert_eq!(made(&house.get(editor, &path).await)["version"], 1);
        let publication = format!("{path}/publication?accept_fall=true");
        made(&house.call(editor, "POST", &publication, json!({ "revision": 1 })).await);
        let log = made(&house.get(editor, "/audit-log?action=knowledge.publish").await);
        assert_eq!(figures(&log["items"][0]["detail"]["accepted_fall"][0]), [3, 2, 3]);

        // The way back is a gain, and needs nobody's consent.
        until("the bot follows", || async {
            let act = json!({ "act": "restore", "entry": bill, "version": 1 });
            rehearsed(house, editor, act).await["sets"][0]["before"] == 2
        })
        .await;
        made(&house.call(editor, "POST", &format!("{path}/restoration"), json!({ "version": 1 })).await);

        let agent = house.call(
            &desk.anna.caller,
            "POST",
            "/knowledge/rehearsals",
            json!({ "act": "delete", "entry": bill }),
        );
        assert_eq!(agent.await.status, 403);
    }
}

#[tokio::test]
async fn a_table_of_thousands_is_tried_as_a_whole() {
    for (url, folder) in engines() {
        let desk = Desk::in_house(Arc::new(House::running(&url, folder).await)).await;
        let (house, editor) = (&desk.house, &desk.admin);
        guarded(&desk).await;
        let rows: Vec<String> = (0..1500).map(|it| format!("第{it}号营业厅几点开门,,九点\n")).collect();
        let table = format!("question,similar,answer\n怎么开发票,,改了\n{}", rows.concat());
        let trial = made(&import(house, editor, "dry_run=true&rehearse=true", &table).await);
        assert_eq!((&trial["created"], &trial["updated"]), (&json!(1500), &json!(1)));
        let rehearsal = format!("/knowledge/rehearsals/{}", trial["rehearsal"].as_str().unwrap());
        until("it is tried", || async { made(&house.get(editor, &rehearsal).await)["state"] == "done" })
            .await;
        let found = made(&house.get(editor, &rehearsal).await);
        assert_eq!((&found["falls"], &found["sets"][0]["after"]), (&json!(false), &json!(3)), "{found}");
        made(&import(house, editor, "", &table).await);
    }
}

#[tokio::test]
async fn entries_that_say_the_same_twice_are_found_and_dismissed_for_ever() {
    for (url, folder) in engines() {
        let desk = Desk::in_house(Arc::new(House::running(&url, folder).await)).await;
        let (house, editor) = (&desk.house, &desk.admin);
        guarded(&desk).await;
        let other = entry(house, editor, "话费怎么查询", &["怎么查话费？"], "不能发送 HF 查话费。").await;
        entry(house, editor, "发票怎么开", &["怎么开发票？"], "在营业厅开发票").await;

        let search = async || {
            let begun = house.call(editor, "POST", "/knowledge/twins/searches", Value::Null).await;
            assert_eq!(begun.status, 202);
            let path = "/knowledge/twins";
            until("the search ends", || async { made(&house.get(editor, path).await)["running"].is_null() })
                .await;
            made(&house.get(editor, path).await)
        };
        let found = search().await;
        let told: Vec<_> = found["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (it["kind"].as_str().unwrap(), it["one"]["question"].as_str().unwrap()))
            .collect();
        assert_eq!(told, [("contradiction", "怎么查话费"), ("duplicate", "怎么开发票")]);
        assert_eq!(found["wordings"], 9);

        let pair = &found["items"][0];
        let body = json!({ "one": pair["other"]["id"], "other": pair["one"]["id"] });
        let foreign = house.call(&desk.root, "POST", "/knowledge/twins/dismissals", body.clone()).await;
        assert_eq!(foreign.status, 404);
        let path = "/knowledge/twins/dismissals";
        assert_eq!(house.call(editor, "POST", path, body.clone()).await.status, 204);
        assert_eq!(house.call(editor, "POST", path, body).await.status, 404, "it was dismissed already");
        let left = search().await;
        assert_eq!(left["items"].as_array().unwrap().len(), 1, "{left}");
        assert_eq!(left["items"][0]["kind"], "duplicate");

        // A pair goes with either of its entries.
        let gone = pair["other"]["id"].as_str().unwrap();
        assert_eq!(gone, other);
        let off = left["items"][0]["other"]["id"].as_str().unwrap();
        let path = format!("/knowledge/entries/{off}/enabled");
        made(&house.call(editor, "PUT", &path, json!({ "enabled": false })).await);
        assert_eq!(made(&house.get(editor, "/knowledge/twins").await)["items"], json!([]));
        assert_eq!(made(&house.get(&desk.root, "/knowledge/twins").await)["items"], json!([]));
    }
}
