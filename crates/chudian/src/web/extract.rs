//! Bodies, paths and queries: read as our types, refused as problems.

use super::error::Problem;
use crate::base::Error;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A JSON body, coming or going.
///
/// Coming, the type must refuse unknown fields (`deny_unknown_fields`), and so must those
/// inside it; a test goes through the API file and sees to it.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Json<T>, Problem> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Json(value)),
            Err(rejection) => Err(Problem(refuse_body(rejection))),
        }
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => {
                let kind = HeaderValue::from_static("application/json");
                ([(header::CONTENT_TYPE, kind)], bytes).into_response()
            }
            // Without `Problem`, which comes through here itself.
            Err(error) => {
                tracing::error!(%error, "an answer could not be written as JSON");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

fn refuse_body(rejection: JsonRejection) -> Error {
    match rejection {
        JsonRejection::JsonDataError(error) => {
            Error::invalid("request.field", format!("the body does not fit: {}", inner(&error)))
        }
        JsonRejection::JsonSyntaxError(error) => {
            Error::invalid("request.json", format!("the body is not valid JSON: {}", inner(&error)))
        }
        JsonRejection::MissingJsonContentType(_) => {
            Error::invalid("request.content_type", "send the body as application/json")
        }
        other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        other => Error::invalid("request.body", format!("the body could not be read: {}", other.body_text())),
    }
}

/// The error for a body over the limit.
#[must_use]
pub fn too_large() -> Error {
    Error::denied("request.too_large", "the body is larger than this address takes")
}

/// The innermost reason: the outer ones only say that it was JSON.
fn inner(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// Ids and words out of the path. An id of a wrong form is an id that does not exist: 404.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Path<T>, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Path(value)),
            Err(PathRejection::FailedToDeserializePathParams(_)) => Err(Problem(absent())),
            Err(other) => Err(Problem(Error::internal("request.path", other.body_text()))),
        }
    }
}

/// The error for every id that is not there, is another tenant's, or is no id at all.
/// One text for all three: the answer must not tell them apart.
#[must_use]
pub fn absent() -> Error {
    Error::missing("missing", "there is no such thing, or it is not yours to see")
}

/// The query of an address.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Query<T>, Problem> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Query(value)),
            Err(QueryRejection::FailedToDeserializeQueryString(error)) => {
                let message = format!("the query of the address does not fit: {}", inner(&error));
                Err(Problem(Error::invalid("request.query", message)))
            }
            Err(other) => Err(Problem(Error::invalid("request.query", other.body_text()))),
        }
    }
}
