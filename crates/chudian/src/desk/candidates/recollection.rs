//! What people answered, ready to be searched: one index a tenant, made again when there is more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use retrieval::{Entry, Index};

use crate::base::Result;
use crate::base::id::{GivenAnswerId, Id, TenantId};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::learning::model::GivenAnswer;
use crate::knowledge::learning::store;

/// So many of the newest answers of a tenant are offered.
const MOST: u32 = 2000;

/// So many tenants' answers are held; the others are read again when they are asked for.
const TENANTS: usize = 64;

/// The given answers of one tenant.
#[derive(Debug, Default)]
pub struct Recollection {
    newest: Option<GivenAnswerId>,
    answers: HashMap<i64, GivenAnswer>,
    index: Index,
}

impl Recollection {
    fn load(tx: &mut Tx<'_>, tenant: TenantId, newest: Option<GivenAnswerId>) -> Result<Self> {
        let answers = store::list_given(tx, tenant, MOST)?;
        let wordings: Vec<Entry> = answers
            .iter()
            .map(|(id, it)| Entry { key: id.raw(), wordings: vec![it.question.clone()] })
            .collect();
        let answers = answers.into_iter().map(|(id, it)| (id.raw(), it)).collect();
        Ok(Self { newest, answers, index: Index::build(&wordings) })
    }

    /// The answers whose questions are nearest to `text`, beside entries of which the best one has the score `best`.
    pub fn search(&self, text: &str, limit: usize, best: f32) -> Vec<(retrieval::Candidate, &GivenAnswer)> {
        let found = self.index.search_beside(text, limit, best);
        found.into_iter().filter_map(|it| self.answers.get(&it.entry).map(|answer| (it, answer))).collect()
    }
}

#[derive(Debug, Default)]
struct Held(Mutex<HashMap<TenantId, Arc<Recollection>>>);

/// A tenant's given answers as they are now: from memory unless one was added since.
pub(super) fn of(ctx: &Ctx, tx: &mut Tx<'_>, tenant: TenantId) -> Result<Arc<Recollection>> {
    let held = ctx.shelf.get::<Held>();
    let newest = store::newest_given(tx, tenant)?;
    let known = held.0.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned();
    if let Some(known) = known.filter(|it| it.newest == newest) {
        return Ok(known);
    }
    let made = Arc::new(Recollection::load(tx, tenant, newest)?);
    let mut places = held.0.lock().unwrap_or_else(PoisonError::into_inner);
    if places.len() >= TENANTS {
        places.clear();
    }
    places.insert(tenant, made.clone());
    Ok(made)
}
