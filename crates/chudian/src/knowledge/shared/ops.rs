//! What a member may do with what headquarters shares.

use std::collections::{HashMap, HashSet};

use serde_json::json;

use crate::audit::ops::record;
use crate::base::id::{EntryId, TenantId};
use crate::base::page::{Page, PageRequest};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::bus::{Event, emit};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::checks::check_room;
use crate::knowledge::listing::no_page;
use crate::knowledge::model::{Entry, EntryBody, Release};
use crate::knowledge::rehearsal::Change;
use crate::knowledge::store;
use crate::knowledge::workshop::ops as drafts;
use crate::tenants::store as tenants;
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::model::{Origin, Standing, shown, standing};
use super::store as shared;

/// The entries that count for a tenant: what its bot may say.
pub fn list_standing(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<Standing>> {
    let own = store::list_published(tx, tenant)?;
    let others = shared::list_for(tx, tenant)?;
    let origins = if others.is_empty() { HashMap::new() } else { shared::list_origins(tx, tenant)? };
    Ok(standing(own, others, &origins))
}

/// The entries that would count for a tenant after changes of its own base, and of what headquarters shares.
pub fn list_standing_after(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    own: &[Change],
    theirs: &[Change],
) -> Result<Vec<Standing>> {
    let before = store::list_published(tx, tenant)?;
    let mine = changed(before, own.iter().map(|it| (it.entry, it.body.clone())));
    let Some(member) = shared::find_member(tx, tenant)? else {
        return Ok(standing(mine, Vec::new(), &HashMap::new()));
    };
    let is_shown = |it: Entry| if it.body.enabled { shown(it, &member) } else { None };
    let wanted = theirs.iter().map(|it| (it.entry, it.body.clone()));
    let others = shared::list_for(tx, tenant)?;
    let ids: HashSet<EntryId> = theirs.iter().map(|it| it.entry).collect();
    let others = changed(others, wanted)
        .into_iter()
        // What did not change was shown before.
        .filter_map(|it| if ids.contains(&it.id) { is_shown(it) } else { Some(it) })
        .collect();
    Ok(standing(mine, others, &shared::list_origins(tx, tenant)?))
}

/// Entries after changes; those that are new stand last.
fn changed(before: Vec<Entry>, changes: impl Iterator<Item = (EntryId, Option<EntryBody>)>) -> Vec<Entry> {
    let mut bodies: HashMap<EntryId, Option<EntryBody>> = changes.collect();
    let mut after: Vec<Entry> = Vec::with_capacity(before.len());
    for it in before {
        match bodies.remove(&it.id) {
            None => after.push(it),
            Some(Some(body)) => after.push(Entry { body, ..it }),
            Some(None) => {}
        }
    }
    let mut new: Vec<Entry> = bodies
        .into_iter()
        .filter_map(|(id, body)| {
            let (version, updated_at, updated_by) = (1, Time(0), None);
            Some(Entry { id, body: body?, version, updated_at, updated_by, release: Release::default() })
        })
        .collect();
    new.sort_by_key(|it| it.id);
    after.extend(new);
    after
}

/// Tells that the tenant's base changed, and its members where that concerns them: their bots say it too.
pub fn tell_changed(tx: &mut Tx<'_>, tenant: TenantId, concerns_members: bool) -> Result<()> {
    emit(tx, tenant, Event::KnowledgeChanged)?;
    if concerns_members {
        for member in shared::list_members(tx, tenant)? {
            emit(tx, member, Event::KnowledgeChanged)?;
        }
    }
    Ok(())
}

/// A shared entry as a member sees it.
#[derive(Debug, Clone)]
pub struct Found {
    /// Headquarters' entry.
    pub entry: Entry,
    /// The member's own wording of it, with the version from which it began.
    pub local: Option<(EntryId, i64)>,
}

/// A page of what headquarters shares with the tenant, newest first. Empty for headquarters itself.
///
/// # Errors
/// `Denied` without the right; `Invalid` for a page that is none.
pub async fn list(ctx: &Ctx, actor: &Actor, query: &str, page: PageRequest) -> Result<Page<Found>> {
    actor.require(Permission::KnowledgeRead)?;
    let before: Option<EntryId> = page.after.as_deref().map(str::parse).transpose().map_err(|_| no_page())?;
    let (tenant, limit, query) = (actor.tenant, page.limit(), query.trim().to_lowercase());
    let rows = ctx
        .db
        .read(move |tx| {
            let locals = locals(tx, tenant)?;
            let all = shared::list_for(tx, tenant)?.into_iter().rev();
            let wanted = all
                .filter(|it| before.is_none_or(|before| it.id < before) && mentions(&it.body, &query))
                .take(limit as usize + 1);
            Ok(wanted.map(|entry| Found { local: locals.get(&entry.id).copied(), entry }).collect())
        })
        .await?;
    Ok(Page::cut(rows, limit, |it: &Found| it.entry.id.to_string()))
}

/// Own wordings by the shared entry.
fn locals(tx: &mut Tx<'_>, tenant: TenantId) -> Result<HashMap<EntryId, (EntryId, i64)>> {
    let origins = shared::list_origins(tx, tenant)?;
    Ok(origins.into_iter().map(|(own, origin)| (origin.id, (own, origin.version))).collect())
}

/// Whether a question, a wording or an answer contains words that are in lower case.
fn mentions(body: &EntryBody, query: &str) -> bool {
    let answers = body.answers.iter().filter_map(|it| it.words());
    let mut texts =
        std::iter::once(body.question.as_str()).chain(body.similar.iter().map(String::as_str)).chain(answers);
    query.is_empty() || texts.any(|it| it.to_lowercase().contains(query))
}

/// A shared entry.
///
/// # Errors
/// `Denied` without the right; `Missing` when it is not shared with the tenant.
pub async fn get(ctx: &Ctx, actor: &Actor, id: EntryId) -> Result<Found> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    ctx.db
        .read(move |tx| {
            let entry = shared::find_for(tx, tenant, id)?.ok_or_else(absent)?;
            Ok(Found { local: locals(tx, tenant)?.get(&id).copied(), entry })
        })
        .await
}

