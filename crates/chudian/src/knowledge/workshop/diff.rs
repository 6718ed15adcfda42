//! What is different between two texts of an entry, so that a person reads it at a glance. Pure.
//!
//! Fields are compared one by one; wordings as sets that keep their order; answers by their place; and of texts
//! that changed, the words: Chinese character by character, other scripts word by word.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::base::content::Content;
use crate::base::id::CategoryId;
use crate::base::time::Time;
use crate::knowledge::category::model::{Category, path};
use crate::knowledge::model::EntryBody;
use crate::knowledge::particulars::ChannelAnswers;

/// Two texts whose pieces make more pairs than this are compared by coarser pieces: 4 MB and some milliseconds.
const MOST_PAIRS: usize = 2_000_000;

/// What people call what an entry names by its key.
#[derive(Debug, Default)]
pub struct Labels {
    /// The tree.
    pub categories: Vec<Category>,
    /// Names of people and inboxes, and questions of entries, by their key as a text.
    pub names: HashMap<String, String>,
}

impl Labels {
    fn category(&self, id: Option<CategoryId>) -> String {
        id.map(|it| path(&self.categories, it).join(" / ")).unwrap_or_default()
    }

    /// Its name, or the bare key of what is gone.
    fn name(&self, id: impl ToString) -> String {
        let id = id.to_string();
        self.names.get(&id).cloned().unwrap_or(id)
    }

    fn all<T: ToString>(&self, ids: &[T]) -> Vec<String> {
        ids.iter().map(|it| self.name(it.to_string())).collect()
    }

    /// Whom a set of answers is for.
    fn audience(&self, set: &ChannelAnswers) -> String {
        set.channels.iter().cloned().chain(self.all(&set.inboxes)).collect::<Vec<_>>().join(", ")
    }
}

/// A field that says something else.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Difference {
    /// Which field, as it is called in an entry.
    pub field: &'static str,
    /// Of answers for channels: for which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// What became of it, in its order.
    pub changes: Vec<Change>,
}

