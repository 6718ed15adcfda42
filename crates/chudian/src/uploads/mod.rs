//! Files over HTTP: taking them, showing them, handing them out.
//!
//! `media/` keeps the files and stands below `web/`, so it knows no HTTP; its doors are here, on
//! the floor of the domains that it serves alike.
//!
//! Invariants
//! - What a file is, its bytes say; its name and what the sender claims decide nothing.
//! - A file is handed out so that it cannot act: no sniffing, no scripts, and shown inline only
//!   when it is a picture, a sound or a film.

pub mod http;
pub mod model;
pub mod ops;
