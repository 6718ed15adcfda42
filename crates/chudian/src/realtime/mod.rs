//! Live screens: what happened, as it happens, over a WebSocket.
//!
//! A page says how far it got; it first hears what it missed (from the outbox) and then what is
//! new (from the bus). Frames carry keys and numbers, never content: a page reads what it shows
//! through the ordinary doors, where rights are checked.
//!
//! Invariants
//! - Between two frames of one tenant nothing is left out and nothing is told twice, whatever
//!   the connection does; where that cannot be kept the page is told to start over (`reset`).
//! - A page hears its own tenant only, and only what its person may see.
//! - Who loses the session loses the socket, at once.

mod feed;
pub mod http;
mod hub;
mod model;

pub use feed::{Feed, Frame};
pub use hub::run;
pub use model::Spoken;
