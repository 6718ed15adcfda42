//! The text menu, lists to choose from, and the account's menu.

use super::*;

#[test]
fn the_menu_is_walked_by_digits() {
    let catalogue = catalogue();
    let mut case = Case::new(&catalogue);
    case.check(text("1"), "话费/1 余额/2 更多//回复 0 返回上一级", "menu.entered");
    case.check(text("1"), "发短信 HF", "menu.answer");
    case.check(text("２"), "更多/1 账单//回复 0 返回上一级，回复 # 回主菜单", "menu.entered");
    case.check(text("1"), "每月 1 日", "menu.answer");
    case.check(text("8"), "更多/1 账单//回复 0 返回上一级，回复 # 回主菜单", "menu.no_such_choice");
    case.check(text("5"), "话费答案|第二条", "keyword.exact");
    case.check(text("0"), "话费/1 余额/2 更多//回复 0 返回上一级", "menu.back");
    case.check(text("返回"), "请选择：/1 话费/9 转人工", "menu.back");
    case.check(text("0"), "请选择：/1 话费/9 转人工", "menu.back");
    case.check(text("1"), "话费/1 余额/2 更多//回复 0 返回上一级", "menu.entered");
    case.check(text("菜单"), "请选择：/1 话费/9 转人工", "menu.home");
    case.check(text("#"), "请选择：/1 话费/9 转人工", "menu.home");
    case.check(text("9"), "转接中|→menu", "hand_over.queued");
    assert_eq!(case.state.open, None);
}

#[test]
fn a_menu_waits_ten_minutes_and_no_longer() {
    let catalogue = catalogue();
    let mut case = Case::new(&catalogue);
    case.check(text("1"), "话费/1 余额/2 更多//回复 0 返回上一级", "menu.entered");
    case.now = NOW.plus(10 * Time::MINUTE - 1);
    case.check(text("2"), "更多/1 账单//回复 0 返回上一级，回复 # 回主菜单", "menu.entered");
    case.now = case.now.plus(10 * Time::MINUTE);
    case.check(text("1"), "话费/1 余额/2 更多//回复 0 返回上一级", "menu.entered");
    case.now = case.now.plus(10 * Time::MINUTE);
    case.check(text("0"), "没听懂", "fallback.text");
}

#[test]
fn a_place_that_an_editor_removed_is_forgotten() {
    let catalogue = catalogue();
    let mut case = Case::new(&catalogue);
    case.state.open = Some(Open::Menu { path: vec!["3".into(), "1".into()], at: NOW.0 });
    case.check(text("1"), "话费/1 余额/2 更多//回复 0 返回上一级", "menu.entered");
}

#[test]
fn an_unsure_match_is_asked_back_and_a_digit_picks() {
    let catalogue = catalogue();
    let mut case = Case::new(&catalogue);
    let decision = case.run(&text("宽带"));
    assert_eq!(decision.reasons.last().unwrap().code, "knowledge.suggest", "{:?}", decision.reasons);
    let Some(Open::Choice { entries, .. }) = case.state.open.clone() else { panic!("a list is open") };
    assert!(entries.len() > 1);
    let second = catalogue.knowledge.get(entries[1], NOW).unwrap().answers[0].clone();
    let mut other = Case { state: case.state.clone(), ..Case::new(&catalogue) };
    case.check(text("2"), second.words().unwrap(), "menu.choice");
    assert_eq!(case.state.open, None);
    // Something else instead of a digit: the list is gone, "1" is the menu's again.
    other.check(text("话费"), "话费答案|第二条", "keyword.exact");
    other.check(text("1"), "话费/1 余额/2 更多//回复 0 返回上一级", "menu.entered");
}

#[test]
fn a_tap_on_the_accounts_menu_is_answered() {
    check(event("menu_click", Some("BALANCE")), "发短信 HF", "menu_click.answer");
    check(event("menu_click", Some("PERSON")), "转接中|→menu_click", "hand_over.queued");
    check(event("menu_click", Some("MENU")), "请选择：/1 话费/9 转人工", "menu.home");
    check(event("menu_click", Some("OFFERS")), "优惠", "keyword.exact");
    check(event("menu_click", Some("GONE")), "没听懂", "fallback.text");
    let catalogue = catalogue();
    let content = event("menu_click", Some("BALANCE"));
    let input = Input {
        content: &content,
        place: Place { inbox: InboxId(8), channel: "wechat" },
        holder: Holder::Bot,
        pick: 0,
    };
    let decision = decide(&BotState::default(), &input, &catalogue, &Findings::default(), NOW);
    assert_eq!(outcome(&decision).0, "没听懂", "another inbox's menu is not ours");
}
