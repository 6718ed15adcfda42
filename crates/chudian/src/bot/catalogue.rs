//! A tenant's rules, menus, knowledge and settings as one immutable snapshot in memory.
//!
//! A message reads the snapshot and no table. When an editor changes something, the part that changed
//! is built anew beside the old one and swapped in.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use retrieval::Index;
use retrieval::keyword::{Keywords, Rule};
use retrieval::normalise;

use crate::base::id::{Id, InboxId};
use crate::base::time::Time;

use super::account_menu::{AccountMenu, Tap};
use super::look_up::Cache;
use super::menu::Node;
use super::model::{Keyword, Known};
use super::settings::{BotSettings, Hours};

/// A tenant's catalogue. Its parts are shared with the snapshots before and after it.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// The tenant's time zone.
    pub zone: String,
    /// How the bot behaves.
    pub settings: Arc<BotSettings>,
    /// Keyword rules.
    pub rules: Arc<Rules>,
    /// The text menu and the account menus.
    pub menus: Arc<Menus>,
    /// The knowledge base.
    pub knowledge: Arc<Knowledge>,
    pub(super) words: Words,
    pub(super) cache: Cache,
}

impl Catalogue {
    /// Puts the parts together.
    #[must_use]
    pub fn new(
        zone: String,
        settings: Arc<BotSettings>,
        rules: Arc<Rules>,
        menus: Arc<Menus>,
        knowledge: Arc<Knowledge>,
    ) -> Self {
        let words = Words::of(&settings);
        Self { zone, settings, rules, menus, knowledge, words, cache: Cache::default() }
    }

    /// Whether persons are there at `now`.
    #[must_use]
    pub fn hours(&self, now: Time) -> Hours {
        self.settings.hours(now, &self.zone)
    }
}

/// Keyword rules with their automata.
#[derive(Debug, Default)]
pub struct Rules {
    pub(super) automaton: Keywords,
    by_key: HashMap<i64, Keyword>,
}

impl Rules {
    /// Builds the automata; rules that are switched off are left out.
    #[must_use]
    pub fn build(keywords: Vec<Keyword>) -> Self {
        let enabled = || keywords.iter().filter(|it| it.body.enabled);
        let rules: Vec<Rule> = enabled()
            .map(|it| Rule {
                key: it.id.raw(),
                mode: it.body.mode,
                words: it.body.words.clone(),
                priority: it.body.priority,
            })
            .collect();
        let automaton = Keywords::build(&rules);
        let by_key = keywords.into_iter().filter(|it| it.body.enabled).map(|it| (it.id.raw(), it)).collect();
        Self { automaton, by_key }
    }

    /// The rule of a hit, if it counts at `now`.
    #[must_use]
    pub fn get(&self, key: i64, now: Time) -> Option<&Keyword> {
        self.by_key.get(&key).filter(|it| it.body.validity.holds(now))
    }

    pub(super) fn is_valid(&self, key: i64, now: Time) -> bool {
        self.get(key, now).is_some()
    }
}

/// The menus of a tenant.
#[derive(Debug, Default)]
pub struct Menus {
    /// The text menu; none if its root has no choices.
    pub text: Option<Node>,
    taps: HashMap<InboxId, HashMap<String, Tap>>,
}

impl Menus {
    /// Puts the menus together.
    #[must_use]
    pub fn build(text: Option<Node>, account: Vec<(InboxId, AccountMenu)>) -> Self {
        let taps = account.into_iter().map(|(inbox, menu)| (inbox, menu.taps().collect())).collect();
        Self { text: text.filter(|it| !it.items.is_empty()), taps }
    }

    /// What a key of an inbox's account menu does.
    #[must_use]
    pub fn tap(&self, inbox: InboxId, key: &str) -> Option<&Tap> {
        self.taps.get(&inbox)?.get(key)
    }
}

/// The knowledge base with its index.
#[derive(Debug, Default)]
pub struct Knowledge {
    pub(super) index: Index,
    entries: HashMap<i64, Known>,
}

impl Knowledge {
    /// Builds the index from entries and their similar questions.
    #[must_use]
    pub fn build(entries: Vec<(Known, Vec<String>)>) -> Self {
        let wordings = |(entry, similar): &(Known, Vec<String>)| retrieval::Entry {
            key: entry.id.raw(),
            wordings: std::iter::once(entry.question.clone()).chain(similar.iter().cloned()).collect(),
        };
        let index = Index::build(&entries.iter().map(wordings).collect::<Vec<_>>());
        Self { index, entries: entries.into_iter().map(|(entry, _)| (entry.id.raw(), entry)).collect() }
    }

    /// The entry of a candidate, if it counts at `now`.
    #[must_use]
    pub fn get(&self, key: i64, now: Time) -> Option<&Known> {
        self.entries.get(&key).filter(|it| it.validity.holds(now))
    }
}

/// The settings' words, ready to be compared.
#[derive(Debug, Default)]
pub(super) struct Words {
    person: HashSet<String>,
    pub(super) back: HashSet<String>,
    pub(super) home: HashSet<String>,
}

/// What may stand around a word that asks for a person: "能不能帮我转人工" asks, "人工几点上班" does not.
const CARRIERS: &str =
    "我要想请帮忙给转接到找个一下吧呀啊呢嘛的您你们叫换来需联系有没吗能可以直快点马上赶紧现在跟和说话";

impl Words {
    fn of(settings: &BotSettings) -> Self {
        let all = |words: &[String]| words.iter().map(|it| form(it)).collect();
        Self {
            person: all(&settings.hand_over_words),
            back: all(&settings.back_words),
            home: all(&settings.home_words),
        }
    }

    /// The message is such a word, or such a word among others that only carry it.
    pub(super) fn asks_person(&self, form: &str, text: &str) -> bool {
        if self.person.contains(form) {
            return true;
        }
        let question = normalise::question(text).replace("能不能", "能").replace("可不可以", "可以");
        let carries = |rest: &str| rest.chars().all(|it| CARRIERS.contains(it));
        self.person.iter().any(|word| {
            let found = question.split_once(word.as_str()).filter(|_| word.chars().count() > 1);
            *word == question || found.is_some_and(|(before, after)| carries(before) && carries(after))
        })
    }
}

/// Words as they are compared: letters and digits; of "#" the mark itself.
pub(super) fn form(text: &str) -> String {
    let plain = normalise::plain(text);
    if plain.is_empty() { normalise::fold(text).trim().to_owned() } else { plain }
}
