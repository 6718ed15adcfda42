//! Yardstick and server by turns: throughput, processor time, latency.

use std::rc::Rc;

use super::{Bare, Bench, Measured, PEOPLE, measure, median, plan};
use crate::Result;
use crate::load::{self, Ready};
use crate::process::memory;
use crate::questions::Mix;
use crate::target::Target;

/// What the rounds found at half the rate.
#[derive(Default)]
struct Latency {
    ratios: Vec<f64>,
    milliseconds: Vec<f64>,
    others: Vec<f64>,
}

impl Latency {
    fn add(&mut self, bare: &Measured, own: &Measured) {
        let own_p99 = own.found.latency(0.99);
        self.ratios.push(own_p99 / bare.found.latency(0.99));
        self.milliseconds.push(own_p99);
        self.others.push(own.others);
    }
}

impl Bench<'_> {
    /// Yardstick and server by turns, so that both meet the same neighbours on the machine.
    pub(super) fn rounds(&mut self, target: &Target) -> Result<()> {
        let bare = Bare::start()?;
        let constant: Vec<Ready> = {
            let (texts, _) = self.texts(Mix::Everyday, 20_000, PEOPLE);
            load::prepare("/hook", &texts, &vec![None; texts.len()])?
        };
        let constant = Rc::new(constant);
        let (mut rates, mut costs, mut latency) = (Vec::new(), Vec::new(), Latency::default());
        let seconds = self.options.seconds;
        let mut expected = 12_000.0;
        for round in 1..=self.options.rounds {
            let n = measure(&plan(&bare.address, constant.clone(), true, seconds, None), bare.pid)?;
            let half = Some(n.found.rate() / 2.0);
            let n_open = measure(&plan(&bare.address, constant.clone(), true, seconds, half), bare.pid)?;
            let requests = self.requests(target, Mix::Everyday, (expected * seconds * 1.6) as usize)?;
            let own = measure(&plan(&target.address, requests, false, seconds, None), target.pid)?;
            expected = own.found.rate();
            let half = own.found.rate() / 2.0;
            let requests = self.requests(target, Mix::Everyday, (half * seconds) as usize + 1)?;
            let own_open = measure(&plan(&target.address, requests, false, seconds, Some(half)), target.pid)?;
            println!(
                "round {round}: N {:.0}/s {:.1} us p99 {:.2} ms | server {:.0}/s {:.1} us p50 {:.2} p99 {:.2} ms | \
                 others {:.2} processors",
                n.found.rate(),
                n.cpu,
                n_open.found.latency(0.99),
                own.found.rate(),
                own.cpu,
                own_open.found.latency(0.5),
                own_open.found.latency(0.99),
                own_open.others,
            );
            rates.push(100.0 * own.found.rate() / n.found.rate());
            costs.push(own.cpu / n.cpu);
            latency.add(&n_open, &own_open);
        }
        self.add("durable answers a second, of N", median(&mut rates), "%", (10.0, 16.0), true);
        self.add("processor time a durable turn, of N's", median(&mut costs), "x", (10.0, 6.0), false);
        self.judge(latency);
        self.add("memory, highest under load", memory(target.pid)?.1, "MiB", (150.0, 150.0), false);
        Ok(())
    }

    /// The goal is a ratio: the yardstick waits for a processor as long as the server does, whoever else is on the
    /// machine. It flushes nothing, though: where nobody else is there and the disk is slow, the ratio grows with the
    /// disk's time. How long that is, and which share the neighbours took, stands beside it.
    fn judge(&mut self, mut latency: Latency) {
        self.add("p99 at half its own rate, of N's", median(&mut latency.ratios), "x", (5.0, 3.0), false);
        self.note("p99 at half its own rate", median(&mut latency.milliseconds), "ms", (15.0, 6.0), false);
        println!("  taken by neighbours meanwhile: {:.2} processors", median(&mut latency.others));
    }
}
