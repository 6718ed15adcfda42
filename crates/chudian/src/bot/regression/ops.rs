//! What one may do with test sets.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::json;

use crate::audit::ops::record;
use crate::base::content::Content;
use crate::base::id::{EntryId, TenantId, TestSetId};
use crate::base::{Error, Result};
use crate::bot::catalogue::{self, Catalogue};
use crate::bot::look_up::look_up_with_model;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::shared::store as shared;
use crate::knowledge::store as knowledge;
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::lines::{self, BadLine};
use super::model::{
    MOST_IN_TENANT, MOST_SETS, Outcome, TestQuestion, TestResult, TestRun, TestSet, judge, score, tidy,
};
use super::{replay, store};

// Sets ---------------------------------------------------------------------------------------------

/// A set with its newest runs, newest first; the two newest ones with their results where they were asked for.
#[derive(Debug)]
pub struct Found {
    /// The set.
    pub set: TestSet,
    /// Its runs.
    pub runs: Vec<TestRun>,
    /// The standard questions of the entries that are named.
    pub names: HashMap<EntryId, String>,
}

/// All sets, each with its two newest runs.
///
/// # Errors
/// `Denied` without the right.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<Found>> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    ctx.db
        .read(move |tx| {
            let sets = store::list(tx, tenant)?.into_iter().map(|set| {
                let runs = store::list_runs(tx, tenant, set.id, 2)?;
                Ok(Found { set, runs, names: HashMap::new() })
            });
            sets.collect()
        })
        .await
}

/// One set with its runs and the results of the two newest.
///
/// # Errors
/// `Denied` without the right; `Missing`.
pub async fn get(ctx: &Ctx, actor: &Actor, id: TestSetId) -> Result<Found> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    ctx.db
        .read(move |tx| {
            let set = store::find(tx, tenant, id)?.ok_or_else(absent)?;
            let mut runs = store::list_runs(tx, tenant, id, store::KEPT_RUNS)?;
            for run in runs.iter_mut().take(2) {
                run.results = store::list_results(tx, tenant, run.id)?;
            }
            let expected = set.questions.iter().filter_map(|it| it.entry);
            let came = runs.iter().flat_map(|it| &it.results).flat_map(|it| &it.outcome.entries).copied();
            let names = names(tx, tenant, expected.chain(came))?;
            Ok(Found { set, runs, names })
        })
        .await
}

fn names(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    ids: impl Iterator<Item = EntryId>,
) -> Result<HashMap<EntryId, String>> {
    let mut names = HashMap::new();
    for id in ids {
        if !names.contains_key(&id)
            && let Some(entry) = shared::find_any(tx, tenant, id)?
        {
            names.insert(id, entry.body.question);
        }
    }
    Ok(names)
}

/// Makes a set.
///
/// # Errors
/// `Denied` without the right; `Invalid`, by field.
pub async fn create(ctx: &Ctx, actor: &Actor, name: &str, questions: Vec<TestQuestion>) -> Result<TestSet> {
    actor.require(Permission::KnowledgeEdit)?;
    let (name, questions) = tidy(name, questions)?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let sets = store::list(tx, actor.tenant)?;
            if sets.len() >= MOST_SETS {
                return Err(Error::invalid(
                    "test_set.too_many_sets",
                    format!("at most {MOST_SETS} test sets"),
                ));
            }
            let (id, updated_at, updated_by) = (tx.new_id(), tx.now(), actor.user);
            let set = TestSet { id, name, questions, version: 1, updated_at, updated_by };
            check(tx, actor.tenant, &sets, &set)?;
            store::insert(tx, actor.tenant, &set)?;
            let detail = json!({ "name": set.name, "questions": set.questions.len() });
            record(tx, &actor, "test_set.create", set.id, detail)?;
            Ok(set)
        })
        .await
}

/// Writes a set over the version that was seen; `None` writes over any.
///
/// # Errors
/// `Denied` without the right; `Missing`; `Invalid`, by field; `Conflict` when somebody was faster.
pub async fn update(
    ctx: &Ctx,
    actor: &Actor,
    id: TestSetId,
    (name, questions): (&str, Vec<TestQuestion>),
    seen: Option<i64>,
) -> Result<TestSet> {
    actor.require(Permission::KnowledgeEdit)?;
    let (name, questions) = tidy(name, questions)?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let sets = store::list(tx, actor.tenant)?;
            let old = sets.iter().find(|it| it.id == id).ok_or_else(absent)?;
            let (version, updated_at, updated_by) = (old.version + 1, tx.now(), actor.user);
            let set = TestSet { id, name, questions, version, updated_at, updated_by };
            check(tx, actor.tenant, &sets, &set)?;
            let is_current = seen.is_none_or(|it| it == old.version);
            if !is_current || !store::update(tx, actor.tenant, &set)? {
                return Err(Error::conflict(
                    "test_set.changed",
                    "somebody changed this set meanwhile: look at it again, then decide",
                ));
            }
            let detail = json!({ "name": set.name, "questions": set.questions.len(), "version": version });
            record(tx, &actor, "test_set.change", id, detail)?;
            Ok(set)
        })
        .await
}

