//! Access tokens, the platform's addresses, quotas.

use serde::{Deserialize, Serialize};

use super::answer::Done;
use super::request::Call;

/// An access token as the platform gives it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenAnswer {
    /// The token, up to 512 characters. A secret.
    pub access_token: String,
    /// Seconds; 7200, or less when the stable token was got before.
    pub expires_in: i64,
}

impl std::fmt::Debug for TokenAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenAnswer(secret, for {} s)", self.expires_in)
    }
}

/// The old way to a token: each call makes the former token invalid soon, and 2000 a day are allowed.
pub fn token(app_id: &str, secret: &str) -> Call<TokenAnswer> {
    Call::get("/cgi-bin/token")
        .with("grant_type", GRANT_TYPE)
        .with("appid", app_id)
        .with("secret", secret)
        .without_token()
}

const GRANT_TYPE: &str = "client_credential";

/// The body of [`stable_token`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StableTokenQuestion {
    /// `client_credential`.
    pub grant_type: String,
    /// The AppID.
    pub appid: String,
    /// The AppSecret.
    pub secret: String,
    /// Ends the life of the current token; 20 a day are allowed.
    #[serde(default)]
    pub force_refresh: bool,
}

impl std::fmt::Debug for StableTokenQuestion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StableTokenQuestion(secret, of {})", self.appid)
    }
}

/// The way to a token to use: the same token is given to all until its last five minutes. `force_refresh` makes
/// the current one invalid.
pub fn stable_token(app_id: &str, secret: &str, force_refresh: bool) -> Call<TokenAnswer> {
    let question = StableTokenQuestion {
        grant_type: GRANT_TYPE.to_owned(),
        appid: app_id.to_owned(),
        secret: secret.to_owned(),
        force_refresh,
    };
    Call::post("/cgi-bin/stable_token", &question).without_token()
}

/// A list of addresses; may hold ranges such as `5.6.7.0/24`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressList {
    /// The addresses.
    pub ip_list: Vec<String>,
}

/// Where callbacks come from.
pub fn callback_addresses() -> Call<AddressList> {
    Call::get("/cgi-bin/getcallbackip")
}

/// The addresses of the API itself.
pub fn api_addresses() -> Call<AddressList> {
    Call::get("/cgi-bin/get_api_domain_ip")
}

/// The body of [`check_callback`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackCheckQuestion {
    /// `all`, `dns` or `ping`.
    pub action: String,
    /// `DEFAULT`, `CHINANET`, `UNICOM` or `CAP`.
    pub check_operator: String,
}

/// What the platform sees of our callback address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CallbackCheck {
    /// The addresses our name resolves to.
    #[serde(default)]
    pub dns: Vec<CheckedName>,
    /// Whether they answer.
    #[serde(default)]
    pub ping: Vec<CheckedPing>,
}

/// One address our name resolves to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedName {
    /// The address.
    pub ip: String,
    /// Whose network it is in.
    #[serde(default)]
    pub real_operator: String,
}

/// One address asked for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedPing {
    /// The address.
    pub ip: String,
    /// From which network.
    #[serde(default)]
    pub from_operator: String,
    /// Such as `0%`.
    #[serde(default)]
    pub package_loss: String,
    /// Such as `23ms`.
    #[serde(default)]
    pub time: String,
}

/// Lets the platform resolve and ping our callback address.
pub fn check_callback(action: &str, operator: &str) -> Call<CallbackCheck> {
    let question = CallbackCheckQuestion { action: action.to_owned(), check_operator: operator.to_owned() };
    Call::post("/cgi-bin/callback/check", &question)
}

/// The body of [`clear_quota`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClearQuota {
    /// The AppID.
    pub appid: String,
    /// The AppSecret; only for [`clear_quota_by_secret`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appsecret: Option<String>,
}

/// Sets all daily quotas back; ten times a month.
pub fn clear_quota(app_id: &str) -> Call<Done> {
    Call::post("/cgi-bin/clear_quota", &ClearQuota { appid: app_id.to_owned(), appsecret: None })
}

/// The same without an access token, for when the token call itself is used up.
pub fn clear_quota_by_secret(app_id: &str, secret: &str) -> Call<Done> {
    let question = ClearQuota { appid: app_id.to_owned(), appsecret: Some(secret.to_owned()) };
    Call::post("/cgi-bin/clear_quota/v2", &question).without_token()
}

/// The body of [`quota`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaQuestion {
    /// The path of a call, such as `/cgi-bin/message/custom/send`.
    pub cgi_path: String,
}

/// How much of a call's quota is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaAnswer {
    /// The numbers.
    pub quota: Quota,
}

/// A day's quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// Calls a day.
    pub daily_limit: i64,
    /// Used today.
    pub used: i64,
    /// Left today.
    pub remain: i64,
}

/// How much of the daily quota of the call at `path` is left.
pub fn quota(path: &str) -> Call<QuotaAnswer> {
    Call::post("/cgi-bin/openapi/quota/get", &QuotaQuestion { cgi_path: path.to_owned() })
}

/// The body of [`request_details`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RidQuestion {
    /// The request's id, from an error.
    pub rid: String,
}

/// What the platform remembers of a failed request, for seven days.
pub fn request_details(rid: &str) -> Call<serde_json::Value> {
    Call::post("/cgi-bin/openapi/rid/get", &RidQuestion { rid: rid.to_owned() })
}
