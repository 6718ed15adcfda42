//! XLSX: the values of the sheets that are not hidden, as text. (ECMA-376 part 1, SpreadsheetML.)
//!
//! Only four kinds of parts matter: the workbook names its sheets, the shared strings hold texts by number, a sheet holds
//! cells, and the styles tell which numbers are days, hours or shares of a hundred. A cell that is merged down counts
//! for all its rows.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::numbers::Formats;
use crate::package::{Package, attribute, entity};
use crate::{LARGEST_TEXT, MOST_COLUMNS, MOST_ROWS, Refusal, Result, Row, Rows, Sheet};

pub(crate) fn unreadable() -> Refusal {
    Refusal::new("table.xlsx", "this .xlsx cannot be read: save it again, or as CSV")
}

/// Reads the sheets in the order of their tabs; hidden ones only where no other is there.
pub(crate) fn read(package: &mut Package<'_>) -> Result<Vec<Sheet>> {
    let book = target(package, "", "/officeDocument")?.unwrap_or_else(|| "xl/workbook.xml".to_owned());
    let text = package.part(&book)?.ok_or_else(unreadable)?;
    let parts = relations(package, &book)?;
    let (shown, hidden): (Vec<Tab>, Vec<Tab>) =
        tabs(&text, &parts)?.into_iter().partition(|it| !it.is_hidden);
    let wanted = if shown.is_empty() { hidden } else { shown };
    if wanted.is_empty() {
        return Err(unreadable());
    }
    let strings = parts.iter().find(|it| it.kind.ends_with("/sharedStrings"));
    let strings = match strings.map(|it| package.part(&it.target)).transpose()?.flatten() {
        Some(text) => shared_strings(&text)?,
        None => Vec::new(),
    };
    let styles = parts.iter().find(|it| it.kind.ends_with("/styles"));
    let mut formats = match styles.map(|it| package.part(&it.target)).transpose()?.flatten() {
        Some(text) => Formats::read(&text)?,
        None => Formats::default(),
    };
    formats.is_1904 = text.contains("date1904=\"1\"") || text.contains("date1904=\"true\"");
    let meanings = Meanings { strings, formats };
    let mut reading = Reading::default();
    let mut sheets = Vec::new();
    for Tab { name, part, .. } in wanted {
        let sheet = package.part(part)?.ok_or_else(unreadable)?;
        let rows = reading.sheet(&sheet, &meanings)?;
        if !rows.is_empty() {
            sheets.push(Sheet { name, rows });
        }
    }
    Ok(sheets)
}

/// What cells point to.
struct Meanings {
    strings: Vec<String>,
    formats: Formats,
}

/// A part's pointer to another.
struct Relation {
    id: String,
    kind: String,
    target: String,
}

/// What a part points to. `` is the package itself.
fn relations(package: &mut Package<'_>, part: &str) -> Result<Vec<Relation>> {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let Some(text) = package.part(&format!("{folder}/_rels/{name}.rels"))? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    each(&text, |event| {
        if let Event::Start(it) | Event::Empty(it) = event
            && it.local_name().as_ref() == "Relationship"
            && let (Some(id), Some(kind), Some(target)) =
                (attribute(it, "Id"), attribute(it, "Type"), attribute(it, "Target"))
        {
            found.push(Relation { id, kind, target: placed(folder, &target) });
        }
        Ok(found.len() < MOST_RELATIONS)
    })?;
    Ok(found)
}

/// A workbook points to its sheets and a few parts more.
const MOST_RELATIONS: usize = 5_000;

fn target(package: &mut Package<'_>, part: &str, kind: &str) -> Result<Option<String>> {
    let all = relations(package, part)?;
    Ok(all.into_iter().find(|it| it.kind.ends_with(kind)).map(|it| it.target))
}

/// A target as a name from the top, seen from a folder.
fn placed(folder: &str, target: &str) -> String {
    if target.starts_with('/') {
        return target.to_owned();
    }
    let mut way: Vec<&str> = folder.split('/').filter(|it| !it.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "." | "" => {}
            ".." => drop(way.pop()),
            step => way.push(step),
        }
    }
    way.join("/")
}

/// Goes through a part until `see` has enough.
pub(crate) fn each<'a>(text: &'a str, mut see: impl FnMut(&Event<'a>) -> Result<bool>) -> Result<()> {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().map_err(|_| unreadable())? {
            // No workbook has one; what it defines is not wanted.
            Event::DocType(_) => return Err(unreadable()),
            Event::Eof => return Ok(()),
            event => {
                if !see(&event)? {
                    return Ok(());
                }
            }
        }
    }
}

/// A sheet's tab.
struct Tab<'a> {
    name: String,
    /// The part that holds the sheet.
    part: &'a str,
    is_hidden: bool,
}

