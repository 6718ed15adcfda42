//! `cargo xtask test`: all proofs in order of speed.

use std::ffi::OsStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::process::{self, exists};
use crate::stages::{self, Stage, Verdict};
use crate::workspace::Workspace;
use crate::{Result, check, demo, model, openapi, oracles, postgres, prerequisites, proof, set_up};

const HELP: &str = "\
Usage: cargo xtask test [stage…] [--list]

Runs the proofs. Each stage is timed; one that fails does not stop the next, and the exit code tells.
CHUDIAN_PROFILE chooses cargo's profile (CI: `ci`); with CI=true nothing may be skipped.

Stages, all when none is named:";

const STAGES: &[Stage] = &[
    Stage { name: "tests", about: "unit and integration tests on SQLite", run: tests },
    Stage { name: "postgres", about: "the server's tests on PostgreSQL", run: postgres },
    Stage { name: "api", about: "openapi.json and the TypeScript client are fresh", run: api },
    Stage { name: "console", about: "the console's tests and build", run: console },
    Stage { name: "phone", about: "the phone page's tests and build", run: phone },
    Stage { name: "oracles", about: "third-party WeChat software agrees with us", run: oracles::stage },
    Stage { name: "schema", about: "schemathesis against the API file", run: oracles::schema_stage },
    Stage {
        name: "crash",
        about: "1,120 kills: nothing acknowledged lost, nothing doubled, nothing sent twice",
        run: proof::crash,
    },
    Stage { name: "power-loss", about: "500 images of a disk that lost its power", run: proof::power_loss },
    Stage { name: "fuzz", about: "each fuzz target for a minute", run: fuzz },
    Stage { name: "stories", about: "the newcomer's tour in a browser", run: stories },
];

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let mut all: Vec<Stage> = check::STAGES.iter().map(check::copy).collect();
    all.extend(STAGES.iter().map(check::copy));
    all.push(check::copy(&check::LICENCES));
    match arguments.first().map(String::as_str) {
        Some("--help") => {
            println!("{HELP}\n{}", stages::list(&all));
            return Ok(());
        }
        Some("--list") => {
            print!("{}", stages::list(&all));
            return Ok(());
        }
        _ => {}
    }
    prerequisites::check(workspace)?;
    set_up::system()?;
    stages::run(workspace, &all, arguments)
}

fn tests(workspace: &Workspace) -> Result<Verdict> {
    let mut cargo = runner(workspace, &["--workspace"]);
    // With the model the encoder is held against its reference; without it, outside of CI, that is left out.
    match model::for_tests(workspace) {
        Ok(folder) => drop(cargo.env("CHUDIAN_MODEL", folder)),
        Err(error) if workspace.ci => return Err(error),
        Err(error) => println!("without the sentence encoder: {error}"),
    }
    process::run(cargo.env_remove("CHUDIAN_TEST_POSTGRES"))?;
    // nextest leaves the examples in doc comments out.
    if exists("cargo-nextest") {
        process::run(&mut workspace.cargo(&[
            "test",
            "--workspace",
            "--doc",
            "--profile",
            &workspace.profile,
        ]))?;
    }
    Ok(Verdict::Passed)
}

fn postgres(workspace: &Workspace) -> Result<Verdict> {
    let postgres = postgres::start(false)?;
    // Only these tests open databases.
    let mut cargo = runner(workspace, &["--package", "chudian", "--test", "it"]);
    cargo.env("CHUDIAN_TEST_POSTGRES", &postgres.url).env("CHUDIAN_TEST_POSTGRES_CA", &postgres.authority);
    process::run(&mut cargo)?;
    Ok(Verdict::Passed)
}

