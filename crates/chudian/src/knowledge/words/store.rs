//! The table of words.

use crate::base::id::{TenantId, WordGroupId};
use crate::base::{Error, Result};
use crate::db::{Row, Tx, args};

use super::model::{WordGroup, WordKind};

/// All groups of a tenant, the oldest first.
pub fn list_all(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<WordGroup>> {
    tx.all(
        "select id, kind, words, version, updated_at, updated_by from kb_words where tenant_id = $1 order by id",
        args![tenant],
        group,
    )
}

/// A page of groups of a kind, the newest first.
pub fn list(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    kind: Option<WordKind>,
    pattern: &str,
    before: Option<WordGroupId>,
    limit: u32,
) -> Result<Vec<WordGroup>> {
    tx.all(
        r"select id, kind, words, version, updated_at, updated_by from kb_words
          where tenant_id = $1 and id < $2 and ($3 = '' or kind = $3) and ($4 = '' or lower(words) like $4 escape '\')
          order by id desc limit $5",
        args![
            tenant,
            before.unwrap_or(WordGroupId(i64::MAX)),
            kind.map_or("", WordKind::name),
            pattern,
            limit
        ],
        group,
    )
}

/// One group.
pub fn find(tx: &mut Tx<'_>, tenant: TenantId, id: WordGroupId) -> Result<Option<WordGroup>> {
    tx.first(
        "select id, kind, words, version, updated_at, updated_by from kb_words where tenant_id = $1 and id = $2",
        args![tenant, id],
        group,
    )
}

/// Writes a new group.
pub fn insert(tx: &mut Tx<'_>, tenant: TenantId, it: &WordGroup) -> Result<()> {
    tx.execute(
        "insert into kb_words (id, tenant_id, kind, words, version, updated_at, updated_by)
         values ($1, $2, $3, $4, $5, $6, $7)",
        args![it.id, tenant, it.kind.name(), json(&it.words)?, it.version, it.updated_at, it.updated_by],
    )?;
    Ok(())
}

/// Writes a group over the version before its own; false when that is not there any more.
pub fn update(tx: &mut Tx<'_>, tenant: TenantId, it: &WordGroup) -> Result<bool> {
    let changed = tx.execute(
        "update kb_words set words = $3, version = $4, updated_at = $5, updated_by = $6
         where tenant_id = $1 and id = $2 and version = $4 - 1",
        args![tenant, it.id, json(&it.words)?, it.version, it.updated_at, it.updated_by],
    )?;
    Ok(changed == 1)
}

/// Removes a group.
pub fn delete(tx: &mut Tx<'_>, tenant: TenantId, id: WordGroupId) -> Result<bool> {
    Ok(tx.execute("delete from kb_words where tenant_id = $1 and id = $2", args![tenant, id])? == 1)
}

fn json(words: &[String]) -> Result<String> {
    serde_json::to_string(words)
        .map_err(|error| Error::internal("words.json", "words could not be written down").because(error))
}

fn group(row: &Row<'_>) -> Result<WordGroup> {
    Ok(WordGroup {
        id: row.get(0)?,
        kind: WordKind::from_name(&row.get::<String>(1)?),
        words: row.json(2)?,
        version: row.get(3)?,
        updated_at: row.get(4)?,
        updated_by: row.get(5)?,
    })
}
