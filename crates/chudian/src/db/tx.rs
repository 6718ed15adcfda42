//! A transaction, as the closures of the upper floors see it.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use crate::base::id::{Id, IdMaker, TenantId};
use crate::base::time::Time;
use crate::base::{Error, Result};

use super::postgres::PgSession;
use super::sqlite;
use super::value::{Row, Val};

/// The text of a statement. A plain literal will do; text that is put together must be made of
/// constant pieces only, and says so by its name.
#[derive(Debug, Clone)]
pub struct Sql(pub(super) Cow<'static, str>);

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl Sql {
    /// A statement put together from constant pieces; values go in as parameters, never as text.
    #[must_use]
    pub fn of_constant_pieces(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

/// Something to tell the house once the transaction is on disk.
#[derive(Debug, Clone)]
pub struct Announcement {
    /// Its place in the order of commits.
    pub seq: i64,
    /// Whose news it is.
    pub tenant: TenantId,
    /// What happened: an `Event` of the bus, which is a floor above and unknown here.
    pub news: Arc<dyn Any + Send + Sync>,
    /// When.
    pub at: Time,
}

pub(super) enum Session<'a> {
    Sqlite(&'a rusqlite::Connection),
    Postgres(&'a mut PgSession),
}

/// A transaction. It ends with the closure that got it: kept on `Ok`, undone on `Err`.
pub struct Tx<'a> {
    pub(super) session: Session<'a>,
    pub(super) now: Time,
    pub(super) ids: &'a IdMaker,
    pub(super) announcements: Vec<Announcement>,
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tx({})", self.now)
    }
}

impl Tx<'_> {
    /// The moment at which the transaction began: the same for all it does.
    #[must_use]
    pub fn now(&self) -> Time {
        self.now
    }

    /// A fresh key.
    #[must_use]
    pub fn new_id<T: Id>(&self) -> T {
        self.ids.make(self.now)
    }

    /// Runs a statement and gives the number of rows that it changed.
    pub fn execute(&mut self, sql: impl Into<Sql>, args: &[Val<'_>]) -> Result<u64> {
        match &mut self.session {
            Session::Sqlite(connection) => sqlite::execute(connection, &sql.into().0, args),
            Session::Postgres(session) => session.execute(&sql.into().0, args),
        }
    }

    /// Runs an `insert` of one row into a table whose key is made by the database, and gives that key.
    /// `key` is the column's name.
    pub fn insert_numbered(&mut self, sql: &'static str, key: &'static str, args: &[Val<'_>]) -> Result<i64> {
        if let Session::Sqlite(connection) = &mut self.session {
            // `returning` would gather its rows in a table of their own first.
            sqlite::execute(connection, &Cow::Borrowed(sql), args)?;
            return Ok(connection.last_insert_rowid());
        }
        let sql = Sql::of_constant_pieces(format!("{sql} returning {key}"));
        self.first(sql, args, |row| row.get(0))?
            .ok_or_else(|| Error::internal("database.key", "an inserted row has no key"))
    }

    /// All rows of the answer.
    pub fn all<T>(
        &mut self,
        sql: impl Into<Sql>,
        args: &[Val<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut rows = Vec::new();
        self.each(&sql.into(), args, &mut |row| {
            rows.push(read(row)?);
            Ok(true)
        })?;
        Ok(rows)
    }

    /// The first row of the answer, if there is one.
    pub fn first<T>(
        &mut self,
        sql: impl Into<Sql>,
        args: &[Val<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let mut found = None;
        self.each(&sql.into(), args, &mut |row| {
            found = Some(read(row)?);
            Ok(false)
        })?;
        Ok(found)
    }

    /// Tells the house, once the commit is on disk.
    pub fn announce(&mut self, announcement: Announcement) {
        self.announcements.push(announcement);
    }

    /// Hands each row to `read` until it says no.
    fn each(
        &mut self,
        sql: &Sql,
        args: &[Val<'_>],
        read: &mut dyn FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        match &mut self.session {
            Session::Sqlite(connection) => sqlite::each(connection, &sql.0, args, read),
            Session::Postgres(session) => session.each(&sql.0, args, read),
        }
    }
}
