//! Test questions out of pasted lines: a question alone, or a question and what is expected, as a spreadsheet or a
//! CSV file gives them. Pure.

use std::collections::HashMap;

use crate::base::id::EntryId;

use super::model::{Expects, TestQuestion};

/// A line that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Its number, from 1.
    pub line: usize,
    /// The expected question that no entry has.
    pub expected: String,
    /// The question that was asked.
    pub question: String,
}

/// So many lines are read.
pub const MOST_LINES: usize = 1_000;

/// What says that nobody should answer.
const NOBODY: &[&str] = &["-", "—", "无", "不回答", "nobody", "none"];

/// The test questions of lines, and the lines that name an entry which is not there. `known` are the entries by their
/// standard question and other wordings.
#[must_use]
pub fn read(text: &str, known: &HashMap<String, EntryId>) -> (Vec<TestQuestion>, Vec<BadLine>) {
    let (mut questions, mut bad) = (Vec::new(), Vec::new());
    let text = text.trim_start_matches('\u{feff}');
    for (line, number) in text.lines().zip(1..).take(MOST_LINES) {
        let (question, expected) = split(line);
        if question.is_empty() || number == 1 && is_head(&question) {
            continue;
        }
        let (expects, entry) = if expected.is_empty() {
            (Expects::Free, None)
        } else if NOBODY.iter().any(|it| expected.eq_ignore_ascii_case(it)) {
            (Expects::Nobody, None)
        } else if let Some(entry) = known.get(&expected) {
            (Expects::Entry, Some(*entry))
        } else {
            bad.push(BadLine { line: number, expected, question });
            continue;
        };
        questions.push(TestQuestion { question, expects, entry });
    }
    (questions, bad)
}

fn is_head(question: &str) -> bool {
    ["question", "问题", "客户的话"].iter().any(|it| question.eq_ignore_ascii_case(it))
}

/// The two cells of a line: parted by a tab, as a spreadsheet copies them; else by a comma, quoted as in CSV files.
fn split(line: &str) -> (String, String) {
    if let Some((question, expected)) = line.split_once('\t') {
        let expected = expected.split('\t').next().unwrap_or_default();
        return (question.trim().to_owned(), expected.trim().to_owned());
    }
    let mut cells = vec![String::new()];
    let mut is_quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => {
                letters.next();
                push(&mut cells, '"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if cells.last().is_some_and(|it| it.trim().is_empty()) => is_quoted = true,
            ',' if !is_quoted => cells.push(String::new()),
            other => push(&mut cells, other),
        }
    }
    let mut cells = cells.into_iter().map(|it| it.trim().to_owned());
    (cells.next().unwrap_or_default(), cells.next().unwrap_or_default())
}

fn push(cells: &mut [String], letter: char) {
    if let Some(cell) = cells.last_mut() {
        cell.push(letter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_they_are_pasted() {
        let known =
            HashMap::from([("怎么查话费".to_owned(), EntryId(1)), ("怎么退, 换".to_owned(), EntryId(2))]);
        let text = "\u{feff}question,expected\n话费在哪看,怎么查话费\n\n 今天天气 ,-\r\n随便问问\n\
                    \"退货,谢谢\",\"怎么退, 换\"\n账单呢\t怎么查话费\t备注\n坏的,没有这条\n";
        let (questions, bad) = read(text, &known);
        let told: Vec<_> =
            questions.iter().map(|it| (it.question.as_str(), it.expects, it.entry.map(|id| id.0))).collect();
        assert_eq!(
            told,
            [
                ("话费在哪看", Expects::Entry, Some(1)),
                ("今天天气", Expects::Nobody, None),
                ("随便问问", Expects::Free, None),
                ("退货,谢谢", Expects::Entry, Some(2)),
                ("账单呢", Expects::Entry, Some(1)),
            ]
        );
        assert_eq!(bad, [BadLine { line: 8, expected: "没有这条".into(), question: "坏的".into() }]);
        assert_eq!(read(&"问\n".repeat(2_000), &known).0.len(), MOST_LINES);
    }
}
