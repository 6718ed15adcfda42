//! The page that draws the API's description, at `/docs`. Three small files, built in: a page from
//! elsewhere would need the network, and a library would outweigh the console.

use axum::Router;
use axum::http::header;
use axum::routing::get;

use crate::ctx::Ctx;

/// The routes of the page.
pub fn routes() -> Router<Ctx> {
    let file =
        |kind: &'static str, text: &'static str| get(async move || ([(header::CONTENT_TYPE, kind)], text));
    Router::new()
        .route("/docs", file("text/html; charset=utf-8", include_str!("page.html")))
        .route("/docs/page.css", file("text/css; charset=utf-8", include_str!("page.css")))
        .route("/docs/page.js", file("text/javascript; charset=utf-8", include_str!("page.js")))
}
