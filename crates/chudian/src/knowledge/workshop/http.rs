//! The workshop over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::id::{EntryId, TenantId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::ctx::Ctx;
use crate::knowledge::listing as entries;
use crate::knowledge::model::Entry;
use crate::knowledge::rehearsal::AcceptQuery;
use crate::knowledge::view::{BodyView, EntryView, Names, Person};
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Path, Query};

use super::diff::Difference;
use super::model::{Draft, KnowledgeSettings, Stage, StageName};
use super::ops;
use super::publish::{self, Publication};
use super::rules;
use super::versions::{self, Text};

/// The routes of the workshop.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(get_entry_draft, discard_entry_draft))
        .routes(routes!(submit_entry_draft))
        .routes(routes!(return_entry_draft))
        .routes(routes!(publish_entry))
        .routes(routes!(unschedule_entry))
        .routes(routes!(list_entry_versions))
        .routes(routes!(compare_entry))
        .routes(routes!(get_knowledge_settings, put_knowledge_settings))
}

// Drafts -------------------------------------------------------------------------------------------

/// What is being written of an entry.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EntryDraft)]
pub struct DraftView {
    /// What it says.
    #[serde(flatten)]
    pub body: BodyView,
    /// The number of this text.
    pub revision: i64,
    /// All who had a hand in it.
    pub writers: Vec<Person>,
    /// What it changes, in the writer's words.
    pub note: String,
    /// When it was saved last.
    pub updated_at: Time,
    /// By whom; absent when a program did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_by: Option<Person>,
    /// How far it has come.
    pub stage: StageName,
    /// Who brought it there; absent when a program did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage_by: Option<Person>,
    /// When.
    pub stage_at: Time,
    /// Why it was sent back: in the words of who looked, or the code of what stood in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it will be published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publish_at: Option<Time>,
    /// Whether who asks may publish it: not where four eyes are asked for and these are the first two.
    pub may_publish: bool,
}

/// The draft with the names that stand in it, as `actor` sees it.
async fn shown(ctx: &Ctx, actor: &Actor, draft: Draft) -> Result<DraftView> {
    let users = draft.writers.iter().copied().chain(draft.updated_by).chain(draft.stage_by);
    let (names, settings) =
        tokio::try_join!(names(ctx, actor.tenant, users.collect()), rules::get_settings(ctx, actor))?;
    let may_publish = settings.check_publisher(&draft.writers, actor.user).is_ok();
    let person = |id: Option<UserId>| id.map(|it| Person::of(it, &names));
    let (reason, publish_at) = match &draft.stage {
        Stage::Returned { reason } => (Some(reason.clone()), None),
        Stage::Scheduled { at, .. } => (None, Some(*at)),
        Stage::Writing | Stage::Review => (None, None),
    };
    Ok(DraftView {
        revision: draft.revision,
        writers: draft.writers.iter().map(|it| Person::of(*it, &names)).collect(),
        note: draft.note,
        updated_at: draft.updated_at,
        updated_by: person(draft.updated_by),
        stage: draft.stage.name(),
        stage_by: person(draft.stage_by),
        stage_at: draft.stage_at,
        body: draft.body.into(),
        reason,
        publish_at,
        may_publish,
    })
}

async fn names(ctx: &Ctx, tenant: TenantId, users: Vec<UserId>) -> Result<Names> {
    ctx.db.read(move |tx| ops::names(tx, tenant, users)).await
}

/// The draft of an entry.
#[utoipa::path(
    get, path = "/knowledge/entries/{id}/draft", tag = "knowledge", params(("id" = EntryId, Path)),
    responses((status = 200, body = DraftView))
)]
async fn get_entry_draft(State(ctx): State<Ctx>, actor: Actor, Path(id): Path<EntryId>) -> Answer<DraftView> {
    let draft = ops::get_draft(&ctx, &actor, id).await?;
    Ok(Json(shown(&ctx, &actor, draft).await?))
}

