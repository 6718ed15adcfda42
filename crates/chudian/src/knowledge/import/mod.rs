//! The base out of a table, and back into one.
//!
//! An entry is known by its standard question: a row with a question that is there changes that entry, any
//! other makes a new one. Rows that cannot be used are told by number and left out; the others count.

pub mod http;
mod particulars;
mod rows;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::json;
use tables::{FileKind, comma};
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use crate::audit::ops::record;
use crate::base::content::Content;
use crate::base::id::{CategoryId, EntryId, RehearsalId, TenantId};
use crate::base::{Error, Result};
use crate::bus::{Event, emit};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::tenants::store as tenants;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

use crate::knowledge::category::{Category, path};
use crate::knowledge::model::{Entry, EntryBody, Release};
use crate::knowledge::ops::{MOST_OWNERS, check_body, check_files, check_room};
use crate::knowledge::rehearsal::{self, Accepted, Change};
use crate::knowledge::shared::ops::{check_sharing, tell_changed};
use crate::knowledge::shared::store as shared;
use crate::knowledge::store;
use crate::knowledge::workshop::{ops as drafts, store as workshop};
use particulars::{Names, Refusal};
use rows::{Line, understand};

/// So many rows are written at once: between two lots, customers' messages have their turn.
const LOT: usize = 200;

/// So many errors are told.
const MOST_ERRORS: usize = 1000;

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows below the header.
    pub rows: usize,
    /// New entries.
    pub created: usize,
    /// Entries that are different now.
    pub updated: usize,
    /// Entries that are the same.
    pub unchanged: usize,
    /// Of the new and the different ones, those that are drafts.
    pub drafted: usize,
    /// Rows that were left out, by number.
    pub errors: Vec<RowError>,
    /// Of a trial: the rehearsal of what would be published.
    pub rehearsal: Option<RehearsalId>,
}

/// Why a row was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// Its number in the file; the header is row 1.
    pub row: usize,
    /// Which column.
    pub column: Option<&'static str>,
    /// Why, as a stable name that the console translates.
    pub code: &'static str,
    /// Why, as a sentence.
    pub message: String,
    /// The row in which the same question stands first.
    pub first: Option<usize>,
    /// What the row says, so that it can be mended without the file.
    pub cells: Option<Box<Cells>>,
}

/// A row as the file says it. `None`: there is no such column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImportCells)]
pub struct Cells {
    /// The standard question.
    pub question: String,
    /// Other wordings, parted by |.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub similar: Option<String>,
    /// The answer.
    pub answer: String,
    /// The category, its levels parted by /.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Tags, parted by |.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<String>,
    /// The log-in name of who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The day from which on it should be looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_date: Option<String>,
    /// Standard questions that are offered after the answer, parted by |.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub related: Option<String>,
    /// Answers for channels, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_answers: Option<String>,
}

/// How many files are read at once, and for how long somebody waits for one. A thread that is at work on a
/// hostile file keeps its slot until it is done; its caller does not wait for that.
#[derive(Debug)]
struct Readers(Arc<Semaphore>);

const READERS: usize = 2;
const LONGEST_READING: Duration = Duration::from_secs(30);

impl Default for Readers {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(READERS)))
    }
}

/// Reads a file beside everything else that goes on.
async fn read(ctx: &Ctx, bytes: Vec<u8>, kind: FileKind) -> Result<(Report, Vec<Line>)> {
    let readers = ctx.shelf.get::<Readers>().0.clone();
    let busy = || Error::busy("import.busy", "other files are being read: try again in a minute");
    let slot = tokio::time::timeout(LONGEST_READING, readers.acquire_owned()).await.map_err(|_| busy())?;
    let slot = slot.map_err(|_| busy())?;
    let work = tokio::task::spawn_blocking(move || {
        let _slot = slot;
        understand(&bytes, kind)
    });
    tokio::time::timeout(LONGEST_READING, work)
        .await
        .map_err(|_| {
            let why = "reading the file takes too long: split it, or save it as CSV";
            Error::invalid("import.too_slow", why).field("file", why)
        })?
        .map_err(|error| Error::internal("import.stopped", "the file could not be read").because(error))?
}

impl RowError {
    fn of(row: usize, (column, error): Refusal) -> Self {
        Self::new(row, column, error.code, error.message)
    }

