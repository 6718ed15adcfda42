//! The base out as a table and back in, on both databases: into the same base, into it after everything was deleted,
//! and into another company. What an entry says must come back; what cannot travel must be told by row and column.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::editors::{import, made, text};
use crate::house::{Caller, House};
use crate::shared::{Group, groups, path, written};
use crate::support::MORNING;

/// What a view says beside what an editor writes: where and how it stands in this base.
const OF_THIS_BASE: [&str; 4] = ["id", "version", "updated_at", "updated_by"];

async fn picture(house: &House, caller: &Caller) -> String {
    let mut body =
        b"--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.png\"\r\ncontent-type: image/png\r\n\r\n"
            .to_vec();
    body.extend(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\r\n--b--\r\n");
    let answer = house.send(caller, "POST", "/api/v1/media", "multipart/form-data; boundary=b", body).await;
    made(&answer)["id"].as_str().unwrap().to_owned()
}

async fn inbox(house: &House, caller: &Caller) -> Value {
    let body = json!({ "kind": "wechat", "name": "服务号",
        "settings": { "app_id": "wx0000000000000001", "original_id": "gh_0001", "account_kind": "service", "mode": "safe" },
        "secrets": { "app_secret": "0123456789abcdef0123456789abcdef", "token": "token123",
            "aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG" } });
    made(&house.call(caller, "POST", "/inboxes", body).await)["id"].clone()
}

/// Entries of every kind, with everything that an entry can say, and with what tables make difficult.
async fn filled(house: &House, caller: &Caller) {
    let category = |name: &'static str, parent: Value| async move {
        let body = json!({ "name": name, "parent": parent });
        made(&house.call(caller, "POST", "/knowledge/categories", body).await)["id"].clone()
    };
    let below = category("查询", category("话费/账单", Value::Null).await).await;
    let media = picture(house, caller).await;
    let place = inbox(house, caller).await;
    let owner = made(&house.get(caller, "/knowledge/owners").await)["items"][0]["id"].clone();
    let bar = written(
        house,
        caller,
        json!({ "question": "a|b 怎么选", "similar": ["选 a|b"], "answers": text("'=都行") }),
    );
    let bar = bar.await;
    let draft = json!({ "question": "还没写完的", "answers": text("草稿"), "publish": false });
    let draft = made(&house.call(caller, "POST", "/knowledge/entries", draft).await);
    let cards = json!([{ "type": "articles", "items": [{ "title": "办理", "description": "看这里",
        "url": "https://example.com/a?b=1&c=2", "picture": media }] }, { "type": "image", "media": media }]);
    written(house, caller, json!({
        "category": below, "question": "-5 度能用吗", "similar": ["=冷天,\"能\"用吗", "@低温"], "answers": cards,
        "answer_mode": "random", "valid_from": MORNING.plus(-1), "valid_until": MORNING.plus(86_400_123),
        "tags": ["话费", "常问"], "owner": owner, "review_at": MORNING.plus(5), "related": [bar["id"], draft["id"]],
        "channel_answers": [{ "channels": ["wechat"], "answers": text("点菜单"), "answer_mode": "random" },
            { "inboxes": [place], "answers": text("店里") }],
    }))
    .await;
    written(house, caller, json!({ "question": "两行\u{a0}的", "answers": text(" [{一}]\r\n二\n ") })).await;
    let off = written(house, caller, json!({ "question": "已停用的", "answers": text("[{") })).await;
    made(&house.call(caller, "PUT", &format!("{}/enabled", path(&off)), json!({ "enabled": false })).await);
    let regions = json!({ "members": [], "regions": ["华东"] });
    written(house, caller, json!({ "question": "共享的", "answers": text("都一样"), "sharing": regions }))
        .await;
}

