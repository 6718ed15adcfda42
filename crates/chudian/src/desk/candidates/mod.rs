//! The ten candidates beside a thread: for the customer's last question (or the agent's own words) the nearest
//! entries of the base, prepared answers, and what colleagues answered to the like.
//!
//! Invariants
//! - Every candidate says where it comes from and why it stands there.
//! - Choosing one is written down with the message that it led to (`noting`).

pub mod http;
pub mod judging;
pub mod model;
pub mod noting;
pub mod ops;
pub mod recollection;
