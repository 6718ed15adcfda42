//! `cargo xtask demo`: builds everything, starts the server, the platform simulator and the small
//! business system inside it, fills them with three invented companies, and says where to look.

mod api;
mod seed;
mod talk;

pub(crate) use api::Api;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::process::{self, Server};
use crate::workspace::Workspace;
use crate::{Result, prerequisites, set_up};

const HELP: &str = "\
Usage: cargo xtask demo [--keep] [--exit-after-seed] [--port N] [--simulator-port N]

Installs what is missing, builds, starts the server and the simulator on this machine, loads the
sample companies of demo/ through the public API, and prints addresses and log-ins. Ctrl-C ends it.
  --keep              goes on with the data of the last demo instead of starting afresh
  --exit-after-seed   ends when everything is loaded
  --port N            the server's port (7300)
  --simulator-port N  the simulator's port (7301)";

struct Options {
    keep: bool,
    exit_after_seed: bool,
    port: u16,
    simulator_port: u16,
}

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let Some(options) = read_options(arguments)? else {
        println!("{HELP}");
        return Ok(());
    };
    prerequisites::check(workspace)?;
    // Now, so that nobody waits for a build in vain; and once more when the programs start.
    ports_are_free(&[options.port, options.simulator_port])?;
    let programs = build(workspace)?;
    let demo = Demo::start(workspace, &options, &programs)?;
    demo.show(workspace)?;
    if options.exit_after_seed { Ok(()) } else { demo.wait() }
}

fn read_options(arguments: &[String]) -> Result<Option<Options>> {
    let mut options = Options { keep: false, exit_after_seed: false, port: 7300, simulator_port: 7301 };
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let mut port = || -> Result<u16> {
            let number = words.next().and_then(|it| it.parse().ok());
            number.ok_or_else(|| format!("{word} wants a port number"))
        };
        match word {
            "--help" => return Ok(None),
            "--keep" => options.keep = true,
            "--exit-after-seed" => options.exit_after_seed = true,
            "--port" => options.port = port()?,
            "--simulator-port" => options.simulator_port = port()?,
            other => return Err(format!("demo knows no `{other}`\n\n{HELP}")),
        }
    }
    Ok(Some(options))
}

/// The programs of a demo or a browser story.
pub(crate) struct Programs {
    server: PathBuf,
    simulator: PathBuf,
}

impl Programs {
    /// The server's program.
    pub(crate) fn server(&self) -> &Path {
        &self.server
    }
}

/// Pages first, for the programs hold them. Cargo's profile `dev`: it compiles in half of a release's
/// time, the tests have usually built it already, and the few crates that compute are optimised in it.
pub(crate) fn build(workspace: &Workspace) -> Result<Programs> {
    build_pages(workspace)?;
    println!("building server and simulator …");
    Ok(Programs {
        server: workspace.build("chudian", &workspace.profile)?,
        simulator: workspace.build("simulator", &workspace.profile)?,
    })
}

/// The pages that the programs hold, unless they are newer than what they are made from.
pub(crate) fn build_pages(workspace: &Workspace) -> Result<()> {
    set_up::pages(workspace)?;
    for folder in ["web/console", "web/phone"] {
        if workspace.has_npm(folder) && is_stale(&workspace.path(folder)) {
            println!("building {folder} …");
            process::run_quietly(&mut workspace.command_in(folder, "npm", &["run", "build"]))?;
        }
    }
    Ok(())
}

/// Are the built pages older than what they are made from?
fn is_stale(folder: &Path) -> bool {
    let built = folder.join("dist/index.html").metadata().and_then(|it| it.modified());
    !built.is_ok_and(|built| newest(folder) <= built)
}

fn newest(folder: &Path) -> SystemTime {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|it| !["node_modules", "dist"].contains(&it.file_name().to_string_lossy().as_ref()))
        .filter_map(|it| {
            let path = it.path();
            if path.is_dir() {
                Some(newest(&path))
            } else {
                path.metadata().and_then(|it| it.modified()).ok()
            }
        })
        .max()
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

/// Both programs, running and filled.
pub(crate) struct Demo {
    pub(crate) console: String,
    pub(crate) simulator: String,
    server_process: Server,
    simulator_process: Server,
}

/// Refuses ports on which somebody listens: what is started there would talk to a stranger.
fn ports_are_free(ports: &[u16]) -> Result<()> {
    for port in ports {
        if std::net::TcpListener::bind(("127.0.0.1", *port)).is_err() {
            return Err(format!(
                "port {port} is taken: end what listens there, or choose with --port and --simulator-port"
            ));
        }
    }
    Ok(())
}

