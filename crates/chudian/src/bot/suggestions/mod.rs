//! Similar questions that agents propose without knowing it: questions of customers for which they chose an entry
//! that the base would not have found surely.
//!
//! Invariants
//! - A suggestion leaves the list by itself as soon as the base answers it with its entry.
//! - What an editor takes over goes the way of every edit: drafts and four eyes are respected.

pub mod http;
pub mod model;
pub mod ops;
