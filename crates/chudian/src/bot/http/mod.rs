//! Keyword rules, menus, settings and the test bench over HTTP.

pub mod keywords;
pub mod menus;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::content::Content;
use crate::base::id::{EntryId, InboxId};
use crate::ctx::Ctx;
use crate::knowledge::rehearsal::AcceptQuery;
use crate::web::actor::Actor;
use crate::web::error::Answer;
use crate::web::extract::{Json, Query};

use super::bench::{self, Trial};
use super::model::Reason;
use super::ops;
use super::settings::BotSettings;

/// The routes of this domain.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .merge(keywords::routes())
        .merge(menus::routes())
        .routes(routes!(get_bot_settings, put_bot_settings))
        .routes(routes!(test_bot))
}

/// How the bot behaves.
#[utoipa::path(get, path = "/bot/settings", tag = "bot", responses((status = 200, body = BotSettings)))]
async fn get_bot_settings(State(ctx): State<Ctx>, actor: Actor) -> Answer<BotSettings> {
    Ok(Json(ops::get_settings(&ctx, &actor).await?))
}

/// Writes how the bot behaves. What is left out gets its default.
#[utoipa::path(
    put, path = "/bot/settings", tag = "bot", params(AcceptQuery), request_body = BotSettings, responses((status = 200, body = BotSettings))
)]
async fn put_bot_settings(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(query): Query<AcceptQuery>,
    Json(settings): Json<BotSettings>,
) -> Answer<BotSettings> {
    Ok(Json(ops::put_settings(&ctx, &actor, settings, query.accept_fall).await?))
}

/// What is tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialInput {
    /// What the customer would send or do.
    content: Content,
    /// Where, for taps on an account's menu and for answers of its channel.
    inbox: Option<InboxId>,
    /// What the trial before gave back; absent: begin anew.
    session: Option<String>,
}

/// What came out.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialView {
    /// What would be said.
    pub replies: Vec<Content>,
    /// To be given with the next trial.
    pub session: String,
    /// The steps.
    pub reasons: Vec<Reason>,
    /// What the base has, nearest first, also where something else answered.
    pub candidates: Vec<CandidateView>,
    /// A model would be asked first, and the replies said only without an answer of it.
    pub generates: bool,
}

/// A candidate from the base.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Candidate)]
pub struct CandidateView {
    /// The entry.
    pub entry: EntryId,
    /// Its standard question.
    pub question: String,
    /// Whether it is headquarters': then it is found among the shared entries.
    pub is_shared: bool,
    /// How near, 1 at most.
    pub score: f32,
    /// How probably it answers the question, 0 to 1.
    pub confidence: f32,
    /// Which pieces of the question were found.
    pub why: Vec<PieceView>,
    /// Words of the question that met the wording in another form.
    pub synonyms: Vec<SynonymView>,
    /// Which feature gave how many points; they add up to the score.
    pub points: Vec<PointsView>,
}

/// A word that was compared in another form.
#[derive(Debug, Serialize, ToSchema)]
pub struct SynonymView {
    /// As the question has it.
    pub written: String,
    /// As it was compared.
    pub form: String,
}

/// A piece of a question.
#[derive(Debug, Serialize, ToSchema)]
pub struct PieceView {
    /// The piece.
    pub text: String,
    /// Whether only its sound was found.
    pub by_sound: bool,
}

/// What a feature gave.
#[derive(Debug, Serialize, ToSchema)]
pub struct PointsView {
    /// Its name, such as `characters.question`.
    pub feature: &'static str,
    /// Its points.
    pub points: f32,
}

/// Tells what the bot would answer, and why. Nothing is stored.
#[utoipa::path(
    post, path = "/bot/test", tag = "bot", request_body = TrialInput, responses((status = 200, body = TrialView))
)]
async fn test_bot(State(ctx): State<Ctx>, actor: Actor, Json(input): Json<TrialInput>) -> Answer<TrialView> {
    let TrialInput { content, inbox, session } = input;
    let outcome = bench::test(&ctx, &actor, Trial { content, inbox, session }).await?;
    let candidates = outcome.candidates.into_iter().map(|it| CandidateView {
        entry: it.entry,
        question: it.question,
        is_shared: it.is_shared,
        score: it.score,
        confidence: it.confidence,
        why: it.matched.into_iter().map(|(text, by_sound)| PieceView { text, by_sound }).collect(),
        synonyms: it.synonyms.into_iter().map(|(written, form)| SynonymView { written, form }).collect(),
        points: it.points.into_iter().map(|(feature, points)| PointsView { feature, points }).collect(),
    });
    Ok(Json(TrialView {
        replies: outcome.replies,
        session: outcome.session,
        reasons: outcome.reasons,
        candidates: candidates.collect(),
        generates: outcome.generates,
    }))
}
