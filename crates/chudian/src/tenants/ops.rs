//! What one may do with members and people.

use super::model::{self, Tenant, TenantKind, User};
use super::role::Role;
use super::{password, session, setup, store};
use crate::audit::ops::record;
use crate::base::id::{TenantId, UserId};
use crate::base::page::{Page, PageRequest};
use crate::base::{Error, Result};
use crate::bus::{Event, emit};
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;
use serde_json::json;

/// The own tenant, and for headquarters its members: names only, never their rows.
///
/// # Errors
/// `Denied` without the right.
pub async fn list_tenants(ctx: &Ctx, actor: &Actor) -> Result<Vec<Tenant>> {
    actor.require(Permission::TenantRead)?;
    let own = actor.tenant;
    ctx.db.read(move |tx| store::list_subtree(tx, own)).await
}

/// The tenant in which the actor works.
///
/// # Errors
/// `Missing` if it is gone, which cannot happen while somebody is logged in.
pub async fn own_tenant(ctx: &Ctx, actor: &Actor) -> Result<Tenant> {
    let own = actor.tenant;
    ctx.db.read(move |tx| store::find_tenant(tx, own)).await?.ok_or_else(absent)
}

/// The person who is logged in, and where they work.
///
/// # Errors
/// `Denied` for a key: it is no person.
pub async fn me(ctx: &Ctx, actor: &Actor) -> Result<(User, Tenant)> {
    let (own, id) = (actor.tenant, actor.person()?);
    let look = move |tx: &mut crate::db::Tx<'_>| {
        let user = store::find_user(tx, own, id)?.ok_or_else(absent)?;
        let tenant = store::find_tenant(tx, own)?.ok_or_else(absent)?;
        Ok((user, tenant))
    };
    ctx.db.read(look).await
}

/// A member to be created, with its first administrator.
pub struct NewMember {
    /// Its name.
    pub name: String,
    /// Its short name.
    pub code: String,
    /// Its time zone.
    pub time_zone: String,
    /// Its first administrator.
    pub administrator: NewUser,
}

/// A person to be created.
pub struct NewUser {
    /// The name they log in with.
    pub login: String,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Their first password.
    pub password: String,
}

/// Creates a member of the group. Headquarters only.
///
/// # Errors
/// `Denied` outside of headquarters; `Conflict` when the code or log-in name is taken.
pub async fn create_member(ctx: &Ctx, actor: &Actor, new: NewMember) -> Result<Tenant> {
    actor.require(Permission::TenantManage)?;
    if own_tenant(ctx, actor).await?.kind != TenantKind::Headquarters {
        return Err(Error::denied("tenant.not_headquarters", "only headquarters creates members"));
    }
    let name = model::name(&new.name, "name")?;
    let code = model::code(&new.code)?;
    let time_zone = model::time_zone(&new.time_zone)?;
    let login = model::login(&new.administrator.login)?;
    let person = model::name(&new.administrator.name, "administrator.name")?;
    password::check(&new.administrator.password, &login)?;
    let hash = password::hash(new.administrator.password).await?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let tenant = Tenant {
                id: tx.new_id(),
                parent: Some(actor.tenant),
                kind: TenantKind::Member,
                name,
                code,
                time_zone,
                region: String::new(),
                created_at: tx.now(),
                closed: false,
            };
            if !store::insert_tenant(tx, &tenant)? {
                let error = Error::conflict("tenant.code_taken", "another member has this short name");
                return Err(error.field("code", "is taken"));
            }
            let user = fresh_user(tx.new_id(), tenant.id, login, person, Role::Administrator, tx.now());
            if !store::insert_user(tx, &user, &hash)? {
                return Err(login_taken());
            }
            let detail = json!({ "code": tenant.code, "administrator": user.id });
            record(tx, &actor, "tenant.create", tenant.id, detail.clone())?;
            // The member's own log begins with the one who made it.
            record(tx, &Actor { tenant: tenant.id, ..actor }, "tenant.create", tenant.id, detail)?;
            Ok(tenant)
        })
        .await
}

