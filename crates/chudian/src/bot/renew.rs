//! The knowledge after an edit: what did not change stays, what did is put beside it.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use retrieval::{Change, Entry, Index};

use crate::base::id::Id;

use super::catalogue::Knowledge;
use super::lore::Lore;
use super::model::Known;

/// A wording list as one number: enough to see that an editor changed it. A chance of one in 10^19 that
/// a change is overlooked until the next one.
type Print = u64;

/// What the index was built from, by entry.
pub(super) type Prints = HashMap<i64, Print>;

impl Knowledge {
    /// Builds the index from entries and their similar questions.
    #[must_use]
    pub fn build(entries: Vec<(Known, Vec<String>)>) -> Self {
        Self::build_with(entries, Lore::default())
    }

    /// The same with a tenant's words, and with what was learnt.
    #[must_use]
    pub fn build_with(entries: Vec<(Known, Vec<String>)>, lore: Lore) -> Self {
        let wordings: Vec<Entry> = entries.iter().map(wordings).collect();
        let index = Index::build_with(&wordings, lore.language.clone(), lore.space.clone());
        Self::of(index, wordings.iter().map(print).collect(), entries, lore)
    }

    fn of(index: Index, prints: Prints, entries: Vec<(Known, Vec<String>)>, lore: Lore) -> Self {
        let has_shared = entries.iter().any(|(entry, _)| entry.is_shared);
        let places = entries.iter().filter_map(|(it, _)| Some((it.origin?, it.id))).collect();
        let entries = entries.into_iter().map(|(entry, _)| (entry.id.raw(), entry)).collect();
        Self { index, entries, prints: Arc::new(prints), lore, has_shared, places }
    }

    /// The knowledge with these entries instead. The index takes over what did not change: with 31,564 entries an edit
    /// costs it some two milliseconds instead of three tenths of a second. Only when many have changed since it was built is
    /// it built anew.
    #[must_use]
    pub fn renew(&self, entries: Vec<(Known, Vec<String>)>) -> Self {
        let (prints, changes) = self.differing(&entries);
        if self.prints.is_empty() || changes.len() > MOST_CHANGES {
            return Self::build_with(entries, self.lore.clone());
        }
        let index = if changes.is_empty() { self.index.clone() } else { self.index.with(&changes) };
        if index.is_ripe() {
            return Self::build_with(entries, self.lore.clone());
        }
        Self::of(index, prints, entries, self.lore.clone())
    }

    /// The same, never built anew for a few changes: whoever compares the two must see the changes and nothing else.
    #[must_use]
    pub fn beside(&self, entries: Vec<(Known, Vec<String>)>) -> Self {
        let (prints, changes) = self.differing(&entries);
        if self.prints.is_empty() || changes.len() > MOST_CHANGES {
            return Self::build_with(entries, self.lore.clone());
        }
        let index = if changes.is_empty() { self.index.clone() } else { self.index.with(&changes) };
        Self::of(index, prints, entries, self.lore.clone())
    }

    /// What the index was built from then, and what is to be changed in it.
    fn differing(&self, entries: &[(Known, Vec<String>)]) -> (Prints, Vec<Change>) {
        let mut prints = Prints::with_capacity(entries.len());
        let mut changes = Vec::new();
        for entry in entries {
            let entry = wordings(entry);
            let (key, print) = print(&entry);
            prints.insert(key, print);
            if self.prints.get(&key) != Some(&print) {
                changes.push(Change::Put(entry));
            }
        }
        let gone = self.prints.keys().filter(|it| !prints.contains_key(it));
        changes.extend(gone.map(|it| Change::Remove(*it)));
        (prints, changes)
    }
}

/// More changes at once are an import: building anew is the cheaper way.
const MOST_CHANGES: usize = 100;

fn wordings((entry, similar): &(Known, Vec<String>)) -> Entry {
    let wordings = std::iter::once(entry.question.clone()).chain(similar.iter().cloned()).collect();
    Entry { key: entry.id.raw(), wordings }
}

pub(super) fn print(entry: &Entry) -> (i64, Print) {
    let mut hasher = DefaultHasher::new();
    entry.wordings.hash(&mut hasher);
    (entry.key, hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::content::Content;
    use crate::base::id::EntryId;
    use crate::knowledge::model::{AnswerMode, Validity};

    fn entry(key: i64, question: &str, similar: &[&str]) -> (Known, Vec<String>) {
        let known = Known {
            id: EntryId(key),
            question: question.to_owned(),
            answers: vec![Content::text("…")],
            answer_mode: AnswerMode::InOrder,
            validity: Validity::default(),
            channel_answers: Vec::new(),
            related: Vec::new(),
            is_shared: false,
            origin: None,
        };
        (known, similar.iter().map(ToString::to_string).collect())
    }

    /// Enough entries that a few changes do not make it ripe.
    fn many() -> Vec<(Known, Vec<String>)> {
        (0..40).map(|it| entry(it, &format!("第{it}种业务怎么办理"), &[])).collect()
    }

    #[test]
    fn an_edit_is_found_and_what_it_replaced_is_not() {
        let before = Knowledge::build(many());
        let mut entries = many();
        entries[7] = entry(7, "宽带断网了怎么办", &["家里上不了网"]);
        entries.push(entry(99, "怎么开发票", &[]));
        entries.remove(3);
        let after = before.renew(entries);
        let first = |knowledge: &Knowledge, text: &str| {
            knowledge.index.search(text, 1).first().filter(|it| it.confidence == 1.0).map(|it| it.entry)
        };
        assert_eq!(first(&after, "家里上不了网"), Some(7));
        assert_eq!(first(&after, "怎么开发票"), Some(99));
        assert_eq!(first(&after, "第7种业务怎么办理"), None);
        assert_eq!(first(&after, "第3种业务怎么办理"), None);
        assert_eq!(first(&after, "第8种业务怎么办理"), Some(8));
        assert_eq!(first(&before, "第3种业务怎么办理"), Some(3));
    }
}
