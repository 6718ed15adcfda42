//! The door in: `receive` lets a message into the house, once.
//!
//! Everything behind it speaks our own words. No file inside knows which platform a message came
//! from, and no adapter knows what we do with it.
//!
//! Invariants
//! - A platform's repetition of a message changes nothing and gets the stored answer (`journal`).
//! - When `receive` returns, the message, the decision, the answer and the news of it are on
//!   disk together: a crash loses no step after it.
//! - Whatever comes is kept, also what we do not understand, and what comes to a closed member.

mod apply;
pub mod http;
pub mod journal;
pub mod model;
pub mod ops;
pub mod receive;
mod recent;

/// The job that fetches a file that a customer sent. Its payload names the media.
pub const FETCH_MEDIA: &str = "fetch_media.v1";
/// The job that asks the platform who a person is. Its payload names the identity.
pub const INTRODUCE: &str = "introduce_identity.v1";
