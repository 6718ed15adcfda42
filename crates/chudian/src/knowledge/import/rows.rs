//! A table's rows, understood or refused by number. Pure.

use std::collections::HashMap;

use retrieval::normalise;
use tables::{FileKind, Sheet, comma};

use crate::base::content::Content;
use crate::base::{Error, Result};
use crate::knowledge::category::model::{DEEPEST, tidy_category_name};
use crate::knowledge::model::EntryBody;

use super::particulars::Particulars;
use super::{Cells, Place, Report, RowError, SheetRead};

/// A row, understood. `None`: the column is missing or, for the answer, empty: what is there stays.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) place: Place,
    pub(super) question: String,
    pub(super) similar: Option<Vec<String>>,
    pub(super) answers: Option<Vec<Content>>,
    /// Names from the top; none at all: no category.
    pub(super) category: Option<Vec<String>>,
    /// The columns beside those.
    pub(super) particulars: Particulars,
    /// What the file says, for who must mend it.
    pub(super) cells: Cells,
}

/// The columns of a table.
#[derive(Debug, Clone, Copy)]
struct Columns {
    question: usize,
    similar: Option<usize>,
    answer: usize,
    category: Option<usize>,
    tags: Option<usize>,
    owner: Option<usize>,
    review_date: Option<usize>,
    related: Option<usize>,
    channel_answers: Option<usize>,
    answer_mode: Option<usize>,
    valid_from: Option<usize>,
    valid_until: Option<usize>,
    enabled: Option<usize>,
    sharing: Option<usize>,
}

impl Columns {
    fn find(header: &[String]) -> Result<Self> {
        let header: Vec<String> = header.iter().map(|it| heading(it)).collect();
        let place = |names: &[&str]| header.iter().position(|cell| names.contains(&cell.as_str()));
        let question = place(&["question", "standard question", "标准问", "标准问题", "问题"]);
        let answer = place(&["answer", "答案", "标准答案", "回答", "答复"]);
        let (Some(question), Some(answer)) = (question, answer) else {
            let why = "a row at the top of a table names the columns; `question` (标准问) and `answer` (答案) \
                       must be among them, `similar` (相似问) and `category` (分类) may be";
            return Err(Error::invalid("import.columns", why).field("file", why));
        };
        Ok(Self {
            question,
            similar: place(&["similar", "similar questions", "相似问", "相似问题", "相似问法"]),
            answer,
            category: place(&["category", "分类", "类目"]),
            tags: place(&["tags", "标签"]),
            owner: place(&["owner", "负责人"]),
            review_date: place(&["review_date", "review date", "复核日期"]),
            related: place(&["related", "related questions", "相关问题"]),
            channel_answers: place(&["channel_answers", "渠道答案"]),
            answer_mode: place(&["answer_mode", "answer mode", "回答方式"]),
            valid_from: place(&["valid_from", "valid from", "生效时间", "生效日期"]),
            valid_until: place(&["valid_until", "valid until", "失效时间", "失效日期"]),
            enabled: place(&["enabled", "启用", "是否启用"]),
            sharing: place(&["sharing", "共享范围"]),
        })
    }

    /// A row's cells by their meaning.
    fn cells(self, row: &tables::Row) -> Cells {
        let cell = |at: usize| row.cells.get(at).cloned().unwrap_or_default();
        Cells {
            question: cell(self.question),
            similar: self.similar.map(cell),
            answer: cell(self.answer),
            category: self.category.map(cell),
            tags: self.tags.map(cell),
            owner: self.owner.map(cell),
            review_date: self.review_date.map(cell),
            related: self.related.map(cell),
            channel_answers: self.channel_answers.map(cell),
            answer_mode: self.answer_mode.map(cell),
            valid_from: self.valid_from.map(cell),
            valid_until: self.valid_until.map(cell),
            enabled: self.enabled.map(cell),
            sharing: self.sharing.map(cell),
        }
    }
}

fn refused(it: tables::Refusal) -> Error {
    let why = it.message.into_owned();
    Error::invalid(it.code, why.clone()).field("file", why)
}

/// How many rows may stand above the one that names the columns: a title, who made it and when.
const MOST_TITLES: usize = 10;

/// A heading as it is compared: 標準問題*（必填） is 标准问题.
fn heading(cell: &str) -> String {
    // No heading is long; a long cell would only be folded for nothing.
    let start: String = cell.trim_start_matches('\u{feff}').chars().take(60).collect();
    let folded = normalise::fold(&start);
    let bare = folded.split(['(', '（']).next().unwrap_or_default();
    bare.trim_matches(|it: char| it.is_whitespace() || matches!(it, '*' | ':' | '：')).to_owned()
}

/// The columns of a sheet, and how many rows stand above what is below them.
fn columns(sheet: &Sheet) -> Option<(Columns, usize)> {
    let mut named = sheet.rows.iter().zip(1..).take(MOST_TITLES);
    named.find_map(|(row, above)| Some((Columns::find(&row.cells).ok()?, above)))
}

