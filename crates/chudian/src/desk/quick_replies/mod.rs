//! Prepared answers of the agents: the ones that everybody shares, and each one's own. Typing "/" in the
//! composer finds them, and they stand among the candidates beside a thread.

pub mod http;
pub mod model;
pub mod ops;
pub mod store;
