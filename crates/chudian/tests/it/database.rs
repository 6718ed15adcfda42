//! The promises of the database layer.

use chudian::base::id::{IdMaker, JobId, TenantId, UserId};
use chudian::base::time::Clock;
use chudian::base::{Error, Kind};
use chudian::bus::{Event, emit, since};
use chudian::config::database::authorities_in;
use chudian::db::{Db, Settings, args};

use crate::support::{MORNING, both_databases, fresh_postgres};

async fn count(db: &chudian::db::Db) -> i64 {
    db.read(|tx| Ok(tx.first("select count(*) from jobs", args![], |row| row.get::<i64>(0))?.unwrap()))
        .await
        .unwrap()
}

fn insert(tx: &mut chudian::db::Tx<'_>) -> chudian::base::Result<JobId> {
    let id = tx.new_id();
    tx.execute(
        "insert into jobs (id, tenant_id, kind, payload, run_at, attempts, last_error) values ($1, $2, $3, $4, $5, 0, $6)",
        args![id, TenantId(1), "a.v1", "{\"文\":1}", tx.now(), Option::<String>::None],
    )?;
    Ok(id)
}

#[tokio::test]
async fn what_was_written_is_read() {
    both_databases(|test| async move {
        let id = test.db.write(insert).await.unwrap();
        let found = test
            .db
            .read(move |tx| {
                tx.first(
                    "select payload, last_error from jobs where tenant_id = $2 and id = $1",
                    args![id, TenantId(1)],
                    |row| Ok((row.get::<String>(0)?, row.get::<Option<String>>(1)?)),
                )
            })
            .await
            .unwrap();
        assert_eq!(found, Some(("{\"文\":1}".to_owned(), None)));
    })
    .await;
}

#[tokio::test]
async fn a_failing_closure_leaves_nothing_and_harms_no_neighbour() {
    both_databases(|test| async move {
        let db = &test.db;
        let good = (0..20).map(|_| db.write(insert));
        let bad = (0..20).map(|it| {
            db.write(move |tx| -> chudian::base::Result<()> {
                insert(tx)?;
                assert!(it % 2 == 0, "a panic on purpose");
                Err(Error::conflict("test.no", "no"))
            })
        });
        let (good, bad) = futures::join!(futures::future::join_all(good), futures::future::join_all(bad));
        assert!(good.iter().all(Result::is_ok));
        assert!(bad.iter().all(Result::is_err));
        assert_eq!(count(db).await, 20);
    })
    .await;
}

