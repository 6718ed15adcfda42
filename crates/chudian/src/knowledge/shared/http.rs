//! Headquarters' shared base over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::id::{EntryId, TenantId};
use crate::base::page::{Page, PageRequest};
use crate::base::time::Time;
use crate::ctx::Ctx;
use crate::knowledge::listing as entries;
use crate::knowledge::view::{BodyView, EntryView};
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Path, Query};

use super::ops::{self, Found};

/// The routes of the shared base.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_shared_entries))
        .routes(routes!(get_shared_entry))
        .routes(routes!(localise_entry))
        .routes(routes!(see_entry_origin))
        .routes(routes!(get_knowledge_audience))
}

/// An entry of headquarters, as a member sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SharedEntry)]
pub struct SharedEntryView {
    /// Its key.
    pub id: EntryId,
    /// What it says.
    #[serde(flatten)]
    pub body: BodyView,
    /// The published version.
    pub version: i64,
    /// When it was published.
    pub updated_at: Time,
    /// The own wording, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local: Option<LocalView>,
}

/// The own wording of a shared entry.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LocalWording)]
pub struct LocalView {
    /// The own entry.
    pub entry: EntryId,
    /// Whether headquarters says something else since it was looked at.
    pub is_behind: bool,
}

impl From<Found> for SharedEntryView {
    fn from(Found { entry, local }: Found) -> Self {
        let body = entry.body.into();
        let local = local.map(|(own, seen)| LocalView { entry: own, is_behind: seen < entry.version });
        Self { id: entry.id, body, version: entry.version, updated_at: entry.updated_at, local }
    }
}

/// Which shared entries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SharedQuery {
    /// A part of a question, a wording or an answer.
    query: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many at most: 1 to 200.
    limit: Option<u32>,
}

/// What headquarters shares with the own company, newest first.
#[utoipa::path(
    get, path = "/knowledge/shared", tag = "knowledge", params(SharedQuery),
    responses((status = 200, body = Page<SharedEntryView>))
)]
async fn list_shared_entries(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(query): Query<SharedQuery>,
) -> Answer<Page<SharedEntryView>> {
    let SharedQuery { query, after, limit } = query;
    let page = PageRequest { after, limit };
    let found = ops::list(&ctx, &actor, &query.unwrap_or_default(), page).await?;
    Ok(Json(found.map(SharedEntryView::from)))
}

/// One entry that headquarters shares with the own company.
#[utoipa::path(
    get, path = "/knowledge/shared/{id}", tag = "knowledge", params(("id" = EntryId, Path)),
    responses((status = 200, body = SharedEntryView))
)]
async fn get_shared_entry(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
) -> Answer<SharedEntryView> {
    Ok(Json(ops::get(&ctx, &actor, id).await?.into()))
}

/// Makes an own wording of a shared entry, as a draft. Published, it replaces the shared one here.
#[utoipa::path(
    post, path = "/knowledge/shared/{id}/localisation", tag = "knowledge", params(("id" = EntryId, Path)),
    responses((status = 201, body = EntryView))
)]
async fn localise_entry(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
) -> Result<(StatusCode, Json<EntryView>), Problem> {
    let own = ops::localise(&ctx, &actor, id).await?;
    Ok((StatusCode::CREATED, Json(entries::get(&ctx, &actor, own).await?.into())))
}

/// The version of headquarters' entry that was looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EntryOriginInput)]
pub struct OriginInput {
    /// Its number, kept as the one that was seen.
    seen: i64,
}

/// Says that headquarters' newer version was looked at: the own wording stays as it is.
#[utoipa::path(
    put, path = "/knowledge/entries/{id}/origin", tag = "knowledge", params(("id" = EntryId, Path)),
    request_body = OriginInput, responses((status = 200, body = EntryView))
)]
async fn see_entry_origin(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
    Json(input): Json<OriginInput>,
) -> Answer<EntryView> {
    ops::see_origin(&ctx, &actor, id, input.seen).await?;
    Ok(Json(entries::get(&ctx, &actor, id).await?.into()))
}

/// Whom entries may be shared with.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnowledgeAudience)]
pub struct AudienceView {
    /// The members; none where nothing can be shared.
    pub members: Vec<MemberView>,
}

/// A member with which entries may be shared.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnowledgeMember)]
pub struct MemberView {
    /// Its key.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// Its region; empty for none.
    pub region: String,
}

/// Whom entries may be shared with: headquarters' members.
#[utoipa::path(
    get, path = "/knowledge/audience", tag = "knowledge", responses((status = 200, body = AudienceView))
)]
async fn get_knowledge_audience(State(ctx): State<Ctx>, actor: Actor) -> Answer<AudienceView> {
    let audience = ops::audience(&ctx, &actor).await?;
    let members = audience.members.into_iter().map(|(id, name, region)| MemberView { id, name, region });
    Ok(Json(AudienceView { members: members.collect() }))
}
