//! Counts over rows of all tenants, for the figures: numbers only, nobody's data.

use crate::base::Result;
use crate::db::{Tx, args};

/// What is counted.
pub(super) struct Counts {
    /// Events that were not passed on to listeners yet.
    pub(super) outbox_waiting: i64,
    /// Age of the oldest of them in milliseconds.
    pub(super) outbox_lag: i64,
    /// Jobs by state: `waiting` (for their time), `due` and `parked`.
    pub(super) jobs: [(&'static str, i64); 3],
    /// Deliveries by state.
    pub(super) deliveries: Vec<(String, i64)>,
}

/// Shows that a transaction gets onto the disk, and changes nothing.
pub(super) fn touch(tx: &mut Tx<'_>) -> Result<()> {
    tx.execute("update setup set closed_at = closed_at where id = 1", args![])?;
    Ok(())
}

/// Counts; `passed_on` is the last event that listeners got.
pub(super) fn count(tx: &mut Tx<'_>, passed_on: i64) -> Result<Counts> {
    let now = tx.now();
    let sql = "select count(*), coalesce(min(at), $2) from outbox where seq > $1";
    let outbox = tx.first(sql, args![passed_on, now], |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)))?;
    let (outbox_waiting, oldest) = outbox.unwrap_or((0, now.0));
    let sql = "select count(case when parked_at is null and run_at > $1 then 1 end),
             count(case when parked_at is null and run_at <= $1 then 1 end), count(parked_at) from jobs";
    let jobs = tx.first(sql, args![now], |row| {
        Ok([("waiting", row.get(0)?), ("due", row.get(1)?), ("parked", row.get(2)?)])
    })?;
    let deliveries =
        tx.all("select state, count(*) from deliveries group by state order by state", args![], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    Ok(Counts {
        outbox_waiting,
        outbox_lag: (now.0 - oldest).max(0),
        jobs: jobs.unwrap_or([("waiting", 0), ("due", 0), ("parked", 0)]),
        deliveries,
    })
}
