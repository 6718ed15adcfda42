//! Whether an answer helped.

use super::super::super::settings::FeedbackQuestion;
use super::*;

fn asks_whether_it_helped() -> Catalogue {
    let words = |all: &[&str]| all.iter().map(ToString::to_string).collect();
    let feedback = FeedbackQuestion {
        question: "解决了吗？回复 Y 或 N".into(),
        solved_words: words(&["Y", "解决了"]),
        unsolved_words: words(&["N", "1"]),
        solved_text: "谢谢".into(),
        unsolved_text: "回复人工".into(),
    };
    let before = catalogue();
    let settings = BotSettings { feedback: Some(feedback), ..settings() };
    let Catalogue { rules, menus, knowledge, .. } = before;
    Catalogue::new("Asia/Shanghai".into(), settings.into(), rules, menus, knowledge)
}

#[test]
fn the_message_after_an_answer_says_whether_it_helped() {
    let all = asks_whether_it_helped();
    let mut case = Case::new(&all);
    let asked = "重启光猫//解决了吗？回复 Y 或 N";
    let ask = |case: &mut Case<'_>| case.check(text("家里上不了网"), asked, "knowledge.answer");
    // Whoever was not asked says an ordinary word.
    case.check(text("解决了"), "没听懂", "fallback.text");
    ask(&mut case);
    case.check(text(" ｙ！"), "谢谢", "feedback.solved");
    case.check(text("解决了"), "没听懂", "fallback.text");
    ask(&mut case);
    let decision = case.run(&text("1"));
    assert_eq!(
        outcome(&decision),
        ("回复人工".into(), "feedback.unsolved".into()),
        "before the menu's digit"
    );
    assert_eq!(decision.reasons[0].params["entry"], serde_json::json!(EntryId(11)));
    assert_eq!(decision.reasons[0].params["question"], "宽带断网了怎么办");
    // Anything else is a question of its own, and the first one is no longer open.
    ask(&mut case);
    case.check(text("话费"), "话费答案|第二条", "keyword.exact");
    case.check(text("解决了"), "没听懂", "fallback.text");
    // Nobody waits for ever.
    ask(&mut case);
    case.now = NOW.plus(10 * Time::MINUTE);
    case.check(text("解决了"), "没听懂", "fallback.text");
    // Keywords and menus do not ask; a person is still called at once.
    ask(&mut case);
    case.check(text("转人工"), "转接中|→asked", "hand_over.queued");
}

#[test]
fn a_long_answer_is_followed_by_the_question() {
    let mut all = asks_whether_it_helped();
    let long = "长".repeat(500);
    all.knowledge = Knowledge::build(vec![known(11, "宽带断网了怎么办", &[], &long)]).into();
    let decision = Case::new(&all).run(&text("宽带断网了怎么办"));
    assert_eq!(decision.replies(), [text(&long), text("解决了吗？回复 Y 或 N")]);
}
