//! What the server tells about itself: log lines and figures.
//!
//! Invariants
//! - No message text, no names of customers, no phone numbers, no secrets: log lines carry
//!   keys, codes and counts. Addresses (paths) are logged as their pattern, since a path may
//!   hold a hook's key.
//! - Figures have few labels, and never one that a stranger can choose.

pub mod log;
pub mod metrics;
