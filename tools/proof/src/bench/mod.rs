//! The bench: ratios against the yardstick in one run, with one generator, and goals to hold.

mod invented;
mod knowledge;
mod live;
mod rounds;

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::load::{self, Found, Plan, Ready};
use crate::process::{cpu_seconds, machine_seconds, memory};
use crate::questions::{self, Mix, Questions};
use crate::target::{ANY_PORT, Recipe, Target, fresh, wait_for_ready};
use crate::{Result, callgrind, stored};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The `chudian` program, built with the profile that is published
    #[arg(long)]
    pub(crate) server: PathBuf,
    /// Folder with rules.json, questions.json and recorded.json
    #[arg(long)]
    pub(crate) bench: PathBuf,
    /// Where the runs' files go
    #[arg(long)]
    pub(crate) scratch: PathBuf,
    /// Rounds of yardstick and server
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds of each measurement
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Stored messages at which a turn is measured again
    #[arg(long, default_value_t = 1_000_000)]
    growth: usize,
    /// Live screens open at the same time, at the most; a thousand at least
    #[arg(long, default_value_t = 4_000)]
    screens: usize,
    /// Leave out the live screens
    #[arg(long)]
    no_live: bool,
    /// Leave out the instructions under callgrind (half a minute)
    #[arg(long)]
    no_callgrind: bool,
}

/// A goal and what was measured.
struct Line {
    what: String,
    value: f64,
    unit: &'static str,
    pass: f64,
    aim: f64,
    /// More is better.
    more: bool,
    /// A goal of the issue: missed, it fails the bench. The others are the project's own.
    gates: bool,
}

impl Line {
    fn verdict(&self) -> &'static str {
        let reaches = |goal: f64| if self.more { self.value >= goal } else { self.value <= goal };
        match (reaches(self.aim), reaches(self.pass)) {
            (true, _) => "aim",
            (_, true) => "pass",
            _ => "MISSED",
        }
    }
}

/// One measurement with what it cost the server.
struct Measured {
    found: Found,
    /// Microseconds of processor time an answer.
    cpu: f64,
    /// Processors that neither the server nor this program used: the neighbours' share.
    others: f64,
}

struct Bench<'a> {
    options: &'a Options,
    questions: Questions,
    /// Ids given so far.
    first: u64,
    lines: Vec<Line>,
}

/// Connections of the closed loop, as the goal says.
const CONNECTIONS: usize = 256;
/// Customers of the everyday runs.
const PEOPLE: u64 = 10_000;
/// Customers of the growing databases: each has written once when ten thousand messages are stored, so that nobody
/// is new while a turn is measured.
const GROWING: u64 = 5_000;

pub(crate) fn run(options: &Options) -> Result<()> {
    fresh(&options.scratch)?;
    let questions =
        Questions::read(&options.bench.join("rules.json"), &options.bench.join("questions.json"))?;
    questions::write_knowledge(&options.bench.join("rules.json"), &options.scratch.join("knowledge.csv"))?;
    let mut bench = Bench { options, questions, first: 24_000_000_000_000_000, lines: Vec::new() };
    bench.binary()?;
    let recipe = bench.recipe("everyday");
    let target = recipe.must_start()?;
    bench.idle(&target)?;
    bench.rounds(&target)?;
    bench.repeats(&recipe, &target)?;
    bench.restart(&recipe, target)?;
    bench.knowledge()?;
    if !options.no_live {
        bench.live()?;
    }
    bench.growth()?;
    if !options.no_callgrind && callgrind::is_there() {
        let instructions =
            callgrind::instructions(options, &mut |count| bench.texts(Mix::Everyday, count, 50))?;
        println!("instructions a turn under callgrind: {instructions:.0}");
        callgrind::compare(&options.bench.join("recorded.json"), instructions)?;
    }
    bench.report()
}

