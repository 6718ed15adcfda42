//! Publishing and pulling a menu over HTTP.

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::id::InboxId;
use crate::bot::http::menus::AccountMenuView;
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::error::Answer;
use crate::web::extract::{Json, Path};

/// The routes.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(publish_account_menu)).routes(routes!(pull_account_menu))
}

/// Makes the draft the account's menu.
#[utoipa::path(
    post, path = "/inboxes/{id}/account-menu/publication", tag = "bot", params(("id" = InboxId, Path)),
    responses((status = 200, body = AccountMenuView))
)]
async fn publish_account_menu(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<InboxId>,
) -> Answer<AccountMenuView> {
    Ok(Json(super::publish(&ctx, &actor, id).await?.into()))
}

/// Makes the account's present menu the draft.
#[utoipa::path(
    post, path = "/inboxes/{id}/account-menu/pull", tag = "bot", params(("id" = InboxId, Path)),
    responses((status = 200, body = AccountMenuView))
)]
async fn pull_account_menu(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<InboxId>,
) -> Answer<AccountMenuView> {
    Ok(Json(super::pull(&ctx, &actor, id).await?.into()))
}
