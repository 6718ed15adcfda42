//! Logging in and out, and how a request's session or key becomes an actor.

use super::model::{Session, Tenant, User};
use super::session::{self, Limits};
use super::{api_key, password, store, throttle};
use crate::audit;
use crate::base::id::TenantId;
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::bus::{Event, emit};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::telemetry::metrics;
use crate::web::actor::{Actor, Credential};
use serde_json::json;
use std::net::IpAddr;

/// From where somebody comes.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Their network address.
    pub source: IpAddr,
    /// What their browser calls itself.
    pub user_agent: String,
    /// The session they come with, if any: it ends with the log-in.
    pub former: Option<Vec<u8>>,
}

/// A person who is logged in now.
pub struct LoggedIn {
    /// The secret for the cookie. It is known here and nowhere else.
    pub token: String,
    /// What is kept of it.
    pub session: Session,
    /// Who they are.
    pub user: User,
    /// Where they work.
    pub tenant: Tenant,
}

impl LoggedIn {
    /// The actor of the new session.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.user.actor(credential(&self.session))
    }
}

fn credential(session: &Session) -> Credential {
    Credential::Session {
        token_hash: session.token_hash.clone(),
        csrf_token: session.csrf_token.clone(),
        authenticated_at: session.authenticated_at,
    }
}

/// Logs a person in: a new session with a new token, whatever they came with.
///
/// # Errors
/// `Unauthenticated` with one and the same answer for a wrong password, an unknown name, a
/// disabled person and a closed tenant; `Busy` after too many wrong passwords.
pub async fn log_in(ctx: &Ctx, login: &str, given: String, arrival: Arrival) -> Result<LoggedIn> {
    let login = login.trim().to_lowercase();
    let found = count_try(ctx, &login, arrival.source).await?;
    let kept = found.as_ref().filter(|(user, _)| !user.disabled).map(|(_, hash)| hash.clone());
    let given = if given.len() > password::LONGEST { String::new() } else { given };
    let outdated = kept.as_deref().is_some_and(password::is_outdated);
    if !password::is_right(given.clone(), kept.clone()).await? {
        metrics::login_refused("password");
        return Err(wrong());
    }
    let better = if outdated { Some(password::hash(given).await?) } else { None };
    ctx.db
        .write(move |tx| {
            // Looked at once more: they may have been locked out, or the password changed, meanwhile.
            let (user, hash) = store::find_by_login(tx, &login)?.ok_or_else(wrong)?;
            if user.disabled || Some(&hash) != kept.as_ref() {
                return Err(wrong());
            }
            forget_tries(tx, &login, arrival.source)?;
            if let Some(better) = better {
                store::set_password_hash(tx, user.tenant, user.id, &better)?;
            }
            store::set_last_login(tx, user.tenant, user.id)?;
            let tenant = store::find_tenant(tx, user.tenant)?.ok_or_else(wrong)?;
            let logged_in = open_session(tx, user, tenant, &arrival)?;
            audit::ops::record(tx, &logged_in.actor(), "session.open", logged_in.user.id, json!({}))?;
            Ok(logged_in)
        })
        .await
}

/// One answer for all that can be wrong.
fn wrong() -> Error {
    Error::unauthenticated("session.wrong", "the log-in name or the password is wrong")
}

/// Counts a try under the account and under the address, unless one of them must wait.
/// In the same transaction the account is looked up, so both take one look at the disk.
async fn count_try(ctx: &Ctx, login: &str, source: IpAddr) -> Result<Option<(User, String)>> {
    let limits = &ctx.config.limits;
    let (account_limit, source_limit) = (limits.account_failures, limits.source_failures);
    let login = login.to_owned();
    ctx.db
        .write(move |tx| {
            let now = tx.now();
            let subjects =
                [(throttle::account(&login), account_limit), (throttle::source(source), source_limit)];
            for (subject, limit) in &subjects {
                let tries = store::count_tries(tx, subject, now.plus(-throttle::WINDOW))?;
                if let Some(wait) = throttle::wait(tries, *limit, now) {
                    metrics::login_refused("limit");
                    return Err(slow_down(wait));
                }
            }
            for (subject, _) in &subjects {
                store::insert_try(tx, subject)?;
            }
            store::find_by_login(tx, &login)
        })
        .await
}

