//! A question, taken apart once for all parts of an index.

use crate::index::LeftOut;
use crate::language::{Language, Terms, is_carrier};
use crate::part::Part;
use crate::pinyin::{Sound, split_letters};
use crate::rank::{Marks, Numbers, Side};
use crate::units::{Unit, sounds, units};

/// A question with the weights of the base.
pub(crate) struct Question<'a> {
    /// Of the level [`question`](crate::normalise::question).
    pub(crate) text: &'a str,
    pub(crate) units: Vec<Unit<'a>>,
    pub(crate) sounds: Vec<Sound>,
    pub(crate) terms: Terms<'a>,
    pub(crate) marks: Marks,
    /// The weight of all units.
    pub(crate) mass: f32,
    /// What a unit weighs that the base does not know: masses over this mean the same in small and large bases.
    pub(crate) unknown_weight: f32,
    /// The share of it that the base has never seen.
    pub(crate) unknown: f32,
}

impl<'a> Question<'a> {
    /// `None` if nothing is asked. The weights are those of `base`; what only `fresh` knows counts like the unknown,
    /// but is not strange.
    pub(crate) fn new(
        text: &'a str,
        language: &'a Language,
        (base, fresh): (&Part, &Part),
        left_out: Option<LeftOut>,
    ) -> Option<Self> {
        let units = units(text);
        if units.is_empty() {
            return None;
        }
        let sounds = sounds(&units);
        let terms = language.terms(text);
        let weights: Vec<f32> = units.iter().map(|it| base.unit_weight(*it)).collect();
        let mass: f32 = weights.iter().sum();
        // Letters that spell syllables are heard, so they are not strange to the base: "zenme chongzhi".
        let is_heard = |unit: &Unit<'_>| matches!(unit, Unit::Run(run) if split_letters(run).is_some());
        let is_known = |unit: Unit<'_>| base.knows(unit, left_out) || fresh.knows(unit, left_out);
        let strange = units.iter().filter(|it| !is_known(**it) && !is_heard(it)).count();
        let unknown = base.unknown_weight() * strange as f32 / mass.max(f32::MIN_POSITIVE);
        let term_weights: Vec<f32> = terms.terms.iter().map(|it| base.term_weight(*it)).collect();
        let of_content = |(term, weight): (&Unit<'_>, &f32)| if is_carrier(*term) { 0.0 } else { *weight };
        let marks = Marks {
            content: Side::new(terms.terms.iter().zip(&term_weights).map(of_content).collect()),
            terms: Side::new(term_weights),
            units: Side::new(weights),
            sounds: Side::new(sounds.iter().map(|it| base.sound_weight(*it)).collect()),
        };
        Some(Self { text, units, sounds, terms, marks, mass, unknown_weight: base.unknown_weight(), unknown })
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
