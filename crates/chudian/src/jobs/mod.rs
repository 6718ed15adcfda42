//! Durable jobs: one thing each with an outside effect, written in the transaction that wants it.
//!
//! A job's kind ends in its version (`fetch_media.v1`): payloads of an older one keep running.
//! A job that fails is tried again, later each time, and is parked after its last try: visible,
//! not lost.

mod runner;
mod store;

use serde::Serialize;

use crate::base::id::TenantId;
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::db::Tx;

pub use runner::{Nudge, Outcome, Registry, run_until_stopped};

/// Queues a job for `run_at`. It exists if and only if the transaction does.
pub fn enqueue(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    kind: &'static str,
    payload: &impl Serialize,
    run_at: Time,
) -> Result<()> {
    let payload = serde_json::to_string(payload)
        .map_err(|error| Error::internal("job.payload", "a job could not be written down").because(error))?;
    store::insert(tx, tenant, kind, &payload, run_at)
}
