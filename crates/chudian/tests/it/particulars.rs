//! Particulars of entries over the API, on both databases: tags, owners, reviews, other questions, answers for
//! channels; and how they are kept in drafts, versions and tables.

use chudian::base::id::{InboxId, TenantId};
use chudian::channels::model::Inbox;
use serde_json::{Value, json};

use crate::editors::{companies, import, made, soon, text, tried};
use crate::house::{Caller, House};
use crate::support::MORNING;

async fn entry(house: &House, caller: &Caller, body: Value) -> Value {
    made(&house.call(caller, "POST", "/knowledge/entries", body).await)
}

fn path(entry: &Value) -> String {
    format!("/knowledge/entries/{}", entry["id"].as_str().unwrap())
}

async fn listed(house: &House, caller: &Caller, query: &[(&str, &str)]) -> Vec<String> {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    let found = made(&house.get(caller, &format!("/knowledge/entries?{query}")).await);
    found["items"].as_array().unwrap().iter().map(|it| it["question"].as_str().unwrap().to_owned()).collect()
}

async fn inbox(house: &House, tenant: TenantId, key: &'static str) -> InboxId {
    let write = house.ctx.db.write(move |tx| {
        let inbox = Inbox {
            id: tx.new_id(),
            tenant,
            kind: "wechat".to_owned(),
            name: "服务号".to_owned(),
            hook_key: key.to_owned(),
            settings: json!({}),
            disabled_at: None,
            created_at: tx.now(),
        };
        chudian::channels::store::insert(tx, &inbox, b"sealed")?;
        Ok(inbox.id)
    });
    write.await.unwrap()
}

