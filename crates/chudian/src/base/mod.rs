//! The ground floor: words that every room uses and that need nothing themselves.
//!
//! Nothing here waits, queries or speaks a protocol.

pub mod content;
pub mod error;
pub mod id;
pub mod page;
mod planted;
pub mod profile;
pub mod secret;
pub mod time;

pub use error::{Error, Kind, Result};
pub use planted::planted;
