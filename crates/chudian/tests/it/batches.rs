//! One act on many drafts over the API, on both databases.

use chudian::jobs;
use serde_json::{Value, json};

use crate::editors::{Company, companies, made, soon, text, tried};
use crate::house::{Answer, Caller, House, houses};
use crate::support::until;
use crate::workshop::{ask_for_four_eyes, colleague};

const ROWS: usize = 120;

/// Imports rows as drafts; gives the import.
async fn imported(house: &House, caller: &Caller, from: usize, rows: usize) -> String {
    let table: String = (from..from + rows).map(|it| format!("第{it}号窗口办什么,{it} 号事务\n")).collect();
    let mut body =
        b"--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n".to_vec();
    body.extend_from_slice(format!("question,answer\n{table}\r\n--cut--\r\n").as_bytes());
    let path = "/api/v1/knowledge/imports?dry_run=false&publish=false";
    let report = made(&house.send(caller, "POST", path, "multipart/form-data; boundary=cut", body).await);
    assert_eq!(report["drafted"], rows);
    report["import"].as_str().unwrap().to_owned()
}

async fn preview(house: &House, caller: &Caller, act: &str, selection: &Value) -> Value {
    let body = json!({ "act": act, "selection": selection });
    made(&house.call(caller, "POST", "/knowledge/draft-batches/preview", body).await)
}

async fn begin(house: &House, caller: &Caller, act: &str, selection: &Value, note: Value) -> Answer {
    let seen = preview(house, caller, act, selection).await["seen"].clone();
    let body = json!({ "act": act, "selection": selection, "seen": seen, "note": note });
    house.call(caller, "POST", "/knowledge/draft-batches", body).await
}

/// Waits for the end of a batch; gives it.
async fn ended(house: &House, caller: &Caller, batch: &Answer) -> Value {
    let path = format!("/knowledge/draft-batches/{}", made(batch)["id"].as_str().unwrap());
    until("the batch ends", || async { made(&house.get(caller, &path).await)["ended_at"].is_string() }).await;
    made(&house.get(caller, &path).await)
}

fn counts(batch: &Value) -> (u64, u64, Value) {
    (batch["drafts"].as_u64().unwrap(), batch["done"].as_u64().unwrap(), batch["reasons"].clone())
}

async fn entries(house: &House, caller: &Caller, filter: &str) -> Vec<Value> {
    let page = made(&house.get(caller, &format!("/knowledge/entries?limit=200&{filter}")).await);
    page["items"].as_array().unwrap().clone()
}

async fn path_of(house: &House, caller: &Caller, nth: usize) -> String {
    let found = entries(house, caller, &format!("query=%E7%AC%AC{nth}%E5%8F%B7%E7%AA%97")).await;
    format!("/knowledge/entries/{}", found[0]["id"].as_str().unwrap())
}