#[tokio::test]
async fn tags_owner_and_review_find_an_entry_and_stand_in_its_versions() {
    companies(|house, company| async move {
        let editor = &company.editor;
        let owners = made(&house.get(editor, "/knowledge/owners").await);
        let names: Vec<&str> =
            owners["items"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
        assert!(names.contains(&"editor@telecom") && !names.contains(&"agent@telecom"), "{names:?}");
        let owner = owners["items"].as_array().unwrap().iter().find(|it| it["name"] == "editor@telecom");
        let owner = owner.unwrap()["id"].clone();

        let body = json!({ "question": "怎么查话费", "answers": text("回复 1"), "tags": [" 话费 ", "话费", "100%"],
            "owner": owner, "review_at": MORNING.plus(-1) });
        let first = entry(&house, editor, body.clone()).await;
        assert_eq!(first["tags"], json!(["话费", "100%"]));
        assert_eq!(first["owner"], owner);
        let later = json!({ "question": "怎么开发票", "answers": text("APP 里开"), "tags": ["话费_"],
            "review_at": MORNING.plus(7 * 86_400_000) });
        entry(&house, editor, later).await;
        entry(&house, editor, json!({ "question": "怎么移机", "answers": text("拨打电话") })).await;

        let owner = owner.as_str().unwrap();
        assert_eq!(listed(&house, editor, &[("tag", "话费")]).await, ["怎么查话费"]);
        assert_eq!(listed(&house, editor, &[("tag", "话")]).await, [""; 0], "a part of a tag is none");
        assert_eq!(listed(&house, editor, &[("tag", "100%")]).await, ["怎么查话费"]);
        assert_eq!(listed(&house, editor, &[("tag", "话费_")]).await, ["怎么开发票"]);
        assert_eq!(listed(&house, editor, &[("owner", owner)]).await, ["怎么查话费"]);
        assert_eq!(listed(&house, editor, &[("due", "true")]).await, ["怎么查话费"]);
        assert_eq!(listed(&house, editor, &[]).await.len(), 3);
        let tags = made(&house.get(editor, "/knowledge/tags").await);
        assert_eq!(tags["items"][0], json!({ "tag": "100%", "count": 1 }));

        // A draft carries them, the list still shows what is published; its publication and an old version too.
        let mut change = body.clone();
        change["tags"] = json!(["账单"]);
        change["owner"] = Value::Null;
        change["review_at"] = Value::Null;
        change["publish"] = json!(false);
        made(&house.call(editor, "PUT", &path(&first), change).await);
        assert_eq!(listed(&house, editor, &[("tag", "账单")]).await, [""; 0]);
        let changes = made(&house.get(editor, &format!("{}/comparison", path(&first))).await);
        let fields: Vec<&str> =
            changes["items"].as_array().unwrap().iter().map(|it| it["field"].as_str().unwrap()).collect();
        assert_eq!(fields, ["tags", "owner", "review_at"]);
        assert_eq!(changes["items"][1]["changes"][0]["before"]["text"], "editor@telecom");
        let publication = format!("{}/publication", path(&first));
        made(&house.call(editor, "POST", &publication, json!({ "revision": 1 })).await);
        assert_eq!(listed(&house, editor, &[("tag", "账单")]).await, ["怎么查话费"]);
        assert_eq!(listed(&house, editor, &[("due", "true")]).await, [""; 0]);
        let restoration = format!("{}/restoration", path(&first));
        let back = made(&house.call(editor, "POST", &restoration, json!({ "version": 1 })).await);
        assert_eq!((&back["tags"], &back["owner"]), (&json!(["话费", "100%"]), &json!(owner)));

        let foreign = made(&house.get(&company.other, "/knowledge/owners").await)["items"][0]["id"].clone();
        for (field, value, code, named) in [
            ("owner", foreign, "knowledge.owner", "owner"),
            ("tags", json!(["a|b"]), "knowledge.tag", "tags[1]"),
        ] {
            let mut wrong = body.clone();
            wrong[field] = value;
            let answer = house.call(editor, "POST", "/knowledge/entries", wrong).await;
            assert_eq!((answer.status, answer.code().as_str()), (422, code), "{answer:?}");
            assert!(answer.json()["fields"][named].is_string(), "{answer:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_answer_offers_other_questions_while_they_are_there() {
    companies(|house, company| async move {
        let editor = &company.editor;
        let bill =
            entry(&house, editor, json!({ "question": "怎么开发票", "answers": text("APP 里开") })).await;
        let body = json!({ "question": "怎么查话费", "answers": text("回复 1"), "related": [bill["id"]] });
        let first = entry(&house, editor, body).await;
        assert_eq!(first["related"], json!([bill["id"]]));
        let offered = "回复 1\n\n您可能还想了解：\n1 怎么开发票\n回复数字查看。";
        soon(&house, editor, "怎么查话费", offered).await;
        let (_, _, session) = tried(&house, editor, "怎么查话费", &Value::Null).await;
        let (said, code, _) = tried(&house, editor, "1", &session).await;
        assert_eq!((said.as_str(), code.as_str()), ("APP 里开", "menu.choice"));
        let off = format!("{}/enabled", path(&bill));
        made(&house.call(editor, "PUT", &off, json!({ "enabled": false })).await);
        soon(&house, editor, "怎么查话费", "回复 1").await;
        made(&house.call(editor, "PUT", &off, json!({ "enabled": true })).await);
        soon(&house, editor, "怎么查话费", offered).await;
        assert_eq!(house.call(editor, "DELETE", &path(&bill), Value::Null).await.status, 204);
        soon(&house, editor, "怎么查话费", "回复 1").await;
    })
    .await;
}

#[tokio::test]
async fn an_inbox_gets_its_own_answer() {
    companies(|house, company| async move {
        let editor = &company.editor;
        let (shop, other) =
            (inbox(&house, company.tenant, "shop").await, inbox(&house, company.tenant, "other").await);
        let sets = json!([{ "channels": ["wechat"], "answers": text("点菜单") },
            { "inboxes": [shop], "answers": text("回复店号") }]);
        let body = json!({ "question": "怎么查话费", "answers": text("回复 1"), "channel_answers": sets });
        let first = entry(&house, editor, body.clone()).await;
        assert_eq!(first["channel_answers"][1]["inboxes"][0], shop.to_string());
        soon(&house, editor, "怎么查话费", "回复 1").await;
        let asked = async |inbox: InboxId| {
            let content = json!({ "type": "text", "text": "怎么查话费" });
            let trial = json!({ "content": content, "inbox": inbox });
            made(&house.call(editor, "POST", "/bot/test", trial).await)["replies"][0]["text"].clone()
        };
        assert_eq!(asked(shop).await, "回复店号");
        assert_eq!(asked(other).await, "点菜单");
        assert_eq!(asked(InboxId(5)).await, "回复 1");

        for (sets, code) in [
            (json!([{ "inboxes": [InboxId(5)], "answers": text("a") }]), "channel_answers.inbox"),
            (json!([{ "answers": text("a") }]), "channel_answers.nowhere"),
            (
                json!([{ "channels": ["wechat"], "answers": [{ "type": "image", "media": "med_0000000000777" }] }]),
                "answers.file",
            ),
        ] {
            let mut wrong = body.clone();
            wrong["channel_answers"] = sets;
            let answer = house.call(editor, "POST", "/knowledge/entries", wrong).await;
            assert_eq!((answer.status, answer.code().as_str()), (422, code), "{answer:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_table_carries_the_particulars_both_ways() {
    companies(|house, company| async move {
        let editor = &company.editor;
        let csv = "标准问,答案,标签,负责人,复核日期,相关问题,渠道答案\n\
            怎么查话费,发 HF,话费|常问,editor@telecom,2026-01-05,怎么开发票,\
            \"[{\"\"channels\"\":[\"\"wechat\"\"],\"\"answers\"\":[{\"\"type\"\":\"\"text\"\",\"\"text\"\":\"\"点菜单\"\"}]}]\"\n\
            怎么开发票,APP 里开,,,,,\n\
            怎么移机,拨打电话,,nobody,,,\n\
            怎么销户,去柜台,,,,没有的问题,\n";
        for (dry_run, created) in [(true, 2), (false, 2)] {
            let done = made(&import(&house, editor, csv.as_bytes(), dry_run).await);
            let refused: Vec<(i64, &str, &str)> = done["errors"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| {
                    (it["row"].as_i64().unwrap(), it["column"].as_str().unwrap(), it["code"].as_str().unwrap())
                })
                .collect();
            assert_eq!(refused, [(4, "owner", "import.owner"), (5, "related", "import.related")]);
            assert_eq!(done["errors"][0]["cells"]["owner"], "nobody");
            assert_eq!(done["created"], created);
        }
        let found = made(&house.get(editor, "/knowledge/entries?tag=%E5%B8%B8%E9%97%AE").await);
        let first = &found["items"][0];
        let bill = made(&house.get(editor, "/knowledge/entries?query=%E5%8F%91%E7%A5%A8").await);
        assert_eq!(first["related"], json!([bill["items"][0]["id"]]), "a row may name a later one");
        assert_eq!(first["review_at"], "2026-01-04T16:00:00Z");
        assert_eq!(first["channel_answers"][0]["channels"], json!(["wechat"]));
        let out = house.get(editor, "/knowledge/export").await.text;
        let again = made(&import(&house, editor, out.as_bytes(), false).await);
        assert_eq!((&again["unchanged"], &again["errors"]), (&json!(2), &json!([])), "{out}");
        // A table without these columns leaves them alone.
        let plain = "question,answer\n怎么查话费,打电话\n";
        assert_eq!(made(&import(&house, editor, plain.as_bytes(), false).await)["updated"], 1);
        let kept = made(&house.get(editor, &path(first)).await);
        assert_eq!((&kept["tags"], &kept["owner"]), (&first["tags"], &first["owner"]));
    })
    .await;
}
