//! Routes, the listening socket, the page.

use std::net::SocketAddr;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::platform::Platform;
use crate::world::World;
use crate::{admin, api, business};

/// How the simulator is started.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it listens; port 0 = any free one.
    pub listen: SocketAddr,
    /// Address under which others reach it, when it is not the one it listens on.
    pub public_url: Option<String>,
    /// So many people with names are there from the start.
    pub seed_people: usize,
}

/// A running simulator.
#[derive(Debug)]
pub struct Running {
    /// Where it really listens.
    pub address: SocketAddr,
    /// Ends when the server ends, which is never unless its socket fails.
    pub server: tokio::task::JoinHandle<std::io::Result<()>>,
}

/// Starts a simulator in the current runtime.
///
/// # Errors
/// When the address is taken or the HTTP client cannot be made.
pub async fn start(options: Options) -> std::io::Result<Running> {
    let listener = TcpListener::bind(options.listen).await?;
    let address = listener.local_addr()?;
    let base = options.public_url.unwrap_or_else(|| format!("http://{address}"));
    let mut world = World::new(base.trim_end_matches('/').to_owned());
    for _ in 0..options.seed_people {
        world.add_person(None);
    }
    let platform = Platform::new(world).map_err(std::io::Error::other)?;
    tokio::spawn(platform.clone().tick());
    let app = router(platform).into_make_service_with_connect_info::<SocketAddr>();
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(Running { address, server })
}

fn router(platform: Platform) -> Router {
    let mark = SetResponseHeaderLayer::overriding(
        HeaderName::from_static("x-chudian-simulator"),
        HeaderValue::from_static("1"),
    );
    Router::new()
        .route("/", get(|| async { Redirect::to("/phone") }))
        .route("/phone", get(page))
        .route("/phone/{*path}", get(page))
        .route("/connect/oauth2/authorize", get(api::oauth::authorize))
        .route("/connect/qrconnect", get(api::oauth::authorize))
        .route("/s/{article}", get(api::draft::article_page))
        .merge(business::routes())
        .merge(admin::routes())
        .fallback(api::serve::serve)
        .layer(mark)
        .with_state(platform)
}

/// The built phone page. The folder may be missing: then a page says how to build it.
#[derive(rust_embed::RustEmbed)]
#[folder = "../../web/phone/dist"]
#[allow_missing = true]
struct Page;

async fn page(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches("/phone").trim_start_matches('/');
    let name = if path.is_empty() { "index.html" } else { path };
    match Page::get(name).or_else(|| if name.contains('.') { None } else { Page::get("index.html") }) {
        Some(file) => {
            let mime = mime_guess::from_path(name).first_or(mime_guess::mime::TEXT_HTML);
            let kept =
                if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
            let head = [(header::CONTENT_TYPE, mime.to_string()), (header::CACHE_CONTROL, kept.to_owned())];
            (head, file.data.into_owned()).into_response()
        }
        None if name == "index.html" => {
            let how = "<p>手机页尚未构建，请先运行 <code>npm run build</code>（web/phone）再重新编译模拟器。</p>\
                       <p>The phone page is not built: run <code>npm run build</code> in web/phone, then compile the simulator again.</p>";
            Html(api::oauth::page("Simulator", how)).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
