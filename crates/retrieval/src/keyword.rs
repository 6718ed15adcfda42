//! The editors' keyword rules: which of them does a message meet, in what order?
//!
//! One automaton finds all contained words in one pass, one set of patterns finds all patterns in one
//! pass; both are linear in the message, however many rules there are.
//!
//! Precedence: exact before all others; then priority, greater first; then the longer match; then the
//! older rule. A pattern has no length of its own and comes after words of its priority.
//! Whether a rule is switched on or valid today is the caller's business: all hits are given.

use std::collections::{BTreeMap, HashMap};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use regex::{RegexSet, RegexSetBuilder};
use serde::{Deserialize, Serialize};

use crate::normalise;

/// How the words of a rule are compared with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The message is one of the words.
    Exact,
    /// Every word stands in the message.
    ContainsAll,
    /// One of the words stands in the message.
    ContainsAny,
    /// The message begins with one of the words.
    Prefix,
    /// One of the words, read as a pattern, is found in the message.
    Regex,
}

/// A rule as the automaton needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The caller's key; the smaller of two is the older.
    pub key: i64,
    /// How `words` are meant.
    pub mode: Mode,
    /// Words, or patterns.
    pub words: Vec<String>,
    /// Greater comes first.
    pub priority: i32,
}

/// A rule that a message meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The key of the [`Rule`].
    pub rule: i64,
    /// True if the message is the word, so that it comes before all others.
    pub is_exact: bool,
    /// The rule's words that were found.
    pub words: Vec<String>,
}

/// Why a rule cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is nothing to compare with.
    #[error("give at least one word")]
    NoWord,
    /// More than [`MOST_WORDS`].
    #[error("at most {MOST_WORDS} words fit in one rule; split it in two")]
    TooManyWords,
    /// A word that is blank.
    #[error("word {0} is empty")]
    EmptyWord(usize),
    /// A word of more than [`LONGEST_WORD`] characters.
    #[error("word {0} is longer than {LONGEST_WORD} characters")]
    LongWord(usize),
    /// A pattern that cannot be read or would need too much memory.
    #[error("pattern {0} cannot be used: {1}")]
    Pattern(usize, String),
}

/// How many words one rule may have.
pub const MOST_WORDS: usize = 32;

/// How long a word or pattern may be, in characters.
pub const LONGEST_WORD: usize = 200;

/// How much of a message is read, in bytes: more than any channel's longest text.
const LONGEST_MESSAGE: usize = 8 * 1024;

/// What one compiled pattern may weigh, in bytes.
const PATTERN_SIZE: usize = 128 * 1024;

/// What all patterns of a tenant may weigh together.
const SET_SIZE: usize = 16 * 1024 * 1024;

/// Checks a rule before it is stored, so that [`Keywords::build`] never meets a bad one.
///
/// # Errors
/// Says which word cannot be used, and why; words are counted from 1.
pub fn check(mode: Mode, words: &[String]) -> Result<(), Refusal> {
    if words.is_empty() {
        return Err(Refusal::NoWord);
    }
    if words.len() > MOST_WORDS {
        return Err(Refusal::TooManyWords);
    }
    for (word, nth) in words.iter().zip(1..) {
        if word.trim().is_empty() {
            return Err(Refusal::EmptyWord(nth));
        }
        if word.chars().count() > LONGEST_WORD {
            return Err(Refusal::LongWord(nth));
        }
        if mode == Mode::Regex {
            patterns(std::slice::from_ref(word), PATTERN_SIZE).map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => Refusal::Pattern(nth, "it is too large".to_owned()),
                other => Refusal::Pattern(nth, other.to_string()),
            })?;
        }
    }
    Ok(())
}

fn patterns(sources: &[String], size: usize) -> Result<RegexSet, regex::Error> {
    RegexSetBuilder::new(sources).case_insensitive(true).size_limit(size).dfa_size_limit(size).build()
}

/// All keyword rules of a tenant, ready to be asked.
#[derive(Debug, Default)]
pub struct Keywords {
    rules: Vec<Rule>,
    exact: HashMap<String, Vec<usize>>,
    contained: Option<AhoCorasick>,
    /// For each word of the automaton: the rules and their word's place.
    users: Vec<Vec<(usize, usize)>>,
    word_lengths: Vec<usize>,
    patterns: Option<RegexSet>,
    pattern_users: Vec<(usize, usize)>,
}

