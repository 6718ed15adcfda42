//! Where things are, and how cargo and npm are called here.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::process::{self, Server};
use crate::{Result, process::command};

/// The project's folder and the way its programs are built.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// Cargo's profile for building and testing: `CHUDIAN_PROFILE`, else `dev`.
    pub(crate) profile: String,
    /// In CI nothing may be skipped.
    pub(crate) ci: bool,
}

impl Workspace {
    pub(crate) fn here() -> Workspace {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_owned();
        let profile = std::env::var("CHUDIAN_PROFILE").unwrap_or_else(|_| "dev".to_owned());
        let ci = std::env::var("CI").is_ok_and(|it| !it.is_empty() && it != "false");
        Workspace { root, profile, ci }
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The folder for what we make: cargo's own, or where it was told to put it.
    pub(crate) fn target(&self) -> PathBuf {
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.root.join("target"), PathBuf::from)
    }

    /// `cargo ARGUMENTS` in the project's folder.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut it = command(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()), arguments);
        it.current_dir(&self.root);
        it
    }

    /// `program ARGUMENTS` in a folder of the project.
    pub(crate) fn command_in(&self, folder: &str, program: &str, arguments: &[&str]) -> Command {
        let mut it = command(program, arguments);
        it.current_dir(self.path(folder));
        it
    }

    /// Builds all our programs, and returns the path of one. All at once on purpose: which features a
    /// dependency is compiled with depends on who is built together, and another choice would compile
    /// a hundred crates again.
    pub(crate) fn build(&self, package: &str, profile: &str) -> Result<PathBuf> {
        process::run(&mut self.cargo(&["build", "--workspace", "--bins", "--profile", profile]))?;
        Ok(self.binary(package, profile))
    }

    /// Where cargo puts a program.
    pub(crate) fn binary(&self, package: &str, profile: &str) -> PathBuf {
        self.target().join(if profile == "dev" { "debug" } else { profile }).join(package)
    }

    /// npm's packages of a folder, installed unless they are the ones its lock file names.
    pub(crate) fn npm_install(&self, folder: &str) -> Result<()> {
        let lock = self.path(folder).join("package-lock.json");
        let installed = self.path(folder).join("node_modules/.package-lock.json");
        let modified = |path: &Path| std::fs::metadata(path).and_then(|it| it.modified()).ok();
        if let (Some(lock), Some(installed)) = (modified(&lock), modified(&installed))
            && installed >= lock
        {
            return Ok(());
        }
        println!("npm packages of {folder} …");
        let npm = |arguments: &[&str]| {
            let mut npm = self.command_in(folder, "npm", arguments);
            process::run_quietly(npm.args(["--no-audit", "--no-fund"]))
        };
        // `npm ci` refuses a lock file that lacks optional packages for other machines, as it does when
        // the registry at hand has none of them. The versions of `install` are the locked ones too.
        npm(&["ci"]).or_else(|_| npm(&["install", "--no-save"]))?;
        // Both may leave the stamp older than a lock file that was just checked out.
        process::run_quietly(command("touch", ["-c"]).arg(&installed))
    }

    /// Is there a package of npm's in this folder?
    pub(crate) fn has_npm(&self, folder: &str) -> bool {
        self.path(folder).join("package.json").is_file()
    }

    /// Starts one of our programs.
    pub(crate) fn serve(&self, program: &Path, configure: impl FnOnce(&mut Command)) -> Result<Server> {
        let name = program.file_name().map_or_else(String::new, |it| it.to_string_lossy().into_owned());
        Server::start(&name, program, None, |command| {
            command.current_dir(&self.root);
            configure(command);
        })
    }

    /// Starts one of our programs and hands out the lines it prints.
    pub(crate) fn serve_and_listen(
        &self,
        program: &Path,
        configure: impl FnOnce(&mut Command),
    ) -> Result<(Server, impl Iterator<Item = String>)> {
        let mut server = self.serve(program, |command| {
            configure(command);
            command.stdout(Stdio::piped());
        })?;
        let output = server.take_output().ok_or("the program has no output")?;
        Ok((server, BufReader::new(output).lines().map_while(std::result::Result::ok)))
    }
}
