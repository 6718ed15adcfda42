//! The one way to rows of headquarters, and what a member has in its own words.

use std::collections::HashMap;

use crate::base::Result;
use crate::base::id::{EntryId, TenantId};
use crate::db::{Tx, args};
use crate::knowledge::model::Entry;
use crate::knowledge::store::{columns, entry};

use super::model::{Member, Origin, shown};

/// A tenant as a member of the one above it; none for headquarters.
pub fn find_member(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Option<Member>> {
    let sql = "select parent_id, region from tenants where id = $1 and parent_id is not null";
    tx.first(sql, args![tenant], |row| Ok(Member { id: tenant, parent: row.get(0)?, region: row.get(1)? }))
}

/// The members directly below a tenant that are open.
pub fn list_members(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<TenantId>> {
    let sql = "select id from tenants where parent_id = $1 and closed_at is null order by id";
    tx.all(sql, args![tenant], |row| row.get(0))
}

/// The entries that headquarters shares with a member, oldest first, with their wordings.
pub fn list_for(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<Entry>> {
    let Some(member) = find_member(tx, tenant)? else { return Ok(Vec::new()) };
    let mut entries = tx.all(
        concat!(
            "select ",
            columns!(),
            " from kb_entries where tenant_id = $1 and sharing is not null and version > 0 and enabled = 1 order by id"
        ),
        args![member.parent],
        entry,
    )?;
    entries = entries.into_iter().filter_map(|it| shown(it, &member)).collect();
    if entries.is_empty() {
        return Ok(entries);
    }
    let rows = tx.all(
        "select w.entry_id, w.text from kb_wordings w join kb_entries e on e.id = w.entry_id
         where e.tenant_id = $1 and w.tenant_id = $1 and e.sharing is not null order by w.entry_id, w.id",
        args![member.parent],
        |row| Ok((row.get::<EntryId>(0)?, row.get::<String>(1)?)),
    )?;
    let mut similar: HashMap<EntryId, Vec<String>> = HashMap::new();
    for (id, text) in rows {
        similar.entry(id).or_default().push(text);
    }
    for entry in &mut entries {
        entry.body.similar = similar.remove(&entry.id).unwrap_or_default();
    }
    Ok(entries)
}

/// An entry that headquarters shares with a member, with its wordings.
pub fn find_for(tx: &mut Tx<'_>, tenant: TenantId, id: EntryId) -> Result<Option<Entry>> {
    let Some(member) = find_member(tx, tenant)? else { return Ok(None) };
    let found = crate::knowledge::store::find(tx, member.parent, id)?;
    Ok(found.filter(|it| it.version > 0 && it.body.enabled).and_then(|it| shown(it, &member)))
}

/// An entry that the tenant's bot may say: its own, or one that headquarters shares with it.
pub fn find_any(tx: &mut Tx<'_>, tenant: TenantId, id: EntryId) -> Result<Option<Entry>> {
    Ok(find_whose(tx, tenant, id)?.map(|it| it.0))
}

/// The same, and whether it is headquarters'.
pub fn find_whose(tx: &mut Tx<'_>, tenant: TenantId, id: EntryId) -> Result<Option<(Entry, bool)>> {
    match crate::knowledge::store::find(tx, tenant, id)? {
        Some(own) => Ok(Some((own, false))),
        None => Ok(find_for(tx, tenant, id)?.map(|it| (it, true))),
    }
}

/// Whether the tenant shares anything.
pub fn has_shared(tx: &mut Tx<'_>, tenant: TenantId) -> Result<bool> {
    let sql = "select id from kb_entries where tenant_id = $1 and sharing is not null limit 1";
    Ok(tx.first(sql, args![tenant], |row| row.get::<EntryId>(0))?.is_some())
}

// Own wordings -------------------------------------------------------------------------------------

/// Of which shared entries the tenant's entries are the own wording.
pub fn list_origins(tx: &mut Tx<'_>, tenant: TenantId) -> Result<HashMap<EntryId, Origin>> {
    let rows = tx.all(
        "select entry_id, origin_id, origin_version from kb_localisations where tenant_id = $1",
        args![tenant],
        |row| Ok((row.get(0)?, Origin { id: row.get(1)?, version: row.get(2)? })),
    )?;
    Ok(rows.into_iter().collect())
}

/// Of which shared entry an entry is the own wording.
pub fn find_origin(tx: &mut Tx<'_>, tenant: TenantId, entry: EntryId) -> Result<Option<Origin>> {
    tx.first(
        "select origin_id, origin_version from kb_localisations where tenant_id = $1 and entry_id = $2",
        args![tenant, entry],
        |row| Ok(Origin { id: row.get(0)?, version: row.get(1)? }),
    )
}

/// Writes down of which shared entry an entry is the own wording; false when another one is already.
pub fn insert_origin(tx: &mut Tx<'_>, tenant: TenantId, entry: EntryId, origin: Origin) -> Result<bool> {
    let changed = tx.execute(
        "insert into kb_localisations (entry_id, tenant_id, origin_id, origin_version) values ($1, $2, $3, $4)
         on conflict do nothing",
        args![entry, tenant, origin.id, origin.version],
    )?;
    Ok(changed > 0)
}

/// The member looked at a version of the shared entry; false when the entry is no own wording.
pub fn set_origin_version(tx: &mut Tx<'_>, tenant: TenantId, entry: EntryId, version: i64) -> Result<bool> {
    let sql = "update kb_localisations set origin_version = $3 where tenant_id = $1 and entry_id = $2";
    Ok(tx.execute(sql, args![tenant, entry, version])? > 0)
}
