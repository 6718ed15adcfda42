//! WeChat official accounts.
//!
//! `hook` is the callback address: it opens, lets `translate` turn the platform's words into ours,
//! hands the message in and seals the answer. The rest goes the other way: `send`, `fetch`, `menu`
//! and `check` call the platform, with the token that `token` keeps.

mod call;
mod card;
mod check;
mod fetch;
pub mod hook;
mod menu;
mod people;
mod reply;
mod send;
mod settings;
mod token;
mod translate;

pub use token::forget;

use crate::base::Result;
use crate::base::content::Content;
use crate::base::id::MediaId;
use crate::base::time::Time;
use crate::channels::adapter::{Adapter, CheckStep, Fetched, Introduction, MenuButton, SendOutcome, Waiting};
use crate::channels::book::OpenInbox;
use crate::channels::model::Secrets;
use crate::ctx::Ctx;

/// The kind of inbox that this adapter serves.
pub const KIND: &str = "wechat";

/// WeChat official accounts, as the house sees them.
#[derive(Debug, Default)]
pub struct WechatAdapter;

impl Adapter for WechatAdapter {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn check_settings(&self, settings: &serde_json::Value, secrets: &Secrets) -> Result<()> {
        settings::check(settings, secrets)
    }

    fn instant_answer(
        &self,
        inbox: &OpenInbox,
        to: &str,
        asked: &Content,
        content: &Content,
        at: Time,
        platform_id: &mut dyn FnMut(MediaId) -> Option<String>,
    ) -> Option<Vec<u8>> {
        let reply = reply::reply(asked, content, at, platform_id)?;
        reply::instant_answer(inbox, to, reply, at)
    }

    fn split(&self, content: &Content, at: Time) -> Vec<Content> {
        send::split(content, at)
    }

    fn send<'a>(
        &'a self,
        ctx: &'a Ctx,
        inbox: &'a OpenInbox,
        to: &'a str,
        content: &'a Content,
    ) -> Waiting<'a, SendOutcome> {
        Box::pin(send::send(ctx, inbox, to, content))
    }

    fn typing<'a>(&'a self, ctx: &'a Ctx, inbox: &'a OpenInbox, to: &'a str) -> Waiting<'a, ()> {
        Box::pin(send::typing(ctx, inbox, to))
    }

    fn fetch<'a>(&'a self, ctx: &'a Ctx, inbox: &'a OpenInbox, platform_id: &'a str) -> Waiting<'a, Fetched> {
        Box::pin(fetch::fetch(ctx, inbox, platform_id))
    }

    fn introduce<'a>(
        &'a self,
        ctx: &'a Ctx,
        inbox: &'a OpenInbox,
        source_id: &'a str,
    ) -> Waiting<'a, Introduction> {
        Box::pin(people::introduce(ctx, inbox, source_id))
    }

    fn read_again(&self, raw: &[u8]) -> Result<Content> {
        translate::content_of(raw)
    }

    fn check<'a>(&'a self, ctx: &'a Ctx, inbox: &'a OpenInbox) -> Waiting<'a, Vec<CheckStep>> {
        Box::pin(check::check(ctx, inbox))
    }

    fn check_menu(&self, buttons: &[MenuButton]) -> Result<()> {
        menu::check(buttons)
    }

    fn publish_menu<'a>(
        &'a self,
        ctx: &'a Ctx,
        inbox: &'a OpenInbox,
        buttons: &'a [MenuButton],
    ) -> Waiting<'a, Result<()>> {
        Box::pin(menu::publish(ctx, inbox, buttons))
    }

    fn pull_menu<'a>(&'a self, ctx: &'a Ctx, inbox: &'a OpenInbox) -> Waiting<'a, Result<Vec<MenuButton>>> {
        Box::pin(menu::pull(ctx, inbox))
    }
}
