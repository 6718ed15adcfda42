//! The rows of inboxes and of their access tokens.

use crate::base::id::{InboxId, TenantId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::db::{Row, Tx, args};

use super::model::{Inbox, Trouble};

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

/// Forgets what the platform gave us for this inbox, the access token and the ids of our files, and what it
/// refused: after a change it may have been another account's.
pub fn forget_platform(tx: &mut Tx<'_>, inbox: &Inbox) -> Result<()> {
    tx.execute("delete from access_tokens where inbox_id = $1", args![inbox.id])?;
    tx.execute("delete from platform_media where inbox_id = $1", args![inbox.id])?;
    tx.execute("delete from inbox_troubles where inbox_id = $1", args![inbox.id])?;
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

/// An inbox with what is not for everybody.
#[derive(Debug)]
pub struct Sealed {
    /// The inbox.
    pub inbox: Inbox,
    /// Its sealed secrets.
    pub secrets: Vec<u8>,
    /// Whether headquarters closed the member whose it is.
    pub is_closed: bool,
}

fn sealed(row: &Row<'_>) -> Result<Sealed> {
    let closed_at: Option<Time> = row.get(9)?;
    Ok(Sealed { inbox: inbox(row)?, secrets: row.get(8)?, is_closed: closed_at.is_some() })
}

/// An inbox by its callback address; for the doors, which know no actor.
pub fn find_by_hook(tx: &mut Tx<'_>, hook_key: &str) -> Result<Option<Sealed>> {
    tx.first(
        "select i.id, i.tenant_id, i.kind, i.name, i.hook_key, i.settings, i.created_at, i.disabled_at, i.secrets,
             t.closed_at
         from inboxes i join tenants t on t.id = i.tenant_id where i.hook_key = $1",
        args![hook_key],
        sealed,
    )
}

/// An inbox by its key; for the doors, which know no actor.
pub fn find_sealed(tx: &mut Tx<'_>, id: InboxId) -> Result<Option<Sealed>> {
    tx.first(
        "select i.id, i.tenant_id, i.kind, i.name, i.hook_key, i.settings, i.created_at, i.disabled_at, i.secrets,
             t.closed_at
         from inboxes i join tenants t on t.id = i.tenant_id where i.id = $1",
        args![id],
        sealed,
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
        // The journal is sorted by the platform's moment within each inbox: no reading of all threads.
        "select received_at from inbound where tenant_id = $1 and inbox_id = $2 order by sent_at desc limit 1",
        args![tenant, id],
        |row| row.get(0),
    )
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

/// What the platform refuses to an inbox.
pub fn list_troubles(tx: &mut Tx<'_>, tenant: TenantId, inbox: InboxId) -> Result<Vec<Trouble>> {
    tx.all(
        "select feature, code, message, since, until from inbox_troubles
         where tenant_id = $1 and inbox_id = $2 order by feature",
        args![tenant, inbox],
        |row| {
            Ok(Trouble {
                feature: row.get(0)?,
                code: row.get(1)?,
                message: row.get(2)?,
                since: row.get(3)?,
                until: row.get(4)?,
            })
        },
    )
}

/// Until when an inbox does without a feature: outer `None` when it has it, inner when for ever.
pub fn find_pause(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    inbox: InboxId,
    feature: &str,
) -> Result<Option<Option<Time>>> {
    let now = tx.now();
    tx.first(
        "select until from inbox_troubles
         where tenant_id = $1 and inbox_id = $2 and feature = $3 and (until is null or until > $4)",
        args![tenant, inbox, feature, now],
        |row| row.get(0),
    )
}

/// Notes what the platform refuses; since when stays.
pub fn put_trouble(tx: &mut Tx<'_>, tenant: TenantId, inbox: InboxId, it: &Trouble) -> Result<()> {
    tx.execute(
        "insert into inbox_troubles (tenant_id, inbox_id, feature, code, message, since, until)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (inbox_id, feature) do update
         set code = excluded.code, message = excluded.message, until = excluded.until",
        args![tenant, inbox, it.feature, it.code, it.message, it.since, it.until],
    )?;
    Ok(())
}

/// The platform does it again. Tells whether there was a trouble.
pub fn delete_trouble(tx: &mut Tx<'_>, tenant: TenantId, inbox: InboxId, feature: &str) -> Result<bool> {
    let gone = tx.execute(
        "delete from inbox_troubles where tenant_id = $1 and inbox_id = $2 and feature = $3",
        args![tenant, inbox, feature],
    )?;
    Ok(gone > 0)
}
