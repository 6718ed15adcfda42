//! What happens at once: first messages, two hands on one conversation, one request many times.

use std::sync::Arc;

use chudian::db::args;
use serde_json::json;

use super::{desks, text};

#[tokio::test]
async fn a_hundred_first_messages_at_once_open_one_conversation() {
    desks(|desk| async move {
        let all = (0..100).map(|it| {
            let desk = desk.clone();
            async move { desk.says("oStoryCustomer0001", &format!("第 {it} 条")).await }
        });
        futures::future::join_all(all).await;

        let open = desk.list(&desk.carla, "all").await;
        assert_eq!(open.len(), 1, "{open:?}");
        let messages = desk.messages(&open[0]).await;
        let numbers: Vec<i64> = messages.iter().map(|it| it["number"].as_i64().unwrap()).collect();
        let last = *numbers.last().unwrap();
        assert!(last >= 100, "each message is there, and the bot's answers: {last}");
        assert_eq!(numbers, (last - i64::try_from(numbers.len()).unwrap() + 1..=last).collect::<Vec<_>>());
        let path = format!("/threads/{}/messages?after=0&limit=200", text(&open[0], "thread"));
        let first = desk.house.get(&desk.carla.caller, &path).await.json();
        let inbound = first["items"].as_array().unwrap().iter().filter(|it| it["direction"] == "in").count();
        assert_eq!(inbound, 100);
    })
    .await;
}

#[tokio::test]
async fn of_two_who_take_it_at_once_one_wins() {
    desks(|desk| async move {
        for round in 0..10 {
            let conversation = desk.waits(&format!("oStoryRace{round:08}")).await;
            let (one, two) = futures::join!(
                desk.act(&desk.anna, &conversation, "take", json!(null)),
                desk.act(&desk.bob, &conversation, "take", json!(null)),
            );
            let mut results = [(one.status, one.code()), (two.status, two.code())];
            results.sort();
            assert_eq!(results, [(200, String::new()), (409, "conversation.taken".to_owned())]);
            let winner = if one.status == 200 { &desk.anna } else { &desk.bob };
            let now = desk.conversation(&conversation["id"]).await;
            assert_eq!(now["agent"]["id"], winner.id.as_str());
            assert_eq!(open_rows(&desk).await, (0, round + 1));
        }
    })
    .await;
}

/// Queue entries and assignments that are open.
async fn open_rows(desk: &Arc<super::Desk>) -> (i64, i64) {
    let count = |tx: &mut chudian::db::Tx<'_>, sql: &'static str| {
        Ok::<i64, chudian::base::Error>(tx.first(sql, args![], |row| row.get(0))?.unwrap_or_default())
    };
    desk.ctx()
        .db
        .read(move |tx| {
            let waiting = count(tx, "select count(*) from queue_entries where left_at is null")?;
            let served = count(tx, "select count(*) from assignments where ended_at is null")?;
            Ok((waiting, served))
        })
        .await
        .unwrap()
}

#[tokio::test]
async fn a_message_sent_many_times_with_one_key_exists_once() {
    desks(|desk| async move {
        let conversation = desk.waits("oStoryCustomer0002").await;
        let all = (0..10).map(|_| desk.sends(&desk.anna, &conversation, "key-1", "您好，我是安娜"));
        let answers = futures::future::join_all(all).await;
        let ids: std::collections::BTreeSet<String> = answers
            .iter()
            .map(|it| {
                assert_eq!(it.status, 201, "{it:?}");
                text(&it.json(), "id").to_owned()
            })
            .collect();
        assert_eq!(ids.len(), 1);
        let said = desk.transcript(&conversation).await;
        assert_eq!(said.iter().filter(|it| *it == "agent: 您好，我是安娜").count(), 1, "{said:?}");
        assert_eq!(said.iter().filter(|it| *it == "system: conversation.taken").count(), 1);
        let parts = "select count(*) from deliveries d join messages m on m.id = d.message_id where m.author_kind = 'agent'";
        let parts = desk.ctx().db.read(move |tx| tx.first(parts, args![], |row| row.get::<i64>(0))).await.unwrap();
        assert_eq!(parts, Some(1));

        let other = desk.sends(&desk.anna, &conversation, "key-1", "别的话").await;
        assert_eq!((other.status, other.code().as_str()), (409, "idempotency.reused"));
        let without = desk.act(&desk.anna, &conversation, "messages", json!({"content": {"type": "text", "text": "x"}})).await;
        assert_eq!((without.status, without.code().as_str()), (400, "request.idempotency_key"));
    })
    .await;
}

