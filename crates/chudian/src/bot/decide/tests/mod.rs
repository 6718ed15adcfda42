//! The table of cases: each says what the bot remembers, what comes, and what happens.

use retrieval::keyword::Mode;

use crate::base::id::{EntryId, InboxId, KeywordId};
use crate::knowledge::model::{AnswerMode, Validity};
use crate::knowledge::particulars::{ChannelAnswers, Place};

use super::super::account_menu;
use super::super::catalogue::{Knowledge, Menus, Rules};
use super::super::look_up::look_up;
use super::super::menu;
use super::super::model::{Effect, Keyword, KeywordBody, Known, Open, Pace};
use super::super::settings::{
    BotSettings, FeedbackQuestion, Holiday, ServiceHours, SourceWelcome, WATCH_ONLY,
};
use super::*;

/// Friday, 2026-11-20, 10:00 in Shanghai.
const NOW: Time = Time(1_795_140_000_000);
const NIGHT: Time = Time(NOW.0 + 12 * Time::HOUR);
const HOLIDAY: Time = Time(NOW.0 + 41 * Time::DAY);
const INBOX: InboxId = InboxId(7);
const PLACE: Place<'_> = Place { inbox: INBOX, channel: "wechat" };

fn text(text: &str) -> Content {
    Content::text(text)
}

fn event(event: &str, key: Option<&str>) -> Content {
    Content::Event { event: event.into(), key: key.map(Into::into), label: None }
}

fn rule(id: i64, mode: Mode, words: &[&str], answers: &[&str]) -> Keyword {
    let body = KeywordBody {
        words: words.iter().map(ToString::to_string).collect(),
        mode,
        answers: answers.iter().map(|it| text(it)).collect(),
        answer_mode: AnswerMode::InOrder,
        priority: 0,
        validity: Validity::default(),
        enabled: true,
    };
    Keyword { id: KeywordId(id), body, version: 1, updated_at: NOW }
}

fn known(id: i64, question: &str, similar: &[&str], answer: &str) -> (Known, Vec<String>) {
    let entry = Known {
        id: EntryId(id),
        question: question.into(),
        answers: vec![text(answer)],
        answer_mode: AnswerMode::InOrder,
        validity: Validity::default(),
        channel_answers: Vec::new(),
        related: Vec::new(),
        is_shared: false,
        origin: None,
    };
    (entry, similar.iter().map(ToString::to_string).collect())
}

fn settings() -> BotSettings {
    BotSettings {
        welcome: vec![text("欢迎")],
        welcome_by_source: vec![SourceWelcome { source: "shop".into(), answers: vec![text("欢迎来店")] }],
        fallback: vec![text("没听懂")],
        media_reply: vec![text("图片收到")],
        hand_over_text: "转接中".into(),
        queue_full_text: Some("还在排队".into()),
        night_text: Some("夜间".into()),
        service_hours: vec![ServiceHours {
            weekdays: vec![1, 2, 3, 4, 5, 6, 7],
            from: "09:00".into(),
            until: "18:00".into(),
        }],
        holidays: vec![Holiday {
            from: "2026-12-31".into(),
            until: "2027-01-02".into(),
            text: Some("元旦".into()),
        }],
        ..BotSettings::default()
    }
}

fn rules() -> Rules {
    let mut over = rule(4, Mode::Exact, &["积分"], &["旧活动"]);
    over.body.validity.until = Some(NOW);
    let mut random = rule(5, Mode::Exact, &["抽奖"], &["一", "二", "三"]);
    random.body.answer_mode = AnswerMode::Random;
    let mut off = rule(6, Mode::Exact, &["停用"], &["不该出现"]);
    off.body.enabled = false;
    Rules::build(vec![
        rule(1, Mode::Exact, &["话费", "5"], &["话费答案", "第二条"]),
        rule(2, Mode::ContainsAny, &["话费"], &["含话费"]),
        rule(3, Mode::ContainsAll, &["话费", "贵"], &["话费贵"]),
        over,
        random,
        off,
        rule(7, Mode::Exact, &["OFFERS"], &["优惠"]),
        rule(8, Mode::ContainsAny, &["积分"], &["含积分"]),
    ])
}