    fn new(row: usize, column: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self { row, column: Some(column), code, message: message.into(), first: None, cells: None }
    }
}

/// How to import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct How {
    /// Only tell what would happen.
    pub is_trial: bool,
    /// Publish what is read; else it becomes drafts.
    pub publish: bool,
    /// What the file is.
    pub kind: FileKind,
    /// Of a trial: begin to rehearse what would be published.
    pub rehearse: bool,
    /// Publish it although test questions would fare worse.
    pub accept_fall: bool,
}

/// Imports a table.
///
/// # Errors
/// `Denied` without the right, and to publish at once where four eyes are asked for; `Invalid` for what is no
/// table. A bad row is no error but part of the report.
pub async fn import(ctx: &Ctx, actor: &Actor, bytes: Vec<u8>, how: How) -> Result<Report> {
    actor.require(Permission::KnowledgeEdit)?;
    if how.publish {
        let tenant = actor.tenant;
        let (settings, _) = ctx.db.read(move |tx| workshop::get_settings(tx, tenant)).await?;
        settings.check_at_once()?;
    }
    let (mut report, lines) = read(ctx, bytes, how.kind).await?;
    if how.is_trial {
        let plan = plan_all(ctx, actor, lines, how.publish).await?;
        if let (true, true, Some(rehearser)) =
            (how.publish, how.rehearse, ctx.shelf.get::<rehearsal::Stage>().get())
        {
            let begun = rehearser.begin(ctx.clone(), actor.tenant, changes(ctx, &plan)).await?;
            report.rehearsal = Some(begun);
        }
        plan.into_iter().for_each(|(step, error)| report.count(&step, error, how.publish));
        return Ok(report);
    }
    let mut accepted = Accepted::default();
    if how.publish {
        let plan = plan_all(ctx, actor, lines.clone(), how.publish).await?;
        accepted = rehearsal::pass(ctx, actor.tenant, changes(ctx, &plan), how.accept_fall).await?;
    }
    // Begun is finished, also for a caller who hangs up: half a table would be the worst of both.
    let (ctx, actor) = (ctx.clone(), actor.clone());
    tokio::spawn(async move {
        let written = write_lots(&ctx, &actor, &lines, (how, &mut report)).await;
        tell(&ctx, &actor, how, (&report, accepted)).await?;
        written.map(|()| report)
    })
    .await
    .map_err(|error| Error::internal("import.stopped", "the table could not be written").because(error))?
}

/// What would become of each row, and of those that are refused why.
type Plan = Vec<(Step, Option<RowError>)>;

/// Looks at what is there, and plans.
async fn plan_all(ctx: &Ctx, actor: &Actor, lines: Vec<Line>, publish: bool) -> Result<Plan> {
    let (tenant, actor) = (actor.tenant, actor.clone());
    ctx.db
        .read(move |tx| {
            let known = known(store::list_all(tx, tenant)?);
            let mut names = names(tx, tenant)?;
            names.questions = known.iter().map(|(text, it)| (text.clone(), it.id)).collect();
            // What the table makes has no key yet; that it will be there is enough for a trial.
            for line in &lines {
                names.questions.entry(line.question.clone()).or_insert(EntryId(0));
            }
            let there = There {
                names: Arc::new(names),
                categories: store::list_categories(tx, tenant)?,
                known,
                drafts: workshop::list_heads(tx, tenant, EntryId(0), EntryId(i64::MAX))?
                    .into_keys()
                    .collect(),
            };
            let steps = lines.iter().map(|line| match refuse_files(tx, &actor, line) {
                Some(error) => refused(line, (Step::Refuse, Some(error))),
                None => refused(line, keep_shared(tx, tenant, line, plan(line, &there, publish))),
            });
            Ok(steps.collect())
        })
        .await
}

/// What a plan changes for the bot.
fn changes(ctx: &Ctx, plan: &Plan) -> Vec<Change> {
    let changes = plan.iter().filter_map(|(step, _)| match step {
        Step::Create(body) => Some(Change::create(ctx, body.clone())),
        Step::Update(old, body) => Some(Change::put(old.id, body.clone())),
        Step::Keep | Step::Refuse => None,
    });
    changes.collect()
}

