//! A set of real questions, asked through the callback as followers ask them.
//!
//! The set stays where it is: a folder with `kb.jsonl`, `queries.jsonl` and `oos.jsonl` (or `.gz`),
//! one object a line. `kb`: `id`, `std` (the standard question), `sim` (similar ones), `answer`
//! (may be null). `queries`: `text`, `gold` (ids of the right entries). `oos`: `text`, `kind`; what
//! no entry answers.
//!
//! The base goes in by the console's importer (first as a trial, then in earnest). Each question is
//! asked by a follower of its own, so that open lists, menus and the loop guard of one do not touch the
//! next; the encrypted passive reply is opened and read. Then the same questions go to the console's
//! test bench, and what it says must be what the follower got.

mod judge;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::LocalSet;

use crate::account::{ACCOUNT, Text, now_seconds};
use crate::connection::Connection;
use crate::console::Console;
use crate::house::{House, change_bot};
use crate::platform::{Manners, Platform};
use crate::process::cpu_seconds;
use crate::{Result, customer, runtime};

use judge::{FALLBACK, Judge, Verdict, answer_of};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Folder with kb.jsonl, queries.jsonl and oos.jsonl, plain or .gz
    folder: PathBuf,
    /// The `chudian` program
    #[arg(long)]
    server: PathBuf,
    /// Where the run's files go; emptied before and after
    #[arg(long)]
    scratch: PathBuf,
    /// Questions under way at the same time
    #[arg(long, default_value_t = 4)]
    at_once: usize,
    /// Leave out the comparison with the console's test bench
    #[arg(long)]
    no_test_bench: bool,
}

