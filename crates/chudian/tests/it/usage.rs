//! How entries are used: counted after the fact, once, by entry and day.

use std::sync::Arc;

use chudian::base::id::{EntryId, TenantId, ThreadId};
use chudian::bot::count::count;
use chudian::knowledge::usage::model::{Sample, Way};
use chudian::knowledge::usage::store;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::house::{Answer, House};
use crate::support::{MORNING, both_databases, engines, until};

fn words(words: &str) -> Value {
    json!([{ "type": "text", "text": words }])
}

async fn write(desk: &Desk, question: &str, similar: &[&str]) -> String {
    let body = json!({ "question": question, "similar": similar, "answers": words("回复 1。") });
    let made = desk.house.call(&desk.admin, "POST", "/knowledge/entries", body).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.json()["id"].as_str().unwrap().to_owned()
}

async fn used(desk: &Desk, entry: &str) -> Answer {
    desk.house.get(&desk.admin, &format!("/knowledge/entries/{entry}/use?days=7")).await
}

async fn ask_whether_it_helped(desk: &Desk) {
    let mut settings = desk.house.get(&desk.admin, "/bot/settings").await.json();
    settings["feedback"] = json!({
        "question": "解决了吗？回复 Y 或 N", "solved_words": ["Y"], "unsolved_words": ["N"],
        "solved_text": "谢谢", "unsolved_text": "回复「转人工」",
    });
    let put = desk.house.call(&desk.admin, "PUT", "/bot/settings", settings).await;
    assert_eq!(put.status, 200, "{put:?}");
}

#[tokio::test]
async fn answers_offers_picks_and_what_customers_say_of_them_are_counted_once() {
    for (url, folder) in engines() {
        let desk = Desk::in_house(Arc::new(House::running(&url, folder).await)).await;
        let bill = write(&desk, "怎么查话费", &["话费在哪里查"]).await;
        let mut others = Vec::new();
        let questions = ["宽带怎么办理", "宽带怎么移机", "宽带断网了怎么办", "会员生日有礼物吗"];
        for question in questions {
            others.push(write(&desk, question, &[]).await);
        }
        ask_whether_it_helped(&desk).await;
        let ctx = desk.ctx();
        until("the bot knows the settings and the entries", || async {
            let trial = json!({ "content": { "type": "text", "text": "怎么查话费" } });
            let tried = desk.house.call(&desk.admin, "POST", "/bot/test", trial).await.json();
            tried["replies"][0]["text"].as_str().is_some_and(|it| it.contains("解决了吗"))
        })
        .await;
        for (sender, text) in [
            ("oStoryUse0000001", "怎么查话费"),
            ("oStoryUse0000001", "Y"),
            ("oStoryUse0000001", "Y"),
            ("oStoryUse0000002", "13800138000 怎么查话费"),
            ("oStoryUse0000002", "n"),
            ("oStoryUse0000003", "宽带"),
            ("oStoryUse0000003", "1"),
        ] {
            desk.says(sender, text).await;
        }
        count(ctx).await.unwrap();
        let first = used(&desk, &bill).await.json();
        count(ctx).await.unwrap();
        let found = used(&desk, &bill).await.json();
        assert_eq!(first, found, "a message counts once");
        let total = &found["total"];
        assert_eq!(total["answered"], 2, "{found}");
        assert_eq!((&total["solved"], &total["unsolved"]), (&json!(1), &json!(1)));
        assert_eq!(found["days"].as_array().unwrap().len(), 1);
        assert_eq!(found["days"][0]["day"], "2026-11-21");
        let samples: Vec<(&str, &str, &Value)> = found["samples"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (it["way"].as_str().unwrap(), it["question"].as_str().unwrap(), &it["helped"]))
            .collect();
        assert_eq!(
            samples,
            [("answered", "*********** 怎么查话费", &json!(false)), ("answered", "怎么查话费", &json!(true)),]
        );

        // "Did you mean" counts for all that stood in it; the digit tells the question that it was an answer to.
        let (mut offered, mut picked) = (0, Vec::new());
        for entry in &others[..3] {
            let found = used(&desk, entry).await.json();
            offered += found["total"]["offered"].as_i64().unwrap();
            if found["total"]["picked"] == 1 {
                picked.push((found["samples"][0]["way"].clone(), found["samples"][0]["question"].clone()));
            }
        }
        assert!(offered >= 2, "{offered}");
        assert_eq!(picked, [(json!("picked"), json!("宽带"))]);

        // What did not help is an open question, although the base answers it, and names the entry.
        let open = desk.house.get(&desk.admin, "/knowledge/unresolved").await.json();
        let item = open["items"].as_array().unwrap().iter().find(|it| it["unsolved"] == 1).unwrap().clone();
        assert_eq!(item["question"], "*********** 怎么查话费");
        let answered = json!([{ "id": bill, "question": "怎么查话费", "is_shared": false }]);
        assert_eq!(item["answered_by"], answered);

        // By use: what answers most, and what never does.
        let ranking = desk.house.get(&desk.admin, "/knowledge/uses?order=most").await.json();
        assert_eq!((&ranking["entries"], &ranking["unused"]), (&json!(5), &json!(3)), "{ranking}");
        assert_eq!((&ranking["items"][0]["id"], &ranking["items"][0]["solved"]), (&json!(bill), &json!(1)));
        let least = desk.house.get(&desk.admin, "/knowledge/uses?order=least").await.json();
        let unused = &least["items"][0];
        assert_eq!((&unused["answered"], &unused["picked"]), (&json!(0), &json!(0)), "{least}");
        let unsolved = desk.house.get(&desk.admin, "/knowledge/uses?order=unsolved").await.json();
        assert_eq!(unsolved["items"].as_array().unwrap().len(), 1);

        // The entry says something else now: what did not help before is no longer open.
        desk.house.clock.advance(60_000);
        let body = json!({ "question": "怎么查话费", "answers": words("打 10000。") });
        desk.house.call(&desk.admin, "PUT", &format!("/knowledge/entries/{bill}"), body).await;
        let open = desk.house.get(&desk.admin, "/knowledge/unresolved").await.json();
        assert!(open["items"].as_array().unwrap().iter().all(|it| it["unsolved"] == 0), "{open}");

        let wrong = desk.house.get(&desk.admin, "/knowledge/uses?days=0").await;
        assert_eq!((wrong.status, wrong.code().as_str()), (422, "usage.days"));
        assert_eq!(desk.house.get(&desk.anna.caller, "/knowledge/uses").await.status, 403);
    }
}

