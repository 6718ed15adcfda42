//! Log lines: text for people or JSON for machines, to standard error.

use std::io::IsTerminal;

use crate::config::log::{Format, Log};
use tracing_subscriber::EnvFilter;

/// Starts logging. A second call (in tests) changes nothing.
///
/// `RUST_LOG` overrides the level for a hunt after a fault.
pub fn start(settings: &Log) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| default_filter(settings.level));
    // Colours are for a terminal; in a file or a journal they are noise.
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        // A log whose reader went away is lost, and nothing else: to complain about it would go to the
        // same place and panic there, in whichever thread had something to say.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    // Failing means that logging was started before.
    let _ = match settings.format {
        Format::Text => lines.try_init(),
        Format::Json => lines.json().flatten_event(true).try_init(),
    };
}

/// Our own lines at the level asked for; libraries only when something is wrong.
fn default_filter(level: &str) -> EnvFilter {
    let ours = format!("chudian={level},wechat={level},retrieval={level}");
    EnvFilter::new(if level == "trace" { format!("info,{ours}") } else { format!("warn,{ours}") })
}
