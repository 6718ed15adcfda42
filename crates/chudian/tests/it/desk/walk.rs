//! A long random walk: whatever people do in whatever order, every conversation is in one legal
//! state, has exactly one holder, and nobody is left waiting for somebody who is gone.

use std::collections::HashMap;

use chudian::base::id::ConversationId;
use chudian::db::{Tx, args};
use chudian::routing::presence::{Connection, Presence};
use serde_json::{Value, json};

use super::{Desk, Person, desks};

const STEPS: usize = 220;

/// The same walk each time for a seed.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        if from.is_empty() { None } else { from.get(self.throw(from.len() as u64) as usize) }
    }
}

/// Rules that hold after every step; each query counts what breaks one.
const RULES: &[(&str, &str)] = &[
    (
        "queued has one open queue entry, anything else none",
        "select count(*) from conversations c where (case when c.stage = 'queued' then 1 else 0 end) <>
             (select count(*) from queue_entries q where q.conversation_id = c.id and q.left_at is null)",
    ),
    (
        "served has one open assignment, to its agent",
        "select count(*) from conversations c where (case when c.stage = 'serving' then 1 else 0 end) <>
             (select count(*) from assignments a
              where a.conversation_id = c.id and a.ended_at is null and a.agent_id = c.agent_id)",
    ),
    (
        "what is not served has no open assignment",
        "select count(*) from assignments a join conversations c on c.id = a.conversation_id
         where a.ended_at is null and c.stage <> 'serving'",
    ),
    (
        "a thread knows its open conversation",
        "select count(*) from threads t left join conversations c on c.thread_id = t.id and c.closed_at is null
         where coalesce(t.open_conversation_id, 0) <> coalesce(c.id, 0)",
    ),
    (
        "closed is closed in every way",
        "select count(*) from conversations c
         where (case when c.stage = 'closed' then 1 else 0 end) <> (case when c.closed_at is null then 0 else 1 end)",
    ),
    (
        "numbers have no gap and the chain no break",
        "select count(*) from messages m left join messages p on p.id = m.previous_id
         where coalesce(p.number, 0) <> m.number - 1",
    ),
    (
        "no row is closed without a reason",
        "select (select count(*) from assignments where ended_at is not null and end_reason is null) +
             (select count(*) from queue_entries where left_at is not null and left_reason is null)",
    ),
];

fn count(tx: &mut Tx<'_>, sql: &'static str) -> i64 {
    tx.first(sql, args![], |row| row.get(0)).unwrap().unwrap()
}

async fn check(desk: &Desk, epochs: &mut HashMap<ConversationId, i64>, step: &str) {
    let now: Vec<(ConversationId, i64)> = desk
        .ctx()
        .db
        .read(move |tx| {
            for (rule, sql) in RULES {
                assert_eq!(count(tx, sql), 0, "{rule}");
            }
            tx.all("select id, owner_epoch from conversations", args![], |row| Ok((row.get(0)?, row.get(1)?)))
        })
        .await
        .unwrap_or_else(|error| panic!("after {step}: {error}"));
    for (id, epoch) in now {
        let before = epochs.insert(id, epoch).unwrap_or(0);
        assert!(epoch >= before, "the epoch of {id} fell from {before} to {epoch} after {step}");
    }
}

/// One step; gives what it was.
async fn step(
    desk: &Desk,
    dice: &mut Dice,
    number: usize,
    there: &mut HashMap<String, Connection>,
) -> String {
    let people = [&desk.anna, &desk.bob, &desk.carla];
    let who: &Person = dice.pick(&people).unwrap();
    let open: Vec<Value> = desk.list(&desk.carla, "all").await;
    let which = dice.pick(&open).cloned();
    match (dice.throw(11), which) {
        (0..=2, _) | (_, None) => {
            let words = *dice.pick(&["转人工", "你好", "话费", "人工"]).unwrap();
            let sender = format!("oStoryWalk{:07}", dice.throw(4));
            desk.says(&sender, words).await;
            format!("{sender} says {words}")
        }
        (3, Some(it)) => format!("take {}", desk.act(who, &it, "take", Value::Null).await.status),
        (4, Some(it)) => format!("release {}", desk.act(who, &it, "release", json!({})).await.status),
        (5, Some(it)) => {
            let to = dice.pick(&people).unwrap();
            format!("transfer {}", desk.act(who, &it, "transfer", json!({ "agent": to.id })).await.status)
        }
        (6, Some(it)) => format!("close {}", desk.act(who, &it, "close", json!({})).await.status),
        (7, Some(it)) => format!("send {}", desk.sends(who, &it, &format!("w{number}"), "您好").await.status),
        (8, _) => {
            let state = *dice.pick(&["ready", "ready", "away", "offline"]).unwrap();
            desk.is_to_queue(who, state, 1 + i64::try_from(dice.throw(3)).unwrap()).await;
            format!("{} is {state}", who.id)
        }
        (9, _) => {
            if there.remove(&who.id).is_none() {
                let presence = desk.ctx().shelf.get::<Presence>();
                let connection = presence.connect(who.id.parse().unwrap(), &desk.house.clock);
                there.insert(who.id.clone(), connection);
            }
            "somebody comes or goes".to_owned()
        }
        _ => {
            desk.house.clock.advance(i64::try_from(dice.throw(15_000)).unwrap());
            desk.sweep().await;
            "time passes".to_owned()
        }
    }
}

#[tokio::test]
async fn whatever_people_do_a_conversation_has_one_holder_and_nobody_is_stranded() {
    desks(|desk| async move {
        let mut dice = Dice(20_261_121);
        let (mut epochs, mut there) = (HashMap::new(), HashMap::new());
        for number in 0..STEPS {
            let what = step(&desk, &mut dice, number, &mut there).await;
            check(&desk, &mut epochs, &what).await;
            // Below the limits on requests: it is not what this story is about.
            desk.house.clock.advance(200);
        }
        there.clear();
        desk.house.clock.advance(60_000);
        desk.sweep().await;
        check(&desk, &mut epochs, "everybody left").await;
        let stranded =
            "select count(*) from conversations where stage = 'serving' and waiting_since is not null";
        assert_eq!(desk.ctx().db.read(move |tx| Ok(count(tx, stranded))).await.unwrap(), 0);
        let moved = "select count(*) from assignments";
        assert!(
            desk.ctx().db.read(move |tx| Ok(count(tx, moved))).await.unwrap() > 20,
            "the walk went somewhere"
        );
    })
    .await;
}
