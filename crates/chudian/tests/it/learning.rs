//! Learning: what a tenant's own wordings and its agents' choices teach, when, and that it survives.

use std::sync::Arc;

use chudian::bot::learning::run;
use chudian::db::args;
use serde_json::{Value, json};

use crate::house::{Caller, House};
use crate::support::{engines, until};

const MINUTE: i64 = 60_000;

const THINGS: [&str; 12] =
    ["彩铃", "流量", "宽带", "发票", "积分", "漫游", "套餐", "停机", "密码", "携号", "亲情网", "呼叫转移"];

async fn add_entries(house: &House, caller: &Caller, similar: usize) {
    for thing in THINGS {
        let ways = ["我想办{}", "{}在哪里弄", "给我开{}", "{}业务", "能帮忙搞{}吗"];
        let similar: Vec<String> = ways.iter().take(similar).map(|it| it.replace("{}", thing)).collect();
        let body = json!({ "question": format!("{thing}怎么办理"), "similar": similar,
            "answers": [{ "type": "text", "text": format!("{thing}这样办。") }] });
        let made = house.call(caller, "POST", "/knowledge/entries", body).await;
        assert_eq!(made.status, 201, "{made:?}");
    }
}

async fn learning(house: &House, caller: &Caller) -> Value {
    let answer = house.get(caller, "/knowledge/learning").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

async fn learn(house: &House, caller: &Caller) -> Value {
    let asked = house.call(caller, "POST", "/knowledge/learning/trainings", json!({})).await;
    assert_eq!(asked.status, 200, "{asked:?}");
    run::work_off(&house.ctx).await.unwrap();
    learning(house, caller).await
}

/// The points that what was learnt gives to the first candidate for a question; `None` while nothing is learnt.
async fn learnt(house: &House, caller: &Caller, question: &str) -> Option<f64> {
    let body = json!({ "content": { "type": "text", "text": question } });
    let answer = house.call(caller, "POST", "/bot/test", body).await;
    let points = answer.json()["candidates"][0]["points"].as_array().unwrap().clone();
    points.iter().find(|it| it["feature"] == "learnt").and_then(|it| it["points"].as_f64())
}

#[tokio::test]
async fn a_base_learns_from_its_wordings_and_keeps_what_it_learnt() {
    for (url, folder) in engines() {
        let house = Arc::new(House::running(&url, folder).await);
        let root = house.found().await;
        let (_, admin) = house.member(&root, "telecom").await;
        let (_, agent) = house.person(&admin, "anna", "agent").await;
        assert_eq!(house.get(&agent, "/knowledge/learning").await.status, 403);
        assert_eq!(learning(&house, &admin).await["state"], "never");

        let body = json!({ "question": "彩信怎么办理", "answers": [{ "type": "text", "text": "这样。" }] });
        house.call(&admin, "POST", "/knowledge/entries", body).await;
        let poor = learn(&house, &admin).await;
        until("it is over", || async { learning(&house, &admin).await["state"] == "lacking" }).await;
        assert!(poor["current"].is_null(), "{poor}");
        let report = learning(&house, &admin).await["trainings"][0]["report"].clone();
        assert_eq!(report["reason"], "learning.too_little");
        assert_eq!(report["lesson"]["similar"], 0);
        assert_eq!(report["lesson"]["needed"], 30);

        add_entries(&house, &admin, 5).await;
        assert_eq!(learnt(&house, &admin, "彩铃在哪里办").await, None);
        learn(&house, &admin).await;
        until("it learnt", || async { learning(&house, &admin).await["state"] == "trained" }).await;
        let found = learning(&house, &admin).await;
        let current = &found["current"];
        assert_eq!(current["asked_by"]["name"].as_str().map(str::is_empty), Some(false), "{found}");
        assert_eq!(current["report"]["lesson"]["similar"], 60);
        let gauge = &current["report"]["gauge"];
        assert!(gauge["asked"].as_i64() >= Some(10), "{gauge}");
        assert!(gauge["after"]["right"].as_i64() >= gauge["before"]["right"].as_i64(), "{gauge}");
        assert!(current["report"]["tokens"].as_i64() > Some(50), "{current}");
        until("the bot has it", || async {
            learnt(&house, &admin, "彩铃在哪里办").await.is_some_and(|it| it > 0.0)
        })
        .await;

        // An edit keeps it; another tenant has none of it.
        let body = json!({ "question": "靓号怎么办理", "answers": [{ "type": "text", "text": "这样。" }] });
        house.call(&admin, "POST", "/knowledge/entries", body).await;
        until("the edit is there", || async { learnt(&house, &admin, "靓号怎么办理").await.is_some() }).await;
        assert_eq!(learning(&house, &root).await["state"], "never");

        // Forgotten, words decide alone.
        let gone = house.call(&admin, "DELETE", "/knowledge/learning", json!({})).await;
        assert_eq!((gone.status, &gone.json()["nightly"]), (200, &json!(false)), "{gone:?}");
        until("it is forgotten", || async { learnt(&house, &admin, "彩铃在哪里办").await.is_none() }).await;

        // What is under way when somebody says so does not come back either.
        house.call(&admin, "POST", "/knowledge/learning/trainings", json!({})).await;
        house.call(&admin, "DELETE", "/knowledge/learning", json!({})).await;
        run::work_off(&house.ctx).await.unwrap();
        let after = learning(&house, &admin).await;
        assert_eq!((&after["state"], &after["current"]), (&json!("failed"), &Value::Null), "{after}");
    }
}

#[tokio::test]
async fn a_training_that_died_is_begun_again_and_nights_are_kept() {
    for (url, folder) in engines() {
        let house = House::on(&url, folder, None, &[]);
        let root = house.found().await;
        let (_, admin) = house.member(&root, "telecom").await;
        add_entries(&house, &admin, 4).await;

        // Somebody began it and died.
        house.call(&admin, "POST", "/knowledge/learning/trainings", json!({})).await;
        let again = house.call(&admin, "POST", "/knowledge/learning/trainings", json!({})).await.json();
        assert_eq!(
            (again["state"].as_str(), again["trainings"].as_array().unwrap().len()),
            (Some("waiting"), 1)
        );
        let lease = house.clock.now().plus(2 * MINUTE);
        let sql = "update kb_trainings set state = 'training', locked_until = $1, tries = 1";
        house.ctx.db.write(move |tx| tx.execute(sql, args![lease])).await.unwrap();
        run::work_off(&house.ctx).await.unwrap();
        assert_eq!(learning(&house, &admin).await["state"], "training");
        house.clock.advance(2 * MINUTE);
        run::work_off(&house.ctx).await.unwrap();
        let found = learning(&house, &admin).await;
        assert_eq!((&found["state"], &found["nightly"]), (&json!("trained"), &json!(true)), "{found}");
        assert!(learnt(&house, &admin, "彩铃在哪里办").await.is_some(), "a catalogue that is loaded has it");

        // Each night is looked, and learnt only when there is something new.
        let nights = async |admin: &Caller| {
            let trainings = learning(&house, admin).await["trainings"].clone();
            let states: Vec<String> = trainings
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["state"].as_str().unwrap().to_owned())
                .collect();
            states.join(" ")
        };
        // From ten in the morning to 04:59.
        house.clock.advance((18 * 60 + 57) * MINUTE);
        let admin = house.log_in("admin@telecom").await;
        run::work_off(&house.ctx).await.unwrap();
        assert_eq!(nights(&admin).await, "unchanged trained");
        assert_eq!(learning(&house, &admin).await["state"], "trained");
        run::work_off(&house.ctx).await.unwrap();
        house.clock.advance(24 * 60 * MINUTE);
        let admin = house.log_in("admin@telecom").await;
        let body = json!({ "question": "靓号怎么办理", "similar": ["想要一个靓号"],
            "answers": [{ "type": "text", "text": "这样。" }] });
        house.call(&admin, "POST", "/knowledge/entries", body).await;
        run::work_off(&house.ctx).await.unwrap();
        assert_eq!(nights(&admin).await, "trained trained");
        assert!(learning(&house, &admin).await["current"]["asked_by"].is_null());

        // Who does not want it is let alone.
        let off = house.call(&admin, "PUT", "/knowledge/learning", json!({ "nightly": false })).await;
        assert_eq!(off.status, 200, "{off:?}");
        house.clock.advance(24 * 60 * MINUTE);
        run::work_off(&house.ctx).await.unwrap();
        let admin = house.log_in("admin@telecom").await;
        assert_eq!(nights(&admin).await, "trained trained");

        // One that dies every time is given up.
        house.call(&admin, "POST", "/knowledge/learning/trainings", json!({})).await;
        let sql = "update kb_trainings set tries = 3 where ended_at is null";
        house.ctx.db.write(move |tx| tx.execute(sql, args![])).await.unwrap();
        run::work_off(&house.ctx).await.unwrap();
        let found = learning(&house, &admin).await;
        assert_eq!(found["trainings"][0]["report"]["reason"], "learning.died");
        assert_eq!(found["current"]["state"], "trained", "what was learnt before stays");
    }
}

