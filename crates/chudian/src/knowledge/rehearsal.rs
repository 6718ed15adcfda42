//! Before a change is published: would a set of test questions fare worse with it?
//!
//! This floor does not know how the bot answers. Who does (`bot::regression`) is put here when the house is built,
//! and everything that publishes asks.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::base::id::{EntryId, RehearsalId, TenantId, TestSetId};
use crate::base::{Error, Result};
use crate::ctx::Ctx;

use super::model::EntryBody;
use super::words::model::WordGroup;

/// What becomes of an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Which entry; one that is new is given a key for the rehearsal.
    pub entry: EntryId,
    /// What is published of it then; `None`: nothing.
    pub body: Option<EntryBody>,
}

impl Change {
    /// The entry says this from now on.
    #[must_use]
    pub fn put(entry: EntryId, body: EntryBody) -> Self {
        Self { entry, body: Some(body) }
    }

    /// The bot does not know the entry any more.
    #[must_use]
    pub fn remove(entry: EntryId) -> Self {
        Self { entry, body: None }
    }

    /// A new entry.
    #[must_use]
    pub fn create(ctx: &Ctx, body: EntryBody) -> Self {
        Self::put(ctx.ids.make(ctx.clock.now()), body)
    }
}

/// What is about to be published.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// What becomes of entries.
    pub changes: Vec<Change>,
    /// All words of the tenant as they would be.
    pub words: Option<Vec<WordGroup>>,
}

impl From<Vec<Change>> for Plan {
    fn from(changes: Vec<Change>) -> Self {
        Self { changes, words: None }
    }
}

impl Plan {
    /// Other words.
    #[must_use]
    pub fn words(words: Vec<WordGroup>) -> Self {
        Self { changes: Vec::new(), words: Some(words) }
    }

    /// Nothing is different.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.words.is_none()
    }
}

/// A set of test questions that fares worse.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SetFall)]
pub struct Fall {
    /// Which.
    pub set: TestSetId,
    /// Its name.
    pub name: String,
    /// The member whose set it is; `None`: the own tenant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub member: Option<String>,
    /// How many of its questions come out right now.
    pub before: usize,
    /// How many would.
    pub after: usize,
    /// Of how many.
    pub checked: usize,
}

impl Fall {
    /// The name of the set, of a member's with that of the member.
    #[must_use]
    pub fn place(&self) -> String {
        match &self.member {
            Some(member) => format!("{member} · {}", self.name),
            None => self.name.clone(),
        }
    }
}

impl std::fmt::Display for Fall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}/{} -> {}/{}", self.place(), self.before, self.checked, self.after, self.checked)
    }
}

/// Whether a fall is accepted.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AcceptQuery {
    /// True: do it although test questions would fare worse than now. Absent, that is refused with 409
    /// `knowledge.score_falls`; `details.falls` tells the figures of each set.
    #[serde(default)]
    pub accept_fall: bool,
}

type Soon<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

/// Who knows how the bot would answer.
pub trait Rehearser: std::fmt::Debug + Send + Sync {
    /// The sets that would fare worse with this: the tenant's, and its members' where it shares what changes.
    fn falls(&self, ctx: Ctx, tenant: TenantId, plan: Plan) -> Soon<Vec<Fall>>;

    /// Begins to replay everything that is replayed, beside whatever else goes on.
    fn begin(&self, ctx: Ctx, tenant: TenantId, changes: Vec<Change>) -> Soon<RehearsalId>;
}

/// Where they are found. Empty in a house without a bot: nothing is asked there.
#[derive(Debug, Default)]
pub struct Stage(OnceLock<Arc<dyn Rehearser>>);

impl Stage {
    /// Puts somebody here; the first one stays.
    pub fn take(&self, rehearser: Arc<dyn Rehearser>) {
        let _ = self.0.set(rehearser);
    }

    /// Who is here.
    #[must_use]
    pub fn get(&self) -> Option<&Arc<dyn Rehearser>> {
        self.0.get()
    }
}

/// What was accepted with a change, for the audit log.
#[derive(Debug, Clone, Default)]
pub struct Accepted(Vec<Fall>);

impl Accepted {
    /// Adds the figures to what is recorded.
    #[must_use]
    pub fn note(&self, mut detail: Value) -> Value {
        if let (false, Some(fields)) = (self.0.is_empty(), detail.as_object_mut()) {
            fields.insert("accepted_fall".to_owned(), json!(self.0));
        }
        detail
    }
}

/// Refuses changes with which a set of test questions would fare worse, unless that is accepted.
///
/// # Errors
/// `Conflict` with the figures of each set that falls.
pub async fn pass(ctx: &Ctx, tenant: TenantId, plan: impl Into<Plan>, accept_fall: bool) -> Result<Accepted> {
    let stage = ctx.shelf.get::<Stage>();
    let Some(rehearser) = stage.get() else { return Ok(Accepted::default()) };
    let falls = rehearser.falls(ctx.clone(), tenant, plan.into()).await?;
    judge(falls, accept_fall)
}

/// Refuses falls that are not accepted.
///
/// # Errors
/// As [`pass`].
pub fn judge(falls: Vec<Fall>, accept_fall: bool) -> Result<Accepted> {
    if falls.is_empty() || accept_fall {
        return Ok(Accepted(falls));
    }
    let told: Vec<String> = falls.iter().map(ToString::to_string).collect();
    let error = Error::conflict(
        "knowledge.score_falls",
        format!(
            "fewer test questions would come out right ({}): look at them, or accept it",
            told.join("; ")
        ),
    );
    Err(error.detailed(json!({ "falls": falls })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fall_is_refused_with_its_figures_until_it_is_accepted() {
        let fall =
            Fall { set: TestSetId(5), name: "常问".into(), member: None, before: 9, after: 7, checked: 10 };
        let error = judge(vec![fall.clone()], false).unwrap_err();
        assert_eq!(error.code, "knowledge.score_falls");
        let told = json!({ "set": TestSetId(5), "name": "常问", "before": 9, "after": 7, "checked": 10 });
        assert_eq!(error.details.as_deref(), Some(&json!({ "falls": [told] })));
        let theirs = Fall { member: Some("雪球银行".into()), ..fall.clone() };
        let error = judge(vec![theirs], false).unwrap_err();
        assert!(error.message.contains("雪球银行 · 常问 9/10 -> 7/10"), "{}", error.message);
        let noted = judge(vec![fall], true).unwrap().note(json!({ "version": 3 }));
        assert_eq!(noted, json!({ "version": 3, "accepted_fall": [told] }));
        let nothing = judge(Vec::new(), false).unwrap().note(json!({ "version": 3 }));
        assert_eq!(nothing, json!({ "version": 3 }));
    }
}
