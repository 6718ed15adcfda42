//! Accounts and their callback addresses.

use axum::Json;
use axum::extract::{Path, State};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use super::{Input, Problem, Reply};
use crate::callback::verify;
use crate::platform::Platform;
use crate::world::{Account, AccountKind, Callback, Format, Kind, Mode};

/// A new account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAccount {
    app_id: String,
    app_secret: String,
    original_id: String,
    name: String,
    account_kind: Option<AccountKind>,
    token: Option<String>,
    aes_key: Option<String>,
    callback_url: Option<String>,
    mode: Option<Mode>,
    format: Option<Format>,
    #[serde(default)]
    ip_list: Vec<String>,
    /// Keep the callback address even when it does not answer the verification.
    #[serde(default)]
    unverified: bool,
}

/// Lists the accounts.
pub(crate) async fn list(State(platform): State<Platform>) -> Reply {
    let world = platform.world();
    let items: Vec<_> = world.accounts.values().map(Account::view).collect();
    Ok(Json(json!({ "items": items })))
}

/// One account with everything an operator would see in the platform's console.
pub(crate) async fn show(State(platform): State<Platform>, Path(app_id): Path<String>) -> Reply {
    let world = platform.world();
    let account = world.accounts.get(&app_id).ok_or_else(|| Problem::missing("account"))?;
    let mut view = account.view();
    view["app_secret"] = json!(account.app_secret);
    view["callback"] = json!(account.callback);
    Ok(Json(view))
}

/// Makes an account, or changes the basic facts of the one with this AppID.
pub(crate) async fn create(State(platform): State<Platform>, Input(new): Input<NewAccount>) -> Reply {
    if new.app_id.is_empty() || new.app_secret.is_empty() || new.original_id.is_empty() {
        return Err(Problem::invalid("app_id, app_secret and original_id must not be empty"));
    }
    platform.act(|world| {
        let kind = new.account_kind.unwrap_or(AccountKind::Service);
        let account = world.accounts.entry(new.app_id.clone()).or_insert_with(|| {
            Account::new(new.app_id.clone(), String::new(), String::new(), String::new(), kind)
        });
        account.app_secret.clone_from(&new.app_secret);
        account.original_id.clone_from(&new.original_id);
        account.name.clone_from(&new.name);
        account.kind = kind;
        account.ip_list.clone_from(&new.ip_list);
        let line = world.line(Kind::Note, format!("Account {} ({})", new.name, new.app_id));
        world.note(line);
        world.tell(&json!({ "accounts": true }));
    });
    let mut verification = json!(null);
    if let Some(url) = new.callback_url {
        let wish = NewCallback {
            url,
            token: new.token.ok_or_else(|| Problem::invalid("callback_url needs token"))?,
            aes_key: new.aes_key.unwrap_or_default(),
            mode: new.mode.unwrap_or(Mode::Safe),
            format: new.format.unwrap_or_default(),
            unverified: new.unverified,
        };
        verification = set(&platform, &new.app_id, wish).await?;
    }
    let Json(mut view) = show(State(platform), Path(new.app_id)).await?;
    view["verification"] = verification;
    Ok(Json(view))
}

/// What a tester may change.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changes {
    name: Option<String>,
    app_secret: Option<String>,
    ip_list: Option<Vec<String>>,
    /// The date whose limits apply; `""` = today's again.
    rules_date: Option<String>,
    has_unionid: Option<bool>,
}

/// Changes an account.
pub(crate) async fn change(
    State(platform): State<Platform>,
    Path(app_id): Path<String>,
    Input(changes): Input<Changes>,
) -> Reply {
    {
        let mut world = platform.world();
        let account = world.accounts.get_mut(&app_id).ok_or_else(|| Problem::missing("account"))?;
        if let Some(date) = changes.rules_date {
            account.rules_date = match date.as_str() {
                "" => None,
                text => Some(
                    text.parse::<Date>()
                        .map_err(|_| Problem::invalid("rules_date is a date such as 2013-08-01"))?,
                ),
            };
        }
        account.name = changes.name.unwrap_or_else(|| account.name.clone());
        account.app_secret = changes.app_secret.unwrap_or_else(|| account.app_secret.clone());
        account.ip_list = changes.ip_list.unwrap_or_else(|| account.ip_list.clone());
        account.has_unionid = changes.has_unionid.unwrap_or(account.has_unionid);
        world.tell(&json!({ "accounts": true }));
    }
    show(State(platform), Path(app_id)).await
}

/// What the operator types into the platform's console.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCallback {
    url: String,
    token: String,
    #[serde(default)]
    aes_key: String,
    mode: Mode,
    #[serde(default)]
    format: Format,
    #[serde(default)]
    unverified: bool,
}

/// Verifies the address and, when it answers, pushes there from now on.
pub(crate) async fn set_callback(
    State(platform): State<Platform>,
    Path(app_id): Path<String>,
    Input(wish): Input<NewCallback>,
) -> Reply {
    Ok(Json(set(&platform, &app_id, wish).await?))
}

async fn set(platform: &Platform, app_id: &str, wish: NewCallback) -> Result<serde_json::Value, Problem> {
    check(&wish)?;
    let seconds = platform.world().now() / 1000;
    let verification = verify(&platform.http, &wish.url, &wish.token, seconds).await;
    let mut world = platform.world();
    if !world.accounts.contains_key(app_id) {
        return Err(Problem::missing("account"));
    }
    let mut line = world.line(Kind::Note, format!("Callback address verified: {}", verification.message));
    line.app_id = Some(app_id.to_owned());
    line.ok = verification.ok;
    line.detail = json!(verification);
    world.note(line);
    if (verification.ok || wish.unverified)
        && let Some(account) = world.accounts.get_mut(app_id)
    {
        let old = account.callback.take().map(|old| (old.aes_key, old.previous_key));
        let previous_key = old.and_then(|(key, before)| if key == wish.aes_key { before } else { Some(key) });
        account.callback = Some(Callback {
            previous_key,
            url: wish.url,
            token: wish.token,
            aes_key: wish.aes_key,
            mode: wish.mode,
            format: wish.format,
            verified: verification.ok,
        });
        world.tell(&json!({ "accounts": true }));
    }
    Ok(json!(verification))
}

fn check(wish: &NewCallback) -> Result<(), Problem> {
    let url = url::Url::parse(&wish.url).map_err(|error| Problem::invalid(format!("url: {error}")))?;
    if !["http", "https"].contains(&url.scheme()) {
        return Err(Problem::invalid("url must begin with http:// or https://"));
    }
    if !(3..=32).contains(&wish.token.len()) || !wish.token.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Problem::invalid("token: 3 to 32 letters and digits"));
    }
    if wish.mode != Mode::Plain && wechat::crypto::AesKey::parse(&wish.aes_key).is_err() {
        return Err(Problem::invalid("aes_key: exactly 43 letters and digits"));
    }
    Ok(())
}

/// The live parametric codes of an account.
pub(crate) async fn codes(State(platform): State<Platform>, Path(app_id): Path<String>) -> Reply {
    let world = platform.world();
    let account = world.accounts.get(&app_id).ok_or_else(|| Problem::missing("account"))?;
    let items = crate::api::qrcode::live(account.codes.values().cloned(), world.now());
    Ok(Json(json!({ "items": items })))
}
