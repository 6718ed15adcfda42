//! Steps that are run one after the other, timed and reported; one that fails does not stop the next.

use std::time::{Duration, Instant};

use crate::Result;
use crate::workspace::Workspace;

/// How a step ended when it did not fail.
pub(crate) enum Verdict {
    Passed,
    /// It passed, but of these parts only at the second try: worth a look.
    Unsteady(String),
    /// It could not run here, and why. In CI that is a failure.
    Skipped(String),
}

/// One step.
pub(crate) struct Stage {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) run: fn(&Workspace) -> Result<Verdict>,
}

/// The list for `--help` and `--list`.
pub(crate) fn list(stages: &[Stage]) -> String {
    stages.iter().map(|it| format!("  {:<12}{}\n", it.name, it.about)).collect()
}

/// Runs the chosen stages (all, when none is named) and prints a table and a last plain line.
pub(crate) fn run(workspace: &Workspace, stages: &[Stage], chosen: &[String]) -> Result<()> {
    if let Some(unknown) = chosen.iter().find(|name| stages.iter().all(|it| it.name != name.as_str())) {
        return Err(format!("there is no stage `{unknown}`; there are:\n{}", list(stages)));
    }
    let begun = Instant::now();
    let mut lines = Vec::new();
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for stage in stages.iter().filter(|it| chosen.is_empty() || chosen.iter().any(|name| name == it.name)) {
        println!("\n=== {}: {}", stage.name, stage.about);
        let start = Instant::now();
        let outcome = match (stage.run)(workspace) {
            Ok(Verdict::Skipped(why)) if workspace.ci => Err(format!("skipped, which CI may not: {why}")),
            other => other,
        };
        let took = seconds(start.elapsed());
        let line = match outcome {
            Ok(Verdict::Passed) => {
                passed += 1;
                format!("passed   {took}  {}", stage.name)
            }
            Ok(Verdict::Unsteady(parts)) => {
                passed += 1;
                format!("passed   {took}  {}, UNSTEADY: only at the second try {parts}", stage.name)
            }
            Ok(Verdict::Skipped(why)) => {
                skipped += 1;
                format!("skipped  {took}  {}: {why}", stage.name)
            }
            Err(error) => {
                failed += 1;
                println!("{}: {error}", stage.name);
                format!("FAILED   {took}  {}: {}", stage.name, error.replace('\n', "\n      "))
            }
        };
        println!("--- {line}");
        lines.push(line);
    }
    println!("\nStages ({} in all)\n  {}\n", seconds(begun.elapsed()).trim(), lines.join("\n  "));
    println!("stages: {passed} passed, {failed} failed, {skipped} skipped");
    if failed == 0 { Ok(()) } else { Err(format!("{failed} of {} stages failed", lines.len())) }
}

fn seconds(time: Duration) -> String {
    format!("{:>7.1} s", time.as_secs_f64())
}
