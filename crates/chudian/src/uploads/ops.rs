//! What one may do with files: add one, look at its row, read its bytes.

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::audit::ops::record;
use crate::base::id::MediaId;
use crate::base::{Error, Result};
use crate::ctx::Ctx;
use crate::media::model::{Media, MediaState, check_upload, clean_name, recognise};
use crate::media::table;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

/// Takes a file. What it is, its bytes say.
///
/// # Errors
/// `Denied` without the right; `Invalid` when it is empty or too large.
pub async fn add(ctx: &Ctx, actor: &Actor, name: &str, bytes: Vec<u8>) -> Result<Media> {
    actor.require(Permission::MediaUpload)?;
    check_upload(bytes.len(), ctx.config.limits.upload_bytes)?;
    let (kind, mime) = recognise(&bytes);
    let (size, digest) = (bytes.len(), hex::encode(Sha256::digest(&bytes)));
    let path = ctx.files.put(bytes).await?;
    let (actor, name) = (actor.clone(), clean_name(name));
    ctx.db
        .write(move |tx| {
            let media = Media {
                id: tx.new_id(),
                tenant: actor.tenant,
                kind,
                mime: mime.to_owned(),
                name,
                size: i64::try_from(size).unwrap_or(i64::MAX),
                path: Some(path),
                state: MediaState::Stored,
                source: None,
                created_at: tx.now(),
            };
            table::insert(tx, &media)?;
            let detail = json!({ "mime": media.mime, "size": media.size, "sha256": digest });
            record(tx, &actor, "media.upload", media.id, detail)?;
            Ok(media)
        })
        .await
}

/// A file's row.
///
/// # Errors
/// `Denied` without the right; `Missing` when it is not there or another tenant's.
pub async fn get(ctx: &Ctx, actor: &Actor, id: MediaId) -> Result<Media> {
    actor.require(Permission::MediaRead)?;
    let tenant = actor.tenant;
    ctx.db.read(move |tx| table::get(tx, tenant, id)).await
}

/// A file with its bytes.
///
/// # Errors
/// As [`get`]; `Missing` too while the bytes are not here yet, or will never come.
pub async fn read(ctx: &Ctx, actor: &Actor, id: MediaId) -> Result<(Media, Vec<u8>)> {
    let media = get(ctx, actor, id).await?;
    let path = media.path.as_deref().filter(|_| media.state == MediaState::Stored);
    let path = path.ok_or_else(|| match media.state {
        MediaState::Lost => Error::missing("media.lost", "the platform no longer has this file"),
        _ => Error::missing("media.pending", "the file is still being fetched; try again in a moment"),
    })?;
    let bytes = ctx.files.get(path).await?;
    Ok((media, bytes))
}
