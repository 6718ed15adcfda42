//! Calls `tools/proof`: crashes, power loss and the bench against the real server.

use std::path::PathBuf;

use crate::process::{self, command, exists};
use crate::stages::Verdict;
use crate::workspace::Workspace;
use crate::{Result, postgres, prerequisites, set_up};

const HELP: &str = "\
Usage: cargo xtask bench [--rounds N] [--seconds S] [--growth N] [--screens N] [--no-live] [--no-callgrind]

Builds server and load generator with cargo's profile `release` and measures, by turns in one run,
the server against a bare handler of the same framework: durable answers a second, processor time,
latency, repeats, questions that only a big base answers (never asked before, and asked again), live
screens of agents, growth, restart, memory, instructions a turn. Prints the ratios beside the goals; a
missed goal is an error, but those with a star are the project's own. Takes five to ten minutes; wants
a quiet machine, and `ulimit -n 5000` for the four thousand screens.";

/// `cargo xtask bench`.
pub(crate) fn bench(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    if arguments.iter().any(|it| it == "--help") {
        println!("{HELP}");
        return Ok(());
    }
    prerequisites::check(workspace)?;
    set_up::system()?;
    crate::demo::build_pages(workspace)?;
    let server = workspace.build("chudian", "release")?;
    let proof = workspace.build("proof", "release")?;
    let mut bench = command(&proof.to_string_lossy(), ["bench", "--server"]);
    bench.arg(server).arg("--bench").arg(workspace.path("bench"));
    bench.arg("--scratch").arg(workspace.target().join("bench")).args(arguments);
    process::run(&mut bench)
}

const FAQ_HELP: &str = "\
Usage: cargo xtask faq DIR [--at-once N] [--no-test-bench]

Asks a set of real questions as followers ask them: the real server, a pretend platform, encrypted
callbacks, passive replies read back. DIR holds kb.jsonl, queries.jsonl and oos.jsonl, plain or .gz,
one object a line (docs/engineer.md tells the fields). Nothing of the set is kept.";

/// `cargo xtask faq`.
pub(crate) fn faq(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    if arguments.is_empty() || arguments.iter().any(|it| it == "--help") {
        println!("{FAQ_HELP}");
        return Ok(());
    }
    prerequisites::check(workspace)?;
    let server = workspace.build("chudian", "release")?;
    let proof = workspace.build("proof", "release")?;
    let mut faq = command(&proof.to_string_lossy(), ["faq"]);
    faq.args(arguments).arg("--server").arg(server);
    process::run(faq.arg("--scratch").arg(workspace.target().join("proof/faq")))
}

const KB_EVAL_HELP: &str = "\
Usage: cargo xtask kb-eval DIR [--learn PAIRS] [--model FOLDER] [--ablations] [--no-scale]

Imports a base into a temporary database by the product's importer, looks every question up as the bot does
and prints one line of JSON: ranks, precision and coverage with the threshold learnt from the base, false answers,
figures by domain, noise, speed, memory. More goes to standard error. DIR holds kb, queries and, if there, oos, noise
and scale_extra, .jsonl or .jsonl.gz, one object a line (docs/engineer.md tells the fields). Nothing of the
set is kept. --learn lets the base go through a training as by night, with labelled pairs (a, b, label) as confirmed
answers. --model turns the local sentence encoder on (cargo xtask fetch-model FOLDER), which learns from the base
(and --learn), too; speed is then that of all threads. --ablations adds, by domain, the ranks with the points of each
group of features taken away.";

/// `cargo xtask kb-eval`.
pub(crate) fn kb_eval(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    if arguments.is_empty() || arguments.iter().any(|it| it == "--help") {
        eprintln!("{KB_EVAL_HELP}");
        return Ok(());
    }
    let program = workspace.build("kbeval", "release")?;
    let mut measure = command(&program.to_string_lossy(), arguments);
    process::run(measure.arg("--scratch").arg(workspace.target().join("kb-eval")))
}

