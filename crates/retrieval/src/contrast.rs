//! Sentences that look alike and mean different things, sought among those that are learnt from.

use std::collections::HashMap;

use crate::index::{Entry, Index};
use crate::learnt::{Lesson, groups};
use crate::normalise;

/// So many are taken for each sentence that is asked with.
const EACH: usize = 2;

/// They are drawn from so many that look most alike: the first ones alone would often mean the same without anybody having
/// said so.
const AMONG: usize = 20;

/// So many sentences are asked with, at most: each costs a search.
const MOST_ASKED: usize = 30_000;

/// For every other pair of one meaning, sentences of other groups that an index finds for it. What means the same by way
/// of others is of one group. The same lesson gives the same contrasts. `go_on` is told which share is done and gives it up
/// by saying no: then there are none.
#[must_use]
pub fn contrasts(lesson: &Lesson, go_on: &mut dyn FnMut(f32) -> bool) -> Vec<(String, String)> {
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut texts: Vec<&String> = Vec::new();
    let mut number = |text: &'_ String| -> (usize, bool) {
        let count = numbers.len();
        let at = *numbers.entry(normalise::question(text)).or_insert(count);
        (at, at == count)
    };
    let mut pairs = Vec::with_capacity(lesson.pairs.len());
    for (a, b) in &lesson.pairs {
        let [a, b] = [a, b].map(|it| {
            let (at, is_new) = number(it);
            if is_new {
                texts.push(it);
            }
            at
        });
        pairs.push((a, b));
    }
    for text in lesson.different.iter().flat_map(|it| [&it.0, &it.1]).chain(&lesson.texts) {
        if number(text).1 {
            texts.push(text);
        }
    }
    let group_of = groups(texts.len(), pairs.iter().copied());
    let mut entries: HashMap<usize, Entry> = HashMap::new();
    for (text, group) in texts.iter().zip(&group_of) {
        let entry = entries.entry(*group).or_insert(Entry { key: *group as i64, wordings: Vec::new() });
        entry.wordings.push((*text).clone());
    }
    let mut entries: Vec<Entry> = entries.into_values().collect();
    entries.sort_unstable_by_key(|it| it.key);
    let index = Index::build(&entries);
    let wording_of: HashMap<i64, &Entry> = entries.iter().map(|it| (it.key, it)).collect();
    let every = pairs.len().div_ceil(MOST_ASKED).max(2);
    let mut found = Vec::new();
    for (nth, (asked, _)) in pairs.iter().enumerate().step_by(every) {
        if !go_on(nth as f32 / pairs.len() as f32) {
            return Vec::new();
        }
        let own = group_of[*asked] as i64;
        let near: Vec<_> =
            index.search(texts[*asked], AMONG + 1).into_iter().filter(|it| it.entry != own).collect();
        // Drawn by number, not by chance: evenly over those that look alike.
        for draw in 0..EACH.min(near.len()) {
            let it = &near[(nth * 7 + draw * (near.len() / EACH).max(1)) % near.len()];
            if let Some(wording) = wording_of.get(&it.entry).and_then(|entry| entry.wordings.get(it.wording))
            {
                found.push((texts[*asked].clone(), wording.clone()));
            }
        }
    }
    found
}
