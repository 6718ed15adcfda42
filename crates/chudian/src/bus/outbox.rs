//! The outbox table.

use std::sync::Arc;

use crate::base::id::TenantId;
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::db::{Announcement, Tx, args};

use super::{Event, Told};

/// Writes an event into the outbox; it is passed on when the commit is on disk.
pub fn emit(tx: &mut Tx<'_>, tenant: TenantId, event: Event) -> Result<()> {
    let body = serde_json::to_string(&event)
        .map_err(|error| Error::internal("bus.event", "an event could not be written down").because(error))?;
    let at = tx.now();
    let sql = "insert into outbox (tenant_id, body, at) values ($1, $2, $3)";
    let seq = tx.insert_numbered(sql, "seq", args![tenant, body, at])?;
    tx.announce(Announcement { seq, tenant, at, news: Arc::new(event) });
    Ok(())
}

/// A tenant's events after `seq`, oldest first, at most `limit`.
pub fn since(tx: &mut Tx<'_>, tenant: TenantId, seq: i64, limit: u32) -> Result<Vec<Told>> {
    tx.all(
        "select seq, at, body from outbox where seq > $1 and tenant_id = $2 order by seq limit $3",
        args![seq, tenant, limit],
        |row| Ok(Told { seq: row.get(0)?, tenant, at: row.get(1)?, event: row.json(2)? }),
    )
}

/// The numbers of the oldest and the latest event that are kept; zeros when there is none.
pub fn latest(tx: &mut Tx<'_>) -> Result<(i64, i64)> {
    let found =
        tx.first("select coalesce(min(seq), 0), coalesce(max(seq), 0) from outbox", args![], |row| {
            Ok((row.get::<i64>(0)?, row.get::<i64>(1)?))
        })?;
    Ok(found.unwrap_or_default())
}

/// Forgets events older than `moment`, at most `limit` at a time. Gives how many went.
pub fn clear_before(tx: &mut Tx<'_>, moment: Time, limit: u32) -> Result<u64> {
    tx.execute(
        "delete from outbox where seq in (select seq from outbox where at < $1 order by seq limit $2)",
        args![moment, limit],
    )
}
