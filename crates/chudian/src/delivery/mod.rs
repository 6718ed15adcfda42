//! The door out: planned parts leave by the platforms' APIs, and files come in by them.
//!
//! Invariants
//! - A part that may have arrived is never sent again by itself: `unknown` is shown as such.
//! - Parts of one thread leave one after the other.
//! - Nothing is sent outside the platform's window: the ledger is asked first, and spent in the
//!   transaction that settles.

pub mod deliver;
pub mod fetch;
pub mod introduce;
