//! Brings the tables up to date. Migrations only go forward, each in one transaction.

use sha2::{Digest, Sha256};

use crate::base::{Error, Result};

use super::dialect::Engine;
use super::tx::Tx;
use super::value::args;

/// A step from one shape of the tables to the next. Once released, its text never changes.
struct Migration {
    version: i64,
    name: &'static str,
    sql: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "first_light", sql: include_str!("../../migrations/0001_first_light.sql") },
    Migration { version: 2, name: "knowledge", sql: include_str!("../../migrations/0002_knowledge.sql") },
];

const LEDGER: &str = "create table if not exists schema_migrations (
    version bigint primary key, name text not null, digest text not null, applied_at bigint not null)";

/// What the writer must run, inside one transaction, before anything else.
/// `define` runs a text of several statements.
pub(super) fn run(
    tx: &mut Tx<'_>,
    engine: Engine,
    define: impl Fn(&mut Tx<'_>, &str) -> Result<()>,
) -> Result<()> {
    define(tx, LEDGER)?;
    let applied =
        tx.all("select version, digest from schema_migrations order by version", args![], |row| {
            Ok((row.get::<i64>(0)?, row.get::<String>(1)?))
        })?;
    if let Some((version, _)) =
        applied.iter().find(|(version, _)| MIGRATIONS.iter().all(|it| it.version != *version))
    {
        return Err(Error::internal(
            "database.newer",
            format!(
                "the database was made by a newer Chudian (migration {version}): start that one, or restore a backup"
            ),
        ));
    }
    for migration in MIGRATIONS {
        let digest = hex::encode(Sha256::digest(migration.sql.as_bytes()));
        match applied.iter().find(|(version, _)| *version == migration.version) {
            Some((_, known)) if *known == digest => {}
            Some(_) => {
                return Err(Error::internal(
                    "database.changed",
                    format!(
                        "migration {} was changed after it ran here: restore its text",
                        migration.version
                    ),
                ));
            }
            None => {
                define(tx, &engine.define(migration.sql))?;
                tx.execute(
                    "insert into schema_migrations (version, name, digest, applied_at) values ($1, $2, $3, $4)",
                    args![migration.version, migration.name, digest, tx.now()],
                )?;
            }
        }
    }
    Ok(())
}
