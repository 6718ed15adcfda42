//! Publishing a draft, at once or at a moment.

use serde_json::json;

use crate::audit::ops::record;
use crate::base::Result;
use crate::base::id::{EntryId, TenantId, UserId};
use crate::base::time::Time;
use crate::bus::{Event, emit};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::checks::check_body;
use crate::knowledge::model::{Entry, EntryBody};
use crate::knowledge::ops::changed;
use crate::knowledge::rehearsal::{self, Accepted, Change};
use crate::knowledge::store;
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::model::{Draft, Stage, check_moment, tidy_note};
use super::ops::check_seen;
use super::release;
use super::store as workshop;

/// What is to be published, and when.
#[derive(Debug, Clone, Default)]
pub struct Publication {
    /// The draft that was seen.
    pub revision: i64,
    /// The version that it was compared with.
    pub version: Option<i64>,
    /// When; `None`: now.
    pub at: Option<Time>,
    /// What it changes.
    pub note: Option<String>,
    /// Publish it although test questions would fare worse.
    pub accept_fall: bool,
}

/// Publishes a draft, or says when it will be. Gives the entry, and the draft while it waits. What is scheduled is
/// rehearsed now: at its moment nobody is there who could accept anything.
///
/// # Errors
/// `Denied` without the right, or for who wrote it where four eyes are asked for; `Missing`; `Invalid` for a
/// moment that has passed; `Conflict` when draft or version are others than those that were seen, or when test
/// questions would fare worse and that is not accepted.
pub async fn publish(
    ctx: &Ctx,
    actor: &Actor,
    id: EntryId,
    what: Publication,
) -> Result<(Entry, Option<Draft>)> {
    actor.require(Permission::KnowledgeEdit)?;
    let note = what.note.as_deref().map(|it| tidy_note(it, "note")).transpose()?;
    let actor = actor.clone();
    // Who may not publish is told so first; then what is published is what was rehearsed: the draft's number says so.
    let tenant = actor.tenant;
    let (user, revision) = (actor.user, what.revision);
    let rehearsed = ctx
        .db
        .read(move |tx| {
            let old = store::find(tx, tenant, id)?.ok_or_else(absent)?;
            let draft = workshop::find_draft(tx, tenant, id)?.ok_or_else(absent)?;
            check_seen(Some(&draft), Some(revision))?;
            check_may_publish(tx, tenant, &draft, user)?;
            Ok(EntryBody { enabled: old.body.enabled, ..draft.body })
        })
        .await?;
    let accepted = rehearsal::pass(ctx, tenant, vec![Change::put(id, rehearsed)], what.accept_fall).await?;
    ctx.db
        .write(move |tx| {
            let old = store::find(tx, actor.tenant, id)?.ok_or_else(absent)?;
            let mut draft = workshop::find_draft(tx, actor.tenant, id)?.ok_or_else(absent)?;
            check_seen(Some(&draft), Some(what.revision))?;
            if what.version.is_some_and(|it| it != old.version) {
                return Err(changed());
            }
            check_may_publish(tx, actor.tenant, &draft, actor.user)?;
            draft.note = note.unwrap_or(draft.note);
            if let Some(at) = what.at {
                let (entry, draft) = schedule(tx, &actor, old, draft, (at, &accepted))?;
                return Ok((entry, Some(draft)));
            }
            let entry = release::put_draft(tx, (actor.tenant, actor.user), &old, draft)?;
            let detail = json!({ "question": entry.body.question, "version": entry.version });
            record(tx, &actor, "knowledge.publish", id, accepted.note(detail))?;
            Ok((entry, None))
        })
        .await
}

fn check_may_publish(tx: &mut Tx<'_>, tenant: TenantId, draft: &Draft, user: Option<UserId>) -> Result<()> {
    let (settings, _) = workshop::get_settings(tx, tenant)?;
    settings.check_publisher(&draft.writers, user)?;
    settings.check_stage(&draft.stage)
}

fn schedule(
    tx: &mut Tx<'_>,
    actor: &Actor,
    old: Entry,
    mut draft: Draft,
    (at, accepted): (Time, &Accepted),
) -> Result<(Entry, Draft)> {
    check_moment(at, tx.now())?;
    check_body(tx, actor.tenant, &draft.body)?;
    draft.step(Stage::Scheduled { at, over: old.version }, actor.user, tx.now());
    workshop::put_draft(tx, actor.tenant, &draft)?;
    release::schedule(tx, actor.tenant, &draft, at)?;
    let detail = json!({ "question": draft.body.question, "revision": draft.revision, "at": at });
    record(tx, actor, "knowledge.schedule", old.id, accepted.note(detail))?;
    emit(tx, actor.tenant, Event::KnowledgeDrafted)?;
    Ok((old, draft))
}
