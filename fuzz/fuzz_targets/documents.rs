//! Any file as a document: questions with their answers or a refusal, no panic. The first byte says the format.
#![no_main]

use fuzz::{packed, parts};
use libfuzzer_sys::fuzz_target;
use tables::{FileKind, IsHeader, Sheet, read};

fuzz_target!(|input: &[u8]| {
    let Some((first, rest)) = input.split_first() else { return };
    let is_header: IsHeader<'_> = &|cells| cells.iter().any(|it| it.contains('q'));
    let sheets = match first % 3 {
        0 => read(rest, FileKind::Markdown, is_header),
        1 => read(rest, FileKind::Html, is_header),
        _ => {
            let parts = parts(rest);
            let part = |nth: usize| parts.get(nth).copied().unwrap_or_default();
            let file = packed(&[("word/document.xml", part(0)), ("word/styles.xml", part(1))]);
            read(&file, FileKind::Table, is_header)
        }
    };
    let Ok(sheets) = sheets else { return };
    assert!(!sheets.is_empty());
    for Sheet { name, rows } in &sheets {
        // A header and rows of as many cells; of headings at least one.
        assert!(rows.iter().all(|it| it.cells.len() == rows[0].cells.len()));
        assert!(!name.is_empty() || rows.len() > 1);
    }
});
