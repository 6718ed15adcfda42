//! CSV, as spreadsheets of all sorts write it; and back.

use crate::{MOST_COLUMNS, Refusal, Result, Row, Rows};

/// In so many lines the header is looked for.
const MOST_TITLES: usize = 10;

/// Reads rows of cells parted by a comma, a semicolon or a tab.
pub(crate) fn read(text: &str) -> Result<Vec<Row>> {
    // Spreadsheets may say first which mark parts the cells.
    let (said, text, first) = match text.split_once('\n') {
        Some((line, rest)) => match line.trim_end().as_bytes() {
            [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', mark @ (b',' | b';' | b'\t' | b'|')] => {
                (Some(*mark), rest, 2)
            }
            _ => (None, text, 1),
        },
        None => (None, text, 1),
    };
    // A title may stand above the header, parted by nothing.
    let header = text.lines().take(MOST_TITLES).find(|it| it.contains([',', ';', '\t'])).unwrap_or_default();
    let count = |mark: char| header.matches(mark).count();
    let delimiter = said.unwrap_or(if count('\t') > count(',') {
        b'\t'
    } else if count(';') > count(',') {
        b';'
    } else {
        b','
    });
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Rows::default();
    for (record, number) in reader.records().zip(first..) {
        let record = record.map_err(|_| Refusal::new("table.csv", format!("row {number} cannot be read")))?;
        rows.push(number, record.iter().take(MOST_COLUMNS).map(str::to_owned).collect())?;
    }
    Ok(rows.rows)
}

/// Rows as CSV with the mark by which spreadsheets know UTF-8. A cell that a spreadsheet would take for a
/// formula gets an apostrophe before it; [`plain`] takes it away again.
#[must_use]
pub fn write(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xef\xbb\xbf".to_vec());
    for row in rows {
        let safe = row.iter().map(|cell| if is_formula(cell) { format!("'{cell}") } else { cell.clone() });
        writer.write_record(safe).expect("memory takes every record, and all rows have one length");
    }
    writer.into_inner().expect("memory takes every byte")
}

const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Whether a spreadsheet would take it for a formula, or [`plain`] for one that was written.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(FORMULA)
}

/// A cell without the apostrophe that [`write()`] put before it.
#[must_use]
pub fn plain(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|it| is_formula(it)).unwrap_or(cell)
}
