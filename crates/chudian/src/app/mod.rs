//! What ties the rooms together: the command line, building and running, routes, listeners, the
//! gate, the pages, health.

pub mod api;
pub mod assets;
pub mod build;
pub mod command;
pub mod docs;
mod follow;
pub mod gate;
pub mod health;
pub mod jobs;
pub mod listeners;
pub mod load_target;
mod output;
pub mod retention;
pub mod router;
pub mod serve;
pub mod shell;
pub mod sweeps;
pub mod verify;
