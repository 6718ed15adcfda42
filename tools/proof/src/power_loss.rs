//! Power loss: one run of the real server is traced, then the disk is taken away at random moments.
//!
//! Each image holds what was flushed by then and any part of the rest (`disk`). SQLite opens it as it
//! would after a real loss; every message whose answer had left by then must be in it. The control
//! runs with `synchronous = normal`: if nothing is lost there, the proof is blind.

use std::path::{Path, PathBuf};

use rand::RngExt as _;

use crate::customer::{self, Ledger};
use crate::disk::{Disk, Loss};
use crate::stored;
use crate::target::{Recipe, fresh};
use crate::trace::{self, Event};
use crate::{Result, runtime};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The `chudian` program
    #[arg(long)]
    server: PathBuf,
    /// Images to make
    #[arg(long, default_value_t = 500)]
    images: usize,
    /// Messages in the traced run
    #[arg(long, default_value_t = 150)]
    messages: usize,
    /// Where the files go
    #[arg(long)]
    scratch: PathBuf,
    /// How many of the images the server itself is started on
    #[arg(long, default_value_t = 5)]
    restarts: usize,
}

/// Events until the first page and an empty log are safe, and some more.
const FIRST_STEPS: usize = 20;

/// What was found in the images of one run.
#[derive(Debug, Default)]
struct Found {
    images: usize,
    losing: usize,
    corrupt: usize,
    first: Option<String>,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    fresh(&options.scratch)?;
    let full = record(options, "full", &[])?;
    let found = lose(options, &full, options.images)?;
    println!(
        "synchronous=full: {} images, {} lost an acknowledged message, {} corrupt",
        found.images, found.losing, found.corrupt
    );
    restart(options, &full)?;
    let unsafe_settings = [("CHUDIAN__DATABASE__SYNCHRONOUS", "normal"), ("CHUDIAN_TEST_UNSAFE", "1")];
    let normal = record(options, "normal", &unsafe_settings)?;
    let control = lose(options, &normal, options.images / 5)?;
    println!(
        "synchronous=normal (the control): {} images, {} lost an acknowledged message, {} corrupt",
        control.images, control.losing, control.corrupt
    );
    if let Some(first) = found.first {
        return Err(format!("a power loss loses what was acknowledged: {first}"));
    }
    if control.losing == 0 {
        return Err("the control lost nothing: the proof is blind".into());
    }
    Ok(())
}

/// A traced run.
struct Recording {
    recipe: Recipe,
    events: Vec<Event>,
    ledger: Ledger,
}

fn record(options: &Options, name: &str, settings: &[(&str, &str)]) -> Result<Recording> {
    let data = options.scratch.join(name);
    fresh(&data)?;
    let data = data.canonicalize().map_err(|error| format!("{}: {error}", data.display()))?;
    let rules = options.scratch.join("rules.json");
    std::fs::write(&rules, customer::rules().to_string())
        .map_err(|error| format!("cannot write the rules: {error}"))?;
    let environment =
        settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let mut recipe = Recipe {
        server: options.server.clone(),
        data,
        rules,
        knowledge: None,
        database: None,
        wrapper: Vec::new(),
        environment,
    };
    let plain = recipe.clone();
    let database = stored::sqlite_file(&recipe.data);
    let output = options.scratch.join(format!("{name}.strace"));
    // The rollback journal guards the first page, before there is a log; the folder is flushed for their names.
    let mut files = vec![recipe.data.display().to_string()];
    files.extend(["", "-wal", "-journal"].map(|it| format!("{}{it}", database.display())));
    recipe.wrapper = trace::arguments(&files, &output.display().to_string());

    let target = recipe.must_start()?;
    let mut ledger = Ledger::default();
    runtime()?.block_on(ledger.write(&target.address, &target.path, options.messages));
    target.kill();
    if ledger.answered.len() != options.messages {
        return Err(format!("only {} of {} messages were answered", ledger.answered.len(), options.messages));
    }
    let text = std::fs::read_to_string(&output)
        .map_err(|error| format!("cannot read {}: {error}", output.display()))?;
    Ok(Recording { recipe: plain, events: trace::read(&text)?, ledger })
}

