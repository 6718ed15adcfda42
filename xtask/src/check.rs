//! The quick half of the proofs: what can be judged without running the product.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::process::{self, command, exists};
use crate::stages::{self, Stage, Verdict};
use crate::workspace::Workspace;
use crate::{Result, floors};

const HELP: &str = "\
Usage: cargo xtask check [stage…] [--deep]

  --deep   installs cargo-deny under target/tools when it is missing (takes minutes)

Stages, all when none is named:";

pub(crate) const STAGES: &[Stage] = &[
    Stage { name: "format", about: "rustfmt", run: format },
    Stage {
        name: "floors",
        about: "who imports whom, where SQL and platform words stand, file length",
        run: house,
    },
    Stage { name: "clippy", about: "lints, warnings denied", run: clippy },
    Stage { name: "docs", about: "doc comments build without a warning", run: docs },
    Stage {
        name: "lint-pages",
        about: "Biome and TypeScript types of console, phone page and stories",
        run: pages,
    },
];

/// Licences and advisories: last in `test`, since its tool takes minutes to build.
pub(crate) const LICENCES: Stage =
    Stage { name: "licences", about: "cargo-deny: licences, bans, sources, advisories", run: licences };

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let mut all = Vec::new();
    all.extend(STAGES.iter().map(copy));
    all.push(copy(&LICENCES));
    if arguments.iter().any(|it| it == "--help") {
        println!("{HELP}\n{}", stages::list(&all));
        return Ok(());
    }
    if arguments.iter().any(|it| it == "--deep") {
        install(workspace, "cargo-deny")?;
    }
    let chosen: Vec<String> = arguments.iter().filter(|it| *it != "--deep").cloned().collect();
    stages::run(workspace, &all, &chosen)
}

pub(crate) fn copy(stage: &Stage) -> Stage {
    Stage { name: stage.name, about: stage.about, run: stage.run }
}

fn format(workspace: &Workspace) -> Result<Verdict> {
    process::run(&mut workspace.cargo(&["fmt", "--all", "--check"]))?;
    Ok(Verdict::Passed)
}

fn house(workspace: &Workspace) -> Result<Verdict> {
    floors::check(workspace)?;
    Ok(Verdict::Passed)
}

fn clippy(workspace: &Workspace) -> Result<Verdict> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--profile", &workspace.profile];
    process::run(workspace.cargo(&arguments).args(["--", "-D", "warnings"]))?;
    Ok(Verdict::Passed)
}

fn docs(workspace: &Workspace) -> Result<Verdict> {
    let mut doc = workspace.cargo(&["doc", "--workspace", "--no-deps", "--profile", &workspace.profile]);
    process::run(doc.env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(Verdict::Passed)
}

fn pages(workspace: &Workspace) -> Result<Verdict> {
    let mut any = false;
    for folder in ["web/console", "web/phone", "e2e"] {
        if !workspace.has_npm(folder) {
            continue;
        }
        any = true;
        workspace.npm_install(folder)?;
        for script in ["lint", "typecheck"] {
            process::run(&mut workspace.command_in(folder, "npm", &["run", "--if-present", script]))?;
        }
    }
    Ok(if any { Verdict::Passed } else { Verdict::Skipped("there are no pages yet".into()) })
}

fn licences(workspace: &Workspace) -> Result<Verdict> {
    let tools = workspace.target().join("tools/bin");
    if workspace.ci {
        install(workspace, "cargo-deny")?;
    }
    if !exists("cargo-deny") && !tools.join("cargo-deny").is_file() {
        return Ok(Verdict::Skipped("cargo-deny is missing: `cargo xtask check --deep` installs it".into()));
    }
    // cargo-deny asks for the packages of every platform; a build fetched those of this one alone.
    process::run(&mut workspace.cargo(&["fetch", "--locked"]))?;
    let path = tools_path(workspace)?;
    let deny = |config: &Path, what: &[&str]| {
        let mut cargo = workspace.cargo(&["deny", "--offline", "--config"]);
        process::run(cargo.arg(config).arg("check").args(what).env("PATH", &path))
    };
    deny(&workspace.path("deny.toml"), &["bans", "licenses", "sources"])?;
    // Advisories need a copy of the advisory data; where there is none, say so and go on.
    match std::env::var_os("CHUDIAN_ADVISORIES") {
        Some(data) => {
            println!("advisories: the copy in {}", data.to_string_lossy());
            deny(&advisories(workspace, Path::new(&data))?, &["advisories"])?;
        }
        None => println!("advisories: not looked at, CHUDIAN_ADVISORIES names no copy of the advisory data"),
    }
    Ok(Verdict::Passed)
}

/// Lays a copy of the advisory data (a folder or an archive) where cargo-deny looks for its own clone,
/// and returns a configuration that names the place.
fn advisories(workspace: &Workspace, data: &Path) -> Result<PathBuf> {
    // cargo-deny's name for a clone of its default source.
    const CLONE: &str = "advisory-db-3157b0e258782691";
    let all = workspace.target().join("tools/advisories");
    let clone = all.join(CLONE);
    if clone.exists() {
        std::fs::remove_dir_all(&clone)
            .map_err(|error| format!("cannot empty {}: {error}", clone.display()))?;
    }
    std::fs::create_dir_all(&clone).map_err(|error| format!("cannot make {}: {error}", clone.display()))?;
    if data.is_dir() {
        process::run_quietly(command("cp", ["-a"]).arg(data.join(".")).arg(&clone))?;
    } else {
        process::run_quietly(command("tar", ["xzf"]).arg(data).arg("-C").arg(&clone))?;
    }
    // It asks the clone for its last commit.
    let git = |arguments: &[&str]| process::run_quietly(command("git", arguments).current_dir(&clone));
    git(&["init", "--quiet"])?;
    git(&["add", "--all"])?;
    git(&["-c", "user.name=copy", "-c", "user.email=copy@localhost", "commit", "--quiet", "-m", "A copy."])?;

    let read = |error| format!("cannot read deny.toml: {error}");
    let rules = std::fs::read_to_string(workspace.path("deny.toml")).map_err(read)?;
    let place = format!("[advisories]\ndb-path = \"{}\"", all.display());
    let config = all.join("deny.toml");
    std::fs::write(&config, rules.replace("[advisories]", &place))
        .map_err(|error| format!("cannot write {}: {error}", config.display()))?;
    Ok(config)
}

/// The path with our own tools in front.
pub(crate) fn tools_path(workspace: &Workspace) -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let tools = workspace.target().join("tools/bin");
    std::env::join_paths(std::iter::once(tools).chain(std::env::split_paths(&path)))
        .map_err(|error| format!("the path cannot be extended: {error}"))
}

/// `cargo install` of a tool into target/tools, once.
pub(crate) fn install(workspace: &Workspace, tool: &str) -> Result<()> {
    let tools = workspace.target().join("tools");
    if exists(tool) || tools.join("bin").join(tool).is_file() {
        return Ok(());
    }
    println!("cargo install {tool} …");
    let mut cargo = workspace.cargo(&["install", "--quiet", "--locked", tool, "--root"]);
    process::run_quietly(cargo.arg(&tools).env("CARGO_TARGET_DIR", workspace.target().join("tools/build")))
}
