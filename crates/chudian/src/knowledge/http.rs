//! The knowledge base over HTTP.

use axum::extract::multipart::MultipartRejection;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::Error;
use crate::base::content::Content;
use crate::base::id::{CategoryId, EntryId, UserId};
use crate::base::page::{Page, PageRequest};
use crate::base::time::Time;
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Path, Query};
use crate::web::permission::Permission;

use super::import::{self, Report, RowError};
use super::model::{AnswerMode, Category, Entry, EntryBody, Validity};
use super::ops::{self, CategoryChange};
use super::table::LARGEST_FILE;

/// What the multipart envelope may add to the file.
const ENVELOPE: usize = 64 * 1024;

/// The routes of this domain.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(import_knowledge))
        .layer(DefaultBodyLimit::max(LARGEST_FILE + ENVELOPE))
        .routes(routes!(list_categories, create_category))
        .routes(routes!(update_category, delete_category))
        .routes(routes!(list_entries, create_entry))
        .routes(routes!(get_entry, update_entry, delete_entry))
        .routes(routes!(export_knowledge))
}

// Categories ---------------------------------------------------------------------------------------

/// All categories.
#[derive(Debug, Serialize, ToSchema)]
pub struct Categories {
    /// The categories, in their order.
    pub items: Vec<Category>,
}

/// A new category.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryInput {
    /// Its name.
    name: String,
    /// The category above it; absent: at the top.
    parent: Option<CategoryId>,
}

/// A change of a category. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryPatch {
    /// Its name.
    name: Option<String>,
    /// The category above it; `null`: at the top.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<CategoryId>)]
    parent: Option<Option<CategoryId>>,
}

/// Tells `null` from absent.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<CategoryId>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// All categories.
#[utoipa::path(
    get, path = "/knowledge/categories", tag = "knowledge", responses((status = 200, body = Categories))
)]
async fn list_categories(State(ctx): State<Ctx>, actor: Actor) -> Answer<Categories> {
    Ok(Json(Categories { items: ops::list_categories(&ctx, &actor).await? }))
}

/// Makes a category.
#[utoipa::path(
    post, path = "/knowledge/categories", tag = "knowledge", request_body = CategoryInput,
    responses((status = 201, body = Category))
)]
async fn create_category(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(input): Json<CategoryInput>,
) -> Result<(StatusCode, Json<Category>), Problem> {
    let made = ops::create_category(&ctx, &actor, &input.name, input.parent).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Renames or moves a category.
#[utoipa::path(
    patch, path = "/knowledge/categories/{id}", tag = "knowledge", params(("id" = CategoryId, Path)),
    request_body = CategoryPatch, responses((status = 200, body = Category))
)]
async fn update_category(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<CategoryId>,
    Json(patch): Json<CategoryPatch>,
) -> Answer<Category> {
    let change = CategoryChange { name: patch.name, parent: patch.parent };
    Ok(Json(ops::update_category(&ctx, &actor, id, change).await?))
}