/// Reads a table's rows; those that cannot be used go into the report.
pub(super) fn understand(bytes: &[u8], kind: FileKind) -> Result<(Report, Vec<Line>)> {
    let is_header = |cells: &[String]| Columns::find(cells).is_ok();
    understand_sheets(&tables::read(bytes, kind, &is_header).map_err(refused)?)
}

/// The rows of all sheets that name the columns; the others say something else.
pub(super) fn understand_sheets(sheets: &[Sheet]) -> Result<(Report, Vec<Line>)> {
    let Some(first) = sheets.first() else {
        return Err(Error::invalid("import.empty", "the table is empty").field("file", "empty"));
    };
    let headings: Vec<_> = sheets.iter().map(columns).collect();
    if headings.iter().all(Option::is_none) {
        Columns::find(&first.rows[0].cells)?;
    }
    let mut report = Report::default();
    let mut seen: HashMap<String, Place> = HashMap::new();
    let mut lines = Vec::new();
    for ((nth, sheet), heading) in sheets.iter().enumerate().zip(headings) {
        let rows = heading.map(|(_, above)| sheet.rows.len() - above);
        report.sheets.push(SheetRead { name: sheet.name.clone(), rows });
        let Some((columns, above)) = heading else { continue };
        report.rows += sheet.rows.len() - above;
        for row in &sheet.rows[above..] {
            let place = Place { sheet: nth, row: row.number };
            let cells = columns.cells(row);
            match line(row, place, columns, &cells) {
                Ok(line) => match seen.get(&line.question) {
                    Some(first) => {
                        let sheet = match &*sheets[first.sheet].name {
                            name if first.sheet != nth => format!(" of the sheet {name}"),
                            _ => String::new(),
                        };
                        let message = format!("the same question stands in row {}{sheet}", first.row);
                        let error = RowError::new(place, "question", "import.repeated", message);
                        report.refuse(RowError {
                            first: Some(*first),
                            cells: Some(Box::new(cells)),
                            ..error
                        });
                    }
                    None => {
                        seen.insert(line.question.clone(), place);
                        lines.push(line);
                    }
                },
                Err(error) => report.refuse(RowError { cells: Some(Box::new(cells)), ..error }),
            }
        }
    }
    Ok((report, lines))
}

fn line(row: &tables::Row, place: Place, columns: Columns, cells: &Cells) -> Result<Line, RowError> {
    let cell = |at: usize| row.cells.get(at).map_or("", |it| comma::plain(it)).trim();
    let refuse = |column, error: Error| RowError::new(place, column, error.code, error.message);
    let similar =
        columns.similar.map(|at| cell(at).split('|').map(|it| it.trim().to_owned()).collect::<Vec<_>>());
    let answer = cell(columns.answer);
    let answers = match answer {
        "" => None,
        text if text.starts_with("[{") => Some(serde_json::from_str(text).map_err(|error| {
            let message = format!("looks like JSON and is not what is expected: {error}");
            RowError::new(place, "answer", "import.json", message)
        })?),
        text => Some(vec![Content::text(text)]),
    };
    let category =
        columns.category.map(|at| names(cell(at))).transpose().map_err(|error| refuse("category", error))?;
    let particulars = Particulars::read(&plain(cells)).map_err(|(column, error)| refuse(column, error))?;
    // What an entry of these cells would be: checked now, so that a trial tells all.
    let body = EntryBody {
        question: cell(columns.question).to_owned(),
        similar: similar.clone().unwrap_or_default(),
        answers: answers.clone().unwrap_or_else(|| vec![Content::text("-")]),
        ..EntryBody::default()
    };
    let body = body.tidy().map_err(|error| {
        let field = error.fields.keys().next().map_or("question", String::as_str);
        let column =
            ["similar", "answers"].into_iter().find(|it| field.starts_with(it)).unwrap_or("question");
        refuse(if column == "answers" { "answer" } else { column }, error)
    })?;
    Ok(Line {
        place,
        question: body.question,
        similar: similar.map(|_| body.similar),
        answers,
        category,
        particulars,
        cells: cells.clone(),
    })
}

/// The particulars' cells without the apostrophe that guards against formulas.
fn plain(cells: &Cells) -> Cells {
    let plain = |cell: &Option<String>| cell.as_deref().map(|it| comma::plain(it).to_owned());
    Cells {
        tags: plain(&cells.tags),
        owner: plain(&cells.owner),
        review_date: plain(&cells.review_date),
        related: plain(&cells.related),
        channel_answers: plain(&cells.channel_answers),
        answer_mode: plain(&cells.answer_mode),
        valid_from: plain(&cells.valid_from),
        valid_until: plain(&cells.valid_until),
        enabled: plain(&cells.enabled),
        sharing: plain(&cells.sharing),
        ..Cells::default()
    }
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
