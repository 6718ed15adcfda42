//! Asks the bot many questions, as it is or as it would be, and tells what comes out.

use std::sync::Arc;

use retrieval::{Change as IndexChange, Entry as Wordings};

use crate::base::content::Content;
use crate::base::id::{EntryId, Id, InboxId};
use crate::base::time::Time;
use crate::bot::catalogue::{Catalogue, Knowledge, Rules, known};
use crate::bot::decide::decide;
use crate::bot::look_up::{Findings, look_up};
use crate::bot::menu::Node;
use crate::bot::model::{BotState, Decision, Holder, Input, Keyword, Known, Open, Outcome as How};
use crate::bot::renew::print;
use crate::bot::settings::BotSettings;
use crate::knowledge::model::{Entry, Release};
use crate::knowledge::particulars::Place;
use crate::knowledge::rehearsal::Change;
use crate::knowledge::shared::model::Standing;

use super::model::{Kind, Outcome, TestQuestion};

/// More changes than these are cheaper built anew than put beside an index.
pub const MOST_BESIDE: usize = 100;

/// The same catalogue without its model and without what it found before.
#[must_use]
pub fn by_words(catalogue: &Catalogue) -> Catalogue {
    let Catalogue { zone, settings, rules, menus, knowledge, .. } = catalogue;
    Catalogue::new(zone.clone(), settings.clone(), rules.clone(), menus.clone(), knowledge.clone())
}

/// The parts of a catalogue that would be others.
#[derive(Debug, Default)]
pub struct Other {
    /// The base.
    pub knowledge: Option<Knowledge>,
    /// How the bot behaves.
    pub settings: Option<BotSettings>,
    /// All keyword rules.
    pub keywords: Option<Vec<Keyword>>,
    /// The text menu.
    pub text_menu: Option<Node>,
}

/// The same catalogue with other parts, and without its model.
#[must_use]
pub fn changed(catalogue: &Catalogue, other: Other) -> Catalogue {
    let Other { knowledge, settings, keywords, text_menu } = other;
    let knowledge = knowledge.map_or_else(|| catalogue.knowledge.clone(), Arc::new);
    let settings = settings.map_or_else(|| catalogue.settings.clone(), Arc::new);
    let rules = keywords.map_or_else(|| catalogue.rules.clone(), |it| Arc::new(Rules::build(it)));
    let menus =
        text_menu.map_or_else(|| catalogue.menus.clone(), |it| Arc::new(catalogue.menus.with_text(it)));
    Catalogue::new(catalogue.zone.clone(), settings, rules, menus, knowledge)
}

/// An entry as the bot would hold it, with its similar questions; `None`: it would not.
fn held(change: &Change) -> Option<(Known, Vec<String>)> {
    let body = change.body.clone().filter(|it| it.enabled)?;
    let entry = Entry {
        id: change.entry,
        body,
        version: 1,
        updated_at: Time(0),
        updated_by: None,
        release: Release::default(),
    };
    Some(known(Standing { entry, is_shared: false, origin: None }))
}

impl Knowledge {
    /// The knowledge after a few changes: what did not change is shared.
    #[must_use]
    pub fn with(&self, changes: &[Change]) -> Self {
        let mut entries = self.entries.clone();
        let mut of_index = Vec::with_capacity(changes.len());
        for change in changes {
            let key = change.entry.raw();
            match held(change) {
                Some((known, similar)) => {
                    let wordings = std::iter::once(known.question.clone()).chain(similar).collect();
                    entries.insert(key, known);
                    let wordings = Wordings { key, wordings };
                    // Where only the answer changes, as in a real edit, no question may fare otherwise.
                    if self.prints.get(&key) != Some(&print(&wordings).1) {
                        of_index.push(IndexChange::Put(wordings));
                    }
                }
                None => {
                    entries.remove(&key);
                    of_index.push(IndexChange::Remove(key));
                }
            }
        }
        let (prints, lore) = (self.prints.clone(), self.lore.clone());
        let (has_shared, places) = (self.has_shared, self.places.clone());
        let index = if of_index.is_empty() { self.index.clone() } else { self.index.with(&of_index) };
        Self { index, entries, prints, lore, has_shared, places }
    }
}

impl TestQuestion {
    /// The question, expecting what stands in the place of a shared entry that the tenant has in its own words.
    #[must_use]
    pub fn expecting(&self, knowledge: &Knowledge) -> Self {
        Self { entry: self.entry.map(|it| knowledge.in_place_of(it)), ..self.clone() }
    }
}

/// What the bot does with a customer's first words.
#[must_use]
pub fn ask(catalogue: &Catalogue, question: &str, now: Time) -> Outcome {
    let content = Content::text(question);
    let findings = look_up(catalogue, &content, now);
    told(catalogue, &content, &findings, now)
}

/// What the bot decides from findings.
#[must_use]
pub fn told(catalogue: &Catalogue, content: &Content, findings: &Findings, now: Time) -> Outcome {
    // Nowhere in particular: an entry's answers may differ by channel, who answers does not.
    let place = Place { inbox: InboxId(0), channel: "" };
    let input = Input { content, place, holder: Holder::Bot, pick: 0 };
    read(decide(&BotState::default(), &input, catalogue, findings, now))
}

