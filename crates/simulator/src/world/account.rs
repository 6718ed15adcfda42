//! An account of the platform and everything it owns.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::follower::Follower;
use super::tokens::Tokens;
use crate::rules;

/// The platform treats kinds of account differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AccountKind {
    /// 服务号.
    Service,
    /// 订阅号, now called 公众号.
    Subscription,
    /// 测试号.
    Test,
}

/// How pushes are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// 明文.
    Plain,
    /// 兼容: plain elements and the encrypted text together.
    Compatible,
    /// 安全: encrypted only.
    Safe,
}

/// How pushes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    #[default]
    Xml,
    Json,
}

/// Where the account's pushes go.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Callback {
    pub(crate) url: String,
    pub(crate) token: String,
    pub(crate) aes_key: String,
    /// The key before the last change; pushes sealed with it may still be under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) previous_key: Option<String>,
    pub(crate) mode: Mode,
    pub(crate) format: Format,
    /// False until the address has answered the GET verification.
    pub(crate) verified: bool,
}

/// A stored file: temporary media (three days) or material (for ever).
#[derive(Debug, Clone)]
pub(crate) struct Media {
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) mime: String,
    pub(crate) bytes: bytes::Bytes,
    pub(crate) created_at: i64,
    /// Simulator time in milliseconds; nothing = permanent.
    pub(crate) expires_at: Option<i64>,
    /// Title and introduction of a video.
    pub(crate) title: String,
    pub(crate) introduction: String,
}

/// One account.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) app_id: String,
    pub(crate) app_secret: String,
    pub(crate) original_id: String,
    pub(crate) name: String,
    pub(crate) kind: AccountKind,
    pub(crate) callback: Option<Callback>,
    /// Addresses that may fetch a token; empty = no check.
    pub(crate) ip_list: Vec<String>,
    /// Whether people get a unionid (bound to an open-platform account).
    pub(crate) has_unionid: bool,
    /// The date whose limits apply; nothing = the simulator's own date.
    pub(crate) rules_date: Option<Date>,
    pub(crate) tokens: Tokens,
    pub(crate) followers: BTreeMap<String, Follower>,
    pub(crate) media: HashMap<String, Media>,
    /// Calls by (path, day).
    pub(crate) used: HashMap<(String, i64), u64>,
    pub(crate) clears: (i64, usize),
    pub(crate) menu: Option<Value>,
    pub(crate) menu_id: i64,
    pub(crate) conditional: Vec<Value>,
    pub(crate) tags: BTreeMap<i64, String>,
    pub(crate) groups: BTreeMap<i64, String>,
    pub(crate) drafts: BTreeMap<String, Value>,
    pub(crate) published: BTreeMap<String, Value>,
    pub(crate) publish_jobs: BTreeMap<String, Value>,
    pub(crate) news: BTreeMap<String, Value>,
    pub(crate) codes: BTreeMap<String, QrCode>,
    pub(crate) templates: BTreeMap<String, Value>,
    pub(crate) notices: BTreeMap<String, Value>,
    pub(crate) industry: Option<(String, String)>,
    pub(crate) jobs: BTreeMap<i64, MassJob>,
    pub(crate) speed: i64,
    pub(crate) desks: BTreeMap<String, Desk>,
    pub(crate) ticket: HashMap<String, (String, i64)>,
    pub(crate) logins: HashMap<String, Login>,
    pub(crate) cards: BTreeMap<String, Value>,
    pub(crate) card_codes: BTreeMap<String, Value>,
    /// Comments by (msg_data_id, index).
    pub(crate) comments: BTreeMap<(i64, i64), Value>,
}

/// A parametric QR code.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct QrCode {
    pub(crate) ticket: String,
    pub(crate) url: String,
    pub(crate) scene_id: i64,
    pub(crate) scene_str: String,
    /// Simulator time in milliseconds; nothing = permanent.
    pub(crate) expires_at: Option<i64>,
}

