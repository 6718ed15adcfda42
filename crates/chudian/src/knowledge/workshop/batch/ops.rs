//! Looking at what an act on many drafts would do, beginning it, following it, stopping it.

use std::collections::HashMap;

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::audit::ops::record;
use crate::base::id::{DraftBatchId, EntryId, RehearsalId, TenantId, UserId};
use crate::base::{Error, Result};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::checks::check_body;
use crate::knowledge::listing::Filter;
use crate::knowledge::model::{Entry, EntryBody};
use crate::knowledge::ops::changed;
use crate::knowledge::rehearsal::{self, Accepted, Change};
use crate::knowledge::store::{self, Drafts, Wanted};
use crate::knowledge::workshop::model::{Draft, tidy_note};
use crate::knowledge::workshop::{release, store as workshop};
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::model::{Act, Batch, Left, MOST, Remaining, Seen, judge};
use super::run;
use super::store as batches;

/// So many entries may be named one by one.
pub const MOST_NAMED: usize = 500;

/// So many of the latest batches are listed.
const MOST_LISTED: u32 = 20;

/// Which drafts.
#[derive(Debug, Clone)]
pub enum Selection {
    /// Those of these entries.
    Named(Vec<EntryId>),
    /// All of the entries that match.
    Matching(Box<Filter>),
}

/// What an act would do.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// The drafts that it would take.
    pub taken: Vec<Seen>,
    /// Those that it would leave.
    pub remaining: Remaining,
    /// What stands for just these drafts: who begins the act names it.
    pub seen: String,
    /// The rehearsal of what would be published, if it was asked for.
    pub rehearsal: Option<RehearsalId>,
}

/// Tells what an act would do, and begins to rehearse it if that is wanted.
///
/// # Errors
/// `Denied` without the right; `Invalid` for too many drafts.
pub async fn preview(
    ctx: &Ctx,
    actor: &Actor,
    act: Act,
    selection: Selection,
    rehearse: bool,
) -> Result<Preview> {
    actor.require(Permission::KnowledgeEdit)?;
    let chosen = choose(ctx, actor, act, selection).await?;
    let mut preview = chosen.preview;
    let stage = ctx.shelf.get::<rehearsal::Stage>();
    if let (true, true, Some(rehearser)) = (rehearse, act == Act::Publish, stage.get()) {
        preview.rehearsal = Some(rehearser.begin(ctx.clone(), actor.tenant, chosen.changes).await?);
    }
    Ok(preview)
}

/// What somebody begins.
#[derive(Debug, Clone)]
pub struct Wish {
    /// What is to be done.
    pub act: Act,
    /// With which drafts.
    pub selection: Selection,
    /// What the preview gave.
    pub seen: String,
    /// The reason of what is sent back, or a note for all.
    pub note: String,
    /// Publish although test questions would fare worse.
    pub accept_fall: bool,
}

/// Begins an act on the drafts of a preview.
///
/// # Errors
/// `Denied` without the right; `Invalid` without a reason for what is sent back; `Conflict` when the drafts are others
/// than those of the preview, when there are none, or when test questions would fare worse and that is not accepted.
pub async fn begin(ctx: &Ctx, actor: &Actor, wish: Wish) -> Result<Batch> {
    actor.require(Permission::KnowledgeEdit)?;
    let Wish { act, selection, seen, note, accept_fall } = wish;
    let note = tidy_note(&note, "note")?;
    if act == Act::Return && note.is_empty() {
        let error = Error::invalid("knowledge.reason", "say what should be different");
        return Err(error.field("note", "is empty"));
    }
    let Chosen { preview, changes } = choose(ctx, actor, act, selection).await?;
    if preview.seen != seen {
        let why = "the drafts are not those that you looked at: look again";
        return Err(Error::conflict("knowledge.batch_changed", why));
    }
    if preview.taken.is_empty() {
        let why = "there is no draft with which that may be done";
        return Err(Error::conflict("knowledge.batch_empty", why));
    }
    let accepted = match act {
        Act::Publish => rehearsal::pass(ctx, actor.tenant, changes, accept_fall).await?,
        _ => Accepted::default(),
    };
    let actor = actor.clone();
    let batch = ctx
        .db
        .write(move |tx| {
            let batch = Batch {
                id: tx.new_id(),
                act,
                note,
                drafts: preview.taken.len(),
                done_to: 0,
                done: 0,
                remaining: Remaining::default(),
                made_at: tx.now(),
                made_by: actor.user,
                ended_at: None,
                cancelled_at: None,
            };
            batches::insert(tx, actor.tenant, &batch, &preview.taken)?;
            run::enqueue(tx, actor.tenant, batch.id)?;
            let detail = json!({ "act": act.text(), "drafts": batch.drafts });
            record(tx, &actor, "knowledge.batch", batch.id, accepted.note(detail))?;
            Ok(batch)
        })
        .await?;
    ctx.jobs.now();
    Ok(batch)
}

