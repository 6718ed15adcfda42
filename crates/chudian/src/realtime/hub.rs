//! Spreads news by tenant: one task hears everything, writes each frame once and hands it on.
//!
//! Frames that come within a few milliseconds go out together, so a busy minute costs each
//! socket a few dozen writes a second and not hundreds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use crate::base::id::TenantId;
use crate::bus::Told;
use crate::ctx::Ctx;

use super::model::Spoken;

/// How many batches a slow socket may be behind before it reads the outbox instead.
const BACKLOG: usize = 256;
/// How long frames are gathered.
const PACE: Duration = Duration::from_millis(10);

/// What a socket hears.
#[derive(Debug, Clone)]
pub(super) enum Heard {
    /// Frames in order.
    News(Arc<[Arc<Spoken>]>),
    /// Some were missed on the way: the outbox has them.
    Gap,
}

/// The channels by tenant. On the shelf of the `Ctx`.
#[derive(Debug, Default)]
pub(super) struct Hub(Mutex<HashMap<TenantId, broadcast::Sender<Heard>>>);

impl Hub {
    /// Hears a tenant's news from now on.
    pub(super) fn listen(&self, tenant: TenantId) -> broadcast::Receiver<Heard> {
        let mut channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        channels.entry(tenant).or_insert_with(|| broadcast::Sender::new(BACKLOG)).subscribe()
    }

    fn tell(&self, batch: &[Arc<Told>]) {
        let mut channels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Nobody of the tenant looks any more.
        channels.retain(|_, it| it.receiver_count() > 0);
        for (tenant, channel) in channels.iter() {
            let news: Arc<[_]> =
                batch.iter().filter(|it| it.tenant == *tenant).map(|it| Arc::new(Spoken::of(it))).collect();
            if !news.is_empty() {
                // The last listener may just have gone.
                let _ = channel.send(Heard::News(news));
            }
        }
    }

    fn tell_of_gap(&self) {
        for channel in self.0.lock().unwrap_or_else(PoisonError::into_inner).values() {
            let _ = channel.send(Heard::Gap);
        }
    }
}

/// Passes news on to the live screens for as long as the future is polled.
pub async fn run(ctx: Ctx) {
    let hub = ctx.shelf.get::<Hub>();
    let mut news = ctx.bus.subscribe();
    loop {
        let first = match news.recv().await {
            Ok(told) => told,
            Err(RecvError::Lagged(_)) => {
                hub.tell_of_gap();
                continue;
            }
            Err(RecvError::Closed) => return,
        };
        let mut batch = vec![first];
        tokio::time::sleep(PACE).await;
        let lagged = loop {
            match news.try_recv() {
                Ok(told) => batch.push(told),
                Err(TryRecvError::Lagged(_)) => break true,
                Err(_) => break false,
            }
        };
        hub.tell(&batch);
        if lagged {
            hub.tell_of_gap();
        }
    }
}
