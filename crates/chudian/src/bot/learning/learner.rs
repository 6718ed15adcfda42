//! Learns and tries what was learnt: from material to what will be in force. Pure, and slow: seconds to minutes.

use std::sync::Arc;

use encoder::map::Map;
use retrieval::learnt::{Effort, Lesson, Space};
use retrieval::tuning::{self, Promise};
use retrieval::{Entry, Index, Language, Similarity};

use super::gauge::{self, Tried};
use super::material::{Material, Trial};
use super::model::{Report, TrainingState};
use super::sight::Sight;

/// What there is to learn from, and how to go about it.
pub struct Learner<'a> {
    /// The base's wordings and the choices.
    pub material: &'a Material,
    /// Further pairs: measurements bring labelled ones.
    pub more: &'a Lesson,
    /// The tenant's words.
    pub language: &'a Language,
    /// What the tenant's model sees in all texts.
    pub sight: Option<&'a Sight>,
    /// From which confidence on the bot answers now.
    pub answer: f32,
    /// Told now and then which share is done, in \[0, 1\]; may rest there, and gives it up by saying no.
    pub go_on: &'a dyn Fn(f32) -> bool,
}

/// What counts from now on.
#[derive(Debug, Default)]
pub struct Made {
    /// The space.
    pub space: Option<Space>,
    /// The map for the vectors of the tenant's model.
    pub map: Option<Map>,
}

/// Why nothing counts.
pub type Objection = (TrainingState, &'static str);

const BROKEN_OFF: Objection = (TrainingState::Failed, "learning.too_long");

impl std::fmt::Debug for Learner<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Learner").field("material", &self.material.figures()).finish_non_exhaustive()
    }
}

impl Learner<'_> {
    /// Learns, tries, and learns from all what did no harm. The figures go into `report`.
    ///
    /// # Errors
    /// When nothing counts, or it took too long.
    pub fn learn(&self, report: &mut Report) -> Result<Made, Objection> {
        let trial = self.material.trial();
        let lesson = self.lesson(&trial.rest);
        let space = Arc::new(self.space(&lesson, Effort::default(), (0.0, 0.3))?);
        let sides = (Tried::default(), Tried { space: Some(space.clone()), eye: None });
        let gauge = gauge::measure(&trial, self.language, sides, self.answer, &mut || (self.go_on)(0.3));
        let gauge = gauge.ok_or(BROKEN_OFF)?;
        report.gauge = Some(gauge);
        let objection = gauge.objection();
        let tried = Tried { space: objection.is_none().then_some(space), eye: None };
        let has_map = self.try_map(&trial, &lesson, &tried, report)?;
        if let (Some(objection), false) = (objection, has_map) {
            return Err((TrainingState::Refused, objection));
        }
        // Of two parts the one that does harm is left out and told of.
        report.reason = objection.map(str::to_owned);
        let lesson = self.lesson(self.material);
        let mut made = Made::default();
        if objection.is_none() {
            made.space = Some(self.space(&lesson, Effort::default(), (0.4, 0.3))?);
        }
        if has_map {
            made.map = self.map(&lesson, (0.7, 0.05))?;
        }
        Ok(made)
    }

    /// From which confidence on the base's own questions are answered rightly often enough, in the state in which it
    /// answers with a space, with a map; `None` for a base that has too few similar questions to tell. What is tried
    /// must not have been learnt from its questions, so both are learnt again from the rest, the space in half the rounds;
    /// where the rest is small, half of the base's wordings are not asked.
    #[must_use]
    pub fn answer_from(&self, has_space: bool, has_map: bool) -> Option<f32> {
        let entries = &self.material.entries;
        let mut trial = tuning::Trial::of(entries)?;
        let whole = self.lesson(self.material);
        let is_poor = |it: &Lesson| it.pairs.len() * 2 < whole.pairs.len();
        let mut lesson = trial.honest(&whole);
        if let (true, Some(half)) = ((has_space || has_map) && is_poor(&lesson), trial.half()) {
            lesson = half.honest(&whole);
            trial = half;
        }
        let effort = Effort { rounds: Effort::default().rounds / 2, ..Effort::default() };
        let space = match has_space && !lesson.pairs.is_empty() {
            true => Some(Arc::new(self.space(&lesson, effort, (0.75, 0.2)).ok()?)),
            false => None,
        };
        let map = if has_map { self.map(&lesson, (0.95, 0.03)).ok()? } else { None };
        let index = Index::build_with(entries, self.language.clone(), space);
        let eye = self.sight.map(|it| it.eye(entries, map.map(Arc::new)));
        let see = |text: &str| -> Option<Box<dyn Similarity>> {
            (self.go_on)(0.99);
            Some(Box::new(eye.as_ref()?.look(text)?))
        };
        Some(trial.threshold(&index, &see, Promise::default()))
    }

    /// Tries a map on what is kept back; says whether it counts. It does not where there is too little to learn from.
    fn try_map(
        &self,
        trial: &Trial,
        lesson: &Lesson,
        tried: &Tried<'_>,
        report: &mut Report,
    ) -> Result<bool, Objection> {
        let Some(sight) = self.sight else { return Ok(false) };
        let Some(map) = self.map(lesson, (0.3, 0.1))? else { return Ok(false) };
        let entries = gauge::sample(trial);
        let (plain, taught) = (sight.eye(&entries, None), sight.eye(&entries, Some(Arc::new(map))));
        let sides = [&plain, &taught].map(|eye| Tried { space: tried.space.clone(), eye: Some(eye) });
        let gauge =
            gauge::measure(trial, self.language, sides.into(), self.answer, &mut || (self.go_on)(0.4));
        let gauge = gauge.ok_or(BROKEN_OFF)?;
        report.model_gauge = Some(gauge);
        report.model_learnt = gauge.objection().is_none();
        Ok(report.model_learnt)
    }

    fn lesson(&self, material: &Material) -> Lesson {
        let mut lesson = material.lesson();
        lesson.pairs.extend_from_slice(&self.more.pairs);
        lesson.different.extend_from_slice(&self.more.different);
        lesson
    }

    fn space(&self, lesson: &Lesson, effort: Effort, (from, length): (f32, f32)) -> Result<Space, Objection> {
        let space = Space::train_watched(lesson, effort, &mut |share| (self.go_on)(from + length * share));
        space.ok_or(BROKEN_OFF)
    }

    /// A map; none where there is too little to learn from.
    fn map(&self, lesson: &Lesson, (from, length): (f32, f32)) -> Result<Option<Map>, Objection> {
        let mut is_over = false;
        let map = self.sight.and_then(|sight| {
            sight.learn(lesson, &mut |share| {
                is_over = !(self.go_on)(from + length * share);
                !is_over
            })
        });
        if is_over { Err(BROKEN_OFF) } else { Ok(map) }
    }
}

