//! The model over HTTP.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::{Error, Result};
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::error::Answer;
use crate::web::extract::Json;

use super::model::{Choice, Endpoint};
use super::ops::{self, Known};

/// The routes of this domain.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(get_model, put_model)).routes(routes!(check_model))
}

/// Which model compares meanings.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = KnowledgeModelKind)]
pub enum Kind {
    /// None.
    Off,
    /// The sentence encoder on the server.
    Local,
    /// An embedding endpoint.
    Endpoint,
}

/// How the model does.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = KnowledgeModelState)]
pub enum Standing {
    /// None is chosen.
    Off,
    /// The base's wordings are being read.
    Preparing,
    /// Questions are compared with it.
    Ready,
    /// It does not work; the base goes on without.
    Trouble,
}

/// The model of a tenant's knowledge base.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnowledgeModel)]
pub struct ModelView {
    /// Which.
    kind: Kind,
    /// Where, for an endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<EndpointView>,
    /// How it does.
    state: Standing,
    /// How many wordings it has read.
    done: usize,
    /// How many wordings the base has.
    total: usize,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<TroubleView>,
    /// How often it was written.
    version: i64,
}

/// An endpoint of a model, without its key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnowledgeModelEndpoint)]
pub struct EndpointView {
    /// The address up to and without `/embeddings` or `/chat/completions`.
    url: String,
    /// The name of the model there.
    model: String,
    /// Whether a key is kept; it is never given out.
    key_set: bool,
}

/// What is wrong with a model.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnowledgeModelTrouble)]
pub struct TroubleView {
    /// Stable name: `model.files_missing`, `model.files_damaged`, `model.endpoint`, `model.resting` …
    code: String,
    /// A sentence.
    message: String,
}

/// What to use from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KnowledgeModelBody)]
pub struct ModelBody {
    /// Which.
    kind: Kind,
    /// Where, for an endpoint.
    endpoint: Option<EndpointBody>,
    /// The version that was seen: when another one is there by now, the change is refused with 409. Absent:
    /// whatever is there is written over, as imports and scripts want it.
    version: Option<i64>,
}

/// An endpoint that speaks OpenAI's `POST /embeddings`, or `POST /chat/completions`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KnowledgeModelEndpointBody)]
pub struct EndpointBody {
    /// The address up to and without `/embeddings` or `/chat/completions`.
    url: String,
    /// The name of the model there.
    model: String,
    /// The key sent with each call. Absent: the kept one stays, as long as host and port stay; empty: none.
    key: Option<String>,
}

/// How a trial went.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnowledgeModelCheck)]
pub struct CheckView {
    /// It works.
    ok: bool,
    /// How long one sentence took.
    milliseconds: u64,
    /// How many numbers a vector has.
    #[serde(skip_serializing_if = "Option::is_none")]
    dimensions: Option<usize>,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<TroubleView>,
}

impl EndpointView {
    /// What may be shown of an endpoint.
    #[must_use]
    pub fn of(Endpoint { url, model }: Endpoint, key_set: bool) -> Self {
        Self { url, model, key_set }
    }
}

impl EndpointBody {
    /// The endpoint, and the key that goes with it.
    #[must_use]
    pub fn open(self) -> (Endpoint, Option<String>) {
        (Endpoint { url: self.url, model: self.model }, self.key)
    }
}

impl From<Known> for ModelView {
    fn from(it: Known) -> Self {
        let progress = it.progress;
        let (kind, endpoint) = match it.choice {
            Choice::Off => (Kind::Off, None),
            Choice::Local => (Kind::Local, None),
            Choice::Endpoint(endpoint) => (Kind::Endpoint, Some(EndpointView::of(endpoint, it.has_key))),
        };
        let state = match kind {
            Kind::Off => Standing::Off,
            _ if progress.trouble.is_some() => Standing::Trouble,
            _ if progress.is_used && progress.done == progress.total => Standing::Ready,
            _ => Standing::Preparing,
        };
        Self {
            kind,
            endpoint,
            state,
            done: progress.done,
            total: progress.total,
            trouble: progress.trouble.map(trouble),
            version: it.version,
        }
    }
}

fn trouble((code, message): (&'static str, String)) -> TroubleView {
    TroubleView { code: code.to_owned(), message }
}

impl ModelBody {
    fn choice(self) -> Result<(Choice, Option<String>)> {
        match (self.kind, self.endpoint) {
            (Kind::Off, None) => Ok((Choice::Off, None)),
            (Kind::Local, None) => Ok((Choice::Local, None)),
            (Kind::Endpoint, Some(it)) => {
                let (endpoint, key) = it.open();
                Ok((Choice::Endpoint(endpoint), key))
            }
            (Kind::Endpoint, None) => {
                Err(Error::invalid("model.invalid", "an endpoint needs its address and model")
                    .field("endpoint", "required"))
            }
            (_, Some(_)) => Err(Error::invalid("model.invalid", "only the kind “endpoint” has one")
                .field("endpoint", "leave it out")),
        }
    }
}

/// The model of the own tenant's knowledge base.
#[utoipa::path(get, path = "/knowledge/model", tag = "knowledge", responses((status = 200, body = ModelView)))]
async fn get_model(State(ctx): State<Ctx>, actor: Actor) -> Answer<ModelView> {
    Ok(Json(ops::get(&ctx, &actor).await?.into()))
}

/// Chooses the model.
#[utoipa::path(put, path = "/knowledge/model", tag = "knowledge", request_body = ModelBody,
    responses((status = 200, body = ModelView)))]
async fn put_model(State(ctx): State<Ctx>, actor: Actor, Json(body): Json<ModelBody>) -> Answer<ModelView> {
    let seen = body.version;
    let (choice, key) = body.choice()?;
    Ok(Json(ops::put(&ctx, &actor, choice, key, seen).await?.into()))
}

/// Tries the kept model with one sentence.
#[utoipa::path(post, path = "/knowledge/model/checks", tag = "knowledge", responses((status = 200, body = CheckView)))]
async fn check_model(State(ctx): State<Ctx>, actor: Actor) -> Answer<CheckView> {
    let trial = ops::check(&ctx, &actor).await?;
    let milliseconds = trial.milliseconds;
    Ok(Json(match trial.outcome {
        Ok(dimensions) => CheckView { ok: true, milliseconds, dimensions: Some(dimensions), trouble: None },
        Err(it) => CheckView { ok: false, milliseconds, dimensions: None, trouble: Some(trouble(it)) },
    }))
}
