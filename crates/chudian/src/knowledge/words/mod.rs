//! The words of a tenant: groups of one meaning, and names that no synonym may touch. The bot compares
//! questions with them from the next moment on.
//!
//! Invariants
//! - A word stands in one place only: in one group, or alone as a name.
//! - What everybody knows (`retrieval::Language::common`) stays in force; a tenant's group takes the common group of
//!   its words along.

pub mod http;
pub mod model;
pub mod ops;
pub mod paste;
pub mod store;
