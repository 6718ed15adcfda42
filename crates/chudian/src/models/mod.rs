//! The optional models. One compares meanings: a text becomes a vector, by a small encoder on this machine or by
//! an endpoint somewhere else, as the tenant chose. Another writes: `chat` asks it, and `bot::generation` says what,
//! when, and what becomes of it. Off unless chosen.
//!
//! - It is never the only way: who asks for a vector may be told "none", soon, and goes on without.
//! - What leaves the house is redacted first.
//! - An endpoint that fails is left alone for a while.
//! - The key of an endpoint is never given out again, and never sent to another address than the one it was
//!   entered for.

pub mod model;
pub mod store;

pub mod redact;

pub mod breaker;
pub mod call;
pub mod chat;
mod endpoint;
mod local;
pub mod service;

pub mod prepare;
pub mod vectors;

pub mod ops;

pub mod http;