/// nextest where it is installed, cargo's own runner elsewhere.
fn runner(workspace: &Workspace, what: &[&str]) -> std::process::Command {
    let profile = workspace.profile.as_str();
    if exists("cargo-nextest") {
        let mut cargo = workspace.cargo(&["nextest", "run", "--no-fail-fast", "--cargo-profile", profile]);
        cargo.args(what);
        cargo
    } else {
        let mut cargo = workspace.cargo(&["test", "--no-fail-fast", "--profile", profile]);
        cargo.args(what);
        cargo
    }
}

fn api(workspace: &Workspace) -> Result<Verdict> {
    if !workspace.has_npm("web/console") {
        return Ok(Verdict::Skipped("there is no console yet".into()));
    }
    openapi::check(workspace)?;
    Ok(Verdict::Passed)
}

fn console(workspace: &Workspace) -> Result<Verdict> {
    page(workspace, "web/console")
}

fn phone(workspace: &Workspace) -> Result<Verdict> {
    page(workspace, "web/phone")
}

fn page(workspace: &Workspace, folder: &str) -> Result<Verdict> {
    if !workspace.has_npm(folder) {
        return Ok(Verdict::Skipped(format!("there is no {folder} yet")));
    }
    workspace.npm_install(folder)?;
    process::run(&mut workspace.command_in(folder, "npm", &["run", "--if-present", "test"]))?;
    process::run(&mut workspace.command_in(folder, "npm", &["run", "build"]))?;
    Ok(Verdict::Passed)
}

/// Coverage-guided fuzzing with the stable compiler: without the sanitizer, which wants a nightly one. Each target has
/// a processor to itself.
fn fuzz(workspace: &Workspace) -> Result<Verdict> {
    if !workspace.path("fuzz/Cargo.toml").is_file() {
        return Ok(Verdict::Skipped("there are no fuzz targets yet".into()));
    }
    check::install(workspace, "cargo-fuzz")?;
    let path = check::tools_path(workspace)?;
    let list = process::capture(workspace.cargo(&["fuzz", "list"]).env("PATH", &path))?;
    let targets: Vec<&str> = list.split_whitespace().collect();
    process::run(workspace.cargo(&["fuzz", "build", "--sanitizer", "none"]).env("PATH", &path))?;
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(target) = targets.get(next.fetch_add(1, Ordering::Relaxed)) {
                    println!("fuzz {target}");
                    if let Err(error) = fuzz_target(workspace, &path, target) {
                        println!("{target}: {error}");
                        failed.lock().unwrap_or_else(PoisonError::into_inner).push(*target);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    if failed.is_empty() { Ok(Verdict::Passed) } else { Err(format!("found a fault: {}", failed.join(", "))) }
}

fn fuzz_target(workspace: &Workspace, path: &OsStr, target: &str) -> Result<()> {
    let mut cargo = workspace.cargo(&["fuzz", "run", "--sanitizer", "none", target, "--"]);
    cargo.args(["-max_total_time=60", "-max_len=8192", "-timeout=5", "-rss_limit_mb=1024", "-verbosity=0"]);
    cargo.args(["-print_final_stats=1"]).env("PATH", path);
    process::run_quietly(&mut cargo)
}

/// Starts a fresh demo and walks through it with a browser.
fn stories(workspace: &Workspace) -> Result<Verdict> {
    if !workspace.has_npm("e2e") {
        return Ok(Verdict::Skipped("there are no browser stories yet".into()));
    }
    let programs = demo::build(workspace)?;
    let folder = process::Scratch::new("stories")?;
    let demo = demo::Demo::start_fresh(workspace, &programs, folder.path())?;
    let mut npm = workspace.command_in("e2e", "npm", &["test"]);
    npm.env("CONSOLE_URL", &demo.console).env("SIMULATOR_URL", &demo.simulator);
    npm.env("CHROMIUM", "/usr/bin/chromium").env("OUT", workspace.path("e2e/out"));
    // the stories of the door start a server that nobody has used
    npm.env("CHUDIAN", programs.server());
    process::run(&mut npm)?;
    Ok(Verdict::Passed)
}
