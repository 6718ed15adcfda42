//! Documents that people have written already, as tables: Markdown, HTML and DOCX.
//!
//! A heading with text below it is a question, the text is its answer, the headings above it are its category. A
//! line that begins with 相似问： or Similar: names other wordings, parted by |. Tables, pictures and formats are
//! left out; what a customer reads is text.
//!
//! Nothing here trusts the file: nothing recurs, no entity is defined by the file itself, and what is read is
//! bounded before it is read.

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::base::{Error, Result};

use super::table::{MOST_ROWS, Row};

/// The most text that is read out of a DOCX, in bytes.
const LARGEST_TEXT: u64 = 50 * 1024 * 1024;

/// How many blocks a document may have.
const MOST_BLOCKS: usize = 400_000;

/// What a document is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Block {
    /// A heading and its level, 1 being the highest.
    Heading(usize, String),
    /// A paragraph, a line, an item of a list.
    Text(String),
}

/// A block with its place: the line of a Markdown file, the paragraph of others.
type Placed = (usize, Block);

/// Reads Markdown.
///
/// # Errors
/// `Invalid` beyond the bounds, or without headings.
pub fn markdown(text: &str) -> Result<Vec<Row>> {
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
        let link = after.split_once("](").and_then(|(words, after)| Some((words, after.split_once(')')?)));
        plain.push_str(before);
        match link.filter(|(words, _)| !words.contains(['[', ']'])) {
            Some((words, (address, after))) => {
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

/// Reads HTML, however badly it is written.
///
/// # Errors
/// `Invalid` beyond the bounds, or without headings.
pub fn html(text: &str) -> Result<Vec<Row>> {
    let mut blocks = Vec::new();
    let (mut words, mut level, mut rest, mut number) = (String::new(), 0, text, 1);
    while !rest.is_empty() {
        let (before, after) = rest.split_once('<').unwrap_or((rest, ""));
        words.push_str(&unescaped(before));
        let Some((tag, after)) = tag(after) else { break };
        rest = after;
        let name = tag.trim_start_matches('/').to_ascii_lowercase();
        if let Some(end) = HIDDEN.iter().find(|it| **it == name).filter(|_| !tag.starts_with('/')) {
            rest = skip(rest, end);
        } else if BLOCKS.contains(&name.as_str()) {
            let text = words.split_whitespace().collect::<Vec<_>>().join(" ");
            words.clear();
            let block = if level > 0 { Block::Heading(level, text) } else { Block::Text(text) };
            push(&mut blocks, number, block)?;
            number += 1;
            level = match name.as_bytes() {
                [b'h', digit @ b'1'..=b'6'] if !tag.starts_with('/') => usize::from(digit - b'0'),
                b"dt" if !tag.starts_with('/') => 6,
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

/// The name of a tag, and what comes after it; a comment has an empty name.
fn tag(after: &str) -> Option<(&str, &str)> {
    if let Some(comment) = after.strip_prefix("!--") {
        return Some(("", comment.split_once("-->").map_or("", |it| it.1)));
    }
    let (inside, rest) = after.split_once('>')?;
    let name = inside.split(|it: char| it.is_whitespace()).next().unwrap_or_default();
    Some((name.trim_end_matches('/'), rest))
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

/// Text with the few entities that are common; an unknown one stays as it is written.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let found = after.split_once(';').filter(|it| it.0.len() < 12);
        match found.and_then(|(name, _)| Some((entity(name)?, name.len() + 1))) {
            Some((letter, length)) => {
                plain.push(letter);
                rest = &after[length..];
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        "ldquo" => Some('“'),
        "rdquo" => Some('”'),
        "hellip" => Some('…'),
        "mdash" => Some('—'),
        "middot" => Some('·'),
        "yen" => Some('¥'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|it| !it.is_control() || *it == '\n')
        }
    }
}

/// Reads a DOCX.
///
/// # Errors
/// `Invalid` for what is none, beyond the bounds, or without headings.
pub fn docx(bytes: &[u8]) -> Result<Vec<Row>> {
    let unreadable = || wrong("document.docx", "this .docx cannot be read: save it again, or as HTML");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| unreadable())?;
    let levels = part(&mut archive, "word/styles.xml")?.map(|it| levels(&it)).unwrap_or_default();
    let document = part(&mut archive, "word/document.xml")?.ok_or_else(unreadable)?;
    let mut reader = Reader::from_str(&document);
    let (mut blocks, mut words, mut level, mut number, mut is_text) =
        (Vec::new(), String::new(), 0, 1, false);
    loop {
        match reader.read_event().map_err(|error| unreadable().because(error))? {
            // No document of an office has one; what it defines is not wanted.
            Event::DocType(_) => return Err(unreadable()),
            Event::Start(it) | Event::Empty(it) if it.local_name().as_ref() == "pStyle" => {
                level = value(&it).map_or(0, |style| level_of(&style, &levels));
            }
            Event::Start(it) if it.local_name().as_ref() == "t" => is_text = true,
            Event::Empty(it) if matches!(it.local_name().as_ref(), "br" | "tab") => words.push(' '),
            Event::End(it) if it.local_name().as_ref() == "t" => is_text = false,
            Event::Text(it) if is_text => words.push_str(&it),
            Event::GeneralRef(it) if is_text => {
                let name = it.to_string();
                words.extend(entity(&name));
            }
            Event::End(it) if it.local_name().as_ref() == "p" => {
                let text = std::mem::take(&mut words).trim().to_owned();
                let block = if level > 0 { Block::Heading(level, text) } else { Block::Text(text) };
                push(&mut blocks, number, block)?;
                (level, number) = (0, number + 1);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    rows(blocks)
}

/// Whether a packed file is a document of words.
#[must_use]
pub fn is_docx(bytes: &[u8]) -> bool {
    zip::ZipArchive::new(Cursor::new(bytes)).is_ok_and(|it| it.index_for_name("word/document.xml").is_some())
}

/// A part of a packed file, as text, no longer than [`LARGEST_TEXT`] whatever it says of itself.
fn part(archive: &mut zip::ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Option<String>> {
    let Ok(part) = archive.by_name(name) else { return Ok(None) };
    let mut text = String::new();
    let read = part.take(LARGEST_TEXT + 1).read_to_string(&mut text);
    if text.len() as u64 > LARGEST_TEXT {
        return Err(wrong("table.too_large", "the file takes too much room when it is unpacked: split it"));
    }
    read.map_err(|_| wrong("document.docx", "this .docx cannot be read: save it again, or as HTML"))?;
    Ok(Some(text))
}

/// The styles that are headings, by their key: they have a level in the outline.
fn levels(styles: &str) -> Vec<(String, usize)> {
    let mut reader = Reader::from_str(styles);
    let (mut found, mut style) = (Vec::new(), None);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof | Event::DocType(_) => break,
            Event::Start(it) if it.local_name().as_ref() == "style" => {
                style = attribute(&it, "styleId");
            }
            Event::Empty(it) | Event::Start(it) if it.local_name().as_ref() == "outlineLvl" => {
                let level = value(&it).and_then(|it| it.parse::<usize>().ok()).filter(|it| *it < 6);
                if let (Some(style), Some(level)) = (style.clone(), level) {
                    found.push((style, level + 1));
                }
            }
            _ => {}
        }
    }
    found
}

/// The level of a paragraph of this style; 0 for one that is no heading.
fn level_of(style: &str, levels: &[(String, usize)]) -> usize {
    let known = levels.iter().find(|it| it.0 == style).map(|it| it.1);
    let named =
        style.strip_prefix("Heading").and_then(|it| it.parse().ok()).filter(|it| (1..=6).contains(it));
    known.or(named).unwrap_or(0)
}

fn value(element: &quick_xml::events::BytesStart<'_>) -> Option<String> {
    attribute(element, "val")
}

fn attribute(element: &quick_xml::events::BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().flatten().find(|it| it.key.local_name().as_ref() == name)?;
    Some(found.value.into_owned())
}

fn wrong(code: &'static str, why: &str) -> Error {
    Error::invalid(code, why).field("file", why)
}

fn push(blocks: &mut Vec<Placed>, number: usize, block: Block) -> Result<()> {
    let (Block::Heading(_, text) | Block::Text(text)) = &block;
    // An empty line parts paragraphs; two do no more.
    if text.is_empty() && (matches!(block, Block::Heading(..)) || ends_empty(blocks)) {
        return Ok(());
    }
    if blocks.len() >= MOST_BLOCKS {
        return Err(wrong("table.too_long", "the document is too long: split it"));
    }
    blocks.push((number, block));
    Ok(())
}

fn ends_empty(blocks: &[Placed]) -> bool {
    blocks.last().is_none_or(|it| matches!(&it.1, Block::Text(text) if text.is_empty()))
}

/// The table that a document says: a header, and a row for each heading with text below it.
fn rows(blocks: Vec<Placed>) -> Result<Vec<Row>> {
    let header = ["question", "similar", "answer", "category"].map(str::to_owned).to_vec();
    let mut found = vec![Row { number: 0, cells: header }];
    // Titles from the top down to where we are, each with its level.
    let mut titles: Vec<(usize, String)> = Vec::new();
    let mut blocks = blocks.into_iter().peekable();
    while let Some((number, block)) = blocks.next() {
        // What stands before the first heading is a preface.
        let Block::Heading(level, title) = block else { continue };
        titles.retain(|it| it.0 < level);
        let (mut answer, mut similar) = (Vec::new(), Vec::new());
        while let Some((_, Block::Text(text))) = blocks.next_if(|it| matches!(it.1, Block::Text(_))) {
            match wordings(&text) {
                Some(words) => similar.push(words),
                None => answer.push(text),
            }
        }
        let answer = answer.join("\n").trim().to_owned();
        if !answer.is_empty() {
            if found.len() > MOST_ROWS {
                return Err(wrong(
                    "table.too_long",
                    &format!("more than {MOST_ROWS} questions: split the file"),
                ));
            }
            let category: Vec<String> = titles.iter().map(|it| it.1.replace('/', "／")).collect();
            let cells = vec![title.clone(), similar.join("|"), answer, category.join("/")];
            found.push(Row { number, cells });
        }
        titles.push((level, title));
    }
    if found.len() == 1 {
        return Err(wrong(
            "document.no_questions",
            "no heading with text below it was found: make each question a heading and write its answer below",
        ));
    }
    // A column of which the document says nothing at all is none: what is there stays.
    for column in [3, 1] {
        if found[1..].iter().all(|it| it.cells[column].is_empty()) {
            found.iter_mut().for_each(|it| drop(it.cells.remove(column)));
        }
    }
    Ok(found)
}

/// The other wordings that a line names.
fn wordings(line: &str) -> Option<String> {
    let marks = ["相似问：", "相似问:", "相似问题：", "相似问题:", "Similar:", "similar:"];
    marks.iter().find_map(|it| line.strip_prefix(it)).map(|it| it.trim().to_owned())
}

#[cfg(test)]
mod tests;
