//! The steps of a decision. Each either answers, and says so, or leaves it to the next one.

mod events;
mod feedback;

use std::collections::BTreeMap;

use retrieval::{Band, Candidate};
use serde_json::{Value, json};

use crate::base::content::Content;
use crate::base::id::Id;
use crate::base::time::Time;

use crate::bot::catalogue::Catalogue;
use crate::bot::look_up::{Findings, hash_of_said};
use crate::bot::menu::{Action, Node};
use crate::bot::model::{
    BotState, Decision, Effect, Holder, Input, Known, Open, Outcome, Pace, Rated, Reason, Step,
};
use crate::bot::settings::{Hours, WATCH_ONLY};

/// How many entries "did you mean" offers.
const OFFERED: usize = 5;

/// An entry is offered only if its score is so near to the first one's.
const NEAR: f32 = 0.8;

/// An echo of ours shorter than this may be a customer's own "好的".
const SHORTEST_ECHO: usize = 10;

/// So many equal messages in succession, within a minute, come from a machine.
const MOST_REPEATS: u32 = 6;

/// One decision while it is being made.
pub(super) struct Turn<'a> {
    pub(super) input: Input<'a>,
    pub(super) catalogue: &'a Catalogue,
    pub(super) now: Time,
    findings: &'a Findings,
    open: Option<Open>,
    rated: Option<Rated>,
    pace: Option<Pace>,
    effects: Vec<Effect>,
    reasons: Vec<Reason>,
}

impl<'a> Turn<'a> {
    pub(super) fn new(
        state: &BotState,
        input: Input<'a>,
        catalogue: &'a Catalogue,
        findings: &'a Findings,
        now: Time,
    ) -> Self {
        Self {
            input,
            catalogue,
            now,
            findings,
            open: state.open.clone(),
            rated: state.rated,
            pace: state.pace.clone(),
            effects: Vec::new(),
            reasons: Vec::new(),
        }
    }

    pub(super) fn finish(mut self) -> Decision {
        self.keep_pace();
        let next_state = BotState { open: self.open, rated: self.rated, pace: self.pace };
        Decision { effects: self.effects, next_state, reasons: self.reasons }
    }

    pub(super) fn note<const N: usize>(
        &mut self,
        step: Step,
        outcome: Outcome,
        code: &str,
        params: [(&str, Value); N],
    ) {
        let params: BTreeMap<String, Value> =
            params.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        self.reasons.push(Reason { step, outcome, code: code.to_owned(), params });
    }

    fn say(&mut self, contents: Vec<Content>) {
        if !contents.is_empty() {
            self.effects.push(Effect::Say(contents));
        }
    }

    // Loop guard ---------------------------------------------------------------------------------

    /// Two machines that answer each other are stopped here.
    pub(super) fn loop_guard(&mut self) -> bool {
        let most = self.catalogue.settings.most_answers_a_minute;
        if most == 0 {
            self.pace = None;
            return false;
        }
        let pace = self.pace.get_or_insert_default();
        if !(0..Time::MINUTE).contains(&(self.now.0 - pace.since)) {
            *pace = Pace { since: self.now.0, said: pace.said, ..Pace::default() };
        }
        let words = self.findings.words;
        pace.repeats = if words != 0 && words == pace.words { pace.repeats + 1 } else { 1 };
        pace.words = words;
        let is_echo = words != 0 && words == pace.said && self.findings.length >= SHORTEST_ECHO;
        let is_repeat = pace.repeats > MOST_REPEATS && self.findings.length >= 2;
        let (answers, repeats) = (pace.answers, pace.repeats);
        if most == WATCH_ONLY {
            return false;
        }
        if is_echo {
            self.note(Step::LoopGuard, Outcome::Stopped, "loop_guard.echo", []);
        } else if is_repeat {
            self.note(Step::LoopGuard, Outcome::Stopped, "loop_guard.repeat", [("times", json!(repeats))]);
        } else if answers >= most {
            self.note(Step::LoopGuard, Outcome::Stopped, "loop_guard.pace", [("answers", json!(answers))]);
        } else {
            return false;
        }
        true
    }

