//! What a message says: one typed content for customers, bot, agents, knowledge answers,
//! menus and welcomes alike.
//!
//! Files are named by our own media key; a platform's media id never gets in here.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::id::MediaId;
use super::{Error, Result};

/// The body of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Content {
    /// Plain text; line breaks count.
    Text {
        /// The words.
        text: String,
    },
    /// A picture.
    Image {
        /// The stored file.
        media: MediaId,
    },
    /// A spoken message.
    Voice {
        /// The stored file.
        media: MediaId,
        /// What was said, when the platform or we could tell.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transcript: Option<String>,
    },
    /// A film.
    Video {
        /// The stored file.
        media: MediaId,
        /// A still from it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thumbnail: Option<MediaId>,
        /// Shown above it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// Shown below the title.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    /// Any other file.
    File {
        /// The stored file; absent when the platform does not hand it out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        media: Option<MediaId>,
        /// Its name.
        name: String,
        /// Its size in bytes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        size: Option<i64>,
    },
    /// Cards with title, picture and link.
    Articles {
        /// The cards, first one largest.
        items: Vec<Article>,
    },
    /// A place.
    Location {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
        /// The map's zoom when it was chosen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scale: Option<i64>,
        /// The place in words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
    },
    /// Choices to tap.
    Menu {
        /// Above the choices.
        head: String,
        /// The choices.
        items: Vec<MenuItem>,
        /// Below the choices.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tail: Option<String>,
    },
    /// A card that opens a mini program.
    MiniProgram {
        /// Shown on the card.
        title: String,
        /// The mini program's AppID.
        app_id: String,
        /// The page to open.
        page_path: String,
        /// The card's picture.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thumbnail: Option<MediaId>,
    },
    /// A link that the customer shared.
    Link {
        /// Its title.
        title: String,
        /// Its description.
        description: String,
        /// Where it leads.
        url: String,
    },
    /// Something the customer did: followed, tapped a menu, scanned a code.
    Event {
        /// What: `follow`, `unfollow`, `scan`, `menu_click`, `menu_view`, `location_report` …
        event: String,
        /// The menu's key, the code's scene, the page's address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
        /// The same in words, where we know them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<String>,
    },
    /// A note of ours in the thread; the console makes the sentence.
    System {
        /// Stable name, such as `conversation.taken`.
        code: String,
        /// What the sentence needs.
        #[serde(default)]
        #[schema(value_type = Object)]
        params: serde_json::Map<String, serde_json::Value>,
    },
    /// A kind of message that we do not know yet. The raw callback is in the journal.
    Unsupported {
        /// The platform's name of the kind.
        kind: String,
        /// What could be told about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
}

/// A card with a title, a picture and a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// Its title.
    pub title: String,
    /// A sentence below it.
    #[serde(default)]
    pub description: String,
    /// Where it leads.
    pub url: String,
    /// Its picture, from our store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<MediaId>,
    /// Its picture, by address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture_url: Option<String>,
}

/// One choice of a menu message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MenuItem {
    /// What comes back when it is tapped.
    pub id: String,
    /// What it reads.
    pub text: String,
}

impl Content {
    /// Plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// The words in it that a question can be read from: text, a voice's transcript, a tapped choice.
    #[must_use]
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Text { text } => Some(text),
            Self::Voice { transcript: Some(transcript), .. } if !transcript.trim().is_empty() => {
                Some(transcript)
            }
            _ => None,
        }
    }

    /// The files it names.
    #[must_use]
    pub fn media(&self) -> Vec<MediaId> {
        match self {
            Self::Image { media } | Self::Voice { media, .. } => vec![*media],
            Self::Video { media, thumbnail, .. } => std::iter::once(*media).chain(*thumbnail).collect(),
            Self::File { media, .. } => media.iter().copied().collect(),
            Self::MiniProgram { thumbnail, .. } => thumbnail.iter().copied().collect(),
            Self::Articles { items } => items.iter().filter_map(|it| it.picture).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether this may be said by us: complete, and of a kind that goes out.
    pub fn check_outgoing(&self) -> Result<()> {
        let empty = |what: &str| {
            Error::invalid("content.empty", format!("{what} is empty: write something or leave it out"))
        };
        let blank = |text: &str| text.trim().is_empty();
        match self {
            Self::Text { text } if blank(text) => Err(empty("the text")),
            Self::Articles { items } if items.is_empty() => Err(empty("the list of articles")),
            Self::Articles { items }
                if items.iter().any(|it| blank(&it.title) || !is_web_address(&it.url)) =>
            {
                Err(Error::invalid(
                    "content.article",
                    "each article needs a title and an address that starts with http:// or https://",
                ))
            }
            Self::Menu { items, .. } if items.is_empty() => Err(empty("the list of choices")),
            Self::Menu { items, .. } if items.iter().any(|it| blank(&it.text) || blank(&it.id)) => {
                Err(Error::invalid("content.menu", "each choice needs an id and a text"))
            }
            Self::MiniProgram { title, app_id, .. } if blank(title) || blank(app_id) => {
                Err(Error::invalid("content.mini_program", "a mini-program card needs a title and an AppID"))
            }
            Self::Location { .. }
            | Self::Link { .. }
            | Self::Event { .. }
            | Self::System { .. }
            | Self::Unsupported { .. } => {
                Err(Error::invalid("content.kind", "this kind of content only comes in; it cannot be sent"))
            }
            _ => Ok(()),
        }
    }
}

fn is_web_address(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_keeps_its_shape_in_json() {
        let json = r#"{"type":"articles","items":[{"title":"会员日","description":"","url":"https://example.com"}]}"#;
        let content: Content = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&content).unwrap(), json);
        assert!(serde_json::from_str::<Content>(r#"{"type":"text","text":"a","more":1}"#).is_err());
    }

    #[test]
    fn what_cannot_be_said_is_refused_with_a_reason() {
        for (content, code) in [
            (Content::text(" "), "content.empty"),
            (Content::Articles { items: vec![] }, "content.empty"),
            (
                Content::Link {
                    title: "a".into(),
                    description: String::new(),
                    url: "https://example.com".into(),
                },
                "content.kind",
            ),
        ] {
            assert_eq!(content.check_outgoing().unwrap_err().code, code);
        }
        assert!(Content::text("您好").check_outgoing().is_ok());
    }
}
