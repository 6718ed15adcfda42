//! The use of entries over HTTP.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::base::id::{ConversationId, EntryId, TenantId, ThreadId};
use crate::base::time::Time;
use crate::ctx::Ctx;
use crate::knowledge::learning::model::Marks;
use crate::web::actor::Actor;
use crate::web::error::Answer;
use crate::web::extract::{Json, Path, Query};

use super::model::{Sample, Uses, Way};
use super::ops::{self, Order, Ranked};

/// The routes of the use of entries.
pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(get_entry_use)).routes(routes!(rank_entries))
}

/// How far to look back.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct UseQuery {
    /// So many days, today included: 1 to 400.
    #[serde(default = "a_month")]
    days: u32,
}

fn a_month() -> u32 {
    30
}

/// How an entry was used.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EntryUse)]
pub struct EntryUseView {
    /// Days on which it was used, oldest first.
    pub days: Vec<DayOfUse>,
    /// All of them together.
    pub total: Uses,
    /// What was asked, newest first, at most 50; long numbers are masked.
    pub samples: Vec<UseSample>,
    /// Of an entry that is shared with members: how often each used it, the busiest first.
    pub members: Vec<MemberUse>,
    /// What colleagues said of its answers.
    pub marks: Marks,
}

/// How often a member used a shared entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberUse {
    /// Which member.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// How often.
    #[serde(flatten)]
    pub uses: Uses,
}

/// A day.
#[derive(Debug, Serialize, ToSchema)]
pub struct DayOfUse {
    /// `2026-11-22`, on the tenant's calendar.
    pub day: String,
    /// How often.
    #[serde(flatten)]
    pub uses: Uses,
}

/// What somebody asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct UseSample {
    /// The customer's words.
    pub question: String,
    /// How the entry came to them.
    pub way: Way,
    /// Whether the customer said that it helped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub helped: Option<bool>,
    /// When.
    pub at: Time,
    /// Where.
    pub thread: ThreadId,
    /// In which conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
}

impl From<Sample> for UseSample {
    fn from(it: Sample) -> Self {
        let Sample { way, question, thread, conversation, at, helped, .. } = it;
        Self { question, way, helped, at, thread, conversation }
    }
}

/// How often an entry answered, was offered, picked and chosen, day by day, and what was asked. Of a shared entry a member
/// sees its own, and headquarters the sum of each member besides. The newest uses are some seconds behind.
#[utoipa::path(
    get, path = "/knowledge/entries/{id}/use", tag = "knowledge", params(("id" = EntryId, Path), UseQuery),
    responses((status = 200, body = EntryUseView))
)]
async fn get_entry_use(
    State(ctx): State<Ctx>,
    actor: Actor,
    Path(id): Path<EntryId>,
    Query(query): Query<UseQuery>,
) -> Answer<EntryUseView> {
    let found = ops::of_entry(&ctx, &actor, id, query.days).await?;
    Ok(Json(EntryUseView {
        days: found.days.into_iter().map(|(day, uses)| DayOfUse { day, uses }).collect(),
        total: found.total,
        samples: found.samples.into_iter().map(UseSample::from).collect(),
        marks: found.marks,
        members: found.members.into_iter().map(|(id, name, uses)| MemberUse { id, name, uses }).collect(),
    }))
}

/// Which entries, how far back.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RankQuery {
    /// So many days, today included: 1 to 400.
    #[serde(default = "a_month")]
    days: u32,
    /// Which come first.
    #[serde(default)]
    #[param(inline)]
    order: Order,
}

/// The entries by their use.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryRanking {
    /// At most 200.
    pub items: Vec<RankedEntry>,
    /// How many entries the bot may say: own ones, and those that headquarters shares.
    pub entries: usize,
    /// How many of them answered nobody.
    pub unused: usize,
}

/// An entry and its use.
#[derive(Debug, Serialize, ToSchema)]
pub struct RankedEntry {
    /// Which.
    pub id: EntryId,
    /// Its standard question.
    pub question: String,
    /// Whether it is headquarters': then it is found among the shared entries.
    pub is_shared: bool,
    /// How often.
    #[serde(flatten)]
    pub uses: Uses,
    /// How often members answered with it, all together: of entries that are shared with them.
    pub member_hits: i64,
}

/// The entries that the bot may say by how often they answered, or by how often customers said that they did not help.
#[utoipa::path(
    get, path = "/knowledge/uses", tag = "knowledge", params(RankQuery), responses((status = 200, body = EntryRanking))
)]
async fn rank_entries(
    State(ctx): State<Ctx>,
    actor: Actor,
    Query(query): Query<RankQuery>,
) -> Answer<EntryRanking> {
    let found = ops::rank(&ctx, &actor, query.days, query.order).await?;
    let item = |it: Ranked| RankedEntry {
        id: it.entry,
        question: it.question,
        is_shared: it.is_shared,
        uses: it.uses,
        member_hits: it.members.hits(),
    };
    Ok(Json(EntryRanking {
        items: found.items.into_iter().map(item).collect(),
        entries: found.entries,
        unused: found.unused,
    }))
}
