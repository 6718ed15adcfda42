//! The text menu and the account menus over HTTP.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::id::InboxId;
use crate::base::time::Time;
use crate::bot::account_menu::{AccountMenu, Button};
use crate::bot::menu::Node;
use crate::bot::ops;
use crate::bot::store::StoredMenu;
use crate::ctx::Ctx;
use crate::knowledge::rehearsal::AcceptQuery;
use crate::web::actor::Actor;
use crate::web::error::Answer;
use crate::web::extract::{Json, Path, Query};

/// The routes of menus.
pub(super) fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(get_text_menu, put_text_menu))
        .routes(routes!(get_account_menu, put_account_menu))
}

/// The text menu.
#[derive(Debug, Serialize, ToSchema)]
pub struct TextMenu {
    /// Rises with each change; 0 when none was ever written.
    pub version: i64,
    /// When it was changed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Time>,
    /// Where customers begin. Without choices there is no menu.
    pub root: Node,
}

impl From<StoredMenu<Node>> for TextMenu {
    fn from(menu: StoredMenu<Node>) -> Self {
        Self { version: menu.version, updated_at: menu.updated_at, root: menu.tree }
    }
}

/// The text menu as an editor writes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextMenuInput {
    /// The version that was seen: when another one is there by now, the change is refused with 409. Absent:
    /// whatever is there is written over, as imports and scripts want it.
    version: Option<i64>,
    /// Where customers begin.
    root: Node,
}

/// The text menu.
#[utoipa::path(get, path = "/text-menu", tag = "bot", responses((status = 200, body = TextMenu)))]
async fn get_text_menu(State(ctx): State<Ctx>, actor: Actor) -> Answer<TextMenu> {
    Ok(Json(ops::get_text_menu(&ctx, &actor).await?.into()))
}

/// Writes the text menu.
#[utoipa::path(
    put, path = "/text-menu", tag = "bot", params(AcceptQuery), request_body = TextMenuInput, responses((status = 200, body = TextMenu))
)]
async fn put_text_menu(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(AcceptQuery { accept_fall }): Query<AcceptQuery>,
    Json(input): Json<TextMenuInput>,
) -> Answer<TextMenu> {
    Ok(Json(ops::put_text_menu(&ctx, &actor, input.root, (input.version, accept_fall)).await?.into()))
}

/// The draft of an account's menu, and what the platform has of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountMenu)]
pub struct AccountMenuView {
    /// The buttons.
    pub buttons: Vec<Button>,
    /// Rises with each change; 0 when none was ever written.
    pub version: i64,
    /// When it was changed last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Time>,
    /// The version that the platform has; absent when nothing was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_version: Option<i64>,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_at: Option<Time>,
}

impl From<StoredMenu<AccountMenu>> for AccountMenuView {
    fn from(menu: StoredMenu<AccountMenu>) -> Self {
        Self {
            buttons: menu.tree.buttons,
            version: menu.version,
            updated_at: menu.updated_at,
            published_version: menu.published_version,
            published_at: menu.published_at,
        }
    }
}

/// An account's menu as an editor writes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountMenuInput {
    /// At most three.
    buttons: Vec<Button>,
    /// The version that was seen: when another one is there by now, the change is refused with 409. Absent:
    /// whatever is there is written over, as imports and scripts want it.
    version: Option<i64>,
}

/// The draft of an account's menu.
#[utoipa::path(
    get, path = "/inboxes/{id}/account-menu", tag = "bot", params(("id" = InboxId, Path)),
    responses((status = 200, body = AccountMenuView))
)]
async fn get_account_menu(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<InboxId>,
) -> Answer<AccountMenuView> {
    Ok(Json(ops::get_account_menu(&ctx, &actor, id).await?.into()))
}

/// Writes the draft of an account's menu.
#[utoipa::path(
    put, path = "/inboxes/{id}/account-menu", tag = "bot", params(("id" = InboxId, Path)),
    request_body = AccountMenuInput, responses((status = 200, body = AccountMenuView))
)]
async fn put_account_menu(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<InboxId>,
    Json(input): Json<AccountMenuInput>,
) -> Answer<AccountMenuView> {
    let menu = AccountMenu { buttons: input.buttons };
    Ok(Json(ops::put_account_menu(&ctx, &actor, id, menu, input.version).await?.into()))
}
