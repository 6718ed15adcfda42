//! Runs the scripts of `e2e/oracles/`: `run` lets clients and servers of others talk to a simulator of
//! its own, each `push_*` seals callbacks and pushes them to a server started here.
//!
//! A `push_*.py` names its environment in its first line (`# environment: py1`); `push_*.mjs` run with
//! Node.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::install;
use crate::process::{self, Scratch, command};
use crate::stages::Verdict;
use crate::workspace::Workspace;
use crate::{Result, model};

/// The account of the server under judgement; its name is the one in the inbound examples.
const TOKEN: &str = "oracletoken";
const AES_KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const APP_ID: &str = "wx0000000000oracle";
const ACCOUNT: &str = "gh_5f1c2a3b4d5e";

/// The stage of `cargo xtask test`.
pub(crate) fn stage(workspace: &Workspace) -> Result<Verdict> {
    if let Err(error) = install(workspace) {
        return Ok(Verdict::Skipped(format!("the oracles cannot be installed: {error}")));
    }
    let scripts = scripts(&workspace.path("e2e/oracles"))?;
    if scripts.len() < 3 {
        return Err(format!("only {} of the scripts that push to our server are there", scripts.len()));
    }
    let server = workspace.build("chudian", &workspace.profile)?;
    let simulator = workspace.build("simulator", &workspace.profile)?;
    let scratch = Scratch::new("oracles")?;
    let port = process::free_port()?;
    let rules = workspace.path("bench/rules.json");
    let (mut target, mut lines) = workspace.serve_and_listen(&server, |command| {
        command.arg("load-target").args(["--listen", &format!("127.0.0.1:{port}")]);
        command.arg("--data").arg(scratch.path().join("data")).arg("--rules").arg(&rules);
        command.args(["--token", TOKEN, "--aes-key", AES_KEY, "--app-id", APP_ID, "--account", ACCOUNT]);
    })?;
    let hook = lines
        .find_map(|line| line.strip_prefix("ready ").map(|it| it.trim().to_owned()))
        .ok_or("load-target ended before it was ready")?;
    target.wait_for_port(port, Duration::from_secs(30))?;

    let mut failed = Vec::new();
    for script in &scripts {
        let name = script.file_name().unwrap_or_default().to_string_lossy().into_owned();
        println!("oracle {name}");
        let mut it = interpreter(workspace, script)?;
        // Some of them leave files where they are started.
        it.current_dir(scratch.path()).env("HOOK", &hook);
        it.env("TOKEN", TOKEN).env("AES_KEY", AES_KEY).env("APP_ID", APP_ID).env("ACCOUNT", ACCOUNT);
        it.env("RULES", &rules).env("ORACLES", workspace.path(".oracle/npm"));
        it.env("PYTHONDONTWRITEBYTECODE", "1");
        it.env("EXAMPLES", workspace.path("crates/wechat/tests/data/wechat-inbound-examples.json"));
        it.env("VECTORS", workspace.path("crates/wechat/tests/data/wechat-crypto-vectors.json"));
        match process::capture(&mut it) {
            Ok(output) => match output.lines().filter(|it| it.starts_with("ok")).count() {
                // A script that looked at nothing has passed nothing.
                0 => failed.push(format!("{name} checked nothing")),
                checks => println!("  {checks} checks passed"),
            },
            Err(error) => {
                println!("{error}");
                failed.push(name);
            }
        }
        if target.ended()?.is_some() {
            return Err(format!("the server ended during {}", script.display()));
        }
    }
    drop(target);
    let mut run = command(&workspace.path("e2e/oracles/run").to_string_lossy(), [] as [&str; 0]);
    run.env("SIM_BIN", simulator).env("ORACLE_DIR", workspace.path(".oracle")).current_dir(scratch.path());
    if let Err(error) = process::run(&mut run) {
        failed.push(error);
    }
    if let Err(error) = encoder(workspace) {
        failed.push(error);
    }
    if failed.is_empty() { Ok(Verdict::Passed) } else { Err(format!("not agreed: {}", failed.join(", "))) }
}

/// Our sentence encoder against the program its weights were published with.
fn encoder(workspace: &Workspace) -> Result<()> {
    println!("oracle encoder.py");
    let model = model::for_tests(workspace)?;
    let profile = workspace.profile.as_str();
    let example = ["build", "-p", "encoder", "--example", "vectors", "--profile", profile];
    process::run(&mut workspace.cargo(&example))?;
    let mut it = interpreter(workspace, &workspace.path("e2e/oracles/encoder.py"))?;
    it.env("VECTORS_BIN", workspace.binary("examples/vectors", profile)).env("MODEL", model);
    it.env("SENTENCES", workspace.path("crates/encoder/tests/data/sentences.txt"));
    process::run(&mut it)
}

fn scripts(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        std::fs::read_dir(folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let mut scripts: Vec<PathBuf> = entries
        .flatten()
        .map(|it| it.path())
        .filter(|it| {
            let name = it.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("push_") && (name.ends_with(".py") || name.ends_with(".mjs"))
        })
        .collect();
    scripts.sort();
    Ok(scripts)
}

/// The program that runs a script, two minutes at most.
fn interpreter(workspace: &Workspace, script: &Path) -> Result<std::process::Command> {
    let mut it = command("timeout", ["--kill-after=5", "120"]);
    if script.extension().is_some_and(|it| it == "mjs") {
        it.args(["node", "--no-deprecation"]);
    } else {
        let text =
            std::fs::read_to_string(script).map_err(|error| format!("{}: {error}", script.display()))?;
        it.arg(workspace.path(".oracle").join(environment(&text)?).join("bin/python"));
    }
    it.arg(script);
    Ok(it)
}

/// The environment a Python script names near its top.
fn environment(text: &str) -> Result<&str> {
    let line = text.lines().take(5).find_map(|it| it.strip_prefix("# environment: "));
    line.map(str::trim).ok_or_else(|| "a Python oracle says `# environment: …` in its first lines".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_names_its_environment() {
        assert_eq!(environment("#!/x\n# environment: py2\nimport y"), Ok("py2"));
        assert!(environment("import y").is_err());
    }
}
