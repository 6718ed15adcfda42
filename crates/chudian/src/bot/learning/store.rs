//! The tables of learning: trainings, what they made, and which one is in force.

use std::collections::HashMap;

use crate::base::id::{IdMaker, TenantId, TrainingId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::db::{Row, Tx, args};

use super::model::{Report, Training, TrainingState};

/// Writes that a training is wanted.
pub fn insert(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    asked_by: Option<UserId>,
    state: TrainingState,
) -> Result<TrainingId> {
    let (id, now): (TrainingId, _) = (tx.new_id(), tx.now());
    let ended_at = (!state.is_open()).then_some(now);
    tx.execute(
        "insert into kb_trainings (id, tenant_id, asked_by, state, tries, ended_at, print, report)
         values ($1, $2, $3, $4, 0, $5, '', '{}')",
        args![id, tenant, asked_by, state.name(), ended_at],
    )?;
    Ok(id)
}

/// The newest trainings of a tenant.
pub fn list(tx: &mut Tx<'_>, tenant: TenantId, limit: u32) -> Result<Vec<Training>> {
    tx.all(
        "select id, state, asked_by, started_at, ended_at, print, report from kb_trainings
         where tenant_id = $1 order by id desc limit $2",
        args![tenant, limit],
        training,
    )
}

/// The next training that waits, or whose learner died, under a lease; with how often it was begun.
pub fn claim(tx: &mut Tx<'_>, lease: Time) -> Result<Option<(TenantId, Training, i64)>> {
    let now = tx.now();
    let mut claimed = tx.all(
        "update kb_trainings
         set state = 'training', locked_until = $2, tries = tries + 1, started_at = coalesce(started_at, $1)
         where id in (select id from kb_trainings
                      where ended_at is null and (locked_until is null or locked_until <= $1) order by id limit 1)
         returning id, state, asked_by, started_at, ended_at, print, report, tenant_id, tries",
        args![now, lease],
        |row| Ok((row.get(7)?, training(row)?, row.get(8)?)),
    )?;
    Ok(claimed.pop())
}

/// Says that the learner of a training lives.
pub fn keep(tx: &mut Tx<'_>, id: TrainingId, lease: Time) -> Result<()> {
    tx.execute(
        "update kb_trainings set locked_until = $2 where id = $1 and ended_at is null",
        args![id, lease],
    )?;
    Ok(())
}

/// Writes how a training ended; false when it was ended meanwhile.
pub fn finish(tx: &mut Tx<'_>, training: &Training) -> Result<bool> {
    let report = serde_json::to_string(&training.report).map_err(|error| {
        Error::internal("learning.report", "a report could not be written down").because(error)
    })?;
    let changed = tx.execute(
        "update kb_trainings set state = $2, locked_until = null, ended_at = $3, print = $4, report = $5
         where id = $1 and ended_at is null",
        args![training.id, training.state.name(), training.ended_at, training.print, report],
    )?;
    Ok(changed > 0)
}

/// Ends what waits or is under way: nothing of it counts.
pub fn give_up(tx: &mut Tx<'_>, tenant: TenantId) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "update kb_trainings set state = $3, locked_until = null, ended_at = $2
         where tenant_id = $1 and ended_at is null",
        args![tenant, now, TrainingState::Failed.name()],
    )?;
    Ok(())
}

/// When each tenant's newest nightly training was written.
pub fn list_nightly(tx: &mut Tx<'_>) -> Result<HashMap<TenantId, Time>> {
    let found = tx.all(
        "select tenant_id, max(id) from kb_trainings where asked_by is null group by tenant_id",
        args![],
        |row| Ok((row.get(0)?, IdMaker::moment(row.get::<TrainingId>(1)?))),
    )?;
    Ok(found.into_iter().collect())
}

/// The tenants that do not learn by night.
pub fn list_without_nights(tx: &mut Tx<'_>) -> Result<Vec<TenantId>> {
    tx.all("select tenant_id from kb_learning where nightly = 0", args![], |row| row.get(0))
}

/// Forgets a tenant's older trainings: all but the newest `kept` and the one in force, and of those that found
/// nothing new all but the last.
pub fn forget_old(tx: &mut Tx<'_>, tenant: TenantId, kept: u32) -> Result<()> {
    let current = get_learning(tx, tenant)?.current.unwrap_or(TrainingId(0));
    tx.execute(
        "delete from kb_learnt_pieces where tenant_id = $1 and training_id <> $2",
        args![tenant, current],
    )?;
    tx.execute(
        "delete from kb_trainings
         where tenant_id = $1 and id <> $2 and ended_at is not null
           and (id not in (select id from kb_trainings where tenant_id = $1 order by id desc limit $3)
                or (state = 'unchanged' and id < (select max(id) from kb_trainings where tenant_id = $1)))",
        args![tenant, current, kept],
    )?;
    Ok(())
}

// What was learnt ----------------------------------------------------------------------------------

