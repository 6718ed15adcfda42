//! Kills the server while messages leave by the platform's API, and looks at what arrived.
//!
//! People at the console answer customers, and the bot's answers that cannot be a passive reply leave
//! as deliveries, while a pretend platform takes them, is slow, breaks lines and counts. The server is
//! killed at a random moment, or just when the platform has taken a message and has not answered yet.
//! After the restart everything whose acknowledgement was lost is asked for again, as the console and
//! the platform do. At the end, of every message that was acknowledged:
//!
//! * it is stored once, and its delivery has ended: sent, unknown, refused or failed;
//! * what is shown as sent arrived; what is shown as refused or failed did not;
//! * nothing arrived more often than it was sent: an unknown outcome is shown, not tried again.

mod judge;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rand::RngExt as _;
use serde_json::json;

use crate::account::{Text, now_seconds};
use crate::connection::Connection;
use crate::console::Console;
use crate::crash::{Tally, spread};
use crate::house::{House, change_bot};
use crate::platform::{Arrival, Manners, Platform};
use crate::stored::{self, Part};
use crate::target::{Target, fresh};
use crate::{Result, customer, runtime};

use judge::judge;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The `chudian` program
    #[arg(long)]
    server: PathBuf,
    /// Kills in all
    #[arg(long, default_value_t = 200)]
    runs: usize,
    /// PostgreSQL instead of SQLite; each job makes a database of its own there
    #[arg(long)]
    database: Option<String>,
    /// Servers at the same time
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// The server has a planted fault: then sending something twice is the proof
    #[arg(long)]
    planted: bool,
    /// Where the runs' files go
    #[arg(long)]
    scratch: PathBuf,
}

/// Customers whom people serve, and customers whom the bot answers.
const SERVED: usize = 4;
const BOTS: usize = 3;
/// What an agent says at most after one question; the platform allows five.
const ANSWERS: usize = 4;
/// What the bot says by a delivery: a message that no passive reply can be.
const MENU: &str = "请对本次服务作出评价";
/// The words that bring it.
const WORD: &str = "评价";
/// Breaks one line in ten, in both ways, and is slow enough to be met in the middle.
const MANNERS: Manners =
    Manners { answers_lost: 6, never_taken: 4, busy: 3, slowest: Duration::from_millis(40) };

pub(crate) fn run(options: &Options) -> Result<()> {
    let begun = Instant::now();
    fresh(&options.scratch)?;
    let share = options.runs.div_ceil(options.jobs.max(1));
    let tally = spread(options.jobs, options.jobs, |job| {
        let runs = share.min(options.runs.saturating_sub(share * job));
        runtime()?.block_on(work(options, job, runs))
    })?;
    let store = if options.database.is_some() { "PostgreSQL" } else { "SQLite" };
    println!(
        "{store}: {} kills while messages left, {} messages acknowledged, {} complaints, {:.0} s",
        tally.killed,
        tally.acknowledged,
        tally.complaints.len(),
        begun.elapsed().as_secs_f64()
    );
    tally.verdict(options.planted, "the server sent something twice, or lost it")
}

/// All of a job: what it started, and what it must come to.
struct Job {
    house: House,
    platform: Platform,
    console: Console,
    /// The conversations that people serve, by customer.
    conversations: Vec<String>,
    /// Numbers words, so that each can be told.
    next: u64,
    said: Vec<Said>,
    asked: Vec<Asked>,
}

/// An agent's answer under its idempotency key.
struct Said {
    to: usize,
    key: String,
    words: String,
    is_acknowledged: bool,
}

/// A text of a bot's customer, acknowledged or not.
struct Asked {
    text: Text,
    is_acknowledged: bool,
}

