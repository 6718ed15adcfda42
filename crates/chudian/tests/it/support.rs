//! What every story needs: databases that go away by themselves, and a clock that stands.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use chudian::base::id::IdMaker;
use chudian::base::time::{Clock, Time};
use chudian::db::{Announcement, Db, Settings};
use tokio::sync::mpsc::UnboundedReceiver;

/// 2026-11-21 10:00 in Shanghai, a Saturday.
pub(crate) const MORNING: Time = Time(1_795_226_400_000);

/// A database of its own, on one of the engines.
pub(crate) struct TestDb {
    pub(crate) db: Db,
    pub(crate) announcements: UnboundedReceiver<Announcement>,
}

/// A folder that is removed at the end.
pub(crate) struct Folder(pub(crate) std::path::PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let path = std::env::temp_dir().join(format!("chudian-test-{}", unique()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    // A process that was killed leaves its folder behind, and numbers of processes come again.
    let moment = std::time::UNIX_EPOCH.elapsed().unwrap().as_millis();
    format!("{}_{moment}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// The engines to run a story on, as database addresses: SQLite, or the PostgreSQL server that
/// `CHUDIAN_TEST_POSTGRES` names. A whole run on one and then on the other sees everything once on both.
pub(crate) fn engines() -> Vec<(String, Option<Folder>)> {
    if let Ok(server) = std::env::var("CHUDIAN_TEST_POSTGRES") {
        return vec![(fresh_postgres(&server), None)];
    }
    vec![sqlite()]
}

/// For stories that need only one engine, or break the database in SQLite's own words.
pub(crate) fn sqlite() -> (String, Option<Folder>) {
    let folder = Folder::new();
    (format!("sqlite:{}/chudian.sqlite", folder.0.display()), Some(folder))
}

/// Makes an empty database on the server and gives its address.
pub(crate) fn fresh_postgres(server: &str) -> String {
    let name = format!("it_{}", unique());
    let (address, sql) = (server.to_owned(), format!("create database {name}"));
    std::thread::spawn(move || {
        let mut client = postgres::Client::connect(&address, postgres::NoTls).unwrap();
        client.batch_execute(&sql).unwrap();
    })
    .join()
    .unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}

/// Runs a story once on each engine.
pub(crate) async fn both_databases<F: Future<Output = ()>>(story: impl Fn(TestDb) -> F) {
    for (url, folder) in engines() {
        let clock = Clock::standing_at(MORNING);
        let settings = Settings { url, flush_each_commit: true, readers: 2, authorities: None };
        let (db, announcements) = Db::open(&settings, clock, IdMaker::new(0)).unwrap();
        story(TestDb { db, announcements }).await;
        drop(folder);
    }
}

/// Waits until it is so. The deadline is for a crowded machine: a condition that comes at all comes within
/// milliseconds.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is_so().await {
        assert!(Instant::now() < deadline, "it never came to this: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
