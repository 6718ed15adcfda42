//! Whether a generated text may be said: only what the given entries say, with their numbers. Pure.
//!
//! Nobody but this check decides. A model that was talked into something, by a customer or by an entry, may write what
//! it likes: what the cited entries do not hold is not said.
//!
//! - It cites at least one entry, and only entries that were given.
//! - Every figure, address and Latin word or code in it occurs in a cited entry.
//! - So does every word of a pair of opposites.
//! - Nearly all its pairs of signs occur in the cited entries, over the whole and in each part of a sentence.
//! - No part of a sentence denies what the entry affirms, or the other way round.

use std::collections::HashSet;

use retrieval::normalise::fold;
use serde::{Deserialize, Serialize};

use super::figures::{Figure, figures};
use super::prompt::{MARKER, Source};

/// The longest text that is said, in characters.
pub(super) const LONGEST: usize = 400;
/// So much of the whole text must stand in the cited entries.
const WHOLE: f32 = 0.6;
/// So much of each part of a sentence.
const PART: f32 = 0.4;
/// Shorter parts are judged with the whole.
const SHORTEST_PART: usize = 4;

/// A text that may be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grounded {
    /// The text without the numbers of entries.
    pub text: String,
    /// The numbers that it cites, from 1, each once, in order.
    pub cited: Vec<usize>,
}

/// Why a text is not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It says itself that the entries do not answer.
    Declined,
    /// There is none.
    Empty,
    /// It is too long, or was cut off.
    TooLong,
    /// It cites nothing.
    NoCitation,
    /// It cites what was not given.
    WrongCitation,
    /// A figure that no cited entry holds.
    Figure,
    /// An address, code or Latin word that no cited entry holds.
    Word,
    /// A word whose opposite the entry may mean.
    Opposite,
    /// It says what the cited entries do not say.
    Unsupported,
    /// It denies what they affirm, or the other way round.
    Reversed,
}

impl Fault {
    /// Its stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Declined => "declined",
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::NoCitation => "no_citation",
            Self::WrongCitation => "wrong_citation",
            Self::Figure => "figure",
            Self::Word => "word",
            Self::Opposite => "opposite",
            Self::Unsupported => "unsupported",
            Self::Reversed => "reversed",
        }
    }
}

/// A text that is not said, and the piece that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// Why.
    pub fault: Fault,
    /// The piece, short; empty where there is none.
    pub piece: String,
}

impl Unfit {
    fn new(fault: Fault, piece: &str) -> Self {
        Self { fault, piece: piece.chars().take(40).collect() }
    }
}

/// Judges what a model wrote for these sources.
///
/// # Errors
/// Why it is not said.
pub fn judge(text: &str, is_cut: bool, sources: &[Source]) -> Result<Grounded, Unfit> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Unfit::new(Fault::Empty, ""));
    }
    let (said, numbers) = without_citations(text);
    if text.contains(MARKER) || said.trim_matches(|it: char| !it.is_alphanumeric()) == "无法回答" {
        return Err(Unfit::new(Fault::Declined, ""));
    }
    if is_cut || said.chars().count() > LONGEST {
        return Err(Unfit::new(Fault::TooLong, ""));
    }
    let mut cited: Vec<usize> = Vec::new();
    for number in numbers {
        let known = number.parse::<usize>().ok().filter(|it| (1..=sources.len()).contains(it));
        let Some(known) = known else { return Err(Unfit::new(Fault::WrongCitation, &format!("[{number}]"))) };
        if !cited.contains(&known) {
            cited.push(known);
        }
    }
    if cited.is_empty() {
        return Err(Unfit::new(Fault::NoCitation, ""));
    }
    if !said.chars().any(char::is_alphanumeric) {
        return Err(Unfit::new(Fault::Empty, ""));
    }
    cited.sort_unstable();
    let texts: Vec<&Source> = cited.iter().filter_map(|it| sources.get(it - 1)).collect();
    Ground::of(&texts).holds(&fold(&said))?;
    Ok(Grounded { text: said, cited })
}

/// Takes "[1]", "【2】", "[1,3]" out of a text, and gives what stood in them. Other brackets stay.
fn without_citations(text: &str) -> (String, Vec<String>) {
    let (mut said, mut numbers) = (String::with_capacity(text.len()), Vec::new());
    let mut rest = text;
    while let Some(at) = rest.find(['[', '【', '［']) {
        let (before, from) = rest.split_at(at);
        said.push_str(before);
        let open = from.chars().next().map_or(1, char::len_utf8);
        let end = from.find([']', '】', '］']);
        let inside = end.map(|end| &from[open..end]).unwrap_or_default();
        let is_citation = inside.chars().any(|it| it.is_ascii_digit())
            && inside.chars().all(|it| it.is_ascii_digit() || " ,，、-".contains(it));
        match end {
            Some(end) if is_citation => {
                let parts = inside.split(|it: char| !it.is_ascii_digit()).filter(|it| !it.is_empty());
                numbers.extend(parts.map(str::to_owned));
                let close = from[end..].chars().next().map_or(1, char::len_utf8);
                rest = &from[end + close..];
            }
            _ => {
                said.push_str(&from[..open]);
                rest = &from[open..];
            }
        }
    }
    said.push_str(rest);
    let lines: Vec<&str> = said.lines().map(str::trim).collect();
    (lines.join("\n").trim().to_owned(), numbers)
}

/// What the cited entries hold.
struct Ground {
    text: String,
    figures: Vec<Figure>,
    words: HashSet<String>,
    pairs: HashSet<(char, char)>,
    parts: Vec<String>,
}

