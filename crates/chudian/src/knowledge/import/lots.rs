//! What becomes of each row, given what is there; and its writing, lot by lot.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::base::Result;
use crate::base::id::{CategoryId, EntryId, ImportId, TenantId};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::category::model::Category;
use crate::knowledge::checks::{check_body, check_files, check_room};
use crate::knowledge::listing::MOST_OWNERS;
use crate::knowledge::model::{Entry, EntryBody, Release};
use crate::knowledge::rehearsal::Change;
use crate::knowledge::shared::ops::check_sharing;
use crate::knowledge::store;
use crate::knowledge::workshop::{ops as drafts, store as workshop};
use crate::tenants::store as tenants;
use crate::web::actor::Actor;

use super::particulars::{Names, wide};
use super::rows::Line;
use super::{How, Report, RowError};

/// So many rows are written at once: between two lots, customers' messages have their turn.
const LOT: usize = 200;

/// What would become of each row, and of those that are refused why.
pub(super) type Plan = Vec<(Step, Option<RowError>)>;

/// Looks at what is there, and plans.
pub(super) async fn plan_all(ctx: &Ctx, actor: &Actor, lines: Arc<[Line]>, publish: bool) -> Result<Plan> {
    let (tenant, actor) = (actor.tenant, actor.clone());
    ctx.db
        .read(move |tx| {
            let known = known(store::list_all(tx, tenant)?);
            let mut names = names(tx, tenant)?;
            known.iter().for_each(|(text, it)| names.know(text, || it.id));
            // What the table makes has no key yet; that it will be there is enough for a trial.
            for line in lines.iter() {
                names.know(&line.question, || EntryId(0));
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
pub(super) fn changes(ctx: &Ctx, plan: &Plan) -> Vec<Change> {
    let changes = plan.iter().filter_map(|(step, _)| match step {
        Step::Create(body) => Some(Change::create(ctx, body.clone())),
        Step::Update(old, body) => Some(Change::put(old.id, body.clone())),
        Step::Keep | Step::Refuse => None,
    });
    changes.collect()
}

/// Writes the rows, lot by lot, and counts them. Four eyes that are asked for while it runs hold for all rows that are
/// not written yet, also when they are no longer asked for before the end: those rows become drafts.
pub(super) async fn write_lots(
    ctx: &Ctx,
    actor: &Actor,
    lines: &[Line],
    (how, report): (How, &mut Report),
) -> Result<()> {
    let tenant = actor.tenant;
    let (questions, mut names) =
        ctx.db.read(move |tx| Ok((store::list_questions(tx, tenant)?, names(tx, tenant)?))).await?;
    questions.iter().for_each(|(text, id)| names.know(text, || *id));
    // A row may name a question that another row makes: its key is known before it is written.
    for line in lines {
        names.know(&line.question, || ctx.ids.make(ctx.clock.now()));
    }
    let names = Arc::new(names);
    let import: ImportId = ctx.ids.make(ctx.clock.now());
    let mut publish = how.publish;
    for lot in lines.chunks(LOT) {
        // No question stands twice in a table, so what one lot writes no later one looks for.
        let lot: Vec<(Line, Option<EntryId>)> =
            lot.iter().map(|line| (line.clone(), questions.get(&line.question).copied())).collect();
        let (actor, names) = (actor.clone(), names.clone());
        let lot = ctx.db.write(move |tx| write_lot(tx, &actor, &lot, (names, publish, import))).await?;
        publish = lot.published;
        lot.steps.into_iter().for_each(|(step, error)| report.count(&step, error, publish));
        report.import = Some(import).filter(|_| report.drafted > 0);
    }
    Ok(())
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// A new entry.
    Create(EntryBody),
    /// An entry that is different.
    Update(Box<Entry>, EntryBody),
    /// An entry that is the same.
    Keep,
    /// Nothing.
    Refuse,
}

pub(super) fn known(entries: Vec<Entry>) -> HashMap<String, Entry> {
    entries.into_iter().map(|it| (it.body.question.clone(), it)).collect()
}

/// What is there before a row is written.
pub(super) struct There {
    /// What names mean.
    pub(super) names: Arc<Names>,
    /// The entries by their question.
    pub(super) known: HashMap<String, Entry>,
    pub(super) categories: Vec<Category>,
    /// Entries on which somebody is writing.
    pub(super) drafts: HashSet<EntryId>,
}

/// What becomes of a row, given what is there. A category that is not there yet counts as a change. A draft of
/// somebody is never written over by a table.
pub(super) fn plan(line: &Line, there: &There, publish: bool) -> (Step, Option<RowError>) {
    let place = line.category.as_ref().map(|names| find_category(&there.categories, names));
    match there.known.get(&line.question) {
        None => {
            let Some(answers) = line.answers.clone() else {
                let message = "a new question needs an answer";
                return (
                    Step::Refuse,
                    Some(RowError::new(line.place, "answer", "import.answer_missing", message)),
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
                return (Step::Refuse, Some(RowError::of(line.place, refusal)));
            }
            (Step::Create(body), None)
        }
        Some(entry) => {
            let mut body = entry.body.clone();
            body.similar = line.similar.as_ref().map_or(body.similar.clone(), |it| spelt(it, &body.similar));
            body.answers = line.answers.clone().unwrap_or(body.answers);
            let is_new_place = matches!(place, Some(None));
            body.category = place.map_or(body.category, Option::flatten);
            if let Err(refusal) = line.particulars.apply(&mut body, &there.names) {
                return (Step::Refuse, Some(RowError::of(line.place, refusal)));
            }
            if !publish && body.enabled != entry.body.enabled {
                let message =
                    "the switch works at once and is no part of a draft: switch the entry in the list";
                return (Step::Refuse, Some(RowError::new(line.place, "enabled", "import.switch", message)));
            }
            let is_same = body == entry.body && !is_new_place;
            if is_same && (entry.version > 0 || !publish) {
                (Step::Keep, None)
            } else if !publish && there.drafts.contains(&entry.id) {
                let message = "somebody is writing a draft of this entry: publish or discard it first";
                (Step::Refuse, Some(RowError::new(line.place, "question", "import.draft_exists", message)))
            } else {
                (Step::Update(Box::new(entry.clone()), body), None)
            }
        }
    }
}

/// Wordings of a table, spelt as the entry has them: a bar in one of those is wide in a table.
fn spelt(said: &[String], there: &[String]) -> Vec<String> {
    let spelling = |it: &String| there.iter().find(|old| wide(old) == *it).unwrap_or(it).clone();
    if there.iter().any(|it| it.contains('|')) { said.iter().map(spelling).collect() } else { said.to_vec() }
}

/// With what the row says, where it is refused.
fn refused(line: &Line, (step, error): (Step, Option<RowError>)) -> (Step, Option<RowError>) {
    (step, error.map(|it| RowError { cells: Some(Box::new(line.cells.clone())), ..it }))
}

/// The category of these names: outer `None` when it is not there yet, inner `None` for no names.
pub(super) fn find_category(categories: &[Category], names: &[String]) -> Option<Option<CategoryId>> {
    names.iter().try_fold(None, |parent, name| find_name(categories, parent, name).map(Some))
}

/// The category of a name below another. The slash parts levels, so in a table it is wide inside a name.
fn find_name(categories: &[Category], parent: Option<CategoryId>, name: &str) -> Option<CategoryId> {
    let here = || categories.iter().filter(|it| it.parent == parent);
    let exact = here().find(|it| it.name == name);
    exact
        .or_else(|| here().find(|it| it.name.contains('/') && it.name.replace('/', "／") == name))
        .map(|it| it.id)
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
    (names, publish, import): (Arc<Names>, bool, ImportId),
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
        write(tx, actor, &step, (&there.names, publish, import))?;
        done.push((step, error));
    }
    Ok(Lot { steps: done, published: publish })
}

/// Why a row cannot be used that points to files or inboxes: one of them is not there.
fn refuse_files(tx: &mut Tx<'_>, actor: &Actor, line: &Line) -> Option<RowError> {
    let answers = line.answers.as_deref().unwrap_or_default();
    if let Err(error) = check_files(tx, actor.tenant, answers, "answer") {
        return Some(RowError::of(line.place, ("answer", error)));
    }
    let sets = EntryBody { channel_answers: line.particulars.sets().to_vec(), ..EntryBody::default() };
    let error = check_body(tx, actor.tenant, &sets).err()?;
    Some(RowError::of(line.place, ("channel_answers", error)))
}

/// A shared entry takes no files out of a table either: they stay in their company.
fn keep_shared(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    line: &Line,
    planned: (Step, Option<RowError>),
) -> (Step, Option<RowError>) {
    let (Step::Create(body) | Step::Update(_, body)) = &planned.0 else { return planned };
    match check_sharing(tx, tenant, body) {
        Ok(()) => planned,
        Err(error) => {
            let column = if error.fields.contains_key("sharing") { "sharing" } else { "answer" };
            (Step::Refuse, Some(RowError::of(line.place, (column, error))))
        }
    }
}

/// What the names in a table mean, but for questions.
pub(super) fn names(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Names> {
    let people = tenants::list_users(tx, tenant, "%", None, MOST_OWNERS)?;
    Ok(Names {
        logins: people.into_iter().map(|it| (it.login, it.id)).collect(),
        questions: HashMap::new(),
        zone: tenants::find_tenant(tx, tenant)?.map(|it| it.time_zone).unwrap_or_default(),
    })
}

fn write(
    tx: &mut Tx<'_>,
    actor: &Actor,
    step: &Step,
    (names, publish, import): (&Names, bool, ImportId),
) -> Result<()> {
    let (tenant, updated_at, updated_by) = (actor.tenant, tx.now(), actor.user);
    let release = Release::by(actor.user);
    let draft = |tx: &mut Tx<'_>, entry: &Entry, body: &EntryBody| {
        drafts::write(tx, actor, entry, body.clone(), (None, Some(import))).map(drop)
    };
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
            if publish { Ok(()) } else { draft(tx, &entry, body) }
        }
        Step::Update(old, body) if publish => {
            if old.version == 0 {
                workshop::delete_draft(tx, tenant, old.id)?;
            }
            let (id, version) = (old.id, old.version + 1);
            let entry = Entry { id, body: body.clone(), version, updated_at, updated_by, release };
            store::update(tx, tenant, &entry).map(|_| ())
        }
        Step::Update(old, body) => draft(tx, old, body),
        Step::Keep | Step::Refuse => Ok(()),
    }
}

fn make_category(tx: &mut Tx<'_>, actor: &Actor, all: &mut Vec<Category>, names: &[String]) -> Result<()> {
    let mut parent = None;
    for name in names {
        let found = find_name(all, parent, name);
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