fn slow_down(wait: i64) -> Error {
    let seconds = wait.unsigned_abs().div_ceil(1000);
    let minutes = seconds.div_ceil(60);
    let message = format!("too many wrong passwords; wait {minutes} minutes, then try again");
    Error::busy("session.limit", message).retry_after(seconds)
}

fn forget_tries(tx: &mut Tx<'_>, login: &str, source: IpAddr) -> Result<()> {
    store::delete_tries(tx, &throttle::account(login))?;
    // Of the address only one try is taken back: being right for one account pays for no other.
    store::delete_latest_try(tx, &throttle::source(source))
}

/// Opens a session for `user`: a step of a log-in. The one they came with ends.
pub(super) fn open_session(
    tx: &mut Tx<'_>,
    user: User,
    tenant: Tenant,
    arrival: &Arrival,
) -> Result<LoggedIn> {
    if let Some(former) = &arrival.former {
        store::delete_session(tx, former)?;
    }
    let token = session::token();
    let session = Session {
        token_hash: session::token_hash(&token),
        user: user.id,
        tenant: tenant.id,
        csrf_token: session::token(),
        created_at: tx.now(),
        authenticated_at: tx.now(),
        last_seen_at: tx.now(),
    };
    let user_agent: String = arrival.user_agent.chars().take(200).collect();
    store::insert_session(tx, &session, &arrival.source.to_string(), &user_agent)?;
    Ok(LoggedIn { token, session, user, tenant })
}

/// Ends the session of this request.
///
/// # Errors
/// `Denied` for a key: it has no session to end.
pub async fn log_out(ctx: &Ctx, actor: &Actor) -> Result<()> {
    let Credential::Session { token_hash, .. } = actor.credential.clone() else { return Err(no_session()) };
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            store::delete_session(tx, &token_hash)?;
            audit::ops::record(tx, &actor, "session.close", actor.id_text(), json!({}))?;
            actor.user.map_or(Ok(()), |user| emit(tx, actor.tenant, Event::SessionRevoked { user }))
        })
        .await
}

/// Ends all sessions of the person, on all machines.
///
/// # Errors
/// `Denied` for a key.
pub async fn log_out_everywhere(ctx: &Ctx, actor: &Actor) -> Result<()> {
    let user = actor.person()?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let ended = store::delete_sessions(tx, actor.tenant, user)?;
            audit::ops::record(tx, &actor, "session.close_all", user, json!({ "sessions": ended }))?;
            emit(tx, actor.tenant, Event::SessionRevoked { user })
        })
        .await
}

/// Changes the own password; the old one is needed and counts as a try. All sessions of the
/// person end and a new one begins, with the same CSRF token, so that an open page goes on.
///
/// # Errors
/// `Invalid` for a wrong old or a weak new password; `Busy` after too many tries.
pub async fn change_password(
    ctx: &Ctx,
    actor: &Actor,
    old: String,
    new: String,
    arrival: Arrival,
) -> Result<LoggedIn> {
    let Credential::Session { csrf_token, .. } = actor.credential.clone() else { return Err(no_session()) };
    let id = actor.person()?;
    let tenant = actor.tenant;
    let user = ctx.db.read(move |tx| store::find_user(tx, tenant, id)).await?.ok_or_else(no_session)?;
    password::check(&new, &user.login)?;
    let (_, kept) = count_try(ctx, &user.login, arrival.source).await?.ok_or_else(no_session)?;
    if !password::is_right(old, Some(kept.clone())).await? {
        let error = Error::invalid("password.wrong", "the old password is wrong");
        return Err(error.field("old", "this is not your present password"));
    }
    let hash = password::hash(new).await?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let unchanged = store::find_password_hash(tx, tenant, id)? == Some(kept);
            let user =
                store::find_user(tx, tenant, id)?.filter(|it| unchanged && !it.disabled).ok_or_else(wrong)?;
            forget_tries(tx, &user.login, arrival.source)?;
            store::set_password_hash(tx, tenant, id, &hash)?;
            store::delete_sessions(tx, tenant, id)?;
            let house = store::find_tenant(tx, tenant)?.ok_or_else(wrong)?;
            let mut logged_in = open_session(tx, user, house, &arrival)?;
            store::set_csrf_token(tx, &logged_in.session.token_hash, &csrf_token)?;
            logged_in.session.csrf_token = csrf_token;
            audit::ops::record(tx, &actor, "password.change", id, json!({}))?;
            emit(tx, tenant, Event::SessionRevoked { user: id })?;
            Ok(logged_in)
        })
        .await
}