    fn keep_pace(&mut self) {
        let Some(pace) = &mut self.pace else { return };
        if self.effects.is_empty() {
            return;
        }
        let said = self.effects.iter().rev().find_map(|it| match it {
            Effect::Say(contents) => contents.iter().rev().find_map(Content::words),
            Effect::QueueForPerson { .. } | Effect::Generate(_) => None,
        });
        pace.answers += 1;
        pace.said = said.map(hash_of_said).unwrap_or_default();
    }

    // A person -----------------------------------------------------------------------------------

    pub(super) fn hand_over_word(&mut self) -> bool {
        if self.findings.asks_person {
            self.hand_over("asked");
        }
        self.findings.asks_person
    }

    /// Says that a person is called, or that none is there now, and puts the conversation into the queue.
    fn hand_over(&mut self, reason: &'static str) {
        let settings = &self.catalogue.settings;
        self.open = None;
        let hours = self.catalogue.hours(self.now);
        let is_waiting = self.input.holder == Holder::Queue;
        let night = || settings.night_text.clone();
        let text = match &hours {
            Hours::Open if is_waiting => settings.queue_full_text.clone(),
            Hours::Open => None,
            Hours::Night => night(),
            Hours::Holiday(text) => text.clone().or_else(night),
        };
        match &hours {
            Hours::Open => {}
            Hours::Night => self.note(Step::Hours, Outcome::Matched, "hours.night", []),
            Hours::Holiday(_) => self.note(Step::Hours, Outcome::Matched, "hours.holiday", []),
        }
        self.say(vec![Content::text(text.unwrap_or_else(|| settings.hand_over_text.clone()))]);
        if is_waiting {
            self.note(Step::HandOver, Outcome::Matched, "hand_over.waiting", []);
        } else {
            self.note(Step::HandOver, Outcome::Matched, "hand_over.queued", [("reason", json!(reason))]);
            self.effects.push(Effect::QueueForPerson { reason });
        }
    }

    // Menu ---------------------------------------------------------------------------------------

    /// The customer's place in the text menu, if the menu still waits for a digit.
    fn place(&self) -> Option<Vec<String>> {
        match (&self.open, &self.catalogue.menus.text) {
            (Some(Open::Menu { path, .. }), Some(menu)) if menu.at(path).is_some() => Some(path.clone()),
            _ => None,
        }
    }

    /// Forgets a list or menu that has waited too long.
    fn time_out(&mut self) {
        let waited = match &self.open {
            Some(Open::Menu { at, .. } | Open::Choice { at, .. }) => self.now.0 - at,
            None => return,
        };
        if waited >= i64::from(self.catalogue.settings.menu_timeout_minutes) * Time::MINUTE {
            self.open = None;
            self.note(Step::Menu, Outcome::Passed, "menu.timed_out", []);
        }
    }

    /// A digit for an open list or the menu, or a word that leads back or home.
    pub(super) fn menu(&mut self) -> bool {
        self.time_out();
        if self.choice() {
            return true;
        }
        let Some(root) = self.catalogue.menus.text.as_ref() else { return false };
        if self.findings.is_home {
            self.show(root, Vec::new(), "menu.home");
            return true;
        }
        let place = self.place();
        if self.findings.is_back
            && let Some(mut path) = place.clone()
        {
            path.pop();
            self.show(root, path, "menu.back");
            return true;
        }
        let Some(digit) = &self.findings.digit else { return false };
        let mut path = place.unwrap_or_default();
        let Some(node) = root.at(&path).and_then(|it| it.choice(digit)) else { return false };
        let params = || [("digit", json!(digit)), ("title", json!(node.title))];
        if let Some(answers) = &node.answers {
            self.open = Some(Open::Menu { path, at: self.now.0 });
            self.note(Step::Menu, Outcome::Matched, "menu.answer", params());
            self.say(answers.clone());
        } else if node.action == Some(Action::Person) {
            self.note(Step::Menu, Outcome::Matched, "menu.person", params());
            self.hand_over("menu");
        } else {
            path.push(digit.clone());
            self.note(Step::Menu, Outcome::Matched, "menu.entered", params());
            self.open_at(node, path);
        }
        true
    }

