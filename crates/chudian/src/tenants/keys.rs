//! API keys: made, listed, revoked.

use super::model::{self, ApiKey};
use super::{api_key, session, store};
use crate::audit::ops::record;
use crate::base::id::ApiKeyId;
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::{Permission, Permissions};
use serde_json::json;

/// A key to be made.
pub struct NewKey {
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Permission>,
    /// After how many days it ends; `None`: it must be revoked.
    pub expires_in_days: Option<u32>,
}

/// The tenant's keys, without their secrets.
///
/// # Errors
/// `Denied` without the right.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<ApiKey>> {
    actor.require(Permission::ApiKeyManage)?;
    let tenant = actor.tenant;
    ctx.db.read(move |tx| store::list_keys(tx, tenant)).await
}

/// Makes a key. Its text is given back here and never again.
///
/// # Errors
/// `Denied` for scopes that the maker does not have, and with a log-in that is too old.
pub async fn create(ctx: &Ctx, actor: &Actor, new: NewKey) -> Result<(ApiKey, String)> {
    actor.require(Permission::ApiKeyManage)?;
    actor.require_fresh(ctx.clock.now(), session::FRESH)?;
    let maker = actor.person()?;
    let name = model::name(&new.name, "name")?;
    let scopes: Permissions = new.scopes.iter().copied().collect();
    if new.scopes.is_empty() {
        let error = Error::invalid("api_key.scopes", "a key needs at least one scope");
        return Err(error.field("scopes", "is empty"));
    }
    if let Some(beyond) = scopes.iter().find(|it| !actor.permissions.has(*it)) {
        let message = format!("you cannot give a key the scope {beyond}, which you do not have");
        return Err(Error::denied("api_key.scopes", message).field("scopes", beyond.name()));
    }
    if new.expires_in_days.is_some_and(|it| it == 0 || it > 3650) {
        let error = Error::invalid("api_key.expiry", "the number of days cannot be used");
        return Err(error.field("expires_in_days", "1 to 3650"));
    }
    let fresh = api_key::make();
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let key = ApiKey {
                id: tx.new_id(),
                name,
                prefix: fresh.prefix,
                scopes: scopes.names(),
                created_by: maker,
                created_at: tx.now(),
                expires_at: new.expires_in_days.map(|it| tx.now().plus(i64::from(it) * Time::DAY)),
                last_used_at: None,
            };
            store::insert_key(tx, actor.tenant, &key, &fresh.secret_hash)?;
            let detail = json!({ "name": key.name, "scopes": key.scopes, "expires_at": key.expires_at });
            record(tx, &actor, "api_key.create", key.id, detail)?;
            Ok((key, fresh.text))
        })
        .await
}

/// Revokes a key: it works no more from this commit on.
///
/// # Errors
/// `Missing` when there is none to revoke.
pub async fn revoke(ctx: &Ctx, actor: &Actor, id: ApiKeyId) -> Result<()> {
    actor.require(Permission::ApiKeyManage)?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            if !store::revoke_key(tx, actor.tenant, id)? {
                return Err(absent());
            }
            record(tx, &actor, "api_key.revoke", id, json!({}))
        })
        .await
}
