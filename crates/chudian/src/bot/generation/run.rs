//! Takes up generations that wait, and says what comes of them: on a ring, and on a slow period in case one was missed.
//!
//! The row is the job. It is taken in one transaction and ends in another, which writes what is said: whoever dies
//! between the two leaves a row that says what was put off at the next start, once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::base::id::TenantId;
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::bot::catalogue;
use crate::channels::adapter::{Adapter, Adapters};
use crate::channels::book::{self, OpenInbox};
use crate::contacts::store as contacts;
use crate::conversations::store as conversations;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::jobs::Nudge;
use crate::knowledge::particulars::Place;
use crate::telemetry::metrics;

use super::ask::{self, Question};
use super::model::{Generation, Kept, Unsaid};
use super::prompt::Source;
use super::settle::{Ended, dropped, settle};
use super::{store, wanted};

/// So many are under way at once, of all tenants together: they wait for answers and cost little.
const AT_ONCE: usize = 64;
/// So many of one tenant: one whose endpoint hangs holds up nobody else.
const OF_ONE_TENANT: usize = 4;
/// With less time than this left, nobody is asked any more.
const SHORTEST: i64 = Time::SECOND;
/// So often the end is tried to be written.
const TRIES: usize = 30;

/// Wakes the loop. On the shelf.
#[derive(Debug, Default)]
struct Bell(Nudge);

/// There may be something to do.
pub fn ring(ctx: &Ctx) {
    ctx.shelf.get::<Bell>().0.now();
}

/// The places of one tenant each. On the shelf.
#[derive(Debug, Default)]
struct Places(Mutex<HashMap<TenantId, Arc<Semaphore>>>);

impl Places {
    fn of(&self, tenant: TenantId) -> Arc<Semaphore> {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        places.entry(tenant).or_insert_with(|| Arc::new(Semaphore::new(OF_ONE_TENANT))).clone()
    }
}

/// Says what was put off by generations that the server stopped in. Called once, before new ones are taken up.
///
/// # Errors
/// Those of the database.
pub async fn end_interrupted(ctx: &Ctx) -> Result<usize> {
    let taken = ctx.db.read(store::list_taken).await?;
    let count = taken.len();
    for generation in taken {
        let ended = Ended { asked: None, why: Some(Unsaid::Interrupted) };
        if let Err(error) = try_work(ctx, &generation, &mut Some(ended)).await {
            tracing::warn!(
                error.code = error.code, generation.id = %generation.id,
                "generation {} stays open until the next start: {error}", generation.id
            );
        }
    }
    Ok(count)
}

/// Takes up what waits for as long as the future is polled.
pub async fn run_until_stopped(ctx: Ctx) {
    let bell = ctx.shelf.get::<Bell>();
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let pause = match work_off(&ctx, &slots).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::warn!(error.code = error.code, "generations could not be read: {error}");
                Duration::from_secs(2)
            }
        };
        bell.0.or_after(pause).await;
    }
}

async fn work_off(ctx: &Ctx, slots: &Arc<Semaphore>) -> Result<Duration> {
    let no_slots = |_| Error::internal("generation.slots", "no slots");
    let mut permits = vec![slots.clone().acquire_owned().await.map_err(no_slots)?];
    permits.extend(std::iter::from_fn(|| slots.clone().try_acquire_owned().ok()));
    let most = u32::try_from(permits.len()).unwrap_or(u32::MAX);
    let waits = ctx.db.read(store::has_waiting).await?;
    let taken = if waits { ctx.db.write(move |tx| store::claim(tx, most)).await? } else { Vec::new() };
    let pause = if taken.is_empty() { Duration::from_secs(15) } else { Duration::from_millis(5) };
    for (generation, permit) in taken.into_iter().zip(permits) {
        let ctx = ctx.clone();
        tokio::spawn(async move {
            work(&ctx, &generation).await;
            drop(permit);
            ring(&ctx);
        });
    }
    Ok(pause)
}

/// What stands around a generation: where it is said.
struct Around {
    inbox: Arc<OpenInbox>,
    adapter: Arc<dyn Adapter>,
}

impl Around {
    async fn of(ctx: &Ctx, generation: &Generation) -> Result<Self> {
        let (tenant, thread) = (generation.tenant, generation.thread);
        let thread = ctx.db.read(move |tx| conversations::get_thread(tx, tenant, thread)).await?;
        let inbox = book::get(ctx, thread.inbox).await?;
        let adapter = ctx.shelf.get::<Adapters>().get(&inbox.inbox.kind)?;
        Ok(Self { inbox, adapter })
    }
}

