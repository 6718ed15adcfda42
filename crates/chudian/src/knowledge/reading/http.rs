//! Reading over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::content::Content;
use crate::base::id::{EntryId, TenantId, UserId};
use crate::base::time::Time;
use crate::ctx::Ctx;
use crate::knowledge::view::Person;
use crate::tenants::role::Role;
use crate::web::actor::Actor;
use crate::web::error::{Answer, Problem};
use crate::web::extract::{Json, Path};

use super::model::{QuizQuestion, ReadingBody, Record};
use super::ops::{self, Demand, Item, MemberReading, Overview};

/// The routes of reading.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_readers))
        .routes(routes!(list_my_readings))
        .routes(routes!(get_my_reading, answer_reading))
        .routes(routes!(get_entry_reading, put_entry_reading, delete_entry_reading))
}

// The reader ---------------------------------------------------------------------------------------

/// What I must read.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadingList {
    /// Unread first.
    pub items: Vec<ReadingItem>,
    /// How many are unread, or their quiz is not passed.
    pub unread: usize,
}

/// An entry on my list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadingItem {
    /// Which.
    pub entry: EntryId,
    /// Its standard question.
    pub question: String,
    /// Since when it is asked.
    pub asked_at: Time,
    /// How many questions its quiz has.
    pub questions: usize,
    /// What I did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<ReadingRecord>,
}

/// What somebody did who must read an entry.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReadingRecord {
    /// When, at the last try.
    pub read_at: Time,
    /// Which version of the entry.
    pub entry_version: i64,
    /// How many answers were right, at the last try.
    pub score: i64,
    /// Of how many.
    pub questions: i64,
    /// How often the quiz was answered.
    pub tries: i64,
    /// Whether it is read: all answers were right, or there was no quiz.
    pub passed: bool,
}

impl From<Record> for ReadingRecord {
    fn from(it: Record) -> Self {
        let passed = it.is_passed();
        let Record { read_at, entry_version, score, questions, tries, .. } = it;
        Self { read_at, entry_version, score, questions, tries, passed }
    }
}

/// What I must read, or have read: entries that editors ask my role or me to know.
#[utoipa::path(
    get, path = "/knowledge/readings", tag = "knowledge", responses((status = 200, body = ReadingList))
)]
async fn list_my_readings(State(ctx): State<Ctx>, actor: Actor) -> Answer<ReadingList> {
    let found = ops::list_mine(&ctx, &actor).await?;
    let unread = found.iter().filter(|it| !it.is_read()).count();
    let items = found.into_iter().map(|it| ReadingItem {
        entry: it.entry.id,
        question: it.entry.body.question,
        asked_at: it.reading.asked_at,
        questions: it.reading.body.quiz.len(),
        record: it.record.map(ReadingRecord::from),
    });
    Ok(Json(ReadingList { items: items.collect(), unread }))
}

/// An entry to be read, with its quiz.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadingText {
    /// Which.
    pub entry: EntryId,
    /// The version that is read.
    pub entry_version: i64,
    /// Its standard question.
    pub question: String,
    /// What customers are answered.
    pub answers: Vec<Content>,
    /// To be sent with the answers.
    pub round: i64,
    /// What is asked after reading.
    pub quiz: Vec<ReadingQuestion>,
    /// What I did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<ReadingRecord>,
}

/// A question of a quiz.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadingQuestion {
    /// What is asked.
    pub question: String,
    /// Of which one is right.
    pub choices: Vec<String>,
    /// Which is right, from 0: told to who has passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub right: Option<usize>,
}

impl From<Item> for ReadingText {
    fn from(it: Item) -> Self {
        let is_done = it.is_read();
        let question = |it: QuizQuestion| ReadingQuestion {
            question: it.question,
            choices: it.choices,
            right: is_done.then_some(it.right),
        };
        Self {
            entry: it.entry.id,
            entry_version: it.entry.version,
            question: it.entry.body.question,
            answers: it.entry.body.answers,
            round: it.reading.round,
            quiz: it.reading.body.quiz.into_iter().map(question).collect(),
            record: it.record.map(ReadingRecord::from),
        }
    }
}

/// An entry that I must read, with its quiz.
#[utoipa::path(
    get, path = "/knowledge/readings/{id}", tag = "knowledge", params(("id" = EntryId, Path)),
    responses((status = 200, body = ReadingText))
)]
async fn get_my_reading(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
) -> Answer<ReadingText> {
    Ok(Json(ops::find_mine(&ctx, &actor, id).await?.into()))
}

/// I have read it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadingAnswers {
    /// The round that was seen.
    round: i64,
    /// My choice for each question of the quiz, from 0.
    answers: Vec<usize>,
}

/// Says that I have read an entry, with my answers to its quiz. It is read when all of them are right; until then I may
/// answer again.
#[utoipa::path(
    post, path = "/knowledge/readings/{id}", tag = "knowledge", params(("id" = EntryId, Path)),
    request_body = ReadingAnswers, responses((status = 200, body = ReadingText))
)]
async fn answer_reading(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
    Json(body): Json<ReadingAnswers>,
) -> Answer<ReadingText> {
    Ok(Json(ops::answer(&ctx, &actor, id, body.round, body.answers).await?.into()))
}

