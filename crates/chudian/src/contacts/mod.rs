//! Contacts: the people served, and their addresses on the channels.
//!
//! Invariants
//! - A contact holds no platform id: those are channel identities, unique within their inbox.
//! - The same union id, within a tenant, leads to the same contact (`merge`).

pub mod http;
pub mod identity;
pub mod merge;
pub mod model;
pub mod ops;
pub mod store;
