//! Test sets and rehearsals over HTTP.

pub mod rehearsals;

use std::collections::HashMap;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::id::{EntryId, TestRunId, TestSetId};
use crate::base::time::Time;
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Path};

use super::model::{Expects, Outcome, TestQuestion, TestRun, Verdict};
use super::ops::{self, Found};

/// The routes of test sets and rehearsals.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_test_sets, create_test_set))
        .routes(routes!(get_test_set, update_test_set, delete_test_set))
        .routes(routes!(run_test_set))
        .routes(routes!(read_test_lines))
        .merge(rehearsals::routes())
}

// Sets ---------------------------------------------------------------------------------------------

/// What came out of a set, in figures.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TestRunHead)]
pub struct RunHead {
    /// Its key.
    pub id: TestRunId,
    /// When.
    pub at: Time,
    /// How many questions came out right.
    pub right: i64,
    /// Of how many of which something is expected.
    pub checked: i64,
}

impl From<&TestRun> for RunHead {
    fn from(run: &TestRun) -> Self {
        Self { id: run.id, at: run.at, right: run.right, checked: run.checked }
    }
}

/// A set of test questions in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TestSetHead)]
pub struct SetHead {
    /// Its key.
    pub id: TestSetId,
    /// Its name.
    pub name: String,
    /// How many questions it has.
    pub questions: usize,
    /// When it was changed last.
    pub updated_at: Time,
    /// Its two newest runs, newest first: the second says whether the first is a fall.
    pub runs: Vec<RunHead>,
}

/// All sets.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestSets {
    /// Oldest first.
    pub items: Vec<SetHead>,
}

/// A test question with the name of what is expected.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TestQuestionView)]
pub struct QuestionView {
    /// A customer's words.
    pub question: String,
    /// What is expected.
    pub expects: Expects,
    /// The entry that is expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryId>,
    /// The standard question of the entry; absent when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry_question: Option<String>,
}

impl QuestionView {
    fn of(asked: TestQuestion, names: &HashMap<EntryId, String>) -> Self {
        let TestQuestion { question, expects, entry } = asked;
        let entry_question = entry.and_then(|it| names.get(&it)).cloned();
        Self { question, expects, entry, entry_question }
    }
}

/// What came out of one question.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TestResult)]
pub struct ResultView {
    /// What was asked and expected.
    #[serde(flatten)]
    pub asked: QuestionView,
    /// What came out.
    pub outcome: Outcome,
    /// How it compares.
    pub verdict: Verdict,
    /// How it compared in the run before; absent when it was not asked then, or something else was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict_before: Option<Verdict>,
}

/// A set of test questions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TestSet)]
pub struct SetView {
    /// Its key.
    pub id: TestSetId,
    /// Its name.
    pub name: String,
    /// Its questions.
    pub questions: Vec<QuestionView>,
    /// Rises with each change.
    pub version: i64,
    /// When it was changed last.
    pub updated_at: Time,
    /// Its runs, newest first, at most 20.
    pub runs: Vec<RunHead>,
    /// What came out of the newest run, question by question.
    pub results: Vec<ResultView>,
}

impl From<Found> for SetView {
    fn from(found: Found) -> Self {
        let Found { set, mut runs, names } = found;
        let heads = runs.iter().map(RunHead::from).collect();
        let mut results = runs.iter_mut().map(|it| std::mem::take(&mut it.results));
        let (newest, before) = (results.next().unwrap_or_default(), results.next().unwrap_or_default());
        let before: HashMap<TestQuestionKey, Verdict> =
            before.iter().map(|it| (key(&it.asked), it.verdict)).collect();
        let results = newest.into_iter().map(|it| ResultView {
            verdict_before: before.get(&key(&it.asked)).copied(),
            asked: QuestionView::of(it.asked, &names),
            outcome: it.outcome,
            verdict: it.verdict,
        });
        Self {
            id: set.id,
            name: set.name,
            results: results.collect(),
            questions: set.questions.into_iter().map(|it| QuestionView::of(it, &names)).collect(),
            version: set.version,
            updated_at: set.updated_at,
            runs: heads,
        }
    }
}

type TestQuestionKey = (String, Option<EntryId>);

fn key(it: &TestQuestion) -> TestQuestionKey {
    (it.question.clone(), it.entry)
}

/// A set as an editor writes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TestSetInput)]
pub struct SetInput {
    /// Its name.
    name: String,
    /// Its questions, at most 500; empty and repeated ones are left out.
    questions: Vec<TestQuestion>,
    /// The version that was seen: when another one is there by now, the change is refused with 409. Absent:
    /// whatever is there is written over.
    version: Option<i64>,
}

