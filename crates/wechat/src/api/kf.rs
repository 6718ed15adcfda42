//! The platform's own customer-service desk: its agents, sessions and records.

use serde::{Deserialize, Deserializer, Serialize};

use super::answer::Done;
use super::request::{Call, File};

/// The body of [`add`] and [`update`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KfAccount {
    /// `name@account`.
    pub kf_account: String,
    /// What followers see, up to 16 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
}

fn kf_account(account: &str, nickname: Option<&str>) -> KfAccount {
    KfAccount { kf_account: account.to_owned(), nickname: nickname.map(str::to_owned) }
}

/// Adds an agent.
pub fn add(account: &str, nickname: &str) -> Call<Done> {
    Call::post("/customservice/kfaccount/add", &kf_account(account, Some(nickname)))
}

/// Renames an agent.
pub fn update(account: &str, nickname: &str) -> Call<Done> {
    Call::post("/customservice/kfaccount/update", &kf_account(account, Some(nickname)))
}

/// Removes an agent.
pub fn delete(account: &str) -> Call<Done> {
    Call::get("/customservice/kfaccount/del").with("kf_account", account)
}

/// The body of [`invite`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The agent.
    pub kf_account: String,
    /// The WeChat id of the person who shall be this agent.
    pub invite_wx: String,
}

/// Invites a person to be an agent.
pub fn invite(account: &str, wechat_id: &str) -> Call<Done> {
    let question = Invitation { kf_account: account.to_owned(), invite_wx: wechat_id.to_owned() };
    Call::post("/customservice/kfaccount/inviteworker", &question)
}

/// Sets an agent's picture (jpg or png).
pub fn set_picture(account: &str, picture: File) -> Call<Done> {
    Call::upload("/customservice/kfaccount/uploadheadimg", picture).with("kf_account", account)
}

/// All agents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KfList {
    /// The agents.
    pub kf_list: Vec<Kf>,
}

/// An agent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Kf {
    /// `name@account`.
    pub kf_account: String,
    /// What followers see.
    #[serde(default)]
    pub kf_nick: String,
    /// The platform's id; a text or a number on the wire.
    #[serde(default, deserialize_with = "any_id")]
    pub kf_id: String,
    /// The picture's address.
    #[serde(default)]
    pub kf_headimgurl: String,
    /// The bound WeChat id.
    #[serde(default)]
    pub kf_wx: String,
    /// The invited WeChat id.
    #[serde(default)]
    pub invite_wx: String,
    /// `waiting`, `rejected` or `expired`.
    #[serde(default)]
    pub invite_status: String,
}

fn any_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Number(i64),
        Text(String),
    }
    Ok(match Id::deserialize(deserializer)? {
        Id::Number(number) => number.to_string(),
        Id::Text(text) => text,
    })
}

/// Lists the agents.
pub fn list() -> Call<KfList> {
    Call::get("/cgi-bin/customservice/getkflist")
}

/// The agents at work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnlineKfList {
    /// The agents.
    pub kf_online_list: Vec<OnlineKf>,
}

/// An agent at work.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OnlineKf {
    /// `name@account`.
    pub kf_account: String,
    /// 1 in the browser.
    #[serde(default)]
    pub status: i64,
    /// The platform's id.
    #[serde(default, deserialize_with = "any_id")]
    pub kf_id: String,
    /// Open sessions.
    #[serde(default)]
    pub accepted_case: i64,
}

/// Lists the agents at work.
pub fn list_online() -> Call<OnlineKfList> {
    Call::get("/cgi-bin/customservice/getonlinekflist")
}

/// The body of [`open_session`] and [`close_session`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionQuestion {
    /// The agent.
    pub kf_account: String,
    /// The follower.
    pub openid: String,
}

fn session_question(account: &str, open_id: &str) -> SessionQuestion {
    SessionQuestion { kf_account: account.to_owned(), openid: open_id.to_owned() }
}

/// Opens a session between an agent at work and a follower.
pub fn open_session(account: &str, open_id: &str) -> Call<Done> {
    Call::post("/customservice/kfsession/create", &session_question(account, open_id))
}

/// Closes a session.
pub fn close_session(account: &str, open_id: &str) -> Call<Done> {
    Call::post("/customservice/kfsession/close", &session_question(account, open_id))
}

/// A follower's session.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Session {
    /// The agent; empty when there is no session.
    #[serde(default)]
    pub kf_account: String,
    /// Seconds since 1970.
    #[serde(default)]
    pub createtime: i64,
}

/// Reads a follower's session.
pub fn session(open_id: &str) -> Call<Session> {
    Call::get("/customservice/kfsession/getsession").with("openid", open_id)
}

/// An agent's sessions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SessionList {
    /// The sessions.
    #[serde(default)]
    pub sessionlist: Vec<AgentSession>,
}

/// One of an agent's sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentSession {
    /// The follower.
    pub openid: String,
    /// Seconds since 1970.
    pub createtime: i64,
}

/// Lists an agent's sessions.
pub fn sessions(account: &str) -> Call<SessionList> {
    Call::get("/customservice/kfsession/getsessionlist").with("kf_account", account)
}

/// Followers who wait for the desk.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WaitList {
    /// How many in all.
    pub count: i64,
    /// Up to 100 of them.
    #[serde(default)]
    pub waitcaselist: Vec<WaitCase>,
}

/// A follower who waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitCase {
    /// The follower.
    pub openid: String,
    /// The last message, in seconds since 1970.
    #[serde(default, alias = "createtime")]
    pub latest_time: i64,
}

/// Lists the followers who wait for the desk.
pub fn waiting() -> Call<WaitList> {
    Call::get("/customservice/kfsession/getwaitcase")
}

/// The body of [`records`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordQuestion {
    /// Seconds since 1970.
    pub starttime: i64,
    /// Seconds since 1970; at most a day later.
    pub endtime: i64,
    /// 1 for the first page, then the last answer's.
    pub msgid: i64,
    /// At most 10,000.
    pub number: i64,
}

/// A page of what was said at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RecordPage {
    /// The page.
    #[serde(default)]
    pub recordlist: Vec<Record>,
    /// How many it has; a full page means that there are more.
    pub number: i64,
    /// Where the next page begins.
    pub msgid: i64,
}

/// Something said at the desk. Pictures and recordings are only named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The follower.
    pub openid: String,
    /// 2002 from the agent, 2003 from the follower.
    pub opercode: i64,
    /// The words.
    #[serde(default)]
    pub text: String,
    /// Seconds since 1970.
    pub time: i64,
    /// The agent.
    #[serde(default)]
    pub worker: String,
}

/// Reads what was said at the desk.
pub fn records(question: &RecordQuestion) -> Call<RecordPage> {
    Call::post("/customservice/msgrecord/getmsglist", question)
}
