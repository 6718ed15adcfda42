//! Words of a customer that mean something by themselves: back, a person, solved.

use std::collections::HashSet;

use retrieval::normalise;

use super::settings::BotSettings;

/// The settings' words, ready to be compared.
#[derive(Debug, Default)]
pub(super) struct Words {
    person: HashSet<String>,
    pub(super) back: HashSet<String>,
    pub(super) home: HashSet<String>,
    solved: HashSet<String>,
    unsolved: HashSet<String>,
}

/// What may stand around a word that asks for a person: "能不能帮我转人工" asks, "人工几点上班" does not.
const CARRIERS: &str =
    "我要想请帮忙给转接到找个一下吧呀啊呢嘛的您你们叫换来需联系有没吗能可以直快点马上赶紧现在跟和说话";

impl Words {
    pub(super) fn of(settings: &BotSettings) -> Self {
        let all = |words: &[String]| words.iter().map(|it| form(it)).collect();
        Self {
            person: all(&settings.hand_over_words),
            back: all(&settings.back_words),
            home: all(&settings.home_words),
            solved: settings.feedback.as_ref().map(|it| all(&it.solved_words)).unwrap_or_default(),
            unsolved: settings.feedback.as_ref().map(|it| all(&it.unsolved_words)).unwrap_or_default(),
        }
    }

    /// Whether the message says that an answer helped, or that it did not.
    pub(super) fn helped(&self, form: &str) -> Option<bool> {
        if self.solved.contains(form) { Some(true) } else { self.unsolved.contains(form).then_some(false) }
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
