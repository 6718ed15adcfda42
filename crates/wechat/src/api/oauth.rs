//! Web authorisation: who the person in front of our web page is.
//!
//! Its access token is another one than the API's; its calls need no API token.

use serde::{Deserialize, Serialize};
use url::form_urlencoded::byte_serialize;

use super::answer::Done;
use super::request::Call;

/// Where the authorisation page is, unless the account says otherwise.
pub const DEFAULT_PAGE_BASE_URL: &str = "https://open.weixin.qq.com";

/// How much we ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// The openid; the person sees nothing.
    #[serde(rename = "snsapi_base")]
    Base,
    /// Name and picture; the person must agree.
    #[serde(rename = "snsapi_userinfo")]
    UserInfo,
}

impl Scope {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Base => "snsapi_base",
            Self::UserInfo => "snsapi_userinfo",
        }
    }
}

/// The page to send the person's browser to. The order of the parameters matters to the platform.
///
/// `state` comes back unchanged (up to 128 letters and digits): make it unguessable and compare it.
#[must_use]
pub fn authorize_url(base_url: &str, app_id: &str, redirect: &str, scope: Scope, state: &str) -> String {
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    format!(
        "{}/connect/oauth2/authorize?appid={}&redirect_uri={}&response_type=code&scope={}&state={}&connect_redirect=1#wechat_redirect",
        base_url.trim_end_matches('/'),
        encode(app_id),
        encode(redirect),
        scope.as_str(),
        encode(state),
    )
}

/// Who authorised.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorization {
    /// For [`user_info`]. A secret.
    pub access_token: String,
    /// Seconds.
    pub expires_in: i64,
    /// For [`refresh`], good for 30 days. A secret.
    pub refresh_token: String,
    /// The person.
    pub openid: String,
    /// What was granted.
    pub scope: String,
    /// The person across accounts, if bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unionid: Option<String>,
    /// 1: a virtual person of the platform's page preview. Do not remember it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_snapshotuser: Option<i64>,
}

impl std::fmt::Debug for Authorization {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Authorization(secret, of {})", self.openid)
    }
}

/// Turns the code of the redirect into the person. A code is good once, for five minutes.
pub fn access_token(app_id: &str, secret: &str, code: &str) -> Call<Authorization> {
    Call::get("/sns/oauth2/access_token")
        .with("appid", app_id)
        .with("secret", secret)
        .with("code", code)
        .with("grant_type", "authorization_code")
        .without_token()
}

/// Prolongs an authorisation.
pub fn refresh(app_id: &str, refresh_token: &str) -> Call<Authorization> {
    Call::get("/sns/oauth2/refresh_token")
        .with("appid", app_id)
        .with("grant_type", "refresh_token")
        .with("refresh_token", refresh_token)
        .without_token()
}

/// A person's name and picture.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UserInfo {
    /// The person.
    pub openid: String,
    /// The name.
    #[serde(default)]
    pub nickname: String,
    /// 1 male, 2 female, 0 not told.
    #[serde(default)]
    pub sex: i64,
    /// Mostly empty.
    #[serde(default)]
    pub province: String,
    /// Mostly empty.
    #[serde(default)]
    pub city: String,
    /// Mostly empty.
    #[serde(default)]
    pub country: String,
    /// The picture's address.
    #[serde(default)]
    pub headimgurl: String,
    /// Rarely used.
    #[serde(default)]
    pub privilege: Vec<String>,
    /// The person across accounts, if bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unionid: Option<String>,
}

/// Reads name and picture; only after [`Scope::UserInfo`].
pub fn user_info(access_token: &str, open_id: &str) -> Call<UserInfo> {
    Call::get("/sns/userinfo")
        .with("access_token", access_token)
        .with("openid", open_id)
        .with("lang", "zh_CN")
        .without_token()
}

/// Whether an authorisation still holds; the error 40003 when not.
pub fn check(access_token: &str, open_id: &str) -> Call<Done> {
    Call::get("/sns/auth").with("access_token", access_token).with("openid", open_id).without_token()
}
