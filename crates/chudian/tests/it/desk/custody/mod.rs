//! Exactly one owner, no stale owner, nobody stranded: every order of doings, not some.
//!
//! `search` visits every reachable state of the small world (two agents of whom one supervises, one
//! customer) and tries every step in it. `conforms` then walks at random through the world and
//! through the running product side by side, so that the world is the product's and not an idea of it.

mod conforms;
mod search;
mod world;
