//! The demo companies (`demo/`) as the bot takes them: every file is acceptable as the API would have
//! it, and the newcomer's tour of the README says what it promises.

use std::path::PathBuf;

use chudian::base::content::Content;
use chudian::base::id::{EntryId, InboxId, KeywordId};
use chudian::base::time::Time;
use chudian::bot::account_menu::AccountMenu;
use chudian::bot::catalogue::{Catalogue, Knowledge, Menus, Rules};
use chudian::bot::decide::decide;
use chudian::bot::look_up::look_up;
use chudian::bot::menu::Node;
use chudian::bot::model::{BotState, Decision, Effect, Holder, Input, Keyword, KeywordBody, Known};
use chudian::bot::settings::{BotSettings, Hours};
use chudian::knowledge::model::{Validity, check_answers};
use chudian::knowledge::particulars::Place;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::support::MORNING;

const COMPANIES: [&str; 3] = ["xingdu", "qichuan", "nuanting"];
const INBOX: InboxId = InboxId(1);
/// What the loader puts in place of a picture's name.
const MEDIA: &str = "med_0000000000001";

/// A file of a company, its pictures looked for and given ids.
fn read<T: DeserializeOwned>(company: &str, file: &str) -> T {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../demo").join(company);
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    let mut value: Value = serde_json::from_str(&text).unwrap();
    give_ids(&mut value, &folder);
    serde_json::from_value(value).unwrap_or_else(|error| panic!("{company}/{file}: {error}"))
}

fn give_ids(value: &mut Value, folder: &std::path::Path) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|it| give_ids(it, folder)),
        Value::Object(fields) => fields.values_mut().for_each(|it| give_ids(it, folder)),
        Value::String(text) => {
            if let Some(file) = text.strip_prefix("file:") {
                let size = std::fs::metadata(folder.join(file)).unwrap_or_else(|_| panic!("{text}")).len();
                assert!(size < 60_000, "{text} has {size} bytes");
                *text = MEDIA.to_owned();
            }
        }
        _ => {}
    }
}

fn part<T: DeserializeOwned>(of: &Value, field: &str) -> T {
    serde_json::from_value(of[field].clone()).unwrap_or_else(|error| panic!("{field} of {of}: {error}"))
}

fn validity(of: &Value) -> Validity {
    let moment = |field: &str| of[field].as_str().map(|it| it.parse().unwrap());
    Validity { from: moment("valid_from"), until: moment("valid_until") }
}

fn rules(company: &str) -> Rules {
    let keywords = (1..).zip(read::<Vec<Value>>(company, "keywords.json")).map(|(id, it)| {
        let body = KeywordBody {
            words: part(&it, "words"),
            mode: part(&it, "match"),
            answers: part(&it, "answers"),
            answer_mode: part(&it, "answer_mode"),
            priority: part(&it, "priority"),
            validity: validity(&it),
            enabled: part(&it, "enabled"),
        };
        check_answers(&body.answers, &format!("{:?}", body.words)).unwrap();
        Keyword { id: KeywordId(id), body, version: 1, updated_at: MORNING }
    });
    Rules::build(keywords.collect())
}

