//! The tables of twins.

use crate::base::Result;
use crate::base::id::{EntryId, TenantId, UserId};
use crate::base::time::Time;
use crate::db::{Tx, args};

/// A pair as the last search found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The smaller key.
    pub one: EntryId,
    /// The other.
    pub other: EntryId,
    /// A wording of the one.
    pub one_wording: String,
    /// The wording of the other that is nearly the same.
    pub other_wording: String,
    /// How sure that is, in percent.
    pub confidence: i64,
}

/// When a base was searched last, and how many wordings it had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Search {
    /// When it ended.
    pub finished_at: Time,
    /// How many wordings were looked at.
    pub wordings: i64,
}

/// Writes what a search found in the place of what the one before it found. Dismissed pairs stay dismissed.
pub fn replace(tx: &mut Tx<'_>, tenant: TenantId, pairs: &[Pair], wordings: i64) -> Result<()> {
    let now = tx.now();
    tx.execute("delete from kb_twins where tenant_id = $1 and dismissed_at is null", args![tenant])?;
    for it in pairs {
        tx.execute(
            "insert into kb_twins (tenant_id, one_id, other_id, one_wording, other_wording, confidence, found_at)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (tenant_id, one_id, other_id) do nothing",
            args![tenant, it.one, it.other, it.one_wording, it.other_wording, it.confidence, now],
        )?;
    }
    tx.execute(
        "insert into kb_twin_searches (tenant_id, finished_at, wordings) values ($1, $2, $3)
         on conflict (tenant_id) do update set finished_at = excluded.finished_at, wordings = excluded.wordings",
        args![tenant, now, wordings],
    )?;
    Ok(())
}

/// The pairs that nobody dismissed, the surest first.
pub fn list(tx: &mut Tx<'_>, tenant: TenantId, limit: u32) -> Result<Vec<Pair>> {
    tx.all(
        "select one_id, other_id, one_wording, other_wording, confidence from kb_twins
         where tenant_id = $1 and dismissed_at is null order by confidence desc, one_id, other_id limit $2",
        args![tenant, limit],
        |row| {
            Ok(Pair {
                one: row.get(0)?,
                other: row.get(1)?,
                one_wording: row.get(2)?,
                other_wording: row.get(3)?,
                confidence: row.get(4)?,
            })
        },
    )
}

/// When the base was searched last.
pub fn find_search(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Option<Search>> {
    tx.first(
        "select finished_at, wordings from kb_twin_searches where tenant_id = $1",
        args![tenant],
        |row| Ok(Search { finished_at: row.get(0)?, wordings: row.get(1)? }),
    )
}

/// Says of a pair that both are right as they are; false when it is not told.
pub fn dismiss(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    (one, other): (EntryId, EntryId),
    by: Option<UserId>,
) -> Result<bool> {
    let now = tx.now();
    let changed = tx.execute(
        "update kb_twins set dismissed_at = $4, dismissed_by = $5
         where tenant_id = $1 and one_id = $2 and other_id = $3 and dismissed_at is null",
        args![tenant, one, other, now, by],
    )?;
    Ok(changed > 0)
}
