//! How a tenant's bot behaves: texts, hours, words, thresholds. Pure.

use retrieval::Thresholds;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::content::Content;
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::knowledge::model::check_texts;

/// As `most_answers_a_minute`: the guard counts as ever and stops nobody. For load runs, whose turns must write
/// what a tenant's turns write; editors cannot set it.
pub const WATCH_ONLY: u32 = u32::MAX;

/// The settings of a tenant's bot. What is left out has its default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BotSettings {
    /// Said to a new follower.
    pub welcome: Vec<Content>,
    /// Said instead to who came by a certain code.
    pub welcome_by_source: Vec<SourceWelcome>,
    /// Said when nothing matches; the place to offer a person.
    pub fallback: Vec<Content>,
    /// Said to a picture, a voice, a place that no rule answers. Without it: the fallback.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub media_reply: Vec<Content>,
    /// Words that ask for a person.
    pub hand_over_words: Vec<String>,
    /// Said when a person was asked for.
    pub hand_over_text: String,
    /// Said to who asks again while waiting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue_full_text: Option<String>,
    /// Said instead of `hand_over_text` outside the service hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub night_text: Option<String>,
    /// When persons are there. None at all: always.
    pub service_hours: Vec<ServiceHours>,
    /// Days on which nobody is there.
    pub holidays: Vec<Holiday>,
    /// How long an open menu or list waits for a digit, in minutes.
    pub menu_timeout_minutes: u32,
    /// Words that lead one level up in the text menu.
    pub back_words: Vec<String>,
    /// Words that show the text menu from its beginning.
    pub home_words: Vec<String>,
    /// From which confidence on the base answers, and asks.
    pub thresholds: AnswerThresholds,
    /// After so many automatic answers within a minute the bot falls silent for the rest of it: two
    /// machines may be talking. 0 switches the guard off.
    pub most_answers_a_minute: u32,
    /// Asks after an answer of the base whether it helped. Absent: it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback: Option<FeedbackQuestion>,
    /// Reading: the present version, 0 while nothing was written. Writing: the version that was seen: when
    /// another one is there by now, the change is refused with 409. Absent: whatever is there is written
    /// over, as imports and scripts want it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

/// The question whether an answer helped, and what is made of the customer's next message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackQuestion {
    /// Stands below the answer and names the words.
    pub question: String,
    /// Words that say yes. Only the whole message counts.
    pub solved_words: Vec<String>,
    /// Words that say no.
    pub unsolved_words: Vec<String>,
    /// Said to a yes.
    pub solved_text: String,
    /// Said to a no; the place to offer a person.
    pub unsolved_text: String,
}

impl FeedbackQuestion {
    /// The longest question and replies, in characters: an answer and the question must fit into one message.
    const LONGEST: usize = 200;

    fn check(&self) -> Result<()> {
        for (field, text) in [
            ("feedback.question", &self.question),
            ("feedback.solved_text", &self.solved_text),
            ("feedback.unsolved_text", &self.unsolved_text),
        ] {
            if text.trim().is_empty() || text.chars().count() > Self::LONGEST {
                return Err(wrong(field, "1 to 200 characters"));
            }
        }
        let mut seen = std::collections::HashSet::new();
        for (field, words) in
            [("feedback.solved_words", &self.solved_words), ("feedback.unsolved_words", &self.unsolved_words)]
        {
            if words.is_empty() || words.len() > 20 {
                return Err(wrong(field, "1 to 20 words"));
            }
            for word in words {
                let form = retrieval::normalise::plain(word);
                if form.is_empty() || form.chars().count() > 20 {
                    return Err(wrong(field, "each word has 1 to 20 letters or digits"));
                }
                if form.chars().all(|it| it.is_ascii_digit()) {
                    return Err(wrong(
                        field,
                        "a number chooses from the lists that stand below answers: use a word",
                    ));
                }
                if !seen.insert(form) {
                    return Err(wrong(field, "no word may stand twice or mean both"));
                }
            }
        }
        Ok(())
    }
}

/// A welcome for who came by one code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceWelcome {
    /// The code's scene.
    pub source: String,
    /// What is said.
    pub answers: Vec<Content>,
}

