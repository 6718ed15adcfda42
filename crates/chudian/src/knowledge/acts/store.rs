//! The table of proposals.

use std::collections::HashMap;

use crate::base::id::{EntryId, TenantId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::db::{Row, Tx, args};

use super::model::{Act, ActName, Proposal, Refusal};

/// What [`proposal`] reads, in its order.
macro_rules! columns {
    () => {
        "entry_id, id, act, restores, over_version, note, proposed_at, proposed_by, refused_at, refused_by, refusal"
    };
}

/// The proposal for an entry.
pub fn find(tx: &mut Tx<'_>, tenant: TenantId, entry: EntryId) -> Result<Option<Proposal>> {
    Ok(list(tx, tenant, entry, entry)?.remove(&entry))
}

/// The proposals for the entries from `first` to `last`.
pub fn list(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    first: EntryId,
    last: EntryId,
) -> Result<HashMap<EntryId, Proposal>> {
    let rows = tx.all(
        concat!(
            "select ",
            columns!(),
            " from kb_proposals where tenant_id = $1 and entry_id >= $2 and entry_id <= $3"
        ),
        args![tenant, first, last],
        proposal,
    )?;
    Ok(rows.into_iter().map(|it| (it.entry, it)).collect())
}

/// Writes the proposal for an entry over the one that was there.
pub fn put(tx: &mut Tx<'_>, tenant: TenantId, proposal: &Proposal) -> Result<()> {
    delete(tx, tenant, proposal.entry)?;
    let refusal = proposal.refusal.as_ref();
    tx.execute(
        "insert into kb_proposals (tenant_id, entry_id, id, act, restores, over_version, note, proposed_at,
             proposed_by, refused_at, refused_by, refusal)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            tenant,
            proposal.entry,
            proposal.id,
            proposal.act.name().text(),
            proposal.act.restores(),
            proposal.over,
            proposal.note,
            proposal.at,
            proposal.by,
            refusal.map(|it| it.at),
            refusal.and_then(|it| it.by),
            refusal.map(|it| it.reason.as_str())
        ],
    )?;
    Ok(())
}

/// Removes the proposal for an entry; false when there is none.
pub fn delete(tx: &mut Tx<'_>, tenant: TenantId, entry: EntryId) -> Result<bool> {
    Ok(tx.execute("delete from kb_proposals where tenant_id = $1 and entry_id = $2", args![tenant, entry])?
        > 0)
}

/// Reads [`columns`].
fn proposal(row: &Row<'_>) -> Result<Proposal> {
    let name = ActName::read(&row.get::<String>(2)?)
        .ok_or_else(|| Error::internal("knowledge.proposal", "a proposal could not be read"))?;
    let refused_at: Option<Time> = row.get(8)?;
    let (refused_by, reason): (_, Option<String>) = (row.get(9)?, row.get(10)?);
    let refusal =
        refused_at.map(|at| Refusal { at, by: refused_by, reason: reason.clone().unwrap_or_default() });
    Ok(Proposal {
        entry: row.get(0)?,
        id: row.get(1)?,
        act: Act::of(name, row.get(3)?)?,
        over: row.get(4)?,
        note: row.get(5)?,
        at: row.get(6)?,
        by: row.get(7)?,
        refusal,
    })
}