#[derive(Debug, Deserialize)]
struct Entry {
    id: String,
    std: String,
    #[serde(default)]
    sim: Vec<String>,
    answer: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Question {
    text: String,
    #[serde(default)]
    gold: Vec<String>,
    /// Why nothing answers it; absent where something does.
    kind: Option<String>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let entries: Vec<Entry> = read(&options.folder, "kb")?;
    let mut questions: Vec<Question> = read(&options.folder, "queries")?;
    let known = questions.len();
    questions.extend(read::<Question>(&options.folder, "oos")?);
    println!(
        "{} entries, {known} questions, {} that nothing answers",
        entries.len(),
        questions.len() - known
    );
    let outcome = LocalSet::new().block_on(&runtime()?, async {
        let platform = Platform::start(Manners::GOOD).await?;
        let folder = options.scratch.join("house");
        let (house, target, mut console) =
            House::found(&options.server, &folder, None, &platform.base).await?;
        prepare(&mut console, &entries).await?;
        let asked = ask(options, &house, target.pid, &target.address, &questions).await?;
        let judge = Judge::new(&entries);
        report(&judge, &questions, &asked);
        if !options.no_test_bench {
            compare(&mut console, &judge, &questions, &asked).await?;
        }
        target.stop()
    });
    // Nothing of the set may stay behind.
    std::fs::remove_dir_all(&options.scratch).unwrap_or_default();
    outcome
}

/// The base into the company, as an editor does it: a trial, then the import; and a fallback we know.
async fn prepare(console: &mut Console, entries: &[Entry]) -> Result<()> {
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut csv = String::from("question,similar,answer,category\n");
    for entry in entries {
        let cells = [entry.std.clone(), entry.sim.join("|"), answer_of(entry)].map(|it| cell(&it));
        csv.push_str(&format!("{},\n", cells.join(",")));
    }
    let trial = console.upload("/knowledge/imports?dry_run=true", "base.csv", csv.as_bytes()).await?;
    println!("trial of the import: {} rows, {} new", trial["rows"], trial["created"]);
    let begun = Instant::now();
    let done = console.upload("/knowledge/imports?dry_run=false", "base.csv", csv.as_bytes()).await?;
    let errors = done["errors"].as_array().map_or(0, Vec::len);
    println!(
        "import: {} rows, {} created, {errors} refused, {:.2} s",
        done["rows"],
        done["created"],
        begun.elapsed().as_secs_f64()
    );
    for error in done["errors"].as_array().into_iter().flatten().take(5) {
        println!("  row {}: {}", error["row"], error["message"]);
    }
    if trial["created"] != done["created"] {
        return Err("the trial promised another number of entries than the import made".into());
    }
    let fallback = json!([{"type": "text", "text": FALLBACK}]);
    change_bot(console, &json!({"fallback": fallback, "welcome": []})).await
}

/// What was got, in the order of the questions.
struct Asked {
    replies: Vec<Option<String>>,
    /// Microseconds, sorted.
    latencies: Vec<u32>,
    /// Processor time of the server a question, microseconds.
    cpu: f64,
    seconds: f64,
}

/// Every question by a follower of its own, a few at a time.
async fn ask(
    options: &Options,
    house: &House,
    pid: u32,
    address: &str,
    questions: &[Question],
) -> Result<Asked> {
    let follower = |index: usize| format!("oFaq{index:024}");
    let mut follows = Vec::with_capacity(questions.len());
    let mut asks = Vec::with_capacity(questions.len());
    for (index, question) in questions.iter().enumerate() {
        let (from, nonce) = (follower(index), 600_000_000 + 2 * index as u64);
        follows.push((ACCOUNT.follow(&house.hook, &from, nonce)?, from.clone()));
        let id = 25_000_000_000_000_000 + index as u64;
        let text = Text { id, from: from.clone(), at: now_seconds(), text: question.text.clone() };
        asks.push((ACCOUNT.push(&house.hook, &text, nonce + 1)?, from));
    }
    let all = |it: Vec<(crate::account::Push, String)>| {
        Rc::new(it.into_iter().map(|(push, from)| (push.bytes, from)).collect::<Vec<_>>())
    };
    send_all(options.at_once, address, &all(follows)).await?;
    quiet(pid).await?;
    let (before, begun) = (cpu_seconds(pid)?, Instant::now());
    let mut got = send_all(options.at_once, address, &all(asks)).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let cpu = (cpu_seconds(pid)? - before) * 1e6 / questions.len().max(1) as f64;
    got.sort_unstable_by_key(|it| it.0);
    let mut latencies: Vec<u32> = got.iter().map(|it| it.2).collect();
    latencies.sort_unstable();
    Ok(Asked { replies: got.into_iter().map(|it| it.1).collect(), latencies, cpu, seconds })
}

/// Waits until what following set going is done, so that it is not counted to the questions.
async fn quiet(pid: u32) -> Result<()> {
    for _ in 0..60 {
        let before = cpu_seconds(pid)?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        if cpu_seconds(pid)? - before < 0.03 {
            return Ok(());
        }
    }
    Err("the server does not come to rest after the followers".into())
}

type Got = Vec<(usize, Option<String>, u32)>;

/// Sends all, `at_once` under way; what each was answered, and how long that took.
async fn send_all(at_once: usize, address: &str, requests: &Rc<Vec<(Vec<u8>, String)>>) -> Result<Got> {
    let next = Rc::new(std::cell::Cell::new(0));
    let got = Rc::new(RefCell::new(Got::new()));
    let mut tasks = Vec::new();
    for _ in 0..at_once.max(1) {
        let mut connection = Connection::open(address).await?;
        let (next, got, requests) = (next.clone(), got.clone(), requests.clone());
        tasks.push(tokio::task::spawn_local(async move {
            loop {
                let index = next.get();
                let Some((bytes, from)) = requests.get(index) else { return Ok(()) };
                next.set(index + 1);
                let begun = Instant::now();
                let answer = connection.send(bytes).await?;
                let micros = u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX);
                if answer.status != 200 {
                    return Err(format!("question {index}: HTTP {}: {}", answer.status, answer.body));
                }
                let text = Text { id: 0, from: from.clone(), at: 0, text: String::new() };
                let reply = customer::reply(&answer.body, &text)?;
                got.borrow_mut().push((index, reply, micros));
            }
        }));
    }
    for task in tasks {
        task.await.map_err(|error| format!("a customer broke down: {error}"))??;
    }
    Ok(got.take())
}

/// How many of each verdict, by kind of question: `""` for those that an entry answers.
type Table = BTreeMap<String, BTreeMap<&'static str, usize>>;

