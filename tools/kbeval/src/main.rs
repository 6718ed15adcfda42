//! Measures the matching of the product on a directory of questions: `cargo xtask kb-eval DIR`.
//!
//! The directory holds JSON lines, plain or gzip: `kb` (`id`, `std`, `sim`, `answer`), `queries` (`qid`, `text`,
//! `gold`, `domain`), `oos` (`text`, `kind` `near` or `far`: what no entry answers), `noise` (`text`, `gold`,
//! `variant`, `base`) and `scale_extra` (more entries that answer nothing). Whatever is missing gives `null`.
//!
//! Everything goes the product's way: the base is imported as a table by the console's importer into a
//! temporary database, the bot's catalogue is loaded from there, and every question is looked up as a
//! message is. With pairs or a model the base goes through a training as by night, trial and all, and answers with
//! what came of it. The threshold is the one that the product reads off the base (`retrieval::tuning`); nothing is
//! tuned on the questions. Standard output gets one line of JSON, standard error the figures by domain.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks by printing")]

mod ablations;
mod data;
mod figures;
mod house;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// Every failure is a sentence for people.
type Result<T> = std::result::Result<T, String>;

#[derive(Debug, Parser)]
#[command(about = "Measures the matching of the product on a directory of questions")]
struct Options {
    /// Directory with kb, queries and, if there, oos, noise and scale_extra (.jsonl or .jsonl.gz)
    folder: PathBuf,
    /// Where the temporary database goes; emptied before and after
    #[arg(long)]
    scratch: PathBuf,
    /// Leave out the big base of `scale_extra`; speed and memory are then those of `kb` alone
    #[arg(long)]
    no_scale: bool,
    /// Labelled pairs to learn from (.jsonl or .jsonl.gz: a, b, label 1 or 0), as from confirmed answers
    #[arg(long)]
    learn: Option<PathBuf>,
    /// Folder of the local sentence encoder (`cargo xtask fetch-model FOLDER`): measures with it turned on, after it has
    /// learnt what the base (and `--learn`) teaches
    #[arg(long)]
    model: Option<PathBuf>,
    /// Also tells what each group of features is worth: ranks by domain with its points taken away, the others as they
    /// are (key `ablations`)
    #[arg(long)]
    ablations: bool,
}

/// The allocator of the server, so that memory and speed are the server's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let options = Options::parse();
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("no asynchronous runtime: {error}"))
        .and_then(|runtime| runtime.block_on(measure(&options)));
    // Nothing of the set may stay behind.
    std::fs::remove_dir_all(&options.scratch).unwrap_or_default();
    match outcome {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("kb-eval: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(options: &Options) -> Result<serde_json::Value> {
    let set = data::Set::read(&options.folder)?;
    // A relative folder would be meant from the data folder.
    let model = options.model.as_deref().map(std::path::absolute).transpose().map_err(|it| it.to_string())?;
    let house = house::House::open(&options.scratch, model.as_deref()).await?;
    let pairs = options.learn.as_deref().map(data::read::<data::Pair>).transpose()?;
    let prepare = async |name: &str, entries: &[data::Entry]| {
        let mut base = house.import(name, entries).await?;
        if model.is_some() {
            house.choose_model(&base).await?;
        }
        if pairs.is_some() || model.is_some() {
            base = house.learn(base, pairs.as_deref().unwrap_or_default()).await?;
        }
        if model.is_some() {
            base = house.with_model(base).await?;
        }
        Result::Ok(base)
    };
    let base = prepare("base", &set.entries).await?;
    let asked = house.ask_all(&base, &set).await;
    eprint!("{}", figures::details(&set, &asked));
    let ablations = match options.ablations {
        true => Some(ablations::line(&set, &house.ablate(&base, &set, ablations::GROUPS).await)),
        false => None,
    };
    let scale = match &set.more_entries {
        Some(more) if !options.no_scale => {
            let entries: Vec<data::Entry> = set.entries.iter().chain(more).cloned().collect();
            let big = prepare("scale", &entries).await?;
            let asked = house.ask_all(&big, &set).await;
            Some((big, asked))
        }
        _ => None,
    };
    let measured = scale.as_ref().map_or((&base, &asked), |(base, asked)| (base, asked));
    let mut line = figures::line(&set, (&base, &asked), measured, scale.is_some());
    if let Some(ablations) = ablations {
        line["ablations"] = ablations;
    }
    Ok(line)
}
