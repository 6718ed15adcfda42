//! One person as one account knows him: openid, follow state, what may be sent to him, and the chat.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::rules::Window;

/// Lines of a chat kept in memory.
const KEPT: usize = 2_000;

/// Who a line of the chat comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Side {
    /// The person with the phone.
    Person,
    /// The account.
    Account,
    /// The platform itself: "service unavailable", "you follow …".
    Notice,
}

/// One line of what the person sees.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ChatItem {
    /// Position in this chat, from 1.
    pub(crate) number: u64,
    /// Simulator time in milliseconds.
    pub(crate) at: i64,
    pub(crate) from: Side,
    /// The way it came: `message`, `event`, `passive`, `custom`, `mass`, `template`, `subscription`, `preview`.
    pub(crate) via: &'static str,
    /// `{"type":"text","text":"…"}` and so on, ready to be drawn.
    pub(crate) content: Value,
    /// Name shown instead of the account's when a desk account speaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) speaker: Option<String>,
    /// The push that this line caused or answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) push: Option<u64>,
}

/// What may still be sent by customer service messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Allowance {
    /// Messages left; nothing = unlimited.
    pub(crate) left: Option<u32>,
    /// End of the window, simulator time in milliseconds.
    pub(crate) until: i64,
}

/// Why a customer service message may not be sent now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closed {
    /// No window is open: 45015.
    Window,
    /// All of the window's messages are used: 45047.
    Count,
}

/// A person in the eyes of one account.
#[derive(Debug, Clone, Default)]
pub(crate) struct Follower {
    pub(crate) openid: String,
    pub(crate) unionid: Option<String>,
    pub(crate) person: String,
    pub(crate) subscribed: bool,
    pub(crate) subscribed_at: i64,
    pub(crate) scene: String,
    pub(crate) qr_scene: i64,
    pub(crate) qr_scene_str: String,
    pub(crate) remark: String,
    pub(crate) tags: BTreeSet<i64>,
    pub(crate) group: i64,
    /// On the account's blacklist.
    pub(crate) blocked: bool,
    /// The person switched messages of this account off.
    pub(crate) refuses: bool,
    pub(crate) allowance: Option<Allowance>,
    pub(crate) chat: Vec<ChatItem>,
    pub(crate) lines: u64,
    /// Shown as "is typing" until this moment.
    pub(crate) typing_until: i64,
    /// When the person last did something.
    pub(crate) active_at: i64,
    /// Rights to send a subscription notice, by template.
    pub(crate) grants: BTreeMap<String, u32>,
    /// Mass messages received in a calendar month.
    pub(crate) mass: (i64, usize),
    /// 1 iOS, 2 Android, 3 other; for conditional menus.
    pub(crate) client: i64,
    /// The menu the phone fetched last, and when.
    pub(crate) menu: Option<(serde_json::Value, i64)>,
    /// Open session at the platform's own desk: account and moment.
    pub(crate) desk: Option<(String, i64)>,
}

impl Follower {
    /// A customer's act lifts the number left and the window's end to the greater of old and new.
    pub(crate) fn lift(&mut self, window: &Window, now: i64) {
        let fresh = Allowance { left: window.count, until: now + window.seconds * 1000 };
        let open = self.allowance.filter(|old| old.until > now);
        self.allowance = Some(open.map_or(fresh, |old| Allowance {
            left: old.left.zip(fresh.left).map(|(old, fresh)| old.max(fresh)),
            until: old.until.max(fresh.until),
        }));
    }

    /// Uses one message of the window.
    pub(crate) fn spend(&mut self, now: i64) -> Result<(), Closed> {
        let open = self.allowance.as_mut().filter(|open| open.until > now).ok_or(Closed::Window)?;
        match &mut open.left {
            Some(0) => Err(Closed::Count),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Adds a line to the chat and gives it its number.
    pub(crate) fn add_line(&mut self, mut item: ChatItem) -> &ChatItem {
        self.lines += 1;
        item.number = self.lines;
        if self.chat.len() == KEPT {
            self.chat.remove(0);
        }
        self.chat.push(item);
        self.chat.last().expect("a line was pushed just now")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    fn after(acts: &[(&str, i64)]) -> Follower {
        let rules = Rules::built_in();
        let mut follower = Follower::default();
        for (act, at) in acts {
            follower.lift(rules.window(act, "2026-06-01".parse().unwrap()).unwrap(), *at);
        }
        follower
    }

    #[test]
    fn a_message_allows_five_for_two_days() {
        let mut follower = after(&[("message", 0)]);
        for _ in 0..5 {
            assert_eq!(follower.spend(172_799_999), Ok(()));
        }
        assert_eq!(follower.spend(172_799_999), Err(Closed::Count));
        assert_eq!(follower.spend(172_800_000), Err(Closed::Window));
    }

    #[test]
    fn numbers_do_not_add_up_but_lift() {
        let mut follower = after(&[("message", 0), ("menu_click", 1000)]);
        assert_eq!(follower.allowance, Some(Allowance { left: Some(5), until: 172_800_000 }));
        for _ in 0..5 {
            follower.spend(2000).unwrap();
        }
        let rules = Rules::built_in();
        follower.lift(rules.window("menu_click", "2026-06-01".parse().unwrap()).unwrap(), 3000);
        assert_eq!(follower.allowance, Some(Allowance { left: Some(3), until: 172_800_000 }));
    }

    #[test]
    fn paying_lifts_to_unlimited_and_a_follow_is_short() {
        assert_eq!(after(&[("message", 0), ("pay", 5)]).allowance.unwrap().left, None);
        assert_eq!(after(&[("follow", 0)]).spend(60_000), Err(Closed::Window));
        assert_eq!(Follower::default().spend(0), Err(Closed::Window));
    }
}
