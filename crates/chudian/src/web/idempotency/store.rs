//! Rows of answered requests.

use crate::base::Result;
use crate::base::id::TenantId;
use crate::base::time::Time;
use crate::db::{Tx, args};

/// The request's hash and the answer under a key.
pub(super) fn find(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    actor: &str,
    key: &str,
) -> Result<Option<(Vec<u8>, String)>> {
    let sql = "select request_hash, response from idempotency_keys
         where tenant_id = $1 and actor = $2 and key = $3";
    tx.first(sql, args![tenant, actor, key], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Writes an answer.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    actor: &str,
    key: &str,
    request_hash: &[u8],
    response: &str,
) -> Result<()> {
    let sql = "insert into idempotency_keys (tenant_id, actor, key, request_hash, response, created_at)
         values ($1, $2, $3, $4, $5, $6)";
    tx.execute(sql, args![tenant, actor, key, request_hash, response, tx.now()])?;
    Ok(())
}

/// Forgets answers from before `before`.
pub(super) fn delete_before(tx: &mut Tx<'_>, before: Time) -> Result<u64> {
    tx.execute("delete from idempotency_keys where created_at < $1", args![before])
}
