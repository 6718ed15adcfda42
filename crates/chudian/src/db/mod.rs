//! The database: one SQL text, two engines (SQLite built in, PostgreSQL beside us).
//!
//! A transaction is a closure: `db.write(|tx| …).await`. It runs on the one writer thread, joins
//! whatever else waits there, and is answered when the common commit is on disk. So
//! - one flush carries many messages (group commit, no timer);
//! - a network call inside a transaction cannot be written down: the closure does not wait;
//! - code of the upper floors is ordinary Rust that is compiled once and knows no engine.
//!
//! Why not an async driver: the usual one for SQLite sends each statement to a thread of its own,
//! and one customer's message needs about eight statements. Here it is one hand-over for all.
//!
//! Invariants
//! - When `write` returns `Ok`, the change is flushed (SQLite: WAL with `synchronous=full`).
//! - A closure that fails or panics leaves nothing behind and harms no neighbour; a customer's turn
//!   (`write_turn`) may take its batch along, and everybody in it is told to come again.
//! - After a failed flush nothing more is acknowledged: the writer stays down until a restart.

mod checkpointer;
mod dialect;
mod migrate;
mod postgres;
mod sqlite;
mod tls;
mod tx;
mod value;
mod writer;

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::base::id::IdMaker;
use crate::base::time::Clock;
use crate::base::{Error, Result};

pub use dialect::Engine;
pub use tx::{Announcement, Sql, Tx};
pub use value::{FromColumn, Row, ToVal, Type, Val, args};

/// Where the database is and how careful it must be.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `sqlite:PATH` or `postgres://user:password@host:port/name`.
    pub url: String,
    /// False only for the control of the power-loss test, which must then lose messages.
    pub flush_each_commit: bool,
    /// Threads that read beside the writer.
    pub readers: usize,
    /// Who may have signed PostgreSQL's certificate, where the address asks for encryption; `None` for the public
    /// authorities.
    pub authorities: Option<rustls::RootCertStore>,
}

/// The handle to the database. Clones share it.
#[derive(Clone)]
pub struct Db {
    engine: Engine,
    writer: mpsc::UnboundedSender<writer::Work>,
    readers: std::sync::mpsc::Sender<writer::Work>,
    state: Arc<writer::State>,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Db({:?})", self.engine)
    }
}

impl Db {
    /// Opens the database, brings its tables up to date and starts its threads.
    /// What transactions announce comes out of the returned channel, in commit order.
    pub fn open(
        settings: &Settings,
        clock: Clock,
        ids: IdMaker,
    ) -> Result<(Self, mpsc::UnboundedReceiver<Announcement>)> {
        let source = writer::Source::parse(settings)?;
        let engine = source.engine();
        let state = Arc::new(writer::State::new(clock, ids));
        let (announce, announcements) = mpsc::unbounded_channel();
        let (writer, inbox) = mpsc::unbounded_channel();
        writer::start_writer(&source, inbox, announce, state.clone())?;
        let (readers, questions) = std::sync::mpsc::channel();
        writer::start_readers(&source, settings.readers.max(1), questions, &state)?;
        Ok((Self { engine, writer, readers, state }, announcements))
    }

    /// Which engine it is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// False after a failed flush: nothing is written any more until a restart.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.state.is_healthy()
    }

    /// Runs `act` in a transaction and returns when its commit is on disk.
    pub async fn write<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.write_as(writer::Undo::Alone, act).await
    }

    /// The same for the turns of customers, which are many and of which each comes again when it is
    /// refused: without a savepoint of its own. When `act` fails after it has written, its whole batch
    /// is undone and everybody in it gets `Busy`.
    pub async fn write_turn<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.write_as(writer::Undo::WithBatch, act).await
    }

    async fn write_as<T: Send + 'static>(
        &self,
        undo: writer::Undo,
        act: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let place = writer::Place::take(&self.state).ok_or_else(crowded)?;
        let (work, answer) = package(undo, act, Some(place));
        self.writer.send(work).map_err(|_| stopped())?;
        answer.await.map_err(|_| away())?
    }

    /// Runs `look` on a snapshot that sees every commit so far. Writing fails.
    pub async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (work, answer) = package(writer::Undo::Alone, look, None);
        self.readers.send(work).map_err(|_| stopped())?;
        answer.await.map_err(|_| away())?
    }
}

/// The work was dropped unrun: the database cannot be reached or takes no writes.
fn away() -> Error {
    Error::busy("database.away", "the database takes no work now; try again in a moment").retry_after(5)
}

/// More waits for the writer than it can work off in the time that anybody waits: to queue behind it
/// would only make all later ones late as well.
fn crowded() -> Error {
    Error::busy("database.crowded", "too much waits to be written; try again in a moment").retry_after(2)
}

fn stopped() -> Error {
    Error::busy("database.stopped", "the server is stopping; try again in a moment").retry_after(5)
}

/// Wraps a closure so that the writer can run it now and answer after the commit.
fn package<T: Send + 'static>(
    undo: writer::Undo,
    act: impl FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    place: Option<writer::Place>,
) -> (writer::Work, oneshot::Receiver<Result<T>>) {
    let (sender, receiver) = oneshot::channel();
    let run: writer::Run = Box::new(move |tx| {
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| act(tx)))
            .unwrap_or_else(|_| Err(Error::internal("database.panic", "an operation failed unexpectedly")));
        let keep = result.is_ok();
        let settle: writer::Settle = Box::new(move |failed| {
            let answer = match (result, failed) {
                (Ok(_), Some(error)) => Err(error),
                (result, _) => result,
            };
            // Nobody waits any more: the caller went away, the commit stands.
            let _ = sender.send(answer);
        });
        (keep, settle)
    });
    (writer::Work { run, undo, _place: place }, receiver)
}
