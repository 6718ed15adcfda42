//! A change is tried before it is published.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use retrieval::learnt::Space;
use retrieval::normalise;
use tokio::sync::Semaphore;

use crate::base::id::{EntryId, RehearsalId, TenantId, TestSetId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::bot::catalogue::{self, Catalogue, Knowledge};
use crate::bot::lore::Lore;
use crate::bot::menu::Node;
use crate::bot::model::{Keyword, Known};
use crate::bot::settings::BotSettings;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::rehearsal::{Change, Fall, Plan, Rehearser};
use crate::knowledge::shared::ops::list_standing_after;
use crate::knowledge::shared::store as shared;
use crate::knowledge::words::model::language;
use crate::knowledge::workshop::store as workshop;

use super::board::{Board, Rehearsal};
use super::members::{self, Asked};
use super::model::{Effect, Expects, Outcome, TestQuestion, TestSet, Verdict, judge, score};
use super::replay::{self, MOST_BESIDE, Other, by_words};
use super::store;

/// So many differences are told.
const MOST_TOLD: usize = 200;

/// So long questions are asked; what is left then is told as left out. Building the index anew for a large import
/// comes before and takes up to ten seconds with 50,000 entries.
const LONGEST: Duration = Duration::from_secs(60);

/// What would be different.
#[derive(Debug, Clone, Default)]
pub struct Proposal {
    /// Entries that say something else, and other words.
    pub plan: Plan,
    /// Entries of headquarters that say something else.
    pub theirs: Vec<Change>,
    /// What would be learnt.
    pub learnt: Learnt,
    /// Other settings of the bot.
    pub settings: Option<BotSettings>,
    /// All keyword rules as they would be.
    pub keywords: Option<Vec<Keyword>>,
    /// Another text menu.
    pub text_menu: Option<Node>,
}

/// What would be learnt of a base.
#[derive(Debug, Clone, Default)]
pub enum Learnt {
    /// What is learnt now.
    #[default]
    AsItIs,
    /// A space, and from which confidence on answers are given with it.
    Other(Arc<Space>, Option<f32>),
    /// Nothing any more.
    Nothing,
}

impl Proposal {
    fn is_empty(&self) -> bool {
        let is_same = matches!(self.learnt, Learnt::AsItIs) && self.theirs.is_empty();
        let has_parts = self.settings.is_some() || self.keywords.is_some() || self.text_menu.is_some();
        self.plan.is_empty() && is_same && !has_parts
    }
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
    /// Of a change that is shared: what the members' sets say.
    pub members: Asked,
}

impl Findings {
    /// The sets that fare worse, the own and those of members.
    #[must_use]
    pub fn falls(&self) -> Vec<Fall> {
        let falling = self.sets.iter().filter(|it| it.after < it.before);
        let own = falling.map(|it| Fall {
            set: it.set,
            name: it.name.clone(),
            member: None,
            before: it.before,
            after: it.after,
            checked: it.checked,
        });
        own.chain(self.members.falls.iter().cloned()).collect()
    }
}

/// What is asked.
#[derive(Default)]
pub(super) struct Material {
    pub(super) sets: Vec<TestSet>,
    customers: Vec<String>,
}

impl Material {
    /// The sets of a tenant as far as something is expected.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn expected(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Self> {
        let mut sets = store::list(tx, tenant)?;
        sets.iter_mut().for_each(|it| it.questions.retain(|it| it.expects != Expects::Free));
        sets.retain(|it| !it.questions.is_empty());
        Ok(Self { sets, customers: Vec::new() })
    }
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
    let changes = proposal.plan.changes.clone();
    let slots = ctx.shelf.get::<Board>().slots.clone();
    let found = compare(ctx, tenant, proposal, material, (&slots, Some(rehearsal.clone()))).await?;
    let members = members::ask(ctx, tenant, &changes, &slots).await?;
    Ok(Findings { members, ..found })
}

/// The sets that would fare worse. Nothing is asked when no set expects anything.
///
/// # Errors
/// Those of the database.
pub async fn falls(ctx: &Ctx, tenant: TenantId, proposal: Proposal) -> Result<Vec<Fall>> {
    if proposal.is_empty() {
        return Ok(Vec::new());
    }
    // Who publishes does not wait for those who only look.
    let slots = ctx.shelf.get::<Board>().publishers.clone();
    let changes = proposal.plan.changes.clone();
    let material = ctx.db.read(move |tx| Material::expected(tx, tenant)).await?;
    let mut found = Findings::default();
    if !material.sets.is_empty() {
        found = compare(ctx, tenant, proposal, material, (&slots, None)).await?;
    }
    if found.left_out > 0 {
        let why = "the test sets could not all be asked in time: try again when the server is less busy, or make them smaller";
        return Err(Error::busy("rehearsal.late", why));
    }
    found.members = members::ask(ctx, tenant, &changes, &slots).await?;
    Ok(found.falls())
}

