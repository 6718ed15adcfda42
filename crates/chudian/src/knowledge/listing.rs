//! What one finds in the base: pages of entries, one of them, tags, and who may answer for entries.

use std::collections::HashMap;
use std::sync::Arc;

use crate::base::id::{CategoryId, EntryId, ImportId, TenantId, UserId};
use crate::base::page::{Page, PageRequest};
use crate::base::{Error, Result};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::tenants::model::User;
use crate::tenants::store as tenants;
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::acts::model::Proposal;
use super::acts::store as proposals;
use super::model::Entry;
use super::shared::model::Origin;
use super::shared::store as shared;
use super::store::{self, Drafts, Wanted};
use super::workshop::store::Head;
use super::workshop::{ops as drafts, store as workshop};

/// How many people are looked through for those who may answer for entries.
pub(super) const MOST_OWNERS: u32 = 5_000;

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
    /// Only those that hang in this category, or below it.
    pub category: Option<CategoryId>,
    /// Only those with a draft, or one at a stage.
    pub drafts: Option<Drafts>,
    /// Only those with this tag.
    pub tag: Option<String>,
    /// Only those for which this person answers.
    pub owner: Option<UserId>,
    /// Only those that somebody should look at by now.
    pub is_due: bool,
    /// Only those with a draft that this import made.
    pub import: Option<ImportId>,
    /// A part of a question, a wording or an answer.
    pub query: String,
}

impl Filter {
    /// Where this is looked for in the tables: at most `limit` before an entry.
    pub(super) fn wanted(self, ctx: &Ctx, before: Option<EntryId>, limit: u32) -> Wanted {
        let Self { category, drafts, tag, owner, is_due, import, query } = self;
        Wanted {
            category,
            drafts,
            pattern: pattern(&query),
            tag: tag_pattern(tag.as_deref().unwrap_or_default()),
            owner,
            due: is_due.then(|| ctx.clock.now()),
            import,
            before,
            limit,
        }
    }
}

/// A page of entries, newest first.
///
/// # Errors
/// `Denied` without the right; `Invalid` for a page that is none.
pub async fn list(ctx: &Ctx, actor: &Actor, filter: Filter, page: PageRequest) -> Result<Page<Found>> {
    actor.require(Permission::KnowledgeRead)?;
    let before = page.after.as_deref().map(str::parse).transpose().map_err(|_| no_page())?;
    let (tenant, limit) = (actor.tenant, page.limit());
    let wanted = filter.wanted(ctx, before, limit + 1);
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
