//! A pretend WeChat platform: people with phones, callbacks, the HTTP API, a log of everything.
//!
//! It speaks as the real platform does, so that third-party SDKs work against it unchanged, and it can be
//! told to misbehave. It knows the `wechat` crate and nothing of the product: the two meet over HTTP.
//!
//! Invariants
//! - All state is in `world`, in memory, behind one lock that is never held across an await.
//! - Limits are dated data (`rules.toml`).
//! - Pushes of one person go out in order; every attempt has a right `signature`, in every mode.
//! - Every answer carries `X-Chudian-Simulator: 1`, so that a production server can refuse to talk to it.

mod acts;
mod admin;
mod api;
mod business;
mod callback;
mod faults;
mod jobs;
mod platform;
mod qr;
mod rules;
mod samples;
mod server;
mod world;

pub use server::{Options, Running, start};
