//! What the house learns from its people: which candidate answer an agent chose for which question, and
//! what agents answered in their own words; and what customers asked that had no answer.
//!
//! Invariants
//! - A choice is written with the message that it led to, or not at all.
//! - Words that may tell who somebody is (long numbers, addresses) are never offered to other customers.

pub mod cluster;
pub mod model;
pub mod store;
