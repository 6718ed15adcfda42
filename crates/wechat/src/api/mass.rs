//! Mass messages.

use serde::{Deserialize, Serialize};

use super::answer::Done;
use super::request::Call;

/// To whom a mass message goes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Filter {
    /// To all followers.
    pub is_to_all: bool,
    /// To those with this tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag_id: Option<i64>,
}

/// What is sent, by its `msgtype`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "msgtype", rename_all = "lowercase")]
pub enum MassMessage {
    /// Words.
    Text {
        /// The words.
        text: Text,
    },
    /// Articles of our material or drafts.
    MpNews {
        /// The articles.
        mpnews: Media,
    },
    /// A recording.
    Voice {
        /// The recording.
        voice: Media,
    },
    /// Pictures (the platform calls the type `image` and its field `images`).
    Image {
        /// The pictures.
        images: Images,
    },
    /// A video.
    MpVideo {
        /// The video, from [`prepare_video`].
        mpvideo: Media,
    },
    /// A card.
    WxCard {
        /// The card.
        wxcard: Card,
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
    /// Its id.
    pub media_id: String,
}

/// Pictures.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Images {
    /// The pictures.
    pub media_ids: Vec<String>,
    /// Words beside them.
    #[serde(default)]
    pub recommend: String,
    /// 1 opens comments.
    #[serde(default)]
    pub need_open_comment: u8,
    /// 1 lets only followers comment.
    #[serde(default)]
    pub only_fans_can_comment: u8,
}

/// A card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its id.
    pub card_id: String,
}

/// The body of [`send_to_filter`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterSend {
    /// To whom.
    pub filter: Filter,
    /// What.
    #[serde(flatten)]
    pub message: MassMessage,
    /// 1 goes on when an article is judged a reprint.
    #[serde(default)]
    pub send_ignore_reprint: u8,
    /// Our own id, up to 64 bytes: a repetition gives the error 45065 and the first id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clientmsgid: Option<String>,
}

/// The body of [`send_to_list`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListSend {
    /// 2 to 10,000 openids.
    pub touser: Vec<String>,
    /// What.
    #[serde(flatten)]
    pub message: MassMessage,
    /// 1 goes on when an article is judged a reprint.
    #[serde(default)]
    pub send_ignore_reprint: u8,
    /// Our own id, up to 64 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clientmsgid: Option<String>,
}

/// A mass message on its way; the end comes as the event MASSSENDJOBFINISH.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MassSent {
    /// Its id.
    pub msg_id: i64,
    /// The articles' id, for comments and statistics.
    #[serde(default)]
    pub msg_data_id: i64,
}

/// Sends to all or to a tag.
pub fn send_to_filter(message: &FilterSend) -> Call<MassSent> {
    Call::post("/cgi-bin/message/mass/sendall", message)
}

/// Sends to a list.
pub fn send_to_list(message: &ListSend) -> Call<MassSent> {
    Call::post("/cgi-bin/message/mass/send", message)
}

/// The body of [`preview`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// An openid, or
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touser: Option<String>,
    /// a WeChat id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub towxname: Option<String>,
    /// What.
    #[serde(flatten)]
    pub message: MassMessage,
}

/// Sends to one person to look at; about 100 a day.
pub fn preview(message: &Preview) -> Call<Done> {
    Call::post("/cgi-bin/message/mass/preview", message)
}

/// The body of [`delete`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteMass {
    /// The message.
    pub msg_id: i64,
    /// Which article, the first is 1; 0 means all.
    #[serde(default)]
    pub article_idx: i64,
}

/// Deletes sent articles or a video, within ten days.
pub fn delete(message_id: i64, article_index: i64) -> Call<Done> {
    let question = DeleteMass { msg_id: message_id, article_idx: article_index };
    Call::post("/cgi-bin/message/mass/delete", &question)
}

/// The body of [`status`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusQuestion {
    /// The message.
    pub msg_id: i64,
}

/// How a mass message stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The message.
    pub msg_id: i64,
    /// `SEND_SUCCESS`, `SENDING`, `SEND_FAIL` or `DELETE`.
    pub msg_status: String,
}

/// Asks how a mass message stands.
pub fn status(message_id: i64) -> Call<Status> {
    Call::post("/cgi-bin/message/mass/get", &StatusQuestion { msg_id: message_id })
}

/// The speed of mass sending; also the body of [`set_speed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Speed {
    /// 0 fastest to 4 slowest.
    pub speed: i64,
    /// Ten thousand a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub realspeed: Option<i64>,
}

/// Reads the speed.
pub fn speed() -> Call<Speed> {
    Call::post("/cgi-bin/message/mass/speed/get", &Done {})
}

/// Sets the speed.
pub fn set_speed(speed: i64) -> Call<Done> {
    Call::post("/cgi-bin/message/mass/speed/set", &Speed { speed, realspeed: None })
}

/// The body of [`prepare_video`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoQuestion {
    /// The uploaded video.
    pub media_id: String,
    /// Its title.
    pub title: String,
    /// A line about it.
    pub description: String,
}

/// Makes an uploaded video fit for a mass message.
pub fn prepare_video(question: &VideoQuestion) -> Call<super::media::UploadAnswer> {
    Call::post("/cgi-bin/media/uploadvideo", question)
}
