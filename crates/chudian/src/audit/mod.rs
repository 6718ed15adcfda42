//! Who did or saw what, for good.
//!
//! A record is written in the transaction of the act it tells of: there is no act without
//! its record and no record without its act. Records of a tenant form a chain (`chain`).
//!
//! Invariants
//! - Records are only added. No function changes or removes one.
//! - Edit, removal, insertion, reordering and a cut tail are found by `verify`.
//! - Details hold keys and names of settings, never secrets and never message text.
//!
//! It stands on the floor below `tenants`, whose acts are recorded too: it needs to know
//! who acts (`web::actor`), not how they logged in.

pub mod chain;
pub mod http;
pub mod ops;
pub mod store;
