//! The API file and the TypeScript client made from it: written here, compared in the tests.

use std::path::{Path, PathBuf};

use crate::Result;
use crate::process::{self, Scratch};
use crate::workspace::Workspace;

const HELP: &str = "\
Usage: cargo xtask openapi [--check]

Writes web/console/openapi.json (as `chudian openapi` prints it) and the TypeScript types made from it.
  --check   writes nothing; fails when one of them is stale";

const FILE: &str = "web/console/openapi.json";
const CLIENT: &str = "web/console/src/lib/schema.ts";

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => write(workspace),
        ["--check"] => check(workspace),
        ["--help"] => {
            println!("{HELP}");
            Ok(())
        }
        _ => Err(HELP.to_owned()),
    }
}

fn write(workspace: &Workspace) -> Result<()> {
    let scratch = Scratch::new("openapi")?;
    let (file, client) = make(workspace, scratch.path())?;
    for (made, kept) in [(file, FILE), (client, CLIENT)] {
        let kept = workspace.path(kept);
        std::fs::copy(&made, &kept).map_err(|error| format!("cannot write {}: {error}", kept.display()))?;
        println!("wrote {}", kept.display());
    }
    Ok(())
}

/// Fails when the file or the client is not what the server's code gives now.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let scratch = Scratch::new("openapi")?;
    let (file, client) = make(workspace, scratch.path())?;
    let stale: Vec<&str> = [(file, FILE), (client, CLIENT)]
        .iter()
        .filter(|(made, kept)| std::fs::read(made).ok() != std::fs::read(workspace.path(kept)).ok())
        .map(|(_, kept)| *kept)
        .collect();
    if stale.is_empty() {
        Ok(())
    } else {
        Err(format!("stale: {}; run `cargo xtask openapi`", stale.join(", ")))
    }
}

/// Makes both in `folder`.
fn make(workspace: &Workspace, folder: &Path) -> Result<(PathBuf, PathBuf)> {
    workspace.npm_install("web/console")?;
    let server = workspace.build("chudian", &workspace.profile)?;
    let text = process::capture(
        process::command(&server.to_string_lossy(), ["openapi"]).current_dir(&workspace.root),
    )?;
    let (file, client) = (folder.join("openapi.json"), folder.join("schema.ts"));
    std::fs::write(&file, text).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    let mut npx = workspace.command_in("web/console", "npx", &["--no-install", "openapi-typescript"]);
    process::run_quietly(npx.arg(&file).arg("-o").arg(&client))?;
    Ok((file, client))
}
