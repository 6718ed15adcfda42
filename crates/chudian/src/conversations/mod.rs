//! Talk: threads, the conversations in them, their messages, and what of it leaves the house.
//!
//! A thread is the endless talk of one contact on one inbox; a conversation is one episode of
//! service in it.
//!
//! Invariants
//! - A thread has at most one open conversation (a unique index says so).
//! - A message's number is its place in its thread, given in the inserting transaction, without gaps.
//! - Messages form a chain (`previous_id`) from the thread's `last_message_id` back: reading a page
//!   walks it, so no index grows with history and a turn costs the same at a million messages.
//! - Whoever sends for an agent must hold the conversation's current `owner_epoch`.

pub mod custody;
pub mod deliveries;
pub mod model;
pub mod steps;
pub mod store;
