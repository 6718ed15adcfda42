//! Kills the server and looks at what it kept.
//!
//! *Exact* runs die at the N-th write-class system call (`strace` injects the signal), N spread over
//! a whole run from the first start on; *random* runs die at any moment under load. After each, the
//! server is started again on what is there, every message is pushed again as the platform would,
//! and the stored rows are counted: nothing acknowledged is lost, no answer is doubled.
//!
//! A kill does not test flushing (the kernel keeps what was written): that is `power_loss`.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rand::RngExt as _;

use crate::customer::{self, Ledger};
use crate::stored;
use crate::target::{Recipe, fresh};
use crate::{Result, runtime};

/// The system calls a kill is placed at.
const CALLS: &str = "write,writev,pwrite64,pwritev,sendto,sendmsg,fsync,fdatasync,ftruncate,unlink,rename";
/// Texts of an exact run.
const SCRIPT: usize = 6;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The `chudian` program
    #[arg(long)]
    server: PathBuf,
    /// Runs killed at exact system calls
    #[arg(long, default_value_t = 0)]
    exact: usize,
    /// Runs killed at random moments under load
    #[arg(long, default_value_t = 0)]
    random: usize,
    /// PostgreSQL instead of SQLite; each run makes a database of its own there
    #[arg(long)]
    database: Option<String>,
    /// Runs at the same time
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// The server has a planted fault: then losing something is the proof
    #[arg(long)]
    planted: bool,
    /// Where the runs' files go
    #[arg(long)]
    scratch: PathBuf,
}

/// What all runs found.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) runs: usize,
    pub(crate) killed: usize,
    pub(crate) acknowledged: usize,
    pub(crate) complaints: Vec<String>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let begun = Instant::now();
    fresh(&options.scratch)?;
    let mut tally = Tally::default();
    if options.exact > 0 {
        let points = count_calls(options)?;
        println!("an undisturbed run makes {points} write-class system calls in its busiest thread");
        let kill_at = |run: usize| 1 + run * points / options.exact.max(1);
        tally.add(spread(options.jobs, options.exact, |run| exact(options, run, kill_at(run)))?);
    }
    if options.random > 0 {
        // A folder each, so that each goes on with what the earlier kills left.
        let share = options.random.div_ceil(options.jobs);
        tally.add(spread(options.jobs, options.jobs, |job| {
            random(options, job, share.min(options.random - share * job))
        })?);
    }
    let store = if options.database.is_some() { "PostgreSQL" } else { "SQLite" };
    println!(
        "{store}: {} runs, {} killed, {} messages acknowledged, {} complaints, {:.0} s",
        tally.runs,
        tally.killed,
        tally.acknowledged,
        tally.complaints.len(),
        begun.elapsed().as_secs_f64()
    );
    tally.verdict(options.planted, "the server lost or doubled something")
}

impl Tally {
    /// Prints the first complaints. With a planted fault there must be some, else none.
    pub(crate) fn verdict(&self, is_planted: bool, otherwise: &str) -> Result<()> {
        for complaint in self.complaints.iter().take(20) {
            println!("  {complaint}");
        }
        match (is_planted, self.complaints.is_empty()) {
            (false, true) => Ok(()),
            (false, false) => Err(otherwise.to_owned()),
            (true, false) => {
                println!("the planted fault was seen, as it must be");
                Ok(())
            }
            (true, true) => Err("the planted fault was not seen: the proof is blind".into()),
        }
    }

    fn add(&mut self, other: Tally) {
        self.runs += other.runs;
        self.killed += other.killed;
        self.acknowledged += other.acknowledged;
        self.complaints.extend(other.complaints);
    }
}

/// Does `count` pieces of work, `jobs` at a time; the first that cannot be done ends it.
pub(crate) fn spread(
    jobs: usize,
    count: usize,
    work: impl Fn(usize) -> Result<Tally> + Sync,
) -> Result<Tally> {
    let next = AtomicUsize::new(0);
    let results: Vec<Result<Tally>> = std::thread::scope(|scope| {
        let worker = || {
            let mut tally = Tally::default();
            loop {
                let piece = next.fetch_add(1, Ordering::Relaxed);
                if piece >= count {
                    return Ok(tally);
                }
                match work(piece) {
                    Ok(found) => tally.add(found),
                    Err(error) => {
                        next.store(count, Ordering::Relaxed);
                        return Err(error);
                    }
                }
            }
        };
        let threads: Vec<_> = (0..jobs.max(1)).map(|_| scope.spawn(worker)).collect();
        threads.into_iter().map(|it| it.join().unwrap_or_else(|_| Err("a run panicked".into()))).collect()
    });
    let mut tally = Tally::default();
    for result in results {
        tally.add(result?);
    }
    Ok(tally)
}

/// The recipe of a run in a folder of its own, with a database of its own.
fn recipe(options: &Options, name: &str) -> Result<Recipe> {
    let data = options.scratch.join(name);
    fresh(&data)?;
    let rules = options.scratch.join("rules.json");
    if !rules.exists() {
        std::fs::write(&rules, customer::rules().to_string())
            .map_err(|error| format!("cannot write the rules: {error}"))?;
    }
    let database = options.database.as_deref().map(|url| stored::create_database(url, name)).transpose()?;
    Ok(Recipe {
        server: options.server.clone(),
        data,
        rules,
        knowledge: None,
        database,
        wrapper: Vec::new(),
        environment: Vec::new(),
    })
}

