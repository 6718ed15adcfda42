//! A change is tried before it is published.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use retrieval::normalise;

use crate::base::id::{EntryId, RehearsalId, TenantId, TestSetId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::bot::catalogue::{self, Catalogue};
use crate::bot::settings::BotSettings;
use crate::ctx::Ctx;
use crate::knowledge::rehearsal::{Change, Fall, Rehearser};
use crate::knowledge::workshop::store as workshop;

use super::board::{Board, Rehearsal};
use super::model::{Effect, Expects, Outcome, TestQuestion, TestSet, Verdict, judge, score};
use super::replay::{self, MOST_BESIDE, by_words};
use super::store;

/// So many differences are told.
const MOST_TOLD: usize = 200;

/// So long questions are asked; what is left then is told as left out. Building the index anew for a large import
/// comes before and takes up to ten seconds with 50,000 entries.
const LONGEST: Duration = Duration::from_secs(60);

/// What would be different.
#[derive(Debug, Clone, Default)]
pub struct Proposal {
    /// Entries that say something else.
    pub changes: Vec<Change>,
    /// Other settings of the bot.
    pub settings: Option<BotSettings>,
}

/// A question that would come out differently.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The words.
    pub question: String,
    /// The set that it is of; `None`: a customer's.
    pub set: Option<TestSetId>,
    /// Now.
    pub before: Outcome,
    /// Then.
    pub after: Outcome,
    /// What that is.
    pub effect: Effect,
    /// Of a test question: how it compares with what is expected, now and then.
    pub verdicts: Option<(Verdict, Verdict)>,
    /// It is a wording of the very entry that changes: that is what the change is for.
    pub is_own: bool,
}

/// A set on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetScore {
    /// Which.
    pub set: TestSetId,
    /// Its name.
    pub name: String,
    /// Right now.
    pub before: usize,
    /// Right then.
    pub after: usize,
    /// Of how many.
    pub checked: usize,
}

/// What a rehearsal found.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// Each set with something expected.
    pub sets: Vec<SetScore>,
    /// How many questions of customers were asked.
    pub customers: usize,
    /// How many questions were left out because time was over.
    pub left_out: usize,
    /// The differences, losses first; at most 200.
    pub differences: Vec<Difference>,
    /// How many there are.
    pub different: usize,
}

impl Findings {
    /// The sets that fare worse.
    #[must_use]
    pub fn falls(&self) -> Vec<Fall> {
        let falling = self.sets.iter().filter(|it| it.after < it.before);
        falling
            .map(|it| Fall {
                set: it.set,
                name: it.name.clone(),
                before: it.before,
                after: it.after,
                checked: it.checked,
            })
            .collect()
    }
}

/// What is asked.
struct Material {
    sets: Vec<TestSet>,
    customers: Vec<String>,
}

/// Begins a rehearsal of everything that is replayed.
///
/// # Errors
/// Those of the database.
pub async fn begin(ctx: &Ctx, tenant: TenantId, proposal: Proposal) -> Result<Arc<Rehearsal>> {
    let board = ctx.shelf.get::<Board>();
    let rehearsal = board.begin(ctx.ids.make(ctx.clock.now()), tenant, ctx.clock.now());
    let (ctx, handle) = (ctx.clone(), rehearsal.clone());
    tokio::spawn(async move {
        let found = run(&ctx, tenant, proposal, &handle).await;
        handle.end(found);
    });
    Ok(rehearsal)
}

async fn run(
    ctx: &Ctx,
    tenant: TenantId,
    proposal: Proposal,
    rehearsal: &Arc<Rehearsal>,
) -> Result<Findings> {
    let material = ctx
        .db
        .read(move |tx| {
            let most = workshop::get_settings(tx, tenant)?.0.replayed_questions;
            let customers = store::list_asked(tx, tenant, most as usize)?;
            Ok(Material { sets: store::list(tx, tenant)?, customers })
        })
        .await?;
    compare(ctx, tenant, proposal, material, Some(rehearsal.clone())).await
}

/// The sets that would fare worse. Nothing is asked when no set expects anything.
///
/// # Errors
/// Those of the database.
pub async fn falls(ctx: &Ctx, tenant: TenantId, proposal: Proposal) -> Result<Vec<Fall>> {
    if proposal.changes.is_empty() && proposal.settings.is_none() {
        return Ok(Vec::new());
    }
    let mut sets = ctx.db.read(move |tx| store::list(tx, tenant)).await?;
    sets.iter_mut().for_each(|it| it.questions.retain(|it| it.expects != Expects::Free));
    sets.retain(|it| !it.questions.is_empty());
    if sets.is_empty() {
        return Ok(Vec::new());
    }
    let material = Material { sets, customers: Vec::new() };
    let found = compare(ctx, tenant, proposal, material, None).await?;
    if found.left_out > 0 {
        let why = "the test sets could not all be asked in time: try again when the server is less busy, or make them smaller";
        return Err(Error::busy("rehearsal.late", why));
    }
    Ok(found.falls())
}

