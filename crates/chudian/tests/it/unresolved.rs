//! What customers asked in vain: it is kept once, put together, and goes when the base answers it.

use std::sync::Arc;

use chudian::base::id::{EntryId, TenantId, ThreadId, UserId};
use chudian::base::time::Time;
use chudian::knowledge::learning::cluster::Unmatched;
use chudian::knowledge::learning::model::Mark;
use chudian::knowledge::learning::store::{dismiss, insert_unmatched, list_unmatched, list_wrong, put_mark};
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::editors::made;
use crate::house::{Caller, House};
use crate::support::{MORNING, both_databases, engines, until};

async fn listed(desk: &Desk, caller: &Caller) -> Vec<(String, i64)> {
    let answer = desk.house.get(caller, "/knowledge/unresolved").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let clusters = answer.json()["items"].as_array().unwrap().clone();
    clusters
        .iter()
        .map(|it| (it["question"].as_str().unwrap().to_owned(), it["count"].as_i64().unwrap()))
        .collect()
}

fn words(words: &str) -> Value {
    json!([{ "type": "text", "text": words }])
}

#[tokio::test]
async fn what_had_no_answer_is_gathered_until_the_base_answers_it_or_nobody_wants_to() {
    for (url, folder) in engines() {
        let desk = Desk::in_house(Arc::new(House::running(&url, folder).await)).await;
        let body = json!({ "question": "怎么查话费", "answers": words("回复 1 查话费。") });
        let entry = desk.house.call(&desk.admin, "POST", "/knowledge/entries", body).await.json();
        for (sender, question) in [
            ("oStoryUnmatch001", "会员生日有礼物吗"),
            ("oStoryUnmatch002", "会员生日有礼物吗？"),
            ("oStoryUnmatch003", "会员生日有没有礼物"),
            ("oStoryUnmatch001", "怎么查话费"),
            ("oStoryUnmatch002", "能不能给13800138000改个好听的彩铃"),
            ("oStoryUnmatch002", "？？"),
            ("oStoryUnmatch003", "转人工"),
            ("oStoryUnmatch003", "这句话是对坐席说的"),
        ] {
            desk.says(sender, question).await;
        }
        let masked = "能不能给***********改个好听的彩铃".to_owned();
        let birthday = "会员生日有礼物吗".to_owned();
        let found = listed(&desk, &desk.admin).await;
        assert_eq!(found, [(birthday.clone(), 3), (masked.clone(), 1)]);

        // Nobody else's, and not for who does not edit.
        assert_eq!(listed(&desk, &desk.root).await, []);
        assert_eq!(desk.house.get(&desk.anna.caller, "/knowledge/unresolved").await.status, 403);

        // A new wording of an entry answers it: it goes by itself.
        let id = entry["id"].as_str().unwrap();
        let body = json!({ "question": "会员生日有礼物吗", "similar": ["会员生日有没有礼物"], "answers": words("有。"),
            "version": 1 });
        let changed = desk.house.call(&desk.admin, "PUT", &format!("/knowledge/entries/{id}"), body).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        let left = [(masked.clone(), 1)];
        until("the base answers the birthday", || async { listed(&desk, &desk.admin).await == left }).await;

        let path = "/knowledge/unresolved/dismissals";
        let none = desk.house.call(&desk.admin, "POST", path, json!({ "questions": [] })).await;
        assert_eq!((none.status, none.code().as_str()), (422, "unresolved.questions"));
        let of_others = desk.house.call(&desk.root, "POST", path, json!({ "questions": [masked] })).await;
        assert_eq!(of_others.json()["count"], 0);
        let done = desk.house.call(&desk.admin, "POST", path, json!({ "questions": [masked] })).await;
        assert_eq!(done.json()["count"], 1, "{done:?}");
        assert_eq!(listed(&desk, &desk.admin).await, []);

        // Asked again later, it is open again, for who asks now; and twice by the same counts once.
        desk.house.clock.advance(1_000);
        for _ in 0..2 {
            desk.says("oStoryUnmatch001", "能不能给13900139000改个好听的彩铃").await;
        }
        assert_eq!(listed(&desk, &desk.admin).await, [(masked.clone(), 1)]);

        // What came after the editor saw the list stays.
        let seen_at = desk.house.get(&desk.admin, "/knowledge/unresolved").await.json()["seen_at"].clone();
        desk.house.clock.advance(1_000);
        desk.says("oStoryUnmatch002", "能不能给13700137000改个好听的彩铃").await;
        assert_eq!(listed(&desk, &desk.admin).await, [(masked.clone(), 2)]);
        let body = json!({ "questions": [masked], "seen_at": seen_at });
        let done = desk.house.call(&desk.admin, "POST", path, body.clone()).await;
        assert_eq!(done.json()["count"], 1, "{done:?}");
        assert_eq!(listed(&desk, &desk.admin).await, [(masked.clone(), 1)]);
        let again = desk.house.call(&desk.admin, "POST", path, body).await;
        assert_eq!(again.json()["count"], 0, "what is dismissed is not dismissed again");
    }
}

