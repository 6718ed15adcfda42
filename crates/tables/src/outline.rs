//! Documents as tables.
//!
//! A heading with text below it is a question, the text is its answer, the headings above it are its category. A
//! line that begins with 相似问： or Similar: names other wordings, parted by |. A table whose first row names the columns
//! of questions and answers is one; of any other the cells of a row stand in one line. Pictures and formats are
//! left out; what a customer reads is text.

use std::collections::HashSet;

use crate::dialogue::{MARKED, mark_questions, wordings};
use crate::{IsHeader, MOST_COLUMNS, Refusal, Result, Row, Rows, Sheet};

/// How many blocks a document may have.
pub(crate) const MOST_BLOCKS: usize = 400_000;

/// What a document is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    /// A heading and its level, 1 being the highest.
    Heading(usize, String),
    /// A paragraph, a line, an item of a list.
    Text(String),
    /// A row of a table, and which table of the document it belongs to.
    Row(usize, Vec<String>),
}

/// A block with its place: the line of a Markdown file, the paragraph of others.
pub(crate) type Placed = (usize, Block);

/// Adds a block.
pub(crate) fn push(blocks: &mut Vec<Placed>, number: usize, block: Block) -> Result<()> {
    let adds_nothing = match &block {
        Block::Heading(_, text) => text.is_empty(),
        // An empty line parts paragraphs; two do no more.
        Block::Text(text) => text.is_empty() && ends_empty(blocks),
        Block::Row(_, cells) => cells.iter().all(String::is_empty),
    };
    if adds_nothing {
        return Ok(());
    }
    if blocks.len() >= MOST_BLOCKS {
        return Err(Refusal::new("table.too_long", "the document is too long: split it"));
    }
    blocks.push((number, block));
    Ok(())
}

fn ends_empty(blocks: &[Placed]) -> bool {
    blocks.last().is_none_or(|it| matches!(&it.1, Block::Text(text) if text.is_empty()))
}

/// The tables that a document says. Its headings are one, without a name: a header, and a row for each heading that has
/// text below it or no heading; a question whose answer is missing is a row without one, which its reader refuses by name.
/// Each table of questions and answers is one more, named by the heading above it.
pub(crate) fn sheets(blocks: Vec<Placed>, is_header: IsHeader<'_>) -> Result<Vec<Sheet>> {
    let named = blocks.iter().filter_map(|it| match &it.1 {
        Block::Row(table, cells) => Some(*table).filter(|_| is_header(cells)),
        _ => None,
    });
    let named: HashSet<usize> = named.collect();
    let mut found = Found { is_header, named, headings: Rows::default(), tables: Vec::new(), open: None };
    let header = ["question", "similar", "answer", "category"].map(str::to_owned).to_vec();
    found.headings.push(0, header)?;
    // Titles from the top down to where we are, each with its level.
    let mut titles: Vec<(usize, String)> = Vec::new();
    let mut blocks = mark_questions(blocks).into_iter().peekable();
    while let Some((number, block)) = blocks.next() {
        let (level, title) = match block {
            Block::Heading(level, title) => (level, title),
            // What else stands before the first heading is a preface.
            Block::Row(table, cells) => {
                found.take(number, table, cells, &titles)?;
                continue;
            }
            Block::Text(_) => continue,
        };
        titles.retain(|it| it.0 < level);
        titles.push((level, title));
        let (mut answer, mut similar, mut has_table) = (Vec::new(), Vec::new(), false);
        while let Some((number, block)) = blocks.next_if(|it| !matches!(it.1, Block::Heading(..))) {
            match block {
                Block::Row(table, cells) => match found.take(number, table, cells, &titles)? {
                    Some(cells) => answer.push(line(&cells)),
                    None => has_table = true,
                },
                Block::Text(text) => match wordings(&text) {
                    Some(words) => similar.push(words),
                    None => answer.push(text),
                },
                Block::Heading(..) => {}
            }
        }
        let Some(((_, title), above)) = titles.split_last() else { continue };
        let answer = answer.join("\n").trim().to_owned();
        let has_below = matches!(blocks.peek(), Some((_, Block::Heading(next, _))) if *next > level);
        let lacks_answer = !has_below && !has_table && !title.trim().is_empty();
        if !answer.is_empty() || lacks_answer {
            // Counted before they are written down once more: a title may be as long as the file.
            found.headings.count(above.iter().map(|it| it.1.len()).sum())?;
            let cells = vec![title.clone(), similar.join("|"), answer, path(above)];
            found.headings.push(number, cells)?;
        }
    }
    found.finish()
}

