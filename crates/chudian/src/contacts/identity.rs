//! Who is it? A sender whom we have not seen becomes an identity, and a contact if need be.

use crate::base::Result;
use crate::base::id::{InboxId, TenantId};
use crate::base::time::Time;
use crate::db::Tx;

use super::model::{ChannelIdentity, Contact, first_name};
use super::store;

/// A sender at the door for the first time.
#[derive(Debug, Clone)]
pub struct Stranger<'a> {
    /// Whose inbox it is.
    pub tenant: TenantId,
    /// At which inbox.
    pub inbox: InboxId,
    /// The platform's id of the person there.
    pub source_id: &'a str,
    /// The platform's id of the person across accounts, where it tells.
    pub union_id: Option<&'a str>,
    /// Since when they follow, when this is how they came.
    pub followed_at: Option<Time>,
    /// The code that led them here.
    pub follow_source: Option<&'a str>,
}

/// Makes the identity, on the contact that the union id leads to, or on a new one.
pub fn welcome(tx: &mut Tx<'_>, stranger: &Stranger<'_>) -> Result<ChannelIdentity> {
    let known = match stranger.union_id {
        Some(union_id) => store::find_by_union(tx, stranger.tenant, union_id)?,
        None => None,
    };
    let contact = match known {
        Some(contact) => contact,
        None => {
            let contact = Contact {
                id: tx.new_id(),
                tenant: stranger.tenant,
                name: first_name(stranger.source_id),
                tags: Vec::new(),
                note: String::new(),
                created_at: tx.now(),
            };
            store::insert(tx, &contact)?;
            contact.id
        }
    };
    let identity = ChannelIdentity {
        id: tx.new_id(),
        tenant: stranger.tenant,
        inbox: stranger.inbox,
        contact,
        source_id: stranger.source_id.to_owned(),
        union_id: stranger.union_id.map(str::to_owned),
        followed_at: stranger.followed_at,
        unfollowed_at: None,
        follow_source: stranger.follow_source.map(str::to_owned),
        allowance_left: None,
        allowance_until: None,
        created_at: tx.now(),
    };
    store::insert_identity(tx, &identity)?;
    Ok(identity)
}
