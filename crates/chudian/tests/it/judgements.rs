//! A colleague says whether the bot answered rightly: learnt from, counted, told, taken back. On both databases.

use chudian::base::id::{EntryId, TenantId};
use chudian::knowledge::learning::store::list_confirmed;
use serde_json::{Value, json};

use crate::desk::{desks, text};
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