/// The write-class calls of the busiest thread in an undisturbed run: strace counts each thread apart.
fn count_calls(options: &Options) -> Result<usize> {
    let mut recipe = recipe(options, "count")?;
    let trace = options.scratch.join("count.strace");
    recipe.wrapper = words(&["strace", "-f", "-qqq", "-e", "signal=none", "-s", "0", "-e"]);
    recipe.wrapper.extend([
        format!("trace={CALLS}"),
        "-o".to_owned(),
        trace.display().to_string(),
        "--".to_owned(),
    ]);
    let target = recipe.must_start()?;
    let mut ledger = Ledger::default();
    runtime()?.block_on(ledger.write(&target.address, &target.path, SCRIPT));
    if ledger.answered.len() != SCRIPT {
        return Err(format!(
            "only {} of {SCRIPT} messages were answered in an undisturbed run",
            ledger.answered.len()
        ));
    }
    target.stop()?;
    let text = std::fs::read_to_string(&trace)
        .map_err(|error| format!("cannot read {}: {error}", trace.display()))?;
    let mut threads = std::collections::HashMap::<&str, usize>::new();
    for line in text.lines().filter(|it| !it.contains("resumed>")) {
        *threads.entry(line.split(' ').next().unwrap_or_default()).or_default() += 1;
    }
    threads.into_values().max().ok_or_else(|| "strace saw no write-class system call".to_owned())
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|it| (*it).to_owned()).collect()
}

/// One run killed when a thread makes its `call`-th write-class system call.
fn exact(options: &Options, run: usize, call: usize) -> Result<Tally> {
    let name = format!("exact{run}");
    let plain = recipe(options, &name)?;
    let mut wrapped = plain.clone();
    wrapped.wrapper = words(&["strace", "-f", "-qqq", "-o", "/dev/null", "-e", "signal=none", "-e"]);
    let inject = format!("inject={CALLS}:signal=SIGKILL:when={call}");
    wrapped.wrapper.extend([format!("trace={CALLS}"), "-e".to_owned(), inject, "--".to_owned()]);

    let mut ledger = Ledger::default();
    let killed = match wrapped.start()? {
        None => true,
        Some(mut target) => {
            runtime()?.block_on(ledger.write(&target.address, &target.path, SCRIPT));
            let died = target.died(Duration::from_millis(50));
            target.kill();
            died
        }
    };
    let acknowledged = ledger.answered.len();
    let complaints = judge(&plain, &mut ledger)?;
    discard(&plain.data);
    let place = |it| format!("exact run {run}, killed at call {call}: {it}");
    Ok(Tally {
        runs: 1,
        killed: usize::from(killed),
        acknowledged,
        complaints: complaints.into_iter().map(place).collect(),
    })
}

/// `count` kills in one folder, each at a random moment under load.
fn random(options: &Options, job: usize, count: usize) -> Result<Tally> {
    let recipe = recipe(options, &format!("random{job}"))?;
    let mut tally = Tally::default();
    let mut all = Ledger::default();
    let mut since = 0;
    let mut target = recipe.must_start()?;
    for run in 0..count {
        let after = Duration::from_micros(rand::rng().random_range(500..120_000));
        let (address, path) = (target.address.clone(), target.path.clone());
        let mut ledgers: Vec<Ledger> = (0..8).map(|_| Ledger::default()).collect();
        runtime()?.block_on(async {
            // Eight customers write at once until the server is gone.
            let [a, b, c, d, e, f, g, h] = &mut ledgers[..] else { return };
            let write = |ledger| Ledger::write(ledger, &address, &path, 5_000);
            let talk = async {
                tokio::join!(write(a), write(b), write(c), write(d), write(e), write(f), write(g), write(h))
            };
            let death = async {
                tokio::time::sleep(after).await;
                target.kill();
            };
            tokio::join!(talk, death);
        });
        let mut ledger = Ledger::default();
        for it in ledgers {
            ledger.sent.extend(it.sent);
            ledger.answered.extend(it.answered);
        }
        tally.runs += 1;
        tally.killed += 1;
        tally.acknowledged += ledger.answered.len();
        // The next run's server also proves this one: one start for both.
        target = recipe.must_start()?;
        let mut complaints = stored::lost(&recipe, &ledger, &mut since)?;
        complaints.extend(runtime()?.block_on(ledger.repeat(&target.address, &target.path))?);
        tally.complaints.extend(complaints.into_iter().map(|it| format!("random run {job}.{run}: {it}")));
        all.sent.extend(ledger.sent);
        all.answered.extend(ledger.answered);
    }
    target.stop()?;
    tally.complaints.extend(stored::judge(&recipe, &all)?);
    discard(&recipe.data);
    Ok(tally)
}

/// Starts what is left, pushes everything again, then counts what is stored.
fn judge(recipe: &Recipe, ledger: &mut Ledger) -> Result<Vec<String>> {
    let target = recipe.must_start()?;
    let mut complaints = stored::lost(recipe, ledger, &mut 0)?;
    complaints.extend(runtime()?.block_on(ledger.repeat(&target.address, &target.path))?);
    target.stop()?;
    complaints.extend(stored::judge(recipe, ledger)?);
    Ok(complaints)
}

/// A judged run's files are of no more use.
fn discard(data: &Path) {
    std::fs::remove_dir_all(data).unwrap_or_default();
}
