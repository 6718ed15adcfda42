//! What one may do with suggested similar questions.

use std::collections::HashMap;

use retrieval::normalise;
use serde_json::json;

use crate::audit::ops::record;
use crate::base::id::{EntryId, Id, IdMaker};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::bot::catalogue::{self, Catalogue};
use crate::ctx::Ctx;
use crate::knowledge::learning::store as choices;
use crate::knowledge::ops::{self as entries, Writing};
use crate::knowledge::store as knowledge;
use crate::knowledge::workshop::model::{Draft, Stage};
use crate::knowledge::workshop::store as workshop;
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::model::{Choice, Suggestion, gather};

/// So many of the newest choices are looked at.
const LOOKED_AT: u32 = 5_000;

/// So many entries are shown, those with the most chosen questions.
const SHOWN: usize = 100;

/// So many questions may be taken over or dismissed at once.
const MOST_AT_ONCE: usize = 50;

/// What is suggested for one entry.
#[derive(Debug)]
pub struct OfEntry {
    /// The entry.
    pub entry: EntryId,
    /// Its standard question.
    pub question: String,
    /// The wordings, the most frequent first, each with the standard question of another entry that answers it now.
    pub suggestions: Vec<(Suggestion, Option<String>)>,
}

/// All that is suggested.
#[derive(Debug)]
pub struct Suggestions {
    /// By entry: the one with the most choices first.
    pub items: Vec<OfEntry>,
    /// How many wordings there are, also those that are not shown.
    pub total: usize,
}

/// Similar questions that agents' choices suggest.
///
/// # Errors
/// `Denied` without the right.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Suggestions> {
    actor.require(Permission::KnowledgeEdit)?;
    let tenant = actor.tenant;
    let catalogue = catalogue::of(ctx, tenant).await?;
    let (made, dismissed) = ctx
        .db
        .read(move |tx| {
            let confirmed = choices::list_confirmed(tx, tenant, LOOKED_AT)?.into_iter();
            let made: Vec<Choice> = confirmed
                .map(|(id, question, entry)| Choice { question, entry, at: IdMaker::moment(id) })
                .collect();
            Ok((made, choices::list_dismissed(tx, tenant)?))
        })
        .await?;
    let now = ctx.clock.now();
    // Thousands of searches: on no thread that others wait for.
    let found = tokio::task::spawn_blocking(move || suggested(&catalogue, gather(&made, &dismissed), now));
    found.await.map_err(|error| {
        Error::internal("suggestions.broken", "suggestions could not be looked for").because(error)
    })
}

/// The suggestions that the base does not answer surely already, by entry.
fn suggested(catalogue: &Catalogue, all: Vec<Suggestion>, now: Time) -> Suggestions {
    let knowledge = &catalogue.knowledge;
    let enough = catalogue.thresholds().answer;
    let mut by_entry: HashMap<EntryId, OfEntry> = HashMap::new();
    let mut total = 0;
    for it in all {
        // A shared entry is headquarters' to change.
        let known = knowledge.get(it.entry.raw(), now).filter(|known| !known.is_shared);
        let Some(known) = known else { continue };
        let best = knowledge.search(&it.question, 1, None).into_iter().next();
        let sure = best.filter(|best| best.confidence >= enough);
        if sure.as_ref().is_some_and(|best| best.entry == it.entry.raw()) {
            continue;
        }
        let instead = sure.and_then(|best| knowledge.get(best.entry, now)).map(|it| it.question.clone());
        let question = known.question.clone();
        let of_entry = by_entry.entry(it.entry).or_insert_with(|| OfEntry {
            entry: it.entry,
            question,
            suggestions: Vec::new(),
        });
        of_entry.suggestions.push((it, instead));
        total += 1;
    }
    let mut items: Vec<OfEntry> = by_entry.into_values().collect();
    let weight = |it: &OfEntry| it.suggestions.iter().map(|it| it.0.count).sum::<usize>();
    items.sort_by_key(|it| (std::cmp::Reverse(weight(it)), it.entry));
    items.truncate(SHOWN);
    Suggestions { items, total }
}

/// What became of wordings that were taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// The bot has them.
    Published,
    /// They stand in the entry's draft.
    Drafted,
}

/// Takes wordings over into an entry: into what is published; into its draft where there is one, or where four eyes are
/// asked for. `accept_fall`: publish them although test questions would fare worse.
///
/// # Errors
/// `Denied` without the right; `Missing`; `Invalid` for none, too many or bad ones; `Conflict` while the entry's
/// draft is with somebody else, when somebody was faster, and when test questions would fare worse and that is not
/// accepted.
pub async fn accept(
    ctx: &Ctx,
    actor: &Actor,
    id: EntryId,
    questions: Vec<String>,
    accept_fall: bool,
) -> Result<Taken> {
    actor.require(Permission::KnowledgeEdit)?;
    check_count(&questions)?;
    let tenant = actor.tenant;
    let (entry, draft, settings) = ctx
        .db
        .read(move |tx| {
            let entry = knowledge::find(tx, tenant, id)?.ok_or_else(absent)?;
            Ok((entry, workshop::find_draft(tx, tenant, id)?, workshop::get_settings(tx, tenant)?.0))
        })
        .await?;
    let publish = draft.is_none() && settings.check_at_once().is_ok();
    let revision = Some(draft.as_ref().map_or(0, |it| it.revision));
    let mut body = match draft {
        Some(Draft { stage: Stage::Review | Stage::Scheduled { .. }, .. }) => return Err(under_way()),
        Some(draft) => draft.body,
        None => entry.body,
    };
    let mut present: Vec<String> =
        std::iter::once(&body.question).chain(&body.similar).map(|it| normalise::question(it)).collect();
    for question in questions {
        let form = normalise::question(&question);
        if !present.contains(&form) {
            present.push(form);
            body.similar.push(question);
        }
    }
    let how = Writing { publish, version: Some(entry.version), revision, note: None, accept_fall };
    entries::update(ctx, actor, id, body, how).await?;
    Ok(if publish { Taken::Published } else { Taken::Drafted })
}

/// Says that wordings are none of this entry's: they are not suggested for it again, and nothing is learnt from them.
///
/// # Errors
/// `Denied` without the right; `Missing`; `Invalid` for none or too many.
pub async fn dismiss(ctx: &Ctx, actor: &Actor, id: EntryId, questions: Vec<String>) -> Result<()> {
    actor.require(Permission::KnowledgeEdit)?;
    check_count(&questions)?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            knowledge::find(tx, actor.tenant, id)?.ok_or_else(absent)?;
            for question in &questions {
                let form = normalise::question(question);
                choices::insert_dismissed(tx, actor.tenant, id, &form, actor.user)?;
            }
            // How many, not which: a customer's words do not belong into what is kept for ever.
            record(tx, &actor, "suggestion.dismiss", id, json!({ "questions": questions.len() }))
        })
        .await
}

fn check_count(questions: &[String]) -> Result<()> {
    let is_bad = |it: &String| normalise::question(it).is_empty();
    if questions.is_empty() || questions.len() > MOST_AT_ONCE || questions.iter().any(is_bad) {
        let message = format!("name 1 to {MOST_AT_ONCE} questions");
        return Err(Error::invalid("suggestion.questions", message.clone()).field("questions", message));
    }
    Ok(())
}

fn under_way() -> Error {
    Error::conflict(
        "suggestion.draft",
        "a draft of this entry is being looked at or waits for its moment: decide on it first, then take this over",
    )
}
