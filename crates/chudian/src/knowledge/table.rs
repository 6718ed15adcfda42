//! Tables from files: CSV as spreadsheets of all sorts write it, and XLSX. And CSV back.
//!
//! Nothing here trusts the file: its size, the room it takes unpacked, its rows and its cells are
//! bounded, and a cell at the far end of a sheet makes no sheet of a billion cells.

use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, Xlsx};

use crate::base::{Error, Result};

/// The largest file, in bytes.
pub const LARGEST_FILE: usize = 10 * 1024 * 1024;

/// The most that an XLSX may take when it is unpacked, in bytes.
const LARGEST_UNPACKED: u64 = 100 * 1024 * 1024;

/// The most rows below the header.
pub const MOST_ROWS: usize = 50_000;

/// How many columns are read; what lies to the right is ignored.
const MOST_COLUMNS: usize = 32;

/// A row with its number in the file; the header is row 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number.
    pub number: usize,
    /// Its cells, trimmed.
    pub cells: Vec<String>,
}

/// Reads a file's rows, the header first. Empty rows are left out.
///
/// # Errors
/// `Invalid` for what is no table, or one beyond the bounds.
pub fn read(bytes: &[u8]) -> Result<Vec<Row>> {
    if bytes.len() > LARGEST_FILE {
        return Err(wrong("table.too_large", "the file is larger than 10 MB: split it"));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return read_xlsx(bytes);
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(wrong("table.kind", "this is an old Excel file (.xls): save it as .xlsx or CSV"));
    }
    read_csv(&decoded(bytes)?)
}

fn wrong(code: &'static str, why: &str) -> Error {
    Error::invalid(code, why).field("file", why)
}

/// Text in UTF-8, UTF-16 or the GB encodings, in which Chinese spreadsheets write CSV.
pub(super) fn decoded(bytes: &[u8]) -> Result<String> {
    let unreadable = || {
        wrong("table.encoding", "the file is no text that can be read: save it as CSV in UTF-8, or as .xlsx")
    };
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, broken) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return if broken { Err(unreadable()) } else { Ok(text.into_owned()) };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return if text.contains('\0') { Err(unreadable()) } else { Ok(text.to_owned()) };
    }
    let (text, broken) = encoding_rs::GB18030.decode_without_bom_handling(bytes);
    if broken || text.contains('\0') { Err(unreadable()) } else { Ok(text.into_owned()) }
}

fn read_csv(text: &str) -> Result<Vec<Row>> {
    let header = text.lines().next().unwrap_or_default();
    let count = |mark: char| header.matches(mark).count();
    let delimiter = if count('\t') > count(',') {
        b'\t'
    } else if count(';') > count(',') {
        b';'
    } else {
        b','
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for (record, number) in reader.records().zip(1..) {
        let record = record
            .map_err(|error| wrong("table.csv", &format!("row {number} cannot be read")).because(error))?;
        push(&mut rows, number, record.iter().take(MOST_COLUMNS).map(str::to_owned).collect())?;
    }
    Ok(rows)
}

fn push(rows: &mut Vec<Row>, number: usize, cells: Vec<String>) -> Result<()> {
    if cells.iter().all(String::is_empty) {
        return Ok(());
    }
    if rows.len() > MOST_ROWS {
        return Err(wrong("table.too_long", &format!("the table has more than {MOST_ROWS} rows: split it")));
    }
    rows.push(Row { number, cells });
    Ok(())
}

fn read_xlsx(bytes: &[u8]) -> Result<Vec<Row>> {
    let unreadable = || wrong("table.xlsx", "this .xlsx cannot be read: save it again, or as CSV");
    check_unpacked(bytes, LARGEST_UNPACKED).map_err(|error| error.unwrap_or_else(unreadable))?;
    let mut book: Xlsx<_> =
        Xlsx::new(Cursor::new(bytes)).map_err(|error| unreadable().because(error.to_string()))?;
    let sheet = book.sheet_names().first().cloned().ok_or_else(unreadable)?;
    let mut cells =
        book.worksheet_cells_reader(&sheet).map_err(|error| unreadable().because(error.to_string()))?;
    let mut rows = Vec::new();
    let mut present: Option<(u32, Vec<String>)> = None;
    while let Some(cell) = cells.next_cell().map_err(|error| unreadable().because(error.to_string()))? {
        let (row, column) = cell.get_position();
        if present.as_ref().is_some_and(|it| it.0 != row)
            && let Some((at, cells)) = present.take()
        {
            push(&mut rows, at as usize + 1, cells)?;
        }
        let column = column as usize;
        if column < MOST_COLUMNS {
            let (_, line) = present.get_or_insert_with(|| (row, Vec::new()));
            if line.len() <= column {
                line.resize(column + 1, String::new());
            }
            line[column] = text_of(cell.get_value());
        }
    }
    if let Some((at, cells)) = present {
        push(&mut rows, at as usize + 1, cells)?;
    }
    Ok(rows)
}

/// Unpacks every part once, counting, before anybody holds one in memory. The sizes that the file tells
/// about itself are not believed.
fn check_unpacked(bytes: &[u8], most: u64) -> Result<(), Option<Error>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| None)?;
    let mut left = most;
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(|_| None)?;
        let unpacked = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|_| None)?;
        left = left.checked_sub(unpacked).ok_or_else(|| {
            Some(wrong("table.too_large", "the file takes more than 100 MB when it is unpacked: split it"))
        })?;
    }
    Ok(())
}

fn text_of(value: &DataRef<'_>) -> String {
    let text = match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(moment) => moment.to_string(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    };
    text.trim().to_owned()
}

