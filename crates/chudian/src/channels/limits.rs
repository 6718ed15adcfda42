//! What a platform still lets us send to whom, and until when. Pure.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::time::Time;

/// What a customer did, as far as it opens a window for our messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Wrote, spoke, sent a picture.
    Message,
    /// Tapped an entry of the account's menu.
    MenuClick,
    /// Followed the account.
    Follow,
    /// Scanned a code of the account.
    Scan,
}

/// How many messages may still be sent by the platform's API, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct Allowance {
    /// Messages left.
    pub left: i64,
    /// The end of the window; absent when it never opened.
    pub until: Option<Time>,
}

/// Why a message may not go out now. A value, not an error: the agent reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// The window is over, or never opened.
    Window,
    /// All messages of this window are used.
    Count,
}

impl Closed {
    /// Stable name, translated in the console.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Window => "allowance.window_closed",
            Self::Count => "allowance.used_up",
        }
    }
}

/// A dated rule: this act lets us send `messages` within `millis`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct AllowanceRule {
    channel: String,
    act: Act,
    messages: i64,
    millis: i64,
    from: Time,
    until: Option<Time>,
}

/// A dated size.
#[derive(Debug, Clone, PartialEq, Eq)]
struct SizeRule {
    channel: String,
    what: String,
    most: i64,
    from: Time,
    until: Option<Time>,
}

/// The dated rules of the platforms.
#[derive(Debug, Default)]
pub struct Limits {
    allowances: Vec<AllowanceRule>,
    sizes: Vec<SizeRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    allowance: Vec<AllowanceRow>,
    size: Vec<SizeRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AllowanceRow {
    channel: String,
    act: Act,
    messages: i64,
    seconds: i64,
    from: String,
    until: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SizeRow {
    channel: String,
    what: String,
    most: i64,
    from: String,
    until: Option<String>,
}

/// Midnight UTC of a date; the file is ours, so a bad date shows in the first test.
fn midnight(date: &str) -> Time {
    format!("{date}T00:00:00Z").parse().unwrap_or_default()
}

fn is_in_force(from: Time, until: Option<Time>, at: Time) -> bool {
    from <= at && until.is_none_or(|it| at < it)
}

impl Limits {
    /// The built-in rows.
    pub fn built_in() -> &'static Self {
        static LIMITS: OnceLock<Limits> = OnceLock::new();
        LIMITS.get_or_init(|| Self::parse(include_str!("limits.toml")))
    }

    fn parse(text: &str) -> Self {
        let file: File = toml::from_str(text).expect("the built-in limits are tested to be readable");
        Self {
            allowances: file
                .allowance
                .into_iter()
                .map(|row| AllowanceRule {
                    channel: row.channel,
                    act: row.act,
                    messages: row.messages,
                    millis: row.seconds * Time::SECOND,
                    from: midnight(&row.from),
                    until: row.until.as_deref().map(midnight),
                })
                .collect(),
            sizes: file
                .size
                .into_iter()
                .map(|row| SizeRule {
                    channel: row.channel,
                    what: row.what,
                    most: row.most,
                    from: midnight(&row.from),
                    until: row.until.as_deref().map(midnight),
                })
                .collect(),
        }
    }

    /// What is left after the customer acted at `at`: the larger number and the later end count.
    ///
    /// A window that would only end a thousandth of its length later stays as it is (three minutes of
    /// two days): who writes several lines in a row opens it once, and the ledger, which may close a
    /// little early but never late, is written once.
    #[must_use]
    pub fn after(&self, channel: &str, act: Act, at: Time, before: Allowance) -> Allowance {
        let rule = self
            .allowances
            .iter()
            .find(|it| it.channel == channel && it.act == act && is_in_force(it.from, it.until, at));
        let Some(rule) = rule else { return before };
        let running = before.until.filter(|it| *it > at);
        let left = if running.is_some() { before.left.max(rule.messages) } else { rule.messages };
        let until = at.plus(rule.millis);
        match running {
            Some(running) if until.since(running) * 1000 < rule.millis => {
                Allowance { left, until: Some(running) }
            }
            _ => Allowance { left, until: Some(until) },
        }
    }

    /// A size in force at `at`, or `otherwise` where the platform sets none.
    #[must_use]
    pub fn size(&self, channel: &str, what: &str, at: Time, otherwise: usize) -> usize {
        self.sizes
            .iter()
            .find(|it| it.channel == channel && it.what == what && is_in_force(it.from, it.until, at))
            .and_then(|it| usize::try_from(it.most).ok())
            .unwrap_or(otherwise)
    }

    /// Whether the sign that somebody is typing still reaches who `spoke` last then.
    #[must_use]
    pub fn may_show_typing(&self, channel: &str, spoke: Option<Time>, at: Time) -> bool {
        let seconds = self.size(channel, "typing_seconds", at, usize::MAX);
        let longest = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000);
        spoke.is_some_and(|it| at.0.saturating_sub(it.0) <= longest)
    }
}

