//! The threads of the database: one that writes, a few that read, one that checkpoints.
//!
//! The writer takes everything that waits, runs each closure in a savepoint of its own, commits
//! once, and only then answers. While a flush is under way the next batch gathers by itself:
//! there is no timer to tune.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc as std_mpsc};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::base::id::IdMaker;
use crate::base::time::Clock;
use crate::base::{Error, Result};

use super::dialect::Engine;
use super::postgres::PgSession;
use super::tx::{Announcement, Session, Tx};
use super::{Settings, checkpointer, migrate, sqlite};

/// A closure on its way.
pub(super) struct Work {
    /// Runs in the transaction, says whether to keep it, and hands back how to answer its caller
    /// once the fate of the commit is known.
    pub(super) run: Run,
    /// Whether its own changes can be undone alone.
    pub(super) undo: Undo,
    /// Counted as long as it waits.
    pub(super) _place: Option<Place>,
}

/// How many closures may wait for the writer: some seconds of its work. Beyond it nobody's patience
/// reaches, and memory would fill.
const MOST_WAITING: usize = 20_000;

/// A place in the queue of the writer, given back when it is dropped.
pub(super) struct Place(Arc<State>);

impl Place {
    /// A place, unless the queue is full.
    pub(super) fn take(state: &Arc<State>) -> Option<Self> {
        let place = Self(state.clone());
        (state.waiting.fetch_add(1, Ordering::Relaxed) < MOST_WAITING).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// See [`Work::run`].
pub(super) type Run = Box<dyn FnOnce(&mut Tx<'_>) -> (bool, Settle) + Send>;

/// What happens to the neighbours when a closure fails after it has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Undo {
    /// Nothing: it runs in a savepoint of its own.
    Alone,
    /// The whole batch is undone and everybody is told to come again. A savepoint copies each page
    /// that is changed in it, for every turn; a turn fails after writing only when the database
    /// itself does, and whoever sent it comes again anyway.
    WithBatch,
}

/// How often, a tenth of a second apart, the lock of a former server is tried: ten seconds.
const TRIES_FOR_TURN: u32 = 100;

/// After a batch was undone, so many closures run in savepoints whatever they ask for: the one that
/// failed comes again, and must not take its neighbours along twice.
const CAREFUL: i64 = 2000;
/// Answers the caller: `None` when the commit is on disk.
pub(super) type Settle = Box<dyn FnOnce(Option<Error>) + Send>;

/// How many closures may share one commit. More would only lengthen the wait of the first.
const BATCH: usize = 512;

/// What the threads share.
pub(super) struct State {
    clock: Clock,
    ids: IdMaker,
    healthy: AtomicBool,
    pub(super) start_log_over: AtomicBool,
    /// How many closures wait for the writer.
    waiting: AtomicUsize,
    /// How many closures still run in savepoints after a batch was undone.
    careful: AtomicI64,
}

impl State {
    pub(super) fn new(clock: Clock, ids: IdMaker) -> Self {
        Self {
            clock,
            ids,
            healthy: AtomicBool::new(true),
            start_log_over: AtomicBool::new(false),
            waiting: AtomicUsize::new(0),
            careful: AtomicI64::new(0),
        }
    }

    pub(super) fn is_healthy(&self) -> bool {
        self.healthy.load(Ordering::Acquire)
    }
}

/// Where the rows are.
#[derive(Clone)]
pub(super) enum Source {
    Sqlite { path: PathBuf, flush_each_commit: bool },
    Postgres { url: String, tls: Option<MakeRustlsConnect> },
}

impl Source {
    pub(super) fn parse(settings: &Settings) -> Result<Self> {
        if let Some(path) = settings.url.strip_prefix("sqlite:") {
            return Ok(Self::Sqlite { path: path.into(), flush_each_commit: settings.flush_each_commit });
        }
        if settings.url.starts_with("postgres://") || settings.url.starts_with("postgresql://") {
            let tls = super::tls::of(&settings.url, settings.authorities.as_ref())?;
            return Ok(Self::Postgres { url: settings.url.clone(), tls });
        }
        Err(Error::invalid(
            "database.url",
            "database.url must be sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/NAME",
        ))
    }

    pub(super) fn engine(&self) -> Engine {
        match self {
            Self::Sqlite { .. } => Engine::Sqlite,
            Self::Postgres { .. } => Engine::Postgres,
        }
    }

    fn open_writer(&self) -> Result<Connection> {
        match self {
            Self::Sqlite { path, flush_each_commit } => {
                sqlite::open_writer(path, *flush_each_commit).map(Connection::Sqlite)
            }
            Self::Postgres { url, tls } => open_postgres(url, tls.clone()),
        }
    }

    fn open_reader(&self) -> Result<Connection> {
        match self {
            Self::Sqlite { path, .. } => sqlite::open_reader(path).map(Connection::Sqlite),
            Self::Postgres { url, tls } => open_postgres(url, tls.clone()),
        }
    }
}

fn open_postgres(url: &str, tls: Option<MakeRustlsConnect>) -> Result<Connection> {
    PgSession::open(url, tls).map(Box::new).map(Connection::Postgres)
}

enum Connection {
    Sqlite(rusqlite::Connection),
    Postgres(Box<PgSession>),
}

impl Connection {
    fn batch(&mut self, sql: &str) -> Result<()> {
        match self {
            Self::Sqlite(connection) => connection.execute_batch(sql).map_err(sqlite::failed),
            Self::Postgres(session) => session.batch(sql),
        }
    }

    /// One of the few statements without parameters that frame transactions, prepared once.
    fn frame(&mut self, sql: &'static str) -> Result<()> {
        match self {
            Self::Sqlite(connection) => sqlite::execute(connection, &Cow::Borrowed(sql), &[]).map(|_| ()),
            Self::Postgres(session) => session.batch(sql),
        }
    }

    /// Rows changed on this connection so far. PostgreSQL keeps no such count: there every closure
    /// has a savepoint, which costs it little.
    fn changes(&self) -> u64 {
        match self {
            Self::Sqlite(connection) => connection.total_changes(),
            Self::Postgres(_) => 0,
        }
    }

    fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    fn is_lost(&self) -> bool {
        matches!(self, Self::Postgres(session) if session.is_closed())
    }

    fn tx<'a>(&'a mut self, state: &'a State) -> Tx<'a> {
        let session = match self {
            Self::Sqlite(connection) => Session::Sqlite(connection),
            Self::Postgres(session) => Session::Postgres(session),
        };
        Tx { session, now: state.clock.now(), ids: &state.ids, announcements: Vec::new() }
    }

    fn begin_writing(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "begin immediate",
            Self::Postgres(_) => "begin",
        }
    }

    fn begin_reading(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "begin",
            Self::Postgres(_) => "begin isolation level repeatable read read only",
        }
    }
}