impl Bench<'_> {
    fn recipe(&self, name: &str) -> Recipe {
        Recipe {
            server: self.options.server.clone(),
            data: self.options.scratch.join(name),
            rules: self.options.bench.join("rules.json"),
            knowledge: Some(self.options.scratch.join("knowledge.csv")),
            database: None,
            wrapper: Vec::new(),
            environment: Vec::new(),
        }
    }

    /// New texts; an id is never given twice, for the server would know it again.
    fn texts(&mut self, mix: Mix, count: usize, people: u64) -> (Vec<crate::account::Text>, Answers) {
        let texts = self.questions.texts(mix, count, people, self.first);
        self.first += count as u64;
        texts
    }

    fn requests(&mut self, target: &Target, mix: Mix, count: usize) -> Result<Rc<Vec<Ready>>> {
        self.requests_of(PEOPLE, target, mix, count)
    }

    fn requests_of(&mut self, people: u64, to: &Target, mix: Mix, count: usize) -> Result<Rc<Vec<Ready>>> {
        let (texts, answers) = self.texts(mix, count, people);
        load::prepare(&to.path, &texts, &answers).map(Rc::new)
    }

    fn add(
        &mut self,
        what: impl Into<String>,
        value: f64,
        unit: &'static str,
        goals: (f64, f64),
        more: bool,
    ) {
        let what = what.into();
        println!("  {what}: {value:.2} {unit}");
        self.lines.push(Line { what, value, unit, pass: goals.0, aim: goals.1, more, gates: true });
    }

    /// The same for a goal that does not fail the bench.
    fn note(&mut self, what: &str, value: f64, unit: &'static str, goals: (f64, f64), more: bool) {
        self.add(what, value, unit, goals, more);
        if let Some(line) = self.lines.last_mut() {
            line.gates = false;
        }
    }

    fn binary(&mut self) -> Result<()> {
        let size =
            std::fs::metadata(&self.options.server).map_err(|error| format!("the server: {error}"))?.len();
        self.add("binary with the pages inside", size as f64 / 1e6, "MB", (30.0, 20.0), false);
        Ok(())
    }

    fn idle(&mut self, target: &Target) -> Result<()> {
        std::thread::sleep(Duration::from_secs(2));
        self.add("memory, idle", memory(target.pid)?.0, "MiB", (80.0, 50.0), false);
        Ok(())
    }

    /// The platform's repetition of a message costs little and stores nothing.
    fn repeats(&mut self, recipe: &Recipe, target: &Target) -> Result<()> {
        let requests = self.requests(target, Mix::Everyday, 10_000)?;
        measure(&plan(&target.address, requests.clone(), false, 60.0, None), target.pid)?;
        let before = stored::count(recipe)?;
        let (mut costs, mut repeats) = (Vec::new(), 0);
        for _ in 0..3 {
            // Over and over: one lap is too short for a clock of a hundredth of a second.
            let found = measure(&plan(&target.address, requests.clone(), true, 1.0, None), target.pid)?;
            costs.push(found.cpu);
            repeats += found.found.answered;
        }
        let stored = stored::count(recipe)? - before;
        self.add("processor time of a repeat", median(&mut costs), "us", (25.0, 25.0), false);
        let what = format!("messages stored by {} repeats", thousands(repeats));
        self.add(what, stored as f64, "", (0.0, 0.0), false);
        Ok(())
    }

    /// Ready again after a kill under load.
    fn restart(&mut self, recipe: &Recipe, target: Target) -> Result<()> {
        let requests = self.requests(&target, Mix::Everyday, 60_000)?;
        let address = target.address.clone();
        let killer = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(700));
            target.kill();
        });
        let under_load = load::run(&plan(&address, requests, false, 30.0, None))
            .map_err(|error| format!("the load before the kill: {error}"))?;
        killer.join().map_err(|_| "the killer broke down")?;
        let begun = Instant::now();
        let target = recipe.must_start()?;
        let requests = self.requests(&target, Mix::Everyday, 1)?;
        let first = load::run(&Plan { connections: 1, ..plan(&target.address, requests, false, 10.0, None) })
            .map_err(|error| format!("the first message after the restart: {error}"))?;
        if first.answered != 1 {
            return Err(format!("the first message after the restart: {:?}", first.first_wrong));
        }
        println!(
            "  killed after {} answers; the program was ready after {:?}",
            under_load.answered, target.ready_after
        );
        self.add("first answer after kill -9", begun.elapsed().as_secs_f64(), "s", (1.0, 1.0), false);
        target.stop()
    }

    /// The same work at ten thousand stored messages and at a million, by turns: what a processor does in a second
    /// changes within minutes by more than the goal allows.
    fn growth(&mut self) -> Result<()> {
        let (young, old) = (self.recipe("young"), self.recipe("old"));
        let old_target = old.must_start()?;
        self.fill(&old_target, self.options.growth)?;
        let young_target = young.must_start()?;
        self.fill(&young_target, 10_000)?;
        let stored = stored::count(&old)?;
        let (mut costs, mut ratios) = ((Vec::new(), Vec::new()), Vec::new());
        for _ in 0..5 {
            let (before, after) = (self.turn_cost(&young_target)?, self.turn_cost(&old_target)?);
            ratios.push(after / before);
            costs.0.push(before);
            costs.1.push(after);
        }
        let (before, after) = (median(&mut costs.0), median(&mut costs.1));
        println!("  {before:.1} us a turn at 10 thousand stored messages, {after:.1} us at {stored}");
        let what = format!("a turn at {} stored messages, of one at 10 k", thousands(stored));
        self.add(what, median(&mut ratios), "x", (1.2, 1.1), false);
        young_target.stop()?;
        old_target.stop()
    }

    /// Stores about `messages` by asking: a question and its answer are two.
    fn fill(&mut self, target: &Target, messages: usize) -> Result<()> {
        let mut left = messages / 2;
        while left > 0 {
            let some = left.min(50_000);
            let requests = self.requests_of(GROWING, target, Mix::Everyday, some)?;
            let found = load::run(&plan(&target.address, requests, false, 300.0, None))?;
            whole(&found)?;
            left -= some;
        }
        Ok(())
    }

    fn turn_cost(&mut self, target: &Target) -> Result<f64> {
        let requests = self.requests_of(GROWING, target, Mix::Everyday, 8_000)?;
        Ok(measure(&plan(&target.address, requests, false, 60.0, None), target.pid)?.cpu)
    }

    fn report(&self) -> Result<()> {
        println!("\n{:<52} {:>10} {:>6} {:>8} {:>8}", "", "measured", "", "pass", "aim");
        for line in &self.lines {
            println!(
                "{:<52} {:>10.2} {:<6} {:>8} {:>8}   {}",
                format!("{}{}", line.what, if line.gates { "" } else { " *" }),
                line.value,
                line.unit,
                line.pass,
                line.aim,
                line.verdict()
            );
        }
        println!("* the project's own goal: missed, it does not fail the bench");
        let gates = self.lines.iter().filter(|it| it.gates);
        let missed = gates.clone().filter(|it| it.verdict() == "MISSED").count();
        if missed == 0 { Ok(()) } else { Err(format!("{missed} of {} goals are missed", gates.count())) }
    }
}