/// Reads what came out from the steps of a decision.
fn read(mut decision: Decision) -> Outcome {
    let text = |it: &crate::bot::model::Reason, name: &str| {
        it.params.get(name).and_then(|it| it.as_str()).map(str::to_owned)
    };
    let about = decision.reasons.iter().rfind(|it| it.code.starts_with("knowledge."));
    let question = about.and_then(|it| text(it, "question"));
    let confidence = about.and_then(|it| it.params.get("confidence")).and_then(serde_json::Value::as_f64);
    let entry = about.and_then(|it| text(it, "entry")).and_then(|it| it.parse().ok());
    let reason = decision.reasons.pop();
    let code = reason.as_ref().map(|it| it.code.as_str()).unwrap_or_default();
    let (kind, entries): (Kind, Vec<EntryId>) = match (code, decision.next_state.open) {
        ("knowledge.answer", _) => (Kind::Answered, entry.into_iter().collect()),
        ("knowledge.suggest", Some(Open::Choice { entries, .. })) => {
            (Kind::Suggested, entries.into_iter().map(EntryId::from_raw).collect())
        }
        _ if code.starts_with("fallback.") => (Kind::Nothing, Vec::new()),
        _ if reason.as_ref().is_some_and(|it| it.outcome == How::Matched) => (Kind::Rule, Vec::new()),
        _ => (Kind::Nothing, Vec::new()),
    };
    Outcome { kind, entries, question, confidence, reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bot::catalogue::{Menus, Rules};
    use crate::bot::settings::AnswerThresholds;
    use crate::knowledge::model::EntryBody;

    fn body(question: &str, similar: &[&str]) -> EntryBody {
        EntryBody {
            question: question.into(),
            similar: similar.iter().map(ToString::to_string).collect(),
            answers: vec![Content::text("好")],
            ..EntryBody::default()
        }
    }

    fn catalogue() -> Catalogue {
        let all = ["怎么查话费", "怎么开发票", "宽带断网了怎么办", "怎么办理携号转网", "停机了怎么复机"];
        let changes: Vec<Change> =
            (1..).zip(all).map(|(id, it)| Change::put(EntryId(id), body(it, &[]))).collect();
        let knowledge = Knowledge::build(changes.iter().filter_map(held).collect());
        let settings = BotSettings::default();
        Catalogue::new(
            "Asia/Shanghai".into(),
            settings.into(),
            Rules::default().into(),
            Menus::default().into(),
            knowledge.into(),
        )
    }

    fn answered(catalogue: &Catalogue, question: &str) -> Option<i64> {
        let outcome = ask(catalogue, question, Time(0));
        outcome.entries.first().filter(|_| outcome.kind == Kind::Answered).map(|it| it.0)
    }

    #[test]
    fn an_outcome_tells_who_answers() {
        let catalogue = catalogue();
        let found = ask(&catalogue, "怎么开发票", Time(0));
        assert_eq!((found.kind, found.entries), (Kind::Answered, vec![EntryId(2)]));
        assert_eq!((found.question.as_deref(), found.confidence), (Some("怎么开发票"), Some(1.0)));
        assert_eq!(ask(&catalogue, "今天天气真好", Time(0)).kind, Kind::Nothing);
        let person = ask(&catalogue, "转人工", Time(0));
        assert_eq!((person.kind, person.reason.unwrap().code.as_str()), (Kind::Rule, "hand_over.queued"));
    }

    #[test]
    fn the_changed_catalogue_knows_the_change_and_the_present_one_does_not() {
        let before = catalogue();
        let changes = [
            Change::put(EntryId(9), body("雪球卡怎么退订", &["取消雪球卡"])),
            Change::put(EntryId(1), body("话费查询", &[])),
            Change::remove(EntryId(3)),
            Change::put(EntryId(4), EntryBody { enabled: false, ..body("怎么办理携号转网", &[]) }),
        ];
        let ids: Vec<EntryId> = changes.iter().map(|it| it.entry).collect();
        let same = before.knowledge.entries.values().filter(|it| !ids.contains(&it.id));
        let after = same.map(|it| (it.clone(), Vec::new())).chain(changes.iter().filter_map(held)).collect();
        let few = Other { knowledge: Some(before.knowledge.with(&changes)), ..Other::default() };
        let all = Other { knowledge: Some(before.knowledge.beside(after)), ..Other::default() };
        for after in [changed(&before, few), changed(&before, all)] {
            assert_eq!(answered(&after, "取消雪球卡"), Some(9));
            assert_eq!(answered(&after, "怎么开发票"), Some(2));
            assert_ne!(answered(&after, "宽带断网了怎么办"), Some(3));
            assert_ne!(answered(&after, "怎么办理携号转网"), Some(4));
        }
        assert_eq!(answered(&before, "取消雪球卡"), None);
        assert_eq!(answered(&before, "宽带断网了怎么办"), Some(3));
    }

    #[test]
    fn another_answer_changes_no_question() {
        let before = catalogue();
        let answer = EntryBody { answers: vec![Content::text("另一个")], ..body("怎么查话费", &[]) };
        let after = before.knowledge.with(&[Change::put(EntryId(1), answer)]);
        // To the last bit: who stands at a threshold must not fall to the other side of it.
        let found = |knowledge: &Knowledge| format!("{:?}", knowledge.index.search("话费怎么查呀", 5));
        assert_eq!(found(&after), found(&before.knowledge));
        assert_eq!(after.entries[&1].answers, [Content::text("另一个")]);
    }

    #[test]
    fn other_thresholds_are_tried_without_being_set() {
        let before = catalogue();
        let thresholds = AnswerThresholds { answer: Some(1.0), suggest: 0.99 };
        let settings = Some(BotSettings { thresholds, ..BotSettings::default() });
        let strict = changed(&before, Other { settings, ..Other::default() });
        let question = "宽带断网怎么办呀";
        assert_eq!(ask(&before, question, Time(0)).kind, Kind::Answered);
        assert_ne!(ask(&strict, question, Time(0)).kind, Kind::Answered);
        assert_eq!(before.settings.thresholds, AnswerThresholds::default());
    }
}
