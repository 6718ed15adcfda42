//! Rehearsals while somebody waits for them: in memory, and forgotten soon.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::{Notify, Semaphore};

use crate::base::Error;
use crate::base::id::{RehearsalId, TenantId};
use crate::base::time::Time;

use super::rehearse::Findings;

/// After so long a rehearsal is forgotten.
const KEPT: i64 = 10 * Time::MINUTE;

/// So many a tenant may have; the oldest is forgotten for one more.
const MOST: usize = 20;

/// So many run at once in the house: each takes a whole processor.
const AT_ONCE: usize = 2;

/// A rehearsal, running or done.
#[derive(Debug)]
pub struct Rehearsal {
    /// Its key.
    pub id: RehearsalId,
    pub(super) tenant: TenantId,
    begun: Time,
    /// How many questions were asked of both sides.
    pub(super) done: AtomicUsize,
    /// Of how many; 0 until it is known.
    pub(super) total: AtomicUsize,
    found: OnceLock<Result<Findings, Error>>,
    bell: Notify,
}

impl Rehearsal {
    /// How far it is: questions asked, and of how many.
    #[must_use]
    pub fn progress(&self) -> (usize, usize) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    /// What it found, once it is done.
    #[must_use]
    pub fn found(&self) -> Option<&Result<Findings, Error>> {
        self.found.get()
    }

    pub(super) fn end(&self, found: Result<Findings, Error>) {
        let _ = self.found.set(found);
        self.bell.notify_waiters();
    }

    /// Waits until it is done, or for `most`.
    pub async fn wait(&self, most: std::time::Duration) {
        let rung = self.bell.notified();
        if self.found.get().is_none() {
            let _ = tokio::time::timeout(most, rung).await;
        }
    }
}

/// All of them.
#[derive(Debug)]
pub struct Board {
    present: Mutex<HashMap<RehearsalId, Arc<Rehearsal>>>,
    /// For those who only look.
    pub(super) slots: Arc<Semaphore>,
    /// For those who publish.
    pub(super) publishers: Arc<Semaphore>,
}

fn slots() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(AT_ONCE))
}

impl Default for Board {
    fn default() -> Self {
        Self { present: Mutex::default(), slots: slots(), publishers: slots() }
    }
}

impl Board {
    fn lock(&self) -> MutexGuard<'_, HashMap<RehearsalId, Arc<Rehearsal>>> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a new one up.
    pub fn begin(&self, id: RehearsalId, tenant: TenantId, now: Time) -> Arc<Rehearsal> {
        let rehearsal = Arc::new(Rehearsal {
            id,
            tenant,
            begun: now,
            done: AtomicUsize::new(0),
            total: AtomicUsize::new(0),
            found: OnceLock::new(),
            bell: Notify::new(),
        });
        let mut present = self.lock();
        present.retain(|_, it| now.since(it.begun) < KEPT);
        let of_tenant: Vec<_> = present.values().filter(|it| it.tenant == tenant).map(|it| it.id).collect();
        if of_tenant.len() >= MOST
            && let Some(oldest) = of_tenant.into_iter().min()
        {
            present.remove(&oldest);
        }
        present.insert(id, rehearsal.clone());
        rehearsal
    }

    /// One of the tenant's.
    #[must_use]
    pub fn find(&self, tenant: TenantId, id: RehearsalId) -> Option<Arc<Rehearsal>> {
        self.lock().get(&id).filter(|it| it.tenant == tenant).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rehearsals_are_forgotten_by_age_and_number_and_are_nobody_elses() {
        let board = Board::default();
        let (tenant, other) = (TenantId(1), TenantId(2));
        for id in 0..25 {
            board.begin(RehearsalId(id), tenant, Time(id));
        }
        assert!(board.find(tenant, RehearsalId(4)).is_none());
        assert!(board.find(tenant, RehearsalId(5)).is_some());
        assert!(board.find(other, RehearsalId(24)).is_none());
        board.begin(RehearsalId(99), other, Time(KEPT + 30));
        assert!(board.find(tenant, RehearsalId(24)).is_none());
    }
}
