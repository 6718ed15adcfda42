//! Followers and the blacklist.

use serde::{Deserialize, Serialize};

use super::answer::Done;
use super::request::Call;

/// A page of openids.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OpenIdPage {
    /// How many there are in all; absent for tags.
    #[serde(default)]
    pub total: i64,
    /// How many are on this page; 0 behind the last.
    #[serde(default)]
    pub count: i64,
    /// The page; absent when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<OpenIds>,
    /// Where the next page begins.
    #[serde(default)]
    pub next_openid: String,
}

/// The openids of a page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OpenIds {
    /// The openids.
    #[serde(default)]
    pub openid: Vec<String>,
}

/// Lists followers, up to 10,000 a page; `after` is empty for the first page.
pub fn list(after: &str) -> Call<OpenIdPage> {
    let call = Call::get("/cgi-bin/user/get");
    if after.is_empty() { call } else { call.with("next_openid", after) }
}

/// What the platform tells of a follower. Names and pictures are empty since December 2021.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct User {
    /// 0: does not follow, and nothing else is told.
    pub subscribe: i64,
    /// The openid.
    pub openid: String,
    /// Empty since December 2021 for nearly all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nickname: String,
    /// Such as `zh_CN`.
    #[serde(default)]
    pub language: String,
    /// Seconds since 1970.
    #[serde(default)]
    pub subscribe_time: i64,
    /// The person across accounts of one owner, if bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unionid: Option<String>,
    /// Our remark.
    #[serde(default)]
    pub remark: String,
    /// The old group.
    #[serde(default)]
    pub groupid: i64,
    /// Our tags.
    #[serde(default)]
    pub tagid_list: Vec<i64>,
    /// Where the person came from, such as `ADD_SCENE_QR_CODE`.
    #[serde(default)]
    pub subscribe_scene: String,
    /// The code's scene, if a number.
    #[serde(default)]
    pub qr_scene: i64,
    /// The code's scene, if a text.
    #[serde(default)]
    pub qr_scene_str: String,
}

/// What the platform tells of one follower.
pub fn get(open_id: &str) -> Call<User> {
    Call::get("/cgi-bin/user/info").with("openid", open_id).with("lang", "zh_CN")
}

/// The body of [`get_many`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsersQuestion {
    /// Up to 100.
    pub user_list: Vec<UserQuestion>,
}

/// One of the followers asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserQuestion {
    /// The openid.
    pub openid: String,
    /// Such as `zh_CN`.
    #[serde(default)]
    pub lang: String,
}

/// What the platform tells of many followers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsersAnswer {
    /// In the order asked.
    pub user_info_list: Vec<User>,
}

/// What the platform tells of up to 100 followers.
pub fn get_many(open_ids: &[&str]) -> Call<UsersAnswer> {
    let one = |it: &&str| UserQuestion { openid: (*it).to_owned(), lang: "zh_CN".to_owned() };
    Call::post(
        "/cgi-bin/user/info/batchget",
        &UsersQuestion { user_list: open_ids.iter().map(one).collect() },
    )
}

/// The body of [`set_remark`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// The openid.
    pub openid: String,
    /// Under 30 characters.
    pub remark: String,
}

/// Sets our remark about a follower.
pub fn set_remark(open_id: &str, remark: &str) -> Call<Done> {
    let question = Remark { openid: open_id.to_owned(), remark: remark.to_owned() };
    Call::post("/cgi-bin/user/info/updateremark", &question)
}

/// The body of [`list_blocked`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BlockedQuestion {
    /// Where the page begins; empty for the first.
    #[serde(default)]
    pub begin_openid: String,
}

/// Lists the people on the blacklist.
pub fn list_blocked(after: &str) -> Call<OpenIdPage> {
    let question = BlockedQuestion { begin_openid: after.to_owned() };
    Call::post("/cgi-bin/tags/members/getblacklist", &question)
}

/// The body of [`block`] and [`unblock`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenIdList {
    /// Up to 20.
    pub openid_list: Vec<String>,
}

impl OpenIdList {
    fn of(open_ids: &[&str]) -> Self {
        Self { openid_list: open_ids.iter().map(|it| (*it).to_owned()).collect() }
    }
}

/// Puts up to 20 people on the blacklist.
pub fn block(open_ids: &[&str]) -> Call<Done> {
    Call::post("/cgi-bin/tags/members/batchblacklist", &OpenIdList::of(open_ids))
}

/// Takes up to 20 people off the blacklist.
pub fn unblock(open_ids: &[&str]) -> Call<Done> {
    Call::post("/cgi-bin/tags/members/batchunblacklist", &OpenIdList::of(open_ids))
}
