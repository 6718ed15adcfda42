//! The tables of the bot: keyword rules, menus, settings. What a thread's bot remembers is written by
//! the door that lets messages in.

use retrieval::keyword::Mode;

use crate::base::id::{InboxId, KeywordId, TenantId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::conversations::model::Thread;
use crate::db::{Row, Tx, args};
use crate::knowledge::model::{AnswerMode, Validity};

use super::model::{Keyword, KeywordBody};
use super::settings::BotSettings;

// Keyword rules ------------------------------------------------------------------------------------

/// Rules before the key `before`, newest first, whose words or answers contain `pattern` (a `like`
/// pattern in lower case, `\` as escape; empty for all).
pub fn list_keywords(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    pattern: &str,
    before: Option<KeywordId>,
    limit: u32,
) -> Result<Vec<Keyword>> {
    tx.all(
        r"select id, words, match_kind, answers, answer_mode, priority, valid_from, valid_until, enabled, version, updated_at
          from keywords
          where tenant_id = $1 and id < $2
            and ($3 = '' or lower(words) like $3 escape '\' or lower(answers) like $3 escape '\')
          order by id desc limit $4",
        args![tenant, before.unwrap_or(KeywordId(i64::MAX)), pattern, limit],
        keyword,
    )
}

/// All rules of the tenant, oldest first.
pub fn list_all_keywords(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<Keyword>> {
    tx.all(
        "select id, words, match_kind, answers, answer_mode, priority, valid_from, valid_until, enabled, version, updated_at
         from keywords where tenant_id = $1 order by id",
        args![tenant],
        keyword,
    )
}

/// How many rules the tenant has.
pub fn count_keywords(tx: &mut Tx<'_>, tenant: TenantId) -> Result<i64> {
    let sql = "select count(*) from keywords where tenant_id = $1";
    Ok(tx.first(sql, args![tenant], |row| row.get(0))?.unwrap_or_default())
}

/// One rule.
pub fn find_keyword(tx: &mut Tx<'_>, tenant: TenantId, id: KeywordId) -> Result<Option<Keyword>> {
    tx.first(
        "select id, words, match_kind, answers, answer_mode, priority, valid_from, valid_until, enabled, version, updated_at
         from keywords where tenant_id = $1 and id = $2",
        args![tenant, id],
        keyword,
    )
}

/// Writes a new rule.
pub fn insert_keyword(tx: &mut Tx<'_>, tenant: TenantId, keyword: &Keyword) -> Result<()> {
    let Keyword { id, body, version, updated_at } = keyword;
    tx.execute(
        "insert into keywords (id, tenant_id, words, match_kind, answers, answer_mode, priority, valid_from, valid_until, enabled, version, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            *id,
            tenant,
            json(&body.words)?,
            mode_name(body.mode),
            json(&body.answers)?,
            body.answer_mode.name(),
            body.priority,
            body.validity.from,
            body.validity.until,
            body.enabled,
            *version,
            *updated_at
        ],
    )?;
    Ok(())
}

/// Writes a rule over the version before its own; false when that is not there any more.
pub fn update_keyword(tx: &mut Tx<'_>, tenant: TenantId, keyword: &Keyword) -> Result<bool> {
    let Keyword { id, body, version, updated_at } = keyword;
    let changed = tx.execute(
        "update keywords set words = $3, match_kind = $4, answers = $5, answer_mode = $6, priority = $7, valid_from = $8,
                valid_until = $9, enabled = $10, version = $11, updated_at = $12
         where tenant_id = $1 and id = $2 and version + 1 = $11",
        args![
            tenant,
            *id,
            json(&body.words)?,
            mode_name(body.mode),
            json(&body.answers)?,
            body.answer_mode.name(),
            body.priority,
            body.validity.from,
            body.validity.until,
            body.enabled,
            *version,
            *updated_at
        ],
    )?;
    Ok(changed > 0)
}

/// Removes a rule; false when it is gone.
pub fn delete_keyword(tx: &mut Tx<'_>, tenant: TenantId, id: KeywordId) -> Result<bool> {
    Ok(tx.execute("delete from keywords where tenant_id = $1 and id = $2", args![tenant, id])? > 0)
}

fn keyword(row: &Row<'_>) -> Result<Keyword> {
    let body = KeywordBody {
        words: row.json(1)?,
        mode: mode_from_name(&row.get::<String>(2)?),
        answers: row.json(3)?,
        answer_mode: AnswerMode::from_name(&row.get::<String>(4)?),
        priority: i32::try_from(row.get::<i64>(5)?).unwrap_or_default(),
        validity: Validity { from: row.get(6)?, until: row.get(7)? },
        enabled: row.get(8)?,
    };
    Ok(Keyword { id: row.get(0)?, body, version: row.get(9)?, updated_at: row.get(10)? })
}

fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Exact => "exact",
        Mode::ContainsAll => "contains_all",
        Mode::ContainsAny => "contains_any",
        Mode::Prefix => "prefix",
        Mode::Regex => "regex",
    }
}

