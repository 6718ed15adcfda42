//! What customers do besides writing: follow, scan a code, tap the account's menu.

use serde_json::json;

use crate::bot::account_menu::{Tap, TapAction};
use crate::bot::model::{Outcome, Step};

use super::Turn;

impl Turn<'_> {
    /// A new follower: by the code they came by, or in general.
    pub(in crate::bot) fn welcome(&mut self, source: Option<&str>) {
        self.open = None;
        if self.welcome_of(source) {
            return;
        }
        let said = self.catalogue.settings.welcome.clone();
        let outcome = if said.is_empty() { Outcome::Stopped } else { Outcome::Matched };
        self.note(Step::Welcome, outcome, "welcome.general", []);
        self.say(said);
    }

    /// A follower who scanned a code again.
    pub(in crate::bot) fn welcome_back(&mut self, source: Option<&str>) {
        if !self.welcome_of(source) {
            self.note(Step::Welcome, Outcome::Stopped, "welcome.unknown_source", []);
        }
    }

    fn welcome_of(&mut self, source: Option<&str>) -> bool {
        let found =
            self.catalogue.settings.welcome_by_source.iter().find(|it| Some(it.source.as_str()) == source);
        let Some(found) = found.filter(|it| !it.answers.is_empty()) else { return false };
        self.note(Step::Welcome, Outcome::Matched, "welcome.source", [("source", json!(found.source))]);
        self.say(found.answers.clone());
        true
    }

    /// A tap on the account's menu: what its button says, or the keyword that its key is.
    pub(in crate::bot) fn menu_click(&mut self, key: &str) {
        let params = || [("key", json!(key))];
        match self.catalogue.menus.tap(self.input.place.inbox, key) {
            Some(Tap::Answers(answers)) => {
                self.note(Step::MenuClick, Outcome::Matched, "menu_click.answer", params());
                self.drop_list();
                self.say(answers.clone());
            }
            Some(Tap::Action(TapAction::Person)) => {
                self.note(Step::MenuClick, Outcome::Matched, "menu_click.person", params());
                self.hand_over("menu_click");
            }
            Some(Tap::Action(TapAction::TextMenu)) if self.catalogue.menus.text.is_some() => {
                self.note(Step::MenuClick, Outcome::Matched, "menu_click.text_menu", params());
                if let Some(root) = &self.catalogue.menus.text {
                    self.show(root, Vec::new(), "menu.home");
                }
            }
            _ => {
                self.note(Step::MenuClick, Outcome::Passed, "menu_click.unknown", params());
                if !self.keyword(Step::Exact) {
                    self.fallback();
                }
            }
        }
    }
}