/// What the published entries say, in the words of people instead of keys, by their question.
async fn said(house: &House, caller: &Caller) -> Vec<Value> {
    let list = made(&house.get(caller, "/knowledge/entries?limit=100").await);
    let ids: Vec<Value> = list["items"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
    let tree = made(&house.get(caller, "/knowledge/categories").await);
    let names = |key: &Value| {
        let find =
            |key: &Value| tree["items"].as_array().unwrap().iter().find(|it| it["id"] == *key).cloned();
        std::iter::successors(find(key), |it| find(&it["parent"]))
            .map(|it| it["name"].clone())
            .collect::<Vec<_>>()
    };
    let mut all = Vec::new();
    for id in &ids {
        let mut entry =
            made(&house.get(caller, &format!("/knowledge/entries/{}", id.as_str().unwrap())).await);
        if entry["version"] == 0 {
            continue;
        }
        let fields = entry.as_object_mut().unwrap();
        OF_THIS_BASE.iter().for_each(|it| drop(fields.remove(*it)));
        if let Some(key) = fields.get("category").cloned() {
            fields.insert("category".to_owned(), json!(names(&key)));
        }
        for key in fields.get_mut("related").and_then(Value::as_array_mut).into_iter().flatten() {
            let other = format!("/knowledge/entries/{}", key.as_str().unwrap());
            *key = made(&house.get(caller, &other).await)["question"].clone();
        }
        all.push(entry);
    }
    all.sort_by_key(|it| it["question"].to_string());
    all
}

/// But for what a table cannot hold to the last sign: a bar in a list is wide, a day of review has no hour.
fn spelt(mut all: Vec<Value>) -> Vec<String> {
    all.iter_mut().for_each(|it| drop(it.as_object_mut().unwrap().remove("review_at")));
    all.iter().map(|it| it.to_string().replace('|', "｜")).collect()
}

fn counts(report: &Value) -> [i64; 5] {
    ["rows", "created", "updated", "unchanged", "drafted"].map(|it| report[it].as_i64().unwrap())
}

fn refused(report: &Value) -> Vec<(i64, &str, &str)> {
    let errors = report["errors"].as_array().unwrap().iter();
    errors
        .map(|it| (it["row"].as_i64().unwrap(), it["column"].as_str().unwrap(), it["code"].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn what_goes_out_comes_back_as_it_was() {
    groups(|house, Group { root, .. }| async move {
        filled(&house, &root).await;
        let before = said(&house, &root).await;
        // Everything that a view can hold is held by one of them, or this story would not see it lost.
        let held: BTreeSet<&str> = before
            .iter()
            .flat_map(|it| it.as_object().unwrap().iter())
            .filter(|(_, it)| !it.is_null() && **it != json!([]))
            .map(|it| it.0.as_str())
            .collect();
        let wanted = [
            "answer_mode",
            "answers",
            "category",
            "channel_answers",
            "enabled",
            "owner",
            "question",
            "related",
            "review_at",
            "sharing",
            "similar",
            "tags",
            "valid_from",
            "valid_until",
        ];
        assert_eq!(held, BTreeSet::from(wanted), "a new field needs a column, or a place among OF_THIS_BASE");

        let csv = house.get(&root, "/knowledge/export").await.bytes;
        let xlsx = house.get(&root, "/knowledge/export?format=xlsx").await.bytes;
        assert!(csv.starts_with(b"\xef\xbb\xbfquestion") && xlsx.starts_with(b"PK"));
        for table in [&csv, &xlsx] {
            for dry_run in [true, false] {
                let again = made(&import(&house, &root, table, dry_run).await);
                assert_eq!((counts(&again), refused(&again)), ([5, 0, 0, 5, 0], vec![]));
            }
        }
        assert_eq!(said(&house, &root).await, before);
        assert_eq!(
            made(&house.get(&root, "/knowledge/categories").await)["items"].as_array().unwrap().len(),
            2
        );

        for table in [&csv, &xlsx] {
            let list = made(&house.get(&root, "/knowledge/entries?limit=100").await);
            for entry in list["items"].as_array().unwrap().iter().filter(|it| it["version"] != 0) {
                assert_eq!(house.call(&root, "DELETE", &path(entry), Value::Null).await.status, 204);
            }
            let back = made(&import(&house, &root, table, false).await);
            assert_eq!((counts(&back), refused(&back)), ([5, 5, 0, 0, 0], vec![]));
            assert_eq!(spelt(said(&house, &root).await), spelt(before.clone()));
            assert_eq!(house.get(&root, "/knowledge/export").await.bytes, csv);
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_go_to_another_company_is_told() {
    groups(|house, Group { root, bank, .. }| async move {
        let bank = &bank.1;
        filled(&house, &root).await;
        let table = house.get(&root, "/knowledge/export").await.text;
        let there = made(&import(&house, bank, table.as_bytes(), false).await);
        let mut told = refused(&there);
        told.iter_mut().for_each(|it| it.0 = 0);
        // Its pictures and accounts are another company's; and only headquarters shares.
        assert_eq!(counts(&there)[..2], [5, 3], "{there}");
        assert_eq!(told, [(0, "answer", "answers.file"), (0, "sharing", "sharing.not_headquarters")]);
        let went = said(&house, bank).await;
        let kept: Vec<Value> = said(&house, &root)
            .await
            .into_iter()
            .filter(|it| went.iter().any(|new| new["question"] == it["question"]))
            .collect();
        assert_eq!(spelt(went), spelt(kept));
    })
    .await;
}

#[tokio::test]
async fn a_file_beyond_the_bound_is_told_to_be_split() {
    groups(|house, Group { root, .. }| async move {
        for more in [1, 10 * 1024 * 1024] {
            let long = vec![b'a'; 32 * 1024 * 1024 + more];
            let answer = import(&house, &root, &long, true).await;
            assert_eq!((answer.status, answer.code().as_str()), (422, "table.too_large"), "{more}");
        }
    })
    .await;
}