/// One thing that came, went or changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = DifferenceChange)]
pub struct Change {
    /// What was there: a text, or an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Piece>,
    /// What is there now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Piece>,
    /// Of a text that changed: which words stayed, went and came.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DifferencePiece)]
pub enum Piece {
    /// Words, or a name of a choice.
    Text(String),
    /// A moment.
    Moment(Time),
    /// An answer.
    Answer(Content),
}

/// A part of a text that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = DifferencePart)]
pub struct Part {
    /// What became of it.
    pub kind: PartKind,
    /// Its words.
    pub text: String,
}

/// What became of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DifferencePartKind)]
pub enum PartKind {
    /// It stayed.
    Same,
    /// It went.
    Removed,
    /// It came.
    Added,
}

/// The fields in which `after` says something else than `before`. A field that is the same is not told.
#[must_use]
pub fn between(before: &EntryBody, after: &EntryBody, labels: &Labels) -> Vec<Difference> {
    let owner = |it: &EntryBody| it.owner.map(|id| labels.name(id)).unwrap_or_default();
    let scope = |it: &EntryBody| it.sharing.clone().unwrap_or_default();
    let shared = |it: &EntryBody| if it.sharing.is_some() { "shared" } else { "own" };
    let moment = |it: Option<Time>| it.map(Piece::Moment);
    let fields = [
        ("question", vec![changed_text(&before.question, &after.question)]),
        ("similar", list(&before.similar, &after.similar)),
        ("category", vec![changed_text(&labels.category(before.category), &labels.category(after.category))]),
        ("answers", answers(&before.answers, &after.answers)),
        ("answer_mode", vec![changed_name(before.answer_mode.name(), after.answer_mode.name())]),
        ("valid_from", vec![changed(moment(before.validity.from), moment(after.validity.from))]),
        ("valid_until", vec![changed(moment(before.validity.until), moment(after.validity.until))]),
        ("tags", list(&before.tags, &after.tags)),
        ("owner", vec![changed_whole(&owner(before), &owner(after))]),
        ("review_at", vec![changed(moment(before.review_at), moment(after.review_at))]),
        ("sharing", vec![changed_name(shared(before), shared(after))]),
        ("sharing_members", list(&labels.all(&scope(before).members), &labels.all(&scope(after).members))),
        ("sharing_regions", list(&scope(before).regions, &scope(after).regions)),
        ("related", list(&labels.all(&before.related), &labels.all(&after.related))),
    ];
    let fields = fields.into_iter().map(|(field, changes)| (field, None, changes));
    let sets = sets(&before.channel_answers, &after.channel_answers, labels);
    let told = fields.chain(sets).map(|(field, about, changes)| Difference {
        field,
        about,
        changes: changes.into_iter().filter(|it| *it != Change::default()).collect(),
    });
    told.filter(|it| !it.changes.is_empty()).collect()
}

/// The sets of answers for channels: those for the same channels are compared.
fn sets<'a>(
    before: &'a [ChannelAnswers],
    after: &'a [ChannelAnswers],
    labels: &'a Labels,
) -> impl Iterator<Item = (&'static str, Option<String>, Vec<Change>)> + 'a {
    let same = |one: &ChannelAnswers, other: &ChannelAnswers| {
        one.channels == other.channels && one.inboxes == other.inboxes
    };
    let told = move |old: Option<&ChannelAnswers>, new: Option<&ChannelAnswers>| {
        let said = |it: Option<&ChannelAnswers>| it.map(|it| it.answers.clone()).unwrap_or_default();
        let mut changes = answers(&said(old), &said(new));
        if let (Some(old), Some(new)) = (old, new) {
            changes.push(changed_name(old.answer_mode.name(), new.answer_mode.name()));
        }
        ("channel_answers", old.or(new).map(|it| labels.audience(it)), changes)
    };
    let kept = before.iter().map(move |old| told(Some(old), after.iter().find(|new| same(old, new))));
    let come = after.iter().filter(move |new| !before.iter().any(|old| same(old, new)));
    kept.chain(come.map(move |new| told(None, Some(new))))
}

/// Names are told whole, not by their characters.
fn changed_whole(before: &str, after: &str) -> Change {
    Change { parts: Vec::new(), ..changed_text(before, after) }
}

/// Nothing, when both are the same.
fn changed(before: Option<Piece>, after: Option<Piece>) -> Change {
    if before == after { Change::default() } else { Change { before, after, parts: Vec::new() } }
}

fn changed_name(before: &str, after: &str) -> Change {
    changed(Some(Piece::Text(before.to_owned())), Some(Piece::Text(after.to_owned())))
}

fn changed_text(before: &str, after: &str) -> Change {
    let piece = |text: &str| (!text.is_empty()).then(|| Piece::Text(text.to_owned()));
    let both = !before.is_empty() && !after.is_empty() && before != after;
    let parts = if both { parts(before, after) } else { Vec::new() };
    Change { parts, ..changed(piece(before), piece(after)) }
}

/// What went and what came; a new order alone is no difference.
fn list(before: &[String], after: &[String]) -> Vec<Change> {
    let gone = before.iter().filter(|it| !after.contains(it)).map(|it| changed_text(it, ""));
    let come = after.iter().filter(|it| !before.contains(it)).map(|it| changed_text("", it));
    gone.chain(come).collect()
}

/// Answers by their place. Their order counts: they are said in it.
fn answers(before: &[Content], after: &[Content]) -> Vec<Change> {
    let places = before.len().max(after.len());
    let pair = (0..places).map(|at| match (before.get(at), after.get(at)) {
        (Some(old), Some(new)) if old == new => Change::default(),
        (old, new) => Change {
            before: old.cloned().map(Piece::Answer),
            after: new.cloned().map(Piece::Answer),
            parts: match (old, new) {
                (Some(Content::Text { text: old }), Some(Content::Text { text: new })) => parts(old, new),
                _ => Vec::new(),
            },
        },
    });
    pair.collect()
}

/// Which words of a text stayed, went and came.
#[must_use]
pub fn parts(before: &str, after: &str) -> Vec<Part> {
    for cut in [words, sentences] {
        let (old, new) = (cut(before), cut(after));
        let first = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
        let (old, new) = (&old[first..], &new[first..]);
        let last = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
        let (old_middle, new_middle) = (&old[..old.len() - last], &new[..new.len() - last]);
        if old_middle.len().saturating_mul(new_middle.len()) <= MOST_PAIRS {
            let head: String = cut(before)[..first].concat();
            let tail: String = old[old.len() - last..].concat();
            let mut found = vec![Part { kind: PartKind::Same, text: head }];
            found.append(&mut middle(old_middle, new_middle));
            found.push(Part { kind: PartKind::Same, text: tail });
            return readable(found);
        }
    }
    readable(vec![
        Part { kind: PartKind::Removed, text: before.to_owned() },
        Part { kind: PartKind::Added, text: after.to_owned() },
    ])
}

/// The longest common sequence, told as parts.
fn middle(old: &[&str], new: &[&str]) -> Vec<Part> {
    let width = new.len() + 1;
    // lengths[i][j]: how much old[i..] and new[j..] have in common.
    let mut lengths = vec![0u16; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            lengths[i * width + j] = if old[i] == new[j] {
                lengths[(i + 1) * width + j + 1].saturating_add(1)
            } else {
                lengths[(i + 1) * width + j].max(lengths[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut found) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        let (kind, text) = if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
            (PartKind::Same, old[i - 1])
        } else if j == new.len()
            || (i < old.len() && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])
        {
            i += 1;
            (PartKind::Removed, old[i - 1])
        } else {
            j += 1;
            (PartKind::Added, new[j - 1])
        };
        found.push(Part { kind, text: text.to_owned() });
    }
    found
}

/// Joins neighbours, and takes a single character between two changes for changed too: a text with a hole at
/// every second character is not read by anybody.
fn readable(parts: Vec<Part>) -> Vec<Part> {
    let mut found: Vec<Part> = Vec::new();
    let (mut removed, mut added) = (String::new(), String::new());
    let flush = |found: &mut Vec<Part>, removed: &mut String, added: &mut String| {
        for (kind, text) in [(PartKind::Removed, removed), (PartKind::Added, added)] {
            if !text.is_empty() {
                found.push(Part { kind, text: std::mem::take(text) });
            }
        }
    };
    let mut parts = join(parts).into_iter().peekable();
    while let Some(part) = parts.next() {
        match part.kind {
            PartKind::Removed => removed.push_str(&part.text),
            PartKind::Added => added.push_str(&part.text),
            PartKind::Same => {
                let is_between = (!removed.is_empty() || !added.is_empty()) && parts.peek().is_some();
                if is_between && part.text.chars().count() == 1 && part.text != "\n" {
                    removed.push_str(&part.text);
                    added.push_str(&part.text);
                } else {
                    flush(&mut found, &mut removed, &mut added);
                    found.push(part);
                }
            }
        }
    }
    flush(&mut found, &mut removed, &mut added);
    found
}

/// Neighbours of one kind are one part; empty ones are none.
fn join(parts: Vec<Part>) -> Vec<Part> {
    let mut found: Vec<Part> = Vec::new();
    for part in parts {
        match found.last_mut() {
            _ if part.text.is_empty() => {}
            Some(last) if last.kind == part.kind => last.text.push_str(&part.text),
            _ => found.push(part),
        }
    }
    found
}

/// Characters; letters and digits that stand together are one piece, unless they are Chinese.
fn words(text: &str) -> Vec<&str> {
    cut(text, |before, it| !(is_of_word(before) && is_of_word(it)))
}

fn is_of_word(it: char) -> bool {
    it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | '.' | '/' | ':' | '%')
}

