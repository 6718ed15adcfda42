//! The tables of the workshop: drafts, replaced versions, the editors' rules.

use std::collections::HashMap;

use crate::base::id::{EntryId, TenantId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::db::{Row, Tx, args};
use crate::knowledge::model::{Entry, EntryBody, Release};
use crate::knowledge::store::{find, users};

use super::model::{Draft, KnowledgeSettings, Stage, StageName};

// Drafts -------------------------------------------------------------------------------------------

/// Counts a save of an entry's draft; gives its number.
pub fn next_revision(tx: &mut Tx<'_>, tenant: TenantId, entry: EntryId) -> Result<i64> {
    tx.execute(
        "update kb_entries set edits = edits + 1 where tenant_id = $1 and id = $2",
        args![tenant, entry],
    )?;
    let sql = "select edits from kb_entries where tenant_id = $1 and id = $2";
    Ok(tx.first(sql, args![tenant, entry], |row| row.get(0))?.unwrap_or_default())
}

/// What [`draft`] reads, in its order.
macro_rules! columns {
    () => {
        "entry_id, body, revision, writers, note, updated_at, updated_by, stage, stage_by, stage_at, reason,
         publish_at, over_version, import_id"
    };
}

/// The draft of an entry.
pub fn find_draft(tx: &mut Tx<'_>, tenant: TenantId, entry: EntryId) -> Result<Option<Draft>> {
    tx.first(
        concat!("select ", columns!(), " from kb_drafts where tenant_id = $1 and entry_id = $2"),
        args![tenant, entry],
        draft,
    )
}

/// All drafts of the tenant, in the order of their entries.
pub fn list_drafts(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<Draft>> {
    let sql = concat!("select ", columns!(), " from kb_drafts where tenant_id = $1 order by entry_id");
    tx.all(sql, args![tenant], draft)
}

/// A draft as a list shows it.
#[derive(Debug, Clone)]
pub struct Head {
    /// The number of its text.
    pub revision: i64,
    /// How far it has come.
    pub stage: StageName,
    /// When it is to be published.
    pub publish_at: Option<Time>,
    /// When it was saved last.
    pub updated_at: Time,
    /// By whom.
    pub updated_by: Option<UserId>,
}

/// The drafts of the entries from `first` to `last`.
pub fn list_heads(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    first: EntryId,
    last: EntryId,
) -> Result<HashMap<EntryId, Head>> {
    let rows = tx.all(
        "select entry_id, revision, stage, publish_at, updated_at, updated_by
         from kb_drafts where tenant_id = $1 and entry_id >= $2 and entry_id <= $3",
        args![tenant, first, last],
        |row| {
            let head = Head {
                revision: row.get(1)?,
                stage: stage_name(&row.get::<String>(2)?),
                publish_at: row.get(3)?,
                updated_at: row.get(4)?,
                updated_by: row.get(5)?,
            };
            Ok((row.get(0)?, head))
        },
    )?;
    Ok(rows.into_iter().collect())
}

/// Writes an entry's draft over the one that was there.
pub fn put_draft(tx: &mut Tx<'_>, tenant: TenantId, draft: &Draft) -> Result<()> {
    let (reason, publish_at, over) = match &draft.stage {
        Stage::Writing | Stage::Review => (None, None, None),
        Stage::Returned { reason } => (Some(reason.as_str()), None, None),
        Stage::Scheduled { at, over } => (None, Some(*at), Some(*over)),
    };
    tx.execute(
        "insert into kb_drafts (entry_id, tenant_id, body, revision, writers, note, updated_at, updated_by, stage,
             stage_by, stage_at, reason, publish_at, over_version, import_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         on conflict (entry_id) do update set body = excluded.body, revision = excluded.revision,
             writers = excluded.writers, note = excluded.note, updated_at = excluded.updated_at,
             updated_by = excluded.updated_by, stage = excluded.stage, stage_by = excluded.stage_by,
             stage_at = excluded.stage_at, reason = excluded.reason, publish_at = excluded.publish_at,
             over_version = excluded.over_version, import_id = excluded.import_id",
        args![
            draft.entry,
            tenant,
            body_text(&draft.body)?,
            draft.revision,
            users(&draft.writers)?,
            draft.note,
            draft.updated_at,
            draft.updated_by,
            draft.stage.name().text(),
            draft.stage_by,
            draft.stage_at,
            reason,
            publish_at,
            over,
            draft.import
        ],
    )?;
    Ok(())
}

/// Removes an entry's draft; false when there is none.
pub fn delete_draft(tx: &mut Tx<'_>, tenant: TenantId, entry: EntryId) -> Result<bool> {
    Ok(tx.execute("delete from kb_drafts where tenant_id = $1 and entry_id = $2", args![tenant, entry])? > 0)
}

fn draft(row: &Row<'_>) -> Result<Draft> {
    let stage = match stage_name(&row.get::<String>(7)?) {
        StageName::Writing => Stage::Writing,
        StageName::Review => Stage::Review,
        StageName::Returned => Stage::Returned { reason: row.get::<Option<String>>(10)?.unwrap_or_default() },
        StageName::Scheduled => Stage::Scheduled {
            at: row.get::<Option<Time>>(11)?.unwrap_or_default(),
            over: row.get::<Option<i64>>(12)?.unwrap_or_default(),
        },
    };
    Ok(Draft {
        entry: row.get(0)?,
        body: row.json(1)?,
        revision: row.get(2)?,
        writers: row.json(3)?,
        note: row.get(4)?,
        updated_at: row.get(5)?,
        updated_by: row.get(6)?,
        stage,
        stage_by: row.get(8)?,
        stage_at: row.get(9)?,
        import: row.get(13)?,
    })
}

fn stage_name(text: &str) -> StageName {
    let all = [StageName::Review, StageName::Returned, StageName::Scheduled];
    all.into_iter().find(|it| it.text() == text).unwrap_or(StageName::Writing)
}

// Versions -----------------------------------------------------------------------------------------

/// Keeps the present version of an entry whole, before another takes its place.
pub fn keep_version(tx: &mut Tx<'_>, tenant: TenantId, id: EntryId) -> Result<()> {
    let Some(entry) = find(tx, tenant, id)?.filter(|it| it.version > 0) else { return Ok(()) };
    tx.execute(
        "insert into kb_versions (tenant_id, entry_id, version, body, published_at, published_by, writers, note,
             restored_from)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            tenant,
            id,
            entry.version,
            body_text(&entry.body)?,
            entry.updated_at,
            entry.updated_by,
            users(&entry.release.writers)?,
            entry.release.note,
            entry.release.restored_from
        ],
    )?;
    Ok(())
}

