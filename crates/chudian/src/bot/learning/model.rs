//! What a time of learning is, and when there is one. Pure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::id::{Id, TenantId, TrainingId, UserId};
use crate::base::time::Time;
use crate::knowledge::rehearsal::Fall;

/// How a training stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrainingState {
    /// Somebody asked for it; it begins when the one before it ends.
    Waiting,
    /// It is under way.
    Training,
    /// What was learnt is in force, or was until the next one.
    Trained,
    /// What was learnt made things worse, so it does not count.
    Refused,
    /// There is too little to learn from.
    Lacking,
    /// It broke off.
    Failed,
    /// There was nothing new to learn from.
    Unchanged,
}

impl TrainingState {
    /// Its name in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Training => "training",
            Self::Trained => "trained",
            Self::Refused => "refused",
            Self::Lacking => "lacking",
            Self::Failed => "failed",
            Self::Unchanged => "unchanged",
        }
    }

    /// Reads what [`TrainingState::name`] wrote.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match name {
            "waiting" => Self::Waiting,
            "training" => Self::Training,
            "trained" => Self::Trained,
            "refused" => Self::Refused,
            "lacking" => Self::Lacking,
            "unchanged" => Self::Unchanged,
            _ => Self::Failed,
        }
    }

    /// It is not over.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Training)
    }
}

/// A time of learning.
#[derive(Debug, Clone, PartialEq)]
pub struct Training {
    /// Its key.
    pub id: TrainingId,
    /// How it stands.
    pub state: TrainingState,
    /// Who asked for it; none by night.
    pub asked_by: Option<UserId>,
    /// When it began.
    pub started_at: Option<Time>,
    /// When it was over.
    pub ended_at: Option<Time>,
    /// What was learnt from, as one number.
    pub print: String,
    /// What came of it.
    pub report: Report,
}

/// What came of a training.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = TrainingReport)]
pub struct Report {
    /// What there was to learn from.
    pub lesson: Lesson,
    /// How the model that compares meanings did on the same wordings, by itself and with what it learnt; absent where
    /// there is none, or too little for it to learn from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub model_gauge: Option<Gauge>,
    /// Whether what the model learnt counts.
    pub model_learnt: bool,
    /// Whether a comparer counts beside the space: it holds the question and the first candidates against each other.
    pub comparer_learnt: bool,
    /// From which confidence on the base's own questions were answered rightly often enough; absent where it has
    /// too few similar questions to tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub answer_from: Option<f32>,
    /// How many words and pairs of characters have a place in the space; 0 when none was made.
    pub tokens: usize,
    /// How large it is as it is kept.
    pub bytes: usize,
    /// How long it took, trial and all.
    pub milliseconds: i64,
    /// How it did on wordings that it had not seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub gauge: Option<Gauge>,
    /// The test sets that would have fared worse with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub falls: Vec<Fall>,
    /// Why it does not count: `learning.too_little`, `learning.worse`, `learning.sets_fall`, `learning.too_long` …
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<String>,
}

/// What there is to learn from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = TrainingLesson)]
pub struct Lesson {
    /// Entries that the bot may use.
    pub entries: usize,
    /// Their similar questions.
    pub similar: usize,
    /// Customers' questions for which agents chose an entry, each once.
    pub confirmed: usize,
    /// How many similar questions and choices there must be together.
    pub needed: usize,
    /// How many entries have one at least.
    pub taught: usize,
    /// How many entries must have one.
    pub taught_needed: usize,
}

/// Fewer similar questions and choices teach nothing that could be tried.
pub const LEAST_WORDINGS: usize = 30;

/// And they must be of so many entries: one alone cannot be told from another.
pub const LEAST_ENTRIES: usize = 5;

impl Lesson {
    /// There is enough.
    #[must_use]
    pub fn suffices(&self) -> bool {
        self.similar + self.confirmed >= LEAST_WORDINGS && self.taught >= LEAST_ENTRIES
    }
}

