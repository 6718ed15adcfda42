//! Passive replies: the answer to a push inside the HTTP response, free of any quota
//! (WeChat documentation, "passive replies").
//!
//! [`Passive::to_xml`] writes one, [`Answer::parse`] reads what a server answered, leniently, and
//! [`check`] says what the real platform would have refused.

pub mod check;

use crate::element::{self, Element, Format, ReadError};
use crate::push::field::{Field, wire_enum, wire_struct};
use crate::{json, xml};

wire_struct! {
    /// A piece of music.
    pub struct Music {
        /// Its title.
        title: Option<String> = "Title",
        /// A line about it.
        description: Option<String> = "Description",
        /// The address.
        url: Option<String> = "MusicUrl",
        /// The address to use on a fast line.
        high_quality_url: Option<String> = "HQMusicUrl",
        /// The picture.
        thumbnail_media_id: String = "ThumbMediaId",
    }
}

wire_struct! {
    /// A file uploaded before.
    pub struct Media {
        /// Its id.
        media_id: String = "MediaId",
    }
}

wire_struct! {
    /// A video uploaded before.
    pub struct Video {
        /// Its id.
        media_id: String = "MediaId",
        /// Its title.
        title: Option<String> = "Title",
        /// A line about it.
        description: Option<String> = "Description",
    }
}

wire_struct! {
    /// The list of articles.
    pub struct Articles {
        /// The articles.
        items: Vec<Article> = "item",
    }
}

wire_struct! {
    /// One article card.
    pub struct Article {
        /// Its title.
        title: String = "Title",
        /// A line about it.
        description: String = "Description",
        /// The address of the picture.
        picture_url: String = "PicUrl",
        /// Where a tap leads.
        url: String = "Url",
    }
}

wire_struct! {
    /// Which agent of the platform's own desk shall take the person.
    pub struct Transfer {
        /// `name@account`.
        account: String = "KfAccount",
    }
}

wire_enum! {
    /// The content of a reply, by its `MsgType`.
    pub enum Reply {
        /// Words.
        Text = "text" {
            /// Up to about 2048 bytes; line breaks and `<a href>` links are shown.
            text: String = "Content",
        },
        /// A picture.
        Image = "image" {
            /// The picture.
            image: Media = "Image",
        },
        /// A voice message.
        Voice = "voice" {
            /// The recording.
            voice: Media = "Voice",
        },
        /// A video.
        Video = "video" {
            /// The video.
            video: Video = "Video",
        },
        /// A piece of music.
        Music = "music" {
            /// The piece.
            music: Music = "Music",
        },
        /// Article cards; one at most in answer to a message.
        News = "news" {
            /// How many articles follow.
            count: i64 = "ArticleCount",
            /// The articles.
            articles: Articles = "Articles",
        },
        /// Hands the message to the platform's own desk. While its session is open we get no pushes of this
        /// person: do not use it where conversations are ours.
        TransferCustomerService = "transfer_customer_service" {
            /// To one agent only; the desk chooses when absent.
            transfer: Option<Transfer> = "TransInfo",
        },
    }
}

impl Reply {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// A picture uploaded before.
    pub fn image(media_id: impl Into<String>) -> Self {
        Self::Image { image: Media { media_id: media_id.into() } }
    }

    /// A recording uploaded before.
    pub fn voice(media_id: impl Into<String>) -> Self {
        Self::Voice { voice: Media { media_id: media_id.into() } }
    }

    /// Article cards.
    #[must_use]
    pub fn news(items: Vec<Article>) -> Self {
        Self::News { count: i64::try_from(items.len()).unwrap_or(i64::MAX), articles: Articles { items } }
    }
}

/// A reply with its addresses: those of the push, swapped.
#[derive(Debug, Clone, PartialEq)]
pub struct Passive {
    /// The follower's openid.
    pub to: String,
    /// The account, `gh_…`.
    pub from: String,
    /// Seconds since 1970.
    pub created_at: i64,
    /// The content.
    pub reply: Reply,
}

const FRAME: &[&str] = &["ToUserName", "FromUserName", "CreateTime", "MsgType"];

impl Passive {
    /// The reply to a push.
    #[must_use]
    pub fn to_push(push: &crate::push::Push, created_at: i64, reply: Reply) -> Self {
        Self { to: push.from.clone(), from: push.to.clone(), created_at, reply }
    }

    /// The tree.
    #[must_use]
    pub fn to_element(&self) -> Element<'_> {
        let mut fields = Vec::with_capacity(8);
        fields.push(Element::text("ToUserName", self.to.as_str()));
        fields.push(Element::text("FromUserName", self.from.as_str()));
        fields.push(Element::number("CreateTime", self.created_at));
        fields.push(Element::text("MsgType", self.reply.wire_name()));
        self.reply.write_fields(&mut fields);
        Element::parent("xml", fields)
    }

    /// Writes the reply as XML.
    #[must_use]
    pub fn to_xml(&self) -> String {
        xml::write(&self.to_element())
    }

    /// Writes the reply as JSON, for accounts set up for that format.
    #[must_use]
    pub fn to_json(&self) -> String {
        json::write(&self.to_element())
    }
}

/// What a server answered to a push, after opening any encryption.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// `success` or nothing: the push is done and the person sees nothing.
    Done,
    /// A reply the person sees.
    Reply {
        /// The reply.
        passive: Passive,
        /// The format it was in.
        format: Format,
    },
}

/// Why an answer is none: the person sees a notice that the service is unavailable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Not a document.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A document without this field.
    #[error("the answer has no valid {0}")]
    Field(&'static str),
}

/// A creation time above this is in milliseconds or less: as seconds it would be after the year 5138.
const LARGEST_SECONDS: i64 = 100_000_000_000;

impl Answer {
    /// Reads an answer of up to `max_bytes`, as leniently as the platform does: blank lines around the document and a
    /// creation time in milliseconds (which is turned into seconds) are accepted.
    pub fn parse(body: &[u8], max_bytes: usize) -> Result<Self, AnswerError> {
        if body.trim_ascii().is_empty() || body.trim_ascii().eq_ignore_ascii_case(b"success") {
            return Ok(Self::Done);
        }
        let (format, root) = element::read(body, max_bytes)?;
        let text = |name| root.find_text(name).ok_or(AnswerError::Field(name));
        let mut created_at = i64::read(&root, "CreateTime").ok_or(AnswerError::Field("CreateTime"))?;
        while created_at > LARGEST_SECONDS {
            created_at /= 1000;
        }
        let kind = text("MsgType")?;
        let reply = Reply::read_known(kind, &root)
            .unwrap_or_else(|| Reply::Other(crate::push::Raw::read(kind, &root, FRAME)));
        let passive = Passive {
            to: text("ToUserName")?.to_owned(),
            from: text("FromUserName")?.to_owned(),
            created_at,
            reply,
        };
        Ok(Self::Reply { passive, format })
    }
}
