//! What one may do with drafts. Publishing them, and comparing them with what was, have files of their own.

use serde_json::json;

use crate::audit::ops::record;
use crate::base::id::{EntryId, ImportId, TenantId, UserId};
use crate::base::{Error, Result};
use crate::bus::{Event, emit};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::checks::check_body;
use crate::knowledge::model::{Entry, EntryBody};
use crate::knowledge::ops::changed;
use crate::knowledge::store;
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::model::{Draft, Stage, tidy_note};
use super::store as workshop;

/// Saves `body` as the draft of an entry. `seen` is the number of the draft that the writer had before them, 0
/// for none; without it any is written over. A step of an act that asked for the right.
pub fn save(
    tx: &mut Tx<'_>,
    actor: &Actor,
    old: &Entry,
    body: EntryBody,
    (seen, note): (Option<i64>, Option<String>),
) -> Result<Draft> {
    check_body(tx, actor.tenant, &body)?;
    let before = workshop::find_draft(tx, actor.tenant, old.id)?;
    check_seen(before.as_ref(), seen)?;
    let draft = write(tx, actor, old, body, (note, None))?;
    let detail = json!({ "question": draft.body.question, "revision": draft.revision });
    record(tx, actor, "knowledge.draft", old.id, detail)?;
    emit(tx, actor.tenant, Event::KnowledgeDrafted)?;
    Ok(draft)
}

/// Writes a draft that was checked, without a record of its own: a table is recorded as a whole. `import`: the table, if
/// one made it; else the draft stays what it was made by.
pub fn write(
    tx: &mut Tx<'_>,
    actor: &Actor,
    old: &Entry,
    body: EntryBody,
    (note, import): (Option<String>, Option<ImportId>),
) -> Result<Draft> {
    let before = workshop::find_draft(tx, actor.tenant, old.id)?;
    let revision = workshop::next_revision(tx, actor.tenant, old.id)?;
    let body = EntryBody { enabled: old.body.enabled, ..body };
    let mut draft = Draft::saved(before, old.id, body, revision, (actor.user, tx.now()));
    draft.note = note.unwrap_or(draft.note);
    draft.import = import.or(draft.import);
    workshop::put_draft(tx, actor.tenant, &draft)?;
    if old.version == 0 {
        let (body, updated_at, updated_by) = (draft.body.clone(), draft.updated_at, draft.updated_by);
        let shown = Entry { body, updated_at, updated_by, ..old.clone() };
        if !store::mirror(tx, actor.tenant, &shown)? {
            return Err(changed());
        }
    }
    Ok(draft)
}

/// Refuses who had another draft before them.
pub fn check_seen(draft: Option<&Draft>, seen: Option<i64>) -> Result<()> {
    if seen.is_some_and(|it| it != draft.map_or(0, |it| it.revision)) { Err(changed()) } else { Ok(()) }
}

/// The draft of an entry.
///
/// # Errors
/// `Denied` without the right; `Missing`.
pub async fn get_draft(ctx: &Ctx, actor: &Actor, id: EntryId) -> Result<Draft> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    ctx.db.read(move |tx| workshop::find_draft(tx, tenant, id)).await?.ok_or_else(absent)
}

/// Hands a draft in: somebody else is to look at it.
///
/// # Errors
/// `Denied` without the right; `Missing`; `Conflict` when it was changed meanwhile.
pub async fn submit(
    ctx: &Ctx,
    actor: &Actor,
    id: EntryId,
    revision: i64,
    note: Option<String>,
) -> Result<Draft> {
    let note = note.map(|it| tidy_note(&it, "note")).transpose()?;
    step(ctx, actor, id, revision, "knowledge.submit", move |draft| {
        if let Some(note) = note {
            draft.note = note;
        }
        Stage::Review
    })
    .await
}

/// Sends a draft back to its writers.
///
/// # Errors
/// `Denied` without the right; `Missing`; `Invalid` without a reason; `Conflict` when it was changed meanwhile.
pub async fn send_back(ctx: &Ctx, actor: &Actor, id: EntryId, revision: i64, reason: &str) -> Result<Draft> {
    let reason = tidy_note(reason, "reason")?;
    if reason.is_empty() {
        let error = Error::invalid("knowledge.reason", "say what should be different");
        return Err(error.field("reason", "is empty"));
    }
    step(ctx, actor, id, revision, "knowledge.return", move |_| Stage::Returned { reason }).await
}

/// Calls a scheduled publication off: the draft is as good as one that is being written.
///
/// # Errors
/// `Denied` without the right; `Missing`; `Conflict` when it was changed meanwhile.
pub async fn unschedule(ctx: &Ctx, actor: &Actor, id: EntryId, revision: i64) -> Result<Draft> {
    step(ctx, actor, id, revision, "knowledge.unschedule", |draft| match draft.stage {
        Stage::Scheduled { .. } => Stage::Writing,
        ref other => other.clone(),
    })
    .await
}

/// Brings a draft into another stage.
async fn step(
    ctx: &Ctx,
    actor: &Actor,
    id: EntryId,
    revision: i64,
    action: &'static str,
    next: impl FnOnce(&mut Draft) -> Stage + Send + 'static,
) -> Result<Draft> {
    actor.require(Permission::KnowledgeEdit)?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let mut draft = workshop::find_draft(tx, actor.tenant, id)?.ok_or_else(absent)?;
            check_seen(Some(&draft), Some(revision))?;
            let stage = next(&mut draft);
            let reason = match &stage {
                Stage::Returned { reason } => Some(reason.clone()),
                _ => None,
            };
            draft.step(stage, actor.user, tx.now());
            workshop::put_draft(tx, actor.tenant, &draft)?;
            let detail = json!({ "question": draft.body.question, "revision": revision, "reason": reason });
            record(tx, &actor, action, id, detail)?;
            emit(tx, actor.tenant, Event::KnowledgeDrafted)?;
            Ok(draft)
        })
        .await
}

/// Gives a draft up. An entry of which nothing was ever published goes with it.
///
/// # Errors
/// `Denied` without the right; `Missing`.
pub async fn discard(ctx: &Ctx, actor: &Actor, id: EntryId) -> Result<()> {
    actor.require(Permission::KnowledgeEdit)?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let entry = store::find(tx, actor.tenant, id)?.ok_or_else(absent)?;
            let draft = workshop::find_draft(tx, actor.tenant, id)?.ok_or_else(absent)?;
            if entry.version == 0 {
                store::delete(tx, actor.tenant, id)?;
            } else {
                workshop::delete_draft(tx, actor.tenant, id)?;
            }
            record(tx, &actor, "knowledge.discard", id, json!({ "question": draft.body.question }))?;
            emit(tx, actor.tenant, Event::KnowledgeDrafted)
        })
        .await
}

/// The names of people, as far as they are the tenant's.
pub fn names(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    users: impl IntoIterator<Item = UserId>,
) -> Result<std::collections::HashMap<UserId, String>> {
    let mut found = std::collections::HashMap::new();
    for id in users {
        if !found.contains_key(&id)
            && let Some(user) = crate::tenants::store::find_user(tx, tenant, id)?
        {
            found.insert(id, user.name);
        }
    }
    Ok(found)
}
