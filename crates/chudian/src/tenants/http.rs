//! Set-up, sessions, members, people and keys over HTTP.

use super::login::{self, Arrival, LoggedIn};
use super::model::{ApiKey, Tenant, User};
use super::ops::{self, NewMember, NewUser, TenantChange, UserChange};
use super::role::Role;
use super::setup::{self, Founder};
use super::{keys, session};
use crate::base::id::{ApiKeyId, TenantId, UserId};
use crate::base::page::{Page, PageRequest};
use crate::ctx::Ctx;
use crate::web::actor::{Actor, Credential, nobody};
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Path, Query};
use crate::web::permission::Permission;
use crate::web::source::Source;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of this domain.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(get_setup, finish_setup))
        .routes(routes!(open_session, get_session, close_session))
        .routes(routes!(close_sessions))
        .routes(routes!(change_password))
        .routes(routes!(list_tenants, create_tenant))
        .routes(routes!(update_tenant))
        .routes(routes!(list_users, create_user))
        .routes(routes!(update_user))
        .routes(routes!(set_password))
        .routes(routes!(list_roles))
        .routes(routes!(list_api_keys, create_api_key))
        .routes(routes!(revoke_api_key))
}

/// Whether the house waits for its first administrator.
#[derive(Debug, Serialize, ToSchema)]
pub struct SetupView {
    /// True until the first administrator exists.
    pub open: bool,
}

/// The founding of the house.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupBody {
    /// The name of headquarters.
    headquarters: String,
    /// The administrator's log-in name.
    login: String,
    /// The administrator's name.
    name: String,
    /// The administrator's password.
    password: String,
}

/// A log-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginBody {
    /// The log-in name.
    login: String,
    /// The password.
    password: String,
}

/// A change of the own password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnPasswordBody {
    /// The present password.
    old: String,
    /// The password from now on.
    new: String,
}

/// Who is logged in, and what the console needs to know about it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// The person.
    pub user: User,
    /// Where they work.
    pub tenant: Tenant,
    /// What they may do.
    pub permissions: Vec<String>,
    /// To be sent as `X-CSRF-Token` with every request that changes something.
    pub csrf_token: String,
    /// Whether simulated accounts may be connected.
    pub demo: bool,
}

fn view(ctx: &Ctx, user: User, tenant: Tenant, csrf_token: String) -> Session {
    let permissions = user.role.permissions().names();
    Session { user, tenant, permissions, csrf_token, demo: ctx.config.demo.allow_simulator }
}

/// From where a request comes, and with which session.
fn arrival(ctx: &Ctx, source: Source, headers: &HeaderMap) -> Arrival {
    let text = |name| headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let token = session::from_cookies(text(header::COOKIE), ctx.config.server.secure_cookies);
    Arrival {
        source: source.0,
        user_agent: text(header::USER_AGENT).to_owned(),
        former: token.map(session::token_hash),
    }
}

/// The answer to a log-in: the view, and the cookie.
fn welcome(ctx: &Ctx, status: StatusCode, logged_in: LoggedIn) -> Response {
    let LoggedIn { token, session, user, tenant } = logged_in;
    let cookie = session::set_cookie(&token, ctx.config.server.secure_cookies);
    let body = Json(view(ctx, user, tenant, session.csrf_token));
    (status, AppendHeaders([(header::SET_COOKIE, cookie)]), body).into_response()
}

/// The answer to a log-out: nothing, and the cookie is taken away.
fn farewell(ctx: &Ctx) -> Response {
    let cookie = session::clear_cookie(ctx.config.server.secure_cookies);
    (StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, cookie)])).into_response()
}

/// Tells whether the house waits for its first administrator.
#[utoipa::path(get, path = "/setup", tag = "session", security(()), responses((status = 200, body = SetupView)))]
async fn get_setup(State(ctx): State<Ctx>) -> Answer<SetupView> {
    Ok(Json(SetupView { open: setup::is_open(&ctx).await? }))
}

/// Founds headquarters with its first administrator. Works once.
#[utoipa::path(
    post, path = "/setup", tag = "session", security(()), request_body = SetupBody,
    responses((status = 201, body = Session))
)]
async fn finish_setup(
    State(ctx): State<Ctx>,
    Extension(source): Extension<Source>,
    headers: HeaderMap,
    Json(body): Json<SetupBody>,
) -> Result<Response, Problem> {
    let SetupBody { headquarters, login, name, password } = body;
    let founder = Founder { headquarters, login, name, password };
    let logged_in = setup::found(&ctx, founder, arrival(&ctx, source, &headers)).await?;
    Ok(welcome(&ctx, StatusCode::CREATED, logged_in))
}

