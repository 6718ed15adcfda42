//! Sends planned parts: on a nudge, and on a slow period in case one was missed.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::base::id::{MessageId, TenantId, ThreadId};
use crate::base::time::Time;
use crate::base::{Error, Result, planted};
use crate::bus::{self, Event};
use crate::channels::adapter::{Adapters, SendOutcome};
use crate::channels::book;
use crate::channels::limits::{Allowance, Closed};
use crate::channels::model::{SENDING, Trouble};
use crate::channels::store as channels;
use crate::contacts::model::ChannelIdentity;
use crate::contacts::store as contacts;
use crate::conversations::deliveries::store::{self as deliveries, Delivery};
use crate::conversations::model::{DeliveryState, of_parts};
use crate::conversations::store as conversations;
use crate::ctx::Ctx;
use crate::db::Tx;

/// How many parts are with the platforms at once.
const AT_ONCE: usize = 32;
/// After so many tries a part has failed.
const LAST_TRY: i64 = 6;

/// Marks what was being sent when the server last stopped: nobody knows whether it arrived.
/// Called once, before the first delivery.
pub async fn mark_interrupted(ctx: &Ctx) -> Result<usize> {
    ctx.db
        .write(|tx| {
            let interrupted = deliveries::find_interrupted(tx)?;
            for (id, tenant, thread, message) in &interrupted {
                let words = "the server stopped while this was being sent";
                if planted("send_again") {
                    let now = tx.now();
                    deliveries::put_off(tx, *id, now, "delivery.interrupted", words)?;
                    continue;
                }
                deliveries::settle(
                    tx,
                    *id,
                    DeliveryState::Unknown,
                    Some("delivery.interrupted"),
                    Some(words),
                )?;
                settle_message(
                    tx,
                    *tenant,
                    *thread,
                    *message,
                    Some(&format!("delivery.interrupted {words}")),
                )?;
            }
            Ok(interrupted.len())
        })
        .await
}

/// The places for parts that are with the platforms. On the shelf of the `Ctx`.
#[derive(Debug)]
struct Slots(Arc<Semaphore>);

impl Default for Slots {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// Starts no more deliveries and waits for those under way, `patience` at most: what is cut off while it
/// is with the platform would be shown as unknown for ever.
pub async fn finish(ctx: &Ctx, patience: Duration) {
    let slots = ctx.shelf.get::<Slots>();
    let all = slots.0.acquire_many(u32::try_from(AT_ONCE).unwrap_or(u32::MAX));
    match tokio::time::timeout(patience, all).await {
        // Kept: nobody begins while the process ends.
        Ok(Ok(all)) => all.forget(),
        _ => {
            tracing::warn!("the platform takes long; what is with it now is shown as unknown after the start")
        }
    }
}

/// Sends what is due for as long as the future is polled.
pub async fn run_until_stopped(ctx: Ctx) {
    let slots = ctx.shelf.get::<Slots>();
    loop {
        let pause = match work_off(&ctx, &slots.0).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::warn!(error.code = error.code, "deliveries could not be read: {error}");
                Duration::from_secs(2)
            }
        };
        ctx.deliveries.or_after(pause).await;
    }
}

async fn work_off(ctx: &Ctx, slots: &Arc<Semaphore>) -> Result<Duration> {
    let now = ctx.clock.now();
    let Some(due) = ctx.db.read(deliveries::next_due).await? else { return Ok(Duration::from_secs(30)) };
    if due > now {
        return Ok(Duration::from_millis(due.since(now).clamp(10, 30_000).unsigned_abs()));
    }
    // The places first: what is claimed leaves at once, and nothing is claimed once the server stops.
    let no_slots = |_| Error::internal("delivery.slots", "no slots");
    let mut permits = vec![slots.clone().acquire_owned().await.map_err(no_slots)?];
    permits.extend(std::iter::from_fn(|| slots.clone().try_acquire_owned().ok()));
    let most = u32::try_from(permits.len()).unwrap_or(u32::MAX);
    let claimed = ctx.db.write(move |tx| deliveries::claim(tx, now, most)).await?;
    // A part whose thread is busy with another one is due but not to be had: its turn comes with a nudge.
    let pause = if claimed.is_empty() { Duration::from_secs(1) } else { Duration::from_millis(5) };
    for (delivery, permit) in claimed.into_iter().zip(permits) {
        let ctx = ctx.clone();
        tokio::spawn(async move {
            deliver(&ctx, &delivery).await;
            drop(permit);
            ctx.deliveries.now();
        });
    }
    Ok(pause)
}

