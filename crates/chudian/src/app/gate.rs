//! Who may come in by `/api/v1`: nobody without a valid session or key, except to log in.
//!
//! A route that forgets to ask for an actor is closed all the same: the gate stands before all
//! of them and knows the three that are open.

use crate::base::{Error, Result};
use crate::ctx::Ctx;
use crate::tenants::{login, session};
use crate::web::actor::{Actor, Credential, nobody};
use crate::web::budget::Budgets;
use crate::web::csrf;
use crate::web::error::Problem;
use crate::web::extract::absent;
use crate::web::source::Source;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

/// What can be asked without being logged in.
pub const OPEN: &[(Method, &str)] =
    &[(Method::GET, "/setup"), (Method::POST, "/setup"), (Method::POST, "/session")];

/// A whole tenant may ask so many times as often as one of its sessions or keys.
const TENANT_SHARE: u32 = 20;

/// Puts the gate before the routes of the API.
pub fn guard(api: Router<Ctx>, ctx: &Ctx) -> Router<Ctx> {
    api.fallback(async || Problem(absent()))
        .method_not_allowed_fallback(async || {
            Problem(Error::invalid("request.method", "this address does not take this method"))
        })
        .layer(DefaultBodyLimit::max(ctx.config.limits.request_bytes))
        .layer(from_fn_with_state(ctx.clone(), gate))
}

async fn gate(State(ctx): State<Ctx>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match admit(&ctx, &parts).await {
        Ok(actor) => {
            if let Some(actor) = actor {
                parts.extensions.insert(actor);
            }
            next.run(Request::from_parts(parts, body)).await
        }
        Err(error) => Problem(error).into_response(),
    }
}

/// Decides whether the request may go on, and as whom.
async fn admit(ctx: &Ctx, request: &Parts) -> Result<Option<Actor>> {
    let headers = &request.headers;
    let source = request.extensions.get::<Source>().copied().unwrap_or_default();
    let actor = authenticate(ctx, headers).await?;
    spend(ctx, actor.as_ref(), source, headers)?;
    let by_key = matches!(actor.as_ref().map(|it| &it.credential), Some(Credential::Key(_)));
    // A socket is opened with GET, but what comes over it changes things.
    let changes = !csrf::is_safe(&request.method) || headers.contains_key(header::UPGRADE);
    if changes && !by_key && !csrf::is_from_us(headers, &ctx.config.server.origin()) {
        return Err(Error::denied("csrf.origin", "this request comes from a page of another site"));
    }
    if is_open(request) {
        return Ok(actor);
    }
    let actor = actor.ok_or_else(nobody)?;
    if let Credential::Session { csrf_token, .. } = &actor.credential
        && !csrf::is_safe(&request.method)
        && !csrf::has_token(headers, csrf_token)
    {
        let message = "the header X-CSRF-Token is missing or not this session's; load the page again";
        return Err(Error::denied("csrf.token", message));
    }
    Ok(Some(actor))
}

fn is_open(request: &Parts) -> bool {
    let path = request.uri.path();
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    OPEN.iter().any(|(method, open)| *method == request.method && *open == path)
}

/// The actor of the request. A key that is given must be right: a wrong one is not replaced by a cookie.
async fn authenticate(ctx: &Ctx, headers: &HeaderMap) -> Result<Option<Actor>> {
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let text = value.to_str().unwrap_or_default();
        let Some(key) = text.strip_prefix("Bearer ") else { return Err(wrong_key()) };
        return login::by_key(ctx, key).await?.ok_or_else(wrong_key).map(Some);
    }
    let cookies: Vec<&str> =
        headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok()).collect();
    match session::from_cookies(&cookies.join("; "), ctx.config.server.secure_cookies) {
        Some(token) => login::by_token(ctx, token).await,
        None => Ok(None),
    }
}

fn wrong_key() -> Error {
    Error::unauthenticated("api_key.wrong", "this API key is unknown, expired or revoked")
}

/// Takes the request from the budgets of the caller and of their tenant; uploads weigh more.
fn spend(ctx: &Ctx, actor: Option<&Actor>, source: Source, headers: &HeaderMap) -> Result<()> {
    let budgets = ctx.shelf.get::<Budgets>();
    let per_minute = ctx.config.limits.requests_per_minute;
    let now = ctx.clock.now();
    let is_upload =
        headers.get(header::CONTENT_TYPE).is_some_and(|it| it.as_bytes().starts_with(b"multipart/"));
    let weight = if is_upload { 10.0 } else { 1.0 };
    let spent = match actor {
        Some(actor) => {
            let own = format!("{} {}", actor.tenant, actor.id_text());
            let whole = actor.tenant.to_string();
            budgets
                .take(&own, weight, per_minute, now)
                .and_then(|()| budgets.take(&whole, weight, per_minute.saturating_mul(TENANT_SHARE), now))
        }
        None => budgets.take(&source.0.to_string(), weight, per_minute, now),
    };
    spent.map_err(|seconds| {
        let message = format!("too many requests; go on in {seconds} seconds");
        Error::busy("request.limit", message).retry_after(seconds)
    })
}
