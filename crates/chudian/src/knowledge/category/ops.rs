//! What one may do with categories.

use serde_json::json;

use crate::audit::ops::record;
use crate::base::id::CategoryId;
use crate::base::{Error, Result};
use crate::ctx::Ctx;
use crate::knowledge::store;
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::model::{Category, check_parent, tidy_category_name};

/// How many categories a tenant may have.
const MOST_CATEGORIES: usize = 500;

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