fn login_taken() -> Error {
    Error::conflict("user.login_taken", "somebody has this log-in name already").field("login", "is taken")
}

fn fresh_user(
    id: UserId,
    tenant: TenantId,
    login: String,
    name: String,
    role: Role,
    created_at: crate::base::time::Time,
) -> User {
    let locale = setup::LOCALE.into();
    User { id, tenant, login, name, role, locale, disabled: false, created_at, last_login_at: None }
}

/// A change of a tenant; what is `None` stays.
#[derive(Debug, Default)]
pub struct TenantChange {
    /// Its name.
    pub name: Option<String>,
    /// Its region; empty for none. A member does not choose its own: entries are shared by it.
    pub region: Option<String>,
    /// Whether it is closed.
    pub closed: Option<bool>,
}

/// Renames or closes a member, says its region, or renames the own tenant.
///
/// Nobody of a closed tenant can log in and its keys stop; its rows stay.
///
/// # Errors
/// `Missing` for every tenant that is not the own or below it.
pub async fn update_tenant(ctx: &Ctx, actor: &Actor, id: TenantId, change: TenantChange) -> Result<Tenant> {
    actor.require(Permission::TenantManage)?;
    let TenantChange { name, region, closed } = change;
    let name = name.map(|it| model::name(&it, "name")).transpose()?;
    let region = region.map(|it| model::region(&it)).transpose()?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            if !store::is_within(tx, actor.tenant, id)? {
                return Err(absent());
            }
            let mut tenant = store::find_tenant(tx, id)?.ok_or_else(absent)?;
            if id == actor.tenant && closed == Some(true) {
                return Err(Error::conflict("tenant.own", "you cannot close the tenant you work in"));
            }
            if id == actor.tenant && region.is_some() && tenant.parent.is_some() {
                return Err(Error::denied("tenant.region", "headquarters says in which region a member is"));
            }
            let was = (tenant.name.clone(), tenant.closed);
            tenant.region = region.unwrap_or(tenant.region);
            tenant.name = name.unwrap_or(tenant.name);
            tenant.closed = closed.unwrap_or(tenant.closed);
            let now = tx.now();
            store::update_tenant(tx, &tenant, tenant.closed.then_some(now))?;
            let detail = json!({ "name": tenant.name, "closed": tenant.closed, "region": tenant.region, "was": { "name": was.0, "closed": was.1 } });
            record(tx, &actor, "tenant.change", id, detail.clone())?;
            if id != actor.tenant {
                record(tx, &Actor { tenant: id, ..actor }, "tenant.change", id, detail)?;
            }
            emit(tx, id, Event::TenantChanged)?;
            Ok(tenant)
        })
        .await
}

/// People of the own tenant.
///
/// # Errors
/// `Denied` without the right; `Invalid` for a page that is none.
pub async fn list_users(ctx: &Ctx, actor: &Actor, query: &str, page: PageRequest) -> Result<Page<User>> {
    actor.require(Permission::UserRead)?;
    let after = match page.after.as_deref().map(str::parse::<UserId>) {
        None => None,
        Some(Ok(id)) => Some(id),
        Some(Err(_)) => {
            let error = Error::invalid("page.after", "this is not the `next` of a page");
            return Err(error.field("after", "take it from the page before"));
        }
    };
    let escaped = query.trim().to_lowercase().replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    let pattern = format!("%{escaped}%");
    let (tenant, limit) = (actor.tenant, page.limit());
    let rows = ctx.db.read(move |tx| store::list_users(tx, tenant, &pattern, after, limit + 1)).await?;
    Ok(Page::cut(rows, limit, |it| it.id.to_string()))
}

