//! Tables that come in and go out.

use std::collections::HashSet;
use std::sync::Arc;

use tables::{FileKind, Row, Sheet, comma};

use super::export::cells;
use super::lots::*;
use super::particulars::Particulars;
use super::rows::{Line, understand, understand_sheets};
use super::*;
use crate::base::content::Content;
use crate::base::id::{CategoryId, EntryId};
use crate::knowledge::category::model::Category;
use crate::knowledge::model::{AnswerMode, Entry, EntryBody, Release};

fn refused(report: &Report) -> Vec<(usize, &'static str, &'static str)> {
    report.errors.iter().map(|it| (it.place.row, it.column.unwrap_or_default(), it.code)).collect()
}

#[test]
fn rows_are_understood_or_told_by_number() {
    let csv = "标准问,相似问,答案,分类\n\
        怎么查话费,查话费|话费查询|,回复 1,话费/查询\n\
        ,a,b,\n\
        怎么 查话费,,x,\n\
        怎么查话费,,重复,\n\
        宽带断网,,\"[{\"\"type\"\":\"\"text\"\",\"\"text\"\":\"\"重启\"\"}]\",\n\
        坏的,,[{不是},\n\
        没有答案,,,\n\
        太深,,x,a/b/c/d/e/f\n";
    let (report, lines) = understand(csv.as_bytes(), FileKind::Table).unwrap();
    assert_eq!(report.rows, 8);
    assert_eq!(
        refused(&report),
        [
            (3, "question", "knowledge.question_empty"),
            (5, "question", "import.repeated"),
            (7, "answer", "import.json"),
            (9, "category", "category.deep")
        ]
    );
    assert_eq!(report.errors[1].first, Some(Place { sheet: 0, row: 2 }));
    let cells = report.errors[2].cells.as_ref().unwrap();
    assert_eq!((cells.question.as_str(), cells.answer.as_str()), ("坏的", "[{不是}"));
    assert_eq!(lines[0].similar.as_deref(), Some(&["查话费".to_owned(), "话费查询".to_owned()][..]));
    assert_eq!(lines[0].category.as_deref(), Some(&["话费".to_owned(), "查询".to_owned()][..]));
    assert_eq!(lines[2].answers, Some(vec![Content::text("重启")]));
    assert_eq!((lines[3].question.as_str(), &lines[3].answers), ("没有答案", &None));
}

fn sheet(name: &str, rows: &[&[&str]]) -> Sheet {
    let rows = rows.iter().zip(1..).map(|(cells, number)| {
        let cells = cells.iter().map(|it| (*it).to_owned()).collect();
        Row { number, cells }
    });
    Sheet { name: name.to_owned(), rows: rows.collect() }
}

#[test]
fn each_sheet_has_columns_of_its_own_and_one_that_names_none_is_told() {
    let sheets = [
        sheet("信用卡", &[&["标准问", "答案"], &["怎么还款", "一"], &["额度多少", "二"]]),
        sheet("填写说明", &[&["每行一条"]]),
        sheet(
            "理财",
            &[&["题目"], &["答案", "分类", "问题"], &["三", "理财", "怎么赎回"], &["四", "", "怎么还款"]],
        ),
    ];
    let (report, lines) = understand_sheets(&sheets).unwrap();
    let read: Vec<_> = report.sheets.iter().map(|it| (&*it.name, it.rows)).collect();
    assert_eq!(read, [("信用卡", Some(2)), ("填写说明", None), ("理财", Some(2))]);
    let places: Vec<_> =
        lines.iter().map(|it| (&*it.question, it.place.sheet, it.place.row, it.category.is_some())).collect();
    assert_eq!(places, [("怎么还款", 0, 2, false), ("额度多少", 0, 3, false), ("怎么赎回", 2, 3, true)]);
    let [error] = &report.errors[..] else { panic!("{:?}", report.errors) };
    assert_eq!((error.place, error.first), (Place { sheet: 2, row: 4 }, Some(Place { sheet: 0, row: 2 })));
    assert_eq!(error.message, "the same question stands in row 2 of the sheet 信用卡");
    assert_eq!(understand_sheets(&sheets[1..2]).unwrap_err().code, "import.columns");
}

#[test]
fn a_table_without_the_needed_columns_is_refused() {
    assert_eq!(understand(b"question,text\na,b", FileKind::Table).unwrap_err().code, "import.columns");
    assert_eq!(understand(b"", FileKind::Table).unwrap_err().code, "import.empty");
}

