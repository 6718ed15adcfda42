//! Ends a generation in one transaction: says what may be said, or what was put off, or nothing.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::base::Result;
use crate::base::content::Content;
use crate::base::id::MessageId;
use crate::bot::look_up::hash_of_said;
use crate::bot::model::{BotState, Outcome, Reason, Step};
use crate::bot::store as bots;
use crate::bus::{self, Event};
use crate::channels::adapter::Adapter;
use crate::conversations::deliveries::store as deliveries;
use crate::conversations::model::{Author, Conversation, DeliveryState, Direction, Message, Stage, Thread};
use crate::conversations::steps::{self, NewMessage};
use crate::conversations::store as conversations;
use crate::db::Tx;
use crate::knowledge::usage::ops::{day, zone};

use super::ask::Asked;
use super::model::{Day, Dropped, Generation, Otherwise, Unsaid};
use super::store;

/// How one came to its end: what was asked, if it came to that, and why nothing of it is said.
#[derive(Debug, Clone)]
pub struct Ended {
    /// What came of asking.
    pub asked: Option<Asked>,
    /// Why nothing of it is said.
    pub why: Option<Unsaid>,
}

/// Why nobody waits for it any more, if so.
pub fn dropped(tx: &mut Tx<'_>, generation: &Generation) -> Result<Option<Dropped>> {
    let conversation = conversations::get_conversation(tx, generation.tenant, generation.conversation)?;
    let thread = conversations::get_thread(tx, generation.tenant, generation.thread)?;
    match conversation.stage {
        Stage::Queued | Stage::Serving { .. } => return Ok(Some(Dropped::Person)),
        Stage::Closed => return Ok(Some(Dropped::Closed)),
        Stage::Bot if thread.open_conversation != Some(conversation.id) => return Ok(Some(Dropped::Closed)),
        Stage::Bot => {}
    }
    let mut next: Option<MessageId> = thread.last_message;
    while let Some(id) = next {
        let message = conversations::get_message(tx, generation.tenant, id)?;
        if message.number <= generation.asked_number {
            return Ok(None);
        }
        if speaks(&message) {
            return Ok(Some(Dropped::MovedOn));
        }
        next = message.previous;
    }
    Ok(None)
}

/// Whether a message goes on with the talk: reports of a place, of a page that opened, and notes of the house do not.
fn speaks(message: &Message) -> bool {
    match &message.content {
        Content::Event { event, .. } => {
            message.direction == Direction::In
                && matches!(event.as_str(), "follow" | "unfollow" | "scan" | "menu_click")
        }
        Content::System { .. } => false,
        _ => true,
    }
}

/// Gives how it ended, in a word; `None` when it had ended already.
pub fn settle(
    tx: &mut Tx<'_>,
    generation: &Generation,
    adapter: &dyn Adapter,
    Ended { asked, why }: &Ended,
) -> Result<Option<&'static str>> {
    if !store::is_open(tx, generation.id)? {
        return Ok(None);
    }
    let today = day(tx.now(), &zone(tx, generation.tenant)?);
    if let Some(dropped) = dropped(tx, generation)? {
        store::end(tx, generation.id, "dropped", dropped.name(), None)?;
        if asked.is_some() {
            store::add_to_day(tx, generation.tenant, &today, Day { dropped: 1, ..Day::default() })?;
        }
        return Ok(Some("dropped"));
    }
    let params = asked.as_ref().map(|it| told(it, why.as_ref())).unwrap_or_default();
    let (state, saying, more) = match (asked.as_ref().map(|it| &it.outcome), why) {
        (Some(Ok(grounded)), None) => {
            let label = store::get(tx, generation.tenant)?.settings.label;
            let saying = generated(&generation.wanted.otherwise, &grounded.text, &label, params);
            ("said", saying, Day { said: 1, ..Day::default() })
        }
        (_, why) => {
            let why = why.clone().unwrap_or(Unsaid::Late);
            let more = match why {
                Unsaid::Unfit(_) => Day { refused: 1, ..Day::default() },
                _ => Day { failed: 1, ..Day::default() },
            };
            ("otherwise", put_off(&generation.wanted.otherwise, &why, params), more)
        }
    };
    let word = why.as_ref().map_or("said", Unsaid::name);
    let message = say(tx, generation, adapter, &saying)?;
    store::end(tx, generation.id, state, word, message)?;
    store::add_to_day(tx, generation.tenant, &today, more)?;
    Ok(Some(word))
}

type Params = BTreeMap<String, Value>;

