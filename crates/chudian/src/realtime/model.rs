//! What is told to whom. Pure.

use serde::Serialize;

use crate::base::time::Time;
use crate::bus::{Event, Told};
use crate::web::permission::{Permission, Permissions};

/// An event, ready to be sent.
#[derive(Debug)]
pub struct Spoken {
    /// Its place in the order of commits.
    pub seq: i64,
    /// What happened.
    pub event: Event,
    /// The frame's JSON, written once for all listeners.
    pub text: String,
}

#[derive(Serialize)]
struct Line<'a> {
    seq: i64,
    at: Time,
    #[serde(flatten)]
    event: &'a Event,
}

impl Spoken {
    /// Writes the frame of an event.
    #[must_use]
    pub fn of(told: &Told) -> Self {
        let line = Line { seq: told.seq, at: told.at, event: &told.event };
        let text = serde_json::to_string(&line).expect("an event came from JSON, so it can be JSON again");
        Self { seq: told.seq, event: told.event.clone(), text }
    }

    /// Whether somebody with these rights may hear of it.
    #[must_use]
    pub fn is_for(&self, permissions: Permissions) -> bool {
        match audience(&self.event) {
            Audience::All => true,
            Audience::With(permission) => permissions.has(permission),
            Audience::House => false,
        }
    }
}

enum Audience {
    All,
    With(Permission),
    /// News for the house itself, not for screens.
    House,
}

fn audience(event: &Event) -> Audience {
    match event {
        Event::MessageCreated { .. }
        | Event::MessageUpdated { .. }
        | Event::ConversationChanged { .. }
        | Event::ConversationQueued { .. }
        | Event::AgentChanged { .. } => Audience::With(Permission::ConversationRead),
        Event::ContactChanged { .. } | Event::ContactMerged { .. } => Audience::With(Permission::ContactRead),
        Event::MediaChanged { .. } => Audience::With(Permission::MediaRead),
        Event::InboxChanged { .. } => Audience::With(Permission::InboxRead),
        Event::KnowledgeChanged | Event::KnowledgeDrafted | Event::KnowledgeLearnt | Event::WordsChanged => {
            Audience::With(Permission::KnowledgeRead)
        }
        Event::KeywordChanged | Event::MenuChanged | Event::BotSettingsChanged => {
            Audience::With(Permission::BotRead)
        }
        Event::UserChanged { .. } => Audience::With(Permission::UserRead),
        Event::SessionRevoked { .. } => Audience::House,
        Event::TenantChanged => Audience::All,
    }
}

/// How a page that saw everything up to a number goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// With what followed this number.
    After(i64),
    /// Anew, from this number: what it missed is no longer kept, or never was ours.
    Anew(i64),
}

/// Where to begin, given what the page asks for and which events are kept (oldest, latest;
/// zeros when none is).
pub(super) fn start(after: Option<i64>, (oldest, latest): (i64, i64)) -> Start {
    match after {
        None => Start::After(latest),
        // A number from the future belongs to another database.
        Some(after) if after > latest || after < 0 => Start::Anew(latest),
        Some(after) if after + 1 < oldest => Start::Anew(latest),
        Some(after) => Start::After(after),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::{ConversationId, TenantId, ThreadId, UserId};

    #[test]
    fn a_page_goes_on_where_it_was_or_starts_over() {
        for (after, kept, expected) in [
            (None, (0, 0), Start::After(0)),
            (None, (5, 9), Start::After(9)),
            (Some(7), (5, 9), Start::After(7)),
            (Some(9), (5, 9), Start::After(9)),
            (Some(4), (5, 9), Start::After(4)),
            (Some(3), (5, 9), Start::Anew(9)),
            (Some(0), (1, 9), Start::After(0)),
            (Some(10), (5, 9), Start::Anew(9)),
            (Some(0), (0, 0), Start::After(0)),
            (Some(3), (0, 0), Start::Anew(0)),
            (Some(-1), (1, 9), Start::Anew(9)),
            (Some(i64::MAX), (1, 9), Start::Anew(9)),
        ] {
            assert_eq!(start(after, kept), expected, "{after:?} {kept:?}");
        }
    }

    #[test]
    fn a_frame_is_the_event_with_its_number() {
        let event = Event::ConversationQueued { thread: ThreadId(1), conversation: ConversationId(2) };
        let spoken = Spoken::of(&Told { seq: 7, tenant: TenantId(1), at: Time(0), event });
        assert_eq!(
            spoken.text,
            r#"{"seq":7,"at":"1970-01-01T00:00:00Z","event":"conversation.queued","thread":"thr_0000000000001","conversation":"cnv_0000000000002"}"#
        );
    }

    #[test]
    fn news_is_told_to_those_who_may_see_it() {
        let spoken = |event| Spoken::of(&Told { seq: 1, tenant: TenantId(1), at: Time(0), event });
        let reader: Permissions = [Permission::ConversationRead].into_iter().collect();
        let nobody = Permissions::default();
        let queued = Event::ConversationQueued { thread: ThreadId(1), conversation: ConversationId(2) };
        for (event, reads, nothing, all) in [
            (queued, true, false, true),
            (Event::KnowledgeChanged, false, false, true),
            (Event::UserChanged { user: UserId(1) }, false, false, true),
            (Event::TenantChanged, true, true, true),
            (Event::SessionRevoked { user: UserId(1) }, false, false, false),
        ] {
            let spoken = spoken(event);
            assert_eq!(spoken.is_for(reader), reads, "{}", spoken.text);
            assert_eq!(spoken.is_for(nobody), nothing, "{}", spoken.text);
            assert_eq!(spoken.is_for(Permissions::all()), all, "{}", spoken.text);
        }
    }
}
