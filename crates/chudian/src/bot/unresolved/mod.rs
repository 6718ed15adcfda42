//! What customers asked and the bot could not answer, or answered without helping (so the customer) or wrongly (so a
//! colleague), put together by what it asks. A question leaves the list by
//! itself as soon as the base answers it, or when an editor says that nothing is to be done.

pub mod http;
pub mod ops;
