//! Pushes that wait for delivery, in order for each person.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::callback::Fields;

/// A message or event on its way to an account's server.
#[derive(Debug, Clone)]
pub(crate) struct Push {
    /// Number for the log, from 1.
    pub(crate) number: u64,
    pub(crate) app_id: String,
    pub(crate) openid: String,
    /// All elements, `ToUserName` first.
    pub(crate) fields: Fields,
    /// `text`, `event CLICK` and so on.
    pub(crate) label: String,
    /// Token of a scripted message.
    pub(crate) token: Option<String>,
    /// Whether a failure shows the "service unavailable" notice; job results do not.
    pub(crate) is_visible: bool,
}

/// How a push ended.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Ending {
    pub(crate) acknowledged: bool,
    pub(crate) attempts: u32,
    pub(crate) outcome: String,
}

/// Endings kept for those who ask.
const KEPT: usize = 50_000;

/// The queues.
#[derive(Debug, Default)]
pub(crate) struct Pushes {
    waiting: HashMap<(String, String), VecDeque<Push>>,
    busy: HashSet<(String, String)>,
    ready: Vec<(String, String)>,
    last: u64,
    endings: HashMap<u64, Ending>,
    order: VecDeque<u64>,
}

impl Pushes {
    /// Puts a push at the end of its person's queue and gives its number.
    pub(crate) fn add(&mut self, mut push: Push) -> u64 {
        self.last += 1;
        push.number = self.last;
        let key = (push.app_id.clone(), push.openid.clone());
        self.waiting.entry(key.clone()).or_default().push_back(push);
        if self.busy.insert(key.clone()) {
            self.ready.push(key);
        }
        self.last
    }

    /// Queues that got work and have nobody serving them; the caller must serve them until `next` is empty.
    pub(crate) fn take_ready(&mut self) -> Vec<(String, String)> {
        std::mem::take(&mut self.ready)
    }

    /// The next push of a queue; nothing = the server of this queue may go.
    pub(crate) fn next(&mut self, key: &(String, String)) -> Option<Push> {
        let next = self.waiting.get_mut(key).and_then(VecDeque::pop_front);
        if next.is_none() {
            self.waiting.remove(key);
            self.busy.remove(key);
        }
        next
    }

    /// Records how a push ended.
    pub(crate) fn end(&mut self, number: u64, ending: Ending) {
        if self.order.len() == KEPT
            && let Some(old) = self.order.pop_front()
        {
            self.endings.remove(&old);
        }
        self.order.push_back(number);
        self.endings.insert(number, ending);
    }

    /// How a push ended, if it did.
    pub(crate) fn ending(&self, number: u64) -> Option<&Ending> {
        self.endings.get(&number)
    }

    /// Pushes not yet ended.
    pub(crate) fn open(&self) -> usize {
        self.busy.len().max(self.waiting.values().map(VecDeque::len).sum())
    }
}
