//! The editors' workshop: how a text becomes an answer.
//!
//! An entry has at most one published version and at most one draft. A draft is written, handed in for review,
//! sent back with a reason or published, now or at a moment. The version that it replaces is kept whole; two
//! texts can be compared; an earlier one can be brought back, as a new version.
//!
//! Invariants
//! - The bot answers from published versions alone.
//! - Where four eyes are asked for, nothing is published by who wrote it, by no door. Bringing back what was
//!   published once, and switching off, need one person: they must work in a hurry.
//! - A published version is never changed; its number is given once.
//! - What is published is what the publisher saw: its revision is named, and so is the version that it replaces.

pub mod diff;
pub mod http;
pub mod model;
pub mod ops;
pub mod release;
pub mod store;
