//! What agents and customers teach the editors: similar questions to take over, words to explain.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::desk::{Desk, text};
use crate::house::House;
use crate::support::{engines, until};

async fn listed(desk: &Desk, path: &str) -> Vec<Value> {
    let answer = desk.house.get(&desk.admin, path).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["items"].as_array().unwrap().clone()
}

/// An agent answers a customer's question with an entry.
async fn serve(desk: &Desk, sender: &str, question: &str, entry: &str, answer: &str) {
    let conversation = desk.waits(sender).await;
    desk.act(&desk.anna, &conversation, "take", Value::Null).await;
    desk.says(sender, question).await;
    let asked = desk.candidates(&desk.anna, &conversation, "").await["message"].clone();
    let choice = json!({ "asked": asked, "source": "entry", "id": entry, "rank": 1 });
    assert_eq!(desk.chooses(&desk.anna, &conversation, answer, choice).await.0, 201);
    let closed = desk.act(&desk.anna, &conversation, "close", json!({})).await;
    assert_eq!(closed.status, 200, "{closed:?}");
}

async fn choose(desk: &Desk, act: &str, entry: &str, questions: &[&str]) -> (u16, Value) {
    let body = json!({ "entry": entry, "questions": questions });
    let path = format!("/knowledge/suggestions/{act}");
    let answer = desk.house.call(&desk.admin, "POST", &path, body).await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn a_chosen_answers_question_becomes_a_wording_with_one_click() {
    for (url, folder) in engines() {
        let desk = Desk::in_house(Arc::new(House::running(&url, folder).await)).await;
        let net = desk.entry("宽带断网怎么办", &[], "请重启光猫。").await;
        desk.entry("怎么查话费", &[], "回复 1 查话费。").await;
        for (sender, question) in [
            ("oStorySuggest01", "猫眼睛发红光"),
            ("oStorySuggest02", "猫眼睛发红光呀"),
            ("oStorySuggest03", "看不了剧"),
        ] {
            serve(&desk, sender, question, &net, "请重启光猫。").await;
        }
        // What the base knows already is not suggested.
        serve(&desk, "oStorySuggest04", "宽带断网了怎么办", &net, "请重启光猫。").await;
        let path = "/knowledge/suggestions";
        let found = listed(&desk, path).await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((text(&found[0], "entry"), text(&found[0], "question")), (net.as_str(), "宽带断网怎么办"));
        let questions = |found: &[Value]| -> Vec<(String, i64)> {
            let all = found.iter().flat_map(|it| it["questions"].as_array().unwrap());
            all.map(|it| (text(it, "text").to_owned(), it["count"].as_i64().unwrap())).collect()
        };
        let red = ("猫眼睛发红光呀".to_owned(), 2);
        assert_eq!(questions(&found), [red, ("看不了剧".to_owned(), 1)]);
        assert_eq!(desk.house.get(&desk.anna.caller, path).await.status, 403);
        assert_eq!(desk.house.get(&desk.root, path).await.json()["items"], json!([]));

        // A test question that would be answered otherwise must be accepted first.
        let set =
            json!({ "name": "无答案", "questions": [{ "question": "猫眼睛发红光呀", "expects": "nobody" }] });
        let set = desk.house.call(&desk.admin, "POST", "/knowledge/test-sets", set).await;
        assert_eq!(set.status, 201, "{set:?}");
        let (status, refused) = choose(&desk, "acceptances", &net, &["猫眼睛发红光呀"]).await;
        assert_eq!((status, text(&refused, "code")), (409, "knowledge.score_falls"), "{refused}");

        // Taken over it is published and answers; dismissed it is gone for good.
        let (status, taken) = choose(&desk, "acceptances?accept_fall=true", &net, &["猫眼睛发红光呀"]).await;
        assert_eq!((status, &taken["published"]), (200, &json!(true)), "{taken}");
        let left = [("看不了剧".to_owned(), 1)];
        until("the base answers it", || async { questions(&listed(&desk, path).await) == left }).await;
        assert_eq!(choose(&desk, "dismissals", &net, &[]).await.0, 422);
        assert_eq!(choose(&desk, "dismissals", &net, &["看不了剧"]).await.0, 204);
        assert_eq!(listed(&desk, path).await.len(), 0);
        serve(&desk, "oStorySuggest03", "看不了剧", &net, "请重启光猫。").await;
        assert_eq!(listed(&desk, path).await.len(), 0);

        // Where four eyes are asked for, it waits in a draft; one that is being looked at is let alone.
        let four =
            desk.house.call(&desk.admin, "PUT", "/knowledge/settings", json!({ "four_eyes": true })).await;
        assert_eq!(four.status, 200, "{four:?}");
        serve(&desk, "oStorySuggest05", "网费白交了", &net, "请重启光猫。").await;
        serve(&desk, "oStorySuggest06", "路由器罢工", &net, "请重启光猫。").await;
        let (status, taken) = choose(&desk, "acceptances", &net, &["网费白交了"]).await;
        assert_eq!((status, &taken["published"]), (200, &json!(false)), "{taken}");
        let draft = desk.house.get(&desk.admin, &format!("/knowledge/entries/{net}/draft")).await.json();
        assert_eq!(draft["similar"], json!(["猫眼睛发红光呀", "网费白交了"]), "{draft}");
        let body = json!({ "revision": draft["revision"] });
        let path = format!("/knowledge/entries/{net}/draft/submission");
        assert_eq!(desk.house.call(&desk.admin, "POST", &path, body).await.status, 200);
        let (status, refused) = choose(&desk, "acceptances", &net, &["路由器罢工"]).await;
        assert_eq!((status, text(&refused, "code")), (409, "suggestion.draft"));
    }
}

#[tokio::test]
async fn a_word_that_only_customers_know_is_found_and_explained() {
    for (url, folder) in engines() {
        let desk = Desk::in_house(Arc::new(House::running(&url, folder).await)).await;
        desk.entry("亲情网怎么开通", &[], "回复 QQW 开通。").await;
        desk.entry("流量怎么查询", &[], "回复 LL 查询。").await;
        for (sender, question) in [
            ("oStoryUnknown01", "家庭号怎么弄"),
            ("oStoryUnknown02", "我的家庭号呢"),
            ("oStoryUnknown03", "退了家庭号吧，13800138000"),
            ("oStoryUnknown04", "彩虹屁是啥"),
            ("oStoryUnknown05", "要彩虹屁"),
        ] {
            desk.says(sender, question).await;
        }
        let path = "/knowledge/unknown-words";
        let words = async || -> Vec<(String, i64)> {
            let found = listed(&desk, path).await;
            found.iter().map(|it| (text(it, "word").to_owned(), it["count"].as_i64().unwrap())).collect()
        };
        assert_eq!(words().await, [("家庭号".to_owned(), 3), ("彩虹屁".to_owned(), 2)]);
        let examples = listed(&desk, path).await[0]["examples"].clone();
        assert!(examples.as_array().unwrap().contains(&json!("退了家庭号吧，***********")), "{examples}");
        assert_eq!(desk.house.get(&desk.anna.caller, path).await.status, 403);

        let join = async |known: &str| {
            let body = json!({ "word": "家庭号", "known": known });
            desk.house.call(&desk.admin, "POST", &format!("{path}/synonyms"), body).await
        };
        assert_eq!(join("家庭圈").await.code(), "unknown_words.known");
        let joined = join("亲情网").await;
        assert_eq!(
            (joined.status, &joined.json()["words"]),
            (200, &json!(["亲情网", "家庭号"])),
            "{joined:?}"
        );
        assert_eq!(join("亲情网").await.json()["version"], 1, "said twice it is the same");
        assert_eq!(words().await, [("彩虹屁".to_owned(), 2)]);
        let body = json!({ "words": ["彩虹屁"] });
        let ignored = desk.house.call(&desk.admin, "POST", &format!("{path}/dismissals"), body).await;
        assert_eq!(ignored.status, 204, "{ignored:?}");
        assert!(words().await.is_empty());
    }
}
