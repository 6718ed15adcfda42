//! The load generator: one thread, ready-made requests, every answer checked.
//!
//! *Closed*: each connection sends its next request when the last is answered: what the server can do.
//! *Open*: requests fall due at a constant rate, whether or not the server keeps up, and latency counts
//! from the moment a request was due: what a customer feels.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::LocalSet;

use crate::account::{ACCOUNT, Text};
use crate::connection::Connection;
use crate::{Result, bare, customer, runtime};

/// A request and what it must be answered.
pub(crate) struct Ready {
    pub(crate) bytes: Vec<u8>,
    pub(crate) to: String,
    /// The reply's text; `None` for the yardstick's constant.
    pub(crate) expected: Option<Arc<str>>,
}

/// One run.
pub(crate) struct Plan<'a> {
    pub(crate) address: &'a str,
    pub(crate) connections: usize,
    pub(crate) requests: Rc<Vec<Ready>>,
    /// Begin again when all were sent (for the yardstick, which remembers nothing).
    pub(crate) again: bool,
    /// Another reply than expected is good too, and counted apart.
    pub(crate) any_reply: bool,
    pub(crate) seconds: f64,
    /// Requests a second; as fast as answers come where there is none.
    pub(crate) rate: Option<f64>,
}

/// What a run found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) answered: usize,
    /// Of the answered, those that got another reply than expected where that is good too.
    pub(crate) other: usize,
    pub(crate) wrong: usize,
    pub(crate) first_wrong: Option<String>,
    pub(crate) seconds: f64,
    /// Microseconds, sorted.
    pub(crate) latencies: Vec<u32>,
}

impl Found {
    pub(crate) fn rate(&self) -> f64 {
        self.answered as f64 / self.seconds.max(1e-9)
    }

    /// Milliseconds below which `share` of the answers came.
    pub(crate) fn latency(&self, share: f64) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        let index = ((last as f64) * share).round() as usize;
        self.latencies.get(index).map_or(0.0, |it| f64::from(*it) / 1000.0)
    }
}

/// Encrypts and signs one request for each text.
pub(crate) fn prepare(path: &str, texts: &[Text], expected: &[Option<Arc<str>>]) -> Result<Vec<Ready>> {
    texts
        .iter()
        .zip(expected)
        .enumerate()
        .map(|(index, (text, expected))| {
            let push = ACCOUNT.push(path, text, 500_000_000 + index as u64)?;
            Ok(Ready { bytes: push.bytes, to: text.from.clone(), expected: expected.clone() })
        })
        .collect()
}

/// Runs a plan to its end.
pub(crate) fn run(plan: &Plan<'_>) -> Result<Found> {
    let local = LocalSet::new();
    local.block_on(&runtime()?, async {
        let mut connections = Vec::new();
        for _ in 0..plan.connections {
            connections.push(Connection::open(plan.address).await?);
        }
        match plan.rate {
            None => closed(plan, connections).await,
            Some(rate) => open(plan, connections, rate).await,
        }
    })
}

/// What the tasks of a run share.
#[derive(Default)]
struct Shared {
    any_reply: bool,
    next: Cell<usize>,
    found: RefCell<Found>,
}

impl Shared {
    /// Sends one request and notes its answer. `false` when the connection is of no more use.
    async fn one(&self, connection: &mut Connection, ready: &Ready, due: Instant) -> bool {
        let answer = connection.send(&ready.bytes).await;
        let micros = u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX);
        let verdict = match &answer {
            Ok(answer) => judge(answer.status, &answer.body, ready),
            Err(error) => Err(error.clone()),
        };
        let mut found = self.found.borrow_mut();
        match verdict {
            Ok(is_expected) if is_expected || self.any_reply => {
                found.other += usize::from(!is_expected);
                found.answered += 1;
                found.latencies.push(micros);
            }
            Ok(_) => {
                found.wrong += 1;
                let body = answer.as_ref().map_or("", |it| &it.body);
                found.first_wrong.get_or_insert_with(|| {
                    let got = customer::reply(body, &ready.asked());
                    format!("answered {got:?} instead of {:?}", ready.expected)
                });
            }
            Err(why) => {
                found.wrong += 1;
                found.first_wrong.get_or_insert(why);
            }
        }
        answer.is_ok()
    }
}