/// What a training makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The space of the base's wordings.
    Space,
    /// The map for the vectors of a model's space.
    Map(String),
}

impl Part {
    /// Its name in the database.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Space => "space".to_owned(),
            Self::Map(space) => format!("map:{space}"),
        }
    }
}

/// Writes one piece of a part.
pub fn put_piece(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    (training, part, nth): (TrainingId, &Part, i64),
    bytes: &[u8],
) -> Result<()> {
    tx.execute(
        "insert into kb_learnt_pieces (tenant_id, training_id, part, nth, bytes) values ($1, $2, $3, $4, $5)
         on conflict (tenant_id, training_id, part, nth) do update set bytes = excluded.bytes",
        args![tenant, training, part.name(), nth, bytes],
    )?;
    Ok(())
}

/// Removes all that a training made: it does not count, or a try before this one left it.
pub fn delete_pieces(tx: &mut Tx<'_>, tenant: TenantId, training: TrainingId) -> Result<()> {
    let sql = "delete from kb_learnt_pieces where tenant_id = $1 and training_id = $2";
    tx.execute(sql, args![tenant, training])?;
    Ok(())
}

/// The space in force as bytes, with its training; none when words decide alone.
pub fn find_space(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Option<(TrainingId, Vec<u8>)>> {
    let Some(current) = get_learning(tx, tenant)?.current else { return Ok(None) };
    Ok(find_part(tx, tenant, current, &Part::Space)?.map(|it| (current, it)))
}

/// The map in force for the vectors of a model's space, as bytes.
pub fn find_map(tx: &mut Tx<'_>, tenant: TenantId, space: &str) -> Result<Option<Vec<u8>>> {
    let Some(current) = get_learning(tx, tenant)?.current else { return Ok(None) };
    find_part(tx, tenant, current, &Part::Map(space.to_owned()))
}

fn find_part(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    training: TrainingId,
    part: &Part,
) -> Result<Option<Vec<u8>>> {
    let pieces = tx.all(
        "select bytes from kb_learnt_pieces where tenant_id = $1 and training_id = $2 and part = $3 order by nth",
        args![tenant, training, part.name()],
        |row| row.get::<Vec<u8>>(0),
    )?;
    Ok((!pieces.is_empty()).then(|| pieces.concat()))
}

/// How a tenant learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Learning {
    /// The training whose result is in force.
    pub current: Option<TrainingId>,
    /// Whether it learns by night.
    pub nightly: bool,
    /// From which confidence on an answer keeps what is promised, in percent.
    pub answer_percent: Option<i64>,
}

/// A threshold in percent, unless it was learnt on another scale of confidences: there it means nothing now.
fn on_this_scale((percent, scale): (Option<i64>, i64)) -> Option<i64> {
    percent.filter(|_| scale == retrieval::SCALE)
}

impl Learning {
    /// From which confidence on an answer keeps what is promised, as the base taught.
    #[must_use]
    pub fn answer_from(&self) -> Option<f32> {
        self.answer_percent.map(|it| it as f32 / 100.0)
    }
}

/// How a tenant learns: by night, unless somebody said no.
pub fn get_learning(tx: &mut Tx<'_>, tenant: TenantId) -> Result<Learning> {
    let found = tx.first(
        "select training_id, nightly, answer_percent, scale from kb_learning where tenant_id = $1",
        args![tenant],
        |row| {
            let nightly = row.get::<i64>(1)? != 0;
            let answer_percent = on_this_scale((row.get(2)?, row.get(3)?));
            Ok(Learning { current: row.get(0)?, nightly, answer_percent })
        },
    )?;
    Ok(found.unwrap_or(Learning { current: None, nightly: true, answer_percent: None }))
}

/// Writes how a tenant learns.
pub fn put_learning(tx: &mut Tx<'_>, tenant: TenantId, it: Learning) -> Result<()> {
    tx.execute(
        "insert into kb_learning (tenant_id, training_id, nightly, answer_percent, scale)
         values ($1, $2, $3, $4, $5)
         on conflict (tenant_id) do update set training_id = excluded.training_id, nightly = excluded.nightly,
             answer_percent = excluded.answer_percent, scale = excluded.scale",
        args![tenant, it.current, i64::from(it.nightly), it.answer_percent, retrieval::SCALE],
    )?;
    Ok(())
}

fn training(row: &Row<'_>) -> Result<Training> {
    Ok(Training {
        id: row.get(0)?,
        state: TrainingState::from_name(&row.get::<String>(1)?),
        asked_by: row.get(2)?,
        started_at: row.get(3)?,
        ended_at: row.get(4)?,
        print: row.get(5)?,
        report: row.json::<Report>(6)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threshold_of_another_scale_means_nothing() {
        for (stored, expected) in [
            ((Some(81), retrieval::SCALE), Some(81)),
            ((Some(81), retrieval::SCALE - 1), None),
            ((None, retrieval::SCALE), None),
        ] {
            assert_eq!(on_this_scale(stored), expected, "{stored:?}");
        }
    }
}