/// A customer's long complaint, as people write them.
const LONG: &str = "你好，我上个月二十号在你们营业厅办的宽带，师傅来装的时候说三天之内就能用，结果到今天都没有通，\
我打了好几次电话都说在处理，家里老人要看电视孩子要上网课，全家都等着，我想问一下如果一直装不好，我交的钱什么时候能退给我，\
另外当时送的那个路由器要不要还给你们，还有因为这个事情耽误的这一个月的月租你们打算怎么算，能不能给我一个准确的答复，谢谢";

#[tokio::test]
async fn a_long_question_without_an_answer_is_open_beside_short_ones() {
    for (url, folder) in engines() {
        let desk = Desk::in_house(Arc::new(House::running(&url, folder).await)).await;
        for question in ["怎么查话费", "宽带多久能装好", "路由器怎么设置", "退款多久到账", "月租怎么算"]
        {
            let body = json!({ "question": question, "answers": words("请看官网。") });
            made(&desk.house.call(&desk.admin, "POST", "/knowledge/entries", body).await);
        }
        assert!((150..=200).contains(&LONG.chars().count()), "{}", LONG.chars().count());
        for (sender, question) in [
            ("oStoryUnmatch001", LONG),
            ("oStoryUnmatch002", "会员生日有礼物吗"),
            ("oStoryUnmatch003", "路由器要不要还"),
            ("oStoryUnmatch004", "孩子要上网课"),
        ] {
            desk.says(sender, question).await;
        }
        let found = listed(&desk, &desk.admin).await;
        assert!(found.iter().any(|it| it.0 == LONG), "{found:#?}");
    }
}

#[tokio::test]
async fn open_questions_are_looked_for_among_the_newest_only() {
    both_databases(|test| async move {
        let (tenant, other) = (TenantId(1), TenantId(2));
        let ask = |tx: &mut chudian::db::Tx<'_>, tenant, form: &str| {
            let asked = Unmatched {
                question: form.to_owned(),
                form: form.to_owned(),
                thread: ThreadId(7),
                at: Time(0),
                answered_by: None,
                is_unsolved: false,
                is_wrong: false,
            };
            insert_unmatched(tx, tenant, &asked, false)
        };
        let write = test.db.write(move |tx| {
            // Nobody asked anything yet.
            assert_eq!(list_unmatched(tx, tenant, 9, 9)?, []);
            for form in ["甲", "乙", "丙", "丁", "丙", "丁"] {
                ask(tx, tenant, form)?;
                // Another tenant's take no place.
                ask(tx, other, "丙")?;
            }
            for form in ["丙", "丁"] {
                assert_eq!(dismiss(tx, tenant, form, MORNING.plus(1_000), None)?, 1);
            }
            Ok(())
        });
        write.await.unwrap();
        for (limit, among, expected) in [
            (9, 9, &["乙", "甲"][..]),
            (1, 9, &["乙"]),
            (9, 6, &["乙", "甲"]),
            (9, 5, &["乙"]),
            (9, 4, &[]),
            (9, 0, &[]),
        ] {
            let found = test.db.read(move |tx| list_unmatched(tx, tenant, limit, among)).await.unwrap();
            let found: Vec<String> = found.into_iter().map(|it| it.form).collect();
            assert_eq!(found, expected, "{limit} {among}");
        }
    })
    .await;
}

#[tokio::test]
async fn wrong_answers_are_looked_for_among_the_newest_only_and_right_ones_take_no_place() {
    both_databases(|test| async move {
        let (tenant, other) = (TenantId(1), TenantId(2));
        let mark = |tx: &mut chudian::db::Tx<'_>, tenant, form: &str, is_right: bool| {
            let mark = Mark {
                id: tx.new_id(),
                message: tx.new_id(),
                thread: ThreadId(7),
                question: form.to_owned(),
                form: form.to_owned(),
                entry: EntryId(5),
                is_right,
                instead: None,
                user: UserId(3),
                at: MORNING,
            };
            put_mark(tx, tenant, &mark)
        };
        let write = test.db.write(move |tx| {
            assert_eq!(list_wrong(tx, tenant, 9, 9)?, []);
            for form in ["甲", "乙", "丙", "丁"] {
                mark(tx, tenant, form, false)?;
                mark(tx, tenant, form, true)?;
                mark(tx, other, form, false)?;
            }
            for form in ["丙", "丁"] {
                assert_eq!(dismiss(tx, tenant, form, MORNING.plus(1_000), None)?, 1);
            }
            Ok(())
        });
        write.await.unwrap();
        for (limit, among, expected) in [
            (9, 9, &["乙", "甲"][..]),
            (1, 9, &["乙"]),
            (9, 4, &["乙", "甲"]),
            (9, 3, &["乙"]),
            (9, 2, &[]),
            (9, 0, &[]),
        ] {
            let found = test.db.read(move |tx| list_wrong(tx, tenant, limit, among)).await.unwrap();
            let found: Vec<String> = found.into_iter().map(|it| it.form).collect();
            assert_eq!(found, expected, "{limit} {among}");
        }
    })
    .await;
}
