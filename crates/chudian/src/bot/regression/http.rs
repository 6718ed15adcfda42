//! Test sets and rehearsals over HTTP.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::id::{EntryId, RehearsalId, TestRunId, TestSetId};
use crate::base::time::Time;
use crate::base::{Error, Kind as ErrorKind, Result};
use crate::bot::settings::BotSettings;
use crate::ctx::Ctx;
use crate::knowledge::model::Validity;
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Path};

use super::board::Rehearsal;
use super::model::{Effect, Outcome, TestQuestion, TestRun, Verdict};
use super::ops::{self, Act, Found};
use super::rehearse::Difference;

/// The routes of test sets and rehearsals.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_test_sets, create_test_set))
        .routes(routes!(get_test_set, update_test_set, delete_test_set))
        .routes(routes!(run_test_set))
        .routes(routes!(read_test_lines))
        .routes(routes!(begin_rehearsal))
        .routes(routes!(get_rehearsal))
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
    /// What is asked and expected.
    #[serde(flatten)]
    pub question: TestQuestion,
    /// The standard question of the entry; absent when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry_question: Option<String>,
}

impl QuestionView {
    fn of(question: TestQuestion, names: &HashMap<EntryId, String>) -> Self {
        let entry_question = question.entry.and_then(|it| names.get(&it)).cloned();
        Self { question, entry_question }
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

// Rehearsals ---------------------------------------------------------------------------------------

/// What is about to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActName {
    /// To publish the text that is given.
    Write,
    /// To publish the draft.
    Draft,
    /// To bring a version back.
    Restore,
    /// To switch the entry on.
    Enable,
    /// To switch it off.
    Disable,
    /// To remove it.
    Delete,
    /// To set the bot otherwise.
    Settings,
}

/// What is to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RehearsalInput)]
pub struct RehearsalInput {
    /// What is about to be done.
    act: ActName,
    /// With which entry; absent for a new one and for settings.
    entry: Option<EntryId>,
    /// Restoring: the version.
    version: Option<i64>,
    /// Writing: the standard question.
    question: Option<String>,
    /// Writing: other wordings.
    #[serde(default)]
    similar: Vec<String>,
    /// Writing: not before.
    valid_from: Option<Time>,
    /// Writing: not from here on.
    valid_until: Option<Time>,
    /// The bot's settings as they would be.
    settings: Option<BotSettings>,
}

impl RehearsalInput {
    fn act(self) -> Result<Act> {
        let missing = |field: &'static str| {
            let why = format!("name `{field}` for this act");
            Error::invalid("rehearsal.incomplete", why.clone()).field(field, why)
        };
        let entry = self.entry.ok_or_else(|| missing("entry"));
        Ok(match self.act {
            ActName::Write => Act::Write {
                entry: self.entry,
                question: self.question.ok_or_else(|| missing("question"))?,
                similar: self.similar,
                validity: Validity { from: self.valid_from, until: self.valid_until },
            },
            ActName::Draft => Act::Draft(entry?),
            ActName::Restore => Act::Restore(entry?, self.version.ok_or_else(|| missing("version"))?),
            ActName::Enable => Act::Switch(entry?, true),
            ActName::Disable => Act::Switch(entry?, false),
            ActName::Delete => Act::Delete(entry?),
            ActName::Settings => Act::Settings(Box::new(self.settings.ok_or_else(|| missing("settings"))?)),
        })
    }
}

/// How far a rehearsal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RehearsalState {
    /// Questions are being asked.
    Running,
    /// All is told.
    Done,
}

/// A set on both sides.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SetScore)]
pub struct ScoreView {
    /// Which.
    pub set: TestSetId,
    /// Its name.
    pub name: String,
    /// How many questions come out right now.
    pub before: usize,
    /// How many would.
    pub after: usize,
    /// Of how many.
    pub checked: usize,
}

