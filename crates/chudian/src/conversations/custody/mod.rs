//! Who holds a conversation: the bot, the queue, an agent, or nobody any more.
//!
//! A change of hands is one thing: the conversation's stage and epoch, the queue entry and the
//! assignment that end or begin, the note in the thread and the news are written together.
//! Everything that gives a conversation from hand to hand comes through `Episode`.
//!
//! Invariants
//! - A conversation has an open queue entry exactly while it is queued, and an open assignment
//!   exactly while it is served.
//! - Rows are closed with a reason and never removed: figures are read from them.

pub mod episode;
pub mod store;
