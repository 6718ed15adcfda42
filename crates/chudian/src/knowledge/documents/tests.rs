//! Documents of every kind, good and bad.

use std::io::Write;

use proptest::prelude::*;

use super::*;

fn cells(rows: Result<Vec<Row>>) -> Vec<Vec<String>> {
    rows.unwrap().into_iter().map(|it| it.cells).collect()
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

#[test]
fn headings_of_markdown_are_questions_below_their_categories() {
    let text = "前言不算。\n# 话费\n## 查询 #\n### 怎么查话费\n相似问：查话费|话费多少\n回复 **1**，或看 \
        [掌厅](https://a.cn/x)。\n\n\n- 第一步\n- 第二步 ![图](a.png)\n## 退费\n### 空的\n### 怎么退费\n\
        ```\n# 不是标题\n```\n# 单独一问\n答。";
    assert_eq!(
        cells(markdown(text)),
        [
            ["question", "similar", "answer", "category"],
            [
                "怎么查话费",
                "查话费|话费多少",
                "回复 1，或看 掌厅 https://a.cn/x。\n\n- 第一步\n- 第二步",
                "话费/查询"
            ],
            ["怎么退费", "", "# 不是标题", "话费/退费"],
            ["单独一问", "", "答。", ""],
        ]
    );
    let rows = markdown("## 问\n答").unwrap();
    assert_eq!((rows[1].number, rows[1].cells.as_slice()), (1, &["问".to_owned(), "答".to_owned()][..]));
    assert_eq!(rows[0].cells, ["question", "answer"], "of what nothing is said, what is there stays");
    assert_eq!(markdown("只有文字").unwrap_err().code, "document.no_questions");
}

#[test]
fn html_is_read_however_it_is_written() {
    let text = "<!DOCTYPE html><html><head><title>帮助</title></head><body><H1 class=a>宽带</H1><!-- <h2>无</h2> -->\
        <h2>断网 <b>怎么办</b>？</h2><p>重启&nbsp;光猫&#65292;等 5&lt;10 分钟&unknown;</p><ul><li>一<li>二</ul>\
        <script>if (a<b) { '<h2>不是</h2>' }</script><h2>没有答案</h2><dl><dt>怎么报障</dt><dd>打 10000</dl>";
    assert_eq!(
        cells(html(text)),
        [
            ["question", "answer", "category"],
            ["断网 怎么办？", "重启 光猫，等 5<10 分钟&unknown;\n\n一\n二", "宽带"],
            ["怎么报障", "打 10000", "宽带/没有答案"],
        ]
    );
    assert_eq!(html("<p>没有标题").unwrap_err().code, "document.no_questions");
}

#[test]
fn headings_of_a_docx_are_known_by_their_outline() {
    let main = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";
    let styles = format!(
        "<w:styles {main}><w:style w:styleId=\"a1\"><w:pPr><w:outlineLvl w:val=\"0\"/></w:pPr></w:style>\
         <w:style w:styleId=\"a2\"><w:pPr><w:outlineLvl w:val=\"1\"/></w:pPr></w:style></w:styles>"
    );
    let paragraph = |style: &str, text: &str| {
        format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
    };
    let body = [
        paragraph("a1", "套餐"),
        paragraph("a2", "怎么改套餐"),
        paragraph("Normal", "回复 2 &amp; 确认"),
        "<w:p><w:r><w:t>次月</w:t><w:tab/><w:t>生效</w:t></w:r></w:p>".to_owned(),
        paragraph("Heading2", "怎么退套餐"),
        paragraph("Normal", "到营业厅"),
    ]
    .concat();
    let document = format!("<w:document {main}><w:body>{body}</w:body></w:document>");
    let file = packed(&[("word/styles.xml", &styles), ("word/document.xml", &document)]);
    assert!(is_docx(&file));
    assert_eq!(
        cells(docx(&file)),
        [
            ["question", "answer", "category"],
            ["怎么改套餐", "回复 2 & 确认\n次月 生效", "套餐"],
            ["怎么退套餐", "到营业厅", "套餐"],
        ]
    );
    assert!(!is_docx(&packed(&[("xl/workbook.xml", "")])));
}

#[test]
fn bombs_are_refused() {
    let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbb\">]><a>&b;</a>";
    let file = packed(&[("word/document.xml", bomb)]);
    assert_eq!(docx(&file).unwrap_err().code, "document.docx");
    let large = " ".repeat(LARGEST_TEXT as usize + 1);
    let file = packed(&[("word/document.xml", &large)]);
    assert!(file.len() < 1_000_000, "it is small while it is packed");
    assert_eq!(docx(&file).unwrap_err().code, "table.too_large");
    assert_eq!(markdown(&"a\n\n".repeat(MOST_BLOCKS)).unwrap_err().code, "table.too_long");
    let deep = "<div>".repeat(200_000);
    assert_eq!(html(&deep).unwrap_err().code, "document.no_questions");
}

proptest! {
    #[test]
    fn no_text_breaks_a_reader(text in "[#<>/!hdtp1-6 &;a问\\[\\]()`*\"=\n-]{0,200}") {
        for rows in [markdown(&text), html(&text)].into_iter().flatten() {
            prop_assert!(rows.iter().skip(1).all(|it| it.cells.len() == rows[0].cells.len()));
        }
    }

    #[test]
    fn no_bytes_break_the_reader_of_packed_files(bytes in proptest::collection::vec(any::<u8>(), 0..400), document in "[<>/w:pt a-z&;!]{0,200}") {
        prop_assert!(!is_docx(&bytes) || docx(&bytes).is_err());
        let _ = docx(&packed(&[("word/document.xml", &document), ("word/styles.xml", &document)]));
    }
}