/// Sends one part and settles it.
async fn deliver(ctx: &Ctx, delivery: &Delivery) {
    let (tenant, identity) = (delivery.tenant, delivery.identity);
    let identity =
        repeat(delivery, "begin", || ctx.db.read(move |tx| contacts::get_identity(tx, tenant, identity)))
            .await;
    let outcome = match may_send(&identity, ctx.clock.now()) {
        Ok(()) => send(ctx, delivery, &identity).await,
        Err((code, message)) => refusal(code, message, true),
    };
    let settled = Arc::new((delivery.clone(), identity, outcome));
    repeat(delivery, "be settled", || {
        let settled = settled.clone();
        ctx.db.write(move |tx| settle(tx, &settled.0, &settled.1, &settled.2))
    })
    .await;
}

/// Asks the database until it answers. What was claimed is in nobody else's hands: given up, it would
/// hold up its thread until a restart, and what the platform took would never be known.
async fn repeat<T, F: Future<Output = Result<T>>>(delivery: &Delivery, what: &str, ask: impl Fn() -> F) -> T {
    let mut pause = Duration::from_millis(200);
    loop {
        match ask().await {
            Ok(done) => return done,
            Err(error) => tracing::warn!(
                error.code = error.code, delivery.id = %delivery.id,
                "delivery {} cannot {what} yet: {error}", delivery.id
            ),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(10));
    }
}

/// Hands one part to the platform. What fails before the platform is asked comes again later.
async fn send(ctx: &Ctx, delivery: &Delivery, identity: &ChannelIdentity) -> SendOutcome {
    let later = |error| SendOutcome::Later { pause: 5 * Time::SECOND, error };
    let inbox = match book::get(ctx, delivery.inbox).await {
        Ok(inbox) if inbox.inbox.disabled_at.is_some() => {
            return refusal("inbox.disabled", "the account is switched off", false);
        }
        Ok(inbox) => inbox,
        Err(error) => return later(error),
    };
    match ctx.shelf.get::<Adapters>().get(&inbox.inbox.kind) {
        Ok(adapter) => adapter.send(ctx, &inbox, &identity.source_id, &delivery.content).await,
        Err(error) => later(error),
    }
}

fn refusal(code: &'static str, message: &str, closes_window: bool) -> SendOutcome {
    SendOutcome::Refused { code, message: message.to_owned(), closes_window, unfollowed: false }
}

/// Whether the ledger lets one more message go. Words for the agent when not.
fn may_send(identity: &ChannelIdentity, now: Time) -> std::result::Result<(), (&'static str, &'static str)> {
    if identity.followed_at.is_none() {
        return Err(("contact.unfollowed", "the customer does not follow the account any more"));
    }
    allowance(identity).check(now).map_err(|closed| {
        let words = match closed {
            Closed::Window => "the platform's window is closed until the customer writes again",
            Closed::Count => {
                "all messages of the platform's window are used; wait for the customer's next message"
            }
        };
        (closed.code(), words)
    })
}

fn allowance(identity: &ChannelIdentity) -> Allowance {
    Allowance { left: identity.allowance_left.unwrap_or_default(), until: identity.allowance_until }
}

