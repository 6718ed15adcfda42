//! Learns: one training after another, for as long as the server runs.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use retrieval::learnt::{Effort, Lesson, Space};
use retrieval::{Entry, Language};
use serde_json::json;

use crate::audit::ops::record;
use crate::base::id::{Id, TenantId, TrainingId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::bot::regression::rehearse::{self, Proposal};
use crate::bot::{catalogue, store as settings};
use crate::bus::{Event, emit};
use crate::ctx::Ctx;
use crate::jobs::Nudge;
use crate::knowledge::learning::store as choices;
use crate::knowledge::words;
use crate::models::store as models;
use crate::tenants::store as tenants;
use crate::web::actor::Actor;

use super::gauge::Beside;
use super::learner::{Learner, texts};
use super::material::Material;
use super::model::{Report, Training, TrainingState, is_due};
use super::sight::Sight;
use super::store::{self, Part};

/// How long a training is left alone without a sign of life.
const LEASE: i64 = 2 * Time::MINUTE;
/// How often it gives one.
const SIGN: Duration = Duration::from_secs(20);
/// How often is looked whose night it is.
const LOOK: Duration = Duration::from_secs(30);
/// A training that died with its server so often is given up.
const LAST_TRY: i64 = 3;
/// A training takes no longer.
const LONGEST: Duration = Duration::from_secs(30 * 60);
/// So many of the newest choices are learnt from.
const MOST_CHOICES: u32 = 20_000;
/// So many trainings are remembered.
const REMEMBERED: u32 = 20;
/// A space is written in pieces of this size, each in a transaction of its own.
const PIECE: usize = 256 * 1024;

/// How far trainings are; and the bell that wakes the learner.
#[derive(Debug, Default)]
pub struct Board {
    /// There may be work.
    pub bell: Nudge,
    progress: Mutex<HashMap<TenantId, f32>>,
}

impl Board {
    /// Which share of a tenant's training is done, in \[0, 1\].
    #[must_use]
    pub fn progress(&self, tenant: TenantId) -> f32 {
        self.lock().get(&tenant).copied().unwrap_or_default()
    }

    fn set(&self, tenant: TenantId, share: f32) {
        self.lock().insert(tenant, share);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<TenantId, f32>> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Learns what is asked for and what the night brings, for as long as the future is polled.
pub async fn run_until_stopped(ctx: Ctx) {
    let board = ctx.shelf.get::<Board>();
    loop {
        if let Err(error) = work_off(&ctx).await {
            tracing::warn!(error.code = error.code, "learning goes on later: {error}");
        }
        board.bell.or_after(LOOK).await;
    }
}

/// Writes down the nightly trainings that are due, and does all that wait, one after another.
///
/// # Errors
/// Those of the database.
pub async fn work_off(ctx: &Ctx) -> Result<()> {
    note_nights(ctx).await?;
    while let Some((tenant, training, tries)) =
        ctx.db.write(|tx| store::claim(tx, tx.now().plus(LEASE))).await?
    {
        let id = training.id;
        let ended = if tries > LAST_TRY {
            Ok(failed(training.clone(), "learning.died"))
        } else {
            learn(ctx, tenant, training.clone(), Lesson::default()).await
        };
        let ended = ended.unwrap_or_else(|error| {
            tracing::warn!(%tenant, training = %id, error.code = error.code, "a training failed: {error}");
            failed(training, error.code)
        });
        finish(ctx, tenant, ended).await?;
    }
    Ok(())
}

/// Writes down the trainings of tenants whose night it is.
async fn note_nights(ctx: &Ctx) -> Result<()> {
    let due = ctx
        .db
        .read(|tx| {
            let (now, last) = (tx.now(), store::list_nightly(tx)?);
            let without = store::list_without_nights(tx)?;
            let mut due = tenants::list_open(tx)?;
            due.retain(|(tenant, zone)| {
                !without.contains(tenant) && is_due(*tenant, zone, last.get(tenant).copied(), now)
            });
            Ok(due)
        })
        .await?;
    for (tenant, _) in due {
        ctx.db.write(move |tx| store::insert(tx, tenant, None, TrainingState::Waiting)).await?;
    }
    Ok(())
}

fn failed(mut training: Training, code: &str) -> Training {
    training.state = TrainingState::Failed;
    training.report.reason = Some(code.to_owned());
    training
}

/// Learns at once from the base, the choices, and further pairs: for measurements, which have labelled ones.
///
/// # Errors
/// Those of the database.
pub async fn learn_now(ctx: &Ctx, tenant: TenantId, more: Lesson) -> Result<Training> {
    let training = ctx
        .db
        .write(move |tx| {
            store::insert(tx, tenant, None, TrainingState::Waiting)?;
            Ok(store::claim(tx, tx.now().plus(LEASE))?.map(|it| it.1))
        })
        .await?;
    let training = training.ok_or_else(|| Error::internal("learning.claim", "a training was taken away"))?;
    let ended = learn(ctx, tenant, training, more).await?;
    finish(ctx, tenant, ended.clone()).await?;
    Ok(ended)
}

/// Writes how a training ended. What it learnt, if it counts, is in force from here on.
async fn finish(ctx: &Ctx, tenant: TenantId, mut ended: Training) -> Result<()> {
    ctx.db
        .write(move |tx| {
            ended.ended_at = Some(tx.now());
            if !store::finish(tx, &ended)? {
                // Somebody said meanwhile that what is learnt is to be forgotten.
                return store::delete_pieces(tx, tenant, ended.id);
            }
            let mut learning = store::get_learning(tx, tenant)?;
            if ended.state == TrainingState::Trained {
                learning.current = Some(ended.id);
            }
            // Where what is in force stays, so does the threshold that was read off with it.
            let percent = ended.report.answer_from.map(|it| (it * 100.0).round() as i64);
            if ended.state == TrainingState::Trained || learning.current.is_none() && percent.is_some() {
                learning.answer_percent = percent;
            }
            store::put_learning(tx, tenant, learning)?;
            if ended.state != TrainingState::Unchanged {
                let detail = json!({ "state": ended.state.name(), "reason": ended.report.reason });
                record(tx, &Actor::system(tenant), "learning.end", ended.id, detail)?;
            }
            store::forget_old(tx, tenant, REMEMBERED)?;
            emit(tx, tenant, Event::KnowledgeLearnt)
        })
        .await
}

/// What a training begins with.
struct Start {
    material: Material,
    more: Lesson,
    language: Language,
    sight: Option<Sight>,
    /// Which model was chosen, as one word.
    model: String,
    answer: f32,
    /// Something learnt before is in force.
    has_current: bool,
    /// What was learnt from last.
    last: Option<String>,
}

async fn learn(ctx: &Ctx, tenant: TenantId, training: Training, more: Lesson) -> Result<Training> {
    let mut start = ctx.db.read(move |tx| read(tx, tenant)).await?;
    start.more = more;
    start.sight = Sight::open(ctx, tenant, texts(&start.material, &start.more)).await?;
    let board = ctx.shelf.get::<Board>();
    board.set(tenant, 0.0);
    // Dropped with this future, when the server stops: the thread then ends at its next rest.
    let pace = Arc::new(Pace::default());
    let _stop = Stop(pace.clone());
    let (told, by_night) = (board.clone(), training.asked_by.is_none());
    let mut thread = tokio::task::spawn_blocking(move || {
        learn_from(&start, by_night, &pace, &|share| told.set(tenant, share))
    });
    let id = training.id;
    let learnt = loop {
        tokio::select! {
            learnt = &mut thread => break learnt,
            () = tokio::time::sleep(SIGN) => {
                ctx.db.write(move |tx| store::keep(tx, id, tx.now().plus(LEASE))).await?;
            }
        }
    };
    let mut learnt = learnt.map_err(|error| {
        Error::internal("learning.broken", "learning ended in a fault of its own").because(error)
    })?;
    refuse_fall(ctx, tenant, &mut learnt).await?;
    keep(ctx, tenant, id, learnt.parts).await?;
    let Learnt { state, print, report, .. } = learnt;
    Ok(Training { state, print, report, ..training })
}

fn read(tx: &mut crate::db::Tx<'_>, tenant: TenantId) -> Result<Start> {
    let entries = catalogue::list_entries(tx, tenant)?.into_iter().map(|(entry, similar)| Entry {
        key: entry.id.raw(),
        wordings: std::iter::once(entry.question).chain(similar).collect(),
    });
    let entries = entries.collect();
    let dismissed = choices::list_dismissed(tx, tenant)?;
    let confirmed = choices::list_confirmed(tx, tenant, MOST_CHOICES)?.into_iter().rev();
    let wanted = confirmed.filter(|(_, question, entry)| {
        !dismissed.contains(&(*entry, retrieval::normalise::question(question)))
    });
    let choices: Vec<(String, i64)> = wanted.map(|(_, question, entry)| (question, entry.raw())).collect();
    let told = |it: &Training| it.ended_at.is_some() && !it.print.is_empty();
    let learning = store::get_learning(tx, tenant)?;
    let thresholds = settings::get_settings(tx, tenant)?.0.thresholds.in_force(learning.answer_from());
    Ok(Start {
        material: Material::new(entries, &choices),
        more: Lesson::default(),
        language: words::model::language(&words::store::list_all(tx, tenant)?),
        sight: None,
        model: models::get(tx, tenant)?.choice.space(),
        answer: thresholds.answer,
        has_current: learning.current.is_some(),
        last: store::list(tx, tenant, REMEMBERED)?.into_iter().find(told).map(|it| it.print),
    })
}

/// What came of it.
struct Learnt {
    state: TrainingState,
    print: String,
    report: Report,
    parts: Vec<(Part, Vec<u8>)>,
}

/// Learns and tries what was learnt. Takes seconds to minutes of a thread.
fn learn_from(start: &Start, by_night: bool, pace: &Pace, tell: &dyn Fn(f32)) -> Learnt {
    let begin = Instant::now();
    let go_on = |share: f32| {
        tell(share);
        pace.rest()
    };
    let learner = Learner {
        material: &start.material,
        more: &start.more,
        language: &start.language,
        sight: start.sight.as_ref(),
        answer: start.answer,
        effort: Effort::default(),
        go_on: &go_on,
    };
    // Another model sees otherwise: then it is new although the base is not.
    let print = format!("{} {}", start.material.print(), start.model).trim_end().to_owned();
    let mut report = Report { lesson: start.material.figures(), ..Report::default() };
    let mut parts = Vec::new();
    let has_enough = report.lesson.suffices() || !start.more.pairs.is_empty();
    let state = if by_night && start.last.as_ref() == Some(&print) {
        TrainingState::Unchanged
    } else if !has_enough {
        report.reason = Some("learning.too_little".to_owned());
        TrainingState::Lacking
    } else {
        match learner.learn(&mut report) {
            Ok(made) => {
                report.tokens = made.space.as_ref().map_or(0, Space::len);
                let beside = match &made.space {
                    None => Beside::Nothing,
                    Some(space) if space.comparer().is_none() => Beside::Space,
                    Some(_) => Beside::Comparer,
                };
                report.answer_from = learner.answer_from(beside, made.map.is_some());
                parts.extend(made.space.map(|it| (Part::Space, it.to_bytes())));
                let seen = start.sight.as_ref().zip(made.map);
                parts.extend(seen.map(|(it, map)| (Part::Map(it.space().to_owned()), map.to_bytes())));
                report.bytes = parts.iter().map(|it| it.1.len()).sum();
                TrainingState::Trained
            }
            Err((state, reason)) => {
                report.reason = Some(reason.to_owned());
                state
            }
        }
    };
    if matches!(state, TrainingState::Lacking | TrainingState::Refused) && !start.has_current {
        report.answer_from = learner.answer_from(Beside::Nothing, false);
    }
    report.milliseconds = i64::try_from(begin.elapsed().as_millis()).unwrap_or(i64::MAX);
    Learnt { state, print, report, parts }
}

/// Writes what was learnt, in pieces; what a try before this one left is gone.
async fn keep(ctx: &Ctx, tenant: TenantId, training: TrainingId, parts: Vec<(Part, Vec<u8>)>) -> Result<()> {
    ctx.db.write(move |tx| store::delete_pieces(tx, tenant, training)).await?;
    for (part, bytes) in parts {
        for (piece, nth) in bytes.chunks(PIECE).zip(0..) {
            let (piece, part) = (piece.to_vec(), part.clone());
            ctx.db.write(move |tx| store::put_piece(tx, tenant, (training, &part, nth), &piece)).await?;
        }
    }
    Ok(())
}

/// What was learnt does not count when a test set would fare worse with it: nobody stands by to accept that.
async fn refuse_fall(ctx: &Ctx, tenant: TenantId, learnt: &mut Learnt) -> Result<()> {
    let space = learnt.parts.iter().find(|it| it.0 == Part::Space).and_then(|it| Space::from_bytes(&it.1));
    let Some(space) = space else { return Ok(()) };
    let other = rehearse::Learnt::Other(Arc::new(space), learnt.report.answer_from);
    let proposal = Proposal { learnt: other, ..Proposal::default() };
    let falls = rehearse::falls(ctx, tenant, proposal).await?;
    if !falls.is_empty() {
        learnt.state = TrainingState::Refused;
        learnt.report.reason = Some("learning.sets_fall".to_owned());
        learnt.report.falls = falls;
        learnt.report.answer_from = None;
        learnt.report.model_learnt = false;
        learnt.report.comparer_learnt = false;
        learnt.parts.clear();
    }
    Ok(())
}

/// How the thread keeps from disturbing others: after each step it rests half as long as it worked, but never longer
/// than a fifth of a second. With steps below .4 s it takes two thirds of one processor, with longer ones more.
#[derive(Debug)]
struct Pace {
    is_over: AtomicBool,
    begin: Instant,
    last: Mutex<Instant>,
}

impl Default for Pace {
    fn default() -> Self {
        let now = Instant::now();
        Self { is_over: AtomicBool::new(false), begin: now, last: Mutex::new(now) }
    }
}

impl Pace {
    /// Rests; says whether to go on.
    fn rest(&self) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        std::thread::sleep((last.elapsed() / 2).min(Duration::from_millis(200)));
        *last = Instant::now();
        !self.is_over.load(Ordering::Relaxed) && self.begin.elapsed() < LONGEST
    }
}

/// Ends a thread when it goes.
struct Stop(Arc<Pace>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.is_over.store(true, Ordering::Relaxed);
    }
}
