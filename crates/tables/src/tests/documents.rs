//! Markdown, HTML and DOCX.

use super::*;

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
            // Its answer is missing: who reads the table says so.
            ["空的", "", "", "话费/退费"],
            ["怎么退费", "", "# 不是标题", "话费/退费"],
            ["单独一问", "", "答。", ""],
        ]
    );
    let rows = markdown("## 问\n答").unwrap();
    assert_eq!((rows[1].number, rows[1].cells.as_slice()), (1, &["问".to_owned(), "答".to_owned()][..]));
    assert_eq!(rows[0].cells, ["question", "answer"], "of what nothing is said, what is there stays");
    for nothing in ["只有文字", "# 只有\n## 标题", "#\n## "] {
        assert_eq!(markdown(nothing).unwrap_err().code, "document.no_questions", "{nothing}");
    }
    assert_eq!(markdown("# 问\n答\n# \n").unwrap().len(), 2, "a heading without words is none");
}

#[test]
fn markdown_is_read_as_other_programs_write_it() {
    let text = "---\ntitle: 手册\n---\n话费\n====\n\n怎么退费\n--------\n三天。\\*不含\\* 假日<br>请等 &amp; 看 &times;\n\n---\n\n\
        完\n\n各套餐多少钱\n---\n| 套餐 | 月费 |\n|------|-----:|\n| 畅享 | 59 元 |\n\n## 怎么装\n1. 先\n   - 再\n---\n~~~\n## 不是标题\n```\n---\n~~~\n";
    assert_eq!(
        cells(markdown(text)),
        [
            ["question", "answer", "category"],
            ["怎么退费", "三天。*不含* 假日\n请等 & 看 ×\n\n完", "话费"],
            ["各套餐多少钱", "套餐 | 月费\n畅享 | 59 元", "话费"],
            ["怎么装", "1. 先\n- 再\n\n## 不是标题\n```\n---", "话费"],
        ]
    );
    // What begins like front matter and does not end is text.
    assert_eq!(markdown("---\n# 问\n答").unwrap().len(), 2);
}

#[test]
fn tables_links_and_folded_parts_of_html_are_text() {
    let text = "<h2><a href='https://a.cn/1'>套餐</a></h2><table><tr><th>名</th><th>月费</th></tr><tr><td></td><td>59&times;2</td></table>\
        <p>见<A class=x HREF=\"https://a.cn/x?a=1&amp;b=2\">掌厅</A>或<a href=https://b.cn>https://b.cn</a>，<a href='#top'>顶</a>\
        <a href='https://c.cn'><img src=a.png></a></p><details><summary>怎么退</summary>三天</details>";
    assert_eq!(
        cells(html(text)),
        [
            ["question", "answer", "category"],
            ["套餐", "名 | 月费\n59×2\n\n见掌厅 https://a.cn/x?a=1&b=2或https://b.cn，顶", ""],
            ["怎么退", "三天", "套餐"],
        ]
    );
}

#[test]
fn tables_breaks_and_moved_text_of_a_docx_are_text() {
    let run = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    let cell = |text: &str| format!("<w:tc><w:p>{}</w:p></w:tc>", run(text));
    let body = [
        format!(
            "<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr>{}<w:br/>{}</w:p>",
            run("各套餐"),
            run("多少钱")
        ),
        format!("<w:p>{}<w:r><w:br/></w:r>{}</w:p>", run("一"), run("二")),
        format!(
            "<w:tbl><w:tr>{}{}</w:tr><w:tr>{}{}</w:tr></w:tbl>",
            cell("套餐"),
            cell("月费"),
            cell("畅享"),
            cell("59 元")
        ),
        format!("<w:p><w:del><w:r><w:delText>删</w:delText></w:r></w:del><w:ins>{}</w:ins></w:p>", run("增")),
        format!("<w:moveFrom>{}</w:moveFrom><w:p>{}</w:p>", run("移走"), run("末")),
    ]
    .concat();
    let file = packed(&[("word/document.xml", &format!("<w:document><w:body>{body}</w:body></w:document>"))]);
    assert_eq!(
        table(&file),
        owned(&[&["question", "answer"], &["各套餐 多少钱", "一\n二\n套餐 | 月费\n畅享 | 59 元\n增\n末"]])
    );
}

