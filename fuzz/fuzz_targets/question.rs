//! Any text as a question and as a tenant's words: no panic, and what the base holds is found for certain.
#![no_main]

use libfuzzer_sys::fuzz_target;
use retrieval::normalise::question;
use retrieval::{Change, Entry, Index, Language};

fuzz_target!(|input: (&str, &str, &str)| {
    let (wording, asked, word) = input;
    let synonyms = [vec![wording.to_owned(), word.to_owned()]];
    let language = Language::new(&synonyms, &[word.to_owned()]);
    let entry = |key: i64, text: &str| Entry { key, wordings: vec![text.to_owned()] };
    let base = Index::build_with(&[entry(1, wording), entry(2, "话费怎么查")], language, None);
    let index = base.with(&[Change::Put(entry(3, asked))]);
    for found in [base.search(asked, 10), index.search(asked, 10), index.search(wording, 10)] {
        assert!(found.iter().all(|it| it.score.is_finite() && (0.0..=1.0).contains(&it.confidence)));
    }
    if !question(asked).is_empty() {
        assert_eq!(index.search(asked, 1).first().map(|it| it.confidence), Some(1.0));
    }
});