/// Refuses a name that another set has, more questions than are rehearsed, and entries that are not there. One that
/// was there when the set was written last may be gone since: its question stays until somebody mends it.
fn check(tx: &mut Tx<'_>, tenant: TenantId, sets: &[TestSet], set: &TestSet) -> Result<()> {
    if sets.iter().any(|it| it.id != set.id && it.name == set.name) {
        let error = Error::conflict("test_set.exists", "there is a set of this name");
        return Err(error.field("name", "is taken"));
    }
    let others: usize = sets.iter().filter(|it| it.id != set.id).map(|it| it.questions.len()).sum();
    if others + set.questions.len() > MOST_IN_TENANT {
        let why = format!("all sets together take at most {MOST_IN_TENANT} questions");
        return Err(Error::invalid("test_set.too_many_questions", why.clone()).field("questions", why));
    }
    let before = sets.iter().find(|it| it.id == set.id).map(|it| it.questions.as_slice()).unwrap_or_default();
    for (it, nth) in set.questions.iter().zip(1..) {
        if let Some(entry) = it.entry
            && !before.iter().any(|old| old.entry == Some(entry))
            && shared::find_any(tx, tenant, entry)?.is_none()
        {
            let error = Error::invalid("test_set.entry", "an entry that is expected is not there");
            return Err(error.field(format!("questions[{nth}]"), "entry not found"));
        }
    }
    Ok(())
}

/// Removes a set with its runs.
///
/// # Errors
/// `Denied` without the right; `Missing`.
pub async fn delete(ctx: &Ctx, actor: &Actor, id: TestSetId) -> Result<()> {
    actor.require(Permission::KnowledgeEdit)?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let set = store::find(tx, actor.tenant, id)?.ok_or_else(absent)?;
            store::delete(tx, actor.tenant, id)?;
            record(tx, &actor, "test_set.delete", id, json!({ "name": set.name }))
        })
        .await
}

/// Test questions out of pasted lines, with the standard questions of the entries that they name.
#[derive(Debug)]
pub struct Read {
    /// The questions.
    pub questions: Vec<TestQuestion>,
    /// The lines that cannot be used.
    pub bad: Vec<BadLine>,
    /// The standard questions of the entries that are named.
    pub names: HashMap<EntryId, String>,
}

/// Reads pasted lines; nothing is stored.
///
/// # Errors
/// `Denied` without the right.
pub async fn read_lines(ctx: &Ctx, actor: &Actor, text: String) -> Result<Read> {
    actor.require(Permission::KnowledgeEdit)?;
    let tenant = actor.tenant;
    ctx.db
        .read(move |tx| {
            // What is asked in the same words by both is the tenant's own.
            let theirs = shared::list_for(tx, tenant)?;
            let mut known: HashMap<String, EntryId> =
                theirs.into_iter().map(|it| (it.body.question, it.id)).collect();
            known.extend(knowledge::list_questions(tx, tenant)?);
            let (questions, bad) = lines::read(&text, &known);
            let names: HashMap<EntryId, String> = known.into_iter().map(|(text, id)| (id, text)).collect();
            Ok(Read { questions, bad, names })
        })
        .await
}

// Runs ---------------------------------------------------------------------------------------------

/// Asks the bot all questions of a set as a customer would, with the tenant's model where it has one, and keeps
/// what comes out.
///
/// # Errors
/// `Denied` without the right; `Missing`.
pub async fn run(ctx: &Ctx, actor: &Actor, id: TestSetId) -> Result<TestRun> {
    actor.require(Permission::KnowledgeEdit)?;
    let tenant = actor.tenant;
    let set = ctx.db.read(move |tx| store::find(tx, tenant, id)).await?.ok_or_else(absent)?;
    let present = catalogue::of(ctx, tenant).await?;
    let outcomes = ask_all(ctx, &present, &set.questions).await?;
    let results: Vec<TestResult> = set
        .questions
        .into_iter()
        .zip(outcomes)
        .map(|(asked, outcome)| {
            let verdict = judge(&asked.expecting(&present.knowledge), &outcome);
            TestResult { verdict, asked, outcome }
        })
        .collect();
    let (right, checked) = score(results.iter().map(|it| it.verdict));
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            // The set may be gone by now.
            store::find(tx, tenant, id)?.ok_or_else(absent)?;
            let run = TestRun {
                id: tx.new_id(),
                set: id,
                at: tx.now(),
                by: actor.user,
                right: i64::try_from(right).unwrap_or(i64::MAX),
                checked: i64::try_from(checked).unwrap_or(i64::MAX),
                results,
            };
            store::insert_run(tx, tenant, &run)?;
            record(
                tx,
                &actor,
                "test_set.run",
                id,
                json!({ "name": set.name, "right": right, "checked": checked }),
            )?;
            Ok(run)
        })
        .await
}

async fn ask_all(ctx: &Ctx, present: &Arc<Catalogue>, questions: &[TestQuestion]) -> Result<Vec<Outcome>> {
    let now = ctx.clock.now();
    if present.has_model() {
        let mut outcomes = Vec::with_capacity(questions.len());
        for it in questions {
            let content = Content::text(it.question.clone());
            let findings = look_up_with_model(ctx, present, &content, now).await;
            outcomes.push(replay::told(present, &content, &findings, now));
        }
        return Ok(outcomes);
    }
    let asked: Vec<String> = questions.iter().map(|it| it.question.clone()).collect();
    let present = present.clone();
    let work = move || {
        let catalogue = replay::by_words(&present);
        asked.iter().map(|it| replay::ask(&catalogue, it, now)).collect()
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        Error::internal("test_set.stopped", "the questions could not be asked").because(error)
    })
}
