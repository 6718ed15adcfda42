//! The platforms' doors. Outside words (openid, error codes, message types) live here and in the
//! wire crates, and nowhere above or below.

pub mod wechat;
