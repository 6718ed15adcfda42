//! One act on many drafts: a table of five thousand rows is handed in and published as a whole, not row by row.
//!
//! Who acts first looks: how many drafts the act would take, and which it would leave and why. Then it is done in
//! the background, lot by lot, each in one transaction, so that customers' messages have their turn between two lots and a
//! server that dies goes on where it was.
//!
//! Invariants
//! - A draft is taken as it was seen: one that was written on since is left, and told.
//! - Four eyes hold for each draft, in the transaction that publishes it.
//! - Each draft is taken once; what was left is told with its reason.
//! - Who may not write the base any more acts no more, also in the middle.
//! - The bot learns of all of them together, when the batch ends; members of what is shared with them, lot by lot.

pub mod http;
pub mod model;
pub mod ops;
pub mod run;
mod store;
