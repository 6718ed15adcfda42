//! A colleague says whether the bot answered rightly: learnt from, counted, told, taken back. On both databases.

use chudian::base::id::{EntryId, TenantId, ThreadId};
use chudian::knowledge::learning::cluster::Unmatched;
use chudian::knowledge::learning::store::{insert_unsolved, list_confirmed};
use serde_json::{Value, json};

use crate::desk::{Desk, desks, text};
use crate::editors::made;
use crate::house::acts::answered;

#[tokio::test]
async fn an_answer_is_judged_learnt_from_counted_and_taken_back() {
    desks(|desk| async move {
        let (house, anna) = (&desk.house, &desk.anna.caller);
        let (thread, message) = answered(&desk, "oStoryJudge00001").await;
        let body = json!({ "question": "账号怎么注销", "answers": [{ "type": "text", "text": "回复 ZX" }] });
        let other = made(&house.call(&desk.admin, "POST", "/knowledge/entries", body).await);
        let (of, all) = (format!("/messages/{message}/judgement"), format!("/threads/{thread}/judgements"));
        assert_eq!(made(&house.get(anna, &all).await)["items"], json!([]));

        let right = made(&house.call(anna, "PUT", &of, json!({ "right": true })).await);
        let mark = &right["items"][0];
        assert_eq!((&mark["message"], &mark["right"]), (&json!(message), &json!(true)));
        let entry = text(mark, "entry").to_owned();
        let tenant: TenantId =
            text(&made(&house.get(anna, "/session").await)["tenant"], "id").parse().unwrap();
        let learnt = async || {
            let found = house.ctx.db.read(move |tx| list_confirmed(tx, tenant, 10)).await.unwrap();
            found.into_iter().map(|(_, question, entry)| (question, entry)).collect::<Vec<_>>()
        };
        let id = |text: &str| text.parse::<EntryId>().unwrap();
        assert_eq!(learnt().await, [("怎么销户".to_owned(), id(&entry))]);

        // Said otherwise, it counts for the other one.
        for refused in [
            json!({ "right": true, "instead": other["id"] }),
            json!({ "right": false, "instead": entry }),
            json!({ "right": false, "instead": "ent_0000000000777" }),
        ] {
            let answer = house.call(anna, "PUT", &of, refused).await;
            assert_eq!((answer.status, answer.code().as_str()), (422, "answer.instead"));
        }
        let wrong = json!({ "right": false, "instead": other["id"] });
        let wrong = made(&house.call(anna, "PUT", &of, wrong).await);
        assert_eq!(wrong["items"].as_array().unwrap().len(), 1, "one for a message");
        assert_eq!(wrong["items"][0]["instead"]["question"], "账号怎么注销");
        assert_eq!(learnt().await, [("怎么销户".to_owned(), id(text(&other, "id")))]);
        let marks = async |id: &str| {
            made(&house.get(&desk.admin, &format!("/knowledge/entries/{id}/use?days=7")).await)["marks"]
                .clone()
        };
        assert_eq!(marks(&entry).await, json!({ "right": 0, "wrong": 1, "instead": 0 }));
        assert_eq!(marks(text(&other, "id")).await, json!({ "right": 0, "wrong": 0, "instead": 1 }));

        // Only what the bot answered from the base; and it can be taken back.
        let messages = house.get(anna, &format!("/threads/{thread}/messages")).await.json();
        let asked = messages["items"].as_array().unwrap().iter().find(|it| it["direction"] == "in").unwrap();
        let path = format!("/messages/{}/judgement", text(asked, "id"));
        let answer = house.call(anna, "PUT", &path, json!({ "right": true })).await;
        assert_eq!((answer.status, answer.code().as_str()), (409, "answer.not_from_base"));
        assert_eq!(house.call(anna, "DELETE", &of, Value::Null).await.status, 204);
        assert_eq!(house.call(anna, "DELETE", &of, Value::Null).await.status, 404);
        assert_eq!((learnt().await, marks(&entry).await["wrong"].clone()), (Vec::new(), json!(0)));
        let log = made(&house.get(&desk.admin, "/audit-log?action=answer.").await);
        let acts: Vec<&str> = log["items"].as_array().unwrap().iter().map(|it| text(it, "action")).collect();
        assert_eq!(acts, ["answer.take_back", "answer.judge", "answer.judge"]);
    })
    .await;
}

