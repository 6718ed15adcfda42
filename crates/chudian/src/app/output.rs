//! What a command prints: its result to standard output, what went wrong to standard error. The log
//! goes elsewhere.

use std::io::Write;

/// Prints a result.
pub(super) fn say(text: &str) {
    // Whoever read stops reading when they have seen enough (`| head`): no reason to fail.
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints what went wrong.
pub(super) fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
