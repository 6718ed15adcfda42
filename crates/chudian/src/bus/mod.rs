//! News: what happened is told once, in the transaction in which it happened.
//!
//! `emit` writes a row into the outbox; when the commit is on disk, the same event goes out to
//! whoever subscribed in this process. The row is the truth: who was away reads it from there
//! (`since`), so nothing is announced that did not happen and nothing that happened is lost.
//!
//! Events carry keys, never copies of rows.

mod event;
mod outbox;

use std::sync::Arc;

use tokio::sync::{broadcast, mpsc};

use crate::base::id::TenantId;
use crate::base::time::Time;
use crate::db::Announcement;
use crate::telemetry::metrics;

pub use event::Event;
pub use outbox::{clear_before, emit, latest, since};

/// How many events a slow listener may be behind before it has to read the outbox.
const BACKLOG: usize = 16_384;

/// An event with its place in the order of commits.
#[derive(Debug, Clone)]
pub struct Told {
    /// Rises with every event of the house.
    pub seq: i64,
    /// Whose news it is.
    pub tenant: TenantId,
    /// When.
    pub at: Time,
    /// What happened.
    pub event: Event,
}

/// Where news of this process can be heard.
#[derive(Debug, Clone)]
pub struct Bus(broadcast::Sender<Arc<Told>>);

impl Default for Bus {
    fn default() -> Self {
        Self(broadcast::Sender::new(BACKLOG))
    }
}

impl Bus {
    /// Hears everything from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Told>> {
        self.0.subscribe()
    }

    /// Passes on what transactions announce, until the database stops.
    pub async fn pass_on(self, mut announcements: mpsc::UnboundedReceiver<Announcement>) {
        while let Some(item) = announcements.recv().await {
            if let Some(event) = item.news.downcast_ref::<Event>() {
                let told = Told { seq: item.seq, tenant: item.tenant, at: item.at, event: event.clone() };
                // Without a listener there is nobody to tell.
                let _ = self.0.send(Arc::new(told));
            }
            metrics::passed_on(item.seq);
        }
    }
}
