//! The shared word dictionary: loaded when first asked for, once for the process.
//!
//! Ranking needs no words (single characters are the better unit for short Chinese questions); they serve
//! people: names of clusters, statistics of what is asked, highlighting.

use std::sync::LazyLock;

use jieba_rs::Jieba;

static DICTIONARY: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// The words of a sentence, in order, marks left out.
#[must_use]
pub fn words(text: &str) -> Vec<&str> {
    DICTIONARY
        .cut(text, true)
        .into_iter()
        .map(|token| token.word)
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_in_order_and_without_marks() {
        assert_eq!(words("宽带怎么办理？"), ["宽带", "怎么", "办理"]);
        assert!(words("").is_empty());
    }
}