/// From the taken row to the ended one. What was taken is in nobody else's hands: the database is asked for minutes,
/// until it answers; what is left then ends with the next start.
async fn work(ctx: &Ctx, generation: &Generation) {
    let mut ended = None;
    let mut pause = Duration::from_millis(200);
    for _ in 0..TRIES {
        match try_work(ctx, generation, &mut ended).await {
            Ok(()) => return,
            Err(error) => tracing::warn!(
                error.code = error.code, generation.id = %generation.id,
                "generation {} cannot end yet: {error}", generation.id
            ),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(10));
    }
}

/// `ended` keeps what came of asking over a failing database: the model is asked once.
async fn try_work(ctx: &Ctx, generation: &Generation, ended: &mut Option<Ended>) -> Result<()> {
    let around = Around::of(ctx, generation).await?;
    let it = match ended.clone() {
        Some(it) => it,
        None => match attempt(ctx, generation, &around).await {
            Ok(it) => it,
            Err(error) => Ended { asked: None, why: Some(Unsaid::Failed(error.code, error.message)) },
        },
    };
    *ended = Some(it.clone());
    conclude(ctx, generation, around, it).await
}

/// Asks the model, if there is still somebody who waits, something to draw on, and time.
async fn attempt(ctx: &Ctx, generation: &Generation, around: &Around) -> Result<Ended> {
    let unsaid = |why| Ok(Ended { asked: None, why: Some(why) });
    let places = ctx.shelf.get::<Places>().of(generation.tenant);
    let _place = places.acquire().await.map_err(|_| Error::internal("generation.places", "no places"))?;
    let row = generation.clone();
    let (kept, known) = ctx
        .db
        .read(move |tx| {
            let kept = store::get(tx, row.tenant)?;
            let known = if dropped(tx, &row)?.is_none() { Some(Known::of(tx, &row)?) } else { None };
            Ok((kept, known))
        })
        .await?;
    // Nobody waits: nothing is asked, and the end says why.
    let Some(known) = known else { return unsaid(Unsaid::Late) };
    if !kept.settings.is_on {
        return unsaid(Unsaid::Off);
    }
    let left = time_left(&kept, generation, ctx.clock.now());
    if left < SHORTEST {
        return unsaid(Unsaid::Late);
    }
    let sources = sources(ctx, generation, &around.inbox).await?;
    show_typing(ctx, around, known.address.clone());
    let limit = Duration::from_millis(left.unsigned_abs());
    let names: Vec<&str> = known.names.iter().map(String::as_str).collect();
    let question = Question { sources: &sources, text: &known.question, names: &names, limit };
    let asked = ask::ask(ctx, generation.tenant, &kept, &question).await?;
    Ok(Ended { why: asked.outcome.as_ref().err().cloned(), asked: Some(asked) })
}

fn time_left(kept: &Kept, generation: &Generation, now: Time) -> i64 {
    generation.created_at.plus(kept.settings.seconds * Time::SECOND).since(now)
}

/// What is known of the customer and the question.
struct Known {
    question: String,
    names: Vec<String>,
    address: String,
}

impl Known {
    fn of(tx: &mut Tx<'_>, generation: &Generation) -> Result<Self> {
        let asked = conversations::get_message(tx, generation.tenant, generation.asked)?;
        let thread = conversations::get_thread(tx, generation.tenant, generation.thread)?;
        let contact = contacts::get(tx, generation.tenant, thread.contact)?;
        let identity = contacts::get_identity(tx, generation.tenant, thread.identity)?;
        let question = asked.content.words().unwrap_or_default().to_owned();
        Ok(Self { question, names: vec![contact.name], address: identity.source_id })
    }
}

async fn sources(ctx: &Ctx, generation: &Generation, inbox: &OpenInbox) -> Result<Vec<Source>> {
    let catalogue = catalogue::of(ctx, generation.tenant).await?;
    let now = ctx.clock.now();
    let place = Place { inbox: inbox.inbox.id, channel: &inbox.inbox.kind };
    Ok(wanted::sources(&catalogue, &generation.wanted.entries, place, now))
}

/// Shows the customer that something is being written. The platform may be slow; nobody waits for it.
fn show_typing(ctx: &Ctx, around: &Around, to: String) {
    let (ctx, inbox, adapter) = (ctx.clone(), around.inbox.clone(), around.adapter.clone());
    tokio::spawn(async move { adapter.typing(&ctx, &inbox, &to).await });
}

/// Ends a generation: says what may be said, or what was put off, or nothing; all in one transaction.
async fn conclude(ctx: &Ctx, generation: &Generation, around: Around, ended: Ended) -> Result<()> {
    let row = generation.clone();
    let name = ctx.db.write(move |tx| settle(tx, &row, around.adapter.as_ref(), &ended)).await?;
    if let Some(name) = name {
        let took = ctx.clock.now().since(generation.created_at).max(0).unsigned_abs();
        metrics::generation_ended(name, Duration::from_millis(took));
        ctx.deliveries.now();
    }
    Ok(())
}