/// Opens the writing connection, migrates, and starts its thread.
pub(super) fn start_writer(
    source: &Source,
    inbox: mpsc::UnboundedReceiver<Work>,
    announce: mpsc::UnboundedSender<Announcement>,
    state: Arc<State>,
) -> Result<()> {
    let source = source.clone();
    let (ready, opened) = std_mpsc::channel();
    let checkpointed = source.clone();
    let watched = state.clone();
    spawn("database-writer", move || {
        let mut connection = match source.open_writer().and_then(|it| prepare(it, source.engine(), &state)) {
            Ok(connection) => connection,
            Err(error) => {
                let _ = ready.send(Err(error));
                return;
            }
        };
        let _ = ready.send(Ok(()));
        write_until_closed(&source, &mut connection, inbox, &announce, &state);
    })?;
    opened
        .recv()
        .map_err(|_| Error::internal("database.thread", "the database thread ended at its start"))??;
    if let Source::Sqlite { path, .. } = checkpointed {
        spawn("database-checkpointer", move || checkpointer::run_until_gone(&path, &watched))?;
    }
    Ok(())
}

fn prepare(mut connection: Connection, engine: Engine, state: &State) -> Result<Connection> {
    if engine == Engine::Postgres {
        wait_for_turn(&mut connection, state)?;
    }
    connection.batch(connection.begin_writing())?;
    let mut tx = connection.tx(state);
    let done = migrate::run(&mut tx, engine, |tx, sql| match &mut tx.session {
        Session::Sqlite(connection) => connection.execute_batch(sql).map_err(sqlite::failed),
        Session::Postgres(session) => session.batch(sql),
    });
    match done {
        Ok(()) => connection.batch("commit")?,
        Err(error) => {
            let _ = connection.batch("rollback");
            return Err(error);
        }
    }
    Ok(connection)
}

