//! Learning over HTTP.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::id::TrainingId;
use crate::base::time::Time;
use crate::ctx::Ctx;
use crate::knowledge::rehearsal::AcceptQuery;
use crate::knowledge::view::Person;
use crate::web::actor::Actor;
use crate::web::error::Answer;
use crate::web::extract::{Json, Query};

use super::model::{Report, Training, TrainingState};
use super::ops::{self, Standing};

/// The routes of learning.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(get_learning, put_learning, delete_learning))
        .routes(routes!(start_training))
}

/// How learning stands.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LearningState)]
enum Phase {
    /// Nobody ever learnt.
    Never,
    /// A training was asked for.
    Waiting,
    /// It is under way.
    Training,
    /// The last one succeeded.
    Trained,
    /// The last one made things worse and does not count.
    Refused,
    /// The last one had too little to learn from.
    Lacking,
    /// The last one broke off.
    Failed,
}

/// How a tenant's learning stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Learning)]
struct LearningView {
    /// Of the newest training that was more than a look.
    state: Phase,
    /// How much of the one that is under way is done, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<u8>,
    /// The training whose result is in force; absent while words decide alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<TrainingView>,
    /// The newest ones, the newest first.
    trainings: Vec<TrainingView>,
    /// Whether it learns by night.
    nightly: bool,
    /// From which confidence on the bot answers.
    threshold: ThresholdView,
}

/// From which confidence on the bot answers, and why.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = AnswerThreshold)]
struct ThresholdView {
    /// From here on.
    answer: f32,
    /// Who says so.
    by: ThresholdReason,
    /// What the base taught, also where somebody fixed another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    learnt: Option<f32>,
}

/// Who says from which confidence on the bot answers.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AnswerThresholdReason)]
enum ThresholdReason {
    /// An editor fixed it.
    Fixed,
    /// The base taught it: it was asked its own questions.
    Learnt,
    /// Nothing yet: it is the one that every base begins with.
    Usual,
}

/// A time of learning.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Training)]
struct TrainingView {
    /// Its key.
    id: TrainingId,
    /// How it stands.
    state: TrainingState,
    /// Who asked for it; absent by night.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_by: Option<Person>,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<Time>,
    /// When it was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Time>,
    /// What came of it.
    report: Report,
}

impl From<Standing> for LearningView {
    fn from(it: Standing) -> Self {
        let shown = |training: Training| TrainingView {
            id: training.id,
            state: training.state,
            asked_by: training.asked_by.map(|user| Person::of(user, &it.names)),
            started_at: training.started_at,
            ended_at: training.ended_at,
            report: training.report,
        };
        let newest = it.trainings.iter().map(|it| it.state).find(|it| *it != TrainingState::Unchanged);
        let state = match newest {
            None | Some(TrainingState::Unchanged) => Phase::Never,
            Some(TrainingState::Waiting) => Phase::Waiting,
            Some(TrainingState::Training) => Phase::Training,
            Some(TrainingState::Trained) => Phase::Trained,
            Some(TrainingState::Refused) => Phase::Refused,
            Some(TrainingState::Lacking) => Phase::Lacking,
            Some(TrainingState::Failed) => Phase::Failed,
        };
        let learnt = it.learning.answer_from();
        let by = match (it.thresholds.answer, learnt) {
            (Some(_), _) => ThresholdReason::Fixed,
            (None, Some(_)) => ThresholdReason::Learnt,
            (None, None) => ThresholdReason::Usual,
        };
        let threshold = ThresholdView { answer: it.thresholds.in_force(learnt).answer, by, learnt };
        let percent = (it.progress.clamp(0.0, 1.0) * 100.0).round() as u8;
        Self {
            state,
            progress: matches!(state, Phase::Training).then_some(percent),
            current: it.current.map(shown),
            trainings: it.trainings.into_iter().map(shown).collect(),
            nightly: it.learning.nightly,
            threshold,
        }
    }
}

/// When to learn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LearningBody {
    /// By night, in the tenant's time zone, when there is something new.
    nightly: bool,
}

/// How learning stands.
#[utoipa::path(get, path = "/knowledge/learning", tag = "knowledge", responses((status = 200, body = LearningView)))]
async fn get_learning(State(ctx): State<Ctx>, actor: Actor) -> Answer<LearningView> {
    Ok(Json(ops::get(&ctx, &actor).await?.into()))
}

/// Says whether to learn by night.
#[utoipa::path(
    put, path = "/knowledge/learning", tag = "knowledge", request_body = LearningBody,
    responses((status = 200, body = LearningView))
)]
async fn put_learning(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(body): Json<LearningBody>,
) -> Answer<LearningView> {
    Ok(Json(ops::set_nightly(&ctx, &actor, body.nightly).await?.into()))
}

/// Forgets what was learnt, and learns no more by night: words decide alone until somebody asks again.
#[utoipa::path(delete, path = "/knowledge/learning", tag = "knowledge", params(AcceptQuery), responses((status = 200, body = LearningView)))]
async fn delete_learning(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(AcceptQuery { accept_fall }): Query<AcceptQuery>,
) -> Answer<LearningView> {
    Ok(Json(ops::forget(&ctx, &actor, accept_fall).await?.into()))
}

/// Learns now. One that waits or is under way is enough.
#[utoipa::path(
    post, path = "/knowledge/learning/trainings", tag = "knowledge",
    responses((status = 200, body = LearningView))
)]
async fn start_training(State(ctx): State<Ctx>, actor: Actor) -> Answer<LearningView> {
    Ok(Json(ops::start(&ctx, &actor).await?.into()))
}
