//! Rows of tenants, people, sessions, failed log-ins and keys.

use super::model::{ApiKey, Session, Tenant, TenantKind, User};
use super::throttle::Tries;
use crate::base::id::{ApiKeyId, TenantId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::db::{Row, Tx, args};

// Set-up ---------------------------------------------------------------------------------------

/// Whether set-up has been done.
pub(crate) fn is_setup_closed(tx: &mut Tx<'_>) -> Result<bool> {
    Ok(tx.first("select id from setup where id = 1", args![], |row| row.get::<i64>(0))?.is_some())
}

/// Closes set-up for ever; false when somebody was faster.
pub(crate) fn close_setup(tx: &mut Tx<'_>) -> Result<bool> {
    let sql = "insert into setup (id, closed_at) values (1, $1) on conflict do nothing";
    Ok(tx.execute(sql, args![tx.now()])? == 1)
}

// Tenants --------------------------------------------------------------------------------------

/// A tenant by its key. Who asks must have checked that the actor reaches it.
pub(crate) fn find_tenant(tx: &mut Tx<'_>, id: TenantId) -> Result<Option<Tenant>> {
    let sql = "select id, parent_id, kind, name, code, time_zone, created_at, closed_at, region from tenants where id = $1";
    tx.first(sql, args![id], tenant)
}

/// The tenants at or below `root`, the nearest first.
pub(crate) fn list_subtree(tx: &mut Tx<'_>, root: TenantId) -> Result<Vec<Tenant>> {
    let sql =
        "select t.id, t.parent_id, t.kind, t.name, t.code, t.time_zone, t.created_at, t.closed_at, t.region
         from tenant_closure c join tenants t on t.id = c.descendant_id
         where c.ancestor_id = $1 order by c.depth, t.id";
    tx.all(sql, args![root], tenant)
}

/// The tenants that are not closed, with their time zones.
pub(crate) fn list_open(tx: &mut Tx<'_>) -> Result<Vec<(TenantId, String)>> {
    tx.all("select id, time_zone from tenants where closed_at is null order by id", args![], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}

/// Whether `tenant` is `root` or lies below it.
pub(crate) fn is_within(tx: &mut Tx<'_>, root: TenantId, tenant: TenantId) -> Result<bool> {
    let sql = "select depth from tenant_closure where ancestor_id = $1 and descendant_id = $2";
    Ok(tx.first(sql, args![root, tenant], |row| row.get::<i64>(0))?.is_some())
}

/// Writes a new tenant and its place in the tree; false when the code is taken.
pub fn insert_tenant(tx: &mut Tx<'_>, tenant: &Tenant) -> Result<bool> {
    let sql = "insert into tenants (id, parent_id, kind, name, code, time_zone, created_at, closed_at)
         values ($1, $2, $3, $4, $5, $6, $7, null) on conflict do nothing";
    let Tenant { id, parent, kind, name, code, time_zone, created_at, .. } = tenant;
    if tx.execute(sql, args![*id, *parent, kind.name(), *name, *code, *time_zone, *created_at])? == 0 {
        return Ok(false);
    }
    tx.execute(
        "insert into tenant_closure (ancestor_id, descendant_id, depth) values ($1, $1, 0)",
        args![*id],
    )?;
    if let Some(parent) = parent {
        tx.execute(
            "insert into tenant_closure (ancestor_id, descendant_id, depth)
             select ancestor_id, cast($2 as bigint), depth + 1 from tenant_closure where descendant_id = $1",
            args![*parent, *id],
        )?;
    }
    Ok(true)
}

/// Writes a tenant's name, its region and whether it is closed.
pub(crate) fn update_tenant(tx: &mut Tx<'_>, tenant: &Tenant, closed_at: Option<Time>) -> Result<()> {
    let sql = "update tenants set name = $2, closed_at = $3, region = $4 where id = $1";
    tx.execute(sql, args![tenant.id, tenant.name, closed_at, tenant.region])?;
    Ok(())
}

fn tenant(row: &Row<'_>) -> Result<Tenant> {
    let kind = match row.get::<String>(2)?.as_str() {
        "headquarters" => TenantKind::Headquarters,
        _ => TenantKind::Member,
    };
    Ok(Tenant {
        id: row.get(0)?,
        parent: row.get(1)?,
        kind,
        name: row.get(3)?,
        code: row.get(4)?,
        time_zone: row.get(5)?,
        created_at: row.get(6)?,
        closed: row.get::<Option<Time>>(7)?.is_some(),
        region: row.get(8)?,
    })
}

// People ---------------------------------------------------------------------------------------

/// A person with their password hash, by log-in name, when their tenant is open.
pub(crate) fn find_by_login(tx: &mut Tx<'_>, login: &str) -> Result<Option<(User, String)>> {
    let sql = "select u.id, u.tenant_id, u.login, u.name, u.role, u.locale, u.disabled_at, u.created_at, u.last_login_at,
             u.password_hash
         from users u join tenants t on t.id = u.tenant_id where u.login = $1 and t.closed_at is null";
    tx.first(sql, args![login], |row| Ok((user(row)?, row.get(9)?)))
}

/// A person of the tenant.
pub(crate) fn find_user(tx: &mut Tx<'_>, tenant: TenantId, id: UserId) -> Result<Option<User>> {
    let sql = "select id, tenant_id, login, name, role, locale, disabled_at, created_at, last_login_at
         from users where tenant_id = $1 and id = $2";
    tx.first(sql, args![tenant, id], user)
}

/// The password hash of a person of the tenant.
pub(crate) fn find_password_hash(tx: &mut Tx<'_>, tenant: TenantId, id: UserId) -> Result<Option<String>> {
    let sql = "select password_hash from users where tenant_id = $1 and id = $2";
    tx.first(sql, args![tenant, id], |row| row.get(0))
}

/// People of the tenant after the key `after`, whose name or log-in contains `pattern`
/// (a `like` pattern with `\` as escape).
pub(crate) fn list_users(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    pattern: &str,
    after: Option<UserId>,
    limit: u32,
) -> Result<Vec<User>> {
    let sql = r"select id, tenant_id, login, name, role, locale, disabled_at, created_at, last_login_at
         from users where tenant_id = $1 and id > $2
           and (lower(name) like $3 escape '\' or login like $3 escape '\')
         order by id limit $4";
    tx.all(sql, args![tenant, after.unwrap_or(UserId(0)), pattern, limit], user)
}

/// Writes a new person; false when the log-in name is taken.
pub(crate) fn insert_user(tx: &mut Tx<'_>, user: &User, password_hash: &str) -> Result<bool> {
    let sql = "insert into users (id, tenant_id, login, name, role, locale, password_hash, created_at, last_login_at,
             disabled_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, null, null) on conflict do nothing";
    let User { id, tenant, login, name, role, locale, created_at, .. } = user;
    let changed = tx
        .execute(sql, args![*id, *tenant, *login, *name, role.name(), *locale, password_hash, *created_at])?;
    Ok(changed == 1)
}

/// Writes a person's name, role and whether they are locked out.
pub(crate) fn update_user(tx: &mut Tx<'_>, user: &User, disabled_at: Option<Time>) -> Result<()> {
    let sql = "update users set name = $3, role = $4, disabled_at = $5 where tenant_id = $1 and id = $2";
    tx.execute(sql, args![user.tenant, user.id, user.name, user.role.name(), disabled_at])?;
    Ok(())
}

/// Writes a new password hash.
pub(crate) fn set_password_hash(tx: &mut Tx<'_>, tenant: TenantId, id: UserId, hash: &str) -> Result<()> {
    let sql = "update users set password_hash = $3 where tenant_id = $1 and id = $2";
    tx.execute(sql, args![tenant, id, hash])?;
    Ok(())
}

/// Writes when a person last logged in.
pub(crate) fn set_last_login(tx: &mut Tx<'_>, tenant: TenantId, id: UserId) -> Result<()> {
    let sql = "update users set last_login_at = $3 where tenant_id = $1 and id = $2";
    tx.execute(sql, args![tenant, id, tx.now()])?;
    Ok(())
}

/// Administrators of the tenant who can log in, without `but`.
pub(crate) fn count_other_administrators(tx: &mut Tx<'_>, tenant: TenantId, but: UserId) -> Result<i64> {
    let sql = "select count(*) from users
         where tenant_id = $1 and id <> $2 and role = 'administrator' and disabled_at is null";
    Ok(tx.first(sql, args![tenant, but], |row| row.get(0))?.unwrap_or_default())
}

/// Reads nine columns, in the order of the queries above.
fn user(row: &Row<'_>) -> Result<User> {
    let role = row.get::<String>(4)?;
    let role =
        role.parse().map_err(|()| Error::internal("user.role", format!("the role {role} is not known")))?;
    Ok(User {
        id: row.get(0)?,
        tenant: row.get(1)?,
        login: row.get(2)?,
        name: row.get(3)?,
        role,
        locale: row.get(5)?,
        disabled: row.get::<Option<Time>>(6)?.is_some(),
        created_at: row.get(7)?,
        last_login_at: row.get(8)?,
    })
}

// Failed log-ins -------------------------------------------------------------------------------

/// The tries under `subject` after `since`.
pub(crate) fn count_tries(tx: &mut Tx<'_>, subject: &str, since: Time) -> Result<Tries> {
    let sql = "select count(*), min(at) from login_failures where subject = $1 and at > $2";
    let found =
        tx.first(sql, args![subject, since], |row| Ok(Tries { count: row.get(0)?, oldest: row.get(1)? }))?;
    Ok(found.unwrap_or(Tries { count: 0, oldest: None }))
}

/// Counts a try.
pub(crate) fn insert_try(tx: &mut Tx<'_>, subject: &str) -> Result<()> {
    tx.execute("insert into login_failures (subject, at) values ($1, $2)", args![subject, tx.now()])?;
    Ok(())
}

/// Takes back all tries of a subject.
pub(crate) fn delete_tries(tx: &mut Tx<'_>, subject: &str) -> Result<()> {
    tx.execute("delete from login_failures where subject = $1", args![subject])?;
    Ok(())
}

/// Takes back the latest moment's try of a subject.
pub(crate) fn delete_latest_try(tx: &mut Tx<'_>, subject: &str) -> Result<()> {
    let sql = "delete from login_failures where subject = $1
           and at = (select max(at) from login_failures where subject = $1)";
    tx.execute(sql, args![subject])?;
    Ok(())
}

/// Forgets tries before `before`: a sweep's work.
pub(crate) fn delete_old_tries(tx: &mut Tx<'_>, before: Time) -> Result<u64> {
    tx.execute("delete from login_failures where at <= $1", args![before])
}

// Sessions -------------------------------------------------------------------------------------

/// A session with its person, when both they and their tenant may still log in.
pub(crate) fn find_session(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<Option<(Session, User)>> {
    let sql = "select u.id, u.tenant_id, u.login, u.name, u.role, u.locale, u.disabled_at, u.created_at, u.last_login_at,
             s.csrf_token, s.created_at, s.authenticated_at, s.last_seen_at
         from sessions s
         join users u on u.id = s.user_id and u.tenant_id = s.tenant_id
         join tenants t on t.id = s.tenant_id
         where s.token_hash = $1 and u.disabled_at is null and t.closed_at is null";
    tx.first(sql, args![token_hash], |row| {
        let user = user(row)?;
        let session = Session {
            token_hash: token_hash.to_vec(),
            user: user.id,
            tenant: user.tenant,
            csrf_token: row.get(9)?,
            created_at: row.get(10)?,
            authenticated_at: row.get(11)?,
            last_seen_at: row.get(12)?,
        };
        Ok((session, user))
    })
}

/// Writes a new session. Address and browser are kept for the person's own list of sessions.
pub(crate) fn insert_session(
    tx: &mut Tx<'_>,
    session: &Session,
    address: &str,
    user_agent: &str,
) -> Result<()> {
    let sql =
        "insert into sessions (token_hash, tenant_id, user_id, csrf_token, created_at, authenticated_at,
             last_seen_at, address, user_agent)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let Session { token_hash, user, tenant, csrf_token, created_at, authenticated_at, last_seen_at } =
        session;
    tx.execute(
        sql,
        args![
            *token_hash,
            *tenant,
            *user,
            *csrf_token,
            *created_at,
            *authenticated_at,
            *last_seen_at,
            address,
            user_agent
        ],
    )?;
    Ok(())
}

/// Writes the CSRF token of a session.
pub(crate) fn set_csrf_token(tx: &mut Tx<'_>, token_hash: &[u8], csrf_token: &str) -> Result<()> {
    tx.execute("update sessions set csrf_token = $2 where token_hash = $1", args![token_hash, csrf_token])?;
    Ok(())
}

/// Notes that the session was used.
pub(crate) fn touch_session(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<()> {
    let sql = "update sessions set last_seen_at = $2 where token_hash = $1 and last_seen_at < $2";
    tx.execute(sql, args![token_hash, tx.now()])?;
    Ok(())
}

/// Ends one session.
pub(crate) fn delete_session(tx: &mut Tx<'_>, token_hash: &[u8]) -> Result<()> {
    tx.execute("delete from sessions where token_hash = $1", args![token_hash])?;
    Ok(())
}

/// Ends all sessions of a person.
pub(crate) fn delete_sessions(tx: &mut Tx<'_>, tenant: TenantId, user: UserId) -> Result<u64> {
    tx.execute("delete from sessions where tenant_id = $1 and user_id = $2", args![tenant, user])
}

/// Forgets sessions that ended by themselves: a sweep's work.
pub(crate) fn delete_old_sessions(tx: &mut Tx<'_>, created_before: Time, seen_before: Time) -> Result<u64> {
    let sql = "delete from sessions where created_at <= $1 or last_seen_at <= $2";
    tx.execute(sql, args![created_before, seen_before])
}

// Keys -----------------------------------------------------------------------------------------

/// A key that was not revoked, with the hash of its secret and its maker, when they may still log in.
pub(crate) fn find_key(tx: &mut Tx<'_>, prefix: &str) -> Result<Option<(ApiKey, Vec<u8>, User)>> {
    let sql = "select u.id, u.tenant_id, u.login, u.name, u.role, u.locale, u.disabled_at, u.created_at, u.last_login_at,
             k.id, k.name, k.prefix, k.scopes, k.created_by, k.created_at, k.expires_at, k.last_used_at, k.secret_hash
         from api_keys k
         join users u on u.id = k.created_by and u.tenant_id = k.tenant_id
         join tenants t on t.id = k.tenant_id
         where k.prefix = $1 and k.revoked_at is null and u.disabled_at is null and t.closed_at is null";
    tx.first(sql, args![prefix], |row| Ok((key(row, 9)?, row.get(17)?, user(row)?)))
}

/// The same by its key in the list, without the hash.
pub(crate) fn find_key_by_id(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: ApiKeyId,
) -> Result<Option<(ApiKey, User)>> {
    let sql = "select u.id, u.tenant_id, u.login, u.name, u.role, u.locale, u.disabled_at, u.created_at, u.last_login_at,
             k.id, k.name, k.prefix, k.scopes, k.created_by, k.created_at, k.expires_at, k.last_used_at
         from api_keys k
         join users u on u.id = k.created_by and u.tenant_id = k.tenant_id
         join tenants t on t.id = k.tenant_id
         where k.tenant_id = $1 and k.id = $2 and k.revoked_at is null and u.disabled_at is null
           and t.closed_at is null";
    tx.first(sql, args![tenant, id], |row| Ok((key(row, 9)?, user(row)?)))
}

/// The tenant's keys that were not revoked.
pub(crate) fn list_keys(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<ApiKey>> {
    let sql = "select id, name, prefix, scopes, created_by, created_at, expires_at, last_used_at
         from api_keys where tenant_id = $1 and revoked_at is null order by id";
    tx.all(sql, args![tenant], |row| key(row, 0))
}

/// Writes a new key.
pub(crate) fn insert_key(tx: &mut Tx<'_>, tenant: TenantId, key: &ApiKey, secret_hash: &[u8]) -> Result<()> {
    let sql = "insert into api_keys (id, tenant_id, name, prefix, secret_hash, scopes, created_by, created_at, expires_at,
             last_used_at, revoked_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null, null)";
    let ApiKey { id, name, prefix, scopes, created_by, created_at, expires_at, .. } = key;
    let scopes = scopes.join(" ");
    tx.execute(
        sql,
        args![*id, tenant, *name, *prefix, secret_hash, scopes, *created_by, *created_at, *expires_at],
    )?;
    Ok(())
}

/// Revokes a key; false when there is none to revoke.
pub(crate) fn revoke_key(tx: &mut Tx<'_>, tenant: TenantId, id: ApiKeyId) -> Result<bool> {
    let sql = "update api_keys set revoked_at = $3 where tenant_id = $1 and id = $2 and revoked_at is null";
    Ok(tx.execute(sql, args![tenant, id, tx.now()])? == 1)
}

/// Notes that the key was used.
pub(crate) fn touch_key(tx: &mut Tx<'_>, id: ApiKeyId) -> Result<()> {
    tx.execute("update api_keys set last_used_at = $2 where id = $1", args![id, tx.now()])?;
    Ok(())
}

/// Reads eight columns from `first` on.
fn key(row: &Row<'_>, first: usize) -> Result<ApiKey> {
    Ok(ApiKey {
        id: row.get(first)?,
        name: row.get(first + 1)?,
        prefix: row.get(first + 2)?,
        scopes: row.get::<String>(first + 3)?.split_whitespace().map(str::to_owned).collect(),
        created_by: row.get(first + 4)?,
        created_at: row.get(first + 5)?,
        expires_at: row.get(first + 6)?,
        last_used_at: row.get(first + 7)?,
    })
}