/// A batch.
///
/// # Errors
/// `Denied` without the right; `Missing`.
pub async fn get(ctx: &Ctx, actor: &Actor, id: DraftBatchId) -> Result<Batch> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    ctx.db.read(move |tx| batches::find(tx, tenant, id)).await?.ok_or_else(absent)
}

/// The latest batches, newest first.
///
/// # Errors
/// `Denied` without the right.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<Batch>> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    ctx.db.read(move |tx| batches::list(tx, tenant, MOST_LISTED)).await
}

/// Stops a batch: what is done stays done. One that has ended stays as it is.
///
/// # Errors
/// `Denied` without the right; `Missing`.
pub async fn cancel(ctx: &Ctx, actor: &Actor, id: DraftBatchId) -> Result<Batch> {
    actor.require(Permission::KnowledgeEdit)?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let mut batch = batches::find(tx, actor.tenant, id)?.ok_or_else(absent)?;
            if batch.ended_at.is_none() {
                batch.cancelled_at = Some(tx.now());
                run::end(tx, &actor, &mut batch)?;
                if !batches::put(tx, actor.tenant, &batch, batch.done_to)? {
                    return Err(changed());
                }
            }
            Ok(batch)
        })
        .await
}

/// The drafts of a selection, judged.
struct Chosen {
    preview: Preview,
    /// What would become of the entries.
    changes: Vec<Change>,
}

async fn choose(ctx: &Ctx, actor: &Actor, act: Act, selection: Selection) -> Result<Chosen> {
    let (tenant, user) = (actor.tenant, actor.user);
    let wanted = match selection {
        Selection::Named(entries) => Err(entries),
        Selection::Matching(filter) => {
            let drafts = filter.drafts.or(Some(Drafts::Any));
            let limit = u32::try_from(MOST + 1).unwrap_or(u32::MAX);
            Ok(Filter { drafts, ..*filter }.wanted(ctx, None, limit))
        }
    };
    ctx.db
        .read(move |tx| {
            let entries = find_entries(tx, tenant, wanted)?;
            if entries.len() > MOST {
                let why = format!("at most {MOST} drafts are taken at once: narrow the filter");
                return Err(Error::invalid("knowledge.batch_size", why));
            }
            judge_all(tx, (tenant, user), act, entries)
        })
        .await
}

fn find_entries(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    wanted: std::result::Result<Wanted, Vec<EntryId>>,
) -> Result<Vec<Entry>> {
    match wanted {
        Ok(wanted) => store::list(tx, tenant, &wanted),
        Err(entries) => {
            let found = entries.into_iter().map(|id| store::find(tx, tenant, id));
            Ok(found.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
        }
    }
}

fn judge_all(
    tx: &mut Tx<'_>,
    (tenant, user): (TenantId, Option<UserId>),
    act: Act,
    entries: Vec<Entry>,
) -> Result<Chosen> {
    let settings = workshop::get_settings(tx, tenant)?.0;
    let mut drafts: HashMap<EntryId, Draft> =
        workshop::list_drafts(tx, tenant)?.into_iter().map(|it| (it.entry, it)).collect();
    let mut chosen = Chosen { preview: Preview::default(), changes: Vec::new() };
    for old in entries {
        // An entry that matched by a proposal has no draft.
        let Some(draft) = drafts.remove(&old.id) else { continue };
        let verdict = judge(act, &draft, &settings, user).and_then(|()| match act {
            Act::Publish => {
                release::check_news(&old, &draft).and_then(|()| check_body(tx, tenant, &draft.body))
            }
            Act::Submit | Act::Return | Act::Discard => Ok(()),
        });
        match verdict {
            Ok(()) => {
                chosen.preview.taken.push((old.id, draft.revision));
                if act == Act::Publish {
                    let body = EntryBody { enabled: old.body.enabled, ..draft.body };
                    chosen.changes.push(Change::put(old.id, body));
                }
            }
            Err(error) => chosen.preview.remaining.push(Left {
                entry: old.id,
                question: draft.body.question,
                code: error.code.to_owned(),
            }),
        }
    }
    // The oldest first, as they were written.
    chosen.preview.taken.sort_unstable();
    chosen.preview.seen = seal(act, &chosen.preview.taken);
    Ok(chosen)
}

/// What stands for an act on just these drafts.
fn seal(act: Act, taken: &[Seen]) -> String {
    let mut hash = Sha256::new();
    hash.update(act.text());
    for (entry, revision) in taken {
        hash.update(entry.0.to_le_bytes());
        hash.update(revision.to_le_bytes());
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_stands_for_one_act_on_one_set_of_drafts() {
        let drafts = [(EntryId(1), 1), (EntryId(2), 3)];
        let seals = [
            seal(Act::Publish, &drafts),
            seal(Act::Submit, &drafts),
            seal(Act::Publish, &drafts[..1]),
            seal(Act::Publish, &[(EntryId(1), 1), (EntryId(2), 4)]),
        ];
        for (at, one) in seals.iter().enumerate() {
            assert!(!seals[..at].contains(one), "{at}");
        }
        assert_eq!(seals[0], seal(Act::Publish, &drafts));
    }
}
