//! The one way to the bot: what is published goes through here, by hand, at a moment, or out of a table.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::audit::ops::record;
use crate::base::id::{EntryId, TenantId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Kind, Result};
use crate::bus::{Event, emit};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::jobs::{self, Outcome};
use crate::knowledge::checks::check_body;
use crate::knowledge::model::{Entry, EntryBody, Release};
use crate::knowledge::ops::changed;
use crate::knowledge::shared::ops::tell_changed;
use crate::knowledge::store;
use crate::web::actor::Actor;

use super::model::{Draft, Stage};
use super::store as workshop;

/// Publishes entries at their moment.
pub const PUBLISH_ENTRY: &str = "publish_entry.v1";

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    entry: EntryId,
    revision: i64,
}

/// Puts `body` in the place of what is published of an entry. What was there is kept; whoever follows is told.
/// Rights and four eyes were asked before.
///
/// # Errors
/// `Invalid` for a body that names what is not there; `Conflict` when somebody was faster.
pub fn put(
    tx: &mut Tx<'_>,
    (tenant, by): (TenantId, Option<UserId>),
    old: &Entry,
    body: EntryBody,
    release: Release,
) -> Result<Entry> {
    let entry = put_untold(tx, (tenant, by), old, body, release)?;
    tell_changed(tx, tenant, old.body.sharing.is_some() || entry.body.sharing.is_some())?;
    Ok(entry)
}

/// The same without a word to whoever follows: who publishes many tells of them once.
fn put_untold(
    tx: &mut Tx<'_>,
    (tenant, by): (TenantId, Option<UserId>),
    old: &Entry,
    body: EntryBody,
    release: Release,
) -> Result<Entry> {
    check_body(tx, tenant, &body)?;
    let (version, updated_at) = (old.version + 1, tx.now());
    let entry = Entry { id: old.id, body, version, updated_at, updated_by: by, release };
    if !store::update(tx, tenant, &entry)? {
        return Err(changed());
    }
    Ok(entry)
}

/// Publishes a draft over `old`, and ends it.
///
/// # Errors
/// As [`put`]; `Conflict` when it says nothing new.
pub fn put_draft(
    tx: &mut Tx<'_>,
    (tenant, by): (TenantId, Option<UserId>),
    old: &Entry,
    draft: Draft,
) -> Result<Entry> {
    let entry = put_draft_untold(tx, (tenant, by), old, draft)?;
    tell_changed(tx, tenant, old.body.sharing.is_some() || entry.body.sharing.is_some())?;
    Ok(entry)
}

/// The same without a word to whoever follows.
pub(super) fn put_draft_untold(
    tx: &mut Tx<'_>,
    (tenant, by): (TenantId, Option<UserId>),
    old: &Entry,
    draft: Draft,
) -> Result<Entry> {
    check_news(old, &draft)?;
    let release = draft.release();
    let body = EntryBody { enabled: old.body.enabled, ..draft.body };
    workshop::delete_draft(tx, tenant, old.id)?;
    put_untold(tx, (tenant, by), old, body, release)
}

/// Refuses a draft that says what is published already.
pub(super) fn check_news(old: &Entry, draft: &Draft) -> Result<()> {
    if old.version > 0 && (EntryBody { enabled: old.body.enabled, ..draft.body.clone() }) == old.body {
        return Err(Error::conflict(
            "knowledge.same",
            "the draft says what is published already: change it or discard it",
        ));
    }
    Ok(())
}

/// Asks for the publication of a draft at its moment.
pub fn schedule(tx: &mut Tx<'_>, tenant: TenantId, draft: &Draft, at: Time) -> Result<()> {
    let payload = Payload { entry: draft.entry, revision: draft.revision };
    jobs::enqueue(tx, tenant, PUBLISH_ENTRY, &payload, at)
}

/// Does the job [`PUBLISH_ENTRY`].
pub async fn run(ctx: Ctx, tenant: TenantId, payload: String) -> Outcome {
    let Ok(Payload { entry, revision }) = serde_json::from_str(&payload) else {
        return Outcome::Never(Error::internal("knowledge.payload", "the job names no entry"));
    };
    match ctx.db.write(move |tx| publish_due(tx, tenant, entry, revision)).await {
        Ok(()) => Outcome::Done,
        Err(error) if matches!(error.kind, Kind::Invalid | Kind::Conflict) => {
            let code = error.code;
            match ctx.db.write(move |tx| send_back(tx, tenant, entry, revision, code)).await {
                Ok(()) => Outcome::Done,
                Err(error) => Outcome::Later(30 * Time::SECOND, error),
            }
        }
        Err(error) => Outcome::Later(30 * Time::SECOND, error),
    }
}

/// The draft that is still waiting for this moment: not one that was written on, called off or put off.
fn due(tx: &mut Tx<'_>, tenant: TenantId, entry: EntryId, revision: i64) -> Result<Option<(Draft, i64)>> {
    let draft = workshop::find_draft(tx, tenant, entry)?.filter(|it| it.revision == revision);
    Ok(draft.and_then(|draft| match draft.stage {
        Stage::Scheduled { at, over } if at <= tx.now() => Some((draft, over)),
        _ => None,
    }))
}

fn publish_due(tx: &mut Tx<'_>, tenant: TenantId, id: EntryId, revision: i64) -> Result<()> {
    let Some((draft, over)) = due(tx, tenant, id, revision)? else { return Ok(()) };
    let Some(old) = store::find(tx, tenant, id)? else { return Ok(()) };
    if old.version != over {
        return Err(changed());
    }
    let approved_by = draft.stage_by;
    let entry = put_draft(tx, (tenant, approved_by), &old, draft)?;
    let detail = json!({ "question": entry.body.question, "version": entry.version, "approved_by": approved_by,
        "scheduled": true });
    record(tx, &Actor::system(tenant), "knowledge.publish", id, detail)
}

/// The draft could not be published at its moment: its writers are told why.
fn send_back(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: EntryId,
    revision: i64,
    code: &'static str,
) -> Result<()> {
    let Some((mut draft, _)) = due(tx, tenant, id, revision)? else { return Ok(()) };
    draft.step(Stage::Returned { reason: code.to_owned() }, None, tx.now());
    workshop::put_draft(tx, tenant, &draft)?;
    let detail = json!({ "question": draft.body.question, "reason": code, "scheduled": true });
    record(tx, &Actor::system(tenant), "knowledge.return", id, detail)?;
    emit(tx, tenant, Event::KnowledgeDrafted)
}
