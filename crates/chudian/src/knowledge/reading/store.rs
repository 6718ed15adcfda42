//! The tables of what must be read and of who has.

use crate::base::id::{EntryId, TenantId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::db::{Row, Tx, args};

use super::model::{Reading, Record};

/// What is asked of an entry's readers.
pub fn find(tx: &mut Tx<'_>, tenant: TenantId, entry: EntryId) -> Result<Option<Reading>> {
    tx.first(
        "select entry_id, body, round, asked_at, version from kb_readings where tenant_id = $1 and entry_id = $2",
        args![tenant, entry],
        reading,
    )
}

/// All that is to be read, the newest demand first.
pub fn list(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Vec<Reading>> {
    tx.all(
        "select entry_id, body, round, asked_at, version from kb_readings
         where tenant_id = $1 order by asked_at desc, entry_id desc",
        args![tenant],
        reading,
    )
}

fn reading(row: &Row<'_>) -> Result<Reading> {
    Ok(Reading {
        entry: row.get(0)?,
        body: row.json(1)?,
        round: row.get(2)?,
        asked_at: row.get(3)?,
        version: row.get(4)?,
    })
}

/// What the members of a tenant ask of the readers of one of its entries.
pub fn list_of_members(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    entry: EntryId,
) -> Result<Vec<(TenantId, String, Reading)>> {
    tx.all(
        "select r.entry_id, r.body, r.round, r.asked_at, r.version, t.id, t.name
         from tenants t join kb_readings r on r.tenant_id = t.id
         where t.parent_id = $1 and r.entry_id = $2 order by t.id",
        args![tenant, entry],
        |row| Ok((row.get(5)?, row.get(6)?, reading(row)?)),
    )
}

/// Writes a demand over the version before its own; false when that is not there any more.
pub fn put(tx: &mut Tx<'_>, tenant: TenantId, it: &Reading) -> Result<bool> {
    let body = serde_json::to_string(&it.body).map_err(|error| {
        Error::internal("reading.json", "a demand could not be written down").because(error)
    })?;
    let changed = tx.execute(
        "insert into kb_readings (tenant_id, entry_id, body, round, asked_at, version) values ($1, $2, $3, $4, $5, $6)
         on conflict (tenant_id, entry_id)
         do update set body = excluded.body, round = excluded.round, asked_at = excluded.asked_at,
             version = excluded.version
         where kb_readings.version = excluded.version - 1",
        args![tenant, it.entry, body, it.round, it.asked_at, it.version],
    )?;
    Ok(changed > 0)
}

/// Asks nobody any more; false when nobody was asked. Who has read stays known.
pub fn delete(tx: &mut Tx<'_>, tenant: TenantId, entry: EntryId) -> Result<bool> {
    let sql = "delete from kb_readings where tenant_id = $1 and entry_id = $2";
    Ok(tx.execute(sql, args![tenant, entry])? > 0)
}

/// The highest round that anybody answered: a demand that is made anew goes on from there.
pub fn last_round(tx: &mut Tx<'_>, tenant: TenantId, entry: EntryId) -> Result<i64> {
    let found = tx.first(
        "select max(round) from kb_reading_records where tenant_id = $1 and entry_id = $2",
        args![tenant, entry],
        |row| row.get::<Option<i64>>(0),
    )?;
    Ok(found.flatten().unwrap_or_default())
}

/// Writes what somebody did over an earlier try that was not passed; false when they had passed.
pub fn put_record(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    (entry, round): (EntryId, i64),
    it: &Record,
) -> Result<bool> {
    let changed = tx.execute(
        "insert into kb_reading_records
             (tenant_id, entry_id, round, user_id, read_at, entry_version, score, questions, tries)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (tenant_id, entry_id, round, user_id)
         do update set read_at = excluded.read_at, entry_version = excluded.entry_version, score = excluded.score,
             questions = excluded.questions, tries = excluded.tries
         where kb_reading_records.score < kb_reading_records.questions",
        args![
            tenant,
            entry,
            round,
            it.user,
            it.read_at,
            it.entry_version,
            it.score,
            it.questions,
            it.tries
        ],
    )?;
    Ok(changed > 0)
}

/// What people did about an entry in a round.
pub fn list_records(tx: &mut Tx<'_>, tenant: TenantId, entry: EntryId, round: i64) -> Result<Vec<Record>> {
    tx.all(
        "select user_id, read_at, entry_version, score, questions, tries from kb_reading_records
         where tenant_id = $1 and entry_id = $2 and round = $3 order by user_id",
        args![tenant, entry, round],
        record,
    )
}

/// What a person did about an entry in a round.
pub fn find_record(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    (entry, round): (EntryId, i64),
    user: UserId,
) -> Result<Option<Record>> {
    tx.first(
        "select user_id, read_at, entry_version, score, questions, tries from kb_reading_records
         where tenant_id = $1 and entry_id = $2 and round = $3 and user_id = $4",
        args![tenant, entry, round, user],
        record,
    )
}

fn record(row: &Row<'_>) -> Result<Record> {
    Ok(Record {
        user: row.get(0)?,
        read_at: row.get::<Time>(1)?,
        entry_version: row.get(2)?,
        score: row.get(3)?,
        questions: row.get(4)?,
        tries: row.get(5)?,
    })
}
