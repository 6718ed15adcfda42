//! Installs what is missing: system packages, npm packages, the third-party oracles.

use std::path::Path;

use crate::process::{self, command, exists};
use crate::workspace::Workspace;
use crate::{Result, oracles, postgres, prerequisites};

const HELP: &str = "\
Usage: cargo xtask set-up [--system] [--pages] [--oracles]

Installs what is missing; with no option, all of it. What is there is left alone.
  --system    Debian packages: PostgreSQL, Chromium, a Chinese font, strace, valgrind, Python's venv
  --pages     npm packages of the console, the phone page and the browser stories
  --oracles   third-party WeChat software the tests talk to, under .oracle/ (never committed)";

/// A system package and how one sees that it is there.
struct System {
    package: &'static str,
    there: fn() -> bool,
    why: &'static str,
}

const SYSTEM: &[System] = &[
    System { package: "postgresql", there: has_postgres, why: "the store's second database" },
    System { package: "chromium", there: || exists("chromium"), why: "the browser stories" },
    System { package: "fonts-noto-cjk", there: has_chinese_font, why: "Chinese on screenshots" },
    System { package: "strace", there: || exists("strace"), why: "crashes at exact system calls" },
    System { package: "valgrind", there: || exists("valgrind"), why: "instructions a turn" },
    System { package: "python3-venv", there: has_venv, why: "the Python oracles" },
];

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    if arguments.iter().any(|it| it == "--help") {
        println!("{HELP}");
        return Ok(());
    }
    if let Some(other) =
        arguments.iter().find(|it| !["--system", "--pages", "--oracles"].contains(&it.as_str()))
    {
        return Err(format!("set-up knows no `{other}`\n\n{HELP}"));
    }
    let wanted = |name: &str| arguments.is_empty() || arguments.iter().any(|it| it == name);
    prerequisites::check(workspace)?;
    if wanted("--system") {
        system()?;
    }
    if wanted("--pages") {
        pages(workspace)?;
    }
    if wanted("--oracles") {
        oracles::install(workspace)?;
    }
    println!("everything asked for is in place");
    Ok(())
}

/// The pages' npm packages.
pub(crate) fn pages(workspace: &Workspace) -> Result<()> {
    for folder in ["web/console", "web/phone", "e2e"] {
        if workspace.has_npm(folder) {
            workspace.npm_install(folder)?;
        }
    }
    Ok(())
}

/// Debian packages, when we may install: as root or through sudo without a password.
pub(crate) fn system() -> Result<()> {
    let missing: Vec<&System> = SYSTEM.iter().filter(|it| !(it.there)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|it| it.package).collect();
    for it in &missing {
        println!("missing: {} ({})", it.package, it.why);
    }
    let by_hand =
        format!("install by hand: {} (Debian: apt-get install {})", names.join(", "), names.join(" "));
    if !exists("apt-get") {
        return Err(by_hand);
    }
    let prefix: &[&str] = if postgres::is_root() {
        &["env"]
    } else if exists("sudo") && process::run_quietly(&mut command("sudo", ["-n", "true"])).is_ok() {
        &["sudo", "-n", "env"]
    } else {
        return Err(by_hand);
    };
    let apt = |arguments: &[&str]| {
        let mut it = command(prefix[0], &prefix[1..]);
        process::run_quietly(it.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]).args(arguments))
    };
    println!("apt-get install {} …", names.join(" "));
    apt(&["update"])?;
    apt(&[&["install", "-y", "--no-install-recommends"], names.as_slice()].concat())
}

fn has_postgres() -> bool {
    exists("initdb") || Path::new("/usr/lib/postgresql").is_dir()
}

fn has_chinese_font() -> bool {
    process::capture(&mut command("fc-list", [":lang=zh"])).is_ok_and(|it| !it.trim().is_empty())
}

fn has_venv() -> bool {
    process::run_quietly(&mut command("python3", ["-c", "import venv, ensurepip"])).is_ok()
}
