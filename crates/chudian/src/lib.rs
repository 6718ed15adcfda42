//! Chudian (触点): a self-hosted customer-interaction centre.
//!
//! The folders are floors; a file imports from its own folder and from lower floors only
//! (ARCHITECTURE.md tells why, `tests/architecture.rs` sees to it).

// Floor 0: words that need nothing
pub mod base;
// Floor 1: what the operator sets
pub mod config;
// Floor 2: rows, the way out, logs and figures
pub mod db;
pub mod egress;
pub mod telemetry;
// Floor 3: files, news and durable work; they need only the database
pub mod bus;
pub mod jobs;
pub mod media;
// Floor 4: handles to the outside
pub mod ctx;
// Floor 5: what every HTTP door shares
pub mod web;
// Floor 6: who did what
pub mod audit;
// Floor 7: tenants, people and their rights
pub mod tenants;
// Floor 8: connected accounts, people and what we know
pub mod channels;
pub mod contacts;
pub mod knowledge;
pub mod models;
pub mod uploads;
// Floor 9: talk
pub mod conversations;
// Floor 10: machines that decide; the queue and the people who serve it
pub mod bot;
pub mod routing;
// Floor 11: the doors
pub mod delivery;
pub mod desk;
pub mod intake;
// Floor 12: the platforms' doors and live screens
pub mod adapters;
pub mod realtime;
// Floor 13: what ties all together
pub mod app;