/// Makes the tenant's own wording of a shared entry, as a draft: it replaces the shared one once it is published.
///
/// # Errors
/// `Denied` without the right; `Missing` when it is not shared with the tenant; `Conflict` when there is one already.
pub async fn localise(ctx: &Ctx, actor: &Actor, id: EntryId) -> Result<EntryId> {
    actor.require(Permission::KnowledgeEdit)?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let tenant = actor.tenant;
            let theirs = shared::find_for(tx, tenant, id)?.ok_or_else(absent)?;
            check_room(tx, tenant, 1)?;
            let body = theirs.body;
            let (own, release) = (tx.new_id(), Release::by(actor.user));
            let entry = Entry {
                id: own,
                body: body.clone(),
                version: 0,
                updated_at: tx.now(),
                updated_by: actor.user,
                release,
            };
            store::insert(tx, tenant, &entry)?;
            if !shared::insert_origin(tx, tenant, own, Origin { id, version: theirs.version })? {
                return Err(Error::conflict(
                    "sharing.localised",
                    "there is an own wording of this entry already: change that one",
                ));
            }
            record(
                tx,
                &actor,
                "knowledge.localise",
                own,
                json!({ "question": body.question, "origin": id }),
            )?;
            drafts::save(tx, &actor, &entry, body, (None, None))?;
            Ok(own)
        })
        .await
}

/// The tenant looked at what headquarters says now: the notice goes away until it says something else.
///
/// # Errors
/// `Denied` without the right; `Missing` when the entry is no own wording, or its origin is not shared any more.
pub async fn see_origin(ctx: &Ctx, actor: &Actor, id: EntryId, version: i64) -> Result<()> {
    actor.require(Permission::KnowledgeEdit)?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let origin = shared::find_origin(tx, actor.tenant, id)?.ok_or_else(absent)?;
            let theirs = shared::find_for(tx, actor.tenant, origin.id)?.ok_or_else(absent)?;
            // A version that nobody published yet cannot have been seen.
            let version = version.clamp(origin.version, theirs.version);
            shared::set_origin_version(tx, actor.tenant, id, version)?;
            record(
                tx,
                &actor,
                "knowledge.see_origin",
                id,
                json!({ "origin": origin.id, "version": version }),
            )?;
            emit(tx, actor.tenant, Event::KnowledgeDrafted)
        })
        .await
}

/// Whom headquarters may share with.
#[derive(Debug, Clone, Default)]
pub struct Audience {
    /// Its members that are open: key, name, region.
    pub members: Vec<(TenantId, String, String)>,
}

/// Whom the tenant may share entries with; nobody for a member.
///
/// # Errors
/// `Denied` without the right.
pub async fn audience(ctx: &Ctx, actor: &Actor) -> Result<Audience> {
    actor.require(Permission::KnowledgeRead)?;
    let tenant = actor.tenant;
    let all = ctx.db.read(move |tx| tenants::list_subtree(tx, tenant)).await?;
    let members = all.into_iter().filter(|it| it.parent == Some(tenant) && !it.closed);
    Ok(Audience { members: members.map(|it| (it.id, it.name, it.region)).collect() })
}

/// Refuses a scope that the tenant may not give, and answers that members could not send.
pub fn check_sharing(tx: &mut Tx<'_>, tenant: TenantId, body: &EntryBody) -> Result<()> {
    let Some(sharing) = &body.sharing else { return Ok(()) };
    if shared::find_member(tx, tenant)?.is_some() {
        let error = Error::invalid("sharing.not_headquarters", "only headquarters shares entries");
        return Err(error.field("sharing", "not here"));
    }
    if !sharing.members.is_empty() {
        let all = tenants::list_subtree(tx, tenant)?;
        let is_member = |id: TenantId| all.iter().any(|it| it.id == id && it.parent == Some(tenant));
        if !sharing.members.iter().all(|it| is_member(*it)) {
            let error = Error::invalid("sharing.member", "the scope names somebody who is no member");
            return Err(error.field("sharing", "no member"));
        }
    }
    for (field, answers) in body.all_answers() {
        if answers.iter().any(|it| !it.media().is_empty()) {
            let why = "files stay in their company: a shared answer holds texts, links and cards with the address of a picture";
            return Err(Error::invalid("sharing.file", why).field(field, "holds a file"));
        }
    }
    Ok(())
}
