//! Tables over HTTP.

use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tables::{FileKind, LARGEST_FILE};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::Error;
use crate::base::id::{ImportId, RehearsalId};
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Query};
use crate::web::permission::Permission;

use super::{Cells, Format, How, Place, Report, RowError, SheetRead};

/// What the multipart envelope may add to the file.
const ENVELOPE: usize = 64 * 1024;

/// The routes of the tables.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(import_knowledge))
        .layer(DefaultBodyLimit::max(LARGEST_FILE + ENVELOPE))
        .routes(routes!(export_knowledge))
}

/// How to import.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ImportQuery {
    /// True: only tell what would happen.
    #[serde(default)]
    dry_run: bool,
    /// False: what is read becomes drafts. Absent: it is published at once, which is refused where four eyes are
    /// asked for.
    #[serde(default = "yes")]
    publish: bool,
    /// Of a dry run: begin to rehearse what would be published; `rehearsal` of the answer names it.
    #[serde(default)]
    rehearse: bool,
    /// True: publish it although test questions would fare worse than now; absent: that is refused with 409
    /// `knowledge.score_falls`.
    #[serde(default)]
    accept_fall: bool,
}

fn yes() -> bool {
    true
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
    /// Of the new and the different ones, those that are drafts. More than 0 although publishing was asked for: four
    /// eyes were switched on while the import ran, and somebody else must publish these.
    pub drafted: usize,
    /// What these drafts are found by: GET /knowledge/entries?import=… lists them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import: Option<ImportId>,
    /// The sheets of a workbook, or the tables of a document, where there are more than one, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sheets: Vec<SheetView>,
    /// Rows that were left out; at most 1000 are told.
    pub errors: Vec<RowErrorView>,
    /// The rehearsal of what would be published: GET /knowledge/rehearsals/{id} tells what it found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rehearsal: Option<RehearsalId>,
}

/// A sheet of a workbook; of a document a table, or (without a name) its headings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportSheet)]
pub struct SheetView {
    /// Its name.
    pub name: String,
    /// How many rows it has below the header; absent where no row names the columns question and answer: such a sheet is
    /// not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<usize>,
}

/// Why a row was left out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportRowError)]
pub struct RowErrorView {
    /// Its number in the file, or in its sheet; the header is row 1.
    pub row: usize,
    /// Its sheet or table, where there are more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
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
    /// The sheet or table of that row, where there are more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_sheet: Option<String>,
    /// What the row says, so that it can be mended without the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cells: Option<Box<Cells>>,
}

impl From<Report> for ReportView {
    fn from(report: Report) -> Self {
        let Report { rows, created, updated, unchanged, drafted, import, sheets, errors, rehearsal } = report;
        // Where there is but one, its name says nothing.
        let sheets = if sheets.len() > 1 { sheets } else { Vec::new() };
        let name = |place: Place| sheets.get(place.sheet).map(|it| it.name.clone());
        let told = |RowError { place, column, code, message, first, cells }: RowError| RowErrorView {
            row: place.row,
            sheet: name(place),
            column,
            code,
            message,
            first: first.map(|it| it.row),
            first_sheet: first.and_then(name),
            cells,
        };
        let errors = errors.into_iter().map(told).collect();
        let sheets = sheets.into_iter().map(|SheetRead { name, rows }| SheetView { name, rows }).collect();
        Self { rows, created, updated, unchanged, drafted, import, sheets, errors, rehearsal }
    }
}

/// A table to be imported.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form in the API file; the form itself is read field by field")]
struct ImportForm {
    /// CSV, XLSX, Markdown (.md), HTML or DOCX of up to 32 MB.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    file: Vec<u8>,
}

/// Imports a table of the columns question, similar (parted by |), answer, category (levels parted by /), or a document
/// of questions: headings with their answers below, lines that begin with 问： and 答：, or tables with these columns. A question
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
    let (bytes, kind) = file_of(form).await?;
    let ImportQuery { dry_run: is_trial, publish, rehearse, accept_fall } = query;
    let how = How { is_trial, publish, kind, rehearse, accept_fall };
    Ok(Json(super::import(&ctx, &actor, bytes, how).await?.into()))
}

fn not_a_form() -> Error {
    Error::invalid("request.multipart", "send the table as multipart/form-data in the field `file`")
}

fn too_large() -> Error {
    let why = "the file is larger than 32 MB: split it";
    Error::invalid("table.too_large", why).field("file", why)
}

/// What a form that cannot be read on is told: the bound of the body is met before that of the file where more than one
/// read goes beyond both.
fn broken(error: MultipartError) -> Error {
    let is_long = error.status() == StatusCode::PAYLOAD_TOO_LARGE;
    if is_long { too_large() } else { not_a_form() }.because(error)
}

/// The bytes of the form's one file, and what it is.
async fn file_of(mut form: Multipart) -> Result<(Vec<u8>, FileKind), Error> {
    let mut found = None;
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        if field.name() != Some("file") || found.is_some() {
            return Err(not_a_form());
        }
        let kind = field.file_name().map(FileKind::of).unwrap_or_default();
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > LARGEST_FILE {
                return Err(too_large());
            }
        }
        found = Some((bytes, kind));
    }
    found.ok_or_else(not_a_form)
}

/// What to export.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ExportQuery {
    /// `csv` (the default) or `xlsx`, a workbook whose cells are all texts.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// A workbook, byte by byte.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "it describes the answer in the API file")]
struct Workbook(Vec<u8>);

/// The published entries as a table, as the import takes it.
#[utoipa::path(
    get, path = "/knowledge/export", tag = "knowledge", params(ExportQuery),
    responses((status = 200, description = "The table.", content(
        (String = "text/csv"),
        (inline(Workbook) = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    )))
)]
async fn export_knowledge(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(ExportQuery { format }): Query<ExportQuery>,
) -> Result<Response, Problem> {
    let table = super::export(&ctx, &actor, format).await?;
    let (kind, name) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"knowledge.csv\""),
        Format::Xlsx => (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "attachment; filename=\"knowledge.xlsx\"",
        ),
    };
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let name = (header::CONTENT_DISPOSITION, HeaderValue::from_static(name));
    Ok(([kind, name], table).into_response())
}
