//! Words out of pasted lines: one group a line, its words parted by commas. Pure.

use crate::base::id::WordGroupId;
use crate::base::{Error, Result};

use super::model::{Book, WordKind, tidy};

/// How many lines are taken at once.
pub const MOST_LINES: usize = 2_000;

/// What parts two words of a line.
const BETWEEN: [char; 9] = [',', '，', '、', ';', '；', '|', '=', '＝', '\t'];

/// What a line does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Makes a group of these words.
    Create(Vec<String>),
    /// Puts more words into a group that has some of them.
    Widen(WordGroupId, Vec<String>),
    /// It is there already.
    Nothing,
}

/// The lines of a text that hold words, with their numbers from 1. Empty ones and remarks (`#`) are left out.
///
/// # Errors
/// `Invalid` for too many.
pub fn lines(text: &str) -> Result<Vec<(usize, Vec<String>)>> {
    let lines: Vec<_> = (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
        .map(|(nth, line)| (nth, line.split(BETWEEN).map(|it| it.trim().to_owned()).collect()))
        .collect();
    if lines.is_empty() || lines.len() > MOST_LINES {
        let why = format!("paste 1 to {MOST_LINES} lines, one group a line");
        return Err(Error::invalid("words.lines", why.clone()).field("text", why));
    }
    Ok(lines)
}

/// What a line does to the groups that are there.
///
/// # Errors
/// As [`tidy`] and [`Book::check`].
pub fn read(book: &Book, kind: WordKind, words: &[String]) -> Result<Deed> {
    let words = tidy(kind, words)?;
    let Some(group) = words.iter().find_map(|it| book.group_of(it)).filter(|it| it.kind == kind) else {
        book.check(None, &words)?;
        return Ok(Deed::Create(words));
    };
    // In another group than this one it clashes.
    book.check(Some(group.id), &words)?;
    let more: Vec<String> = words.into_iter().filter(|it| book.group_of(it).is_none()).collect();
    if more.is_empty() {
        return Ok(Deed::Nothing);
    }
    let all: Vec<String> = group.words.iter().cloned().chain(more).collect();
    Ok(Deed::Widen(group.id, tidy(kind, &all)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Time;
    use crate::knowledge::words::model::WordGroup;

    fn group(id: i64, kind: WordKind, words: &[&str]) -> WordGroup {
        let words = words.iter().map(ToString::to_string).collect();
        WordGroup { id: WordGroupId(id), kind, words, version: 1, updated_at: Time(0), updated_by: None }
    }

    #[test]
    fn lines_are_cut_at_commas_of_both_kinds() {
        let text = "# 网络\n亲情网，家庭号、家庭网\n\n  WiFi, wireless network ";
        let found = lines(text).unwrap();
        let shown: Vec<_> = found.iter().map(|(nth, words)| (*nth, words.join("/"))).collect();
        assert_eq!(shown, [(2, "亲情网/家庭号/家庭网".to_owned()), (4, "WiFi/wireless network".to_owned())]);
        assert!(lines(" \n#").is_err());
    }

    #[test]
    fn a_line_makes_a_group_or_widens_one_or_clashes() {
        use WordKind::{Protected, Synonyms};
        let book = Book::new(vec![
            group(1, Synonyms, &["亲情网", "家庭号"]),
            group(2, Synonyms, &["彩铃", "铃音"]),
            group(3, Protected, &["如何家园"]),
        ]);
        let check = |kind: WordKind, words: &[&str], expected: Result<Deed, &str>| {
            let words: Vec<String> = words.iter().map(ToString::to_string).collect();
            assert_eq!(read(&book, kind, &words).map_err(|it| it.code), expected, "{words:?}");
        };
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        check(Synonyms, &["流量", "上网流量"], Ok(Deed::Create(words(&["流量", "上网流量"]))));
        check(Synonyms, &["家庭號", "亲情网"], Ok(Deed::Nothing));
        let wide = words(&["亲情网", "家庭号", "家庭网"]);
        check(Synonyms, &["家庭网", "家庭号"], Ok(Deed::Widen(WordGroupId(1), wide)));
        check(Synonyms, &["家庭号", "彩铃"], Err("words.taken"));
        check(Synonyms, &["如何家园", "家园"], Err("words.taken"));
        check(Protected, &["如何家园"], Ok(Deed::Nothing));
        check(Protected, &["彩铃"], Err("words.taken"));
    }
}
