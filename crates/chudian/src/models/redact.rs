//! What never leaves the house: numbers that name a person, mail addresses, and names where a text says that they
//! are names. Pure.
//!
//! A sentence keeps its meaning without them: a placeholder stands in their place. Rather a number too many than
//! one too few: an order number of eleven digits looks like a telephone number, and goes too.

use std::borrow::Cow;

/// Shortest row of digits that may be a telephone number without area code.
const SHORTEST_NUMBER: usize = 7;

/// The text with placeholders instead of telephone, identity card and bank card numbers and mail addresses.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    if !text.contains('@')
        && !text.contains('＠')
        && text.chars().filter(|it| is_digit(*it)).count() < SHORTEST_NUMBER
    {
        return Cow::Borrowed(text);
    }
    Cow::Owned(numbers(&mails(&without_ghosts(text))))
}

/// The same, and without the names and addresses that a text gives as such ("姓名：王小明", "我叫王小明"), and without
/// `known` names of the person who wrote it.
#[must_use]
pub fn redact_person(text: &str, known: &[&str]) -> String {
    let mut text = named(&without_ghosts(text));
    for name in known.iter().map(|it| it.trim()).filter(|it| it.chars().count() >= 2) {
        text = text.replace(name, "[姓名]");
    }
    numbers(&mails(&text))
}

/// Characters that nobody sees, which would part a number in two.
fn without_ghosts(text: &str) -> String {
    let is_ghost = |it: char| matches!(it, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}');
    text.chars().filter(|it| !is_ghost(*it)).collect()
}

/// Words after which a name stands, and whether a mark must stand between.
const NAME_WORDS: [(&str, bool); 14] = [
    ("姓名", true),
    ("名字", true),
    ("户名", true),
    ("联系人", true),
    ("收件人", true),
    ("收货人", true),
    ("持卡人", true),
    ("开户人", true),
    ("机主", true),
    ("我的名字叫", false),
    ("我名叫", false),
    ("我叫", false),
    ("我姓", false),
    ("本人", true),
];

/// Words after which a place stands, up to the next mark.
const PLACE_WORDS: [&str; 5] = ["收货地址", "家庭住址", "住址", "地址", "住在"];

