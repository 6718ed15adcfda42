//! The console's files, inside the program.

use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::RustEmbed;

/// What `npm run build` made. In debug builds it is read from the disk at each request.
#[derive(RustEmbed)]
#[folder = "../../web/console/dist"]
struct Console;

/// A file of the console; for every other address of a page, its first page, which reads the address itself.
pub async fn console(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if let Some(response) = file(path, &headers) {
        return response;
    }
    // A missing file is missing: a page in place of a script would only confuse.
    let looks_like_file =
        path.rsplit('/').next().is_some_and(|it| it.contains('.')) || path.starts_with("assets/");
    if looks_like_file {
        return (StatusCode::NOT_FOUND, "there is no such file\n").into_response();
    }
    file("index.html", &headers).unwrap_or_else(not_built)
}

fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    // Files that begin with a dot keep the folder in the repository; they are nobody's business.
    let found = Console::get(path).filter(|_| !path.starts_with('.'))?;
    let tag = format!("\"{}\"", hex::encode(&found.metadata.sha256_hash()[..12]));
    // Files with a hash in their name never change; the pages that name them are asked for each time.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|it| it.as_bytes() == tag.as_bytes());
    let common = [(header::ETAG, tag), (header::CACHE_CONTROL, cache.to_owned())];
    if known {
        return Some((StatusCode::NOT_MODIFIED, common).into_response());
    }
    let kind = content_type(path, found.metadata.mimetype());
    Some((common, [(header::CONTENT_TYPE, kind)], found.data).into_response())
}

/// The kind of a file, with the character set that texts are written in.
fn content_type(path: &str, guessed: &str) -> String {
    match path.rsplit('.').next() {
        Some("js" | "mjs") => "text/javascript; charset=utf-8".into(),
        Some("html" | "css" | "txt" | "webmanifest") if !guessed.contains("charset") => {
            format!("{guessed}; charset=utf-8")
        }
        _ => guessed.to_owned(),
    }
}

/// What stands in place of the console when its pages were not built.
fn not_built() -> Response {
    let page = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Chudian</title>\
        <body><h1>Chudian is running, the console is not built</h1>\
        <p>Run <code>npm ci &amp;&amp; npm run build</code> in <code>web/console</code>, then build the server again \
        (or start everything with <code>cargo xtask demo</code>). The API works without it.</p>\
        <p lang=\"zh\">服务已启动，但控制台页面尚未构建：请在 <code>web/console</code> 执行 \
        <code>npm ci &amp;&amp; npm run build</code>，再重新编译服务。</p>";
    (StatusCode::OK, Html(page)).into_response()
}
