//! The tables of the base: categories, entries, and their other wordings.

use std::collections::HashMap;

use crate::base::id::{CategoryId, EntryId, TenantId, WordingId};
use crate::base::{Error, Result};
use crate::db::{Row, Tx, args};

use super::model::{AnswerMode, Category, Entry, EntryBody, Validity};

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

/// What to look for among the entries.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only those of this category.
    pub category: Option<CategoryId>,
    /// A `like` pattern in lower case, `\` as escape, for question, wordings and answers.
    pub pattern: String,
    /// Only those before this key.
    pub before: Option<EntryId>,
    /// At most so many.
    pub limit: u32,
}

/// Entries with their wordings, newest first.
pub fn list(tx: &mut Tx<'_>, tenant: TenantId, wanted: &Wanted) -> Result<Vec<Entry>> {
    let before = wanted.before.unwrap_or(EntryId(i64::MAX));
    let mut entries = tx.all(
        r"select id, category_id, question, answers, answer_mode, valid_from, valid_until, enabled, version, updated_at, updated_by
          from kb_entries e
          where tenant_id = $1 and id < $2 and (category_id = $3 or $3 = 0)
            and ($4 = '' or lower(question) like $4 escape '\' or lower(answers) like $4 escape '\'
                 or exists (select 1 from kb_wordings w where w.tenant_id = $1 and w.entry_id = e.id
                            and lower(w.text) like $4 escape '\'))
          order by id desc limit $5",
        args![tenant, before, wanted.category.unwrap_or(CategoryId(0)), wanted.pattern, wanted.limit],
        entry,
    )?;
    let Some(oldest) = entries.last().map(|it| it.id) else { return Ok(entries) };
    let mut similar = wordings(tx, tenant, oldest, before)?;
    for entry in &mut entries {
        entry.body.similar = similar.remove(&entry.id).unwrap_or_default();
    }
    Ok(entries)
}

/// All entries of the tenant with their wordings, oldest first.
pub fn list_all(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<Entry>> {
    let mut entries = tx.all(
        "select id, category_id, question, answers, answer_mode, valid_from, valid_until, enabled, version, updated_at, updated_by
         from kb_entries where tenant_id = $1 order by id",
        args![tenant],
        entry,
    )?;
    let mut similar = wordings(tx, tenant, EntryId(0), EntryId(i64::MAX))?;
    for entry in &mut entries {
        entry.body.similar = similar.remove(&entry.id).unwrap_or_default();
    }
    Ok(entries)
}

/// One entry with its wordings.
pub fn find(tx: &mut Tx<'_>, tenant: TenantId, id: EntryId) -> Result<Option<Entry>> {
    let found = tx.first(
        "select id, category_id, question, answers, answer_mode, valid_from, valid_until, enabled, version, updated_at, updated_by
         from kb_entries where tenant_id = $1 and id = $2",
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

/// The keys of all entries by standard question; of two with the same one, the older.
pub fn list_questions(tx: &mut Tx<'_>, tenant: TenantId) -> Result<HashMap<String, EntryId>> {
    let sql = "select question, id from kb_entries where tenant_id = $1 order by id desc";
    Ok(tx.all(sql, args![tenant], |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect())
}

/// How many entries the tenant has.
pub fn count(tx: &mut Tx<'_>, tenant: TenantId) -> Result<i64> {
    let sql = "select count(*) from kb_entries where tenant_id = $1";
    Ok(tx.first(sql, args![tenant], |row| row.get(0))?.unwrap_or_default())
}

/// Writes a new entry.
pub fn insert(tx: &mut Tx<'_>, tenant: TenantId, entry: &Entry) -> Result<()> {
    let Entry { id, body, version, updated_at, updated_by } = entry;
    tx.execute(
        "insert into kb_entries (id, tenant_id, category_id, question, answers, answer_mode, valid_from, valid_until, enabled, version, updated_at, updated_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            *id,
            tenant,
            body.category,
            body.question,
            answers(body)?,
            body.answer_mode.name(),
            body.validity.from,
            body.validity.until,
            body.enabled,
            *version,
            *updated_at,
            *updated_by
        ],
    )?;
    insert_wordings(tx, tenant, entry)
}

/// Writes an entry over the version before its own; false when that is not there any more.
pub fn update(tx: &mut Tx<'_>, tenant: TenantId, entry: &Entry) -> Result<bool> {
    let Entry { id, body, version, updated_at, updated_by } = entry;
    let changed = tx.execute(
        "update kb_entries set category_id = $3, question = $4, answers = $5, answer_mode = $6, valid_from = $7,
                valid_until = $8, enabled = $9, version = $10, updated_at = $11, updated_by = $12
         where tenant_id = $1 and id = $2 and version + 1 = $10",
        args![
            tenant,
            *id,
            body.category,
            body.question,
            answers(body)?,
            body.answer_mode.name(),
            body.validity.from,
            body.validity.until,
            body.enabled,
            *version,
            *updated_at,
            *updated_by
        ],
    )?;
    if changed == 0 {
        return Ok(false);
    }
    delete_wordings(tx, tenant, *id)?;
    insert_wordings(tx, tenant, entry)?;
    Ok(true)
}

/// Removes an entry; false when it is gone.
pub fn delete(tx: &mut Tx<'_>, tenant: TenantId, id: EntryId) -> Result<bool> {
    delete_wordings(tx, tenant, id)?;
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

fn answers(body: &EntryBody) -> Result<String> {
    serde_json::to_string(&body.answers).map_err(|error| {
        Error::internal("knowledge.answers", "answers could not be written down").because(error)
    })
}

fn entry(row: &Row<'_>) -> Result<Entry> {
    let body = EntryBody {
        category: row.get(1)?,
        question: row.get(2)?,
        similar: Vec::new(),
        answers: row.json(3)?,
        answer_mode: AnswerMode::from_name(&row.get::<String>(4)?),
        validity: Validity { from: row.get(5)?, until: row.get(6)? },
        enabled: row.get(7)?,
    };
    Ok(Entry {
        id: row.get(0)?,
        body,
        version: row.get(8)?,
        updated_at: row.get(9)?,
        updated_by: row.get(10)?,
    })
}
