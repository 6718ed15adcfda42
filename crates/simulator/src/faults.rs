//! Faults on demand: what should go wrong, where, and how often.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// One fault as a tester asks for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// `api`: calls of the platform's HTTP API; `callback`: pushes to the account's server.
    pub(crate) on: Door,
    /// API: a path or its beginning with `*` at the end. Callback: a label such as `text`, `event CLICK`, or
    /// its beginning with `*`. Missing = everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    /// Only for this account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) app_id: Option<String>,
    /// Chance for each call, 0 to 1. Missing = always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rate: Option<f64>,
    /// Ends after so many hits. Missing = until removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<u32>,
    /// What happens.
    pub(crate) effect: Effect,
    /// How often it took effect; ignored in requests.
    #[serde(default)]
    pub(crate) hits: u64,
}

/// Where a fault acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Door {
    Api,
    Callback,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Effect {
    /// API: HTTP 200 with this error code.
    Errcode {
        errcode: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        errmsg: Option<String>,
    },
    /// API: an HTTP status with an HTML body, as from a gateway.
    Http { status: u16 },
    /// API: the answer comes late. The call itself takes effect at once.
    Delay { milliseconds: u64 },
    /// API: the connection breaks before anything was done.
    DropBefore,
    /// API: the connection breaks after everything was done.
    DropAfter,
    /// Callback: the push is delivered again although it was answered.
    Duplicate {
        #[serde(default = "two")]
        copies: u32,
        /// All at once instead of one after another.
        #[serde(default)]
        overlapping: bool,
    },
    /// Callback: the push starts late.
    Late { milliseconds: u64 },
    /// Callback: the server's answers to the first `attempts` attempts come too late: the platform has hung up,
    /// shows nothing and tries again.
    LateAnswer {
        #[serde(default = "one")]
        attempts: u32,
    },
    /// Callback: the push is still sealed with the EncodingAESKey before the last change.
    OldKey,
}

fn one() -> u32 {
    1
}

fn two() -> u32 {
    2
}

/// What to do to an API call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ApiFault {
    Errcode(i64, Option<String>),
    Http(u16),
    Delay(Duration),
    DropBefore,
    DropAfter,
}

/// What to do to a push.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CallbackFault {
    Duplicate(Copies),
    Late(Duration),
    /// Answers to so many attempts come too late.
    LateAnswer(u32),
    OldKey,
}

/// Repetitions of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Copies {
    pub(crate) count: usize,
    pub(crate) is_overlapping: bool,
}

/// The faults that are switched on.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    pub(crate) list: Vec<Fault>,
}

/// The longest delay that is obeyed.
const LONGEST: u64 = 120_000;

impl Faults {
    /// The fault for an API call, if one applies now.
    pub(crate) fn api(&mut self, app_id: &str, path: &str) -> Option<ApiFault> {
        let effect = self.hit(Door::Api, app_id, path)?;
        Some(match effect {
            Effect::Errcode { errcode, errmsg } => ApiFault::Errcode(errcode, errmsg),
            Effect::Http { status } => ApiFault::Http(status),
            Effect::Delay { milliseconds } => {
                ApiFault::Delay(Duration::from_millis(milliseconds.min(LONGEST)))
            }
            Effect::DropBefore => ApiFault::DropBefore,
            Effect::DropAfter => ApiFault::DropAfter,
            Effect::Duplicate { .. } | Effect::Late { .. } | Effect::LateAnswer { .. } | Effect::OldKey => {
                return None;
            }
        })
    }

    /// The fault for a push, if one applies now.
    pub(crate) fn callback(&mut self, app_id: &str, label: &str) -> Option<CallbackFault> {
        match self.hit(Door::Callback, app_id, label)? {
            Effect::Duplicate { copies, overlapping } => {
                let count = usize::try_from(copies.clamp(2, 10)).unwrap_or(2);
                Some(CallbackFault::Duplicate(Copies { count, is_overlapping: overlapping }))
            }
            Effect::Late { milliseconds } | Effect::Delay { milliseconds } => {
                Some(CallbackFault::Late(Duration::from_millis(milliseconds.min(LONGEST))))
            }
            Effect::LateAnswer { attempts } => Some(CallbackFault::LateAnswer(attempts)),
            Effect::OldKey => Some(CallbackFault::OldKey),
            _ => None,
        }
    }

    fn hit(&mut self, door: Door, app_id: &str, path: &str) -> Option<Effect> {
        let fault = self.list.iter_mut().find(|fault| {
            fault.on == door
                && fault.next != Some(0)
                && fault.app_id.as_deref().is_none_or(|wanted| wanted == app_id)
                && fault.path.as_deref().is_none_or(|wanted| matches(wanted, path))
                && fault.rate.is_none_or(|rate| rand::random::<f64>() < rate)
        })?;
        fault.hits += 1;
        fault.next = fault.next.map(|left| left - 1);
        Some(fault.effect.clone())
    }
}

impl Fault {
    /// Why the fault makes no sense, in a sentence for the tester.
    pub(crate) fn problem(&self) -> Option<String> {
        let is_callback = matches!(
            self.effect,
            Effect::Duplicate { .. } | Effect::Late { .. } | Effect::LateAnswer { .. } | Effect::OldKey
        );
        if is_callback && self.on == Door::Api {
            return Some("`duplicate`, `late`, `late_answer` and `old_key` act on \"callback\"".into());
        }
        if !is_callback && self.on == Door::Callback && !matches!(self.effect, Effect::Delay { .. }) {
            let possible = "`duplicate`, `late`, `late_answer`, `delay` and `old_key`";
            return Some(format!("on \"callback\" only {possible} are possible"));
        }
        if self.rate.is_some_and(|rate| !(0.0..=1.0).contains(&rate)) {
            return Some("`rate` must be between 0 and 1".into());
        }
        None
    }
}

fn matches(wanted: &str, path: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some(start) => path.starts_with(start),
        None => path == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(json: &str) -> Faults {
        Faults { list: serde_json::from_str(json).unwrap() }
    }

    #[test]
    fn the_next_calls_are_hit_and_no_more() {
        let mut faults = faults(
            r#"[{"on":"api","path":"/cgi-bin/message/*","next":2,"effect":{"kind":"errcode","errcode":-1}}]"#,
        );
        assert_eq!(faults.api("wx", "/cgi-bin/menu/get"), None);
        assert_eq!(faults.api("wx", "/cgi-bin/message/custom/send"), Some(ApiFault::Errcode(-1, None)));
        assert_eq!(faults.api("wx", "/cgi-bin/message/custom/send"), Some(ApiFault::Errcode(-1, None)));
        assert_eq!(faults.api("wx", "/cgi-bin/message/custom/send"), None);
        assert_eq!(faults.list[0].hits, 2);
    }

    #[test]
    fn a_rate_of_nothing_never_hits() {
        let mut faults = faults(r#"[{"on":"callback","rate":0,"effect":{"kind":"late","milliseconds":5}}]"#);
        assert!((0..100).all(|_| faults.callback("wx", "text").is_none()));
    }

    #[test]
    fn nonsense_is_named() {
        let check = |json: &str| serde_json::from_str::<Fault>(json).unwrap().problem().is_some();
        assert!(check(r#"{"on":"api","effect":{"kind":"duplicate"}}"#));
        assert!(check(r#"{"on":"callback","effect":{"kind":"drop_after"}}"#));
        assert!(check(r#"{"on":"api","rate":2,"effect":{"kind":"drop_after"}}"#));
        assert!(!check(r#"{"on":"callback","effect":{"kind":"duplicate","copies":3,"overlapping":true}}"#));
    }
}