#[tokio::test]
async fn uniqueness_is_a_conflict() {
    both_databases(|test| async move {
        let write = |code: &'static str| {
            test.db.write(move |tx| {
                let id: UserId = tx.new_id();
                tx.execute(
                    "insert into tenants (id, kind, name, code, time_zone, created_at) values ($1, 'member', 'a', $2, 'UTC', 0)",
                    args![id, code],
                )
            })
        };
        assert!(write("a").await.is_ok());
        assert_eq!(write("a").await.unwrap_err().kind, Kind::Conflict);
        assert!(write("b").await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_reader_cannot_write() {
    both_databases(|test| async move {
        assert!(test.db.read(insert).await.is_err());
        assert_eq!(count(&test.db).await, 0);
    })
    .await;
}

#[tokio::test]
async fn news_is_told_after_the_commit_in_order_and_only_then() {
    both_databases(|mut test| async move {
        for it in 0..3i64 {
            let _ = test
                .db
                .write(move |tx| {
                    emit(tx, TenantId(it), Event::KnowledgeChanged)?;
                    if it == 1 { Err(Error::conflict("test.no", "no")) } else { Ok(()) }
                })
                .await;
        }
        let first = test.announcements.recv().await.unwrap();
        let second = test.announcements.recv().await.unwrap();
        assert_eq!((first.tenant, second.tenant), (TenantId(0), TenantId(2)));
        assert!(first.seq < second.seq);
        assert!(test.announcements.try_recv().is_err());

        let kept = test.db.read(|tx| since(tx, TenantId(2), 0, 10)).await.unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].event, Event::KnowledgeChanged);
    })
    .await;
}

/// Twenty turns beside one that fails after it has written: gives how many were stored.
async fn turns_beside_a_bad_one(db: &chudian::db::Db) -> i64 {
    let good = (0..20).map(|_| db.write_turn(insert));
    let bad = db.write_turn(|tx| -> chudian::base::Result<()> {
        insert(tx)?;
        Err(Error::internal("test.no", "no"))
    });
    let (good, bad) = futures::join!(futures::future::join_all(good), bad);
    assert!(bad.is_err());
    assert!(good.iter().all(|it| it.as_ref().err().is_none_or(|error| error.kind == Kind::Busy)));
    i64::try_from(good.iter().filter(|it| it.is_ok()).count()).unwrap()
}

#[tokio::test]
async fn a_turn_that_fails_after_writing_leaves_no_half_and_disturbs_once() {
    both_databases(|test| async move {
        let first = turns_beside_a_bad_one(&test.db).await;
        assert_eq!(count(&test.db).await, first);
        // Who was told to come again does, beside the same bad one: now it fails alone.
        let second = turns_beside_a_bad_one(&test.db).await;
        assert_eq!(second, 20);
        assert_eq!(count(&test.db).await, first + second);
    })
    .await;
}

/// A closure that looks away from an error of the database and says that all is well.
fn looks_away(tx: &mut chudian::db::Tx<'_>) -> chudian::base::Result<()> {
    let _ = tx.execute("insert into setup (id, closed_at) values (7, null)", args![]);
    Ok(())
}

#[tokio::test]
async fn who_shares_a_commit_with_a_swallowed_error_is_told_the_truth() {
    both_databases(|test| async move {
        let db = &test.db;
        // Keeps the writer busy until all that follows stands in line, so that it shares one commit.
        let (all_wait, waiting) = std::sync::mpsc::channel::<()>();
        let pause = db.write(move |_| {
            let _ = waiting.recv_timeout(std::time::Duration::from_secs(10));
            Ok(())
        });
        let good = (0..5).map(|_| db.write(insert));
        let later = (0..5).map(|_| db.write(insert));
        let (good, later) = (futures::future::join_all(good), futures::future::join_all(later));
        // Polled in this order: when the last is polled, the others were handed to the writer.
        let last = async { all_wait.send(()).unwrap() };
        let (_, good, _, later, ()) = futures::join!(pause, good, db.write(looks_away), later, last);
        let stored = good.iter().chain(&later).filter(|it| it.is_ok()).count();
        assert_eq!(count(db).await, i64::try_from(stored).unwrap(), "what was acknowledged is there");
        assert!(db.write(insert).await.is_ok(), "and the next batch goes on");
    })
    .await;
}

/// On PostgreSQL; SQLite is a file.
#[tokio::test]
async fn an_encrypted_connection_goes_to_who_shows_a_known_certificate_for_its_name_only() {
    let Ok(server) = std::env::var("CHUDIAN_TEST_POSTGRES") else { return };
    let authority =
        std::env::var_os("CHUDIAN_TEST_POSTGRES_CA").expect("the authority of the server's certificate");
    let authority = authorities_in(authority.as_ref()).unwrap();
    let named = fresh_postgres(&server).replace("@127.0.0.1:", "@localhost:");
    let open = |url: String, authorities| async move {
        // Without a runtime: a connection makes one of its own.
        let settings = Settings { url, flush_each_commit: true, readers: 1, authorities };
        let opened = || Db::open(&settings, Clock::standing_at(MORNING), IdMaker::new(0));
        std::thread::scope(|scope| scope.spawn(opened).join().unwrap())
    };
    let is_encrypted = |db: Db| async move {
        let sql = "select case when ssl then 1::bigint else 0::bigint end from pg_stat_ssl where pid = pg_backend_pid()";
        let found = db.read(move |tx| tx.first(sql, args![], |row| row.get::<i64>(0))).await.unwrap();
        found == Some(1)
    };
    let asks = format!("{named}?sslmode=require");
    let (db, _news) = open(asks.clone(), Some(authority.clone())).await.unwrap();
    assert!(is_encrypted(db).await);
    let (db, _news) = open(fresh_postgres(&server), None).await.unwrap();
    assert!(!is_encrypted(db).await, "only where the address asks for it");

    let refused = async |url: String, authorities, why: &str| {
        let error = open(url, authorities).await.expect_err("refused");
        assert!(error.message.contains(why) && error.message.contains("ca_file"), "{error}");
    };
    // The public authorities have not signed it.
    refused(asks.clone(), None, "certificate").await;
    // It is of localhost, not of its address.
    refused(asks.replace("@localhost:", "@127.0.0.1:"), Some(authority), "certificate").await;
}