/// Removes a category in which nothing hangs.
#[utoipa::path(
    delete, path = "/knowledge/categories/{id}", tag = "knowledge", params(("id" = CategoryId, Path)),
    responses((status = 204))
)]
async fn delete_category(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<CategoryId>,
) -> Result<StatusCode, Problem> {
    ops::delete_category(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

// Entries ------------------------------------------------------------------------------------------

/// An entry of the base.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Entry)]
pub struct EntryView {
    /// Its key.
    pub id: EntryId,
    /// Its category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// The standard question.
    pub question: String,
    /// Other wordings.
    pub similar: Vec<String>,
    /// What is answered.
    pub answers: Vec<Content>,
    /// Which of them.
    pub answer_mode: AnswerMode,
    /// Not before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Time>,
    /// Not from here on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Time>,
    /// Whether it counts at all.
    pub enabled: bool,
    /// Rises with each change.
    pub version: i64,
    /// When it was changed last.
    pub updated_at: Time,
    /// By whom; absent when a program did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_by: Option<UserId>,
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> Self {
        let Entry { id, body, version, updated_at, updated_by } = entry;
        Self {
            id,
            category: body.category,
            question: body.question,
            similar: body.similar,
            answers: body.answers,
            answer_mode: body.answer_mode,
            valid_from: body.validity.from,
            valid_until: body.validity.until,
            enabled: body.enabled,
            version,
            updated_at,
            updated_by,
        }
    }
}

/// An entry as an editor writes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryInput {
    /// Its category.
    category: Option<CategoryId>,
    /// The standard question.
    question: String,
    /// Other wordings, at most 200.
    #[serde(default)]
    similar: Vec<String>,
    /// What is answered: 1 to 5.
    answers: Vec<Content>,
    /// Which of them; absent: all in order.
    #[serde(default)]
    answer_mode: AnswerMode,
    /// Not before.
    valid_from: Option<Time>,
    /// Not from here on.
    valid_until: Option<Time>,
    /// Whether it counts at all.
    #[serde(default = "yes")]
    enabled: bool,
    /// The version that was seen: when another one is there by now, the change is refused with 409. Absent:
    /// whatever is there is written over, as imports and scripts want it.
    version: Option<i64>,
}

fn yes() -> bool {
    true
}

impl EntryInput {
    fn split(self) -> (EntryBody, Option<i64>) {
        let body = EntryBody {
            category: self.category,
            question: self.question,
            similar: self.similar,
            answers: self.answers,
            answer_mode: self.answer_mode,
            validity: Validity { from: self.valid_from, until: self.valid_until },
            enabled: self.enabled,
        };
        (body, self.version)
    }
}

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct EntryQuery {
    /// Only those that hang in this category itself.
    category: Option<CategoryId>,
    /// A part of a question, a wording or an answer.
    query: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many at most: 1 to 200.
    limit: Option<u32>,
}

/// Entries, newest first.
#[utoipa::path(
    get, path = "/knowledge/entries", tag = "knowledge", params(EntryQuery),
    responses((status = 200, body = Page<EntryView>))
)]
async fn list_entries(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(query): Query<EntryQuery>,
) -> Answer<Page<EntryView>> {
    let EntryQuery { category, query, after, limit } = query;
    let page = PageRequest { after, limit };
    let found = ops::list(&ctx, &actor, category, &query.unwrap_or_default(), page).await?;
    Ok(Json(found.map(EntryView::from)))
}

/// Makes an entry.
#[utoipa::path(
    post, path = "/knowledge/entries", tag = "knowledge", request_body = EntryInput,
    responses((status = 201, body = EntryView))
)]
async fn create_entry(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(input): Json<EntryInput>,
) -> Result<(StatusCode, Json<EntryView>), Problem> {
    let made = ops::create(&ctx, &actor, input.split().0).await?;
    Ok((StatusCode::CREATED, Json(made.into())))
}

/// One entry.
#[utoipa::path(
    get, path = "/knowledge/entries/{id}", tag = "knowledge", params(("id" = EntryId, Path)),
    responses((status = 200, body = EntryView))
)]
async fn get_entry(State(ctx): State<Ctx>, actor: Actor, Path(id): Path<EntryId>) -> Answer<EntryView> {
    Ok(Json(ops::get(&ctx, &actor, id).await?.into()))
}

/// Changes an entry.
#[utoipa::path(
    put, path = "/knowledge/entries/{id}", tag = "knowledge", params(("id" = EntryId, Path)),
    request_body = EntryInput, responses((status = 200, body = EntryView))
)]
async fn update_entry(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
    Json(input): Json<EntryInput>,
) -> Answer<EntryView> {
    let (body, seen) = input.split();
    Ok(Json(ops::update(&ctx, &actor, id, body, seen).await?.into()))
}