/// Writes the rows, lot by lot, and counts them. Four eyes that are asked for while it runs hold for all rows that are
/// not written yet, also when they are no longer asked for before the end: those rows become drafts.
async fn write_lots(
    ctx: &Ctx,
    actor: &Actor,
    lines: &[Line],
    (how, report): (How, &mut Report),
) -> Result<()> {
    let tenant = actor.tenant;
    let (questions, mut names) =
        ctx.db.read(move |tx| Ok((store::list_questions(tx, tenant)?, names(tx, tenant)?))).await?;
    names.questions = questions.clone();
    // A row may name a question that another row makes: its key is known before it is written.
    for line in lines {
        names.questions.entry(line.question.clone()).or_insert_with(|| ctx.ids.make(ctx.clock.now()));
    }
    let names = Arc::new(names);
    let mut publish = how.publish;
    for lot in lines.chunks(LOT) {
        // No question stands twice in a table, so what one lot writes no later one looks for.
        let lot: Vec<(Line, Option<EntryId>)> =
            lot.iter().map(|line| (line.clone(), questions.get(&line.question).copied())).collect();
        let (actor, names) = (actor.clone(), names.clone());
        let lot = ctx.db.write(move |tx| write_lot(tx, &actor, &lot, (names, publish))).await?;
        publish = lot.published;
        lot.steps.into_iter().for_each(|(step, error)| report.count(&step, error, publish));
    }
    Ok(())
}

/// Records what was written and tells the house, also when a later lot could not be: the bot must know
/// the entries that are there.
async fn tell(ctx: &Ctx, actor: &Actor, how: How, (report, accepted): (&Report, Accepted)) -> Result<()> {
    let (done, actor) = (report.clone(), actor.clone());
    ctx.db
        .write(move |tx| {
            let detail = json!({
                "rows": done.rows, "created": done.created, "updated": done.updated, "errors": done.errors.len(),
                "published": how.publish, "drafted": done.drafted,
            });
            record(tx, &actor, "knowledge.import", "knowledge", accepted.note(detail))?;
            if !how.publish || done.drafted > 0 {
                emit(tx, actor.tenant, Event::KnowledgeDrafted)?;
            }
            if !how.publish {
                return Ok(());
            }
            let concerns_members = shared::has_shared(tx, actor.tenant)?;
            tell_changed(tx, actor.tenant, concerns_members)
        })
        .await
}

impl Report {
    fn count(&mut self, step: &Step, error: Option<RowError>, publish: bool) {
        match step {
            Step::Create(_) => self.created += 1,
            Step::Update(..) => self.updated += 1,
            Step::Keep => self.unchanged += 1,
            Step::Refuse => {}
        }
        if matches!(step, Step::Create(_) | Step::Update(..)) && !publish {
            self.drafted += 1;
        }
        if let Some(error) = error {
            self.refuse(error);
        }
    }

    fn refuse(&mut self, error: RowError) {
        if self.errors.len() < MOST_ERRORS {
            let place = self.errors.partition_point(|it| it.row <= error.row);
            self.errors.insert(place, error);
        }
    }
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    /// A new entry.
    Create(EntryBody),
    /// An entry that is different.
    Update(Box<Entry>, EntryBody),
    /// An entry that is the same.
    Keep,
    /// Nothing.
    Refuse,
}

fn known(entries: Vec<Entry>) -> HashMap<String, Entry> {
    entries.into_iter().map(|it| (it.body.question.clone(), it)).collect()
}

/// What is there before a row is written.
struct There {
    /// What names mean.
    names: Arc<Names>,
    /// The entries by their question.
    known: HashMap<String, Entry>,
    categories: Vec<Category>,
    /// Entries on which somebody is writing.
    drafts: HashSet<EntryId>,
}

