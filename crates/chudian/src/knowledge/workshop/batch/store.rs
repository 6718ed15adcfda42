//! The table of batches.

use crate::base::id::{DraftBatchId, TenantId};
use crate::base::{Error, Result};
use crate::db::{Row, Tx, args};

use super::model::{Act, Batch, Seen};

/// What [`batch`] reads, in its order.
macro_rules! columns {
    () => {
        "id, act, note, drafts, done_to, done, remaining, made_at, made_by, ended_at, cancelled_at"
    };
}

/// Keeps a new batch of these drafts.
pub(super) fn insert(tx: &mut Tx<'_>, tenant: TenantId, batch: &Batch, items: &[Seen]) -> Result<()> {
    tx.execute(
        concat!(
            "insert into kb_draft_batches (tenant_id, items, ",
            columns!(),
            ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        ),
        args![
            tenant,
            text(&items)?,
            batch.id,
            batch.act.text(),
            batch.note,
            count(batch.drafts),
            count(batch.done_to),
            count(batch.done),
            text(&batch.remaining)?,
            batch.made_at,
            batch.made_by,
            batch.ended_at,
            batch.cancelled_at
        ],
    )?;
    Ok(())
}

/// A batch.
pub(super) fn find(tx: &mut Tx<'_>, tenant: TenantId, id: DraftBatchId) -> Result<Option<Batch>> {
    let sql = concat!("select ", columns!(), " from kb_draft_batches where tenant_id = $1 and id = $2");
    tx.first(sql, args![tenant, id], batch)
}

/// The drafts of a batch that goes on; none once it has ended.
pub(super) fn find_items(tx: &mut Tx<'_>, tenant: TenantId, id: DraftBatchId) -> Result<Vec<Seen>> {
    let sql = "select items from kb_draft_batches where tenant_id = $1 and id = $2";
    Ok(tx.first(sql, args![tenant, id], |row| row.json(0))?.unwrap_or_default())
}

/// The latest batches, newest first.
pub(super) fn list(tx: &mut Tx<'_>, tenant: TenantId, limit: u32) -> Result<Vec<Batch>> {
    let sql = concat!(
        "select ",
        columns!(),
        " from kb_draft_batches where tenant_id = $1 order by id desc limit $2"
    );
    tx.all(sql, args![tenant, limit], batch)
}

/// Writes how far a batch has come that had come to `before`; false when somebody else brought it further or stopped it.
/// Of one that has ended nobody needs the list of its drafts any more.
pub(super) fn put(tx: &mut Tx<'_>, tenant: TenantId, batch: &Batch, before: usize) -> Result<bool> {
    let changed = tx.execute(
        "update kb_draft_batches
         set done_to = $3, done = $4, remaining = $5, ended_at = $6, cancelled_at = $7,
             items = case when $9 = 1 then '[]' else items end
         where tenant_id = $1 and id = $2 and done_to = $8 and ended_at is null",
        args![
            tenant,
            batch.id,
            count(batch.done_to),
            count(batch.done),
            text(&batch.remaining)?,
            batch.ended_at,
            batch.cancelled_at,
            count(before),
            i64::from(batch.ended_at.is_some())
        ],
    )?;
    Ok(changed > 0)
}

fn batch(row: &Row<'_>) -> Result<Batch> {
    let act = row.get::<String>(1)?;
    let act = Act::named(&act)
        .ok_or_else(|| Error::internal("knowledge.batch_act", format!("no act is called {act}")))?;
    Ok(Batch {
        id: row.get(0)?,
        act,
        note: row.get(2)?,
        drafts: size(row.get(3)?),
        done_to: size(row.get(4)?),
        done: size(row.get(5)?),
        remaining: row.json(6)?,
        made_at: row.get(7)?,
        made_by: row.get(8)?,
        ended_at: row.get(9)?,
        cancelled_at: row.get(10)?,
    })
}

fn text(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| {
        Error::internal("knowledge.batch_text", "a batch could not be written down").because(error)
    })
}

fn count(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

fn size(count: i64) -> usize {
    usize::try_from(count).unwrap_or_default()
}
