//! What is looked at before a text is written: room, and that everything it names is there.

use crate::base::content::Content;
use crate::base::id::TenantId;
use crate::base::{Error, Result};
use crate::db::Tx;
use crate::media::table as media;
use crate::tenants::store as tenants;

use super::model::EntryBody;
use super::shared::ops::check_sharing;
use super::store;

/// How many entries a tenant may have.
pub const MOST_ENTRIES: i64 = 50_000;

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