/// Gives a draft up; an entry of which nothing was ever published goes with it.
#[utoipa::path(
    delete, path = "/knowledge/entries/{id}/draft", tag = "knowledge", params(("id" = EntryId, Path)),
    responses((status = 204))
)]
async fn discard_entry_draft(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
) -> Result<StatusCode, Problem> {
    ops::discard(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A draft that is handed in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EntrySubmissionInput)]
pub struct SubmissionInput {
    /// The draft that was seen.
    revision: i64,
    /// What it changes.
    note: Option<String>,
}

/// Hands a draft in for review.
#[utoipa::path(
    post, path = "/knowledge/entries/{id}/draft/submission", tag = "knowledge", params(("id" = EntryId, Path)),
    request_body = SubmissionInput, responses((status = 200, body = DraftView))
)]
async fn submit_entry_draft(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
    Json(input): Json<SubmissionInput>,
) -> Answer<DraftView> {
    let draft = ops::submit(&ctx, &actor, id, input.revision, input.note).await?;
    Ok(Json(shown(&ctx, &actor, draft).await?))
}

/// A draft that is sent back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EntryReturnInput)]
pub struct ReturnInput {
    /// The draft that was seen.
    revision: i64,
    /// What should be different.
    reason: String,
}

/// Sends a draft back to its writers.
#[utoipa::path(
    post, path = "/knowledge/entries/{id}/draft/return", tag = "knowledge", params(("id" = EntryId, Path)),
    request_body = ReturnInput, responses((status = 200, body = DraftView))
)]
async fn return_entry_draft(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
    Json(input): Json<ReturnInput>,
) -> Answer<DraftView> {
    let draft = ops::send_back(&ctx, &actor, id, input.revision, &input.reason).await?;
    Ok(Json(shown(&ctx, &actor, draft).await?))
}

/// A draft that is published.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EntryPublicationInput)]
pub struct PublicationInput {
    /// The draft that was seen.
    revision: i64,
    /// The version with which it was compared; absent: any.
    version: Option<i64>,
    /// When; absent: now.
    at: Option<Time>,
    /// What it changes; absent: what its writer said.
    note: Option<String>,
}

/// Publishes a draft, now or at a moment.
#[utoipa::path(
    post, path = "/knowledge/entries/{id}/publication", tag = "knowledge",
    params(("id" = EntryId, Path), AcceptQuery),
    request_body = PublicationInput, responses((status = 200, body = EntryView))
)]
async fn publish_entry(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
    Query(AcceptQuery { accept_fall }): Query<AcceptQuery>,
    Json(input): Json<PublicationInput>,
) -> Answer<EntryView> {
    let PublicationInput { revision, version, at, note } = input;
    publish::publish(&ctx, &actor, id, Publication { revision, version, at, note, accept_fall }).await?;
    Ok(Json(entries::get(&ctx, &actor, id).await?.into()))
}

/// A scheduled publication that is called off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EntryCancellationInput)]
pub struct CancellationInput {
    /// The draft that was seen.
    revision: i64,
}

/// Calls a scheduled publication off.
#[utoipa::path(
    post, path = "/knowledge/entries/{id}/publication/cancellation", tag = "knowledge",
    params(("id" = EntryId, Path)), request_body = CancellationInput, responses((status = 200, body = DraftView))
)]
async fn unschedule_entry(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
    Json(input): Json<CancellationInput>,
) -> Answer<DraftView> {
    let draft = ops::unschedule(&ctx, &actor, id, input.revision).await?;
    Ok(Json(shown(&ctx, &actor, draft).await?))
}

// Versions -----------------------------------------------------------------------------------------

/// A version that was published.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EntryVersion)]
pub struct VersionView {
    /// Its number.
    pub version: i64,
    /// What it says.
    #[serde(flatten)]
    pub body: BodyView,
    /// When it was published.
    pub published_at: Time,
    /// By whom; absent when a program did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_by: Option<Person>,
    /// Who wrote it; nobody when a program did.
    pub writers: Vec<Person>,
    /// What it changed.
    pub note: String,
    /// The version whose content it brought back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restored_from: Option<i64>,
}