/// What becomes of a row, given what is there. A category that is not there yet counts as a change. A draft of
/// somebody is never written over by a table.
fn plan(line: &Line, there: &There, publish: bool) -> (Step, Option<RowError>) {
    let place = line.category.as_ref().map(|names| find_category(&there.categories, names));
    match there.known.get(&line.question) {
        None => {
            let Some(answers) = line.answers.clone() else {
                let message = "a new question needs an answer";
                return (
                    Step::Refuse,
                    Some(RowError::new(line.row, "answer", "import.answer_missing", message)),
                );
            };
            let mut body = EntryBody {
                category: place.flatten().flatten(),
                question: line.question.clone(),
                similar: line.similar.clone().unwrap_or_default(),
                answers,
                ..EntryBody::default()
            };
            if let Err(refusal) = line.particulars.apply(&mut body, &there.names) {
                return (Step::Refuse, Some(RowError::of(line.row, refusal)));
            }
            (Step::Create(body), None)
        }
        Some(entry) => {
            let mut body = entry.body.clone();
            body.similar = line.similar.clone().unwrap_or(body.similar);
            body.answers = line.answers.clone().unwrap_or(body.answers);
            let is_new_place = matches!(place, Some(None));
            body.category = place.map_or(body.category, Option::flatten);
            if let Err(refusal) = line.particulars.apply(&mut body, &there.names) {
                return (Step::Refuse, Some(RowError::of(line.row, refusal)));
            }
            let is_same = body == entry.body && !is_new_place;
            if is_same && (entry.version > 0 || !publish) {
                (Step::Keep, None)
            } else if !publish && there.drafts.contains(&entry.id) {
                let message = "somebody is writing a draft of this entry: publish or discard it first";
                (Step::Refuse, Some(RowError::new(line.row, "question", "import.draft_exists", message)))
            } else {
                (Step::Update(Box::new(entry.clone()), body), None)
            }
        }
    }
}

/// With what the row says, where it is refused.
fn refused(line: &Line, (step, error): (Step, Option<RowError>)) -> (Step, Option<RowError>) {
    (step, error.map(|it| RowError { cells: Some(Box::new(line.cells.clone())), ..it }))
}

/// The category of these names: outer `None` when it is not there yet, inner `None` for no names.
fn find_category(categories: &[Category], names: &[String]) -> Option<Option<CategoryId>> {
    names.iter().try_fold(None, |parent, name| {
        categories.iter().find(|it| it.parent == parent && it.name == *name).map(|it| Some(it.id))
    })
}

/// What became of a lot.
struct Lot {
    steps: Plan,
    /// Whether it was published; else it became drafts.
    published: bool,
}

fn write_lot(
    tx: &mut Tx<'_>,
    actor: &Actor,
    lines: &[(Line, Option<EntryId>)],
    (names, publish): (Arc<Names>, bool),
) -> Result<Lot> {
    // Asked in the transaction that writes: the rule may have come since the lot before.
    let publish = publish && workshop::get_settings(tx, actor.tenant)?.0.check_at_once().is_ok();
    let categories = store::list_categories(tx, actor.tenant)?;
    let mut there = There { names, known: HashMap::new(), categories, drafts: HashSet::new() };
    for id in lines.iter().filter_map(|it| it.1) {
        if let Some(entry) = store::find(tx, actor.tenant, id)? {
            there.known.insert(entry.body.question.clone(), entry);
        }
        if workshop::find_draft(tx, actor.tenant, id)?.is_some() {
            there.drafts.insert(id);
        }
    }
    check_room(tx, actor.tenant, lines.len() - there.known.len())?;
    let mut done = Vec::with_capacity(lines.len());
    for (line, _) in lines {
        if let Some(names) = &line.category {
            make_category(tx, actor, &mut there.categories, names)?;
        }
        let (step, error) = match refuse_files(tx, actor, line) {
            Some(error) => (Step::Refuse, Some(error)),
            None => keep_shared(tx, actor.tenant, line, plan(line, &there, publish)),
        };
        let (step, error) = refused(line, (step, error));
        write(tx, actor, &step, (&there.names, publish))?;
        done.push((step, error));
    }
    Ok(Lot { steps: done, published: publish })
}

/// Why a row cannot be used that points to files or inboxes: one of them is not there.
fn refuse_files(tx: &mut Tx<'_>, actor: &Actor, line: &Line) -> Option<RowError> {
    let answers = line.answers.as_deref().unwrap_or_default();
    if let Err(error) = check_files(tx, actor.tenant, answers, "answer") {
        return Some(RowError::of(line.row, ("answer", error)));
    }
    let sets = EntryBody { channel_answers: line.particulars.sets().to_vec(), ..EntryBody::default() };
    let error = check_body(tx, actor.tenant, &sets).err()?;
    Some(RowError::of(line.row, ("channel_answers", error)))
}

/// A shared entry takes no files out of a table either: they stay in their company.
fn keep_shared(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    line: &Line,
    planned: (Step, Option<RowError>),
) -> (Step, Option<RowError>) {
    let Step::Update(_, body) = &planned.0 else { return planned };
    match check_sharing(tx, tenant, body) {
        Ok(()) => planned,
        Err(error) => (Step::Refuse, Some(RowError::of(line.row, ("answer", error)))),
    }
}