impl Ground {
    fn of(sources: &[&Source]) -> Self {
        let texts = sources.iter().flat_map(|it| [it.question.as_str(), it.answer.as_str()]);
        let text = fold(&texts.collect::<Vec<_>>().join("\n"));
        Self {
            figures: figures(&text),
            words: words(&text).into_iter().collect(),
            pairs: pairs(&text).collect(),
            parts: parts(&text).map(str::to_owned).collect(),
            text,
        }
    }

    fn holds(&self, said: &str) -> Result<(), Unfit> {
        if let Some(it) = figures(said).iter().find(|it| !it.is_in(&self.figures)) {
            return Err(Unfit::new(Fault::Figure, &it.written));
        }
        if let Some(it) = words(said).iter().find(|it| !self.words.contains(*it)) {
            return Err(Unfit::new(Fault::Word, it));
        }
        let is_foreign = |it: &&&str| said.contains(**it) && !self.text.contains(**it);
        if let Some(it) = OPPOSITES.iter().find(is_foreign) {
            return Err(Unfit::new(Fault::Opposite, it));
        }
        for part in parts(said).filter(|it| !is_courtesy(it)) {
            let length = part.chars().filter(|it| it.is_alphanumeric()).count();
            if length >= SHORTEST_PART && self.share(part) < PART {
                return Err(Unfit::new(Fault::Unsupported, part));
            }
            if length >= SHORTEST_PART && self.is_reversed(part) {
                return Err(Unfit::new(Fault::Reversed, part));
            }
        }
        let whole: Vec<&str> = parts(said).filter(|it| !is_courtesy(it)).collect();
        if self.share(&whole.join("\n")) < WHOLE {
            return Err(Unfit::new(Fault::Unsupported, said));
        }
        Ok(())
    }

    /// How much of a text's pairs of signs the entries hold.
    fn share(&self, text: &str) -> f32 {
        let (held, all) = pairs(text).fold((0_u16, 0_u16), |(held, all), pair| {
            (held + u16::from(self.pairs.contains(&pair)), all.saturating_add(1))
        });
        if all == 0 { 0.0 } else { f32::from(held) / f32::from(all) }
    }

    /// Whether a part denies what the nearest part of the entries affirms, or the other way round.
    fn is_reversed(&self, part: &str) -> bool {
        let mine: HashSet<(char, char)> = pairs(part).collect();
        let near = |it: &&String| pairs(it).filter(|pair| mine.contains(pair)).count();
        let most = self.parts.iter().map(|it| near(&it)).max().unwrap_or_default();
        let nearest: Vec<&String> = self.parts.iter().filter(|it| most > 0 && near(it) == most).collect();
        let differs = |it: &&String| denials(it) % 2 != denials(part) % 2;
        // Of several as near, who denies needs all of them, who affirms one.
        match denials(part) {
            0 => !nearest.is_empty() && nearest.iter().all(differs),
            _ => nearest.iter().any(differs),
        }
    }
}

/// Words that come in pairs, of which a text may only have the one that the entry has.
const OPPOSITES: &[&str] = &[
    "免费", "收费", "以上", "以下", "以内", "之前", "之后", "以前", "以后", "上午", "下午", "增加", "减少",
    "开通", "关闭", "允许", "禁止", "必须", "无需", "无须", "线上", "线下", "提高", "降低", "支持", "拒绝",
    "最多", "最少", "至少", "超过", "不足", "立即", "永久", "有效", "无效", "保证", "承诺", "全额", "双倍",
    "赔偿",
];

/// What may be said to anybody and is no answer.
fn is_courtesy(part: &str) -> bool {
    const COURTESIES: &[&str] = &[
        "您好",
        "你好",
        "亲",
        "请问",
        "感谢您的咨询",
        "谢谢",
        "希望对您有帮助",
        "根据资料",
        "根据以上资料",
        "根据提供的资料",
        "尊敬的客户",
    ];
    let part: String = part.chars().filter(|it| it.is_alphanumeric()).collect();
    COURTESIES.contains(&part.as_str())
}

fn parts(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split(['。', ',', ';', '!', '?', '\n', '、', ':', '(', ')'])
        .map(str::trim)
        .filter(|it| !it.is_empty())
}

/// Neighbouring letters, signs and digits. Marks and spaces between them do not part them.
fn pairs(folded: &str) -> impl Iterator<Item = (char, char)> {
    let signs: Vec<char> = folded.chars().filter(|it| it.is_alphanumeric()).collect();
    (1..signs.len()).map(move |at| (signs[at - 1], signs[at]))
}

/// How often a text denies. Words that only look like it do not count.
fn denials(part: &str) -> usize {
    const LOOK_LIKE: &[&str] = &[
        "不仅",
        "不但",
        "不同",
        "不过",
        "不论",
        "不管",
        "无论",
        "无线",
        "未来",
        "非常",
        "没事",
        "特别",
        "差别",
        "区别",
        "类别",
        "级别",
        "性别",
        "别人",
        "别的",
        "识别",
        "分别",
        "是不是",
        "能不能",
        "可不可以",
        "有没有",
        "要不要",
        "会不会",
        "不断",
        "不限",
    ];
    let mut part = part.to_owned();
    for it in LOOK_LIKE {
        part = part.replace(it, "");
    }
    part.chars()
        .filter(|it| matches!(it, '不' | '没' | '无' | '未' | '非' | '勿' | '莫' | '别' | '禁' | '拒' | '免'))
        .count()
}

/// Addresses, codes and Latin words: whatever has a Latin letter in it, with what belongs to it.
fn words(folded: &str) -> Vec<String> {
    let belongs = |it: char| it.is_ascii_alphanumeric() || "@._:/?&=%#+~-".contains(it);
    folded
        .split(|it: char| !belongs(it))
        .map(|it| it.trim_matches(|it: char| !it.is_ascii_alphanumeric()))
        .filter(|it| it.contains(|it: char| it.is_ascii_alphabetic()))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests;
