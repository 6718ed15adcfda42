//! Rehearsals over HTTP.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::id::{EntryId, KeywordId, RehearsalId, TestSetId, WordGroupId};
use crate::base::time::Time;
use crate::base::{Error, Kind as ErrorKind, Result};
use crate::bot::http::keywords::KeywordInput;
use crate::bot::menu::Node;
use crate::bot::regression::acts::{self, Act};
use crate::bot::regression::board::Rehearsal;
use crate::bot::regression::members::Asked;
use crate::bot::regression::model::{Effect, Outcome, Verdict};
use crate::bot::regression::rehearse::Difference;
use crate::bot::settings::BotSettings;
use crate::ctx::Ctx;
use crate::knowledge::model::Validity;
use crate::knowledge::rehearsal::Fall;
use crate::knowledge::words::model::WordKind;
use crate::knowledge::words::ops::WordsAct;
use crate::knowledge::words::paste;
use crate::web::actor::Actor;
use crate::web::error::Answer;
use crate::web::extract::{Json, Path};

/// The routes of rehearsals.
pub(super) fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(begin_rehearsal)).routes(routes!(get_rehearsal))
}

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
    /// To write words of one meaning, or a protected name: `words`, and `group` unless it is a new one.
    PutWords,
    /// To say that two words mean the same: `words`.
    JoinWords,
    /// To remove words: `group`.
    DeleteWords,
    /// To take pasted words over: `text` and `kind`.
    PasteWords,
    /// To write a keyword rule: `rule`, and `keyword` unless it is a new one.
    PutKeyword,
    /// To remove a keyword rule: `keyword`.
    DeleteKeyword,
    /// To write the text menu: `text_menu`.
    PutTextMenu,
    /// To forget what was learnt.
    ForgetLearning,
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
    /// The group of words.
    group: Option<WordGroupId>,
    /// What is said of the words.
    kind: Option<WordKind>,
    /// The words of a group.
    #[serde(default)]
    words: Vec<String>,
    /// Pasted words, one group a line.
    text: Option<String>,
    /// The keyword rule.
    keyword: Option<KeywordId>,
    /// What it would say.
    rule: Option<KeywordInput>,
    /// The text menu as it would be.
    text_menu: Option<Node>,
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
            ActName::PutTextMenu => Act::TextMenu(self.text_menu.ok_or_else(|| missing("text_menu"))?),
            ActName::ForgetLearning => Act::Forget,
            ActName::PutKeyword => {
                let (body, _) = self.rule.ok_or_else(|| missing("rule"))?.split();
                Act::Keyword(self.keyword, Some(body))
            }
            ActName::DeleteKeyword => {
                Act::Keyword(Some(self.keyword.ok_or_else(|| missing("keyword"))?), None)
            }
            ActName::PutWords => Act::Words(match self.group {
                Some(group) => WordsAct::Change(group, self.words),
                None => WordsAct::Create(self.kind.ok_or_else(|| missing("kind"))?, self.words),
            }),
            ActName::JoinWords => Act::Words(WordsAct::Import(WordKind::Synonyms, vec![(1, self.words)])),
            ActName::DeleteWords => Act::Words(WordsAct::Delete(self.group.ok_or_else(|| missing("group"))?)),
            ActName::PasteWords => {
                let kind = self.kind.ok_or_else(|| missing("kind"))?;
                let text = self.text.ok_or_else(|| missing("text"))?;
                Act::Words(WordsAct::Import(kind, paste::lines(&text)?))
            }
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
    /// Of a change that headquarters shares: what the members' test sets say; absent when nobody was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub members: Option<MembersView>,
}

/// What the members' test sets say of a change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RehearsalMembers)]
pub struct MembersView {
    /// How many members were asked: those that see what changes and expect something.
    pub asked: usize,
    /// How many were not asked, because they are too many or time was over.
    pub left_out: usize,
    /// The sets that would fare worse.
    pub falls: Vec<MemberFall>,
}

/// A member's set that would fare worse.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberFall {
    /// Which.
    pub set: TestSetId,
    /// The member's name.
    pub member: String,
    /// The set's name.
    pub name: String,
    /// How many questions come out right now.
    pub before: usize,
    /// How many would.
    pub after: usize,
    /// Of how many.
    pub checked: usize,
}

impl From<&Fall> for MemberFall {
    fn from(it: &Fall) -> Self {
        let Fall { set, name, member, before, after, checked } = it.clone();
        Self { set, member: member.unwrap_or_default(), name, before, after, checked }
    }
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
        members: None,
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
            let Asked { asked, left_out, falls } = &found.members;
            view.members = (asked + left_out > 0).then(|| MembersView {
                asked: *asked,
                left_out: *left_out,
                falls: falls.iter().map(MemberFall::from).collect(),
            });
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
    let rehearsal = acts::rehearse(&ctx, &actor, input.act()?).await?;
    rehearsal.wait(acts::WAIT).await;
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
    Ok(Json(shown(&*acts::get_rehearsal(&ctx, &actor, id).await?)?))
}
