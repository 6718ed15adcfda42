//! What the operator may set: one file a section, checked as a whole before anything starts.
//!
//! `config.default.toml` is built in and is the manual. A file and then the
//! environment (`CHUDIAN__SECTION__KEY`) lie over it. Invariants:
//!
//! - An unknown key is refused and the nearest right one is named.
//! - A wrong value says which key, where it was set, why it is wrong and what would be right.
//! - All faults are reported at once; with one fault nothing starts.
//! - `Config::printed` holds no secret.

mod layers;
mod reader;

pub mod data;
pub mod database;
pub mod demo;
pub mod egress;
pub mod limits;
pub mod log;
pub mod models;
pub mod retention;
pub mod secrets;
pub mod server;

use std::path::{Path, PathBuf};

pub use reader::{ConfigError, Fault};

/// The built-in defaults, which are also the manual.
pub const DEFAULTS: &str = include_str!("config.default.toml");

/// Everything the operator may set, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where we listen and how others reach us.
    pub server: server::Server,
    /// Where rows are kept.
    pub database: database::Database,
    /// Where files are kept.
    pub data: data::Data,
    /// Where the master key comes from.
    pub secrets: secrets::Secrets,
    /// How much is logged, and in which form.
    pub log: log::Log,
    /// Which private addresses we may call.
    pub egress: egress::Egress,
    /// Whether simulators may be connected.
    pub demo: demo::Demo,
    /// Where the optional models lie.
    pub models: models::Models,
    /// How long things are kept.
    pub retention: retention::Retention,
    /// Sizes, counts and time-outs.
    pub limits: limits::Limits,
    printed: String,
}

impl Config {
    /// Reads the defaults, the file (if one is given or `./chudian.toml` exists) and the environment.
    ///
    /// # Errors
    /// All faults found, each with its key, its reason and what would be right.
    pub fn load(file: Option<&Path>) -> Result<Config, ConfigError> {
        let named =
            file.map(Path::to_path_buf).or_else(|| std::env::var_os("CHUDIAN_CONFIG").map(PathBuf::from));
        let found = named.or_else(|| Some(PathBuf::from("chudian.toml")).filter(|it| it.is_file()));
        let text = match &found {
            Some(path) => Some(layers::read_file(path)?),
            None => None,
        };
        let variables: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Config::from_parts(found.as_deref().zip(text.as_deref()), &variables)
    }

    /// The same from values in hand: the file's path with its text, and the environment.
    ///
    /// # Errors
    /// All faults found.
    pub fn from_parts(
        file: Option<(&Path, &str)>,
        variables: &[(String, String)],
    ) -> Result<Config, ConfigError> {
        let (layered, faults) = layers::merge(file, variables)?;
        let mut reader = reader::Reader::new(&layered, variables, faults);
        let folder = file.and_then(|(path, _)| path.parent()).map(Path::to_path_buf);
        let server = server::read(&mut reader);
        let data = data::read(&mut reader);
        let config = Config {
            database: database::read(&mut reader, &data),
            secrets: secrets::read(&mut reader, &data, folder.as_deref()),
            models: models::read(&mut reader, &data),
            server,
            data,
            log: log::read(&mut reader),
            egress: egress::read(&mut reader),
            demo: demo::read(&mut reader),
            retention: retention::read(&mut reader),
            limits: limits::read(&mut reader),
            printed: reader.printed(),
        };
        reader.finish()?;
        Ok(config)
    }

    /// What holds in the end, as TOML with its origin after each line. Passwords
    /// inside addresses are left out; the master key is never in here.
    pub fn printed(&self) -> &str {
        &self.printed
    }
}

#[cfg(test)]
mod tests;
