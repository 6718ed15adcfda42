//! What is around every route: a number, a line in the log, safety headers, no panic that escapes.

use crate::base::Error;
use crate::ctx::Ctx;
use crate::web::error::Problem;
use crate::web::{headers, trace};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use std::any::Any;
use tower_http::catch_panic::CatchPanicLayer;

/// Wraps all routes of the server. What browsers read carries safety headers; the callbacks of
/// platforms are read by no browser, and each header would cost at every message.
pub fn wrap(for_browsers: Router, for_platforms: Router, ctx: &Ctx) -> Router {
    for_browsers
        .layer(from_fn(headers::secure))
        .merge(for_platforms)
        .layer(CatchPanicLayer::custom(|panic: Box<dyn Any + Send>| stumbled(panic.as_ref())))
        .layer(from_fn_with_state(ctx.clone(), trace::trace))
}

/// The answer when a handler panics: a mistake of ours, told like every other.
fn stumbled(panic: &(dyn Any + Send)) -> Response {
    let text =
        panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    Problem(Error::internal("server.panic", text.unwrap_or("a handler panicked"))).into_response()
}
