//! The platform's HTTP API: each call is a pure function that gives a [`request::Call`]; [`client::Client`] sends it.
//!
//! Request and answer types are written and read by the same serde types, so a platform simulator uses them the
//! other way round. Limits (counts, lengths) are never constants here: the platform changes them by year and account.

pub mod answer;
pub mod client;
pub mod request;

pub mod account;
pub mod custom;
pub mod draft;
pub mod jssdk;
pub mod kf;
pub mod mass;
pub mod media;
pub mod menu;
pub mod menu_check;
pub mod oauth;
pub mod qr;
pub mod subscription;
pub mod tag;
pub mod template;
pub mod user;
