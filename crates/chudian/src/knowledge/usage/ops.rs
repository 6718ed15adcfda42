//! What one may know about the use of entries.

use crate::base::id::{EntryId, TenantId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::ops::get;
use crate::knowledge::store as entries;
use crate::tenants::store as tenants;
use crate::web::actor::Actor;
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
}

/// How an entry was used within the last `days` days, today included.
///
/// # Errors
/// `Denied` without the right; `Missing`; `Invalid` for too many days.
pub async fn of_entry(ctx: &Ctx, actor: &Actor, id: EntryId, days: u32) -> Result<EntryUse> {
    actor.require(Permission::KnowledgeEdit)?;
    get(ctx, actor, id).await?;
    let tenant = actor.tenant;
    let back = back(days)?;
    ctx.db
        .read(move |tx| {
            let from = day(tx.now().plus(-back), &zone(tx, tenant)?);
            let days = store::list_days(tx, tenant, id, &from)?;
            let mut total = Uses::default();
            days.iter().for_each(|it| total += it.1);
            Ok(EntryUse { days, total, samples: store::list_samples(tx, tenant, id)? })
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

/// The entries by their use.
#[derive(Debug)]
pub struct Ranking {
    /// At most 200.
    pub items: Vec<(EntryId, String, Uses)>,
    /// How many entries are published.
    pub entries: usize,
    /// How many of them answered nobody.
    pub unused: usize,
}

/// The published entries by their use within the last `days` days.
///
/// # Errors
/// `Denied` without the right; `Invalid` for too many days.
pub async fn rank(ctx: &Ctx, actor: &Actor, days: u32, order: Order) -> Result<Ranking> {
    actor.require(Permission::KnowledgeEdit)?;
    let tenant = actor.tenant;
    let back = back(days)?;
    let (published, sums) = ctx
        .db
        .read(move |tx| {
            let from = day(tx.now().plus(-back), &zone(tx, tenant)?);
            Ok((entries::list_published(tx, tenant)?, store::sum_by_entry(tx, tenant, &from)?))
        })
        .await?;
    let mut items: Vec<(EntryId, String, Uses)> = published
        .into_iter()
        .map(|it| (it.id, it.body.question, sums.get(&it.id).copied().unwrap_or_default()))
        .collect();
    let (entries, unused) = (items.len(), items.iter().filter(|it| it.2.hits() == 0).count());
    match order {
        Order::Most => items.sort_by_key(|it| std::cmp::Reverse(it.2.hits())),
        Order::Least => items.sort_by_key(|it| (it.2.hits(), it.2.offered)),
        Order::Unsolved => {
            items.retain(|it| it.2.unsolved > 0);
            items.sort_by_key(|it| (std::cmp::Reverse(it.2.unsolved), it.2.solved));
        }
    }
    items.truncate(LISTED);
    Ok(Ranking { items, entries, unused })
}