/// Hours at which persons are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceHours {
    /// Days of the week, 1 is Monday.
    pub weekdays: Vec<u8>,
    /// `09:00`, in the tenant's time zone.
    pub from: String,
    /// `18:00`; `24:00` is midnight. Earlier than `from` means: until the next day.
    pub until: String,
}

/// Days on which nobody is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// First day, `2026-10-01`.
    pub from: String,
    /// Last day.
    pub until: String,
    /// Said instead of the night text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// The thresholds of the confidence, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerThresholds {
    /// From here on the answer is given. Absent: from where the base's own questions, asked by themselves, are answered
    /// rightly often enough (`GET /knowledge/learning` tells where that is).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub answer: Option<f32>,
    /// From here on "did you mean" is asked.
    pub suggest: f32,
}

impl Default for AnswerThresholds {
    fn default() -> Self {
        Self { answer: None, suggest: Thresholds::default().suggest }
    }
}

impl AnswerThresholds {
    /// What counts where the base taught `learnt`. An answer never takes less than a question back.
    #[must_use]
    pub fn in_force(self, learnt: Option<f32>) -> Thresholds {
        let answer = self.answer.or(learnt).unwrap_or(Thresholds::default().answer);
        Thresholds { answer: answer.max(self.suggest), suggest: self.suggest }
    }
}

impl Default for BotSettings {
    fn default() -> Self {
        let words = |all: &[&str]| all.iter().map(ToString::to_string).collect();
        Self {
            welcome: vec![Content::text("您好，欢迎关注！有问题可以直接问我。")],
            welcome_by_source: Vec::new(),
            fallback: vec![Content::text("抱歉，我没有明白您的意思。请换个说法再试一次，或回复「转人工」。")],
            media_reply: Vec::new(),
            hand_over_words: words(&["转人工", "人工", "人工客服", "找客服"]),
            hand_over_text: "正在为您转接人工客服，请稍候。".to_owned(),
            queue_full_text: None,
            night_text: None,
            service_hours: Vec::new(),
            holidays: Vec::new(),
            menu_timeout_minutes: 10,
            back_words: words(&["0", "返回"]),
            home_words: words(&["#", "菜单"]),
            thresholds: AnswerThresholds::default(),
            most_answers_a_minute: 30,
            feedback: None,
            version: None,
        }
    }
}

/// Whether persons are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hours {
    /// Yes.
    Open,
    /// No, at this hour.
    Night,
    /// No, on this day.
    Holiday(Option<String>),
}

impl BotSettings {
    /// Whether persons are there at `now`, on the clocks of `zone`.
    #[must_use]
    pub fn hours(&self, now: Time, zone: &str) -> Hours {
        if self.holidays.is_empty() && self.service_hours.is_empty() {
            return Hours::Open;
        }
        let local = now.in_zone(zone);
        let day = local.date().to_string();
        if let Some(holiday) = self.holidays.iter().find(|it| it.from <= day && day <= it.until) {
            return Hours::Holiday(holiday.text.clone());
        }
        let minute = i32::from(local.hour()) * 60 + i32::from(local.minute());
        let today = u8::try_from(local.weekday().to_monday_one_offset()).unwrap_or(1);
        let yesterday = if today == 1 { 7 } else { today - 1 };
        let open = self.service_hours.iter().any(|it| {
            let (Some(from), Some(until)) = (minutes(&it.from), minutes(&it.until)) else { return false };
            if from < until {
                it.weekdays.contains(&today) && (from..until).contains(&minute)
            } else {
                (it.weekdays.contains(&today) && minute >= from)
                    || (it.weekdays.contains(&yesterday) && minute < until)
            }
        });
        if open || self.service_hours.is_empty() { Hours::Open } else { Hours::Night }
    }

