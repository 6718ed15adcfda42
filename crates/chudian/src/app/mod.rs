//! What ties the rooms together: listeners, routes, the gate, the pages, health.

pub mod assets;
pub mod gate;
pub mod health;
pub mod shell;
