//! The rows of contacts and channel identities.

use crate::base::id::{ContactId, IdentityId, TenantId};
use crate::base::profile::Profile;
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::db::{Row, Tx, args};

use super::model::{ChannelIdentity, Contact};

fn contact(row: &Row<'_>) -> Result<Contact> {
    Ok(Contact {
        id: row.get(0)?,
        tenant: row.get(1)?,
        name: row.get(2)?,
        tags: row.json(3)?,
        note: row.get(4)?,
        created_at: row.get(5)?,
    })
}

fn identity(row: &Row<'_>) -> Result<ChannelIdentity> {
    Ok(ChannelIdentity {
        id: row.get(0)?,
        tenant: row.get(1)?,
        inbox: row.get(2)?,
        contact: row.get(3)?,
        source_id: row.get(4)?,
        union_id: row.get(5)?,
        followed_at: row.get(6)?,
        unfollowed_at: row.get(7)?,
        follow_source: row.get(8)?,
        allowance_left: row.get(9)?,
        allowance_until: row.get(10)?,
        created_at: row.get(11)?,
    })
}

/// Writes a new contact.
pub fn insert(tx: &mut Tx<'_>, contact: &Contact) -> Result<()> {
    tx.execute(
        "insert into contacts (id, tenant_id, name, tags, note, created_at) values ($1, $2, $3, $4, $5, $6)",
        args![
            contact.id,
            contact.tenant,
            contact.name,
            serde_json::json!(contact.tags).to_string(),
            contact.note,
            contact.created_at
        ],
    )?;
    Ok(())
}

/// A tenant's contact, which must be there.
pub fn get(tx: &mut Tx<'_>, tenant: TenantId, id: ContactId) -> Result<Contact> {
    tx.first(
        "select id, tenant_id, name, tags, note, created_at from contacts where tenant_id = $1 and id = $2",
        args![tenant, id],
        contact,
    )?
    .ok_or_else(|| Error::missing("contact.missing", "there is no such contact"))
}

/// Writes a new identity.
pub fn insert_identity(tx: &mut Tx<'_>, identity: &ChannelIdentity) -> Result<()> {
    tx.execute(
        "insert into channel_identities (id, tenant_id, inbox_id, contact_id, source_id, union_id, followed_at,
             follow_source, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            identity.id,
            identity.tenant,
            identity.inbox,
            identity.contact,
            identity.source_id,
            identity.union_id,
            identity.followed_at,
            identity.follow_source,
            identity.created_at
        ],
    )?;
    Ok(())
}

/// A tenant's identity, which must be there.
pub fn get_identity(tx: &mut Tx<'_>, tenant: TenantId, id: IdentityId) -> Result<ChannelIdentity> {
    tx.first(
        "select id, tenant_id, inbox_id, contact_id, source_id, union_id, followed_at, unfollowed_at, follow_source,
             allowance_left, allowance_until, created_at
         from channel_identities where tenant_id = $1 and id = $2",
        args![tenant, id],
        identity,
    )?
    .ok_or_else(|| Error::missing("contact.identity_missing", "there is no such channel identity"))
}

/// The identities of a contact, oldest first.
pub fn list_identities(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    contact: ContactId,
) -> Result<Vec<ChannelIdentity>> {
    tx.all(
        "select id, tenant_id, inbox_id, contact_id, source_id, union_id, followed_at, unfollowed_at, follow_source,
             allowance_left, allowance_until, created_at
         from channel_identities where contact_id = $2 and tenant_id = $1 order by id",
        args![tenant, contact],
        identity,
    )
}

/// The contact that a union id belongs to already, on any inbox of the tenant.
pub fn find_by_union(tx: &mut Tx<'_>, tenant: TenantId, union_id: &str) -> Result<Option<ContactId>> {
    tx.first(
        "select contact_id from channel_identities where tenant_id = $1 and union_id = $2 order by id limit 1",
        args![tenant, union_id],
        |row| row.get(0),
    )
}

/// The contacts that a union id leads to, oldest first.
pub fn list_by_union(tx: &mut Tx<'_>, tenant: TenantId, union_id: &str) -> Result<Vec<ContactId>> {
    tx.all(
        "select distinct contact_id from channel_identities where tenant_id = $1 and union_id = $2 order by contact_id",
        args![tenant, union_id],
        |row| row.get(0),
    )
}

/// Keeps what the platform told. What it does not tell any more stays.
pub fn set_profile(tx: &mut Tx<'_>, tenant: TenantId, id: IdentityId, it: &Profile) -> Result<()> {
    let now = tx.now();
    let said = |text: &str| Some(text.to_owned()).filter(|it| !it.is_empty());
    tx.execute(
        "update channel_identities set union_id = coalesce($3, union_id), remark = coalesce($4, remark),
             language = coalesce($5, language), asked_at = $6
         where tenant_id = $1 and id = $2",
        args![tenant, id, it.union_id, said(&it.remark), said(&it.language), now],
    )?;
    Ok(())
}

/// The platform was asked and told nothing.
pub fn set_asked(tx: &mut Tx<'_>, tenant: TenantId, id: IdentityId) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "update channel_identities set asked_at = $3 where tenant_id = $1 and id = $2",
        args![tenant, id, now],
    )?;
    Ok(())
}

