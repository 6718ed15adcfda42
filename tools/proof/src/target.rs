//! The server under proof: `chudian load-target`, started, watched, killed.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::Result;
use crate::account::ACCOUNT;

/// Where a server listens. The system gives the port in the moment of listening, and the server tells it (`ready URL`): a
/// port that was only found free could be somebody else's by then, when two proofs run at once.
pub(crate) const ANY_PORT: &str = "127.0.0.1:0";

/// How to start it.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    /// The `chudian` program.
    pub(crate) server: PathBuf,
    pub(crate) data: PathBuf,
    pub(crate) rules: PathBuf,
    /// A knowledge base to load as well: a file as the console's importer takes it.
    pub(crate) knowledge: Option<PathBuf>,
    /// `postgres://…`; SQLite in the data folder where there is none.
    pub(crate) database: Option<String>,
    /// What stands before the program: `strace …` for the exact runs.
    pub(crate) wrapper: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
}

/// A running server. Dropped, it is killed.
pub(crate) struct Target {
    child: Child,
    /// Of the server itself, not of a wrapper around it.
    pub(crate) pid: u32,
    /// `127.0.0.1:PORT`.
    pub(crate) address: String,
    /// The hook's path.
    pub(crate) path: String,
    pub(crate) ready_after: Duration,
}

impl Recipe {
    /// Starts the server; `Ok(None)` when it died before it was ready (as the exact runs want it to).
    pub(crate) fn start(&self) -> Result<Option<Target>> {
        let mut words = self.wrapper.clone();
        words.push(self.server.display().to_string());
        words.extend(["load-target".to_owned(), "--listen".to_owned(), ANY_PORT.to_owned()]);
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).arg("--data").arg(&self.data).arg("--rules").arg(&self.rules);
        command.args(["--token", ACCOUNT.token, "--aes-key", ACCOUNT.aes_key]);
        command.args(["--app-id", ACCOUNT.app_id, "--account", ACCOUNT.name]);
        if let Some(knowledge) = &self.knowledge {
            command.arg("--knowledge").arg(knowledge);
        }
        if let Some(database) = &self.database {
            command.args(["--database", database]);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let Some(mut target) = launch(command, &self.log())? else { return Ok(None) };
        // valgrind becomes the program it runs; strace stays its parent.
        if self.wrapper.first().is_some_and(|it| it == "strace") {
            target.pid = only_child(target.child.id())?;
        }
        Ok(Some(target))
    }

    /// Starts it where dying is a failure.
    pub(crate) fn must_start(&self) -> Result<Target> {
        self.start()?.ok_or_else(|| not_ready(&self.log()))
    }

    /// Beside the data folder, not in it: it must survive the folder's replacement.
    fn log(&self) -> PathBuf {
        self.data.with_extension("log")
    }
}

/// Starts a server that prints `ready URL`; `None` when it ended before it did.
pub(crate) fn launch(mut command: Command, log: &Path) -> Result<Option<Target>> {
    let program = command.get_program().to_string_lossy().into_owned();
    let errors = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .map_err(|error| format!("cannot write the server's log: {error}"))?;
    let begun = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(errors)
        .spawn()
        .map_err(|error| format!("cannot start {program}: {error}"))?;
    let Some(out) = child.stdout.take() else { return Err("the server has no output".into()) };
    let pid = child.id();
    let mut target =
        Target { child, pid, address: String::new(), path: String::new(), ready_after: Duration::ZERO };
    // Dropped here, it is killed, should it still live.
    let Some(url) = wait_for_ready(out) else { return Ok(None) };
    target.ready_after = begun.elapsed();
    let rest = url.trim_start_matches("http://");
    let (address, path) = rest.split_once('/').unwrap_or((rest, ""));
    (target.address, target.path) = (address.to_owned(), format!("/{path}"));
    Ok(Some(target))
}

/// What to say about a server that did not become ready: the end of its log.
pub(crate) fn not_ready(log: &Path) -> String {
    let log = std::fs::read_to_string(log).unwrap_or_default();
    let tail: Vec<&str> = log.lines().rev().take(8).collect();
    format!("the server did not become ready:\n{}", tail.into_iter().rev().collect::<Vec<_>>().join("\n"))
}

/// Reads the server's output up to `ready URL`, for at most a minute; the rest is read and dropped.
pub(crate) fn wait_for_ready(out: std::process::ChildStdout) -> Option<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(std::result::Result::ok) {
            if let Some(url) = line.strip_prefix("ready ") {
                // Nobody waits any more: then the line is of no use to anybody.
                sender.send(url.trim().to_owned()).unwrap_or_default();
            }
        }
    });
    receiver.recv_timeout(Duration::from_secs(60)).ok()
}

/// The program strace runs.
fn only_child(pid: u32) -> Result<u32> {
    let path = format!("/proc/{pid}/task/{pid}/children");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("cannot read {path}: {error}"))?;
    text.split_whitespace().next().and_then(|it| it.parse().ok()).ok_or_else(|| format!("{pid} has no child"))
}

impl Target {
    /// `kill -9`, and waits until it is gone.
    pub(crate) fn kill(self) {
        drop(self);
    }

    /// Asks it to stop (SIGTERM), and waits for at most ten seconds.
    pub(crate) fn stop(mut self) -> Result<()> {
        signal(self.pid, "TERM");
        let until = Instant::now() + Duration::from_secs(10);
        while Instant::now() < until {
            if self.child.try_wait().map_err(|error| error.to_string())?.is_some() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Err("the server did not stop within 10 s of SIGTERM".into())
    }

    /// Waits a moment for a death that was ordered; says whether it came.
    pub(crate) fn died(&mut self, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        loop {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return true;
            }
            if Instant::now() > until {
                return false;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            if self.pid != self.child.id() {
                signal(self.pid, "KILL");
                if self.died(Duration::from_secs(5)) {
                    return;
                }
            }
            // What can fail is that it has just ended by itself.
            self.child.kill().unwrap_or_default();
        }
        self.child.wait().map(drop).unwrap_or_default();
    }
}

fn signal(pid: u32, name: &str) {
    // A process that is gone already needs no signal.
    Command::new("kill")
        .args([format!("-{name}"), pid.to_string()])
        .stderr(Stdio::null())
        .status()
        .map(drop)
        .unwrap_or_default();
}

/// Empties a folder, or makes it.
pub(crate) fn fresh(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)
            .map_err(|error| format!("cannot empty {}: {error}", folder.display()))?;
    }
    std::fs::create_dir_all(folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))
}