/// A number as people say it: 1.05 M, 210 k.
fn thousands(count: usize) -> String {
    if count >= 1_000_000 {
        format!("{:.2} M", count as f64 / 1e6)
    } else {
        format!("{:.0} k", count as f64 / 1e3)
    }
}

type Answers = Vec<Option<std::sync::Arc<str>>>;

fn plan(address: &str, requests: Rc<Vec<Ready>>, again: bool, seconds: f64, rate: Option<f64>) -> Plan<'_> {
    Plan { address, connections: CONNECTIONS, requests, again, any_reply: false, seconds, rate }
}

/// Runs a plan and reads what it cost the server. A wrong answer ends the bench.
fn measure(plan: &Plan<'_>, pid: u32) -> Result<Measured> {
    let own = std::process::id();
    let before = (cpu_seconds(pid)?, cpu_seconds(own)?, machine_seconds()?);
    let begun = Instant::now();
    let found = load::run(plan)?;
    let cost = cpu_seconds(pid)? - before.0;
    let others = machine_seconds()? - before.2 - cost - (cpu_seconds(own)? - before.1);
    whole(&found)?;
    let cpu = cost * 1e6 / found.answered.max(1) as f64;
    Ok(Measured { found, cpu, others: (others / begun.elapsed().as_secs_f64()).max(0.0) })
}

fn whole(found: &Found) -> Result<()> {
    if found.wrong == 0 && found.answered > 0 {
        return Ok(());
    }
    let first = found.first_wrong.clone().unwrap_or_default();
    Err(format!("{} answers were wrong of {}; the first: {first}", found.wrong, found.wrong + found.answered))
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The yardstick in a process of its own, as the server is.
struct Bare {
    child: std::process::Child,
    address: String,
    pid: u32,
}

impl Bare {
    fn start() -> Result<Bare> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut child = std::process::Command::new(program)
            .args(["bare", "--listen", ANY_PORT])
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start the yardstick: {error}"))?;
        let out = child.stdout.take();
        let mut bare = Bare { pid: child.id(), child, address: String::new() };
        let url = out.and_then(wait_for_ready).ok_or("the yardstick does not listen")?;
        let address = url.trim_start_matches("http://");
        address.split('/').next().unwrap_or(address).clone_into(&mut bare.address);
        Ok(bare)
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // What can fail is that it has ended by itself.
        self.child.kill().and_then(|()| self.child.wait()).map(drop).unwrap_or_default();
    }
}

/// Where the bench keeps a folder's files.
pub(crate) fn folder(options: &Options, name: &str) -> Result<PathBuf> {
    let folder: &Path = &options.scratch.join(name);
    fresh(folder)?;
    Ok(folder.to_owned())
}