/// Logs in. Sets the session's cookie; while logged in it makes the session fresh for dangerous acts.
#[utoipa::path(
    post, path = "/session", tag = "session", security(()), request_body = LoginBody,
    responses((status = 201, body = Session))
)]
async fn open_session(
    State(ctx): State<Ctx>,
    Extension(source): Extension<Source>,
    headers: HeaderMap,
    Json(body): Json<LoginBody>,
) -> Result<Response, Problem> {
    let arrival = arrival(&ctx, source, &headers);
    let logged_in = login::log_in(&ctx, &body.login, body.password, arrival).await?;
    Ok(welcome(&ctx, StatusCode::CREATED, logged_in))
}

/// Who is logged in.
#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, body = Session)))]
async fn get_session(State(ctx): State<Ctx>, actor: Actor) -> Answer<Session> {
    let Credential::Session { csrf_token, .. } = actor.credential.clone() else {
        return Err(Problem(nobody()));
    };
    let (user, tenant) = ops::me(&ctx, &actor).await?;
    Ok(Json(view(&ctx, user, tenant, csrf_token)))
}

/// Logs out.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204)))]
async fn close_session(State(ctx): State<Ctx>, actor: Actor) -> Result<Response, Problem> {
    login::log_out(&ctx, &actor).await?;
    Ok(farewell(&ctx))
}

/// Logs out everywhere: all sessions of the person end.
#[utoipa::path(delete, path = "/sessions", tag = "session", responses((status = 204)))]
async fn close_sessions(State(ctx): State<Ctx>, actor: Actor) -> Result<Response, Problem> {
    login::log_out_everywhere(&ctx, &actor).await?;
    Ok(farewell(&ctx))
}

/// Changes the own password. All other sessions end; this one gets a new cookie.
#[utoipa::path(
    put, path = "/session/password", tag = "session", request_body = OwnPasswordBody,
    responses((status = 200, body = Session))
)]
async fn change_password(
    State(ctx): State<Ctx>,
    Extension(source): Extension<Source>,
    actor: Actor,
    headers: HeaderMap,
    Json(body): Json<OwnPasswordBody>,
) -> Result<Response, Problem> {
    let arrival = arrival(&ctx, source, &headers);
    let logged_in = login::change_password(&ctx, &actor, body.old, body.new, arrival).await?;
    Ok(welcome(&ctx, StatusCode::OK, logged_in))
}

/// The first administrator of a new member.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdministratorBody {
    /// The log-in name.
    login: String,
    /// The name for people.
    name: String,
    /// The first password.
    password: String,
}

/// A new member of the group.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTenantBody {
    /// Its name.
    name: String,
    /// Its short name: lower-case letters, digits and hyphens.
    code: String,
    /// Its time zone, such as `Asia/Shanghai`.
    time_zone: String,
    /// Its first administrator.
    administrator: AdministratorBody,
}

/// What may change about a tenant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantChangeBody {
    /// Its name.
    name: Option<String>,
    /// Under which name headquarters gathers it with others; empty for none.
    region: Option<String>,
    /// Whether nobody of it can log in any more.
    closed: Option<bool>,
}

/// All rows of a short list.
#[derive(Debug, Serialize, ToSchema)]
pub struct All<T> {
    /// The rows.
    pub items: Vec<T>,
}

/// The own tenant, and at headquarters its members.
#[utoipa::path(get, path = "/tenants", tag = "tenants", responses((status = 200, body = All<Tenant>)))]
async fn list_tenants(State(ctx): State<Ctx>, actor: Actor) -> Answer<All<Tenant>> {
    Ok(Json(All { items: ops::list_tenants(&ctx, &actor).await? }))
}

/// Creates a member. Headquarters only.
#[utoipa::path(
    post, path = "/tenants", tag = "tenants", request_body = NewTenantBody, responses((status = 201, body = Tenant))
)]
async fn create_tenant(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(body): Json<NewTenantBody>,
) -> Result<(StatusCode, Json<Tenant>), Problem> {
    let NewTenantBody { name, code, time_zone, administrator } = body;
    let AdministratorBody { login, name: person, password } = administrator;
    let administrator = NewUser { login, name: person, role: Role::Administrator, password };
    let new = NewMember { name, code, time_zone, administrator };
    Ok((StatusCode::CREATED, Json(ops::create_member(&ctx, &actor, new).await?)))
}

/// Renames or closes a tenant.
#[utoipa::path(
    patch, path = "/tenants/{id}", tag = "tenants", params(("id" = TenantId, Path)),
    request_body = TenantChangeBody, responses((status = 200, body = Tenant))
)]
async fn update_tenant(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<TenantId>,
    Json(body): Json<TenantChangeBody>,
) -> Answer<Tenant> {
    Ok(Json(
        ops::update_tenant(
            &ctx,
            &actor,
            id,
            TenantChange { name: body.name, region: body.region, closed: body.closed },
        )
        .await?,
    ))
}

/// Whom to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct UserQuery {
    /// A part of the name or log-in name.
    query: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many at most: 1 to 200.
    limit: Option<u32>,
}