/// Whether it is the expected reply; what is no good reply at all is an error.
fn judge(status: u16, body: &str, ready: &Ready) -> Result<bool> {
    if status != 200 {
        return Err(format!("HTTP {status}: {body}"));
    }
    let Some(expected) = &ready.expected else {
        return if body == bare::ANSWER { Ok(true) } else { Err(format!("the yardstick answered {body}")) };
    };
    match customer::reply(body, &ready.asked())? {
        Some(reply) => Ok(reply == **expected),
        None => Err("received, but not answered".to_owned()),
    }
}

impl Ready {
    /// As much of the question as a reply is opened with.
    fn asked(&self) -> Text {
        Text { id: 0, from: self.to.clone(), at: 0, text: String::new() }
    }
}

async fn closed(plan: &Plan<'_>, connections: Vec<Connection>) -> Result<Found> {
    let shared = Rc::new(Shared { any_reply: plan.any_reply, ..Shared::default() });
    let begun = Instant::now();
    let until = begun + Duration::from_secs_f64(plan.seconds);
    let again = plan.again;
    let tasks: Vec<_> = connections
        .into_iter()
        .map(|mut connection| {
            let (shared, requests) = (shared.clone(), plan.requests.clone());
            tokio::task::spawn_local(async move {
                while Instant::now() < until {
                    let index = shared.next.replace(shared.next.get() + 1);
                    if !again && index >= requests.len() {
                        return;
                    }
                    if !shared.one(&mut connection, &requests[index % requests.len()], Instant::now()).await {
                        return;
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.map_err(|error| format!("a customer broke down: {error}"))?;
    }
    Ok(finish(&shared, begun))
}

async fn open(plan: &Plan<'_>, connections: Vec<Connection>, rate: f64) -> Result<Found> {
    let shared = Rc::new(Shared { any_reply: plan.any_reply, ..Shared::default() });
    let wanted = (rate * plan.seconds) as usize;
    let count = if plan.again { wanted } else { wanted.min(plan.requests.len()) };
    let queue: Arc<Mutex<VecDeque<(usize, Instant)>>> = Arc::default();
    let waiting = Arc::new(Semaphore::new(0));
    let begun = Instant::now();
    // The kernel wakes a sleeping thread far more exactly than a timer wheel of milliseconds.
    let clock = {
        let (queue, waiting) = (queue.clone(), waiting.clone());
        std::thread::spawn(move || {
            let mut next = 0;
            while next < count {
                let due = |index: usize| begun + Duration::from_secs_f64(index as f64 / rate);
                std::thread::sleep(due(next).saturating_duration_since(Instant::now()));
                let now = Instant::now();
                let mut added = 0;
                let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
                while next < count && due(next) <= now {
                    queue.push_back((next, due(next)));
                    next += 1;
                    added += 1;
                }
                drop(queue);
                waiting.add_permits(added);
            }
            waiting.close();
        })
    };
    let tasks: Vec<_> = connections
        .into_iter()
        .map(|mut connection| {
            let (shared, requests) = (shared.clone(), plan.requests.clone());
            let (queue, waiting) = (queue.clone(), waiting.clone());
            tokio::task::spawn_local(async move {
                loop {
                    // Closed means that no more fall due; what is in the queue still has to be sent.
                    if let Ok(permit) = waiting.acquire().await {
                        permit.forget();
                    }
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some((index, due)) = next else { return };
                    if !shared.one(&mut connection, &requests[index % requests.len()], due).await {
                        return;
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.map_err(|error| format!("a customer broke down: {error}"))?;
    }
    clock.join().map_err(|_| "the clock broke down")?;
    Ok(finish(&shared, begun))
}

fn finish(shared: &Shared, begun: Instant) -> Found {
    let mut found = shared.found.take();
    found.seconds = begun.elapsed().as_secs_f64();
    found.latencies.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_are_read_off_the_sorted_list() {
        let found = Found { latencies: (1..=1000).map(|it| it * 1000).collect(), ..Found::default() };
        assert_eq!(found.latency(0.5), 501.0);
        assert_eq!(found.latency(0.99), 990.0);
        assert_eq!(found.latency(1.0), 1000.0);
        assert_eq!(Found::default().latency(0.99), 0.0);
    }
}
