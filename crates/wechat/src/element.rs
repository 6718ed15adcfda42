//! The small tree both wire formats are read into and written from.
//!
//! The platform sends the same fields as XML or as JSON; everything above this module sees
//! only [`Element`]s. Repeated elements stay in order, so a list is simply a repeated name.

use std::borrow::Cow;

/// One element: a name and either text or children. Text borrowed from the input costs nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element<'a> {
    /// The name, as written: the platform's names are case-sensitive and of mixed style.
    pub name: Cow<'a, str>,
    /// What it holds.
    pub value: Value<'a>,
}

/// What an element holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// Text; written as CDATA in XML and as a string in JSON.
    Text(Cow<'a, str>),
    /// A number as it was written; bare in both formats. Reading XML gives every bare run of
    /// text as `Text`, because only the reader of the field knows that it is a number.
    Number(Cow<'a, str>),
    /// Child elements.
    Children(Vec<Element<'a>>),
}

impl<'a> Element<'a> {
    /// An element with text.
    pub fn text(name: impl Into<Cow<'a, str>>, text: impl Into<Cow<'a, str>>) -> Self {
        Self { name: name.into(), value: Value::Text(text.into()) }
    }

    /// An element with a number.
    pub fn number(name: impl Into<Cow<'a, str>>, number: impl std::fmt::Display) -> Self {
        Self { name: name.into(), value: Value::Number(Cow::Owned(number.to_string())) }
    }

    /// An element with children.
    pub fn parent(name: impl Into<Cow<'a, str>>, children: Vec<Self>) -> Self {
        Self { name: name.into(), value: Value::Children(children) }
    }

    /// The children; empty for an element with text.
    #[must_use]
    pub fn children(&self) -> &[Self] {
        match &self.value {
            Value::Children(children) => children,
            Value::Text(_) | Value::Number(_) => &[],
        }
    }

    /// The text; an element with children has none.
    #[must_use]
    pub fn as_text(&self) -> &str {
        match &self.value {
            Value::Text(text) | Value::Number(text) => text,
            Value::Children(_) => "",
        }
    }

    /// The first child of this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Self> {
        self.children().iter().find(|child| child.name == name)
    }

    /// All children of this name, in order.
    pub fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s Self> {
        self.children().iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of this name.
    #[must_use]
    pub fn find_text(&self, name: &str) -> Option<&str> {
        self.find(name).map(Self::as_text)
    }

    /// A copy that borrows nothing.
    #[must_use]
    pub fn into_owned(self) -> Element<'static> {
        let value = match self.value {
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::Number(text) => Value::Number(Cow::Owned(text.into_owned())),
            Value::Children(children) => {
                Value::Children(children.into_iter().map(Element::into_owned).collect())
            }
        };
        Element { name: Cow::Owned(self.name.into_owned()), value }
    }
}

/// Whether XML 1.0 can carry the character.
pub(crate) fn is_allowed(it: char) -> bool {
    !matches!(it, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

/// Drops the characters XML cannot carry. Both readers do so: what was read once can be written in both formats
/// and stored in every database (PostgreSQL refuses U+0000).
pub(crate) fn clean(text: Cow<'_, str>) -> Cow<'_, str> {
    if may_hold_others(text.as_bytes()) && !text.chars().all(is_allowed) {
        return Cow::Owned(text.chars().filter(|&it| is_allowed(it)).collect());
    }
    text
}

/// Whether a text needs a closer look: what is not allowed is a control byte, or begins with the bytes EF BF.
/// Each text of each message passes here, so both loops run to the end without a branch, in numbers of one byte: the
/// compiler then looks at many bytes at a time.
fn may_hold_others(bytes: &[u8]) -> bool {
    let is = u8::from;
    let control = |it: u8| is(it < 0x20) & is(it != b'\t') & is(it != b'\n') & is(it != b'\r');
    let controls = bytes.iter().fold(0, |found, it| found | control(*it));
    let after = bytes.get(1..).unwrap_or_default();
    let ends_of_plane =
        bytes.iter().zip(after).fold(0, |found, (it, next)| found | (is(*it == 0xef) & is(*next == 0xbf)));
    controls | ends_of_plane != 0
}

/// Which of the two formats a body is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// `<xml>…</xml>`, the usual one.
    Xml,
    /// `{…}`, offered by the newer console for some accounts.
    Json,
}

impl Format {
    /// Tells the format by the first byte that is not blank; the Content-Type is not to be trusted.
    #[must_use]
    pub fn of(body: &[u8]) -> Option<Self> {
        let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
        match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'<') => Some(Self::Xml),
            Some(b'{') => Some(Self::Json),
            _ => None,
        }
    }
}

/// Why a body could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Neither `<` nor `{` at the start.
    #[error("the body is neither XML nor JSON")]
    UnknownFormat,
    /// Not UTF-8.
    #[error("the body is not UTF-8")]
    NotUtf8,
    /// More bytes than allowed.
    #[error("the body is too large")]
    TooLarge,
    /// Nested deeper than allowed.
    #[error("the body is nested too deeply")]
    TooDeep,
    /// A document type, entity, or processing instruction: never sent by the platform, often by attackers.
    #[error("the body has a document type, a foreign entity or a processing instruction at byte {0}")]
    Forbidden(usize),
    /// Not well-formed at this byte.
    #[error("the body is not well-formed at byte {0}")]
    Malformed(usize),
}

/// The deepest nesting that is read. The platform's own deepest push has five levels.
pub const MAX_DEPTH: usize = 16;

/// The longest name that is read, in bytes: far above the platform's own longest. Both readers keep to it, so
/// that what one of them read, the other can read again.
pub const MAX_NAME: usize = 128;

/// Reads a body in either format, up to `max_bytes` long.
pub fn read(body: &[u8], max_bytes: usize) -> Result<(Format, Element<'_>), ReadError> {
    if body.len() > max_bytes {
        return Err(ReadError::TooLarge);
    }
    let format = Format::of(body).ok_or(ReadError::UnknownFormat)?;
    let text = std::str::from_utf8(body).map_err(|_| ReadError::NotUtf8)?;
    let root = match format {
        Format::Xml => crate::xml::parse(text)?,
        Format::Json => crate::json::parse(text)?,
    };
    Ok((format, root))
}
