//! What one may do with learning.

use std::collections::HashMap;

use serde_json::json;

use crate::audit::ops::record;
use crate::base::Result;
use crate::base::id::UserId;
use crate::bot::regression::rehearse::{self, Learnt, Proposal};
use crate::bot::settings::AnswerThresholds;
use crate::bot::store as settings;
use crate::bus::{Event, emit};
use crate::ctx::Ctx;
use crate::knowledge::rehearsal;
use crate::knowledge::workshop::ops::names;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

use super::model::{Training, TrainingState};
use super::run::Board;
use super::store::{self, Learning};

/// So many trainings are shown.
const SHOWN: u32 = 10;

/// How a tenant's learning stands.
#[derive(Debug)]
pub struct Standing {
    /// The newest trainings, the newest first.
    pub trainings: Vec<Training>,
    /// Which is in force, and whether it learns by night.
    pub learning: Learning,
    /// The one that is in force; also when it is not among the newest.
    pub current: Option<Training>,
    /// Which share of the one that is under way is done.
    pub progress: f32,
    /// What the editors set.
    pub thresholds: AnswerThresholds,
    /// The names of those who asked.
    pub names: HashMap<UserId, String>,
}

/// How it stands.
///
/// # Errors
/// `Denied` without the right.
pub async fn get(ctx: &Ctx, actor: &Actor) -> Result<Standing> {
    actor.require(Permission::KnowledgeEdit)?;
    let tenant = actor.tenant;
    let progress = ctx.shelf.get::<Board>().progress(tenant);
    ctx.db
        .read(move |tx| {
            let learning = store::get_learning(tx, tenant)?;
            // All that are kept: the one in force may be an older one.
            let mut trainings = store::list(tx, tenant, u32::from(u16::MAX))?;
            let current = trainings.iter().find(|it| Some(it.id) == learning.current).cloned();
            trainings.truncate(SHOWN as usize);
            let names = names(tx, tenant, trainings.iter().filter_map(|it| it.asked_by))?;
            let thresholds = settings::get_settings(tx, tenant)?.0.thresholds;
            Ok(Standing { trainings, learning, current, progress, thresholds, names })
        })
        .await
}

/// Asks for a training now. One that waits or is under way is enough.
///
/// # Errors
/// `Denied` without the right.
pub async fn start(ctx: &Ctx, actor: &Actor) -> Result<Standing> {
    actor.require(Permission::KnowledgeEdit)?;
    let by = actor.clone();
    ctx.db
        .write(move |tx| {
            if store::list(tx, by.tenant, 1)?.iter().any(|it| it.state.is_open()) {
                return Ok(());
            }
            let id = store::insert(tx, by.tenant, by.user, TrainingState::Waiting)?;
            record(tx, &by, "learning.start", id, json!({}))
        })
        .await?;
    ctx.shelf.get::<Board>().bell.now();
    get(ctx, actor).await
}

/// Says whether the tenant learns by night.
///
/// # Errors
/// `Denied` without the right.
pub async fn set_nightly(ctx: &Ctx, actor: &Actor, nightly: bool) -> Result<Standing> {
    actor.require(Permission::KnowledgeManage)?;
    let by = actor.clone();
    ctx.db
        .write(move |tx| {
            let learning = store::get_learning(tx, by.tenant)?;
            store::put_learning(tx, by.tenant, Learning { nightly, ..learning })?;
            record(tx, &by, "learning.change", "learning", json!({ "nightly": nightly }))
        })
        .await?;
    get(ctx, actor).await
}

/// Forgets what was learnt, and learns no more by night: words decide alone until somebody asks again.
///
/// # Errors
/// `Denied` without the right.
pub async fn forget(ctx: &Ctx, actor: &Actor, accept_fall: bool) -> Result<Standing> {
    actor.require(Permission::KnowledgeManage)?;
    let proposal = Proposal { learnt: Learnt::Nothing, ..Proposal::default() };
    let accepted = rehearsal::judge(rehearse::falls(ctx, actor.tenant, proposal).await?, accept_fall)?;
    let by = actor.clone();
    ctx.db
        .write(move |tx| {
            store::give_up(tx, by.tenant)?;
            if let Some(current) = store::get_learning(tx, by.tenant)?.current {
                store::delete_pieces(tx, by.tenant, current)?;
            }
            // The threshold belonged to what is forgotten.
            let nothing = Learning { current: None, nightly: false, answer_percent: None };
            store::put_learning(tx, by.tenant, nothing)?;
            record(tx, &by, "learning.forget", "learning", accepted.note(json!({})))?;
            emit(tx, by.tenant, Event::KnowledgeLearnt)
        })
        .await?;
    get(ctx, actor).await
}
