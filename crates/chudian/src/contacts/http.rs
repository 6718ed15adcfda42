//! Contacts over HTTP.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::id::{ContactId, IdentityId, InboxId};
use crate::base::page::{Page, PageRequest};
use crate::base::time::Time;
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::error::Answer;
use crate::web::extract::{Json, Path, Query};

use super::model::{Change, masked};
use super::ops::{self, Person};
use super::store::Address;

/// The routes of this domain.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(list_contacts)).routes(routes!(get_contact, edit_contact))
}

/// An inbox, by key, name and kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddressInbox {
    /// The key.
    pub id: InboxId,
    /// The name for people.
    pub name: String,
    /// The platform: `wechat` …
    pub kind: String,
}

/// What the platform still lets us send.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddressAllowance {
    /// Messages left.
    pub left: i64,
    /// Until when.
    pub until: Time,
}

/// A person's address on one inbox.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Identity)]
pub struct IdentityView {
    /// The key.
    pub id: IdentityId,
    /// On which inbox.
    pub inbox: AddressInbox,
    /// The platform's id of the person, for the most part hidden.
    pub source_id: String,
    /// Whether they follow.
    pub followed: bool,
    /// Since when they follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followed_at: Option<Time>,
    /// The code that led them here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What the account's people noted about the person at the platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// The person's language there, such as `zh_CN`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What the platform still lets us send; absent while its window is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowance: Option<AddressAllowance>,
}

/// A person served.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Contact)]
pub struct ContactView {
    /// The key.
    pub id: ContactId,
    /// What we call them.
    pub name: String,
    /// Marks.
    pub tags: Vec<String>,
    /// What agents should know.
    pub note: String,
    /// First seen.
    pub created_at: Time,
    /// Where they can be reached.
    pub identities: Vec<IdentityView>,
    /// Who turned out to be the same person (the platform's union id told it) and became part of this contact.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<MergedView>,
}

/// A contact that became part of another.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MergedContact)]
pub struct MergedView {
    /// Its key; it leads to the contact that stays.
    pub id: ContactId,
    /// Its name then.
    pub name: String,
    /// When.
    pub at: Time,
}

fn identity(it: Address, now: Time) -> IdentityView {
    let Address { identity: it, inbox, kind, remark, language } = it;
    let until = it.allowance_until.filter(|until| *until > now);
    let allowance = until.zip(it.allowance_left).map(|(until, left)| AddressAllowance { left, until });
    IdentityView {
        id: it.id,
        inbox: AddressInbox { id: it.inbox, name: inbox, kind },
        source_id: masked(&it.source_id),
        followed: it.followed_at.is_some(),
        followed_at: it.followed_at,
        source: it.follow_source,
        remark,
        language,
        allowance,
    }
}

fn view(it: Person, now: Time) -> ContactView {
    let identities = it.addresses.into_iter().map(|it| identity(it, now)).collect();
    let merged = it.merged.into_iter().map(|it| MergedView { id: it.id, name: it.name, at: it.at }).collect();
    let it = it.contact;
    ContactView {
        id: it.id,
        name: it.name,
        tags: it.tags,
        note: it.note,
        created_at: it.created_at,
        identities,
        merged,
    }
}

/// Whom to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ContactQuery {
    /// A part of the name, note or marks.
    query: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many at most: 1 to 200, 50 when absent.
    limit: Option<u32>,
}

/// Contacts, newest first. One page looks through 50,000 contacts at most: it may hold fewer than `limit`, or none,
/// and still have a `next` from which the search goes on.
#[utoipa::path(
    get, path = "/contacts", tag = "contacts", params(ContactQuery),
    responses((status = 200, body = Page<ContactView>))
)]
async fn list_contacts(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(query): Query<ContactQuery>,
) -> Answer<Page<ContactView>> {
    let page = PageRequest { after: query.after, limit: query.limit };
    let found = ops::list(&ctx, &actor, &query.query.unwrap_or_default(), page).await?;
    let now = ctx.clock.now();
    Ok(Json(found.map(|it| view(it, now))))
}

/// One contact.
#[utoipa::path(
    get, path = "/contacts/{id}", tag = "contacts", params(("id" = ContactId, Path)),
    responses((status = 200, body = ContactView))
)]
async fn get_contact(State(ctx): State<Ctx>, actor: Actor, Path(id): Path<ContactId>) -> Answer<ContactView> {
    let now = ctx.clock.now();
    Ok(Json(view(ops::get(&ctx, &actor, id).await?, now)))
}

/// What may change about a contact; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ContactBody {
    /// What we call them: up to 100 characters.
    name: Option<String>,
    /// Marks: up to 30 of up to 30 characters.
    tags: Option<Vec<String>>,
    /// What agents should know: up to 2000 characters.
    note: Option<String>,
}

/// Changes a contact's name, marks or note.
#[utoipa::path(
    patch, path = "/contacts/{id}", tag = "contacts", params(("id" = ContactId, Path)),
    request_body = ContactBody, responses((status = 200, body = ContactView))
)]
async fn edit_contact(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<ContactId>,
    Json(body): Json<ContactBody>,
) -> Answer<ContactView> {
    let change = Change { name: body.name, tags: body.tags, note: body.note };
    let now = ctx.clock.now();
    Ok(Json(view(ops::edit(&ctx, &actor, id, change).await?, now)))
}
