//! One person on two accounts is one contact. The platform tells it by the union id; two contacts
//! that turn out to share one become the older of them.
//!
//! Addresses, threads and conversations stay what they are and change their contact alone. The row of
//! the younger stays and points to the older, so that its key, wherever it was noted, leads there.

use serde_json::json;

use crate::audit::ops::record;
use crate::base::Result;
use crate::base::id::{ContactId, IdentityId, TenantId};
use crate::base::profile::Profile;
use crate::bus::{Event, emit};
use crate::db::Tx;
use crate::web::actor::Actor;

use super::model::{ChannelIdentity, Contact, first_name};
use super::store;

/// Keeps what the platform told about a person: a step. Gives the contact that they are now.
///
/// # Errors
/// `Missing` when the identity is gone; those of the database.
pub fn introduce(tx: &mut Tx<'_>, tenant: TenantId, id: IdentityId, profile: &Profile) -> Result<ContactId> {
    let identity = store::get_identity(tx, tenant, id)?;
    store::set_profile(tx, tenant, id, profile)?;
    name(tx, tenant, identity.contact, &identity.source_id, profile)?;
    let Some(union_id) = &profile.union_id else { return Ok(identity.contact) };
    let mut contact = identity.contact;
    for other in store::list_by_union(tx, tenant, union_id)? {
        if other != contact {
            contact = merge(tx, tenant, contact, other)?;
        }
    }
    Ok(contact)
}

/// A contact that has only the name we made gets the one that the platform knows.
fn name(tx: &mut Tx<'_>, tenant: TenantId, id: ContactId, source_id: &str, profile: &Profile) -> Result<()> {
    let given =
        [&profile.remark, &profile.nickname].into_iter().map(|it| it.trim()).find(|it| !it.is_empty());
    let Some(given) = given else { return Ok(()) };
    let mut contact = store::get(tx, tenant, id)?;
    if contact.name != first_name(source_id) {
        return Ok(());
    }
    contact.name = given.chars().take(100).collect();
    store::update(tx, &contact)?;
    emit(tx, tenant, Event::ContactChanged { contact: id })
}

/// Makes two contacts one. Gives the one that stays.
fn merge(tx: &mut Tx<'_>, tenant: TenantId, one: ContactId, other: ContactId) -> Result<ContactId> {
    let (into, from) = if one < other { (one, other) } else { (other, one) };
    let addresses = store::list_identities(tx, tenant, from)?;
    let stays = store::get(tx, tenant, into)?;
    let goes = store::get(tx, tenant, from)?;
    let is_made =
        |names: &[ChannelIdentity], name: &str| names.iter().any(|it| first_name(&it.source_id) == name);
    let has_made_name = is_made(&store::list_identities(tx, tenant, into)?, &stays.name);
    let joined = join(stays, &goes, has_made_name && !is_made(&addresses, &goes.name));
    store::update(tx, &joined)?;
    store::set_merged(tx, tenant, from, into)?;
    let detail = json!({
        "from": from, "from_name": goes.name, "because": "union_id",
        "identities": addresses.iter().map(|it| it.id.to_string()).collect::<Vec<_>>(),
    });
    record(tx, &Actor::system(tenant), "contact.merge", into, detail)?;
    emit(tx, tenant, Event::ContactMerged { contact: into, from })?;
    Ok(into)
}

/// The contact that stays, with what was known of the other: its marks, its note, and its name when
/// only that one was given by a person.
fn join(mut stays: Contact, goes: &Contact, takes_name: bool) -> Contact {
    if takes_name {
        stays.name.clone_from(&goes.name);
    }
    for tag in &goes.tags {
        if !stays.tags.contains(tag) {
            stays.tags.push(tag.clone());
        }
    }
    if !goes.note.is_empty() && !stays.note.contains(&goes.note) {
        if !stays.note.is_empty() {
            stays.note.push('\n');
        }
        stays.note.push_str(&goes.note);
    }
    stays
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Time;

    #[test]
    fn nothing_that_was_known_is_lost() {
        let contact = |id: i64, name: &str, tags: &[&str], note: &str| Contact {
            id: ContactId(id),
            tenant: TenantId(1),
            name: name.into(),
            tags: tags.iter().map(|it| (*it).to_owned()).collect(),
            note: note.into(),
            created_at: Time(id),
        };
        for (stays, goes, takes_name, expected) in [
            (
                contact(1, "客户 000001", &["VIP"], ""),
                contact(2, "李雷", &["欠费", "VIP"], "爱发语音"),
                true,
                contact(1, "李雷", &["VIP", "欠费"], "爱发语音"),
            ),
            (
                contact(1, "韩梅", &[], "老客户"),
                contact(2, "李雷", &[], "爱发语音"),
                false,
                contact(1, "韩梅", &[], "老客户\n爱发语音"),
            ),
            (
                contact(1, "韩梅", &[], "同"),
                contact(2, "李雷", &[], "同"),
                false,
                contact(1, "韩梅", &[], "同"),
            ),
        ] {
            assert_eq!(join(stays, &goes, takes_name), expected);
        }
    }
}
