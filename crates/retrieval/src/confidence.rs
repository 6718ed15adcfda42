//! How sure is the first candidate? A logistic model over a handful of figures.

use serde::{Deserialize, Serialize};

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
    /// Where the development set's false answers are few: from here on .057 of the near and .017 of the far questions got
    /// an answer that is none, and .956 of all answers were right. It is for bases that are too small to learn from.
    fn default() -> Self {
        Self { answer: 0.78, suggest: 0.3 }
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

/// What makes scores: they lie otherwise where a learnt space speaks too, and a model that has learnt beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Words, with a model or without.
    Words,
    /// A learnt space.
    Learnt {
        /// And a comparer.
        compares: bool,
    },
    /// A learnt space and a model that has learnt.
    Both {
        /// And a comparer.
        compares: bool,
    },
}

const COUNT: usize = 6;

/// Which scale confidences lie on: another number whenever the figures or their weights change. A threshold that was learnt
/// on one scale means nothing on another.
pub const SCALE: i64 = 4;

/// The figures; the confidence grows with each of them.
const NAMES: [&str; COUNT] = [
    // The score itself.
    "score",
    // Lead over the best other entry; negative when it is behind.
    "lead",
    // Its share among all candidates, as a soft maximum: how clearly it goes before the others.
    "share",
    // Long questions are surer than short ones, up to LONGEST.
    "length",
    // Further wordings of the entry that lie as near as its best one.
    "agreement",
    // What the comparer says of it, where there is one.
    "compared",
];

/// What each figure counts, and where the sum begins.
struct Fit {
    weights: [f32; COUNT],
    bias: f32,
}

/// Fitted on a development set in the mix of a real stream of questions (eight of ten have an answer in the base, one is
/// near it, one is far from it), those without an answer counted threefold so that what is sure is ordered best, then
/// scaled to the mix again, and rounded.
///
/// The lead is held at 4, a good half of what a fit gives it. It tells much, but what is foreign to a base has a great
/// lead as well: whatever comes nearest stands alone there. Without any, what a synonym alone leads to would not be
/// sure. Each fitted on nine tenths of the entries and read on the last one, in turn, so many questions with an
/// answer were answered where 95 % of all answers are right, 6 % of the near and 2 % of the far questions are
/// answered: with the lead as fitted and no agreement .64, .60 and .59, so .66, .66 and .67; with a learnt space
/// .69, .63 and .59 against .71, .69 and .68. Calibration error .021 and .025.
///
/// Tried beside these without gain: characters and neighbours that the base does not know, the weight of the matched
/// content, unmatched rare words on both sides and their nearness in the learnt space, how near the entry lies to
/// others of the base, single features of the ranking, how the starts of the learnt space agree, boosted trees.
const WORDS: Fit = Fit { weights: [8.5, 4.0, 1.7, 2.2, 1.2, 0.0], bias: -11.6 };
const LEARNT: Fit = Fit { weights: [9.7, 4.0, 2.0, 1.9, 0.6, 0.0], bias: -12.3 };

/// Fitted so where space and model had learnt from 9,000 pairs: calibration error .023.
const BOTH: Fit = Fit { weights: [9.9, 4.0, 2.5, 1.8, 0.7, 0.0], bias: -12.5 };

/// Fitted so with a comparer beside the space, far questions counted tenfold: .73, .72 and .73 answered as above, where the
/// space alone has .72, .68 and .69; all three limits kept at once by .72 for .68. Calibration error .020; with a model that
/// has learnt, too, .026, and what it answers keeps the three limits, so that needs no fit of its own.
const COMPARED: Fit = Fit { weights: [12.0, 3.4, 1.2, 2.3, 0.2, 1.5], bias: -14.15 };

/// How sharply scores become shares.
const SHARPNESS: f32 = 23.0;

/// From so many units on a question is no surer for being longer: of the development set's questions 99 of 100 are no
/// longer, so what the figure means beyond is not known. A long complaint shares a little with everything.
const LONGEST: usize = 37;

/// How near to the best one another wording of the entry must lie to count: one that scores .05 less counts half. Set by
/// hand before the weights were fitted.
const AGREEMENT: f32 = 15.0;

/// What a further wording counts that scores so much: 1 when it lies as near as the best one.
pub(crate) fn voice(score: f32, best: f32) -> f32 {
    (AGREEMENT * (score - best).min(0.0)).exp()
}

impl Standing {
    /// `scores` are those of all candidates, best first; `elsewhere` the best one of another index, 0 when there is none;
    /// `voices` all wordings of this one, each as it counts; `compared` what the comparer says of it.
    pub(crate) fn of(
        question: &Question<'_>,
        (scores, scale): (&[f32], Scale),
        place: usize,
        elsewhere: f32,
        (voices, compared): (f32, f32),
    ) -> Self {
        let score = scores[place];
        let rival = scores.get(usize::from(place == 0)).copied().unwrap_or(0.0).max(elsewhere);
        let others = scores.iter().chain(Some(&elsewhere).filter(|it| **it > 0.0));
        let all: f32 = others.map(|it| (SHARPNESS * (it - score)).exp()).sum();
        let length = question.units.len().min(LONGEST) as f32;
        let figures = [score, score - rival, 1.0 / all, length.ln_1p(), voices.max(1.0).ln(), compared];
        Self { figures, scale }
    }

    pub(crate) fn probability(&self) -> f32 {
        let fit = match self.scale {
            Scale::Words => WORDS,
            Scale::Learnt { compares: false } => LEARNT,
            Scale::Learnt { compares: true } | Scale::Both { compares: true } => COMPARED,
            Scale::Both { compares: false } => BOTH,
        };
        let sum: f32 = self.figures.iter().zip(fit.weights).map(|(value, weight)| value * weight).sum();
        1.0 / (1.0 + (-sum - fit.bias).exp())
    }

    /// Name and value of each figure.
    pub(crate) fn figures(&self) -> Vec<(&'static str, f32)> {
        NAMES.into_iter().zip(self.figures).collect()
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

    #[test]
    fn confidence_grows_with_each_figure() {
        let scales = [false, true].map(|compares| [Scale::Learnt { compares }, Scale::Both { compares }]);
        for scale in scales.into_iter().flatten().chain([Scale::Words]) {
            let usual = [0.7, 0.1, 0.6, 2.0, 0.3, 0.5];
            let compares = matches!(scale, Scale::Learnt { compares: true } | Scale::Both { compares: true });
            let sure = |figures| Standing { figures, scale }.probability();
            for at in 0..COUNT - usize::from(!compares) {
                let mut more = usual;
                more[at] += 0.1;
                assert!(sure(more) > sure(usual), "{scale:?} {}", NAMES[at]);
            }
        }
    }

    #[test]
    fn a_wording_counts_by_its_nearness_to_the_best_one() {
        assert_eq!((voice(0.7, 0.7), voice(1.0, 0.7)), (1.0, 1.0));
        assert!(voice(0.65, 0.7) > voice(0.6, 0.7) && voice(0.2, 0.7) < 0.001);
    }
}
