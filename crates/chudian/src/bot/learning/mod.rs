//! The learning door: a tenant's similar questions and the choices of its agents become a space in which
//! wordings of one meaning lie near each other (`retrieval::learnt`), and a map that bends the vectors of the tenant's
//! model, where it has one (`encoder::map`); by night or when somebody asks.
//!
//! Invariants
//! - One training at a time in the whole house, on a thread of its own that rests between its steps.
//! - What was learnt counts only after it has been tried on wordings that it had not seen, and was no worse than none.
//! - From which confidence on the bot answers is read off the base itself, in the state in which it then answers.
//! - A training that dies with the server is begun again; what is in force stays so until a better one is whole.

pub mod gauge;
mod given;
pub mod http;
pub mod learner;
pub mod material;
pub mod model;
pub mod ops;
pub mod run;
pub mod sight;
pub mod store;
