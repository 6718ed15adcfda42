//! Pushes: what the platform sends to the callback address.
//!
//! [`Push::parse`] reads XML or JSON into typed messages and events, and [`Push::to_xml`] and
//! [`Push::to_json`] write them, so that a platform simulator speaks with the same code.
//! An unknown type is no error: it is kept with all its fields.

pub(crate) mod field;

pub mod content;
pub mod details;
pub mod event;

mod dedupe;
mod scene;

use crate::element::{self, Element, ReadError};
use crate::{json, xml};
use content::Content;
use event::Event;

/// The largest decrypted push that is read. Real ones stay far below.
pub const MAX_BYTES: usize = 1024 * 1024;

/// One push.
#[derive(Debug, Clone, PartialEq)]
pub struct Push {
    /// The account: its original id, `gh_…`.
    pub to: String,
    /// The follower's openid.
    pub from: String,
    /// Seconds since 1970.
    pub created_at: i64,
    /// What happened.
    pub message: Inbound,
}

/// A message a follower sent, or an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Inbound {
    /// A message; has an id.
    Message(Message),
    /// An event; has no id.
    Event(Event),
}

/// A message and what all messages have.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Unique within the account, usually; may exceed 2^53, so give it to browsers as text.
    pub id: Option<i64>,
    /// The article data it belongs to, when written below an article.
    pub data_id: Option<i64>,
    /// Which article of the sending, the first is 1.
    pub article_index: Option<i64>,
    /// What was sent.
    pub content: Content,
}

/// A body of an unknown kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Raw {
    /// Its `MsgType` or `Event`, as written.
    pub name: String,
    /// All its fields but the common ones.
    pub fields: Vec<Element<'static>>,
}

/// Why a push could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// The body is not a readable document.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A field every push has is absent or not what it should be.
    #[error("the push has no valid {0}")]
    Field(&'static str),
}

const MESSAGE_FRAME: &[&str] =
    &["ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "MsgDataId", "Idx", "Encrypt"];
const EVENT_FRAME: &[&str] = &["ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "Encrypt"];

impl Push {
    /// Reads a (decrypted) push of up to [`MAX_BYTES`].
    pub fn parse(body: &[u8]) -> Result<Self, PushError> {
        let (_, root) = element::read(body, MAX_BYTES)?;
        Self::from_element(&root)
    }

    /// Reads a push from its tree.
    pub fn from_element(root: &Element<'_>) -> Result<Self, PushError> {
        let text = |name: &'static str| {
            root.find_text(name).filter(|it| !it.is_empty()).ok_or(PushError::Field(name))
        };
        let created_at = text("CreateTime")?.trim().parse().map_err(|_| PushError::Field("CreateTime"))?;
        let kind = text("MsgType")?;
        let message = if kind.eq_ignore_ascii_case("event") {
            Inbound::Event(Event::read(text("Event")?, root))
        } else {
            Inbound::Message(Message::read(kind, root))
        };
        Ok(Self {
            to: text("ToUserName")?.to_owned(),
            from: text("FromUserName")?.to_owned(),
            created_at,
            message,
        })
    }

    /// The tree of the push, in the order the platform writes.
    #[must_use]
    pub fn to_element(&self) -> Element<'_> {
        let mut fields = Vec::with_capacity(12);
        fields.push(Element::text("ToUserName", self.to.as_str()));
        fields.push(Element::text("FromUserName", self.from.as_str()));
        fields.push(Element::number("CreateTime", self.created_at));
        match &self.message {
            Inbound::Message(message) => message.write(&mut fields),
            Inbound::Event(event) => {
                fields.push(Element::text("MsgType", "event"));
                fields.push(Element::text("Event", event.wire_name()));
                event.write(&mut fields);
            }
        }
        Element::parent("xml", fields)
    }

    /// Writes the push as XML.
    #[must_use]
    pub fn to_xml(&self) -> String {
        xml::write(&self.to_element())
    }

    /// Writes the push as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::write(&self.to_element())
    }

    /// The bytes by which a repetition of this push is known, within one account.
    ///
    /// A message: type, sender, time and `MsgId`. An event (it has no id): name, sender, time and a digest of
    /// all its fields, because two clicks within a second are two events and the guide's
    /// "sender and time" would fold them. All attempts of one push give the same bytes.
    #[must_use]
    pub fn dedupe_key(&self) -> Vec<u8> {
        dedupe::key(self)
    }
}

impl Message {
    fn read(kind: &str, root: &Element<'_>) -> Self {
        // An id beyond i64 does not exist; a malformed one is treated as absent, so that the message is kept.
        let number = |name: &str| root.find_text(name).and_then(|it| it.trim().parse().ok());
        Self {
            id: number("MsgId"),
            data_id: number("MsgDataId"),
            article_index: number("Idx"),
            content: Content::read(kind, root),
        }
    }

    fn write<'a>(&'a self, fields: &mut Vec<Element<'a>>) {
        fields.push(Element::text("MsgType", self.content.wire_name()));
        self.content.write(fields);
        if let Some(id) = self.id {
            fields.push(Element::number("MsgId", id));
        }
        if let Some(data_id) = self.data_id {
            fields.push(Element::number("MsgDataId", data_id));
        }
        if let Some(index) = self.article_index {
            fields.push(Element::number("Idx", index));
        }
    }
}

impl Raw {
    pub(crate) fn read(name: &str, root: &Element<'_>, frame: &[&str]) -> Self {
        let rest = root.children().iter().filter(|it| !frame.contains(&it.name.as_ref()));
        Self { name: name.to_owned(), fields: rest.cloned().map(Element::into_owned).collect() }
    }
}