/// Asks both sides, on a thread of its own.
async fn compare(
    ctx: &Ctx,
    tenant: TenantId,
    proposal: Proposal,
    material: Material,
    rehearsal: Option<Arc<Rehearsal>>,
) -> Result<Findings> {
    let stopped = |error| Error::internal("rehearsal.stopped", "the rehearsal stopped").because(error);
    // Who publishes does not wait for those who only look.
    let board = ctx.shelf.get::<Board>();
    let slots = if rehearsal.is_some() { &board.slots } else { &board.publishers };
    let slot = slots.clone().acquire_owned().await.map_err(|error| stopped(error.to_string()))?;
    if rehearsal.as_ref().is_some_and(|it| board.find(tenant, it.id).is_none()) {
        // Nobody can ask for it any more.
        return Err(Error::busy("rehearsal.forgotten", "too many were begun after this one: begin it anew"));
    }
    let present = catalogue::of(ctx, tenant).await?;
    let published = if proposal.changes.len() > MOST_BESIDE {
        ctx.db.read(move |tx| catalogue::list_entries(tx, tenant)).await?
    } else {
        Vec::new()
    };
    let now = ctx.clock.now();
    tokio::task::spawn_blocking(move || {
        // Held for as long as the thread works, also when the caller has gone away.
        let _slot = slot;
        let knowledge = match proposal.changes.len() {
            0 => None,
            it if it > MOST_BESIDE => Some(present.knowledge.anew(published, &proposal.changes)),
            _ => Some(present.knowledge.beside(&proposal.changes)),
        };
        let after = replay::changed(&present, knowledge, proposal.settings);
        let sides = Sides { before: by_words(&present), after, now, own: own_wordings(&proposal.changes) };
        sides.ask_all(&material, rehearsal.as_deref())
    })
    .await
    .map_err(|error| stopped(error.to_string()))
}

/// The wordings of the entries that change, as they are compared.
fn own_wordings(changes: &[Change]) -> std::collections::HashMap<String, EntryId> {
    let bodies = changes.iter().filter_map(|it| Some((it.entry, it.body.as_ref()?)));
    let wordings = bodies.flat_map(|(id, body)| {
        std::iter::once(&body.question).chain(&body.similar).map(move |it| (normalise::question(it), id))
    });
    wordings.collect()
}

/// The bot as it is and as it would be.
struct Sides {
    before: Catalogue,
    after: Catalogue,
    now: Time,
    own: std::collections::HashMap<String, EntryId>,
}

impl Sides {
    fn ask_all(&self, material: &Material, rehearsal: Option<&Rehearsal>) -> Findings {
        let total =
            material.customers.len() + material.sets.iter().map(|it| it.questions.len()).sum::<usize>();
        if let Some(rehearsal) = rehearsal {
            rehearsal.total.store(total, Ordering::Relaxed);
        }
        let end = Instant::now() + LONGEST;
        let mut asked = 0;
        let mut findings = Findings::default();
        let mut differences = Vec::new();
        let mut is_time_over = || {
            asked += 1;
            if let Some(rehearsal) = rehearsal {
                rehearsal.done.store(asked - 1, Ordering::Relaxed);
            }
            Instant::now() > end
        };
        for set in &material.sets {
            let mut verdicts = Vec::with_capacity(set.questions.len());
            for it in &set.questions {
                if is_time_over() {
                    findings.left_out += 1;
                    continue;
                }
                let (before, after) = self.ask(&it.question);
                let expected = |side: &Catalogue| it.expecting(&side.knowledge);
                let both = (judge(&expected(&self.before), &before), judge(&expected(&self.after), &after));
                verdicts.push(both);
                differences.extend(self.difference(&it.question, (before, after), Some((set, it, both))));
            }
            let (before, checked) = score(verdicts.iter().map(|it| it.0));
            let (after, _) = score(verdicts.iter().map(|it| it.1));
            if checked > 0 {
                findings.sets.push(SetScore { set: set.id, name: set.name.clone(), before, after, checked });
            }
        }
        for question in &material.customers {
            if is_time_over() {
                findings.left_out += 1;
                continue;
            }
            findings.customers += 1;
            differences.extend(self.difference(question, self.ask(question), None));
        }
        findings.different = differences.len();
        // What is lost is read first; stable, so sets come before customers and the newest of these first.
        differences.sort_by_key(|it| match (it.is_own, it.effect) {
            (false, Effect::Loss) => 0,
            (false, Effect::Change) => 1,
            (false, Effect::Gain) => 2,
            (true, _) => 3,
        });
        differences.truncate(MOST_TOLD);
        Findings { differences, ..findings }
    }

    fn ask(&self, question: &str) -> (Outcome, Outcome) {
        (replay::ask(&self.before, question, self.now), replay::ask(&self.after, question, self.now))
    }

    fn difference(
        &self,
        question: &str,
        (before, after): (Outcome, Outcome),
        of: Option<(&TestSet, &TestQuestion, (Verdict, Verdict))>,
    ) -> Option<Difference> {
        let effect = Effect::of(&before, &after)?;
        let own = self.own.get(&normalise::question(question));
        Some(Difference {
            is_own: own.is_some_and(|it| after.entries.first() == Some(it)),
            question: question.to_owned(),
            set: of.map(|it| it.0.id),
            verdicts: of.map(|it| it.2),
            before,
            after,
            effect,
        })
    }
}

/// The bot's own hand for what is published elsewhere.
#[derive(Debug)]
pub struct BotRehearser;

type Soon<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

impl Rehearser for BotRehearser {
    fn falls(&self, ctx: Ctx, tenant: TenantId, changes: Vec<Change>) -> Soon<Vec<Fall>> {
        Box::pin(async move { falls(&ctx, tenant, Proposal { changes, settings: None }).await })
    }

    fn begin(&self, ctx: Ctx, tenant: TenantId, changes: Vec<Change>) -> Soon<RehearsalId> {
        Box::pin(async move { Ok(begin(&ctx, tenant, Proposal { changes, settings: None }).await?.id) })
    }
}
