//! Rust files as the house rules see them: code without comments and tests, and its string literals.

use std::path::{Path, PathBuf};

use crate::Result;

/// A source file, its path relative to the folder that was read, with `/` between the parts.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// All files under `folder` whose name ends with one of `endings`, sorted by path.
pub(crate) fn read(folder: &Path, endings: &[&str]) -> Result<Vec<Source>> {
    let mut found = Vec::new();
    collect(folder, endings, &mut found)?;
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path)
                .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            let relative = path.strip_prefix(folder).unwrap_or(&path);
            Ok(Source { path: relative.to_string_lossy().replace('\\', "/"), text })
        })
        .collect()
}

fn collect(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) -> Result<()> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(_) if !folder.exists() => return Ok(()),
        Err(error) => return Err(format!("cannot read {}: {error}", folder.display())),
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["node_modules", "target", "dist", "out"].contains(&name.as_str()) {
                collect(&path, endings, found)?;
            }
        } else if endings.iter().any(|it| name.ends_with(it)) {
            found.push(path);
        }
    }
    Ok(())
}

/// A file taken apart.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Parts {
    /// The code, comments and the insides of literals blanked out; line breaks kept.
    pub(crate) code: String,
    /// Each string literal with the line it begins on (1-based).
    pub(crate) strings: Vec<(usize, String)>,
}

/// Takes a Rust file apart, up to its tests (`#[cfg(test)]` at the beginning of a line).
pub(crate) fn take_apart(text: &str) -> Parts {
    let end = if text.starts_with("#[cfg(test)]") { Some(0) } else { text.find("\n#[cfg(test)]\nmod ") };
    let text: Vec<char> = text[..end.unwrap_or(text.len())].chars().collect();
    let mut reader = Reader { text: &text, at: 0, line: 1, parts: Parts::default() };
    while reader.at < text.len() {
        reader.step();
    }
    reader.parts
}

struct Reader<'a> {
    text: &'a [char],
    at: usize,
    line: usize,
    parts: Parts,
}

impl Reader<'_> {
    fn step(&mut self) {
        let previous = if self.at == 0 { ' ' } else { self.text[self.at - 1] };
        let rest = &self.text[self.at..];
        match rest {
            ['/', '/', ..] => self.skip_while(|rest| rest[0] != '\n'),
            ['/', '*', ..] => self.block_comment(),
            ['"', ..] => self.string(),
            ['r', '"' | '#', ..] if !previous.is_alphanumeric() && previous != '_' => self.raw_string(),
            ['\'', '\\', ..] => {
                self.skip(3);
                self.skip_while(|rest| rest[0] != '\'');
                self.skip(1);
            }
            ['\'', _, '\'', ..] => self.skip(3),
            [other, ..] => {
                self.parts.code.push(*other);
                if *other == '\n' {
                    self.line += 1;
                }
                self.at += 1;
            }
            [] => {}
        }
    }

    /// Steps over `count` characters; line breaks stay in the code.
    fn skip(&mut self, count: usize) {
        for _ in 0..count.min(self.text.len() - self.at) {
            if self.text[self.at] == '\n' {
                self.parts.code.push('\n');
                self.line += 1;
            }
            self.at += 1;
        }
    }

    fn skip_while(&mut self, keep: impl Fn(&[char]) -> bool) {
        while self.at < self.text.len() && keep(&self.text[self.at..]) {
            self.skip(1);
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        loop {
            match &self.text[self.at..] {
                ['/', '*', ..] => {
                    depth += 1;
                    self.skip(2);
                }
                ['*', '/', ..] => {
                    depth -= 1;
                    self.skip(2);
                }
                [] => return,
                _ => self.skip(1),
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        let line = self.line;
        self.skip(1);
        let mut literal = String::new();
        while let Some(character) = self.text.get(self.at).copied() {
            match character {
                '"' => break,
                '\\' => {
                    literal.extend(self.text.get(self.at + 1).filter(|it| **it != '\n'));
                    self.skip(2);
                }
                other => {
                    literal.push(other);
                    self.skip(1);
                }
            }
        }
        self.skip(1);
        self.parts.code.push_str("\"\"");
        self.parts.strings.push((line, literal));
    }

    fn raw_string(&mut self) {
        let line = self.line;
        let hashes = self.text[self.at + 1..].iter().take_while(|it| **it == '#').count();
        if self.text.get(self.at + 1 + hashes) != Some(&'"') {
            // A raw identifier such as `r#type`.
            self.parts.code.push('r');
            self.at += 1;
            return;
        }
        self.skip(2 + hashes);
        let from = self.at;
        let closing: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
        self.skip_while(|rest| !rest.starts_with(&closing));
        let literal = self.text[from..self.at].iter().collect();
        self.skip(1 + hashes);
        self.parts.code.push_str("\"\"");
        self.parts.strings.push((line, literal));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_strings_and_tests_are_told_from_code() {
        let text = "use a; // \"no\"\n/* b /* c */ */ let d = \"e \\\" f\";\nlet g = r#\"h \"i\"\n\"#; let j = 'k'; let l = '\"';\nlet m: &'static str = r#type;\n\n#[cfg(test)]\nmod tests { let n = \"o\"; }";
        let parts = take_apart(text);
        assert_eq!(parts.strings, [(2, "e \" f".to_owned()), (3, "h \"i\"\n".to_owned())]);
        assert!(
            parts.code.contains("use a;") && parts.code.contains("&'static str = r#type"),
            "{}",
            parts.code
        );
        for gone in ["no", "b", "c */", "k", "mod tests"] {
            assert!(!parts.code.contains(gone), "{gone} in {}", parts.code);
        }
    }

    #[test]
    fn lines_are_counted_through_everything() {
        let parts = take_apart("// a\n\"b\nc\"\n/* d\n */ \"e\" '\\n' \"f\"");
        assert_eq!(parts.strings.iter().map(|it| it.0).collect::<Vec<_>>(), [2, 5, 5]);
    }
}