async fn log(house: &House, company: &Company, action: &str) -> Vec<Value> {
    let log = made(&house.get(&company.admin, &format!("/audit-log?action={action}")).await);
    log["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_table_is_handed_in_and_published_as_a_whole_by_two_people() {
    companies(|house, company| async move {
        let editor = &company.editor;
        ask_for_four_eyes(&house, &company).await;
        let other = colleague(&house, &company).await;
        let import = imported(&house, editor, 0, ROWS).await;
        imported(&house, editor, 900, 1).await;
        let all = json!({ "import": import });
        assert_eq!(entries(&house, editor, &format!("import={import}")).await.len(), ROWS);

        // Nothing is handed in: neither may publish, each for the first reason that holds.
        let shown = preview(&house, editor, "publish", &all).await;
        assert_eq!(
            (&shown["taken"], &shown["reasons"]),
            (&json!(0), &json!({ "knowledge.four_eyes": ROWS }))
        );
        let shown = preview(&house, &other, "publish", &all).await;
        assert_eq!(shown["reasons"], json!({ "knowledge.not_submitted": ROWS }));
        let none = begin(&house, &other, "publish", &all, Value::Null).await;
        assert_eq!((none.status, none.code().as_str()), (409, "knowledge.batch_empty"));

        let batch = begin(&house, editor, "submit", &all, json!("柜台改版")).await;
        assert_eq!(batch.status, 201);
        let batch = ended(&house, editor, &batch).await;
        assert_eq!(counts(&batch), (120, 120, json!({})));
        assert_eq!(entries(&house, editor, "draft=review").await.len(), ROWS);
        assert_eq!(entries(&house, editor, "draft=writing").await.len(), 1, "the other import's");

        // One is written on by the colleague: nobody else has seen that.
        let path = path_of(&house, editor, 7).await;
        let body = json!({ "question": "第7号窗口办什么", "answers": text("别的"), "publish": false });
        let stale = preview(&house, &other, "publish", &all).await["seen"].clone();
        made(&house.call(&other, "PUT", &path, body).await);
        let body = json!({ "act": "publish", "selection": all, "seen": stale });
        let refused = house.call(&other, "POST", "/knowledge/draft-batches", body).await;
        assert_eq!((refused.status, refused.code().as_str()), (409, "knowledge.batch_changed"));

        let shown = preview(&house, &other, "publish", &all).await;
        assert_eq!((&shown["taken"], &shown["reasons"]), (&json!(119), &json!({ "knowledge.four_eyes": 1 })));
        assert_eq!(shown["left"][0]["question"], "第7号窗口办什么");
        let batch = begin(&house, &other, "publish", &all, Value::Null).await;
        let batch = ended(&house, &other, &batch).await;
        assert_eq!(counts(&batch), (119, 119, json!({})));
        soon(&house, editor, "第99号窗口办什么", "99 号事务").await;
        let versions =
            made(&house.get(editor, &format!("{}/versions", path_of(&house, editor, 99).await)).await);
        let version = &versions["items"][0];
        assert_eq!(
            (&version["note"], &version["writers"][0]["name"]),
            (&json!("柜台改版"), &json!("editor@telecom"))
        );
        assert_eq!(version["published_by"]["name"], "second@telecom");
        assert_ne!(tried(&house, editor, "第7号窗口办什么", &Value::Null).await.0, "别的");

        let log = log(&house, &company, "knowledge.batch_end").await;
        assert_eq!(log.len(), 2);
        assert_eq!((&log[0]["detail"]["act"], &log[0]["detail"]["done"]), (&json!("publish"), &json!(119)));
        let listed = made(&house.get(editor, "/knowledge/draft-batches").await);
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);

        let path = format!("/knowledge/draft-batches/{}", batch["id"].as_str().unwrap());
        assert_eq!(house.get(&company.other, &path).await.status, 404);
        let stop = format!("{path}/cancellation");
        assert_eq!(house.call(&company.other, "POST", &stop, json!({})).await.status, 404);
        let agent = json!({ "act": "submit", "selection": {} });
        let agent = house.call(&company.agent, "POST", "/knowledge/draft-batches/preview", agent).await;
        assert_eq!(agent.status, 403);
    })
    .await;
}

