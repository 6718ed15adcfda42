//! What a group of words is, and which ones are acceptable. Pure.

use std::collections::{HashMap, HashSet};

use retrieval::{Language, normalise};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::id::{UserId, WordGroupId};
use crate::base::time::Time;
use crate::base::{Error, Result};

/// How many groups and names a tenant may have.
pub const MOST_GROUPS: usize = 5_000;

/// How many words a group may have.
pub const MOST_WORDS: usize = 20;

/// The longest word, in characters.
pub const LONGEST_WORD: usize = 20;

/// What a group says of its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WordKind {
    /// They mean the same; all are compared as the first.
    Synonyms,
    /// The word is a name: no synonym may touch a part of it.
    Protected,
}

impl WordKind {
    /// Its name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Synonyms => "synonyms",
            Self::Protected => "protected",
        }
    }

    /// Reads what [`WordKind::name`] wrote.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        if name == "protected" { Self::Protected } else { Self::Synonyms }
    }
}

/// A group of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordGroup {
    /// Its key.
    pub id: WordGroupId,
    /// What it says of its words.
    pub kind: WordKind,
    /// Two or more of one meaning, or one name.
    pub words: Vec<String>,
    /// How often it was written.
    pub version: i64,
    /// When.
    pub updated_at: Time,
    /// By whom; none when a program did it.
    pub updated_by: Option<UserId>,
}

/// Trims what was typed, and refuses words that cannot be compared.
///
/// # Errors
/// `Invalid`, with the place of the word.
pub fn tidy(kind: WordKind, words: &[String]) -> Result<Vec<String>> {
    let mut seen: HashMap<String, String> = HashMap::new();
    let mut tidied = Vec::with_capacity(words.len());
    for (word, nth) in words.iter().zip(1..) {
        let word = word.split_whitespace().collect::<Vec<_>>().join(" ");
        if word.is_empty() {
            continue;
        }
        let field = format!("words[{nth}]");
        let bad = |code: &'static str, message: String| {
            Err(Error::invalid(code, message.clone()).field(field.clone(), message))
        };
        let form = normalise::question(&word);
        if form.is_empty() {
            let why = format!("nothing of “{word}” is compared: it is only politeness or signs");
            return bad("words.nothing", why);
        }
        if form.chars().count() < 2 {
            return bad(
                "words.short",
                format!("“{word}” is too short: it stands inside of many other words"),
            );
        }
        if word.chars().count() > LONGEST_WORD {
            return bad("words.long", format!("a word has at most {LONGEST_WORD} characters"));
        }
        if let Some(twin) = seen.insert(form, word.clone()) {
            return bad("words.same", format!("“{word}” and “{twin}” are the same word to the matching"));
        }
        tidied.push(word);
    }
    check_count(kind, tidied.len())?;
    Ok(tidied)
}

fn check_count(kind: WordKind, count: usize) -> Result<()> {
    let message = match kind {
        WordKind::Synonyms if count < 2 => "a group needs two words of one meaning at least".to_owned(),
        WordKind::Synonyms if count > MOST_WORDS => format!("a group takes at most {MOST_WORDS} words"),
        WordKind::Protected if count != 1 => "write one name".to_owned(),
        _ => return Ok(()),
    };
    Err(Error::invalid("words.count", message.clone()).field("words", message))
}

/// All groups of a tenant, to be found by a word.
#[derive(Debug, Default)]
pub struct Book {
    groups: Vec<WordGroup>,
    place_of: HashMap<String, usize>,
}

impl Book {
    /// From all groups.
    #[must_use]
    pub fn new(groups: Vec<WordGroup>) -> Self {
        let mut book = Self::default();
        groups.into_iter().for_each(|it| book.put(it));
        book
    }

    /// How many groups there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.groups.len()
    }

    /// All of them.
    #[must_use]
    pub fn into_groups(self) -> Vec<WordGroup> {
        self.groups
    }

    /// The group with this key.
    #[must_use]
    pub fn get(&self, id: WordGroupId) -> Option<&WordGroup> {
        self.groups.iter().find(|it| it.id == id)
    }

    /// The group in which a word stands.
    #[must_use]
    pub fn group_of(&self, word: &str) -> Option<&WordGroup> {
        self.groups.get(*self.place_of.get(&normalise::question(word))?)
    }

    /// Adds a group, or writes it over the one with its key.
    pub fn put(&mut self, group: WordGroup) {
        let place = self.groups.iter().position(|it| it.id == group.id).unwrap_or(self.groups.len());
        let forms = group.words.iter().map(|it| (normalise::question(it), place));
        self.place_of.extend(forms);
        if place == self.groups.len() {
            self.groups.push(group);
        } else {
            self.groups[place] = group;
        }
    }

    /// Refuses a word that stands elsewhere already; `id` is the group that is being written.
    ///
    /// # Errors
    /// `Conflict`, with the group in which it stands.
    pub fn check(&self, id: Option<WordGroupId>, words: &[String]) -> Result<()> {
        for (word, nth) in words.iter().zip(1..) {
            let Some(group) = self.group_of(word).filter(|it| Some(it.id) != id) else { continue };
            let place = match group.kind {
                WordKind::Synonyms => format!("stands in the group {} already", group.words.join("、")),
                WordKind::Protected => "is a protected name already".to_owned(),
            };
            let error = Error::conflict("words.taken", format!("“{word}” {place}"));
            return Err(error.field(format!("words[{nth}]"), place));
        }
        Ok(())
    }
}

