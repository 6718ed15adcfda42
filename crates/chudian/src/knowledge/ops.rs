//! What one may do with the base.

use serde_json::json;

use crate::audit::ops::record;
use crate::base::content::Content;
use crate::base::id::{CategoryId, EntryId, TenantId};
use crate::base::page::{Page, PageRequest};
use crate::base::{Error, Result};
use crate::bus::{Event, emit};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::media::table as media;
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::model::{Category, Entry, EntryBody, check_parent, tidy_category_name};
use super::store::{self, Wanted};

/// How many entries a tenant may have.
pub const MOST_ENTRIES: i64 = 50_000;

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

/// A page of entries, newest first.
///
/// # Errors
/// `Denied` without the right; `Invalid` for a page that is none.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    category: Option<CategoryId>,
    query: &str,
    page: PageRequest,
) -> Result<Page<Entry>> {
    actor.require(Permission::KnowledgeRead)?;
    let before = page.after.as_deref().map(str::parse).transpose().map_err(|_| no_page())?;
    let (tenant, limit) = (actor.tenant, page.limit());
    let wanted = Wanted { category, pattern: pattern(query), before, limit: limit + 1 };
    let rows = ctx.db.read(move |tx| store::list(tx, tenant, &wanted)).await?;
    Ok(Page::cut(rows, limit, |it| it.id.to_string()))
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
    format!("%{}%", query.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_"))
}

/// One entry.
///
/// # Errors
/// `Denied` without the right; `Missing`.
pub async fn get(ctx: &Ctx, actor: &Actor, id: EntryId) -> Result<Entry> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    ctx.db.read(move |tx| store::find(tx, tenant, id)).await?.ok_or_else(absent)
}

/// Makes an entry.
///
/// # Errors
/// `Denied` without the right; `Invalid`, by field.
pub async fn create(ctx: &Ctx, actor: &Actor, body: EntryBody) -> Result<Entry> {
    actor.require(Permission::KnowledgeEdit)?;
    let body = body.tidy()?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            check_room(tx, actor.tenant, 1)?;
            check_body(tx, actor.tenant, &body)?;
            let entry =
                Entry { id: tx.new_id(), body, version: 1, updated_at: tx.now(), updated_by: actor.user };
            store::insert(tx, actor.tenant, &entry)?;
            record(tx, &actor, "knowledge.create", entry.id, json!({ "question": entry.body.question }))?;
            emit(tx, actor.tenant, Event::KnowledgeChanged)?;
            Ok(entry)
        })
        .await
}

/// Changes an entry. `seen` is the version that the editor had before them; `None` writes over any.
///
/// # Errors
/// `Denied` without the right; `Missing`; `Invalid`, by field; `Conflict` when somebody was faster.
pub async fn update(
    ctx: &Ctx,
    actor: &Actor,
    id: EntryId,
    body: EntryBody,
    seen: Option<i64>,
) -> Result<Entry> {
    actor.require(Permission::KnowledgeEdit)?;
    let body = body.tidy()?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let old = store::find(tx, actor.tenant, id)?.ok_or_else(absent)?;
            if seen.is_some_and(|it| it != old.version) {
                return Err(changed());
            }
            check_body(tx, actor.tenant, &body)?;
            let (version, updated_at) = (old.version + 1, tx.now());
            let entry = Entry { id, body, version, updated_at, updated_by: actor.user };
            if !store::update(tx, actor.tenant, &entry)? {
                return Err(changed());
            }
            let detail = json!({ "question": entry.body.question, "version": entry.version });
            record(tx, &actor, "knowledge.change", id, detail)?;
            emit(tx, actor.tenant, Event::KnowledgeChanged)?;
            Ok(entry)
        })
        .await
}

/// Removes an entry.
///
/// # Errors
/// `Denied` without the right; `Missing`.
pub async fn delete(ctx: &Ctx, actor: &Actor, id: EntryId) -> Result<()> {
    actor.require(Permission::KnowledgeEdit)?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let old = store::find(tx, actor.tenant, id)?.ok_or_else(absent)?;
            store::delete(tx, actor.tenant, id)?;
            record(tx, &actor, "knowledge.delete", id, json!({ "question": old.body.question }))?;
            emit(tx, actor.tenant, Event::KnowledgeChanged)
        })
        .await
}

fn changed() -> Error {
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

fn check_body(tx: &mut Tx<'_>, tenant: TenantId, body: &EntryBody) -> Result<()> {
    if let Some(category) = body.category
        && !store::list_categories(tx, tenant)?.iter().any(|it| it.id == category)
    {
        let error = Error::invalid("knowledge.category", "there is no such category");
        return Err(error.field("category", "not found"));
    }
    check_files(tx, tenant, &body.answers, "answers")
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
