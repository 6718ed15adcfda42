//! Writes down what an agent's message was made of: a candidate that was chosen, or own words that may help the
//! next colleague. A step of the act that sends the message.

use serde::Serialize;

use crate::base::content::Content;
use crate::base::id::{EntryId, GivenAnswerId, Id, IdMaker, MessageId, QuickReplyId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::conversations::model::Message;
use crate::conversations::store as rows;
use crate::db::Tx;
use crate::desk::quick_replies::store as replies;
use crate::knowledge::learning::model::{Choice, GivenAnswer, Source, compare, is_worth_keeping};
use crate::knowledge::learning::store;
use crate::knowledge::shared::store as shared;
use crate::web::actor::Actor;

use super::model::{SHOWN, answered};
use super::ops::newest;

/// Given answers are forgotten after so long: prices and rules change.
const REMEMBERED: i64 = 180 * 24 * 60 * Time::MINUTE;

/// The candidate that a message was made of, as the page tells it.
#[derive(Debug, Clone, Serialize)]
pub struct Chosen {
    /// The customer's message; none when the agent searched by own words.
    pub asked: Option<MessageId>,
    /// The agent's own words, when they searched.
    pub query: Option<String>,
    /// Where the candidate comes from.
    pub source: Source,
    /// Its key there, as text.
    pub id: String,
    /// Its place in the list, from 1.
    pub rank: i64,
}

/// Notes what `message` was made of.
///
/// # Errors
/// `Invalid` for a choice that cannot have been offered in this thread.
pub fn note(tx: &mut Tx<'_>, actor: &Actor, message: &Message, chosen: Option<&Chosen>) -> Result<()> {
    let Some(user) = message.author.user() else { return Ok(()) };
    let choice = match chosen {
        Some(chosen) => choice(tx, actor, user, message, chosen)?,
        None => None,
    };
    if let Some(choice) = &choice {
        store::insert_choice(tx, actor.tenant, choice)?;
    }
    // What stands in the base or among the prepared answers need not be remembered once more.
    if choice.is_some_and(|it| it.kept >= 90) {
        return Ok(());
    }
    let Content::Text { text } = &message.content else { return Ok(()) };
    let before: Vec<Message> = newest(tx, actor.tenant, message.thread)?
        .into_iter()
        .filter(|it| it.number < message.number)
        .collect();
    let Some(question) = answered(&before).and_then(|it| it.content.words()) else { return Ok(()) };
    if !is_worth_keeping(question, text) {
        return Ok(());
    }
    let given = GivenAnswer {
        question: question.trim().to_owned(),
        answer: text.trim().to_owned(),
        user,
        message: message.id,
    };
    let oldest = IdMaker::floor(tx.now().plus(-REMEMBERED));
    store::insert_given(tx, actor.tenant, &given, oldest)
}

/// The choice as it is written; none when the candidate is gone meanwhile, for the customer waits all the same.
fn choice(
    tx: &mut Tx<'_>,
    actor: &Actor,
    user: UserId,
    message: &Message,
    chosen: &Chosen,
) -> Result<Option<Choice>> {
    let wrong = |field: &str| {
        let text = "this was not offered beside this thread: load the candidates again";
        Error::invalid("choice.unknown", text).field(format!("choice.{field}"), "unknown")
    };
    let most = i64::try_from(SHOWN).unwrap_or(i64::MAX);
    if !(1..=most).contains(&chosen.rank) {
        return Err(wrong("rank"));
    }
    let question = match (chosen.asked, &chosen.query) {
        (Some(asked), _) => {
            let asked = rows::get_message(tx, actor.tenant, asked).map_err(|_| wrong("asked"))?;
            if asked.thread != message.thread {
                return Err(wrong("asked"));
            }
            asked.content.words().unwrap_or_default().to_owned()
        }
        (None, Some(query)) => query.chars().take(200).collect(),
        (None, None) => return Err(wrong("asked")),
    };
    let Some((id, offered)) = offered(tx, actor, chosen)? else { return Ok(None) };
    let (edited, kept) = compare(&offered, &message.content);
    Ok(Some(Choice {
        id: tx.new_id(),
        thread: message.thread,
        asked: chosen.asked,
        question,
        source: chosen.source,
        source_id: id,
        rank: chosen.rank,
        user,
        message: message.id,
        edited,
        kept,
        at: tx.now(),
    }))
}

/// The key of the candidate, and what it says.
fn offered(tx: &mut Tx<'_>, actor: &Actor, chosen: &Chosen) -> Result<Option<(i64, Vec<Content>)>> {
    let tenant = actor.tenant;
    Ok(match chosen.source {
        Source::Entry => match chosen.id.parse::<EntryId>() {
            // Those of all channels: what was offered beside this thread is among them.
            Ok(id) => shared::find_any(tx, tenant, id)?.map(|it| {
                (id.raw(), it.body.all_answers().flat_map(|(_, answers)| answers.to_vec()).collect())
            }),
            Err(_) => None,
        },
        Source::QuickReply => match chosen.id.parse::<QuickReplyId>() {
            Ok(id) => replies::find(tx, tenant, actor.user, id)?.map(|it| (id.raw(), it.body.answers)),
            Err(_) => None,
        },
        Source::Given => match chosen.id.parse::<GivenAnswerId>() {
            Ok(id) => {
                store::find_given(tx, tenant, id)?.map(|it| (id.raw(), vec![Content::text(&it.1.answer)]))
            }
            Err(_) => None,
        },
    })
}
