//! Acts on whole entries over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::Result;
use crate::base::id::{EntryId, ProposalId};
use crate::ctx::Ctx;
use crate::knowledge::listing as entries;
use crate::knowledge::rehearsal::AcceptQuery;
use crate::knowledge::view::EntryView;
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Path, Query};

use super::model::{Act, ActName};
use super::ops;

/// The routes of acts.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(delete_entry))
        .routes(routes!(set_entry_enabled))
        .routes(routes!(restore_entry))
        .routes(routes!(propose_entry_act, withdraw_entry_proposal))
        .routes(routes!(confirm_entry_proposal))
        .routes(routes!(refuse_entry_proposal))
}

/// Removes an entry. Refused where four eyes are asked for and it was published: propose it then.
#[utoipa::path(
    delete, path = "/knowledge/entries/{id}", tag = "knowledge", params(("id" = EntryId, Path), AcceptQuery),
    responses((status = 204))
)]
async fn delete_entry(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
    Query(query): Query<AcceptQuery>,
) -> Result<StatusCode, Problem> {
    ops::act(&ctx, &actor, id, (Act::Delete, None), query.accept_fall).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// On or off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EntrySwitchInput)]
pub struct SwitchInput {
    /// Whether the entry counts.
    enabled: bool,
}

/// Switches an entry on or off, at once and in all its versions. Refused where four eyes are asked for and it was
/// published: propose it then.
#[utoipa::path(
    put, path = "/knowledge/entries/{id}/enabled", tag = "knowledge",
    params(("id" = EntryId, Path), AcceptQuery),
    request_body = SwitchInput, responses((status = 200, body = EntryView))
)]
async fn set_entry_enabled(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
    Query(query): Query<AcceptQuery>,
    Json(input): Json<SwitchInput>,
) -> Answer<EntryView> {
    let act = if input.enabled { Act::Enable } else { Act::Disable };
    ops::act(&ctx, &actor, id, (act, None), query.accept_fall).await?;
    Ok(Json(entries::get(&ctx, &actor, id).await?.into()))
}

/// The version whose content is to come back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EntryRestorationInput)]
pub struct RestorationInput {
    /// Its number.
    version: i64,
    /// The present version that was seen; absent: any.
    over: Option<i64>,
}

/// Brings an earlier version's content back, as a new version. Refused where four eyes are asked for: propose it
/// then.
#[utoipa::path(
    post, path = "/knowledge/entries/{id}/restoration", tag = "knowledge",
    params(("id" = EntryId, Path), AcceptQuery),
    request_body = RestorationInput, responses((status = 200, body = EntryView))
)]
async fn restore_entry(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
    Query(query): Query<AcceptQuery>,
    Json(input): Json<RestorationInput>,
) -> Answer<EntryView> {
    let act = Act::Restore { version: input.version };
    ops::act(&ctx, &actor, id, (act, input.over), query.accept_fall).await?;
    Ok(Json(entries::get(&ctx, &actor, id).await?.into()))
}

// By two -------------------------------------------------------------------------------------------

/// What is proposed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EntryProposalInput)]
pub struct ProposalInput {
    /// What is to be done.
    act: ActName,
    /// Of a restoration: the number of the version that is to come back.
    restores: Option<i64>,
    /// The present version that was seen; absent: any.
    version: Option<i64>,
    /// Why.
    #[serde(default)]
    note: String,
}

/// Proposes to delete an entry, to take it offline, to put it online or to bring a version back, where four eyes are
/// asked for: somebody else confirms it.
#[utoipa::path(
    post, path = "/knowledge/entries/{id}/proposal", tag = "knowledge", params(("id" = EntryId, Path)),
    request_body = ProposalInput, responses((status = 200, body = EntryView))
)]
async fn propose_entry_act(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
    Json(input): Json<ProposalInput>,
) -> Answer<EntryView> {
    let act = Act::of(input.act, input.restores)?;
    ops::propose(&ctx, &actor, id, (act, input.version), &input.note).await?;
    Ok(Json(entries::get(&ctx, &actor, id).await?.into()))
}

/// Takes one's own proposal back, or puts one away that is over. A colleague's that is open is refused with a reason.
#[utoipa::path(
    delete, path = "/knowledge/entries/{id}/proposal", tag = "knowledge", params(("id" = EntryId, Path)),
    responses((status = 204))
)]
async fn withdraw_entry_proposal(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
) -> Result<StatusCode, Problem> {
    ops::withdraw(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A proposal that is confirmed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EntryConfirmationInput)]
pub struct ConfirmationInput {
    /// The proposal that was seen.
    proposal: ProposalId,
}

/// Confirms what somebody else proposed: it is done.
#[utoipa::path(
    post, path = "/knowledge/entries/{id}/proposal/confirmation", tag = "knowledge",
    params(("id" = EntryId, Path), AcceptQuery), request_body = ConfirmationInput, responses((status = 204))
)]
async fn confirm_entry_proposal(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
    Query(query): Query<AcceptQuery>,
    Json(input): Json<ConfirmationInput>,
) -> Result<StatusCode, Problem> {
    ops::confirm(&ctx, &actor, id, input.proposal, query.accept_fall).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A proposal that is refused.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EntryRefusalInput)]
pub struct RefusalInput {
    /// The proposal that was seen.
    proposal: ProposalId,
    /// Why it should not be done.
    reason: String,
}

/// Refuses what somebody proposed, with a reason.
#[utoipa::path(
    post, path = "/knowledge/entries/{id}/proposal/refusal", tag = "knowledge", params(("id" = EntryId, Path)),
    request_body = RefusalInput, responses((status = 200, body = EntryView))
)]
async fn refuse_entry_proposal(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
    Json(input): Json<RefusalInput>,
) -> Answer<EntryView> {
    ops::refuse(&ctx, &actor, id, input.proposal, &input.reason).await?;
    Ok(Json(entries::get(&ctx, &actor, id).await?.into()))
}
