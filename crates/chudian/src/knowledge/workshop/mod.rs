//! The editors' workshop: how a text becomes an answer.
//!
//! An entry has at most one published version and at most one draft. A draft is written, handed in for review,
//! sent back with a reason or published, now or at a moment. The version that it replaces is kept whole; two
//! texts can be compared.
//!
//! Invariants
//! - The bot answers from published versions alone.
//! - Where four eyes are asked for, nothing is published by who wrote it, by no door; what takes an entry away or
//!   brings a text back asks for two people as well (`acts`).
//! - A published version is never changed; its number is given once.
//! - What is published is what the publisher saw: its revision is named, and so is the version that it replaces.

pub mod batch;
pub mod diff;
pub mod http;
pub mod model;
pub mod ops;
pub mod publish;
pub mod release;
pub mod rules;
pub mod store;
pub mod versions;
