//! Handles to the outside, handed to every act. No domain in here: a domain is functions that
//! take `&Ctx`, and keeps what it must hold in memory on the shelf, under its own type.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, PoisonError, RwLock};

use crate::base::id::IdMaker;
use crate::base::secret::SecretBox;
use crate::base::time::Clock;
use crate::bus::Bus;
use crate::config::Config;
use crate::db::Db;
use crate::jobs::Nudge;
use crate::media::Files;

/// The handles. Clones share them.
#[derive(Debug, Clone)]
pub struct Ctx(Arc<Handles>);

/// What a [`Ctx`] hands out.
#[derive(Debug)]
pub struct Handles {
    /// What the operator set.
    pub config: Arc<Config>,
    /// The database.
    pub db: Db,
    /// Tells the time.
    pub clock: Clock,
    /// Makes keys outside transactions.
    pub ids: IdMaker,
    /// Seals secrets.
    pub secrets: SecretBox,
    /// The one client for outgoing HTTP.
    pub http: reqwest::Client,
    /// Where files are.
    pub files: Files,
    /// News.
    pub bus: Bus,
    /// Wakes the jobs.
    pub jobs: Nudge,
    /// Wakes the deliveries.
    pub deliveries: Nudge,
    /// What domains hold in memory.
    pub shelf: Shelf,
}

impl Ctx {
    /// Bundles the handles.
    #[must_use]
    pub fn new(handles: Handles) -> Self {
        Self(Arc::new(handles))
    }
}

impl Deref for Ctx {
    type Target = Handles;

    fn deref(&self) -> &Handles {
        &self.0
    }
}

/// One place per type for what a domain keeps in memory: snapshots and caches that can be
/// thrown away at any time and made again from the database.
#[derive(Debug, Default)]
pub struct Shelf(RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Shelf {
    /// The thing of this type, made when it is first asked for.
    pub fn get<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let key = TypeId::of::<T>();
        let found = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let thing = found.unwrap_or_else(|| {
            let mut places = self.0.write().unwrap_or_else(PoisonError::into_inner);
            places.entry(key).or_insert_with(|| Arc::new(T::default())).clone()
        });
        thing.downcast().unwrap_or_else(|_| Arc::new(T::default()))
    }
}
