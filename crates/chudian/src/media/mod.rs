//! Files: stored by us, named at random, on the local disk.
//!
//! A platform's media id is a cache with an expiry (`platform_media`), never the file itself.

mod files;
pub mod model;
pub mod table;

pub use files::Files;
