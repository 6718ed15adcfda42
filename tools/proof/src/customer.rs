//! Customers who write, and remember what they were answered.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Result;
use crate::account::{ACCOUNT, Text, now_seconds};
use crate::connection::Connection;

/// Message ids of one run begin here and are never given twice.
static NEXT: AtomicU64 = AtomicU64::new(24_000_000_000_000_000);
static NONCE: AtomicU64 = AtomicU64::new(100_000_000);

/// What a customer was answered: a text, or only "received".
pub(crate) type Reply = Option<String>;

/// The texts of a run and the answers that arrived, by message id.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) sent: Vec<Text>,
    pub(crate) answered: HashMap<u64, Reply>,
    /// When the answer had arrived (seconds since 1970), for power loss.
    pub(crate) at: HashMap<u64, f64>,
}

/// A new text of one of `customers` people; it holds its own id, so each row of it can be told.
pub(crate) fn text(customers: u64) -> Text {
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    let from = format!("oProof{:022}", id % customers);
    Text { id, from, at: now_seconds(), text: format!("{} #{id}#", WORDS[(id % 4) as usize]) }
}

/// Each holds a keyword of `rules()`, except the last: the fallback answers it.
const WORDS: [&str; 4] = ["我的话费怎么查", "流量还剩多少", "你们的营业时间", "今天天气真好"];

/// The rules file of the crash runs.
pub(crate) fn rules() -> serde_json::Value {
    serde_json::json!({
        "keywords": {
            "话费": "话费在“我的账单”里，按月列出。",
            "流量": "剩余流量在首页右上角，每十分钟更新一次。",
            "营业时间": "营业厅每天九点到十八点，节假日照常。",
        },
        "menu": {"1": "查询业务", "2": "办理业务"},
        "fallback": "这个问题还没有学会，请换一种说法。",
    })
}

/// Pushes a text once. A refusal or a broken connection is an error: then nothing was promised.
pub(crate) async fn push(connection: &mut Connection, path: &str, text: &Text) -> Result<Reply> {
    let push = ACCOUNT.push(path, text, NONCE.fetch_add(1, Ordering::Relaxed))?;
    let answer = connection.send(&push.bytes).await?;
    if answer.status != 200 {
        return Err(format!("HTTP {}: {}", answer.status, answer.body));
    }
    reply(&answer.body, text)
}

/// Reads an answer as the platform does.
pub(crate) fn reply(body: &str, text: &Text) -> Result<Reply> {
    if body.is_empty() || body == "success" { Ok(None) } else { ACCOUNT.open(body, &text.from).map(Some) }
}

impl Ledger {
    pub(crate) fn record(&mut self, text: &Text, reply: Reply) {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        self.at.insert(text.id, now.map_or(0.0, |it| it.as_secs_f64()));
        self.answered.insert(text.id, reply);
    }

    /// Writes `count` texts one after the other, as far as the server lives.
    pub(crate) async fn write(&mut self, address: &str, path: &str, count: usize) {
        let Ok(mut connection) = Connection::open(address).await else { return };
        for _ in 0..count {
            let text = text(3);
            self.sent.push(text.clone());
            match push(&mut connection, path, &text).await {
                Ok(reply) => self.record(&text, reply),
                // The server died: nothing was promised for this one, and no more will be.
                Err(_) => return,
            }
        }
    }

    /// Pushes every text again, as the platform does when it got no answer, twice at the same time.
    /// Each must be answered, equally both times, and as before where there was an answer before.
    pub(crate) async fn repeat(&mut self, address: &str, path: &str) -> Result<Vec<String>> {
        let mut complaints = Vec::new();
        let mut first = Connection::open(address).await?;
        let mut second = Connection::open(address).await?;
        for text in &self.sent {
            let (one, two) = tokio::join!(push(&mut first, path, text), push(&mut second, path, text));
            let (one, two) = (one?, two?);
            // While the first is under way, the second may be told "received".
            if one != two && one.is_some() && two.is_some() {
                complaints.push(format!("{}: two deliveries at once got two answers", text.id));
            }
            let now = one.or(two);
            match self.answered.get(&text.id) {
                Some(before) if before.is_some() && *before != now => {
                    complaints.push(format!("{}: answered {before:?} before, {now:?} now", text.id));
                }
                _ => {
                    self.answered.entry(text.id).or_insert(now);
                }
            }
        }
        Ok(complaints)
    }
}
