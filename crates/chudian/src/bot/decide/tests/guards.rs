//! The guard against machines that talk with each other.

use super::super::super::model::Pace;
use super::super::super::settings::WATCH_ONLY;
use super::*;

#[test]
fn two_machines_do_not_talk_for_ever() {
    let catalogue = catalogue();
    let mut case = Case::new(&catalogue);
    for nth in 0..30 {
        case.check(
            text(if nth % 2 == 0 { "话费" } else { "抽奖" }),
            if nth % 2 == 0 { "话费答案|第二条" } else { "一" },
            "keyword.exact",
        );
    }
    case.check(text("话费"), "", "loop_guard.pace");
    case.now = NOW.plus(Time::MINUTE);
    case.check(text("话费"), "话费答案|第二条", "keyword.exact");
    // The same words again and again.
    for _ in 0..5 {
        case.check(text("话费"), "话费答案|第二条", "keyword.exact");
    }
    case.check(text("话费"), "", "loop_guard.repeat");
    // Our own echo.
    let mut case = Case::new(&catalogue);
    let decision = case.run(&text("#"));
    case.check(decision.replies()[0].clone(), "", "loop_guard.echo");
}

#[test]
fn without_a_guard_nothing_is_counted() {
    let settings = BotSettings { most_answers_a_minute: 0, ..settings() };
    let catalogue = Catalogue::new(
        "UTC".into(),
        settings.into(),
        rules().into(),
        Menus::default().into(),
        Knowledge::default().into(),
    );
    let mut case = Case::new(&catalogue);
    case.state.pace = Some(Pace { answers: 99, since: NOW.0, ..Pace::default() });
    for _ in 0..100 {
        case.check(text("话费"), "话费答案|第二条", "keyword.exact");
    }
    assert_eq!(case.state, BotState::default());
}

#[test]
fn a_guard_that_only_watches_counts_and_stops_nobody() {
    let settings = BotSettings { most_answers_a_minute: WATCH_ONLY, ..settings() };
    assert!(settings.check().is_err(), "no editor can set it");
    let catalogue = Catalogue::new(
        "UTC".into(),
        settings.into(),
        rules().into(),
        Menus::default().into(),
        Knowledge::default().into(),
    );
    let mut case = Case::new(&catalogue);
    for _ in 0..100 {
        case.check(text("话费"), "话费答案|第二条", "keyword.exact");
    }
    let pace = case.state.pace.unwrap();
    assert_eq!((pace.answers, pace.repeats), (100, 100));
}