/// The tabs of a workbook, in order; those of charts are none.
fn tabs<'a>(book: &str, parts: &'a [Relation]) -> Result<Vec<Tab<'a>>> {
    let worksheets = parts.iter().filter(|it| it.kind.ends_with("/worksheet"));
    let places: HashMap<&str, &str> = worksheets.map(|it| (it.id.as_str(), it.target.as_str())).collect();
    let mut tabs = Vec::new();
    each(book, |event| {
        if let Event::Start(it) | Event::Empty(it) = event
            && it.local_name().as_ref() == "sheet"
            // `r:id`; a sheet has no other `id` (its own number is `sheetId`).
            && let Some(part) = attribute(it, "id").and_then(|it| places.get(it.as_str()).copied())
        {
            let is_hidden = attribute(it, "state").is_some_and(|it| it != "visible");
            tabs.push(Tab { name: attribute(it, "name").unwrap_or_default(), part, is_hidden });
        }
        Ok(tabs.len() < MOST_RELATIONS)
    })?;
    Ok(tabs)
}

/// Text inside `t` elements, while it is read.
#[derive(Default)]
struct Words {
    text: String,
    is_text: bool,
    /// Inside of how words are pronounced, which is not part of them.
    is_sound: bool,
}

impl Words {
    fn see(&mut self, event: &Event<'_>, name: &str) {
        match event {
            Event::Start(it) if it.local_name().as_ref() == "rPh" => self.is_sound = true,
            Event::End(it) if it.local_name().as_ref() == "rPh" => self.is_sound = false,
            Event::Start(it) if it.local_name().as_ref() == name => self.is_text = !self.is_sound,
            Event::End(it) if it.local_name().as_ref() == name => self.is_text = false,
            Event::Text(it) if self.is_text => self.text.push_str(it),
            Event::CData(it) if self.is_text => self.text.push_str(it),
            Event::GeneralRef(it) if self.is_text => self.text.extend(entity(it)),
            _ => {}
        }
    }

    fn take(&mut self) -> String {
        let text = std::mem::take(&mut self.text);
        unit_escapes(text.trim())
    }
}

fn shared_strings(text: &str) -> Result<Vec<String>> {
    let mut strings = Vec::new();
    let mut words = Words::default();
    each(text, |event| {
        match event {
            Event::Empty(it) if it.local_name().as_ref() == "si" => strings.push(String::new()),
            Event::End(it) if it.local_name().as_ref() == "si" => strings.push(words.take()),
            event => words.see(event, "t"),
        }
        if strings.len() > MOST_STRINGS { Err(Refusal::too_large()) } else { Ok(true) }
    })?;
    Ok(strings)
}

/// More texts than cells that are read: the rest could only be pointed to from what is ignored.
const MOST_STRINGS: usize = MOST_ROWS * MOST_COLUMNS;

/// The escape of characters that XML cannot hold: `_x000D_` is U+000D.
fn unit_escapes(text: &str) -> String {
    let mut plain: Vec<u16> = Vec::new();
    let mut rest = text;
    if !rest.contains("_x") {
        return rest.to_owned();
    }
    while let Some((before, after)) = rest.split_once("_x") {
        plain.extend(before.encode_utf16());
        let code = after.get(..4).filter(|_| after[4..].starts_with('_'));
        let code = code.filter(|it| it.bytes().all(|it| it.is_ascii_hexdigit()));
        match code.and_then(|it| u16::from_str_radix(it, 16).ok()) {
            Some(unit) => {
                plain.push(unit);
                rest = &after[5..];
            }
            None => {
                plain.extend("_x".encode_utf16());
                rest = after;
            }
        }
    }
    plain.extend(rest.encode_utf16());
    String::from_utf16_lossy(&plain).trim().to_owned()
}

/// A cell while it is read.
#[derive(Default)]
struct Cell {
    column: usize,
    kind: String,
    style: usize,
}

/// Sheets while they are read. What it counts, it counts over all of them together.
#[derive(Default)]
struct Reading {
    rows: Rows,
    /// The text of all cells, in bytes.
    taken: usize,
    /// How many rows merged cells were looked for in.
    passed: usize,
}

