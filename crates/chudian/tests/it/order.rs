//! The way out keeps the order of each thread: a walk at random, compared with plain queues.

use std::collections::BTreeMap;

use chudian::base::Result;
use chudian::base::content::Content;
use chudian::base::id::{
    ContactId, ConversationId, DeliveryId, Id as _, IdentityId, InboxId, MessageId, TenantId, ThreadId,
};
use chudian::base::time::Time;
use chudian::conversations::deliveries::store as deliveries;
use chudian::conversations::model::{Author, DeliveryState, Direction, Message, Thread};
use chudian::db::{Tx, args};

use crate::support::{MORNING, both_databases};

const THREADS: i64 = 4;
const STEPS: usize = 1200;

fn thread(id: i64) -> Thread {
    Thread {
        id: ThreadId(id),
        tenant: TenantId(1),
        inbox: InboxId(1),
        contact: ContactId(id),
        identity: IdentityId(id),
        last_number: 0,
        last_message: None,
        last_inbound_at: None,
        open_conversation: None,
    }
}

fn message(id: i64, thread: i64) -> Message {
    Message {
        id: MessageId(id),
        tenant: TenantId(1),
        thread: ThreadId(thread),
        conversation: ConversationId(1),
        number: id,
        previous: None,
        direction: Direction::Out,
        author: Author::Bot,
        content: Content::text("好"),
        at: MORNING,
        platform_at: None,
        delivery: Some(DeliveryState::Planned),
        reason: None,
        reasons: None,
    }
}

/// One part, as the plain queues know it.
#[derive(Debug, Clone, Copy)]
struct Part {
    id: i64,
    is_sending: bool,
    due: i64,
}

struct Walk {
    dice: u64,
    now: i64,
    messages: i64,
    /// Unsettled parts of each thread, in the order of planning.
    queues: BTreeMap<i64, Vec<Part>>,
    /// Parts in the order in which they were handed to the platform.
    left: BTreeMap<i64, Vec<i64>>,
    claimed: usize,
}

impl Walk {
    fn throw(&mut self, sides: u64) -> u64 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.dice >> 33) % sides
    }

    fn plan(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let thread_id = 1 + self.throw(THREADS as u64) as i64;
        let parts = vec![Content::text("好"); 1 + self.throw(3) as usize];
        let due = self.now + self.throw(3) as i64 * 1000;
        self.messages += 1;
        let message = message(self.messages, thread_id);
        deliveries::plan(tx, &thread(thread_id), &message, &parts, Time(due))?;
        let ids = tx.all(
            "select id from deliveries where message_id = $1 order by part",
            args![message.id],
            |row| row.get::<i64>(0),
        )?;
        assert_eq!(ids.len(), parts.len());
        let queue = self.queues.entry(thread_id).or_default();
        queue.extend(ids.into_iter().map(|id| Part { id, is_sending: false, due }));
        Ok(())
    }

    /// What may leave now: of each thread the first, when it waits and is due; soonest due first.
    fn may_leave(&self) -> Vec<i64> {
        let heads = self.queues.values().filter_map(|it| it.first());
        let mut heads: Vec<&Part> = heads.filter(|it| !it.is_sending && it.due <= self.now).collect();
        heads.sort_by_key(|it| (it.due, it.id));
        heads.into_iter().map(|it| it.id).collect()
    }

    fn claim(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let limit = [1, 2, 64][self.throw(3) as usize];
        let mut expected: Vec<i64> = self.may_leave().into_iter().take(limit).collect();
        let found = deliveries::claim(tx, Time(self.now), u32::try_from(limit).expect("small"))?;
        let mut ids: Vec<i64> = found.iter().map(|it| it.id.raw()).collect();
        expected.sort_unstable();
        ids.sort_unstable();
        assert_eq!(ids, expected, "of each thread only the first, and only when it is due");
        for delivery in found {
            let (thread, id) = (delivery.thread.raw(), delivery.id.raw());
            self.claimed += 1;
            self.left.entry(thread).or_default().push(id);
            for part in self.queues.entry(thread).or_default().iter_mut().filter(|it| it.id == id) {
                part.is_sending = true;
            }
        }
        Ok(())
    }

    fn end(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let sending: Vec<(i64, i64)> = self
            .queues
            .iter()
            .filter_map(|(thread, it)| it.first().filter(|it| it.is_sending).map(|it| (*thread, it.id)))
            .collect();
        if sending.is_empty() {
            return Ok(());
        }
        let (thread, id) = sending[self.throw(sending.len() as u64) as usize];
        let state = match self.throw(6) {
            0 => {
                let due = self.now + 3000;
                deliveries::put_off(tx, DeliveryId(id), Time(due), "test.busy", "busy")?;
                let head = self.queues.get_mut(&thread).and_then(|it| it.first_mut()).expect("it is there");
                (head.is_sending, head.due) = (false, due);
                return Ok(());
            }
            1 => DeliveryState::Unknown,
            2 => DeliveryState::Refused,
            3 => DeliveryState::Failed,
            _ => DeliveryState::Sent,
        };
        deliveries::settle(tx, DeliveryId(id), state, None, None)?;
        self.queues.get_mut(&thread).expect("it is there").remove(0);
        Ok(())
    }

    fn walk(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        for _ in 0..STEPS {
            match self.throw(8) {
                0 | 1 => self.plan(tx)?,
                2..=4 => self.claim(tx)?,
                5 | 6 => self.end(tx)?,
                _ => self.now += self.throw(2500) as i64,
            }
            let due = deliveries::next_due(tx)?.map(|it| it.0);
            let waiting = self.queues.values().flatten().filter(|it| !it.is_sending);
            assert_eq!(due, waiting.map(|it| it.due).min(), "the next look is at the next due part");
        }
        Ok(())
    }
}

#[tokio::test]
async fn parts_of_a_thread_leave_in_their_order_one_at_a_time() {
    both_databases(|test| async move {
        let walked = test
            .db
            .write(|tx| {
                let mut walk = Walk {
                    dice: 11,
                    now: MORNING.0,
                    messages: 0,
                    queues: BTreeMap::new(),
                    left: BTreeMap::new(),
                    claimed: 0,
                };
                walk.walk(tx)?;
                Ok(walk)
            })
            .await
            .unwrap();
        assert!(walked.claimed > 100, "the walk went somewhere: {}", walked.claimed);
        for (thread, mut left) in walked.left {
            // A part that was put off leaves twice, before any later one.
            left.dedup();
            assert!(left.is_sorted(), "thread {thread}: {left:?}");
        }
    })
    .await;
}
