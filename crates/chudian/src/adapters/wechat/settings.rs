//! The settings and secrets of an account, checked field by field.

use serde::{Deserialize, Serialize};

use wechat::callback::{Account, Mode};
use wechat::crypto::AesKey;

use crate::base::{Error, Result};
use crate::channels::book::OpenInbox;
use crate::channels::model::Secrets;

/// What the operator types, besides the secrets.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// `wx…`
    pub(super) app_id: String,
    /// `gh_…`
    pub(super) original_id: String,
    /// `service`, `subscription` or `test`.
    pub(super) account_kind: AccountKind,
    /// How callbacks are sealed.
    pub(super) mode: Mode,
    /// The platform's address, when it is not the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) api_base: Option<String>,
}

/// What sort of account it is: it decides what the platform allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum AccountKind {
    Service,
    Subscription,
    Test,
}

/// What is made of settings and secrets once, for every callback.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) account: Account,
    pub(super) app_secret: String,
    pub(super) api_base: String,
}

/// The prepared form of an open inbox.
pub(super) fn prepared(inbox: &OpenInbox) -> std::sync::Arc<Prepared> {
    inbox.prepared(|it| {
        // What is stored was checked when it was written; a row that was changed by hand
        // gives an account whose signature never matches.
        let settings: Option<Settings> = serde_json::from_value(it.inbox.settings.clone()).ok();
        let secret = |name: &str| it.secrets.get(name).to_owned();
        let key = |name: &str| AesKey::parse(it.secrets.get(name)).ok();
        Prepared {
            account: Account {
                token: secret("token"),
                app_id: settings.as_ref().map(|it| it.app_id.clone()).unwrap_or_default(),
                original_id: settings.as_ref().map(|it| it.original_id.clone()),
                aes_key: key("aes_key"),
                previous_aes_key: key("previous_aes_key"),
                mode: settings.as_ref().map_or(Mode::Safe, |it| it.mode),
            },
            app_secret: secret("app_secret"),
            api_base: settings
                .and_then(|it| it.api_base)
                .unwrap_or_else(|| wechat::api::client::DEFAULT_BASE_URL.to_owned()),
        }
    })
}

/// Refuses what cannot work, naming each wrong field and what would be right.
pub(super) fn check(settings: &serde_json::Value, secrets: &Secrets) -> Result<()> {
    let settings: Settings = serde_json::from_value(settings.clone()).map_err(|error| {
        Error::invalid("inbox.settings", format!("the settings are not complete: {error}"))
    })?;
    let mut wrong = Error::invalid("inbox.settings", "some settings cannot be right; see each field");
    if !is_word(&settings.app_id, 6, 64) {
        wrong = wrong.field("settings.app_id", "the AppID starts with wx and has letters and digits only");
    }
    if !(settings.original_id.starts_with("gh_") && is_word(&settings.original_id[3..], 4, 60)) {
        wrong = wrong.field("settings.original_id", "the original id starts with gh_");
    }
    if let Some(base) = &settings.api_base
        && url::Url::parse(base).is_err()
    {
        wrong =
            wrong.field("settings.api_base", "an address that starts with https:// (or http:// for a test)");
    }
    if !is_word(secrets.get("token"), 3, 32) {
        wrong =
            wrong.field("secrets.token", "3 to 32 letters and digits, the same as in the platform's console");
    }
    if secrets.get("app_secret").trim().is_empty() {
        wrong = wrong.field("secrets.app_secret", "copy the AppSecret from the platform's console");
    }
    let key = secrets.get("aes_key");
    if (settings.mode != Mode::Plain || !key.is_empty()) && AesKey::parse(key).is_err() {
        wrong = wrong.field("secrets.aes_key", "the EncodingAESKey has 43 letters and digits");
    }
    if wrong.fields.is_empty() { Ok(()) } else { Err(wrong) }
}

fn is_word(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.len())
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_' || it == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wrong_field_is_named() {
        let settings = |app_id: &str, mode: &str| serde_json::json!({"app_id": app_id, "original_id": "gh_5f1c2a3b4d5e", "account_kind": "service", "mode": mode});
        let secrets = |token: &str, key: &str| {
            Secrets(
                [("token", token), ("aes_key", key), ("app_secret", "s")]
                    .map(|(a, b)| (a.to_owned(), b.to_owned()))
                    .into(),
            )
        };
        let key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
        for (settings, secrets, wrong) in [
            (settings("wx2c2769f8efd9abc2", "safe"), secrets("token", key), vec![]),
            (settings("wx2c2769f8efd9abc2", "plain"), secrets("token", ""), vec![]),
            (
                settings("w", "safe"),
                secrets("t", "short"),
                vec!["secrets.aes_key", "secrets.token", "settings.app_id"],
            ),
        ] {
            let found = check(&settings, &secrets).err().map(|it| it.fields.into_keys().collect::<Vec<_>>());
            assert_eq!(found.unwrap_or_default(), wrong);
        }
        assert!(check(&serde_json::json!({"app_id": 1}), &secrets("token", key)).is_err());
    }
}
