//! What a question costs that only a big base can answer: never asked before, and asked again.

use std::rc::Rc;

use super::{Bench, CONNECTIONS, Plan, invented, measure, median, plan};
use crate::Result;
use crate::account::{Text, now_seconds};
use crate::load;
use crate::process::memory;
use crate::questions::Mix;
use crate::target::Target;

/// Questions of a round. Asked again, they must all still be in the server's memory of texts.
const ASKED: usize = 2_000;
/// Rounds: a measurement of a fifth of a second each would swing too much alone.
const ROUNDS: usize = 5;

impl Bench<'_> {
    /// By turns: keywords, questions nobody asked before, the same questions by others.
    pub(super) fn knowledge(&mut self) -> Result<()> {
        let file = self.options.scratch.join("invented.csv");
        std::fs::write(&file, invented::base())
            .map_err(|error| format!("cannot write {}: {error}", file.display()))?;
        let mut recipe = self.recipe("knowledge");
        recipe.knowledge = Some(file);
        let target = recipe.must_start()?;
        let (mut first, mut again, mut right, mut costs) = (Vec::new(), Vec::new(), 0, Vec::new());
        for round in 0..ROUNDS {
            let requests = self.requests(&target, Mix::Keywords, 8_000)?;
            let keyword = measure(&plan(&target.address, requests, false, 60.0, None), target.pid)?;
            let cold = self.ask(&target, round)?;
            let warm = self.ask(&target, round)?;
            right += cold.1;
            first.push(cold.0 / keyword.cpu);
            again.push(warm.0 / keyword.cpu);
            costs.push((keyword.cpu, cold.0, warm.0));
        }
        for (keyword, cold, warm) in costs {
            println!("  keyword {keyword:.0} us, question {cold:.0} us, asked again {warm:.0} us");
        }
        println!(
            "  base of {} entries: {:.1} MiB; {:.1} % of {} questions got the answer of their entry, the others \
             a list or the fallback",
            invented::ENTRIES,
            memory(target.pid)?.0,
            100.0 * right as f64 / (ASKED * ROUNDS) as f64,
            ASKED * ROUNDS
        );
        self.add("a knowledge question, of a keyword's time", median(&mut first), "x", (4.0, 2.0), false);
        self.add("the same question asked again", median(&mut again), "x", (1.3, 1.3), false);
        target.stop()
    }

    /// Asks a round's questions; the cost of one, and how many got the right answer.
    fn ask(&mut self, target: &Target, round: usize) -> Result<(f64, usize)> {
        let (texts, answers): (Vec<Text>, Vec<_>) = (0..ASKED)
            .map(|index| {
                let (text, answer) = invented::question(round * ASKED + index);
                let id = self.first + index as u64;
                let from = format!("oBench{:022}", id % super::PEOPLE);
                (Text { id, from, at: now_seconds(), text }, Some(answer))
            })
            .unzip();
        self.first += ASKED as u64;
        let requests = Rc::new(load::prepare(&target.path, &texts, &answers)?);
        let plan = Plan {
            any_reply: true,
            connections: CONNECTIONS,
            ..plan(&target.address, requests, false, 60.0, None)
        };
        let measured = measure(&plan, target.pid)?;
        Ok((measured.cpu, measured.found.answered - measured.found.other))
    }
}
