//! What one may know about the use of entries.

use std::collections::HashMap;

use crate::base::id::{EntryId, IdMaker, TenantId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::learning::model::Marks;
use crate::knowledge::learning::store as learning;
use crate::knowledge::shared::ops::list_standing;
use crate::knowledge::shared::store as shared;
use crate::tenants::store as tenants;
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::model::{Sample, Uses};
use super::store;

/// The longest look back, in days.
const MOST_DAYS: u32 = 400;

/// So many entries are listed.
const LISTED: usize = 200;

/// The calendar day of a moment on a tenant's clock.
#[must_use]
pub fn day(at: Time, zone: &str) -> String {
    at.in_zone(zone).date().to_string()
}

/// The calendar's name of a tenant's clock.
pub fn zone(tx: &mut Tx<'_>, tenant: TenantId) -> Result<String> {
    Ok(tenants::find_tenant(tx, tenant)?.map(|it| it.time_zone).unwrap_or_else(|| "UTC".to_owned()))
}

/// How one entry was used.
#[derive(Debug)]
pub struct EntryUse {
    /// Day by day, oldest first; days without any use are left out.
    pub days: Vec<(String, Uses)>,
    /// All of them together.
    pub total: Uses,
    /// What was asked, newest first.
    pub samples: Vec<Sample>,
    /// Of an entry that headquarters shares: its uses by members, the busiest first.
    pub members: Vec<(TenantId, String, Uses)>,
    /// What colleagues said of its answers.
    pub marks: Marks,
}

/// How an entry was used within the last `days` days, today included.
///
/// # Errors
/// `Denied` without the right; `Missing`; `Invalid` for too many days.
pub async fn of_entry(ctx: &Ctx, actor: &Actor, id: EntryId, days: u32) -> Result<EntryUse> {
    actor.require(Permission::KnowledgeEdit)?;
    let tenant = actor.tenant;
    let back = back(days)?;
    ctx.db
        .read(move |tx| {
            shared::find_any(tx, tenant, id)?.ok_or_else(absent)?;
            let from = day(tx.now().plus(-back), &zone(tx, tenant)?);
            let days = store::list_days(tx, tenant, id, &from)?;
            let mut total = Uses::default();
            days.iter().for_each(|it| total += it.1);
            let mut members = store::sum_by_member(tx, tenant, id, &from)?;
            members.sort_by_key(|it| std::cmp::Reverse(it.2.hits()));
            let marks = learning::count_marks(tx, tenant, id, IdMaker::floor(tx.now().plus(-back)))?;
            Ok(EntryUse { days, total, samples: store::list_samples(tx, tenant, id)?, members, marks })
        })
        .await
}

fn back(days: u32) -> Result<i64> {
    if !(1..=MOST_DAYS).contains(&days) {
        let why = format!("1 to {MOST_DAYS} days");
        return Err(Error::invalid("usage.days", why.clone()).field("days", why));
    }
    Ok(i64::from(days - 1) * Time::DAY)
}

/// Which entries come first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = UseOrder)]
pub enum Order {
    /// Those that answer most.
    #[default]
    Most,
    /// Those that never do.
    Least,
    /// Those of which most customers said that they did not help.
    Unsolved,
}

/// An entry with its use.
#[derive(Debug)]
pub struct Ranked {
    /// Which.
    pub entry: EntryId,
    /// Its standard question.
    pub question: String,
    /// Whether it is headquarters'.
    pub is_shared: bool,
    /// How often the tenant used it.
    pub uses: Uses,
    /// How often the members did with whom it is shared, all together.
    pub members: Uses,
}

/// The entries by their use.
#[derive(Debug)]
pub struct Ranking {
    /// At most 200.
    pub items: Vec<Ranked>,
    /// How many entries the bot may say.
    pub entries: usize,
    /// How many of them answered nobody.
    pub unused: usize,
}

/// The entries that the bot may say by their use within the last `days` days.
///
/// # Errors
/// `Denied` without the right; `Invalid` for too many days.
pub async fn rank(ctx: &Ctx, actor: &Actor, days: u32, order: Order) -> Result<Ranking> {
    actor.require(Permission::KnowledgeEdit)?;
    let tenant = actor.tenant;
    let back = back(days)?;
    let (said, sums, of_members) = ctx
        .db
        .read(move |tx| {
            let from = day(tx.now().plus(-back), &zone(tx, tenant)?);
            let of_members = store::sum_of_members(tx, tenant, &from)?;
            Ok((list_standing(tx, tenant)?, store::sum_by_entry(tx, tenant, &from)?, of_members))
        })
        .await?;
    let of = |sums: &HashMap<EntryId, Uses>, id| sums.get(&id).copied().unwrap_or_default();
    let mut items: Vec<Ranked> = said
        .into_iter()
        .map(|it| Ranked {
            entry: it.entry.id,
            uses: of(&sums, it.entry.id),
            members: of(&of_members, it.entry.id),
            question: it.entry.body.question,
            is_shared: it.is_shared,
        })
        .collect();
    let hits = |it: &Ranked| it.uses.hits() + it.members.hits();
    let (entries, unused) = (items.len(), items.iter().filter(|it| hits(it) == 0).count());
    match order {
        Order::Most => items.sort_by_key(|it| std::cmp::Reverse(hits(it))),
        Order::Least => items.sort_by_key(|it| (hits(it), it.uses.offered + it.members.offered)),
        Order::Unsolved => {
            let unsolved = |it: &Ranked| it.uses.unsolved + it.members.unsolved;
            items.retain(|it| unsolved(it) > 0);
            items.sort_by_key(|it| (std::cmp::Reverse(unsolved(it)), it.uses.solved + it.members.solved));
        }
    }
    items.truncate(LISTED);
    Ok(Ranking { items, entries, unused })
}
