//! Third-party WeChat software as judges: installed by exact version, run as separate processes.

mod install;
mod run;
mod schema;

pub(crate) use install::install;
pub(crate) use run::stage;
pub(crate) use schema::stage as schema_stage;
