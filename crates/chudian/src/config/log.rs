//! `[log]`: how much is logged, and in which form.

use super::reader::Reader;

/// How much is logged, and in which form.
#[derive(Debug, Clone)]
pub struct Log {
    /// error, warn, info, debug or trace.
    pub level: &'static str,
    /// Text for people or JSON for machines.
    pub format: Format,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Log {
    let level = reader.one_of("log.level", &["info", "error", "warn", "debug", "trace"]);
    let format = match reader.one_of("log.format", &["text", "json"]) {
        "json" => Format::Json,
        _ => Format::Text,
    };
    Log { level, format }
}
