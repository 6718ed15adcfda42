//! Instructions a turn: the same whatever else the machine does, so that a rise is seen.
//!
//! The server runs under callgrind twice, once answering a few messages and once many more; the
//! difference, divided by the messages, is what one turn takes, start and stop cancelled out.

use std::path::Path;
use std::process::Command;
use std::rc::Rc;
use std::sync::Arc;

use crate::Result;
use crate::account::Text;
use crate::bench::{Options, folder};
use crate::load::{self, Plan};
use crate::target::Recipe;

const FEW: usize = 100;
const MANY: usize = 600;
/// A rise that needs a reason.
const TOLERATED: f64 = 0.05;

/// Makes that many texts and their answers.
type Texts<'a> = dyn FnMut(usize) -> (Vec<Text>, Vec<Option<Arc<str>>>) + 'a;

pub(crate) fn instructions(options: &Options, texts: &mut Texts<'_>) -> Result<f64> {
    let few = count(options, FEW, texts)?;
    let many = count(options, MANY, texts)?;
    Ok((many - few) / (MANY - FEW) as f64)
}

fn count(options: &Options, messages: usize, texts: &mut Texts<'_>) -> Result<f64> {
    let data = folder(options, &format!("callgrind{messages}"))?;
    let output = options.scratch.join(format!("callgrind{messages}.out"));
    let wrapper = [
        "valgrind".to_owned(),
        "--tool=callgrind".to_owned(),
        "--quiet".to_owned(),
        format!("--callgrind-out-file={}", output.display()),
    ];
    let recipe = Recipe {
        server: options.server.clone(),
        data,
        rules: options.bench.join("rules.json"),
        knowledge: None,
        database: None,
        wrapper: wrapper.to_vec(),
        environment: Vec::new(),
    };
    let target = recipe.must_start()?;
    let (texts, answers) = texts(messages);
    let requests = Rc::new(load::prepare(&target.path, &texts, &answers)?);
    let plan = Plan {
        address: &target.address,
        connections: 1,
        requests,
        again: false,
        any_reply: false,
        seconds: 300.0,
        rate: None,
    };
    let found = load::run(&plan)?;
    if found.answered != messages {
        return Err(format!("only {} of {messages} were answered: {:?}", found.answered, found.first_wrong));
    }
    target.stop()?;
    let text = std::fs::read_to_string(&output)
        .map_err(|error| format!("cannot read {}: {error}", output.display()))?;
    let total =
        text.lines().find_map(|it| it.strip_prefix("totals: ").or_else(|| it.strip_prefix("summary: ")));
    total
        .and_then(|it| it.split_whitespace().next()?.parse().ok())
        .ok_or_else(|| format!("{} holds no total", output.display()))
}

/// Compares with the recorded figure. A rise of more than five in a hundred fails.
pub(crate) fn compare(record: &Path, now: f64) -> Result<()> {
    let text = std::fs::read_to_string(record).unwrap_or_default();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let Some(before) = value["instructions_per_turn"].as_f64() else {
        let line = format!("{{ \"instructions_per_turn\": {now:.0} }}");
        println!("no figure is recorded in {}; to record it, write {line} there", record.display());
        return Ok(());
    };
    println!("recorded: {before:.0} instructions a turn, now {:+.1} %", 100.0 * (now / before - 1.0));
    if now > before * (1.0 + TOLERATED) {
        return Err(
            "a turn takes over 5 % more instructions than recorded: mend it, or record it with the reason"
                .into(),
        );
    }
    Ok(())
}

/// Is valgrind there?
pub(crate) fn is_there() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|it| it.status.success())
}