/// One server at a time works on a PostgreSQL database. The session of one that was just killed ends
/// within moments, so its lock is waited for; a living one keeps it, and then this server says so.
fn wait_for_turn(connection: &mut Connection, state: &State) -> Result<()> {
    let sql = "select case when pg_try_advisory_lock(7300730073) then 1::bigint else 0::bigint end";
    for _ in 0..TRIES_FOR_TURN {
        let free = connection.tx(state).first(sql, &[], |row| row.get::<i64>(0))?;
        if free == Some(1) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Err(Error::internal(
        "database.taken",
        "another Chudian server works on this PostgreSQL database: stop it first, or give this one its own",
    ))
}

fn write_until_closed(
    source: &Source,
    connection: &mut Connection,
    mut inbox: mpsc::UnboundedReceiver<Work>,
    announce: &mpsc::UnboundedSender<Announcement>,
    state: &State,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while inbox.blocking_recv_many(&mut batch, BATCH) > 0 {
        if connection.is_lost() {
            reopen(source, connection, state);
        }
        write_batch(connection, batch.drain(..), announce, state);
        if let Connection::Sqlite(connection) = connection
            && state.start_log_over.swap(false, Ordering::AcqRel)
        {
            // The checkpointer has moved nearly all of it: a last, short step makes the log start over.
            let _ = sqlite::checkpoint(connection);
        }
    }
}

/// PostgreSQL went away: try again until it is back. Who waits meanwhile waits, as its caller chose.
fn reopen(source: &Source, connection: &mut Connection, state: &State) {
    match source.open_writer().and_then(|it| prepare(it, source.engine(), state)) {
        Ok(fresh) => *connection = fresh,
        Err(error) => tracing::warn!(error.code = error.code, "the database is still away: {error}"),
    }
}

fn write_batch(
    connection: &mut Connection,
    batch: std::vec::Drain<'_, Work>,
    announce: &mpsc::UnboundedSender<Announcement>,
    state: &State,
) {
    if !state.is_healthy() {
        // Dropping the work tells its caller that nothing was written.
        batch.for_each(drop);
        return;
    }
    if let Err(error) = connection.frame(connection.begin_writing()) {
        tracing::error!(error.code = error.code, "a transaction could not begin: {error}");
        // Dropping the work tells its caller that nothing was written.
        batch.for_each(drop);
        return;
    }
    let mut answers = Vec::with_capacity(batch.len());
    let mut news = Vec::new();
    let mut spoilt = false;
    for work in batch {
        if spoilt {
            // Dropping the work tells its caller to come again.
            continue;
        }
        let alone =
            work.undo == Undo::Alone || state.careful.load(Ordering::Relaxed) > 0 || connection.is_postgres();
        let before = connection.changes();
        let ran = if alone {
            run_alone(connection, work.run, state)
        } else {
            run_plain(connection, work.run, state)
        };
        let _ =
            state.careful.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |it| (it > 0).then_some(it - 1));
        spoilt = match &ran.end {
            End::Kept => false,
            End::Undone => !alone && connection.changes() != before,
            End::Broken => true,
        };
        news.extend(ran.announcements);
        answers.extend(ran.settle);
    }
    if spoilt {
        undo_all(connection, answers, state);
        return;
    }
    if crate::base::planted("answer_before_commit") {
        answers.drain(..).for_each(|settle: Settle| settle(None));
        std::thread::sleep(Duration::from_millis(5));
    }
    let failure = connection.frame("commit").err();
    if let Some(error) = &failure {
        let _ = connection.batch("rollback");
        tracing::error!(error.code = error.code, "a commit failed: {error}");
        if sqlite::is_fatal(error) {
            // Once a flush has failed, a second try may lie: the pages may be gone from memory.
            state.healthy.store(false, Ordering::Release);
        }
    } else {
        for item in news {
            let _ = announce.send(item);
        }
    }
    for settle in answers {
        settle(failure.as_ref().map(|error| Error::internal(error.code, error.message.clone())));
    }
}

