//! What every HTTP door of ours shares: who asks, how errors look, what is refused at once.
//!
//! Invariants
//! - An error is RFC 9457 `application/problem+json` with our stable `code`; what caused an
//!   internal one goes to the log and never to the caller.
//! - An id of another tenant and an id that never existed give the same answer.
//! - A body with an unknown field is refused, so nobody can write what is not theirs to write.
//! - A request that changes something and comes with a cookie needs the session's CSRF token
//!   and must come from our own pages.

pub mod actor;
pub mod budget;
pub mod csrf;
pub mod error;
pub mod extract;
pub mod headers;
pub mod idempotency;
pub mod openapi;
pub mod permission;
pub mod source;
pub mod trace;
