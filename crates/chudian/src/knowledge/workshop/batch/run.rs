//! Works a batch off, lot by lot.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::audit::ops::record;
use crate::base::id::{DraftBatchId, TenantId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Kind, Result};
use crate::bus::{Event, emit};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::jobs;
use crate::knowledge::checks::check_body;
use crate::knowledge::ops::changed;
use crate::knowledge::shared::ops::tell_changed;
use crate::knowledge::store;
use crate::knowledge::workshop::model::{Draft, KnowledgeSettings, Stage};
use crate::knowledge::workshop::{release, store as workshop};
use crate::tenants::store as tenants;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

use super::model::{Act, Batch, Left, Seen, judge};
use super::store as batches;

/// Works a batch off.
pub const WORK_OFF: &str = "act_on_drafts.v1";

/// So many drafts are taken in one transaction: some tens of milliseconds, in which no customer's message is written.
const LOT: usize = 50;

/// How long to wait after what went wrong.
const PAUSE: i64 = 5 * Time::SECOND;

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    batch: DraftBatchId,
}

/// Asks for a batch to be worked off.
pub(super) fn enqueue(tx: &mut Tx<'_>, tenant: TenantId, batch: DraftBatchId) -> Result<()> {
    let now = tx.now();
    jobs::enqueue(tx, tenant, WORK_OFF, &Payload { batch }, now)
}

/// Does the job [`WORK_OFF`]. It goes on where the one before it was, and two at once do not take a draft twice.
pub async fn run(ctx: Ctx, tenant: TenantId, payload: String) -> jobs::Outcome {
    let Ok(Payload { batch }) = serde_json::from_str(&payload) else {
        return jobs::Outcome::Never(Error::internal("knowledge.payload", "the job names no batch"));
    };
    loop {
        match ctx.db.write(move |tx| take_lot(tx, tenant, batch)).await {
            Ok(true) => {}
            Ok(false) => return jobs::Outcome::Done,
            Err(error) => return jobs::Outcome::Later(PAUSE, error),
        }
    }
}

/// Takes the next drafts; false when none are left to take.
fn take_lot(tx: &mut Tx<'_>, tenant: TenantId, id: DraftBatchId) -> Result<bool> {
    let Some(mut batch) = batches::find(tx, tenant, id)?.filter(|it| it.ended_at.is_none()) else {
        return Ok(false);
    };
    let before = batch.done_to;
    let settings = workshop::get_settings(tx, tenant)?.0;
    let items = batches::find_items(tx, tenant, id)?;
    let lot = items.get(before..).and_then(|it| it.chunks(LOT).next()).unwrap_or_default();
    let may = may_still(tx, tenant, batch.made_by)?;
    let mut concerns_members = false;
    for seen in lot {
        let outcome = if may {
            take(tx, tenant, (&batch, &settings), *seen)?
        } else {
            let question = store::find_question(tx, tenant, seen.0)?.unwrap_or_default();
            Outcome::Left(Left { entry: seen.0, question, code: "permission.missing".to_owned() })
        };
        match outcome {
            Outcome::Done { is_shared } => {
                batch.done += 1;
                concerns_members |= is_shared;
            }
            Outcome::Left(left) => batch.remaining.push(left),
        }
    }
    if concerns_members {
        // Also of what is shared no longer: at the end nothing would tell that it was.
        tell_changed(tx, tenant, true)?;
    }
    batch.done_to += lot.len();
    if !lot.is_empty() {
        emit(tx, tenant, Event::KnowledgeDrafted)?;
    }
    if batch.done_to >= batch.drafts {
        end(tx, &Actor::system(tenant), &mut batch)?;
    }
    // Another worker was faster, or it was stopped: nothing of this lot is kept.
    if !batches::put(tx, tenant, &batch, before)? {
        return Err(changed());
    }
    Ok(batch.ended_at.is_none())
}

/// Whether who began it may still write the base: whose rights were taken away meanwhile acts no more.
fn may_still(tx: &mut Tx<'_>, tenant: TenantId, user: Option<UserId>) -> Result<bool> {
    let Some(user) = user else { return Ok(true) };
    let found = tenants::find_user(tx, tenant, user)?;
    Ok(found.is_some_and(|it| !it.disabled && it.role.permissions().has(Permission::KnowledgeEdit)))
}

/// Ends a batch: it is recorded, and the bot learns what was published.
pub(super) fn end(tx: &mut Tx<'_>, actor: &Actor, batch: &mut Batch) -> Result<()> {
    batch.ended_at = Some(tx.now());
    let detail = json!({ "act": batch.act.text(), "drafts": batch.drafts, "done": batch.done,
        "left": batch.remaining.count(), "stopped": batch.cancelled_at.is_some() });
    record(tx, actor, "knowledge.batch_end", batch.id, detail)?;
    if batch.act == Act::Publish && batch.done > 0 {
        tell_changed(tx, actor.tenant, false)?;
    }
    Ok(())
}

/// What became of a draft.
enum Outcome {
    /// The act was done; `is_shared`: members hear what was published, or heard what it replaces.
    Done { is_shared: bool },
    /// It is left.
    Left(Left),
}

/// Does the act with one draft, or tells why it is left.
fn take(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    (batch, settings): (&Batch, &KnowledgeSettings),
    (entry, revision): Seen,
) -> Result<Outcome> {
    let Some(draft) = workshop::find_draft(tx, tenant, entry)? else {
        let question = store::find(tx, tenant, entry)?.map(|it| it.body.question).unwrap_or_default();
        return Ok(Outcome::Left(Left { entry, question, code: "knowledge.draft_gone".to_owned() }));
    };
    let question = draft.body.question.clone();
    let left = |code: &str| Ok(Outcome::Left(Left { entry, question, code: code.to_owned() }));
    if draft.revision != revision {
        return left("knowledge.draft_changed");
    }
    if let Err(error) = judge(batch.act, &draft, settings, batch.made_by) {
        return left(error.code);
    }
    match act(tx, tenant, batch, draft) {
        Ok(is_shared) => Ok(Outcome::Done { is_shared }),
        // What the checks say that come before anything is written.
        Err(error) if matches!(error.kind, Kind::Invalid | Kind::Conflict | Kind::Missing) => {
            left(error.code)
        }
        Err(error) => Err(error),
    }
}

/// The act itself; true when it concerns members. Whatever can be refused is refused before the first thing is written.
fn act(tx: &mut Tx<'_>, tenant: TenantId, batch: &Batch, mut draft: Draft) -> Result<bool> {
    let (by, now) = (batch.made_by, tx.now());
    let old = store::find(tx, tenant, draft.entry)?.ok_or_else(crate::web::extract::absent)?;
    if !batch.note.is_empty() && batch.act != Act::Return {
        draft.note.clone_from(&batch.note);
    }
    match batch.act {
        Act::Submit => draft.step(Stage::Review, by, now),
        Act::Return => draft.step(Stage::Returned { reason: batch.note.clone() }, by, now),
        Act::Publish => {
            release::check_news(&old, &draft)?;
            check_body(tx, tenant, &draft.body)?;
            let entry = release::put_draft_untold(tx, (tenant, by), &old, draft)?;
            return Ok(old.body.sharing.is_some() || entry.body.sharing.is_some());
        }
        Act::Discard if old.version == 0 => return store::delete(tx, tenant, old.id).map(|_| false),
        Act::Discard => return workshop::delete_draft(tx, tenant, old.id).map(|_| false),
    }
    workshop::put_draft(tx, tenant, &draft)?;
    Ok(false)
}