fn knowledge(company: &str) -> Knowledge {
    let base: Value = read(company, "knowledge.json");
    let categories: Vec<&str> =
        base["categories"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    let entries = (1..).zip(base["entries"].as_array().unwrap()).map(|(id, it)| {
        let entry = Known {
            id: EntryId(id),
            question: part(it, "question"),
            answers: part(it, "answers"),
            answer_mode: part(it, "answer_mode"),
            validity: validity(it),
            channel_answers: Vec::new(),
            related: Vec::new(),
            is_shared: false,
            origin: None,
        };
        check_answers(&entry.answers, &entry.question).unwrap();
        assert!(categories.contains(&it["category"].as_str().unwrap()), "{}", entry.question);
        (entry, part(it, "similar"))
    });
    Knowledge::build(entries.collect())
}

fn catalogue(company: &str) -> Catalogue {
    let settings: BotSettings = read(company, "bot-settings.json");
    settings.check().unwrap();
    let menu: Node = read(company, "text-menu.json");
    menu.check().unwrap();
    assert!(depth(&menu) >= 3, "{company}: a text menu of three levels");
    let buttons: AccountMenu = read(company, "account-menu.json");
    buttons.check().unwrap();
    let zone = read::<Value>(company, "company.json")["time_zone"].as_str().unwrap().to_owned();
    let menus = Menus::build(Some(menu), vec![(INBOX, buttons)]);
    Catalogue::new(zone, settings.into(), rules(company).into(), menus.into(), knowledge(company).into())
}

/// How many choices one makes at most.
fn depth(node: &Node) -> usize {
    node.items.iter().map(|it| 1 + depth(&it.node)).max().unwrap_or(0)
}

struct Customer {
    catalogue: Catalogue,
    state: BotState,
    now: Time,
}

impl Customer {
    fn of(company: &str) -> Self {
        Self { catalogue: catalogue(company), state: BotState::default(), now: MORNING }
    }

    fn sends(&mut self, content: &Content) -> Decision {
        let findings = look_up(&self.catalogue, content, self.now);
        let input =
            Input { content, place: Place { inbox: INBOX, channel: "wechat" }, holder: Holder::Bot, pick: 0 };
        let decision = decide(&self.state, &input, &self.catalogue, &findings, self.now);
        self.state = decision.next_state.clone();
        decision
    }

    /// What is said, as one text, and the code of the last reason.
    fn says(&mut self, text: &str) -> (String, String) {
        told(&self.sends(&Content::text(text)))
    }
}

fn told(decision: &Decision) -> (String, String) {
    let said: Vec<String> =
        decision.replies().iter().map(|it| it.words().unwrap_or("[…]").to_owned()).collect();
    (said.join("\n"), decision.reasons.last().map(|it| it.code.clone()).unwrap_or_default())
}

fn event(event: &str, key: Option<&str>) -> Content {
    Content::Event { event: event.into(), key: key.map(Into::into), label: None }
}

#[test]
fn the_newcomers_tour() {
    let mut customer = Customer::of("xingdu");
    let (welcome, _) = told(&customer.sends(&event("follow", None)));
    assert!(welcome.contains("欢迎关注星渡通信") && welcome.contains("1 话费与充值"), "{welcome}");

    for (typed, expected) in [("1", "1 查话费"), ("1", "1 当前余额"), ("1", "HF"), ("#", "1 话费与充值")]
    {
        let (said, code) = customer.says(typed);
        assert!(said.contains(expected) && code.starts_with("menu."), "{typed}: {said} {code}");
    }

    let (said, code) = customer.says("话费");
    assert!(said.contains("HF") && code == "keyword.exact", "{said} {code}");

    let (said, code) = customer.says("我这个月话费咋这么贵");
    assert!(said.contains("常见有四种原因") && code == "knowledge.answer", "{said} {code}");

    let decision = customer.sends(&Content::text("转人工"));
    assert!(
        decision.effects.iter().any(|it| matches!(it, Effect::QueueForPerson { .. })),
        "{:?}",
        decision.effects
    );
}

#[test]
fn the_telecom_operator_serves_at_any_hour() {
    let catalogue = catalogue("xingdu");
    for hour in 0..24 * 366 {
        assert_eq!(catalogue.hours(Time(MORNING.0 + hour * Time::HOUR)), Hours::Open, "{hour} hours later");
    }
}

#[test]
fn every_company_is_acceptable_and_hands_over() {
    for company in COMPANIES {
        let mut customer = Customer::of(company);
        let (welcome, _) = told(&customer.sends(&event("follow", None)));
        for digit in ["1", "2", "3", "4", "5", "9"] {
            assert!(welcome.contains(&format!("\n{digit} ")), "{company}: the welcome lacks {digit}");
        }
        for (what, content) in
            [("word", Content::text("转人工")), ("button", event("menu_click", Some("PERSON")))]
        {
            let decision = customer.sends(&content);
            let queued = decision.effects.iter().any(|it| matches!(it, Effect::QueueForPerson { .. }));
            assert!(queued, "{company} {what}: {:?}", decision.effects);
        }
        let (said, _) = told(&customer.sends(&event("menu_click", Some("TEXT_MENU"))));
        assert!(said.contains("1 "), "{company}: {said}");
    }
}
