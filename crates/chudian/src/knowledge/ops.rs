//! What one may do with the base.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::json;

use crate::audit::ops::record;
use crate::base::content::Content;
use crate::base::id::{CategoryId, EntryId, TenantId, UserId};
use crate::base::page::{Page, PageRequest};
use crate::base::{Error, Result};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::media::table as media;
use crate::tenants::model::User;
use crate::tenants::store as tenants;
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::acts::model::Proposal;
use super::acts::store as proposals;
use super::category::{Category, check_parent, tidy_category_name};
use super::model::{Entry, EntryBody, Release};
use super::rehearsal::{self, Accepted, Change};
use super::shared::model::Origin;
use super::shared::ops::{check_sharing, tell_changed};
use super::shared::store as shared;
use super::store::{self, Drafts, Wanted};
use super::workshop::model::tidy_note;
use super::workshop::store::Head;
use super::workshop::{ops as drafts, release, store as workshop};

/// How many entries a tenant may have.
pub const MOST_ENTRIES: i64 = 50_000;

/// How many people are looked through for those who may answer for entries.
pub(super) const MOST_OWNERS: u32 = 5_000;

/// How many categories a tenant may have.
const MOST_CATEGORIES: usize = 500;

// Categories ---------------------------------------------------------------------------------------

/// All categories.
///
/// # Errors
/// `Denied` without the right.
pub async fn list_categories(ctx: &Ctx, actor: &Actor) -> Result<Vec<Category>> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    ctx.db.read(move |tx| store::list_categories(tx, tenant)).await
}

/// Makes a category.
///
/// # Errors
/// `Denied` without the right; `Invalid` for a bad name or place.
pub async fn create_category(
    ctx: &Ctx,
    actor: &Actor,
    name: &str,
    parent: Option<CategoryId>,
) -> Result<Category> {
    actor.require(Permission::KnowledgeEdit)?;
    let name = tidy_category_name(name)?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let all = store::list_categories(tx, actor.tenant)?;
            if all.len() >= MOST_CATEGORIES {
                return Err(Error::invalid(
                    "category.too_many",
                    format!("at most {MOST_CATEGORIES} categories"),
                ));
            }
            check_parent(&all, None, parent)?;
            check_twin(&all, None, parent, &name)?;
            let category = Category { id: tx.new_id(), parent, name };
            store::insert_category(tx, actor.tenant, &category)?;
            record(tx, &actor, "category.create", category.id, json!({ "name": category.name }))?;
            Ok(category)
        })
        .await
}

/// A change of a category; what is `None` stays. The inner `None` of `parent` means: to the top.
#[derive(Debug, Default)]
pub struct CategoryChange {
    /// Its name.
    pub name: Option<String>,
    /// The category above it.
    pub parent: Option<Option<CategoryId>>,
}

/// Renames or moves a category.
///
/// # Errors
/// `Denied` without the right; `Missing`; `Invalid` for a bad name or place.
pub async fn update_category(
    ctx: &Ctx,
    actor: &Actor,
    id: CategoryId,
    change: CategoryChange,
) -> Result<Category> {
    actor.require(Permission::KnowledgeEdit)?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let all = store::list_categories(tx, actor.tenant)?;
            let mut category = all.iter().find(|it| it.id == id).cloned().ok_or_else(absent)?;
            if let Some(name) = &change.name {
                category.name = tidy_category_name(name)?;
            }
            category.parent = change.parent.unwrap_or(category.parent);
            check_parent(&all, Some(id), category.parent)?;
            check_twin(&all, Some(id), category.parent, &category.name)?;
            if !store::update_category(tx, actor.tenant, &category)? {
                return Err(absent());
            }
            let detail = json!({ "name": category.name, "parent": category.parent });
            record(tx, &actor, "category.change", id, detail)?;
            Ok(category)
        })
        .await
}

/// Removes a category that is empty.
///
/// # Errors
/// `Denied` without the right; `Missing`; `Conflict` while something hangs in it.
pub async fn delete_category(ctx: &Ctx, actor: &Actor, id: CategoryId) -> Result<()> {
    actor.require(Permission::KnowledgeEdit)?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let has_children =
                store::list_categories(tx, actor.tenant)?.iter().any(|it| it.parent == Some(id));
            if has_children || store::count_in_category(tx, actor.tenant, id)? > 0 {
                let why = "something hangs in this category: move it elsewhere first";
                return Err(Error::conflict("category.in_use", why));
            }
            if !store::delete_category(tx, actor.tenant, id)? {
                return Err(absent());
            }
            record(tx, &actor, "category.delete", id, json!({}))
        })
        .await
}