fn catalogue() -> Catalogue {
    let knowledge = Knowledge::build(vec![
        known(11, "宽带断网了怎么办", &["家里上不了网"], "重启光猫"),
        known(12, "宽带怎么办理", &["我要装宽带"], "到营业厅"),
        known(13, "宽带怎么移机", &["搬家了宽带怎么办"], "拨打电话"),
        known(14, "怎么开电子发票", &["发票在哪里下载"], "APP 里开"),
    ]);
    let menus = Menus::build(Some(menu::tests::sample()), vec![(INBOX, account_menu::tests::sample())]);
    Catalogue::new("Asia/Shanghai".into(), settings().into(), rules().into(), menus.into(), knowledge.into())
}

/// What came out, in short: texts joined by "|", the queue as "→reason", the last reason's code.
fn outcome(decision: &Decision) -> (String, String) {
    let effects = decision.effects.iter().map(|it| match it {
        Effect::Say(contents) => contents
            .iter()
            .map(|it| it.words().unwrap_or("?").replace('\n', "/"))
            .collect::<Vec<_>>()
            .join("|"),
        Effect::QueueForPerson { reason } => format!("→{reason}"),
        Effect::Generate(_) => unreachable!("the decision itself asks no model"),
    });
    let code = decision.reasons.last().map(|it| it.code.clone()).unwrap_or_default();
    (effects.collect::<Vec<_>>().join("|"), code)
}

struct Case<'a> {
    catalogue: &'a Catalogue,
    state: BotState,
    holder: Holder,
    now: Time,
    pick: u64,
}

impl<'a> Case<'a> {
    fn new(catalogue: &'a Catalogue) -> Self {
        Self { catalogue, state: BotState::default(), holder: Holder::Bot, now: NOW, pick: 0 }
    }

    fn run(&mut self, content: &Content) -> Decision {
        let findings = look_up(self.catalogue, content, self.now);
        let input = Input { content, place: PLACE, holder: self.holder, pick: self.pick };
        let decision = decide(&self.state, &input, self.catalogue, &findings, self.now);
        let again = decide(&self.state, &input, self.catalogue, &findings, self.now);
        assert_eq!(decision, again, "a decision is a pure function");
        self.state = decision.next_state.clone();
        decision
    }

    /// The customer sends `content`; `said` and `code` is what happens.
    fn check(&mut self, content: Content, said: &str, code: &str) {
        let decision = self.run(&content);
        assert_eq!(
            outcome(&decision),
            (said.to_owned(), code.to_owned()),
            "{content:?} {:?}",
            decision.reasons
        );
    }
}

fn check(content: Content, said: &str, code: &str) {
    Case::new(&catalogue()).check(content, said, code);
}

#[test]
fn keywords_and_knowledge_by_precedence() {
    check(text("话费"), "话费答案|第二条", "keyword.exact");
    check(text("話費！"), "话费答案|第二条", "keyword.exact");
    check(text("我的话费"), "含话费", "keyword.contained");
    check(text("话费太贵"), "话费贵", "keyword.contained");
    check(text("积分"), "含积分", "keyword.contained");
    check(text("停用"), "没听懂", "fallback.text");
    check(text("家里上不了网"), "重启光猫", "knowledge.answer");
    check(text("你好，请问电子发票怎么开？谢谢"), "APP 里开", "knowledge.answer");
    check(text("今晚月亮真圆"), "没听懂", "fallback.text");
    check(text("😀"), "没听懂", "fallback.text");
    check(text("7"), "没听懂", "fallback.text");
    check(text("5"), "话费答案|第二条", "keyword.exact");
}

#[test]
fn one_of_several_answers_is_picked_by_the_number() {
    let catalogue = catalogue();
    for (pick, said) in [(0, "一"), (4, "二"), (5, "三")] {
        let mut case = Case { pick, ..Case::new(&catalogue) };
        case.check(text("抽奖"), said, "keyword.exact");
    }
}

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

#[test]
fn who_asks_for_a_person_waits_for_one() {
    check(text("转人工"), "转接中|→asked", "hand_over.queued");
    check(text("我要转人工！"), "转接中|→asked", "hand_over.queued");
    check(text("你好，请帮我转人工客服，谢谢"), "转接中|→asked", "hand_over.queued");
    check(text("能不能给我找个人工客服啊"), "转接中|→asked", "hand_over.queued");
    check(text("人工客服几点上班"), "没听懂", "fallback.text");
    check(text("不要转人工"), "没听懂", "fallback.text");
    let catalogue = catalogue();
    for (now, said) in [(NIGHT, "夜间|→asked"), (HOLIDAY, "元旦|→asked")] {
        let mut case = Case { now, ..Case::new(&catalogue) };
        case.check(text("人工"), said, "hand_over.queued");
    }
}