impl Keywords {
    /// Builds the automata. Rules that [`check`] refuses, and patterns that do not fit in the room for
    /// all of them, never match.
    #[must_use]
    pub fn build(rules: &[Rule]) -> Self {
        let mut built = Self { rules: rules.to_vec(), ..Self::default() };
        let mut words: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
        let mut sources = Vec::new();
        for (at, rule) in rules.iter().enumerate().filter(|(_, rule)| check(rule.mode, &rule.words).is_ok()) {
            for (nth, word) in rule.words.iter().enumerate() {
                match rule.mode {
                    Mode::Exact => {
                        let users = built.exact.entry(form(word)).or_default();
                        users.push(at);
                        users.dedup();
                    }
                    Mode::Regex => {
                        sources.push(word.clone());
                        built.pattern_users.push((at, nth));
                    }
                    Mode::ContainsAll | Mode::ContainsAny | Mode::Prefix => {
                        words.entry(form(word)).or_default().push((at, nth));
                    }
                }
            }
        }
        built.word_lengths = words.keys().map(|word| word.chars().count()).collect();
        built.contained = AhoCorasickBuilder::new().match_kind(MatchKind::Standard).build(words.keys()).ok();
        built.users = words.into_values().collect();
        built.patterns = (!sources.is_empty()).then(|| patterns(&sources, SET_SIZE).ok()).flatten();
        built
    }

    /// The rules that `message` meets, by precedence.
    #[must_use]
    pub fn find(&self, message: &str) -> Vec<Hit> {
        let message = &message[..message.floor_char_boundary(LONGEST_MESSAGE)];
        let text = form(message);
        let question = normalise::question(message);
        let mut found: Vec<(bool, i32, usize, i64, Hit)> = Vec::new();
        let mut add = |at: usize, is_exact: bool, length: usize, words: Vec<String>| {
            let rule = &self.rules[at];
            let hit = Hit { rule: rule.key, is_exact, words };
            found.push((is_exact, rule.priority, length, rule.key, hit));
        };
        let mut exact: Vec<usize> = [text.as_str(), question.as_str()]
            .iter()
            .filter_map(|it| self.exact.get(*it))
            .flatten()
            .copied()
            .collect();
        exact.sort_unstable();
        exact.dedup();
        for at in exact {
            add(at, true, text.chars().count(), vec![text.clone()]);
        }
        for (at, places) in self.contained_in(&text, &question) {
            let rule = &self.rules[at];
            let complete = rule.mode != Mode::ContainsAll || places.len() == rule.words.len();
            if complete {
                let lengths = places.values().copied();
                let length =
                    if rule.mode == Mode::ContainsAll { lengths.sum() } else { lengths.max().unwrap_or(0) };
                add(at, false, length, places.keys().map(|nth| rule.words[*nth].clone()).collect());
            }
        }
        let mut by_pattern: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        if let Some(patterns) = &self.patterns {
            for place in &patterns.matches(&normalise::fold(message)) {
                let (at, nth) = self.pattern_users[place];
                by_pattern.entry(at).or_default().push(self.rules[at].words[nth].clone());
            }
        }
        for (at, words) in by_pattern {
            add(at, false, 0, words);
        }
        found.sort_by(|a, b| (b.0, b.1, b.2).cmp(&(a.0, a.1, a.2)).then(a.3.cmp(&b.3)));
        found.into_iter().map(|it| it.4).collect()
    }

    /// For each rule with a contained word: the places of its words and their lengths.
    fn contained_in(&self, text: &str, question: &str) -> BTreeMap<usize, BTreeMap<usize, usize>> {
        let mut found: BTreeMap<usize, BTreeMap<usize, usize>> = BTreeMap::new();
        let Some(automaton) = &self.contained else { return found };
        let mut note = |message: &str, only_prefix: bool| {
            for hit in automaton.find_overlapping_iter(message) {
                let word = hit.pattern().as_usize();
                for (at, nth) in &self.users[word] {
                    let is_prefix = self.rules[*at].mode == Mode::Prefix;
                    if (is_prefix && hit.start() == 0) || (!is_prefix && !only_prefix) {
                        found.entry(*at).or_default().insert(*nth, self.word_lengths[word]);
                    }
                }
            }
        };
        note(text, false);
        if question != text {
            note(question, true);
        }
        found
    }
}