/// What one closure wrote cannot be undone alone: the whole batch goes, and everybody is told to
/// come again.
fn undo_all(connection: &mut Connection, answers: Vec<Settle>, state: &State) {
    state.careful.store(CAREFUL, Ordering::Relaxed);
    if let Err(error) = connection.batch("rollback") {
        tracing::error!(error.code = error.code, "a batch could not be undone: {error}");
    }
    tracing::warn!("a closure could not be undone alone; its batch of {} was undone", answers.len());
    for settle in answers {
        let message = "the database was busy; nothing was stored, try again";
        settle(Some(Error::busy("database.undone", message).retry_after(1)));
    }
}

/// What became of one closure in the batch.
struct Ran {
    end: End,
    /// Absent when it was dropped unrun, which tells its caller to come again.
    settle: Option<Settle>,
    /// Only what is kept is announced.
    announcements: Vec<Announcement>,
}

enum End {
    /// Its changes wait for the common commit.
    Kept,
    /// It refused; what it changed is undone, where it ran alone.
    Undone,
    /// Nobody knows what of the batch still stands.
    Broken,
}

/// Runs one closure as a part of the batch.
fn run_plain(connection: &mut Connection, run: Run, state: &State) -> Ran {
    let mut tx = connection.tx(state);
    let (keep, settle) = run(&mut tx);
    let announcements = if keep { std::mem::take(&mut tx.announcements) } else { Vec::new() };
    Ran { end: if keep { End::Kept } else { End::Undone }, settle: Some(settle), announcements }
}

/// Runs one closure in a savepoint of its own.
///
/// A closure that looked away from an error of PostgreSQL leaves the transaction aborted, and to
/// commit that is to roll it back without a word: so its savepoint is not released but undone, and
/// when even that fails, the batch is lost and says so.
fn run_alone(connection: &mut Connection, run: Run, state: &State) -> Ran {
    if let Err(error) = connection.frame("savepoint turn") {
        tracing::error!(error.code = error.code, "a savepoint could not be set: {error}");
        return Ran { end: End::Broken, settle: None, announcements: Vec::new() };
    }
    let Ran { end, settle, announcements } = run_plain(connection, run, state);
    let released = match end {
        End::Kept => connection.frame("release turn"),
        End::Undone | End::Broken => undo_one(connection),
    };
    let Err(error) = released else { return Ran { end, settle, announcements } };
    let end = match end {
        End::Kept if undo_one(connection).is_ok() => End::Undone,
        _ => End::Broken,
    };
    let settle = settle.map(|settle| -> Settle { Box::new(|failed| settle(Some(failed.unwrap_or(error)))) });
    Ran { end, settle, announcements: Vec::new() }
}

fn undo_one(connection: &mut Connection) -> Result<()> {
    connection.frame("rollback to turn")?;
    connection.frame("release turn")
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<()> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map(|_| ())
        .map_err(|error| Error::internal("database.thread", "a thread could not be started").because(error))
}

/// Starts the threads that read.
pub(super) fn start_readers(
    source: &Source,
    count: usize,
    questions: std_mpsc::Receiver<Work>,
    state: &Arc<State>,
) -> Result<()> {
    let questions = Arc::new(Mutex::new(questions));
    for _ in 0..count {
        let (source, questions, state) = (source.clone(), questions.clone(), state.clone());
        spawn("database-reader", move || read_until_closed(&source, &questions, &state))?;
    }
    Ok(())
}

fn read_until_closed(source: &Source, questions: &Mutex<std_mpsc::Receiver<Work>>, state: &State) {
    let mut connection: Option<Connection> = None;
    loop {
        let next = questions.lock().unwrap_or_else(std::sync::PoisonError::into_inner).recv();
        let Ok(work) = next else { return };
        if connection.as_ref().is_none_or(Connection::is_lost) {
            connection = source
                .open_reader()
                .inspect_err(|error| tracing::warn!("a reader cannot open: {error}"))
                .ok();
        }
        // Dropping the work tells its caller that the database is away.
        let Some(connection) = &mut connection else { continue };
        if let Err(error) = connection.frame(connection.begin_reading()) {
            tracing::warn!(error.code = error.code, "a snapshot could not begin: {error}");
            continue;
        }
        let (_, settle) = (work.run)(&mut connection.tx(state));
        let _ = connection.frame("rollback");
        settle(None);
    }
}
