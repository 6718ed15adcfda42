//! What the platform refuses in a passive reply. Its refusals are silent or a notice to the person, so our own
//! check tells us first.

use super::{Passive, Reply};
use crate::element::Format;
use crate::push::{Inbound, Push};

/// The limits that hold; data, because the platform changes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The format the account is set up for.
    pub format: Format,
    /// Bytes of a text.
    pub max_text_bytes: usize,
    /// Articles in answer to a message.
    pub max_articles: usize,
    /// Articles in answer to an event.
    pub max_articles_to_event: usize,
}

impl Default for Limits {
    /// As known in 2026.
    fn default() -> Self {
        Self { format: Format::Xml, max_text_bytes: 2048, max_articles: 1, max_articles_to_event: 8 }
    }
}

/// One reason why the platform would not show a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The other format is set up.
    #[error("the reply is not in the format the account is set up for")]
    WrongFormat,
    /// `ToUserName` and `FromUserName` must be those of the push, swapped.
    #[error("the reply's ToUserName and FromUserName are not those of the push, swapped")]
    AddressesNotSwapped,
    /// An unknown or incomplete type.
    #[error("the reply's MsgType is unknown or its fields are incomplete")]
    UnknownType,
    /// Nothing to show.
    #[error("the reply has nothing to show")]
    Empty,
    /// The text is too long and would be dropped silently.
    #[error("the text has {bytes} bytes, more than {limit}")]
    TextTooLong {
        /// Its length.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// More articles than shown.
    #[error("the reply has {count} articles, more than {limit}")]
    TooManyArticles {
        /// How many it has.
        count: usize,
        /// The limit.
        limit: usize,
    },
    /// `ArticleCount` is not the number of articles.
    #[error("ArticleCount is not the number of articles")]
    WrongArticleCount,
    /// An event cannot be handed to the desk.
    #[error("an event cannot be handed over to the customer service desk")]
    EventTransferred,
}

/// All reasons why the platform would refuse `reply` as the answer to `push`; none when it is fine.
#[must_use]
pub fn refusals(push: &Push, reply: &Passive, format: Format, limits: &Limits) -> Vec<Refusal> {
    let mut found = Vec::new();
    if format != limits.format {
        found.push(Refusal::WrongFormat);
    }
    if reply.to != push.from || reply.from != push.to {
        found.push(Refusal::AddressesNotSwapped);
    }
    let is_event = matches!(push.message, Inbound::Event(_));
    found.extend(content_refusal(&reply.reply, is_event, limits));
    found
}

fn content_refusal(reply: &Reply, is_event: bool, limits: &Limits) -> Option<Refusal> {
    let empty = |text: &str| text.is_empty().then_some(Refusal::Empty);
    match reply {
        Reply::Text { text } if text.len() > limits.max_text_bytes => {
            Some(Refusal::TextTooLong { bytes: text.len(), limit: limits.max_text_bytes })
        }
        Reply::Text { text } => empty(text),
        Reply::Image { image: media } | Reply::Voice { voice: media } => empty(&media.media_id),
        Reply::Video { video } => empty(&video.media_id),
        Reply::Music { music } => empty(&music.thumbnail_media_id),
        Reply::News { count, articles } => {
            let limit = if is_event { limits.max_articles_to_event } else { limits.max_articles };
            match articles.items.len() {
                0 => Some(Refusal::Empty),
                many if many > limit => Some(Refusal::TooManyArticles { count: many, limit }),
                many if usize::try_from(*count) != Ok(many) => Some(Refusal::WrongArticleCount),
                _ => None,
            }
        }
        Reply::TransferCustomerService { .. } => is_event.then_some(Refusal::EventTransferred),
        Reply::Other(_) => Some(Refusal::UnknownType),
    }
}
