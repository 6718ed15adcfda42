//! What one may do with drafts, versions and the editors' rules.

use serde_json::json;

use crate::audit::ops::record;
use crate::base::id::{EntryId, TenantId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::bus::{Event, emit};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::model::{Entry, EntryBody};
use crate::knowledge::ops::{changed, check_body};
use crate::knowledge::rehearsal::{self, Accepted, Change};
use crate::knowledge::shared::store as shared;
use crate::knowledge::store;
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::diff::{self, Difference, Labels};
use super::model::{Draft, KnowledgeSettings, Stage, check_moment, tidy_note};
use super::release;
use super::store as workshop;

/// How many versions a page tells.
pub const MOST_VERSIONS: u32 = 50;

// Drafts -------------------------------------------------------------------------------------------

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
    let draft = write(tx, actor, old, body, note)?;
    let detail = json!({ "question": draft.body.question, "revision": draft.revision });
    record(tx, actor, "knowledge.draft", old.id, detail)?;
    emit(tx, actor.tenant, Event::KnowledgeDrafted)?;
    Ok(draft)
}

/// Writes a draft that was checked, without a record of its own: a table is recorded as a whole.
pub fn write(
    tx: &mut Tx<'_>,
    actor: &Actor,
    old: &Entry,
    body: EntryBody,
    note: Option<String>,
) -> Result<Draft> {
    let before = workshop::find_draft(tx, actor.tenant, old.id)?;
    let revision = workshop::next_revision(tx, actor.tenant, old.id)?;
    let body = EntryBody { enabled: old.body.enabled, ..body };
    let mut draft = Draft::saved(before, old.id, body, revision, (actor.user, tx.now()));
    draft.note = note.unwrap_or(draft.note);
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

// Publishing ---------------------------------------------------------------------------------------

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

// Versions -----------------------------------------------------------------------------------------

/// The versions of an entry below `before`, newest first; the present one comes first of all. And the number
/// from which the next page goes on.
///
/// # Errors
/// `Denied` without the right; `Missing`.
pub async fn list_versions(
    ctx: &Ctx,
    actor: &Actor,
    id: EntryId,
    before: Option<i64>,
) -> Result<(Vec<Entry>, Option<i64>)> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    ctx.db
        .read(move |tx| {
            let entry = store::find(tx, tenant, id)?.ok_or_else(absent)?;
            let first = before.unwrap_or(i64::MAX);
            let mut found = workshop::list_versions(tx, tenant, id, first, MOST_VERSIONS)?;
            let next = (found.len() == MOST_VERSIONS as usize).then(|| found.last().map(|it| it.version));
            if before.is_none() && entry.version > 0 {
                found.insert(0, entry);
            }
            Ok((found, next.flatten()))
        })
        .await
}

/// What is to be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    /// What is published.
    Published,
    /// What is being written.
    Draft,
    /// What headquarters shares, of an own wording.
    Origin,
    /// The version of this number.
    Version(i64),
}

/// What is different between two texts of an entry, field by field.
///
/// # Errors
/// `Denied` without the right; `Missing` when one of them is not there.
pub async fn compare(ctx: &Ctx, actor: &Actor, id: EntryId, from: Text, to: Text) -> Result<Vec<Difference>> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    let (before, after, labels) = ctx
        .db
        .read(move |tx| {
            let entry = store::find(tx, tenant, id)?.ok_or_else(absent)?;
            let before = text(tx, tenant, &entry, from)?.ok_or_else(absent)?;
            let after = text(tx, tenant, &entry, to)?.ok_or_else(absent)?;
            let labels = labels(tx, tenant, [&before, &after])?;
            Ok((before, after, labels))
        })
        .await?;
    Ok(diff::between(&before, &after, &labels))
}

