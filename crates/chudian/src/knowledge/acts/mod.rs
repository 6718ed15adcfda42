//! What is done to a published entry as a whole: it is deleted, taken offline, put online again, or an earlier version
//! comes back.
//!
//! Where four eyes are asked for, one person proposes such an act and another confirms it. Without that one person
//! could take away, or bring back, what two had to agree on.
//!
//! Invariants
//! - An entry has at most one proposal; what it proposes is of the version that its proposer saw, and of no other.
//! - It is rehearsed when it is done: by whoever confirms it.
//! - What was never published is nobody's but its writers': no proposal is asked for.

pub mod http;
pub mod model;
pub mod ops;
pub mod store;
