//! Did it help? The question below an answer, and the word that answers it.

use serde_json::json;

use crate::base::content::Content;
use crate::base::id::{EntryId, Id};
use crate::base::time::Time;
use crate::bot::model::{Holder, Known, Outcome, Rated, Step};

use super::Turn;

/// Below a longer text, in characters, the question whether it helped is a message of its own.
const LONGEST_WITH_QUESTION: usize = 400;

impl Turn<'_> {
    /// Asks below an entry's answer whether it helped, where the tenant wants to know.
    pub(super) fn ask_whether_it_helped(&mut self, entry: &Known, answers: &mut Vec<Content>) {
        let Some(feedback) = &self.catalogue.settings.feedback else { return };
        if self.input.holder != Holder::Bot {
            return;
        }
        match answers.last_mut() {
            // One message: a platform's own answer has room for no second one.
            Some(Content::Text { text }) if text.chars().count() <= LONGEST_WITH_QUESTION => {
                text.push_str("\n\n");
                text.push_str(&feedback.question);
            }
            _ => answers.push(Content::text(&feedback.question)),
        }
        self.rated = Some(Rated { entry: entry.id.raw(), at: self.now.0 });
    }

    /// A word that says whether the answer before it helped. Anything else is a message like any other, and the
    /// question is no longer open.
    pub(in crate::bot) fn feedback(&mut self) -> bool {
        let Some(rated) = self.rated.take() else { return false };
        let settings = &self.catalogue.settings;
        let (Some(feedback), Some(helped)) = (&settings.feedback, self.findings.helped) else { return false };
        if self.now.0 - rated.at >= i64::from(settings.menu_timeout_minutes) * Time::MINUTE {
            self.note(Step::Feedback, Outcome::Passed, "feedback.timed_out", []);
            return false;
        }
        let entry = self.catalogue.knowledge.get(rated.entry, self.now);
        let params = [
            ("entry", json!(EntryId::from_raw(rated.entry))),
            ("question", json!(entry.map(|it| it.question.as_str()).unwrap_or_default())),
        ];
        let (code, text) = if helped {
            ("feedback.solved", &feedback.solved_text)
        } else {
            ("feedback.unsolved", &feedback.unsolved_text)
        };
        self.note(Step::Feedback, Outcome::Matched, code, params);
        self.say(vec![Content::text(text)]);
        true
    }
}
