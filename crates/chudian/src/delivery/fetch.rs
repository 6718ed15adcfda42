//! Fetches files that customers sent, at once: the platforms keep them for days only.

use serde::Deserialize;

use crate::base::id::{MediaId, TenantId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::bus::{self, Event};
use crate::channels::adapter::{Adapters, Fetched};
use crate::channels::book;
use crate::ctx::Ctx;
use crate::jobs::Outcome;
use crate::media::model::{MediaState, recognise};
use crate::media::table;

#[derive(Deserialize)]
struct Payload {
    media: MediaId,
}

/// Does the job `fetch_media.v1`.
pub async fn run(ctx: Ctx, tenant: TenantId, payload: String) -> Outcome {
    let Ok(Payload { media }) = serde_json::from_str(&payload) else {
        return Outcome::Never(Error::internal("media.payload", "the job names no file"));
    };
    match fetch(&ctx, tenant, media).await {
        Ok(outcome) => outcome,
        Err(error) => Outcome::Later(30 * Time::SECOND, error),
    }
}

async fn fetch(ctx: &Ctx, tenant: TenantId, id: MediaId) -> Result<Outcome> {
    let media = ctx.db.read(move |tx| table::get(tx, tenant, id)).await?;
    let (MediaState::Pending, Some(source)) = (media.state, media.source.clone()) else {
        return Ok(Outcome::Done);
    };
    let inbox = book::get(ctx, source.inbox).await?;
    let adapter = ctx.shelf.get::<Adapters>().get(&inbox.inbox.kind)?;
    match adapter.fetch(ctx, &inbox, &source.platform_id).await {
        Fetched::Bytes(bytes) => {
            let (_, mime) = recognise(&bytes);
            let mut stored = media;
            mime.clone_into(&mut stored.mime);
            stored.size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
            stored.path = Some(ctx.files.put(bytes).await?);
            ctx.db
                .write(move |tx| {
                    table::set_stored(tx, &stored)?;
                    bus::emit(tx, tenant, Event::MediaChanged { media: id })
                })
                .await?;
            Ok(Outcome::Done)
        }
        Fetched::Gone(why) => {
            ctx.db
                .write(move |tx| {
                    table::set_lost(tx, tenant, id, &why)?;
                    bus::emit(tx, tenant, Event::MediaChanged { media: id })
                })
                .await?;
            Ok(Outcome::Done)
        }
        Fetched::Later(pause, error) => Ok(Outcome::Later(pause, error)),
    }
}
