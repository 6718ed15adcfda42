//! Asks the platform who came: once when a person follows, and at the first message of somebody whom
//! the house does not know yet. It brings the union id, by which one person on two accounts is found.
//!
//! What the account may not ask is noted at its inbox, where the operator sees it, and not asked again
//! before its time: nobody waits for it, and no queue of failures grows.

use serde::Deserialize;

use crate::base::id::{IdentityId, TenantId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::bus::{self, Event};
use crate::channels::adapter::{Adapters, Introduction};
use crate::channels::book;
use crate::channels::model::{PEOPLE, Trouble};
use crate::channels::store as channels;
use crate::contacts::{merge, store as contacts};
use crate::ctx::Ctx;
use crate::jobs::Outcome;

#[derive(Deserialize)]
struct Payload {
    identity: IdentityId,
}

/// Does the job `introduce_identity.v1`.
pub async fn run(ctx: Ctx, tenant: TenantId, payload: String) -> Outcome {
    let Ok(Payload { identity }) = serde_json::from_str(&payload) else {
        return Outcome::Never(Error::internal("identity.payload", "the job names no identity"));
    };
    match introduce(&ctx, tenant, identity).await {
        Ok(outcome) => outcome,
        Err(error) => Outcome::Later(30 * Time::SECOND, error),
    }
}

async fn introduce(ctx: &Ctx, tenant: TenantId, id: IdentityId) -> Result<Outcome> {
    let found = ctx
        .db
        .read(move |tx| {
            let identity = contacts::get_identity(tx, tenant, id)?;
            let pause = channels::find_pause(tx, tenant, identity.inbox, PEOPLE)?;
            Ok((identity, pause))
        })
        .await;
    let (identity, pause) = match found {
        Err(error) if error.kind == crate::base::Kind::Missing => return Ok(Outcome::Done),
        other => other?,
    };
    if pause.is_some() {
        return Ok(Outcome::Done);
    }
    let inbox = book::get(ctx, identity.inbox).await?;
    if inbox.inbox.disabled_at.is_some() {
        return Ok(Outcome::Done);
    }
    let adapter = ctx.shelf.get::<Adapters>().get(&inbox.inbox.kind)?;
    let told = adapter.introduce(ctx, &inbox, &identity.source_id).await;
    let inbox = identity.inbox;
    let keep = move |tx: &mut crate::db::Tx<'_>| match told {
        Introduction::Known(profile) => {
            merge::introduce(tx, tenant, id, &profile)?;
            if channels::delete_trouble(tx, tenant, inbox, PEOPLE)? {
                bus::emit(tx, tenant, Event::InboxChanged { inbox })?;
            }
            Ok(Outcome::Done)
        }
        Introduction::Nothing => contacts::set_asked(tx, tenant, id).map(|()| Outcome::Done),
        Introduction::Refused { code, message, until } => {
            tracing::info!(inbox.id = %inbox, "the platform does not tell {inbox} who its people are: {message}");
            let (feature, code, since) = (PEOPLE.to_owned(), code.to_owned(), tx.now());
            let trouble = Trouble { feature, code, message, since, until: Some(until) };
            channels::put_trouble(tx, tenant, inbox, &trouble)?;
            bus::emit(tx, tenant, Event::InboxChanged { inbox })?;
            Ok(Outcome::Done)
        }
        Introduction::Later(pause, error) => Ok(Outcome::Later(pause, error)),
    };
    ctx.db.write(keep).await
}