/// Rows as CSV with the mark by which spreadsheets know UTF-8. A cell that a spreadsheet would take for a
/// formula gets an apostrophe before it; [`plain`] takes it away again.
#[must_use]
pub fn write(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xef\xbb\xbf".to_vec());
    for row in rows {
        let safe =
            row.iter().map(|cell| if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell.clone() });
        writer.write_record(safe).expect("memory takes every record, and all rows have one length");
    }
    writer.into_inner().expect("memory takes every byte")
}

const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A cell without the apostrophe that [`write()`] put before it.
#[must_use]
pub fn plain(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|it| it.starts_with(FORMULA)).unwrap_or(cell)
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;

    use super::*;

    fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
        read(bytes).unwrap().into_iter().map(|it| it.cells).collect()
    }

    /// A workbook of one sheet with these cells as inline text, written by hand.
    pub(crate) fn xlsx(rows: &[&[&str]]) -> Vec<u8> {
        let mut sheet = String::new();
        for (row, number) in rows.iter().zip(1..) {
            sheet.push_str(&format!("<row r=\"{number}\">"));
            for (cell, column) in row.iter().zip('A'..) {
                sheet.push_str(&format!(
                    "<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>"
                ));
            }
            sheet.push_str("</row>");
        }
        packed(&sheet)
    }

    fn packed(sheet: &str) -> Vec<u8> {
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let package = "http://schemas.openxmlformats.org/package/2006";
        let parts = [
            (
                "[Content_Types].xml",
                format!(
                    "<Types xmlns=\"{package}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
                ),
            ),
            (
                "_rels/.rels",
                format!(
                    "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"a\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
                ),
            ),
            (
                "xl/workbook.xml",
                format!(
                    "<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"b\"/></sheets></workbook>"
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"b\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
                ),
            ),
            (
                "xl/worksheets/sheet1.xml",
                format!("<worksheet xmlns=\"{main}\"><sheetData>{sheet}</sheetData></worksheet>"),
            ),
        ];
        let mut file = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            file.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            file.write_all(text.as_bytes()).unwrap();
        }
        file.finish().unwrap().into_inner()
    }

    #[test]
    fn csv_is_read_in_every_usual_encoding_and_delimiter() {
        let expected =
            vec![vec!["问题".to_owned(), "答案".to_owned()], vec!["话费".to_owned(), "a,b".to_owned()]];
        let check = |bytes: &[u8]| assert_eq!(cells(bytes), expected);
        check("问题,答案\n话费,\"a,b\"\n".as_bytes());
        check("\u{feff}问题,答案\r\n话费,\"a,b\"\r\n\r\n".as_bytes());
        check("问题\t答案\n话费\ta,b".as_bytes());
        check("问题;答案\n 话费 ;a,b".as_bytes());
        check(&encoding_rs::GB18030.encode("问题,答案\n话费,\"a,b\"").0);
        let wide: Vec<u8> =
            "\u{feff}问题,答案\n话费,\"a,b\"".encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&wide);
    }

    #[test]
    fn xlsx_is_read_by_its_first_sheet() {
        let rows = read(&xlsx(&[&["问题", "答案"], &["", ""], &["话费", "回复 1"]])).unwrap();
        assert_eq!(rows.iter().map(|it| it.number).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(rows[1].cells, ["话费", "回复 1"]);
    }

    #[test]
    fn a_cell_at_the_far_end_takes_no_room() {
        let far = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
        let rows = read(&packed(far)).unwrap();
        assert_eq!(rows, [Row { number: 1, cells: vec!["1".into()] }]);
    }

    #[test]
    fn what_is_no_table_is_refused_in_words() {
        let check = |bytes: &[u8], code: &str| {
            let error = read(bytes).unwrap_err();
            assert_eq!((error.code, error.fields.contains_key("file")), (code, true));
        };
        check(b"PK\x03\x04 broken", "table.xlsx");
        check(&[0xd0, 0xcf, 0x11, 0xe0, 0, 0], "table.kind");
        check(b"a\0b", "table.encoding");
        check(&[0xff, 0xff, 0xff, 0x80], "table.encoding");
        check(&vec![b'a'; LARGEST_FILE + 1], "table.too_large");
        check("a\n".repeat(MOST_ROWS + 2).as_bytes(), "table.too_long");
    }

    #[test]
    fn a_file_that_unpacks_to_too_much_is_refused_before_it_is_read() {
        let bomb = packed(&" ".repeat(1_000_000));
        assert!(bomb.len() < 5_000);
        let refusal = check_unpacked(&bomb, 500_000).unwrap_err().unwrap();
        assert_eq!(refusal.code, "table.too_large");
        assert!(check_unpacked(&bomb, 2_000_000).is_ok());
    }

    #[test]
    fn written_cells_are_no_formulas_and_read_back() {
        let rows =
            vec![vec!["=1+1".to_owned(), "a,\"b\"\n".to_owned()], vec!["-5 度".to_owned(), "@x".to_owned()]];
        let bytes = write(&rows);
        assert!(bytes.starts_with(b"\xef\xbb\xbf'=1+1,"));
        let back: Vec<Vec<String>> =
            cells(&bytes).iter().map(|row| row.iter().map(|it| plain(it).to_owned()).collect()).collect();
        assert_eq!(back[0][0], "=1+1");
        assert_eq!(back[1], ["-5 度", "@x"]);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = read(&bytes);
            let _ = read(&[b"PK\x03\x04".as_slice(), &bytes].concat());
        }
    }
}
