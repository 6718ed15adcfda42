//! The tenant's words: what is said of them counts from the next message on.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::house::{Caller, House};
use crate::support::{engines, until};

async fn first(house: &House, caller: &Caller, question: &str) -> Value {
    let body = json!({ "content": { "type": "text", "text": question } });
    let answer = house.call(caller, "POST", "/bot/test", body).await;
    answer.json()["candidates"][0].clone()
}

#[tokio::test]
async fn a_synonym_makes_a_question_match_and_says_so() {
    for (url, folder) in engines() {
        let house = Arc::new(House::running(&url, folder).await);
        let root = house.found().await;
        let (_, admin) = house.member(&root, "telecom").await;
        let (_, agent) = house.person(&admin, "anna", "agent").await;
        for question in ["亲情网怎么开通", "流量怎么查询", "套餐如何变更"] {
            let body = json!({ "question": question, "answers": [{ "type": "text", "text": question }] });
            house.call(&admin, "POST", "/knowledge/entries", body).await;
        }
        until("the bot knows it", || async {
            first(&house, &admin, "亲情网怎么开通").await["confidence"] == 1.0
        })
        .await;
        let before = first(&house, &admin, "家庭号怎么开通").await["confidence"].as_f64().unwrap_or_default();

        let path = "/knowledge/words";
        let body = json!({ "kind": "synonyms", "words": ["亲情网", "家庭号"] });
        assert_eq!(house.call(&agent, "POST", path, body.clone()).await.status, 403);
        let made = house.call(&admin, "POST", path, body).await;
        assert_eq!(made.status, 201, "{made:?}");
        let sure = async || first(&house, &admin, "家庭号怎么开通").await["confidence"].as_f64() > Some(0.9);
        until("the synonym counts", sure).await;
        assert!(before < 0.9, "{before}");
        let why = first(&house, &admin, "家庭号怎么开通").await["synonyms"].clone();
        assert_eq!(why, json!([{ "written": "家庭号", "form": "亲情网" }]));

        // Clashes are told by word.
        let clash = json!({ "kind": "synonyms", "words": ["家庭圈", "家庭號"] });
        let refused = house.call(&admin, "POST", path, clash).await;
        assert_eq!((refused.status, refused.code().as_str()), (409, "words.taken"), "{refused:?}");
        assert!(refused.json()["fields"]["words[2]"].is_string(), "{refused:?}");
        let alone = json!({ "kind": "synonyms", "words": ["家庭圈"] });
        assert_eq!(house.call(&admin, "POST", path, alone).await.code(), "words.count");

        // Changed over the version that was seen, and by nobody else's hand.
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let one = format!("{path}/{id}");
        let change = json!({ "words": ["亲情网", "家庭号", "全家福"], "version": 1 });
        assert_eq!(house.call(&admin, "PUT", &one, change.clone()).await.status, 200);
        let late = house.call(&admin, "PUT", &one, change.clone()).await;
        assert_eq!((late.status, late.code().as_str()), (409, "words.changed"));
        assert_eq!(house.call(&root, "PUT", &one, change).await.status, 404);

        // Lines: a trial writes nothing; what clashes is left out and told.
        let text = "# 网络\n宽带，家宽、光纤宽带\n全家福,家庭圈\n流量\n宽带，亲情网\n";
        let paste = |dry_run: bool| json!({ "kind": "synonyms", "text": text, "dry_run": dry_run });
        for dry_run in [true, false] {
            let report = house.call(&admin, "POST", "/knowledge/words/imports", paste(dry_run)).await.json();
            assert_eq!((&report["created"], &report["updated"]), (&json!(1), &json!(1)), "{report}");
            let faults: Vec<_> = report["errors"].as_array().unwrap().iter().map(|it| &it["line"]).collect();
            assert_eq!(faults, [4, 5], "{report}");
        }
        let again = house.call(&admin, "POST", "/knowledge/words/imports", paste(false)).await.json();
        assert_eq!((&again["created"], &again["unchanged"]), (&json!(0), &json!(2)), "{again}");
        let body = json!({ "kind": "protected", "words": ["查询宝"] });
        assert_eq!(house.call(&admin, "POST", path, body).await.status, 201);

        let listed =
            house.get(&admin, "/knowledge/words?kind=synonyms&query=%E5%AE%B6%E5%BA%AD").await.json();
        assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
        assert_eq!(listed["items"][0]["words"], json!(["亲情网", "家庭号", "全家福", "家庭圈"]));
        assert_eq!(house.get(&root, path).await.json()["items"], json!([]), "nobody else's");

        assert_eq!(house.call(&admin, "DELETE", &one, json!({})).await.status, 204);
        until("it is forgotten", || async { !sure().await }).await;
        let acts = house.get(&admin, "/audit-log?action=words.import").await.json();
        assert_eq!(acts["items"].as_array().unwrap().len(), 1, "{acts}");
    }
}
