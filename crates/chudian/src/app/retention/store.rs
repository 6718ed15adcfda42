//! What is old, over the tables of several domains; and its end.

use crate::base::Result;
use crate::base::id::{MediaId, TenantId};
use crate::base::time::Time;
use crate::db::{Tx, args};

/// Removes the oldest messages with keys below `floor`, at most `limit`, with how they were delivered. Gives how
/// many of whose.
pub(super) fn clear_messages(tx: &mut Tx<'_>, floor: i64, limit: u32) -> Result<Vec<(TenantId, i64)>> {
    let last = tx
        .first(
            "select max(old.id) from (select id from messages where id < $1 order by id limit $2) old",
            args![floor, limit],
            |row| row.get::<Option<i64>>(0),
        )?
        .flatten();
    let Some(last) = last else { return Ok(Vec::new()) };
    let counts = tx.all(
        "select tenant_id, count(*) from messages where id <= $1 group by tenant_id",
        args![last],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    tx.execute("delete from deliveries where message_id <= $1 and settled_at is not null", args![last])?;
    // A thread whose newest message goes has none any more; its numbers go on.
    tx.execute(
        "update threads set last_message_id = null
         where id in (select thread_id from messages where id <= $1) and last_message_id <= $1",
        args![last],
    )?;
    tx.execute("delete from messages where id <= $1", args![last])?;
    // What was learnt from them, in the words of customers and agents; it is written after its message.
    tx.execute("delete from given_answers where id <= $1", args![last])?;
    tx.execute("delete from answer_choices where id <= $1", args![last])?;
    tx.execute("delete from answer_marks where message_id <= $1", args![last])?;
    tx.execute("delete from unmatched_questions where id <= $1", args![last])?;
    tx.execute("delete from dismissed_questions where until_key <= $1", args![last])?;
    tx.execute("delete from kb_use_samples where id <= $1", args![last])?;
    Ok(counts)
}

/// A file that was not used for long.
#[derive(Debug)]
pub(super) struct OldFile {
    pub(super) key: i64,
    pub(super) id: MediaId,
    pub(super) tenant: TenantId,
    pub(super) path: Option<String>,
}

/// Files after the key `after` that were neither made nor said since `before`, by key.
pub(super) fn list_old_files(tx: &mut Tx<'_>, before: Time, after: i64, limit: u32) -> Result<Vec<OldFile>> {
    tx.all(
        "select id, tenant_id, path from media
         where id > $1 and created_at < $2 and (used_at is null or used_at < $2) order by id limit $3",
        args![after, before, limit],
        |row| Ok(OldFile { key: row.get(0)?, id: row.get(0)?, tenant: row.get(1)?, path: row.get(2)? }),
    )
}

/// All texts of a tenant's editors in which a file is named.
pub(super) fn list_texts_with_files(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for sql in [
        "select answers from kb_entries where tenant_id = $1 and answers like '%med_%'",
        "select channel_answers from kb_entries where tenant_id = $1 and channel_answers like '%med_%'",
        "select body from kb_drafts where tenant_id = $1 and body like '%med_%'",
        "select body from kb_versions where tenant_id = $1 and body like '%med_%'",
        "select answers from keywords where tenant_id = $1 and answers like '%med_%'",
        "select answers from quick_replies where tenant_id = $1 and answers like '%med_%'",
        "select tree from menus where tenant_id = $1 and tree like '%med_%'",
        "select body from bot_settings where tenant_id = $1 and body like '%med_%'",
    ] {
        texts.append(&mut tx.all(sql, args![tenant], |row| row.get::<String>(0))?);
    }
    Ok(texts)
}

/// Removes a file's row and the platforms' ids of it.
pub(super) fn delete_file(tx: &mut Tx<'_>, it: &OldFile) -> Result<()> {
    tx.execute("delete from platform_media where media_id = $1", args![it.id])?;
    tx.execute("delete from media where tenant_id = $1 and id = $2", args![it.tenant, it.id])?;
    Ok(())
}
