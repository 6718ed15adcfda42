//! What never leaves the house: numbers that name a person, and mail addresses. Pure.
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
    Cow::Owned(numbers(&mails(text)))
}

/// A row of digits, perhaps with single spaces or hyphens between them, as people write long numbers.
fn numbers(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        if !is_digit(chars[at]) {
            out.push(chars[at]);
            at += 1;
            continue;
        }
        let (end, digits) = row(&chars, at);
        match digits {
            15..=19 => out.push_str("[证件或卡号]"),
            SHORTEST_NUMBER.. => out.push_str("[号码]"),
            _ => out.extend(&chars[at..end]),
        }
        at = end;
    }
    out
}

/// Where the row that begins at `start` ends, and how many digits it has.
fn row(chars: &[char], start: usize) -> (usize, usize) {
    let (mut end, mut digits) = (start, 0);
    let mut at = start;
    while at < chars.len() {
        if is_digit(chars[at]) {
            digits += 1;
            at += 1;
            end = at;
        } else if matches!(chars[at], ' ' | '-' | '－' | '—' | '·')
            && chars.get(at + 1).is_some_and(|it| is_digit(*it))
        {
            at += 1;
        } else if digits == 17 && matches!(chars[at], 'x' | 'X' | 'ｘ' | 'Ｘ') {
            // The last place of an identity card number.
            return (at + 1, 18);
        } else {
            break;
        }
    }
    (end, digits)
}

fn is_digit(it: char) -> bool {
    it.is_ascii_digit() || ('０'..='９').contains(&it)
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
            ("a@", "a@"),
        ] {
            assert_eq!(redact(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_long_number_is_left(text in "[0-9 x@a.退款-]{0,60}") {
            let left = redact(&text).into_owned();
            let longest = left.split(|it: char| !it.is_ascii_digit()).map(str::len).max().unwrap_or(0);
            prop_assert!(longest < SHORTEST_NUMBER, "{} -> {}", text, left);
            prop_assert_eq!(redact(&left).into_owned(), left);
        }
    }
}
