//! The first administrator: once, then never again.

use super::login::{self, Arrival, LoggedIn};
use super::model::{self, Tenant, TenantKind, User};
use super::role::Role;
use super::{password, store};
use crate::audit;
use crate::base::{Error, Result};
use crate::ctx::Ctx;
use serde_json::json;

/// The time zone of a new headquarters, until somebody says otherwise.
const TIME_ZONE: &str = "Asia/Shanghai";
/// The language of a new person's console.
pub(super) const LOCALE: &str = "zh-CN";

/// Who founds the house.
#[derive(Clone)]
pub struct Founder {
    /// The name of headquarters.
    pub headquarters: String,
    /// The administrator's log-in name.
    pub login: String,
    /// The administrator's name.
    pub name: String,
    /// The administrator's password.
    pub password: String,
}

/// Whether set-up is still open.
///
/// # Errors
/// Those of the database.
pub async fn is_open(ctx: &Ctx) -> Result<bool> {
    Ok(!ctx.db.read(store::is_setup_closed).await?)
}

/// Founds headquarters with its administrator, who is logged in at once.
///
/// Of a hundred who try together one wins: the row that closes set-up has a primary key.
///
/// # Errors
/// `Conflict` when it was done before; `Invalid` for unusable names or a weak password.
pub async fn found(ctx: &Ctx, founder: Founder, arrival: Arrival) -> Result<LoggedIn> {
    if !is_open(ctx).await? {
        return Err(closed());
    }
    let tenant_name = model::name(&founder.headquarters, "headquarters")?;
    let login = model::login(&founder.login)?;
    let name = model::name(&founder.name, "name")?;
    password::check(&founder.password, &login)?;
    let hash = password::hash(founder.password).await?;
    ctx.db
        .write(move |tx| {
            if !store::close_setup(tx)? {
                return Err(closed());
            }
            let tenant = Tenant {
                id: tx.new_id(),
                parent: None,
                kind: TenantKind::Headquarters,
                name: tenant_name,
                code: "hq".into(),
                time_zone: TIME_ZONE.into(),
                region: String::new(),
                created_at: tx.now(),
                closed: false,
            };
            let user = User {
                id: tx.new_id(),
                tenant: tenant.id,
                login,
                name,
                role: Role::Administrator,
                locale: LOCALE.into(),
                disabled: false,
                created_at: tx.now(),
                last_login_at: Some(tx.now()),
            };
            if !store::insert_tenant(tx, &tenant)? || !store::insert_user(tx, &user, &hash)? {
                return Err(closed());
            }
            let logged_in = login::open_session(tx, user, tenant, &arrival)?;
            let detail = json!({ "name": logged_in.tenant.name });
            audit::ops::record(tx, &logged_in.actor(), "setup.finish", logged_in.tenant.id, detail)?;
            Ok(logged_in)
        })
        .await
}

fn closed() -> Error {
    Error::conflict(
        "setup.closed",
        "the house is already set up; log in, or ask its administrator for an account",
    )
}