    /// Refuses what cannot be used, by field.
    pub fn check(&self) -> Result<()> {
        check_texts(&self.welcome, "welcome")?;
        check_texts(&self.fallback, "fallback")?;
        check_texts(&self.media_reply, "media_reply")?;
        self.feedback.as_ref().map_or(Ok(()), FeedbackQuestion::check)?;
        for (it, nth) in self.welcome_by_source.iter().zip(1..) {
            if it.source.trim().is_empty() {
                return Err(wrong(&format!("welcome_by_source[{nth}].source"), "name the code's scene"));
            }
            check_texts(&it.answers, &format!("welcome_by_source[{nth}].answers"))?;
        }
        for (field, words) in [
            ("hand_over_words", &self.hand_over_words),
            ("back_words", &self.back_words),
            ("home_words", &self.home_words),
        ] {
            if words.len() > 50 || words.iter().any(|it| it.trim().is_empty() || it.chars().count() > 50) {
                return Err(wrong(field, "at most 50 words, each with 1 to 50 characters"));
            }
        }
        if self.most_answers_a_minute == WATCH_ONLY {
            return Err(wrong("most_answers_a_minute", "a smaller number, or 0 to switch the guard off"));
        }
        if self.hand_over_text.trim().is_empty() {
            return Err(wrong("hand_over_text", "say something to who asks for a person"));
        }
        for (it, nth) in self.service_hours.iter().zip(1..) {
            let days = !it.weekdays.is_empty() && it.weekdays.iter().all(|day| (1..=7).contains(day));
            if !days
                || minutes(&it.from).is_none_or(|at| at == 24 * 60)
                || minutes(&it.until).is_none()
                || it.from == it.until
            {
                return Err(wrong(
                    &format!("service_hours[{nth}]"),
                    "weekdays are 1 (Monday) to 7, hours look like 09:00 and 18:00",
                ));
            }
        }
        for (it, nth) in self.holidays.iter().zip(1..) {
            let day = |text: &str| text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok();
            if !day(&it.from) || !day(&it.until) || it.from > it.until {
                return Err(wrong(
                    &format!("holidays[{nth}]"),
                    "days look like 2026-10-01, the first one not after the last",
                ));
            }
        }
        if !(1..=1440).contains(&self.menu_timeout_minutes) {
            return Err(wrong("menu_timeout_minutes", "1 to 1440 minutes"));
        }
        let AnswerThresholds { answer, suggest } = self.thresholds;
        let is_good = 0.0 < suggest && suggest <= 1.0 && answer.is_none_or(|it| suggest <= it && it <= 1.0);
        if !is_good {
            return Err(wrong("thresholds", "0 < suggest <= answer <= 1"));
        }
        Ok(())
    }
}

fn wrong(field: &str, why: &str) -> Error {
    Error::invalid("bot_settings.invalid", format!("{field}: {why}")).field(field, why)
}

