//! A question, taken apart once for all parts of an index.

use crate::language::{Language, Terms, is_carrier};
use crate::part::Part;
use crate::pinyin::Sound;
use crate::rank::{Marks, Numbers, Side};
use crate::units::{Unit, sounds_by_unit, units};

/// A question with the weights of the base.
pub(crate) struct Question<'a> {
    /// Of the level [`question`](crate::normalise::question).
    pub(crate) text: &'a str,
    pub(crate) units: Vec<Unit<'a>>,
    pub(crate) sounds: Vec<Sound>,
    /// How many of them each unit makes.
    pub(crate) syllables: Vec<usize>,
    pub(crate) terms: Terms<'a>,
    pub(crate) marks: Marks,
    /// The weight of all units.
    pub(crate) mass: f32,
}

impl<'a> Question<'a> {
    /// `None` if nothing is asked. The weights are those of `base`; what it does not know counts like the rarest.
    pub(crate) fn new(text: &'a str, language: &'a Language, base: &Part) -> Option<Self> {
        let units = units(text);
        if units.is_empty() {
            return None;
        }
        let (sounds, syllables) = sounds_by_unit(&units);
        let terms = language.terms(text);
        let weights: Vec<f32> = units.iter().map(|it| base.unit_weight(*it)).collect();
        let mass: f32 = weights.iter().sum();
        let term_weights: Vec<f32> = terms.terms.iter().map(|it| base.term_weight(*it)).collect();
        let of_content = |(term, weight): (&Unit<'_>, &f32)| if is_carrier(*term) { 0.0 } else { *weight };
        let marks = Marks {
            content: Side::new(terms.terms.iter().zip(&term_weights).map(of_content).collect()),
            terms: Side::new(term_weights),
            units: Side::new(weights),
            sounds: Side::new(sounds.iter().map(|it| base.sound_weight(*it)).collect()),
        };
        Some(Self { text, units, sounds, syllables, terms, marks, mass })
    }

    /// The share of its weight that `other` does not hold, in \[0, 1\].
    pub(crate) fn news_to(&self, other: &Self) -> f32 {
        let weighed = self.units.iter().zip(&self.marks.units.weights);
        let news: f32 = weighed.filter(|it| !other.units.contains(it.0)).map(|it| it.1).sum();
        news / self.mass.max(f32::MIN_POSITIVE)
    }

    /// The question in the numbers of one part.
    pub(crate) fn numbers(&self, part: &Part) -> Numbers<'_> {
        Numbers {
            units: self.units.iter().map(|it| part.find_unit(*it)).collect(),
            sounds: &self.sounds,
            terms: self.terms.terms.iter().map(|it| part.find_term(*it)).collect(),
        }
    }
}