fn mode_from_name(name: &str) -> Mode {
    match name {
        "contains_all" => Mode::ContainsAll,
        "contains_any" => Mode::ContainsAny,
        "prefix" => Mode::Prefix,
        "regex" => Mode::Regex,
        _ => Mode::Exact,
    }
}

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::internal("bot.json", "a rule could not be written down").because(error))
}

// Menus --------------------------------------------------------------------------------------------

/// Which menu of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Menu {
    /// The one that customers walk by typing digits.
    Text,
    /// The buttons of an account.
    Account(InboxId),
}

impl Menu {
    fn key(self) -> (&'static str, InboxId) {
        match self {
            Self::Text => ("text", InboxId(0)),
            Self::Account(inbox) => ("account", inbox),
        }
    }
}

/// A menu as it is stored.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StoredMenu<T> {
    /// What it shows.
    pub tree: T,
    /// Rises with each change; 0 when nothing was ever written.
    pub version: i64,
    /// When it was changed last.
    pub updated_at: Option<Time>,
    /// The version that the platform has.
    pub published_version: Option<i64>,
    /// Since when.
    pub published_at: Option<Time>,
}

/// A menu, if one was written.
pub fn find_menu<T: serde::de::DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    menu: Menu,
) -> Result<Option<StoredMenu<T>>> {
    let (kind, inbox) = menu.key();
    tx.first(
        "select tree, version, updated_at, published_version, published_at from menus
         where tenant_id = $1 and kind = $2 and inbox_id = $3",
        args![tenant, kind, inbox],
        |row| {
            Ok(StoredMenu {
                tree: row.json(0)?,
                version: row.get(1)?,
                updated_at: row.get(2)?,
                published_version: row.get(3)?,
                published_at: row.get(4)?,
            })
        },
    )
}

/// The account menus of all inboxes of the tenant.
pub fn list_account_menus<T: serde::de::DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: TenantId,
) -> Result<Vec<(InboxId, T)>> {
    tx.all(
        "select inbox_id, tree from menus where tenant_id = $1 and kind = 'account' order by inbox_id",
        args![tenant],
        |row| Ok((row.get(0)?, row.json(1)?)),
    )
}

/// Writes a menu as `version`, over the one before; false when that is not there any more.
pub fn put_menu<T: serde::Serialize>(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    menu: Menu,
    tree: &T,
    version: i64,
) -> Result<bool> {
    let (kind, inbox) = menu.key();
    let now = tx.now();
    let changed = tx.execute(
        "insert into menus (tenant_id, kind, inbox_id, tree, version, updated_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (tenant_id, kind, inbox_id)
         do update set tree = excluded.tree, version = excluded.version, updated_at = excluded.updated_at
         where menus.version = excluded.version - 1",
        args![tenant, kind, inbox, json(tree)?, version, now],
    )?;
    Ok(changed > 0)
}

/// Notes that the platform has this version now.
pub fn set_published(tx: &mut Tx<'_>, tenant: TenantId, inbox: InboxId, version: i64) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "update menus set published_version = $3, published_at = $4 where tenant_id = $1 and kind = 'account' and inbox_id = $2",
        args![tenant, inbox, version, now],
    )?;
    Ok(())
}

// Settings -----------------------------------------------------------------------------------------

/// Removes all rules: what a load target does before it writes others.
pub fn delete_all_keywords(tx: &mut Tx<'_>, tenant: TenantId) -> Result<u64> {
    tx.execute("delete from keywords where tenant_id = $1", args![tenant])
}

/// The tenant's settings and their version; defaults and 0 when none were ever written.
pub fn get_settings(tx: &mut Tx<'_>, tenant: TenantId) -> Result<(BotSettings, i64)> {
    let found =
        tx.first("select body, version from bot_settings where tenant_id = $1", args![tenant], |row| {
            Ok((row.json(0)?, row.get(1)?))
        })?;
    Ok(found.unwrap_or_default())
}

/// Writes the tenant's settings as `version`, over the one before; false when that is not there any more.
pub fn put_settings(tx: &mut Tx<'_>, tenant: TenantId, settings: &BotSettings, version: i64) -> Result<bool> {
    let now = tx.now();
    let changed = tx.execute(
        "insert into bot_settings (tenant_id, body, version, updated_at) values ($1, $2, $3, $4)
         on conflict (tenant_id)
         do update set body = excluded.body, version = excluded.version, updated_at = excluded.updated_at
         where bot_settings.version = excluded.version - 1",
        args![tenant, json(settings)?, version, now],
    )?;
    Ok(changed > 0)
}

/// What the bot remembers about a thread, as JSON.
pub fn find_session(tx: &mut Tx<'_>, thread: &Thread) -> Result<Option<String>> {
    tx.first(
        "select state from bot_sessions where tenant_id = $1 and thread_id = $2",
        args![thread.tenant, thread.id],
        |row| row.get(0),
    )
}

/// Keeps what the bot remembers about a thread.
pub fn set_session(tx: &mut Tx<'_>, thread: &Thread, state: &str) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "insert into bot_sessions (thread_id, tenant_id, state, updated_at) values ($1, $2, $3, $4)
         on conflict (thread_id) do update set state = excluded.state, updated_at = excluded.updated_at",
        args![thread.id, thread.tenant, state, now],
    )?;
    Ok(())
}
