//! The table of quick replies.

use crate::base::id::{QuickReplyId, TenantId, UserId};
use crate::base::{Error, Result};
use crate::db::{Row, Tx, args};

use super::model::{QuickReply, QuickReplyBody};

/// Everybody's, and those of one person, oldest first.
pub fn list(tx: &mut Tx<'_>, tenant: TenantId, user: Option<UserId>) -> Result<Vec<QuickReply>> {
    tx.all(
        "select id, owner_id, shortcut, title, answers, version, updated_at from quick_replies
         where tenant_id = $1 and (owner_id is null or owner_id = $2) order by id",
        args![tenant, user.unwrap_or(UserId(0))],
        quick_reply,
    )
}

/// One that everybody or this person has.
pub fn find(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    user: Option<UserId>,
    id: QuickReplyId,
) -> Result<Option<QuickReply>> {
    tx.first(
        "select id, owner_id, shortcut, title, answers, version, updated_at from quick_replies
         where tenant_id = $1 and id = $3 and (owner_id is null or owner_id = $2)",
        args![tenant, user.unwrap_or(UserId(0)), id],
        quick_reply,
    )
}

/// How many there are: everybody's, or one person's.
pub fn count(tx: &mut Tx<'_>, tenant: TenantId, owner: Option<UserId>) -> Result<i64> {
    let found = tx.first(
        "select count(*) from quick_replies where tenant_id = $1 and coalesce(owner_id, 0) = $2",
        args![tenant, owner.unwrap_or(UserId(0))],
        |row| row.get(0),
    )?;
    Ok(found.unwrap_or_default())
}

/// Writes a new one.
pub fn insert(tx: &mut Tx<'_>, tenant: TenantId, it: &QuickReply, by: Option<UserId>) -> Result<()> {
    tx.execute(
        "insert into quick_replies (id, tenant_id, owner_id, shortcut, title, answers, version, updated_at, updated_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            it.id,
            tenant,
            it.owner,
            it.body.shortcut,
            it.body.title,
            json(&it.body)?,
            it.version,
            it.updated_at,
            by
        ],
    )?;
    Ok(())
}

/// Writes a change; false when it is gone or somebody was faster.
pub fn update(tx: &mut Tx<'_>, tenant: TenantId, it: &QuickReply, by: Option<UserId>) -> Result<bool> {
    let changed = tx.execute(
        "update quick_replies set shortcut = $3, title = $4, answers = $5, version = $6, updated_at = $7, updated_by = $8
         where tenant_id = $1 and id = $2 and version + 1 = $6",
        args![
            tenant,
            it.id,
            it.body.shortcut,
            it.body.title,
            json(&it.body)?,
            it.version,
            it.updated_at,
            by
        ],
    )?;
    Ok(changed > 0)
}

/// Removes one.
pub fn delete(tx: &mut Tx<'_>, tenant: TenantId, id: QuickReplyId) -> Result<()> {
    tx.execute("delete from quick_replies where tenant_id = $1 and id = $2", args![tenant, id])?;
    Ok(())
}

fn json(body: &QuickReplyBody) -> Result<String> {
    serde_json::to_string(&body.answers).map_err(|error| {
        Error::internal("quick_reply.json", "a quick reply could not be written down").because(error)
    })
}

fn quick_reply(row: &Row<'_>) -> Result<QuickReply> {
    let body = QuickReplyBody { shortcut: row.get(2)?, title: row.get(3)?, answers: row.json(4)? };
    Ok(QuickReply {
        id: row.get(0)?,
        owner: row.get(1)?,
        body,
        version: row.get(5)?,
        updated_at: row.get(6)?,
    })
}
