//! A sentence as its terms: words of one meaning in one form, words that only carry the question as one
//! piece each, everything else character by character.
//!
//! [`Language::common`] knows what everybody knows; a tenant's own words and synonyms come on top
//! and win. A term of one form is compared with a term of the same form only, so a synonym works in both
//! directions, and the explanation can name it.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, LazyLock};

use aho_corasick::{AhoCorasick, MatchKind};

use crate::common_words::{CARRIERS, SAME, WHOLE};
use crate::normalise;
use crate::units::{Unit, units};

/// The words of a base's language.
#[derive(Clone)]
pub struct Language(Arc<Words>);

struct Words {
    automaton: AhoCorasick,
    /// What each pattern of the automaton is compared as.
    forms: Vec<Form>,
}

struct Form {
    text: Box<str>,
    /// One piece instead of its characters.
    is_carrier: bool,
    /// Another word than the one written.
    is_synonym: bool,
}

/// A word of the question that is compared in another form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synonym {
    /// As the question has it, after normalising.
    pub written: String,
    /// As it is compared.
    pub form: String,
}

/// The terms of one sentence.
#[derive(Debug, Default)]
pub(crate) struct Terms<'a> {
    /// A carrier is a run, all other runs are Latin.
    pub(crate) terms: Vec<Unit<'a>>,
    /// What was written in another form, and at which terms it stands.
    pub(crate) synonyms: Vec<(&'a str, &'a str, std::ops::Range<usize>)>,
}

static COMMON: LazyLock<Language> = LazyLock::new(|| Language::new(&[], &[]));

impl Language {
    /// What everybody knows and no more.
    #[must_use]
    pub fn common() -> Self {
        COMMON.clone()
    }

    /// With the words of a tenant: `synonyms` are groups of one meaning, the first of each is the form;
    /// `words` are names that no common synonym may touch. Of two claims on a word the first counts.
    #[must_use]
    pub fn new(synonyms: &[Vec<String>], words: &[String]) -> Self {
        let mut forms: HashMap<String, String> = HashMap::new();
        let mut claim = |word: &str, form: &str| {
            let word = normalise::question(word);
            if !word.is_empty() {
                forms.entry(word).or_insert_with(|| normalise::question(form));
            }
        };
        for group in synonyms {
            let Some(form) = group.first() else { continue };
            group.iter().for_each(|word| claim(word, form));
        }
        words.iter().for_each(|word| claim(word, word));
        for group in SAME.lines() {
            let Some(form) = group.split(' ').next() else { continue };
            group.split(' ').for_each(|word| claim(word, form));
        }
        WHOLE.split(' ').for_each(|word| claim(word, word));
        let carriers: HashSet<&str> = CARRIERS.split(' ').collect();
        carriers.iter().for_each(|word| claim(word, word));
        // A tenant's 还款 = 还贷 takes along the common 还钱 = 还款.
        let last = |form: &String| forms.get(form).unwrap_or(form).clone();
        let mut forms: Vec<(String, String)> =
            forms.iter().map(|(word, form)| (word.clone(), last(form))).collect();
        forms.sort_unstable();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(forms.iter().map(|it| it.0.as_str()))
            .or_else(|_| AhoCorasick::new::<[&str; 0], &str>([]))
            .expect("an automaton of no patterns can be built");
        let forms = forms
            .into_iter()
            .map(|(word, form)| Form {
                is_carrier: carriers.contains(form.as_str()),
                is_synonym: word != form,
                text: form.into(),
            })
            .collect();
        Self(Arc::new(Words { automaton, forms }))
    }

    /// The form in which a word is compared, if that is another one.
    #[must_use]
    pub fn form_of(&self, word: &str) -> Option<&str> {
        let word = normalise::question(word);
        let whole = |it: &aho_corasick::Match| it.start() == 0 && it.end() == word.len();
        let hit = self.0.automaton.find(&word).filter(whole)?;
        let form = self.0.forms.get(hit.pattern().as_usize())?;
        form.is_synonym.then_some(&form.text)
    }

    /// The terms of a text of the level [`normalise::question`].
    pub(crate) fn terms<'a>(&'a self, text: &'a str) -> Terms<'a> {
        let mut found = Terms::default();
        let mut done = 0;
        for hit in self.0.automaton.find_iter(text) {
            if splits_a_run(text, hit.start(), hit.end()) {
                continue;
            }
            let Some(form) = self.0.forms.get(hit.pattern().as_usize()) else { continue };
            found.terms.extend(units(&text[done..hit.start()]));
            done = hit.end();
            let start = found.terms.len();
            if form.is_carrier {
                found.terms.push(Unit::Run(&form.text));
            } else {
                found.terms.extend(units(&form.text));
            }
            if form.is_synonym {
                found.synonyms.push((&text[hit.range()], &form.text, start..found.terms.len()));
            }
        }
        found.terms.extend(units(&text[done..]));
        found
    }
}

/// "vx" is a word of its own, not a part of "vxworks".
fn splits_a_run(text: &str, start: usize, end: usize) -> bool {
    let joins = |before: Option<char>, after: Option<char>| {
        before.is_some_and(normalise::is_latin) && after.is_some_and(normalise::is_latin)
    };
    let chars = |range: &str| (range.chars().next(), range.chars().next_back());
    let (first, last) = chars(&text[start..end]);
    joins(text[..start].chars().next_back(), first) || joins(last, text[end..].chars().next())
}

/// A carrier tells nothing of the subject.
pub(crate) fn is_carrier(term: Unit<'_>) -> bool {
    matches!(term, Unit::Run(run) if !run.starts_with(normalise::is_latin))
}

impl Default for Language {
    fn default() -> Self {
        Self::common()
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Language").field("words", &self.0.forms.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(language: &Language, text: &str) -> String {
        language.terms(text).terms.iter().map(Unit::text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_of_one_meaning_become_one_form() {
        let language = Language::common();
        let check = |text: &str, expected: &str| assert_eq!(shown(&language, text), expected, "{text}");
        check("如何还钱", "怎么 还 款");
        check("怎么还款", "怎么 还 款");
        check("借呗还有吗", "借 呗 还 有 吗");
        check("vx怎么加", "微 信 怎么 加");
        check("vxworks", "vxworks");
        check("", "");
    }

    #[test]
    fn a_tenants_words_win() {
        let synonyms =
            [vec!["亲情网".to_owned(), "家庭号".to_owned()], vec!["还款".to_owned(), "还贷".to_owned()]];
        let language = Language::new(&synonyms, &["如何家园".to_owned()]);
        assert_eq!(shown(&language, "家庭号如何开"), "亲 情 网 怎么 开");
        assert_eq!(shown(&language, "如何家园"), "如 何 家 园");
        let terms = language.terms("他还贷");
        assert_eq!(terms.synonyms, [("还贷", "还款", 1..3)]);
        let form = |word: &str| language.form_of(word).map(ToOwned::to_owned);
        assert_eq!(form("還貸").as_deref(), Some("还款"));
        assert_eq!((form("还款"), form("我要还贷"), form("彩铃"), form("")), (None, None, None, None));
    }

    #[test]
    fn every_group_has_a_form_of_its_own() {
        let mut seen = HashSet::new();
        for word in SAME.lines().flat_map(|it| it.split(' ')) {
            assert!(!word.is_empty() && seen.insert(word), "{word}");
            assert_eq!(normalise::question(word), word);
        }
    }
}
