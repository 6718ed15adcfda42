//! Finds wordings that another entry would answer. Pure.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use retrieval::{Change, Index};

/// From this score on, another entry's wording is looked at closely.
const WORTH_A_LOOK: f32 = 0.6;

/// So many entries are compared with one wording.
const LOOKED_AT: usize = 4;

/// Two entries with nearly the same wording.
#[derive(Debug, Clone, PartialEq)]
pub struct Twin {
    /// The smaller key.
    pub one: i64,
    /// The other.
    pub other: i64,
    /// A wording of the one.
    pub one_wording: String,
    /// The wording of the other that is nearly the same.
    pub other_wording: String,
    /// How surely the one's wording would be answered with the other, 0 to 1.
    pub confidence: f32,
}

/// Searches with every wording of every entry for another entry that would answer it, from the confidence `enough`
/// on, if its own were not there. `wordings` are the entries with their wordings as the index knows them. Each pair
/// is told once, with its surest wordings, the surest pair first.
#[must_use]
pub fn twins(
    index: &Index,
    wordings: &[(i64, Vec<String>)],
    enough: f32,
    done: &AtomicUsize,
    is_over: impl Fn() -> bool,
) -> Vec<Twin> {
    let by_key: HashMap<i64, &[String]> = wordings.iter().map(|(key, all)| (*key, all.as_slice())).collect();
    let mut found: HashMap<(i64, i64), Twin> = HashMap::new();
    for (key, all) in wordings {
        if is_over() {
            break;
        }
        // Without the entry itself; made only for the few that need it.
        let mut others: Option<Index> = None;
        for wording in all {
            done.fetch_add(1, Ordering::Relaxed);
            let is_near = index
                .search(wording, LOOKED_AT)
                .iter()
                .any(|it| it.entry != *key && it.score >= WORTH_A_LOOK);
            if !is_near {
                continue;
            }
            let others = others.get_or_insert_with(|| index.with(&[Change::Remove(*key)]));
            let best = others.search(wording, 1).into_iter().next().filter(|it| it.confidence >= enough);
            let Some(best) = best else { continue };
            let Some(theirs) = by_key.get(&best.entry).and_then(|it| it.get(best.wording)) else { continue };
            let pair = (*key.min(&best.entry), *key.max(&best.entry));
            let (one_wording, other_wording) =
                if *key == pair.0 { (wording, theirs) } else { (theirs, wording) };
            let twin = Twin {
                one: pair.0,
                other: pair.1,
                one_wording: one_wording.clone(),
                other_wording: other_wording.clone(),
                confidence: best.confidence,
            };
            let known = found.entry(pair).or_insert_with(|| twin.clone());
            if twin.confidence > known.confidence {
                *known = twin;
            }
        }
    }
    let mut found: Vec<Twin> = found.into_values().collect();
    found.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then((a.one, a.other).cmp(&(b.one, b.other))));
    found
}

#[cfg(test)]
mod tests {
    use retrieval::Entry;

    use super::*;

    fn base(entries: &[(i64, &[&str])]) -> (Index, Vec<(i64, Vec<String>)>) {
        let wordings: Vec<(i64, Vec<String>)> =
            entries.iter().map(|(key, all)| (*key, all.iter().map(ToString::to_string).collect())).collect();
        let entries: Vec<Entry> =
            wordings.iter().map(|(key, all)| Entry { key: *key, wordings: all.clone() }).collect();
        (Index::build(&entries), wordings)
    }

    #[test]
    fn the_same_question_in_two_entries_is_found_once_and_different_ones_are_not() {
        let (index, wordings) = base(&[
            (1, &["怎么查询话费余额", "账单在哪里看"]),
            (2, &["怎么开发票"]),
            (3, &["如何查询话费余额", "怎么查询话费余额？"]),
            (4, &["宽带断网了怎么办"]),
            (5, &["携号转网怎么办理"]),
            (6, &["停机了怎么复机"]),
        ]);
        let done = AtomicUsize::new(0);
        let found = twins(&index, &wordings, 0.87, &done, || false);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].one, found[0].other, found[0].confidence), (1, 3, 1.0));
        assert_eq!(found[0].one_wording, "怎么查询话费余额");
        assert_eq!(done.load(Ordering::Relaxed), 8);
        assert_eq!(twins(&index, &wordings, 0.87, &done, || true), []);
    }
}
