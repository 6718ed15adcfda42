//! The tables of generated answers: what a tenant set, what a day cost, and generations that are wanted.

use crate::base::id::{GenerationId, MessageId, TenantId};
use crate::base::{Error, Result};
use crate::conversations::model::{Conversation, Message};
use crate::db::{Row, Sql, Tx, args};
use crate::models::model::Endpoint;

use super::model::{Day, Generation, Kept, Settings, Wanted};

/// What a tenant set; nothing set is off.
pub fn get(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Kept> {
    let sql = "select is_on, url, model, secret, label, seconds, requests_a_day, tokens_a_day, version
               from generation_settings where tenant_id = $1";
    let found = tx.first(sql, args![tenant], |row| {
        let url: String = row.get(1)?;
        let model: String = row.get(2)?;
        let settings = Settings {
            is_on: row.get::<i64>(0)? == 1,
            endpoint: (!url.is_empty()).then_some(Endpoint { url, model }),
            label: row.get(4)?,
            seconds: row.get(5)?,
            requests_a_day: row.get(6)?,
            tokens_a_day: row.get(7)?,
        };
        Ok(Kept { settings, secret: row.get(3)?, version: row.get(8)? })
    })?;
    Ok(found.unwrap_or_default())
}

/// Writes what a tenant set over the version before its own; false when that is not there any more.
pub fn put(tx: &mut Tx<'_>, tenant: TenantId, kept: &Kept) -> Result<bool> {
    let it = &kept.settings;
    let (url, model) = it.endpoint.as_ref().map_or(("", ""), |it| (it.url.as_str(), it.model.as_str()));
    let now = tx.now();
    let changed = tx.execute(
        "insert into generation_settings (tenant_id, is_on, url, model, secret, label, seconds, requests_a_day,
             tokens_a_day, version, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (tenant_id) do update
         set is_on = excluded.is_on, url = excluded.url, model = excluded.model, secret = excluded.secret,
             label = excluded.label, seconds = excluded.seconds, requests_a_day = excluded.requests_a_day,
             tokens_a_day = excluded.tokens_a_day, version = excluded.version, updated_at = excluded.updated_at
         where generation_settings.version + 1 = excluded.version",
        args![
            tenant,
            i64::from(it.is_on),
            url,
            model,
            kept.secret.as_deref(),
            it.label,
            it.seconds,
            it.requests_a_day,
            it.tokens_a_day,
            kept.version,
            now
        ],
    )?;
    Ok(changed == 1)
}

/// What a tenant's day has cost.
pub fn get_day(tx: &mut Tx<'_>, tenant: TenantId, day: &str) -> Result<Day> {
    let sql = "select requests, tokens, said, refused, failed, dropped from generation_days
               where tenant_id = $1 and day = $2";
    let found = tx.first(sql, args![tenant, day], |row| {
        Ok(Day {
            requests: row.get(0)?,
            tokens: row.get(1)?,
            said: row.get(2)?,
            refused: row.get(3)?,
            failed: row.get(4)?,
            dropped: row.get(5)?,
        })
    })?;
    Ok(found.unwrap_or_default())
}

/// Adds to a tenant's day.
pub fn add_to_day(tx: &mut Tx<'_>, tenant: TenantId, day: &str, more: Day) -> Result<()> {
    tx.execute(
        "insert into generation_days (tenant_id, day, requests, tokens, said, refused, failed, dropped)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (tenant_id, day) do update
         set requests = generation_days.requests + excluded.requests, tokens = generation_days.tokens + excluded.tokens,
             said = generation_days.said + excluded.said, refused = generation_days.refused + excluded.refused,
             failed = generation_days.failed + excluded.failed, dropped = generation_days.dropped + excluded.dropped",
        args![tenant, day, more.requests, more.tokens, more.said, more.refused, more.failed, more.dropped],
    )?;
    Ok(())
}

/// Writes down a generation that is wanted.
pub fn insert(tx: &mut Tx<'_>, conversation: &Conversation, asked: &Message, wanted: &Wanted) -> Result<()> {
    let id: GenerationId = tx.new_id();
    let now = tx.now();
    let written =
        |error| Error::internal("generation.row", "a generation could not be written down").because(error);
    let entries = serde_json::to_string(&wanted.entries).map_err(written)?;
    let otherwise = serde_json::to_string(&wanted.otherwise).map_err(written)?;
    tx.execute(
        "insert into generations (id, tenant_id, thread_id, conversation_id, asked_id, asked_number, entries, otherwise,
             state, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', $9)",
        args![
            id,
            conversation.tenant,
            conversation.thread,
            conversation.id,
            asked.id,
            asked.number,
            entries,
            otherwise,
            now
        ],
    )?;
    Ok(())
}

const COLUMNS: &str =
    "id, tenant_id, thread_id, conversation_id, asked_id, asked_number, entries, otherwise, created_at";

fn generation(row: &Row<'_>) -> Result<Generation> {
    Ok(Generation {
        id: row.get(0)?,
        tenant: row.get(1)?,
        thread: row.get(2)?,
        conversation: row.get(3)?,
        asked: row.get(4)?,
        asked_number: row.get(5)?,
        wanted: Wanted { entries: row.json(6)?, otherwise: row.json(7)? },
        created_at: row.get(8)?,
    })
}

/// Takes up to `limit` that wait, oldest first.
pub fn claim(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<Generation>> {
    let mut taken = tx.all(
        Sql::of_constant_pieces(format!(
            "update generations set state = 'taken' where id in (select id from generations
                 where ended_at is null and state = 'waiting' order by id limit $1) returning {COLUMNS}"
        )),
        args![limit],
        generation,
    )?;
    taken.sort_by_key(|it| it.id);
    Ok(taken)
}

/// Those that were taken up and have not ended: at the start of the server, those that it stopped in.
pub fn list_taken(tx: &mut Tx<'_>) -> Result<Vec<Generation>> {
    tx.all(
        Sql::of_constant_pieces(format!(
            "select {COLUMNS} from generations where ended_at is null and state = 'taken' order by id"
        )),
        args![],
        generation,
    )
}

/// Whether any waits.
pub fn has_waiting(tx: &mut Tx<'_>) -> Result<bool> {
    let sql = "select id from generations where ended_at is null and state = 'waiting' limit 1";
    Ok(tx.first(sql, args![], |row| row.get::<i64>(0))?.is_some())
}

/// Whether one has not ended yet.
pub fn is_open(tx: &mut Tx<'_>, id: GenerationId) -> Result<bool> {
    let sql = "select id from generations where id = $1 and ended_at is null";
    Ok(tx.first(sql, args![id], |row| row.get::<i64>(0))?.is_some())
}

/// Ends one. `state` is `said`, `otherwise` or `dropped`.
pub fn end(
    tx: &mut Tx<'_>,
    id: GenerationId,
    state: &str,
    why: &str,
    message: Option<MessageId>,
) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "update generations set state = $2, why = $3, message_id = $4, ended_at = $5 where id = $1 and ended_at is null",
        args![id, state, why, message, now],
    )?;
    Ok(())
}

/// Forgets those with keys below `floor` that have ended.
pub fn forget_old(tx: &mut Tx<'_>, floor: i64) -> Result<u64> {
    tx.execute("delete from generations where id < $1 and ended_at is not null", args![floor])
}
