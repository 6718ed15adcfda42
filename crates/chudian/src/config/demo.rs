//! `[demo]`: whether this is a demonstration.

use super::reader::Reader;

/// Whether this is a demonstration.
#[derive(Debug, Clone)]
pub struct Demo {
    /// Accounts of the platform simulator may be connected.
    pub allow_simulator: bool,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Demo {
    Demo { allow_simulator: reader.flag("demo.allow_simulator") }
}