#[test]
fn a_person_silences_the_bot_and_a_queue_nearly_does() {
    let catalogue = catalogue();
    let mut serving = Case { holder: Holder::Person, ..Case::new(&catalogue) };
    for content in [text("话费"), text("转人工"), text("1"), event("menu_click", Some("BALANCE"))] {
        serving.check(content, "", "serving.person");
    }
    let mut queued = Case { holder: Holder::Queue, ..Case::new(&catalogue) };
    queued.check(text("话费"), "", "serving.queued");
    queued.check(text("转人工"), "还在排队", "hand_over.waiting");
    let mut night = Case { holder: Holder::Queue, now: NIGHT, ..Case::new(&catalogue) };
    night.check(text("话费"), "话费答案|第二条", "keyword.exact");
    night.check(text("今晚月亮真圆"), "", "serving.queued");
    night.check(text("转人工"), "夜间", "hand_over.waiting");
}

#[test]
fn followers_are_welcomed_by_where_they_came_from() {
    check(event("follow", None), "欢迎", "welcome.general");
    check(event("follow", Some("shop")), "欢迎来店", "welcome.source");
    check(event("follow", Some("else")), "欢迎", "welcome.general");
    check(event("scan", Some("shop")), "欢迎来店", "welcome.source");
    check(event("scan", Some("else")), "", "welcome.unknown_source");
    check(event("unfollow", None), "", "event.no_answer");
    check(event("location_report", None), "", "event.no_answer");
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

#[test]
fn pictures_are_acknowledged_and_a_voice_is_read() {
    let media = crate::base::id::MediaId(1);
    check(Content::Image { media }, "图片收到", "fallback.media");
    check(Content::Voice { media, transcript: None }, "图片收到", "fallback.media");
    check(Content::Voice { media, transcript: Some("话费。".into()) }, "话费答案|第二条", "keyword.exact");
    check(Content::Unsupported { kind: "a".into(), note: None }, "没听懂", "fallback.unsupported");
    let silent = Catalogue::new(
        "UTC".into(),
        BotSettings { fallback: vec![], welcome: vec![], ..BotSettings::default() }.into(),
        Rules::default().into(),
        Menus::default().into(),
        Knowledge::default().into(),
    );
    let mut case = Case::new(&silent);
    case.check(Content::Image { media }, "", "fallback.text");
    case.check(text("1"), "", "fallback.text");
    case.check(event("follow", None), "", "welcome.general");
}

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

proptest::proptest! {
    #[test]
    fn any_message_in_any_state_is_decided(
        message in "[话费宽带转人工0-9#菜单返回\\PC]{0,40}",
        path in proptest::collection::vec("[0-9]{1,2}", 0..4),
        offered in proptest::collection::vec(10..16_i64, 0..5),
        age in -10_000_000..10_000_000_i64,
    ) {
        let catalogue = catalogue();
        for open in [Open::Menu { path: path.clone(), at: NOW.0 - age }, Open::Choice { entries: offered.clone(), at: NOW.0 - age }] {
            for holder in [Holder::Bot, Holder::Queue, Holder::Person] {
                let mut case = Case { holder, ..Case::new(&catalogue) };
                case.state.open = Some(open.clone());
                let decision = case.run(&text(&message));
                proptest::prop_assert!(!decision.reasons.is_empty());
                proptest::prop_assert!(holder != Holder::Person || decision.effects.is_empty());
            }
        }
    }
}

#[test]
fn an_answer_leads_to_other_questions_that_a_digit_answers() {
    let (mut first, wordings) = known(11, "宽带断网了怎么办", &["家里上不了网"], "重启光猫");
    // Itself, one that is gone, and one that is over are not offered.
    let (mut over, none) = known(15, "旧活动是什么", &[], "过期");
    over.validity.until = Some(NOW);
    first.related = [11, 12, 99, 15, 13].map(EntryId).to_vec();
    let (mut second, others) = known(12, "宽带怎么办理", &["我要装宽带"], "到营业厅");
    second.answers = vec![Content::Image { media: crate::base::id::MediaId(1) }];
    second.related = vec![EntryId(11)];
    let third = known(13, "宽带怎么移机", &["搬家了宽带怎么办"], "拨打电话");
    let base = vec![(first, wordings), (second, others), third, (over, none)];
    let catalogue = Catalogue { knowledge: Knowledge::build(base).into(), ..catalogue() };
    let say = |state: &BotState, holder: Holder, message: &str| {
        let content = text(message);
        let findings = look_up(&catalogue, &content, NIGHT);
        decide(
            state,
            &Input { content: &content, place: PLACE, holder, pick: 0 },
            &catalogue,
            &findings,
            NIGHT,
        )
    };
    let none = BotState::default();
    let answered = say(&none, Holder::Bot, "家里上不了网");
    let list = "重启光猫//您可能还想了解：/1 宽带怎么办理/2 宽带怎么移机/回复数字查看。";
    assert_eq!(outcome(&answered), (list.into(), "knowledge.answer".into()));
    let second = say(&answered.next_state, Holder::Bot, "2");
    assert_eq!(outcome(&second), ("拨打电话".into(), "menu.choice".into()));
    assert_eq!(second.next_state.open, None);
    // A picture takes no list with it: the list is a message of its own. It leads on.
    let first = say(&answered.next_state, Holder::Bot, "1");
    assert_eq!(outcome(&first).0, "?|您可能还想了解：/1 宽带断网了怎么办/回复数字查看。");
    assert!(matches!(&first.next_state.open, Some(Open::Choice { entries, .. }) if *entries == [11]));
    // Who waits for a person gets the answer alone; a digit of theirs is no choice.
    let waiting = say(&none, Holder::Queue, "家里上不了网");
    assert_eq!((outcome(&waiting).0.as_str(), &waiting.next_state.open), ("重启光猫", &None));
}

#[test]
fn a_channel_gets_its_own_answer() {
    let (mut entry, wordings) = known(11, "宽带断网了怎么办", &["家里上不了网"], "重启光猫");
    let set = |channels: &[&str], inboxes: &[InboxId], answer: &str| ChannelAnswers {
        channels: channels.iter().map(ToString::to_string).collect(),
        inboxes: inboxes.to_vec(),
        answers: vec![text(answer)],
        answer_mode: AnswerMode::InOrder,
    };
    entry.channel_answers = vec![set(&["wechat"], &[], "点菜单报障"), set(&[], &[INBOX], "回复“报障”")];
    let knowledge = Knowledge::build(vec![(entry, wordings)]);
    let catalogue = Catalogue { knowledge: knowledge.into(), ..catalogue() };
    let check = |inbox: InboxId, channel: &str, expected: &str| {
        let content = text("家里上不了网");
        let findings = look_up(&catalogue, &content, NOW);
        let input =
            Input { content: &content, place: Place { inbox, channel }, holder: Holder::Bot, pick: 0 };
        let decision = decide(&BotState::default(), &input, &catalogue, &findings, NOW);
        assert_eq!(outcome(&decision).0, expected, "{inbox} {channel}");
    };
    check(INBOX, "wechat", "回复“报障”");
    check(InboxId(8), "wechat", "点菜单报障");
    check(InboxId(8), "mail", "重启光猫");
}

#[test]
fn the_own_entry_goes_before_the_shared_one_at_equal_standing() {
    let (mut theirs, wordings) = known(11, "怎么买流量", &["流量余额"], "总部");
    theirs.is_shared = true;
    let own = known(12, "怎么查流量", &["流量余额"], "本地");
    let says = |base: Vec<(Known, Vec<String>)>| {
        let catalogue = Catalogue { knowledge: Knowledge::build(base).into(), ..catalogue() };
        let content = text("流量余额还有多少");
        let findings = look_up(&catalogue, &content, NOW);
        assert_eq!(findings.candidates().len(), 2);
        findings.candidates().iter().map(|it| it.entry).collect::<Vec<_>>()
    };
    for base in [vec![(theirs.clone(), wordings.clone()), own.clone()], vec![own, (theirs, wordings)]] {
        assert_eq!(says(base), [12, 11]);
    }
}