/// The sheets of a document: names, and rows with their numbers.
fn told(sheets: Result<Vec<Sheet>>) -> Vec<(String, Vec<(usize, String)>)> {
    let row = |it: &Row| (it.number, it.cells.join("¦"));
    sheets.unwrap().iter().map(|it| (it.name.clone(), it.rows.iter().map(row).collect())).collect()
}

fn expected(sheets: &[(&str, &[(usize, &str)])]) -> Vec<(String, Vec<(usize, String)>)> {
    let rows = |rows: &[(usize, &str)]| rows.iter().map(|it| (it.0, it.1.to_owned())).collect();
    sheets.iter().map(|it| (it.0.to_owned(), rows(it.1))).collect()
}

#[test]
fn a_table_of_questions_is_a_sheet_and_any_other_is_text() {
    let text = "前言\n\n| 问题 | 答案 |\n|---|---|\n| 总机多少 | 10000 |\n\n# 宽带\n## 报障\n\
        | 说明 |  |\n| 序号 | 问题 | 答案 |\n| --- | --- | --- |\n| 1 | 断网 \\| 掉线 | 重启**光猫**<br>等 5 分钟 |\n| 2 | 没信号 |\n\n\
        ## 各套餐多少钱\n| 套餐 | 月费 |\n| - | - |\n| 畅享 | 59 |\n";
    assert_eq!(
        told(sheets(text.as_bytes(), FileKind::Markdown)),
        expected(&[
            ("", &[(0, "question¦answer¦category"), (15, "各套餐多少钱¦套餐 | 月费\n畅享 | 59¦宽带")]),
            ("1", &[(3, "问题¦答案¦category"), (5, "总机多少¦10000¦")]),
            (
                "报障",
                &[
                    (10, "序号¦问题¦答案¦category"),
                    (12, "1¦断网 | 掉线¦重启光猫\n等 5 分钟¦宽带/报障"),
                    (13, "2¦没信号¦¦宽带/报障")
                ]
            ),
        ])
    );
    // Programs write a table as HTML into Markdown where a cell has lines of its own.
    let text = "# 宽带\n<table>\n<tr>\n<th>问题</th>\n<th>答案</th>\n</tr>\n<tr>\n<td>断网</td>\n<td>重启。<br />\n再等</td>\n</tr>\n</table>\n## 移机\n免费";
    assert_eq!(
        told(sheets(text.as_bytes(), FileKind::Markdown)),
        expected(&[
            ("", &[(0, "question¦answer¦category"), (13, "移机¦免费¦宽带")]),
            ("宽带", &[(3, "问题¦答案¦category"), (4, "断网¦重启。\n再等¦宽带")])
        ])
    );
    // A heading above nothing but such a table lacks no answer.
    let text = "# 宽带\n|问题|答案|\n|-|-|\n|断网|重启|\n";
    assert_eq!(
        told(sheets(text.as_bytes(), FileKind::Markdown)),
        expected(&[("宽带", &[(2, "问题¦答案¦category"), (4, "断网¦重启¦宽带")])])
    );
}

#[test]
fn cells_of_html_keep_their_lines_however_they_are_written() {
    let text = "<h1>宽带</h1><table class=a><thead><tr><th>问题<th>分类<th><b>答案</b></tr></thead>\n\
        <tr><td>断网\n 怎么办<td><td><p>重启</p><ul><li>一</li>\n<li>见<a href=https://a.cn>掌厅</a></ul></td></tr>\
        <tr><td>里<table><tr><td>内</td><td>表</td></tr></table></td><td>x</td><td>答</td></tr></table>\
        <table><tr><td><h2>怎么退</h2><p>三天</p></td><td>旁</td></tr></table>";
    assert_eq!(
        told(sheets(text.as_bytes(), FileKind::Html)),
        expected(&[
            ("", &[(0, "question¦answer¦category"), (9, "怎么退¦三天\n旁¦宽带")]),
            (
                "宽带",
                &[
                    (4, "问题¦分类¦答案¦category"),
                    (5, "断网 怎么办¦¦重启\n一\n见掌厅 https://a.cn¦宽带"),
                    (6, "里\n内 表¦x¦答¦宽带")
                ]
            ),
        ])
    );
}

