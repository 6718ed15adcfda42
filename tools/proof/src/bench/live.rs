//! Live screens of agents: what an idle one holds, how fast news goes to many, and how long a
//! customer's message takes to a screen.
//!
//! Issue 2 sets no goals here; those printed are the project's own, judged on a machine that others
//! share. The yardstick is a bare WebSocket of the same framework that broadcasts a constant text.

use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{Bare, Bench, Plan, median, plan};
use crate::account::{Text, now_seconds};
use crate::connection::Connection;
use crate::console::Console;
use crate::house::{House, change_bot};
use crate::load::{self, Ready};
use crate::platform::{Manners, Platform};
use crate::process::{cpu_seconds, memory};
use crate::screens::Screens;
use crate::target::Target;
use crate::{Result, customer, runtime};

/// Screens of the fan-out.
const SCREENS: usize = 1_000;
/// Windows of one person; the server allows thirty.
const WINDOWS: usize = 30;
/// Messages of a burst.
const BURST: usize = 300;
/// Customers whose messages are watched for on the screen.
const PROBES: usize = 20;
const FALLBACK: &str = "这个问题还没有学会，请换一种说法。";

impl Bench<'_> {
    pub(super) fn live(&mut self) -> Result<()> {
        check_files(self.options.screens.max(SCREENS))?;
        let runtime = runtime()?;
        let folder = self.options.scratch.join("live");
        let platform = Platform::in_background(Manners::GOOD)?;
        let (house, target, mut console) =
            runtime.block_on(House::found(&self.options.server, &folder, None, &platform.base))?;
        let more = self.options.screens.saturating_sub(SCREENS);
        let cookies = runtime.block_on(async {
            let fallback = json!([{"type": "text", "text": FALLBACK}]);
            change_bot(&mut console, &json!({"fallback": fallback, "most_answers_a_minute": 0})).await?;
            sessions(&mut console, &target.address, (SCREENS + more).div_ceil(WINDOWS)).await
        })?;
        let cookie = |index: usize| cookies[index / WINDOWS].clone();
        // Everybody is known before anything is measured.
        self.tell(&house, &target, BURST)?;
        std::thread::sleep(Duration::from_secs(1));

        let team = Screens::open(&target.address, "/api/v1/live", (0..PROBES).map(cookie).collect())?;
        let rate = self.closed_rate(&house, &target)? / 2.0;
        self.latency(&house, &target, &team, rate, &format!("{PROBES} screens, {rate:.0} callbacks/s"))?;
        drop(team);
        std::thread::sleep(Duration::from_secs(1));

        let before = memory(target.pid)?.0;
        let screens = Screens::open(&target.address, "/api/v1/live", (0..SCREENS).map(cookie).collect())?;
        std::thread::sleep(Duration::from_secs(3));
        let each = (memory(target.pid)?.0 - before) * 1024.0 / SCREENS as f64;
        let idle = cpu_seconds(target.pid)?;
        std::thread::sleep(Duration::from_secs(4));
        let idle = (cpu_seconds(target.pid)? - idle) / 4.0 * 100.0;
        println!("  {SCREENS} idle screens: {each:.1} KiB each, {idle:.1} % of a processor");
        let rate = self.fan_out(&house, &target, &screens)?;
        let what = format!("{SCREENS} screens, {rate:.0} callbacks/s");
        let late = self.latency(&house, &target, &screens, rate, &what)?;
        self.note("p99 from callback to 1,000 screens", late, "ms", (150.0, 60.0), false);
        if screens.closed() > 0 {
            return Err(format!("{} of {SCREENS} screens were closed", screens.closed()));
        }
        let each = if more > 0 {
            let before = memory(target.pid)?.0;
            let rest = (SCREENS..SCREENS + more).map(cookie).collect();
            let rest = Screens::open(&target.address, "/api/v1/live", rest)?;
            std::thread::sleep(Duration::from_secs(3));
            let now = memory(target.pid)?.0;
            println!("  {} screens: {now:.0} MiB in all", SCREENS + rest.count);
            (now - before) * 1024.0 / more as f64
        } else {
            each
        };
        self.note("memory of an idle screen", each, "KiB", (12.0, 8.0), false);
        drop(screens);
        target.stop()
    }

    /// Messages of known customers; all of them are answered by the fallback.
    fn messages(&mut self, house: &House, count: usize) -> Result<Rc<Vec<Ready>>> {
        let first = self.first;
        self.first += count as u64;
        let text = |index: u64| Text {
            id: first + index,
            from: format!("oLive{:023}", index % BURST as u64),
            at: now_seconds(),
            text: format!("今天天气真好 {index}"),
        };
        let texts: Vec<Text> = (0..count as u64).map(text).collect();
        let answers = vec![Some(FALLBACK.into()); count];
        load::prepare(&house.hook, &texts, &answers).map(Rc::new)
    }

    fn tell(&mut self, house: &House, target: &Target, count: usize) -> Result<()> {
        let requests = self.messages(house, count)?;
        let plan = Plan { connections: 64, ..plan(&target.address, requests, false, 60.0, None) };
        super::whole(&load::run(&plan)?)
    }

    /// Callbacks a second, as fast as they are answered.
    fn closed_rate(&mut self, house: &House, target: &Target) -> Result<f64> {
        let requests = self.messages(house, 30_000)?;
        let plan = Plan { connections: 64, ..plan(&target.address, requests, false, 2.0, None) };
        let found = load::run(&plan)?;
        super::whole(&found)?;
        std::thread::sleep(Duration::from_secs(2));
        Ok(found.rate())
    }

    /// A burst to all screens, ours and the yardstick's by turns. Gives half the callbacks a second that
    /// the screens can follow.
    fn fan_out(&mut self, house: &House, target: &Target, screens: &Screens) -> Result<f64> {
        let bare = Bare::start()?;
        let others = Screens::open(&bare.address, "/live", vec![String::new(); SCREENS])?;
        let (mut rates, mut costs, mut own) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..3 {
            let (rate, cost) = burst(&others, bare.pid, || fan(&bare.address))?;
            let (own_rate, own_cost) = burst(screens, target.pid, || self.tell(house, target, BURST))?;
            println!(
                "  fan-out: yardstick {:.0} k frames/s {cost:.2} us | server {:.0} k frames/s {own_cost:.2} us",
                rate / 1e3,
                own_rate / 1e3
            );
            rates.push(100.0 * own_rate / rate);
            costs.push(own_cost / cost);
            own.push(own_rate);
        }
        self.note(
            "frames a second to 1,000 screens, of a bare socket",
            median(&mut rates),
            "%",
            (40.0, 70.0),
            true,
        );
        self.note("processor time a frame, of a bare socket's", median(&mut costs), "x", (2.5, 1.5), false);
        Ok(median(&mut own) / SCREENS as f64 / 2.0)
    }

    /// From the moment a callback is sent to the moment a screen has the news, under a constant rate of
    /// others' callbacks; prints p50 and p99 in milliseconds and gives the p99.
    fn latency(
        &mut self,
        house: &House,
        target: &Target,
        screens: &Screens,
        rate: f64,
        what: &str,
    ) -> Result<f64> {
        let seconds = self.options.seconds.max(2.0);
        let runtime = runtime()?;
        let mut connection = runtime.block_on(Connection::open(&target.address))?;
        let mut probe = |bench: &mut Self, index: usize| -> Result<Instant> {
            bench.first += 1;
            let from = format!("oLiveProbe{index:018}");
            let text = Text { id: bench.first, from, at: now_seconds(), text: "你好呀".into() };
            let sent = Instant::now();
            runtime.block_on(customer::push(&mut connection, &house.hook, &text))?;
            Ok(sent)
        };
        // One by one, so that each probe's thread is known by being the only news.
        let mut threads = HashMap::new();
        for index in 0..PROBES {
            screens.heard();
            probe(self, index)?;
            let until = Instant::now() + Duration::from_secs(5);
            while !threads.contains_key(&index) && Instant::now() < until {
                std::thread::sleep(Duration::from_millis(5));
                if let Some(heard) = screens.heard().into_iter().last() {
                    threads.insert(index, heard.thread);
                }
            }
        }
        if threads.len() < PROBES {
            return Err("a screen did not hear of a probe".into());
        }
        let others = self.messages(house, (rate * seconds) as usize + 1)?;
        let requests: Vec<Ready> = Rc::into_inner(others).unwrap_or_default();
        let address = target.address.clone();
        let load = std::thread::spawn(move || {
            let plan =
                Plan { connections: 64, ..plan(&address, Rc::new(requests), false, seconds, Some(rate)) };
            load::run(&plan)
        });
        let mut sent = Vec::new();
        for index in (0..PROBES).cycle() {
            if load.is_finished() {
                break;
            }
            sent.push((index, probe(self, index)?));
            std::thread::sleep(Duration::from_millis(10));
        }
        super::whole(&load.join().map_err(|_| "the load broke down")??)?;
        std::thread::sleep(Duration::from_secs(1));
        let mut heard = HashMap::<String, std::collections::VecDeque<Instant>>::new();
        for it in screens.heard() {
            heard.entry(it.thread).or_default().push_back(it.at);
        }
        // Each probe's news come in the order of its messages.
        let mut latencies: Vec<f64> = Vec::new();
        let mut missed = 0;
        for (index, at) in sent {
            match heard.get_mut(&threads[&index]).and_then(std::collections::VecDeque::pop_front) {
                Some(there) => latencies.push(there.saturating_duration_since(at).as_secs_f64() * 1e3),
                None => missed += 1,
            }
        }
        if missed > 0 {
            return Err(format!("{missed} messages never came to the screen"));
        }
        latencies.sort_by(f64::total_cmp);
        let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize];
        println!("  callback to screen, {what}: p50 {:.1} ms, p99 {:.1} ms", at(0.5), at(0.99));
        Ok(at(0.99))
    }
}

