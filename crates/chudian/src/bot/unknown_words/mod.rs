//! Words that customers use and the base does not know. A word leaves the list by itself as soon as it stands in a
//! wording or among the tenant's words, or when an editor does not want to see it.

pub mod find;
pub mod http;
pub mod ops;
pub mod store;
