//! Other programs: run to the end, or kept running and ended with us.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use crate::Result;

/// Starts a command line: the program, then its arguments.
pub(crate) fn command<S: AsRef<OsStr>>(program: &str, arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    command
}

/// How many of a failed program's last lines are said again at the very end, from each of its two outputs.
const LAST_LINES: usize = 12;

/// Runs to the end; its output goes where ours goes. In CI the error ends with the program's last lines: of a long
/// log often only the end is kept.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = describe(command);
    let cannot_start = |error| format!("cannot start `{line}`: {error}");
    if std::env::var_os("CI").is_none() {
        let status = command.status().map_err(cannot_start)?;
        return if status.success() { Ok(()) } else { Err(format!("`{line}` ended with {status}")) };
    }
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(cannot_start)?;
    let (progress, progressed) = mpsc::channel();
    let last = [
        child.stdout.take().map(|it| pass_on(it, std::io::stdout(), progress.clone())),
        child.stderr.take().map(|it| pass_on(it, std::io::stderr(), progress.clone())),
    ];
    drop(progress);
    let status = child.wait().map_err(|error| format!("cannot wait for `{line}`: {error}"))?;
    // Until both outputs are at their end, or nothing came for a while: what the program left running may hold them
    // open, and is not waited for.
    while progressed.recv_timeout(Duration::from_secs(2)).is_ok() {}
    if status.success() {
        return Ok(());
    }
    let lines = |it: &LastLines| it.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect();
    let said: Vec<String> = last.iter().flatten().flat_map::<Vec<String>, _>(lines).collect();
    Err(format!("`{line}` ended with {status}\n{}", said.join("\n")))
}

type LastLines = Arc<Mutex<VecDeque<String>>>;

/// Copies a program's output to ours in a thread of its own, keeps the last lines, and tells of each.
fn pass_on(
    from: impl Read + Send + 'static,
    mut to: impl Write + Send + 'static,
    progress: mpsc::Sender<()>,
) -> LastLines {
    let last = LastLines::default();
    let kept = last.clone();
    std::thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            // Nobody may be listening any more; the program is read to its end all the same.
            to.write_all(&line).and_then(|()| to.flush()).unwrap_or_default();
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.push_back(String::from_utf8_lossy(&line).trim_end().to_owned());
            if kept.len() > LAST_LINES {
                kept.pop_front();
            }
            progress.send(()).unwrap_or_default();
            line.clear();
        }
    });
    last
}

/// Runs to the end without a word, unless it fails: then everything it said is in the error.
pub(crate) fn run_quietly(command: &mut Command) -> Result<()> {
    capture(command).map(drop)
}

/// Runs to the end and returns its standard output.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let line = describe(command);
    let output = command.output().map_err(|error| format!("cannot start `{line}`: {error}"))?;
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(out);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(format!("`{line}` ended with {}\n{out}{errors}", output.status))
}

/// Is there such a program on the path?
pub(crate) fn exists(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line = words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ");
    if line.chars().count() > 300 { line.chars().take(300).chain(['…']).collect() } else { line }
}

/// A program that runs beside us. It is asked to stop when this value is dropped, and killed if
/// it does not within ten seconds; should we die first, the kernel ends it.
pub(crate) struct Server {
    name: String,
    child: Child,
}

impl Server {
    /// Starts `program`, as `user` where one is given. Linux's `setpriv` ties its life to ours.
    pub(crate) fn start(
        name: &str,
        program: impl AsRef<OsStr>,
        user: Option<&str>,
        configure: impl FnOnce(&mut Command),
    ) -> Result<Server> {
        let mut command = if exists("setpriv") {
            let mut command = Command::new("setpriv");
            if let Some(user) = user {
                command.args(["--reuid", user, "--regid", user, "--init-groups"]);
            }
            command.args(["--pdeathsig", "TERM", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.stdin(Stdio::null());
        configure(&mut command);
        let child = command.spawn().map_err(|error| format!("cannot start {name}: {error}"))?;
        Ok(Server { name: name.to_owned(), child })
    }

    /// Waits until something listens on the port, or says that the program ended or kept silent.
    pub(crate) fn wait_for_port(&mut self, port: u16, limit: Duration) -> Result<()> {
        let until = Instant::now() + limit;
        loop {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Ok(());
            }
            if let Some(status) = self.ended()? {
                return Err(format!("{} ended with {status} before it listened on port {port}", self.name));
            }
            if Instant::now() > until {
                return Err(format!("{} did not listen on port {port} within {limit:?}", self.name));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What it prints, when it was started with a pipe. Once.
    pub(crate) fn take_output(&mut self) -> Option<std::process::ChildStdout> {
        self.child.stdout.take()
    }

    /// How it ended, if it did.
    pub(crate) fn ended(&mut self) -> Result<Option<std::process::ExitStatus>> {
        self.child.try_wait().map_err(|error| format!("cannot watch {}: {error}", self.name))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        let asked = run_quietly(&mut command("kill", ["-TERM", &self.child.id().to_string()]));
        let until = Instant::now() + Duration::from_secs(if asked.is_ok() { 10 } else { 0 });
        while Instant::now() < until {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        // It did not listen; what can fail here is that it ended in between.
        self.child.kill().and_then(|()| self.child.wait()).map(drop).unwrap_or_default();
    }
}

/// A port nobody listens on now. Another program could take it before ours does; then ours says so.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| format!("no free port: {error}"))?;
    listener.local_addr().map(|it| it.port()).map_err(|error| format!("no free port: {error}"))
}

/// A folder that goes with its value.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Result<Scratch> {
        let path =
            std::env::temp_dir().join(format!("chudian-{name}-{}-{}", std::process::id(), free_port()?));
        std::fs::create_dir_all(&path).map_err(|error| format!("cannot make {}: {error}", path.display()))?;
        Ok(Scratch(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Best effort: a left-over temporary folder harms nobody.
        std::fs::remove_dir_all(&self.0).unwrap_or_default();
    }
}
