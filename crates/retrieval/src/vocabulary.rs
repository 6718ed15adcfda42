//! Numbers for what occurs in a base, and lists of numbers end to end.

use std::collections::HashMap;

use crate::units::Unit;

/// Lists of numbers end to end, with their starts.
#[derive(Debug, Default)]
pub(crate) struct Lists<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T: Copy> Lists<T> {
    pub(crate) fn get(&self, at: usize) -> &[T] {
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(&start), Some(&end)) => &self.items[start as usize..end as usize],
            _ => &[],
        }
    }

    pub(crate) fn push(&mut self, items: impl IntoIterator<Item = T>) {
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        self.items.extend(items);
        self.starts.push(count(self.items.len()));
    }

    pub(crate) fn shrink(&mut self) {
        self.starts.shrink_to_fit();
        self.items.shrink_to_fit();
    }
}

/// Groups (key, document) pairs by key, keys 0..count.
pub(crate) fn postings(count: usize, pairs: &[(u32, u32)]) -> Lists<u32> {
    let mut starts = vec![0_u32; count + 1];
    for (key, _) in pairs {
        starts[*key as usize + 1] += 1;
    }
    for at in 0..count {
        starts[at + 1] += starts[at];
    }
    let mut next = starts.clone();
    let mut items = vec![0; pairs.len()];
    for (key, document) in pairs {
        let place = &mut next[*key as usize];
        items[*place as usize] = *document;
        *place += 1;
    }
    Lists { starts, items }
}

/// Numbers for the units that occur in a base.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    characters: HashMap<char, u32>,
    runs: HashMap<Box<str>, u32>,
}

impl Vocabulary {
    pub(crate) fn find(&self, unit: Unit<'_>) -> Option<u32> {
        match unit {
            Unit::Character(c) => self.characters.get(&c).copied(),
            Unit::Run(run) => self.runs.get(run).copied(),
        }
    }

    pub(crate) fn find_or_add(&mut self, unit: Unit<'_>) -> u32 {
        let next = count(self.len());
        match unit {
            Unit::Character(c) => *self.characters.entry(c).or_insert(next),
            Unit::Run(run) => match self.runs.get(run) {
                Some(found) => *found,
                None => *self.runs.entry(run.into()).or_insert(next),
            },
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.characters.len() + self.runs.len()
    }

    /// Every unit with its number, in no order.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Unit<'_>, u32)> {
        let characters = self.characters.iter().map(|(c, number)| (Unit::Character(*c), *number));
        characters.chain(self.runs.iter().map(|(run, number)| (Unit::Run(run), *number)))
    }
}

/// A length as a number of a table; no table here comes near the end of the range.
pub(crate) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The items sorted, each once.
pub(crate) fn distinct<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = items.collect();
    all.sort_unstable();
    all.dedup();
    all
}