async fn open(desk: &Desk) -> Vec<Value> {
    made(&desk.house.get(&desk.admin, "/knowledge/unresolved").await)["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_wrong_answer_of_which_nobody_knows_the_right_one_is_an_open_question() {
    desks(|desk| async move {
        let (house, anna) = (&desk.house, &desk.anna.caller);
        let (thread, message) = answered(&desk, "oStoryJudge00002").await;
        let body = json!({ "question": "账号怎么注销", "answers": [{ "type": "text", "text": "回复 ZX" }] });
        let other = made(&house.call(&desk.admin, "POST", "/knowledge/entries", body).await);
        let of = format!("/messages/{message}/judgement");
        let judge = async |body: Value| made(&house.call(anna, "PUT", &of, body).await);
        assert_eq!(open(&desk).await.len(), 0);

        let judged = judge(json!({ "right": false })).await;
        let entry = text(&judged["items"][0], "entry").to_owned();
        let listed = open(&desk).await;
        assert_eq!(
            (&listed[0]["question"], &listed[0]["count"], &listed[0]["wrong"], &listed[0]["unsolved"]),
            (&json!("怎么销户"), &json!(1), &json!(1), &json!(0))
        );
        assert_eq!(listed[0]["answered_by"][0]["id"], json!(entry));

        // Whose right entry is known, is learnt from; called right, or taken back, it is no question any more.
        judge(json!({ "right": false, "instead": other["id"] })).await;
        assert_eq!(open(&desk).await.len(), 0);
        judge(json!({ "right": false })).await;
        assert_eq!(open(&desk).await.len(), 1);
        judge(json!({ "right": true })).await;
        assert_eq!(open(&desk).await.len(), 0);
        judge(json!({ "right": false })).await;
        assert_eq!(house.call(anna, "DELETE", &of, Value::Null).await.status, 204);
        assert_eq!(open(&desk).await.len(), 0);

        // The customer said the same of it: one question, with both reasons.
        judge(json!({ "right": false })).await;
        let tenant: TenantId =
            text(&made(&house.get(anna, "/session").await)["tenant"], "id").parse().unwrap();
        let (thread, answered_by): (ThreadId, _) = (thread.parse().unwrap(), entry.parse().ok());
        let at = house.clock.now();
        let said = move |tx: &mut chudian::db::Tx<'_>| {
            let (question, form) = ("怎么销户".to_owned(), "怎么销户".to_owned());
            let asked =
                Unmatched { question, form, thread, at, answered_by, is_unsolved: true, is_wrong: false };
            insert_unsolved(tx, tenant, &asked)
        };
        house.ctx.db.write(said).await.unwrap();
        let listed = open(&desk).await;
        assert_eq!(
            (listed.len(), &listed[0]["count"], &listed[0]["wrong"], &listed[0]["unsolved"]),
            (1, &json!(1), &json!(1), &json!(1))
        );

        // An editor dismisses it, and it stays away, also when the mark that was dismissed is taken back.
        let body = json!({ "questions": ["怎么销户"] });
        let gone = made(&house.call(&desk.admin, "POST", "/knowledge/unresolved/dismissals", body).await);
        assert_eq!((&gone["count"], open(&desk).await.len()), (&json!(1), 0));
        assert_eq!(house.call(anna, "DELETE", &of, Value::Null).await.status, 204);
        assert_eq!(open(&desk).await.len(), 0);

        // A wrong answer to the same words later is open again, once for each thread.
        house.clock.advance(1_000);
        let (_, second) = answered(&desk, "oStoryJudge00003").await;
        for message in [&message, &second, &second] {
            let path = format!("/messages/{message}/judgement");
            made(&house.call(anna, "PUT", &path, json!({ "right": false })).await);
        }
        let listed = open(&desk).await;
        assert_eq!((listed.len(), &listed[0]["count"], &listed[0]["wrong"]), (1, &json!(2), &json!(2)));
    })
    .await;
}

#[tokio::test]
async fn a_wrong_answer_is_closed_when_its_entry_says_something_else() {
    desks(|desk| async move {
        let house = &desk.house;
        let (_, message) = answered(&desk, "oStoryJudge00004").await;
        let path = format!("/messages/{message}/judgement");
        let judged = made(&house.call(&desk.anna.caller, "PUT", &path, json!({ "right": false })).await);
        assert_eq!(open(&desk).await.len(), 1);
        house.clock.advance(1_000);
        let path = format!("/knowledge/entries/{}", text(&judged["items"][0], "entry"));
        let body =
            json!({ "question": "怎么销户", "answers": [{ "type": "text", "text": "带身份证到营业厅" }] });
        made(&house.call(&desk.admin, "PUT", &path, body).await);
        assert_eq!(open(&desk).await.len(), 0);
    })
    .await;
}
