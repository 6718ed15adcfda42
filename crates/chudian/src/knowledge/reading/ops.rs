//! What one may do about reading.

use std::collections::HashSet;

use serde_json::json;

use crate::audit::ops::record as note;
use crate::base::id::{EntryId, TenantId, UserId};
use crate::base::{Error, Result};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::model::Entry;
use crate::knowledge::shared::store as shared;
use crate::tenants::model::User;
use crate::tenants::store as tenants;
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::model::{Reading, ReadingBody, Record};
use super::store;

/// So many people are looked through.
const MOST_PEOPLE: u32 = 10_000;

/// What a person must read, or has read, with what is known of it.
#[derive(Debug)]
pub struct Item {
    /// The demand.
    pub reading: Reading,
    /// What is to be read.
    pub entry: Entry,
    /// What the person did.
    pub record: Option<Record>,
}

impl Item {
    /// Whether the person has read it, and passed its quiz.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.record.as_ref().is_some_and(Record::is_passed)
    }
}

/// What the acting person must read, unread first, then the newest demand.
///
/// # Errors
/// `Denied` without the right, or for a program.
pub async fn list_mine(ctx: &Ctx, actor: &Actor) -> Result<Vec<Item>> {
    actor.require(Permission::KnowledgeRead)?;
    let (tenant, user) = (actor.tenant, actor.person()?);
    ctx.db
        .read(move |tx| {
            let me = tenants::find_user(tx, tenant, user)?.ok_or_else(absent)?;
            let mut items = Vec::new();
            for reading in store::list(tx, tenant)?.into_iter().filter(|it| it.body.concerns(&me)) {
                items.extend(item(tx, tenant, reading, user)?);
            }
            items.sort_by_key(Item::is_read);
            Ok(items)
        })
        .await
}

fn item(tx: &mut Tx<'_>, tenant: TenantId, reading: Reading, user: UserId) -> Result<Option<Item>> {
    let entry = shared::find_any(tx, tenant, reading.entry)?.filter(|it| it.version > 0);
    let Some(entry) = entry else { return Ok(None) };
    let record = store::find_record(tx, tenant, (reading.entry, reading.round), user)?;
    Ok(Some(Item { reading, entry, record }))
}

fn get_mine(tx: &mut Tx<'_>, actor: &Actor, id: EntryId) -> Result<Item> {
    let (tenant, user) = (actor.tenant, actor.person()?);
    let me = tenants::find_user(tx, tenant, user)?.ok_or_else(absent)?;
    let reading = store::find(tx, tenant, id)?.filter(|it| it.body.concerns(&me)).ok_or_else(absent)?;
    item(tx, tenant, reading, user)?.ok_or_else(absent)
}

/// One thing that the acting person must read.
///
/// # Errors
/// `Denied` without the right; `Missing` for what is not asked of them.
pub async fn find_mine(ctx: &Ctx, actor: &Actor, id: EntryId) -> Result<Item> {
    actor.require(Permission::KnowledgeRead)?;
    let actor = actor.clone();
    ctx.db.read(move |tx| get_mine(tx, &actor, id)).await
}

/// The acting person has read it, and answers the quiz, until all answers are right.
///
/// # Errors
/// `Denied`, `Missing`; `Conflict` when it was passed, or asked anew meanwhile; `Invalid` for answers that are none.
pub async fn answer(ctx: &Ctx, actor: &Actor, id: EntryId, round: i64, answers: Vec<usize>) -> Result<Item> {
    actor.require(Permission::KnowledgeRead)?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let mut item = get_mine(tx, &actor, id)?;
            if item.reading.round != round {
                let why = "it was changed and is asked anew: read it again";
                return Err(Error::conflict("reading.changed", why));
            }
            let right = item.reading.body.score(&answers)?;
            let record = Record {
                user: actor.person()?,
                read_at: tx.now(),
                entry_version: item.entry.version,
                score: i64::try_from(right).unwrap_or_default(),
                questions: i64::try_from(answers.len()).unwrap_or_default(),
                tries: item.record.as_ref().map_or(0, |it| it.tries) + 1,
            };
            if !store::put_record(tx, actor.tenant, (id, round), &record)? {
                return Err(Error::conflict(
                    "reading.done",
                    "you have read it already, all answers were right",
                ));
            }
            let detail = json!({ "version": record.entry_version, "score": right, "questions": answers.len(),
                "tries": record.tries });
            note(tx, &actor, "reading.answer", id, detail)?;
            item.record = Some(record);
            Ok(item)
        })
        .await
}

/// A demand as its editor sees it.
#[derive(Debug)]
pub struct Overview {
    /// The demand; none: nobody is asked.
    pub reading: Option<Reading>,
    /// The present version of the entry.
    pub entry_version: i64,
    /// Who is asked, and what they did.
    pub readers: Vec<(User, Option<Record>)>,
    /// Of an entry that is shared: the members that ask their own people.
    pub members: Vec<MemberReading>,
}

/// How far a member is with an entry that is shared with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberReading {
    /// Which.
    pub member: TenantId,
    /// Its name.
    pub name: String,
    /// How many of its people are asked.
    pub asked: usize,
    /// How many of them have read it, and passed its quiz.
    pub read: usize,
    /// How many answered the quiz, and have not passed.
    pub failed: usize,
}