/// Enough entries with similar questions that the base can be asked about itself.
async fn add_many(house: &House, caller: &Caller) {
    for thing in THINGS {
        for act in ["怎么办理", "怎么取消", "多少钱一个月", "什么时候生效", "为什么失败", "在哪里查询"]
        {
            let body = json!({ "question": format!("{thing}{act}"), "similar": [format!("我的{thing}要{act}呢")],
                "answers": [{ "type": "text", "text": "这样。" }] });
            let made = house.call(caller, "POST", "/knowledge/entries", body).await;
            assert_eq!(made.status, 201, "{made:?}");
        }
    }
}

#[tokio::test]
async fn from_where_the_bot_answers_is_learnt_unless_it_is_fixed() {
    for (url, folder) in engines() {
        let house = Arc::new(House::running(&url, folder).await);
        let root = house.found().await;
        let (_, admin) = house.member(&root, "telecom").await;
        let usual = learning(&house, &admin).await["threshold"].clone();
        assert_eq!((&usual["by"], &usual["learnt"]), (&json!("usual"), &Value::Null), "{usual}");
        add_many(&house, &admin).await;
        learn(&house, &admin).await;
        until("it is over", || async {
            !learning(&house, &admin).await["trainings"][0]["ended_at"].is_null()
        })
        .await;
        let found = learning(&house, &admin).await;
        let threshold = &found["threshold"];
        assert_eq!(threshold["by"], "learnt", "{found}");
        let learnt = threshold["learnt"].as_f64().unwrap();
        assert!((0.49..0.96).contains(&learnt) && threshold["answer"] == threshold["learnt"], "{threshold}");

        let mut settings = house.get(&admin, "/bot/settings").await.json();
        assert!(settings["thresholds"]["answer"].is_null(), "{settings}");
        settings["thresholds"]["answer"] = json!(0.75);
        let saved = house.call(&admin, "PUT", "/bot/settings?accept_fall=true", settings.clone()).await;
        assert_eq!(saved.status, 200, "{saved:?}");
        let fixed = learning(&house, &admin).await["threshold"].clone();
        assert_eq!((&fixed["by"], &fixed["answer"]), (&json!("fixed"), &json!(0.75)), "{fixed}");
        assert_eq!(fixed["learnt"].as_f64(), Some(learnt));
    }
}
