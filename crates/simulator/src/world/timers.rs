//! What the platform does later: job results, publishing.

use crate::callback::Fields;

/// Something that happens at a moment of simulator time.
#[derive(Debug, Clone)]
pub(crate) enum Timer {
    /// Push an event about a job.
    Event { app_id: String, openid: String, event: String, fields: Fields },
    /// A mass-send job reaches its people and ends.
    MassSend { app_id: String, msg_id: i64 },
    /// A publish job ends.
    Publish { app_id: String, publish_id: String },
}

/// Moments in order.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    waiting: Vec<(i64, Timer)>,
}

impl Timers {
    /// Remembers `timer` for the moment `at`.
    pub(crate) fn add(&mut self, at: i64, timer: Timer) {
        self.waiting.push((at, timer));
    }

    /// Takes what is due, oldest first.
    pub(crate) fn due(&mut self, now: i64) -> Vec<Timer> {
        if self.waiting.iter().all(|(at, _)| *at > now) {
            return Vec::new();
        }
        let all = std::mem::take(&mut self.waiting);
        let (mut due, later): (Vec<_>, Vec<_>) = all.into_iter().partition(|(at, _)| *at <= now);
        self.waiting = later;
        due.sort_by_key(|(at, _)| *at);
        due.into_iter().map(|(_, timer)| timer).collect()
    }
}
