//! Files of every kind, good and bad.

mod documents;

use std::io::{Cursor, Write};
use std::time::Instant;

use proptest::prelude::*;

use super::*;
use crate::outline::MOST_BLOCKS;
use crate::package::Package;

/// The sheets of a file. A row that says 问题 and 答案 names the columns.
fn sheets(bytes: &[u8], kind: FileKind) -> Result<Vec<Sheet>> {
    crate::read(bytes, kind, &|cells| ["问题", "答案"].iter().all(|it| cells.iter().any(|cell| cell == it)))
}

/// The rows of a file without several sheets.
fn read(bytes: &[u8], kind: FileKind) -> Result<Vec<Row>> {
    let mut sheets = sheets(bytes, kind)?;
    assert!(sheets.len() < 2, "{sheets:?}");
    Ok(sheets.pop().unwrap_or_default().rows)
}

fn table(bytes: &[u8]) -> Vec<Vec<String>> {
    cells(read(bytes, FileKind::Table))
}

fn cells(rows: Result<Vec<Row>>) -> Vec<Vec<String>> {
    rows.unwrap().into_iter().map(|it| it.cells).collect()
}

fn markdown(text: &str) -> Result<Vec<Row>> {
    read(text.as_bytes(), FileKind::Markdown)
}

fn html(text: &str) -> Result<Vec<Row>> {
    read(text.as_bytes(), FileKind::Html)
}

fn code(bytes: &[u8]) -> &'static str {
    read(bytes, FileKind::Table).unwrap_err().code
}

/// A packed file with these parts.
fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut file = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        file.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }
    file.finish().unwrap().into_inner()
}

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A workbook whose first sheet has these rows, written by hand.
fn workbook(sheet: &str, strings: &str) -> Vec<u8> {
    book(sheet, strings, "<styleSheet/>", "")
}