/// Takes away what a text itself calls a name or a place.
fn named(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some((kept, gone, placeholder)) = name_at(rest).or_else(|| place_at(rest)) {
            out.push_str(&rest[..kept]);
            out.push_str(placeholder);
            rest = &rest[kept + gone..];
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

/// How many bytes lead to a name at the beginning of a text, and how many it has.
fn name_at(text: &str) -> Option<(usize, usize, &'static str)> {
    let (word, needs_mark) = NAME_WORDS.iter().find(|(word, _)| text.starts_with(word))?;
    let lead = word.len() + lead(&text[word.len()..], *needs_mark)?;
    let is_chinese = |it: char| ('\u{4e00}'..='\u{9fff}').contains(&it);
    let chinese: String = text[lead..].chars().take_while(|it| is_chinese(*it) || *it == '·').collect();
    // A name with a dot is long; without one, what follows after four signs is no name any more.
    let most = if chinese.contains('·') { 20 } else { 4 };
    let chinese: String = chinese.chars().take(most).collect();
    let latin = |it: char| it.is_ascii_alphabetic() || matches!(it, ' ' | '.' | '\'');
    let name = match chinese.is_empty() {
        false => chinese,
        true => text[lead..].chars().take_while(|it| latin(*it)).take(40).collect(),
    };
    (!name.trim().is_empty()).then_some((lead, name.len(), "[姓名]"))
}

fn place_at(text: &str) -> Option<(usize, usize, &'static str)> {
    let word = PLACE_WORDS.iter().find(|word| text.starts_with(**word))?;
    let lead = word.len() + lead(&text[word.len()..], *word != "住在")?;
    let ends = |it: char| matches!(it, ',' | '，' | '。' | '；' | ';' | '\n' | '？' | '?' | '！' | '!');
    let place: String = text[lead..].chars().take_while(|it| !ends(*it)).take(80).collect();
    (!place.trim().is_empty()).then_some((lead, place.len(), "[地址]"))
}

/// Spaces, colons and "是" between such a word and what it names; `None` when a mark is missing.
fn lead(text: &str, needs_mark: bool) -> Option<usize> {
    let is_mark = |it: char| matches!(it, ':' | '：' | '是' | '为' | '=');
    let between: String = text.chars().take_while(|it| is_mark(*it) || *it == ' ').take(4).collect();
    (!needs_mark || between.chars().any(is_mark)).then_some(between.len())
}

/// A row of digits, perhaps with a space, hyphen or the like between them, as people write long numbers.
fn numbers(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        if value(chars[at]).is_none() {
            out.push(chars[at]);
            at += 1;
            continue;
        }
        let (end, digits) = row(&chars, at);
        match digits.len() {
            15..=19 => out.push_str("[证件或卡号]"),
            12..=14 if is_card(&digits) => out.push_str("[证件或卡号]"),
            SHORTEST_NUMBER.. => out.push_str("[号码]"),
            _ => out.extend(&chars[at..end]),
        }
        at = end;
    }
    out
}

/// Where the row that begins at `start` ends, and its digits.
fn row(chars: &[char], start: usize) -> (usize, Vec<u8>) {
    let mut digits = Vec::new();
    let (mut end, mut at) = (start, start);
    while at < chars.len() {
        if let Some(digit) = value(chars[at]) {
            digits.push(digit);
            at += 1;
            end = at;
        } else if digits.len() == 17 && matches!(chars[at], 'x' | 'X' | 'ｘ' | 'Ｘ') {
            // The last place of an identity card number.
            digits.push(0);
            return (at + 1, digits);
        } else {
            let marks = chars[at..].iter().take_while(|it| is_between(**it)).take(3).count();
            if marks == 0 || marks > 2 || chars.get(at + marks).is_none_or(|it| value(*it).is_none()) {
                break;
            }
            at += marks;
        }
    }
    (end, digits)
}

/// What stands within a long number and does not end it.
fn is_between(it: char) -> bool {
    matches!(it, ' ' | '-' | '－' | '—' | '–' | '·' | '.' | '(' | ')' | '（' | '）' | '\u{a0}' | '\u{3000}')
}

/// What a digit is worth, in every dress that people give it.
fn value(it: char) -> Option<u8> {
    let place = |first: char| u8::try_from(u32::from(it) - u32::from(first)).ok();
    match it {
        '0'..='9' => place('0'),
        '０'..='９' => place('０'),
        '①'..='⑨' => place('①').map(|it| it + 1),
        '\u{1d7ce}'..='\u{1d7ff}' => place('\u{1d7ce}').map(|it| it % 10),
        '\u{660}'..='\u{669}' => place('\u{660}'),
        '〇' | '零' => Some(0),
        '一' | '幺' | '壹' => Some(1),
        '二' | '贰' => Some(2),
        '三' | '叁' => Some(3),
        '四' | '肆' => Some(4),
        '五' | '伍' => Some(5),
        '六' | '陆' => Some(6),
        '七' | '柒' => Some(7),
        '八' | '捌' => Some(8),
        '九' | '玖' => Some(9),
        _ => None,
    }
}

fn is_digit(it: char) -> bool {
    value(it).is_some()
}

/// Luhn's check, which the numbers of bank cards pass.
fn is_card(digits: &[u8]) -> bool {
    let sum: u32 = digits.iter().rev().enumerate().fold(0, |sum, (nth, digit)| {
        let doubled = u32::from(*digit) * if nth % 2 == 1 { 2 } else { 1 };
        sum + doubled / 10 + doubled % 10
    });
    sum.is_multiple_of(10)
}

/// Everything around an @ that may be part of a mail address.
fn mails(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let part =
        |it: &char| it.is_ascii_alphanumeric() || matches!(it, '.' | '_' | '-' | '+' | '%') || is_digit(*it);
    let mut out: Vec<char> = Vec::with_capacity(chars.len());
    let mut at = 0;
    while at < chars.len() {
        let before = out.iter().rev().take_while(|it| part(it)).count();
        let after = chars[at + 1..].iter().take_while(|it| part(it)).count();
        if matches!(chars[at], '@' | '＠') && before > 0 && after > 0 {
            out.truncate(out.len() - before);
            out.extend("[邮箱]".chars());
            at += 1 + after;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_names_a_person_stays_in_the_house() {
        for (text, expected) in [
            ("怎么退款", "怎么退款"),
            ("我的手机13800138000停机了", "我的手机[号码]停机了"),
            ("打 138-0013-8000 或 010-62770000", "打 [号码] 或 [号码]"),
            ("１３８００１３８０００", "[号码]"),
            ("身份证11010119900307123X过期", "身份证[证件或卡号]过期"),
            ("身份证110101199003071234", "身份证[证件或卡号]"),
            ("卡号 6222 0212 3456 7890 123", "卡号 [证件或卡号]"),
            ("写信到 li.lei+a@example.com.cn 吧", "写信到 [邮箱] 吧"),
            ("13800138000@qq.com", "[邮箱]"),
            ("2026年11月22日买了3件，100元", "2026年11月22日买了3件，100元"),
            ("充话费100 200 300", "充话费[号码]"),
            ("@小王 在吗 12345678", "@小王 在吗 [号码]"),
            ("138.0013.8000", "[号码]"),
            ("(010) 6277 0000", "([号码]"),
            ("一三八零零一三八零零零", "[号码]"),
            ("幺三八 零零幺三 八零零零", "[号码]"),
            ("①③⑧00138000", "[号码]"),
            ("𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟖𝟎𝟎𝟎", "[号码]"),
            ("1380\u{200b}0138\u{200b}000", "[号码]"),
            ("卡 378282246310005", "卡 [证件或卡号]"),
            ("卡 30569309025904", "卡 [证件或卡号]"),
            ("单 30569309025905", "单 [号码]"),
            ("三天内到账，一般两三个工作日", "三天内到账，一般两三个工作日"),
            ("a@", "a@"),
        ] {
            assert_eq!(redact(text), expected, "{text}");
        }
    }

    #[test]
    fn who_says_a_name_keeps_it() {
        for (text, expected) in [
            ("姓名：王小明 电话：13800138000", "姓名：[姓名] 电话：[号码]"),
            ("姓名:王小明,地址:杭州市文三路1号2单元,怎么改套餐", "姓名:[姓名],地址:[地址],怎么改套餐"),
            ("我叫李雷，想退款", "我叫[姓名]，想退款"),
            ("联系人是 Li Lei", "联系人是 [姓名]"),
            ("收件人：阿依古丽·买买提", "收件人：[姓名]"),
            ("怎么修改收货地址", "怎么修改收货地址"),
            ("怎么修改联系人", "怎么修改联系人"),
            ("机主姓名怎么改", "机主姓名怎么改"),
            ("本人能办吗", "本人能办吗"),
            ("小明想退款，小明的卡丢了", "[姓名]想退款，[姓名]的卡丢了"),
        ] {
            assert_eq!(redact_person(text, &["小明", "李", " "]), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_long_number_is_left(text in "[0-9 x@a.()一零退款-]{0,60}") {
            let left = redact(&text).into_owned();
            let longest = left.split(|it: char| !it.is_ascii_digit()).map(str::len).max().unwrap_or(0);
            prop_assert!(longest < SHORTEST_NUMBER, "{} -> {}", text, left);
            prop_assert_eq!(redact(&left).into_owned(), left);
        }
    }
}
