//! Files: temporary ones for three days, and permanent material.

use serde::{Deserialize, Serialize};

use super::answer::Done;
use super::client::Download;
use super::request::{Call, File};

/// The kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A recording.
    Voice,
    /// A video.
    Video,
    /// A small picture that stands for something.
    Thumb,
}

impl MediaKind {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Voice => "voice",
            Self::Video => "video",
            Self::Thumb => "thumb",
        }
    }
}

/// A temporary file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadAnswer {
    /// The kind.
    #[serde(rename = "type")]
    pub kind: String,
    /// The id, good for three days.
    #[serde(alias = "thumb_media_id")]
    pub media_id: String,
    /// Seconds since 1970.
    pub created_at: i64,
}

/// Uploads a temporary file.
pub fn upload(kind: MediaKind, file: File) -> Call<UploadAnswer> {
    Call::upload("/cgi-bin/media/upload", file).with("type", kind.as_str())
}

/// Fetches a temporary file: ours, or one a follower sent within the last three days.
///
/// A video comes as JSON with its address in `video_url`.
pub fn get(media_id: &str) -> Call<Download> {
    Call::get("/cgi-bin/media/get").with("media_id", media_id)
}

/// Fetches a recording made by a web page (speex).
pub fn get_recording(media_id: &str) -> Call<Download> {
    Call::get("/cgi-bin/media/get/jssdk").with("media_id", media_id)
}

/// An address inside the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UrlAnswer {
    /// The address.
    pub url: String,
}

/// Uploads a picture for use inside an article.
pub fn upload_article_image(file: File) -> Call<UrlAnswer> {
    Call::upload("/cgi-bin/media/uploadimg", file)
}

/// A piece of permanent material.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaterialAnswer {
    /// Its id.
    pub media_id: String,
    /// A picture's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What a permanent video is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoDescription {
    /// Its title.
    pub title: String,
    /// A line about it.
    pub introduction: String,
}

/// Uploads permanent material other than a video.
pub fn add_material(kind: MediaKind, file: File) -> Call<MaterialAnswer> {
    Call::upload("/cgi-bin/material/add_material", file).with("type", kind.as_str())
}

/// Uploads a permanent video.
pub fn add_video(file: File, description: &VideoDescription) -> Call<MaterialAnswer> {
    let text = serde_json::to_string(description).expect("two texts");
    add_material(MediaKind::Video, file).with_field("description", text)
}

/// The body of the calls about one piece of material.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaId {
    /// Its id.
    pub media_id: String,
}

impl From<&str> for MediaId {
    fn from(media_id: &str) -> Self {
        Self { media_id: media_id.to_owned() }
    }
}

/// Fetches material: a file, or JSON for articles (`news_item`) and videos (`down_url`).
pub fn get_material(media_id: &str) -> Call<Download> {
    Call::post("/cgi-bin/material/get_material", &MediaId::from(media_id))
}

/// Deletes material; the error 48005 when a menu uses it.
pub fn delete_material(media_id: &str) -> Call<Done> {
    Call::post("/cgi-bin/material/del_material", &MediaId::from(media_id))
}

/// How much material there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MaterialCount {
    /// Recordings.
    pub voice_count: i64,
    /// Videos.
    pub video_count: i64,
    /// Pictures.
    pub image_count: i64,
    /// Articles.
    pub news_count: i64,
}

/// Counts the material.
pub fn count_material() -> Call<MaterialCount> {
    Call::get("/cgi-bin/material/get_materialcount")
}

/// The body of [`list_material`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaterialQuestion {
    /// `image`, `video`, `voice` or `news`.
    #[serde(rename = "type")]
    pub kind: String,
    /// How many to skip.
    pub offset: i64,
    /// How many to give, 1 to 20.
    pub count: i64,
}

/// A page of material.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MaterialPage {
    /// How many there are in all.
    pub total_count: i64,
    /// How many are on this page.
    pub item_count: i64,
    /// The page.
    #[serde(default)]
    pub item: Vec<Material>,
}

/// One piece of material.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Material {
    /// Its id.
    pub media_id: String,
    /// The file's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Seconds since 1970.
    #[serde(default)]
    pub update_time: i64,
    /// A picture's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The articles, of `news`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<serde_json::Value>,
}

/// Lists material of one kind (`image`, `video`, `voice` or `news`).
pub fn list_material(kind: &str, offset: i64, count: i64) -> Call<MaterialPage> {
    let question = MaterialQuestion { kind: kind.to_owned(), offset, count };
    Call::post("/cgi-bin/material/batchget_material", &question)
}
