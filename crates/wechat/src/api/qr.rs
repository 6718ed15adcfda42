//! Codes that tell where a follower came from.

use serde::{Deserialize, Serialize};
use url::Url;

use super::request::Call;
use crate::error::CallError;

/// Where pictures of codes are, unless the account says otherwise.
pub const DEFAULT_PICTURE_BASE_URL: &str = "https://mp.weixin.qq.com";

/// What a code carries.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Scene {
    /// A number, not 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene_id: Option<i64>,
    /// A text of 1 to 64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene_str: Option<String>,
}

impl Scene {
    /// A number.
    #[must_use]
    pub fn number(scene_id: i64) -> Self {
        Self { scene_id: Some(scene_id), scene_str: None }
    }

    /// A text.
    pub fn text(scene: impl Into<String>) -> Self {
        Self { scene_id: None, scene_str: Some(scene.into()) }
    }
}

/// The body of [`create`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeQuestion {
    /// Seconds; absent for a permanent code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expire_seconds: Option<i64>,
    /// `QR_SCENE`, `QR_STR_SCENE`, `QR_LIMIT_SCENE` or `QR_LIMIT_STR_SCENE`.
    pub action_name: String,
    /// The scene.
    pub action_info: ActionInfo,
}

/// The scene of a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionInfo {
    /// The scene.
    pub scene: Scene,
}

/// A new code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// For the picture.
    pub ticket: String,
    /// Seconds; absent for a permanent code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expire_seconds: Option<i64>,
    /// What the code says, to draw it ourselves.
    pub url: String,
}

/// Makes a code: temporary for up to 30 days, or permanent when `expire_seconds` is `None`.
pub fn create(scene: Scene, expire_seconds: Option<i64>) -> Call<Code> {
    let action = match (expire_seconds.is_some(), scene.scene_str.is_some()) {
        (true, false) => "QR_SCENE",
        (true, true) => "QR_STR_SCENE",
        (false, false) => "QR_LIMIT_SCENE",
        (false, true) => "QR_LIMIT_STR_SCENE",
    };
    let question =
        CodeQuestion { expire_seconds, action_name: action.to_owned(), action_info: ActionInfo { scene } };
    Call::post("/cgi-bin/qrcode/create", &question)
}

/// The address of a code's picture below `base_url`; no access token is needed.
pub fn picture_url(base_url: &str, ticket: &str) -> Result<Url, CallError> {
    let text = format!("{}/cgi-bin/showqrcode", base_url.trim_end_matches('/'));
    let mut url = Url::parse(&text).map_err(|_| CallError::BaseUrl(base_url.to_owned()))?;
    url.query_pairs_mut().append_pair("ticket", ticket);
    Ok(url)
}
