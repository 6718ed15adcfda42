//! The candidates beside a thread: where they come from, who sees them, and what a choice leaves behind.

use std::sync::atomic::Ordering;

use chudian::base::id::{EntryId, TenantId};
use chudian::db::args;
use chudian::knowledge::learning::store::list_confirmed;
use serde_json::{Value, json};

use super::{Desk, Person, connect_inbox, desks, says_on, text};
use crate::house::Caller;

fn words(words: &str) -> Value {
    json!([{ "type": "text", "text": words }])
}

impl Desk {
    pub(crate) async fn entry(&self, question: &str, similar: &[&str], answer: &str) -> String {
        let body = json!({ "question": question, "similar": similar, "answers": words(answer) });
        let made = self.house.call(&self.admin, "POST", "/knowledge/entries", body).await;
        assert_eq!(made.status, 201, "{made:?}");
        text(&made.json(), "id").to_owned()
    }

    pub(crate) async fn candidates(&self, person: &Person, conversation: &Value, query: &str) -> Value {
        let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let path = format!("/threads/{}/candidates?query={query}", text(conversation, "thread"));
        let answer = self.house.get(&person.caller, &path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    pub(crate) async fn chooses(
        &self,
        person: &Person,
        conversation: &Value,
        words: &str,
        choice: Value,
    ) -> (u16, String) {
        let caller = person
            .caller
            .clone()
            .with("idempotency-key", &format!("choice-{}", self.sent.fetch_add(1, Ordering::Relaxed)));
        let body = json!({ "content": { "type": "text", "text": words }, "choice": choice });
        let path = format!("/conversations/{}/messages", text(conversation, "id"));
        let answer = self.house.call(&caller, "POST", &path, body).await;
        let code = if answer.status < 300 { String::new() } else { answer.code() };
        (answer.status, code)
    }

    /// The choices that were written: source, rank, edited, kept.
    async fn choices(&self) -> Vec<(String, i64, bool, i64, String)> {
        let sql = "select source, rank, edited, kept, question from answer_choices order by id";
        let read = |row: &chudian::db::Row<'_>| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        };
        self.ctx().db.read(move |tx| tx.all(sql, args![], read)).await.unwrap()
    }
}

fn found<'a>(candidates: &'a Value, source: &str) -> Option<(i64, &'a Value)> {
    (1..).zip(candidates["items"].as_array().unwrap()).find(|(_, it)| it["source"] == source)
}

#[tokio::test]
async fn the_customers_last_question_is_answered_from_all_sources_and_the_choice_is_kept() {
    desks(|desk| async move {
        let entry = desk.entry("宽带断网怎么办", &["家里上不了网"], "请重启光猫，十分钟后再试一次。").await;
        desk.entry("怎么查话费", &[], "回复 1 查话费。").await;
        let shared = json!({ "shared": true, "shortcut": "/BX", "title": "宽带报修电话", "answers": words("报修请拨 10010。") });
        let shared = desk.house.call(&desk.carla.caller, "POST", "/quick-replies", shared).await;
        assert_eq!((shared.status, text(&shared.json(), "shortcut")), (201, "bx"));

        let conversation = desk.waits("oStoryCandidates1").await;
        desk.act(&desk.anna, &conversation, "take", Value::Null).await;
        desk.says("oStoryCandidates1", "我家里上不了网了").await;
        let ten = desk.candidates(&desk.anna, &conversation, "").await;
        assert_eq!(text(&ten, "text"), "我家里上不了网了");
        let first = &ten["items"][0];
        assert_eq!((text(first, "id"), text(first, "wording")), (entry.as_str(), "家里上不了网"));
        let points = first["points"].as_array().unwrap().iter().map(|it| it["points"].as_f64().unwrap());
        assert!((points.sum::<f64>() - first["score"].as_f64().unwrap()).abs() < 0.001, "{first}");
        assert!(!first["why"].as_array().unwrap().is_empty());

        // Words of her own find the prepared answer, too.
        let own = desk.candidates(&desk.anna, &conversation, "宽带报修").await;
        assert!(own["message"].is_null());
        let (rank, reply) = found(&own, "quick_reply").expect("the prepared answer is found");
        let choice = json!({ "query": "宽带报修", "source": "quick_reply", "id": reply["id"], "rank": rank });
        assert_eq!(desk.chooses(&desk.anna, &conversation, "报修请拨 10010。", choice).await.0, 201);

        desk.says("oStoryCandidates1", "还是上不了网").await;
        let ten = desk.candidates(&desk.anna, &conversation, "").await;
        let (rank, _) = found(&ten, "entry").unwrap();
        let choice = json!({ "asked": ten["message"], "source": "entry", "id": entry, "rank": rank });
        let said = "您好，请重启光猫，十分钟后再试一次。";
        assert_eq!(desk.chooses(&desk.anna, &conversation, said, choice).await.0, 201);
        let all = desk.choices().await;
        assert_eq!(all[0], ("quick_reply".into(), rank_of(&own), false, 100, "宽带报修".into()));
        assert_eq!((all[1].0.as_str(), all[1].2, all[1].3), ("entry", true, 100));
        assert_eq!(all[1].4, "还是上不了网");

        // Whoever learns gets the pair; the list tells how often it was chosen.
        let tenant = tenant(&desk, &conversation).await;
        let pairs = desk.ctx().db.read(move |tx| list_confirmed(tx, tenant, 10)).await.unwrap();
        assert_eq!(pairs.len(), 1);
        assert_eq!((pairs[0].1.as_str(), pairs[0].2), ("还是上不了网", entry.parse::<EntryId>().unwrap()));
        let again = desk.candidates(&desk.anna, &conversation, "宽带断网").await;
        assert_eq!(again["items"][0]["chosen"], 1);
    })
    .await;
}

fn rank_of(candidates: &Value) -> i64 {
    found(candidates, "quick_reply").unwrap().0
}

async fn tenant(desk: &Desk, conversation: &Value) -> TenantId {
    let thread: chudian::base::id::ThreadId = text(conversation, "thread").parse().unwrap();
    let find = move |tx: &mut chudian::db::Tx<'_>| {
        tx.first("select tenant_id from threads where id = $1", args![thread], |row| row.get(0))
    };
    desk.ctx().db.read(find).await.unwrap().unwrap()
}

