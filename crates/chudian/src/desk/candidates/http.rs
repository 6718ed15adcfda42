//! Candidates over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::content::Content;
use crate::base::id::{EntryId, GivenAnswerId, Id, MessageId, QuickReplyId, ThreadId};
use crate::base::time::Time;
use crate::bot::http::{PieceView, PointsView};
use crate::ctx::Ctx;
use crate::knowledge::learning::model::{Mark, Source};
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Path, Query};

use super::judging::{self, Judged};
use super::model::Found;
use super::noting::Chosen;
use super::ops;

/// The route of candidates.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_candidates))
        .routes(routes!(list_judgements))
        .routes(routes!(judge_answer, take_back_judgement))
}

/// What the candidates answer.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct CandidateQuery {
    /// The agent's own words; absent: the customer's last question.
    query: Option<String>,
}

/// The candidates beside a thread.
#[derive(Debug, Serialize, ToSchema)]
pub struct Candidates {
    /// The customer's message that they answer; absent when there is none, or when own words were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageId>,
    /// The words that were looked for: of one message, or of several that were written one after another.
    pub text: String,
    /// At most ten, surest first.
    pub items: Vec<AnswerCandidate>,
}

/// An answer that may fit.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerCandidate {
    /// Where it comes from.
    pub source: Source,
    /// Its key there.
    pub id: String,
    /// Whether it is headquarters' entry: then it is found among the shared ones.
    pub is_shared: bool,
    /// The standard question, the title of the prepared answer, or what was asked then.
    pub title: String,
    /// The similar question that came nearest, when it is not the standard one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wording: Option<String>,
    /// What would be said.
    pub answers: Vec<Content>,
    /// How near, 1 at most.
    pub score: f32,
    /// How probably it answers the question, 0 to 1.
    pub confidence: f32,
    /// Which pieces of the question were found.
    pub why: Vec<PieceView>,
    /// Which feature gave how many points; they add up to the score.
    pub points: Vec<PointsView>,
    /// How often agents chose it; more than 100 are not counted.
    pub chosen: i64,
    /// Who gave the answer, for one that a person gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

impl AnswerCandidate {
    fn of((found, chosen, by): (Found, i64, Option<String>)) -> Self {
        let id = match found.source {
            Source::Entry => EntryId::from_raw(found.id).to_string(),
            Source::QuickReply => QuickReplyId::from_raw(found.id).to_string(),
            Source::Given => GivenAnswerId::from_raw(found.id).to_string(),
        };
        let piece = |it: retrieval::Match| PieceView { text: it.text, by_sound: it.by_sound };
        let points = found.why.points.into_iter().map(|(feature, _, points)| PointsView { feature, points });
        Self {
            source: found.source,
            id,
            is_shared: found.is_shared,
            title: found.title,
            wording: found.wording,
            answers: found.answers,
            score: found.score,
            confidence: found.confidence,
            why: found.why.matched.into_iter().map(piece).collect(),
            points: points.collect(),
            chosen,
            by,
        }
    }
}

/// The candidate that a message was made of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChoiceBody {
    /// The customer's message that is answered, as the candidates named it.
    asked: Option<MessageId>,
    /// The agent's own words, when the candidates were looked for by them.
    query: Option<String>,
    /// Where the candidate comes from.
    source: Source,
    /// Its key there.
    id: String,
    /// Its place in the list, 1 to 10.
    rank: i64,
}

impl From<ChoiceBody> for Chosen {
    fn from(it: ChoiceBody) -> Self {
        let ChoiceBody { asked, query, source, id, rank } = it;
        Self { asked, query, source, id, rank }
    }
}

/// What colleagues said of the bot's answers in a thread.
#[derive(Debug, Serialize, ToSchema)]
pub struct Judgements {
    /// One for a message at most.
    pub items: Vec<Judgement>,
}

/// What a colleague said of an answer of the bot.
#[derive(Debug, Serialize, ToSchema)]
pub struct Judgement {
    /// The answer.
    pub message: MessageId,
    /// Whether it was right.
    pub right: bool,
    /// The entry that answered.
    pub entry: EntryId,
    /// The entry that would have been right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<JudgedEntry>,
    /// Who says so.
    pub by: String,
    /// When.
    pub at: Time,
}

/// An entry that would have been right.
#[derive(Debug, Serialize, ToSchema)]
pub struct JudgedEntry {
    /// Its key.
    pub id: EntryId,
    /// Its standard question.
    pub question: String,
    /// Whether it is headquarters': then it is found among the shared entries.
    pub is_shared: bool,
}

impl From<Judged> for Judgements {
    fn from(it: Judged) -> Self {
        let Judged { marks, entries, names } = it;
        let item = |mark: Mark| Judgement {
            message: mark.message,
            right: mark.is_right,
            entry: mark.entry,
            instead: mark.instead.and_then(|id| {
                let (question, is_shared) = entries.get(&id)?.clone();
                Some(JudgedEntry { id, question, is_shared })
            }),
            by: names.get(&mark.user).cloned().unwrap_or_default(),
            at: mark.at,
        };
        Self { items: marks.into_iter().map(item).collect() }
    }
}

/// What colleagues said of the bot's answers in a thread.
#[utoipa::path(
    get, path = "/threads/{id}/judgements", tag = "desk", params(("id" = ThreadId, Path)),
    responses((status = 200, body = Judgements))
)]
async fn list_judgements(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<ThreadId>,
) -> Answer<Judgements> {
    Ok(Json(judging::list(&ctx, &actor, id).await?.into()))
}

/// What is said of an answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JudgementInput {
    /// Whether it was right.
    right: bool,
    /// Of a wrong one: the entry that would have been right.
    instead: Option<EntryId>,
}

/// Says of an answer that the bot gave from the base whether it was right: learning takes it for the truth. What was
/// said of it before is written over.
#[utoipa::path(
    put, path = "/messages/{id}/judgement", tag = "desk", params(("id" = MessageId, Path)),
    request_body = JudgementInput, responses((status = 200, body = Judgements))
)]
async fn judge_answer(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<MessageId>,
    Json(input): Json<JudgementInput>,
) -> Answer<Judgements> {
    let thread = judging::judge(&ctx, &actor, id, input.right, input.instead).await?;
    Ok(Json(judging::list(&ctx, &actor, thread).await?.into()))
}

/// Takes back what was said of an answer.
#[utoipa::path(
    delete, path = "/messages/{id}/judgement", tag = "desk", params(("id" = MessageId, Path)),
    responses((status = 204))
)]
async fn take_back_judgement(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<MessageId>,
) -> Result<StatusCode, Problem> {
    judging::take_back(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The ten best answers to the customer's last question, with the reasons.
#[utoipa::path(
    get, path = "/threads/{id}/candidates", tag = "desk", params(("id" = ThreadId, Path), CandidateQuery),
    responses((status = 200, body = Candidates))
)]
async fn list_candidates(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<ThreadId>,
    Query(query): Query<CandidateQuery>,
) -> Answer<Candidates> {
    let found = ops::find(&ctx, &actor, id, query.query).await?;
    let items = found.items.into_iter().map(AnswerCandidate::of).collect();
    Ok(Json(Candidates { message: found.message, text: found.text, items }))
}
