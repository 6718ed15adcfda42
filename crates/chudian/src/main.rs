//! The one program: serves, checks its configuration, verifies the audit log, prints the API.

use std::process::ExitCode;

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    chudian::app::command::run()
}
