//! HTML.

use crate::outline::{Block, push, rows};
use crate::package::unescaped;
use crate::{Result, Row};

/// Reads HTML, however badly it is written.
pub(crate) fn read(text: &str) -> Result<Vec<Row>> {
    let mut blocks = Vec::new();
    let (mut words, mut level, mut rest, mut number) = (String::new(), 0, text, 1);
    // Where the words of a link began and where it leads, until it ends.
    let mut link: Option<(usize, String)> = None;
    while !rest.is_empty() {
        let (before, after) = rest.split_once('<').unwrap_or((rest, ""));
        words.push_str(&unescaped(before));
        let Some((tag, after)) = tag(after) else { break };
        let inside = after.0;
        rest = after.1;
        let name = tag.trim_start_matches('/').to_ascii_lowercase();
        if let Some(end) = HIDDEN.iter().find(|it| **it == name).filter(|_| !tag.starts_with('/')) {
            rest = skip(rest, end);
        } else if name == "td" || name == "th" {
            // Cells of a row stand in one line, apart.
            if !tag.starts_with('/') && !words.trim().is_empty() {
                words.push_str(" | ");
            }
        } else if name == "a" {
            // As of Markdown: a link's words and its address. A question has none.
            if let Some((begun, address)) = link.take().filter(|_| level == 0)
                && words.get(begun..).is_some_and(|it| !it.trim().is_empty() && it.trim() != address)
            {
                words.push(' ');
                words.push_str(&address);
            }
            if !tag.starts_with('/') {
                link = address(inside).map(|it| (words.len(), it));
            }
        } else if BLOCKS.contains(&name.as_str()) {
            let text = words.split_whitespace().collect::<Vec<_>>().join(" ");
            words.clear();
            if let Some(link) = &mut link {
                link.0 = 0;
            }
            let block = if level > 0 { Block::Heading(level, text) } else { Block::Text(text) };
            push(&mut blocks, number, block)?;
            number += 1;
            level = match name.as_bytes() {
                [b'h', digit @ b'1'..=b'6'] if !tag.starts_with('/') => usize::from(digit - b'0'),
                b"dt" | b"summary" if !tag.starts_with('/') => 6,
                _ => 0,
            };
        }
    }
    let text = words.split_whitespace().collect::<Vec<_>>().join(" ");
    push(&mut blocks, number, if level > 0 { Block::Heading(level, text) } else { Block::Text(text) })?;
    rows(blocks)
}

/// Elements whose text nobody reads.
const HIDDEN: [&str; 5] = ["script", "style", "head", "template", "noscript"];

/// Elements that end a paragraph.
const BLOCKS: [&str; 28] = [
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "div",
    "br",
    "li",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "tr",
    "table",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "blockquote",
    "pre",
    "hr",
    "body",
    "html",
    "summary",
];

/// The web address that the attributes of a link name.
fn address(attributes: &str) -> Option<String> {
    let at = attributes.as_bytes().windows(5).position(|it| it.eq_ignore_ascii_case(b"href="))?;
    let value = &attributes[at + 5..];
    let value = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => value.split_whitespace().next()?,
    };
    let address = unescaped(value.trim());
    (address.starts_with("https://") || address.starts_with("http://")).then_some(address)
}

/// The name of a tag, what stands in it, and what comes after it; a comment has an empty name.
fn tag(after: &str) -> Option<(&str, (&str, &str))> {
    if let Some(comment) = after.strip_prefix("!--") {
        return Some(("", ("", comment.split_once("-->").map_or("", |it| it.1))));
    }
    let (inside, rest) = after.split_once('>')?;
    let name = inside.split(|it: char| it.is_whitespace()).next().unwrap_or_default();
    Some((name.trim_end_matches('/'), (inside, rest)))
}

/// What comes after the end of an element whose content is not looked at.
fn skip<'a>(rest: &'a str, name: &str) -> &'a str {
    let mut rest = rest;
    while let Some((_, after)) = rest.split_once("</") {
        if after.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name)) {
            return after.split_once('>').map_or("", |it| it.1);
        }
        rest = after;
    }
    ""
}
