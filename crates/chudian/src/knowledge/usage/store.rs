//! The tables of uses, of their samples, and of how far was counted.

use std::collections::HashMap;

use crate::base::Result;
use crate::base::id::{EntryId, TenantId, ThreadId};
use crate::db::{Row, Tx, args};

use super::model::{Sample, Uses, Way};

/// So many samples are kept for an entry, the newest ones.
pub const MOST_SAMPLES: u32 = 50;

/// How far was counted; 0 before the first time.
pub fn get_seen(tx: &mut Tx<'_>, name: &str) -> Result<i64> {
    let found = tx.first("select seen from kb_use_cursors where name = $1", args![name], |row| row.get(0))?;
    Ok(found.unwrap_or_default())
}

/// Notes how far was counted, if it was counted to `from` before; false when somebody else was quicker.
pub fn set_seen(tx: &mut Tx<'_>, name: &str, from: i64, until: i64) -> Result<bool> {
    let changed = tx.execute(
        "insert into kb_use_cursors (name, seen) values ($1, $3)
         on conflict (name) do update set seen = excluded.seen where kb_use_cursors.seen = $2",
        args![name, from, until],
    )?;
    Ok(changed > 0)
}

/// Adds uses of a day.
pub fn add(tx: &mut Tx<'_>, tenant: TenantId, entry: EntryId, day: &str, it: Uses) -> Result<()> {
    tx.execute(
        "insert into kb_uses (tenant_id, entry_id, day, answered, picked, offered, chosen, solved, unsolved)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (tenant_id, entry_id, day) do update set
             answered = kb_uses.answered + excluded.answered, picked = kb_uses.picked + excluded.picked,
             offered = kb_uses.offered + excluded.offered, chosen = kb_uses.chosen + excluded.chosen,
             solved = kb_uses.solved + excluded.solved, unsolved = kb_uses.unsolved + excluded.unsolved",
        args![tenant, entry, day, it.answered, it.picked, it.offered, it.chosen, it.solved, it.unsolved],
    )?;
    Ok(())
}

/// Keeps a sample.
pub fn insert_sample(tx: &mut Tx<'_>, tenant: TenantId, entry: EntryId, it: &Sample) -> Result<()> {
    tx.execute(
        "insert into kb_use_samples (tenant_id, entry_id, id, way, question, thread_id, conversation_id, at, helped)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            tenant,
            entry,
            it.key,
            it.way.name(),
            it.question,
            it.thread,
            it.conversation,
            it.at,
            it.helped.map(i64::from)
        ],
    )?;
    Ok(())
}

/// So many samples of an entry are kept, more than are shown: a customer may say minutes later whether it helped.
const KEPT_SAMPLES: u32 = 1000;

/// Forgets the oldest samples of an entry beyond `KEPT_SAMPLES`.
pub fn trim_samples(tx: &mut Tx<'_>, tenant: TenantId, entry: EntryId) -> Result<()> {
    let oldest: Option<i64> = tx.first(
        "select id from kb_use_samples where tenant_id = $1 and entry_id = $2 order by id desc limit 1 offset $3",
        args![tenant, entry, KEPT_SAMPLES - 1],
        |row| row.get(0),
    )?;
    if let Some(oldest) = oldest {
        tx.execute(
            "delete from kb_use_samples where tenant_id = $1 and entry_id = $2 and id < $3",
            args![tenant, entry, oldest],
        )?;
    }
    Ok(())
}

/// The newest sample of an entry in a thread.
pub fn find_sample(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    entry: EntryId,
    thread: ThreadId,
) -> Result<Option<Sample>> {
    tx.first(
        "select id, way, question, thread_id, conversation_id, at, helped from kb_use_samples
         where tenant_id = $1 and entry_id = $2 and thread_id = $3 order by id desc limit 1",
        args![tenant, entry, thread],
        sample,
    )
}

/// Notes on a sample whether it helped.
pub fn set_helped(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    entry: EntryId,
    sample: i64,
    helped: bool,
) -> Result<()> {
    tx.execute(
        "update kb_use_samples set helped = $4 where tenant_id = $1 and entry_id = $2 and id = $3",
        args![tenant, entry, sample, i64::from(helped)],
    )?;
    Ok(())
}

/// The samples of an entry, newest first.
pub fn list_samples(tx: &mut Tx<'_>, tenant: TenantId, entry: EntryId) -> Result<Vec<Sample>> {
    tx.all(
        "select id, way, question, thread_id, conversation_id, at, helped from kb_use_samples
         where tenant_id = $1 and entry_id = $2 order by id desc limit $3",
        args![tenant, entry, MOST_SAMPLES],
        sample,
    )
}