/// Minutes since midnight of `09:00`; 1440 for `24:00`.
fn minutes(text: &str) -> Option<i32> {
    let (hour, minute) = text.split_once(':')?;
    if hour.len() != 2 || minute.len() != 2 {
        return None;
    }
    let (hour, minute): (i32, i32) = (hour.parse().ok()?, minute.parse().ok()?);
    let at = hour * 60 + minute;
    ((0..60).contains(&minute) && (0..=24 * 60).contains(&at)).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> BotSettings {
        BotSettings {
            service_hours: vec![
                ServiceHours { weekdays: vec![1, 2, 3, 4, 5], from: "09:00".into(), until: "12:00".into() },
                ServiceHours { weekdays: vec![1, 2, 3, 4, 5], from: "13:30".into(), until: "18:00".into() },
                ServiceHours { weekdays: vec![6], from: "22:00".into(), until: "02:00".into() },
            ],
            holidays: vec![Holiday {
                from: "2026-10-01".into(),
                until: "2026-10-07".into(),
                text: Some("假".into()),
            }],
            ..BotSettings::default()
        }
    }

    #[test]
    fn hours_follow_the_tenants_clock() {
        let check = |moment: &str, expected: Hours| {
            let now = moment.parse().unwrap();
            assert_eq!(settings().hours(now, "Asia/Shanghai"), expected, "{moment}");
        };
        check("2026-11-20T09:00:00+08:00", Hours::Open);
        check("2026-11-20T08:59:59+08:00", Hours::Night);
        check("2026-11-20T12:00:00+08:00", Hours::Night);
        check("2026-11-20T13:30:00+08:00", Hours::Open);
        check("2026-11-20T18:00:00+08:00", Hours::Night);
        check("2026-11-21T10:00:00+08:00", Hours::Night);
        check("2026-11-21T23:00:00+08:00", Hours::Open);
        check("2026-11-22T01:59:00+08:00", Hours::Open);
        check("2026-11-22T02:00:00+08:00", Hours::Night);
        check("2026-10-07T10:00:00+08:00", Hours::Holiday(Some("假".into())));
        check("2026-10-08T10:00:00+08:00", Hours::Open);
        assert_eq!(BotSettings::default().hours(Time(0), "Asia/Shanghai"), Hours::Open);
    }

    #[test]
    fn what_cannot_be_used_is_refused_by_field() {
        assert!(settings().check().is_ok());
        let check = |change: fn(&mut BotSettings), field: &str| {
            let mut wrong = settings();
            change(&mut wrong);
            let error = wrong.check().unwrap_err();
            assert_eq!(error.fields.keys().next().map(String::as_str), Some(field));
        };
        check(|it| it.welcome = vec![Content::text("")], "welcome[1]");
        check(|it| it.hand_over_words = vec![String::new()], "hand_over_words");
        check(|it| it.hand_over_text.clear(), "hand_over_text");
        check(|it| it.service_hours[0].from = "9:00".into(), "service_hours[1]");
        check(|it| it.service_hours[0].until = "24:01".into(), "service_hours[1]");
        check(|it| it.service_hours[1].weekdays = vec![8], "service_hours[2]");
        check(|it| it.holidays[0].until = "2026-09-30".into(), "holidays[1]");
        check(|it| it.holidays[0].from = "2026-13-01".into(), "holidays[1]");
        check(|it| it.menu_timeout_minutes = 0, "menu_timeout_minutes");
        let asks = |change: fn(&mut FeedbackQuestion), field: &str| {
            let mut feedback = FeedbackQuestion {
                question: "有帮助吗？回复 Y 或 N".into(),
                solved_words: vec!["Y".into(), "已解决".into()],
                unsolved_words: vec!["N".into()],
                solved_text: "谢谢".into(),
                unsolved_text: "回复人工".into(),
            };
            assert!(feedback.check().is_ok());
            change(&mut feedback);
            let error = BotSettings { feedback: Some(feedback), ..settings() }.check().unwrap_err();
            assert_eq!(error.fields.keys().next().map(String::as_str), Some(field));
        };
        asks(|it| it.question.clear(), "feedback.question");
        asks(|it| it.solved_text = "谢".repeat(201), "feedback.solved_text");
        asks(|it| it.unsolved_words.clear(), "feedback.unsolved_words");
        asks(|it| it.unsolved_words.push("ｙ".into()), "feedback.unsolved_words");
        asks(|it| it.solved_words.push("！".into()), "feedback.solved_words");
        asks(|it| it.solved_words.push("１".into()), "feedback.solved_words");
        check(|it| it.thresholds = AnswerThresholds { answer: Some(0.3), suggest: 0.4 }, "thresholds");
        check(|it| it.thresholds = AnswerThresholds { answer: None, suggest: 1.1 }, "thresholds");
    }

    #[test]
    fn what_was_fixed_counts_before_what_was_learnt() {
        let check = |answer, suggest, learnt, expected| {
            let set = AnswerThresholds { answer, suggest }.in_force(learnt);
            assert_eq!((set.answer, set.suggest), (expected, suggest));
        };
        check(Some(0.7), 0.3, Some(0.9), 0.7);
        check(None, 0.3, Some(0.9), 0.9);
        check(None, 0.3, None, Thresholds::default().answer);
        check(None, 0.95, Some(0.9), 0.95);
    }

    #[test]
    fn settings_keep_their_shape_and_refuse_unknown_fields() {
        let text = serde_json::to_string(&settings()).unwrap();
        assert_eq!(serde_json::from_str::<BotSettings>(&text).unwrap(), settings());
        assert!(serde_json::from_str::<BotSettings>(r#"{"wellcome":[]}"#).is_err());
        assert_eq!(serde_json::from_str::<BotSettings>("{}").unwrap(), BotSettings::default());
    }
}