impl Reading {
    /// The rows of a sheet.
    fn sheet(&mut self, sheet: &str, meanings: &Meanings) -> Result<Vec<Row>> {
        let (mut row, mut column) = (1_usize, 0_usize);
        let mut line = Vec::new();
        let mut cell: Option<Cell> = None;
        let mut words = Words::default();
        let mut merged = Vec::new();
        each(sheet, |event| {
            match event {
                Event::Start(it) if it.local_name().as_ref() == "row" => {
                    row = attribute(it, "r").and_then(|it| it.parse().ok()).unwrap_or(row);
                    column = 0;
                }
                Event::Empty(it) if it.local_name().as_ref() == "row" => row = row.saturating_add(1),
                Event::End(it) if it.local_name().as_ref() == "row" => {
                    self.rows.push(row, std::mem::take(&mut line))?;
                    row = row.saturating_add(1);
                }
                Event::Empty(it) if it.local_name().as_ref() == "c" => {
                    column = place(it, column).saturating_add(1)
                }
                Event::Start(it) if it.local_name().as_ref() == "c" => {
                    let kind = attribute(it, "t").unwrap_or_default();
                    column = place(it, column);
                    let style = attribute(it, "s").and_then(|it| it.parse().ok()).unwrap_or_default();
                    cell = Some(Cell { column, kind, style });
                    column = column.saturating_add(1);
                }
                Event::End(it) if it.local_name().as_ref() == "c" => {
                    let (text, cell) = (words.take(), cell.take().unwrap_or_default());
                    if cell.column < MOST_COLUMNS {
                        let value = value(text, &cell, meanings);
                        // Counted here too: a row may write one cell over and over.
                        self.taken += value.len();
                        if self.taken > LARGEST_TEXT {
                            return Err(Refusal::too_large());
                        }
                        line.resize(line.len().max(cell.column + 1), String::new());
                        line[cell.column] = value;
                    }
                }
                Event::Empty(it) | Event::Start(it) if it.local_name().as_ref() == "mergeCell" => {
                    merged.extend(attribute(it, "ref").and_then(|it| Merged::read(&it)));
                    return Ok(merged.len() < MOST_ROWS);
                }
                event => match &cell {
                    // The text of a formula is not its value.
                    Some(cell) if cell.kind == "inlineStr" => words.see(event, "t"),
                    Some(_) => words.see(event, "v"),
                    None => {}
                },
            }
            Ok(true)
        })?;
        self.fill(&merged)?;
        Ok(self.rows.end_sheet())
    }

    /// Writes the value of a merged cell into its other rows, as far as those say something.
    fn fill(&mut self, merged: &[Merged]) -> Result<()> {
        let rows = &mut self.rows;
        for span in merged {
            let at = rows.rows.partition_point(|it| it.number < span.first);
            let Some(first) = rows.rows.get(at).filter(|it| it.number == span.first) else { continue };
            let Some(value) = first.cells.get(span.column).filter(|it| !it.is_empty()).cloned() else {
                continue;
            };
            for below in at + 1..rows.rows.len() {
                let row = &mut rows.rows[below];
                self.passed += 1;
                if row.number > span.last || self.passed > MOST_ROWS * MOST_COLUMNS {
                    break;
                }
                row.cells.resize(row.cells.len().max(span.column + 1), String::new());
                if row.cells[span.column].is_empty() {
                    row.cells[span.column].clone_from(&value);
                    rows.count(value.len())?;
                }
            }
        }
        Ok(())
    }
}

/// A cell that reaches over several rows: they stand for it, and only its first holds the value.
struct Merged {
    column: usize,
    first: usize,
    last: usize,
}

impl Merged {
    /// Reads `D8:D10`; none for what lies in one row.
    fn read(span: &str) -> Option<Self> {
        let (from, to) = span.split_once(':')?;
        let row = |cell: &str| cell.trim_start_matches(|it: char| it.is_ascii_alphabetic()).parse().ok();
        let (column, first, last) = (column(from)?, row(from)?, row(to)?);
        (first < last && column < MOST_COLUMNS).then_some(Self { column, first, last })
    }
}

/// The column of a cell such as `B7`, from 0; `next` when it does not say.
fn place(cell: &BytesStart<'_>, next: usize) -> usize {
    column(&attribute(cell, "r").unwrap_or_default()).unwrap_or(next)
}

/// The column that the letters of `B7` name, from 0.
fn column(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic).take(8);
    let number = letters.fold(0, |sum, it| sum * 26 + usize::from(it.to_ascii_uppercase() - b'A') + 1);
    number.checked_sub(1_usize)
}

/// What a cell says.
fn value(text: String, cell: &Cell, meanings: &Meanings) -> String {
    match cell.kind.as_str() {
        "s" => {
            text.parse::<usize>().ok().and_then(|it| meanings.strings.get(it)).cloned().unwrap_or_default()
        }
        "b" => if text == "1" { "true" } else { "false" }.to_owned(),
        "e" => String::new(),
        // 10086 for 1.0086E4, and 1.1 for 1.1000000000000001; long numbers keep their digits.
        "" | "n" if let Some(shown) = meanings.formats.shown(&text, cell.style) => shown,
        "" | "n" if text.contains(['.', 'E', 'e']) => text.parse::<f64>().map_or(text, |it| it.to_string()),
        _ => text,
    }
}