/// A new person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUserBody {
    /// The log-in name.
    login: String,
    /// The name for people.
    name: String,
    /// What they may do.
    role: Role,
    /// The first password.
    password: String,
}

/// What may change about a person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChangeBody {
    /// The name for people.
    name: Option<String>,
    /// What they may do. A change ends their sessions.
    role: Option<Role>,
    /// Whether they are locked out. It ends their sessions.
    disabled: Option<bool>,
}

/// A new password for somebody.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordBody {
    /// The password from now on.
    password: String,
}

/// People of the own tenant.
#[utoipa::path(get, path = "/users", tag = "users", params(UserQuery), responses((status = 200, body = Page<User>)))]
async fn list_users(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(query): Query<UserQuery>,
) -> Answer<Page<User>> {
    let page = PageRequest { after: query.after, limit: query.limit };
    Ok(Json(ops::list_users(&ctx, &actor, &query.query.unwrap_or_default(), page).await?))
}

/// Creates a person in the own tenant.
#[utoipa::path(
    post, path = "/users", tag = "users", request_body = NewUserBody, responses((status = 201, body = User))
)]
async fn create_user(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(body): Json<NewUserBody>,
) -> Result<(StatusCode, Json<User>), Problem> {
    let NewUserBody { login, name, role, password } = body;
    let user = ops::create_user(&ctx, &actor, NewUser { login, name, role, password }).await?;
    Ok((StatusCode::CREATED, Json(user)))
}

/// Changes a person's name or role, or locks them out.
#[utoipa::path(
    patch, path = "/users/{id}", tag = "users", params(("id" = UserId, Path)), request_body = UserChangeBody,
    responses((status = 200, body = User))
)]
async fn update_user(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<UserId>,
    Json(body): Json<UserChangeBody>,
) -> Answer<User> {
    let change = UserChange { name: body.name, role: body.role, disabled: body.disabled };
    Ok(Json(ops::update_user(&ctx, &actor, id, change).await?))
}

/// Gives another person a new password. Needs a log-in that is not older than 15 minutes.
#[utoipa::path(
    put, path = "/users/{id}/password", tag = "users", params(("id" = UserId, Path)),
    request_body = PasswordBody, responses((status = 204))
)]
async fn set_password(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<UserId>,
    Json(body): Json<PasswordBody>,
) -> Result<StatusCode, Problem> {
    ops::set_password(&ctx, &actor, id, body.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A role and what it may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleView {
    /// The role.
    pub role: Role,
    /// Its permissions.
    pub permissions: Vec<String>,
}

/// All roles and what they may do.
#[utoipa::path(get, path = "/roles", tag = "users", responses((status = 200, body = Vec<RoleView>)))]
async fn list_roles(_: Actor) -> Answer<Vec<RoleView>> {
    let view = |role: &Role| RoleView { role: *role, permissions: role.permissions().names() };
    Ok(Json(Role::ALL.iter().map(view).collect()))
}

/// A new API key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKeyBody {
    /// What it is for.
    name: String,
    /// What it may do: not more than its maker.
    scopes: Vec<Permission>,
    /// After how many days it ends; absent: never by itself.
    expires_in_days: Option<u32>,
}

/// A key that was made just now: the only time its text is shown.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewKeyView {
    /// The key, for `Authorization: Bearer …`. Keep it now: it cannot be shown again.
    pub key: String,
    /// What is kept of it.
    #[serde(flatten)]
    pub api_key: ApiKey,
}

/// The API keys of the tenant, without their secrets.
#[utoipa::path(get, path = "/api-keys", tag = "api keys", responses((status = 200, body = All<ApiKey>)))]
async fn list_api_keys(State(ctx): State<Ctx>, actor: Actor) -> Answer<All<ApiKey>> {
    Ok(Json(All { items: keys::list(&ctx, &actor).await? }))
}

/// Makes an API key. Needs a log-in that is not older than 15 minutes.
#[utoipa::path(
    post, path = "/api-keys", tag = "api keys", request_body = NewKeyBody, responses((status = 201, body = NewKeyView))
)]
async fn create_api_key(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(body): Json<NewKeyBody>,
) -> Result<(StatusCode, Json<NewKeyView>), Problem> {
    let NewKeyBody { name, scopes, expires_in_days } = body;
    let (api_key, key) = keys::create(&ctx, &actor, keys::NewKey { name, scopes, expires_in_days }).await?;
    Ok((StatusCode::CREATED, Json(NewKeyView { key, api_key })))
}

/// Revokes an API key at once.
#[utoipa::path(
    delete, path = "/api-keys/{id}", tag = "api keys", params(("id" = ApiKeyId, Path)),
    responses((status = 204))
)]
async fn revoke_api_key(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<ApiKeyId>,
) -> Result<StatusCode, Problem> {
    keys::revoke(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