/// What is told of a call.
fn told(asked: &Asked, why: Option<&Unsaid>) -> Params {
    let mut params = Params::from([
        ("model".to_owned(), json!(asked.model)),
        ("milliseconds".to_owned(), json!(asked.milliseconds)),
    ]);
    if let Some((given, made)) = asked.tokens {
        params.insert("tokens".to_owned(), json!(given.saturating_add(made)));
    }
    if !asked.cited.is_empty() {
        let (entries, questions): (Vec<_>, Vec<_>) =
            asked.cited.iter().map(|it| (it.entry, &it.question)).unzip();
        params.insert("entries".to_owned(), json!(entries));
        params.insert("questions".to_owned(), json!(questions));
    }
    match why {
        Some(Unsaid::Failed(code, words)) => {
            params.insert("cause".to_owned(), json!(code));
            params.insert("why".to_owned(), json!(words))
        }
        Some(Unsaid::Unfit(it)) => params.insert("piece".to_owned(), json!(it.piece)),
        _ => None,
    };
    params
}

/// The step of the model, as it is shown.
#[must_use]
pub fn reason(outcome: Outcome, name: &str, params: Params) -> Reason {
    Reason { step: Step::Generation, outcome, code: format!("generation.{name}"), params }
}

/// The same of a call that nobody waits for.
#[must_use]
pub fn reason_of(asked: &Asked) -> Reason {
    match &asked.outcome {
        Ok(_) => reason(Outcome::Matched, "said", told(asked, None)),
        Err(why) => reason(Outcome::Passed, why.name(), told(asked, Some(why))),
    }
}

/// A text as customers see it.
#[must_use]
pub fn labelled(text: &str, label: &str) -> Content {
    Content::text(format!("{text}\n\n{label}"))
}

/// What is said when a text was written and holds.
fn generated(otherwise: &Otherwise, text: &str, label: &str, params: Params) -> Otherwise {
    let mut reasons = otherwise.reasons.clone();
    // What would have been said was not; what was nearest stays to be seen.
    if let Some(last) = reasons.pop().filter(|it| it.step == Step::Knowledge) {
        reasons.push(Reason { outcome: Outcome::Passed, code: "knowledge.unsure".to_owned(), ..last });
    }
    reasons.push(reason(Outcome::Matched, "said", params));
    Otherwise { contents: vec![labelled(text, label)], open: None, reasons }
}

/// What was put off, with the step of the model before its last.
fn put_off(otherwise: &Otherwise, why: &Unsaid, params: Params) -> Otherwise {
    let mut otherwise = otherwise.clone();
    let at = otherwise.reasons.len().saturating_sub(1);
    otherwise.reasons.insert(at, reason(Outcome::Passed, why.name(), params));
    otherwise
}

/// Writes what is said into the thread, plans its way out, and lets the bot remember it. Gives the first message.
fn say(
    tx: &mut Tx<'_>,
    generation: &Generation,
    adapter: &dyn Adapter,
    saying: &Otherwise,
) -> Result<Option<MessageId>> {
    let conversation = conversations::get_conversation(tx, generation.tenant, generation.conversation)?;
    let mut thread = conversations::get_thread(tx, generation.tenant, generation.thread)?;
    let first_number = thread.last_number + 1;
    let mut reasons = serde_json::to_string(&saying.reasons).ok();
    let mut first = None;
    for content in &saying.contents {
        let message = say_one(tx, &mut thread, &conversation, content, reasons.take())?;
        let now = tx.now();
        deliveries::plan(tx, &thread, &message, &adapter.split(content, now), now)?;
        first = first.or(Some(message.id));
    }
    if first.is_none() {
        return Ok(None);
    }
    conversations::save_thread(tx, &thread)?;
    remember(tx, &thread, saying)?;
    let (id, last) = (thread.id, thread.last_number);
    let told = Event::MessageCreated { thread: id, conversation: conversation.id, first: first_number, last };
    bus::emit(tx, generation.tenant, told)?;
    Ok(first)
}

fn say_one(
    tx: &mut Tx<'_>,
    thread: &mut Thread,
    conversation: &Conversation,
    content: &Content,
    reasons: Option<String>,
) -> Result<Message> {
    let new = NewMessage {
        author: Author::Bot,
        content: content.clone(),
        platform_at: None,
        delivery: Some(DeliveryState::Planned),
        reasons,
    };
    steps::append(tx, thread, conversation, new)
}

/// A list that was said is awaited from now on; an echo of what was said is known.
fn remember(tx: &mut Tx<'_>, thread: &Thread, saying: &Otherwise) -> Result<()> {
    let before = bots::find_session(tx, thread)?;
    let before: BotState = before.as_deref().and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default();
    let mut after = before.clone();
    if saying.open.is_some() {
        after.open.clone_from(&saying.open);
    }
    let said = saying.contents.iter().rev().find_map(Content::words);
    if let (Some(pace), Some(said)) = (after.pace.as_mut(), said) {
        pace.said = hash_of_said(said);
    }
    if after == before {
        return Ok(());
    }
    let state = serde_json::to_string(&after).unwrap_or_else(|_| "{}".to_owned());
    bots::set_session(tx, thread, &state)
}
