//! Measures the matching on a folder of questions: `evaluate FOLDER [--scale] [--sample N] [--features FILE] [--learn PAIRS]`.
//!
//! The folder holds gzip files of one JSON object a line: `kb.jsonl.gz` (id, std, sim), `queries.jsonl.gz`
//! (text, gold), `oos.jsonl.gz` (text, kind: questions nobody wrote an answer for) and `noise.jsonl.gz`
//! (text, gold, variant); with `--scale` also `scale_extra.jsonl.gz`, more entries that answer nothing.
//! `--sample` keeps about N entries: a small company's base, whose near questions are those of the entries left out.
//! `--features` writes what the ranking saw, for fitting its coefficients.
#![expect(clippy::print_stdout, reason = "the report is the purpose of this program")]

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use flate2::read::GzDecoder;
use retrieval::learnt::{Effort, Lesson, Space};
use retrieval::{Candidate, Entry, Index, Language};
use serde::Deserialize;

#[derive(Deserialize)]
struct KbRow {
    id: String,
    std: String,
    #[serde(default)]
    sim: Vec<String>,
}

#[derive(Deserialize)]
struct QueryRow {
    text: String,
    #[serde(default)]
    gold: Vec<String>,
    #[serde(default)]
    domain: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    variant: String,
    #[serde(default)]
    base: String,
    #[serde(default)]
    qid: String,
}

/// Two questions of which somebody said whether they mean the same.
#[derive(Deserialize)]
struct PairRow {
    a: String,
    b: String,
    label: u8,
}

/// Learns from labelled pairs as from confirmed answers.
fn learn(entries: &[Entry], pairs: &[PairRow]) -> Option<Arc<Space>> {
    let both = |label: u8| {
        let of = pairs.iter().filter(move |it| it.label == label);
        of.map(|it| (it.a.clone(), it.b.clone())).collect::<Vec<_>>()
    };
    let mut lesson = Lesson::of_base(entries, &[]);
    lesson.pairs.extend(both(1));
    lesson.different.extend(both(0));
    let start = Instant::now();
    let space = Space::train(&lesson, Effort::default());
    let tokens = space.as_ref().map_or(0, Space::len);
    println!(
        "learnt {} pairs in {:.1} s; {tokens} tokens",
        lesson.pairs.len(),
        start.elapsed().as_secs_f64()
    );
    space.map(Arc::new)
}

fn rows<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<Vec<T>, Box<dyn Error>> {
    let lines = BufReader::new(GzDecoder::new(File::open(path)?)).lines();
    lines.map(|line| Ok(serde_json::from_str(&line?)?)).collect()
}

struct Asked {
    row: QueryRow,
    gold: Option<i64>,
    found: Vec<Candidate>,
}

impl Asked {
    fn rank(&self) -> Option<usize> {
        self.found.iter().position(|it| Some(it.entry) == self.gold)
    }

    fn is_right(&self) -> bool {
        self.rank() == Some(0)
    }

