//! Who must read an entry, who has, and how they did in its quiz.
//!
//! An editor asks roles or single people to read an entry, perhaps with a quiz of one to five questions. Asking
//! again, for example after a new version, begins a new round: whoever has read before is asked once more.
//!
//! Invariants
//! - Only published entries are asked to be read.
//! - A person answers once in a round: the first answers count.
//! - The right choices are told only to who has answered, and to editors.

pub mod http;
pub mod model;
pub mod ops;
pub mod store;