fn sample(row: &Row<'_>) -> Result<Sample> {
    Ok(Sample {
        key: row.get(0)?,
        way: Way::from_name(&row.get::<String>(1)?),
        question: row.get(2)?,
        thread: row.get(3)?,
        conversation: row.get(4)?,
        at: row.get(5)?,
        helped: row.get::<Option<i64>>(6)?.map(|it| it != 0),
    })
}

/// The days of an entry from `day` on on which it was used, oldest first.
pub fn list_days(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    entry: EntryId,
    day: &str,
) -> Result<Vec<(String, Uses)>> {
    tx.all(
        "select day, answered, picked, offered, chosen, solved, unsolved from kb_uses
         where tenant_id = $1 and entry_id = $2 and day >= $3 order by day",
        args![tenant, entry, day],
        |row| Ok((row.get(0)?, uses(row, 1)?)),
    )
}

/// The uses of all entries from `day` on, added up. What was not used is not in it.
pub fn sum_by_entry(tx: &mut Tx<'_>, tenant: TenantId, day: &str) -> Result<HashMap<EntryId, Uses>> {
    // Cast: PostgreSQL adds whole numbers up to ones without a bound.
    let found = tx.all(
        "select entry_id, cast(sum(answered) as bigint), cast(sum(picked) as bigint), cast(sum(offered) as bigint),
             cast(sum(chosen) as bigint), cast(sum(solved) as bigint), cast(sum(unsolved) as bigint)
         from kb_uses where tenant_id = $1 and day >= $2 group by entry_id",
        args![tenant, day],
        |row| Ok((row.get::<EntryId>(0)?, uses(row, 1)?)),
    )?;
    Ok(found.into_iter().collect())
}

/// The uses of an entry by the members of the tenant that shares it, each added up.
pub fn sum_by_member(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    entry: EntryId,
    day: &str,
) -> Result<Vec<(TenantId, String, Uses)>> {
    tx.all(
        "select t.id, t.name, cast(sum(u.answered) as bigint), cast(sum(u.picked) as bigint),
             cast(sum(u.offered) as bigint), cast(sum(u.chosen) as bigint), cast(sum(u.solved) as bigint),
             cast(sum(u.unsolved) as bigint)
         from tenants t join kb_uses u on u.tenant_id = t.id
         where t.parent_id = $1 and u.entry_id = $2 and u.day >= $3 group by t.id, t.name order by t.id",
        args![tenant, entry, day],
        |row| Ok((row.get(0)?, row.get(1)?, uses(row, 2)?)),
    )
}

/// The uses of all entries that a tenant shares, by all its members together.
pub fn sum_of_members(tx: &mut Tx<'_>, tenant: TenantId, day: &str) -> Result<HashMap<EntryId, Uses>> {
    let found = tx.all(
        "select u.entry_id, cast(sum(u.answered) as bigint), cast(sum(u.picked) as bigint),
             cast(sum(u.offered) as bigint), cast(sum(u.chosen) as bigint), cast(sum(u.solved) as bigint),
             cast(sum(u.unsolved) as bigint)
         from kb_entries e join tenants t on t.parent_id = e.tenant_id
             join kb_uses u on u.tenant_id = t.id and u.entry_id = e.id
         where e.tenant_id = $1 and e.sharing is not null and u.day >= $2 group by u.entry_id",
        args![tenant, day],
        |row| Ok((row.get::<EntryId>(0)?, uses(row, 1)?)),
    )?;
    Ok(found.into_iter().collect())
}

fn uses(row: &Row<'_>, first: usize) -> Result<Uses> {
    Ok(Uses {
        answered: row.get(first)?,
        picked: row.get(first + 1)?,
        offered: row.get(first + 2)?,
        chosen: row.get(first + 3)?,
        solved: row.get(first + 4)?,
        unsolved: row.get(first + 5)?,
    })
}

/// Forgets samples with keys below `floor`.
pub fn forget_old(tx: &mut Tx<'_>, floor: i64) -> Result<()> {
    tx.execute("delete from kb_use_samples where id < $1", args![floor])?;
    Ok(())
}

/// Forgets sums of days before `day`, some thousand rows at a time; whether there may be more. Nobody can look back further.
pub fn forget_days(tx: &mut Tx<'_>, day: &str) -> Result<bool> {
    const AT_ONCE: u64 = 5_000;
    let gone = tx.execute(
        "delete from kb_uses where (tenant_id, entry_id, day) in
             (select tenant_id, entry_id, day from kb_uses where day < $1 limit 5000)",
        args![day],
    )?;
    Ok(gone >= AT_ONCE)
}
