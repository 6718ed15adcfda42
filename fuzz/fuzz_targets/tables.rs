//! Any file as a table: rows or a refusal, no panic, and rows within the bounds. The first byte says how the rest is
//! meant: as the file itself, as a sheet, as a workbook's parts.
#![no_main]

use fuzz::{RELATIONS, packed, parts};
use libfuzzer_sys::fuzz_target;
use tables::{FileKind, MOST_COLUMNS, MOST_ROWS, comma, read};

fuzz_target!(|input: &[u8]| {
    let Some((first, rest)) = input.split_first() else { return };
    let parts = parts(rest);
    let part = |nth: usize| parts.get(nth).copied().unwrap_or_default();
    let file = match first % 4 {
        0 => rest.to_vec(),
        1 => packed(&[
            (
                "xl/workbook.xml",
                b"<workbook><sheets><sheet r:id=\"b\"/><sheet r:id=\"b\"/></sheets></workbook>",
            ),
            ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
            ("xl/worksheets/sheet1.xml", part(0)),
            ("xl/sharedStrings.xml", part(1)),
        ]),
        2 => packed(&[
            ("_rels/.rels", part(0)),
            ("xl/workbook.xml", part(1)),
            ("xl/_rels/workbook.xml.rels", part(2)),
            ("xl/worksheets/sheet1.xml", part(3)),
            ("xl/sharedStrings.xml", part(4)),
        ]),
        _ => [b"PK\x03\x04", rest].concat(),
    };
    let Ok(sheets) = read(&file, FileKind::Table, &|_| true) else { return };
    assert!(sheets.iter().all(|it| !it.rows.is_empty()));
    let rows: Vec<_> = sheets.into_iter().flat_map(|it| it.rows).collect();
    assert!(rows.len() <= MOST_ROWS + 1);
    assert!(
        rows.iter()
            .all(|it| it.cells.len() <= MOST_COLUMNS.max(4) && it.cells.iter().any(|it| !it.is_empty()))
    );
    // What was read can be written, and is no formula.
    let lines: Vec<Vec<String>> = rows
        .into_iter()
        .map(|mut it| {
            it.cells.resize(MOST_COLUMNS, String::new());
            it.cells
        })
        .collect();
    let _ = comma::write(&lines);
});