/// All sets of test questions.
#[utoipa::path(
    get, path = "/knowledge/test-sets", tag = "knowledge", responses((status = 200, body = TestSets))
)]
async fn list_test_sets(State(ctx): State<Ctx>, actor: Actor) -> Answer<TestSets> {
    let items = ops::list(&ctx, &actor).await?.into_iter().map(|Found { set, runs, .. }| SetHead {
        id: set.id,
        name: set.name,
        questions: set.questions.len(),
        updated_at: set.updated_at,
        runs: runs.iter().map(RunHead::from).collect(),
    });
    Ok(Json(TestSets { items: items.collect() }))
}

/// Makes a set of test questions.
#[utoipa::path(
    post, path = "/knowledge/test-sets", tag = "knowledge", request_body = SetInput,
    responses((status = 201, body = SetView))
)]
async fn create_test_set(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(input): Json<SetInput>,
) -> Result<(StatusCode, Json<SetView>), Problem> {
    let made = ops::create(&ctx, &actor, &input.name, input.questions).await?;
    Ok((StatusCode::CREATED, Json(ops::get(&ctx, &actor, made.id).await?.into())))
}

/// One set with what came out of it last.
#[utoipa::path(
    get, path = "/knowledge/test-sets/{id}", tag = "knowledge", params(("id" = TestSetId, Path)),
    responses((status = 200, body = SetView))
)]
async fn get_test_set(State(ctx): State<Ctx>, actor: Actor, Path(id): Path<TestSetId>) -> Answer<SetView> {
    Ok(Json(ops::get(&ctx, &actor, id).await?.into()))
}

/// Writes a set.
#[utoipa::path(
    put, path = "/knowledge/test-sets/{id}", tag = "knowledge", params(("id" = TestSetId, Path)),
    request_body = SetInput, responses((status = 200, body = SetView))
)]
async fn update_test_set(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<TestSetId>,
    Json(input): Json<SetInput>,
) -> Answer<SetView> {
    ops::update(&ctx, &actor, id, (&input.name, input.questions), input.version).await?;
    Ok(Json(ops::get(&ctx, &actor, id).await?.into()))
}

/// Removes a set.
#[utoipa::path(
    delete, path = "/knowledge/test-sets/{id}", tag = "knowledge", params(("id" = TestSetId, Path)),
    responses((status = 204))
)]
async fn delete_test_set(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<TestSetId>,
) -> Result<StatusCode, Problem> {
    ops::delete(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks the bot all questions of a set, as it is now, and keeps what comes out.
#[utoipa::path(
    post, path = "/knowledge/test-sets/{id}/runs", tag = "knowledge", params(("id" = TestSetId, Path)),
    responses((status = 200, body = SetView))
)]
async fn run_test_set(State(ctx): State<Ctx>, actor: Actor, Path(id): Path<TestSetId>) -> Answer<SetView> {
    ops::run(&ctx, &actor, id).await?;
    Ok(Json(ops::get(&ctx, &actor, id).await?.into()))
}

/// Lines to be read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TestLinesInput)]
pub struct LinesInput {
    /// A question a line, and after a tab or a comma the standard question that is expected, or `-` for none. At
    /// most 1000 lines.
    text: String,
}

/// Lines that were read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TestLines)]
pub struct LinesView {
    /// The questions.
    pub questions: Vec<QuestionView>,
    /// The lines that name an entry which is not there.
    pub errors: Vec<LineError>,
}

/// A line that cannot be used.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TestLineError)]
pub struct LineError {
    /// Its number, from 1.
    pub line: usize,
    /// The question.
    pub question: String,
    /// The standard question that no entry has.
    pub expected: String,
}

/// Reads pasted lines as test questions; nothing is stored.
#[utoipa::path(
    post, path = "/knowledge/test-lines", tag = "knowledge", request_body = LinesInput,
    responses((status = 200, body = LinesView))
)]
async fn read_test_lines(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(input): Json<LinesInput>,
) -> Answer<LinesView> {
    let read = ops::read_lines(&ctx, &actor, input.text).await?;
    let questions = read.questions.into_iter().map(|it| QuestionView::of(it, &read.names)).collect();
    let errors = read.bad.into_iter().map(|it| LineError {
        line: it.line,
        question: it.question,
        expected: it.expected,
    });
    Ok(Json(LinesView { questions, errors: errors.collect() }))
}