/// Pieces that end with a sentence or a line.
fn sentences(text: &str) -> Vec<&str> {
    cut(text, |before, _| matches!(before, '。' | '！' | '？' | '；' | '.' | '!' | '?' | ';' | '\n'))
}

/// Cuts a text wherever `between` says so of two neighbours.
fn cut(text: &str, between: impl Fn(char, char) -> bool) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut before) = (0, None);
    for (at, it) in text.char_indices() {
        if before.is_some_and(|before| between(before, it)) {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = Some(it);
    }
    if start < text.len() {
        pieces.push(&text[start..]);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::{EntryId, UserId};
    use crate::knowledge::model::{AnswerMode, Validity};
    use proptest::prelude::*;

    fn shown(parts: &[Part]) -> String {
        let one = |it: &Part| match it.kind {
            PartKind::Same => it.text.clone(),
            PartKind::Removed => format!("[-{}]", it.text),
            PartKind::Added => format!("[+{}]", it.text),
        };
        parts.iter().map(one).collect()
    }

    #[test]
    fn changed_words_are_shown_in_their_sentence() {
        let check = |before: &str, after: &str, expected: &str| {
            assert_eq!(shown(&parts(before, after)), expected);
        };
        check("请回复1查询话费", "请回复 1 查询话费余额", "请回复[-1][+ 1 ]查询话费[+余额]");
        check("月租 19 元", "月租 29 元", "月租 [-19][+29] 元");
        check(
            "打开 https://a.cn/x 办理",
            "打开 https://a.cn/y 办理",
            "打开 [-https://a.cn/x][+https://a.cn/y] 办理",
        );
        check("一样", "一样", "一样");
        check("", "新的", "[+新的]");
        check("甲乙丙丁", "戊乙己庚", "[-甲乙丙丁][+戊乙己庚]");
        check("第一行\n第二行", "第一行\n第三行", "第一行\n第[-二][+三]行");
    }

    #[test]
    fn long_texts_are_compared_by_sentences_and_at_last_as_wholes() {
        let long = |word: &str| format!("{}。{word}。{}", "甲乙丙丁".repeat(600), "子丑寅卯".repeat(600));
        let shuffled: String = long("旧").chars().rev().collect();
        let found = parts(&long("旧"), &shuffled);
        assert!(found.len() < 10, "{}", found.len());
        assert_eq!(parts(&long("旧"), &long("新")).len(), 4, "only the middle differs");
    }

    proptest! {
        #[test]
        fn the_parts_make_up_both_texts(before in "[甲乙丙a1 。\n]{0,40}", after in "[甲乙丙a1 。\n]{0,40}") {
            let found = parts(&before, &after);
            let side = |not: PartKind| found.iter().filter(|it| it.kind != not).map(|it| it.text.as_str()).collect::<String>();
            prop_assert_eq!(side(PartKind::Added), before);
            prop_assert_eq!(side(PartKind::Removed), after);
        }
    }

    #[test]
    fn only_fields_that_differ_are_told() {
        let body = EntryBody {
            question: "怎么查话费".into(),
            similar: vec!["查话费".into(), "话费多少".into()],
            answers: vec![Content::text("回复 1"), Content::text("回复 2")],
            ..EntryBody::default()
        };
        let none = Labels::default();
        assert_eq!(between(&body, &body, &none), []);
        let switched = EntryBody { enabled: false, ..body.clone() };
        assert_eq!(between(&body, &switched, &none), [], "the switch is no part of a version");
        let other = EntryBody {
            category: Some(CategoryId(2)),
            similar: vec!["话费多少".into(), "查账单".into()],
            answers: vec![Content::text("回复 1")],
            answer_mode: AnswerMode::Random,
            validity: Validity { from: None, until: Some(Time(5)) },
            ..body.clone()
        };
        let categories = vec![
            Category { id: CategoryId(1), parent: None, name: "话费".into() },
            Category { id: CategoryId(2), parent: Some(CategoryId(1)), name: "查询".into() },
        ];
        let found = between(&body, &other, &Labels { categories, ..Labels::default() });
        let fields: Vec<(&str, usize)> = found.iter().map(|it| (it.field, it.changes.len())).collect();
        assert_eq!(
            fields,
            [("similar", 2), ("category", 1), ("answers", 1), ("answer_mode", 1), ("valid_until", 1)]
        );
        assert_eq!(found[1].changes[0].after, Some(Piece::Text("话费 / 查询".into())));
        assert_eq!(found[4].changes[0].before, None);
    }

    #[test]
    fn particulars_are_told_by_their_names() {
        let set = |channel: &str, answer: &str| ChannelAnswers {
            channels: vec![channel.into()],
            answers: vec![Content::text(answer)],
            ..ChannelAnswers::default()
        };
        let before = EntryBody {
            tags: vec!["话费".into(), "常问".into()],
            owner: Some(UserId(1)),
            related: vec![EntryId(5)],
            channel_answers: vec![set("wechat", "点菜单"), set("mail", "见附件")],
            ..EntryBody::default()
        };
        let after = EntryBody {
            tags: vec!["常问".into(), "话费".into(), "5G".into()],
            owner: Some(UserId(2)),
            review_at: Some(Time(9)),
            related: vec![EntryId(6)],
            channel_answers: vec![set("wechat", "点下面的菜单"), set("web", "点右上角")],
            ..EntryBody::default()
        };
        let names = [
            (UserId(1).to_string(), "小王"),
            (UserId(2).to_string(), "小李"),
            (EntryId(5).to_string(), "怎么开发票"),
        ];
        let names = names.into_iter().map(|(id, name)| (id, name.to_owned())).collect();
        let found = between(&before, &after, &Labels { names, ..Labels::default() });
        let told: Vec<(&str, Option<&str>, usize)> =
            found.iter().map(|it| (it.field, it.about.as_deref(), it.changes.len())).collect();
        let expected = [
            ("tags", None, 1),
            ("owner", None, 1),
            ("review_at", None, 1),
            ("related", None, 2),
            ("channel_answers", Some("wechat"), 1),
            ("channel_answers", Some("mail"), 1),
            ("channel_answers", Some("web"), 1),
        ];
        assert_eq!(told, expected);
        assert_eq!(found[1].changes[0].after, Some(Piece::Text("小李".into())));
        assert_eq!(found[3].changes[0].before, Some(Piece::Text("怎么开发票".into())));
        assert_eq!(
            found[3].changes[1].after,
            Some(Piece::Text(EntryId(6).to_string())),
            "gone, so by its key"
        );
    }
}
