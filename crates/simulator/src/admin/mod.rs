//! `/_sim/…`: how tests, the demo and the phone page set the stage and look behind it. JSON in, JSON out.

mod accounts;
mod acts;
mod control;
mod live;
mod messages;
mod scripts;

use axum::Json;
use axum::Router;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::platform::Platform;

/// Largest admin request: a video as base64.
const LARGEST: usize = 32 << 20;

/// All routes under `/_sim`.
pub(crate) fn routes() -> Router<Platform> {
    let person = "/_sim/accounts/{app_id}/people/{person}";
    Router::new()
        .route("/_sim/accounts", get(accounts::list).post(accounts::create))
        .route("/_sim/accounts/{app_id}", get(accounts::show).patch(accounts::change))
        .route("/_sim/accounts/{app_id}/callback", put(accounts::set_callback))
        .route("/_sim/accounts/{app_id}/qr-codes", get(accounts::codes))
        .route("/_sim/people", get(acts::people).post(acts::add_person))
        .route("/_sim/people/{person}/picture.svg", get(acts::picture))
        .route("/_sim/people/{person}/chats/{app_id}", get(acts::chat))
        .route(&format!("{person}/follow"), post(acts::follow))
        .route(&format!("{person}/unfollow"), post(acts::unfollow))
        .route(&format!("{person}/messages"), post(messages::send))
        .route(&format!("{person}/menu-clicks"), post(messages::click))
        .route(&format!("{person}/scans"), post(acts::scan))
        .route(&format!("{person}/pushes"), post(acts::raw))
        .route(&format!("{person}/settings"), put(acts::settings))
        .route(&format!("{person}/cards"), post(acts::take_card))
        .route(&format!("{person}/comments"), post(acts::comment))
        .route("/_sim/pushes/{number}", get(control::push))
        .route("/_sim/media/{app_id}/{id}", get(control::media))
        .route("/_sim/log", get(control::log))
        .route("/_sim/faults", get(control::faults).put(control::set_faults))
        .route("/_sim/settings", get(control::settings).put(control::set_settings))
        .route("/_sim/clock", get(control::clock))
        .route("/_sim/clock/advance", post(control::advance))
        .route("/_sim/reset", post(control::reset))
        .route("/_sim/scripts", post(scripts::start))
        .route("/_sim/counts", get(scripts::counts).delete(scripts::forget))
        .route("/_sim/live", get(live::live))
        .layer(axum::extract::DefaultBodyLimit::max(LARGEST))
}

/// A refusal of the admin API.
#[derive(Debug)]
pub(crate) struct Problem(StatusCode, &'static str, String);

/// Answer or refusal.
pub(crate) type Reply = Result<Json<Value>, Problem>;

impl Problem {
    /// Something in the request is wrong.
    pub(crate) fn invalid(message: impl Into<String>) -> Problem {
        Problem(StatusCode::BAD_REQUEST, "invalid", message.into())
    }

    /// No such thing.
    pub(crate) fn missing(what: &str) -> Problem {
        Problem(StatusCode::NOT_FOUND, "missing", format!("there is no such {what}"))
    }

    /// Not possible now.
    pub(crate) fn conflict(message: impl Into<String>) -> Problem {
        Problem(StatusCode::CONFLICT, "conflict", message.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "code": self.1, "message": self.2 }))).into_response()
    }
}

/// A JSON body whose mistakes are answered in our own shape. An absent body reads as `{}`.
pub(crate) struct Input<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Input<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = bytes::Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|error| Problem::invalid(error.to_string()))?;
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        let read: Result<Json<T>, JsonRejection> = Json::from_bytes(text);
        read.map(|Json(value)| Input(value)).map_err(|error| Problem::invalid(error.body_text()))
    }
}
