use super::*;
use crate::units::units;

/// What a sentence is about and what is asked, each in two words of one meaning. About what differs nobody may be mistaken.
fn lesson() -> (Lesson, Vec<(String, String)>) {
    let things = ["话费", "流量", "宽带", "发票", "积分", "漫游", "套餐", "密码"];
    let asked = |thing: &str| [format!("{thing}怎么查询"), format!("在哪里看{thing}")];
    let pairs = things.map(|it| asked(it).into()).to_vec();
    let others = |at: usize| (1..things.len()).map(move |step| (at, (at + step) % things.len()));
    let contrasts = (0..things.len())
        .flat_map(others)
        .map(|(a, b)| (asked(things[a])[0].clone(), asked(things[b])[1].clone()))
        .collect();
    (Lesson { pairs, ..Lesson::default() }, contrasts)
}

fn learn() -> Comparer {
    let (lesson, contrasts) = lesson();
    // So few are looked at more often.
    let often =
        |all: &[(String, String)], times| all.iter().cloned().cycle().take(all.len() * times).collect();
    let many = Lesson { pairs: often(&lesson.pairs, 200), ..Lesson::default() };
    let contrasts: Vec<_> = often(&contrasts, 28);
    Comparer::train_watched(&many, &contrasts, Effort::default(), &mut |_| true).unwrap()
}

fn read(comparer: &Comparer, text: &str) -> Sentence {
    let names: Vec<Token> = units(text).into_iter().map(tokens::single).collect();
    comparer.read(&names)
}

#[test]
fn what_differs_in_what_counts_is_told_apart() {
    let comparer = learn();
    let compare = |a: &str, b: &str| comparer.compare(&read(&comparer, a), &read(&comparer, b));
    for thing in ["话费", "宽带", "积分"] {
        let same = compare(&format!("{thing}怎么查询"), &format!("在哪里看{thing}"));
        let other = compare(&format!("{thing}怎么查询"), "在哪里看发票");
        assert!(same > 0.5 && other < 0.5 && same > other + 0.2, "{thing}: {same} {other}");
    }
    assert!(
        (0.0..=1.0).contains(&compare("", "")) && (0.0..=1.0).contains(&compare("谁", &"长".repeat(500)))
    );
}

#[test]
fn the_same_lesson_gives_the_same_and_bytes_give_it_back() {
    let comparer = learn();
    assert_eq!(comparer, learn());
    let bytes = comparer.to_bytes();
    assert_eq!(Comparer::from_bytes(&bytes), Some(comparer));
    let older = [b"chudian comparer 0\n", &bytes[MARK.len()..]].concat();
    let mut wild = bytes.clone();
    wild[MARK.len() + 4..MARK.len() + 8].copy_from_slice(&f32::NAN.to_le_bytes());
    for bad in [&bytes[..bytes.len() - 1], &bytes[1..], b"", MARK, &older, &wild] {
        assert_eq!(Comparer::from_bytes(bad), None);
    }
}

#[test]
fn who_watches_sees_it_go_on_and_may_end_it() {
    let (lesson, contrasts) = lesson();
    let mut seen = Vec::new();
    let mut watch = |share: f32| {
        seen.push(share);
        true
    };
    let learnt = Comparer::train_watched(&lesson, &contrasts, Effort::default(), &mut watch);
    assert!(learnt.is_some() && seen.is_sorted() && seen.last() == Some(&1.0), "{seen:?}");
    let mut stop = |share: f32| share < 0.5;
    assert_eq!(Comparer::train_watched(&lesson, &contrasts, Effort::default(), &mut stop), None);
    let none = Lesson { texts: vec!["话费".to_owned()], ..Lesson::default() };
    assert_eq!(Comparer::train_watched(&none, &contrasts, Effort::default(), &mut |_| true), None);
}