#[tokio::test]
async fn what_is_sent_back_or_given_up_is_told_and_gone() {
    companies(|house, company| async move {
        let editor = &company.editor;
        let import = imported(&house, editor, 0, 60).await;
        let named: Vec<Value> =
            entries(&house, editor, "").await.iter().take(3).map(|it| it["id"].clone()).collect();
        let three = json!({ "entries": named });
        let batch = begin(&house, editor, "submit", &three, Value::Null).await;
        ended(&house, editor, &batch).await;
        let all = json!({ "import": import });
        let shown = preview(&house, editor, "return", &all).await;
        assert_eq!(
            (&shown["taken"], &shown["reasons"]),
            (&json!(3), &json!({ "knowledge.not_in_review": 57 }))
        );
        let refused = begin(&house, editor, "return", &all, Value::Null).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "knowledge.reason"));
        let batch = begin(&house, editor, "return", &all, json!("价格不对")).await;
        assert_eq!(counts(&ended(&house, editor, &batch).await), (3, 3, json!({})));
        let path = format!("/knowledge/entries/{}/draft", named[0].as_str().unwrap());
        assert_eq!(made(&house.get(editor, &path).await)["reason"], "价格不对");

        let batch = begin(&house, editor, "discard", &json!({ "draft": "any" }), Value::Null).await;
        assert_eq!(counts(&ended(&house, editor, &batch).await), (60, 60, json!({})));
        assert!(entries(&house, editor, "").await.is_empty(), "nothing of them was ever published");
        let many: Vec<String> = (0..501).map(|_| "ent_0000000000777".to_owned()).collect();
        let body = json!({ "act": "submit", "selection": { "entries": many } });
        let refused = house.call(editor, "POST", "/knowledge/draft-batches/preview", body).await;
        assert_eq!((refused.status, refused.code().as_str()), (422, "knowledge.batch_size"));
    })
    .await;
}

#[tokio::test]
async fn two_workers_take_no_draft_twice_and_what_is_stopped_stays_as_it_is() {
    companies(|house, company| async move {
        let editor = &company.editor;
        imported(&house, editor, 0, ROWS).await;
        let all = json!({ "draft": "writing" });
        let batch = begin(&house, editor, "publish", &all, Value::Null).await;
        let (tenant, payload) = (company.tenant, json!({ "batch": made(&batch)["id"] }));
        // As after a death: the job is begun again while the one before it may still be at work.
        house
            .ctx
            .db
            .write(move |tx| {
                let now = tx.now();
                for _ in 0..3 {
                    jobs::enqueue(
                        tx,
                        tenant,
                        chudian::knowledge::workshop::batch::run::WORK_OFF,
                        &payload,
                        now,
                    )?;
                }
                Ok(())
            })
            .await
            .unwrap();
        house.ctx.jobs.now();
        assert_eq!(counts(&ended(&house, editor, &batch).await), (120, 120, json!({})));
        let found = entries(&house, editor, "").await;
        assert_eq!(found.len(), ROWS);
        assert!(found.iter().all(|it| it["version"] == 1 && it["draft"].is_null()));
        assert_eq!(log(&house, &company, "knowledge.batch_end").await.len(), 1);

        // Stopped after its end: nothing changes.
        let path = format!("/knowledge/draft-batches/{}/cancellation", made(&batch)["id"].as_str().unwrap());
        let after = made(&house.call(editor, "POST", &path, json!({})).await);
        assert_eq!((&after["cancelled"], &after["done"]), (&json!(false), &json!(120)));
    })
    .await;
}

#[tokio::test]
async fn whose_rights_are_taken_away_meanwhile_publishes_no_more() {
    houses(|house| async move {
        // No job runs in this house before it is run here.
        let root = house.found().await;
        let (tenant, admin) = house.member(&root, "telecom").await;
        let (who, editor) = house.person(&admin, "editor@telecom", "editor").await;
        imported(&house, &editor, 0, ROWS).await;
        let all = json!({ "draft": "writing" });
        let batch = begin(&house, &editor, "publish", &all, Value::Null).await;
        let out = house.call(&admin, "PATCH", &format!("/users/{who}"), json!({ "role": "agent" })).await;
        assert_eq!(out.status, 200, "{out:?}");
        let payload = json!({ "batch": made(&batch)["id"] }).to_string();
        let done = chudian::knowledge::workshop::batch::run::run(
            house.ctx.clone(),
            tenant.parse().unwrap(),
            payload,
        );
        assert!(matches!(done.await, jobs::Outcome::Done));
        let end = ended(&house, &admin, &batch).await;
        assert_eq!(counts(&end), (120, 0, json!({ "permission.missing": 120 })));
        assert!(entries(&house, &admin, "").await.iter().all(|it| it["version"] == 0));
    })
    .await;
}
