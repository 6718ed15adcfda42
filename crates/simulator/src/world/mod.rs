//! Everything the pretend platform knows, in memory, behind one lock.
//!
//! Nothing in here waits: API handlers and acts of people change the world and return; the HTTP work of
//! delivering pushes happens in `callback`, which asks the world what is next.

mod account;
mod follower;
mod log;
mod people;
mod pushes;
mod scripts;
mod timers;
mod tokens;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::broadcast;

pub(crate) use account::{Account, AccountKind, Callback, Desk, Format, Login, MassJob, Media, Mode, QrCode};
pub(crate) use follower::{ChatItem, Closed, Follower, Side};
pub(crate) use log::{Kind, Line, Log};
pub(crate) use people::{Person, openid};
pub(crate) use pushes::{Ending, Push, Pushes};
pub(crate) use scripts::{Scripted, Scripts};
pub(crate) use timers::{Timer, Timers};
pub(crate) use tokens::{ForceProblem, TokenProblem};

use crate::faults::Faults;
use crate::rules::Rules;

/// Times that testers may shorten.
#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// How long the platform waits for an answer.
    pub(crate) callback_timeout_ms: u64,
    /// Pause before the next attempt after a refused or broken connection.
    pub(crate) retry_gap_ms: u64,
    /// How long a phone keeps a menu before it asks again; 0 = it always asks. The real one: 300.
    pub(crate) menu_cache_seconds: i64,
    /// Delay of job results (mass, template, publish).
    pub(crate) job_delay_ms: i64,
    /// Whether every push, attempt, reply and call is written to the log; off for load runs.
    pub(crate) log: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            callback_timeout_ms: 5000,
            retry_gap_ms: 1000,
            menu_cache_seconds: 0,
            job_delay_ms: 2000,
            log: true,
        }
    }
}

/// The state.
pub(crate) struct World {
    pub(crate) rules: Arc<Rules>,
    pub(crate) settings: Settings,
    pub(crate) accounts: BTreeMap<String, Account>,
    pub(crate) people: BTreeMap<String, Person>,
    pub(crate) log: Log,
    pub(crate) faults: Faults,
    pub(crate) scripts: Scripts,
    pub(crate) pushes: Pushes,
    pub(crate) timers: Timers,
    pub(crate) business: crate::business::Books,
    /// Address under which this simulator is reached, without a slash at the end.
    pub(crate) base: String,
    live: broadcast::Sender<Arc<str>>,
    offset: i64,
    last_id: u64,
}

impl World {
    /// An empty world.
    pub(crate) fn new(base: String) -> World {
        World {
            rules: Arc::new(Rules::built_in()),
            settings: Settings::default(),
            accounts: BTreeMap::new(),
            people: BTreeMap::new(),
            log: Log::default(),
            faults: Faults::default(),
            scripts: Scripts::default(),
            pushes: Pushes::default(),
            timers: Timers::default(),
            business: crate::business::Books::sample(),
            base,
            live: broadcast::channel(4096).0,
            offset: 0,
            last_id: 0,
        }
    }

    /// Simulator time in milliseconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        jiff::Timestamp::now().as_millisecond() + self.offset
    }

    /// Moves the clock; time runs on from there.
    pub(crate) fn advance(&mut self, milliseconds: i64) {
        self.offset += milliseconds;
    }

    /// A number that was not given before; large, as the platform's are.
    pub(crate) fn fresh_id(&mut self) -> u64 {
        self.last_id += 1;
        24_543_120_000_000_000 + (rand::random::<u32>() as u64 % 1000) * 1_000_000_000 + self.last_id
    }

    /// A small number that was not given before.
    pub(crate) fn fresh_number(&mut self) -> i64 {
        self.last_id += 1;
        1_000_000 + i64::try_from(self.last_id).unwrap_or(i64::MAX / 2)
    }

    /// Random letters and digits.
    pub(crate) fn fresh_text(&self, length: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..length).map(|_| char::from(LETTERS[rand::random::<u32>() as usize % LETTERS.len()])).collect()
    }

    /// A receiver of log lines and chat changes, as JSON text.
    pub(crate) fn listen(&self) -> broadcast::Receiver<Arc<str>> {
        self.live.subscribe()
    }

    /// Tells listeners something; nobody listening is fine.
    pub(crate) fn tell(&self, event: &Value) {
        if self.live.receiver_count() > 0 {
            let _ = self.live.send(event.to_string().into());
        }
    }

    /// Writes a log line.
    pub(crate) fn note(&mut self, line: Line) {
        if !self.settings.log && line.kind != Kind::Note {
            return;
        }
        let line = self.log.add(line).clone();
        self.tell(&json!({ "log": line }));
    }

    /// An empty log line of this moment, to be filled.
    pub(crate) fn line(&self, kind: Kind, summary: impl Into<String>) -> Line {
        Line {
            seq: 0,
            at: self.now(),
            kind,
            ok: true,
            app_id: None,
            openid: None,
            push: None,
            summary: summary.into(),
            detail: Value::Null,
        }
    }

    /// One follower of one account.
    pub(crate) fn follower(&mut self, app_id: &str, openid: &str) -> Option<&mut Follower> {
        self.accounts.get_mut(app_id)?.followers.get_mut(openid)
    }

    /// Shows a line on the person's phone.
    pub(crate) fn show(&mut self, app_id: &str, openid: &str, mut item: ChatItem) {
        item.at = self.now();
        if item.from == Side::Account {
            self.scripts.saw(app_id, openid, &item);
        }
        let Some(follower) = self.follower(app_id, openid) else { return };
        let person = follower.person.clone();
        let item = follower.add_line(item).clone();
        self.tell(&json!({ "chat": { "app_id": app_id, "openid": openid, "person": person, "item": item } }));
    }

    /// Gives a customer's act its window.
    pub(crate) fn lift(&mut self, app_id: &str, openid: &str, act: &str) {
        let (rules, now) = (Arc::clone(&self.rules), self.now());
        let Some(account) = self.accounts.get_mut(app_id) else { return };
        let date = account.date(now);
        let Some(follower) = account.followers.get_mut(openid) else { return };
        follower.active_at = now;
        if let Some(window) = rules.window(act, date) {
            follower.lift(window, now);
        }
    }
}

impl ChatItem {
    /// A line not yet numbered.
    pub(crate) fn new(from: Side, via: &'static str, content: Value) -> ChatItem {
        ChatItem { number: 0, at: 0, from, via, content, speaker: None, push: None }
    }
}

/// Text of a JSON value that may be a string or a number.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