/// What is compared: letters and digits; if there are none (a keyword "？" or "👍"), what there is.
fn form(text: &str) -> String {
    let plain = normalise::plain(text);
    if !plain.is_empty() {
        return plain;
    }
    let folded = normalise::fold(text);
    let rest = if folded.trim().is_empty() { text } else { &folded };
    rest.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rule(key: i64, mode: Mode, words: &[&str], priority: i32) -> Rule {
        Rule { key, mode, words: words.iter().map(ToString::to_string).collect(), priority }
    }

    #[test]
    fn rules_are_met_by_their_precedence() {
        let rules = Keywords::build(&[
            rule(1, Mode::Exact, &["话费", "花费查询"], 0),
            rule(2, Mode::ContainsAny, &["话费", "流量"], 0),
            rule(3, Mode::ContainsAll, &["话费", "贵"], 0),
            rule(4, Mode::Prefix, &["办理"], 0),
            rule(5, Mode::Regex, &[r"^\d{11}$", "退(订|费)"], 0),
            rule(6, Mode::ContainsAny, &["话费贵"], 5),
            rule(7, Mode::Exact, &["？", "👍"], 0),
            rule(8, Mode::ContainsAny, &["话"], 0),
        ]);
        let check = |message: &str, expected: &[i64]| {
            let keys: Vec<i64> = rules.find(message).iter().map(|hit| hit.rule).collect();
            assert_eq!(keys, expected, "{message}");
        };
        check("话费", &[1, 2, 8]);
        check("話費！", &[1, 2, 8]);
        check("你好，话费，谢谢", &[2, 8]);
        check("你好，花费查询，谢谢", &[1]);
        check("我的话费怎么这么贵", &[3, 2, 8]);
        check("话费贵", &[6, 3, 2, 8]);
        check("办理宽带", &[4]);
        check("请问办理宽带要什么", &[4]);
        check("怎么办理宽带", &[]);
        check("13800138000", &[5]);
        check("我要退订", &[5]);
        check("？", &[7]);
        check("👍", &[7]);
        check("", &[]);
    }

    #[test]
    fn a_hit_names_the_words_found() {
        let rules = Keywords::build(&[rule(3, Mode::ContainsAll, &["话费", "贵"], 0)]);
        assert_eq!(rules.find("话费好贵")[0].words, ["话费", "贵"]);
    }

    #[test]
    fn a_rule_that_cannot_be_used_is_refused_with_the_reason() {
        let check = |mode, words: &[&str], expected: &str| {
            let words: Vec<String> = words.iter().map(ToString::to_string).collect();
            let refusal = super::check(mode, &words).err().map(|it| it.to_string()).unwrap_or_default();
            assert!(refusal.starts_with(expected), "{refusal}");
        };
        check(Mode::Exact, &[], "give at least one word");
        check(Mode::Exact, &["话费", " "], "word 2 is empty");
        check(Mode::Exact, &["长".repeat(201).as_str()], "word 1 is longer than 200");
        check(Mode::ContainsAny, &["字"; 33], "at most 32 words");
        check(Mode::Regex, &["("], "pattern 1 cannot be used");
        check(Mode::Regex, &[r"\w{1000}"], "pattern 1 cannot be used: it is too large");
        check(Mode::Regex, &["退(订|费)"], "");
        assert!(Keywords::build(&[rule(1, Mode::Regex, &["("], 0)]).find("(").is_empty());
    }

    proptest! {
        #[test]
        fn any_message_is_accepted(message in "\\PC{0,80}", word in "\\PC{1,6}") {
            let rules = Keywords::build(&[
                rule(1, Mode::Exact, &[&word], 0),
                rule(2, Mode::ContainsAny, &[&word], 0),
                rule(3, Mode::Prefix, &[&word], 0),
            ]);
            let _ = rules.find(&message);
            if super::check(Mode::Exact, std::slice::from_ref(&word)).is_ok() {
                prop_assert!(rules.find(&word).iter().any(|hit| hit.rule == 1));
            }
        }
    }
}
