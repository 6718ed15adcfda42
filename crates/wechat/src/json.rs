//! The JSON form of the platform's bodies, read into and written from the same tree as XML.
//!
//! An array becomes a repeated element, so `{"List":{…}}` and `{"List":[{…}]}` read alike, as the
//! platform sends both. Long message ids stay exact: numbers are kept as text.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::element::{Element, MAX_DEPTH, MAX_NAME, ReadError, Value, clean};

/// Reads one object.
pub fn parse(text: &str) -> Result<Element<'_>, ReadError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = serde_json::Deserializer::from_str(text);
    let mut root = Vec::with_capacity(1);
    let seed = Node { name: Cow::Borrowed("xml"), depth: 1, is_item: false, out: &mut root };
    let done = seed.deserialize(&mut reader).and_then(|()| reader.end());
    if let Err(error) = done {
        return Err(if error.to_string().starts_with(TOO_DEEP) {
            ReadError::TooDeep
        } else {
            ReadError::Malformed(offset(text, error.line(), error.column()))
        });
    }
    match root.pop() {
        Some(root) if matches!(root.value, Value::Children(_)) => Ok(root),
        _ => Err(ReadError::Malformed(0)),
    }
}

const TOO_DEEP: &str = "nested too deeply";

fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (before + column).min(text.len())
}

/// Reads one value and appends it, under its name, to `out`; an array appends each of its values.
struct Node<'a, 'out> {
    name: Cow<'a, str>,
    depth: usize,
    /// Whether the value stands in an array: an array in an array is deeper, a mere repeated name is not.
    is_item: bool,
    out: &'out mut Vec<Element<'a>>,
}

impl<'a> Node<'a, '_> {
    fn push(self, value: Value<'a>) {
        self.out.push(Element { name: self.name, value });
    }
}

impl<'a> DeserializeSeed<'a> for Node<'a, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.depth > MAX_DEPTH {
            return Err(D::Error::custom(TOO_DEEP));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Node<'a, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<(), E> {
        self.push(Value::Text(clean(Cow::Borrowed(text))));
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.push(Value::Text(clean(Cow::Owned(text.to_owned()))));
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.push(Value::Number(Cow::Owned(number.to_string())));
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.push(Value::Number(Cow::Owned(number.to_string())));
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        // The fast parser may miss the last bit. Fifteen digits are exact whatever it does, so a number that is
        // written and read again stays the same; coordinates have ten.
        let exact = format!("{number:.14e}").parse().unwrap_or(number);
        self.push(Value::Number(Cow::Owned(exact.to_string())));
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.push(Value::Number(Cow::Borrowed(if value { "1" } else { "0" })));
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.push(Value::Text(Cow::Borrowed("")));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<(), A::Error> {
        let depth = self.depth + usize::from(self.is_item);
        loop {
            let seed = Node { name: self.name.clone(), depth, is_item: true, out: &mut *self.out };
            if items.next_element_seed(seed)?.is_none() {
                return Ok(());
            }
        }
    }

    fn visit_map<A: MapAccess<'a>>(self, mut fields: A) -> Result<(), A::Error> {
        let mut children = Vec::with_capacity(8);
        while let Some(Key(name)) = fields.next_key()? {
            // An array clones its name for each item: a long name would make that expensive.
            if name.len() > MAX_NAME {
                return Err(A::Error::custom("a name is too long"));
            }
            let depth = self.depth + 1;
            fields.next_value_seed(Node { name, depth, is_item: false, out: &mut children })?;
        }
        self.push(Value::Children(children));
        Ok(())
    }
}

/// A key, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// Writes the children of the root as an object. A repeated name becomes an array.
#[must_use]
pub fn write(root: &Element<'_>) -> String {
    let mut out = String::with_capacity(512);
    write_value(&mut out, &root.value);
    out
}

fn write_value(out: &mut String, value: &Value<'_>) {
    match value {
        Value::Text(text) => write_string(out, text),
        Value::Number(number) if is_number(number) => out.push_str(number),
        Value::Number(text) => write_string(out, text),
        Value::Children(children) => write_object(out, children),
    }
}

fn write_object(out: &mut String, children: &[Element<'_>]) {
    out.push('{');
    // Siblings of one name go out together, where the first of them stands.
    let mut names = std::collections::HashMap::with_capacity(children.len());
    let mut groups: Vec<Vec<&Element<'_>>> = Vec::with_capacity(children.len());
    for child in children {
        let group = *names.entry(&child.name).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(child);
    }
    for (index, group) in groups.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_string(out, &group[0].name);
        out.push(':');
        if let [single] = group.as_slice() {
            write_value(out, &single.value);
        } else {
            out.push('[');
            for (index, item) in group.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(out, &item.value);
            }
            out.push(']');
        }
    }
    out.push('}');
}

fn write_string(out: &mut String, text: &str) {
    // A `str` always serialises; the fallback keeps the output well-formed all the same.
    out.push_str(&serde_json::to_string(text).unwrap_or_else(|_| "\"\"".to_owned()));
}

fn is_number(text: &str) -> bool {
    serde_json::from_str::<serde_json::Number>(text).is_ok()
}
