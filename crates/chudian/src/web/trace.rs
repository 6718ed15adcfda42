//! A number for each request, its source, its line in the log and its place in the figures.

use super::source::{self, Source};
use crate::ctx::Ctx;
use crate::telemetry::metrics;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Instant;

/// The header with the number of a request. We make it ourselves: a caller cannot choose what stands in our log.
pub const REQUEST_ID: &str = "x-request-id";

/// Numbers the request, finds its source, and tells how it went. The address is logged as its
/// pattern: a path may hold a hook's key, and a query a token.
pub async fn trace(State(ctx): State<Ctx>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = format!("{:016x}", rand::random::<u64>());
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|it| it.0.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let source: Source = source::find(peer, request.headers(), &ctx.config.server.trusted_proxies);
    request.extensions_mut().insert(source);
    let method = known(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    let took = started.elapsed();
    let status = response.status().as_u16();
    // Addresses that nobody serves are one route: a stranger must not make figures grow.
    let route = route.as_ref().map_or("(other)", MatchedPath::as_str);
    metrics::request_answered(method, route, status, took);
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    if status >= 500 {
        tracing::warn!(request.id = %id, method, route, status, micros, "answered {method} {route} with {status}");
    } else {
        tracing::debug!(request.id = %id, method, route, status, micros, "answered {method} {route} with {status}");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The method as one of a few words.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
