//! Who hears of what. The rooms below tell their news and know no listener; only this file knows.
//!
//! A listener is idempotent and quick: it swaps a snapshot or nudges a loop.

use tokio::sync::broadcast::error::RecvError;

use crate::adapters::wechat;
use crate::bot::fresh;
use crate::bus::{Event, Told};
use crate::ctx::Ctx;
use crate::realtime;
use crate::routing::sweep;

/// Starts the task that hands news to the listeners.
pub fn start(ctx: &Ctx) {
    tokio::spawn(fresh::keep_fresh(ctx.clone()));
    tokio::spawn(sweep::run(ctx.clone()));
    tokio::spawn(realtime::run(ctx.clone()));
    let mut news = ctx.bus.subscribe();
    let ctx = ctx.clone();
    tokio::spawn(async move {
        loop {
            match news.recv().await {
                Ok(told) => hear(&ctx, &told),
                // Too many at once: what may have changed is forgotten and read again.
                Err(RecvError::Lagged(_)) => wechat::forget(&ctx),
                Err(RecvError::Closed) => return,
            }
        }
    });
}

fn hear(ctx: &Ctx, told: &Told) {
    // A closed member's inboxes are closed too.
    if matches!(told.event, Event::InboxChanged { .. } | Event::TenantChanged) {
        wechat::forget(ctx);
    }
}
