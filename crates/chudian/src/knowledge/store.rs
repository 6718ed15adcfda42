//! The tables of the base: categories, entries, and their other wordings.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::id::{CategoryId, EntryId, ImportId, InboxId, TenantId, UserId, WordingId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::db::{Row, Tx, args};

use super::acts::store::delete as delete_proposal;
use super::category::model::Category;
use super::model::{AnswerMode, Entry, EntryBody, Release, Validity};
use super::shared::model::Sharing;
use super::workshop::model::StageName;
use super::workshop::store::{delete_draft, delete_versions, keep_version};

// Categories ---------------------------------------------------------------------------------------

/// All categories of the tenant, in the order in which they were made.
pub fn list_categories(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<Category>> {
    tx.all(
        "select id, parent_id, name from kb_categories where tenant_id = $1 order by position, id",
        args![tenant],
        |row| Ok(Category { id: row.get(0)?, parent: row.get(1)?, name: row.get(2)? }),
    )
}

/// Writes a new category.
pub fn insert_category(tx: &mut Tx<'_>, tenant: TenantId, category: &Category) -> Result<()> {
    tx.execute(
        "insert into kb_categories (id, tenant_id, parent_id, name, position) values ($1, $2, $3, $4, 0)",
        args![category.id, tenant, category.parent, category.name],
    )?;
    Ok(())
}

/// Writes name and place of a category; false when it is gone.
pub fn update_category(tx: &mut Tx<'_>, tenant: TenantId, category: &Category) -> Result<bool> {
    let changed = tx.execute(
        "update kb_categories set parent_id = $3, name = $4 where tenant_id = $1 and id = $2",
        args![tenant, category.id, category.parent, category.name],
    )?;
    Ok(changed > 0)
}

/// Removes a category; false when it is gone.
pub fn delete_category(tx: &mut Tx<'_>, tenant: TenantId, id: CategoryId) -> Result<bool> {
    let changed =
        tx.execute("delete from kb_categories where tenant_id = $1 and id = $2", args![tenant, id])?;
    Ok(changed > 0)
}

/// How many entries hang in a category.
pub fn count_in_category(tx: &mut Tx<'_>, tenant: TenantId, id: CategoryId) -> Result<i64> {
    let sql = "select count(*) from kb_entries where tenant_id = $1 and category_id = $2";
    Ok(tx.first(sql, args![tenant, id], |row| row.get(0))?.unwrap_or_default())
}

// Entries ------------------------------------------------------------------------------------------

/// What [`entry`] reads, in its order.
macro_rules! columns {
    () => {
        "id, category_id, question, answers, answer_mode, valid_from, valid_until, enabled, version, updated_at,
         updated_by, writers, note, restored_from, tags, owner_id, review_at, related, channel_answers,
         sharing"
    };
}

pub(super) use columns;

/// Which drafts an entry is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Drafts {
    /// Any.
    Any,
    /// Still being written.
    Writing,
    /// Waiting for somebody to look.
    Review,
    /// Sent back.
    Returned,
    /// Waiting for their moment.
    Scheduled,
}

impl Drafts {
    fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Writing => StageName::Writing.text(),
            Self::Review => StageName::Review.text(),
            Self::Returned => StageName::Returned.text(),
            Self::Scheduled => StageName::Scheduled.text(),
        }
    }
}

/// What to look for among the entries.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only those of this category and of those below it.
    pub category: Option<CategoryId>,
    /// Only those with such a draft, or with a proposal that waits like one.
    pub drafts: Option<Drafts>,
    /// A `like` pattern in lower case, `\` as escape, for question, wordings and answers.
    pub pattern: String,
    /// A `like` pattern for the tags as they are stored; empty for any.
    pub tag: String,
    /// Only those for which this person answers.
    pub owner: Option<UserId>,
    /// Only those that are to be looked at by this moment.
    pub due: Option<Time>,
    /// Only those with a draft that this import made.
    pub import: Option<ImportId>,
    /// Only those before this key.
    pub before: Option<EntryId>,
    /// At most so many.
    pub limit: u32,
}

