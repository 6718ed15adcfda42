//! What was found, and why.

use crate::language::Synonym;
use crate::question::Question;
use crate::rank::{self, Covered};

/// One entry found for a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The key of the [`Entry`](crate::Entry).
    pub entry: i64,
    /// Which of its wordings came nearest: 0 is the standard question.
    pub wording: usize,
    /// The sum of the points in [`Explanation::points`], 1 for a perfect match.
    pub score: f32,
    /// The probability, in \[0, 1\], that this entry answers the question.
    pub confidence: f32,
    /// Why it was found.
    pub why: Explanation,
}

impl Candidate {
    /// Every unit of the question stands in the wording, as when somebody types a topic ("宽带") instead of a
    /// question: it may be one of several entries, and asking back is better than falling silent.
    #[must_use]
    pub fn covers_question(&self) -> bool {
        self.why.covered >= 0.999
    }
}

/// What made a candidate.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Explanation {
    /// Pieces of the question that stand in the wording, in the question's order.
    pub matched: Vec<Match>,
    /// Words of the question that met the wording in another form, and typing errors with what was read for them.
    pub synonyms: Vec<Synonym>,
    /// The share of the question's weight that stands in the wording, in \[0, 1\].
    pub covered: f32,
    /// The features of the ranking: name, value, and the points it gave. `learnt` is the nearness in the space
    /// learnt from the tenant's own pairs, `model` the one that a [`Similarity`](crate::Similarity) gave.
    pub points: Vec<(&'static str, f32, f32)>,
    /// The figures that the confidence is made of: how the candidate stands among the others.
    pub standing: Vec<(&'static str, f32)>,
}

/// A piece of the question found in a wording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The piece as the question has it, after normalising.
    pub text: String,
    /// True if only its sound was found, as with a typing error.
    pub by_sound: bool,
}

/// The pieces that stand in a wording or are heard in it.
pub(crate) fn matched(question: &Question<'_>, covered: Covered) -> Vec<Match> {
    let mut matched: Vec<Match> = Vec::new();
    let mut previous = None;
    let mut heard = 0;
    let units = question.units.iter().zip(&question.syllables);
    for (place, (unit, syllables)) in units.enumerate().take(rank::LONGEST) {
        let here = covered.units >> place & 1 == 1;
        let is_heard = |at: usize| at < rank::LONGEST && covered.sounds >> at & 1 == 1;
        let sounded = *syllables > 0 && (heard..heard + syllables).all(is_heard);
        heard += syllables;
        let found = here.then_some(false).or(sounded.then_some(true));
        match (found, previous, matched.last_mut()) {
            (Some(by_sound), Some(before), Some(last)) if by_sound == before => {
                last.text.push_str(&unit.text())
            }
            (Some(by_sound), ..) => matched.push(Match { text: unit.text(), by_sound }),
            (None, ..) => {}
        }
        previous = found;
    }
    matched
}

/// The synonyms that met something.
pub(crate) fn synonyms(question: &Question<'_>, covered: Covered) -> Vec<Synonym> {
    let met = |at: usize| at < rank::LONGEST && covered.terms >> at & 1 == 1;
    let all = question.terms.synonyms.iter();
    all.filter(|(.., range)| range.clone().all(met))
        .map(|(written, form, _)| Synonym { written: (*written).to_owned(), form: (*form).to_owned() })
        .collect()
}