/// Who must read an entry, and who has.
///
/// # Errors
/// `Denied` without the right; `Missing`.
pub async fn overview(ctx: &Ctx, actor: &Actor, id: EntryId) -> Result<Overview> {
    actor.require(Permission::KnowledgeEdit)?;
    let tenant = actor.tenant;
    ctx.db.read(move |tx| overview_of(tx, tenant, id)).await
}

fn overview_of(tx: &mut Tx<'_>, tenant: TenantId, id: EntryId) -> Result<Overview> {
    let entry_version = shared::find_any(tx, tenant, id)?.ok_or_else(absent)?.version;
    let members = of_members(tx, tenant, id)?;
    let Some(reading) = store::find(tx, tenant, id)? else {
        return Ok(Overview { reading: None, entry_version, readers: Vec::new(), members });
    };
    let mut records = store::list_records(tx, tenant, id, reading.round)?;
    let people = tenants::list_users(tx, tenant, "%", None, MOST_PEOPLE)?;
    let readers = people
        .into_iter()
        .filter(|it| reading.body.concerns(it))
        .map(|it| {
            let place = records.iter().position(|record| record.user == it.id);
            let record = place.map(|at| records.swap_remove(at));
            (it, record)
        })
        .collect();
    Ok(Overview { reading: Some(reading), entry_version, readers, members })
}

/// How far the members are that ask their own people to read an entry which the tenant shares.
fn of_members(tx: &mut Tx<'_>, tenant: TenantId, id: EntryId) -> Result<Vec<MemberReading>> {
    let mut members = Vec::new();
    for (member, name, reading) in store::list_of_members(tx, tenant, id)? {
        let people = tenants::list_users(tx, member, "%", None, MOST_PEOPLE)?;
        let asked: HashSet<UserId> =
            people.iter().filter(|it| reading.body.concerns(it)).map(|it| it.id).collect();
        let records = store::list_records(tx, member, id, reading.round)?;
        let theirs = records.iter().filter(|it| asked.contains(&it.user));
        let (passed, failed): (Vec<_>, Vec<_>) = theirs.partition(|it| it.is_passed());
        let (read, failed) = (passed.len(), failed.len());
        members.push(MemberReading { member, name, asked: asked.len(), read, failed });
    }
    Ok(members)
}

/// Who may be asked to read something: keys and names.
///
/// # Errors
/// `Denied` without the right.
pub async fn list_people(ctx: &Ctx, actor: &Actor) -> Result<Vec<(UserId, String)>> {
    actor.require(Permission::KnowledgeEdit)?;
    let tenant = actor.tenant;
    let people = ctx.db.read(move |tx| tenants::list_users(tx, tenant, "%", None, MOST_PEOPLE)).await?;
    Ok(people.into_iter().filter(|it| !it.disabled).map(|it| (it.id, it.name)).collect())
}

/// What an editor changes about a demand.
#[derive(Debug)]
pub struct Demand {
    /// Who must read it, with which quiz.
    pub body: ReadingBody,
    /// Ask everybody again, also those who have read it.
    pub again: bool,
    /// The version that was seen, 0 for none; absent: any.
    pub version: Option<i64>,
}

/// Asks people to read an entry.
///
/// # Errors
/// `Denied` without the right; `Missing`; `Invalid` for a demand that cannot be, or an entry that is not published;
/// `Conflict` when somebody else was quicker.
pub async fn demand(ctx: &Ctx, actor: &Actor, id: EntryId, demand: Demand) -> Result<Overview> {
    actor.require(Permission::KnowledgeEdit)?;
    demand.body.check()?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let tenant = actor.tenant;
            let entry = shared::find_any(tx, tenant, id)?.ok_or_else(absent)?;
            if entry.version == 0 {
                let why = "publish the entry first: nobody can read it yet";
                return Err(Error::conflict("reading.unpublished", why));
            }
            for user in &demand.body.users {
                tenants::find_user(tx, tenant, *user)?.ok_or_else(absent)?;
            }
            let before = store::find(tx, tenant, id)?;
            let version = before.as_ref().map_or(0, |it| it.version);
            let (round, asked_at) = match &before {
                // A quiz that others have answered is not put to the rest in other words.
                Some(it) if !demand.again && it.body.quiz == demand.body.quiz => (it.round, it.asked_at),
                Some(it) => (it.round + 1, tx.now()),
                None => (store::last_round(tx, tenant, id)? + 1, tx.now()),
            };
            let reading = Reading { entry: id, body: demand.body, round, asked_at, version: version + 1 };
            let is_current = demand.version.is_none_or(|seen| seen == version);
            if !is_current || !store::put(tx, tenant, &reading)? {
                let why = "somebody changed who must read it meanwhile: look again, then decide";
                return Err(Error::conflict("reading.outdated", why));
            }
            let detail = json!({ "roles": reading.body.roles, "users": reading.body.users.len(), "round": round,
                "questions": reading.body.quiz.len() });
            note(tx, &actor, "reading.demand", id, detail)?;
            overview_of(tx, tenant, id)
        })
        .await
}

/// Asks nobody any more.
///
/// # Errors
/// `Denied` without the right; `Missing` when nobody was asked.
pub async fn withdraw(ctx: &Ctx, actor: &Actor, id: EntryId) -> Result<()> {
    actor.require(Permission::KnowledgeEdit)?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            if !store::delete(tx, actor.tenant, id)? {
                return Err(absent());
            }
            note(tx, &actor, "reading.withdraw", id, json!({}))
        })
        .await
}
