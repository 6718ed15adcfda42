//! The rows of files.

use crate::base::id::{InboxId, MediaId, TenantId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::db::{Row, Tx, args};

use super::model::{Media, MediaKind, MediaSource, MediaState};

fn media(row: &Row<'_>) -> Result<Media> {
    let source: Option<String> = row.get(8)?;
    Ok(Media {
        id: row.get(0)?,
        tenant: row.get(1)?,
        kind: MediaKind::parse(&row.get::<String>(2)?),
        mime: row.get(3)?,
        name: row.get(4)?,
        size: row.get(5)?,
        path: row.get(6)?,
        state: MediaState::parse(&row.get::<String>(7)?),
        source: source.and_then(|it| serde_json::from_str::<MediaSource>(&it).ok()),
        created_at: row.get(9)?,
    })
}

/// Writes a new file's row.
pub fn insert(tx: &mut Tx<'_>, media: &Media) -> Result<()> {
    let source = media.source.as_ref().map(serde_json::to_string).transpose().map_err(|error| {
        Error::internal("media.source", "a file's source could not be written down").because(error)
    })?;
    tx.execute(
        "insert into media (id, tenant_id, kind, mime, name, size, path, state, source, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        args![
            media.id,
            media.tenant,
            media.kind.as_str(),
            media.mime,
            media.name,
            media.size,
            media.path,
            media.state.as_str(),
            source,
            media.created_at
        ],
    )?;
    Ok(())
}

/// A tenant's file.
pub fn find(tx: &mut Tx<'_>, tenant: TenantId, id: MediaId) -> Result<Option<Media>> {
    tx.first(
        "select id, tenant_id, kind, mime, name, size, path, state, source, created_at from media
         where tenant_id = $1 and id = $2",
        args![tenant, id],
        media,
    )
}

/// A tenant's file, which must be there.
pub fn get(tx: &mut Tx<'_>, tenant: TenantId, id: MediaId) -> Result<Media> {
    find(tx, tenant, id)?.ok_or_else(|| Error::missing("media.missing", "there is no such file"))
}

/// The bytes of a pending file have come.
pub fn set_stored(tx: &mut Tx<'_>, media: &Media) -> Result<()> {
    tx.execute(
        "update media set kind = $3, mime = $4, size = $5, path = $6, state = 'stored', source = null
         where tenant_id = $1 and id = $2",
        args![media.tenant, media.id, media.kind.as_str(), media.mime, media.size, media.path],
    )?;
    Ok(())
}

/// The bytes of a pending file will never come.
pub fn set_lost(tx: &mut Tx<'_>, tenant: TenantId, id: MediaId, why: &str) -> Result<()> {
    tx.execute(
        "update media set state = 'lost', lost_reason = $3 where tenant_id = $1 and id = $2",
        args![tenant, id, why],
    )?;
    Ok(())
}

/// A message names this file.
pub fn set_used(tx: &mut Tx<'_>, tenant: TenantId, id: MediaId) -> Result<()> {
    let now = tx.now();
    tx.execute("update media set used_at = $3 where tenant_id = $1 and id = $2", args![tenant, id, now])?;
    Ok(())
}

/// The platform's id of our file, while it is good for a while yet.
pub fn find_platform_id(
    tx: &mut Tx<'_>,
    inbox: InboxId,
    id: MediaId,
    good_until: Time,
) -> Result<Option<String>> {
    tx.first(
        "select platform_id from platform_media where inbox_id = $1 and media_id = $2 and expires_at > $3",
        args![inbox, id, good_until],
        |row| row.get(0),
    )
}

/// Remembers the platform's id of our file.
pub fn set_platform_id(
    tx: &mut Tx<'_>,
    inbox: InboxId,
    id: MediaId,
    platform_id: &str,
    expires_at: Time,
) -> Result<()> {
    tx.execute(
        "insert into platform_media (inbox_id, media_id, platform_id, expires_at) values ($1, $2, $3, $4)
         on conflict (inbox_id, media_id) do update set platform_id = excluded.platform_id, expires_at = excluded.expires_at",
        args![inbox, id, platform_id, expires_at],
    )?;
    Ok(())
}
