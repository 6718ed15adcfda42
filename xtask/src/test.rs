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

/// So many files of stories are told once more, at most: more that fail are no stumbling.
const SECOND_TRIES: usize = 3;

/// Starts a fresh demo and walks through it with a browser. Three programs on a busy machine may stumble over each other
/// where a person would wait, so a file of stories that fails is told once more; if it passes then, the table names it.
fn stories(workspace: &Workspace) -> Result<Verdict> {
    if !workspace.has_npm("e2e") {
        return Ok(Verdict::Skipped("there are no browser stories yet".into()));
    }
    let programs = demo::build(workspace)?;
    let folder = process::Scratch::new("stories")?;
    let demo = demo::Demo::start_fresh(workspace, &programs, folder.path())?;
    let tell = |file: &str| {
        let arguments = ["--test", "--test-timeout=900000", "--test-force-exit", file];
        let mut node = workspace.command_in("e2e", "node", &arguments);
        node.env("CONSOLE_URL", &demo.console).env("SIMULATOR_URL", &demo.simulator);
        node.env("CHROMIUM", "/usr/bin/chromium").env("OUT", workspace.path("e2e/out"));
        // the stories of the door start a server that nobody has used
        process::run(node.env("CHUDIAN", programs.server()))
    };
    let (mut unsteady, mut failed) = (Vec::new(), Vec::new());
    for file in story_files(workspace)? {
        println!("\n--- {file}");
        let Err(fault) = tell(&file) else { continue };
        if failed.len() + unsteady.len() == SECOND_TRIES {
            failed.push(fault);
            break;
        }
        println!("{fault}\n--- {file}, once more");
        match tell(&file) {
            Ok(()) => unsteady.push(file),
            Err(fault) => failed.push(fault),
        }
    }
    match (failed.is_empty(), unsteady.is_empty()) {
        (false, _) => Err(failed.join("\n")),
        (true, false) => Ok(Verdict::Unsteady(unsteady.join(", "))),
        (true, true) => Ok(Verdict::Passed),
    }
}

/// The files of stories, below `e2e`.
fn story_files(workspace: &Workspace) -> Result<Vec<String>> {
    let folder = workspace.path("e2e/stories");
    let cannot = |error| format!("cannot list {}: {error}", folder.display());
    let mut files = Vec::new();
    for file in std::fs::read_dir(&folder).map_err(cannot)? {
        let name = file.map_err(cannot)?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.js") {
            files.push(format!("stories/{name}"));
        }
    }
    files.sort_unstable();
    Ok(files)
}
