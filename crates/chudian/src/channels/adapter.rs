//! What the house asks of a platform. A new channel implements this, and nothing else changes.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use utoipa::ToSchema;

use crate::base::content::Content;
use crate::base::id::MediaId;
use crate::base::profile::Profile;
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::ctx::Ctx;

use super::book::OpenInbox;

/// What an adapter gives back when it has to wait for the platform.
pub type Waiting<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// How a message that was handed to a platform ended.
#[derive(Debug)]
pub enum SendOutcome {
    /// The platform took it.
    Sent,
    /// The platform will not take it; why, in a stable code and in words for the agent.
    Refused {
        /// Stable name, translated in the console.
        code: &'static str,
        /// What the platform said, for the agent.
        message: String,
        /// The window is closed: nothing more can be sent until the customer acts.
        closes_window: bool,
        /// The person does not follow any more.
        unfollowed: bool,
    },
    /// It surely did not arrive: try again after so many milliseconds.
    Later {
        /// Milliseconds to wait.
        pause: i64,
        /// Why.
        error: Error,
    },
    /// It may have arrived or not. It is never sent again by itself.
    Unknown(String),
}

impl SendOutcome {
    /// The code of a refusal that is not about the message: the account has no right to send at all.
    pub const NOT_ALLOWED: &str = "wechat.send_not_allowed";
}

/// A file as the platform handed it out.
#[derive(Debug)]
pub enum Fetched {
    /// The bytes.
    Bytes(Vec<u8>),
    /// The platform no longer has it.
    Gone(String),
    /// Not now: try again after so many milliseconds.
    Later(i64, Error),
}

/// What came of asking a platform about a person.
#[derive(Debug)]
pub enum Introduction {
    /// This is known.
    Known(Profile),
    /// The platform knows no such person, or tells nothing about them.
    Nothing,
    /// The account may not ask, now or at all.
    Refused {
        /// Stable name, translated in the console.
        code: &'static str,
        /// What the platform said, for the operator.
        message: String,
        /// When to try again.
        until: Time,
    },
    /// Not now: try again after so many milliseconds.
    Later(i64, Error),
}

/// One step of an inbox's check of itself.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CheckStep {
    /// Which step: `url`, `token`, `address_list`, `menu`, `people`.
    pub name: &'static str,
    /// How it went.
    pub state: CheckState,
    /// Stable name of the finding, translated in the console.
    pub code: &'static str,
    /// The finding in words.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// Right.
    Ok,
    /// Wrong.
    Failed,
    /// Waits for something to happen outside.
    Waiting,
}

/// A button of an account's menu, in our words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MenuButton {
    /// What it reads.
    pub name: String,
    /// `sub` (has children), `click`, `view`, `mini_program`, or another kind of the platform.
    pub kind: String,
    /// What comes back when it is tapped (kind `click`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Where it leads (kinds `view`, `mini_program`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The mini program's AppID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// The mini program's page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_path: Option<String>,
    /// The platform's own material that it sends or opens, for kinds of the platform's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_id: Option<String>,
    /// The platform's own article, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article_id: Option<String>,
    /// The buttons below it (kind `sub`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub children: Vec<MenuButton>,
}

/// A platform, as the house sees it.
pub trait Adapter: Send + Sync {
    /// Which inboxes it serves.
    fn kind(&self) -> &'static str;

    /// Refuses settings and secrets that cannot work, field by field.
    fn check_settings(&self, settings: &serde_json::Value, secrets: &super::model::Secrets) -> Result<()>;

    /// The content as the body of the platform's own HTTP answer to `asked`, where it can be said at once.
    /// `platform_id` gives the platform's id of one of our files, where it is known and good.
    fn instant_answer(
        &self,
        inbox: &OpenInbox,
        to: &str,
        asked: &Content,
        content: &Content,
        at: Time,
        platform_id: &mut dyn FnMut(MediaId) -> Option<String>,
    ) -> Option<Vec<u8>>;

    /// The content in parts that the platform takes, in order.
    fn split(&self, content: &Content, at: Time) -> Vec<Content>;

    /// Sends one part by the platform's API.
    fn send<'a>(
        &'a self,
        ctx: &'a Ctx,
        inbox: &'a OpenInbox,
        to: &'a str,
        content: &'a Content,
    ) -> Waiting<'a, SendOutcome>;

    /// Shows the customer that somebody is typing, where the platform can. Failing is no harm.
    fn typing<'a>(&'a self, ctx: &'a Ctx, inbox: &'a OpenInbox, to: &'a str) -> Waiting<'a, ()>;

    /// Fetches a file that a customer sent.
    fn fetch<'a>(&'a self, ctx: &'a Ctx, inbox: &'a OpenInbox, platform_id: &'a str) -> Waiting<'a, Fetched>;

    /// Asks who a person is.
    fn introduce<'a>(
        &'a self,
        ctx: &'a Ctx,
        inbox: &'a OpenInbox,
        source_id: &'a str,
    ) -> Waiting<'a, Introduction>;

    /// Reads a stored callback again: what it says, as far as we understand it now.
    fn read_again(&self, raw: &[u8]) -> Result<Content>;

    /// Checks the inbox against the platform, step by step.
    fn check<'a>(&'a self, ctx: &'a Ctx, inbox: &'a OpenInbox) -> Waiting<'a, Vec<CheckStep>>;

    /// Refuses a menu that the platform would refuse, naming the button.
    fn check_menu(&self, buttons: &[MenuButton]) -> Result<()>;

    /// Makes this the account's menu.
    fn publish_menu<'a>(
        &'a self,
        ctx: &'a Ctx,
        inbox: &'a OpenInbox,
        buttons: &'a [MenuButton],
    ) -> Waiting<'a, Result<()>>;

    /// Reads the account's menu.
    fn pull_menu<'a>(&'a self, ctx: &'a Ctx, inbox: &'a OpenInbox) -> Waiting<'a, Result<Vec<MenuButton>>>;
}

/// The adapters of this server by kind; filled once at the start.
#[derive(Default)]
pub struct Adapters(OnceLock<HashMap<&'static str, Arc<dyn Adapter>>>);

impl Adapters {
    /// Names the adapters. A second call changes nothing.
    pub fn fill(&self, adapters: Vec<Arc<dyn Adapter>>) {
        let _ = self.0.set(adapters.into_iter().map(|it| (it.kind(), it)).collect());
    }

    /// The adapter for inboxes of this kind.
    pub fn get(&self, kind: &str) -> Result<Arc<dyn Adapter>> {
        self.0.get().and_then(|it| it.get(kind)).cloned().ok_or_else(|| {
            Error::invalid("inbox.kind", format!("there is no channel of kind {kind}"))
                .field("kind", "unknown")
        })
    }
}