#[test]
fn the_row_that_names_the_columns_is_found_below_a_title_and_in_other_spellings() {
    let check = |table: &str, row: usize| {
        let (report, lines) = understand(table.as_bytes(), FileKind::Table).unwrap();
        assert_eq!((report.rows, report.errors.len(), lines[0].place.row), (1, 0, row), "{table}");
        assert_eq!(
            (&*lines[0].question, lines[0].similar.as_deref().map(<[_]>::len)),
            ("怎么查话费", Some(1)),
            "{table}"
        );
    };
    check("某某公司知识库,,\n,,\n标准问,相似问,答案\n怎么查话费,查话费,一\n", 4);
    check("標準問題,相似問,答案\n怎么查话费,查话费,一\n", 2);
    check("序号,标准问*,相似问（用|分隔）,标准答案：\n1,怎么查话费,查话费,一\n", 2);
    check("Question ,SIMILAR QUESTIONS,Answer\n怎么查话费,查话费,一\n", 2);
    let late = "标题\n".repeat(10) + "标准问,答案\n怎么查话费,一\n";
    assert_eq!(understand(late.as_bytes(), FileKind::Table).unwrap_err().code, "import.columns");
}

#[test]
fn a_known_question_is_changed_only_where_the_table_says_so() {
    let body = EntryBody {
        category: Some(CategoryId(1)),
        question: "怎么查话费".into(),
        similar: vec!["查话费".into()],
        answers: vec![Content::text("回复 1")],
        answer_mode: AnswerMode::Random,
        enabled: false,
        ..EntryBody::default()
    };
    let entry = Entry {
        id: EntryId(5),
        body,
        version: 3,
        updated_at: Default::default(),
        updated_by: None,
        release: Release::default(),
    };
    let categories = vec![Category { id: CategoryId(1), parent: None, name: "话费".into() }];
    let mut there = There {
        names: Arc::default(),
        known: known(vec![entry.clone()]),
        categories,
        drafts: HashSet::new(),
    };
    let line = |similar: Option<&[&str]>, answer: Option<&str>, category: Option<&[&str]>| Line {
        place: Place { sheet: 0, row: 2 },
        question: "怎么查话费".into(),
        similar: similar.map(|it| it.iter().map(ToString::to_string).collect()),
        answers: answer.map(|it| vec![Content::text(it)]),
        category: category.map(|it| it.iter().map(ToString::to_string).collect()),
        particulars: Particulars::default(),
        cells: Cells { question: "怎么查话费".into(), ..Cells::default() },
    };
    let step = |line: Line| plan(&line, &there, true).0;
    assert_eq!(step(line(None, None, None)), Step::Keep);
    assert_eq!(step(line(Some(&["查话费"]), Some("回复 1"), Some(&["话费"]))), Step::Keep);
    let Step::Update(_, changed) = step(line(Some(&[]), Some("回复 2"), Some(&[]))) else {
        panic!("it differs")
    };
    assert_eq!((changed.similar.len(), changed.category, changed.enabled), (0, None, false));
    assert!(matches!(step(line(None, None, Some(&["话费", "新的"]))), Step::Update(..)));
    let unknown = Line { question: "别的".into(), ..line(None, None, None) };
    assert_eq!(plan(&unknown, &there, true).1.unwrap().code, "import.answer_missing");

    // A draft of somebody is not written over; publishing beside it is another matter.
    there.drafts.insert(entry.id);
    let other = line(None, Some("回复 3"), None);
    assert_eq!(plan(&other, &there, false).1.unwrap().code, "import.draft_exists");
    assert!(matches!(plan(&other, &there, true).0, Step::Update(..)));
    assert_eq!(plan(&line(None, None, None), &there, false).0, Step::Keep);
    // What was never published is, though the table says the same.
    there.known.get_mut("怎么查话费").unwrap().version = 0;
    assert!(matches!(plan(&line(None, None, None), &there, true).0, Step::Update(..)));
}

#[test]
fn what_is_exported_is_imported_as_the_same() {
    let body = EntryBody {
        category: Some(CategoryId(2)),
        question: "-5 度能用吗".into(),
        similar: vec!["冷天|能用吗".into(), "=低温".into()],
        answers: vec![Content::text("能"), Content::text("可以")],
        ..EntryBody::default()
    };
    let entry = Entry {
        id: EntryId(5),
        body,
        version: 3,
        updated_at: Default::default(),
        updated_by: None,
        release: Release::default(),
    };
    let categories = [
        Category { id: CategoryId(1), parent: None, name: "设备".into() },
        Category { id: CategoryId(2), parent: Some(CategoryId(1)), name: "低温".into() },
    ];
    let header = ["question", "similar", "answer", "category"].map(str::to_owned).to_vec();
    let csv = comma::write(&[header, cells(&entry, &categories)]);
    let (report, lines) = understand(&csv, FileKind::Table).unwrap();
    assert!(report.errors.is_empty(), "{report:?}");
    assert_eq!(lines[0].question, entry.body.question);
    assert_eq!(lines[0].similar.as_deref(), Some(&["冷天｜能用吗".to_owned(), "=低温".to_owned()][..]));
    assert_eq!(lines[0].answers.as_ref(), Some(&entry.body.answers));
    assert_eq!(find_category(&categories, lines[0].category.as_ref().unwrap()), Some(Some(CategoryId(2))));
}
