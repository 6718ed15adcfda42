//! Editors see their own change: what they saved is what the bot says when they ask it next.
//!
//! The bot follows an edit by itself within moments. Whoever made the edit waits for it here, a little
//! while, so that no test bench and no phone in the editor's hand answers with the words of before.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

use crate::base::Result;
use crate::base::id::TenantId;
use crate::bot::fresh;
use crate::bus;
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::csrf;

/// What changes what the bot says stands below these.
const EDITED: [&str; 5] = ["/knowledge", "/bot", "/keywords", "/text-menu", "/inboxes"];

/// It only asks, and asks often.
const BENCH: &str = "/bot/test";

/// Longer nobody waits for it: the edit is stored, and the bot follows when it has built what is new.
const LONGEST: Duration = Duration::from_secs(1);

/// Lets the answer to an edit go when the bot has followed it, or after a second.
pub(super) async fn follow(State(ctx): State<Ctx>, request: Request, next: Next) -> Response {
    let edits = is_edit(request.method(), request.uri().path());
    let editor = request.extensions().get::<Actor>().map(|it| it.tenant).filter(|_| edits);
    let response = next.run(request).await;
    if let Some(tenant) = editor
        && response.status().is_success()
        // The edit stands whether or not somebody could wait for it.
        && let Ok(Err(error)) = tokio::time::timeout(LONGEST, wait(&ctx, tenant)).await
    {
        tracing::warn!(%error, "cannot see whether the bot has followed an edit");
    }
    response
}

async fn wait(ctx: &Ctx, tenant: TenantId) -> Result<()> {
    let (_, latest) = ctx.db.read(bus::latest).await?;
    fresh::followed(ctx, tenant, latest).await;
    Ok(())
}

fn is_edit(method: &Method, path: &str) -> bool {
    let path = path.strip_prefix("/api/v1").unwrap_or(path);
    let is_below =
        |edited: &str| path.strip_prefix(edited).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    !csrf::is_safe(method) && path != BENCH && EDITED.iter().any(|it| is_below(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_edits_of_what_the_bot_says_wait() {
        for (method, path, expected) in [
            (Method::POST, "/knowledge/entries", true),
            (Method::PUT, "/api/v1/bot/settings", true),
            (Method::POST, "/bot/test", false),
            (Method::PUT, "/text-menu", true),
            (Method::PUT, "/inboxes/inb_1/account-menu", true),
            (Method::GET, "/knowledge/entries", false),
            (Method::POST, "/knowledgeable/entries", false),
            (Method::POST, "/conversations/con_1/messages", false),
        ] {
            assert_eq!(is_edit(&method, path), expected, "{method} {path}");
        }
    }
}
