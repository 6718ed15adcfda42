//! What one may do with entries: make and change them.

use serde_json::json;

use crate::audit::ops::record;
use crate::base::id::EntryId;
use crate::base::{Error, Result};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::checks::{check_body, check_room};
use super::model::{Entry, EntryBody, Release};
use super::rehearsal::{self, Accepted, Change};
use super::shared::ops::tell_changed;
use super::store;
use super::workshop::model::tidy_note;
use super::workshop::{ops as drafts, release, store as workshop};

/// How an entry is written.
#[derive(Debug, Clone, Default)]
pub struct Writing {
    /// Publish it at once; else it becomes a draft.
    pub publish: bool,
    /// The version that the editor had before them; `None` writes over any.
    pub version: Option<i64>,
    /// The number of the draft that the editor had before them, 0 for none. Published at once, that draft ends.
    pub revision: Option<i64>,
    /// What it changes.
    pub note: Option<String>,
    /// Publish it although test questions would fare worse.
    pub accept_fall: bool,
}

/// Makes an entry, published or as a draft.
///
/// # Errors
/// `Denied` without the right, and to publish at once where four eyes are asked for; `Invalid`, by field.
pub async fn create(ctx: &Ctx, actor: &Actor, body: EntryBody, how: Writing) -> Result<Entry> {
    actor.require(Permission::KnowledgeEdit)?;
    let body = body.tidy()?;
    let note = how.note.as_deref().map(|it| tidy_note(it, "note")).transpose()?;
    let change = how.publish.then(|| Change::create(ctx, body.clone()));
    let accepted = rehearse(ctx, actor, change, how.accept_fall).await?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            check_room(tx, actor.tenant, 1)?;
            check_body(tx, actor.tenant, &body)?;
            let (id, updated_at, updated_by) = (tx.new_id(), tx.now(), actor.user);
            let (release, version) = (Release::by(actor.user), i64::from(how.publish));
            let mut entry = Entry { id, body, version, updated_at, updated_by, release };
            if how.publish {
                entry.release.note = note.unwrap_or_default();
                workshop::get_settings(tx, actor.tenant)?.0.check_at_once()?;
                store::insert(tx, actor.tenant, &entry)?;
                let detail = json!({ "question": entry.body.question });
                record(tx, &actor, "knowledge.create", id, accepted.note(detail))?;
                tell_changed(tx, actor.tenant, entry.body.sharing.is_some())?;
            } else {
                store::insert(tx, actor.tenant, &entry)?;
                drafts::save(tx, &actor, &entry, entry.body.clone(), (None, note))?;
            }
            Ok(entry)
        })
        .await
}

/// Changes an entry: what is published of it, or its draft.
///
/// # Errors
/// `Denied` without the right, and to publish at once where four eyes are asked for; `Missing`; `Invalid`, by
/// field; `Conflict` when somebody was faster.
pub async fn update(ctx: &Ctx, actor: &Actor, id: EntryId, body: EntryBody, how: Writing) -> Result<Entry> {
    actor.require(Permission::KnowledgeEdit)?;
    let body = body.tidy()?;
    let note = how.note.as_deref().map(|it| tidy_note(it, "note")).transpose()?;
    let change = how.publish.then(|| Change::put(id, body.clone()));
    let accepted = rehearse(ctx, actor, change, how.accept_fall).await?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let old = store::find(tx, actor.tenant, id)?.ok_or_else(absent)?;
            if how.version.is_some_and(|it| it != old.version) {
                return Err(changed());
            }
            if how.publish {
                publish_at_once(tx, &actor, &old, body, (how.revision, note, &accepted))
            } else {
                drafts::save(tx, &actor, &old, body, (how.revision, note))?;
                Ok(store::find(tx, actor.tenant, id)?.unwrap_or(old))
            }
        })
        .await
}

/// Publishes what was just written. A draft that the writer had before them ends with it, and so does one of
/// which nothing was published; another's stays.
fn publish_at_once(
    tx: &mut Tx<'_>,
    actor: &Actor,
    old: &Entry,
    body: EntryBody,
    (seen, note, accepted): (Option<i64>, Option<String>, &Accepted),
) -> Result<Entry> {
    workshop::get_settings(tx, actor.tenant)?.0.check_at_once()?;
    let draft = workshop::find_draft(tx, actor.tenant, old.id)?;
    drafts::check_seen(draft.as_ref(), seen)?;
    let mut release = Release::by(actor.user);
    if let Some(draft) = draft.filter(|_| seen.is_some() || old.version == 0) {
        release.writers.extend(draft.writers.iter().filter(|it| Some(**it) != actor.user));
        release.note = draft.note;
        workshop::delete_draft(tx, actor.tenant, old.id)?;
    }
    release.note = note.unwrap_or(release.note);
    let entry = release::put(tx, (actor.tenant, actor.user), old, body, release)?;
    let detail = json!({ "question": entry.body.question, "version": entry.version });
    record(tx, actor, "knowledge.change", old.id, accepted.note(detail))?;
    Ok(entry)
}

/// Tries what is about to be published at once; where four eyes are asked for, that is refused first.
async fn rehearse(ctx: &Ctx, actor: &Actor, change: Option<Change>, accept_fall: bool) -> Result<Accepted> {
    let Some(change) = change else { return Ok(Accepted::default()) };
    let tenant = actor.tenant;
    ctx.db.read(move |tx| workshop::get_settings(tx, tenant)?.0.check_at_once()).await?;
    rehearsal::pass(ctx, tenant, vec![change], accept_fall).await
}

/// Somebody was faster.
pub(super) fn changed() -> Error {
    Error::conflict(
        "knowledge.changed",
        "somebody changed this entry meanwhile: look at it again, then decide",
    )
}
