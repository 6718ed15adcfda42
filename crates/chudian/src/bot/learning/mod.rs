//! The learning door: a tenant's similar questions and the choices of its agents become a space in which
//! wordings of one meaning lie near each other (`retrieval::learnt`), by night or when somebody asks.
//!
//! Invariants
//! - One training at a time in the whole house, on a thread of its own that rests between its steps.
//! - A space counts only after it has been tried on wordings that it had not seen, and was no worse than none.
//! - A training that dies with the server is begun again; what is in force stays so until a better one is whole.

pub mod gauge;
pub mod http;
pub mod material;
pub mod model;
pub mod ops;
pub mod run;
pub mod store;
