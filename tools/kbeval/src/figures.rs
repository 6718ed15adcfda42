//! From what was found to figures.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};

use crate::data::{Question, Set};
use crate::house::{Asked, Base, Found};

/// The share of each kind of question in a real stream: most have an answer in the base.
const ANSWERABLE: f64 = 0.8;
const NEAR: f64 = 0.1;
const FAR: f64 = 0.1;

/// How many bins of confidence the calibration error has.
const BINS: usize = 10;

/// The line of JSON. Ranks and confidences are those of the base itself, speed and memory those of `measured`.
pub(crate) fn line(set: &Set, base: (&Base, &Asked), measured: (&Base, &Asked), is_scale: bool) -> Value {
    let (base, asked) = base;
    let threshold = base.threshold;
    let (near, far) = outside(set, asked);
    let stream = Stream { queries: &asked.queries, near: &near, far: &far };
    let ranks = Ranks::of(asked.queries.iter());
    let mut micros: Vec<f64> = measured.1.all().map(|it| it.micros).collect();
    micros.sort_by(f64::total_cmp);
    let scale = is_scale.then(|| {
        let ranks = Ranks::of(measured.1.queries.iter());
        json!({"entries": measured.0.entries(), "r_at_1": ranks.first, "r_at_10": ranks.ten})
    });
    let has_outside = asked.outside.is_some();
    let only = |value: f64| if has_outside { json!(rounded(value)) } else { Value::Null };
    let at_95 = stream.at_precision(0.95).map(|threshold| {
        let over = |of: &[Found]| rounded(share(of, threshold));
        let coverage = over(&asked.queries);
        json!({"threshold": threshold, "coverage": coverage, "false_near": over(&near), "false_far": over(&far)})
    });
    let only_some = |value: Option<Value>| value.filter(|_| has_outside).unwrap_or(Value::Null);
    json!({
        "r_at_1": ranks.first,
        "r_at_10": ranks.ten,
        "mrr_at_10": ranks.reciprocal,
        "threshold": rounded(threshold),
        "precision": only(stream.precision(threshold)),
        "coverage": rounded(share(&asked.queries, threshold)),
        "false_near": only(share(&near, threshold)),
        "false_far": only(share(&far, threshold)),
        "calibration_error": only(stream.calibration_error()),
        "at_95": only_some(at_95),
        "domains": domains(set, asked),
        "noise": noise(set, asked),
        "cpu_p50_ms": rounded(percentile(&micros, 50) / 1e3),
        "cpu_p99_ms": rounded(percentile(&micros, 99) / 1e3),
        "build_s": rounded(measured.0.build_seconds),
        "memory_mb": rounded(measured.0.memory_mib),
        "scale": scale,
    })
}

/// Figures by domain and by threshold, for people.
pub(crate) fn details(set: &Set, asked: &Asked) -> String {
    let mut text = String::new();
    for (domain, of) in by_domain(set, asked) {
        let ranks = Ranks::of(of.iter().copied());
        text.push_str(&format!(
            "{domain:8} R@1 {:.4}  R@10 {:.4}  MRR@10 {:.4}  ({})\n",
            ranks.first,
            ranks.ten,
            ranks.reciprocal,
            of.len()
        ));
    }
    let (near, far) = outside(set, asked);
    let stream = Stream { queries: &asked.queries, near: &near, far: &far };
    for threshold in [0.3, 0.5, 0.7, 0.8, 0.9, 0.95] {
        text.push_str(&format!(
            "from {threshold:.2}: coverage {:.3}  precision {:.3}  false near {:.3}  far {:.3}\n",
            share(&asked.queries, threshold),
            stream.precision(threshold),
            share(&near, threshold),
            share(&far, threshold)
        ));
    }
    text
}

fn by_domain<'a>(set: &'a Set, asked: &'a Asked) -> BTreeMap<&'a str, Vec<&'a Found>> {
    let mut domains: BTreeMap<&str, Vec<&Found>> = BTreeMap::new();
    for (question, found) in set.queries.iter().zip(&asked.queries) {
        domains.entry(&question.domain).or_default().push(found);
    }
    domains
}

/// Rank figures by domain.
fn domains(set: &Set, asked: &Asked) -> Value {
    let values = by_domain(set, asked).into_iter().map(|(domain, of)| {
        let ranks = Ranks::of(of.iter().copied());
        let (first, ten, reciprocal) = (ranks.first, ranks.ten, ranks.reciprocal);
        let value = json!({"queries": of.len(), "r_at_1": first, "r_at_10": ten, "mrr_at_10": reciprocal});
        (domain.to_owned(), value)
    });
    Value::Object(values.collect::<Map<_, _>>())
}

impl Asked {
    fn all(&self) -> impl Iterator<Item = &Found> {
        self.queries.iter().chain(self.outside.iter().flatten()).chain(self.noise.iter().flatten())
    }
}

struct Ranks {
    first: f64,
    ten: f64,
    reciprocal: f64,
}

