//! Inboxes over HTTP.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::id::InboxId;
use crate::base::time::Time;
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Path};

use super::adapter::CheckStep;
use super::model::Trouble;
use super::ops::{self, InboxChange, Known, NewInbox};

/// The routes of this domain.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_inboxes, create_inbox))
        .routes(routes!(get_inbox, update_inbox))
        .routes(routes!(check_inbox))
}

/// A connected account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Inbox)]
pub struct InboxView {
    /// Its key.
    id: InboxId,
    /// The platform.
    kind: String,
    /// Its name, for people.
    name: String,
    /// What the adapter needs; its own shape.
    #[schema(value_type = Object)]
    settings: serde_json::Value,
    /// Which secrets are set; their values are never given out.
    secrets_set: Vec<String>,
    /// The path of its callback address, below the server's public address.
    hook_url: String,
    /// When it last heard from its platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_inbound_at: Option<Time>,
    /// What its platform refuses to the account: the house does without it until then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    troubles: Vec<TroubleView>,
    /// Whether it is switched off.
    disabled: bool,
    /// When it was connected.
    created_at: Time,
}

/// What a platform refuses to an account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InboxTrouble)]
pub struct TroubleView {
    /// What cannot be done: `people`, to tell who the followers are (remark, language, union id); `sending`, to send them
    /// customer-service messages, which the account may not (error 48001): only instant answers go out.
    feature: String,
    /// Stable name: `wechat.not_allowed`, `wechat.send_not_allowed`, `wechat.quota`, `wechat.refused`.
    code: String,
    /// What the platform said.
    message: String,
    /// Since when.
    since: Time,
    /// When it is tried again; absent: not at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Time>,
}

impl From<Trouble> for TroubleView {
    fn from(it: Trouble) -> Self {
        let Trouble { feature, code, message, since, until } = it;
        Self { feature, code, message, since, until }
    }
}

impl From<Known> for InboxView {
    fn from(it: Known) -> Self {
        Self {
            hook_url: format!("/hooks/{}/{}", it.inbox.kind, it.inbox.hook_key),
            id: it.inbox.id,
            kind: it.inbox.kind,
            name: it.inbox.name,
            settings: it.inbox.settings,
            secrets_set: it.secrets_set,
            last_inbound_at: it.last_inbound_at,
            troubles: it.troubles.into_iter().map(TroubleView::from).collect(),
            disabled: it.inbox.disabled_at.is_some(),
            created_at: it.inbox.created_at,
        }
    }
}

/// The inboxes.
#[derive(Debug, Serialize, ToSchema)]
pub struct InboxList {
    /// Oldest first.
    items: Vec<InboxView>,
}

/// An account to connect.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInboxBody {
    /// The platform: `wechat`.
    kind: String,
    /// Its name, for people.
    name: String,
    /// For `wechat`: app_id, original_id, account_kind, mode, api_base.
    #[schema(value_type = Object)]
    settings: serde_json::Value,
    /// For `wechat`: app_secret, token, aes_key.
    secrets: BTreeMap<String, String>,
}

/// A change; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InboxChangeBody {
    /// A new name.
    name: Option<String>,
    /// New settings, whole.
    #[schema(value_type = Option<Object>)]
    settings: Option<serde_json::Value>,
    /// New secrets; those not named stay.
    secrets: Option<BTreeMap<String, String>>,
    /// Switch it off or on.
    disabled: Option<bool>,
}

/// What a check found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checks {
    /// Step by step.
    steps: Vec<CheckStep>,
}

/// The inboxes of the own tenant.
#[utoipa::path(get, path = "/inboxes", tag = "inboxes", responses((status = 200, body = InboxList)))]
async fn list_inboxes(State(ctx): State<Ctx>, actor: Actor) -> Answer<InboxList> {
    let items = ops::list(&ctx, &actor).await?.into_iter().map(InboxView::from).collect();
    Ok(Json(InboxList { items }))
}

/// Connects an account.
#[utoipa::path(post, path = "/inboxes", tag = "inboxes", request_body = NewInboxBody,
    responses((status = 201, body = InboxView)))]
async fn create_inbox(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(body): Json<NewInboxBody>,
) -> Result<(StatusCode, Json<InboxView>), Problem> {
    let new = NewInbox { kind: body.kind, name: body.name, settings: body.settings, secrets: body.secrets };
    let made = ops::create(&ctx, &actor, new).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// One inbox.
#[utoipa::path(get, path = "/inboxes/{id}", tag = "inboxes", params(("id" = InboxId, Path)),
    responses((status = 200, body = InboxView)))]
async fn get_inbox(State(ctx): State<Ctx>, actor: Actor, Path(id): Path<InboxId>) -> Answer<InboxView> {
    Ok(Json(ops::get(&ctx, &actor, id).await?.into()))
}

/// Changes an inbox.
#[utoipa::path(patch, path = "/inboxes/{id}", tag = "inboxes", params(("id" = InboxId, Path)),
    request_body = InboxChangeBody, responses((status = 200, body = InboxView)))]
async fn update_inbox(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<InboxId>,
    Json(body): Json<InboxChangeBody>,
) -> Answer<InboxView> {
    let change = InboxChange {
        name: body.name,
        settings: body.settings,
        secrets: body.secrets,
        disabled: body.disabled,
    };
    Ok(Json(ops::update(&ctx, &actor, id, change).await?.into()))
}

/// Checks an inbox against its platform and says what is wrong.
#[utoipa::path(post, path = "/inboxes/{id}/checks", tag = "inboxes", params(("id" = InboxId, Path)),
    responses((status = 200, body = Checks)))]
async fn check_inbox(State(ctx): State<Ctx>, actor: Actor, Path(id): Path<InboxId>) -> Answer<Checks> {
    Ok(Json(Checks { steps: ops::check(&ctx, &actor, id).await? }))
}
