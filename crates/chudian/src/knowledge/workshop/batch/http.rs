//! Acts on many drafts over HTTP.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::id::{CategoryId, DraftBatchId, EntryId, ImportId, RehearsalId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::ctx::Ctx;
use crate::knowledge::listing::Filter;
use crate::knowledge::rehearsal::AcceptQuery;
use crate::knowledge::store::Drafts;
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Path, Query};

use super::model::{Act, Batch, Left, Remaining};
use super::ops::{self, MOST_NAMED, Preview, Selection, Wish};

/// The routes of acts on many drafts.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(preview_draft_batch))
        .routes(routes!(begin_draft_batch, list_draft_batches))
        .routes(routes!(get_draft_batch))
        .routes(routes!(cancel_draft_batch))
}

/// Which drafts: those of the named entries; without names, all of the entries that match everything else.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DraftSelection)]
pub struct SelectionInput {
    /// Just these entries, at most 500.
    entries: Option<Vec<EntryId>>,
    /// Only those that hang in this category, or in one below it.
    category: Option<CategoryId>,
    /// Only drafts at this stage; absent: at any.
    #[schema(inline)]
    draft: Option<Drafts>,
    /// Only those with this tag.
    tag: Option<String>,
    /// Only those for which this person answers.
    owner: Option<UserId>,
    /// Only those that somebody should look at by now.
    #[serde(default)]
    due: bool,
    /// Only drafts that this import made.
    import: Option<ImportId>,
    /// A part of a question, a wording or an answer.
    query: Option<String>,
}

impl SelectionInput {
    fn read(self) -> Result<Selection> {
        let Self { entries, category, draft, tag, owner, due, import, query } = self;
        match entries {
            Some(entries) if entries.len() > MOST_NAMED => {
                let why = format!("name at most {MOST_NAMED} entries, or a filter");
                Err(Error::invalid("knowledge.batch_size", why.clone()).field("selection.entries", why))
            }
            Some(entries) => Ok(Selection::Named(entries)),
            None => {
                let query = query.unwrap_or_default();
                let filter = Filter { category, drafts: draft, tag, owner, is_due: due, import, query };
                Ok(Selection::Matching(Box::new(filter)))
            }
        }
    }
}

/// An act that is thought of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DraftBatchPreviewInput)]
pub struct PreviewInput {
    /// What would be done.
    act: Act,
    /// With which drafts.
    selection: SelectionInput,
    /// Of publishing: begin to rehearse it; `rehearsal` of the answer names it.
    #[serde(default)]
    rehearse: bool,
}

/// What an act would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DraftBatchPreview)]
pub struct PreviewView {
    /// So many drafts it would take.
    taken: usize,
    /// So many it would leave, by reason: a stable name, for example `knowledge.four_eyes`.
    reasons: BTreeMap<String, usize>,
    /// The first 200 of those.
    left: Vec<Left>,
    /// Stands for just these drafts as they are now: the act itself names it, and is refused when they are others by then.
    seen: String,
    /// The rehearsal of what would be published: GET /knowledge/rehearsals/{id} tells what it found.
    #[serde(skip_serializing_if = "Option::is_none")]
    rehearsal: Option<RehearsalId>,
}

impl From<Preview> for PreviewView {
    fn from(preview: Preview) -> Self {
        let Preview { taken, remaining: Remaining { reasons, left }, seen, rehearsal } = preview;
        Self { taken: taken.len(), reasons, left, seen, rehearsal }
    }
}

/// Tells what an act on many drafts would do. Nothing is changed.
#[utoipa::path(
    post, path = "/knowledge/draft-batches/preview", tag = "knowledge", request_body = PreviewInput,
    responses((status = 200, body = PreviewView))
)]
async fn preview_draft_batch(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(input): Json<PreviewInput>,
) -> Answer<PreviewView> {
    let PreviewInput { act, selection, rehearse } = input;
    Ok(Json(ops::preview(&ctx, &actor, act, selection.read()?, rehearse).await?.into()))
}

