//! The table of cases: each says what the bot remembers, what comes, and what happens.

mod entries;
mod feedback;
mod guards;
mod menus;

use retrieval::keyword::Mode;

use crate::base::id::{EntryId, InboxId, KeywordId};
use crate::knowledge::model::{AnswerMode, Validity};
use crate::knowledge::particulars::Place;

use super::super::account_menu;
use super::super::catalogue::{Knowledge, Menus, Rules};
use super::super::look_up::look_up;
use super::super::menu;
use super::super::model::{Effect, Keyword, KeywordBody, Known, Open};
use super::super::settings::{BotSettings, Holiday, ServiceHours, SourceWelcome};
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
