//! SQLite: opening, statements, and moving the log into the file.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, Statement, StatementStatus};

use crate::base::{Error, Kind, Result};

use super::dialect::Engine;
use super::value::{Row, Val};

/// Opens the connection that writes.
pub(super) fn open_writer(path: &Path, flush_each_commit: bool) -> Result<Connection> {
    // Each connection lives on one thread, so it needs no lock of its own.
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| cannot_open(path, error))?;
    // The log is checkpointed by a thread of its own, never in the writer's path.
    let synchronous = if flush_each_commit { "full" } else { "normal" };
    prepare(
        &connection,
        path,
        &format!(
            "pragma journal_mode = wal; pragma synchronous = {synchronous}; pragma wal_autocheckpoint = 0;
         pragma cache_size = -24000; pragma foreign_keys = on;"
        ),
    )?;
    Ok(connection)
}

/// Opens a connection that only reads.
pub(super) fn open_reader(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| cannot_open(path, error))?;
    prepare(&connection, path, "pragma cache_size = -4000; pragma query_only = on;")?;
    Ok(connection)
}

fn prepare(connection: &Connection, path: &Path, pragmas: &str) -> Result<()> {
    connection.set_prepared_statement_cache_capacity(256);
    connection.busy_timeout(Duration::from_secs(5)).map_err(|error| cannot_open(path, error))?;
    // A plan is made once for a statement. Without this SQLite looks at the values of parameters where an
    // index is partial, and parses and plans the statement again at every new value.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(|error| cannot_open(path, error))?;
    connection.execute_batch("pragma temp_store = memory;").map_err(|error| cannot_open(path, error))?;
    connection.execute_batch(pragmas).map_err(|error| cannot_open(path, error))
}

fn cannot_open(path: &Path, error: rusqlite::Error) -> Error {
    Error::internal(
        "database.open",
        format!(
            "cannot open the database file {}: is the folder there and writable, and the disk not full?",
            path.display()
        ),
    )
    .because(error)
}

/// Frames in the log that are not in the database file yet.
pub(super) fn unmoved(connection: &Connection) -> Result<i64> {
    connection
        .query_row("pragma wal_checkpoint(noop)", [], |row| Ok(row.get::<_, i64>(1)? - row.get::<_, i64>(2)?))
        .map_err(failed)
}

/// Moves finished log frames into the database file. Gives (frames in the log, frames moved).
pub(super) fn checkpoint(connection: &Connection) -> Result<(i64, i64)> {
    connection
        .query_row("pragma wal_checkpoint(passive)", [], |row| Ok((row.get(1)?, row.get(2)?)))
        .map_err(failed)
}

thread_local! {
    /// Constant statements in SQLite's own words, by address: a message runs about eight of them, and
    /// rewriting each one again costs more than looking it up.
    static TEXTS: RefCell<HashMap<(usize, usize), Rc<str>>> = RefCell::default();
}

#[expect(clippy::ptr_arg, reason = "whether the text is constant decides how it is looked up")]
fn in_own_words(sql: &Cow<'static, str>) -> Rc<str> {
    let Cow::Borrowed(text) = sql else { return Engine::Sqlite.parameters(sql).into() };
    let place = (text.as_ptr() as usize, text.len());
    TEXTS.with_borrow_mut(|texts| {
        texts.entry(place).or_insert_with(|| Engine::Sqlite.parameters(text).into()).clone()
    })
}

#[expect(clippy::ptr_arg, reason = "whether the text is constant decides how it is looked up")]
pub(super) fn execute(connection: &Connection, sql: &Cow<'static, str>, args: &[Val<'_>]) -> Result<u64> {
    let mut statement = connection.prepare_cached(&in_own_words(sql)).map_err(failed)?;
    bind(&mut statement, args)?;
    let changed = statement.raw_execute().map_err(failed)?;
    watch(&statement);
    Ok(changed as u64)
}

#[expect(clippy::ptr_arg, reason = "whether the text is constant decides how it is looked up")]
pub(super) fn each(
    connection: &Connection,
    sql: &Cow<'static, str>,
    args: &[Val<'_>],
    read: &mut dyn FnMut(&Row<'_>) -> Result<bool>,
) -> Result<()> {
    let mut statement = connection.prepare_cached(&in_own_words(sql)).map_err(failed)?;
    bind(&mut statement, args)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(failed)? {
        if !read(&Row::Sqlite(row))? {
            break;
        }
    }
    drop(rows);
    watch(&statement);
    Ok(())
}

/// Every statement that a test runs is planned once; a change of tables may cost it a few more plans.
fn watch(statement: &Statement<'_>) {
    debug_assert!(
        statement.get_status(StatementStatus::RePrepare) < 5,
        "planned again and again: {:?}",
        statement.expanded_sql()
    );
}

fn bind(statement: &mut rusqlite::CachedStatement<'_>, args: &[Val<'_>]) -> Result<()> {
    for (index, value) in args.iter().enumerate() {
        statement.raw_bind_parameter(index + 1, Bound(value)).map_err(failed)?;
    }
    Ok(())
}

struct Bound<'a>(&'a Val<'a>);

impl rusqlite::ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Val::Null(_) => ValueRef::Null,
            Val::Int(value) => ValueRef::Integer(*value),
            Val::Text(value) => ValueRef::Text(value.as_bytes()),
            Val::Blob(value) => ValueRef::Blob(value),
        }))
    }
}

/// Names what a statement ran into. A broken rule of uniqueness is the caller's to explain.
pub(super) fn failed(error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode;
    let (code, message) = match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => {
            return Error::conflict("database.constraint", "it clashes with what is stored already")
                .because(error);
        }
        Some(ErrorCode::DiskFull) => ("database.full", "the disk is full: nothing was stored"),
        Some(ErrorCode::SystemIoFailure) => ("database.io", "the disk failed: nothing was stored"),
        _ => ("database.failed", "the database refused an operation"),
    };
    Error::internal(code, message).because(error)
}

/// Whether a commit that ended in `error` leaves the state of the file unknown.
pub(super) fn is_fatal(error: &Error) -> bool {
    error.kind == Kind::Internal && error.code == "database.io"
}
