//! Which conversations a list shows, and who may do what with one. Pure.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::base::id::{ConversationId, Id, UserId};
use crate::base::{Error, Result};
use crate::conversations::model::Stage;

/// A list of conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Those that the viewer serves.
    Mine,
    /// Those that wait for a person, longest wait first.
    Queue,
    /// Those that the bot serves.
    Bot,
    /// All that are open.
    All,
    /// Those that are over.
    Closed,
}

impl View {
    /// The stages that it shows, as stored.
    #[must_use]
    pub fn stages(self) -> &'static [&'static str] {
        match self {
            Self::Mine => &["serving"],
            Self::Queue => &["queued"],
            Self::Bot => &["bot"],
            Self::All => &["queued", "serving", "bot"],
            Self::Closed => &["closed"],
        }
    }
}

/// Where a page of a list begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The moment by which the queue is sorted; 0 in the other lists.
    pub moment: i64,
    /// The conversation.
    pub id: i64,
}

impl Place {
    /// As text for `next`.
    #[must_use]
    pub fn text(moment: i64, id: ConversationId) -> String {
        format!("{moment}.{id}")
    }

    /// From the text.
    ///
    /// # Errors
    /// `Invalid` for a text that was no `next`.
    pub fn parse(text: &str) -> Result<Self> {
        let place = text.split_once('.').and_then(|(moment, id)| {
            Some(Self { moment: moment.parse().ok()?, id: id.parse::<ConversationId>().ok()?.raw() })
        });
        place.ok_or_else(|| {
            Error::invalid("page.after", "this is not the `next` of a page")
                .field("after", "give back what came as `next`")
        })
    }
}

/// What of a list's text is matched: a `like` pattern with `\` as escape, in lower case.
#[must_use]
pub fn pattern(query: &str) -> String {
    let text = query.trim().to_lowercase();
    let escaped = text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    format!("%{escaped}%")
}

/// Whether `user` may take it over from whoever holds it.
///
/// # Errors
/// `Conflict` when a colleague serves it and the user does not supervise.
pub fn check_take(stage: Stage, user: UserId, supervises: bool) -> Result<()> {
    match stage {
        Stage::Serving { agent } if agent != user && !supervises => Err(Error::conflict(
            "conversation.taken",
            "a colleague serves this conversation already; ask for a transfer, or ask a supervisor",
        )),
        _ => Ok(()),
    }
}

/// Whether `user` may give it on, back, or close it.
///
/// # Errors
/// `Conflict` when it is not theirs and they do not supervise.
pub fn check_hold(stage: Stage, user: UserId, supervises: bool) -> Result<()> {
    match stage {
        Stage::Serving { agent } if agent == user => Ok(()),
        _ if supervises => Ok(()),
        _ => Err(Error::conflict(
            "conversation.not_yours",
            "you do not serve this conversation; take it first",
        )),
    }
}

/// The numbers of a page of messages: contiguous, so a page is a range.
///
/// `before` asks for the newest page below it, `after` for the oldest above it; without both it
/// is the newest page. `None` when the page is empty.
#[must_use]
pub fn range(last: i64, before: Option<i64>, after: Option<i64>, limit: u32) -> Option<(i64, i64)> {
    let limit = i64::from(limit);
    let (low, high) = match (before, after) {
        (_, Some(after)) => {
            let low = after.max(0).saturating_add(1);
            (low, last.min(low.saturating_add(limit - 1)))
        }
        (before, None) => {
            let high = before.map_or(last, |it| last.min(it.saturating_sub(1)));
            (high.saturating_sub(limit - 1).max(1), high)
        }
    };
    (low <= high).then_some((low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_messages_is_a_range_of_numbers() {
        for (last, before, after, limit, expected) in [
            (0, None, None, 50, None),
            (7, None, None, 50, Some((1, 7))),
            (70, None, None, 50, Some((21, 70))),
            (70, Some(21), None, 50, Some((1, 20))),
            (70, Some(1), None, 50, None),
            (70, Some(99), None, 10, Some((61, 70))),
            (70, None, Some(68), 50, Some((69, 70))),
            (70, None, Some(70), 50, None),
            (70, None, Some(0), 50, Some((1, 50))),
            (70, None, Some(-5), 2, Some((1, 2))),
            (70, Some(i64::MIN), None, 2, None),
            (70, None, Some(i64::MAX), 2, None),
        ] {
            assert_eq!(range(last, before, after, limit), expected, "{last} {before:?} {after:?} {limit}");
        }
    }

    #[test]
    fn a_place_reads_back_and_nonsense_is_refused() {
        let text = Place::text(17, ConversationId(4));
        assert_eq!(Place::parse(&text).unwrap(), Place { moment: 17, id: 4 });
        for text in ["", "17", "17.", ".cnv_0000000000004", "x.cnv_0000000000004", "17.msg_0000000000004"] {
            assert_eq!(Place::parse(text).unwrap_err().code, "page.after", "{text}");
        }
    }

    #[test]
    fn what_is_searched_is_taken_by_the_letter() {
        assert_eq!(pattern("  Li_a% "), r"%li\_a\%%");
        assert_eq!(pattern(""), "%%");
    }

    #[test]
    fn a_colleagues_conversation_is_only_for_supervisors() {
        let (mine, hers) = (Stage::Serving { agent: UserId(1) }, Stage::Serving { agent: UserId(2) });
        for (stage, supervises, may_take, may_hold) in [
            (Stage::Bot, false, true, false),
            (Stage::Queued, false, true, false),
            (mine, false, true, true),
            (hers, false, false, false),
            (hers, true, true, true),
            (Stage::Queued, true, true, true),
        ] {
            assert_eq!(check_take(stage, UserId(1), supervises).is_ok(), may_take, "{stage:?}");
            assert_eq!(check_hold(stage, UserId(1), supervises).is_ok(), may_hold, "{stage:?}");
        }
    }
}