// The editor ---------------------------------------------------------------------------------------

/// Who must read an entry, and who has.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryReading {
    /// Everybody of these roles. Empty, as all else, when nobody is asked.
    pub roles: Vec<Role>,
    /// And these people.
    pub users: Vec<UserId>,
    /// The quiz with its right choices.
    pub quiz: Vec<QuizQuestion>,
    /// Since when it is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Time>,
    /// Rises with each change; 0: nobody is asked.
    pub version: i64,
    /// The present version of the entry.
    pub entry_version: i64,
    /// Everybody who is asked.
    pub readers: Vec<EntryReader>,
    /// Of an entry that is shared: the members that ask their own people to read it.
    pub members: Vec<ReadingMember>,
}

/// How far a member is with an entry that is shared with it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadingMember {
    /// Which.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// How many of its people are asked.
    pub asked: usize,
    /// How many of them have read it, and passed its quiz.
    pub read: usize,
    /// How many answered the quiz, and have not passed.
    pub failed: usize,
}

impl From<MemberReading> for ReadingMember {
    fn from(it: MemberReading) -> Self {
        let MemberReading { member, name, asked, read, failed } = it;
        Self { id: member, name, asked, read, failed }
    }
}

/// Somebody who must read an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryReader {
    /// Who.
    pub user: Person,
    /// What they did; absent: nothing yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<ReadingRecord>,
}

impl From<Overview> for EntryReading {
    fn from(it: Overview) -> Self {
        let readers = it.readers.into_iter().map(|(user, record)| EntryReader {
            user: Person { id: user.id, name: user.name },
            record: record.map(ReadingRecord::from),
        });
        let (asked_at, version, body) = match it.reading {
            Some(it) => (Some(it.asked_at), it.version, it.body),
            None => (None, 0, ReadingBody::default()),
        };
        let ReadingBody { roles, users, quiz } = body;
        Self {
            roles,
            users,
            quiz,
            asked_at,
            version,
            entry_version: it.entry_version,
            readers: readers.collect(),
            members: it.members.into_iter().map(ReadingMember::from).collect(),
        }
    }
}

/// Who must read an entry, and who has.
#[utoipa::path(
    get, path = "/knowledge/entries/{id}/reading", tag = "knowledge", params(("id" = EntryId, Path)),
    responses((status = 200, body = EntryReading))
)]
async fn get_entry_reading(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
) -> Answer<EntryReading> {
    Ok(Json(ops::overview(&ctx, &actor, id).await?.into()))
}

/// Who is to read an entry.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryReadingInput {
    /// Everybody of these roles.
    #[serde(default)]
    roles: Vec<Role>,
    /// And these people.
    #[serde(default)]
    users: Vec<UserId>,
    /// One to five questions, or none.
    #[serde(default)]
    quiz: Vec<QuizQuestion>,
    /// Ask everybody again, also those who have read it: after an important change. Another quiz does so too.
    #[serde(default)]
    again: bool,
    /// The version that was seen: when another one is there by now, the change is refused with 409; 0 for none.
    /// Absent: whatever is there is written over.
    version: Option<i64>,
}

/// The people who may be asked to read something.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadingPeople {
    /// By their order of coming; nobody who is locked out.
    pub items: Vec<Person>,
}

/// The people who may be asked to read something: an editor names them without the right to see users.
#[utoipa::path(
    get, path = "/knowledge/readers", tag = "knowledge", responses((status = 200, body = ReadingPeople))
)]
async fn list_readers(State(ctx): State<Ctx>, actor: Actor) -> Answer<ReadingPeople> {
    let people = ops::list_people(&ctx, &actor).await?.into_iter();
    Ok(Json(ReadingPeople { items: people.map(|(id, name)| Person { id, name }).collect() }))
}

/// Asks people to read an entry that is published.
#[utoipa::path(
    put, path = "/knowledge/entries/{id}/reading", tag = "knowledge", params(("id" = EntryId, Path)),
    request_body = EntryReadingInput, responses((status = 200, body = EntryReading))
)]
async fn put_entry_reading(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
    Json(input): Json<EntryReadingInput>,
) -> Answer<EntryReading> {
    let EntryReadingInput { roles, users, quiz, again, version } = input;
    let demand = Demand { body: ReadingBody { roles, users, quiz }, again, version };
    Ok(Json(ops::demand(&ctx, &actor, id, demand).await?.into()))
}

/// Asks nobody any more. Who has read it stays known, should it be asked again.
#[utoipa::path(
    delete, path = "/knowledge/entries/{id}/reading", tag = "knowledge", params(("id" = EntryId, Path)),
    responses((status = 204))
)]
async fn delete_entry_reading(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
) -> Result<StatusCode, Problem> {
    ops::withdraw(&ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