/// How the base did on wordings that were kept from it, without and with what was learnt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = TrainingGauge)]
pub struct Gauge {
    /// How many wordings were kept back and asked.
    pub asked: usize,
    /// How many of them came with labelled pairs that a measurement gave: the entries that are right for them stood in
    /// the trial's base alone. 0 in life, where customers' questions are those for which agents chose an entry.
    pub given: usize,
    /// Of how many the entry was taken out of the base, so that nothing should answer.
    pub strangers: usize,
    /// Of how many the right entry came first only with what was learnt.
    pub won: usize,
    /// Of how many it came first only without.
    pub lost: usize,
    /// How many of `won` were given ones.
    pub given_won: usize,
    /// How many of `lost` were.
    pub given_lost: usize,
    /// The standard error of what was gained in `place`, as far as chance in the choice of wordings goes.
    pub doubt: f32,
    /// By words alone, or with the model as it is.
    pub before: Score,
    /// With what was learnt.
    pub after: Score,
}

/// How one base did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = TrainingScore)]
pub struct Score {
    /// The right entry came first.
    pub right: usize,
    /// The bot would have answered at once, and rightly.
    pub answered: usize,
    /// The bot would have answered at once, and wrongly.
    pub wrong: usize,
    /// Of the questions without an entry: the bot would have answered all the same.
    pub false_answers: usize,
    /// How far ahead the right entry stood among ten candidates, on average: 1 for the first, 1/2 for the second, 1/10
    /// for the tenth, 0 behind them (mean reciprocal rank).
    pub place: f32,
}

impl Gauge {
    /// Why what did so does not count; `None` when it does.
    ///
    /// **The better one in the trial is used.** Whether what was learnt is wrongly used or wrongly left out costs a
    /// tenant the same: right answers that it could have had. Then no side is given the benefit of the doubt: to ask for
    /// proof of a gain would leave nearly all small gains unused, to ask for proof of harm would let nearly all small
    /// harm in, and taking what did better on the same questions keeps what may be lost at worst least (the "empirical
    /// success rule": Manski, Statistical treatment rules for heterogeneous populations, 2004; Stoye, Minimax regret
    /// treatment choice with finite samples, 2009, shows it for matched pairs). Its power comes from what it is read
    /// off: every wording is asked (see `Material::trials`), the same of both, and graded by the right entry's place, since
    /// who stands second is offered and who stands ninth is shown to agents.
    ///
    /// Two harms weigh more than a place, and are looked at by themselves. **First places**: what comes first is
    /// said, so better places further down do not make up for them. They may not be lost by more than chance: of
    /// the questions that only one of the two got right, so few or fewer would be won in less than one of twenty trials
    /// if both were as good (McNemar, Note on the sampling error of the difference between correlated proportions, 1947; exact, one-sided).
    /// They may not be lost so among the base's own wordings and choices either, where given ones were asked beside these:
    /// given pairs may come from anywhere and be the most, and a gain in them does not make up for harm to what this
    /// base answers for sure. Not the other way round: given questions are right for entries that only the trial
    /// has, so what is lost in them counts with all others, and no more.
    /// **Wrong answers at once**: they may not become a clearly larger share, whether by chance or not: a
    /// customer believes them. One alone may be.
    #[must_use]
    pub fn objection(&self) -> Option<&'static str> {
        let own = |all: usize, given: usize| all.saturating_sub(given);
        let (own_won, own_lost) = (own(self.won, self.given_won), own(self.lost, self.given_lost));
        if self.after.place < self.before.place
            || is_beyond_chance(self.won, self.lost)
            || is_beyond_chance(own_won, own_lost)
        {
            Some("learning.worse")
        } else if self.after.bad() > self.before.bad() + 1
            && self.after.precision() < self.before.precision() - PRECISION_ROOM
        {
            Some("learning.less_careful")
        } else {
            None
        }
    }

    /// It does no harm, and more is right than chance explains: for what costs time in every search.
    #[must_use]
    pub fn is_clear_gain(&self) -> bool {
        self.objection().is_none() && is_beyond_chance(self.lost, self.won)
    }
}

