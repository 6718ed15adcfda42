//! What one may do with contacts: find them, see one, put its name, marks and note right.

use serde_json::json;

use crate::audit::ops::record;
use crate::base::id::{ContactId, Id};
use crate::base::page::{Page, PageRequest};
use crate::base::{Error, Result};
use crate::bus::{Event, emit};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

use super::model::{Change, Contact};
use super::store::{self, Address, Merged};

/// A contact with its addresses.
#[derive(Debug)]
pub struct Person {
    /// The contact.
    pub contact: Contact,
    /// Its addresses, oldest first.
    pub addresses: Vec<Address>,
    /// Who turned out to be the same person and became part of this contact.
    pub merged: Vec<Merged>,
}

/// So many contacts are looked through for one page: about 50 ms. Words in the middle of a name have no index.
const LOOKED_THROUGH: u32 = 50_000;

/// A page of contacts whose name, note or marks contain `query`, newest first. A tenant with very many contacts
/// may get a page that is not full, or empty, and a `next`: the search goes on from there.
///
/// # Errors
/// `Denied` without the right; `Invalid` for a page that is none.
pub async fn list(ctx: &Ctx, actor: &Actor, query: &str, page: PageRequest) -> Result<Page<Person>> {
    actor.require(Permission::ContactRead)?;
    let before = match page.after.as_deref() {
        None => i64::MAX,
        Some(text) => text.parse::<ContactId>().map(Id::raw).map_err(|_| {
            Error::invalid("page.after", "this is not the `next` of a page")
                .field("after", "not a contact's id")
        })?,
    };
    let (tenant, limit, pattern) = (actor.tenant, page.limit(), pattern(query));
    ctx.db
        .read(move |tx| {
            let end = match pattern.as_str() {
                ALL => None,
                _ => store::window_end(tx, tenant, before, LOOKED_THROUGH)?,
            };
            let from = end.map_or(i64::MIN, Id::raw);
            let rows = store::list(tx, tenant, &pattern, (from, before), limit + 1)?;
            let mut page = Page::cut(rows, limit, |it| it.id.to_string());
            page.next = page.next.or_else(|| end.map(|it| it.to_string()));
            let mut items = Vec::with_capacity(page.items.len());
            for contact in page.items {
                items.push(person(tx, contact)?);
            }
            Ok(Page { items, next: page.next })
        })
        .await
}

/// The pattern that fits all.
const ALL: &str = "%%";

/// What is looked for: a `like` pattern with `\` as escape, in lower case.
fn pattern(query: &str) -> String {
    let text = query.trim().to_lowercase();
    format!("%{}%", text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_"))
}

fn person(tx: &mut Tx<'_>, contact: Contact) -> Result<Person> {
    let addresses = store::list_addresses(tx, contact.tenant, contact.id)?;
    let merged = store::list_merged(tx, contact.tenant, contact.id)?;
    Ok(Person { contact, addresses, merged })
}

/// One contact. The key of one that became part of another leads to that other.
///
/// # Errors
/// `Denied` without the right; `Missing` when it is not there or another tenant's.
pub async fn get(ctx: &Ctx, actor: &Actor, id: ContactId) -> Result<Person> {
    actor.require(Permission::ContactRead)?;
    let tenant = actor.tenant;
    ctx.db
        .read(move |tx| {
            let id = store::present(tx, tenant, id)?;
            let contact = store::get(tx, tenant, id)?;
            person(tx, contact)
        })
        .await
}

/// Changes a contact's name, marks or note.
///
/// # Errors
/// `Denied` without the right; `Invalid` for what is too long; `Missing` for a foreign contact.
pub async fn edit(ctx: &Ctx, actor: &Actor, id: ContactId, change: Change) -> Result<Person> {
    actor.require(Permission::ContactEdit)?;
    let change = change.checked()?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let id = store::present(tx, actor.tenant, id)?;
            let mut contact = store::get(tx, actor.tenant, id)?;
            let fields = change.apply(&mut contact);
            if !fields.is_empty() {
                store::update(tx, &contact)?;
                record(tx, &actor, "contact.edit", id, json!({ "fields": fields }))?;
                emit(tx, actor.tenant, Event::ContactChanged { contact: id })?;
            }
            person(tx, contact)
        })
        .await
}
