//! The rows of inboxes and of their access tokens.

use crate::base::id::{InboxId, TenantId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::db::{Row, Tx, args};

use super::model::Inbox;

fn inbox(row: &Row<'_>) -> Result<Inbox> {
    Ok(Inbox {
        id: row.get(0)?,
        tenant: row.get(1)?,
        kind: row.get(2)?,
        name: row.get(3)?,
        hook_key: row.get(4)?,
        settings: row.json(5)?,
        created_at: row.get(6)?,
        disabled_at: row.get(7)?,
    })
}

/// Writes a new inbox.
pub fn insert(tx: &mut Tx<'_>, inbox: &Inbox, sealed: &[u8]) -> Result<()> {
    tx.execute(
        "insert into inboxes (id, tenant_id, kind, name, hook_key, settings, secrets, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            inbox.id,
            inbox.tenant,
            inbox.kind,
            inbox.name,
            inbox.hook_key,
            inbox.settings.to_string(),
            sealed,
            inbox.created_at
        ],
    )?;
    Ok(())
}

/// Writes an inbox's name, settings and switch.
pub fn update(tx: &mut Tx<'_>, inbox: &Inbox) -> Result<()> {
    tx.execute(
        "update inboxes set name = $3, settings = $4, disabled_at = $5 where tenant_id = $1 and id = $2",
        args![inbox.tenant, inbox.id, inbox.name, inbox.settings.to_string(), inbox.disabled_at],
    )?;
    Ok(())
}

/// Writes an inbox's sealed secrets.
pub fn set_secrets(tx: &mut Tx<'_>, inbox: &Inbox, sealed: &[u8]) -> Result<()> {
    tx.execute(
        "update inboxes set secrets = $3 where tenant_id = $1 and id = $2",
        args![inbox.tenant, inbox.id, sealed],
    )?;
    Ok(())
}

/// Forgets what the platform gave us for this inbox, the access token and the ids of our files: after a
/// change it may have been another account's.
pub fn forget_platform(tx: &mut Tx<'_>, inbox: &Inbox) -> Result<()> {
    tx.execute("delete from access_tokens where inbox_id = $1", args![inbox.id])?;
    tx.execute("delete from platform_media where inbox_id = $1", args![inbox.id])?;
    Ok(())
}

/// A tenant's inboxes, oldest first.
pub fn list(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<Inbox>> {
    tx.all(
        "select id, tenant_id, kind, name, hook_key, settings, created_at, disabled_at
         from inboxes where tenant_id = $1 order by id",
        args![tenant],
        inbox,
    )
}

/// A tenant's inbox, which must be there.
pub fn get(tx: &mut Tx<'_>, tenant: TenantId, id: InboxId) -> Result<Inbox> {
    tx.first(
        "select id, tenant_id, kind, name, hook_key, settings, created_at, disabled_at
         from inboxes where tenant_id = $1 and id = $2",
        args![tenant, id],
        inbox,
    )?
    .ok_or_else(missing)
}

/// The error for an inbox that is not there.
#[must_use]
pub fn missing() -> Error {
    Error::missing("inbox.missing", "there is no such inbox")
}

/// An inbox by its callback address, with its sealed secrets.
pub fn find_by_hook(tx: &mut Tx<'_>, hook_key: &str) -> Result<Option<(Inbox, Vec<u8>)>> {
    tx.first(
        "select id, tenant_id, kind, name, hook_key, settings, created_at, disabled_at, secrets
         from inboxes where hook_key = $1",
        args![hook_key],
        |row| Ok((inbox(row)?, row.get(8)?)),
    )
}

/// An inbox by its key, with its sealed secrets; for the doors, which know no actor.
pub fn find_sealed(tx: &mut Tx<'_>, id: InboxId) -> Result<Option<(Inbox, Vec<u8>)>> {
    tx.first(
        "select id, tenant_id, kind, name, hook_key, settings, created_at, disabled_at, secrets
         from inboxes where id = $1",
        args![id],
        |row| Ok((inbox(row)?, row.get(8)?)),
    )
}

/// The sealed secrets of the newest inbox of the house: what the master key must open.
pub fn find_newest_sealed(tx: &mut Tx<'_>) -> Result<Option<(InboxId, Vec<u8>)>> {
    tx.first("select id, secrets from inboxes order by id desc limit 1", args![], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

/// When the inbox last heard from its platform.
pub fn last_inbound_at(tx: &mut Tx<'_>, tenant: TenantId, id: InboxId) -> Result<Option<Time>> {
    tx.first(
        "select max(last_inbound_at) from threads where tenant_id = $1 and inbox_id = $2",
        args![tenant, id],
        |row| row.get::<Option<Time>>(0),
    )
    .map(Option::flatten)
}

/// An account's access token as it is kept.
#[derive(Debug, Clone)]
pub struct KeptToken {
    /// Sealed; absent before the first.
    pub token: Option<Vec<u8>>,
    /// When it was got.
    pub obtained_at: Option<Time>,
    /// When it ends.
    pub expires_at: Option<Time>,
    /// Until when somebody is getting a new one.
    pub lease_until: Option<Time>,
}

/// Reads an account's token.
pub fn find_token(tx: &mut Tx<'_>, inbox: InboxId) -> Result<Option<KeptToken>> {
    tx.first(
        "select token, obtained_at, expires_at, lease_until from access_tokens where inbox_id = $1",
        args![inbox],
        |row| {
            Ok(KeptToken {
                token: row.get(0)?,
                obtained_at: row.get(1)?,
                expires_at: row.get(2)?,
                lease_until: row.get(3)?,
            })
        },
    )
}

/// Takes the right to get a new token, unless somebody has it. One keeper per account.
pub fn lease_token(tx: &mut Tx<'_>, inbox: InboxId, owner: &str, now: Time, until: Time) -> Result<bool> {
    let changed = tx.execute(
        "insert into access_tokens (inbox_id, lease_owner, lease_until) values ($1, $2, $4)
         on conflict (inbox_id) do update set lease_owner = $2, lease_until = $4
         where access_tokens.lease_until is null or access_tokens.lease_until <= $3",
        args![inbox, owner, now, until],
    )?;
    Ok(changed == 1)
}

/// Stores a new token and gives the right back.
pub fn set_token(
    tx: &mut Tx<'_>,
    inbox: InboxId,
    owner: &str,
    sealed: &[u8],
    expires_at: Time,
) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "update access_tokens set token = $3, obtained_at = $4, expires_at = $5, lease_owner = null, lease_until = null
         where inbox_id = $1 and lease_owner = $2",
        args![inbox, owner, sealed, now, expires_at],
    )?;
    Ok(())
}

/// Gives the right back without a token.
pub fn release_token(tx: &mut Tx<'_>, inbox: InboxId, owner: &str) -> Result<()> {
    tx.execute(
        "update access_tokens set lease_owner = null, lease_until = null where inbox_id = $1 and lease_owner = $2",
        args![inbox, owner],
    )?;
    Ok(())
}

/// The names and settings of all inboxes that are on: for the server's own look at its start.
pub fn list_all_settings(tx: &mut Tx<'_>) -> Result<Vec<(String, serde_json::Value)>> {
    tx.all("select name, settings from inboxes where disabled_at is null order by id", args![], |row| {
        Ok((row.get(0)?, row.json(1)?))
    })
}
