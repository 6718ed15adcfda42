//! The simulator as its callers see it: over HTTP only.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod api;
mod callbacks;
mod client;
mod faults;
mod jobs;
mod scripts;
mod stage;