/// The language in which a base with these words is compared.
#[must_use]
pub fn language(groups: &[WordGroup]) -> Language {
    if groups.is_empty() {
        return Language::common();
    }
    let names: Vec<String> =
        groups.iter().filter(|it| it.kind == WordKind::Protected).flat_map(|it| it.words.clone()).collect();
    let protected: HashSet<String> = names.iter().map(|it| normalise::question(it)).collect();
    let common = Language::common();
    let mut merged: Vec<Vec<String>> = Vec::new();
    let mut place_of: HashMap<String, usize> = HashMap::new();
    for group in groups.iter().filter(|it| it.kind == WordKind::Synonyms) {
        let mut words = group.words.clone();
        // 还贷 = 家还 takes along 还钱 = 还贷.
        let shared = group.words.iter().filter_map(|it| common.form_of(it));
        words.extend(shared.filter(|it| !protected.contains(*it)).map(ToOwned::to_owned));
        let forms: Vec<String> = words.iter().map(|it| normalise::question(it)).collect();
        let place = forms.iter().find_map(|it| place_of.get(it).copied()).unwrap_or(merged.len());
        if place == merged.len() {
            merged.push(Vec::new());
        }
        for (word, form) in words.into_iter().zip(forms) {
            match place_of.insert(form, place) {
                // Two groups that meet by way of the common words are one.
                Some(other) if other != place => {
                    let moved = std::mem::take(&mut merged[other]);
                    for it in &moved {
                        place_of.insert(normalise::question(it), place);
                    }
                    merged[place].extend(moved);
                }
                Some(_) => {}
                None => merged[place].push(word),
            }
        }
    }
    Language::new(&merged, &names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(id: i64, kind: WordKind, words: &[&str]) -> WordGroup {
        WordGroup {
            id: WordGroupId(id),
            kind,
            words: words.iter().map(ToString::to_string).collect(),
            version: 1,
            updated_at: Time(0),
            updated_by: None,
        }
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        let check = |kind: WordKind, words: &[&str], expected: Result<Vec<&str>, &str>| {
            let words: Vec<String> = words.iter().map(ToString::to_string).collect();
            let found = tidy(kind, &words);
            let found =
                found.as_ref().map(|it| it.iter().map(String::as_str).collect()).map_err(|it| it.code);
            assert_eq!(found, expected, "{words:?}");
        };
        use WordKind::{Protected, Synonyms};
        check(Synonyms, &[" 亲情网 ", "", "家庭号"], Ok(vec!["亲情网", "家庭号"]));
        check(Synonyms, &["亲情网"], Err("words.count"));
        check(Synonyms, &["还款", "還款"], Err("words.same"));
        check(Synonyms, &["还款", "？！"], Err("words.nothing"));
        check(Synonyms, &["还款", "还"], Err("words.short"));
        check(Synonyms, &["还款", "一二三四五六七八九十一二三四五六七八九十一"], Err("words.long"));
        check(Protected, &["如何家园"], Ok(vec!["如何家园"]));
        check(Protected, &["如何家园", "怎么样"], Err("words.count"));
    }

    #[test]
    fn a_word_stands_in_one_place_only() {
        let book = Book::new(vec![
            group(1, WordKind::Synonyms, &["亲情网", "家庭号"]),
            group(2, WordKind::Protected, &["如何家园"]),
        ]);
        let check = |id: Option<i64>, words: &[&str], clashes: bool| {
            let words: Vec<String> = words.iter().map(ToString::to_string).collect();
            let found = book.check(id.map(WordGroupId), &words);
            assert_eq!(found.is_err(), clashes, "{words:?}");
        };
        check(None, &["彩铃", "铃音"], false);
        check(None, &["彩铃", "家庭號"], true);
        check(None, &["如何家园"], true);
        check(Some(1), &["亲情网", "家庭号", "家庭网"], false);
    }

    #[test]
    fn groups_take_the_common_ones_along_whatever_their_order() {
        let check = |groups: &[WordGroup], same: &[&str]| {
            let language = language(groups);
            let form = |word: &str| language.form_of(word).unwrap_or(word).to_owned();
            for word in same {
                assert_eq!(form(word), form(same[0]), "{word}");
            }
        };
        let (one, two) = (
            group(1, WordKind::Synonyms, &["彩铃钱", "还钱"]),
            group(2, WordKind::Synonyms, &["归还", "交租"]),
        );
        check(&[one.clone(), two.clone()], &["彩铃钱", "还钱", "还款", "归还", "交租"]);
        check(&[two, one], &["彩铃钱", "还钱", "还款", "归还", "交租"]);
        let name = group(3, WordKind::Protected, &["借钱"]);
        assert_eq!(language(&[name]).form_of("借钱"), None);
        assert_eq!(language(&[]).form_of("借钱"), Some("借款"));
    }
}
