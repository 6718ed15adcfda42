//! `cargo xtask test`: all proofs in order of speed.

use crate::process::{self, exists};
use crate::stages::{self, Stage, Verdict};
use crate::workspace::Workspace;
use crate::{Result, check, openapi, postgres, prerequisites, proof, set_up};

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
    Stage {
        name: "crash",
        about: "900 kills: nothing acknowledged lost, nothing doubled",
        run: proof::crash,
    },
    Stage { name: "power-loss", about: "500 images of a disk that lost its power", run: proof::power_loss },
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
    process::run(runner(workspace, &["--package", "chudian"]).env("CHUDIAN_TEST_POSTGRES", &postgres.url))?;
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
