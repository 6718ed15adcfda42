//! Reads single keys out of the merged layers and gathers every fault on the way.

use super::layers::{Layered, Origin};
use std::fmt;

/// One wrong setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `section.key`, or the file that could not be read.
    pub key: String,
    /// Where it was set: a file or a variable.
    pub origin: String,
    /// Why it is refused.
    pub why: String,
    /// What would be right.
    pub right: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}. Right would be: {}", self.key, self.origin, self.why, self.right)
    }
}

/// Why the configuration is refused: every fault, not only the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// At least one.
    pub faults: Vec<Fault>,
}

impl ConfigError {
    pub(super) fn one(fault: Fault) -> ConfigError {
        ConfigError { faults: vec![fault] }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the configuration is refused, nothing was started:")?;
        for fault in &self.faults {
            writeln!(f, "  - {fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// Hands out values by key. A wrong value is noted and a harmless stand-in is
/// returned, so that all faults are found in one run; `finish` then refuses.
pub(super) struct Reader<'a> {
    layered: &'a Layered,
    variables: &'a [(String, String)],
    faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    /// Begins with the faults that were found before.
    pub(super) fn new(
        layered: &'a Layered,
        variables: &'a [(String, String)],
        faults: Vec<Fault>,
    ) -> Reader<'a> {
        Reader { layered, variables, faults }
    }

    /// The text at `key` (`section.name`).
    pub(super) fn text(&self, key: &str) -> String {
        self.layered.value(key).as_str().unwrap_or_default().to_owned()
    }

    /// The truth value at `key`.
    pub(super) fn flag(&self, key: &str) -> bool {
        self.layered.value(key).as_bool().unwrap_or_default()
    }

    /// The texts of the list at `key`.
    pub(super) fn list(&self, key: &str) -> Vec<String> {
        let items = self.layered.value(key).as_array();
        items.into_iter().flatten().filter_map(|it| it.as_str().map(|text| text.trim().to_owned())).collect()
    }

    /// The whole number at `key`, within bounds.
    pub(super) fn number(&mut self, key: &str, least: i64, most: i64) -> i64 {
        let number = self.layered.value(key).as_integer().unwrap_or(least);
        if (least..=most).contains(&number) {
            return number;
        }
        self.fault(key, format!("{number} is out of bounds"), format!("a number from {least} to {most}"));
        least
    }

    /// The text at `key` if it is one of `allowed`.
    pub(super) fn one_of(&mut self, key: &str, allowed: &[&'static str]) -> &'static str {
        let text = self.text(key);
        if let Some(found) = allowed.iter().find(|it| **it == text) {
            return found;
        }
        let right = allowed.iter().map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join(" or ");
        self.fault(key, format!("\"{text}\" is not known"), right);
        allowed.first().copied().unwrap_or_default()
    }

    /// An environment variable that is no setting of its own (the master key, the test switch).
    pub(super) fn variable(&self, name: &str) -> Option<&'a str> {
        self.variables.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    /// Notes a fault of `key`.
    pub(super) fn fault(&mut self, key: &str, why: impl Into<String>, right: impl Into<String>) {
        let origin = self.layered.origin(key).to_string();
        self.faults.push(Fault { key: key.to_owned(), origin, why: why.into(), right: right.into() });
    }

    /// The merged settings for people, each with where it came from.
    pub(super) fn printed(&self) -> String {
        let mut out = String::new();
        for (section, keys) in self.layered.sections() {
            out.push_str(&format!("[{section}]\n"));
            for (name, value) in keys {
                let origin = self.layered.origin(&format!("{section}.{name}"));
                let note = if *origin == Origin::Default { String::new() } else { format!("  # {origin}") };
                out.push_str(&format!("{name} = {}{note}\n", without_password(value)));
            }
            out.push('\n');
        }
        out
    }

    /// Refuses when anything was wrong.
    pub(super) fn finish(self) -> Result<(), ConfigError> {
        if self.faults.is_empty() { Ok(()) } else { Err(ConfigError { faults: self.faults }) }
    }
}

/// The value as TOML; the password of an address is replaced.
fn without_password(value: &toml::Value) -> String {
    if let Some(text) = value.as_str()
        && let Ok(mut url) = url::Url::parse(text)
    {
        let has_query_password = url.query_pairs().any(|(name, _)| name.eq_ignore_ascii_case("password"));
        if url.password().is_some() || has_query_password {
            let _ = url.set_password(Some("***"));
            url.set_query(None);
            return toml::Value::String(url.to_string()).to_string();
        }
    }
    value.to_string()
}
