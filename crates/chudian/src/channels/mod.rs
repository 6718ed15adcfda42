//! Channels: the connected accounts (inboxes), what an adapter to a platform can do, and the
//! ledger of what a platform still lets us send.
//!
//! Invariants
//! - An inbox's secrets are sealed in the database and open only in memory (`book`).
//! - Limits of a platform are dated rows (`limits.toml`, `inbox_limits`), never constants.
//! - Nothing here knows a platform's words: those live in `adapters/`.

pub mod adapter;
pub mod book;
pub mod http;
pub mod limits;
pub mod model;
pub mod ops;
pub mod simulated;
pub mod store;
