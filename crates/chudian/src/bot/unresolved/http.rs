//! Open questions over HTTP.

use std::collections::HashMap;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::id::EntryId;
use crate::base::time::Time;
use crate::ctx::Ctx;
use crate::knowledge::learning::cluster::Cluster;
use crate::web::actor::Actor;
use crate::web::error::Answer;
use crate::web::extract::Json;

use super::ops;

/// The routes of open questions.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(list_unresolved)).routes(routes!(dismiss_unresolved))
}

/// What customers asked and the base does not answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnresolvedQuestions {
    /// The largest first, at most 100.
    pub items: Vec<QuestionCluster>,
    /// How many clusters there are.
    pub total: usize,
    /// In how many threads each of them was asked, together.
    pub questions: usize,
    /// When all this was so: who dismisses what stands here sends it along.
    pub seen_at: Time,
}

/// Questions that ask the same in other words.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuestionCluster {
    /// Its most typical wording.
    pub question: String,
    /// In how many threads it was asked: whoever asks twice counts once, here and below.
    pub count: usize,
    /// Within the last seven days.
    pub this_week: usize,
    /// Within the seven days before.
    pub week_before: usize,
    /// When it was asked last.
    pub last_at: Time,
    /// Its wordings, long numbers masked.
    pub wordings: Vec<AskedWording>,
    /// How often an entry answered, and the customer said that it did not help.
    pub unsolved: usize,
    /// How often an entry answered, and an agent marked that as wrong without naming another entry.
    pub wrong: usize,
    /// Which entries those were.
    pub answered_by: Vec<AnsweredBy>,
}

/// An entry that answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnsweredBy {
    /// Which.
    pub id: EntryId,
    /// Its standard question.
    pub question: String,
    /// Whether it is headquarters': then it is found among the shared entries.
    pub is_shared: bool,
}

/// One wording.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskedWording {
    /// The customer's words.
    pub text: String,
    /// In how many threads they were used.
    pub count: usize,
}

impl QuestionCluster {
    fn of(it: Cluster, questions: &HashMap<EntryId, (String, bool)>) -> Self {
        let answered_by = it.answered_by.iter().filter_map(|id| {
            let (question, is_shared) = questions.get(id)?.clone();
            Some(AnsweredBy { id: *id, question, is_shared })
        });
        Self {
            unsolved: it.unsolved,
            wrong: it.wrong,
            answered_by: answered_by.collect(),
            question: it.question,
            count: it.count,
            this_week: it.weeks.0,
            week_before: it.weeks.1,
            last_at: it.last_at,
            wordings: it.wordings.into_iter().map(|(text, count)| AskedWording { text, count }).collect(),
        }
    }
}

/// What customers asked and the base does not answer now, put together by what it asks.
#[utoipa::path(
    get, path = "/knowledge/unresolved", tag = "knowledge", responses((status = 200, body = UnresolvedQuestions))
)]
async fn list_unresolved(State(ctx): State<Ctx>, actor: Actor) -> Answer<UnresolvedQuestions> {
    let found = ops::list(&ctx, &actor).await?;
    Ok(Json(UnresolvedQuestions {
        items: found.clusters.into_iter().map(|it| QuestionCluster::of(it, &found.answers)).collect(),
        total: found.total,
        questions: found.questions,
        seen_at: found.seen_at,
    }))
}

/// Questions about which nothing is to be done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DismissalBody {
    /// Their wordings, as they were listed.
    questions: Vec<String>,
    /// `seen_at` of the list: what was asked since then stays open. Absent: up to now.
    seen_at: Option<Time>,
}

/// What was dismissed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Dismissed {
    /// How many questions left the list, each as often as there are threads in which it was open.
    pub count: u64,
}

/// Says of questions that nothing is to be done about what was asked so far. What is asked, or marked as wrong, later is
/// open again.
#[utoipa::path(
    post, path = "/knowledge/unresolved/dismissals", tag = "knowledge", request_body = DismissalBody,
    responses((status = 200, body = Dismissed))
)]
async fn dismiss_unresolved(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(body): Json<DismissalBody>,
) -> Answer<Dismissed> {
    Ok(Json(Dismissed { count: ops::dismiss(&ctx, &actor, body.questions, body.seen_at).await? }))
}