/// Every screen is an open file here and one in the server, which has the same limit.
fn check_files(screens: usize) -> Result<()> {
    let text = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = text.lines().find_map(|it| it.strip_prefix("Max open files")).unwrap_or_default();
    let soft = line.split_whitespace().next().and_then(|it| it.parse::<usize>().ok());
    let wanted = screens + 500;
    match soft {
        Some(soft) if soft < wanted => Err(format!(
            "{screens} live screens want {wanted} open files, the limit is {soft}: raise it with `ulimit -n {wanted}`, \
             or leave the screens out with --no-live"
        )),
        _ => Ok(()),
    }
}

/// What a burst came to: frames a second, and microseconds of processor time a frame.
fn burst(screens: &Screens, pid: u32, begin: impl FnOnce() -> Result<()>) -> Result<(f64, f64)> {
    let (before, cpu, begun) = (screens.frames(), cpu_seconds(pid)?, Instant::now());
    let wanted = BURST * screens.count;
    begin()?;
    let last = screens.wait_for(before + wanted, Duration::from_secs(60));
    let frames = screens.frames() - before;
    if frames < wanted {
        return Err(format!("{frames} of {wanted} frames arrived"));
    }
    let seconds = last.saturating_duration_since(begun).as_secs_f64().max(1e-6);
    Ok((frames as f64 / seconds, (cpu_seconds(pid)? - cpu) * 1e6 / frames as f64))
}

/// Tells the yardstick to send its burst.
fn fan(address: &str) -> Result<()> {
    runtime()?.block_on(async {
        let body = BURST.to_string();
        let length = body.len();
        let request =
            format!("POST /fan HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n\r\n{body}");
        let answer = Connection::open(address).await?.send(request.as_bytes()).await?;
        if answer.status == 200 { Ok(()) } else { Err(format!("the yardstick said {}", answer.body)) }
    })
}

/// Agents, made and logged in: their cookies.
async fn sessions(console: &mut Console, address: &str, count: usize) -> Result<Vec<String>> {
    const PASSWORD: &str = "a long proof password 27";
    let mut cookies = Vec::with_capacity(count);
    for index in 0..count {
        let login = format!("screen-{index:04}");
        let user = json!({"login": login, "name": login, "role": "agent", "password": PASSWORD});
        console.post("/users", &user).await?;
        let mut agent = Console::open(address).await?;
        agent.log_in("/session", &json!({"login": login, "password": PASSWORD})).await?;
        cookies.push(agent.cookie().to_owned());
    }
    Ok(cookies)
}