/// A workbook with styles, and with something before its sheets are named.
fn book(sheet: &str, strings: &str, styles: &str, before: &str) -> Vec<u8> {
    packed(&[
        (
            "_rels/.rels",
            &format!(
                "<Relationships><Relationship Id=\"a\" Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            &format!(
                "<workbook>{before}<sheets><sheet name=\"图\" sheetId=\"7\" r:id=\"c\"/><sheet name=\"a\" sheetId=\"1\" r:id=\"b\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            &format!(
                "<Relationships><Relationship Id=\"b\" Type=\"{RELATIONS}/worksheet\" Target=\"../xl/./worksheets/sheet1.xml\"/>\
                 <Relationship Id=\"c\" Type=\"{RELATIONS}/chartsheet\" Target=\"chartsheets/sheet1.xml\"/>\
                 <Relationship Id=\"d\" Type=\"{RELATIONS}/sharedStrings\" Target=\"/xl/sharedStrings.xml\"/>\
                 <Relationship Id=\"e\" Type=\"{RELATIONS}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        ("xl/styles.xml", styles),
        ("xl\\SharedStrings.xml", &format!("<sst uniqueCount=\"18446744073709551615\">{strings}</sst>")),
        ("xl/worksheets/sheet1.xml", &format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>")),
    ])
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace("_x", "_x005F_x");
    // A carriage return would be read as the end of a line.
    text.replace('\r', "_x000D_")
}

/// A workbook with these rows, every other cell as a shared string.
fn xlsx(rows: &[Vec<String>]) -> Vec<u8> {
    let (mut sheet, mut strings, mut count) = (String::new(), String::new(), 0);
    for (row, number) in rows.iter().zip(1..) {
        sheet.push_str(&format!("<row r=\"{number}\">"));
        for (cell, column) in row.iter().zip('A'..='Z') {
            let text = escaped(cell);
            if (number + column as usize).is_multiple_of(2) {
                sheet.push_str(&format!("<c r=\"{column}{number}\" t=\"s\"><v>{count}</v></c>"));
                strings.push_str(&format!("<si><r><t>{text}</t></r><rPh><t>音</t></rPh></si>"));
                count += 1;
            } else {
                sheet.push_str(&format!(
                    "<c r=\"{column}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"
                ));
            }
        }
        sheet.push_str("</row>");
    }
    workbook(&sheet, &strings)
}

fn owned(rows: &[&[&str]]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

// Tables -------------------------------------------------------------------------------------------

#[test]
fn csv_is_read_in_every_usual_encoding_and_delimiter() {
    let check = |bytes: &[u8]| assert_eq!(table(bytes), owned(&[&["问题", "答案"], &["话费", "a,b"]]));
    check("问题,答案\n话费,\"a,b\"\n".as_bytes());
    check("\u{feff}问题,答案\r\n话费,\"a,b\"\r\n\r\n".as_bytes());
    check("问题\t答案\n话费\ta,b".as_bytes());
    check("问题;答案\n 话费 ;a,b".as_bytes());
    let rows = read("sep=;\r\n问题;答案\r\n话费;\"a\r\nb\"".as_bytes(), FileKind::Table).unwrap();
    assert_eq!((rows[0].number, &*rows[1].cells), (2, &["话费".to_owned(), "a\r\nb".to_owned()][..]));
    assert_eq!(
        table("知识库\n问题;答案\n话费;一".as_bytes())[1..],
        owned(&[&["问题", "答案"], &["话费", "一"]])
    );
    check(&encoding_rs::GB18030.encode("问题,答案\n话费,\"a,b\"").0);
    let wide: Vec<u8> = "\u{feff}问题,答案\n话费,\"a,b\"".encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(&wide);
}

#[test]
fn xlsx_is_read_by_its_rows() {
    let rows =
        read(&xlsx(&owned(&[&["问题", "答案"], &["", ""], &["话费", "回复 1"]])), FileKind::Table).unwrap();
    assert_eq!(rows.iter().map(|it| it.number).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(rows[1].cells, ["话费", "回复 1"]);
}

#[test]
fn cells_of_every_kind_are_text() {
    let check = |cell: &str, expected: &str| {
        let rows = table(&workbook(&format!("<row>{cell}</row>"), "<si><t>零</t></si><si/>"));
        assert_eq!(rows.concat(), [expected].map(str::to_owned), "{cell}");
    };
    check("<c><v>10086</v></c>", "10086");
    check("<c><v>1.0086E4</v></c>", "10086");
    check("<c><v>1.1000000000000001</v></c>", "1.1");
    check("<c t=\"n\"><v>12345678901234567890</v></c>", "12345678901234567890");
    check("<c t=\"b\"><v>1</v></c>", "true");
    check("<c t=\"s\"><v>0</v></c>", "零");
    check("<c t=\"str\"><f>A1&amp;B1</f><v>a&amp;b</v></c>", "a&b");
    check("<c t=\"inlineStr\"><is><r><t>一</t></r><r><t> _x4E8C__x000D_</t></r></is></c>", "一 二");
    check("<c t=\"d\"><v>2026-11-22</v></c>", "2026-11-22");
    check("<c t=\"inlineStr\"><is><t>_x005F_x0041_ _x _xZZZZ_</t></is></c>", "_x0041_ _x _xZZZZ_");
    for none in [
        "<c t=\"e\"><v>#N/A</v></c>",
        "<c t=\"s\"><v>1</v></c>",
        "<c t=\"s\"><v>99</v></c>",
        "<c t=\"s\"><v>-1</v></c>",
        "<c/>",
    ] {
        assert!(
            table(&workbook(&format!("<row>{none}</row>"), "<si><t>零</t></si><si/>")).is_empty(),
            "{none}"
        );
    }
}

#[test]
fn days_hours_and_shares_are_read_as_they_are_shown() {
    let styles = "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/></numFmts>\
        <cellStyleXfs><xf numFmtId=\"9\"/></cellStyleXfs>\
        <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/><xf numFmtId=\"9\"><alignment/></xf></cellXfs></styleSheet>";
    let cell = |style: &str, value: &str| format!("<c s=\"{style}\"><v>{value}</v></c>");
    let row = [cell("0", "46387"), cell("1", "46387"), cell("2", "0.15"), cell("7", "1.5")].concat();
    let file = book(&format!("<row>{row}<c s=\"1\" t=\"str\"><v>3</v></c></row>"), "", styles, "");
    assert_eq!(table(&file), owned(&[&["46387", "2026-12-31", "15%", "1.5", "3"]]));
    let file =
        book(&format!("<row>{}</row>", cell("1", "44925")), "", styles, "<workbookPr date1904=\"1\"/>");
    assert_eq!(table(&file), owned(&[&["2026-12-31"]]));
}

#[test]
fn a_cell_that_is_merged_down_counts_for_all_its_rows() {
    let cell = |place: &str| format!("<c r=\"{place}\"><v>{}</v></c>", &place[1..]);
    let rows = format!(
        "<row r=\"1\">{}{}</row><row r=\"2\">{}</row><row r=\"3\"/><row r=\"4\">{}{}</row><row r=\"5\">{}</row>",
        cell("A1"),
        cell("B1"),
        cell("A2"),
        cell("A4"),
        cell("B4"),
        cell("A5")
    );
    let merges = "</sheetData><mergeCells><mergeCell ref=\"B1:C4\"/><mergeCell ref=\"A5:D5\"/><mergeCell ref=\"B9:B7\"/>\
        <mergeCell ref=\"C1:C1048576\"/><mergeCell ref=\"x\"/></mergeCells><sheetData>";
    let found = table(&workbook(&format!("{rows}{merges}"), ""));
    assert_eq!(found, owned(&[&["1", "1"], &["2", "1"], &["4", "4"], &["5"]]));
    // A hostile file takes no longer for it: each span is gone through only so far.
    let many = "<mergeCell ref=\"A1:A1048576\"/>".repeat(MOST_ROWS);
    let begun = Instant::now();
    let rows: String =
        (1..20_000).map(|it| format!("<row r=\"{it}\"><c r=\"A{it}\"><v>1</v></c></row>")).collect();
    assert_eq!(
        table(&workbook(&format!("{rows}</sheetData><mergeCells>{many}</mergeCells><sheetData>"), "")).len(),
        19_999
    );
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

/// A workbook of sheets: their names, what `sheet` says of them beside, and their rows.
fn workbook_of(sheets: &[(&str, &str, &str)]) -> Vec<u8> {
    let tabs =
        sheets.iter().zip(0..).map(|(it, at)| format!("<sheet name=\"{}\" {} r:id=\"r{at}\"/>", it.0, it.1));
    let relations = (0..sheets.len())
        .map(|at| format!("<Relationship Id=\"r{at}\" Type=\"{RELATIONS}/worksheet\" Target=\"{at}.xml\"/>"));
    let mut parts = vec![
        (
            "xl/workbook.xml".to_owned(),
            format!("<workbook><sheets>{}</sheets></workbook>", tabs.collect::<String>()),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!("<Relationships>{}</Relationships>", relations.collect::<String>()),
        ),
    ];
    for (it, at) in sheets.iter().zip(0..) {
        parts.push((
            format!("xl/{at}.xml"),
            format!("<worksheet><sheetData>{}</sheetData></worksheet>", it.2),
        ));
    }
    let parts: Vec<(&str, &str)> = parts.iter().map(|it| (&*it.0, &*it.1)).collect();
    packed(&parts)
}

/// A row of one cell.
fn row(text: &str) -> String {
    format!("<row><c t=\"str\"><v>{text}</v></c></row>")
}

#[test]
fn all_sheets_are_read_and_empty_ones_left_out() {
    let file = workbook_of(&[
        ("说明", "", &row("怎么填")),
        ("Sheet2", "", ""),
        ("费用&amp;账单", "", &[row("问题"), row("话费")].concat()),
    ]);
    let found = sheets(&file, FileKind::Table).unwrap();
    let found: Vec<_> =
        found.iter().map(|it| (&*it.name, it.rows.iter().map(|it| it.number).collect::<Vec<_>>())).collect();
    assert_eq!(found, [("说明", vec![1]), ("费用&账单", vec![1, 2])]);
    assert!(sheets(&workbook_of(&[("a", "", ""), ("b", "", "")]), FileKind::Table).unwrap().is_empty());
}

#[test]
fn a_hidden_sheet_is_read_only_where_no_other_is() {
    let (secret, shown) = (row("藏"), row("见"));
    let hidden = ("h", "state=\"veryHidden\"", &*secret);
    assert_eq!(table(&workbook_of(&[hidden, ("v", "", &shown)])), owned(&[&["见"]]));
    assert_eq!(table(&workbook_of(&[hidden])), owned(&[&["藏"]]));
    assert!(sheets(&workbook_of(&[hidden, ("v", "", "")]), FileKind::Table).unwrap().is_empty());
}

#[test]
fn bounds_hold_for_all_sheets_together() {
    let half = row("一").repeat(MOST_ROWS / 2 + 1);
    assert_eq!(sheets(&workbook_of(&[("a", "", &half), ("b", "", "")]), FileKind::Table).unwrap().len(), 1);
    assert_eq!(code(&workbook_of(&[("a", "", &half), ("b", "", &half)])), "table.too_long");
    let long = row(&"长".repeat(LARGEST_TEXT / 3 / 3));
    assert!(sheets(&workbook_of(&[("a", "", &long), ("b", "", &long)]), FileKind::Table).is_ok());
    let file = workbook_of(&[("a", "", &long), ("b", "", &long), ("c", "", &long), ("d", "", &long)]);
    assert_eq!(code(&file), "table.too_large");
}

#[test]
fn a_cell_at_the_far_end_takes_no_room() {
    let far = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>\
        <row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c><c r=\"ZZZZZZZZZZZZZZ1\"><v>1</v></c></row>\
        <row r=\"99999999999999999999\"><c r=\"C1\"><v>2</v></c></row>";
    let rows = read(&workbook(far, ""), FileKind::Table).unwrap();
    assert_eq!(rows[0], Row { number: 1, cells: vec!["1".into()] });
    assert_eq!(rows[1].cells, ["", "", "2"]);
    let wide = ["a,".repeat(1_000_000), "\n".to_owned(), "b,".repeat(1_000_000)].concat();
    assert!(table(wide.as_bytes()).iter().all(|it| it.len() == MOST_COLUMNS));
}

#[test]
fn what_is_no_table_is_refused_in_words() {
    let check = |bytes: &[u8], expected: &str| assert_eq!(code(bytes), expected);
    check(b"PK\x03\x04 broken", "table.xlsx");
    check(&packed(&[("xl/workbook.xml", "<workbook/>")]), "table.xlsx");
    check(&[0xd0, 0xcf, 0x11, 0xe0, 0, 0], "table.kind");
    check(b"a\0b", "table.encoding");
    check(&encoding_rs::BIG5.encode("標準問,答案\n怎麼查話費,回覆一\n").0, "table.encoding");
    check(&[0xff, 0xff, 0xff, 0x80], "table.encoding");
    check(&vec![b'a'; LARGEST_FILE + 1], "table.too_large");
    check("a\n".repeat(MOST_ROWS + 2).as_bytes(), "table.too_long");
}

#[test]
fn a_file_that_unpacks_to_too_much_is_refused() {
    let bomb = workbook(&" ".repeat(1_000_000), "");
    assert!(bomb.len() < 5_000);
    let mut small = Package::with_bound(&bomb, 500_000).unwrap();
    assert_eq!(crate::xlsx::read(&mut small).unwrap_err().code, "table.too_large");
    assert!(crate::xlsx::read(&mut Package::with_bound(&bomb, 2_000_000).unwrap()).is_ok());
}

#[test]
fn a_text_that_is_pointed_to_again_and_again_is_counted_each_time() {
    let long = format!("<si><t>{}</t></si>", "长".repeat(100_000));
    let cell = "<c r=\"A1\" t=\"s\"><v>0</v></c>";
    let rows = format!("<row>{cell}</row>").repeat(1_000);
    assert_eq!(code(&workbook(&rows, &long)), "table.too_large");
    // Also when one cell is written over and over.
    assert_eq!(code(&workbook(&format!("<row>{}</row>", cell.repeat(1_000)), &long)), "table.too_large");
    let below = format!("# {}\n{}", "长".repeat(100_000), "## 问\n答\n".repeat(1_000));
    assert_eq!(markdown(&below).unwrap_err().code, "table.too_large");
}

#[test]
fn nothing_is_searched_to_its_end_again_and_again() {
    let begun = Instant::now();
    for text in ["[", "&", "[a](", "<", "<a ", "</", "&#", "<!--", "</style", "`", "相似问：|"] {
        let text = format!("# 问\n{}", text.repeat(2_000_000 / text.len()));
        let _ = (markdown(&text), html(&text));
    }
    let styles: String =
        (0..200_000).map(|it| format!("<style styleId=\"s{it}\"><outlineLvl val=\"1\"/></style>")).collect();
    let styles = format!("<styles>{styles}</styles>");
    let document = format!("<document>{}</document>", "<p><pStyle val=\"x\"/><t>一</t></p>".repeat(200_000));
    let _ = read(&packed(&[("word/styles.xml", &styles), ("word/document.xml", &document)]), FileKind::Table);
    let attributes: String = (0..300_000).map(|it| format!(" a{it}=\"\"")).collect();
    let _ = read(&workbook(&format!("<row><c{attributes}><v>1</v></c></row>"), ""), FileKind::Table);
    // Each took minutes when it was looked for anew from every place.
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

#[test]
fn written_cells_are_no_formulas_and_read_back() {
    let rows = owned(&[&["=1+1", "a,\"b\"\n"], &["-5 度", "@x"]]);
    let bytes = comma::write(&rows);
    assert!(bytes.starts_with(b"\xef\xbb\xbf'=1+1,"));
    let back = table(&bytes);
    assert_eq!(comma::plain(&back[0][0]), "=1+1");
    assert_eq!(comma::plain(&back[1][1]), "@x");
    assert_eq!(["'=1", "''=1", "'a", "'"].map(comma::plain), ["=1", "'=1", "'a", "'"]);
}

#[test]
fn a_workbook_that_is_written_holds_texts_alone() {
    let odd = ["=1+1", "'=1", "a_x0041_b", "一\n二\r\u{1}", "<&>\"", "0123", "-5 度"];
    let rows = owned(&[&["问题", "答案"], &odd]);
    let bytes = workbook::write("知识 & 库", &rows).unwrap();
    let found = sheets(&bytes, FileKind::Table).unwrap();
    assert_eq!(found[0].name, "知识 & 库");
    assert_eq!(found[0].rows[0].cells, ["问题", "答案"]);
    let back: Vec<&str> = found[0].rows[1].cells.iter().map(|it| comma::plain(it)).collect();
    // What spaces are there at its end is trimmed, as in every table.
    assert_eq!(back, ["=1+1", "'=1", "a_x0041_b", "一\n二\r\u{1}", "<&>\"", "0123", "-5 度"]);
    let long = "长".repeat(32_768);
    assert_eq!(workbook::write("a", &[vec![long.clone()]]).unwrap_err().code, "table.cell_long");
    assert!(workbook::write("a", &[vec![long[3..].to_owned()]]).is_ok());
}

// Properties ---------------------------------------------------------------------------------------

/// Rows of a table with this header, cells as they come out: trimmed, the last one never empty.
fn some_rows() -> impl Strategy<Value = Vec<Vec<String>>> {
    let cell = || "[-=+@'\"a-z0-9_x问，,;|\\t\r\n\u{1f600}&<> ]{0,12}".prop_map(|it| it.trim().to_owned());
    let row = proptest::collection::vec(cell(), 3).prop_map(|mut row| {
        row.push("答".to_owned());
        row
    });
    proptest::collection::vec(row, 0..6).prop_map(|rows| {
        let header = ["question", "similar", "category", "answer"].map(str::to_owned).to_vec();
        std::iter::once(header).chain(rows).collect()
    })
}

proptest! {
    #[test]
    fn rows_written_as_csv_are_read_back(rows in some_rows()) {
        let back = read(&comma::write(&rows), FileKind::Table).unwrap();
        let back: Vec<Vec<String>> =
            back.iter().map(|row| row.cells.iter().map(|it| comma::plain(it).to_owned()).collect()).collect();
        prop_assert_eq!(back, rows);
    }

    #[test]
    fn rows_written_as_xlsx_are_read_back(rows in some_rows()) {
        prop_assert_eq!(&table(&xlsx(&rows)), &rows);
        let back = table(&workbook::write("a", &rows).unwrap());
        let back: Vec<Vec<String>> =
            back.iter().map(|row| row.iter().map(|it| comma::plain(it).to_owned()).collect()).collect();
        prop_assert_eq!(back, rows);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for kind in [FileKind::Table, FileKind::Markdown, FileKind::Html] {
            let _ = read(&bytes, kind);
        }
        let _ = read(&[b"PK\x03\x04".as_slice(), &bytes].concat(), FileKind::Table);
    }

    #[test]
    fn no_text_breaks_a_reader(text in "[#<>/!hdtp1-6 &;a问\\[\\]()`*\"=\n-]{0,200}") {
        for rows in [markdown(&text), html(&text)].into_iter().flatten() {
            prop_assert!(rows.iter().skip(1).all(|it| it.cells.len() == rows[0].cells.len()));
        }
    }

    #[test]
    fn no_part_breaks_a_reader(part in "[<>/w:tpcrowsiv=\" a-z&;!0-9A_x]{0,200}") {
        let _ = read(&packed(&[("word/document.xml", &part), ("word/styles.xml", &part)]), FileKind::Table);
        let _ = read(&workbook(&part, &part), FileKind::Table);
        let _ = read(&packed(&[("xl/workbook.xml", &part), ("xl/_rels/workbook.xml.rels", &part)]), FileKind::Table);
    }
}