impl QrCode {
    /// The scene as events carry it.
    pub(crate) fn scene(&self) -> String {
        if self.scene_str.is_empty() { self.scene_id.to_string() } else { self.scene_str.clone() }
    }
}

/// A mass-send job.
#[derive(Debug, Clone)]
pub(crate) struct MassJob {
    pub(crate) msg_id: i64,
    pub(crate) data_id: i64,
    pub(crate) client_id: String,
    pub(crate) created_at: i64,
    pub(crate) status: &'static str,
    pub(crate) is_article: bool,
    pub(crate) targets: Vec<String>,
    pub(crate) content: Value,
}

/// A service account of the platform's own desk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Desk {
    pub(crate) account: String,
    pub(crate) nick: String,
    pub(crate) id: i64,
    pub(crate) picture: String,
    pub(crate) is_online: bool,
    pub(crate) invite: String,
}

/// A web authorisation in progress or done.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) openid: String,
    pub(crate) scope: String,
    /// `code`, `access` or `refresh`.
    pub(crate) kind: &'static str,
    pub(crate) expires_at: i64,
    pub(crate) is_used: bool,
}

impl Account {
    /// A new account without followers.
    pub(crate) fn new(
        app_id: String,
        app_secret: String,
        original_id: String,
        name: String,
        kind: AccountKind,
    ) -> Account {
        Account {
            app_id,
            app_secret,
            original_id,
            name,
            kind,
            callback: None,
            ip_list: Vec::new(),
            has_unionid: true,
            rules_date: None,
            tokens: Tokens::default(),
            followers: BTreeMap::new(),
            media: HashMap::new(),
            used: HashMap::new(),
            clears: (0, 0),
            menu: None,
            menu_id: 0,
            conditional: Vec::new(),
            tags: BTreeMap::from([(2, "星标组".to_owned())]),
            groups: BTreeMap::from([
                (0, "未分组".to_owned()),
                (1, "黑名单".to_owned()),
                (2, "星标组".to_owned()),
            ]),
            drafts: BTreeMap::new(),
            published: BTreeMap::new(),
            publish_jobs: BTreeMap::new(),
            news: BTreeMap::new(),
            codes: BTreeMap::new(),
            templates: BTreeMap::new(),
            notices: BTreeMap::new(),
            industry: None,
            jobs: BTreeMap::new(),
            speed: 0,
            desks: BTreeMap::new(),
            ticket: HashMap::new(),
            logins: HashMap::new(),
            cards: BTreeMap::new(),
            card_codes: BTreeMap::new(),
            comments: BTreeMap::new(),
        }
    }

    /// The date whose limits apply now.
    pub(crate) fn date(&self, now: i64) -> Date {
        self.rules_date.unwrap_or_else(|| rules::date(now))
    }

    /// A stored file that has not expired.
    pub(crate) fn live_media(&self, id: &str, now: i64) -> Option<&Media> {
        self.media.get(id).filter(|media| media.expires_at.is_none_or(|until| now < until))
    }

    /// Whether a media id names something that can be sent: a file, or an article bundle.
    pub(crate) fn knows_media(&self, id: &str, now: i64) -> bool {
        self.live_media(id, now).is_some() || self.news.contains_key(id) || self.drafts.contains_key(id)
    }

    /// What administrators and the phone page see.
    pub(crate) fn view(&self) -> Value {
        serde_json::json!({
            "app_id": self.app_id, "original_id": self.original_id, "name": self.name, "account_kind": self.kind,
            "callback": self.callback.as_ref().map(|callback| serde_json::json!({
                "url": callback.url, "mode": callback.mode, "format": callback.format, "verified": callback.verified,
            })),
            "ip_list": self.ip_list, "rules_date": self.rules_date,
            "followers": self.followers.values().filter(|follower| follower.subscribed).count(),
            "has_menu": self.menu.is_some(),
        })
    }
}
