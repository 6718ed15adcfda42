//! Proofs from outside: the real server is started, loaded, killed and robbed of its power, and what
//! it kept is judged. `cargo xtask test crash` and `cargo xtask bench` call it.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks by printing")]

mod account;
mod connection;
mod console;
mod customer;
mod house;
mod platform;
mod target;

mod disk;
mod stored;
mod trace;

mod crash;
mod power_loss;
mod sends;

mod faq;

mod bare;
mod load;
mod process;
mod questions;
mod screens;

mod bench;
mod callgrind;

use std::process::ExitCode;

use clap::Parser;

/// Every failure is a sentence for people.
type Result<T> = std::result::Result<T, String>;

#[derive(Debug, Parser)]
#[command(about = "Crashes, power loss and load, against the real server")]
enum Command {
    /// Kills the server at exact system calls and at random moments, and judges what it kept
    Crash(crash::Options),
    /// Kills the server while messages leave, and counts what arrived
    Sends(sends::Options),
    /// Takes the disk away at random moments of a traced run
    PowerLoss(power_loss::Options),
    /// Asks a set of real questions through the callback and judges the answers
    Faq(faq::Options),
    /// Measures the server against the yardstick
    Bench(bench::Options),
    /// The yardstick: a bare handler of the same framework
    Bare(bare::Options),
}

/// The allocator of the server, so that the yardstick has the same.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let outcome = match Command::parse() {
        Command::Crash(options) => crash::run(&options),
        Command::Sends(options) => sends::run(&options),
        Command::PowerLoss(options) => power_loss::run(&options),
        Command::Faq(options) => faq::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Bare(options) => bare::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("proof: {message}");
            ExitCode::FAILURE
        }
    }
}

/// One thread is enough for a customer, and leaves the other core to the server.
fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("no asynchronous runtime: {error}"))
}
