//! A PostgreSQL of our own for the tests: a fresh cluster in a temporary folder on a free port,
//! gone with its value. Nothing of a PostgreSQL that runs on the machine is touched.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::Result;
use crate::process::{self, Scratch, Server, command};

/// A running cluster. The fields are dropped in their order: first the server, then its files.
pub(crate) struct Postgres {
    _server: Server,
    _files: Scratch,
    /// `postgres://…` of the maintenance database; a test makes a database or schema of its own.
    pub(crate) url: String,
    /// The certificate of who signed the server's, which names `localhost`.
    pub(crate) authority: PathBuf,
}

/// Starts one. `fsync` is off for tests of behaviour, on where crashes are the point.
pub(crate) fn start(fsync: bool) -> Result<Postgres> {
    let programs = programs()?;
    let files = Scratch::new("postgres")?;
    // PostgreSQL refuses to run as root: then it runs as the user its package made.
    let user = if is_root() { Some("postgres") } else { None };
    if let Some(user) = user {
        process::run_quietly(command("chown", [user]).arg(files.path()))?;
    }
    let authority = certificates(files.path(), user)?;
    let data = files.path().join("data");
    let mut initdb = match user {
        Some(user) => command("setpriv", ["--reuid", user, "--regid", user, "--init-groups", "--"]),
        None => command("env", [] as [&str; 0]),
    };
    initdb.arg(programs.join("initdb")).current_dir(files.path());
    initdb.args(["--username=chudian", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "-D"]);
    process::run_quietly(initdb.arg(&data))?;

    let port = process::free_port()?;
    let said = files.path().join("log");
    let log =
        std::fs::File::create(&said).map_err(|error| format!("cannot write {}: {error}", said.display()))?;
    let mut server = Server::start("PostgreSQL", programs.join("postgres"), user, |command| {
        command.arg("-D").arg(&data).current_dir(files.path());
        command.args(["-c", "listen_addresses=127.0.0.1", "-c", &format!("port={port}")]);
        command.arg("-c").arg(format!("unix_socket_directories={}", files.path().display()));
        command.args(["-c", "lc_messages=C", "-c", "max_connections=200", "-c", "shared_buffers=128MB"]);
        command.args([
            "-c",
            "ssl=on",
            "-c",
            &format!("ssl_cert_file={}", files.path().join("server.crt").display()),
        ]);
        command.arg("-c").arg(format!("ssl_key_file={}", files.path().join("server.key").display()));
        if !fsync {
            command.args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]);
        }
        command.stdout(Stdio::null()).stderr(log);
    })?;
    server.wait_for_port(port, Duration::from_secs(30))?;
    wait_until_ready(&said)?;
    Ok(Postgres {
        _server: server,
        _files: files,
        url: format!("postgres://chudian@127.0.0.1:{port}/postgres"),
        authority,
    })
}

/// Makes an authority and a certificate of the server by it, valid for some days; returns the authority's.
fn certificates(folder: &Path, user: Option<&str>) -> Result<PathBuf> {
    let make = |name: &str, more: &[&str]| {
        let mut openssl = command("openssl", ["req", "-x509", "-nodes", "-days", "30", "-newkey", "ec"]);
        openssl.args(["-pkeyopt", "ec_paramgen_curve:prime256v1"]).args(more).current_dir(folder);
        openssl.args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.crt")]);
        process::run_quietly(&mut openssl)
    };
    make("authority", &["-subj", "/CN=an authority for tests"])?;
    let signed = ["-CA", "authority.crt", "-CAkey", "authority.key", "-subj", "/CN=localhost"];
    let names = ["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"];
    make("server", &[signed.as_slice(), &names].concat())?;
    if let Some(user) = user {
        process::run_quietly(command("chown", [user, "server.key", "server.crt"]).current_dir(folder))?;
    }
    Ok(folder.join("authority.crt"))
}

/// It listens before it lets anybody in; when it does, it says so in its log.
fn wait_until_ready(log: &Path) -> Result<()> {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let said = std::fs::read_to_string(log).unwrap_or_default();
        if said.contains("ready to accept connections") {
            return Ok(());
        }
        if Instant::now() > until {
            return Err(format!("PostgreSQL does not become ready:\n{said}"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Where PostgreSQL's programs are: on the path, or where Debian puts them, newest first.
fn programs() -> Result<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|it| it.path().join("bin")).collect())
        .unwrap_or_default();
    folders.sort();
    folders.reverse();
    if let Some(path) = std::env::var_os("PATH") {
        folders.extend(std::env::split_paths(&path));
    }
    folders.into_iter().find(|it| it.join("initdb").is_file() && it.join("postgres").is_file()).ok_or_else(
        || "PostgreSQL is missing: run `cargo xtask set-up` (Debian: apt-get install postgresql)".into(),
    )
}

pub(crate) fn is_root() -> bool {
    process::capture(&mut command("id", ["-u"])).is_ok_and(|it| it.trim() == "0")
}
