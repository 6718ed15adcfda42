//! Markdown.

use crate::Result;
use crate::html;
use crate::outline::{Block, Placed, push};
use crate::package::unescaped;

/// What a text in Markdown is made of.
pub(crate) fn read(text: &str) -> Result<Vec<Placed>> {
    let mut blocks = Vec::new();
    let mut fence: Option<&str> = None;
    // The lines above: whether a title may stand in the last one, which is so after an empty line.
    let (mut was_empty, mut may_be_title) = (true, false);
    // Which table of the text the last one was, and whether the line above was a row of it.
    let (mut table, mut was_row) = (0, false);
    let mut lines = text.lines().zip(1..).skip(front_matter(text));
    while let Some((line, number)) = lines.next() {
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
            (was_row, was_empty, may_be_title) = (false, true, false);
            continue;
        }
        if !in_code && line.starts_with("<table") {
            // Other programs write a table so whose cells have lines of their own.
            let mut html = line.to_owned();
            while !html.ends_with("</table>") {
                let Some((line, _)) = lines.next() else { break };
                html.push('\n');
                html.push_str(line.trim_end());
            }
            for (number, block) in html::part_of(&html, number, table)? {
                table = if let Block::Row(own, _) = &block { *own } else { table };
                push(&mut blocks, number, block)?;
            }
            (was_row, was_empty, may_be_title) = (false, true, false);
            continue;
        }
        if let Some(row) = line.trim_start().strip_prefix('|').filter(|_| !in_code) {
            table += usize::from(!was_row);
            (was_row, was_empty, may_be_title) = (true, false, false);
            if !is_below_header(row) {
                push(&mut blocks, number, Block::Row(table, cells(row)))?;
            }
            continue;
        }
        was_row = false;
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
    Ok(blocks)
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

/// Whether a row is the rule below a table's header.
fn is_below_header(row: &str) -> bool {
    row.contains('-') && row.bytes().all(|it| b"|-: ".contains(&it))
}

/// The cells of a row whose first bar was read; a bar behind a backslash is itself.
fn cells(row: &str) -> Vec<String> {
    let row = row.strip_suffix('|').filter(|it| !it.ends_with('\\')).unwrap_or(row);
    let (mut cells, mut begun) = (Vec::new(), 0);
    for (at, _) in row.match_indices('|') {
        if !row[..at].ends_with('\\') {
            cells.push(bare(row[begun..at].trim()));
            begun = at + 1;
        }
    }
    cells.push(bare(row[begun..].trim()));
    cells
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
