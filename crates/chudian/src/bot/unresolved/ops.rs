//! What one may do with open questions.

use std::collections::HashMap;

use serde_json::json;

use crate::audit::ops::record;
use crate::base::{Error, Result};
use crate::bot::catalogue;
use crate::ctx::Ctx;
use crate::knowledge::learning::cluster::{Cluster, cluster};
use crate::knowledge::learning::store;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

/// So many of the newest questions are looked at.
const LOOKED_AT: u32 = 2000;

/// So many clusters are shown, the largest ones.
const SHOWN: usize = 100;

/// So many wordings may be dismissed at once.
const MOST_DISMISSED: usize = 500;

/// The open questions.
#[derive(Debug)]
pub struct Unresolved {
    /// The largest first.
    pub clusters: Vec<Cluster>,
    /// How many questions were asked, of all clusters.
    pub questions: usize,
    /// How many clusters there are, also those that are not shown.
    pub total: usize,
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
            let asked = store::list_unmatched(tx, tenant, LOOKED_AT)?;
            let enough = catalogue.settings.thresholds.answer;
            let mut is_open: HashMap<String, bool> = HashMap::new();
            let open: Vec<_> = asked
                .into_iter()
                .filter(|it| {
                    *is_open.entry(it.form.clone()).or_insert_with(|| {
                        let best = catalogue.knowledge.search(&it.question, 1, None).into_iter().next();
                        let answers = |found: &retrieval::Candidate| {
                            found.confidence >= enough && catalogue.knowledge.get(found.entry, now).is_some()
                        };
                        !best.as_ref().is_some_and(answers)
                    })
                })
                .collect();
            let mut clusters = cluster(&open, now);
            let total = clusters.len();
            clusters.truncate(SHOWN);
            Ok(Unresolved { clusters, questions: open.len(), total })
        })
        .await
}

/// Says of questions that nothing is to be done: they are not listed again, however often they are asked.
///
/// # Errors
/// `Denied` without the right; `Invalid` for none or too many.
pub async fn dismiss(ctx: &Ctx, actor: &Actor, questions: Vec<String>) -> Result<u64> {
    actor.require(Permission::KnowledgeEdit)?;
    if questions.is_empty() || questions.len() > MOST_DISMISSED {
        let message = format!("name 1 to {MOST_DISMISSED} questions");
        return Err(Error::invalid("unresolved.questions", message.clone()).field("questions", message));
    }
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let mut count = 0;
            for question in &questions {
                let form = retrieval::normalise::question(question);
                count += store::dismiss(tx, actor.tenant, &form, actor.user)?;
            }
            let detail = json!({ "question": questions[0], "wordings": questions.len() });
            record(tx, &actor, "unresolved.dismiss", "unresolved", detail)?;
            Ok(count)
        })
        .await
}
