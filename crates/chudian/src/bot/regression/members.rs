//! Headquarters changes what it shares: do the members' test sets fare worse?
//!
//! Only members are asked that the change reaches and that expect something, a bounded number of them and for a
//! bounded time. Headquarters learns the figures of a set, not its questions.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use crate::base::Result;
use crate::base::id::TenantId;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::model::EntryBody;
use crate::knowledge::rehearsal::{Change, Fall};
use crate::knowledge::shared::model::Member;
use crate::knowledge::shared::store as shared;
use crate::knowledge::store as knowledge;

use super::rehearse::{Material, Proposal, compare};
use super::store;

/// So many members are asked; the others are told as left out.
pub const MOST_ASKED: usize = 20;

/// So long members are asked; whoever is not begun then is left out.
const LONGEST: Duration = Duration::from_secs(20);

/// What the members' sets say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// How many members were asked.
    pub asked: usize,
    /// How many were not, for want of time.
    pub left_out: usize,
    /// The sets that would fare worse.
    pub falls: Vec<Fall>,
}

/// Asks the members that changes reach. Nobody, where nothing is shared.
///
/// # Errors
/// Those of the database.
pub(super) async fn ask(
    ctx: &Ctx,
    tenant: TenantId,
    changes: &[Change],
    slots: &Arc<Semaphore>,
) -> Result<Asked> {
    let mut found = Asked::default();
    if changes.is_empty() {
        return Ok(found);
    }
    let theirs = changes.to_vec();
    let members = ctx.db.read(move |tx| reached(tx, tenant, &theirs)).await?;
    let end = Instant::now() + LONGEST;
    let (all, mut seen) = (members.len(), 0);
    for (member, name) in members.into_iter().take(MOST_ASKED) {
        if Instant::now() > end {
            break;
        }
        let material = ctx.db.read(move |tx| Material::expected(tx, member)).await?;
        seen += 1;
        if material.sets.is_empty() {
            continue;
        }
        let proposal = Proposal { theirs: changes.to_vec(), ..Proposal::default() };
        let said = compare(ctx, member, proposal, material, (slots, None)).await?;
        let falls = said.falls().into_iter().map(|it| Fall { member: Some(name.clone()), ..it });
        found.falls.extend(falls);
        found.asked += 1;
    }
    found.left_out = all - seen;
    Ok(found)
}

/// The members that expect something and that see one of the entries, now or then.
fn reached(tx: &mut Tx<'_>, tenant: TenantId, changes: &[Change]) -> Result<Vec<(TenantId, String)>> {
    let with_sets = store::list_members_with_sets(tx, tenant)?;
    if with_sets.is_empty() {
        return Ok(Vec::new());
    }
    let mut scopes = Vec::new();
    for it in changes {
        let before = knowledge::find(tx, tenant, it.entry)?.map(|it| it.body);
        scopes.extend(before.iter().chain(&it.body).filter_map(|body: &EntryBody| body.sharing.clone()));
    }
    let mut found = Vec::new();
    for (id, name) in with_sets {
        let Some(Member { region, .. }) = shared::find_member(tx, id)? else { continue };
        if scopes.iter().any(|it| it.reaches(id, &region)) {
            found.push((id, name));
        }
    }
    Ok(found)
}
