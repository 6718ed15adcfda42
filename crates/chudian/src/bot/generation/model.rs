//! What a tenant sets, what a day may cost, and how a generation ends. Pure.

use crate::base::content::Content;
use crate::base::id::{ConversationId, EntryId, MessageId, TenantId, ThreadId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::bot::model::{Open, Reason};
use crate::models::model::Endpoint;

use super::grounding::Unfit;

/// What a tenant set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whether answers are generated at all.
    pub is_on: bool,
    /// Where; kept while it is off.
    pub endpoint: Option<Endpoint>,
    /// Stands below each generated answer, so that everybody sees what it is.
    pub label: String,
    /// How long a customer may wait for it, in seconds.
    pub seconds: i64,
    /// How many calls a day may have.
    pub requests_a_day: i64,
    /// How many tokens.
    pub tokens_a_day: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            is_on: false,
            endpoint: None,
            label: "以上由人工智能根据公开资料生成，仅供参考".to_owned(),
            seconds: 15,
            requests_a_day: 500,
            tokens_a_day: 500_000,
        }
    }
}

/// What a tenant set, as it is kept.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// What was set.
    pub settings: Settings,
    /// The sealed key of the endpoint.
    pub secret: Option<Vec<u8>>,
    /// How often it was written; 0 before the first time.
    pub version: i64,
}

impl Settings {
    /// Tidies what was entered, and refuses what cannot be used, by field.
    ///
    /// # Errors
    /// `Invalid`.
    pub fn tidy(mut self) -> Result<Self> {
        self.endpoint = self.endpoint.map(|it| it.tidy("/chat/completions")).transpose()?;
        if self.is_on && self.endpoint.is_none() {
            return Err(wrong("endpoint", "the endpoint whose model writes the answers"));
        }
        self.label = self.label.trim().to_owned();
        let signs = self.label.chars().filter(|it| it.is_alphanumeric()).count();
        if signs < 4 || self.label.chars().count() > 100 || self.label.contains('\n') {
            return Err(wrong(
                "label",
                "one line of 4 to 100 characters that tells customers that a machine wrote this",
            ));
        }
        for (field, value, most) in [
            ("seconds", self.seconds, 60),
            ("requests_a_day", self.requests_a_day, 1_000_000),
            ("tokens_a_day", self.tokens_a_day, 1_000_000_000),
        ] {
            let least = if field == "seconds" { 3 } else { 1 };
            if !(least..=most).contains(&value) {
                return Err(wrong(field, &format!("a number from {least} to {most}")));
            }
        }
        Ok(self)
    }
}

fn wrong(field: &str, right: &str) -> Error {
    Error::invalid("generation.invalid", format!("{field}: give {right}")).field(field, right)
}

/// What a day has cost so far, and what came of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Day {
    /// Calls.
    pub requests: i64,
    /// Tokens: told by the endpoint, or as estimated where it did not tell.
    pub tokens: i64,
    /// Answers that were said.
    pub said: i64,
    /// Texts that were not said, because the entries do not hold them.
    pub refused: i64,
    /// Calls that failed or came too late.
    pub failed: i64,
    /// Texts that nobody waited for any more.
    pub dropped: i64,
}

impl Day {
    /// Whether one more call of so many tokens still has a place.
    ///
    /// # Errors
    /// Which budget is used up.
    pub fn takes(&self, settings: &Settings, tokens: i64) -> std::result::Result<(), Unsaid> {
        if self.requests >= settings.requests_a_day {
            return Err(Unsaid::NoRequests);
        }
        if self.tokens.saturating_add(tokens) > settings.tokens_a_day {
            return Err(Unsaid::NoTokens);
        }
        Ok(())
    }
}

/// What is said when nothing is generated, as if there were no model.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Otherwise {
    /// The words.
    pub contents: Vec<Content>,
    /// The list that stands in them, which a digit answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<Open>,
    /// How it came to that.
    pub reasons: Vec<Reason>,
}

/// A generation that is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The entries that it may draw on, nearest first.
    pub entries: Vec<EntryId>,
    /// What is said without it.
    pub otherwise: Otherwise,
}