/// Takes the power at `count` random moments.
fn lose(options: &Options, recording: &Recording, count: usize) -> Result<Found> {
    if recording.events.is_empty() {
        return Err("the trace holds nothing: no file was written".into());
    }
    let mut moments: Vec<usize> =
        (0..count).map(|_| rand::rng().random_range(0..recording.events.len().max(1))).collect();
    // The file's first page is written once and by other means than all that follows: each moment of it.
    moments.extend((0..FIRST_STEPS * 6).map(|it| it % FIRST_STEPS.min(recording.events.len())));
    moments.sort_unstable();
    let mut disk = Disk::default();
    let mut found = Found::default();
    let mut played = 0;
    for (number, moment) in moments.into_iter().enumerate() {
        for event in &recording.events[played..moment] {
            disk.play(event);
        }
        played = moment;
        let now = recording.events[moment].at;
        let loss = [Loss::All, Loss::Torn, Loss::Prefix][number % 3];
        let folder = options.scratch.join("image");
        lay(&folder, &disk, loss)?;
        let promised: Vec<_> = recording
            .ledger
            .sent
            .iter()
            .filter(|text| recording.ledger.at.get(&text.id).is_some_and(|at| *at < now))
            .collect();
        found.images += 1;
        match stored::missing(&folder, &promised) {
            Ok(missing) if missing.is_empty() => {}
            Ok(missing) => {
                found.losing += 1;
                found.first.get_or_insert(format!(
                    "{loss:?} at event {moment}: {} of {} acknowledged are gone",
                    missing.len(),
                    promised.len()
                ));
            }
            Err(error) => {
                found.corrupt += 1;
                found.first.get_or_insert(format!("{loss:?} at event {moment}: {error}"));
            }
        }
    }
    Ok(found)
}

/// Writes the files of an image into an empty folder.
fn lay(folder: &Path, disk: &Disk, loss: Loss) -> Result<()> {
    fresh(folder)?;
    for (name, content) in disk.lose_power(loss) {
        let Some(name) = Path::new(&name).file_name() else { continue };
        let path = folder.join(name);
        std::fs::write(&path, content)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    Ok(())
}

/// Starts the server itself on a few images and pushes everything again.
fn restart(options: &Options, recording: &Recording) -> Result<()> {
    for number in 0..options.restarts {
        let moment = recording.events.len() * (number + 1) / options.restarts.max(1);
        let mut disk = Disk::default();
        for event in &recording.events[..moment] {
            disk.play(event);
        }
        let mut recipe = recording.recipe.clone();
        recipe.data = options.scratch.join("restart");
        lay(&recipe.data, &disk, Loss::Torn)?;
        // The key lies outside the data folder, on a disk that lost nothing.
        let keys = [recording.recipe.data.with_extension("key"), recipe.data.with_extension("key")];
        std::fs::copy(&keys[0], &keys[1]).map_err(|error| format!("cannot copy the key: {error}"))?;
        let target = recipe.must_start()?;
        let now = recording.events.get(moment).map_or(f64::MAX, |it| it.at);
        let mut ledger = Ledger { sent: recording.ledger.sent.clone(), ..Ledger::default() };
        for (id, at) in &recording.ledger.at {
            if *at < now {
                ledger.answered.insert(*id, recording.ledger.answered[id].clone());
            }
        }
        let mut complaints = runtime()?.block_on(ledger.repeat(&target.address, &target.path))?;
        target.stop()?;
        complaints.extend(stored::judge(&recipe, &ledger)?);
        if let Some(first) = complaints.first() {
            return Err(format!("started on an image, the server is wrong: {first}"));
        }
    }
    println!(
        "the server itself was started on {} images and answered everything as before",
        options.restarts
    );
    Ok(())
}
