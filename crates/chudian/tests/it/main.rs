//! One binary for every integration test: one link instead of many.
//!
//! Stories of the store run on SQLite, or on PostgreSQL when `CHUDIAN_TEST_POSTGRES` names a server:
//! `cargo xtask test` runs all of them on the one and then, with a server that it starts, on the other.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod acts;
mod batches;
mod database;
mod demo;
mod desk;
mod doors;
mod editors;
mod fresh;
mod house;
mod judgements;
mod learning;
mod load_target;
mod models;
mod order;
mod particulars;
mod platform;
mod readings;
mod regression;
mod rehearsals;
mod retention;
mod round_trip;
mod shared;
mod shared_use;
mod stand_in;
mod suggestions;
mod support;
mod unresolved;
mod usage;
mod versions;
mod words;
mod workshop;