#[tokio::test]
async fn an_entry_that_an_agent_chose_counts_with_the_customers_question() {
    for (url, folder) in engines() {
        let desk = Desk::in_house(Arc::new(House::running(&url, folder).await)).await;
        let bill = write(&desk, "怎么查话费", &["话费在哪里查"]).await;
        let conversation = desk.waits("oStoryUse0000004").await;
        desk.act(&desk.anna, &conversation, "take", json!({})).await;
        let choice = json!({ "query": "话费明细", "source": "entry", "id": bill, "rank": 1 });
        let body = json!({ "content": { "type": "text", "text": "回复 1。" }, "choice": choice });
        let caller = desk.anna.caller.clone().with("idempotency-key", "chosen");
        let path = format!("/conversations/{}/messages", conversation["id"].as_str().unwrap());
        let sent = desk.house.call(&caller, "POST", &path, body).await;
        assert_eq!(sent.status, 201, "{sent:?}");
        for _ in 0..2 {
            count(desk.ctx()).await.unwrap();
        }
        let found = used(&desk, &bill).await.json();
        assert_eq!(found["total"]["chosen"], 1, "{found}");
        assert_eq!(
            (&found["samples"][0]["question"], &found["samples"][0]["way"]),
            (&json!("话费明细"), &json!("chosen"))
        );
        assert_eq!(found["samples"][0]["conversation"], conversation["id"]);
    }
}

#[tokio::test]
async fn who_counted_the_same_in_between_wins_and_samples_are_bounded() {
    both_databases(|test| async move {
        let (tenant, entry) = (TenantId(1), EntryId(2));
        let at = MORNING;
        let told = test.db.write(move |tx| {
            let first = store::set_seen(tx, "messages", 0, 500)?;
            let second = store::set_seen(tx, "messages", 0, 400)?;
            let third = store::set_seen(tx, "messages", 500, 900)?;
            for key in 1..=60 {
                let sample = Sample {
                    key,
                    way: Way::Answered,
                    question: format!("问 {key}"),
                    thread: ThreadId(3),
                    conversation: None,
                    at,
                    helped: None,
                };
                store::insert_sample(tx, tenant, entry, &sample)?;
            }
            store::trim_samples(tx, tenant, entry)?;
            let left = store::list_samples(tx, tenant, entry)?;
            let ends = (left.len(), left[0].key, left[49].key);
            Ok(((first, second, third), store::get_seen(tx, "messages")?, ends))
        });
        assert_eq!(told.await.unwrap(), ((true, false, true), 900, (50, 60, 11)));
    })
    .await;
}
