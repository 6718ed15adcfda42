//! Recording, reading and verifying.

use super::chain::{self, Head, Link, Record, Verdict, Walk};
use super::store;
use crate::base::id::TenantId;
use crate::base::page::{Page, PageRequest};
use crate::base::{Error, Result};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::web::actor::Actor;
use crate::web::permission::Permission;
use std::fmt::Display;

/// Records read at once while verifying.
const BATCH: u32 = 1000;

/// Records that `actor` did `action` (`noun.verb`) to `target`: a step of the act's own transaction.
///
/// # Errors
/// Those of the database. The act must fail with them: nothing happens unrecorded.
pub fn record(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &'static str,
    target: impl Display,
    detail: serde_json::Value,
) -> Result<()> {
    let head = store::find_head(tx, actor.tenant)?;
    let Head { number, hash: previous } = head.unwrap_or(Head { number: 0, hash: chain::START.to_vec() });
    let record = Record {
        tenant: actor.tenant,
        number: number + 1,
        at: tx.now(),
        actor_kind: actor.kind().into(),
        actor_id: actor.id_text(),
        actor_name: actor.name.clone(),
        action: action.into(),
        target: target.to_string(),
        detail: detail.to_string(),
    };
    let hash = chain::hash(&previous, &record).to_vec();
    store::append(tx, &Link { record, previous, hash })
}

/// What to look for in the log.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// An actor's key.
    pub actor: Option<String>,
    /// An action, or a noun that ends in a dot: `inbox.`.
    pub action: Option<String>,
}

/// A page of the log, newest first.
///
/// # Errors
/// `Denied` without the right; `Invalid` for a page that is none.
pub async fn list(ctx: &Ctx, actor: &Actor, filter: Filter, page: PageRequest) -> Result<Page<Record>> {
    actor.require(Permission::AuditRead)?;
    let before = match page.after.as_deref() {
        None => i64::MAX,
        Some(text) => text.parse().map_err(|_| {
            Error::invalid("page.after", "this is not the `next` of a page").field("after", "not a number")
        })?,
    };
    let tenant = actor.tenant;
    let limit = page.limit();
    let action = filter.action.as_deref().map(pattern).unwrap_or_default();
    let who = filter.actor.unwrap_or_default();
    let rows = ctx.db.read(move |tx| store::list(tx, tenant, &who, &action, before, limit + 1)).await?;
    Ok(Page::cut(rows, limit, |it| it.number.to_string()))
}

/// The `like` pattern of an action: exact, or all of a noun.
fn pattern(action: &str) -> String {
    let escaped = action.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
    if action.ends_with('.') { format!("{escaped}%") } else { escaped }
}

/// Verifies the own tenant's log.
///
/// # Errors
/// `Denied` without the right.
pub async fn verify_own(ctx: &Ctx, actor: &Actor) -> Result<Verdict> {
    actor.require(Permission::AuditRead)?;
    let tenant = actor.tenant;
    Ok(ctx.db.read(move |tx| verify(tx, tenant)).await?.0)
}

/// Verifies one log; with it comes its head, to be kept elsewhere.
///
/// # Errors
/// Those of the database; a broken log is a verdict and not an error.
pub fn verify(tx: &mut Tx<'_>, tenant: TenantId) -> Result<(Verdict, Option<Head>)> {
    let head = store::find_head(tx, tenant)?;
    let mut walk = Walk::new(tenant);
    let mut after = i64::MIN;
    loop {
        let links = store::list_links(tx, tenant, after, BATCH)?;
        let Some(last) = links.last() else { break };
        after = last.record.number;
        links.iter().for_each(|link| walk.step(link));
    }
    Ok((walk.finish(head.as_ref()), head))
}

/// Verifies the logs of all tenants: what `chudian verify-audit` does.
///
/// # Errors
/// Those of the database.
pub async fn verify_all(ctx: &Ctx) -> Result<Vec<(TenantId, Verdict, Option<Head>)>> {
    let tenants = ctx.db.read(store::list_tenants).await?;
    let mut found = Vec::new();
    for tenant in tenants {
        let (verdict, head) = ctx.db.read(move |tx| verify(tx, tenant)).await?;
        found.push((tenant, verdict, head));
    }
    Ok(found)
}

/// Writes every head to the log of the server, so that a copy lies outside of the database:
/// an hourly sweep. `verify-audit` prints the same line to compare with.
///
/// # Errors
/// Those of the database.
pub async fn anchor(ctx: &Ctx) -> Result<()> {
    let heads = ctx
        .db
        .read(|tx| {
            let tenants = store::list_tenants(tx)?;
            tenants.into_iter().map(|it| Ok((it, store::find_head(tx, it)?))).collect::<Result<Vec<_>>>()
        })
        .await?;
    for (tenant, head) in heads {
        if let Some(Head { number, hash }) = head {
            tracing::info!(%tenant, number, hash = %hex::encode(&hash), "audit anchor: the log of {tenant} ends here");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::pattern;

    #[test]
    fn an_action_is_matched_as_it_is_written() {
        assert_eq!(pattern("api_key.create"), r"api\_key.create");
        assert_eq!(pattern("inbox."), "inbox.%");
        assert_eq!(pattern("%"), r"\%");
    }
}
