//! Packed files: XLSX and DOCX are ZIP archives of XML parts.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use quick_xml::events::BytesStart;

use crate::{LARGEST_UNPACKED, Refusal, Result};

/// More parts than this has no document of an office.
const MOST_PARTS: usize = 10_000;

/// A packed file. What is unpacked is counted over all its parts together: what a file says about its sizes is not
/// believed.
pub(crate) struct Package<'a> {
    archive: zip::ZipArchive<Cursor<&'a [u8]>>,
    /// Parts by their name in lower case, for some programs write `xl/SharedStrings.xml`.
    places: HashMap<String, usize>,
    left: u64,
}

impl<'a> Package<'a> {
    /// Opens a packed file; none for what is no archive, or one of absurdly many parts.
    pub(crate) fn open(bytes: &'a [u8]) -> Option<Self> {
        Self::with_bound(bytes, LARGEST_UNPACKED)
    }

    pub(crate) fn with_bound(bytes: &'a [u8], left: u64) -> Option<Self> {
        let archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
        if archive.len() > MOST_PARTS {
            return None;
        }
        let place = |at| Some((tidy(&archive.name_for_index(at)?.ok()?), at));
        let places = (0..archive.len()).filter_map(place).collect();
        Some(Self { archive, places, left })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.places.contains_key(&tidy(name))
    }

    /// The text of a part; none when it is not there or is no text.
    pub(crate) fn part(&mut self, name: &str) -> Result<Option<String>> {
        let Some(at) = self.places.get(&tidy(name)) else { return Ok(None) };
        let Ok(part) = self.archive.by_index(*at) else { return Ok(None) };
        let mut bytes = Vec::new();
        let done = part.take(self.left + 1).read_to_end(&mut bytes);
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or_else(Refusal::too_large)?;
        let bytes = done.map(|_| bytes).unwrap_or_default();
        Ok(encoding_rs::Encoding::for_bom(&bytes).map_or_else(
            || String::from_utf8(bytes.clone()).ok(),
            |(encoding, mark)| {
                encoding.decode_without_bom_handling_and_without_replacement(&bytes[mark..]).map(Into::into)
            },
        ))
    }
}

fn tidy(name: &str) -> String {
    name.trim_start_matches('/').replace('\\', "/").to_lowercase()
}

/// An attribute, its entities resolved, whatever prefix it has.
pub(crate) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    // Without the check for doubles: it compares each with all others.
    let mut all = element.attributes();
    let found = all.with_checks(false).flatten().find(|it| it.key.local_name().as_ref() == name)?;
    Some(unescaped(&found.value))
}

/// Text with the few entities that are common; an unknown one stays as it is written.
pub(crate) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        // Only so far: a text of nothing but & would be searched to its end for each.
        let end = after.bytes().take(LONGEST_ENTITY).position(|it| it == b';');
        match end.and_then(|end| Some((entity(after.get(..end)?)?, end + 1))) {
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

const LONGEST_ENTITY: usize = 12;

/// The character of an entity's name.
pub(crate) fn entity(name: &str) -> Option<char> {
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
        "lsquo" => Some('‘'),
        "rsquo" => Some('’'),
        "ndash" => Some('–'),
        "laquo" => Some('«'),
        "raquo" => Some('»'),
        "times" => Some('×'),
        "divide" => Some('÷'),
        "plusmn" => Some('±'),
        "deg" => Some('°'),
        "copy" => Some('©'),
        "reg" => Some('®'),
        "trade" => Some('™'),
        "bull" => Some('•'),
        "larr" => Some('←'),
        "rarr" => Some('→'),
        "le" => Some('≤'),
        "ge" => Some('≥'),
        "euro" => Some('€'),
        "ensp" | "emsp" | "thinsp" => Some(' '),
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
