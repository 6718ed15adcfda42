//! Headquarters and members, their people, and who may do what.
//!
//! Tenants form a tree: headquarters at the root, members below. Everybody works inside one
//! tenant; headquarters' administrator may create members and see their names, not their rows.
//!
//! Invariants
//! - Set-up closes for ever with the first administrator: one row's primary key decides the race.
//! - A log-in that fails takes the same time and gives the same answer whether the account exists or not.
//! - A try at a password is counted before the password is looked at, per account and per address.
//! - Of tokens and keys only hashes are kept. A session gets a new token at every log-in.
//! - Who is disabled has no session and no key that works, from that commit on.
//! - A tenant always has an administrator who can log in.

pub mod api_key;
pub mod http;
pub mod keys;
pub mod login;
pub mod model;
pub mod ops;
pub mod password;
pub mod role;
pub mod session;
pub mod setup;
pub mod store;
pub mod throttle;
