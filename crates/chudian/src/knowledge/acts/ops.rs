//! What one may do to a published entry as a whole, alone or by two.

use serde_json::json;

use crate::audit::ops::record;
use crate::base::id::{EntryId, ProposalId, TenantId};
use crate::base::{Error, Result};
use crate::bus::{Event, emit};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::checks::forget_gone;
use crate::knowledge::model::{Entry, EntryBody, Release};
use crate::knowledge::ops::changed;
use crate::knowledge::rehearsal::{self, Accepted, Change};
use crate::knowledge::shared::ops::tell_changed;
use crate::knowledge::store as entries;
use crate::knowledge::workshop::model::tidy_note;
use crate::knowledge::workshop::{release, store as workshop};
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::model::{Act, Proposal, Refusal, four_eyes, may_alone};
use super::store as proposals;

/// Does an act at once. `seen` is the version that was looked at; without it any is acted on.
///
/// # Errors
/// `Denied` without the right, and where four eyes are asked for; `Missing`; `Conflict` when the present version is
/// another than the one seen, or when test questions would fare worse and that is not accepted.
pub async fn act(
    ctx: &Ctx,
    actor: &Actor,
    id: EntryId,
    (act, seen): (Act, Option<i64>),
    accept_fall: bool,
) -> Result<()> {
    actor.require(Permission::KnowledgeEdit)?;
    let actor = actor.clone();
    let tenant = actor.tenant;
    let changes = ctx
        .db
        .read(move |tx| {
            let entry = found_alone(tx, tenant, id)?;
            changes(tx, tenant, &entry, act)
        })
        .await?;
    let accepted = rehearsal::pass(ctx, tenant, changes, accept_fall).await?;
    ctx.db
        .write(move |tx| {
            let entry = found_alone(tx, tenant, id)?;
            if seen.is_some_and(|it| it != entry.version) {
                return Err(changed());
            }
            perform(tx, &actor, &entry, act, (&accepted, None))
        })
        .await
}

/// The entry, if one person alone may act on it.
fn found_alone(tx: &mut Tx<'_>, tenant: TenantId, id: EntryId) -> Result<Entry> {
    let entry = entries::find(tx, tenant, id)?.ok_or_else(absent)?;
    let (settings, _) = workshop::get_settings(tx, tenant)?;
    if may_alone(&settings, &entry) { Ok(entry) } else { Err(four_eyes()) }
}

/// What the bot would know after an act, for its rehearsal.
fn changes(tx: &mut Tx<'_>, tenant: TenantId, entry: &Entry, act: Act) -> Result<Vec<Change>> {
    let put = |body: EntryBody| Ok(vec![Change::put(entry.id, body)]);
    match act {
        Act::Delete => Ok(vec![Change::remove(entry.id)]),
        // What was never published is not known to the bot either way.
        Act::Disable | Act::Enable if entry.version == 0 => Ok(Vec::new()),
        Act::Disable => put(EntryBody { enabled: false, ..entry.body.clone() }),
        Act::Enable => put(EntryBody { enabled: true, ..entry.body.clone() }),
        Act::Restore { version } => {
            let then = workshop::find_version(tx, tenant, entry.id, version)?.ok_or_else(absent)?;
            put(EntryBody { enabled: entry.body.enabled, ..then.body })
        }
    }
}