/// Creates a person in the own tenant.
///
/// # Errors
/// `Conflict` when the log-in name is taken; `Invalid` for unusable names or a weak password.
pub async fn create_user(ctx: &Ctx, actor: &Actor, new: NewUser) -> Result<User> {
    actor.require(Permission::UserManage)?;
    let login = model::login(&new.login)?;
    let name = model::name(&new.name, "name")?;
    password::check(&new.password, &login)?;
    let hash = password::hash(new.password).await?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let user = fresh_user(tx.new_id(), actor.tenant, login, name, new.role, tx.now());
            if !store::insert_user(tx, &user, &hash)? {
                return Err(login_taken());
            }
            let detail = json!({ "login": user.login, "role": user.role });
            record(tx, &actor, "user.create", user.id, detail)?;
            emit(tx, actor.tenant, Event::UserChanged { user: user.id })?;
            Ok(user)
        })
        .await
}

/// What may change about a person; absent parts stay.
#[derive(Debug, Default)]
pub struct UserChange {
    /// Their name.
    pub name: Option<String>,
    /// What they may do.
    pub role: Option<Role>,
    /// Whether they are locked out.
    pub disabled: Option<bool>,
}

/// Changes a person of the own tenant. A new role or being locked out ends their sessions at once.
///
/// # Errors
/// `Conflict` when it would lock out or demote oneself or the last administrator.
pub async fn update_user(ctx: &Ctx, actor: &Actor, id: UserId, change: UserChange) -> Result<User> {
    actor.require(Permission::UserManage)?;
    let name = change.name.map(|it| model::name(&it, "name")).transpose()?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let mut user = store::find_user(tx, actor.tenant, id)?.ok_or_else(absent)?;
            let was = user.clone();
            user.name = name.unwrap_or(user.name);
            user.role = change.role.unwrap_or(user.role);
            user.disabled = change.disabled.unwrap_or(user.disabled);
            let loses_rights = user.role != was.role || (user.disabled && !was.disabled);
            if loses_rights && actor.user == Some(id) {
                let message = "you cannot lock yourself out or change your own role; ask another administrator";
                return Err(Error::conflict("user.self", message));
            }
            let was_administrator = was.role == Role::Administrator && !was.disabled;
            if loses_rights && was_administrator && store::count_other_administrators(tx, actor.tenant, id)? == 0 {
                let message = "this is the last administrator who can log in; name another one first";
                return Err(Error::conflict("user.last_administrator", message));
            }
            let now = tx.now();
            store::update_user(tx, &user, user.disabled.then_some(now))?;
            if loses_rights {
                store::delete_sessions(tx, actor.tenant, id)?;
            }
            let detail = json!({ "role": user.role, "disabled": user.disabled, "was": { "role": was.role, "disabled": was.disabled } });
            record(tx, &actor, "user.change", id, detail)?;
            emit(tx, actor.tenant, Event::UserChanged { user: id })?;
            Ok(user)
        })
        .await
}

/// Gives another person of the tenant a new password. It needs a fresh log-in; their sessions end.
///
/// # Errors
/// `Denied` with `session.stale` when the own log-in is too old.
pub async fn set_password(ctx: &Ctx, actor: &Actor, id: UserId, new: String) -> Result<()> {
    actor.require(Permission::UserManage)?;
    actor.require_fresh(ctx.clock.now(), session::FRESH)?;
    let tenant = actor.tenant;
    let user = ctx.db.read(move |tx| store::find_user(tx, tenant, id)).await?.ok_or_else(absent)?;
    if actor.user == Some(id) {
        let message = "change your own password with the old one";
        return Err(Error::conflict("user.self", message));
    }
    password::check(&new, &user.login)?;
    let hash = password::hash(new).await?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            store::set_password_hash(tx, tenant, id, &hash)?;
            store::delete_sessions(tx, tenant, id)?;
            record(tx, &actor, "password.set", id, json!({}))?;
            emit(tx, tenant, Event::SessionRevoked { user: id })
        })
        .await
}
