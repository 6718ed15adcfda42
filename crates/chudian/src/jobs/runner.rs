//! Runs due jobs: on a nudge, and on a slow period in case a nudge was missed.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};

use crate::base::id::TenantId;
use crate::base::time::{Clock, Time};
use crate::base::{Error, Result};
use crate::db::Db;

use super::store::{self, Job};

/// How many jobs run at once.
const AT_ONCE: usize = 16;
/// How long a job may take before another try may begin.
const LEASE: i64 = 2 * Time::MINUTE;
/// After so many tries a job is parked.
const LAST_TRY: i64 = 8;

/// Wakes a loop that looks for work. Clones wake the same loop.
#[derive(Debug, Clone, Default)]
pub struct Nudge(Arc<Notify>);

impl Nudge {
    /// There may be work.
    pub fn now(&self) {
        self.0.notify_one();
    }

    /// Waits for a nudge, or for `period` at most.
    pub async fn or_after(&self, period: Duration) {
        let _ = tokio::time::timeout(period, self.0.notified()).await;
    }
}

/// How a job ended.
#[derive(Debug)]
pub enum Outcome {
    /// It is done.
    Done,
    /// It failed for now: try again after this many milliseconds.
    Later(i64, Error),
    /// It will never succeed: park it.
    Never(Error),
}

type Work = Arc<dyn Fn(TenantId, String) -> Pin<Box<dyn Future<Output = Outcome> + Send>> + Send + Sync>;

/// Which function does which kind of job.
#[derive(Clone, Default)]
pub struct Registry(HashMap<&'static str, Work>);

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Registry {
    /// Names the function for a kind of job. It gets the tenant and the payload's JSON.
    pub fn add<F>(&mut self, kind: &'static str, work: impl Fn(TenantId, String) -> F + Send + Sync + 'static)
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        self.0.insert(kind, Arc::new(move |tenant, payload| Box::pin(work(tenant, payload))));
    }
}

/// Runs due jobs for as long as the future is polled.
pub async fn run_until_stopped(db: Db, clock: Clock, nudge: Nudge, registry: Registry) {
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let pause = match work_off(&db, &clock, &nudge, &registry, &slots).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::warn!(error.code = error.code, "jobs could not be read: {error}");
                Duration::from_secs(5)
            }
        };
        nudge.or_after(pause).await;
    }
}

/// Starts what is due and tells how long to wait for more.
async fn work_off(
    db: &Db,
    clock: &Clock,
    nudge: &Nudge,
    registry: &Registry,
    slots: &Arc<Semaphore>,
) -> Result<Duration> {
    let now = clock.now();
    let Some(due) = db.read(store::next_due).await? else { return Ok(Duration::from_secs(30)) };
    if due > now {
        return Ok(Duration::from_millis(due.since(now).clamp(20, 30_000).unsigned_abs()));
    }
    let jobs = db.write(move |tx| store::claim(tx, now, now.plus(LEASE), 32)).await?;
    for job in jobs {
        let permit = slots
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| Error::internal("job.slots", "no slots for jobs"))?;
        let (db, clock, nudge, registry) = (db.clone(), clock.clone(), nudge.clone(), registry.clone());
        tokio::spawn(async move {
            run_one(&db, &clock, &registry, job).await;
            drop(permit);
            nudge.now();
        });
    }
    Ok(Duration::from_millis(20))
}

async fn run_one(db: &Db, clock: &Clock, registry: &Registry, job: Job) {
    let outcome = match registry.0.get(job.kind.as_str()) {
        Some(work) => work(job.tenant, job.payload.clone()).await,
        None => {
            Outcome::Never(Error::internal("job.kind", format!("no function for jobs of kind {}", job.kind)))
        }
    };
    let now = clock.now();
    let settled = match outcome {
        Outcome::Done => db.write(move |tx| store::delete(tx, job.id)).await,
        Outcome::Later(pause, error) if job.attempts < LAST_TRY => {
            tracing::info!(job.id = %job.id, error.code = error.code, "job {} failed for now: {error}", job.id);
            db.write(move |tx| store::put_off(tx, job.id, now.plus(pause), &error.to_string())).await
        }
        Outcome::Later(_, error) | Outcome::Never(error) => {
            tracing::warn!(job.id = %job.id, error.code = error.code, "job {} is parked: {error}", job.id);
            db.write(move |tx| store::park(tx, job.id, now, &error.to_string())).await
        }
    };
    if let Err(error) = settled {
        tracing::warn!(
            error.code = error.code,
            "a job's end could not be stored; its lease will end: {error}"
        );
    }
}
