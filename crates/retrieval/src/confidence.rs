//! How sure is the first candidate? A logistic model over a handful of figures.

use serde::{Deserialize, Serialize};

use crate::part::Compared;
use crate::question::Question;

/// Where the bands begin. `answer >= suggest`; what lies below `suggest` is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// From here on the answer is given without asking.
    pub answer: f32,
    /// From here on the customer is asked "did you mean".
    pub suggest: f32,
}

impl Default for Thresholds {
    /// Where the development set's false answers are few: from 0.85 on .062 of the near and .024 of the far questions
    /// got an answer that is none, from 0.9 on .033 and .013; of all answers .965 and .979 were right.
    fn default() -> Self {
        Self { answer: 0.87, suggest: 0.3 }
    }
}

/// What to do with a candidate of a given confidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Band {
    /// Give the answer.
    Answer,
    /// Offer it in a list.
    Suggest,
    /// Do not show it to a customer.
    None,
}

impl Thresholds {
    /// The band of a confidence.
    #[must_use]
    pub fn band(&self, confidence: f32) -> Band {
        if confidence >= self.answer {
            Band::Answer
        } else if confidence >= self.suggest {
            Band::Suggest
        } else {
            Band::None
        }
    }
}

/// How a candidate stands among the others: the figures that its confidence is made of.
pub(crate) struct Standing {
    figures: [f32; COUNT],
    scale: Scale,
}

/// What makes scores: they lie otherwise where a learnt space and a model that has learnt speak too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Words, with a space or a model or neither.
    Usual,
    /// A learnt space and a model that has learnt.
    Both,
}

const COUNT: usize = 6;

/// What each figure counts, fitted on a development set in the mix of a real stream of questions (eight
/// of ten have an answer in the base, one is near it, one is far from it), then rounded. Fitted on one half of
/// the entries and read on the other the calibration error was .011, and .014 with a learnt space, which
/// needs no figures of its own. Unmatched rare words, the second wording's lead over the fifth and every
/// single feature of the ranking were tried beside these and told nothing more.
const WEIGHTS: [(&str, f32); COUNT] = [
    // The score itself.
    ("score", 5.6),
    // Lead over the best other entry; negative when it is behind.
    ("lead", 7.0),
    // Its share among all, as a soft maximum.
    ("share", 2.3),
    // Share of the question's weight that the base has never seen.
    ("unknown", -2.2),
    // Weight of the matched content, absolute: two rare words are surer than one common one.
    ("content", 0.3),
    // Long questions are surer than short ones.
    ("length", 1.4),
];

const BIAS: f32 = -8.6;

/// The same for [`Scale::Both`]: fitted so on one half of the entries the calibration error on the other was .024; with the
/// figures above it would be .041, all too modest.
const WITH_BOTH: [f32; COUNT] = [9.0, 6.2, 2.7, -1.2, 0.0, 1.4];
const BIAS_WITH_BOTH: f32 = -10.9;

/// How sharply scores become shares.
const SHARPNESS: f32 = 23.0;

impl Standing {
    /// `scores` are those of all candidates, best first.
    pub(crate) fn of(
        question: &Question<'_>,
        (scores, scale): (&[f32], Scale),
        place: usize,
        it: &Compared,
    ) -> Self {
        let score = scores[place];
        let rival = scores.get(usize::from(place == 0)).copied().unwrap_or(0.0);
        let all: f32 = scores.iter().map(|it| (SHARPNESS * (it - score)).exp()).sum();
        let content = question.marks.content.mass_at(it.covered.terms) / question.unknown_weight;
        let length = question.units.len() as f32;
        let figures = [score, score - rival, 1.0 / all, question.unknown, content.ln_1p(), length.ln_1p()];
        Self { figures, scale }
    }

    pub(crate) fn probability(&self) -> f32 {
        let (weights, bias) = match self.scale {
            Scale::Usual => (WEIGHTS.map(|it| it.1), BIAS),
            Scale::Both => (WITH_BOTH, BIAS_WITH_BOTH),
        };
        let sum: f32 = self.figures.iter().zip(weights).map(|(value, weight)| value * weight).sum();
        1.0 / (1.0 + (-sum - bias).exp())
    }

    /// Name and value of each figure.
    pub(crate) fn figures(&self) -> Vec<(&'static str, f32)> {
        WEIGHTS.iter().zip(self.figures).map(|((name, _), value)| (*name, value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_begin_at_their_thresholds() {
        let thresholds = Thresholds { answer: 0.8, suggest: 0.4 };
        let check = |confidence, band| assert_eq!(thresholds.band(confidence), band, "{confidence}");
        check(0.8, Band::Answer);
        check(0.79, Band::Suggest);
        check(0.4, Band::Suggest);
        check(0.39, Band::None);
        check(f32::NAN, Band::None);
    }
}
