//! Documents as tables.
//!
//! A heading with text below it is a question, the text is its answer, the headings above it are its category. A
//! line that begins with 相似问： or Similar: names other wordings, parted by |. Pictures and formats are
//! left out, the cells of a table's row stand in one line; what a customer reads is text.

use crate::{Refusal, Result, Row, Rows};

/// How many blocks a document may have.
pub(crate) const MOST_BLOCKS: usize = 400_000;

/// What a document is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    /// A heading and its level, 1 being the highest.
    Heading(usize, String),
    /// A paragraph, a line, an item of a list.
    Text(String),
}

/// A block with its place: the line of a Markdown file, the paragraph of others.
pub(crate) type Placed = (usize, Block);

/// Adds a block.
pub(crate) fn push(blocks: &mut Vec<Placed>, number: usize, block: Block) -> Result<()> {
    let (Block::Heading(_, text) | Block::Text(text)) = &block;
    // An empty line parts paragraphs; two do no more.
    if text.is_empty() && (matches!(block, Block::Heading(..)) || ends_empty(blocks)) {
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

/// The table that a document says: a header, and a row for each heading that has text below it or no heading: a question
/// whose answer is missing is a row without one, which its reader refuses by name.
pub(crate) fn rows(blocks: Vec<Placed>) -> Result<Vec<Row>> {
    let header = ["question", "similar", "answer", "category"].map(str::to_owned).to_vec();
    let mut found = Rows::default();
    found.push(0, header)?;
    // Titles from the top down to where we are, each with its level.
    let mut titles: Vec<(usize, String)> = Vec::new();
    let mut blocks = blocks.into_iter().peekable();
    while let Some((number, block)) = blocks.next() {
        // What stands before the first heading is a preface.
        let Block::Heading(level, title) = block else { continue };
        titles.retain(|it| it.0 < level);
        let (mut answer, mut similar) = (Vec::new(), Vec::new());
        while let Some((_, Block::Text(text))) = blocks.next_if(|it| matches!(it.1, Block::Text(_))) {
            match wordings(&text) {
                Some(words) => similar.push(words),
                None => answer.push(text),
            }
        }
        let answer = answer.join("\n").trim().to_owned();
        let has_below = matches!(blocks.peek(), Some((_, Block::Heading(next, _))) if *next > level);
        let lacks_answer = !has_below && !title.trim().is_empty();
        if !answer.is_empty() || lacks_answer {
            // Counted before they are written down once more: a title may be as long as the file.
            found.count(titles.iter().map(|it| it.1.len()).sum())?;
            let category: Vec<String> = titles.iter().map(|it| it.1.replace('/', "／")).collect();
            let cells = vec![title.clone(), similar.join("|"), answer, category.join("/")];
            found.push(number, cells)?;
        }
        titles.push((level, title));
    }
    let mut found = found.rows;
    if found[1..].iter().all(|it| it.cells[2].is_empty()) {
        return Err(Refusal::new(
            "document.no_questions",
            "no heading with text below it was found: make each question a heading and write its answer below",
        ));
    }
    // A column of which the document says nothing at all is none: what is there stays.
    for column in [3, 1] {
        if found[1..].iter().all(|it| it.cells[column].is_empty()) {
            found.iter_mut().for_each(|it| drop(it.cells.remove(column)));
        }
    }
    Ok(found)
}

/// The other wordings that a line names.
fn wordings(line: &str) -> Option<String> {
    let marks = ["相似问：", "相似问:", "相似问题：", "相似问题:", "Similar:", "similar:"];
    marks.iter().find_map(|it| line.strip_prefix(it)).map(|it| it.trim().to_owned())
}
