//! PostgreSQL: one session on a thread of its own, statements prepared once.

use std::collections::HashMap;
use std::error::Error as _;

use bytes::BytesMut;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::{IsNull, ToSql, Type as PgType, to_sql_checked};
use postgres::{Client, NoTls, Statement};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::base::{Error, Result};

use super::value::{Row, Type, Val};

/// A connection with its prepared statements. It may only be used on a thread outside the runtime.
pub(super) struct PgSession {
    client: Client,
    statements: HashMap<String, Statement>,
}

impl PgSession {
    /// Connects, encrypted where `tls` is given.
    pub(super) fn open(url: &str, tls: Option<MakeRustlsConnect>) -> Result<Self> {
        let check = match tls {
            Some(_) => "database.url, database.ca_file, that the server runs and has TLS, and the password",
            None => "database.url, that the server runs, and the password",
        };
        let opened = match tls {
            Some(tls) => Client::connect(url, tls),
            None => Client::connect(url, NoTls),
        };
        let client = opened.map_err(|error| {
            let why = error.source().map_or_else(|| error.to_string(), ToString::to_string);
            Error::internal("database.open", format!("cannot reach PostgreSQL ({why}): check {check}"))
        })?;
        Ok(Self { client, statements: HashMap::new() })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).map_err(failed)
    }

    /// The prepared statement. Its parameters have the kinds that we send: guessed from the text,
    /// `$1 = 0` would ask for four bytes where a key has eight.
    fn statement(&mut self, sql: &str, args: &[Val<'_>]) -> Result<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let kinds: Vec<PgType> = args.iter().map(kind).collect();
        let statement = self.client.prepare_typed(sql, &kinds).map_err(failed)?;
        // Generated filters are few; a bound keeps a slip from growing without end.
        if self.statements.len() > 512 {
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(super) fn execute(&mut self, sql: &str, args: &[Val<'_>]) -> Result<u64> {
        let statement = self.statement(sql, args)?;
        let bound: Vec<Bound<'_>> = args.iter().map(Bound).collect();
        let bound: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|it| it as &(dyn ToSql + Sync)).collect();
        self.client.execute(&statement, &bound).map_err(failed)
    }

    pub(super) fn each(
        &mut self,
        sql: &str,
        args: &[Val<'_>],
        read: &mut dyn FnMut(&Row<'_>) -> Result<bool>,
    ) -> Result<()> {
        let statement = self.statement(sql, args)?;
        let mut rows = self.client.query_raw(&statement, args.iter().map(Bound)).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            if !read(&Row::Postgres(&row))? {
                break;
            }
        }
        Ok(())
    }
}

/// The kind of a parameter in PostgreSQL's words.
fn kind(value: &Val<'_>) -> PgType {
    match value {
        Val::Int(_) | Val::Null(Type::Int) => PgType::INT8,
        Val::Text(_) | Val::Null(Type::Text) => PgType::TEXT,
        Val::Blob(_) | Val::Null(Type::Blob) => PgType::BYTEA,
    }
}

#[derive(Debug)]
struct Bound<'a>(&'a Val<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        kind: &PgType,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self.0 {
            Val::Null(_) => Ok(IsNull::Yes),
            Val::Int(value) => value.to_sql(kind, out),
            Val::Text(value) => value.to_sql(kind, out),
            Val::Blob(value) => value.as_ref().to_sql(kind, out),
        }
    }

    fn accepts(_: &PgType) -> bool {
        true
    }

    to_sql_checked!();
}

fn failed(error: postgres::Error) -> Error {
    use postgres::error::SqlState;
    if error
        .code()
        .is_some_and(|it| *it == SqlState::UNIQUE_VIOLATION || *it == SqlState::FOREIGN_KEY_VIOLATION)
    {
        return Error::conflict("database.constraint", "it clashes with what is stored already")
            .because(error);
    }
    if error.is_closed() {
        return Error::busy("database.away", "the database does not answer; try again in a moment")
            .retry_after(5);
    }
    Error::internal("database.failed", "the database refused an operation").because(error)
}
