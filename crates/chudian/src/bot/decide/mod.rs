//! The decision: which steps are asked, in which order.

use crate::base::content::Content;
use crate::base::time::Time;

use super::catalogue::Catalogue;
use super::look_up::Findings;
use super::model::{BotState, Decision, Holder, Input, Outcome, Step};
use super::settings::Hours;
use super::steps::Turn;

/// Decides what to do with what came in. Pure.
#[must_use]
pub fn decide(
    state: &BotState,
    input: &Input<'_>,
    catalogue: &Catalogue,
    findings: &Findings,
    now: Time,
) -> Decision {
    let mut turn = Turn::new(state, *input, catalogue, findings, now);
    if input.holder == Holder::Person {
        turn.note(Step::Serving, Outcome::Stopped, "serving.person", []);
        return turn.finish();
    }
    match input.content {
        Content::Event { event, key, .. } => event_came(&mut turn, event, key.as_deref()),
        Content::System { .. } => turn.note(Step::Fallback, Outcome::Stopped, "system.no_answer", []),
        _ => message_came(&mut turn),
    }
    turn.finish()
}

fn message_came(turn: &mut Turn<'_>) {
    if turn.loop_guard() || turn.hand_over_word() {
        return;
    }
    if turn.input.holder == Holder::Queue && turn.catalogue.hours(turn.now) == Hours::Open {
        // A person will come soon: what the customer writes now is for them.
        turn.note(Step::Serving, Outcome::Stopped, "serving.queued", []);
        return;
    }
    let is_answered = turn.input.content.words().is_some()
        && (turn.feedback()
            || turn.menu()
            || turn.keyword(Step::Exact)
            || turn.keyword(Step::Contains)
            || turn.knowledge());
    if !is_answered {
        turn.fallback();
    }
}

fn event_came(turn: &mut Turn<'_>, event: &str, key: Option<&str>) {
    match event {
        "follow" => turn.welcome(key),
        "scan" => turn.welcome_back(key),
        "menu_click" => turn.menu_click(key.unwrap_or_default()),
        _ => turn.note(Step::Fallback, Outcome::Stopped, "event.no_answer", []),
    }
}

#[cfg(test)]
mod tests;