fn tabulate(judge: &Judge, questions: &[Question], replies: &[Option<String>]) -> Table {
    let mut table = Table::new();
    for (question, reply) in questions.iter().zip(replies) {
        let name = match judge.verdict(question, reply.as_deref()) {
            Verdict::Right => "right",
            Verdict::Wrong => "wrong",
            Verdict::Asked { has_right: true } => "asked, right one offered",
            Verdict::Asked { has_right: false } => "asked, right one missing",
            Verdict::Fallback => "fallback",
            Verdict::Other => "another rule spoke",
        };
        let kind = question.kind.clone().unwrap_or_default();
        *table.entry(kind).or_default().entry(name).or_default() += 1;
    }
    table
}

fn report(judge: &Judge, questions: &[Question], asked: &Asked) {
    let table = tabulate(judge, questions, &asked.replies);
    let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
    let mut rates = HashMap::new();
    for (kind, row) in &table {
        let whole: usize = row.values().sum();
        let count = |name: &str| row.get(name).copied().unwrap_or(0);
        let answered = count("right") + count("wrong");
        rates.insert(kind.as_str(), (share(answered, whole), share(count("right"), whole)));
        let title = if kind.is_empty() { "answerable" } else { kind };
        println!("\n{title}: {whole} questions");
        if kind.is_empty() {
            println!(
                "  answered {:.1} %, of these right {:.1} %",
                share(answered, whole),
                share(count("right"), answered)
            );
        } else {
            println!("  answered, which is wrong: {:.1} %", share(answered, whole));
        }
        for (name, count) in row {
            println!("  {name:<26} {count:>6}  {:>5.1} %", share(*count, whole));
        }
    }
    if let (Some(known), Some(near), Some(far)) = (rates.get(""), rates.get("near"), rates.get("far")) {
        let answers = 0.8 * known.0 + 0.1 * near.0 + 0.1 * far.0;
        println!(
            "\nprecision on a stream of 80 % answerable, 10 % near, 10 % far: {:.1} %",
            80.0 * known.1 / answers
        );
    }
    let latency = |at: f64| {
        let last = asked.latencies.len().saturating_sub(1) as f64;
        f64::from(asked.latencies.get((last * at).round() as usize).copied().unwrap_or(0)) / 1000.0
    };
    println!(
        "{} questions in {:.1} s: p50 {:.2} ms, p99 {:.2} ms, {:.0} us of the server's processor time each",
        questions.len(),
        asked.seconds,
        latency(0.5),
        latency(0.99),
        asked.cpu
    );
}

/// The console's test bench must say what the follower got.
async fn compare(console: &mut Console, judge: &Judge, questions: &[Question], asked: &Asked) -> Result<()> {
    let mut said = Vec::with_capacity(questions.len());
    for question in questions {
        let body = json!({"content": {"type": "text", "text": question.text}});
        let outcome: Value = console.post("/bot/test", &body).await?;
        said.push(outcome["replies"][0]["text"].as_str().map(str::to_owned));
    }
    let differing: Vec<usize> =
        (0..questions.len()).filter(|index| said[*index] != asked.replies[*index]).collect();
    println!("the console's test bench says the same to {} of {}", said.len() - differing.len(), said.len());
    if tabulate(judge, questions, &said) != tabulate(judge, questions, &asked.replies) {
        println!("  and its figures differ");
    }
    if differing.is_empty() { Ok(()) } else { Err(format!("the test bench differs in {}", differing.len())) }
}

/// Reads `NAME.jsonl` or `NAME.jsonl.gz`.
fn read<T: for<'a> Deserialize<'a>>(folder: &Path, name: &str) -> Result<Vec<T>> {
    use std::io::Read as _;
    let plain = folder.join(format!("{name}.jsonl"));
    let packed = folder.join(format!("{name}.jsonl.gz"));
    let path = if plain.exists() { &plain } else { &packed };
    let failed = |error: std::io::Error| format!("cannot read {}: {error}", path.display());
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    if path == &plain {
        std::io::BufReader::new(file).read_to_string(&mut text).map_err(failed)?;
    } else {
        flate2::read::GzDecoder::new(file).read_to_string(&mut text).map_err(failed)?;
    }
    text.lines()
        .enumerate()
        .filter(|it| !it.1.trim().is_empty())
        .map(|(index, line)| {
            serde_json::from_str(line)
                .map_err(|error| format!("{} line {}: {error}", path.display(), index + 1))
        })
        .collect()
}