impl Allowance {
    /// Whether one more message may go out at `now`.
    pub fn check(self, now: Time) -> Result<(), Closed> {
        match self.until {
            Some(until) if until > now && self.left > 0 => Ok(()),
            Some(until) if until > now => Err(Closed::Count),
            _ => Err(Closed::Window),
        }
    }

    /// After one more message went out.
    #[must_use]
    pub fn spend(self) -> Self {
        Self { left: (self.left - 1).max(0), until: self.until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time(1_795_226_400_000);

    #[test]
    fn acts_lift_to_the_larger_number_and_the_later_end() {
        let limits = Limits::built_in();
        let none = Allowance::default();
        let hours = |it: i64| NOW.plus(it * Time::HOUR);
        let minute = NOW.plus(Time::MINUTE);

        for (name, before, act, after) in [
            ("a first message", none, Act::Message, Allowance { left: 5, until: Some(hours(48)) }),
            ("a click opens a minute", none, Act::MenuClick, Allowance { left: 3, until: Some(minute) }),
            (
                "a click in an open window adds nothing",
                Allowance { left: 4, until: Some(hours(10)) },
                Act::MenuClick,
                Allowance { left: 4, until: Some(hours(10)) },
            ),
            (
                "a click lifts a used-up count",
                Allowance { left: 0, until: Some(hours(10)) },
                Act::MenuClick,
                Allowance { left: 3, until: Some(hours(10)) },
            ),
            (
                "a second line a minute later leaves the window",
                Allowance { left: 5, until: Some(hours(48).plus(-Time::MINUTE)) },
                Act::Message,
                Allowance { left: 5, until: Some(hours(48).plus(-Time::MINUTE)) },
            ),
            (
                "a line five minutes later moves it",
                Allowance { left: 2, until: Some(hours(48).plus(-5 * Time::MINUTE)) },
                Act::Message,
                Allowance { left: 5, until: Some(hours(48)) },
            ),
            (
                "what an old window left does not count",
                Allowance { left: 9, until: Some(hours(-1)) },
                Act::Message,
                Allowance { left: 5, until: Some(hours(48)) },
            ),
        ] {
            assert_eq!(limits.after("wechat", act, NOW, before), after, "{name}");
        }
        assert_eq!(limits.after("unknown", Act::Message, NOW, none), none);
    }

    #[test]
    fn limits_are_dated() {
        let early = Time(1_600_000_000_000);
        assert_eq!(Limits::built_in().after("wechat", Act::Message, early, Allowance::default()).left, 20);
        assert_eq!(Limits::built_in().size("wechat", "articles", NOW, 9), 1);
        assert_eq!(Limits::built_in().size("wechat", "nothing", NOW, 9), 9);
    }

    #[test]
    fn a_message_needs_an_open_window_and_a_rest() {
        let open = Allowance { left: 1, until: Some(NOW.plus(1)) };
        assert_eq!(open.check(NOW), Ok(()));
        assert_eq!(open.spend().check(NOW), Err(Closed::Count));
        assert_eq!(open.check(NOW.plus(1)), Err(Closed::Window));
        assert_eq!(Allowance::default().check(NOW), Err(Closed::Window));
    }

    #[test]
    fn typing_is_shown_to_who_spoke_a_moment_ago() {
        let shows = |channel: &str, seconds: Option<i64>| {
            let spoke = seconds.map(|it| NOW.plus(-1000 * it));
            Limits::built_in().may_show_typing(channel, spoke, NOW)
        };
        assert!(shows("wechat", Some(0)) && shows("wechat", Some(30)) && !shows("wechat", Some(31)));
        assert!(!shows("wechat", None), "who only followed said nothing");
        assert!(shows("a channel without such a limit", Some(86_400)));
    }
}
