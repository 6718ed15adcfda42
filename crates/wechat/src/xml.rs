//! A strict, linear XML reader for the platform's bodies, and the writer.
//!
//! Only what the platform uses is read: elements, text, CDATA, comments, the five named entities
//! and numeric ones. A document type or a processing instruction ends the reading with an error,
//! so entity bombs and external entities cannot exist here. Attributes are skipped.

use std::borrow::Cow;

use crate::element::{Element, MAX_DEPTH, MAX_NAME, ReadError, Value, clean, is_allowed};

type Result<T> = std::result::Result<T, ReadError>;

/// Reads one document; the root's own name does not matter (the platform's is `xml`).
pub fn parse(text: &str) -> Result<Element<'_>> {
    let text_start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut reader = Reader { text, at: text_start };
    reader.skip_blank();
    if reader.rest().starts_with("<?xml") {
        reader.skip_past("?>")?;
    }
    reader.skip_misc()?;
    let root = reader.element(1)?;
    reader.skip_misc()?;
    if reader.at == text.len() { Ok(root) } else { Err(ReadError::Malformed(reader.at)) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn malformed<T>(&self) -> Result<T> {
        Err(ReadError::Malformed(self.at))
    }

    fn skip_blank(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// Goes behind the next `end` and gives what stood before it.
    fn skip_past(&mut self, end: &str) -> Result<&'a str> {
        let rest = self.rest();
        let Some(length) = rest.find(end) else { return self.malformed() };
        self.at += length + end.len();
        Ok(&rest[..length])
    }

    /// Blanks and comments.
    fn skip_misc(&mut self) -> Result<()> {
        loop {
            self.skip_blank();
            if self.rest().starts_with("<!--") {
                self.comment()?;
            } else if self.rest().starts_with("<!") || self.rest().starts_with("<?") {
                return Err(ReadError::Forbidden(self.at));
            } else {
                return Ok(());
            }
        }
    }

    fn comment(&mut self) -> Result<()> {
        self.at += 4;
        self.skip_past("-->").map(|_| ())
    }

    fn expect(&mut self, byte: u8) -> Result<()> {
        if self.peek() != Some(byte) {
            return self.malformed();
        }
        self.at += 1;
        Ok(())
    }

    fn name(&mut self) -> Result<&'a str> {
        let rest = self.rest();
        let is_part = |byte: &u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':') || *byte >= 0x80
        };
        let length = rest.bytes().position(|byte| !is_part(&byte)).unwrap_or(rest.len());
        let first = rest.as_bytes().first().copied().unwrap_or(b'-');
        if length == 0 || length > MAX_NAME || first.is_ascii_digit() || first == b'-' || first == b'.' {
            return self.malformed();
        }
        self.at += length;
        Ok(&rest[..length])
    }

    /// Reads from `<` of a start tag to `>` of its end tag.
    fn element(&mut self, depth: usize) -> Result<Element<'a>> {
        if depth > MAX_DEPTH {
            return Err(ReadError::TooDeep);
        }
        self.expect(b'<')?;
        let name = self.name()?;
        if self.attributes()? {
            return Ok(Element::text(name, ""));
        }
        let value = self.content(depth)?;
        let end = self.at;
        if self.name()? != name {
            return Err(ReadError::Malformed(end));
        }
        self.skip_blank();
        self.expect(b'>')?;
        Ok(Element { name: Cow::Borrowed(name), value })
    }

    /// Skips attributes up to `>`; true when the element closed itself by `/>`.
    fn attributes(&mut self) -> Result<bool> {
        loop {
            let before = self.at;
            self.skip_blank();
            match self.peek() {
                Some(b'>') => {
                    self.at += 1;
                    return Ok(false);
                }
                Some(b'/') => {
                    self.at += 1;
                    self.expect(b'>')?;
                    return Ok(true);
                }
                _ if before == self.at => return self.malformed(),
                _ => {}
            }
            self.name()?;
            self.skip_blank();
            self.expect(b'=')?;
            self.skip_blank();
            match self.peek() {
                Some(b'"') => self.quoted("\"")?,
                Some(b'\'') => self.quoted("'")?,
                _ => return self.malformed(),
            }
        }
    }

    fn quoted(&mut self, quote: &str) -> Result<()> {
        self.at += 1;
        if self.skip_past(quote)?.contains('<') { self.malformed() } else { Ok(()) }
    }

    /// Reads up to and over the `</` that ends the element.
    ///
    /// Text beside children must be blank. Blanks around a CDATA section are layout and dropped.
    fn content(&mut self, depth: usize) -> Result<Value<'a>> {
        let mut text = Text::default();
        let mut children = Vec::new();
        loop {
            let rest = self.rest();
            let Some(run) = rest.find('<') else { return self.malformed() };
            if run > 0 {
                text.push_plain(unescape(&rest[..run], self.at)?);
                self.at += run;
            }
            let rest = &rest[run..];
            if rest.starts_with("</") {
                self.at += 2;
                break;
            } else if rest.starts_with("<![CDATA[") {
                self.at += 9;
                let section = self.skip_past("]]>")?;
                text.push_section(section);
            } else if rest.starts_with("<!--") {
                self.comment()?;
            } else if rest.starts_with("<!") || rest.starts_with("<?") {
                return Err(ReadError::Forbidden(self.at));
            } else {
                if children.is_empty() {
                    children.reserve(if depth == 1 { 12 } else { 4 });
                }
                children.push(self.element(depth + 1)?);
            }
        }
        if children.is_empty() {
            return Ok(Value::Text(clean(text.whole)));
        }
        if text.has_section || !is_blank(&text.whole) {
            return self.malformed();
        }
        Ok(Value::Children(children))
    }
}

