//! What leaves by a platform's API: one row a part, in the order of the thread.
//!
//! `plan` writes rows in the caller's transaction; the door out (`delivery/`) claims, sends and
//! settles them. A row that was being sent when the server died is `unknown`: it may have
//! arrived, so it is shown and never repeated by itself.

pub mod store;
