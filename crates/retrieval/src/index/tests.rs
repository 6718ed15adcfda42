use proptest::prelude::*;

use super::*;
use crate::comparer::Comparer;

fn base(wordings: &[&[&str]]) -> Index {
    let entries: Vec<Entry> = wordings
        .iter()
        .zip(10..)
        .map(|(it, key)| Entry { key, wordings: it.iter().map(ToString::to_string).collect() })
        .collect();
    Index::build(&entries)
}

fn telecom() -> Index {
    base(&[
        &["话费怎么查询", "查一下我的余额"],
        &["宽带断网了怎么办", "家里上不了网"],
        &["怎么还款", "还款方式有哪些"],
        &["如何开发票", "电子发票在哪里下载"],
        &["微信怎么绑定手机号"],
        &["5g套餐有哪些"],
    ])
}

#[test]
fn the_nearest_entry_comes_first() {
    let index = telecom();
    let check = |question: &str, entry: i64| {
        let found = index.search(question, 3);
        assert_eq!(found.first().map(|it| it.entry), Some(entry), "{question}: {found:?}");
    };
    check("我想查话费", 10);
    check("宽带断了", 11);
    check("發票怎麼開呀", 13);
    check("zenme huankuan", 12);
    check("kuandai duanwang", 11);
    check("怎么环款", 12);
    check("weixin绑定", 14);
    check("5G 套餐", 15);
    check("你好，请问电子发票哪里下载？谢谢", 13);
}

#[test]
fn a_stored_wording_is_certain_and_names_itself() {
    let found = telecom().search("查一下我的餘額？", 5);
    assert_eq!((found[0].entry, found[0].wording, found[0].confidence), (10, 1, 1.0));
    assert!((found[0].score - 1.0).abs() < 1e-5);
}

#[test]
fn several_near_wordings_make_an_entry_surer() {
    let others = [("宽带怎么办理", 2), ("发票哪里下载", 3)];
    let sure = |wordings: &[&str]| {
        let entry = Entry { key: 1, wordings: wordings.iter().map(ToString::to_string).collect() };
        let others = others.map(|(text, key)| Entry { key, wordings: vec![text.to_owned()] });
        let found = Index::build(&[[entry].as_slice(), &others].concat()).search("我想查话费余额", 1);
        assert_eq!(found[0].entry, 1);
        found[0].why.standing.iter().find(|it| it.0 == "agreement").unwrap().1
    };
    assert_eq!(sure(&["话费余额怎么查"]), 0.0);
    let near = sure(&["话费余额怎么查", "怎么查话费余额"]);
    assert!(near > sure(&["话费余额怎么查", "花了多少钱"]) && near <= 2_f32.ln(), "{near}");
}

#[test]
fn what_the_base_does_not_know_is_not_found_or_not_trusted() {
    let index = telecom();
    for question in ["", "？？？", "😀", "今晚月亮真圆"] {
        assert!(index.search(question, 5).is_empty(), "{question}");
    }
    assert!(index.search("明天天气怎么样", 5).iter().all(|it| it.confidence < 0.35));
    assert!(base(&[]).search("话费", 5).is_empty());
    assert!(index.search("话费", 0).is_empty());
}

#[test]
fn an_explanation_tells_pieces_and_adds_up() {
    let found = telecom().search("花费怎么查询", 1).remove(0);
    let pieces: Vec<_> = found.why.matched.iter().map(|it| (it.text.as_str(), it.by_sound)).collect();
    assert_eq!(pieces, [("花", true), ("费怎么查询", false)]);
    let sum: f32 = found.why.points.iter().map(|(_, _, points)| points).sum();
    assert!((sum - found.score).abs() < 1e-5);
}

