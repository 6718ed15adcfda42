//! What an entry has beside question and answer: tags, and answers that only some channels get. Pure.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::content::Content;
use crate::base::id::{EntryId, InboxId};
use crate::base::{Error, Result};

use super::model::{AnswerMode, check_answers};

/// How many tags an entry may have.
pub const MOST_TAGS: usize = 20;

/// The longest tag, in characters.
pub const LONGEST_TAG: usize = 30;

/// How many other questions an entry may name: as many as a customer reads to the end.
pub const MOST_RELATED: usize = 5;

/// How many sets of answers an entry may have beside the usual one.
pub const MOST_SETS: usize = 10;

/// Answers that some channels or inboxes get in the place of the usual ones.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelAnswers {
    /// Kinds of inboxes, such as `wechat`.
    #[serde(default)]
    pub channels: Vec<String>,
    /// Inboxes of their own; they go before the kinds.
    #[serde(default)]
    pub inboxes: Vec<InboxId>,
    /// What is answered there: 1 to 5.
    pub answers: Vec<Content>,
    /// Which of them.
    #[serde(default)]
    pub answer_mode: AnswerMode,
}

/// Where a question was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// In which inbox.
    pub inbox: InboxId,
    /// Of which kind it is; empty when nobody knows.
    pub channel: &'a str,
}

/// The set that is most particularly for a place: one that names the inbox, or else one that names its kind.
#[must_use]
pub fn most_particular<'a>(sets: &'a [ChannelAnswers], place: Place<'_>) -> Option<&'a ChannelAnswers> {
    let by_inbox = sets.iter().find(|it| it.inboxes.contains(&place.inbox));
    by_inbox.or_else(|| sets.iter().find(|it| it.channels.iter().any(|kind| kind == place.channel)))
}

/// Trims tags, drops repeated ones and refuses what cannot be one. The marks that part tags in a table are none
/// of a tag.
pub fn tidy_tags(tags: &[String]) -> Result<Vec<String>> {
    let mut seen = HashSet::new();
    let mut tidy = Vec::with_capacity(tags.len());
    for (tag, nth) in tags.iter().zip(1..) {
        let tag = tag.split_whitespace().collect::<Vec<_>>().join(" ");
        if tag.is_empty() {
            continue;
        }
        if tag.chars().count() > LONGEST_TAG
            || tag.contains(['|', '"', '\\'])
            || tag.contains(char::is_control)
        {
            let why = format!("a tag has at most {LONGEST_TAG} characters, and none of | \" \\");
            return Err(Error::invalid("knowledge.tag", why).field(format!("tags[{nth}]"), "is no tag"));
        }
        if seen.insert(tag.clone()) {
            tidy.push(tag);
        }
    }
    if tidy.len() > MOST_TAGS {
        let error =
            Error::invalid("knowledge.too_many_tags", format!("an entry has at most {MOST_TAGS} tags"));
        return Err(error.field("tags", "too many"));
    }
    Ok(tidy)
}

/// Drops repeated questions and refuses more than anybody reads.
pub fn tidy_related(related: &[EntryId]) -> Result<Vec<EntryId>> {
    let mut seen = HashSet::new();
    let tidy: Vec<EntryId> = related.iter().copied().filter(|it| seen.insert(*it)).collect();
    if tidy.len() > MOST_RELATED {
        let why = format!("an entry names at most {MOST_RELATED} other questions");
        return Err(Error::invalid("knowledge.too_many_related", why).field("related", "too many"));
    }
    Ok(tidy)
}

/// Refuses sets that name no channel, or one that another set names already: it would be unclear which is meant.
pub fn check_sets(sets: &[ChannelAnswers]) -> Result<()> {
    let wrong = |code, why: &str, field: String| Err(Error::invalid(code, why.to_owned()).field(field, why));
    if sets.len() > MOST_SETS {
        let why = format!("at most {MOST_SETS} sets of answers for channels");
        return wrong("channel_answers.too_many", &why, "channel_answers".to_owned());
    }
    let (mut kinds, mut inboxes) = (HashSet::new(), HashSet::new());
    for (set, nth) in sets.iter().zip(1..) {
        let place = format!("channel_answers[{nth}]");
        if set.channels.is_empty() && set.inboxes.is_empty() {
            return wrong(
                "channel_answers.nowhere",
                "name the channels or inboxes that get these answers",
                place,
            );
        }
        if !set.channels.iter().all(|it| is_kind(it)) {
            return wrong("channel_answers.kind", "a kind of inbox is a name such as wechat", place);
        }
        let is_new = set.channels.iter().all(|it| kinds.insert(it.as_str()))
            && set.inboxes.iter().all(|it| inboxes.insert(*it));
        if !is_new {
            return wrong("channel_answers.twice", "another set names the same channel or inbox", place);
        }
        check_answers(&set.answers, &format!("{place}.answers"))?;
    }
    Ok(())
}

