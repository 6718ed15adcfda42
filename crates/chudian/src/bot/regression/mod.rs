//! Does the bot still answer what it answered? Sets of test questions, and the rehearsal of a change before it is
//! published: the sets and the latest questions of customers are asked of the bot as it is and as it would be.
//!
//! Invariants
//! - A rehearsal writes nothing, and what it finds is not remembered for customers.
//! - Both sides of a rehearsal are asked in the same way: by words and what was learnt, without the model that
//!   compares meanings, whose vectors of a new wording are not there yet.
//! - A set that falls is never passed over: who publishes accepts it, and the audit log says so.

pub mod acts;
pub mod board;
pub mod http;
pub mod lines;
pub mod members;
pub mod model;
pub mod ops;
pub mod rehearse;
pub mod replay;
pub mod store;