#[test]
fn typing_errors_are_read_and_told() {
    let index = base(&[
        &["怎么取消借款", "借款取消"],
        &["借款多久到账", "借款没有到账"],
        &["怎么开通呼叫转移", "呼叫转移在哪里设置"],
        &["怎么取消呼叫转移", "呼叫转移取消不了"],
    ]);
    let check = |question: &str, entry: i64, told: &[(&str, &str)]| {
        let found = index.search(question, 2).remove(0);
        let why: Vec<_> =
            found.why.synonyms.iter().map(|it| (it.written.as_str(), it.form.as_str())).collect();
        assert_eq!((found.entry, why.as_slice()), (entry, told), "{question}");
        let sum: f32 = found.why.points.iter().map(|(_, _, points)| points).sum();
        assert!((sum - found.score).abs() < 1e-5 && found.score < 1.0, "{question}: {}", found.score);
    };
    check("jiekuan取消", 10, &[("jiekuan", "借款")]);
    check("借狂多久到账", 11, &[("狂", "款")]);
    check("呼转移取消不了", 13, &[("呼", "呼叫")]);
    check("借款取消吧", 10, &[]);
    // Another reading that brings nothing but a particle is not looked up.
    check("取消借款的呢", 10, &[]);
}

proptest! {
    #[test]
    fn any_question_is_answered_in_order(question in "[话费查询怎么宽带还款发票a-z0-9 \\PC]{0,90}") {
        let found = telecom().search(&question, 10);
        for it in &found {
            prop_assert!((0.0..=1.0).contains(&it.confidence) && it.score.is_finite());
        }
        prop_assert!(found.windows(2).all(|it| it[0].score >= it[1].score || it[0].confidence == 1.0));
    }

    #[test]
    fn a_stored_wording_is_always_found(wordings in prop::collection::vec("[话费查询怎么宽带断网还款a-c]{1,8}", 1..30)) {
        let lists: Vec<Vec<&str>> = wordings.iter().map(|it| vec![it.as_str()]).collect();
        let index = base(&lists.iter().map(Vec::as_slice).collect::<Vec<_>>());
        for wording in &wordings {
            let found = index.search(wording, 1);
            let place = usize::try_from(found[0].entry - 10).unwrap();
            prop_assert_eq!(normalise::question(&wordings[place]), normalise::question(wording));
            prop_assert_eq!(found[0].confidence, 1.0);
        }
    }
}

fn entry(key: i64, wordings: &[&str]) -> Entry {
    Entry { key, wordings: wordings.iter().map(ToString::to_string).collect() }
}

#[test]
fn a_change_is_seen_and_the_old_index_stays() {
    let before = telecom();
    let after = before.with(&[
        Change::Put(entry(12, &["怎样开通亲情网"])),
        Change::Put(entry(99, &["宽带测速在哪里"])),
        Change::Remove(13),
    ]);
    let first = |index: &Index, text: &str| index.search(text, 1).first().map(|it| (it.entry, it.confidence));
    assert_eq!(first(&after, "宽带测速在哪里"), Some((99, 1.0)));
    assert_eq!(first(&after, "亲情网如何开通").map(|it| it.0), Some(12));
    assert!(after.search("怎么还款", 9).iter().all(|it| it.entry != 12 || it.confidence < 0.5));
    assert!(after.search("电子发票在哪里下载", 9).iter().all(|it| it.entry != 13));
    assert_eq!(first(&before, "怎么还款"), Some((12, 1.0)));
    assert_eq!(first(&after.with(&[Change::Put(entry(13, &["怎么还款"]))]), "怎么还款"), Some((13, 1.0)));
    assert!(after.is_ripe() && !before.is_ripe());
    let first_ever = base(&[]).with(&[Change::Put(entry(5, &["怎么还款"]))]);
    assert!(first(&first_ever, "如何还款").is_some_and(|(key, confidence)| key == 5 && confidence > 0.0));
}

#[test]
fn an_added_entry_is_found_by_a_misspelt_question_at_once() {
    let before = telecom();
    let added = entry(77, &["怎么办理亲情网", "亲情网怎么开通", "退出亲情网", "亲情网加人"]);
    let after = before.with(&[Change::Put(added)]);
    for text in ["qinqing网加人", "怎么退出qinqingwang", "亲请网怎么开通"] {
        let read = |index: &Index| {
            let found = index.search(text, 1);
            found
                .first()
                .map(|it| (it.entry, it.why.synonyms.iter().map(|it| it.form.clone()).collect::<Vec<_>>()))
        };
        let (entry, forms) = read(&after).unwrap();
        assert_eq!(entry, 77, "{text}");
        assert!(forms.iter().any(|it| it.contains('情')), "{text}: {forms:?}");
        assert!(read(&before).is_none_or(|it| it.1.iter().all(|it| !it.contains('情'))), "{text}");
    }
}

