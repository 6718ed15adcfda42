//! The tree of categories in which entries hang. Its rows stand in the store of the base, its routes among those of it.

pub mod model;
pub mod ops;