#[tokio::test]
async fn what_a_colleague_answered_is_offered_unless_it_tells_who_somebody_is() {
    desks(|desk| async move {
        let serve = async |sender: &str, question: &str, answer: &str| {
            let conversation = desk.waits(sender).await;
            desk.act(&desk.anna, &conversation, "take", Value::Null).await;
            desk.says(sender, question).await;
            assert_eq!(desk.sends(&desk.anna, &conversation, sender, answer).await.status, 201);
            let ten = desk.candidates(&desk.anna, &conversation, "").await;
            let said = ten["items"].as_array().unwrap().iter().any(|it| it["answers"][0]["text"] == answer);
            assert!(!said, "her own answer to this very question is offered to her: {ten}");
            desk.sends(&desk.anna, &conversation, &format!("{sender}2"), "还有什么可以帮您的吗？").await;
            conversation
        };
        serve("oStoryGiven00001", "星渡会员生日有礼物吗", "有的，生日当月到营业厅领取一份。").await;
        serve("oStoryGiven00002", "星渡会员礼物寄到哪里", "已寄出，单号 4008123450099，请查收。").await;

        let conversation = desk.waits("oStoryGiven00003").await;
        desk.act(&desk.bob, &conversation, "take", Value::Null).await;
        desk.says("oStoryGiven00003", "请问会员生日礼物").await;
        let ten = desk.candidates(&desk.bob, &conversation, "").await;
        let given: Vec<&Value> =
            ten["items"].as_array().unwrap().iter().filter(|it| it["source"] == "given").collect();
        assert_eq!(given.len(), 1, "{ten}");
        assert_eq!(given[0]["answers"][0]["text"], "有的，生日当月到营业厅领取一份。");
        assert_eq!(text(given[0], "by"), "anna");
        let choice = json!({ "asked": ten["message"], "source": "given", "id": given[0]["id"], "rank": 1 });
        let said = "有的，生日当月到营业厅领取一份。";
        assert_eq!(desk.chooses(&desk.bob, &conversation, said, choice).await.0, 201);
        assert_eq!(desk.choices().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn nothing_of_another_company_is_offered_or_chosen() {
    desks(|desk| async move {
        let (_, other) = desk.house.member(&desk.root, "bank").await;
        let inbox = connect_inbox(&desk.house, &other, "wx0000000000000002").await;
        let body = json!({ "question": "宽带断网怎么办", "answers": words("那是别家的答案。") });
        let foreign = desk.house.call(&other, "POST", "/knowledge/entries", body).await.json();
        let body = json!({ "shared": true, "title": "宽带断网", "answers": words("别家的快捷回复。") });
        let foreign_reply = desk.house.call(&other, "POST", "/quick-replies", body).await.json();
        says_on(desk.ctx(), inbox, "oStoryForeign001", "宽带断网", 901).await;

        let conversation = desk.waits("oStoryForeign002").await;
        desk.act(&desk.anna, &conversation, "take", Value::Null).await;
        desk.says("oStoryForeign002", "宽带断网怎么办").await;
        let ten = desk.candidates(&desk.anna, &conversation, "").await;
        assert_eq!(ten["items"], json!([]));
        for (source, id) in
            [("entry", &foreign["id"]), ("quick_reply", &foreign_reply["id"]), ("given", &json!("x"))]
        {
            let choice = json!({ "asked": ten["message"], "source": source, "id": id, "rank": 1 });
            // As with one that is gone meanwhile: the message goes, and nothing is written.
            assert_eq!(desk.chooses(&desk.anna, &conversation, "好的", choice).await.0, 201, "{source}");
        }
        for (asked, rank, named) in [(&foreign["id"], 1, "asked"), (&ten["message"], 11, "rank")] {
            let asked = asked.as_str().unwrap().replace("ent_", "msg_");
            let choice = json!({ "asked": asked, "source": "entry", "id": foreign["id"], "rank": rank });
            let refused = desk.chooses(&desk.anna, &conversation, "好的", choice).await;
            assert_eq!(refused, (422, "choice.unknown".into()), "{named}");
        }
        let path = format!("/threads/{}/candidates", text(&conversation, "thread"));
        assert_eq!(desk.house.get(&other, &path).await.status, 404);
        assert_eq!(desk.choices().await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_quick_reply_is_everybodys_or_ones_own() {
    desks(|desk| async move {
        let make = async |caller: &Caller, shared: bool, title: &str| {
            let body = json!({ "shared": shared, "title": title, "answers": words(title) });
            desk.house.call(caller, "POST", "/quick-replies", body).await
        };
        let all = make(&desk.carla.caller, true, "全员的").await.json();
        let own = make(&desk.anna.caller, false, "安娜的").await.json();
        assert_eq!(make(&desk.anna.caller, true, "不行的").await.code(), "permission.missing");
        let titles = async |caller: &Caller| {
            let list = desk.house.get(caller, "/quick-replies").await.json();
            let titles: Vec<String> =
                list["items"].as_array().unwrap().iter().map(|it| text(it, "title").to_owned()).collect();
            (titles.join(" "), list["may_share"].as_bool().unwrap())
        };
        assert_eq!(titles(&desk.anna.caller).await, ("全员的 安娜的".into(), false));
        assert_eq!(titles(&desk.carla.caller).await, ("全员的".into(), true));

        let path = |reply: &Value| format!("/quick-replies/{}", text(reply, "id"));
        let body = json!({ "title": "改了", "answers": words("改了"), "version": 1 });
        assert_eq!(desk.house.call(&desk.carla.caller, "PUT", &path(&own), body.clone()).await.status, 404);
        assert_eq!(desk.house.call(&desk.anna.caller, "PUT", &path(&all), body.clone()).await.status, 403);
        assert_eq!(desk.house.call(&desk.anna.caller, "PUT", &path(&own), body.clone()).await.status, 200);
        let stale = desk.house.call(&desk.anna.caller, "PUT", &path(&own), body).await;
        assert_eq!((stale.status, stale.code().as_str()), (409, "quick_reply.changed"));
        assert_eq!(desk.house.call(&desk.anna.caller, "DELETE", &path(&own), Value::Null).await.status, 204);
        assert_eq!(titles(&desk.anna.caller).await.0, "全员的");
    })
    .await;
}