#[test]
fn a_model_is_one_more_feature_and_brings_its_own() {
    struct Likes(i64);
    impl Similarity for Likes {
        fn of(&self, key: i64, _: usize) -> Option<f32> {
            Some(f32::from(u8::from(key == self.0)))
        }
        fn nearest(&self, limit: usize) -> Vec<(i64, usize)> {
            vec![(self.0, 0), (777, 3)].into_iter().take(limit).collect()
        }
    }
    let found = telecom().search_with("xyz是什么", 5, Some(&Likes(14)));
    assert_eq!(found.first().map(|it| it.entry), Some(14));
    assert!(found[0].why.points.iter().any(|(name, value, _)| *name == "model" && *value == 1.0));
    let sum: f32 = found[0].why.points.iter().map(|it| it.2).sum();
    assert!((sum - found[0].score).abs() < 1e-5);
}

#[test]
fn a_synonym_is_explained() {
    let found = telecom().search("如何还钱", 1).remove(0);
    let shown: Vec<_> = found.why.synonyms.iter().map(|it| (it.written.as_str(), it.form.as_str())).collect();
    assert_eq!((found.entry, shown), (12, vec![("如何", "怎么"), ("还钱", "还款")]));
}

proptest! {
    #[test]
    fn adding_never_removes_an_exact_match(
        wordings in prop::collection::vec("[话费查询怎么宽带断网还款a-c]{1,8}", 1..30),
        more in prop::collection::vec("[话费查询怎么宽带断网还款a-c]{1,8}", 1..6),
    ) {
        let lists: Vec<Vec<&str>> = wordings.iter().map(|it| vec![it.as_str()]).collect();
        let index = base(&lists.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let changes: Vec<Change> = more.iter().zip(1000..).map(|(it, key)| Change::Put(entry(key, &[it]))).collect();
        let after = index.with(&changes);
        for wording in wordings.iter().chain(&more) {
            let found = after.search(wording, 1).remove(0);
            prop_assert_eq!(found.confidence, 1.0);
            let sum: f32 = found.why.points.iter().map(|it| it.2).sum();
            prop_assert!((sum - found.score).abs() < 1e-5);
            let before = index.search(wording, 1);
            if before.first().is_some_and(|it| it.confidence == 1.0) {
                prop_assert_eq!(before[0].entry, found.entry);
            }
        }
    }
}

#[test]
fn a_long_complaint_is_no_sure_question() {
    // It shares a little with everything.
    let complaint =
        "我上个星期去营业厅排队等了很久结果工作人员说系统坏了让我改天再来，真的很生气，".repeat(16);
    for text in
        [complaint.as_str(), &"话费宽带".repeat(150), &complaint.chars().take(300).collect::<String>()]
    {
        let found = telecom().search(text, 1);
        let band = found.first().map(|it| crate::Thresholds::default().band(it.confidence));
        assert_ne!(band, Some(crate::Band::Answer), "{found:?}");
    }
}

#[test]
fn a_wording_in_two_spellings_is_one_voice() {
    let once = base(&[&["话费怎么查询", "查一下我的余额"], &["宽带断网了怎么办"]]);
    let twice = base(&[
        &["话费怎么查询", "话费怎么查询？", "查一下我的余额", "你好，話費怎麼查詢"],
        &["宽带断网了怎么办"],
    ]);
    let first = |index: &Index| index.search("话费怎么查", 1).into_iter().next().unwrap();
    let (one, other) = (first(&once), first(&twice));
    assert_eq!((one.entry, one.confidence), (other.entry, other.confidence));
    let exact = twice.search("查一下我的余额", 1).into_iter().next().unwrap();
    assert_eq!((exact.entry, exact.wording, exact.confidence), (10, 2, 1.0));
    assert_eq!((once.len(), twice.len()), (3, 3));
}

#[test]
fn what_stands_alone_in_a_small_index_is_no_surer_beside_a_nearer_one_elsewhere() {
    let index = Index::build(&[Entry { key: 1, wordings: vec!["宽带突然断了怎么处理".into()] }]);
    let ask = |elsewhere| {
        let found = index.search_beside("宽带断网", 1, elsewhere);
        (found[0].score, found[0].confidence)
    };
    let alone = ask(0.0);
    assert_eq!(Some(alone), index.search("宽带断网", 1).first().map(|it| (it.score, it.confidence)));
    let mut before = alone;
    for more in [-0.1, 0.0, 0.1, 0.3] {
        let now = ask(alone.0 + more);
        assert_eq!(now.0, alone.0, "how near it is does not change");
        assert!(now.1 < before.1, "{more}: {now:?} {before:?}");
        before = now;
    }
    assert_eq!(index.search_beside("宽带突然断了怎么处理", 1, 1.0)[0].confidence, 1.0);
}

#[test]
fn a_comparer_tells_apart_what_only_looks_alike() {
    let things = ["话费", "流量", "宽带", "发票", "积分", "漫游", "套餐", "密码"];
    let asked = |thing: &str| [format!("{thing}怎么查询"), format!("在哪里看{thing}")];
    let pairs: Vec<(String, String)> = things.map(|it| asked(it).into()).to_vec();
    let different = |at: usize| {
        (1..8).map(move |step| (asked(things[at])[0].clone(), asked(things[(at + step) % 8])[1].clone()))
    };
    let contrasts: Vec<_> = (0..8).flat_map(different).cycle().take(2000).collect();
    let pairs = pairs.into_iter().cycle().take(1600).collect();
    let lesson = crate::learnt::Lesson { pairs, ..Default::default() };
    let effort = crate::learnt::Effort { rounds: 1, most_pairs: 2000, most_tokens: 1000 };
    let comparer = Comparer::train_watched(&lesson, &contrasts, effort, &mut |_| true).unwrap();
    let alone = Space::train(&lesson, effort).unwrap();
    let entries: Vec<Entry> =
        (10..).zip(things).map(|(key, it)| entry(key, &[&format!("{it}怎么查询")])).collect();
    let build = |comparer| {
        let space = alone.clone().with_comparer(comparer);
        Index::build_with(&entries, Language::common(), Some(Arc::new(space)))
    };
    let (without, with) = (build(None), build(Some(comparer)));
    let said = |found: &Candidate| {
        let compared = found.why.points.iter().find(|it| it.0 == "compared");
        compared.map(|it| it.1)
    };
    let text = "在哪里看漫游";
    assert_eq!(without.search(text, 1).first().and_then(said), None);
    let found = with.search(text, 8);
    assert_eq!(found[0].entry, 15, "{found:?}");
    assert!(found.iter().skip(1).all(|it| said(it) < said(&found[0])), "{found:?}");
    for it in &found {
        let sum: f32 = it.why.points.iter().map(|(_, _, points)| points).sum();
        assert!((sum - it.score).abs() < 1e-5, "{it:?}");
    }
    // What was not held against the question stands behind, and counts as the least of those that were.
    assert!(found.is_sorted_by(|a, b| a.score >= b.score) && said(&found[7]) == said(&found[6]));
    // A stored wording is certain, whatever the comparer says; a fresh one is compared, too.
    let first = &with.search("漫游怎么查询", 3)[0];
    assert_eq!((first.entry, first.confidence, said(first)), (15, 1.0, Some(1.0)));
    assert!(first.score > 0.99);
    let fresh = with.with(&[Change::Put(entry(15, &["漫游怎么查"])), Change::Remove(10)]);
    let found = fresh.search(text, 8);
    assert!(found[0].entry == 15 && found.len() == 7 && said(&found[0]) > said(&found[1]), "{found:?}");
}