/// Asks both sides, on a thread of its own.
pub(super) async fn compare(
    ctx: &Ctx,
    tenant: TenantId,
    proposal: Proposal,
    material: Material,
    (slots, rehearsal): (&Arc<Semaphore>, Option<Arc<Rehearsal>>),
) -> Result<Findings> {
    let stopped = |error| Error::internal("rehearsal.stopped", "the rehearsal stopped").because(error);
    let slot = slots.clone().acquire_owned().await.map_err(|error| stopped(error.to_string()))?;
    let board = ctx.shelf.get::<Board>();
    if rehearsal.as_ref().is_some_and(|it| board.find(tenant, it.id).is_none()) {
        // Nobody can ask for it any more.
        return Err(Error::busy("rehearsal.forgotten", "too many were begun after this one: begin it anew"));
    }
    let is_guest = !proposal.theirs.is_empty();
    let present =
        if is_guest { catalogue::peek(ctx, tenant).await? } else { catalogue::of(ctx, tenant).await? };
    let (proposal, said) = ctx
        .db
        .read(move |tx| {
            let said = if needs_all(tx, tenant, &proposal)? {
                let after = list_standing_after(tx, tenant, &proposal.plan.changes, &proposal.theirs)?;
                Some(after.into_iter().map(catalogue::known).collect())
            } else {
                None
            };
            Ok((proposal, said))
        })
        .await?;
    let now = ctx.clock.now();
    tokio::task::spawn_blocking(move || {
        // Held for as long as the thread works, also when the caller has gone away.
        let _slot = slot;
        let own = own_wordings(&proposal.plan.changes);
        let after = replay::changed(&present, other(&present, proposal, said));
        let sides = Sides { before: by_words(&present), after, now, own };
        sides.ask_all(&material, rehearsal.as_deref())
    })
    .await
    .map_err(|error| stopped(error.to_string()))
}

/// Whether a few changes put beside the index do not tell all: there are many, or words are compared otherwise, or
/// what a member says depends on what headquarters does, and the other way round.
fn needs_all(tx: &mut Tx<'_>, tenant: TenantId, proposal: &Proposal) -> Result<bool> {
    let Proposal { plan, theirs, learnt, .. } = proposal;
    let is_otherwise = plan.words.is_some() || !matches!(learnt, Learnt::AsItIs) || !theirs.is_empty();
    Ok(is_otherwise
        || plan.changes.len() > MOST_BESIDE
        || (!plan.changes.is_empty() && !shared::list_for(tx, tenant)?.is_empty()))
}

/// The parts that would be others. `said` is all that the bot would say, where that had to be read.
fn other(present: &Catalogue, proposal: Proposal, said: Option<Vec<(Known, Vec<String>)>>) -> Other {
    let Proposal { plan, learnt, settings, keywords, text_menu, .. } = proposal;
    let now = &present.knowledge;
    let knowledge = match (said, plan.words, learnt) {
        (None, ..) if plan.changes.is_empty() => None,
        (None, ..) => Some(now.with(&plan.changes)),
        (Some(said), None, Learnt::AsItIs) => Some(now.beside(said)),
        (Some(said), words, learnt) => {
            let (space, answer_from) = match learnt {
                Learnt::AsItIs => (now.lore.space.clone(), now.lore.answer_from),
                Learnt::Other(space, answer_from) => (Some(space), answer_from),
                Learnt::Nothing => (None, None),
            };
            let language = words.map_or_else(|| now.lore.language.clone(), |it| language(&it));
            Some(Knowledge::build_with(said, Lore { language, space, answer_from }))
        }
    };
    Other { knowledge, settings, keywords, text_menu }
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
    fn falls(&self, ctx: Ctx, tenant: TenantId, plan: Plan) -> Soon<Vec<Fall>> {
        Box::pin(async move { falls(&ctx, tenant, Proposal { plan, ..Proposal::default() }).await })
    }

    fn begin(&self, ctx: Ctx, tenant: TenantId, changes: Vec<Change>) -> Soon<RehearsalId> {
        let proposal = Proposal { plan: changes.into(), ..Proposal::default() };
        Box::pin(async move { Ok(begin(&ctx, tenant, proposal).await?.id) })
    }
}
