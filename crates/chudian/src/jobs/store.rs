//! The table of jobs.

use crate::base::Result;
use crate::base::id::{JobId, TenantId};
use crate::base::time::Time;
use crate::db::{Tx, args};

/// A claimed job.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) id: JobId,
    pub(super) tenant: TenantId,
    pub(super) kind: String,
    pub(super) payload: String,
    pub(super) attempts: i64,
}

pub(super) fn insert(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    kind: &str,
    payload: &str,
    run_at: Time,
) -> Result<()> {
    let id: JobId = tx.new_id();
    tx.execute(
        "insert into jobs (id, tenant_id, kind, payload, run_at, attempts) values ($1, $2, $3, $4, $5, 0)",
        args![id, tenant, kind, payload, run_at],
    )?;
    Ok(())
}

/// Takes up to `limit` due jobs under a lease: who dies with one gives it back when it ends.
pub(super) fn claim(tx: &mut Tx<'_>, now: Time, lease: Time, limit: u32) -> Result<Vec<Job>> {
    tx.all(
        "update jobs set locked_until = $2, attempts = attempts + 1
         where id in (select id from jobs
                      where parked_at is null and run_at <= $1 and (locked_until is null or locked_until <= $1)
                      order by run_at, id limit $3)
         returning id, tenant_id, kind, payload, attempts",
        args![now, lease, limit],
        |row| {
            Ok(Job {
                id: row.get(0)?,
                tenant: row.get(1)?,
                kind: row.get(2)?,
                payload: row.get(3)?,
                attempts: row.get(4)?,
            })
        },
    )
}

pub(super) fn delete(tx: &mut Tx<'_>, id: JobId) -> Result<()> {
    tx.execute("delete from jobs where id = $1", args![id])?;
    Ok(())
}

pub(super) fn put_off(tx: &mut Tx<'_>, id: JobId, run_at: Time, why: &str) -> Result<()> {
    tx.execute(
        "update jobs set run_at = $2, locked_until = null, last_error = $3 where id = $1",
        args![id, run_at, why],
    )?;
    Ok(())
}

pub(super) fn park(tx: &mut Tx<'_>, id: JobId, at: Time, why: &str) -> Result<()> {
    tx.execute(
        "update jobs set parked_at = $2, locked_until = null, last_error = $3 where id = $1",
        args![id, at, why],
    )?;
    Ok(())
}

/// The moment of the next job, if one waits. One under a lease is due when the lease ends: whoever
/// took it may have died with it.
pub(super) fn next_due(tx: &mut Tx<'_>) -> Result<Option<Time>> {
    tx.first(
        "select min(case when locked_until > run_at then locked_until else run_at end) from jobs
         where parked_at is null",
        args![],
        |row| row.get::<Option<Time>>(0),
    )
    .map(Option::flatten)
}
