//! How entries are used: how often each answers, is offered, picked or chosen, and whether it helped.
//!
//! Nothing is counted while a customer waits. Each answer is stored with its reasons anyway; a sweep reads them
//! after the fact (`bot::count`) and adds them up by entry and day.
//!
//! Invariants
//! - A message counts once: what is added and how far was read are written together.
//! - Customers' words are kept as samples, a bounded number for each entry, long numbers masked.

pub mod http;
pub mod model;
pub mod ops;
pub mod store;