/// Does it: rights, four eyes and the rehearsal were asked before. What was proposed for the entry ends with it.
fn perform(
    tx: &mut Tx<'_>,
    actor: &Actor,
    entry: &Entry,
    act: Act,
    (accepted, proposal): (&Accepted, Option<&Proposal>),
) -> Result<()> {
    let tenant = actor.tenant;
    proposals::delete(tx, tenant, entry.id)?;
    let mut detail = json!({ "question": entry.body.question });
    let action = match act {
        Act::Delete => {
            entries::delete(tx, tenant, entry.id)?;
            tell_changed(tx, tenant, entry.body.sharing.is_some())?;
            "knowledge.delete"
        }
        Act::Disable | Act::Enable => {
            let enabled = act == Act::Enable;
            entries::set_enabled(tx, tenant, entry.id, enabled)?;
            tell_changed(tx, tenant, entry.body.sharing.is_some())?;
            if enabled { "knowledge.enable" } else { "knowledge.disable" }
        }
        Act::Restore { version } => {
            let now = restore(tx, actor, entry, version, proposal)?;
            detail =
                json!({ "question": now.body.question, "version": now.version, "restored_from": version });
            "knowledge.restore"
        }
    };
    let detail = proposal.map_or(detail.clone(), |it| it.note_in(detail));
    record(tx, actor, action, entry.id, accepted.note(detail))
}

/// Publishes what an earlier version said, as a new one.
fn restore(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: &Entry,
    version: i64,
    proposal: Option<&Proposal>,
) -> Result<Entry> {
    let then = workshop::find_version(tx, actor.tenant, now.id, version)?.ok_or_else(absent)?;
    let mut body = EntryBody { enabled: now.body.enabled, ..then.body };
    forget_gone(tx, actor.tenant, &mut body)?;
    let note = proposal.map(|it| it.note.clone()).unwrap_or_default();
    let release = Release { writers: then.release.writers, note, restored_from: Some(version) };
    release::put(tx, (actor.tenant, actor.user), now, body, release)
}

// By two -------------------------------------------------------------------------------------------

/// Proposes an act: somebody else is to confirm it. `seen` is the version that was looked at.
///
/// # Errors
/// `Denied` without the right; `Missing`; `Conflict` where one person may act alone, when the present version is
/// another than the one seen, when the act would change nothing, or when something is proposed already.
pub async fn propose(
    ctx: &Ctx,
    actor: &Actor,
    id: EntryId,
    (act, seen): (Act, Option<i64>),
    note: &str,
) -> Result<()> {
    actor.require(Permission::KnowledgeEdit)?;
    let note = tidy_note(note, "note")?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let tenant = actor.tenant;
            let entry = entries::find(tx, tenant, id)?.ok_or_else(absent)?;
            if may_alone(&workshop::get_settings(tx, tenant)?.0, &entry) {
                return Err(Error::conflict(
                    "knowledge.proposal_needless",
                    "nobody else has to agree to this: do it at once",
                ));
            }
            check_news(tx, tenant, &entry, (act, seen))?;
            if proposals::find(tx, tenant, id)?.is_some_and(|it| it.is_open(entry.version)) {
                return Err(Error::conflict(
                    "knowledge.proposed",
                    "something is proposed for this entry already: confirm, refuse or withdraw that first",
                ));
            }
            let proposal = Proposal {
                id: tx.new_id(),
                entry: id,
                act,
                over: entry.version,
                note,
                at: tx.now(),
                by: actor.user,
                refusal: None,
            };
            proposals::put(tx, tenant, &proposal)?;
            tell(tx, &actor, "knowledge.propose", (&entry, &proposal))
        })
        .await
}

/// Refuses an act that would change nothing, or one on another version than the one that was seen.
fn check_news(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    entry: &Entry,
    (act, seen): (Act, Option<i64>),
) -> Result<()> {
    let is_news = match act {
        Act::Delete => true,
        Act::Disable => entry.body.enabled,
        Act::Enable => !entry.body.enabled,
        Act::Restore { version } => {
            workshop::find_version(tx, tenant, entry.id, version)?.ok_or_else(absent)?;
            true
        }
    };
    if is_news && seen.is_none_or(|it| it == entry.version) { Ok(()) } else { Err(changed()) }
}

