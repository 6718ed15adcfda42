//! A tenant's model, ready to be asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use encoder::Encoder;
use tokio::sync::Semaphore;

use crate::base::id::TenantId;
use crate::base::{Error, Result};
use crate::ctx::Ctx;

use super::breaker::Breaker;
use super::model::{Choice, Endpoint, Kept};
use super::{endpoint, local, store};

/// How long a customer's question may wait for its vector.
pub const QUESTION_LIMIT: Duration = Duration::from_millis(150);
/// How long a call for wordings of the base may take: nobody waits for it.
const WORDINGS_LIMIT: Duration = Duration::from_secs(20);
/// So many questions at once are encoded on this machine; more wait, within their limit.
const AT_ONCE: usize = 4;
/// So many questions' vectors are remembered.
const REMEMBERED: usize = 2_048;

/// What a tenant chose, opened.
#[derive(Debug)]
pub struct Model {
    /// The choice's version: another one means another model.
    pub version: i64,
    space: String,
    engine: Engine,
    breaker: Mutex<Breaker>,
    remembered: Mutex<HashMap<String, Arc<Vec<f32>>>>,
    places: Semaphore,
}

enum Engine {
    Local(Arc<Encoder>),
    Endpoint { endpoint: Endpoint, key: String },
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Local(_) => f.write_str("Local"),
            Self::Endpoint { endpoint, .. } => endpoint.fmt(f),
        }
    }
}

/// Opens what the tenant chose; `None` when that is nothing.
///
/// # Errors
/// When the local model is not there or damaged; when the key does not open.
pub async fn open(ctx: &Ctx, tenant: TenantId) -> Result<Option<Arc<Model>>> {
    let kept = ctx.db.read(move |tx| store::get(tx, tenant)).await?;
    open_kept(ctx, tenant, kept).await
}

/// Opens what is given.
///
/// # Errors
/// As [`open`].
pub async fn open_kept(ctx: &Ctx, tenant: TenantId, kept: Kept) -> Result<Option<Arc<Model>>> {
    let space = kept.choice.space();
    let engine = match kept.choice {
        Choice::Off => return Ok(None),
        Choice::Local => Engine::Local(local::open(ctx).await?),
        Choice::Endpoint(endpoint) => {
            let key = kept.secret.map(|it| open_key(ctx, tenant, &it)).transpose()?;
            Engine::Endpoint { endpoint, key: key.unwrap_or_default() }
        }
    };
    Ok(Some(Arc::new(Model {
        version: kept.version,
        space,
        engine,
        breaker: Mutex::default(),
        remembered: Mutex::default(),
        places: Semaphore::new(AT_ONCE),
    })))
}

/// What a key is sealed for.
fn purpose(tenant: TenantId) -> String {
    format!("knowledge_model:{tenant}")
}

/// Seals the key of an endpoint.
///
/// # Errors
/// `Internal`.
pub(super) fn seal_key(ctx: &Ctx, tenant: TenantId, key: &str) -> Result<Vec<u8>> {
    ctx.secrets.seal(&purpose(tenant), key.as_bytes())
}

fn open_key(ctx: &Ctx, tenant: TenantId, sealed: &[u8]) -> Result<String> {
    let plain = ctx.secrets.open(&purpose(tenant), sealed)?;
    String::from_utf8(plain)
        .map_err(|error| Error::internal("model.key", "the kept key is no text").because(error))
}

impl Model {
    /// Names the space of its vectors.
    #[must_use]
    pub fn space(&self) -> &str {
        &self.space
    }

    /// How many texts are best given to [`Model::encode`] at once.
    #[must_use]
    pub fn batch(&self) -> usize {
        endpoint::AT_ONCE
    }

    /// The vectors of texts, without hurry.
    ///
    /// # Errors
    /// `Upstream` when an endpoint fails; `Busy` while it is left alone.
    pub async fn encode(&self, ctx: &Ctx, texts: Vec<String>) -> Result<Vec<Vec<f32>>> {
        self.call(ctx, texts, WORDINGS_LIMIT).await
    }

    /// The vector of a customer's question, or `None` when there is none within [`QUESTION_LIMIT`].
    pub async fn encode_question(&self, ctx: &Ctx, text: &str) -> Option<Arc<Vec<f32>>> {
        if let Some(found) = self.lock_remembered().get(text) {
            return Some(found.clone());
        }
        let encoded = async {
            let _place = self.places.acquire().await.ok()?;
            self.call(ctx, vec![text.to_owned()], QUESTION_LIMIT).await.ok()?.pop()
        };
        match tokio::time::timeout(QUESTION_LIMIT, encoded).await {
            Ok(Some(vector)) => {
                let vector = Arc::new(vector);
                let mut remembered = self.lock_remembered();
                if remembered.len() >= REMEMBERED {
                    remembered.clear();
                }
                remembered.insert(text.to_owned(), vector.clone());
                Some(vector)
            }
            Ok(None) => None,
            Err(_) => {
                // The call was dropped on its way and could not tell itself.
                if matches!(self.engine, Engine::Endpoint { .. }) {
                    self.lock_breaker().failed(ctx.clock.now());
                }
                None
            }
        }
    }

    async fn call(&self, ctx: &Ctx, texts: Vec<String>, limit: Duration) -> Result<Vec<Vec<f32>>> {
        match &self.engine {
            Engine::Local(encoder) => {
                let encoder = encoder.clone();
                tokio::task::spawn_blocking(move || encoder.encode_all(&texts))
                    .await
                    .map_err(|error| Error::internal("model.local", "the encoder broke off").because(error))
            }
            Engine::Endpoint { endpoint, key } => {
                if !self.lock_breaker().may_call(ctx.clock.now()) {
                    return Err(Error::busy(
                        "model.resting",
                        "the embedding endpoint failed again and again and is left alone for a while",
                    ));
                }
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                let called = endpoint::embed(ctx, endpoint, key, &texts, limit).await;
                match &called {
                    Ok(_) => self.lock_breaker().succeeded(),
                    Err(error) => {
                        tracing::debug!(error.code = error.code, "{error}");
                        self.lock_breaker().failed(ctx.clock.now());
                    }
                }
                called
            }
        }
    }

    fn lock_breaker(&self) -> std::sync::MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_remembered(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Vec<f32>>>> {
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How far the vectors of a tenant's base are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Wordings that have a vector.
    pub done: usize,
    /// Wordings of the base.
    pub total: usize,
    /// The base is compared with this model now.
    pub is_used: bool,
    /// Why it does not go on: a stable name, and a sentence.
    pub trouble: Option<(&'static str, String)>,
}

/// The progress of every tenant that has a model.
#[derive(Debug, Default)]
pub struct Board(Mutex<HashMap<TenantId, Progress>>);

impl Board {
    /// How far a tenant's vectors are.
    #[must_use]
    pub fn get(&self, tenant: TenantId) -> Progress {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned().unwrap_or_default()
    }

    /// Notes how far they are.
    pub fn set(&self, tenant: TenantId, change: impl FnOnce(&mut Progress)) {
        change(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(tenant).or_default());
    }
}
