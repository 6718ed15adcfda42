//! Scripted customers: each message carries a token of its own, so that a message that was lost, and an
//! answer that came twice, can be counted.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::{ChatItem, Side};

/// What became of one scripted message.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Scripted {
    pub(crate) token: String,
    pub(crate) script: String,
    pub(crate) app_id: String,
    pub(crate) openid: String,
    pub(crate) push: u64,
    pub(crate) sent_at: i64,
    /// The server answered HTTP 200 with an acceptable body in time.
    pub(crate) acknowledged: bool,
    pub(crate) attempts: u32,
    /// Passive replies that the person saw.
    pub(crate) passive: u32,
    /// Other messages that quote the token.
    pub(crate) quoted: u32,
    /// Other messages that the person got after this message and before his next, without the token.
    pub(crate) unquoted: u32,
}

impl Scripted {
    /// Answers that the person saw.
    pub(crate) fn visible(&self) -> u32 {
        self.passive + self.quoted + self.unquoted
    }
}

/// All scripted messages.
#[derive(Debug, Default)]
pub(crate) struct Scripts {
    messages: HashMap<String, Scripted>,
    order: Vec<String>,
    /// The last scripted message of each (account, openid).
    latest: HashMap<(String, String), String>,
    /// Scripts that still run.
    pub(crate) running: usize,
    pub(crate) last: u64,
}

/// Scripted messages kept; a run with more begins by forgetting.
const KEPT: usize = 1_000_000;

impl Scripts {
    /// Remembers a message before it is pushed.
    pub(crate) fn sent(&mut self, message: Scripted) {
        if self.order.len() < KEPT {
            let key = (message.app_id.clone(), message.openid.clone());
            self.latest.insert(key, message.token.clone());
            self.order.push(message.token.clone());
            self.messages.insert(message.token.clone(), message);
        }
    }

    /// One message.
    pub(crate) fn message(&mut self, token: &str) -> Option<&mut Scripted> {
        self.messages.get_mut(token)
    }

    /// The person saw a message of the account.
    pub(crate) fn saw(&mut self, app_id: &str, openid: &str, item: &ChatItem) {
        if self.messages.is_empty() || item.from != Side::Account || item.via == "passive" {
            return;
        }
        let text = item.content.to_string();
        if let Some(token) = tokens(&text).find(|token| self.messages.contains_key(*token)) {
            if let Some(message) = self.messages.get_mut(token) {
                message.quoted += 1;
            }
            return;
        }
        let latest = self.latest.get(&(app_id.to_owned(), openid.to_owned())).cloned();
        if let Some(message) = latest.and_then(|token| self.messages.get_mut(&token)) {
            message.unquoted += 1;
        }
    }

    /// Forgets all messages.
    pub(crate) fn forget(&mut self) {
        self.messages.clear();
        self.order.clear();
        self.latest.clear();
    }

    /// Sums and the messages that need a look.
    pub(crate) fn counts(&self, script: Option<&str>, with_messages: bool) -> Value {
        let chosen = self.order.iter().filter_map(|token| self.messages.get(token));
        let chosen: Vec<&Scripted> =
            chosen.filter(|message| script.is_none_or(|script| message.script == script)).collect();
        let acknowledged = chosen.iter().filter(|message| message.acknowledged);
        let lost: Vec<&Scripted> =
            acknowledged.clone().filter(|message| message.visible() == 0).copied().collect();
        let doubled: Vec<&Scripted> =
            chosen.iter().filter(|message| message.visible() > 1).copied().collect();
        let mut sums = json!({
            "sent": chosen.len(),
            "acknowledged": acknowledged.count(),
            "answered": chosen.iter().filter(|message| message.visible() > 0).count(),
            "visible_answers": chosen.iter().map(|message| u64::from(message.visible())).sum::<u64>(),
            "attempts": chosen.iter().map(|message| u64::from(message.attempts)).sum::<u64>(),
            "acknowledged_without_answer": lost.len(),
            "doubled": doubled.len(),
            "without_answer_sample": lost.iter().take(20).collect::<Vec<_>>(),
            "doubled_sample": doubled.iter().take(20).collect::<Vec<_>>(),
            "running": self.running,
        });
        if with_messages {
            sums["messages"] = json!(chosen);
        }
        sums
    }
}

/// Words that look like a script's token: `#` and twelve letters or digits, then `#`.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split('#').filter(|word| word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, via: &'static str) -> ChatItem {
        ChatItem::new(Side::Account, via, json!({ "type": "text", "text": text }))
    }

    #[test]
    fn answers_are_counted_for_their_message() {
        let mut scripts = Scripts::default();
        let one = Scripted {
            token: "abcdefghijk1".into(),
            app_id: "wx".into(),
            openid: "o".into(),
            ..Scripted::default()
        };
        let two = Scripted { token: "abcdefghijk2".into(), ..one.clone() };
        scripts.sent(one);
        scripts.sent(two);
        scripts.saw("wx", "o", &said("你问的是 #abcdefghijk1#", "custom"));
        scripts.saw("wx", "o", &said("没有记号", "custom"));
        scripts.saw("wx", "o", &said("被动回复由投递者计数", "passive"));
        scripts.message("abcdefghijk1").unwrap().acknowledged = true;
        scripts.message("abcdefghijk1").unwrap().passive = 1;
        let counts = scripts.counts(None, false);
        assert_eq!(counts["sent"], 2);
        assert_eq!(counts["doubled"], 1);
        assert_eq!(counts["answered"], 2);
        assert_eq!(counts["acknowledged_without_answer"], 0);
    }
}
