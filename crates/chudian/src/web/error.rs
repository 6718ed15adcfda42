//! Errors as RFC 9457 problem details. Only here does a kind become a status.

use crate::base::{Error, Kind};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What a handler gives back: a JSON answer or a problem.
pub type Answer<T> = Result<super::extract::Json<T>, Problem>;

/// An error on its way to the caller.
#[derive(Debug)]
pub struct Problem(pub Error);

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        Problem(error)
    }
}

/// An error as the caller sees it, `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// A stable address of this sort of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// Stable, such as `conversation.closed`; the console translates it.
    pub code: &'static str,
    /// A sentence for people that says what to do.
    pub detail: String,
    /// Which fields are wrong, and why.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// What was found, where the code says so: of `knowledge.score_falls`, `falls` lists the test sets (`SetFall`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Object)]
    pub details: Option<Box<serde_json::Value>>,
}

/// The status for a kind of error.
#[must_use]
pub fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Denied => StatusCode::FORBIDDEN,
        Kind::Missing => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Busy => StatusCode::TOO_MANY_REQUESTS,
        Kind::Upstream => StatusCode::BAD_GATEWAY,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl Problem {
    /// What the caller sees. What happened inside stays inside.
    fn body(self, status: StatusCode) -> ProblemBody {
        let Error { kind, code, message, fields, details, .. } = self.0;
        let (code, detail) = match kind {
            Kind::Internal => ("internal", "something went wrong on our side; it has been noted".to_owned()),
            _ => (code, message),
        };
        let title = status.canonical_reason().unwrap_or("Error");
        ProblemBody {
            kind: format!("urn:chudian:problem:{code}"),
            title,
            status: status.as_u16(),
            code,
            detail,
            fields,
            details,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if self.0.kind == Kind::Internal {
            tracing::error!(error = %self.0, "a request failed: {}", self.0.code);
        }
        // A request that was understood but holds wrong values is 422; one that cannot be read is 400.
        let status = match self.0.code {
            // The whole server is meant, not this one caller.
            "server.unready" | "database.stopped" => StatusCode::SERVICE_UNAVAILABLE,
            "request.method" => StatusCode::METHOD_NOT_ALLOWED,
            "request.too_large" => StatusCode::PAYLOAD_TOO_LARGE,
            code if code.starts_with("request.") && self.0.kind == Kind::Invalid => StatusCode::BAD_REQUEST,
            _ => status(self.0.kind),
        };
        let retry_after = self.0.retry_after;
        let mut response = super::extract::Json(self.body(status)).into_response();
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_internal_error_tells_nothing() {
        let error =
            Error::internal("database.broken", "table users has no column x").because("disk /dev/sda");
        let response = Problem(error).into_response();
        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let text = std::str::from_utf8(&body).unwrap();
        assert!(!text.contains("users") && !text.contains("sda") && !text.contains("broken"), "{text}");
    }

    #[tokio::test]
    async fn a_problem_names_code_and_fields() {
        let error = Error::invalid("user.invalid", "mend the fields").field("login", "is empty");
        let response = Problem(error).into_response();
        assert_eq!(response.status(), 422);
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let value: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(value["code"], "user.invalid");
        assert_eq!(value["type"], "urn:chudian:problem:user.invalid");
        assert_eq!(value["fields"]["login"], "is empty");
        assert_eq!(value["status"], 422);
    }

    #[test]
    fn busy_says_when_to_come_back() {
        let response = Problem(Error::busy("limit", "wait").retry_after(7)).into_response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()["retry-after"], "7");
    }
}