/// What the names in a table mean, but for questions.
fn names(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Names> {
    let people = tenants::list_users(tx, tenant, "%", None, MOST_OWNERS)?;
    Ok(Names {
        logins: people.into_iter().map(|it| (it.login, it.id)).collect(),
        questions: HashMap::new(),
        zone: tenants::find_tenant(tx, tenant)?.map(|it| it.time_zone).unwrap_or_default(),
    })
}

fn write(tx: &mut Tx<'_>, actor: &Actor, step: &Step, (names, publish): (&Names, bool)) -> Result<()> {
    let (tenant, updated_at, updated_by) = (actor.tenant, tx.now(), actor.user);
    let release = Release::by(actor.user);
    match step {
        Step::Create(body) => {
            // The key that other rows' related questions use already, unless an entry has it that was renamed since.
            let id = match names.questions.get(&body.question) {
                Some(id) if store::find(tx, tenant, *id)?.is_none() => *id,
                _ => tx.new_id(),
            };
            let version = i64::from(publish);
            let entry = Entry { id, body: body.clone(), version, updated_at, updated_by, release };
            store::insert(tx, tenant, &entry)?;
            if publish { Ok(()) } else { drafts::write(tx, actor, &entry, body.clone(), None).map(|_| ()) }
        }
        Step::Update(old, body) if publish => {
            if old.version == 0 {
                workshop::delete_draft(tx, tenant, old.id)?;
            }
            let (id, version) = (old.id, old.version + 1);
            let entry = Entry { id, body: body.clone(), version, updated_at, updated_by, release };
            store::update(tx, tenant, &entry).map(|_| ())
        }
        Step::Update(old, body) => drafts::write(tx, actor, old, body.clone(), None).map(|_| ()),
        Step::Keep | Step::Refuse => Ok(()),
    }
}

fn make_category(tx: &mut Tx<'_>, actor: &Actor, all: &mut Vec<Category>, names: &[String]) -> Result<()> {
    let mut parent = None;
    for name in names {
        let found = all.iter().find(|it| it.parent == parent && it.name == *name).map(|it| it.id);
        parent = match found {
            Some(id) => Some(id),
            None => {
                let category = Category { id: tx.new_id(), parent, name: name.clone() };
                store::insert_category(tx, actor.tenant, &category)?;
                all.push(category.clone());
                Some(category.id)
            }
        };
    }
    Ok(())
}

/// The published entries as CSV, as [`import`] takes them: what was only ever a draft would be published by its
/// way back. Answers that are more than one text are JSON.
///
/// # Errors
/// `Denied` without the right.
pub async fn export(ctx: &Ctx, actor: &Actor) -> Result<Vec<u8>> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    let (entries, categories, names) = ctx
        .db
        .read(move |tx| {
            let entries = store::list_published(tx, tenant)?;
            Ok((entries, store::list_categories(tx, tenant)?, names(tx, tenant)?))
        })
        .await?;
    let people = names.logins.into_iter().map(|(login, id)| (id, login)).collect();
    let questions = entries.iter().map(|it| (it.id, it.body.question.as_str())).collect();
    let header = ["question", "similar", "answer", "category"].into_iter().chain(particulars::COLUMNS);
    let mut rows = vec![header.map(str::to_owned).collect()];
    rows.extend(entries.iter().map(|it| {
        let more = particulars::cells(it, &people, &questions, &names.zone);
        cells(it, &categories).into_iter().chain(more).collect::<Vec<_>>()
    }));
    Ok(comma::write(&rows))
}

fn cells(entry: &Entry, categories: &[Category]) -> Vec<String> {
    let answer = match entry.body.answers.as_slice() {
        [Content::Text { text }] if !text.starts_with("[{") => text.clone(),
        answers => serde_json::to_string(answers).unwrap_or_default(),
    };
    // The bar parts wordings, so inside one it is written wide.
    let similar: Vec<String> = entry.body.similar.iter().map(|it| it.replace('|', "｜")).collect();
    let path = entry.body.category.map(|id| path(categories, id)).unwrap_or_default();
    let path: Vec<String> = path.iter().map(|it| it.replace('/', "／")).collect();
    vec![entry.body.question.clone(), similar.join("|"), answer, path.join("/")]
}

#[cfg(test)]
mod tests;
