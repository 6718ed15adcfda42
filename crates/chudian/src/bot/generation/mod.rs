//! Generated answers: a model writes a reply from entries of the base, where no written answer is sure. Off unless a
//! tenant turns it on.
//!
//! The way of a message decides as if there were no model. Only where that comes to the fallback or to "did you mean",
//! and entries lie near, `wanted` puts off what would be said: the turn is stored and acknowledged, and a row of
//! `generations` waits with it. `run` takes the row up, asks the model through `ask`, and says either what it wrote, when
//! `grounding` finds every bit of it in the cited entries, or what was put off. A row that is there at a crash is not
//! lost, and never says anything twice.
//!
//! Invariants
//! - A written answer wins: where menu, keyword, flow or the base answer, no model is asked.
//! - What is said stands in entries that it cites, and carries the tenant's label.
//! - What leaves the house is entries and a question without what names a person.
//! - No call without a place in the day's budget, counted before it.
//! - Nothing is said once a person serves, the customer asked something else, or the conversation is over.

mod figures;
pub mod grounding;
pub mod model;
pub mod prompt;
pub mod store;
pub mod wanted;

pub mod ask;
pub mod ops;
pub mod run;
pub mod settle;

pub mod http;
