//! The base out of a table, and back into one.
//!
//! An entry is known by its standard question: a row with a question that is there changes that entry, any
//! other makes a new one. Rows that cannot be used are told by number and left out; the others count.

use std::collections::HashMap;

use serde_json::json;

use crate::audit::ops::record;
use crate::base::content::Content;
use crate::base::id::{CategoryId, EntryId};
use crate::base::{Error, Result};
use crate::bus::{Event, emit};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

use super::model::{AnswerMode, Category, DEEPEST, Entry, EntryBody, Validity, tidy_category_name};
use super::ops::{check_files, check_room};
use super::{store, table};

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
    /// Rows that were left out, by number.
    pub errors: Vec<RowError>,
}

/// Why a row was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// Its number in the file; the header is row 1.
    pub row: usize,
    /// Which column.
    pub column: Option<&'static str>,
    /// Why.
    pub message: String,
}

/// A row, understood. `None`: the column is missing or, for the answer, empty: what is there stays.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    row: usize,
    question: String,
    similar: Option<Vec<String>>,
    answers: Option<Vec<Content>>,
    /// Names from the top; none at all: no category.
    category: Option<Vec<String>>,
}

/// The columns of a table.
#[derive(Debug, Clone, Copy)]
struct Columns {
    question: usize,
    similar: Option<usize>,
    answer: usize,
    category: Option<usize>,
}

impl Columns {
    fn find(header: &[String]) -> Result<Self> {
        let place = |names: &[&str]| {
            header
                .iter()
                .position(|cell| names.contains(&cell.trim_start_matches('\u{feff}').to_lowercase().as_str()))
        };
        let question = place(&["question", "standard question", "标准问", "标准问题", "问题"]);
        let answer = place(&["answer", "答案", "回答"]);
        let (Some(question), Some(answer)) = (question, answer) else {
            let why = "the first row names the columns; `question` (标准问) and `answer` (答案) must be among them, \
                       `similar` (相似问) and `category` (分类) may be";
            return Err(Error::invalid("import.columns", why).field("file", why));
        };
        Ok(Self {
            question,
            similar: place(&["similar", "similar questions", "相似问", "相似问题", "相似问法"]),
            answer,
            category: place(&["category", "分类", "类目"]),
        })
    }
}

/// Imports a table. With `is_trial` nothing is written.
///
/// # Errors
/// `Denied` without the right; `Invalid` for what is no table. A bad row is no error but part of the report.
pub async fn import(ctx: &Ctx, actor: &Actor, bytes: Vec<u8>, is_trial: bool) -> Result<Report> {
    actor.require(Permission::KnowledgeEdit)?;
    let (mut report, lines) = tokio::task::spawn_blocking(move || understand(&bytes))
        .await
        .map_err(|error| Error::internal("import.stopped", "the table could not be read").because(error))??;
    if is_trial {
        let tenant = actor.tenant;
        let plan = ctx
            .db
            .read(move |tx| {
                let known = known(store::list_all(tx, tenant)?);
                let categories = store::list_categories(tx, tenant)?;
                Ok(lines.iter().map(|line| plan(line, &known, &categories)).collect::<Vec<_>>())
            })
            .await?;
        plan.into_iter().for_each(|(step, error)| report.count(&step, error));
        return Ok(report);
    }
    let tenant = actor.tenant;
    let questions = ctx.db.read(move |tx| store::list_questions(tx, tenant)).await?;
    for lot in lines.chunks(LOT) {
        // No question stands twice in a table, so what one lot writes no later one looks for.
        let lot: Vec<(Line, Option<EntryId>)> =
            lot.iter().map(|line| (line.clone(), questions.get(&line.question).copied())).collect();
        let actor = actor.clone();
        let steps = ctx.db.write(move |tx| write_lot(tx, &actor, &lot)).await?;
        steps.into_iter().for_each(|(step, error)| report.count(&step, error));
    }
    let (done, actor) = (report.clone(), actor.clone());
    ctx.db
        .write(move |tx| {
            let detail = json!({
                "rows": done.rows, "created": done.created, "updated": done.updated, "errors": done.errors.len(),
            });
            record(tx, &actor, "knowledge.import", "knowledge", detail)?;
            emit(tx, actor.tenant, Event::KnowledgeChanged)
        })
        .await?;
    Ok(report)
}

impl Report {
    fn count(&mut self, step: &Step, error: Option<RowError>) {
        match step {
            Step::Create(_) => self.created += 1,
            Step::Update(..) => self.updated += 1,
            Step::Keep => self.unchanged += 1,
            Step::Refuse => {}
        }
        if let Some(error) = error
            && self.errors.len() < MOST_ERRORS
        {
            let place = self.errors.partition_point(|it| it.row <= error.row);
            self.errors.insert(place, error);
        }
    }
}

