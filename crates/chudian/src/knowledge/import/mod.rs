//! The base out of a table, and back into one.
//!
//! An entry is known by its standard question: a row with a question that is there changes that entry, any
//! other makes a new one. Rows that cannot be used are told by number and left out; the others count.

mod export;
pub mod http;
mod lots;
mod particulars;
mod report;
mod rows;
mod terms;

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tables::FileKind;
use tokio::sync::Semaphore;

use crate::audit::ops::record;
use crate::base::{Error, Result};
use crate::bus::{Event, emit};
use crate::ctx::Ctx;
use crate::knowledge::rehearsal::{self, Accepted};
use crate::knowledge::shared::ops::tell_changed;
use crate::knowledge::shared::store as shared;
use crate::knowledge::workshop::store as workshop;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

pub use export::{Format, export};
pub use report::{Cells, Place, Report, RowError, SheetRead};

use lots::{changes, plan_all, write_lots};
use rows::{Line, understand};

/// How many files are read at once, and for how long somebody waits for one. A thread that is at work on a
/// hostile file keeps its slot until it is done; its caller does not wait for that.
#[derive(Debug)]
struct Readers(Arc<Semaphore>);

const READERS: usize = 2;
const LONGEST_READING: Duration = Duration::from_secs(30);

impl Default for Readers {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(READERS)))
    }
}

/// Reads a file beside everything else that goes on.
async fn read(ctx: &Ctx, bytes: Vec<u8>, kind: FileKind) -> Result<(Report, Vec<Line>)> {
    let readers = ctx.shelf.get::<Readers>().0.clone();
    let busy = || Error::busy("import.busy", "other files are being read: try again in a minute");
    let slot = tokio::time::timeout(LONGEST_READING, readers.acquire_owned()).await.map_err(|_| busy())?;
    let slot = slot.map_err(|_| busy())?;
    let work = tokio::task::spawn_blocking(move || {
        let _slot = slot;
        understand(&bytes, kind)
    });
    tokio::time::timeout(LONGEST_READING, work)
        .await
        .map_err(|_| {
            let why = "reading the file takes too long: split it, or save it as CSV";
            Error::invalid("import.too_slow", why).field("file", why)
        })?
        .map_err(|error| Error::internal("import.stopped", "the file could not be read").because(error))?
}

/// How to import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct How {
    /// Only tell what would happen.
    pub is_trial: bool,
    /// Publish what is read; else it becomes drafts.
    pub publish: bool,
    /// What the file is.
    pub kind: FileKind,
    /// Of a trial: begin to rehearse what would be published.
    pub rehearse: bool,
    /// Publish it although test questions would fare worse.
    pub accept_fall: bool,
}

/// Imports a table.
///
/// # Errors
/// `Denied` without the right, and to publish at once where four eyes are asked for; `Invalid` for what is no
/// table. A bad row is no error but part of the report.
pub async fn import(ctx: &Ctx, actor: &Actor, bytes: Vec<u8>, how: How) -> Result<Report> {
    actor.require(Permission::KnowledgeEdit)?;
    if how.publish {
        let tenant = actor.tenant;
        let (settings, _) = ctx.db.read(move |tx| workshop::get_settings(tx, tenant)).await?;
        settings.check_at_once()?;
    }
    let (mut report, lines) = read(ctx, bytes, how.kind).await?;
    let lines: Arc<[Line]> = lines.into();
    if how.is_trial {
        let plan = plan_all(ctx, actor, lines, how.publish).await?;
        if let (true, true, Some(rehearser)) =
            (how.publish, how.rehearse, ctx.shelf.get::<rehearsal::Stage>().get())
        {
            let begun = rehearser.begin(ctx.clone(), actor.tenant, changes(ctx, &plan)).await?;
            report.rehearsal = Some(begun);
        }
        plan.into_iter().for_each(|(step, error)| report.count(&step, error, how.publish));
        return Ok(report);
    }
    let mut accepted = Accepted::default();
    if how.publish {
        let plan = plan_all(ctx, actor, lines.clone(), how.publish).await?;
        accepted = rehearsal::pass(ctx, actor.tenant, changes(ctx, &plan), how.accept_fall).await?;
    }
    // Begun is finished, also for a caller who hangs up: half a table would be the worst of both.
    let (ctx, actor) = (ctx.clone(), actor.clone());
    tokio::spawn(async move {
        let written = write_lots(&ctx, &actor, &lines, (how, &mut report)).await;
        tell(&ctx, &actor, how, (&report, accepted)).await?;
        written.map(|()| report)
    })
    .await
    .map_err(|error| Error::internal("import.stopped", "the table could not be written").because(error))?
}

/// Records what was written and tells the house, also when a later lot could not be: the bot must know
/// the entries that are there.
async fn tell(ctx: &Ctx, actor: &Actor, how: How, (report, accepted): (&Report, Accepted)) -> Result<()> {
    let (done, actor) = (report.clone(), actor.clone());
    ctx.db
        .write(move |tx| {
            let detail = json!({
                "rows": done.rows, "created": done.created, "updated": done.updated, "errors": done.errors.len(),
                "published": how.publish, "drafted": done.drafted,
            });
            record(tx, &actor, "knowledge.import", "knowledge", accepted.note(detail))?;
            if !how.publish || done.drafted > 0 {
                emit(tx, actor.tenant, Event::KnowledgeDrafted)?;
            }
            if !how.publish {
                return Ok(());
            }
            let concerns_members = shared::has_shared(tx, actor.tenant)?;
            tell_changed(tx, actor.tenant, concerns_members)
        })
        .await
}

#[cfg(test)]
mod tests;
