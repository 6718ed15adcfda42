//! What each group of the ranking's features is worth.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::data::Set;
use crate::figures::{rate, rounded};

/// The groups, by the names that explanations use.
pub(crate) const GROUPS: &[(&str, &[&str])] = &[
    ("characters", &["characters", "order.characters"]),
    ("sounds", &["sounds", "sound_pairs", "order.sounds"]),
    ("words", &["terms", "content"]),
    ("length", &["length"]),
    ("entry", &["entry"]),
    ("learnt", &["learnt"]),
    ("model", &["model"]),
    ("compared", &["compared"]),
];

/// By group, the ranks without its points; `places` has for each query the place of the right entry with all
/// features, then without each group.
pub(crate) fn line(set: &Set, places: &[Vec<Option<usize>>]) -> Value {
    let names = std::iter::once("none").chain(GROUPS.iter().map(|it| it.0));
    let figures = names.enumerate().map(|(at, name)| {
        let of_group: Vec<Option<usize>> = places.iter().map(|it| it.get(at).copied().flatten()).collect();
        let mut domains: BTreeMap<&str, Vec<Option<usize>>> = BTreeMap::new();
        for (question, place) in set.queries.iter().zip(&of_group) {
            domains.entry(&question.domain).or_default().push(*place);
        }
        let domains = domains.into_iter().map(|(domain, of)| (domain.to_owned(), ranks(&of)));
        let mut value = ranks(&of_group);
        value["domains"] = Value::Object(domains.collect());
        (name.to_owned(), value)
    });
    Value::Object(figures.collect())
}

fn ranks(places: &[Option<usize>]) -> Value {
    let within = |most: usize| {
        let found = places.iter().filter(|it| it.is_some_and(|it| it < most)).count();
        rounded(rate(found, places.len()))
    };
    json!({ "r_at_1": within(1), "r_at_10": within(10) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Question;

    #[test]
    fn ranks_are_counted_by_group_and_domain() {
        let question = |domain: &str| {
            serde_json::from_value::<Question>(json!({ "text": "", "domain": domain })).unwrap()
        };
        let set = Set {
            entries: Vec::new(),
            queries: vec![question("a"), question("b")],
            outside: None,
            noise: None,
            more_entries: None,
        };
        let all = |first: Option<usize>, others: Option<usize>| {
            std::iter::once(first).chain(GROUPS.iter().map(|_| others)).collect::<Vec<_>>()
        };
        let found = line(&set, &[all(Some(0), Some(3)), all(Some(0), None)]);
        assert_eq!(found["none"]["r_at_1"], 1.0);
        assert_eq!(found["sounds"]["r_at_10"], 0.5);
        assert_eq!(found["learnt"]["domains"]["a"], json!({ "r_at_1": 0.0, "r_at_10": 1.0 }));
        assert_eq!(found.as_object().map(serde_json::Map::len), Some(GROUPS.len() + 1));
    }
}