async fn work(options: &Options, job: usize, runs: usize) -> Result<Tally> {
    let database = options.database.as_deref();
    let database = database.map(|url| stored::create_database(url, &format!("sends{job}"))).transpose()?;
    let platform = Platform::start(MANNERS).await?;
    let folder = options.scratch.join(format!("sends{job}"));
    let (house, target, mut console) =
        House::found(&options.server, &folder, database, &platform.base).await?;
    change_bot(&mut console, &json!({"most_answers_a_minute": 0})).await?;
    let menu = json!({"type": "menu", "head": MENU, "items": [{"id": "1", "text": "满意"}]});
    let rule = json!({
        "words": [WORD], "match": "contains_any", "answers": [menu], "answer_mode": "in_order", "priority": 0,
        "enabled": true,
    });
    console.post("/keywords", &rule).await?;
    let mut it = Job {
        house,
        platform,
        console,
        conversations: Vec::new(),
        next: 1 + 1_000_000 * job as u64,
        said: Vec::new(),
        asked: Vec::new(),
    };
    it.meet(&target).await?;
    let mut target = target;
    for _ in 0..runs {
        target = it.one(target).await?;
    }
    let complaints = it.end(target).await?;
    let acknowledged = it.said.len() + it.asked.len();
    std::fs::remove_dir_all(&folder).unwrap_or_default();
    let complaints = complaints.into_iter().map(|what| format!("job {job}: {what}")).collect();
    Ok(Tally { runs, killed: runs, acknowledged, complaints })
}

fn served(index: usize) -> String {
    format!("oServed{index:021}")
}

impl Job {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// A text of somebody, with an id of its own.
    fn text(&mut self, from: String, words: &str) -> Text {
        let id = 26_000_000_000_000_000 + self.number();
        Text { id, from, at: now_seconds(), text: words.to_owned() }
    }

    /// The customers to be served write for the first time; their conversations are found.
    async fn meet(&mut self, target: &Target) -> Result<()> {
        let mut connection = Connection::open(&target.address).await?;
        for index in 0..SERVED {
            let text = self.text(served(index), "你好");
            customer::push(&mut connection, &self.house.hook, &text).await?;
        }
        let open = stored::conversations(&self.house)?;
        self.conversations = (0..SERVED)
            .map(|it| open.get(&served(it)).cloned().ok_or("a customer has no conversation"))
            .collect::<std::result::Result<_, _>>()?;
        Ok(())
    }

    /// Talk, a kill in the middle of it, a restart, and everything unacknowledged once more.
    async fn one(&mut self, target: Target) -> Result<Target> {
        // The customers' next question opens the platform's window again.
        let mut connection = Connection::open(&target.address).await?;
        self.rest(Duration::from_millis(400)).await?;
        for index in 0..SERVED {
            let text = self.text(served(index), "还在吗");
            customer::push(&mut connection, &self.house.hook, &text).await?;
        }
        let (from_said, from_asked) = (self.said.len(), self.asked.len());
        for to in (0..SERVED).flat_map(|it| [it; ANSWERS]) {
            let number = self.number();
            let (key, words) = (format!("proof-send-{number:010}"), format!("答复 #{number}#"));
            self.said.push(Said { to, key, words, is_acknowledged: false });
        }
        for round in 0..4 {
            for bot in 0..BOTS {
                let text = self.text(format!("oBot{bot:024}"), &format!("我要{WORD} {round}"));
                self.asked.push(Asked { text, is_acknowledged: false });
            }
        }
        let (address, taken) = (target.address.clone(), self.platform.taken());
        let kill = async {
            let mut dice = rand::rng();
            if dice.random_bool(0.5) {
                tokio::time::sleep(Duration::from_micros(dice.random_range(500..150_000))).await;
            } else {
                // Just taken, not yet answered: the platform's next step is behind ours in this thread.
                let count = dice.random_range(1..12);
                self.platform.wait_for(taken + count, Duration::from_millis(800)).await;
            }
            target.kill();
        };
        let talk = talk(
            &address,
            &self.house.hook,
            &self.console,
            &self.conversations,
            &mut self.said[from_said..],
            &mut self.asked[from_asked..],
        );
        let ((), ()) = tokio::join!(kill, talk);
        let target = self.house.start()?;
        self.console = self.console.again(&target.address).await?;
        self.once_more(&target, from_said, from_asked).await?;
        Ok(target)
    }