fn check_twin(
    all: &[Category],
    id: Option<CategoryId>,
    parent: Option<CategoryId>,
    name: &str,
) -> Result<()> {
    if all.iter().any(|it| Some(it.id) != id && it.parent == parent && it.name == name) {
        let error = Error::conflict("category.exists", "there is a category of this name at this place");
        return Err(error.field("name", "is taken"));
    }
    Ok(())
}

// Entries ------------------------------------------------------------------------------------------

/// An entry with what is being written of it.
#[derive(Debug, Clone)]
pub struct Found {
    /// The entry.
    pub entry: Entry,
    /// Its draft, if there is one.
    pub draft: Option<Head>,
    /// What somebody proposes to do with it.
    pub proposal: Option<Proposal>,
    /// The names of those who wrote.
    pub names: Arc<HashMap<UserId, String>>,
    /// The shared entry of which it is the own wording, and the version of that now.
    pub origin: Option<(Origin, Option<i64>)>,
}

/// Which entries are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those that hang in this category.
    pub category: Option<CategoryId>,
    /// Only those with a draft, or one at a stage.
    pub drafts: Option<Drafts>,
    /// Only those with this tag.
    pub tag: Option<String>,
    /// Only those for which this person answers.
    pub owner: Option<UserId>,
    /// Only those that somebody should look at by now.
    pub is_due: bool,
}

/// A page of entries, newest first.
///
/// # Errors
/// `Denied` without the right; `Invalid` for a page that is none.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    filter: Filter,
    query: &str,
    page: PageRequest,
) -> Result<Page<Found>> {
    actor.require(Permission::KnowledgeRead)?;
    let before = page.after.as_deref().map(str::parse).transpose().map_err(|_| no_page())?;
    let (tenant, limit) = (actor.tenant, page.limit());
    let Filter { category, drafts, tag, owner, is_due } = filter;
    let wanted = Wanted {
        category,
        drafts,
        pattern: pattern(query),
        tag: tag_pattern(tag.as_deref().unwrap_or_default()),
        owner,
        due: is_due.then(|| ctx.clock.now()),
        before,
        limit: limit + 1,
    };
    let rows = ctx.db.read(move |tx| with_drafts(tx, tenant, &wanted)).await?;
    Ok(Page::cut(rows, limit, |it| it.entry.id.to_string()))
}

fn with_drafts(tx: &mut Tx<'_>, tenant: TenantId, wanted: &Wanted) -> Result<Vec<Found>> {
    let entries = store::list(tx, tenant, wanted)?;
    let (Some(newest), Some(oldest)) = (entries.first(), entries.last()) else { return Ok(Vec::new()) };
    let mut heads = workshop::list_heads(tx, tenant, oldest.id, newest.id)?;
    let mut proposed = proposals::list(tx, tenant, oldest.id, newest.id)?;
    let users = entries
        .iter()
        .filter_map(|it| it.updated_by)
        .chain(heads.values().filter_map(|it| it.updated_by))
        .chain(proposed.values().flat_map(Proposal::people));
    let names = Arc::new(drafts::names(tx, tenant, users)?);
    let mut origins = shared::list_origins(tx, tenant)?;
    let mut found = Vec::with_capacity(entries.len());
    for entry in entries {
        let origin = origins.remove(&entry.id).map(|it| with_version(tx, tenant, it)).transpose()?;
        let (draft, proposal) = (heads.remove(&entry.id), proposed.remove(&entry.id));
        found.push(Found { draft, proposal, names: names.clone(), entry, origin });
    }
    Ok(found)
}

fn with_version(tx: &mut Tx<'_>, tenant: TenantId, origin: Origin) -> Result<(Origin, Option<i64>)> {
    Ok((origin, shared::find_for(tx, tenant, origin.id)?.map(|it| it.version)))
}

/// The error for an `after` that is not from a page.
#[must_use]
pub fn no_page() -> Error {
    Error::invalid("page.after", "this is not the `next` of a page")
        .field("after", "take it from the page before")
}

/// A `like` pattern for rows that contain the query, in lower case; empty for an empty query.
#[must_use]
pub fn pattern(query: &str) -> String {
    let query = query.trim().to_lowercase();
    if query.is_empty() {
        return query;
    }
    format!("%{}%", escaped(&query))
}

fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_")
}

/// A `like` pattern for tags as they are stored, of which one is this; empty for none. No tag holds a quotation mark.
fn tag_pattern(tag: &str) -> String {
    let tag = tag.trim();
    if tag.is_empty() { String::new() } else { format!("%\"{}\"%", escaped(tag)) }
}

/// All tags, the most used first, each with how many entries carry it.
///
/// # Errors
/// `Denied` without the right.
pub async fn list_tags(ctx: &Ctx, actor: &Actor) -> Result<Vec<(String, usize)>> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    ctx.db.read(move |tx| store::list_tags(tx, tenant)).await
}

