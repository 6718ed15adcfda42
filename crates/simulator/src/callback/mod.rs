//! The way out: pushes to an account's server, and what the platform makes of the answers.
//!
//! `body` writes the fields of a push, `envelope` signs and encrypts them, `deliver` calls the server (five
//! seconds, three attempts), `reply` judges the answer, `verify` does the GET verification.

mod body;
mod deliver;
mod envelope;
mod reply;
mod verify;

pub(crate) use body::{Act, Fields, event_fields, fields_of};
pub(crate) use deliver::drain;
pub(crate) use verify::verify;
