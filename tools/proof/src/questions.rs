//! What the customers of a bench ask, and the one right answer to each.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use crate::Result;
use crate::account::{Text, now_seconds};

/// Questions with their answers, by the kind of rule that answers.
pub(crate) struct Questions {
    keywords: Vec<(String, Arc<str>)>,
    sentences: Vec<(String, Arc<str>)>,
    menu: Vec<(String, Arc<str>)>,
    unknown: Vec<(String, Arc<str>)>,
}

/// Whom a run asks.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mix {
    /// 60 % a keyword, 25 % a sentence with one, 10 % a menu digit, 5 % unknown.
    Everyday,
    /// Only keywords.
    Keywords,
}

impl Questions {
    /// From the rules of the bench and the questions beside them.
    pub(crate) fn read(rules: &Path, questions: &Path) -> Result<Questions> {
        let (rules, questions) = (read(rules)?, read(questions)?);
        let answer = |text: &str| -> Arc<str> { text.into() };
        let pairs = |value: &Value| -> Vec<(String, Arc<str>)> {
            let fields = value.as_object().into_iter().flatten();
            fields.map(|(key, text)| (key.clone(), answer(text.as_str().unwrap_or_default()))).collect()
        };
        let keywords = pairs(&rules["keywords"]);
        let by_keyword = |word: &str| keywords.iter().find(|it| it.0 == word).map(|it| it.1.clone());
        let asked =
            |value: &Value, find: &dyn Fn(&str) -> Option<Arc<str>>| -> Result<Vec<(String, Arc<str>)>> {
                let lines = value.as_array().into_iter().flatten();
                lines
                    .map(|line| {
                        let (text, key) =
                            (line[0].as_str().unwrap_or_default(), line[1].as_str().unwrap_or_default());
                        find(key).map(|it| (text.to_owned(), it)).ok_or_else(|| format!("no rule for {line}"))
                    })
                    .collect()
            };
        let fallback = answer(rules["fallback"].as_str().unwrap_or_default());
        let unknown = questions["unknown"].as_array().into_iter().flatten();
        Ok(Questions {
            sentences: asked(&questions["sentences"], &by_keyword)?,
            menu: pairs(&rules["menu"]),
            unknown: unknown
                .map(|it| (it.as_str().unwrap_or_default().to_owned(), fallback.clone()))
                .collect(),
            keywords,
        })
    }

    /// `count` texts of `people` customers with ids from `first`, and their answers.
    pub(crate) fn texts(
        &self,
        mix: Mix,
        count: usize,
        people: u64,
        first: u64,
    ) -> (Vec<Text>, Vec<Option<Arc<str>>>) {
        let now = now_seconds();
        (0..count as u64)
            .map(|index| {
                // A fixed walk through people and questions: every run asks the same.
                let step = (first + index).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
                let list = match (mix, step % 100) {
                    (Mix::Keywords, _) | (Mix::Everyday, 0..60) => &self.keywords,
                    (Mix::Everyday, 60..85) => &self.sentences,
                    (Mix::Everyday, 85..95) => &self.menu,
                    (Mix::Everyday, _) => &self.unknown,
                };
                let (text, answer) = &list[(step / 100) as usize % list.len()];
                let from = format!("oBench{:022}", (first + index) % people);
                (Text { id: first + index, from, at: now, text: text.clone() }, Some(answer.clone()))
            })
            .unzip()
    }
}

/// The base of the rules file as a file of the console's importer.
pub(crate) fn write_knowledge(rules: &Path, file: &Path) -> Result<()> {
    let rules = read(rules)?;
    let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut csv = String::from("question,similar,answer,category\n");
    for entry in rules["knowledge"].as_array().into_iter().flatten() {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let similar: Vec<String> = entry["similar"].as_array().into_iter().flatten().map(text).collect();
        let cells = [text(&entry["question"]), similar.join("|"), text(&entry["answer"])].map(|it| cell(&it));
        csv.push_str(&format!("{},\n", cells.join(",")));
    }
    std::fs::write(file, csv).map_err(|error| format!("cannot write {}: {error}", file.display()))
}

fn read(path: &Path) -> Result<Value> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bench_asks_only_what_its_rules_answer() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bench");
        let questions = Questions::read(&folder.join("rules.json"), &folder.join("questions.json")).unwrap();
        let (texts, answers) = questions.texts(Mix::Everyday, 10_000, 100, 0);
        let kinds: std::collections::HashSet<&str> = texts.iter().map(|it| it.text.as_str()).collect();
        assert!(kinds.len() > 25, "{}", kinds.len());
        assert!(answers.iter().all(|it| it.as_ref().is_some_and(|it| !it.is_empty())));
    }
}
