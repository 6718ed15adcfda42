//! Learns and tries what was learnt: from material to what will be in force. Pure, and slow: seconds to minutes.

use std::sync::Arc;

use encoder::map::Map;
use retrieval::learnt::{Effort, Lesson, Space};
use retrieval::tuning::{self, Promise};
use retrieval::{Comparer, Index, Language, Similarity, contrasts};

use super::gauge::{self, Beside, Seeing, Tally, Tried, Way};
use super::material::{Material, Trial};
use super::model::{Report, TrainingState};
use super::sight::Sight;

/// What there is to learn from, and how to go about it.
pub struct Learner<'a> {
    /// The base's wordings and the choices.
    pub material: &'a Material,
    /// Further pairs: measurements bring labelled ones. They are tried as the choices are (see the head of `given`).
    pub more: &'a Lesson,
    /// The tenant's words.
    pub language: &'a Language,
    /// What the tenant's model sees in all texts.
    pub sight: Option<&'a Sight>,
    /// From which confidence on the bot answers now.
    pub answer: f32,
    /// How long the space learns.
    pub effort: Effort,
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
    /// Learns and tries, part by part; then learns from all what did no harm, in the same way. The figures go into
    /// `report`.
    ///
    /// # Errors
    /// When nothing counts, or it took too long.
    pub fn learn(&self, report: &mut Report) -> Result<Made, Objection> {
        let trials = self.material.trials(self.more);
        // A trial costs about as much as what comes after all of them costs twice.
        let tried = trials.len() as f32 / (trials.len() as f32 + 2.0);
        let (tally, has_map) = self.try_all(&trials, tried)?;
        let (beside, gauge) = tally.choose();
        report.gauge = Some(gauge);
        let objection = gauge.objection();
        report.comparer_learnt = objection.is_none() && beside == Beside::Comparer;
        let beside = if objection.is_none() { beside } else { Beside::Nothing };
        if has_map {
            let seeing = |eye| Way { beside, eye };
            let gauge = tally.gauge(seeing(Seeing::AsItIs), seeing(Seeing::Taught));
            report.model_gauge = Some(gauge);
            report.model_learnt = gauge.objection().is_none();
        }
        if let (Some(objection), false) = (objection, report.model_learnt) {
            return Err((TrainingState::Refused, objection));
        }
        // Of two parts the one that does harm is left out and told of.
        report.reason = objection.map(str::to_owned);
        let lesson = self.material.lesson_with(self.more);
        let rest = |from: f32, length: f32| (tried + (1.0 - tried) * from, (1.0 - tried) * length);
        let mut made = Made::default();
        if objection.is_none() {
            made.space = Some(self.space(&lesson, (self.effort, beside), rest(0.0, 0.4))?);
        }
        if report.model_learnt {
            made.map = self.map(&lesson, rest(0.4, 0.1))?;
            report.model_learnt = made.map.is_some();
        }
        Ok(made)
    }

    /// Learns anew for each trial, without what is asked in it, and asks. Also tells whether the model learnt.
    fn try_all(&self, trials: &[Trial], share: f32) -> Result<(Tally, bool), Objection> {
        let mut tally = Tally::default();
        // All or none: what one trial was without is not to be judged by the others.
        let mut has_map = self.sight.is_some() && !trials.is_empty();
        let mut at = 0.0;
        let length = share / trials.len().max(1) as f32;
        for trial in trials {
            let lesson = trial.lesson();
            let space = self.space(&lesson, (self.effort, Beside::Comparer), (at, 0.6 * length))?;
            let map = if has_map { self.map(&lesson, (at + 0.6 * length, 0.3 * length))? } else { None };
            has_map = map.is_some();
            let eyes = self.sight.zip(map).map(|(sight, map)| {
                let entries = gauge::sample(trial);
                [sight.eye(&entries, None), sight.eye(&entries, Some(Arc::new(map)))]
            });
            let asking = at + 0.9 * length;
            tally
                .ask((trial, trials.len()), self.language, &Tried { space, eyes }, self.answer, &mut || {
                    (self.go_on)(asking)
                })
                .ok_or(BROKEN_OFF)?;
            at += length;
        }
        Ok((tally, has_map))
    }

    /// From which confidence on the base's own questions are answered rightly often enough, in the state in which it
    /// answers with a space, with a map. A base that has too few similar questions to tell keeps what is usual: `None` by
    /// words. What is tried must not have been learnt from its questions, so both are learnt again from the rest, the space
    /// in half the rounds; where the rest is small, half of the base's wordings are not asked.
    #[must_use]
    pub fn answer_from(&self, beside: Beside, has_map: bool) -> Option<f32> {
        let entries = &self.material.entries;
        let has_space = beside != Beside::Nothing;
        let has_learnt = has_space || has_map;
        let usual = tuning::usual(has_learnt);
        let Some(mut trial) = tuning::Trial::of(entries) else { return has_learnt.then_some(usual) };
        let whole = self.material.lesson_with(self.more);
        let is_poor = |it: &Lesson| it.pairs.len() * 2 < whole.pairs.len();
        let mut lesson = trial.honest(&whole);
        if let (true, Some(half)) = (has_learnt && is_poor(&lesson), trial.half()) {
            lesson = half.honest(&whole);
            trial = half;
        }
        let effort = Effort { rounds: self.effort.rounds.div_ceil(2), ..self.effort };
        let space = match has_space && !lesson.pairs.is_empty() {
            true => Some(Arc::new(self.space(&lesson, (effort, beside), (0.88, 0.08)).ok()?)),
            false => None,
        };
        let map = if has_map { self.map(&lesson, (0.96, 0.02)).ok()? } else { None };
        let index = Index::build_with(entries, self.language.clone(), space);
        let eye = self.sight.map(|it| it.eye(entries, map.map(Arc::new)));
        let see = |text: &str| -> Option<Box<dyn Similarity>> {
            (self.go_on)(0.99);
            Some(Box::new(eye.as_ref()?.look(text)?))
        };
        Some(trial.threshold(&index, &see, Promise::default(), usual))
    }

    /// A space, with a comparer where that is wanted and there are pairs for it.
    fn space(
        &self,
        lesson: &Lesson,
        (effort, beside): (Effort, Beside),
        (from, length): (f32, f32),
    ) -> Result<Space, Objection> {
        let mut is_over = false;
        let mut watch = |share: f32| {
            is_over = !(self.go_on)(from + length * share);
            !is_over
        };
        let space =
            Space::train_watched(lesson, effort, &mut |share| watch(0.6 * share)).ok_or(BROKEN_OFF)?;
        if beside != Beside::Comparer {
            return Ok(space);
        }
        let contrasts = contrasts(lesson, &mut |share| watch(0.6 + 0.1 * share));
        let comparer =
            Comparer::train_watched(lesson, &contrasts, effort, &mut |share| watch(0.7 + 0.3 * share));
        if is_over { Err(BROKEN_OFF) } else { Ok(space.with_comparer(comparer)) }
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

/// All texts that are learnt from, the choices first, then those of the base: it is asked on them, too. Of pairs from
/// elsewhere first what means the same.
pub(super) fn texts<'a>(material: &'a Material, more: &'a Lesson) -> impl Iterator<Item = &'a String> {
    let both = |it: &'a (String, String)| [&it.0, &it.1];
    let pairs = more.pairs.iter().chain(&more.different).flat_map(both);
    let wordings = material.entries.iter().flat_map(|it| &it.wordings);
    material.confirmed.iter().map(|it| &it.0).chain(wordings).chain(pairs)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::hash::{DefaultHasher, Hash, Hasher};

    use retrieval::Entry;

    use super::super::model::Gauge;
    use super::super::sight::tests::sight;
    use super::*;

    const ENTRIES: i64 = 80;
    /// Compiled for tests, a long one takes minutes.
    const SHORT: Effort = Effort { rounds: 1, most_pairs: 1000, most_tokens: 1000 };

    /// A number in \[-0.5, 0.5) for whatever is given.
    fn chance(of: impl Hash) -> f32 {
        let mut hasher = DefaultHasher::new();
        of.hash(&mut hasher);
        (hasher.finish() >> 40) as f32 / (1_u32 << 24) as f32 - 0.5
    }

    /// Wordings that share no character within an entry, so that words find nothing.
    fn material(wordings: i64) -> Material {
        let character = |nth: i64| char::from_u32(0x4e00 + u32::try_from(nth).unwrap()).unwrap();
        let wording = |key: i64, nth: i64| -> String {
            (0..4).map(|at| character((key * 20 + nth * 4 + at) * 2)).collect()
        };
        let entries = (0..ENTRIES)
            .map(|key| Entry { key, wordings: (0..wordings).map(|nth| wording(key, nth)).collect() })
            .collect();
        Material::new(entries, &[])
    }

    /// The model sees the meaning in its first numbers, and in the others much else, in the base's wordings by `noise`.
    /// `of` says by what number of a pair from elsewhere what it means is drawn, and by what number the rest, for the
    /// first text or the second.
    fn seen(material: &Material, noise: f32, more: &Lesson, of: impl Fn(i64, bool) -> (i64, i64)) -> Sight {
        let mut keys: HashMap<String, (i64, i64)> = HashMap::new();
        for entry in &material.entries {
            keys.extend(entry.wordings.iter().zip(0..).map(|(it, nth)| (it.clone(), (entry.key, -1 - nth))));
        }
        for ((a, b), nth) in more.pairs.iter().zip(0..) {
            keys.extend([(a.clone(), of(nth, false)), (b.clone(), of(nth, true))]);
        }
        let texts: Vec<String> = keys.keys().cloned().collect();
        sight(&texts, |text| {
            let (meaning, other) = keys[text];
            let noise = if other < 0 { noise } else { 1.2 };
            let other = if other < 0 { (other, meaning) } else { (other, 0) };
            let meaning = (0..8).map(|at| chance((meaning, at)));
            meaning.chain((0..16).map(|at| noise * chance((other, at, "other")))).collect()
        })
    }

    #[test]
    fn a_model_learns_what_means_the_same_and_its_threshold_is_read_off_so() {
        let (material, more, language) = (material(5), Lesson::default(), Language::common());
        let sight = seen(&material, 1.2, &more, |nth, _| (nth, nth));
        let learner = |go_on: &'static dyn Fn(f32) -> bool| Learner {
            material: &material,
            more: &more,
            language: &language,
            sight: Some(&sight),
            answer: 0.87,
            effort: SHORT,
            go_on,
        };
        let mut report = Report::default();
        // Words share nothing within an entry: a space would learn nothing that helps elsewhere.
        let made = learner(&|_| true).learn(&mut report).unwrap();
        let gauge = report.model_gauge.unwrap();
        assert_eq!(gauge.asked, material.figures().similar, "each once");
        assert!(gauge.won > gauge.lost && gauge.after.place > gauge.before.place + gauge.doubt, "{gauge:?}");
        assert!(report.model_learnt && made.map.is_some());
        let threshold = learner(&|_| true).answer_from(Beside::Nothing, true).unwrap();
        assert!((0.5..=0.95).contains(&threshold), "{threshold}");
        assert_eq!(learner(&|_| false).learn(&mut report).unwrap_err(), BROKEN_OFF);
        let (mut report, blind) = (Report::default(), Learner { sight: None, ..learner(&|_| true) });
        blind.learn(&mut report).ok();
        assert!(report.gauge.is_some() && report.model_gauge.is_none());
    }

    #[test]
    fn a_base_too_small_to_tell_keeps_what_is_usual() {
        let (mut material, more, language) = (material(2), Lesson::default(), Language::common());
        material.entries.truncate(20);
        let learner = Learner {
            material: &material,
            more: &more,
            language: &language,
            sight: None,
            answer: 0.78,
            effort: SHORT,
            go_on: &|_| true,
        };
        assert_eq!(learner.answer_from(Beside::Nothing, false), None);
        assert_eq!(learner.answer_from(Beside::Space, false), Some(tuning::usual(true)));
    }

    /// Learns with pairs from elsewhere; tells how the model did, and whether what it learnt is in force.
    fn with_pairs(pairs: Vec<(String, String)>, of: impl Fn(i64, bool) -> (i64, i64)) -> (Gauge, bool) {
        let (material, language) = (material(3), Language::common());
        let more = Lesson { pairs, ..Lesson::default() };
        let sight = seen(&material, 0.8, &more, of);
        let learner = Learner {
            material: &material,
            more: &more,
            language: &language,
            sight: Some(&sight),
            answer: 0.87,
            effort: SHORT,
            go_on: &|_| true,
        };
        let mut report = Report::default();
        let map = learner.learn(&mut report).ok().and_then(|it| it.map);
        assert_eq!(report.model_learnt, map.is_some(), "{report:?}");
        (report.model_gauge.unwrap(), map.is_some())
    }

    /// Of each pair the numbers that its two texts do not share are far apart.
    fn apart(nth: i64, is_second: bool) -> i64 {
        1000 + nth + if is_second { 10_000 } else { 0 }
    }

    #[test]
    fn pairs_from_elsewhere_are_asked_and_do_not_pay_for_the_bases_own() {
        // Texts of three characters that stand nowhere else.
        let text =
            |nth: u32| -> String { (0..3).filter_map(|at| char::from_u32(0xac00 + nth * 3 + at)).collect() };
        let pairs: Vec<(String, String)> = (0..1500).map(|nth| (text(nth * 2), text(nth * 2 + 1))).collect();
        // They agree in what means the same in the base, too.
        let (gauge, is_in_force) =
            with_pairs(pairs.clone(), |nth, is_second| (nth + 1000, apart(nth, is_second)));
        assert!(is_in_force && gauge.given_won > gauge.given_lost, "{gauge:?}");
        assert_eq!((gauge.asked, gauge.given), (1660, 1500), "few enough to be asked whole");
        // They agree in what means nothing in the base: given questions gain much, its own lose.
        let (gauge, is_in_force) = with_pairs(pairs, |nth, is_second| (apart(nth, is_second), nth + 1000));
        assert!(!is_in_force && gauge.after.place > gauge.before.place + 0.2, "{gauge:?}");
        let together = Gauge { given: 0, given_won: 0, given_lost: 0, ..gauge };
        assert_eq!((together.objection(), gauge.objection()), (None, Some("learning.worse")));
    }

    #[test]
    fn a_model_that_learns_what_misleads_is_used_as_it_is() {
        // By words each given question is found already: there is nothing to gain.
        let pairs = (0..1500).map(|nth| (format!("甲{nth}"), format!("乙{nth}"))).collect();
        let (gauge, is_in_force) = with_pairs(pairs, |nth, is_second| (apart(nth, is_second), nth + 1000));
        assert!(!is_in_force && gauge.given > 1000 && gauge.lost > gauge.won, "{gauge:?}");
        let together = Gauge { given: 0, given_won: 0, given_lost: 0, ..gauge };
        assert_eq!(together.objection(), Some("learning.worse"), "all together say so, too");
    }
}