/// By so much the share of right answers may fall: the trial asks far more questions without an entry than customers do,
/// so that wrong answers weigh more than in life.
const PRECISION_ROOM: f32 = 0.05;

/// What happens less often when nothing is behind it is not taken for chance.
const CHANCE: f64 = 0.05;

/// Whether so few won, or fewer, against so many lost would be rarer than [`CHANCE`] if each were a fair toss: the lower
/// tail of the binomial distribution.
fn is_beyond_chance(won: usize, lost: usize) -> bool {
    let all = won + lost;
    // Logarithms, for the share of one outcome among 2^1500 is no number.
    let mut one = -(all as f64) * std::f64::consts::LN_2;
    let mut tail = one.exp();
    for nth in 1..=won {
        one += ((all - nth + 1) as f64 / nth as f64).ln();
        tail += one.exp();
    }
    tail < CHANCE
}

impl Score {
    /// Wrong answers of both sorts.
    fn bad(&self) -> usize {
        self.wrong + self.false_answers
    }

    /// The share of right ones among the answers given at once; 1 where none is given.
    fn precision(&self) -> f32 {
        let all = self.answered + self.bad();
        if all == 0 { 1.0 } else { self.answered as f32 / all as f32 }
    }
}

/// Nights begin and end on the tenant's clock, in minutes: trainings lie between, each tenant's at its own minute.
const NIGHT: std::ops::Range<i64> = 60..300;

/// A night's training is over at most once in so long.
const PAUSE: i64 = 20 * 60 * Time::MINUTE;

