//! What agents do: see the conversations, take and answer them, hand them on, close them.
//!
//! It is the third door beside `intake` and `delivery`, the one for our own people, and stands
//! on their floor: it moves conversations between the queue and the agents (`routing`), and plans
//! what goes out.
//!
//! Invariants
//! - Only who serves a conversation writes in it, and only while it is open. Writing in one that
//!   nobody serves takes it first, in the same transaction.
//! - A message that is sent twice with one key exists once.
//! - Every change of hands leaves a note in the thread and a record in the audit log.

pub mod candidates;
pub mod http;
pub mod marks;
pub mod model;
pub mod ops;
pub mod quick_replies;
pub mod reading;
pub mod sending;
pub mod store;
pub mod view;
