//! The set: JSON lines, plain or gzip.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::Result;

/// One entry of the base.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) std: String,
    #[serde(default)]
    pub(crate) sim: Vec<String>,
    #[serde(default)]
    pub(crate) answer: Option<String>,
}

/// One question somebody asked.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Question {
    pub(crate) text: String,
    /// The entries that answer it.
    #[serde(default)]
    pub(crate) gold: Vec<String>,
    #[serde(default)]
    pub(crate) domain: String,
    /// `near` or `far`, of questions that nothing answers.
    #[serde(default)]
    pub(crate) kind: String,
    /// How a noisy copy was made, and of which question.
    #[serde(default)]
    pub(crate) variant: String,
    #[serde(default)]
    pub(crate) base: String,
    #[serde(default)]
    pub(crate) qid: String,
}

/// Two questions of which somebody said whether they mean the same.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Pair {
    pub(crate) a: String,
    pub(crate) b: String,
    /// 1: they do.
    pub(crate) label: u8,
}

/// All that a directory holds.
#[derive(Debug)]
pub(crate) struct Set {
    pub(crate) entries: Vec<Entry>,
    pub(crate) queries: Vec<Question>,
    pub(crate) outside: Option<Vec<Question>>,
    pub(crate) noise: Option<Vec<Question>>,
    pub(crate) more_entries: Option<Vec<Entry>>,
}

impl Set {
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let needed = |name: &str| format!("{}: no {name}.jsonl or {name}.jsonl.gz", folder.display());
        Ok(Self {
            entries: rows(folder, "kb")?.ok_or_else(|| needed("kb"))?,
            queries: rows(folder, "queries")?.ok_or_else(|| needed("queries"))?,
            outside: rows(folder, "oos")?,
            noise: rows(folder, "noise")?,
            more_entries: rows(folder, "scale_extra")?,
        })
    }
}

/// The rows of `NAME.jsonl` or `NAME.jsonl.gz`; `None` if there is neither.
fn rows<T: DeserializeOwned>(folder: &Path, name: &str) -> Result<Option<Vec<T>>> {
    let plain = folder.join(format!("{name}.jsonl"));
    let packed = folder.join(format!("{name}.jsonl.gz"));
    let path = if plain.exists() { plain } else { packed };
    if path.exists() { read(&path).map(Some) } else { Ok(None) }
}

/// The rows of a file, unpacked if its name ends so.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let failed = |error: std::io::Error| format!("cannot read {}: {error}", path.display());
    let file = BufReader::new(File::open(path).map_err(failed)?);
    let mut text = String::new();
    if path.extension().is_some_and(|it| it == "gz") {
        GzDecoder::new(file).read_to_string(&mut text).map_err(failed)?;
    } else {
        { file }.read_to_string(&mut text).map_err(failed)?;
    }
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| {
            serde_json::from_str(line)
                .map_err(|error| format!("{} line {}: {error}", path.display(), index + 1))
        })
        .collect()
}
