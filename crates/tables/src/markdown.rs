//! Markdown.

use crate::outline::{Block, push, rows};
use crate::package::unescaped;
use crate::{Result, Row};

/// Reads Markdown.
pub(crate) fn read(text: &str) -> Result<Vec<Row>> {
    let mut blocks = Vec::new();
    let mut fence: Option<&str> = None;
    // The lines above: whether a title may stand in the last one, which is so after an empty line.
    let (mut was_empty, mut may_be_title) = (true, false);
    for (line, number) in text.lines().zip(1..).skip(front_matter(text)) {
        let line = line.trim_end();
        let mark = ["```", "~~~"].into_iter().find(|it| line.trim_start().starts_with(it));
        if mark.is_some() && (fence.is_none() || fence == mark) {
            fence = if fence.is_none() { mark } else { None };
            continue;
        }
        let in_code = fence.is_some();
        if !in_code && is_rule(line) {
            // A line of = or - below one line of words makes it a heading; any other parts paragraphs.
            let level = if line.starts_with('=') { 1 } else { 2 };
            match blocks.last_mut() {
                Some((_, it @ Block::Text(_))) if may_be_title && line.starts_with(['=', '-']) => {
                    let Block::Text(title) = it else { continue };
                    *it = Block::Heading(level, std::mem::take(title));
                }
                _ => push(&mut blocks, number, Block::Text(String::new()))?,
            }
            (was_empty, may_be_title) = (true, false);
            continue;
        }
        let Some(line) = row(line, in_code) else { continue };
        let level = line.bytes().take_while(|it| *it == b'#').count();
        let heading =
            line[level..].strip_prefix([' ', '\t']).filter(|_| !in_code && (1..=6).contains(&level));
        let block = match heading {
            Some(title) => Block::Heading(level, bare(title.trim().trim_end_matches('#'))),
            None if in_code => Block::Text(line.to_owned()),
            None => Block::Text(bare(line)),
        };
        let is_words = matches!(block, Block::Text(_)) && line.starts_with(char::is_alphanumeric);
        may_be_title = !in_code && was_empty && is_words;
        was_empty = line.is_empty() || matches!(block, Block::Heading(..));
        push(&mut blocks, number, block)?;
    }
    rows(blocks)
}

/// How many lines the front matter takes, in which programs that make sites keep titles and dates.
fn front_matter(text: &str) -> usize {
    let mut lines = text.lines();
    let begins = lines.next().is_some_and(|it| it.trim_end() == "---");
    let end = lines.position(|it| matches!(it.trim_end(), "---" | "..."));
    end.filter(|_| begins).map_or(0, |it| it + 2)
}

/// Whether a line is nothing but a rule.
fn is_rule(line: &str) -> bool {
    let mark = line.bytes().next().unwrap_or_default();
    line.len() >= 3 && b"=-*_".contains(&mark) && line.bytes().all(|it| it == mark)
}

/// A row of a table as a line of cells that stand apart; none for the rule below its header.
fn row(line: &str, in_code: bool) -> Option<&str> {
    let Some(inside) = line.trim_start().strip_prefix('|').filter(|_| !in_code) else { return Some(line) };
    let is_rule = inside.contains('-') && inside.bytes().all(|it| b"|-: ".contains(&it));
    (!is_rule).then(|| inside.strip_suffix('|').unwrap_or(inside).trim())
}

/// A line without the marks of emphasis, code, quotes and links; of a link its words and its address.
fn bare(line: &str) -> String {
    let line = line.trim_start_matches(['>', ' ']);
    let line = line.replace("**", "").replace("__", "").replace('`', "");
    let mut plain = String::with_capacity(line.len());
    let mut rest = line.as_str();
    while let Some((before, after)) = rest.split_once('[') {
        let link = link(after);
        plain.push_str(before);
        match link {
            Some((words, address, after)) => {
                // A picture is no text.
                if plain.ends_with('!') {
                    plain.pop();
                } else {
                    plain.push_str(words);
                    if address.starts_with("http") && address != words {
                        plain.push(' ');
                        plain.push_str(address);
                    }
                }
                rest = after;
            }
            None => {
                plain.push('[');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    let plain = unescaped(&plain.replace("<br>", "\n").replace("<br/>", "\n").replace("<br />", "\n"));
    let mut text = String::with_capacity(plain.len());
    let mut letters = plain.chars().peekable();
    while let Some(letter) = letters.next() {
        // A mark behind a backslash is itself.
        let is_escape = letter == '\\' && letters.peek().is_some_and(char::is_ascii_punctuation);
        text.extend(if is_escape { letters.next() } else { Some(letter) });
    }
    text.trim().to_owned()
}

/// The words and the address of a link whose `[` was read, and what comes after it. Nothing is looked at twice: a
/// line of brackets alone would be searched to its end for each.
fn link(after: &str) -> Option<(&str, &str, &str)> {
    let (words, rest) = after.split_at(after.find(['[', ']'])?);
    let rest = rest.strip_prefix("](")?;
    let (address, rest) = rest.split_at(rest.find(['[', ')'])?);
    Some((words, address, rest.strip_prefix(')')?))
}
