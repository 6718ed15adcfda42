//! Questions and answers that a document marks as such: 问：…, 答：….

use std::collections::VecDeque;

use crate::outline::{Block, Placed};

/// The level of a marked question: below all headings, which are of levels 1 to 6.
pub(crate) const MARKED: usize = 7;

/// Makes a heading of each marked question that a marked answer follows, and takes the marks off. Other wordings may stand
/// between the two.
pub(crate) fn mark_questions(blocks: Vec<Placed>) -> Vec<Placed> {
    let mut marked = Vec::with_capacity(blocks.len());
    let mut blocks = lines(blocks).into_iter();
    // What was looked at already, to find the answer.
    let mut left: VecDeque<Placed> = VecDeque::new();
    while let Some((number, block)) = left.pop_front().or_else(|| blocks.next()) {
        let (level, text) = match &block {
            Block::Heading(level, text) => (*level, text.as_str()),
            Block::Text(text) if question(text).is_some() => (MARKED, text.as_str()),
            _ => {
                marked.push((number, block));
                continue;
            }
        };
        // What stands between it and the next words that are no other wording.
        while left.back().is_none_or(|it| is_between(&it.1)) {
            match blocks.next() {
                Some(next) => left.push_back(next),
                None => break,
            }
        }
        let asked = question(text);
        let reply = left.back_mut().and_then(|it| match &mut it.1 {
            Block::Text(text) => answer(text, asked.is_some()).map(str::to_owned).map(|bare| *text = bare),
            _ => None,
        });
        let block = match reply {
            Some(()) => Block::Heading(level, asked.unwrap_or(text).to_owned()),
            None => block,
        };
        marked.push((number, block));
    }
    marked
}

/// With the lines of a paragraph apart that begins with a question: its answer may stand in the same one.
fn lines(blocks: Vec<Placed>) -> Vec<Placed> {
    let mut apart = Vec::with_capacity(blocks.len());
    for (number, block) in blocks {
        match &block {
            Block::Text(text) if text.contains('\n') && question(text).is_some() => {
                apart.extend(text.lines().map(|line| (number, Block::Text(line.trim().to_owned()))));
            }
            _ => apart.push((number, block)),
        }
    }
    apart
}

/// Whether a block may stand between a question and its answer.
fn is_between(block: &Block) -> bool {
    matches!(block, Block::Text(text) if text.is_empty() || wordings(text).is_some())
}

/// The other wordings that a line names.
pub(crate) fn wordings(line: &str) -> Option<String> {
    let marks = ["相似问：", "相似问:", "相似问题：", "相似问题:", "Similar:", "similar:"];
    marks.iter().find_map(|it| line.strip_prefix(it)).map(|it| it.trim().to_owned())
}

/// What a marked question asks: of 3、问：怎么退费 and of Q3: 怎么退费 the last four characters.
fn question(text: &str) -> Option<&str> {
    let numbered = text.trim_start_matches(|it: char| it.is_ascii_digit());
    let bare = if numbered.len() < text.len() {
        numbered.trim_start_matches(['.', '．', '、', ')', '）', ' '])
    } else {
        text
    };
    marked(bare, &["问题", "问", "Q", "q"])
}

/// What a marked answer says. A letter is a mark only below a marked question: else it may begin a list.
fn answer(text: &str, is_asked: bool) -> Option<&str> {
    let letters = || marked(text, &["A", "a"]).filter(|_| is_asked);
    marked(text, &["标准答案", "答案", "回答", "答复", "答"]).or_else(letters)
}

/// What follows one of these marks, a number perhaps, and a colon.
fn marked<'a>(text: &'a str, marks: &[&str]) -> Option<&'a str> {
    let rest = marks.iter().find_map(|it| text.strip_prefix(it))?;
    let rest = rest.trim_start_matches(|it: char| it.is_ascii_digit()).trim_start();
    rest.strip_prefix([':', '：']).map(str::trim_start)
}
