//! What two entries with nearly the same wording are: one too many, a contradiction, or merely alike. Pure.

use std::collections::BTreeSet;

use retrieval::normalise;
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::content::Content;
use crate::knowledge::learning::model::kept;

/// From this confidence on, in percent, both ask the same question: nine times of ten, for a confidence is a calibrated
/// probability.
const SAME_QUESTION: i64 = 90;

/// So much of the one answer must stand in the other, both ways, in percent, for "not" alone to make the difference.
const SAME_BUT_FOR_NOT: i64 = 60;

/// What they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TwinKind)]
pub enum Kind {
    /// The same question gets answers that cannot both be true: other numbers, other addresses, "not".
    Contradiction,
    /// They answer the same: one is too many.
    Duplicate,
    /// They are alike, and their answers differ: perhaps one should say for whom or when it holds.
    Similar,
}

/// What two entries are by their answers, and by how surely the one would answer the other's question, in percent.
#[must_use]
pub fn kind(confidence: i64, one: &[Content], other: &[Content]) -> Kind {
    if is_same(one, other) {
        Kind::Duplicate
    } else if confidence >= SAME_QUESTION && contradicts(&text(one), &text(other)) {
        Kind::Contradiction
    } else {
        Kind::Similar
    }
}

/// Answers are the same when they differ in spaces, width and punctuation alone.
fn is_same(one: &[Content], other: &[Content]) -> bool {
    let plain = |answers: &[Content]| -> Vec<Content> {
        let plain = answers.iter().map(|it| match it {
            Content::Text { text } => Content::text(normalise::plain(text)),
            other => other.clone(),
        });
        plain.collect()
    };
    plain(one) == plain(other)
}

/// All that is said in words.
fn text(answers: &[Content]) -> String {
    let words: Vec<&str> = answers.iter().filter_map(Content::words).collect();
    normalise::fold(&words.join("\n"))
}

/// Whether two texts state facts that differ. More facts in one of them do not contradict the other.
fn contradicts(one: &str, other: &str) -> bool {
    let differ = |one: BTreeSet<String>, other: BTreeSet<String>| {
        !one.is_empty() && !other.is_empty() && !one.is_subset(&other) && !other.is_subset(&one)
    };
    let alike = kept(one, other).min(kept(other, one)) >= SAME_BUT_FOR_NOT;
    differ(links(one), links(other))
        || differ(numbers(one), numbers(other))
        || (alike && says_not(one) != says_not(other))
}

/// Addresses of pages.
fn links(text: &str) -> BTreeSet<String> {
    let is_part = |it: char| it.is_ascii_alphanumeric() || "-._~:/?#@!$&'()*+,;=%".contains(it);
    let begins = text.match_indices("http").map(|(at, _)| &text[at..]);
    let found = begins.map(|it| it.chars().take_while(|it| is_part(*it)).collect::<String>());
    found
        .map(|it| it.trim_end_matches(['.', ',', ')', '/']).to_owned())
        .filter(|it| it.contains("://"))
        .collect()
}

/// Numbers outside of addresses, without the signs that part thousands.
fn numbers(text: &str) -> BTreeSet<String> {
    let mut rest = text.to_owned();
    for link in links(text) {
        rest = rest.replace(&link, " ");
    }
    let rest: String = rest.chars().filter(|it| *it != ',').collect();
    let parts = rest.split(|it: char| !it.is_ascii_digit() && it != '.').map(|it| it.trim_matches('.'));
    parts.filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

/// Whether something is denied. "不过", "不仅" and their like deny nothing.
fn says_not(text: &str) -> bool {
    const DENIES: &[&str] =
        &["不", "没", "无法", "无需", "勿", "未", "禁止", "cannot", "can't", " not ", "n't "];
    const HARMLESS: &[&str] =
        &["不过", "不仅", "不但", "不好意思", "不同", "不客气", "差不多", "能不能", "是不是", "有没有"];
    let mut rest = text.to_owned();
    for word in HARMLESS {
        rest = rest.replace(word, " ");
    }
    DENIES.iter().any(|it| rest.contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_facts_that_differ_contradict_and_only_for_the_same_question() {
        for (confidence, one, other, expected) in [
            (99, "请发 HF。", "请发HF", Kind::Duplicate),
            (80, "请发 HF。", "请发HF", Kind::Duplicate),
            (99, "三天内到账，最多 3 天", "最多 5 天到账", Kind::Contradiction),
            (90, "最多 3 天到账", "最多 5 天到账", Kind::Contradiction),
            (89, "最多 3 天到账", "最多 5 天到账", Kind::Similar),
            (99, "每月 1,000 元", "每月1000元起", Kind::Similar),
            (99, "拨打 10010", "拨打 10010 或 10086", Kind::Similar),
            (99, "可以在异地办理补卡", "不可以在异地办理补卡", Kind::Contradiction),
            (99, "可以在异地办理，不过要带证件", "可以在异地办理，要带证件", Kind::Similar),
            (99, "请到营业厅开发票", "请在网上申请电子发票，不用到现场", Kind::Similar),
            (99, "见 https://a.example/bill", "见 https://b.example/bill。", Kind::Contradiction),
            (99, "见 https://a.example/bill", "见https://a.example/bill/", Kind::Duplicate),
            (99, "见 https://a.example/1", "第 2 项", Kind::Similar),
            (99, "回复 TD", "回复 QX", Kind::Similar),
        ] {
            let answers = |it: &str| vec![Content::text(it)];
            assert_eq!(kind(confidence, &answers(one), &answers(other)), expected, "{one} / {other}");
        }
        let text = |it: &str| Content::text(it);
        assert_eq!(kind(99, &[text("甲")], &[text("甲"), text("谢谢")]), Kind::Similar);
    }
}