/// An act on many drafts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DraftBatchInput)]
pub struct BatchInput {
    /// What is to be done.
    act: Act,
    /// With which drafts.
    selection: SelectionInput,
    /// `seen` of the preview.
    seen: String,
    /// Why they are sent back; otherwise what they change, for all of them. Absent: each keeps its own note.
    note: Option<String>,
}

/// How an act on many drafts goes on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DraftBatch)]
pub struct BatchView {
    /// Its key.
    id: DraftBatchId,
    /// What is done.
    act: Act,
    /// With so many drafts.
    drafts: usize,
    /// So many are through.
    through: usize,
    /// With so many of these it was done.
    done: usize,
    /// So many of these were left, by reason.
    reasons: BTreeMap<String, usize>,
    /// The first 200 of those.
    left: Vec<Left>,
    /// When it was begun.
    made_at: Time,
    /// By whom; absent when a program did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    made_by: Option<UserId>,
    /// When it ended; absent while it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Time>,
    /// Whether somebody stopped it.
    cancelled: bool,
}

impl From<Batch> for BatchView {
    fn from(batch: Batch) -> Self {
        let Remaining { reasons, left } = batch.remaining;
        Self {
            id: batch.id,
            act: batch.act,
            drafts: batch.drafts,
            through: batch.done_to,
            done: batch.done,
            reasons,
            left,
            made_at: batch.made_at,
            made_by: batch.made_by,
            ended_at: batch.ended_at,
            cancelled: batch.cancelled_at.is_some(),
        }
    }
}

/// Begins an act on many drafts. It goes on in the background: GET it to see how far it is.
#[utoipa::path(
    post, path = "/knowledge/draft-batches", tag = "knowledge", params(AcceptQuery), request_body = BatchInput,
    responses((status = 201, body = BatchView))
)]
async fn begin_draft_batch(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(AcceptQuery { accept_fall }): Query<AcceptQuery>,
    Json(input): Json<BatchInput>,
) -> Result<(StatusCode, Json<BatchView>), Problem> {
    let BatchInput { act, selection, seen, note } = input;
    let note = note.unwrap_or_default();
    let wish = Wish { act, selection: selection.read()?, seen, note, accept_fall };
    Ok((StatusCode::CREATED, Json(ops::begin(&ctx, &actor, wish).await?.into())))
}

/// Acts on many drafts.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DraftBatches)]
pub struct Batches {
    /// The latest 20, newest first.
    items: Vec<BatchView>,
}

/// The latest acts on many drafts, newest first.
#[utoipa::path(
    get, path = "/knowledge/draft-batches", tag = "knowledge", responses((status = 200, body = Batches))
)]
async fn list_draft_batches(State(ctx): State<Ctx>, actor: Actor) -> Answer<Batches> {
    let found = ops::list(&ctx, &actor).await?;
    Ok(Json(Batches { items: found.into_iter().map(BatchView::from).collect() }))
}

/// An act on many drafts.
#[utoipa::path(
    get, path = "/knowledge/draft-batches/{id}", tag = "knowledge", params(("id" = DraftBatchId, Path)),
    responses((status = 200, body = BatchView))
)]
async fn get_draft_batch(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<DraftBatchId>,
) -> Answer<BatchView> {
    Ok(Json(ops::get(&ctx, &actor, id).await?.into()))
}

/// Stops an act on many drafts: what is done stays done.
#[utoipa::path(
    post, path = "/knowledge/draft-batches/{id}/cancellation", tag = "knowledge",
    params(("id" = DraftBatchId, Path)), responses((status = 200, body = BatchView))
)]
async fn cancel_draft_batch(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<DraftBatchId>,
) -> Answer<BatchView> {
    Ok(Json(ops::cancel(&ctx, &actor, id).await?.into()))
}
