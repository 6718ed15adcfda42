//! A sentence as the index sees it: characters (or a whole run of letters and digits), and their sounds.

use crate::normalise;
use crate::pinyin::{self, Sound};

/// One step of a sentence: a character, or a run such as "5g" or "100".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit<'a> {
    /// An ideograph or any other single character.
    Character(char),
    /// Letters and digits that stand together.
    Run(&'a str),
}

impl Unit<'_> {
    /// The unit as text.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Character(c) => c.to_string(),
            Self::Run(run) => (*run).to_owned(),
        }
    }
}

/// The units of a text of the level [`normalise::plain`] or [`normalise::question`].
#[must_use]
pub fn units(normalised: &str) -> Vec<Unit<'_>> {
    let mut result = Vec::with_capacity(normalised.len() / 3 + 1);
    let mut run_start = None;
    for (at, c) in normalised.char_indices() {
        if normalise::is_latin(c) {
            run_start.get_or_insert(at);
            continue;
        }
        if let Some(start) = run_start.take() {
            result.push(Unit::Run(&normalised[start..at]));
        }
        if c != ' ' {
            result.push(Unit::Character(c));
        }
    }
    if let Some(start) = run_start {
        result.push(Unit::Run(&normalised[start..]));
    }
    result
}

/// The sounds of a sentence, in order; a run of letters that spells syllables gives one for each.
/// Units without a sound are left out.
#[must_use]
pub fn sounds(units: &[Unit<'_>]) -> Vec<Sound> {
    sounds_by_unit(units).0
}

/// The same, and how many of them each unit makes.
pub(crate) fn sounds_by_unit(units: &[Unit<'_>]) -> (Vec<Sound>, Vec<usize>) {
    let mut sounds = Vec::with_capacity(units.len());
    let by_unit = units.iter().map(|unit| {
        let before = sounds.len();
        match unit {
            Unit::Character(c) => sounds.extend(Some(pinyin::sound(*c)).filter(|it| *it != pinyin::SILENT)),
            Unit::Run(run) => sounds.extend(pinyin::split_letters(run).unwrap_or_default()),
        }
        sounds.len() - before
    });
    let by_unit = by_unit.collect();
    (sounds, by_unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_stay_together_and_are_heard_as_syllables() {
        let sentence = units("5g套餐weixin 100");
        let texts: Vec<_> = sentence.iter().map(Unit::text).collect();
        assert_eq!(texts, ["5g", "套", "餐", "weixin", "100"]);
        assert_eq!(sounds(&sentence).len(), 4);
        assert_eq!(sounds_by_unit(&sentence).1, [0, 1, 1, 2, 0]);
    }
}