/// Whether a tenant's nightly training is due: it is night there, its minute has come, and the last one of a night lies
/// a while back. The tenants of one zone are spread over the night.
#[must_use]
pub fn is_due(tenant: TenantId, zone: &str, last: Option<Time>, now: Time) -> bool {
    let local = now.in_zone(zone);
    let minute = i64::from(local.hour()) * 60 + i64::from(local.minute());
    // Consecutive keys must not meet in one minute: a multiplier with well mixed upper bits (Fibonacci hashing).
    let mixed = tenant.raw().cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    let length = (NIGHT.end - NIGHT.start) - 60;
    let own = NIGHT.start + i64::try_from(mixed).unwrap_or_default() % length;
    (own..NIGHT.end).contains(&minute) && last.is_none_or(|it| now.since(it) >= PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_learnt_counts_when_places_are_better_and_it_is_no_less_careful() {
        let check = |(place, won, lost): (f32, usize, usize), after: [usize; 3], expected: Option<&str>| {
            let score = |[answered, wrong, false_answers]: [usize; 3], place: f32| Score {
                right: 0,
                answered,
                wrong,
                false_answers,
                place,
            };
            let (before, after) = (score([40, 2, 3], 0.8), score(after, place));
            let gauge = Gauge { asked: 100, strangers: 100, won, lost, before, after, ..Gauge::default() };
            assert_eq!(gauge.objection(), expected, "{gauge:?}");
        };
        let same = [40, 2, 3];
        // The better mean decides, also by a little; as good is good enough.
        check((0.801, 9, 9), same, None);
        check((0.8, 0, 0), same, None);
        check((0.799, 9, 9), same, Some("learning.worse"));
        check((0.799, 20, 9), [60, 0, 0], Some("learning.worse"));
        // Better places do not make up for first places that were lost by more than chance.
        check((0.81, 5, 8), same, None);
        check((0.81, 5, 15), same, Some("learning.worse"));
        // Nor for answers that are wrong clearly more often; one more is chance.
        check((0.81, 9, 9), [50, 4, 5], None);
        check((0.81, 9, 9), [50, 6, 6], Some("learning.less_careful"));
        let few = |wrong| Gauge { after: Score { wrong, ..Score::default() }, ..Gauge::default() };
        assert_eq!(few(1).objection(), None);
        assert_eq!(few(2).objection(), Some("learning.less_careful"));
        assert_eq!(Gauge::default().objection(), None);
    }

    #[test]
    fn a_gain_is_clear_when_it_is_beyond_chance_and_does_no_harm() {
        let check = |won: usize, lost: usize, place: f32, expected: bool| {
            let after = Score { place, ..Score::default() };
            let gauge = Gauge { won, lost, after, ..Gauge::default() };
            assert_eq!(gauge.is_clear_gain(), expected, "{gauge:?}");
        };
        check(0, 0, 0.5, false);
        check(14, 6, 0.5, false);
        check(15, 5, 0.5, true);
        check(15, 5, -0.1, false);
    }

    #[test]
    fn what_is_given_does_not_pay_for_the_bases_own() {
        let check = |[won, lost]: [usize; 2], [given_won, given_lost]: [usize; 2], expected: Option<&str>| {
            let after = Score { place: 0.5, ..Score::default() };
            let gauge = Gauge { won, lost, given_won, given_lost, after, ..Gauge::default() };
            assert_eq!(gauge.objection(), expected, "{gauge:?}");
        };
        // All together and the own ones alone, 6 of 20 and then 5.
        check([106, 30], [100, 16], None);
        check([105, 31], [100, 16], Some("learning.worse"));
        // The other way round what is given counts with all others.
        check([130, 45], [5, 15], None);
        check([20, 35], [5, 35], Some("learning.worse"));
        // Where nothing is given, as ever.
        check([6, 14], [0, 0], None);
        check([5, 15], [0, 0], Some("learning.worse"));
    }

    #[test]
    fn chance_is_that_of_fair_tosses() {
        // Of 5 none: 1/32. Of 4 none: 1/16. Of 8 one: 9/256; of 7 one: 8/128. Of 20 five: .0207, six: .0577.
        for (won, lost, expected) in [
            (0, 0, false),
            (0, 4, false),
            (0, 5, true),
            (1, 6, false),
            (1, 7, true),
            (5, 15, true),
            (6, 14, false),
            (30, 10, false),
            (700, 800, true),
            (730, 770, false),
        ] {
            assert_eq!(is_beyond_chance(won, lost), expected, "{won} {lost}");
        }
    }

    #[test]
    fn nights_are_the_tenants_own_and_spread() {
        let at = |moment: &str| moment.parse::<Time>().unwrap();
        let tenant = TenantId(7);
        let minutes = |zone: &str, day: &str, last: Option<Time>| -> Vec<usize> {
            let start = at(day);
            (0..24 * 60)
                .filter(|it| is_due(tenant, zone, last, start.plus(*it * Time::MINUTE)))
                .map(|it| usize::try_from(it).unwrap())
                .collect()
        };
        let shanghai = minutes("Asia/Shanghai", "2026-11-21T00:00:00+08:00", None);
        assert!(shanghai.first().is_some_and(|it| (60..240).contains(it)), "{shanghai:?}");
        assert_eq!(shanghai.last(), Some(&299));
        assert_eq!(shanghai, minutes("Europe/Berlin", "2026-11-21T00:00:00+01:00", None));
        let done = at("2026-11-21T02:00:00+08:00");
        assert!(minutes("Asia/Shanghai", "2026-11-21T00:00:00+08:00", Some(done)).is_empty());
        assert!(!minutes("Asia/Shanghai", "2026-11-22T00:00:00+08:00", Some(done)).is_empty());
        let night = at("2026-11-21T01:30:00+08:00");
        let early = (0..200).filter(|it| is_due(TenantId(*it << 22), "Asia/Shanghai", None, night)).count();
        assert!((10..80).contains(&early), "{early} of 200 in the first sixth");
    }

    #[test]
    fn enough_is_wordings_of_several_entries() {
        let check = |similar, confirmed, taught, expected| {
            let lesson = Lesson { similar, confirmed, taught, ..Lesson::default() };
            assert_eq!(lesson.suffices(), expected, "{lesson:?}");
        };
        check(30, 0, 5, true);
        check(10, 20, 5, true);
        check(29, 0, 20, false);
        check(300, 0, 4, false);
    }
}
