//! Rows of the audit log. There is no update and no delete in here.

use super::chain::{Head, Link, Record};
use crate::base::Result;
use crate::base::id::TenantId;
use crate::db::{Row, Tx, args};

/// How a tenant's log ends.
pub(crate) fn find_head(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Option<Head>> {
    let sql = "select number, hash from audit_heads where tenant_id = $1";
    tx.first(sql, args![tenant], |row| Ok(Head { number: row.get(0)?, hash: row.get(1)? }))
}

/// Appends a record and moves the head. Two writers cannot both take the same number.
pub(crate) fn append(tx: &mut Tx<'_>, link: &Link) -> Result<()> {
    let Record { tenant, number, at, actor_kind, actor_id, actor_name, action, target, detail } =
        &link.record;
    tx.execute(
        "insert into audit_log (tenant_id, number, at, actor_kind, actor_id, actor_name, action, target, detail,
             previous_hash, hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        args![
            *tenant, *number, *at, *actor_kind, *actor_id, *actor_name, *action, *target, *detail, link.previous,
            link.hash
        ],
    )?;
    tx.execute(
        "insert into audit_heads (tenant_id, number, hash) values ($1, $2, $3)
         on conflict (tenant_id) do update set number = excluded.number, hash = excluded.hash",
        args![*tenant, *number, link.hash],
    )?;
    Ok(())
}

/// Records before the number `before`, newest first. Empty words mean all actors or actions;
/// an action that ends in a dot means all of that noun.
pub(crate) fn list(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    actor: &str,
    action: &str,
    before: i64,
    limit: u32,
) -> Result<Vec<Record>> {
    let sql = r"select tenant_id, number, at, actor_kind, actor_id, actor_name, action, target, detail
         from audit_log
         where tenant_id = $1 and number < $4
           and ($2 = '' or actor_id = $2) and ($3 = '' or action like $3 escape '\')
         order by number desc limit $5";
    tx.all(sql, args![tenant, actor, action, before, limit], record)
}

/// Records after the number `after` with their links, oldest first: for verification.
pub(crate) fn list_links(tx: &mut Tx<'_>, tenant: TenantId, after: i64, limit: u32) -> Result<Vec<Link>> {
    let sql = "select tenant_id, number, at, actor_kind, actor_id, actor_name, action, target, detail,
             previous_hash, hash
         from audit_log where tenant_id = $1 and number > $2 order by number limit $3";
    tx.all(sql, args![tenant, after, limit], |row| {
        Ok(Link { record: record(row)?, previous: row.get(9)?, hash: row.get(10)? })
    })
}

/// All tenants, also those whose log or head is missing: a log that vanished whole must be found too.
pub(crate) fn list_tenants(tx: &mut Tx<'_>) -> Result<Vec<TenantId>> {
    let sql =
        "select id from tenants union select tenant_id from audit_heads union select tenant_id from audit_log
         order by 1";
    tx.all(sql, args![], |row| row.get(0))
}

fn record(row: &Row<'_>) -> Result<Record> {
    Ok(Record {
        tenant: row.get(0)?,
        number: row.get(1)?,
        at: row.get(2)?,
        actor_kind: row.get(3)?,
        actor_id: row.get(4)?,
        actor_name: row.get(5)?,
        action: row.get(6)?,
        target: row.get(7)?,
        detail: row.get(8)?,
    })
}
