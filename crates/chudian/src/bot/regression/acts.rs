//! What is about to be done, as a rehearsal of it.

use std::sync::Arc;

use crate::base::Result;
use crate::base::content::Content;
use crate::base::id::{EntryId, KeywordId, RehearsalId, TenantId};
use crate::bot::menu::Node;
use crate::bot::model::KeywordBody;
use crate::bot::ops::keywords_after;
use crate::bot::settings::BotSettings;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::model::{EntryBody, Validity};
use crate::knowledge::rehearsal::{Change, Plan};
use crate::knowledge::store as knowledge;
use crate::knowledge::words::ops::{self as words, WordsAct};
use crate::knowledge::workshop::store as workshop;
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::board::{Board, Rehearsal};
use super::rehearse::{self, Learnt, Proposal};

/// What is to be tried.
#[derive(Debug, Clone)]
pub enum Act {
    /// To publish this, of an entry or as a new one.
    Write {
        /// Which; `None`: a new one.
        entry: Option<EntryId>,
        /// The standard question.
        question: String,
        /// Other wordings.
        similar: Vec<String>,
        /// When it counts.
        validity: Validity,
    },
    /// To publish the draft.
    Draft(EntryId),
    /// To bring a version back.
    Restore(EntryId, i64),
    /// To switch it on or off.
    Switch(EntryId, bool),
    /// To remove it.
    Delete(EntryId),
    /// To set the bot otherwise.
    Settings(Box<BotSettings>),
    /// To write, or to remove, words of one meaning and protected names.
    Words(WordsAct),
    /// To write a keyword rule, or a new one; without a body: to remove it.
    Keyword(Option<KeywordId>, Option<KeywordBody>),
    /// To write the text menu.
    TextMenu(Node),
    /// To forget what was learnt.
    Forget,
}

impl Act {
    fn permission(&self) -> Permission {
        match self {
            Self::Settings(_) | Self::Keyword(..) | Self::TextMenu(_) => Permission::BotEdit,
            Self::Forget => Permission::KnowledgeManage,
            _ => Permission::KnowledgeEdit,
        }
    }
}

/// Begins to try something: nothing is written.
///
/// # Errors
/// `Denied` without the right; `Missing` for what is not there; `Invalid` for what could not be published.
pub async fn rehearse(ctx: &Ctx, actor: &Actor, act: Act) -> Result<Arc<Rehearsal>> {
    actor.require(act.permission())?;
    // Customers' own words are shown.
    actor.require(Permission::KnowledgeEdit)?;
    let (tenant, by) = (actor.tenant, actor.clone());
    let nothing = Proposal::default();
    let proposal = match act {
        Act::Settings(settings) => {
            settings.check()?;
            Proposal { settings: Some(*settings), ..nothing }
        }
        Act::TextMenu(root) => {
            root.check()?;
            Proposal { text_menu: Some(root), ..nothing }
        }
        Act::Forget => Proposal { learnt: Learnt::Nothing, ..nothing },
        Act::Words(act) => {
            let words = ctx.db.read(move |tx| words::after(tx, &by, act)).await?;
            Proposal { plan: Plan::words(words), ..nothing }
        }
        Act::Keyword(id, body) => {
            let body = body.map(KeywordBody::tidy).transpose()?;
            let all = ctx.db.read(move |tx| keywords_after(tx, tenant, id, body)).await?;
            Proposal { keywords: Some(all), ..nothing }
        }
        act => {
            let new = ctx.ids.make(ctx.clock.now());
            let change = ctx.db.read(move |tx| change(tx, tenant, act, new)).await?;
            Proposal { plan: change.into_iter().collect::<Vec<_>>().into(), ..nothing }
        }
    };
    rehearse::begin(ctx, tenant, proposal).await
}

/// What an act changes for the bot; `None`: nothing.
fn change(tx: &mut Tx<'_>, tenant: TenantId, act: Act, new: EntryId) -> Result<Option<Change>> {
    Ok(match act {
        Act::Write { entry, question, similar, validity } => {
            let old = match entry {
                Some(id) => knowledge::find(tx, tenant, id)?.ok_or_else(absent)?.body,
                None => EntryBody::default(),
            };
            // Answers do not change which entry answers.
            let answers =
                if old.answers.is_empty() { vec![Content::text("…")] } else { old.answers.clone() };
            let body = EntryBody { question, similar, validity, answers, ..old }.tidy()?;
            Some(Change::put(entry.unwrap_or(new), body))
        }
        Act::Draft(id) => {
            let old = knowledge::find(tx, tenant, id)?.ok_or_else(absent)?;
            let draft = workshop::find_draft(tx, tenant, id)?.ok_or_else(absent)?;
            Some(Change::put(id, EntryBody { enabled: old.body.enabled, ..draft.body }))
        }
        Act::Restore(id, version) => {
            let now = knowledge::find(tx, tenant, id)?.ok_or_else(absent)?;
            let then = workshop::find_version(tx, tenant, id, version)?.ok_or_else(absent)?;
            Some(Change::put(id, EntryBody { enabled: now.body.enabled, ..then.body }))
        }
        Act::Switch(id, enabled) => {
            let now = knowledge::find(tx, tenant, id)?.ok_or_else(absent)?;
            (now.version > 0).then(|| Change::put(id, EntryBody { enabled, ..now.body }))
        }
        Act::Delete(id) => {
            knowledge::find(tx, tenant, id)?.ok_or_else(absent)?;
            Some(Change::remove(id))
        }
        Act::Settings(_) | Act::Words(_) | Act::Keyword(..) | Act::TextMenu(_) | Act::Forget => None,
    })
}

/// A rehearsal that was begun. Waits a moment for its end, so that who asks again and again need not.
///
/// # Errors
/// `Denied` without the right; `Missing` for one that is forgotten or somebody else's.
pub async fn get_rehearsal(ctx: &Ctx, actor: &Actor, id: RehearsalId) -> Result<Arc<Rehearsal>> {
    actor.require(Permission::KnowledgeEdit)?;
    let found = ctx.shelf.get::<Board>().find(actor.tenant, id).ok_or_else(absent)?;
    found.wait(WAIT).await;
    Ok(found)
}

/// So long an answer waits for the end of a rehearsal.
pub const WAIT: std::time::Duration = std::time::Duration::from_millis(1500);
