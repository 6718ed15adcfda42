//! The bot: what it answers, and why.
//!
//! A decision is a pure function of the thread's state, the customer's message, the tenant's
//! catalogue and the time; it tells every step it took. The catalogue is an immutable snapshot in
//! memory, swapped when an editor changes something.
//!
//! Precedence: a person who serves silences the bot; then the loop guard; words that ask for a person; words that
//! say whether the last answer helped; an open list or menu; exact keywords; contained keywords; the knowledge base;
//! the fallback.
//!
//! Invariants
//! - The same state, message, catalogue, time and random number give the same decision.
//! - Nothing on the way of a message reads a table for rules, menus or knowledge.
//! - A question that is found by nobody is never answered with something else.
//! - A model writes only where nothing written is sure, and only what entries hold (`generation`).

pub mod account_menu;
pub mod bench;
pub mod catalogue;
pub mod count;
pub mod decide;
pub mod fresh;
pub mod generation;
pub mod http;
pub mod learning;
pub mod look_up;
pub mod lore;
pub mod menu;
pub mod model;
pub mod nearness;
pub mod ops;
mod phrases;
pub mod publish;
pub mod regression;
mod renew;
pub mod settings;
mod steps;
pub mod store;
pub mod suggestions;
pub mod twins;
pub mod unknown_words;
pub mod unresolved;
