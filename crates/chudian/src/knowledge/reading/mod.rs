//! Who must read an entry, who has, and how they did in its quiz.
//!
//! An editor asks roles or single people to read an entry, perhaps with a quiz of one to five questions. Asking
//! again, for example after a new version, begins a new round: whoever has read before is asked once more.
//!
//! Invariants
//! - Only published entries are asked to be read.
//! - Where there is a quiz, an entry is read when all of its questions were answered rightly at one try. Until then a
//!   person may try again; every try is counted.
//! - The right choices are told only to who has passed, and to editors.

pub mod http;
pub mod model;
pub mod ops;
pub mod store;
