//! Files over HTTP.

use axum::extract::multipart::MultipartRejection;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::Error;
use crate::base::id::MediaId;
use crate::base::time::Time;
use crate::ctx::Ctx;
use crate::media::model::{Media, MediaKind, MediaState, check_upload};
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Path};
use crate::web::permission::Permission;

use super::model::{Asked, Part, asked, disposition, is_shown};
use super::ops;

/// The routes of this domain.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(upload_media))
        // The limit is the operator's, and is held while the file comes in.
        .layer(DefaultBodyLimit::disable())
        .routes(routes!(get_media))
        .routes(routes!(get_media_file))
}

/// A stored file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Media)]
pub struct MediaView {
    /// The key, to be used in contents.
    pub id: MediaId,
    /// What it is for a viewer.
    pub kind: MediaKind,
    /// Its type, by its bytes.
    pub mime: String,
    /// Its name, for people.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// Whether we have the bytes.
    pub state: MediaState,
    /// When it came.
    pub created_at: Time,
    /// Where its bytes are.
    pub url: String,
}

impl From<Media> for MediaView {
    fn from(it: Media) -> Self {
        let url = format!("/api/v1/media/{}/file", it.id);
        let Media { id, kind, mime, name, size, state, created_at, .. } = it;
        Self { id, kind, mime, name, size, state, created_at, url }
    }
}

/// A file to be stored.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the form in the API file; the form itself is read field by field")]
struct UploadForm {
    /// The file.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    file: Vec<u8>,
}

/// Stores a file of up to 20 MB. What it is, its bytes say, not its name.
#[utoipa::path(
    post, path = "/media", tag = "media",
    request_body(content = inline(UploadForm), content_type = "multipart/form-data"),
    responses((status = 201, body = MediaView))
)]
async fn upload_media(
    State(ctx): State<Ctx>,
    actor: Actor,
    form: Result<Multipart, MultipartRejection>,
) -> Result<(StatusCode, Json<MediaView>), Problem> {
    // Before the body is read: who may not store is not listened to.
    actor.require(Permission::MediaUpload)?;
    let form = form.map_err(|_| not_a_form())?;
    let (name, bytes) = file_of(form, ctx.config.limits.upload_bytes).await?;
    let media = ops::add(&ctx, &actor, &name, bytes).await?;
    Ok((StatusCode::CREATED, Json(media.into())))
}

fn not_a_form() -> Error {
    Error::invalid("request.multipart", "send the file as multipart/form-data in the field `file`")
}

/// The name and bytes of the form's one file, of at most `most` bytes.
async fn file_of(mut form: Multipart, most: usize) -> Result<(String, Vec<u8>), Error> {
    let mut found = None;
    while let Some(mut field) = form.next_field().await.map_err(|error| not_a_form().because(error))? {
        if field.name() != Some("file") || found.is_some() {
            return Err(not_a_form());
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|error| not_a_form().because(error))? {
            bytes.extend_from_slice(&chunk);
            check_upload(bytes.len().max(1), most)?;
        }
        found = Some((name, bytes));
    }
    found.ok_or_else(not_a_form)
}

/// A file's kind, type, name and state.
#[utoipa::path(
    get, path = "/media/{id}", tag = "media", params(("id" = MediaId, Path)),
    responses((status = 200, body = MediaView))
)]
async fn get_media(State(ctx): State<Ctx>, actor: Actor, Path(id): Path<MediaId>) -> Answer<MediaView> {
    Ok(Json(ops::get(&ctx, &actor, id).await?.into()))
}

/// A file's bytes. One range is followed. Pictures, sounds and films may be shown in place;
/// everything else is for downloading.
#[utoipa::path(
    get, path = "/media/{id}/file", tag = "media", params(("id" = MediaId, Path)),
    responses(
        (status = 200, content_type = "application/octet-stream"),
        (status = 206, content_type = "application/octet-stream")
    )
)]
async fn get_media_file(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<MediaId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (media, bytes) = ops::read(&ctx, &actor, id).await?;
    let range = headers.get(header::RANGE).and_then(|it| it.to_str().ok());
    let size = bytes.len();
    let mut response = match asked(range, size) {
        Asked::Whole => bytes.into_response(),
        Asked::Part(part) => cut(bytes, part),
        Asked::Outside => StatusCode::RANGE_NOT_SATISFIABLE.into_response(),
    };
    if let Asked::Outside = asked(range, size) {
        put(&mut response, header::CONTENT_RANGE, format!("bytes */{size}"));
    }
    let shown = is_shown(media.kind, &media.mime);
    // A type that a browser would open (a page, a drawing with scripts) is not named to it.
    let mime = if shown { media.mime } else { "application/octet-stream".to_owned() };
    put(&mut response, header::CONTENT_TYPE, mime);
    put(&mut response, header::CONTENT_DISPOSITION, disposition(shown, &media.name));
    put(&mut response, header::ACCEPT_RANGES, "bytes".to_owned());
    // A file never changes under its key; only this person's browser may keep it.
    put(&mut response, header::CACHE_CONTROL, "private, max-age=86400, immutable".to_owned());
    put(&mut response, header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned());
    put(&mut response, header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned());
    Ok(response)
}

fn cut(bytes: Vec<u8>, part: Part) -> Response {
    let size = bytes.len();
    let body = bytes::Bytes::from(bytes).slice(part.first..=part.last);
    let mut response = (StatusCode::PARTIAL_CONTENT, body).into_response();
    put(&mut response, header::CONTENT_RANGE, format!("bytes {}-{}/{size}", part.first, part.last));
    response
}

fn put(response: &mut Response, name: header::HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}