/// Text gathered from runs and CDATA sections.
#[derive(Default)]
struct Text<'a> {
    whole: Cow<'a, str>,
    has_section: bool,
}

impl<'a> Text<'a> {
    fn push(&mut self, more: Cow<'a, str>) {
        if self.whole.is_empty() {
            self.whole = more;
        } else {
            self.whole.to_mut().push_str(&more);
        }
    }

    fn push_plain(&mut self, more: Cow<'a, str>) {
        if !(self.has_section && is_blank(&more)) {
            self.push(more);
        }
    }

    fn push_section(&mut self, section: &'a str) {
        if !self.has_section && is_blank(&self.whole) {
            self.whole = Cow::Borrowed("");
        }
        self.has_section = true;
        self.push(Cow::Borrowed(section));
    }
}

fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_whitespace())
}

/// Replaces entities; `at` is where the run starts, for the error.
fn unescape(run: &str, at: usize) -> Result<Cow<'_, str>> {
    if !run.contains('&') {
        return Ok(Cow::Borrowed(run));
    }
    let mut whole = String::with_capacity(run.len());
    let mut rest = run;
    while let Some(start) = rest.find('&') {
        whole.push_str(&rest[..start]);
        let after = &rest[start + 1..];
        // The longest entity is `&#x10FFFF;`: looking no further keeps this linear.
        let end = after.bytes().take(10).position(|byte| byte == b';');
        let here = at + run.len() - rest.len() + start;
        let Some(end) = end else { return Err(ReadError::Malformed(here)) };
        whole.push(entity(&after[..end]).ok_or(ReadError::Forbidden(here))?);
        rest = &after[end + 1..];
    }
    whole.push_str(rest);
    Ok(Cow::Owned(whole))
}

fn entity(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) if hex.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                    u32::from_str_radix(hex, 16).ok()?
                }
                None if number.bytes().all(|byte| byte.is_ascii_digit()) => number.parse().ok()?,
                _ => return None,
            };
            char::from_u32(code).filter(|&it| is_allowed(it))?
        }
    })
}

/// Writes a document. Text becomes CDATA; characters XML cannot carry are dropped.
#[must_use]
pub fn write(root: &Element<'_>) -> String {
    let mut out = String::with_capacity(512);
    write_element(&mut out, root);
    out
}

/// Appends one element to `out`.
pub fn write_element(out: &mut String, element: &Element<'_>) {
    tag(out, "<", &element.name);
    match &element.value {
        Value::Text(text) => write_text(out, text),
        Value::Number(number) if is_bare(number) => out.push_str(number),
        Value::Number(text) => write_text(out, text),
        Value::Children(children) => {
            for child in children {
                write_element(out, child);
            }
        }
    }
    tag(out, "</", &element.name);
}

/// Writes the text as CDATA, dividing any `]]>` in it over two sections.
fn write_text(out: &mut String, text: &str) {
    out.push_str("<![CDATA[");
    let text = clean(Cow::Borrowed(text));
    let mut pieces = text.split("]]>");
    out.push_str(pieces.next().unwrap_or(""));
    for piece in pieces {
        out.push_str("]]]]><![CDATA[>");
        out.push_str(piece);
    }
    out.push_str("]]>");
}

fn is_bare(number: &str) -> bool {
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

fn tag(out: &mut String, open: &str, name: &str) {
    out.push_str(open);
    if is_name(name) {
        out.push_str(name);
    } else {
        // Names come from our own code or from a reader that checked them, except for JSON keys.
        out.push_str("field");
    }
    out.push('>');
}

fn is_name(name: &str) -> bool {
    let mut reader = Reader { text: name, at: 0 };
    reader.name().is_ok_and(|it| it.len() == name.len())
}
