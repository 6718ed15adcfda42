//! The knowledge base: what customers ask, in many wordings, and what we answer.
//!
//! An entry has one standard question, any number of similar questions (other wordings of the
//! same question) and its answers. Entries hang in a tree of categories.
//!
//! Invariants
//! - The bot answers from what is published, never from drafts (`workshop`).
//! - An answer can always be sent: it is checked when it is written.
//! - An entry is changed only by who saw its latest version.
//! - Every change tells `KnowledgeChanged`, so the bot's snapshot follows.

pub mod acts;
pub mod category;
pub mod checks;
pub mod http;
pub mod import;
pub mod learning;
pub mod listing;
pub mod model;
pub mod ops;
pub mod particulars;
pub mod reading;
pub mod rehearsal;
pub mod shared;
pub mod store;
pub mod usage;
pub mod view;
pub mod words;
pub mod workshop;
