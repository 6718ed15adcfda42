//! HTML.

use crate::Result;
use crate::outline::{Block, Placed, push};
use crate::package::unescaped;

/// What a page is made of, however badly it is written.
pub(crate) fn read(text: &str) -> Result<Vec<Placed>> {
    part_of(text, 1, 0)
}

/// What a part of a page is made of: it begins at this place, after so many tables.
pub(crate) fn part_of(text: &str, number: usize, table: usize) -> Result<Vec<Placed>> {
    let mut page = Page { number, table, ..Page::default() };
    let mut rest = text;
    while !rest.is_empty() {
        let (before, after) = rest.split_once('<').unwrap_or((rest, ""));
        page.text(&unescaped(before));
        let Some((tag, (inside, after))) = tag(after) else { break };
        rest = after;
        let is_end = tag.starts_with('/');
        let name = tag.trim_start_matches('/').to_ascii_lowercase();
        if let Some(end) = HIDDEN.iter().find(|it| **it == name).filter(|_| !is_end) {
            rest = skip(rest, end);
        } else if name == "a" {
            page.link(if is_end { None } else { Some(inside) });
        } else if name == "td" || name == "th" {
            page.cell(is_end);
        } else if BLOCKS.contains(&name.as_str()) {
            page.part(&name, is_end)?;
        }
    }
    page.end_part()?;
    Ok(page.blocks)
}

/// A page while it is read.
#[derive(Default)]
struct Page {
    blocks: Vec<Placed>,
    number: usize,
    words: String,
    /// The level of the heading that is open; 0 for none.
    level: usize,
    /// Where the words of a link began and where it leads, until it ends.
    link: Option<(usize, String)>,
    /// How many tables deep, and which table of the page.
    depth: usize,
    table: usize,
    /// The finished cells of the row; none outside of rows, and where a table only places the parts of a page.
    row: Option<Vec<String>>,
    /// Inside a cell of the row.
    in_cell: bool,
}

impl Page {
    fn text(&mut self, text: &str) {
        // In a row lines are what elements part; those of the file only lay it out.
        let is_space = |it| if self.row.is_some() && matches!(it, '\n' | '\r') { ' ' } else { it };
        self.words.extend(text.chars().map(is_space));
    }

    /// A link begins with these attributes, or ends.
    fn link(&mut self, attributes: Option<&str>) {
        // As of Markdown: a link's words and its address. A question has none.
        if let Some((begun, address)) = self.link.take().filter(|_| self.level == 0)
            && self.words.get(begun..).is_some_and(|it| !it.trim().is_empty() && it.trim() != address)
        {
            self.words.push(' ');
            self.words.push_str(&address);
        }
        self.link = attributes.and_then(address).map(|it| (self.words.len(), it));
    }

    /// A cell begins or ends. One of a table inside a cell is part of its text.
    fn cell(&mut self, is_end: bool) {
        if self.row.is_none() || self.depth != 1 {
            self.words.push(' ');
            return;
        }
        // The end of a cell is often left out.
        self.end_cell();
        self.in_cell = !is_end;
    }

    fn end_cell(&mut self) {
        if let Some(row) = self.row.as_mut().filter(|_| self.in_cell) {
            row.push(lines(&self.words));
            self.words.clear();
            self.link = None;
        }
        self.in_cell = false;
    }

    /// An element begins or ends that parts what is before it from what is after it.
    fn part(&mut self, name: &str, is_end: bool) -> Result<()> {
        let heading = match name.as_bytes() {
            [b'h', digit @ b'1'..=b'6'] => usize::from(digit - b'0'),
            b"dt" | b"summary" => 6,
            _ => 0,
        };
        let ends_row = self.depth == 1 && (name == "tr" || name == "table" && is_end);
        if self.row.is_some() && heading == 0 && !ends_row {
            self.words.push('\n');
        } else {
            // A heading in a cell: the table only places the parts of the page.
            self.end_part()?;
            self.row = if name == "tr" && !is_end && self.depth == 1 { Some(Vec::new()) } else { None };
            self.level = if is_end { 0 } else { heading };
        }
        if name == "table" {
            self.table += usize::from(!is_end && self.depth == 0);
            self.depth = if is_end { self.depth.saturating_sub(1) } else { self.depth + 1 };
        }
        Ok(())
    }

    /// Ends a paragraph, a heading or a row.
    fn end_part(&mut self) -> Result<()> {
        self.end_cell();
        let text = self.words.split_whitespace().collect::<Vec<_>>().join(" ");
        let block = match self.row.take() {
            Some(row) => Block::Row(self.table, row),
            None if self.level > 0 => Block::Heading(self.level, text),
            None => Block::Text(text),
        };
        self.words.clear();
        if let Some(link) = &mut self.link {
            link.0 = 0;
        }
        // What parts the rows of a table is no paragraph.
        if self.depth > 0 && matches!(&block, Block::Text(text) if text.is_empty()) {
            return Ok(());
        }
        push(&mut self.blocks, self.number, block)?;
        self.number += 1;
        Ok(())
    }
}

/// Text without the spaces that only lay it out; its lines stay apart.
fn lines(text: &str) -> String {
    let lines = text.lines().map(|it| it.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|it| !it.is_empty()).collect::<Vec<_>>().join("\n")
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
