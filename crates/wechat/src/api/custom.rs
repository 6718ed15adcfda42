//! Service messages: what we may send to a person who wrote to us not long ago.

use serde::{Deserialize, Serialize};

use super::answer::Done;
use super::request::Call;

/// The body of [`send`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomSend {
    /// The openid.
    pub touser: String,
    /// What is sent.
    #[serde(flatten)]
    pub message: CustomMessage,
    /// In whose name, if not the account's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customservice: Option<CustomService>,
}

/// The agent whose name and picture are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomService {
    /// `name@account`.
    pub kf_account: String,
}

/// A service message, by its `msgtype`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "msgtype", rename_all = "lowercase")]
pub enum CustomMessage {
    /// Words, with links if wanted.
    Text {
        /// The words.
        text: Text,
    },
    /// A picture.
    Image {
        /// The picture.
        image: Media,
    },
    /// A recording.
    Voice {
        /// The recording.
        voice: Media,
    },
    /// A video.
    Video {
        /// The video.
        video: Video,
    },
    /// A piece of music.
    Music {
        /// The piece.
        music: Music,
    },
    /// An article card that leads outside; one at most.
    News {
        /// The card.
        news: News,
    },
    /// An article of our material.
    MpNews {
        /// The article.
        mpnews: Media,
    },
    /// A published article.
    MpNewsArticle {
        /// The article.
        mpnewsarticle: PublishedArticle,
    },
    /// Words with choices to tap; certified accounts only.
    MsgMenu {
        /// The choices.
        msgmenu: MessageMenu,
    },
    /// A card.
    WxCard {
        /// The card.
        wxcard: Card,
    },
    /// A card of a linked mini program.
    MiniProgramPage {
        /// The card.
        miniprogrampage: MiniProgramPage,
    },
    /// A link; for mini programs' customer service only.
    Link {
        /// The link.
        link: Link,
    },
}

/// Words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The words.
    pub content: String,
}

/// Something uploaded before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Its id, temporary or permanent.
    pub media_id: String,
}

/// A video.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Video {
    /// The video.
    pub media_id: String,
    /// The picture before it plays.
    #[serde(default)]
    pub thumb_media_id: String,
    /// Its title.
    #[serde(default)]
    pub title: String,
    /// A line about it.
    #[serde(default)]
    pub description: String,
}

/// A piece of music.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Music {
    /// Its title.
    #[serde(default)]
    pub title: String,
    /// A line about it.
    #[serde(default)]
    pub description: String,
    /// Its address.
    pub musicurl: String,
    /// Its address for fast lines.
    #[serde(default)]
    pub hqmusicurl: String,
    /// The picture.
    pub thumb_media_id: String,
}

/// Article cards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// The cards.
    pub articles: Vec<Article>,
}

/// One article card.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Article {
    /// Its title.
    pub title: String,
    /// A line about it.
    #[serde(default)]
    pub description: String,
    /// Where it leads.
    pub url: String,
    /// The picture's address.
    #[serde(default)]
    pub picurl: String,
}

/// A published article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedArticle {
    /// Its id.
    pub article_id: String,
}

/// Words with choices to tap; a tap comes back as a text with the choice's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageMenu {
    /// Above the choices.
    #[serde(default)]
    pub head_content: String,
    /// The choices.
    pub list: Vec<MessageMenuItem>,
    /// Below the choices.
    #[serde(default)]
    pub tail_content: String,
}

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageMenuItem {
    /// Comes back as `bizmsgmenuid`.
    pub id: String,
    /// The words.
    pub content: String,
}

/// A card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its id.
    pub card_id: String,
}

/// A card of a mini program.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MiniProgramPage {
    /// Its title.
    #[serde(default)]
    pub title: String,
    /// The mini program, linked to the account.
    pub appid: String,
    /// The page.
    pub pagepath: String,
    /// The picture.
    #[serde(default)]
    pub thumb_media_id: String,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Link {
    /// Its title.
    pub title: String,
    /// A line about it.
    #[serde(default)]
    pub description: String,
    /// Where it leads.
    pub url: String,
    /// The picture's address.
    #[serde(default)]
    pub thumb_url: String,
}

impl CustomMessage {
    /// Words.
    pub fn text(content: impl Into<String>) -> Self {
        Self::Text { text: Text { content: content.into() } }
    }

    /// A picture uploaded before.
    pub fn image(media_id: impl Into<String>) -> Self {
        Self::Image { image: Media { media_id: media_id.into() } }
    }

    /// A recording uploaded before.
    pub fn voice(media_id: impl Into<String>) -> Self {
        Self::Voice { voice: Media { media_id: media_id.into() } }
    }

    /// One article card.
    #[must_use]
    pub fn article(article: Article) -> Self {
        Self::News { news: News { articles: vec![article] } }
    }
}

/// Sends a service message.
pub fn send(message: &CustomSend) -> Call<Done> {
    Call::post("/cgi-bin/message/custom/send", message)
}

/// The body of [`typing`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypingQuestion {
    /// The openid.
    pub touser: String,
    /// `Typing` or `CancelTyping`.
    pub command: String,
}

/// Shows, or stops showing, that somebody is typing. Its refusals can be ignored.
pub fn typing(open_id: &str, is_typing: bool) -> Call<Done> {
    let command = if is_typing { "Typing" } else { "CancelTyping" };
    let question = TypingQuestion { touser: open_id.to_owned(), command: command.to_owned() };
    Call::post("/cgi-bin/message/custom/typing", &question)
}