    /// What was not acknowledged is asked for again: by the console under the same key, by the platform
    /// with the same message id.
    async fn once_more(&mut self, target: &Target, from_said: usize, from_asked: usize) -> Result<()> {
        for it in self.said[from_said..].iter_mut().filter(|it| !it.is_acknowledged) {
            let status = say(&mut self.console, &self.conversations[it.to], it).await?;
            if status != 201 {
                return Err(format!("{} was refused with {status} after the restart", it.words));
            }
        }
        let mut connection = Connection::open(&target.address).await?;
        for it in self.asked[from_asked..].iter_mut().filter(|it| !it.is_acknowledged) {
            customer::push(&mut connection, &self.house.hook, &it.text).await?;
            it.is_acknowledged = true;
        }
        Ok(())
    }

    /// Waits until nothing is on its way any more, for so long at most: what an earlier kill left eats the
    /// allowance of the next.
    async fn rest(&self, limit: Duration) -> Result<Vec<Part>> {
        let until = Instant::now() + limit;
        loop {
            let parts = stored::parts(&self.house)?;
            if !parts.iter().any(|it| is_under_way(&it.state)) || Instant::now() > until {
                return Ok(parts);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until nothing is on its way any more, and judges.
    async fn end(&mut self, target: Target) -> Result<Vec<String>> {
        self.platform.behave(Manners::GOOD);
        let parts = self.rest(Duration::from_secs(40)).await?;
        target.stop()?;
        let arrivals = self.platform.arrivals();
        let mut ends = BTreeMap::<(&str, &str), usize>::new();
        for it in &parts {
            *ends.entry((&it.state, &it.why)).or_default() += 1;
        }
        let ends: Vec<String> =
            ends.iter().map(|((state, why), count)| format!("{count} {state} {why}")).collect();
        println!(
            "  {} parts: {}; {} arrived",
            parts.len(),
            ends.join(", "),
            arrivals.values().sum::<usize>()
        );
        let mut expected = HashMap::<Arrival, usize>::new();
        for it in &self.said {
            *expected.entry(Arrival { to: served(it.to), words: it.words.clone() }).or_default() += 1;
        }
        for it in &self.asked {
            let arrival = Arrival { to: it.text.from.clone(), words: MENU.to_owned() };
            *expected.entry(arrival).or_default() += 1;
        }
        Ok(judge(&expected, &parts, &arrivals))
    }
}

fn is_under_way(state: &str) -> bool {
    matches!(state, "planned" | "sending")
}

/// Says one thing under its key; the status tells how it ended.
async fn say(console: &mut Console, conversation: &str, said: &mut Said) -> Result<u16> {
    let body = json!({"content": {"type": "text", "text": said.words}});
    let path = format!("/conversations/{conversation}/messages");
    let answer = console.post_once(&path, &said.key, &body).await?;
    said.is_acknowledged = answer.status == 201;
    Ok(answer.status)
}

/// People and bot customers talk at once, until all is said or the server is gone.
async fn talk(
    address: &str,
    hook: &str,
    console: &Console,
    conversations: &[String],
    said: &mut [Said],
    asked: &mut [Asked],
) {
    let mut work: Vec<std::pin::Pin<Box<dyn Future<Output = Result<()>> + '_>>> = Vec::new();
    for share in said.chunks_mut(ANSWERS) {
        work.push(Box::pin(async move {
            let mut console = console.again(address).await?;
            for it in share {
                say(&mut console, &conversations[it.to], it).await?;
            }
            Ok(())
        }));
    }
    for share in asked.chunks_mut(BOTS) {
        work.push(Box::pin(async move {
            let mut connection = Connection::open(address).await?;
            for it in share {
                customer::push(&mut connection, hook, &it.text).await?;
                it.is_acknowledged = true;
            }
            Ok(())
        }));
    }
    // A share ends with an error when the server is gone: what is left is unacknowledged.
    let mut rest = work;
    std::future::poll_fn(|context| {
        rest.retain_mut(|it| it.as_mut().poll(context).is_pending());
        if rest.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}
