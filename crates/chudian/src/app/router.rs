//! All addresses of the server.

use axum::Router;
use axum::http::header;
use axum::middleware::from_fn_with_state;
use axum::routing::get;

use crate::adapters::wechat;
use crate::ctx::Ctx;

use super::{api, assets, docs, follow, gate, health, shell};

/// The whole server as one router.
pub fn router(ctx: &Ctx) -> Router {
    let (api, description) = api::routes(ctx.config.server.secure_cookies);
    let description = description.to_json().unwrap_or_default();
    let api = api.layer(from_fn_with_state(ctx.clone(), follow::follow));
    let routes = Router::new()
        .nest("/api/v1", gate::guard(api, ctx))
        .merge(health::routes())
        .merge(docs::routes())
        .route(
            "/openapi.json",
            get(async move || ([(header::CONTENT_TYPE, "application/json")], description)),
        )
        // Pages are read: whoever posts to an unknown address is told so.
        .fallback_service(get(assets::console))
        .with_state(ctx.clone());
    shell::wrap(routes, wechat::hook::routes().with_state(ctx.clone()), ctx)
}