/// What people call the things that these texts name.
fn labels(tx: &mut Tx<'_>, tenant: TenantId, texts: [&EntryBody; 2]) -> Result<Labels> {
    let mut labels = Labels { categories: store::list_categories(tx, tenant)?, ..Labels::default() };
    let owners = names(tx, tenant, texts.iter().filter_map(|it| it.owner))?;
    labels.names.extend(owners.into_iter().map(|(id, name)| (id.to_string(), name)));
    let scopes = texts.iter().filter_map(|it| it.sharing.as_ref());
    if scopes.clone().any(|it| !it.members.is_empty()) {
        let members = crate::tenants::store::list_subtree(tx, tenant)?;
        labels.names.extend(members.into_iter().map(|it| (it.id.to_string(), it.name)));
    }
    for id in texts.iter().flat_map(|it| &it.related) {
        if let Some(question) = store::find_question(tx, tenant, *id)? {
            labels.names.insert(id.to_string(), question);
        }
    }
    for id in texts.iter().flat_map(|it| &it.channel_answers).flat_map(|it| &it.inboxes) {
        if let Some(name) = store::find_inbox_name(tx, tenant, *id)? {
            labels.names.insert(id.to_string(), name);
        }
    }
    Ok(labels)
}

fn text(tx: &mut Tx<'_>, tenant: TenantId, entry: &Entry, which: Text) -> Result<Option<EntryBody>> {
    Ok(match which {
        // Nothing was published: all of the draft is new.
        Text::Published if entry.version == 0 => Some(EntryBody::default()),
        Text::Published => Some(entry.body.clone()),
        Text::Version(number) if number == entry.version && number > 0 => Some(entry.body.clone()),
        Text::Version(number) => workshop::find_version(tx, tenant, entry.id, number)?.map(|it| it.body),
        Text::Origin => origin(tx, tenant, entry)?,
        Text::Draft => workshop::find_draft(tx, tenant, entry.id)?.map(|it| it.body),
    })
}

/// What headquarters says in the place of an own wording. What it keeps to itself is no difference.
fn origin(tx: &mut Tx<'_>, tenant: TenantId, entry: &Entry) -> Result<Option<EntryBody>> {
    let Some(origin) = shared::find_origin(tx, tenant, entry.id)? else { return Ok(None) };
    let theirs = shared::find_for(tx, tenant, origin.id)?;
    Ok(theirs.map(|it| EntryBody {
        category: entry.body.category,
        owner: entry.body.owner,
        review_at: entry.body.review_at,
        ..it.body
    }))
}

// Rules --------------------------------------------------------------------------------------------

/// How the tenant's editors work together.
///
/// # Errors
/// `Denied` without the right.
pub async fn get_settings(ctx: &Ctx, actor: &Actor) -> Result<KnowledgeSettings> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    let (settings, version) = ctx.db.read(move |tx| workshop::get_settings(tx, tenant)).await?;
    Ok(KnowledgeSettings { version: Some(version), ..settings })
}

/// Writes how the tenant's editors work together. The editors themselves may not: four eyes that one person can
/// close are none.
///
/// # Errors
/// `Denied` without the right; `Conflict` when somebody was faster.
pub async fn put_settings(
    ctx: &Ctx,
    actor: &Actor,
    mut settings: KnowledgeSettings,
) -> Result<KnowledgeSettings> {
    actor.require(Permission::KnowledgeManage)?;
    settings.check()?;
    let seen = settings.version.take();
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let (_, version) = workshop::get_settings(tx, actor.tenant)?;
            let is_current = seen.is_none_or(|it| it == version);
            if !is_current || !workshop::put_settings(tx, actor.tenant, &settings, version + 1)? {
                return Err(Error::conflict(
                    "knowledge_settings.changed",
                    "somebody changed these rules meanwhile: look at them again, then decide",
                ));
            }
            let detail = json!({ "version": version + 1, "four_eyes": settings.four_eyes,
                "replayed_questions": settings.replayed_questions });
            record(tx, &actor, "knowledge.settings", "knowledge", detail)?;
            Ok(KnowledgeSettings { version: Some(version + 1), ..settings })
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
