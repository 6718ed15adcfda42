//! Headquarters' shared base: entries that members' bots say too, until a member has its own wording.
//!
//! Invariants
//! - A row of another tenant is read by one rule only: it is an entry of the tenant directly above, it is published
//!   and switched on, it is marked as shared, and its scope reaches the member (`store`, [`model::shown`]).
//! - A member changes nothing of headquarters': it makes a copy of its own, and that one counts for it.
//! - What a member wrote itself goes before what is shared, at equal standing.

pub mod http;
pub mod model;
pub mod ops;
pub mod store;
