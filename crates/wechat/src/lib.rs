//! The WeChat platform's wire language, for official accounts: callbacks and their encryption, pushes,
//! passive replies and the HTTP API.
//!
//! No database and no web framework: a server and a platform simulator both speak through this crate.

pub mod callback;
pub mod crypto;
pub mod element;
pub mod json;
pub mod push;
pub mod reply;
pub mod signature;
pub mod xml;