/// Kills at exact system calls, at random moments and while messages leave, on SQLite and on PostgreSQL;
/// then the planted faults.
pub(crate) fn crash(workspace: &Workspace) -> Result<Verdict> {
    if !exists("strace") {
        return Ok(Verdict::Skipped("strace is missing: run `cargo xtask set-up`".into()));
    }
    let proof = Proof::build(workspace)?;
    // Most of a run is waiting: for a start, a flush, a death. So both databases have their turn at once.
    let (postgres, sqlite) = std::thread::scope(|scope| {
        let sqlite = scope.spawn(|| crash_sqlite(&proof));
        (crash_postgres(&proof), sqlite.join().unwrap_or_else(|_| Err("the crash runs ended".into())))
    });
    match (sqlite, postgres) {
        (Err(sqlite), Err(postgres)) => return Err(format!("{sqlite}\n{postgres}")),
        (sqlite, postgres) => sqlite.and(postgres)?,
    }
    let planted = Proof { server: planted(workspace)?, ..proof };
    planted.with("answer_before_commit", "crash-planted", &["crash", "--random", "40", "--planted"])?;
    planted.with("send_again", "sends-planted", &["sends", "--runs", "20", "--planted"])?;
    Ok(Verdict::Passed)
}

fn crash_sqlite(proof: &Proof<'_>) -> Result<()> {
    proof.run("crash-sqlite", &["crash", "--exact", "300", "--random", "500"])?;
    proof.run("sends-sqlite", &["sends", "--runs", "200"])
}

fn crash_postgres(proof: &Proof<'_>) -> Result<()> {
    let postgres = postgres::start(true)?;
    let database = ["--database", postgres.url.as_str()];
    proof.run("crash-postgres", &[&["crash", "--exact", "50", "--random", "50"], &database[..]].concat())?;
    proof.run("sends-postgres", &[&["sends", "--runs", "20"], &database[..]].concat())
}

/// Images of a disk that lost its power.
pub(crate) fn power_loss(workspace: &Workspace) -> Result<Verdict> {
    if !exists("strace") {
        return Ok(Verdict::Skipped("strace is missing: run `cargo xtask set-up`".into()));
    }
    Proof::build(workspace)?.run("power-loss", &["power-loss", "--images", "500"])?;
    Ok(Verdict::Passed)
}

/// A server in which faults can be switched on, beside the good one.
fn planted(workspace: &Workspace) -> Result<PathBuf> {
    let profile = workspace.profile.as_str();
    let mut cargo = workspace.cargo(&["build", "--workspace", "--bins", "--profile", profile]);
    process::run(cargo.args(["--features", "chudian/planted-faults"]))?;
    let copy = workspace.target().join("proof/chudian-planted");
    let built = workspace.binary("chudian", profile);
    std::fs::copy(&built, &copy).map_err(|error| format!("cannot copy {}: {error}", built.display()))?;
    // The good one goes back to its place.
    workspace.build("chudian", profile)?;
    Ok(copy)
}

struct Proof<'a> {
    workspace: &'a Workspace,
    server: PathBuf,
    proof: PathBuf,
}

impl Proof<'_> {
    fn build(workspace: &Workspace) -> Result<Proof<'_>> {
        let server = workspace.build("chudian", &workspace.profile)?;
        let proof = workspace.build("proof", &workspace.profile)?;
        Ok(Proof { workspace, server, proof })
    }

    fn run(&self, name: &str, arguments: &[&str]) -> Result<()> {
        process::run(&mut self.command(name, arguments))
    }

    /// The same with a fault switched on.
    fn with(&self, fault: &str, name: &str, arguments: &[&str]) -> Result<()> {
        process::run(self.command(name, arguments).env("CHUDIAN_PLANT", fault))
    }

    fn command(&self, name: &str, arguments: &[&str]) -> std::process::Command {
        let scratch = self.workspace.target().join("proof").join(name);
        let mut proof = command(&self.proof.to_string_lossy(), arguments);
        proof.arg("--server").arg(&self.server).arg("--scratch").arg(scratch);
        proof
    }
}