    fn confidence(&self) -> f32 {
        self.found.first().map_or(0.0, |it| it.confidence)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = PathBuf::from(
        arguments.first().ok_or("usage: evaluate FOLDER [--scale] [--sample N] [--features FILE]")?,
    );
    let mut knowledge: Vec<KbRow> = rows(&folder.join("kb.jsonl.gz"))?;
    if arguments.iter().any(|it| it == "--scale") {
        knowledge.extend(rows::<KbRow>(&folder.join("scale_extra.jsonl.gz"))?);
    }
    if let Some(size) = number_after(&arguments, "--sample") {
        let step = (knowledge.len() / size.max(1)).max(1);
        knowledge = knowledge.into_iter().step_by(step).collect();
    }
    let numbers: HashMap<String, i64> = knowledge.iter().map(|it| it.id.clone()).zip(0..).collect();
    let entries: Vec<Entry> = knowledge
        .into_iter()
        .zip(0..)
        .map(|(it, key)| Entry { key, wordings: std::iter::once(it.std).chain(it.sim).collect() })
        .collect();
    let before = resident_mib();
    retrieval::normalise::warm_up();
    retrieval::pinyin::warm_up();
    let tables = resident_mib();
    let space = match arguments.iter().position(|it| it == "--learn") {
        None => None,
        Some(at) => {
            let path = arguments.get(at + 1).ok_or("--learn needs a file of pairs")?;
            learn(&entries, &rows(Path::new(path))?)
        }
    };
    let start = Instant::now();
    let index = Index::build_with(&entries, Language::common(), space);
    println!(
        "{} entries, {} wordings; built in {:.0} ms; tables {:.1} MiB, index {:.1} MiB",
        entries.len(),
        index.len(),
        start.elapsed().as_secs_f64() * 1e3,
        tables - before,
        resident_mib() - tables
    );

    let ask = |file: &str| -> Result<Vec<Asked>, Box<dyn Error>> {
        let asked = rows::<QueryRow>(&folder.join(file))?.into_iter();
        Ok(asked
            .map(|row| Asked {
                gold: row.gold.first().and_then(|it| numbers.get(it).copied()),
                found: index.search(&row.text, retrieval::index::POOL),
                row,
            })
            .collect())
    };
    let (queries, unanswered): (Vec<Asked>, Vec<Asked>) =
        ask("queries.jsonl.gz")?.into_iter().partition(|it| it.gold.is_some());
    let mut outside = ask("oos.jsonl.gz")?;
    if !unanswered.is_empty() {
        // In a small base the questions of the entries left out are the near ones.
        outside.retain(|it| it.row.kind != "near");
        outside.extend(unanswered);
        outside.iter_mut().filter(|it| it.row.kind.is_empty()).for_each(|it| it.row.kind = "near".to_owned());
    }
    let mut noise = ask("noise.jsonl.gz")?;
    noise.retain(|it| it.gold.is_some());
    report_ranks(&queries);
    report_noise(&queries, &noise);
    report_stream(&queries, &outside);
    report_speed(&index, &queries);
    if let Some(at) = arguments.iter().position(|it| it == "--features") {
        let path = arguments.get(at + 1).ok_or("--features needs a file")?;
        write_features(path, [("query", &queries), ("outside", &outside), ("noise", &noise)])?;
    }
    Ok(())
}

fn number_after(arguments: &[String], name: &str) -> Option<usize> {
    let at = arguments.iter().position(|it| it == name)?;
    arguments.get(at + 1)?.parse().ok()
}

fn rate(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn report_ranks(queries: &[Asked]) {
    let line = |name: &str, of: &[&Asked]| {
        let within =
            |limit| rate(of.iter().filter(|it| it.rank().is_some_and(|at| at < limit)).count(), of.len());
        let reciprocal: f64 =
            of.iter().filter_map(|it| it.rank()).filter(|at| *at < 10).map(|at| 1.0 / (at + 1) as f64).sum();
        println!(
            "{name:8} R@1 {:.4}  R@10 {:.4}  R@50 {:.4}  MRR@10 {:.4}  ({})",
            within(1),
            within(10),
            within(50),
            reciprocal / of.len().max(1) as f64,
            of.len()
        );
    };
    let mut domains: BTreeMap<&str, Vec<&Asked>> = BTreeMap::new();
    for it in queries {
        domains.entry(&it.row.domain).or_default().push(it);
    }
    line("all", &queries.iter().collect::<Vec<_>>());
    for (domain, of) in domains {
        line(domain, &of);
    }
}

fn report_noise(queries: &[Asked], noise: &[Asked]) {
    let clean: HashMap<&str, bool> = queries.iter().map(|it| (it.row.qid.as_str(), it.is_right())).collect();
    let mut variants: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    for it in noise {
        let sums = variants.entry(&it.row.variant).or_default();
        sums.0 += usize::from(it.is_right());
        sums.1 += usize::from(clean.get(it.row.base.as_str()).copied().unwrap_or_default());
        sums.2 += 1;
    }
    for (variant, (right, clean, all)) in variants {
        println!("{variant:11} R@1 {:.3}  kept {:.3}", rate(right, all), rate(right, clean));
    }
}

/// A stream of 80 % questions with an answer and 10 % of each kind without one.
fn report_stream(queries: &[Asked], outside: &[Asked]) {
    let kinds = |kind: &str| outside.iter().filter(|it| it.row.kind == kind).collect::<Vec<_>>();
    let (near, far) = (kinds("near"), kinds("far"));
    let at = |threshold: f32| {
        let answered = queries.iter().filter(|it| it.confidence() >= threshold);
        let right = answered.clone().filter(|it| it.is_right()).count();
        let over =
            |of: &[&Asked]| rate(of.iter().filter(|it| it.confidence() >= threshold).count(), of.len());
        let coverage = rate(answered.count(), queries.len());
        let correct = 0.8 * rate(right, queries.len());
        let all = 0.8 * coverage + 0.1 * over(&near) + 0.1 * over(&far);
        (coverage, if all > 0.0 { correct / all } else { 1.0 }, over(&near), over(&far))
    };
    let mut thresholds: Vec<f32> = queries.iter().map(Asked::confidence).collect();
    thresholds.sort_by(f32::total_cmp);
    let chosen = thresholds.into_iter().find(|it| at(*it).1 >= 0.95).unwrap_or(1.0);
    for threshold in [chosen, 0.5, 0.8, 0.9, 0.95] {
        let (coverage, precision, near, far) = at(threshold);
        println!(
            "threshold {threshold:.3}: coverage {coverage:.3} precision {precision:.3} false near {near:.3} far {far:.3}"
        );
    }
    let mut bins = [(0.0_f64, 0.0_f64, 0.0_f64); 10];
    let weighted = queries.iter().map(|it| (it, 0.8 / queries.len() as f64));
    let weighted = weighted.chain(near.iter().map(|it| (*it, 0.1 / near.len() as f64)));
    for (it, weight) in weighted.chain(far.iter().map(|it| (*it, 0.1 / far.len() as f64))) {
        let bin = &mut bins[((it.confidence() * 10.0) as usize).min(9)];
        bin.0 += weight * f64::from(it.confidence());
        bin.1 += weight * f64::from(u8::from(it.is_right()));
        bin.2 += weight;
    }
    let error: f64 = bins.iter().map(|it| (it.0 - it.1).abs()).sum();
    println!("calibration error {error:.4}");
}

fn report_speed(index: &Index, queries: &[Asked]) {
    let mut micros: Vec<f64> = Vec::with_capacity(queries.len() * 5);
    let cpu = cpu_nanos();
    for it in queries.iter().cycle().take(queries.len() * 5) {
        let start = Instant::now();
        std::hint::black_box(index.search(&it.row.text, 10));
        micros.push(start.elapsed().as_secs_f64() * 1e6);
    }
    let mean = (cpu_nanos() - cpu) / 1e3 / micros.len() as f64;
    micros.sort_by(f64::total_cmp);
    println!(
        "a question: CPU mean {mean:.1} us; wall p50 {:.1} us, p99 {:.1} us",
        micros[micros.len() / 2],
        micros[micros.len() * 99 / 100]
    );
}

/// This thread's time on a processor, as Linux tells it; 0 elsewhere.
fn cpu_nanos() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|it| it.parse().ok()).unwrap_or_default()
}

fn resident_mib() -> f64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|it| it.parse::<f64>().ok()).unwrap_or_default() * 4096.0 / 1048576.0
}

fn write_features(path: &str, groups: [(&str, &Vec<Asked>); 3]) -> Result<(), Box<dyn Error>> {
    let mut file = BufWriter::new(File::create(path)?);
    for (group, asked) in groups {
        for it in asked {
            let candidates: Vec<_> = it
                .found
                .iter()
                .map(|found| {
                    let values: Vec<f32> = found.why.points.iter().map(|(_, value, _)| *value).collect();
                    serde_json::json!({"right": Some(found.entry) == it.gold, "values": values, "standing": found.why.standing.iter().map(|it| it.1).collect::<Vec<_>>(), "confidence": found.confidence})
                })
                .collect();
            let row = serde_json::json!({
                "group": group, "gold": it.row.gold, "kind": it.row.kind, "variant": it.row.variant, "domain": it.row.domain, "candidates": candidates,
            });
            writeln!(file, "{row}")?;
        }
    }
    Ok(())
}