/// A generation as it stands in its row.
#[derive(Debug, Clone)]
pub struct Generation {
    /// Key.
    pub id: crate::base::id::GenerationId,
    /// Whose.
    pub tenant: TenantId,
    /// Where it is to be said.
    pub thread: ThreadId,
    /// In which episode.
    pub conversation: ConversationId,
    /// The question's message.
    pub asked: MessageId,
    /// Its number in the thread.
    pub asked_number: i64,
    /// What is wanted.
    pub wanted: Wanted,
    /// Since when the customer waits.
    pub created_at: Time,
}

/// Why nothing generated is said, and what was put off is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsaid {
    /// It was switched off meanwhile.
    Off,
    /// The entries are gone, or have no words.
    NoEntries,
    /// The day's calls are used up.
    NoRequests,
    /// The day's tokens are used up.
    NoTokens,
    /// The endpoint failed again and again, or asked for rest.
    Resting,
    /// The endpoint failed: a stable name, and in words.
    Failed(&'static str, String),
    /// There was no time left.
    Late,
    /// The server stopped during the call.
    Interrupted,
    /// What was written may not be said.
    Unfit(Unfit),
}

impl Unsaid {
    /// Its stable name; the reason's code is `generation.` and this.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::NoEntries => "no_entries",
            Self::NoRequests => "no_requests",
            Self::NoTokens => "no_tokens",
            Self::Resting => "resting",
            Self::Failed(..) => "failed",
            Self::Late => "late",
            Self::Interrupted => "interrupted",
            Self::Unfit(it) => it.fault.name(),
        }
    }
}

/// Why nothing at all is said any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// A person serves, or was asked for.
    Person,
    /// The conversation is over.
    Closed,
    /// Something was said since.
    MovedOn,
}

impl Dropped {
    /// Its stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Closed => "closed",
            Self::MovedOn => "moved_on",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_tidied_or_refused() {
        let endpoint = |url: &str| Some(Endpoint { url: url.into(), model: "m".into() });
        let on = Settings { is_on: true, endpoint: endpoint("https://a.example/v1"), ..Settings::default() };
        assert_eq!(Settings::default().tidy().unwrap(), Settings::default());
        let copied = Settings { endpoint: endpoint("https://a.example/v1/chat/completions"), ..on.clone() };
        assert_eq!(copied.tidy().unwrap(), on);
        for (settings, field) in [
            (Settings { endpoint: None, ..on.clone() }, "endpoint"),
            (Settings { endpoint: endpoint("a.example"), ..on.clone() }, "endpoint.url"),
            (Settings { label: " ".into(), ..on.clone() }, "label"),
            (Settings { label: "AI".into(), ..on.clone() }, "label"),
            (Settings { label: "机器生成".repeat(30), ..on.clone() }, "label"),
            (Settings { label: "以上由\n机器生成".into(), ..on.clone() }, "label"),
            (Settings { seconds: 2, ..on.clone() }, "seconds"),
            (Settings { seconds: 61, ..on.clone() }, "seconds"),
            (Settings { requests_a_day: 0, ..on.clone() }, "requests_a_day"),
            (Settings { tokens_a_day: -1, ..on }, "tokens_a_day"),
        ] {
            assert!(settings.clone().tidy().unwrap_err().fields.contains_key(field), "{settings:?}");
        }
    }

    #[test]
    fn a_day_takes_what_its_budgets_hold() {
        let settings = Settings { requests_a_day: 2, tokens_a_day: 100, ..Settings::default() };
        let day = |requests, tokens| Day { requests, tokens, ..Day::default() };
        for (day, tokens, expected) in [
            (day(0, 0), 100, Ok(())),
            (day(1, 60), 40, Ok(())),
            (day(1, 60), 41, Err(Unsaid::NoTokens)),
            (day(2, 0), 1, Err(Unsaid::NoRequests)),
            (day(0, 100), 1, Err(Unsaid::NoTokens)),
            (day(0, i64::MAX), 1, Err(Unsaid::NoTokens)),
        ] {
            assert_eq!(day.takes(&settings, tokens), expected, "{day:?} {tokens}");
        }
    }
}
