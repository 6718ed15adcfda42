//! Entries that say the same twice: two of them with nearly the same wording. With the same answers one of them is
//! too many; with different ones, which of them a customer gets is chance.
//!
//! Invariants
//! - The search runs beside everything else, one at a time for a tenant, and is told how far it is.
//! - Whether a pair is a duplicate or a contradiction is read from what is published when it is listed.
//! - A pair that was dismissed is never told again.

pub mod find;
pub mod http;
pub mod kind;
pub mod ops;
pub mod store;
