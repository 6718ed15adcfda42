//! The versions of an entry, and what is different between two of its texts.

use crate::base::Result;
use crate::base::id::{EntryId, TenantId};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::model::{Entry, EntryBody};
use crate::knowledge::shared::store as shared;
use crate::knowledge::store;
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::diff::{self, Difference, Labels};
use super::ops::names;
use super::store as workshop;

/// How many versions a page tells.
pub const MOST_VERSIONS: u32 = 50;

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