/// What was found so far.
struct Found<'a> {
    is_header: IsHeader<'a>,
    /// The tables of the document in which a row names the columns.
    named: HashSet<usize>,
    headings: Rows,
    tables: Vec<Sheet>,
    /// Which table of the document the last sheet is.
    open: Option<usize>,
}

impl Found<'_> {
    /// Adds a row of a table of questions and answers; gives a row of any other back. Headings above are the category
    /// where the table has no column for it.
    fn take(
        &mut self,
        number: usize,
        table: usize,
        mut cells: Vec<String>,
        titles: &[(usize, String)],
    ) -> Result<Option<Vec<String>>> {
        if !self.named.contains(&table) {
            return Ok(Some(cells));
        }
        // A marked question above is one of its own, not what the table is about.
        let titles = match titles {
            [above @ .., (MARKED, _)] => above,
            all => all,
        };
        if self.open != Some(table) {
            // Above the header stands what the table is about.
            if !(self.is_header)(&cells) {
                return Ok(None);
            }
            self.open = Some(table);
            let title = titles.last().map(|it| it.1.chars().take(NAME).collect::<String>());
            let name = title.filter(|it| !it.trim().is_empty()).unwrap_or_else(|| table.to_string());
            cells.truncate(MOST_COLUMNS);
            cells.push("category".to_owned());
            self.tables.push(Sheet { name, rows: vec![Row { number, cells }] });
            return Ok(None);
        }
        if let Some(sheet) = self.tables.last_mut() {
            cells.resize(sheet.rows[0].cells.len() - 1, String::new());
            cells.push(path(titles));
            self.headings.admit(&cells)?;
            self.headings.elsewhere += 1;
            sheet.rows.push(Row { number, cells });
        }
        Ok(None)
    }

    fn finish(self) -> Result<Vec<Sheet>> {
        let mut rows = self.headings.rows;
        let has_answers = rows[1..].iter().any(|it| !it.cells[2].is_empty());
        if !has_answers && self.tables.is_empty() {
            return Err(Refusal::new(
                "document.no_questions",
                "no question with an answer was found: make each question a heading and write its answer below, or \
                 begin the two with 问： and 答：, or put them into a table whose first row says 标准问 and 答案",
            ));
        }
        // A column of which the document says nothing at all is none: what is there stays.
        for column in [3, 1] {
            if rows[1..].iter().all(|it| it.cells[column].is_empty()) {
                rows.iter_mut().for_each(|it| drop(it.cells.remove(column)));
            }
        }
        let headings = Some(Sheet { name: String::new(), rows }).filter(|_| has_answers);
        Ok(headings.into_iter().chain(self.tables).collect())
    }
}

/// How long the name of a sheet is, in characters.
const NAME: usize = 40;

/// A category: its titles from the top.
fn path(titles: &[(usize, String)]) -> String {
    titles.iter().map(|it| it.1.replace('/', "／")).collect::<Vec<_>>().join("/")
}

/// A row as a line: its cells apart.
fn line(cells: &[String]) -> String {
    let said = cells.iter().filter(|it| !it.is_empty()).map(|it| it.replace('\n', " "));
    said.collect::<Vec<_>>().join(" | ")
}
