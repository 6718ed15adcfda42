//! The tables of test sets and their runs, and the latest questions of customers.

use std::collections::HashSet;

use retrieval::normalise;

use crate::base::content::Content;
use crate::base::id::{MessageId, TenantId, TestRunId, TestSetId};
use crate::base::{Error, Result};
use crate::db::{Row, Tx, args};
use crate::knowledge::learning::cluster::masked;
use crate::knowledge::model::LONGEST_QUESTION;

use super::model::{TestResult, TestRun, TestSet};

/// So many runs of a set are kept.
pub const KEPT_RUNS: u32 = 20;

// Sets ---------------------------------------------------------------------------------------------

/// All sets of the tenant, oldest first.
pub fn list(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<TestSet>> {
    tx.all(
        "select id, name, questions, version, updated_at, updated_by from kb_test_sets where tenant_id = $1 order by id",
        args![tenant],
        set,
    )
}

/// The open members of a tenant that have test sets.
pub fn list_members_with_sets(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<(TenantId, String)>> {
    tx.all(
        "select t.id, t.name from tenants t where t.parent_id = $1 and t.closed_at is null
             and t.id in (select s.tenant_id from kb_test_sets s) order by t.id",
        args![tenant],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// One set.
pub fn find(tx: &mut Tx<'_>, tenant: TenantId, id: TestSetId) -> Result<Option<TestSet>> {
    tx.first(
        "select id, name, questions, version, updated_at, updated_by from kb_test_sets where tenant_id = $1 and id = $2",
        args![tenant, id],
        set,
    )
}

fn set(row: &Row<'_>) -> Result<TestSet> {
    Ok(TestSet {
        id: row.get(0)?,
        name: row.get(1)?,
        questions: row.json(2)?,
        version: row.get(3)?,
        updated_at: row.get(4)?,
        updated_by: row.get(5)?,
    })
}

/// Writes a new set.
pub fn insert(tx: &mut Tx<'_>, tenant: TenantId, it: &TestSet) -> Result<()> {
    tx.execute(
        "insert into kb_test_sets (id, tenant_id, name, questions, version, updated_at, updated_by)
         values ($1, $2, $3, $4, $5, $6, $7)",
        args![it.id, tenant, it.name, text(&it.questions)?, it.version, it.updated_at, it.updated_by],
    )?;
    Ok(())
}

/// Writes a set over its version before; false when that is not there any more.
pub fn update(tx: &mut Tx<'_>, tenant: TenantId, it: &TestSet) -> Result<bool> {
    let changed = tx.execute(
        "update kb_test_sets set name = $3, questions = $4, version = $5, updated_at = $6, updated_by = $7
         where tenant_id = $1 and id = $2 and version = $5 - 1",
        args![tenant, it.id, it.name, text(&it.questions)?, it.version, it.updated_at, it.updated_by],
    )?;
    Ok(changed > 0)
}

/// Removes a set with its runs; false when it is gone.
pub fn delete(tx: &mut Tx<'_>, tenant: TenantId, id: TestSetId) -> Result<bool> {
    tx.execute("delete from kb_test_runs where tenant_id = $1 and set_id = $2", args![tenant, id])?;
    Ok(tx.execute("delete from kb_test_sets where tenant_id = $1 and id = $2", args![tenant, id])? > 0)
}

fn text(it: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(it).map_err(|error| {
        Error::internal("test_set.text", "a test set could not be written down").because(error)
    })
}

// Runs ---------------------------------------------------------------------------------------------

/// Writes a run and forgets those of the set that are too many.
pub fn insert_run(tx: &mut Tx<'_>, tenant: TenantId, it: &TestRun) -> Result<()> {
    tx.execute(
        "insert into kb_test_runs (id, tenant_id, set_id, at, run_by, correct, checked, results)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![it.id, tenant, it.set, it.at, it.by, it.right, it.checked, text(&it.results)?],
    )?;
    let oldest: Option<TestRunId> = tx.first(
        "select id from kb_test_runs where tenant_id = $1 and set_id = $2 order by id desc limit 1 offset $3",
        args![tenant, it.set, KEPT_RUNS],
        |row| row.get(0),
    )?;
    if let Some(oldest) = oldest {
        let sql = "delete from kb_test_runs where tenant_id = $1 and set_id = $2 and id <= $3";
        tx.execute(sql, args![tenant, it.set, oldest])?;
    }
    Ok(())
}

/// The newest runs of a set, newest first, without their results.
pub fn list_runs(tx: &mut Tx<'_>, tenant: TenantId, set: TestSetId, limit: u32) -> Result<Vec<TestRun>> {
    tx.all(
        "select id, set_id, at, run_by, correct, checked from kb_test_runs
         where tenant_id = $1 and set_id = $2 order by id desc limit $3",
        args![tenant, set, limit],
        run,
    )
}

/// What came out of a run, question by question.
pub fn list_results(tx: &mut Tx<'_>, tenant: TenantId, run: TestRunId) -> Result<Vec<TestResult>> {
    let sql = "select results from kb_test_runs where tenant_id = $1 and id = $2";
    Ok(tx.first(sql, args![tenant, run], |row| row.json(0))?.unwrap_or_default())
}

fn run(row: &Row<'_>) -> Result<TestRun> {
    Ok(TestRun {
        id: row.get(0)?,
        set: row.get(1)?,
        at: row.get(2)?,
        by: row.get(3)?,
        right: row.get(4)?,
        checked: row.get(5)?,
        results: Vec::new(),
    })
}

// Questions of customers ---------------------------------------------------------------------------

/// So many of the latest conversations of each stage are looked through.
const CONVERSATIONS: u32 = 150;

/// So many of the latest messages of each thread.
const MESSAGES: u32 = 40;

/// The latest distinct questions of customers, newest first, long numbers masked. Messages have no index by
/// tenant, so they are found by the tenant's latest conversations; who talks without end counts with the end.
pub fn list_asked(tx: &mut Tx<'_>, tenant: TenantId, limit: usize) -> Result<Vec<String>> {
    let mut heads: Vec<MessageId> = Vec::new();
    for stage in ["bot", "queued", "serving", "closed"] {
        heads.extend(tx.all(
            "select t.last_message_id from conversations c join threads t on t.id = c.thread_id
             where c.tenant_id = $1 and c.stage = $2 and t.last_message_id is not null
             order by c.id desc limit $3",
            args![tenant, stage, CONVERSATIONS],
            |row| row.get::<MessageId>(0),
        )?);
    }
    // The newest talk first; a thread with several conversations is walked once.
    heads.sort_unstable_by_key(|it| std::cmp::Reverse(it.0));
    heads.dedup();
    let (mut seen, mut asked) = (HashSet::new(), Vec::new());
    for head in heads {
        if asked.len() >= limit {
            break;
        }
        let contents: Vec<Content> = tx.all(
            "with recursive walk (id, previous_id, content, direction, depth) as (
                 select m.id, m.previous_id, m.content, m.direction, 1 from messages m where m.id = $1
                 union all
                 select m.id, m.previous_id, m.content, m.direction, w.depth + 1
                 from walk w join messages m on m.id = w.previous_id where w.depth < $2)
             select content from walk where direction = 'in' order by id desc",
            args![head, MESSAGES],
            |row| row.json(0),
        )?;
        let questions = contents.iter().filter_map(Content::words).filter_map(question);
        asked.extend(questions.filter(|it| seen.insert(normalise::question(it))));
    }
    asked.truncate(limit);
    Ok(asked)
}

/// What a customer wrote, as far as it asks something.
fn question(words: &str) -> Option<String> {
    let question = masked(&words.trim().chars().take(LONGEST_QUESTION).collect::<String>());
    let asks = normalise::question(&question).chars().filter(|it| it.is_alphanumeric()).count() >= 2;
    asks.then_some(question)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_asks_nothing_is_not_replayed() {
        assert_eq!(question(" 话费在哪看 ").as_deref(), Some("话费在哪看"));
        assert_eq!(question("13800138000停机了").as_deref(), Some("***********停机了"));
        assert_eq!(question("？"), None);
        assert_eq!(question("1"), None);
    }
}
