//! Cutting a long answer into parts the platform accepts.

/// Cuts `text` into parts of at most `max_bytes` bytes, at the ends of sentences where it can.
///
/// A part ends, in this order of preference, after a line, after a sentence, after a comma or blank, and only
/// then anywhere between two characters. Blanks at the cuts are dropped, so no part is empty. A single
/// character longer than `max_bytes` stays whole.
///
/// ```
/// let parts = wechat::text::split_text("您好。套餐已变更！请放心。", 27);
/// assert_eq!(parts, ["您好。套餐已变更！", "请放心。"]);
/// ```
#[must_use]
pub fn split_text(text: &str, max_bytes: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while rest.len() > max_bytes {
        let cut = cut_position(rest, max_bytes);
        let (part, after) = rest.split_at(cut);
        parts.push(part.trim_end());
        rest = after.trim_start();
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

/// Where to cut a text that is too long: always behind at least one character.
fn cut_position(text: &str, max_bytes: usize) -> usize {
    let first = text.chars().next().map_or(0, char::len_utf8);
    let head = &text[..text.floor_char_boundary(max_bytes).max(first)];
    // A cut in the first third would make the parts too many; each costs one of the few sends.
    let earliest = head.len() / 3;
    let after = |ends: fn(&str, usize, char) -> bool| {
        let mut found = head.char_indices().rev().filter(|&(at, it)| ends(text, at, it));
        found.next().map(|(at, it)| at + it.len_utf8()).filter(|&cut| cut > earliest)
    };
    // A blank right behind the head is dropped there, so the whole head may be used.
    let next = text[head.len()..].chars().next();
    let whole = |is_end: bool| is_end.then_some(head.len());
    whole(next == Some('\n'))
        .or_else(|| after(|_, _, it| it == '\n'))
        .or_else(|| after(ends_sentence))
        .or_else(|| whole(next.is_some_and(char::is_whitespace)))
        .or_else(|| after(|_, _, it| matches!(it, '，' | '、' | '：' | ',' | ':') || it.is_whitespace()))
        .unwrap_or_else(|| between_clusters(text, head.len(), first))
}

/// Whether a sentence ends with the character at `at`. A Latin full stop must have a blank behind it: 3.5 and
/// `example.com` are not cut.
fn ends_sentence(text: &str, at: usize, it: char) -> bool {
    match it {
        '。' | '！' | '？' | '；' | '…' => true,
        '.' | '!' | '?' | ';' => text[at + 1..].chars().next().is_none_or(char::is_whitespace),
        _ => false,
    }
}

/// Moves a cut before marks that belong to the character in front of them: joiners, skin tones, variants.
fn between_clusters(text: &str, cut: usize, first: usize) -> usize {
    let mut cut = cut;
    for _ in 0..8 {
        let next = text[cut..].chars().next();
        let last = text[..cut].chars().next_back();
        let joined = next.is_some_and(is_mark) || last == Some('\u{200d}');
        let Some(last) = last.filter(|it| joined && cut - it.len_utf8() >= first) else { break };
        cut -= last.len_utf8();
    }
    cut
}

fn is_mark(it: char) -> bool {
    matches!(it, '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{300}'..='\u{36f}' | '\u{20e3}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cuts() {
        let cases: &[(&str, usize, &[&str])] = &[
            ("", 10, &[]),
            ("  \n ", 2, &[]),
            ("short", 10, &["short"]),
            ("One. Two. Three.", 10, &["One. Two.", "Three."]),
            ("第一行\n第二行。更多", 24, &["第一行", "第二行。更多"]),
            ("price 3.5 and more", 9, &["price 3.5", "and more"]),
            ("abcdefghij", 4, &["abcd", "efgh", "ij"]),
            ("好好好", 7, &["好好", "好"]),
            ("好", 1, &["好"]),
            ("a👍🏽", 8, &["a", "👍🏽"]),
        ];
        for (text, max, parts) in cases {
            assert_eq!(&split_text(text, *max), parts, "{text:?} at {max}");
        }
    }

    proptest! {
        #[test]
        fn nothing_but_blanks_is_lost_and_every_part_fits(text: String, max in 0_usize..40) {
            let parts = split_text(&text, max);
            let joined: String = parts.concat().split_whitespace().collect();
            let whole: String = text.split_whitespace().collect();
            prop_assert_eq!(joined, whole);
            for part in parts {
                prop_assert!(!part.trim().is_empty());
                prop_assert!(part.len() <= max || part.chars().count() == 1);
            }
        }
    }
}