/// Who may answer for entries: people of the tenant who may write the base and are not locked out.
///
/// # Errors
/// `Denied` without the right.
pub async fn list_owners(ctx: &Ctx, actor: &Actor) -> Result<Vec<(UserId, String)>> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    let users = ctx.db.read(move |tx| tenants::list_users(tx, tenant, "%", None, MOST_OWNERS)).await?;
    let may = |it: &User| !it.disabled && it.role.permissions().has(Permission::KnowledgeEdit);
    Ok(users.into_iter().filter(may).map(|it| (it.id, it.name)).collect())
}

/// One entry.
///
/// # Errors
/// `Denied` without the right; `Missing`.
pub async fn get(ctx: &Ctx, actor: &Actor, id: EntryId) -> Result<Found> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    ctx.db
        .read(move |tx| {
            let entry = store::find(tx, tenant, id)?.ok_or_else(absent)?;
            let draft = workshop::list_heads(tx, tenant, id, id)?.remove(&id);
            let proposal = proposals::find(tx, tenant, id)?;
            let users = entry.updated_by.into_iter().chain(draft.as_ref().and_then(|it| it.updated_by));
            let users = users.chain(proposal.iter().flat_map(Proposal::people));
            let names = Arc::new(drafts::names(tx, tenant, users)?);
            let origin = shared::find_origin(tx, tenant, id)?;
            let origin = origin.map(|it| with_version(tx, tenant, it)).transpose()?;
            Ok(Found { entry, draft, proposal, names, origin })
        })
        .await
}

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

/// Refuses entries beyond what a base holds.
pub(super) fn check_room(tx: &mut Tx<'_>, tenant: TenantId, more: usize) -> Result<()> {
    let more = i64::try_from(more).unwrap_or(i64::MAX);
    if store::count(tx, tenant)?.saturating_add(more) > MOST_ENTRIES {
        return Err(Error::invalid(
            "knowledge.full",
            format!("the base holds at most {MOST_ENTRIES} entries"),
        ));
    }
    Ok(())
}

/// Refuses what names a category or a file that is not there.
pub(super) fn check_body(tx: &mut Tx<'_>, tenant: TenantId, body: &EntryBody) -> Result<()> {
    if let Some(category) = body.category
        && !store::list_categories(tx, tenant)?.iter().any(|it| it.id == category)
    {
        let error = Error::invalid("knowledge.category", "there is no such category");
        return Err(error.field("category", "not found"));
    }
    if let Some(owner) = body.owner
        && tenants::find_user(tx, tenant, owner)?.is_none()
    {
        let error = Error::invalid("knowledge.owner", "there is nobody of this key");
        return Err(error.field("owner", "not found"));
    }
    for (set, nth) in body.channel_answers.iter().zip(1..) {
        for inbox in &set.inboxes {
            if store::find_inbox_name(tx, tenant, *inbox)?.is_none() {
                let error = Error::invalid("channel_answers.inbox", "there is no such inbox");
                return Err(error.field(format!("channel_answers[{nth}]"), "inbox not found"));
            }
        }
    }
    for (field, answers) in body.all_answers() {
        check_files(tx, tenant, answers, &field)?;
    }
    check_sharing(tx, tenant, body)
}

/// Leaves out what an old text names and what is gone by now: it must not stand in the way of an old answer.
pub(super) fn forget_gone(tx: &mut Tx<'_>, tenant: TenantId, body: &mut EntryBody) -> Result<()> {
    let categories = store::list_categories(tx, tenant)?;
    body.category = body.category.filter(|id| categories.iter().any(|it| it.id == *id));
    if let Some(owner) = body.owner
        && tenants::find_user(tx, tenant, owner)?.is_none()
    {
        body.owner = None;
    }
    for set in &mut body.channel_answers {
        let mut there = Vec::with_capacity(set.inboxes.len());
        for inbox in &set.inboxes {
            if store::find_inbox_name(tx, tenant, *inbox)?.is_some() {
                there.push(*inbox);
            }
        }
        set.inboxes = there;
    }
    body.channel_answers.retain(|it| !it.channels.is_empty() || !it.inboxes.is_empty());
    Ok(())
}

/// Refuses answers that name a file which is not the tenant's.
pub fn check_files(tx: &mut Tx<'_>, tenant: TenantId, answers: &[Content], field: &str) -> Result<()> {
    for (answer, nth) in answers.iter().zip(1..) {
        for id in answer.media() {
            if media::find(tx, tenant, id)?.is_none() {
                let error = Error::invalid(
                    "answers.file",
                    "an answer names a file that is not here: upload it first",
                );
                return Err(error.field(format!("{field}[{nth}]"), "file not found"));
            }
        }
    }
    Ok(())
}