impl Demo {
    fn start(workspace: &Workspace, options: &Options, programs: &Programs) -> Result<Demo> {
        let folder = workspace.target().join("demo");
        if !options.keep && folder.exists() {
            std::fs::remove_dir_all(&folder)
                .map_err(|error| format!("cannot empty {}: {error}", folder.display()))?;
        }
        let fresh = !folder.join("data").exists();
        let demo = Demo::start_programs(workspace, programs, &folder, options.port, options.simulator_port)?;
        if fresh {
            seed::load(&workspace.path("demo"), &demo.console, &demo.simulator)?;
        } else {
            // The simulator keeps nothing: the accounts are made anew, the people come again.
            seed::reconnect(&workspace.path("demo"), &demo.console, &demo.simulator)?;
        }
        Ok(demo)
    }

    /// Starts both on an empty or an old folder.
    pub(crate) fn start_programs(
        workspace: &Workspace,
        programs: &Programs,
        folder: &Path,
        port: u16,
        simulator_port: u16,
    ) -> Result<Demo> {
        ports_are_free(&[port, simulator_port])?;
        let data = folder.join("data");
        std::fs::create_dir_all(&data).map_err(|error| format!("cannot make {}: {error}", data.display()))?;
        let log = |name: &str| {
            let path = folder.join(name);
            std::fs::File::create(&path).map_err(|error| format!("cannot write {}: {error}", path.display()))
        };
        let (server_log, simulator_log) = (log("server.log")?, log("simulator.log")?);
        let console = format!("http://127.0.0.1:{port}");
        let simulator = format!("http://127.0.0.1:{simulator_port}");
        let mut simulator_process = workspace.serve(&programs.simulator, |command| {
            command.args(["--listen", &format!("127.0.0.1:{simulator_port}"), "--seed-people", "3"]);
            command.stderr(simulator_log);
            command.stdout(std::process::Stdio::null());
        })?;
        let mut server_process = workspace.serve(&programs.server, |command| {
            command.arg("serve").stderr(server_log).stdout(std::process::Stdio::null());
            command.env("CHUDIAN__SERVER__LISTEN", format!("127.0.0.1:{port}"));
            command.env("CHUDIAN__SERVER__PUBLIC_URL", &console);
            command.env("CHUDIAN__DATA__FOLDER", &data);
            command.env("CHUDIAN__SECRETS__KEY_FILE", folder.join("secret.key"));
            command.env("CHUDIAN__EGRESS__ALLOWED_PRIVATE", "127.0.0.1");
            command.env("CHUDIAN__DEMO__ALLOW_SIMULATOR", "true");
        })?;
        let logs = |error: String| format!("{error}\nits log is in {}", folder.display());
        simulator_process.wait_for_port(simulator_port, Duration::from_secs(30)).map_err(logs)?;
        server_process.wait_for_port(port, Duration::from_secs(60)).map_err(logs)?;
        Ok(Demo { console, simulator, server_process, simulator_process })
    }

    /// Starts and fills both on free ports in a folder of its own, for the browser stories.
    pub(crate) fn start_fresh(workspace: &Workspace, programs: &Programs, folder: &Path) -> Result<Demo> {
        let (port, simulator_port) = (process::free_port()?, process::free_port()?);
        let demo = Demo::start_programs(workspace, programs, folder, port, simulator_port)?;
        seed::load(&workspace.path("demo"), &demo.console, &demo.simulator)?;
        Ok(demo)
    }

    fn show(&self, workspace: &Workspace) -> Result<()> {
        let rule = "─".repeat(66);
        println!("\n{rule}\n  Chudian 触点 is running\n{rule}");
        println!("  Console  控制台      {}", self.console);
        println!("  Phone    模拟手机    {}/phone", self.simulator);
        println!("  API docs 接口文档    {}/docs", self.console);
        println!("{rule}\n  Log-in               Password                Who");
        for person in seed::people(&workspace.path("demo"))? {
            println!("  {:<20} {:<23} {}", person.login, person.password, person.who);
        }
        println!("{rule}");
        println!("  On the phone: follow 星渡通信, then try  1 · 话费 · 我这个月话费咋这么贵 · 转人工");
        Ok(())
    }

    fn wait(mut self) -> Result<()> {
        println!("  Ctrl-C ends everything.\n");
        loop {
            std::thread::sleep(Duration::from_millis(500));
            for (name, process) in
                [("the server", &mut self.server_process), ("the simulator", &mut self.simulator_process)]
            {
                if let Some(status) = process.ended()? {
                    return Err(format!("{name} ended with {status}; its log is under target/demo"));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_told() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        assert!(ports_are_free(&[port]).unwrap_err().contains(&port.to_string()));
        drop(taken);
        assert!(ports_are_free(&[port]).is_ok());
    }

    #[test]
    fn options_are_read() {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let options = read_options(&words("--keep --port 8000")).unwrap().unwrap();
        assert!(options.keep && !options.exit_after_seed);
        assert_eq!((options.port, options.simulator_port), (8000, 7301));
        assert!(read_options(&words("--port x")).is_err());
        assert!(read_options(&words("--nonsense")).is_err());
        assert!(read_options(&words("--help")).unwrap().is_none());
    }
}
