//! Does what the bot decided: says, shows, queues. Inside the turn's transaction.

use crate::base::Result;
use crate::base::content::Content;
use crate::base::time::Time;
use crate::bot::generation::store as generations;
use crate::bot::model::{Decision, Effect};
use crate::conversations::deliveries::store as deliveries;
use crate::conversations::model::{Author, Conversation, DeliveryState, Message};
use crate::conversations::steps::{self, NewMessage};
use crate::db::Tx;
use crate::knowledge::learning::cluster::{Unmatched, masked};
use crate::knowledge::learning::store as learning;
use crate::media::table;

use super::journal::Standing;
use super::receive::Turn;

/// Further messages leave a little later, so that they do not overtake the platform's own HTTP
/// answer, which carries the first.
const AFTER_THE_ANSWER: i64 = Time::SECOND;

/// What came of a decision.
#[derive(Debug, Default)]
pub(super) struct Applied {
    /// The plain body of the instant answer.
    pub(super) answer: Option<Vec<u8>>,
    /// Whether something was planned to leave by the platform's API.
    pub(super) has_deliveries: bool,
    /// Whether a generated answer is wanted.
    pub(super) has_generations: bool,
}

/// Carries out the effects, in order.
pub(super) fn apply(
    tx: &mut Tx<'_>,
    turn: &Turn,
    standing: &mut Standing,
    conversation: &mut Conversation,
    decision: &Decision,
    asked: &Message,
) -> Result<Applied> {
    let mut applied = Applied::default();
    let mut reasons = serde_json::to_string(&decision.reasons).ok();
    for effect in &decision.effects {
        match effect {
            Effect::Say(contents) => {
                for content in contents {
                    say(tx, turn, standing, conversation, content, reasons.take(), &mut applied)?;
                }
            }
            Effect::QueueForPerson { reason } => steps::queue(tx, conversation, reason)?,
            Effect::Generate(wanted) => {
                generations::insert(tx, conversation, asked, wanted)?;
                applied.has_generations = true;
            }
        }
    }
    note_unmatched(tx, turn, standing, decision)?;
    Ok(applied)
}

/// Keeps a question that the bot had no answer for, or only asked back about: editors see what is missing.
/// Answered messages, nearly all, cost nothing here.
fn note_unmatched(tx: &mut Tx<'_>, turn: &Turn, standing: &Standing, decision: &Decision) -> Result<()> {
    let is_suggested = match decision.reasons.last().map(|it| it.code.as_str()) {
        Some("fallback.text") => false,
        Some("knowledge.suggest") => true,
        _ => return Ok(()),
    };
    let Some(words) = turn.inbound.content.words() else { return Ok(()) };
    let question = masked(&words.trim().chars().take(200).collect::<String>());
    let form = retrieval::normalise::question(&question);
    // "？" and "好的呀" ask nothing that an entry could answer.
    if form.chars().filter(|it| it.is_alphanumeric()).count() < 2 {
        return Ok(());
    }
    let (thread, at) = (standing.thread.id, tx.now());
    let unmatched =
        Unmatched { question, form, thread, at, answered_by: None, is_unsolved: false, is_wrong: false };
    learning::insert_unmatched(tx, standing.thread.tenant, &unmatched, is_suggested)
}

/// Says one thing: at once in the platform's own answer when it is the first and can be,
/// otherwise by a delivery.
fn say(
    tx: &mut Tx<'_>,
    turn: &Turn,
    standing: &mut Standing,
    conversation: &Conversation,
    content: &Content,
    reasons: Option<String>,
    applied: &mut Applied,
) -> Result<()> {
    let first = applied.answer.is_none() && !applied.has_deliveries;
    let instant = if first { instant_answer(tx, turn, content) } else { None };
    let state = if instant.is_some() { DeliveryState::InReply } else { DeliveryState::Planned };
    let new = NewMessage {
        author: Author::Bot,
        content: content.clone(),
        platform_at: None,
        delivery: Some(state),
        reasons,
    };
    let message = steps::append(tx, &mut standing.thread, conversation, new)?;
    match instant {
        Some(body) => applied.answer = Some(body),
        None => {
            let pause = if applied.answer.is_some() { AFTER_THE_ANSWER } else { 0 };
            let from = tx.now().plus(pause);
            let parts = turn.adapter.split(content, tx.now());
            deliveries::plan(tx, &standing.thread, &message, &parts, from)?;
            applied.has_deliveries = true;
        }
    }
    Ok(())
}

fn instant_answer(tx: &mut Tx<'_>, turn: &Turn, content: &Content) -> Option<Vec<u8>> {
    let inbox = &turn.inbound.inbox;
    let now = tx.now();
    let good_until = now.plus(Time::HOUR);
    let mut platform_id =
        |media| table::find_platform_id(tx, inbox.inbox.id, media, good_until).ok().flatten();
    let (to, asked) = (&turn.inbound.sender, &turn.inbound.content);
    turn.adapter.instant_answer(inbox, to, asked, content, now, &mut platform_id)
}
