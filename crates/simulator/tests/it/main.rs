//! The simulator as its callers see it: over HTTP only.

mod api;
mod callbacks;
mod faults;
mod jobs;
mod scripts;
mod stage;
