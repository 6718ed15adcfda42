//! An inbox checks itself against the platform, step by step, and says in plain words what is wrong.

use wechat::api::account;
use wechat::error::CallError;

use crate::channels::adapter::{CheckState, CheckStep};
use crate::channels::book::OpenInbox;
use crate::channels::model::PEOPLE;
use crate::channels::store;
use crate::ctx::Ctx;

use super::{call, menu};

/// The steps, in the order in which an operator sets an account up.
pub(super) async fn check(ctx: &Ctx, inbox: &OpenInbox) -> Vec<CheckStep> {
    let token = check_token(ctx, inbox).await;
    let usable = token.state == CheckState::Ok;
    let mut steps = vec![token];
    if usable {
        steps.push(check_addresses(ctx, inbox).await);
        steps.push(check_menu(ctx, inbox).await);
    }
    steps.push(check_url(ctx, inbox).await);
    steps.extend(check_people(ctx, inbox).await);
    steps
}

fn step(
    name: &'static str,
    state: CheckState,
    code: &'static str,
    message: impl Into<String>,
    advice: Option<&str>,
) -> CheckStep {
    CheckStep { name, state, code, message: message.into(), advice: advice.map(str::to_owned) }
}

async fn check_token(ctx: &Ctx, inbox: &OpenInbox) -> CheckStep {
    match call::token(ctx, inbox).await {
        Ok(()) => step(
            "token",
            CheckState::Ok,
            "check.token_ok",
            "WeChat gave an access token: AppID and AppSecret are right.",
            None,
        ),
        Err(error) => {
            let (code, advice) = token_advice(&error);
            step("token", CheckState::Failed, code, call::explain(&error).message, Some(advice))
        }
    }
}

fn token_advice(error: &CallError) -> (&'static str, &'static str) {
    match error.code() {
        Some(40164) => (
            "check.address_not_listed",
            "Add this server's public address to the IP whitelist in the platform's console (settings and development, basic configuration).",
        ),
        Some(40013) => {
            ("check.app_id_wrong", "The AppID is unknown: copy it again from the platform's console.")
        }
        Some(40001 | 40125) => (
            "check.app_secret_wrong",
            "The AppSecret is wrong: reset it in the platform's console and enter the new one here.",
        ),
        None => (
            "check.unreachable",
            "The platform cannot be reached: check the server's way out (proxy, firewall, name service) and settings.api_base.",
        ),
        _ => (
            "check.token_refused",
            "See the meaning above; the platform's console shows the account's state.",
        ),
    }
}

async fn check_addresses(ctx: &Ctx, inbox: &OpenInbox) -> CheckStep {
    match call::call(ctx, inbox, &account::callback_addresses()).await {
        Ok(list) => step(
            "address_list",
            CheckState::Ok,
            "check.addresses_ok",
            format!(
                "WeChat calls from {} addresses; let them through to the callback address.",
                list.ip_list.len()
            ),
            None,
        ),
        Err(error) => step(
            "address_list",
            CheckState::Failed,
            "check.addresses_failed",
            call::explain(&error).message,
            None,
        ),
    }
}

async fn check_menu(ctx: &Ctx, inbox: &OpenInbox) -> CheckStep {
    match menu::pull(ctx, inbox).await {
        Ok(buttons) if buttons.is_empty() => step(
            "menu",
            CheckState::Waiting,
            "check.menu_none",
            "The account has no menu yet.",
            Some("Draw one under Bot, WeChat menu, and publish it."),
        ),
        Ok(buttons) => step(
            "menu",
            CheckState::Ok,
            "check.menu_ok",
            format!("The account's menu has {} buttons.", buttons.len()),
            None,
        ),
        Err(error) if error.message.contains("48001") => step(
            "menu",
            CheckState::Failed,
            "check.menu_not_allowed",
            error.message,
            Some("This account may not use menus by API: get it certified, or go without."),
        ),
        Err(error) => step("menu", CheckState::Failed, "check.menu_failed", error.message, None),
    }
}

/// Whether the account may ask who its followers are; silent where nothing was refused.
async fn check_people(ctx: &Ctx, inbox: &OpenInbox) -> Option<CheckStep> {
    let (tenant, id) = (inbox.inbox.tenant, inbox.inbox.id);
    let troubles = ctx.db.read(move |tx| store::list_troubles(tx, tenant, id)).await.unwrap_or_default();
    let trouble = troubles.into_iter().find(|it| it.feature == PEOPLE)?;
    let advice = "Customers are served all the same; only remarks, languages and the recognition of one person on \
                  two accounts are missing. A certified account may ask; the house tries again by itself.";
    Some(step("people", CheckState::Failed, "check.people_refused", trouble.message, Some(advice)))
}

/// The platform proves the address only when the operator saves it there, so what counts is whether
/// it ever called.
async fn check_url(ctx: &Ctx, inbox: &OpenInbox) -> CheckStep {
    let (tenant, id) = (inbox.inbox.tenant, inbox.inbox.id);
    let heard = ctx.db.read(move |tx| store::last_inbound_at(tx, tenant, id)).await.unwrap_or_default();
    let verified = ctx.shelf.get::<super::hook::Verified>().contains(id);
    match (heard, verified) {
        (Some(at), _) => step(
            "url",
            CheckState::Ok,
            "check.url_heard",
            format!("Messages arrive; the last one came at {at}."),
            None,
        ),
        (None, true) => step(
            "url",
            CheckState::Ok,
            "check.url_verified",
            "WeChat has verified the callback address; no message has come yet.",
            Some("Follow the account with a phone and write a message."),
        ),
        (None, false) => step(
            "url",
            CheckState::Waiting,
            "check.url_silent",
            "WeChat has not called this address yet.",
            Some(
                "Copy the callback address, the token and the EncodingAESKey into the platform's console (basic configuration, server configuration), choose the same mode, and press submit there.",
            ),
        ),
    }
}