impl Ranks {
    fn of<'a>(found: impl Iterator<Item = &'a Found>) -> Self {
        let (mut all, mut first, mut ten, mut reciprocal) = (0_usize, 0_usize, 0_usize, 0.0);
        for it in found {
            all += 1;
            if let Some(rank) = it.rank.filter(|it| *it < 10) {
                first += usize::from(rank == 0);
                ten += 1;
                reciprocal += 1.0 / (rank + 1) as f64;
            }
        }
        Self {
            first: rounded(rate(first, all)),
            ten: rounded(rate(ten, all)),
            reciprocal: rounded(reciprocal / all.max(1) as f64),
        }
    }
}

/// The mix in which questions come.
struct Stream<'a> {
    queries: &'a [Found],
    near: &'a [Found],
    far: &'a [Found],
}

impl Stream<'_> {
    /// Of all answers from `threshold` on, the share of right ones.
    fn precision(&self, threshold: f64) -> f64 {
        let right = self.queries.iter().filter(|it| it.confidence >= threshold && it.is_right()).count();
        let right = ANSWERABLE * rate(right, self.queries.len());
        let all = ANSWERABLE * share(self.queries, threshold)
            + NEAR * share(self.near, threshold)
            + FAR * share(self.far, threshold);
        if all > 0.0 { right / all } else { 1.0 }
    }

    /// The least threshold from which the answers are right so often, read off the questions themselves: what a perfect
    /// choice of the threshold would give.
    fn at_precision(&self, wanted: f64) -> Option<f64> {
        (0..=100).map(|it| f64::from(it) / 100.0).find(|it| self.precision(*it) >= wanted)
    }

    /// The mean distance between what is promised and what is kept.
    fn calibration_error(&self) -> f64 {
        let mut bins = [0.0_f64; BINS];
        for (of, weight) in [(self.queries, ANSWERABLE), (self.near, NEAR), (self.far, FAR)] {
            for it in of {
                let bin = ((it.confidence * BINS as f64) as usize).min(BINS - 1);
                let kept = f64::from(u8::from(it.is_right()));
                bins[bin] += (it.confidence - kept) * weight / of.len() as f64;
            }
        }
        bins.iter().map(|it| it.abs()).sum()
    }
}

impl Found {
    fn is_right(&self) -> bool {
        self.rank == Some(0)
    }
}

fn outside(set: &Set, asked: &Asked) -> (Vec<Found>, Vec<Found>) {
    let questions = set.outside.as_deref().unwrap_or_default();
    let found = asked.outside.as_deref().unwrap_or_default();
    let of = |kind: &str| {
        let both = questions.iter().zip(found);
        both.filter(|(it, _)| it.kind == kind).map(|(_, found)| *found).collect::<Vec<_>>()
    };
    (of("near"), of("far"))
}

/// By variant: the share of right first answers, and that share against the same questions without noise.
fn noise(set: &Set, asked: &Asked) -> Value {
    let (Some(questions), Some(found)) = (&set.noise, &asked.noise) else { return Value::Null };
    let clean: HashMap<&str, bool> = set
        .queries
        .iter()
        .zip(&asked.queries)
        .map(|(it, found)| (it.qid.as_str(), found.is_right()))
        .collect();
    let was_right = |it: &Question| clean.get(it.base.as_str()).copied().unwrap_or_default();
    let mut variants: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    for (question, found) in questions.iter().zip(found) {
        let sums = variants.entry(&question.variant).or_default();
        sums.0 += usize::from(found.is_right());
        sums.1 += usize::from(was_right(question));
        sums.2 += 1;
    }
    let values = variants.into_iter().map(|(variant, (right, clean, all))| {
        let value = json!({"r_at_1": rounded(rate(right, all)), "kept": rounded(rate(right, clean))});
        (variant.to_owned(), value)
    });
    Value::Object(values.collect::<Map<_, _>>())
}

fn share(of: &[Found], threshold: f64) -> f64 {
    rate(of.iter().filter(|it| it.confidence >= threshold).count(), of.len())
}

pub(crate) fn rate(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn percentile(sorted: &[f64], percent: usize) -> f64 {
    sorted
        .get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1)))
        .copied()
        .unwrap_or_default()
}

/// Four digits: more would be noise.
pub(crate) fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rank: Option<usize>, confidence: f64) -> Found {
        Found { rank, confidence, micros: 1.0 }
    }

    #[test]
    fn ranks_and_streams_are_counted() {
        let queries = [found(Some(0), 0.9), found(Some(1), 0.9), found(None, 0.1), found(Some(0), 0.2)];
        let ranks = Ranks::of(queries.iter());
        assert_eq!((ranks.first, ranks.ten, ranks.reciprocal), (0.5, 0.75, 0.625));
        let (near, far) = ([found(None, 0.95), found(None, 0.3)], [found(None, 0.0)]);
        let stream = Stream { queries: &queries, near: &near, far: &far };
        // Answered: half of the queries, one right, and half of the near ones.
        assert!((stream.precision(0.5) - 0.2 / 0.45).abs() < 1e-9);
        assert!(stream.calibration_error() > 0.0);
        assert_eq!(stream.at_precision(0.5), Some(0.11));
        let sure = [found(Some(0), 1.0)];
        assert_eq!(Stream { queries: &sure, near: &[], far: &[] }.calibration_error(), 0.0);
    }

    #[test]
    fn percentiles_of_little_are_bounded() {
        assert_eq!(percentile(&[], 99), 0.0);
        assert_eq!(percentile(&[1.0, 2.0], 99), 2.0);
    }
}