fn no_session() -> Error {
    Error::denied("session.none", "only a person who is logged in can do this, not an API key")
}

/// The actor of a session token, or nobody.
///
/// # Errors
/// Those of the database.
pub async fn by_token(ctx: &Ctx, token: &str) -> Result<Option<Actor>> {
    let hash = session::token_hash(token);
    let Some((actor, last_seen_at)) = find_alive(ctx, hash.clone()).await? else { return Ok(None) };
    if ctx.clock.now().since(last_seen_at) >= session::SEEN_EVERY {
        ctx.db.write(move |tx| store::touch_session(tx, &hash)).await?;
    }
    Ok(Some(actor))
}

/// The actor of a session that is not over, and when it was last used. Looking is no use of it.
async fn find_alive(ctx: &Ctx, hash: Vec<u8>) -> Result<Option<(Actor, Time)>> {
    let limits = &ctx.config.limits;
    let limits = Limits { idle: limits.session_idle, length: limits.session_length };
    let found = ctx.db.read(move |tx| Ok((store::find_session(tx, &hash)?, tx.now()))).await?;
    let (Some((session, user)), now) = found else { return Ok(None) };
    if !session::is_alive(session.created_at, session.last_seen_at, now, limits) {
        return Ok(None);
    }
    Ok(Some((user.actor(credential(&session)), session.last_seen_at)))
}

/// The actor of an API key, or nobody.
///
/// # Errors
/// Those of the database.
pub async fn by_key(ctx: &Ctx, text: &str) -> Result<Option<Actor>> {
    let Some(shown) = api_key::parse(text) else { return Ok(None) };
    let prefix = shown.prefix.to_owned();
    let (found, now) = ctx.db.read(move |tx| Ok((store::find_key(tx, &prefix)?, tx.now()))).await?;
    let Some((key, kept, maker)) = found else { return Ok(None) };
    if !shown.is_right(&kept) || key.expires_at.is_some_and(|it| it <= now) {
        return Ok(None);
    }
    if key.last_used_at.is_none_or(|it| now.since(it) >= session::SEEN_EVERY) {
        let id = key.id;
        ctx.db.write(move |tx| store::touch_key(tx, id)).await?;
    }
    Ok(Some(Actor {
        tenant: maker.tenant,
        user: None,
        permissions: key.permissions(maker.role),
        credential: Credential::Key(key.id),
        name: key.name,
    }))
}

/// The same actor with the rights of this moment, or nobody: for connections that stay open.
/// Asked every few seconds, it ends the sockets of those who lost their session or role. An open socket
/// is no use of a session: who does nothing is logged out, with a page open or not.
///
/// # Errors
/// Those of the database.
pub async fn still(ctx: &Ctx, actor: &Actor) -> Result<Option<Actor>> {
    match &actor.credential {
        Credential::System => Ok(Some(actor.clone())),
        Credential::Session { token_hash, .. } => {
            Ok(find_alive(ctx, token_hash.clone()).await?.map(|(actor, _)| actor))
        }
        Credential::Key(id) => {
            let (tenant, id): (TenantId, _) = (actor.tenant, *id);
            let (found, now) =
                ctx.db.read(move |tx| Ok((store::find_key_by_id(tx, tenant, id)?, tx.now()))).await?;
            let found = found.filter(|(key, _)| key.expires_at.is_none_or(|it| it > now));
            Ok(found.map(|(key, maker)| Actor { permissions: key.permissions(maker.role), ..actor.clone() }))
        }
    }
}

/// Forgets what is over: tries out of the window and sessions that ended by themselves. A sweep.
///
/// # Errors
/// Those of the database.
pub async fn sweep(ctx: &Ctx) -> Result<()> {
    let limits = &ctx.config.limits;
    let millis = |it: std::time::Duration| i64::try_from(it.as_millis()).unwrap_or(i64::MAX);
    let (idle, length) = (millis(limits.session_idle), millis(limits.session_length));
    ctx.db
        .write(move |tx| {
            let now = tx.now();
            store::delete_old_tries(tx, now.plus(-throttle::WINDOW))?;
            store::delete_old_sessions(tx, now.plus(-length), now.plus(-idle))?;
            Ok(())
        })
        .await
}
