//! Any file as a document: questions with their answers or a refusal, no panic. The first byte says the format.
#![no_main]

use fuzz::{packed, parts};
use libfuzzer_sys::fuzz_target;
use tables::{FileKind, read};

fuzz_target!(|input: &[u8]| {
    let Some((first, rest)) = input.split_first() else { return };
    let sheets = match first % 3 {
        0 => read(rest, FileKind::Markdown),
        1 => read(rest, FileKind::Html),
        _ => {
            let parts = parts(rest);
            let part = |nth: usize| parts.get(nth).copied().unwrap_or_default();
            let file = packed(&[("word/document.xml", part(0)), ("word/styles.xml", part(1))]);
            read(&file, FileKind::Table)
        }
    };
    let Ok(sheets) = sheets else { return };
    let rows = &sheets[0].rows;
    // A header and at least one question; every row has a cell for each column, a question and an answer.
    assert!(rows.len() > 1 && rows.iter().all(|it| it.cells.len() == rows[0].cells.len()));
    assert!(rows.iter().all(|it| !it.cells[0].is_empty()));
});
