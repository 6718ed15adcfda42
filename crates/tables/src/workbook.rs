//! Rows as XLSX: one sheet of texts. (ECMA-376 part 1, SpreadsheetML.)
//!
//! Each cell is text in the file and for whoever writes into it, so that no number, no day and no formula is made of what
//! an answer says. The first row stays in sight.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, result::ZipResult};

use crate::{Refusal, Result, comma};

/// The most that a cell holds, in UTF-16 units: spreadsheets call a file with more damaged.
const MOST_IN_CELL: usize = 32_767;

/// How wide a column is, in digits.
const WIDTH: usize = 28;

const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#;

const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;

const BOOK_RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;

/// Style 1 is text (format 49, `@`), style 2 is text in bold.
const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/></font><font><b/><sz val="11"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf xfId="0"/><xf numFmtId="49" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#;

/// Writes rows, the header first, as the sheet `name` of a workbook.
///
/// # Errors
/// A refusal when a cell holds more than spreadsheets take.
pub fn write(name: &str, rows: &[Vec<String>]) -> Result<Vec<u8>> {
    let sheet = sheet(rows)?;
    // Into memory nothing fails.
    packed(&book(name), &sheet).map_err(|error| Refusal::new("table.workbook", error.to_string()))
}

fn packed(book: &str, sheet: &str) -> ZipResult<Vec<u8>> {
    let mut file = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (part, text) in [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELATIONS),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", BOOK_RELATIONS),
        ("xl/styles.xml", STYLES),
        ("xl/worksheets/sheet1.xml", sheet),
    ] {
        file.start_file(part, options)?;
        file.write_all(br#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#)?;
        file.write_all(text.as_bytes())?;
    }
    Ok(file.finish()?.into_inner())
}

fn book(name: &str) -> String {
    let mut book = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name=""#.to_owned();
    escape(&mut book, name);
    book.push_str(r#"" sheetId="1" r:id="r1"/></sheets></workbook>"#);
    book
}

fn sheet(rows: &[Vec<String>]) -> Result<String> {
    let mut sheet = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>"#.to_owned();
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default().max(1);
    let _ = write!(
        sheet,
        r#"<col min="1" max="{columns}" width="{WIDTH}" style="1" customWidth="1"/></cols><sheetData>"#
    );
    for (cells, number) in rows.iter().zip(1..) {
        sheet.push_str("<row>");
        for cell in cells {
            if cell.encode_utf16().count() > MOST_IN_CELL {
                let why = format!(
                    "row {number} holds a cell of more than {MOST_IN_CELL} characters, which no spreadsheet takes: export it as CSV"
                );
                return Err(Refusal::new("table.cell_long", why));
            }
            let style = if number == 1 { 2 } else { 1 };
            let _ = write!(sheet, r#"<c s="{style}" t="inlineStr"><is><t xml:space="preserve">"#);
            // Who reads it takes one apostrophe away where it guards.
            if comma::plain(cell) != cell {
                sheet.push('\'');
            }
            escape(&mut sheet, cell);
            sheet.push_str("</t></is></c>");
        }
        sheet.push_str("</row>");
    }
    sheet.push_str("</sheetData></worksheet>");
    Ok(sheet)
}

/// Adds a text. Characters that XML cannot hold are written as `_x000D_`, and what looks like that as `_x005F_x000D_`.
fn escape(into: &mut String, text: &str) {
    for (at, letter) in text.char_indices() {
        match letter {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '_' if is_unit_escape(&text[at..]) => into.push_str("_x005F_"),
            '\n' | '\t' => into.push(letter),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(into, "_x{:04X}_", u32::from(letter));
            }
            letter => into.push(letter),
        }
    }
}

fn is_unit_escape(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 7
        && bytes.starts_with(b"_x")
        && bytes[6] == b'_'
        && bytes[2..6].iter().all(u8::is_ascii_hexdigit)
}