/// Reads a table's rows; those that cannot be used go into the report.
fn understand(bytes: &[u8]) -> Result<(Report, Vec<Line>)> {
    let rows = table::read(bytes)?;
    let Some((header, rows)) = rows.split_first() else {
        return Err(Error::invalid("import.empty", "the table is empty").field("file", "empty"));
    };
    let columns = Columns::find(&header.cells)?;
    let mut report = Report { rows: rows.len(), ..Report::default() };
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        match line(row, columns) {
            Ok(line) => match seen.get(&line.question) {
                Some(first) => {
                    let message = format!("the same question stands in row {first}");
                    report.count(
                        &Step::Refuse,
                        Some(RowError { row: row.number, column: Some("question"), message }),
                    );
                }
                None => {
                    seen.insert(line.question.clone(), row.number);
                    lines.push(line);
                }
            },
            Err(error) => report.count(&Step::Refuse, Some(error)),
        }
    }
    Ok((report, lines))
}

fn line(row: &table::Row, columns: Columns) -> Result<Line, RowError> {
    let cell = |at: usize| row.cells.get(at).map_or("", |it| table::plain(it)).trim();
    let refuse =
        |column: &'static str, message: String| RowError { row: row.number, column: Some(column), message };
    let similar =
        columns.similar.map(|at| cell(at).split('|').map(|it| it.trim().to_owned()).collect::<Vec<_>>());
    let answer = cell(columns.answer);
    let answers = match answer {
        "" => None,
        text if text.starts_with("[{") => Some(serde_json::from_str(text).map_err(|error| {
            refuse("answer", format!("looks like JSON and is not what is expected: {error}"))
        })?),
        text => Some(vec![Content::text(text)]),
    };
    let category = columns
        .category
        .map(|at| names(cell(at)))
        .transpose()
        .map_err(|error| refuse("category", error.message))?;
    // What an entry of these cells would be: checked now, so that a trial tells all.
    let body = EntryBody {
        category: None,
        question: cell(columns.question).to_owned(),
        similar: similar.clone().unwrap_or_default(),
        answers: answers.clone().unwrap_or_else(|| vec![Content::text("-")]),
        answer_mode: AnswerMode::InOrder,
        validity: Validity::default(),
        enabled: true,
    };
    let body = body.tidy().map_err(|error| {
        let field = error.fields.keys().next().map_or("question", String::as_str);
        let column =
            ["similar", "answers"].into_iter().find(|it| field.starts_with(it)).unwrap_or("question");
        refuse(if column == "answers" { "answer" } else { column }, error.message)
    })?;
    Ok(Line {
        row: row.number,
        question: body.question,
        similar: similar.map(|_| body.similar),
        answers,
        category,
    })
}

/// The names of a category from the top: `宽带/故障`.
fn names(cell: &str) -> Result<Vec<String>> {
    let names: Vec<String> =
        cell.split('/').filter(|it| !it.trim().is_empty()).map(tidy_category_name).collect::<Result<_>>()?;
    if names.len() > DEEPEST {
        return Err(Error::invalid("category.deep", format!("categories go at most {DEEPEST} levels deep")));
    }
    Ok(names)
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    /// A new entry.
    Create(EntryBody),
    /// An entry that is different.
    Update(Entry, EntryBody),
    /// An entry that is the same.
    Keep,
    /// Nothing.
    Refuse,
}

fn known(entries: Vec<Entry>) -> HashMap<String, Entry> {
    entries.into_iter().map(|it| (it.body.question.clone(), it)).collect()
}

/// What becomes of a row, given what is there. A category that is not there yet counts as a change.
fn plan(line: &Line, known: &HashMap<String, Entry>, categories: &[Category]) -> (Step, Option<RowError>) {
    let place = line.category.as_ref().map(|names| find_category(categories, names));
    match known.get(&line.question) {
        None => {
            let Some(answers) = line.answers.clone() else {
                let message = "a new question needs an answer".to_owned();
                return (Step::Refuse, Some(RowError { row: line.row, column: Some("answer"), message }));
            };
            let body = EntryBody {
                category: place.flatten().flatten(),
                question: line.question.clone(),
                similar: line.similar.clone().unwrap_or_default(),
                answers,
                answer_mode: AnswerMode::InOrder,
                validity: Validity::default(),
                enabled: true,
            };
            (Step::Create(body), None)
        }
        Some(entry) => {
            let mut body = entry.body.clone();
            body.similar = line.similar.clone().unwrap_or(body.similar);
            body.answers = line.answers.clone().unwrap_or(body.answers);
            let is_new_place = matches!(place, Some(None));
            body.category = place.map_or(body.category, Option::flatten);
            if body == entry.body && !is_new_place {
                (Step::Keep, None)
            } else {
                (Step::Update(entry.clone(), body), None)
            }
        }
    }
}