/// Writes how a part ended, spends the allowance, and tells the thread.
fn settle(
    tx: &mut Tx<'_>,
    delivery: &Delivery,
    identity: &ChannelIdentity,
    outcome: &SendOutcome,
) -> Result<()> {
    // A commit whose answer was lost on the way is asked for again.
    if !deliveries::is_sending(tx, delivery.id)? {
        return Ok(());
    }
    let now = tx.now();
    let reason = match outcome {
        SendOutcome::Sent => {
            deliveries::settle(tx, delivery.id, DeliveryState::Sent, None, None)?;
            spend(tx, identity)?;
            if channels::delete_trouble(tx, delivery.tenant, delivery.inbox, SENDING)? {
                bus::emit(tx, delivery.tenant, Event::InboxChanged { inbox: delivery.inbox })?;
            }
            None
        }
        SendOutcome::Unknown(why) if planted("send_again") => {
            return deliveries::put_off(tx, delivery.id, now, "delivery.unknown", why);
        }
        SendOutcome::Unknown(why) => {
            deliveries::settle(tx, delivery.id, DeliveryState::Unknown, Some("delivery.unknown"), Some(why))?;
            spend(tx, identity)?;
            Some(format!("delivery.unknown {why}"))
        }
        SendOutcome::Later { pause, error } if delivery.attempts < LAST_TRY => {
            deliveries::put_off(tx, delivery.id, now.plus(*pause), error.code, &error.message)?;
            return Ok(());
        }
        SendOutcome::Later { error, .. } => {
            deliveries::settle(
                tx,
                delivery.id,
                DeliveryState::Failed,
                Some(error.code),
                Some(&error.message),
            )?;
            Some(format!("{} {}", error.code, error.message))
        }
        SendOutcome::Refused { code, message, closes_window, unfollowed } => {
            deliveries::settle(tx, delivery.id, DeliveryState::Refused, Some(code), Some(message))?;
            if *unfollowed {
                contacts::set_unfollowed(tx, identity.id, now)?;
            } else if *closes_window {
                contacts::set_allowance(tx, identity.id, 0, identity.allowance_until)?;
            } else if *code == SendOutcome::NOT_ALLOWED {
                note_not_allowed(tx, delivery, message)?;
            }
            Some(format!("{code} {message}"))
        }
    };
    settle_message(tx, delivery.tenant, delivery.thread, delivery.message, reason.as_deref())
}

/// Tells the operator that the account may not send. What people write is still tried, since a platform may give the
/// right at any time; what only a later message could say is not begun for a day, or until one has gone through.
fn note_not_allowed(tx: &mut Tx<'_>, delivery: &Delivery, message: &str) -> Result<()> {
    let (feature, code, since) = (SENDING.to_owned(), SendOutcome::NOT_ALLOWED.to_owned(), tx.now());
    let until = Some(since.plus(Time::DAY));
    let trouble = Trouble { feature, code, message: message.to_owned(), since, until };
    channels::put_trouble(tx, delivery.tenant, delivery.inbox, &trouble)?;
    bus::emit(tx, delivery.tenant, Event::InboxChanged { inbox: delivery.inbox })
}

fn spend(tx: &mut Tx<'_>, identity: &ChannelIdentity) -> Result<()> {
    // Read again: the customer may have written while the part was on its way.
    let fresh = contacts::get_identity(tx, identity.tenant, identity.id)?;
    let rest = allowance(&fresh).spend();
    contacts::set_allowance(tx, fresh.id, rest.left, rest.until)
}

fn settle_message(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    thread: ThreadId,
    message: MessageId,
    reason: Option<&str>,
) -> Result<()> {
    let state = of_parts(&deliveries::states_of(tx, message)?);
    conversations::set_delivery(tx, message, state, reason)?;
    bus::emit(tx, tenant, Event::MessageUpdated { thread, message })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::{ContactId, IdentityId, InboxId};

    #[test]
    fn the_ledger_is_asked_before_the_platform() {
        let now = Time(1000);
        let identity = |follows: bool, left, until| ChannelIdentity {
            id: IdentityId(1),
            tenant: TenantId(1),
            inbox: InboxId(1),
            contact: ContactId(1),
            source_id: "o".into(),
            union_id: None,
            followed_at: follows.then_some(now),
            unfollowed_at: None,
            follow_source: None,
            allowance_left: Some(left),
            allowance_until: Some(Time(until)),
            created_at: now,
        };
        for (who, code) in [
            (identity(true, 1, 2000), None),
            (identity(true, 0, 2000), Some("allowance.used_up")),
            (identity(true, 5, 1000), Some("allowance.window_closed")),
            (identity(false, 5, 2000), Some("contact.unfollowed")),
        ] {
            assert_eq!(may_send(&who, now).err().map(|it| it.0), code);
        }
    }
}
