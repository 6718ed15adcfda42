//! Who serves whom: agents, their states, and the walk from the queue to a person.
//!
//! What happens is not pushed from step to step: a sweep compares the queue and the agents with
//! what should be and makes it so. It runs on news (somebody waits, an agent is free, a socket
//! is gone) and on a slow period, so a missed nudge heals by itself.
//!
//! Invariants
//! - An agent gets no conversation above her capacity, and none while she is not ready.
//! - Who waits longest is served first.
//! - A customer who waits for an agent that is gone waits in the queue again within 30 seconds.

pub mod http;
pub mod model;
pub mod ops;
pub mod presence;
pub mod store;
pub mod sweep;