#[tokio::test]
async fn who_lost_it_cannot_send_however_the_hands_changed() {
    desks(|desk| async move {
        let conversation = desk.waits("oStoryCustomer0003").await;
        assert_eq!(desk.sends(&desk.anna, &conversation, "a1", "我来处理").await.status, 201);
        let epoch = desk.conversation(&conversation["id"]).await["owner_epoch"].clone();
        desk.is_to_queue(&desk.bob, "ready", 5).await;
        let moved = desk
            .act(&desk.anna, &conversation, "transfer", json!({ "agent": desk.bob.id, "note": "要退费" }))
            .await;
        assert_eq!(moved.status, 200, "{moved:?}");

        let late = desk.sends(&desk.anna, &conversation, "a2", "还有一句").await;
        assert_eq!((late.status, late.code().as_str()), (409, "conversation.not_yours"));

        // Back to her by other hands: her old page knows an old number.
        assert_eq!(desk.act(&desk.carla, &conversation, "take", json!(null)).await.status, 200);
        assert_eq!(
            desk.act(&desk.carla, &conversation, "transfer", json!({ "agent": desk.anna.id })).await.status,
            200
        );
        let stale = json!({ "content": { "type": "text", "text": "旧页面" }, "owner_epoch": epoch });
        let anna = super::Person {
            id: String::new(),
            caller: desk.anna.caller.clone().with("idempotency-key", "a3"),
        };
        let stale = desk.act(&anna, &conversation, "messages", stale).await;
        assert_eq!((stale.status, stale.code().as_str()), (409, "conversation.not_yours"));
        assert_eq!(desk.sends(&desk.anna, &conversation, "a4", "新页面").await.status, 201);

        let said = desk.transcript(&conversation).await;
        assert!(!said.iter().any(|it| it.contains("还有一句") || it.contains("旧页面")), "{said:?}");
        assert_eq!(open_rows(&desk).await, (0, 1));
    })
    .await;
}

#[tokio::test]
async fn a_closed_conversation_stays_closed_and_the_next_message_meets_the_bot() {
    desks(|desk| async move {
        let conversation = desk.waits("oStoryCustomer0004").await;
        assert_eq!(desk.sends(&desk.anna, &conversation, "c1", "办好了").await.status, 201);
        let closed = desk.act(&desk.anna, &conversation, "close", json!({ "reason": "已解决" })).await;
        assert_eq!(closed.status, 200, "{closed:?}");
        assert_eq!(closed.json()["stage"], "closed");
        assert_eq!(closed.json()["close_reason"], "已解决");

        for (act, body) in [("take", json!(null)), ("close", json!({})), ("release", json!({}))] {
            let again = desk.act(&desk.carla, &conversation, act, body).await;
            assert_eq!(again.status, 409, "{act} {again:?}");
        }
        assert_eq!(desk.sends(&desk.anna, &conversation, "c2", "还有").await.code(), "conversation.closed");
        assert_eq!(open_rows(&desk).await, (0, 0));

        desk.says("oStoryCustomer0004", "在吗").await;
        let open = desk.list(&desk.carla, "bot").await;
        assert_eq!(open.len(), 1);
        assert_ne!(open[0]["id"], conversation["id"]);
        assert_eq!(open[0]["thread"], conversation["thread"], "the endless thread goes on");
    })
    .await;
}
