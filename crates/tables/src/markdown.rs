//! Markdown.

use crate::outline::{Block, push, rows};
use crate::{Result, Row};

/// Reads Markdown.
pub(crate) fn read(text: &str) -> Result<Vec<Row>> {
    let mut blocks = Vec::new();
    let mut in_code = false;
    for (line, number) in text.lines().zip(1..) {
        let line = line.trim_end();
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
            continue;
        }
        let level = line.bytes().take_while(|it| *it == b'#').count();
        let heading =
            line[level..].strip_prefix([' ', '\t']).filter(|_| !in_code && (1..=6).contains(&level));
        let block = match heading {
            Some(title) => Block::Heading(level, bare(title.trim().trim_end_matches('#'))),
            None if in_code => Block::Text(line.to_owned()),
            None => Block::Text(bare(line)),
        };
        push(&mut blocks, number, block)?;
    }
    rows(blocks)
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
    plain.trim().to_owned()
}

/// The words and the address of a link whose `[` was read, and what comes after it. Nothing is looked at twice: a
/// line of brackets alone would be searched to its end for each.
fn link(after: &str) -> Option<(&str, &str, &str)> {
    let (words, rest) = after.split_at(after.find(['[', ']'])?);
    let rest = rest.strip_prefix("](")?;
    let (address, rest) = rest.split_at(rest.find(['[', ')'])?);
    Some((words, address, rest.strip_prefix(')')?))
}
