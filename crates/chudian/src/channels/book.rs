//! The book of open inboxes: read by every callback, so it is kept in memory, secrets open.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use crate::base::id::InboxId;
use crate::base::{Error, Result};
use crate::ctx::Ctx;

use super::model::{Inbox, Secrets};
use super::store::{self, Sealed};

/// An inbox with its secrets, ready for use.
#[derive(Debug)]
pub struct OpenInbox {
    /// What everybody may know.
    pub inbox: Inbox,
    /// What only adapters may know.
    pub secrets: Secrets,
    /// Headquarters closed the member: what comes is kept and not answered.
    pub is_closed: bool,
    prepared: OnceLock<Arc<dyn Any + Send + Sync>>,
}

impl OpenInbox {
    /// Opens an inbox of an open member with these secrets.
    #[must_use]
    pub fn new(inbox: Inbox, secrets: Secrets) -> Self {
        Self { inbox, secrets, is_closed: false, prepared: OnceLock::new() }
    }

    /// What the adapter makes of the settings and secrets, made once: keys decoded, and the like.
    pub fn prepared<T: Send + Sync + 'static>(&self, make: impl FnOnce(&Self) -> T) -> Arc<T> {
        let thing = match self.prepared.get() {
            Some(thing) => thing.clone(),
            None => {
                let made: Arc<dyn Any + Send + Sync> = Arc::new(make(self));
                self.prepared.get_or_init(|| made).clone()
            }
        };
        thing.downcast().expect("an inbox has one kind, and a kind prepares one type")
    }
}

/// The open inboxes by callback address.
#[derive(Debug, Default)]
pub struct Book(RwLock<Pages>);

#[derive(Debug, Default)]
struct Pages {
    open: HashMap<String, Arc<OpenInbox>>,
    /// How often everything was forgotten: what was read before that may be old.
    edition: u64,
}

impl Book {
    /// Forgets what is open: after a change, the next callback reads the rows again.
    pub fn clear(&self) {
        let mut pages = self.0.write().unwrap_or_else(PoisonError::into_inner);
        pages.open.clear();
        pages.edition += 1;
    }

    /// The open inbox, and the edition of the book: to be given back with what is read from the rows.
    fn find(&self, hook_key: &str) -> (Option<Arc<OpenInbox>>, u64) {
        let pages = self.0.read().unwrap_or_else(PoisonError::into_inner);
        (pages.open.get(hook_key).cloned(), pages.edition)
    }

    /// Keeps an inbox, unless something was changed since it was looked for.
    fn keep(&self, inbox: Arc<OpenInbox>, edition: u64) {
        let mut pages = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if pages.edition == edition {
            pages.open.insert(inbox.inbox.hook_key.clone(), inbox);
        }
    }
}

/// What the secrets of an inbox are sealed for.
#[must_use]
pub fn purpose(id: InboxId) -> String {
    format!("inbox:{id}")
}

fn open(ctx: &Ctx, sealed: Sealed) -> Result<Arc<OpenInbox>> {
    let plain = ctx.secrets.open(&purpose(sealed.inbox.id), &sealed.secrets)?;
    let secrets = serde_json::from_slice(&plain).unwrap_or_default();
    let mut open = OpenInbox::new(sealed.inbox, secrets);
    open.is_closed = sealed.is_closed;
    Ok(Arc::new(open))
}

/// Refuses a master key that does not open what is stored: every callback would fail with it.
///
/// # Errors
/// `Invalid`, in words for the operator.
pub async fn check_key(ctx: &Ctx) -> Result<()> {
    let Some((id, sealed)) = ctx.db.read(store::find_newest_sealed).await? else { return Ok(()) };
    ctx.secrets.open(&purpose(id), &sealed).map(|_| ()).map_err(|error| {
        let message = "the master key is not the one that sealed the secrets of the inboxes in this database: \
             put back the key file that belongs to it (it is kept apart from the data), or its 64 digits in CHUDIAN_SECRET_KEY";
        Error::invalid("secrets.key_file", message).because(error)
    })
}

/// The inbox behind a callback address, unless there is none or it is switched off.
pub async fn find_by_hook(ctx: &Ctx, hook_key: &str) -> Result<Option<Arc<OpenInbox>>> {
    let book = ctx.shelf.get::<Book>();
    let (found, edition) = book.find(hook_key);
    if found.is_some() {
        return Ok(found);
    }
    let key = hook_key.to_owned();
    let Some(sealed) = ctx.db.read(move |tx| store::find_by_hook(tx, &key)).await? else {
        return Ok(None);
    };
    if sealed.inbox.disabled_at.is_some() {
        return Ok(None);
    }
    let inbox = open(ctx, sealed)?;
    book.keep(inbox.clone(), edition);
    Ok(Some(inbox))
}

/// The inbox with this key, open; also when it is switched off.
pub async fn get(ctx: &Ctx, id: InboxId) -> Result<Arc<OpenInbox>> {
    let sealed = ctx.db.read(move |tx| store::find_sealed(tx, id)).await?.ok_or_else(store::missing)?;
    open(ctx, sealed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::TenantId;
    use crate::base::time::Time;

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let book = Book::default();
        let inbox = Arc::new(OpenInbox::new(
            Inbox {
                id: InboxId(1),
                tenant: TenantId(1),
                kind: "wechat".into(),
                name: "a".into(),
                hook_key: "k".into(),
                settings: serde_json::json!({}),
                created_at: Time(0),
                disabled_at: None,
            },
            Secrets::default(),
        ));
        let (_, before) = book.find("k");
        book.clear();
        book.keep(inbox.clone(), before);
        assert!(book.find("k").0.is_none());

        let (_, now) = book.find("k");
        book.keep(inbox, now);
        assert!(book.find("k").0.is_some());
    }
}