    fn show(&mut self, root: &Node, path: Vec<String>, code: &str) {
        let Some(node) = root.at(&path) else { return };
        self.note(Step::Menu, Outcome::Matched, code, [("title", json!(node.title))]);
        self.open_at(node, path);
    }

    fn open_at(&mut self, node: &Node, path: Vec<String>) {
        self.say(vec![Content::text(node.shown(path.len(), &self.catalogue.settings))]);
        self.open = Some(Open::Menu { path, at: self.now.0 });
    }

    /// A digit that picks from "did you mean".
    fn choice(&mut self) -> bool {
        let (Some(Open::Choice { entries, .. }), Some(digit)) = (&self.open, &self.findings.digit) else {
            return false;
        };
        let place = digit.parse::<usize>().ok().and_then(|it| it.checked_sub(1));
        let Some(key) = place.and_then(|it| entries.get(it)).copied() else { return false };
        let Some(entry) = self.catalogue.knowledge.get(key, self.now) else { return false };
        self.open = None;
        let params =
            [("digit", json!(digit)), ("entry", json!(entry.id)), ("question", json!(entry.question))];
        self.note(Step::Menu, Outcome::Matched, "menu.choice", params);
        self.answer(entry);
        true
    }

    /// A list that was answered with something else is no longer awaited.
    fn drop_list(&mut self) {
        if matches!(self.open, Some(Open::Choice { .. })) {
            self.open = None;
        }
    }

    // Keywords and knowledge ---------------------------------------------------------------------

    /// The first keyword rule of the step that counts now.
    pub(super) fn keyword(&mut self, step: Step) -> bool {
        let is_exact = step == Step::Exact;
        let mut hits = self.findings.hits.iter().filter(|it| it.is_exact == is_exact);
        let found = hits.find_map(|hit| Some((hit, self.catalogue.rules.get(hit.rule, self.now)?)));
        let Some((hit, rule)) = found else { return false };
        let code = if is_exact { "keyword.exact" } else { "keyword.contained" };
        let params = [
            ("keyword", json!(rule.id)),
            ("words", json!(hit.words)),
            ("match", json!(rule.body.mode)),
            ("priority", json!(rule.body.priority)),
        ];
        self.note(step, Outcome::Matched, code, params);
        self.drop_list();
        self.say(rule.body.answer_mode.choose(&rule.body.answers, self.input.pick));
        true
    }

    /// The knowledge base: an answer, a list to choose from, or nothing.
    pub(super) fn knowledge(&mut self) -> bool {
        let (catalogue, now) = (self.catalogue, self.now);
        let counting = |it: &'a Candidate| Some((it, catalogue.knowledge.get(it.entry, now)?));
        let found: Vec<(&Candidate, &Known)> =
            self.findings.candidates().iter().filter_map(counting).collect();
        let Some((first, entry)) = found.first().copied() else {
            self.note(Step::Knowledge, Outcome::Passed, "knowledge.nothing", []);
            return false;
        };
        let params = || {
            [
                ("entry", json!(entry.id)),
                ("question", json!(entry.question)),
                ("confidence", json!(rounded(first.confidence))),
                ("matched", json!(first.why.matched.iter().map(|it| &it.text).collect::<Vec<_>>())),
            ]
        };
        let is_topic = self.findings.is_topic && first.covers_question();
        let band = match catalogue.thresholds().band(first.confidence) {
            Band::None if is_topic => Band::Suggest,
            band => band,
        };
        match band {
            Band::Answer => {
                self.note(Step::Knowledge, Outcome::Matched, "knowledge.answer", params());
                self.drop_list();
                self.answer(entry);
                true
            }
            Band::Suggest if self.input.holder == Holder::Bot => {
                let offered = near(&found, first.score * NEAR);
                let [entry, question, confidence, matched] = params();
                let all = ("offered", json!(offered.iter().map(|it| it.id).collect::<Vec<_>>()));
                let params = [entry, question, confidence, matched, all];
                self.note(Step::Knowledge, Outcome::Matched, "knowledge.suggest", params);
                self.offer(&offered);
                true
            }
            Band::Suggest | Band::None => {
                self.note(Step::Knowledge, Outcome::Passed, "knowledge.unsure", params());
                false
            }
        }
    }

