//! What a colleague says of an answer that the bot gave from the base: right, or wrong and what would have been right.
//! It is learnt from like a choice, counted for the entry, and can be taken back.

use std::collections::HashMap;

use serde_json::json;

use crate::audit::ops::record;
use crate::base::id::{EntryId, MessageId, ThreadId, UserId};
use crate::base::{Error, Result};
use crate::conversations::model::Message;
use crate::conversations::store as rows;
use crate::ctx::Ctx;
use crate::knowledge::learning::cluster::masked;
use crate::knowledge::learning::model::Mark;
use crate::knowledge::learning::store;
use crate::knowledge::shared::store as shared;
use crate::tenants::store as tenants;
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

/// The longest question that is kept, in characters.
const LONGEST: usize = 200;

/// The marks in a thread.
#[derive(Debug)]
pub struct Judged {
    /// One for a message at most.
    pub marks: Vec<Mark>,
    /// The standard questions of the entries that are named, and whether they are headquarters'.
    pub entries: HashMap<EntryId, (String, bool)>,
    /// The names of who judged.
    pub names: HashMap<UserId, String>,
}

/// What colleagues said of the bot's answers in a thread.
///
/// # Errors
/// `Denied` without the right; `Missing` for a foreign thread.
pub async fn list(ctx: &Ctx, actor: &Actor, thread: ThreadId) -> Result<Judged> {
    actor.require(Permission::ConversationRead)?;
    let tenant = actor.tenant;
    ctx.db
        .read(move |tx| {
            rows::get_thread(tx, tenant, thread)?;
            let marks = store::list_marks(tx, tenant, thread)?;
            let (mut entries, mut names) = (HashMap::new(), HashMap::new());
            for it in &marks {
                for id in std::iter::once(it.entry).chain(it.instead) {
                    if let Some((entry, is_shared)) = shared::find_whose(tx, tenant, id)? {
                        entries.insert(id, (entry.body.question, is_shared));
                    }
                }
                if let Some(user) = tenants::find_user(tx, tenant, it.user)? {
                    names.insert(it.user, user.name);
                }
            }
            Ok(Judged { marks, entries, names })
        })
        .await
}

/// Says of the bot's answer whether it was right, and if not, perhaps which entry would have been. Gives the thread.
///
/// # Errors
/// `Denied` without the right, or for a program; `Missing` message; `Conflict` for what the bot did not answer from the
/// base; `Invalid` for an entry that cannot have been right.
pub async fn judge(
    ctx: &Ctx,
    actor: &Actor,
    message: MessageId,
    is_right: bool,
    instead: Option<EntryId>,
) -> Result<ThreadId> {
    actor.require(Permission::ConversationAnswer)?;
    actor.require(Permission::KnowledgeRead)?;
    let user = actor.person()?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let tenant = actor.tenant;
            let said = rows::get_message(tx, tenant, message)?;
            let asked = match said.previous {
                Some(id) => rows::get_message(tx, tenant, id).ok(),
                None => None,
            };
            let question = asked.as_ref().and_then(|it| it.content.words()).map(str::trim);
            let (Some(entry), Some(question)) = (answered_with(&said), question) else {
                let why = "only an answer that the bot gave from the base can be judged";
                return Err(Error::conflict("answer.not_from_base", why));
            };
            if let Some(other) = instead {
                if is_right || other == entry {
                    let why = "name another entry than the one that answered, and only of a wrong answer";
                    return Err(Error::invalid("answer.instead", why).field("instead", why));
                }
                shared::find_any(tx, tenant, other)?.ok_or_else(|| {
                    Error::invalid("answer.instead", "there is no such entry").field("instead", "not found")
                })?;
            }
            let question: String = question.chars().take(LONGEST).collect();
            let mark = Mark {
                id: tx.new_id(),
                message,
                thread: said.thread,
                form: retrieval::normalise::question(&masked(&question)),
                question,
                entry,
                is_right,
                instead,
                user,
                at: tx.now(),
            };
            store::put_mark(tx, tenant, &mark)?;
            let detail = json!({ "right": is_right, "entry": entry, "instead": instead });
            record(tx, &actor, "answer.judge", message, detail)?;
            Ok(said.thread)
        })
        .await
}

/// Takes back what was said of an answer.
///
/// # Errors
/// `Denied` without the right; `Missing` when nothing was said of it.
pub async fn take_back(ctx: &Ctx, actor: &Actor, message: MessageId) -> Result<()> {
    actor.require(Permission::ConversationAnswer)?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            if !store::delete_mark(tx, actor.tenant, message)? {
                return Err(absent());
            }
            record(tx, &actor, "answer.take_back", message, json!({}))
        })
        .await
}

/// The entry with which the bot answered.
fn answered_with(said: &Message) -> Option<EntryId> {
    let reasons: serde_json::Value = serde_json::from_str(said.reasons.as_deref()?).ok()?;
    let last = reasons.as_array()?.last()?;
    let is_answer = last.get("code")?.as_str()? == "knowledge.answer";
    let entry = last.get("params")?.get("entry")?.as_str()?.parse().ok();
    entry.filter(|_| is_answer)
}
