//! `cargo xtask …`: everything one does with this project besides writing it.
//!
//! Only the standard library, a JSON reader and a small HTTP client without TLS: this crate is
//! compiled before anything else, on a newcomer's first command.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks by printing")]

mod process;

mod prerequisites;
mod workspace;

mod model;
mod oracles;
mod postgres;
mod set_up;

mod check;
mod floors;
mod openapi;
mod source;

mod stages;
mod test;

mod demo;
mod proof;

use std::process::ExitCode;

use workspace::Workspace;

/// What every step returns: a failure is a sentence that says what to do.
type Result<T> = std::result::Result<T, String>;

const HELP: &str = "\
Usage: cargo xtask COMMAND [options]

  demo        builds and starts the server, the platform simulator and sample data; Ctrl-C ends it
  test        all proofs, in order of speed; `cargo xtask test --list` names the stages
  check       format, lints, docs, floors, licences, console lint and types (the quick half of test)
  bench       throughput, CPU, latency and memory against a bare handler of the same framework
  faq         asks a set of real questions through the callback and judges the answers
  kb-eval     measures the matching on a directory of questions: one line of JSON
  openapi     writes web/console/openapi.json and the TypeScript client made from it
  fetch-model fetches the local sentence encoder that a tenant may turn on (33 MB, Apache-2.0)
  set-up      installs what is missing (system packages, npm packages, third-party oracles)

`cargo xtask COMMAND --help` tells more.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", [].as_slice()),
    };
    let workspace = Workspace::here();
    let outcome = match command {
        "demo" => demo::run(&workspace, rest),
        "bench" => proof::bench(&workspace, rest),
        "faq" => proof::faq(&workspace, rest),
        "kb-eval" => proof::kb_eval(&workspace, rest),
        "test" => test::run(&workspace, rest),
        "check" => check::run(&workspace, rest),
        "openapi" => openapi::run(&workspace, rest),
        "fetch-model" => model::run(&workspace, rest),
        "set-up" => set_up::run(&workspace, rest),
        "help" | "--help" | "-h" => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(format!("there is no command `{other}`\n\n{HELP}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\nxtask: {message}");
            ExitCode::FAILURE
        }
    }
}