/// The category of these names: outer `None` when it is not there yet, inner `None` for no names.
fn find_category(categories: &[Category], names: &[String]) -> Option<Option<CategoryId>> {
    names.iter().try_fold(None, |parent, name| {
        categories.iter().find(|it| it.parent == parent && it.name == *name).map(|it| Some(it.id))
    })
}

fn write_lot(
    tx: &mut Tx<'_>,
    actor: &Actor,
    lines: &[(Line, Option<EntryId>)],
) -> Result<Vec<(Step, Option<RowError>)>> {
    let mut categories = store::list_categories(tx, actor.tenant)?;
    let mut there = HashMap::new();
    for id in lines.iter().filter_map(|it| it.1) {
        if let Some(entry) = store::find(tx, actor.tenant, id)? {
            there.insert(entry.body.question.clone(), entry);
        }
    }
    check_room(tx, actor.tenant, lines.len() - there.len())?;
    let mut done = Vec::with_capacity(lines.len());
    for (line, _) in lines {
        if let Some(names) = &line.category {
            make_category(tx, actor, &mut categories, names)?;
        }
        let (step, error) = plan(line, &there, &categories);
        done.push(
            match check_files(tx, actor.tenant, line.answers.as_deref().unwrap_or_default(), "answer") {
                Err(error) => (
                    Step::Refuse,
                    Some(RowError { row: line.row, column: Some("answer"), message: error.message }),
                ),
                Ok(()) => {
                    write(tx, actor, &step)?;
                    (step, error)
                }
            },
        );
    }
    Ok(done)
}

