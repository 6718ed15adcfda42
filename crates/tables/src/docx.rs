//! DOCX. (ECMA-376 part 1, WordprocessingML.)

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::outline::{Block, Placed, push};
use crate::package::{Package, attribute, entity};
use crate::{Refusal, Result};

fn unreadable() -> Refusal {
    Refusal::new("document.docx", "this .docx cannot be read: save it again, or as HTML")
}

/// What a document of words is made of.
pub(crate) fn read(package: &mut Package<'_>) -> Result<Vec<Placed>> {
    let levels = package.part("word/styles.xml")?.map(|it| levels(&it)).unwrap_or_default();
    let document = package.part("word/document.xml")?.ok_or_else(unreadable)?;
    let mut reader = Reader::from_str(&document);
    let (mut blocks, mut words, mut level, mut number, mut is_text) =
        (Vec::new(), String::new(), 0, 1, false);
    // How many tables deep and which; the finished cells of the row; whether the text was moved away from here.
    let (mut depth, mut table, mut row, mut is_moved) = (0_usize, 0, Vec::new(), false);
    loop {
        match reader.read_event().map_err(|_| unreadable())? {
            // No document of an office has one; what it defines is not wanted.
            Event::DocType(_) => return Err(unreadable()),
            Event::Start(it) | Event::Empty(it) if it.local_name().as_ref() == "pStyle" => {
                level = attribute(&it, "val").map_or(0, |style| level_of(&style, &levels));
            }
            Event::Start(it) if it.local_name().as_ref() == "t" => is_text = !is_moved,
            Event::Start(it) if it.local_name().as_ref() == "moveFrom" => is_moved = true,
            Event::End(it) if it.local_name().as_ref() == "moveFrom" => is_moved = false,
            Event::Empty(it) if it.local_name().as_ref() == "tab" => words.push(' '),
            Event::Empty(it) if it.local_name().as_ref() == "br" => {
                words.push(if level > 0 { ' ' } else { '\n' })
            }
            Event::Start(it) if it.local_name().as_ref() == "tbl" => {
                table += usize::from(depth == 0);
                depth += 1;
            }
            Event::End(it) if it.local_name().as_ref() == "tbl" => depth = depth.saturating_sub(1),
            // A table inside a cell is part of its text.
            Event::End(it) if it.local_name().as_ref() == "tc" && depth <= 1 => {
                row.push(std::mem::take(&mut words).trim().to_owned());
            }
            Event::End(it) if it.local_name().as_ref() == "tr" && depth <= 1 => {
                push(&mut blocks, number, Block::Row(table, std::mem::take(&mut row)))?;
                number += 1;
            }
            Event::End(it) if it.local_name().as_ref() == "p" && depth > 0 && level == 0 => words.push('\n'),
            Event::End(it) if it.local_name().as_ref() == "t" => is_text = false,
            Event::Text(it) if is_text => words.push_str(&it),
            Event::CData(it) if is_text => words.push_str(&it),
            Event::GeneralRef(it) if is_text => words.extend(entity(&it)),
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
    Ok(blocks)
}

/// The styles that are headings, by their key: they have a level in the outline.
fn levels(styles: &str) -> HashMap<String, usize> {
    let mut reader = Reader::from_str(styles);
    let (mut found, mut style) = (HashMap::new(), None);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof | Event::DocType(_) => break,
            Event::Start(it) if it.local_name().as_ref() == "style" => {
                style = attribute(&it, "styleId");
            }
            Event::Empty(it) | Event::Start(it) if it.local_name().as_ref() == "outlineLvl" => {
                let level =
                    attribute(&it, "val").and_then(|it| it.parse::<usize>().ok()).filter(|it| *it < 6);
                if let (Some(level), Some(style)) = (level, style.take()) {
                    found.insert(style, level + 1);
                }
            }
            _ => {}
        }
    }
    found
}

/// The level of a paragraph of this style; 0 for one that is no heading.
fn level_of(style: &str, levels: &HashMap<String, usize>) -> usize {
    let known = levels.get(style).copied();
    let named =
        style.strip_prefix("Heading").and_then(|it| it.parse().ok()).filter(|it| (1..=6).contains(it));
    known.or(named).unwrap_or(0)
}