/// Confirms the proposal that was seen: it is rehearsed and done.
///
/// # Errors
/// `Denied` without the right, and for who proposed it where four eyes are asked for; `Missing`; `Conflict` when
/// another proposal is there by now, when it was refused or the entry published anew, or when test questions would
/// fare worse and that is not accepted.
pub async fn confirm(
    ctx: &Ctx,
    actor: &Actor,
    id: EntryId,
    seen: ProposalId,
    accept_fall: bool,
) -> Result<()> {
    actor.require(Permission::KnowledgeEdit)?;
    let actor = actor.clone();
    let (tenant, user) = (actor.tenant, actor.user);
    let waiting = move |tx: &mut Tx<'_>| {
        let (entry, proposal) = proposed(tx, tenant, id, seen)?;
        let (settings, _) = workshop::get_settings(tx, tenant)?;
        proposal.check_confirmation(&settings, user, entry.version)?;
        Ok((entry, proposal))
    };
    let changes = ctx
        .db
        .read(move |tx| {
            let (entry, proposal) = waiting(tx)?;
            changes(tx, tenant, &entry, proposal.act)
        })
        .await?;
    let accepted = rehearsal::pass(ctx, tenant, changes, accept_fall).await?;
    ctx.db
        .write(move |tx| {
            let (entry, proposal) = waiting(tx)?;
            perform(tx, &actor, &entry, proposal.act, (&accepted, Some(&proposal)))
        })
        .await
}

/// Refuses the proposal that was seen; who made it is told why.
///
/// # Errors
/// `Denied` without the right; `Missing`; `Invalid` without a reason; `Conflict` when another proposal is
/// there, or it is over.
pub async fn refuse(ctx: &Ctx, actor: &Actor, id: EntryId, seen: ProposalId, reason: &str) -> Result<()> {
    actor.require(Permission::KnowledgeEdit)?;
    let reason = tidy_note(reason, "reason")?;
    if reason.is_empty() {
        let error = Error::invalid("knowledge.refusal_reason", "say why this should not be done");
        return Err(error.field("reason", "is empty"));
    }
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let (entry, mut proposal) = proposed(tx, actor.tenant, id, seen)?;
            proposal.check_open(entry.version)?;
            proposal.refusal = Some(Refusal { at: tx.now(), by: actor.user, reason });
            proposals::put(tx, actor.tenant, &proposal)?;
            tell(tx, &actor, "knowledge.refuse", (&entry, &proposal))
        })
        .await
}

/// Takes a proposal back, or puts one away that is over. What a colleague still asks for is refused with a reason
/// ([`refuse`]), not put away.
///
/// # Errors
/// `Denied` without the right, and for a colleague's that is open; `Missing`.
pub async fn withdraw(ctx: &Ctx, actor: &Actor, id: EntryId) -> Result<()> {
    actor.require(Permission::KnowledgeEdit)?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let entry = entries::find(tx, actor.tenant, id)?.ok_or_else(absent)?;
            let proposal = proposals::find(tx, actor.tenant, id)?.ok_or_else(absent)?;
            proposal.check_withdrawal(actor.user, entry.version)?;
            proposals::delete(tx, actor.tenant, id)?;
            tell(tx, &actor, "knowledge.withdraw", (&entry, &proposal))
        })
        .await
}

/// An entry with the proposal that was seen.
fn proposed(tx: &mut Tx<'_>, tenant: TenantId, id: EntryId, seen: ProposalId) -> Result<(Entry, Proposal)> {
    let entry = entries::find(tx, tenant, id)?.ok_or_else(absent)?;
    let proposal = proposals::find(tx, tenant, id)?.filter(|it| it.id == seen).ok_or_else(changed)?;
    Ok((entry, proposal))
}

/// Records what became of a proposal, and tells whoever looks at the entry.
fn tell(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &'static str,
    (entry, proposal): (&Entry, &Proposal),
) -> Result<()> {
    let reason = proposal.refusal.as_ref().map(|it| &it.reason);
    let detail = json!({ "question": entry.body.question, "act": proposal.act.name(),
        "restores": proposal.act.restores(), "version": entry.version, "note": proposal.note, "reason": reason });
    record(tx, actor, action, entry.id, detail)?;
    emit(tx, actor.tenant, Event::KnowledgeDrafted)
}