#[test]
fn a_docx_that_is_one_table_is_read() {
    let cell = |texts: &[&str]| {
        let paragraphs = texts.iter().map(|it| format!("<w:p><w:r><w:t>{it}</w:t></w:r></w:p>"));
        format!("<w:tc>{}</w:tc>", paragraphs.collect::<String>())
    };
    let row = |question: &[&str], answer: &[&str]| format!("<w:tr>{}{}</w:tr>", cell(question), cell(answer));
    let rows = [row(&["问题"], &["答案"]), row(&["怎么", "退费"], &["一", "二"]), row(&[""], &[""])].concat();
    let body = format!("<w:document><w:body><w:tbl>{rows}</w:tbl></w:body></w:document>");
    assert_eq!(
        told(sheets(&packed(&[("word/document.xml", &body)]), FileKind::Table)),
        expected(&[("1", &[(1, "问题¦答案¦category"), (2, "怎么\n退费¦一\n二¦")])])
    );
}

#[test]
fn marked_questions_and_answers_are_known() {
    for text in [
        "问：怎么退费\n答：三天。",
        "1、问题：怎么退费\n\n答案：三天。",
        "Q1: 怎么退费\nA1: 三天。",
        "12. Q：怎么退费\nA：三天。",
        "## 问：怎么退费\n答：三天。",
        "## 怎么退费\n回答：三天。",
    ] {
        let rows = cells(markdown(text));
        assert_eq!(rows[1..], owned(&[&["怎么退费", "三天。"]]), "{text}");
    }
    let text = "# 话费\n问：怎么查\n相似问：查话费\n答：回复 1\n\n再看账单\n问：怎么交\n答：掌厅\n# 宽带\n问：没有下文\n说明";
    assert_eq!(
        cells(markdown(text))[1..],
        owned(&[
            &["怎么查", "查话费", "回复 1\n\n再看账单", "话费"],
            &["怎么交", "", "掌厅", "话费"],
            &["宽带", "", "问：没有下文\n说明", ""],
        ])
    );
    // A question without words is not lost in the answer above: who reads the table refuses it by name.
    assert_eq!(
        cells(markdown("问：怎么退费\n答：三天\n问：\n答：四天"))[1..],
        owned(&[&["怎么退费", "三天"], &["", "四天"]])
    );
    // A letter may begin a list, and a word that begins with a mark is none.
    assert_eq!(cells(markdown("## 套餐\nA：畅享\nB：无忧"))[1], ["套餐", "A：畅享\nB：无忧"]);
    assert_eq!(
        cells(markdown("## 报障\n问题描述：断网\n答复时限：三天"))[1][1],
        "问题描述：断网\n答复时限：三天"
    );
    // Both may stand in one paragraph.
    assert_eq!(cells(html("<p>问：怎么退费</p><p>答：三天</p>"))[1], ["怎么退费", "三天"]);
    let paragraph =
        "<w:p><w:r><w:t>问：怎么退费</w:t><w:br/><w:t>答：三天</w:t><w:br/><w:t>之内</w:t></w:r></w:p>";
    let file = packed(&[("word/document.xml", &format!("<w:document>{paragraph}</w:document>"))]);
    assert_eq!(table(&file)[1], ["怎么退费", "三天\n之内"]);
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
    assert_eq!(
        table(&file),
        [
            ["question", "answer", "category"],
            ["怎么改套餐", "回复 2 & 确认\n次月 生效", "套餐"],
            ["怎么退套餐", "到营业厅", "套餐"],
        ]
    );
}

#[test]
fn bombs_are_refused() {
    let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbb\">]><a>&b;</a>";
    let file = packed(&[("word/document.xml", bomb)]);
    assert_eq!(code(&file), "document.docx");
    let large = " ".repeat(LARGEST_UNPACKED as usize + 1);
    let file = packed(&[("word/document.xml", &large)]);
    assert!(file.len() < 1_000_000, "it is small while it is packed");
    assert_eq!(code(&file), "table.too_large");
    assert_eq!(markdown(&"a\n\n".repeat(MOST_BLOCKS)).unwrap_err().code, "table.too_long");
    let deep = "<div>".repeat(200_000);
    assert_eq!(html(&deep).unwrap_err().code, "document.no_questions");
}
