//! Lays the file and the environment over the defaults, key by key.

use super::reader::{ConfigError, Fault};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use toml::{Table, Value};

/// Where a value was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origin {
    /// Built in.
    Default,
    /// The operator's file.
    File(String),
    /// An environment variable.
    Variable(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File(path) => write!(f, "file {path}"),
            Origin::Variable(name) => write!(f, "variable {name}"),
        }
    }
}

/// The merged values with their origins. Every known key has a value.
#[derive(Debug)]
pub(super) struct Layered {
    values: Table,
    origins: BTreeMap<String, Origin>,
}

impl Layered {
    /// The value at `section.name`.
    ///
    /// Asking for a key that the defaults lack is a mistake of ours, found by the first test.
    pub(super) fn value(&self, key: &str) -> &Value {
        let (section, name) = key.split_once('.').expect("keys are section.name");
        self.values
            .get(section)
            .and_then(|it| it.get(name))
            .expect("every key that is read stands in config.default.toml")
    }

    /// Where `section.name` was set.
    pub(super) fn origin(&self, key: &str) -> &Origin {
        self.origins.get(key).unwrap_or(&Origin::Default)
    }

    /// All sections with their keys, in the order of the manual.
    pub(super) fn sections(&self) -> impl Iterator<Item = (&String, &Table)> {
        self.values.iter().filter_map(|(name, value)| Some((name, value.as_table()?)))
    }
}

/// The text of the operator's file.
pub(super) fn read_file(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| {
        ConfigError::one(Fault {
            key: path.display().to_string(),
            origin: "file".into(),
            why: format!("the file cannot be read ({error})"),
            right: "a readable UTF-8 file in TOML; `chudian check-config --defaults` prints one".into(),
        })
    })
}

/// Merges the layers. Unknown keys and wrong types come back as faults beside what could be merged,
/// so that they are told together with wrong values.
pub(super) fn merge(
    file: Option<(&Path, &str)>,
    variables: &[(String, String)],
) -> Result<(Layered, Vec<Fault>), ConfigError> {
    let values: Table = super::DEFAULTS.parse().expect("the built-in file is TOML, see the tests");
    let mut layered = Layered { values, origins: BTreeMap::new() };
    let mut faults = Vec::new();
    if let Some((path, text)) = file {
        let name = path.display().to_string();
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            ConfigError::one(Fault {
                key: name.clone(),
                origin: "file".into(),
                why: format!("the file is not valid TOML: {}", one_line(&error.to_string())),
                right: "lines of the form key = \"value\" under a [section]".into(),
            })
        })?;
        for (section, value) in table {
            lay_section(&mut layered, &section, value, &Origin::File(name.clone()), &mut faults);
        }
    }
    for (variable, text) in variables {
        if let Some(rest) = variable.strip_prefix("CHUDIAN__") {
            lay_variable(&mut layered, variable, rest, text, &mut faults);
        }
    }
    Ok((layered, faults))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn lay_section(layered: &mut Layered, section: &str, value: Value, origin: &Origin, faults: &mut Vec<Fault>) {
    if !layered.values.contains_key(section) {
        faults.push(unknown(layered, section, origin));
        return;
    }
    let Value::Table(keys) = value else {
        faults.push(Fault {
            key: section.to_owned(),
            origin: origin.to_string(),
            why: format!("this is the name of a section, and {value} is {}", kind(&value)),
            right: format!("a line [{section}], and below it lines of the form key = value"),
        });
        return;
    };
    for (name, value) in keys {
        lay(layered, section, &name, value, origin, faults);
    }
}

fn lay_variable(layered: &mut Layered, variable: &str, rest: &str, text: &str, faults: &mut Vec<Fault>) {
    let origin = Origin::Variable(variable.to_owned());
    let lower = rest.to_ascii_lowercase();
    let Some((section, name)) = lower.split_once("__") else {
        faults.push(unknown(layered, &lower, &origin));
        return;
    };
    let known = layered.values.get(section).and_then(|it| it.get(name));
    let value = match known {
        None => {
            faults.push(unknown(layered, &format!("{section}.{name}"), &origin));
            return;
        }
        Some(Value::Boolean(_)) => text.parse().map(Value::Boolean).ok(),
        Some(Value::Integer(_)) => text.trim().parse().map(Value::Integer).ok(),
        Some(Value::Array(_)) => Some(Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|it| !it.is_empty())
                .map(|it| Value::String(it.into()))
                .collect(),
        )),
        Some(_) => Some(Value::String(text.to_owned())),
    };
    let value = value.unwrap_or_else(|| Value::String(text.to_owned()));
    lay(layered, section, name, value, &origin, faults);
}

fn lay(
    layered: &mut Layered,
    section: &str,
    name: &str,
    value: Value,
    origin: &Origin,
    faults: &mut Vec<Fault>,
) {
    let key = format!("{section}.{name}");
    let Some(slot) = layered.values.get_mut(section).and_then(|it| it.get_mut(name)) else {
        faults.push(unknown(layered, &key, origin));
        return;
    };
    if !is_same_kind(slot, &value) {
        let right = format!("{}, such as {slot}", kind(slot));
        let why = format!("{value} is {}", kind(&value));
        faults.push(Fault { key, origin: origin.to_string(), why, right });
        return;
    }
    *slot = value;
    layered.origins.insert(key, origin.clone());
}

fn is_same_kind(known: &Value, given: &Value) -> bool {
    match (known, given) {
        (Value::Array(_), Value::Array(items)) => items.iter().all(Value::is_str),
        _ => known.same_type(given),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Boolean(_) => "true or false",
        Value::Integer(_) => "a whole number",
        Value::Array(items) if items.iter().all(Value::is_str) => "a list of texts",
        Value::Array(_) => "a list with other things than texts",
        Value::String(_) => "a text in quotes",
        _ => "something else",
    }
}

fn unknown(layered: &Layered, key: &str, origin: &Origin) -> Fault {
    let keys =
        layered.sections().flat_map(|(section, keys)| keys.keys().map(move |it| format!("{section}.{it}")));
    let sections = layered.sections().map(|(section, _)| section.clone());
    // A lone word is either a section misspelt or a key whose section was forgotten.
    let candidates: Vec<String> =
        if key.contains('.') { keys.collect() } else { sections.chain(keys).collect() };
    let nearest = candidates.into_iter().min_by_key(|it| nearness(key, it));
    Fault {
        key: key.to_owned(),
        origin: origin.to_string(),
        why: "there is no such setting".into(),
        right: nearest.unwrap_or_default(),
    }
}

/// How far `written` is from `known`; a forgotten section costs nothing but one step.
fn nearness(written: &str, known: &str) -> usize {
    let whole = distance(written, known);
    match known.split_once('.') {
        Some((_, name)) if !written.contains('.') => whole.min(distance(written, name) + 1),
        _ => whole,
    }
}

/// Levenshtein's edit distance, by one row.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