/// A question that would come out differently.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RehearsalDifference)]
pub struct DifferenceView {
    /// The words.
    pub question: String,
    /// The set that it is of; absent: a customer asked it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<TestSetId>,
    /// What the change does to it.
    pub effect: Effect,
    /// It is a wording of the very entry that changes.
    pub own: bool,
    /// What comes out now.
    pub before: Outcome,
    /// What would come out.
    pub after: Outcome,
    /// Of a test question: how that compares with what is expected, now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict_before: Option<Verdict>,
    /// And then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict_after: Option<Verdict>,
}

impl From<&Difference> for DifferenceView {
    fn from(it: &Difference) -> Self {
        Self {
            question: it.question.clone(),
            set: it.set,
            effect: it.effect,
            own: it.is_own,
            before: it.before.clone(),
            after: it.after.clone(),
            verdict_before: it.verdicts.map(|it| it.0),
            verdict_after: it.verdicts.map(|it| it.1),
        }
    }
}

/// A rehearsal.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rehearsal)]
pub struct RehearsalView {
    /// Its key; it is forgotten after ten minutes.
    pub id: RehearsalId,
    /// How far it is.
    pub state: RehearsalState,
    /// How many questions were asked.
    pub done: usize,
    /// Of how many; 0 until that is known.
    pub total: usize,
    /// How many of them were asked by customers.
    pub customers: usize,
    /// How many were left out because time was over.
    pub left_out: usize,
    /// Whether a set fares worse: publishing needs `accept_fall` then.
    pub falls: bool,
    /// The sets.
    pub sets: Vec<ScoreView>,
    /// The differences, losses first; at most 200.
    pub differences: Vec<DifferenceView>,
    /// How many there are.
    pub different: usize,
}

/// A rehearsal as far as it is.
fn shown(rehearsal: &Rehearsal) -> Result<RehearsalView> {
    let (done, total) = rehearsal.progress();
    let mut view = RehearsalView {
        id: rehearsal.id,
        state: RehearsalState::Running,
        done,
        total,
        customers: 0,
        left_out: 0,
        falls: false,
        sets: Vec::new(),
        differences: Vec::new(),
        different: 0,
    };
    match rehearsal.found() {
        None => {}
        Some(Err(error)) if error.kind == ErrorKind::Internal => {
            return Err(Error::internal("rehearsal.failed", error.to_string()));
        }
        Some(Err(error)) => return Err(Error::busy("rehearsal.failed", error.message.clone())),
        Some(Ok(found)) => {
            view.state = RehearsalState::Done;
            view.done = total - found.left_out;
            view.customers = found.customers;
            view.left_out = found.left_out;
            view.falls = !found.falls().is_empty();
            view.sets = found
                .sets
                .iter()
                .map(|it| ScoreView {
                    set: it.set,
                    name: it.name.clone(),
                    before: it.before,
                    after: it.after,
                    checked: it.checked,
                })
                .collect();
            view.differences = found.differences.iter().map(DifferenceView::from).collect();
            view.different = found.different;
        }
    }
    Ok(view)
}

/// Asks the test sets and the latest questions of customers of the bot as it is and as it would be after an act, and
/// tells what would come out differently. Nothing is written. Answers after a moment, done or still running.
#[utoipa::path(
    post, path = "/knowledge/rehearsals", tag = "knowledge", request_body = RehearsalInput,
    responses((status = 200, body = RehearsalView))
)]
async fn begin_rehearsal(
    State(ctx): State<Ctx>,
    actor: Actor,
    Json(input): Json<RehearsalInput>,
) -> Answer<RehearsalView> {
    let rehearsal = ops::rehearse(&ctx, &actor, input.act()?).await?;
    rehearsal.wait(ops::WAIT).await;
    Ok(Json(shown(&rehearsal)?))
}

/// A rehearsal that was begun; the answer waits a moment for its end.
#[utoipa::path(
    get, path = "/knowledge/rehearsals/{id}", tag = "knowledge", params(("id" = RehearsalId, Path)),
    responses((status = 200, body = RehearsalView))
)]
async fn get_rehearsal(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<RehearsalId>,
) -> Answer<RehearsalView> {
    Ok(Json(shown(&*ops::get_rehearsal(&ctx, &actor, id).await?)?))
}