/// Replaced versions of an entry below `before`, newest first.
pub fn list_versions(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: EntryId,
    before: i64,
    limit: u32,
) -> Result<Vec<Entry>> {
    tx.all(
        "select entry_id, version, body, published_at, published_by, writers, note, restored_from
         from kb_versions where tenant_id = $1 and entry_id = $2 and version < $3
         order by version desc limit $4",
        args![tenant, id, before, limit],
        version,
    )
}

/// A replaced version of an entry.
pub fn find_version(tx: &mut Tx<'_>, tenant: TenantId, id: EntryId, number: i64) -> Result<Option<Entry>> {
    tx.first(
        "select entry_id, version, body, published_at, published_by, writers, note, restored_from
         from kb_versions where tenant_id = $1 and entry_id = $2 and version = $3",
        args![tenant, id, number],
        version,
    )
}

/// Removes an entry's versions, with the entry.
pub fn delete_versions(tx: &mut Tx<'_>, tenant: TenantId, id: EntryId) -> Result<()> {
    tx.execute("delete from kb_versions where tenant_id = $1 and entry_id = $2", args![tenant, id])?;
    Ok(())
}

fn version(row: &Row<'_>) -> Result<Entry> {
    Ok(Entry {
        id: row.get(0)?,
        version: row.get(1)?,
        body: row.json(2)?,
        updated_at: row.get(3)?,
        updated_by: row.get(4)?,
        release: Release { writers: row.json(5)?, note: row.get(6)?, restored_from: row.get(7)? },
    })
}

fn body_text(body: &EntryBody) -> Result<String> {
    serde_json::to_string(body).map_err(|error| {
        Error::internal("knowledge.body", "an entry could not be written down").because(error)
    })
}

// Rules --------------------------------------------------------------------------------------------

/// The tenant's rules and their version; defaults and 0 when none were ever written.
pub fn get_settings(tx: &mut Tx<'_>, tenant: TenantId) -> Result<(KnowledgeSettings, i64)> {
    let sql = "select body, version from kb_settings where tenant_id = $1";
    let found = tx.first(sql, args![tenant], |row| Ok((row.json(0)?, row.get(1)?)))?;
    Ok(found.unwrap_or_default())
}

/// Writes the tenant's rules as `version`, over the one before; false when that is not there any more.
pub fn put_settings(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    settings: &KnowledgeSettings,
    version: i64,
) -> Result<bool> {
    let body = serde_json::to_string(settings).map_err(|error| {
        Error::internal("knowledge.settings", "the rules could not be written down").because(error)
    })?;
    let now = tx.now();
    let changed = tx.execute(
        "insert into kb_settings (tenant_id, body, version, updated_at) values ($1, $2, $3, $4)
         on conflict (tenant_id) do update
         set body = excluded.body, version = excluded.version, updated_at = excluded.updated_at
         where kb_settings.version = excluded.version - 1",
        args![tenant, body, version, now],
    )?;
    Ok(changed > 0)
}