/// One contact becomes part of another, with all that is theirs.
pub fn set_merged(tx: &mut Tx<'_>, tenant: TenantId, from: ContactId, into: ContactId) -> Result<()> {
    let now = tx.now();
    for sql in [
        "update conversations set contact_id = $3
         where tenant_id = $1 and thread_id in (select id from threads where contact_id = $2)",
        "update threads set contact_id = $3 where tenant_id = $1 and contact_id = $2",
        "update channel_identities set contact_id = $3 where tenant_id = $1 and contact_id = $2",
        "update contacts set merged_into_id = $3 where tenant_id = $1 and merged_into_id = $2",
    ] {
        tx.execute(sql, args![tenant, from, into])?;
    }
    tx.execute(
        "update contacts set merged_into_id = $3, merged_at = $4 where tenant_id = $1 and id = $2",
        args![tenant, from, into, now],
    )?;
    Ok(())
}

/// Where a contact's key leads: to itself, or to the contact that it became part of.
pub fn present(tx: &mut Tx<'_>, tenant: TenantId, id: ContactId) -> Result<ContactId> {
    tx.first(
        "select coalesce(merged_into_id, id) from contacts where tenant_id = $1 and id = $2",
        args![tenant, id],
        |row| row.get(0),
    )?
    .ok_or_else(|| Error::missing("contact.missing", "there is no such contact"))
}

/// A contact that became part of another.
#[derive(Debug, Clone)]
pub struct Merged {
    /// Its key.
    pub id: ContactId,
    /// Its name then.
    pub name: String,
    /// When.
    pub at: Time,
}

/// Who became part of a contact, oldest first.
pub fn list_merged(tx: &mut Tx<'_>, tenant: TenantId, into: ContactId) -> Result<Vec<Merged>> {
    tx.all(
        "select id, name, merged_at from contacts where merged_into_id = $2 and tenant_id = $1 order by id",
        args![tenant, into],
        |row| Ok(Merged { id: row.get(0)?, name: row.get(1)?, at: row.get(2)? }),
    )
}

/// The window of the platform for this person.
pub fn set_allowance(tx: &mut Tx<'_>, id: IdentityId, left: i64, until: Option<Time>) -> Result<()> {
    tx.execute(
        "update channel_identities set allowance_left = $2, allowance_until = $3 where id = $1",
        args![id, left, until],
    )?;
    Ok(())
}

/// They follow now, from this source; the moment they stopped is forgotten.
pub fn set_followed(tx: &mut Tx<'_>, id: IdentityId, at: Time, source: Option<&str>) -> Result<()> {
    tx.execute(
        "update channel_identities set followed_at = $2, unfollowed_at = null,
             follow_source = coalesce($3, follow_source) where id = $1",
        args![id, at, source],
    )?;
    Ok(())
}

/// They do not follow any more: nothing can be sent.
pub fn set_unfollowed(tx: &mut Tx<'_>, id: IdentityId, at: Time) -> Result<()> {
    tx.execute(
        "update channel_identities set unfollowed_at = $2, followed_at = null, allowance_left = 0, allowance_until = null
         where id = $1",
        args![id, at],
    )?;
    Ok(())
}

/// The last of the newest `count` contacts before the key `before`; `None` when there are fewer.
pub fn window_end(tx: &mut Tx<'_>, tenant: TenantId, before: i64, count: u32) -> Result<Option<ContactId>> {
    let (found, end) = tx
        .first(
            "select count(*), min(newest.id) from (select id from contacts where tenant_id = $1 and id < $2
             order by id desc limit $3) newest",
            args![tenant, before, count],
            |row| Ok((row.get::<i64>(0)?, row.get::<Option<ContactId>>(1)?)),
        )?
        .unwrap_or_default();
    Ok(end.filter(|_| found == i64::from(count)))
}

/// Contacts from the key `from` on and before the key `before` whose name, note or marks fit the pattern, newest first.
pub fn list(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    pattern: &str,
    (from, before): (i64, i64),
    limit: u32,
) -> Result<Vec<Contact>> {
    tx.all(
        r"select id, tenant_id, name, tags, note, created_at from contacts
         where tenant_id = $1 and id < $2 and id >= $5 and merged_into_id is null
           and (lower(name) like $3 escape '\' or lower(note) like $3 escape '\' or lower(tags) like $3 escape '\')
         order by id desc limit $4",
        args![tenant, before, pattern, limit, from],
        contact,
    )
}

/// Writes a contact's name, marks and note.
pub fn update(tx: &mut Tx<'_>, contact: &Contact) -> Result<()> {
    let tags = serde_json::json!(contact.tags).to_string();
    tx.execute(
        "update contacts set name = $3, tags = $4, note = $5 where tenant_id = $1 and id = $2",
        args![contact.tenant, contact.id, contact.name, tags, contact.note],
    )?;
    Ok(())
}

/// An identity with the name and kind of its inbox.
#[derive(Debug, Clone)]
pub struct Address {
    /// The identity.
    pub identity: ChannelIdentity,
    /// The inbox's name.
    pub inbox: String,
    /// The inbox's kind.
    pub kind: String,
    /// What the account's people noted at the platform.
    pub remark: Option<String>,
    /// The person's language there, such as `zh_CN`.
    pub language: Option<String>,
}

/// The addresses of a contact, oldest first.
pub fn list_addresses(tx: &mut Tx<'_>, tenant: TenantId, contact: ContactId) -> Result<Vec<Address>> {
    tx.all(
        "select d.id, d.tenant_id, d.inbox_id, d.contact_id, d.source_id, d.union_id, d.followed_at, d.unfollowed_at,
             d.follow_source, d.allowance_left, d.allowance_until, d.created_at, i.name, i.kind, d.remark, d.language
         from channel_identities d join inboxes i on i.id = d.inbox_id
         where d.contact_id = $2 and d.tenant_id = $1 order by d.id",
        args![tenant, contact],
        |row| {
            let identity = identity(row)?;
            let (inbox, kind) = (row.get(12)?, row.get(13)?);
            Ok(Address { identity, inbox, kind, remark: row.get(14)?, language: row.get(15)? })
        },
    )
}
