//! Who must read an entry, who has, and how they did.

use serde_json::{Value, json};

use crate::desk::desks;
use crate::house::Answer;

fn quiz() -> Value {
    json!([
        { "question": "几天到账？", "choices": ["一天", "三天"], "right": 1 },
        { "question": "能退吗？", "choices": ["能", "不能"], "right": 0 },
    ])
}

#[tokio::test]
async fn what_must_be_read_is_read_once_in_a_round_and_the_editor_sees_by_whom() {
    desks(|desk| async move {
        let house = &desk.house;
        let (admin, anna, bob) = (&desk.admin, &desk.anna.caller, &desk.bob.caller);
        let body = json!({ "question": "退款多久到账", "answers": [{ "type": "text", "text": "三天。" }] });
        let entry = house.call(admin, "POST", "/knowledge/entries", body).await.json();
        let id = entry["id"].as_str().unwrap().to_owned();
        let (demand, mine) = (format!("/knowledge/entries/{id}/reading"), format!("/knowledge/readings/{id}"));
        let code = |it: &Answer| (it.status, it.code());

        assert_eq!(house.get(anna, "/knowledge/readings").await.json()["unread"], 0);
        assert_eq!(house.get(anna, &mine).await.status, 404);
        let nobody = house.call(admin, "PUT", &demand, json!({ "quiz": quiz() })).await;
        assert_eq!(code(&nobody), (422, "reading.invalid".into()));
        assert_eq!(house.call(anna, "PUT", &demand, json!({ "roles": ["agent"] })).await.status, 403);
        let asked = json!({ "roles": ["agent"], "quiz": quiz(), "version": 0 });
        let asked = house.call(admin, "PUT", &demand, asked).await;
        assert_eq!(asked.status, 200, "{asked:?}");
        assert_eq!(asked.json()["readers"].as_array().unwrap().len(), 2, "anna and bob, not carla");

        // The quiz comes without its right choices until it is answered.
        assert_eq!(house.get(anna, "/knowledge/readings").await.json()["unread"], 1);
        assert_eq!(house.get(&desk.carla.caller, "/knowledge/readings").await.json()["items"], json!([]));
        let text = house.get(anna, &mine).await.json();
        assert_eq!((&text["question"], &text["quiz"][0].get("right")), (&json!("退款多久到账"), &None));
        let few = house.call(anna, "POST", &mine, json!({ "round": 1, "answers": [1] })).await;
        assert_eq!(code(&few), (422, "reading.answers".into()));
        let record = |it: &Value| {
            let it = &it["record"];
            (it["score"].as_i64(), it["questions"].as_i64(), it["tries"].as_i64(), it["passed"].as_bool())
        };
        let seen_of = async |id: &str| {
            let seen = house.get(admin, &demand).await.json();
            let readers = seen["readers"].as_array().unwrap().clone();
            readers.into_iter().find(|it| it["user"]["id"] == json!(id)).unwrap()
        };

        // A failed quiz is not read: it is tried again, and the right choices stay hidden.
        let half = json!({ "round": 1, "answers": [1, 1] });
        let failed = house.call(anna, "POST", &mine, half.clone()).await.json();
        assert_eq!(record(&failed), (Some(1), Some(2), Some(1), Some(false)), "{failed}");
        assert!(failed["quiz"][0].get("right").is_none(), "{failed}");
        assert_eq!(house.get(anna, "/knowledge/readings").await.json()["unread"], 1);
        house.call(anna, "POST", &mine, half).await;
        assert_eq!(record(&seen_of(&desk.anna.id).await), (Some(1), Some(2), Some(2), Some(false)));
        let right = json!({ "round": 1, "answers": [1, 0] });
        let read = house.call(anna, "POST", &mine, right.clone()).await.json();
        assert_eq!(record(&read), (Some(2), Some(2), Some(3), Some(true)), "{read}");
        assert_eq!(read["quiz"][0]["right"], 1);
        let twice = house.call(anna, "POST", &mine, right).await;
        assert_eq!(code(&twice), (409, "reading.done".into()));
        assert_eq!(house.get(anna, "/knowledge/readings").await.json()["unread"], 0);
        assert_eq!(record(&seen_of(&desk.anna.id).await).3, Some(true));
        assert!(seen_of(&desk.bob.id).await.get("record").is_none());

        // More people are asked: who has read stays. Asked again, everybody is.
        let carla = json!({ "roles": ["agent"], "users": [desk.carla.id], "quiz": quiz(), "version": 1 });
        assert_eq!(house.call(admin, "PUT", &demand, carla.clone()).await.status, 200);
        assert_eq!(house.get(anna, "/knowledge/readings").await.json()["unread"], 0);
        assert_eq!(house.get(&desk.carla.caller, "/knowledge/readings").await.json()["unread"], 1);
        let stale = house.call(admin, "PUT", &demand, carla).await;
        assert_eq!(code(&stale), (409, "reading.outdated".into()));
        let again = json!({ "roles": ["agent"], "quiz": quiz(), "again": true });
        assert_eq!(house.call(admin, "PUT", &demand, again).await.status, 200);
        assert_eq!(house.get(anna, "/knowledge/readings").await.json()["unread"], 1);
        let old = house.call(bob, "POST", &mine, json!({ "round": 1, "answers": [1, 0] })).await;
        assert_eq!(code(&old), (409, "reading.changed".into()));

        // Nobody is asked any more; asked anew, nobody has read it.
        house.call(bob, "POST", &mine, json!({ "round": 2, "answers": [1, 0] })).await;
        assert_eq!(house.call(admin, "DELETE", &demand, Value::Null).await.status, 204);
        assert_eq!(house.call(admin, "DELETE", &demand, Value::Null).await.status, 404);
        assert_eq!(house.get(anna, &mine).await.status, 404);
        house.call(admin, "PUT", &demand, json!({ "roles": ["agent"] })).await;
        assert_eq!(house.get(bob, "/knowledge/readings").await.json()["unread"], 1);

        // Only what is published can be read.
        let draft = json!({ "question": "草稿", "answers": [{ "type": "text", "text": "未发布" }], "publish": false });
        let draft = house.call(admin, "POST", "/knowledge/entries", draft).await.json();
        let path = format!("/knowledge/entries/{}/reading", draft["id"].as_str().unwrap());
        let refused = house.call(admin, "PUT", &path, json!({ "roles": ["agent"] })).await;
        assert_eq!(code(&refused), (409, "reading.unpublished".into()));
    })
    .await;
}