    fn offer(&mut self, offered: &[&Known]) {
        let text = self.list("您是不是想问：", offered, "回复数字查看，都不是请换个说法。");
        self.say(vec![Content::text(text)]);
    }

    /// A numbered list of questions; a digit answers it from now on.
    fn list(&mut self, before: &str, offered: &[&Known], after: &str) -> String {
        let mut lines = vec![before.to_owned()];
        lines.extend(offered.iter().zip(1..).map(|(it, nth)| format!("{nth} {}", it.question)));
        lines.push(after.to_owned());
        self.open =
            Some(Open::Choice { entries: offered.iter().map(|it| it.id.raw()).collect(), at: self.now.0 });
        lines.join("\n")
    }

    /// What an entry answers here, and what else it leads to. An answer that ends with a text takes the list with it:
    /// platforms count messages. Who waits for a person is offered nothing.
    fn answer(&mut self, entry: &Known) {
        let mut said = entry.answers_at(self.input.place, self.input.pick);
        let (knowledge, now) = (&self.catalogue.knowledge, self.now);
        let related: Vec<&Known> = entry
            .related
            .iter()
            .filter(|it| **it != entry.id)
            .filter_map(|it| knowledge.get(it.raw(), now))
            .collect();
        if !related.is_empty() && self.input.holder == Holder::Bot {
            let list = self.list("您可能还想了解：", &related, "回复数字查看。");
            match said.last_mut() {
                Some(Content::Text { text }) => *text = format!("{text}\n\n{list}"),
                _ => said.push(Content::text(list)),
            }
        }
        self.ask_whether_it_helped(entry, &mut said);
        self.say(said);
    }

    // The end ------------------------------------------------------------------------------------

    /// Nothing matched.
    pub(super) fn fallback(&mut self) {
        let settings = &self.catalogue.settings;
        if self.input.holder == Holder::Queue {
            self.note(Step::Serving, Outcome::Stopped, "serving.queued", []);
            return;
        }
        if let (Some(digit), Some(path), Some(root)) =
            (&self.findings.digit, self.place(), &self.catalogue.menus.text)
            && !path.is_empty()
            && let Some(node) = root.at(&path)
        {
            self.note(Step::Menu, Outcome::Matched, "menu.no_such_choice", [("digit", json!(digit))]);
            self.open_at(node, path);
            return;
        }
        let (code, said) = match self.input.content {
            Content::Unsupported { .. } => ("fallback.unsupported", &settings.fallback),
            Content::Event { .. } => ("fallback.text", &settings.fallback),
            it if it.words().is_none() && !settings.media_reply.is_empty() => {
                ("fallback.media", &settings.media_reply)
            }
            _ => ("fallback.text", &settings.fallback),
        };
        let outcome = if said.is_empty() { Outcome::Stopped } else { Outcome::Matched };
        self.note(Step::Fallback, outcome, code, []);
        self.drop_list();
        self.say(said.clone());
    }
}

/// Those that are offered: as near as `least`, and not too many.
fn near<'a>(found: &[(&Candidate, &'a Known)], least: f32) -> Vec<&'a Known> {
    found.iter().filter(|it| it.0.score >= least).map(|it| it.1).take(OFFERED).collect()
}

/// Three digits are enough for people.
fn rounded(confidence: f32) -> f64 {
    (f64::from(confidence) * 1000.0).round() / 1000.0
}
