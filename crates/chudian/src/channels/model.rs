//! What an inbox is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::id::{InboxId, TenantId};
use crate::base::time::Time;

/// One connected account of a platform, without its secrets.
#[derive(Debug, Clone)]
pub struct Inbox {
    /// Its key.
    pub id: InboxId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The platform: `wechat` …
    pub kind: String,
    /// Its name, for people.
    pub name: String,
    /// The unguessable last part of its callback address.
    pub hook_key: String,
    /// What the adapter needs to know and may be shown; its own shape.
    pub settings: serde_json::Value,
    /// When it was connected.
    pub created_at: Time,
    /// Since when it is switched off.
    pub disabled_at: Option<Time>,
}

/// What a platform refuses to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What cannot be done: [`PEOPLE`], [`SENDING`].
    pub feature: String,
    /// Stable name, translated in the console.
    pub code: String,
    /// What the platform said.
    pub message: String,
    /// Since when.
    pub since: Time,
    /// When it is tried again; absent: not at all.
    pub until: Option<Time>,
}

/// The feature "the platform tells who the people are".
pub const PEOPLE: &str = "people";

/// The feature "messages go out by the platform's API", beyond the instant answer to a callback.
pub const SENDING: &str = "sending";

/// The secrets of an inbox by name, as the adapter names them.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secrets(pub BTreeMap<String, String>);

impl Secrets {
    /// A secret; empty when it was never set.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