fn write(tx: &mut Tx<'_>, actor: &Actor, step: &Step) -> Result<()> {
    let (updated_at, updated_by) = (tx.now(), actor.user);
    match step {
        Step::Create(body) => {
            let id: EntryId = tx.new_id();
            store::insert(
                tx,
                actor.tenant,
                &Entry { id, body: body.clone(), version: 1, updated_at, updated_by },
            )
        }
        Step::Update(old, body) => {
            let (id, version) = (old.id, old.version + 1);
            let entry = Entry { id, body: body.clone(), version, updated_at, updated_by };
            store::update(tx, actor.tenant, &entry).map(|_| ())
        }
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

/// The whole base as CSV, as [`import`] takes it: answers that are more than one text are JSON.
///
/// # Errors
/// `Denied` without the right.
pub async fn export(ctx: &Ctx, actor: &Actor) -> Result<Vec<u8>> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    let (entries, categories) = ctx
        .db
        .read(move |tx| Ok((store::list_all(tx, tenant)?, store::list_categories(tx, tenant)?)))
        .await?;
    let mut rows = vec![["question", "similar", "answer", "category"].map(str::to_owned).to_vec()];
    rows.extend(entries.iter().map(|it| cells(it, &categories)));
    Ok(table::write(&rows))
}

fn cells(entry: &Entry, categories: &[Category]) -> Vec<String> {
    let answer = match entry.body.answers.as_slice() {
        [Content::Text { text }] if !text.starts_with("[{") => text.clone(),
        answers => serde_json::to_string(answers).unwrap_or_default(),
    };
    // The bar parts wordings, so inside one it is written wide.
    let similar: Vec<String> = entry.body.similar.iter().map(|it| it.replace('|', "｜")).collect();
    let mut path = Vec::new();
    let mut above = entry.body.category;
    while let Some(category) = above.and_then(|id| categories.iter().find(|it| it.id == id)) {
        path.insert(0, category.name.replace('/', "／"));
        above = category.parent.filter(|_| path.len() < DEEPEST);
    }
    vec![entry.body.question.clone(), similar.join("|"), answer, path.join("/")]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(report: &Report) -> Vec<(usize, Option<&'static str>)> {
        report.errors.iter().map(|it| (it.row, it.column)).collect()
    }

    #[test]
    fn rows_are_understood_or_told_by_number() {
        let csv = "标准问,相似问,答案,分类\n\
            怎么查话费,查话费|话费查询|,回复 1,话费/查询\n\
            ,a,b,\n\
            怎么 查话费,,x,\n\
            怎么查话费,,重复,\n\
            宽带断网,,\"[{\"\"type\"\":\"\"text\"\",\"\"text\"\":\"\"重启\"\"}]\",\n\
            坏的,,[{不是},\n\
            没有答案,,,\n\
            太深,,x,a/b/c/d/e/f\n";
        let (report, lines) = understand(csv.as_bytes()).unwrap();
        assert_eq!(report.rows, 8);
        assert_eq!(
            refused(&report),
            [(3, Some("question")), (5, Some("question")), (7, Some("answer")), (9, Some("category"))]
        );
        assert_eq!(lines[0].similar.as_deref(), Some(&["查话费".to_owned(), "话费查询".to_owned()][..]));
        assert_eq!(lines[0].category.as_deref(), Some(&["话费".to_owned(), "查询".to_owned()][..]));
        assert_eq!(lines[2].answers, Some(vec![Content::text("重启")]));
        assert_eq!((lines[3].question.as_str(), &lines[3].answers), ("没有答案", &None));
    }

    #[test]
    fn a_table_without_the_needed_columns_is_refused() {
        assert_eq!(understand(b"question,text\na,b").unwrap_err().code, "import.columns");
        assert_eq!(understand(b"").unwrap_err().code, "import.empty");
    }

    #[test]
    fn a_known_question_is_changed_only_where_the_table_says_so() {
        let body = EntryBody {
            category: Some(CategoryId(1)),
            question: "怎么查话费".into(),
            similar: vec!["查话费".into()],
            answers: vec![Content::text("回复 1")],
            answer_mode: AnswerMode::Random,
            validity: Validity::default(),
            enabled: false,
        };
        let entry =
            Entry { id: EntryId(5), body, version: 3, updated_at: Default::default(), updated_by: None };
        let known = known(vec![entry.clone()]);
        let categories = [Category { id: CategoryId(1), parent: None, name: "话费".into() }];
        let line = |similar: Option<&[&str]>, answer: Option<&str>, category: Option<&[&str]>| Line {
            row: 2,
            question: "怎么查话费".into(),
            similar: similar.map(|it| it.iter().map(ToString::to_string).collect()),
            answers: answer.map(|it| vec![Content::text(it)]),
            category: category.map(|it| it.iter().map(ToString::to_string).collect()),
        };
        let step = |line: Line| plan(&line, &known, &categories).0;
        assert_eq!(step(line(None, None, None)), Step::Keep);
        assert_eq!(step(line(Some(&["查话费"]), Some("回复 1"), Some(&["话费"]))), Step::Keep);
        let Step::Update(_, changed) = step(line(Some(&[]), Some("回复 2"), Some(&[]))) else {
            panic!("it differs")
        };
        assert_eq!((changed.similar.len(), changed.category, changed.enabled), (0, None, false));
        assert!(matches!(step(line(None, None, Some(&["话费", "新的"]))), Step::Update(..)));
        let unknown = Line { question: "别的".into(), ..line(None, None, None) };
        assert_eq!(plan(&unknown, &known, &categories).1.unwrap().column, Some("answer"));
    }

    #[test]
    fn what_is_exported_is_imported_as_the_same() {
        let body = EntryBody {
            category: Some(CategoryId(2)),
            question: "-5 度能用吗".into(),
            similar: vec!["冷天|能用吗".into(), "=低温".into()],
            answers: vec![Content::text("能"), Content::text("可以")],
            answer_mode: AnswerMode::InOrder,
            validity: Validity::default(),
            enabled: true,
        };
        let entry =
            Entry { id: EntryId(5), body, version: 3, updated_at: Default::default(), updated_by: None };
        let categories = [
            Category { id: CategoryId(1), parent: None, name: "设备".into() },
            Category { id: CategoryId(2), parent: Some(CategoryId(1)), name: "低温".into() },
        ];
        let header = ["question", "similar", "answer", "category"].map(str::to_owned).to_vec();
        let csv = table::write(&[header, cells(&entry, &categories)]);
        let (report, lines) = understand(&csv).unwrap();
        assert!(report.errors.is_empty(), "{report:?}");
        assert_eq!(lines[0].question, entry.body.question);
        assert_eq!(lines[0].similar.as_deref(), Some(&["冷天｜能用吗".to_owned(), "=低温".to_owned()][..]));
        assert_eq!(lines[0].answers.as_ref(), Some(&entry.body.answers));
        assert_eq!(
            find_category(&categories, lines[0].category.as_ref().unwrap()),
            Some(Some(CategoryId(2)))
        );
    }
}