/// All texts that are learnt from, the choices first.
pub(super) fn texts<'a>(material: &'a Material, more: &'a Lesson) -> impl Iterator<Item = &'a String> {
    let both = |it: &'a (String, String)| [&it.0, &it.1];
    let pairs = more.pairs.iter().chain(&more.different).flat_map(both);
    let wordings = |it: &'a Entry| it.wordings.iter();
    material.confirmed.iter().map(|it| &it.0).chain(pairs).chain(material.entries.iter().flat_map(wordings))
}

#[cfg(test)]
mod tests {
    use std::hash::{DefaultHasher, Hash, Hasher};

    use super::super::sight::tests::sight;
    use super::*;

    const ENTRIES: i64 = 120;

    /// A number in \[-0.5, 0.5) for whatever is given.
    fn chance(of: impl Hash) -> f32 {
        let mut hasher = DefaultHasher::new();
        of.hash(&mut hasher);
        (hasher.finish() >> 40) as f32 / (1_u32 << 24) as f32 - 0.5
    }

    /// Wordings that share no character within an entry, so that words find nothing.
    fn material() -> Material {
        let character = |nth: i64| char::from_u32(0x4e00 + u32::try_from(nth).unwrap()).unwrap();
        let wording = |key: i64, nth: i64| -> String {
            (0..4).map(|at| character((key * 20 + nth * 4 + at) * 2)).collect()
        };
        let entries = (0..ENTRIES)
            .map(|key| Entry { key, wordings: (0..5).map(|nth| wording(key, nth)).collect() })
            .collect();
        Material::new(entries, &[])
    }

    /// The model sees the meaning in its first numbers, and much else in the others.
    fn seen(material: &Material) -> Sight {
        let texts: Vec<String> = material.entries.iter().flat_map(|it| it.wordings.clone()).collect();
        let key_of = |text: &str| texts.iter().position(|it| it == text).unwrap() / 5;
        sight(&texts, |text| {
            let meaning = (0..8).map(|at| chance((key_of(text), at)));
            meaning.chain((0..16).map(|at| 1.2 * chance((text, at)))).collect()
        })
    }

    #[test]
    fn a_model_learns_what_means_the_same_and_its_threshold_is_read_off_so() {
        let (material, more, language) = (material(), Lesson::default(), Language::common());
        let sight = seen(&material);
        let learner = |go_on: &'static dyn Fn(f32) -> bool| Learner {
            material: &material,
            more: &more,
            language: &language,
            sight: Some(&sight),
            answer: 0.87,
            go_on,
        };
        let (trial, mut report) = (material.trial(), Report::default());
        let lesson = trial.rest.lesson();
        let tried = Tried::default();
        assert_eq!(learner(&|_| true).try_map(&trial, &lesson, &tried, &mut report), Ok(true));
        let gauge = report.model_gauge.unwrap();
        assert!(gauge.after.right > gauge.before.right, "{gauge:?}");
        assert!(report.model_learnt);
        let threshold = learner(&|_| true).answer_from(false, true).unwrap();
        assert!((0.5..=0.95).contains(&threshold), "{threshold}");
        let given_up = learner(&|_| false).try_map(&trial, &lesson, &tried, &mut report);
        assert_eq!(given_up, Err(BROKEN_OFF));
        let blind = Learner { sight: None, ..learner(&|_| true) };
        assert_eq!(blind.try_map(&trial, &lesson, &tried, &mut report), Ok(false));
    }
}