/// Entries with their wordings, newest first.
pub fn list(tx: &mut Tx<'_>, tenant: TenantId, wanted: &Wanted) -> Result<Vec<Entry>> {
    let before = wanted.before.unwrap_or(EntryId(i64::MAX));
    let mut entries = tx.all(
        concat!(
            "with recursive below (id) as (
                 select id from kb_categories where tenant_id = $1 and id = $3
                 union all
                 select c.id from kb_categories c join below on c.parent_id = below.id where c.tenant_id = $1
             )
             select ",
            columns!(),
            r" from kb_entries e
          where tenant_id = $1 and id < $2 and ($3 = 0 or category_id in (select id from below))
            and ($4 = '' or lower(question) like $4 escape '\' or lower(answers) like $4 escape '\'
                 or exists (select 1 from kb_wordings w where w.tenant_id = $1 and w.entry_id = e.id
                            and lower(w.text) like $4 escape '\'))
            and ($6 = '' or exists (select 1 from kb_drafts d where d.tenant_id = $1 and d.entry_id = e.id
                                    and ($6 = 'any' or d.stage = $6))
                 or exists (select 1 from kb_proposals p where p.tenant_id = $1 and p.entry_id = e.id
                            and ($6 = 'any' or ($6 = 'review' and p.refused_at is null and p.over_version = e.version)
                                 or ($6 = 'returned' and (p.refused_at is not null or p.over_version <> e.version)))))
            and ($7 = '' or tags like $7 escape '\')
            and (owner_id = $8 or $8 = 0)
            and ($9 = 0 or review_at <= $9)
            and ($10 = 0 or exists (select 1 from kb_drafts d where d.tenant_id = $1 and d.entry_id = e.id
                                    and d.import_id = $10))
          order by id desc limit $5"
        ),
        args![
            tenant,
            before,
            wanted.category.unwrap_or(CategoryId(0)),
            wanted.pattern,
            wanted.limit,
            wanted.drafts.map_or("", Drafts::name),
            wanted.tag,
            wanted.owner.unwrap_or(UserId(0)),
            wanted.due.unwrap_or_default(),
            wanted.import.unwrap_or(ImportId(0))
        ],
        entry,
    )?;
    let Some(oldest) = entries.last().map(|it| it.id) else { return Ok(entries) };
    let mut similar = wordings(tx, tenant, oldest, before)?;
    for entry in &mut entries {
        entry.body.similar = similar.remove(&entry.id).unwrap_or_default();
    }
    Ok(entries)
}

/// All entries of the tenant with their wordings, oldest first, also those that were never published.
pub fn list_all(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<Entry>> {
    let mut entries = tx.all(
        concat!("select ", columns!(), " from kb_entries where tenant_id = $1 order by id"),
        args![tenant],
        entry,
    )?;
    let mut similar = wordings(tx, tenant, EntryId(0), EntryId(i64::MAX))?;
    for entry in &mut entries {
        entry.body.similar = similar.remove(&entry.id).unwrap_or_default();
    }
    Ok(entries)
}

/// All published entries of the tenant with their wordings, oldest first: what the bot may say.
pub fn list_published(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<Entry>> {
    Ok(list_all(tx, tenant)?.into_iter().filter(|it| it.version > 0).collect())
}

/// One entry with its wordings.
pub fn find(tx: &mut Tx<'_>, tenant: TenantId, id: EntryId) -> Result<Option<Entry>> {
    let found = tx.first(
        concat!("select ", columns!(), " from kb_entries where tenant_id = $1 and id = $2"),
        args![tenant, id],
        entry,
    )?;
    let Some(mut entry) = found else { return Ok(None) };
    entry.body.similar = tx.all(
        "select text from kb_wordings where tenant_id = $1 and entry_id = $2 order by id",
        args![tenant, id],
        |row| row.get(0),
    )?;
    Ok(Some(entry))
}

/// The standard question of an entry.
pub fn find_question(tx: &mut Tx<'_>, tenant: TenantId, id: EntryId) -> Result<Option<String>> {
    let sql = "select question from kb_entries where tenant_id = $1 and id = $2";
    tx.first(sql, args![tenant, id], |row| row.get(0))
}

/// The keys of all entries by standard question; of two with the same one, the older.
pub fn list_questions(tx: &mut Tx<'_>, tenant: TenantId) -> Result<HashMap<String, EntryId>> {
    let sql = "select question, id from kb_entries where tenant_id = $1 order by id desc";
    Ok(tx.all(sql, args![tenant], |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect())
}

/// All tags of the tenant's entries with how many carry them, the most used first.
pub fn list_tags(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<(String, usize)>> {
    let sql = "select tags from kb_entries where tenant_id = $1 and tags <> '[]'";
    let mut counts: HashMap<String, usize> = HashMap::new();
    for tags in tx.all(sql, args![tenant], |row| row.json::<Vec<String>>(0))? {
        for tag in tags {
            *counts.entry(tag).or_default() += 1;
        }
    }
    let mut all: Vec<(String, usize)> = counts.into_iter().collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(all)
}

/// The name of an inbox of the tenant.
pub fn find_inbox_name(tx: &mut Tx<'_>, tenant: TenantId, id: InboxId) -> Result<Option<String>> {
    let sql = "select name from inboxes where tenant_id = $1 and id = $2";
    tx.first(sql, args![tenant, id], |row| row.get(0))
}

/// How many entries the tenant has.
pub fn count(tx: &mut Tx<'_>, tenant: TenantId) -> Result<i64> {
    let sql = "select count(*) from kb_entries where tenant_id = $1";
    Ok(tx.first(sql, args![tenant], |row| row.get(0))?.unwrap_or_default())
}

/// Writes a new entry.
pub fn insert(tx: &mut Tx<'_>, tenant: TenantId, entry: &Entry) -> Result<()> {
    let Entry { id, body, version, updated_at, updated_by, release } = entry;
    tx.execute(
        "insert into kb_entries (id, tenant_id, category_id, question, answers, answer_mode, valid_from, valid_until,
             enabled, version, updated_at, updated_by, writers, note, restored_from, tags, owner_id, review_at,
             related, channel_answers, sharing)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
        args![
            *id,
            tenant,
            body.category,
            body.question,
            json(&body.answers)?,
            body.answer_mode.name(),
            body.validity.from,
            body.validity.until,
            body.enabled,
            *version,
            *updated_at,
            *updated_by,
            users(&release.writers)?,
            release.note,
            release.restored_from,
            json(&body.tags)?,
            body.owner,
            body.review_at,
            json(&body.related)?,
            json(&body.channel_answers)?,
            body.sharing.as_ref().map(json).transpose()?
        ],
    )?;
    insert_wordings(tx, tenant, entry)
}

/// Writes a version of an entry over the one before it, which is kept; false when that is not there any more.
pub fn update(tx: &mut Tx<'_>, tenant: TenantId, entry: &Entry) -> Result<bool> {
    keep_version(tx, tenant, entry.id)?;
    write(tx, tenant, entry, entry.version - 1)
}

/// Writes what a draft says of an entry that was never published, so that it is found by it; false when it was
/// published meanwhile.
pub fn mirror(tx: &mut Tx<'_>, tenant: TenantId, entry: &Entry) -> Result<bool> {
    write(tx, tenant, entry, 0)
}

/// Writes an entry over its version `before`.
fn write(tx: &mut Tx<'_>, tenant: TenantId, entry: &Entry, before: i64) -> Result<bool> {
    let Entry { id, body, version, updated_at, updated_by, release } = entry;
    let changed = tx.execute(
        "update kb_entries set category_id = $3, question = $4, answers = $5, answer_mode = $6, valid_from = $7,
                valid_until = $8, enabled = $9, version = $10, updated_at = $11, updated_by = $12, writers = $13,
                note = $14, restored_from = $15, tags = $17, owner_id = $18, review_at = $19, related = $20,
                channel_answers = $21, sharing = $22
         where tenant_id = $1 and id = $2 and version = $16",
        args![
            tenant,
            *id,
            body.category,
            body.question,
            json(&body.answers)?,
            body.answer_mode.name(),
            body.validity.from,
            body.validity.until,
            body.enabled,
            *version,
            *updated_at,
            *updated_by,
            users(&release.writers)?,
            release.note,
            release.restored_from,
            before,
            json(&body.tags)?,
            body.owner,
            body.review_at,
            json(&body.related)?,
            json(&body.channel_answers)?,
            body.sharing.as_ref().map(json).transpose()?
        ],
    )?;
    if changed == 0 {
        return Ok(false);
    }
    delete_wordings(tx, tenant, *id)?;
    insert_wordings(tx, tenant, entry)?;
    Ok(true)
}

/// Switches an entry on or off; false when it is gone.
pub fn set_enabled(tx: &mut Tx<'_>, tenant: TenantId, id: EntryId, enabled: bool) -> Result<bool> {
    let sql = "update kb_entries set enabled = $3 where tenant_id = $1 and id = $2";
    Ok(tx.execute(sql, args![tenant, id, enabled])? > 0)
}

/// Removes an entry; false when it is gone.
pub fn delete(tx: &mut Tx<'_>, tenant: TenantId, id: EntryId) -> Result<bool> {
    delete_wordings(tx, tenant, id)?;
    delete_draft(tx, tenant, id)?;
    delete_versions(tx, tenant, id)?;
    delete_proposal(tx, tenant, id)?;
    tx.execute("delete from kb_localisations where tenant_id = $1 and entry_id = $2", args![tenant, id])?;
    Ok(tx.execute("delete from kb_entries where tenant_id = $1 and id = $2", args![tenant, id])? > 0)
}

fn insert_wordings(tx: &mut Tx<'_>, tenant: TenantId, entry: &Entry) -> Result<()> {
    for text in &entry.body.similar {
        let id: WordingId = tx.new_id();
        tx.execute(
            "insert into kb_wordings (id, tenant_id, entry_id, text) values ($1, $2, $3, $4)",
            args![id, tenant, entry.id, *text],
        )?;
    }
    Ok(())
}

/// Removes all entries: what a load target does before it imports others.
pub fn delete_all(tx: &mut Tx<'_>, tenant: TenantId) -> Result<u64> {
    tx.execute("delete from kb_wordings where tenant_id = $1", args![tenant])?;
    tx.execute("delete from kb_drafts where tenant_id = $1", args![tenant])?;
    tx.execute("delete from kb_versions where tenant_id = $1", args![tenant])?;
    tx.execute("delete from kb_proposals where tenant_id = $1", args![tenant])?;
    tx.execute("delete from kb_localisations where tenant_id = $1", args![tenant])?;
    tx.execute("delete from kb_entries where tenant_id = $1", args![tenant])
}

fn delete_wordings(tx: &mut Tx<'_>, tenant: TenantId, id: EntryId) -> Result<()> {
    tx.execute("delete from kb_wordings where tenant_id = $1 and entry_id = $2", args![tenant, id])?;
    Ok(())
}

/// The wordings of the entries from `first` on and before `end`.
fn wordings(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    first: EntryId,
    end: EntryId,
) -> Result<HashMap<EntryId, Vec<String>>> {
    let rows = tx.all(
        "select entry_id, text from kb_wordings where tenant_id = $1 and entry_id >= $2 and entry_id < $3 order by entry_id, id",
        args![tenant, first, end],
        |row| Ok((row.get::<EntryId>(0)?, row.get::<String>(1)?)),
    )?;
    let mut found: HashMap<EntryId, Vec<String>> = HashMap::new();
    for (entry, text) in rows {
        found.entry(entry).or_default().push(text);
    }
    Ok(found)
}

/// A list of people as it is stored.
pub(super) fn users(users: &[UserId]) -> Result<String> {
    serde_json::to_string(users).map_err(|error| {
        Error::internal("knowledge.writers", "writers could not be written down").because(error)
    })
}

fn sharing(text: &str) -> Result<Sharing> {
    serde_json::from_str(text)
        .map_err(|error| Error::internal("knowledge.sharing", "a scope could not be read").because(error))
}

fn json<T: Serialize>(part: &T) -> Result<String> {
    serde_json::to_string(part).map_err(|error| {
        Error::internal("knowledge.part", "a part of an entry could not be written down").because(error)
    })
}

/// Reads [`columns`].
pub(super) fn entry(row: &Row<'_>) -> Result<Entry> {
    let body = EntryBody {
        category: row.get(1)?,
        question: row.get(2)?,
        similar: Vec::new(),
        answers: row.json(3)?,
        answer_mode: AnswerMode::from_name(&row.get::<String>(4)?),
        validity: Validity { from: row.get(5)?, until: row.get(6)? },
        enabled: row.get(7)?,
        tags: row.json(14)?,
        owner: row.get(15)?,
        review_at: row.get(16)?,
        related: row.json(17)?,
        channel_answers: row.json(18)?,
        sharing: row.get::<Option<String>>(19)?.map(|it| sharing(&it)).transpose()?,
    };
    Ok(Entry {
        id: row.get(0)?,
        body,
        version: row.get(8)?,
        updated_at: row.get(9)?,
        updated_by: row.get(10)?,
        release: Release { writers: row.json(11)?, note: row.get(12)?, restored_from: row.get(13)? },
    })
}