fn is_kind(name: &str) -> bool {
    (1..=30).contains(&name.len())
        && name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(channels: &[&str], inboxes: &[i64], answer: &str) -> ChannelAnswers {
        ChannelAnswers {
            channels: channels.iter().map(ToString::to_string).collect(),
            inboxes: inboxes.iter().map(|it| InboxId(*it)).collect(),
            answers: vec![Content::text(answer)],
            answer_mode: AnswerMode::InOrder,
        }
    }

    #[test]
    fn the_most_particular_set_is_meant() {
        let sets = [set(&["wechat"], &[], "微信"), set(&["web"], &[7], "旗舰店"), set(&[], &[8], "夜班")];
        let check = |inbox: i64, channel: &str, expected: Option<&str>| {
            let found = most_particular(&sets, Place { inbox: InboxId(inbox), channel });
            assert_eq!(found.and_then(|it| it.answers[0].words()), expected, "{inbox} {channel}");
        };
        check(1, "wechat", Some("微信"));
        check(1, "web", Some("旗舰店"));
        check(7, "wechat", Some("旗舰店"));
        check(8, "wechat", Some("夜班"));
        check(1, "mail", None);
        check(0, "", None);
    }

    #[test]
    fn sets_that_leave_a_doubt_are_refused() {
        let check = |sets: &[ChannelAnswers], code: Option<&str>| {
            assert_eq!(check_sets(sets).err().map(|it| it.code), code, "{sets:?}");
        };
        check(&[], None);
        check(&[set(&["wechat"], &[], "a"), set(&["web"], &[7], "b")], None);
        check(&[set(&[], &[], "a")], Some("channel_answers.nowhere"));
        check(&[set(&["WeChat"], &[], "a")], Some("channel_answers.kind"));
        check(&[set(&["web"], &[], "a"), set(&["web"], &[], "b")], Some("channel_answers.twice"));
        check(&[set(&[], &[7], "a"), set(&["web"], &[7], "b")], Some("channel_answers.twice"));
        check(&[set(&["web"], &[], " ")], Some("content.empty"));
        check(&vec![set(&["web"], &[], "a"); 11], Some("channel_answers.too_many"));
        let empty = ChannelAnswers { answers: Vec::new(), ..set(&["web"], &[], "a") };
        let error = check_sets(&[empty]).unwrap_err();
        assert_eq!(error.fields.keys().next().map(String::as_str), Some("channel_answers[1].answers"));
    }

    #[test]
    fn tags_are_tidied_or_refused() {
        let tags = |all: &[&str]| tidy_tags(&all.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(tags(&[" 话费 ", "", "话费", "5G  套餐"]).unwrap(), ["话费", "5G 套餐"]);
        for wrong in ["a|b", "a\"b", "a\\b", &"长".repeat(31)] {
            assert_eq!(tags(&["好", wrong]).unwrap_err().code, "knowledge.tag", "{wrong}");
        }
        let many: Vec<String> = (0..21).map(|it| it.to_string()).collect();
        assert_eq!(tidy_tags(&many).unwrap_err().code, "knowledge.too_many_tags");
    }

    #[test]
    fn other_questions_are_named_once_and_are_few() {
        let related = |all: &[i64]| tidy_related(&all.iter().map(|it| EntryId(*it)).collect::<Vec<_>>());
        assert_eq!(related(&[3, 1, 3]).unwrap(), [EntryId(3), EntryId(1)]);
        assert_eq!(related(&[1, 2, 3, 4, 5, 6]).unwrap_err().code, "knowledge.too_many_related");
    }
}
