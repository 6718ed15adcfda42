//! What is made so again and again: old rows go, tokens stay fresh. A sweep takes no input and
//! does no harm when it runs twice.

use std::time::Duration;

use crate::audit;
use crate::base::Result;
use crate::base::id::IdMaker;
use crate::base::time::Time;
use crate::bot::count;
use crate::bot::generation::store as generations;
use crate::bus;
use crate::ctx::Ctx;
use crate::intake::journal;
use crate::knowledge::learning::store as learning;
use crate::knowledge::usage::store as usage;
use crate::telemetry::metrics;
use crate::tenants::{login, password};
use crate::web::idempotency;

use super::retention;

/// How long the outbox keeps what was told: a socket that was away longer starts afresh.
const NEWS_LIVE: i64 = 2 * Time::DAY;
/// How many rows go in one transaction: the writer must not be kept from messages.
const AT_ONCE: u32 = 500;

/// Starts the sweeps.
pub fn start(ctx: &Ctx) {
    every(ctx, Duration::from_secs(60), "outbox", clear_outbox);
    every(ctx, Duration::from_secs(600), "sessions", clear_sessions);
    every(ctx, Duration::from_secs(3600), "raw callbacks", clear_inbound);
    every(ctx, Duration::from_secs(3600), "old messages", |ctx| async move { retention::sweep(&ctx).await });
    every(
        ctx,
        Duration::from_secs(3600),
        "audit anchors",
        |ctx| async move { audit::ops::anchor(&ctx).await },
    );
    every(ctx, Duration::from_secs(5), "uses of entries", |ctx| async move { count::count(&ctx).await });
    every(ctx, Duration::from_secs(5), "figures", |_| async {
        metrics::upkeep();
        Ok(())
    });
    // Made before the first log-in, so that an unknown name is not slower than others once.
    tokio::task::spawn_blocking(password::warm_up);
}

fn every<F>(ctx: &Ctx, period: Duration, name: &'static str, sweep: impl Fn(Ctx) -> F + Send + 'static)
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let ctx = ctx.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(period).await;
            if let Err(error) = sweep(ctx.clone()).await {
                tracing::warn!(
                    error.code = error.code,
                    "the sweep of {name} failed and comes again: {error}"
                );
            }
        }
    });
}

/// Sums of uses are kept a little longer than anybody can look back.
const USES_KEPT: i64 = 402 * Time::DAY;

async fn clear_outbox(ctx: Ctx) -> Result<()> {
    let before = ctx.clock.now().plus(-NEWS_LIVE);
    while ctx.db.write(move |tx| bus::clear_before(tx, before, AT_ONCE)).await? == u64::from(AT_ONCE) {}
    Ok(())
}

async fn clear_sessions(ctx: Ctx) -> Result<()> {
    login::sweep(&ctx).await?;
    ctx.db.write(idempotency::forget_old).await?;
    // What nobody took care of within half a year is not waited for any more.
    let floor = IdMaker::floor(ctx.clock.now().plus(-180 * Time::DAY));
    ctx.db.write(move |tx| learning::forget_old(tx, floor)).await?;
    ctx.db.write(move |tx| usage::forget_old(tx, floor)).await?;
    let floor = IdMaker::floor(ctx.clock.now().plus(-30 * Time::DAY));
    ctx.db.write(move |tx| generations::forget_old(tx, floor)).await?;
    let day = ctx.clock.now().plus(-USES_KEPT).in_zone("UTC").date().to_string();
    loop {
        let day = day.clone();
        if !ctx.db.write(move |tx| usage::forget_days(tx, &day)).await? {
            break;
        }
    }
    Ok(())
}

/// Raw callbacks go after the days that the operator chose, and never after their messages.
async fn clear_inbound(ctx: Ctx) -> Result<()> {
    let before = ctx.clock.now().plus(-ctx.config.retention.raw_days() * Time::DAY);
    while ctx.db.write(move |tx| journal::clear_before(tx, before, AT_ONCE)).await? == u64::from(AT_ONCE) {}
    Ok(())
}
