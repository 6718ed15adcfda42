//! A call to the platform for one account: base address, token, one repetition when it is refused.

use serde::de::DeserializeOwned;

use wechat::api::client::{Client, Download, Timeouts};
use wechat::api::request::Call;
use wechat::error::{Asked, CallError, Outcome, Reaction, advice};

use crate::base::Error;
use crate::channels::book::OpenInbox;
use crate::ctx::Ctx;
use crate::egress;

use super::settings;
use super::token::{App, Keepers};

/// The largest file that a customer can send.
pub(super) const LARGEST_FILE: usize = 32 * 1024 * 1024;

fn app(ctx: &Ctx, inbox: &OpenInbox) -> Result<App, CallError> {
    let prepared = settings::prepared(inbox);
    egress::check(&ctx.config.egress, &prepared.api_base).map_err(|error| CallError::Transport {
        outcome: Outcome::NotDone,
        is_timeout: false,
        detail: error.message,
    })?;
    let timeouts = Timeouts { call: ctx.config.egress.timeout, ..Timeouts::default() };
    let client = Client::new(ctx.http.clone(), &prepared.api_base, timeouts)?;
    Ok(App { id: prepared.account.app_id.clone(), secret: prepared.app_secret.clone(), client })
}

/// Sends a call with the kept token.
pub(super) async fn call<A: DeserializeOwned>(
    ctx: &Ctx,
    inbox: &OpenInbox,
    call: &Call<A>,
) -> Result<A, CallError> {
    let app = app(ctx, inbox)?;
    let keeper = ctx.shelf.get::<Keepers>().of(ctx, inbox.inbox.id, &app);
    keeper.call(&app.client, call, ctx.clock.now().seconds()).await
}

/// Fetches a file with the kept token.
pub(super) async fn download(
    ctx: &Ctx,
    inbox: &OpenInbox,
    call: &Call<Download>,
) -> Result<Download, CallError> {
    let app = app(ctx, inbox)?;
    let keeper = ctx.shelf.get::<Keepers>().of(ctx, inbox.inbox.id, &app);
    let token = keeper.get(ctx.clock.now().seconds()).await?;
    match app.client.download(&token.value, call, LARGEST_FILE).await {
        Err(error) if error.is_token_refused() => {
            let token = keeper.replace(&token).await?;
            app.client.download(&token.value, call, LARGEST_FILE).await
        }
        result => result,
    }
}

/// Whether the account's token can be had: the first question of a check.
pub(super) async fn token(ctx: &Ctx, inbox: &OpenInbox) -> Result<(), CallError> {
    let app = app(ctx, inbox)?;
    let keeper = ctx.shelf.get::<Keepers>().of(ctx, inbox.inbox.id, &app);
    keeper.get(ctx.clock.now().seconds()).await.map(|_| ())
}

/// A failed call in plain words, for whoever asked for it.
pub(super) fn explain(error: &CallError) -> Error {
    let words = match error.code() {
        Some(code) => format!("WeChat refused: {} (error {code})", advice(code, Asked::Api).meaning),
        None => format!("WeChat could not be asked: {error}"),
    };
    match error.reaction(Asked::Api) {
        Reaction::TellAuthor => Error::invalid("wechat.refused", words),
        _ => Error::upstream("wechat.failed", words),
    }
}