/// Removes an entry.
#[utoipa::path(
    delete, path = "/knowledge/entries/{id}", tag = "knowledge", params(("id" = EntryId, Path)),
    responses((status = 204))
)]
async fn delete_entry(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
) -> Result<StatusCode, Problem> {
    ops::delete(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

// Tables -------------------------------------------------------------------------------------------

/// How to import.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    /// True: only tell what would happen.
    #[serde(default)]
    dry_run: bool,
}

/// What an import did, or would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportReport)]
pub struct ReportView {
    /// Rows below the header.
    pub rows: usize,
    /// New entries.
    pub created: usize,
    /// Entries that are different now.
    pub updated: usize,
    /// Entries that are the same.
    pub unchanged: usize,
    /// Rows that were left out; at most 1000 are told.
    pub errors: Vec<RowErrorView>,
}

/// Why a row was left out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportRowError)]
pub struct RowErrorView {
    /// Its number in the file; the header is row 1.
    pub row: usize,
    /// Which column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<&'static str>,
    /// Why, as a stable name, for example `import.repeated` or `knowledge.question_long`.
    pub code: &'static str,
    /// Why, as a sentence.
    pub message: String,
    /// The row in which the same question stands first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<usize>,
}

impl From<Report> for ReportView {
    fn from(report: Report) -> Self {
        let Report { rows, created, updated, unchanged, errors } = report;
        let errors = errors.into_iter().map(|RowError { row, column, code, message, first }| RowErrorView {
            row,
            column,
            code,
            message,
            first,
        });
        Self { rows, created, updated, unchanged, errors: errors.collect() }
    }
}

/// A table to be imported.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form in the API file; the form itself is read field by field")]
struct ImportForm {
    /// CSV or XLSX of up to 10 MB.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    file: Vec<u8>,
}

/// Imports a table of the columns question, similar (parted by |), answer, category (levels parted by /). A question
/// that is there is changed. Rows that cannot be used are told and left out.
#[utoipa::path(
    post, path = "/knowledge/imports", tag = "knowledge", params(ImportQuery),
    request_body(content = inline(ImportForm), content_type = "multipart/form-data"),
    responses((status = 200, body = ReportView))
)]
async fn import_knowledge(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(query): Query<ImportQuery>,
    form: Result<Multipart, MultipartRejection>,
) -> Answer<ReportView> {
    // Before the body is read: who may not write is not listened to.
    actor.require(Permission::KnowledgeEdit)?;
    let form = form.map_err(|_| not_a_form())?;
    let bytes = file_of(form).await?;
    Ok(Json(import::import(&ctx, &actor, bytes, query.dry_run).await?.into()))
}

fn not_a_form() -> Error {
    Error::invalid("request.multipart", "send the table as multipart/form-data in the field `file`")
}

/// The bytes of the form's one file.
async fn file_of(mut form: Multipart) -> Result<Vec<u8>, Error> {
    let mut found = None;
    while let Some(mut field) = form.next_field().await.map_err(|error| not_a_form().because(error))? {
        if field.name() != Some("file") || found.is_some() {
            return Err(not_a_form());
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|error| not_a_form().because(error))? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > LARGEST_FILE {
                let why = "the file is larger than 10 MB: split it";
                return Err(Error::invalid("table.too_large", why).field("file", why));
            }
        }
        found = Some(bytes);
    }
    found.ok_or_else(not_a_form)
}

/// The whole base as CSV, as the import takes it.
#[utoipa::path(
    get, path = "/knowledge/export", tag = "knowledge",
    responses((status = 200, body = String, content_type = "text/csv"))
)]
async fn export_knowledge(State(ctx): State<Ctx>, actor: Actor) -> Result<Response, Problem> {
    let csv = import::export(&ctx, &actor).await?;
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    let name =
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"knowledge.csv\""));
    Ok(([kind, name], csv).into_response())
}
