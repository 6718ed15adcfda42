//! A message at the door, in our own words.

use std::sync::Arc;

use crate::base::content::Content;
use crate::base::id::MediaId;
use crate::base::time::Time;
use crate::channels::book::OpenInbox;
use crate::channels::limits::Act;
use crate::media::model::MediaKind;

/// Something that a customer said or did, as an adapter hands it in.
#[derive(Debug, Clone)]
pub struct Inbound {
    /// Through which account.
    pub inbox: Arc<OpenInbox>,
    /// The platform's id of the person there.
    pub sender: String,
    /// The platform's id of the person across accounts, where it tells.
    pub union_id: Option<String>,
    /// The same for every repetition of this message, and for no other message of the inbox.
    pub dedupe_key: Vec<u8>,
    /// When the platform says it was sent.
    pub sent_at: Time,
    /// What was said or done.
    pub content: Content,
    /// What it lets us send.
    pub act: Option<Act>,
    /// Whether the person follows from now on, or not any more.
    pub follows: Option<Follows>,
    /// Files that the content names and that are still at the platform.
    pub files: Vec<PendingFile>,
    /// Whether the bot may answer it: reports of a place, or of a page that opened, ask nothing.
    pub asks: bool,
    /// The plain body as it came, for the journal.
    pub raw: Vec<u8>,
}

/// A change of following.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Follows {
    /// They follow now; the code's scene tells where they came from.
    Began(Option<String>),
    /// They stopped.
    Ended,
}

/// A file to fetch from the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingFile {
    /// Our key for it, named in the content already.
    pub media: MediaId,
    /// What it is.
    pub kind: MediaKind,
    /// The platform's id of it.
    pub platform_id: String,
    /// Its name, for people.
    pub name: String,
}

/// Why a callback becomes no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aside {
    /// It is no customer's doing: a report of the platform on a job, a card, the account.
    Report,
    /// Headquarters closed the member: nobody is there who could answer, and the bot does not pretend.
    Closed,
}

impl Aside {
    /// The outcome in the journal.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Closed => "closed",
        }
    }
}

/// How a message was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The plain body for the platform's own HTTP answer, when we can say it at once.
    pub answer: Option<Vec<u8>>,
    /// It was a repetition: nothing changed.
    pub is_repeat: bool,
}
