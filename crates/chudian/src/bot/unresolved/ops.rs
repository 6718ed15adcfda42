//! What one may do with open questions.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde_json::json;

use crate::audit::ops::record;
use crate::base::id::{EntryId, Id};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::bot::catalogue;
use crate::ctx::Ctx;
use crate::knowledge::learning::cluster::{Cluster, cluster};
use crate::knowledge::learning::store;
use crate::knowledge::shared::store as shared;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

/// So many of the newest questions are looked at.
const LOOKED_AT: u32 = 2000;

/// They are looked for among so many, dismissed ones too: a page that is opened by hand may take some ten milliseconds.
const LOOKED_THROUGH: u32 = 20_000;

/// So many clusters are shown, the largest ones.
const SHOWN: usize = 100;

/// So many wordings may be dismissed at once.
const MOST_DISMISSED: usize = 500;

/// The open questions.
#[derive(Debug)]
pub struct Unresolved {
    /// The largest first.
    pub clusters: Vec<Cluster>,
    /// In how many threads each was asked, of all clusters.
    pub questions: usize,
    /// How many clusters there are, also those that are not shown.
    pub total: usize,
    /// The standard questions of entries that answered and did not help, and whether they are headquarters'.
    pub answers: HashMap<EntryId, (String, bool)>,
    /// When all this was so.
    pub seen_at: Time,
}

/// The open questions that the base does not answer now.
///
/// # Errors
/// `Denied` without the right.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Unresolved> {
    actor.require(Permission::KnowledgeEdit)?;
    let tenant = actor.tenant;
    let catalogue = catalogue::of(ctx, tenant).await?;
    ctx.db
        .read(move |tx| {
            let now = tx.now();
            let mut asked = store::list_unmatched(tx, tenant, LOOKED_AT, LOOKED_THROUGH)?;
            asked.extend(store::list_wrong(tx, tenant, LOOKED_AT, LOOKED_THROUGH)?);
            let enough = catalogue.thresholds().answer;
            // The entry that answers a form now, if any does.
            let mut answer_of: HashMap<String, Option<EntryId>> = HashMap::new();
            let mut changed_at: HashMap<EntryId, Option<Time>> = HashMap::new();
            let mut open = Vec::new();
            for it in asked {
                let answer = *answer_of.entry(it.form.clone()).or_insert_with(|| {
                    let best = catalogue.knowledge.search(&it.question, 1, None).into_iter().next();
                    let answers = |found: &retrieval::Candidate| {
                        found.confidence >= enough && catalogue.knowledge.get(found.entry, now).is_some()
                    };
                    best.filter(answers).map(|it| EntryId::from_raw(it.entry))
                });
                // What an entry answered and did not help stays until that entry says something else, or another
                // one answers.
                let is_open = match (answer, it.answered_by) {
                    (Some(now), Some(then)) if now == then => {
                        let changed = match changed_at.entry(then) {
                            Entry::Occupied(known) => *known.get(),
                            Entry::Vacant(place) => {
                                *place.insert(shared::find_any(tx, tenant, then)?.map(|it| it.updated_at))
                            }
                        };
                        changed.is_some_and(|changed| changed <= it.at)
                    }
                    (answer, _) => answer.is_none(),
                };
                if is_open {
                    open.push(it);
                }
            }
            let mut clusters = cluster(&open, now);
            let (total, questions) = (clusters.len(), clusters.iter().map(|it| it.count).sum());
            clusters.truncate(SHOWN);
            let mut answers = HashMap::new();
            for id in clusters.iter().flat_map(|it| &it.answered_by) {
                if let Some((entry, is_shared)) = shared::find_whose(tx, tenant, *id)? {
                    answers.insert(*id, (entry.body.question, is_shared));
                }
            }
            Ok(Unresolved { clusters, questions, total, answers, seen_at: now })
        })
        .await
}

/// Says of questions that nothing is to be done about what was asked, or marked as wrong, until now, or until the editor
/// saw the list. What comes later is open again.
///
/// # Errors
/// `Denied` without the right; `Invalid` for none or too many.
pub async fn dismiss(ctx: &Ctx, actor: &Actor, questions: Vec<String>, seen_at: Option<Time>) -> Result<u64> {
    actor.require(Permission::KnowledgeEdit)?;
    if questions.is_empty() || questions.len() > MOST_DISMISSED {
        let message = format!("name 1 to {MOST_DISMISSED} questions");
        return Err(Error::invalid("unresolved.questions", message.clone()).field("questions", message));
    }
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let now = tx.now();
            let until = seen_at.unwrap_or(now).min(now);
            let mut count = 0;
            for question in &questions {
                let form = retrieval::normalise::question(question);
                count += store::dismiss(tx, actor.tenant, &form, until, actor.user)?;
            }
            // How many, not which: customers' words do not belong into what is kept for ever.
            let detail = json!({ "wordings": questions.len() });
            record(tx, &actor, "unresolved.dismiss", "unresolved", detail)?;
            Ok(count)
        })
        .await
}