impl VersionView {
    fn of(entry: Entry, names: &Names) -> Self {
        Self {
            version: entry.version,
            body: entry.body.into(),
            published_at: entry.updated_at,
            published_by: entry.updated_by.map(|it| Person::of(it, names)),
            writers: entry.release.writers.iter().map(|it| Person::of(*it, names)).collect(),
            note: entry.release.note,
            restored_from: entry.release.restored_from,
        }
    }
}

/// Versions, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EntryVersions)]
pub struct Versions {
    /// The versions.
    pub items: Vec<VersionView>,
    /// The `before` of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

/// Which versions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct VersionsQuery {
    /// Only versions below this number: the `next` of the page before.
    before: Option<i64>,
}

/// The versions of an entry that were published, newest first, at most 50 a page.
#[utoipa::path(
    get, path = "/knowledge/entries/{id}/versions", tag = "knowledge",
    params(("id" = EntryId, Path), VersionsQuery), responses((status = 200, body = Versions))
)]
async fn list_entry_versions(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
    Query(query): Query<VersionsQuery>,
) -> Answer<Versions> {
    let (found, next) = versions::list_versions(&ctx, &actor, id, query.before).await?;
    let users = found.iter().flat_map(|it| it.release.writers.iter().copied().chain(it.updated_by));
    let names = names(&ctx, actor.tenant, users.collect()).await?;
    Ok(Json(Versions { items: found.into_iter().map(|it| VersionView::of(it, &names)).collect(), next }))
}

/// Which texts are compared.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ComparisonQuery {
    /// The older text: a version's number or `draft`; absent: what is published.
    from: Option<String>,
    /// The newer text, likewise; absent: the draft.
    to: Option<String>,
}

/// What is different between two texts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EntryComparison)]
pub struct Comparison {
    /// The fields that say something else, in the order of an entry.
    pub items: Vec<Difference>,
}

/// What is different between two texts of an entry, field by field.
#[utoipa::path(
    get, path = "/knowledge/entries/{id}/comparison", tag = "knowledge",
    params(("id" = EntryId, Path), ComparisonQuery), responses((status = 200, body = Comparison))
)]
async fn compare_entry(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
    Query(query): Query<ComparisonQuery>,
) -> Answer<Comparison> {
    let from = query.from.as_deref().map_or(Ok(Text::Published), which)?;
    let to = query.to.as_deref().map_or(Ok(Text::Draft), which)?;
    Ok(Json(Comparison { items: versions::compare(&ctx, &actor, id, from, to).await? }))
}

fn which(text: &str) -> Result<Text> {
    match text {
        "draft" => Ok(Text::Draft),
        "origin" => Ok(Text::Origin),
        "published" => Ok(Text::Published),
        number => number.parse().map(Text::Version).map_err(|_| {
            let why = "name a version by its number, or say `draft` or `published`";
            Error::invalid("knowledge.which_version", why).field("from", why)
        }),
    }
}

// Rules --------------------------------------------------------------------------------------------

/// How the tenant's editors work together.
#[utoipa::path(
    get, path = "/knowledge/settings", tag = "knowledge", responses((status = 200, body = KnowledgeSettings))
)]
async fn get_knowledge_settings(State(ctx): State<Ctx>, actor: Actor) -> Answer<KnowledgeSettings> {
    Ok(Json(rules::get_settings(&ctx, &actor).await?))
}

/// Writes how the tenant's editors work together.
#[utoipa::path(
    put, path = "/knowledge/settings", tag = "knowledge", request_body = KnowledgeSettings,
    responses((status = 200, body = KnowledgeSettings))
)]
async fn put_knowledge_settings(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(input): Json<KnowledgeSettings>,
) -> Answer<KnowledgeSettings> {
    Ok(Json(rules::put_settings(&ctx, &actor, input).await?))
}
