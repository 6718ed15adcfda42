//! What somebody meant to write: a question with typing errors, read as the base would write it.
//!
//! A base knows by its own wordings which characters follow each other. Where a question's characters do not, and others
//! of the same sound would ("借狂" for 借款), or where one character between them would ("呼转移" for 呼叫转移),
//! that reading is looked up *beside* the written one, and an entry counts by the better of the two; words in letters
//! ("jiekuan") are read as the characters that they sound like. The best reading is the likeliest path through
//! the characters that each place may stand for (Viterbi): a neighbour costs the less the commoner the pair is,
//! and each change has a price, so that little evidence changes nothing.
//!
//! Pairs that the base does not have cost by absolute discounting and, behind it, by how many different
//! neighbours the second has (Kneser and Ney): behind a character that is followed by one other only, anything else is
//! strange; a character that only stands behind one other is strange anywhere else.
//!
//! What was added since the index was built whole is read beside it ([`Spellings`]): counts of both are added up. A neighbour
//! that both have met counts as two kinds until then, which makes what is rare a little less strange.
//! Nothing is taken off the big part's counts: the wordings that an entry had there before it was edited or deleted count
//! until the next whole build.

use std::collections::HashMap;

use crate::language::Synonym;
use crate::learnt::Space;
use crate::normalise;
use crate::pinyin::{self, Sound};
use crate::units::Unit;

/// The neighbours of a sentence's first and last character, and what stands for all letters and digits.
const START: char = '\u{1}';
const END: char = '\u{2}';
const RUN: char = '\u{3}';

/// The price of another character of the same sound, in nats as the costs of neighbours are. This and
/// [`BETWEEN`] were chosen so that clean questions keep their first answers (within .001 on a development set).
const OTHER: f32 = 6.0;
/// The price of one more character between two.
const BETWEEN: f32 = 3.0;
/// So many characters behind another are tried between two, the commonest ones.
const MOST_BETWEEN: usize = 32;
/// Longer questions are left as they are written.
const LONGEST: usize = 48;
/// What each pair that was met leaves to those that were not.
const DISCOUNT: f32 = 0.75;
/// What a pair counts that only the learnt space has met.
const KNOWN_BY_SPACE: f32 = 0.5;
/// What a neighbour counts behind a character that was never met: so little that it only matters there.
const LEAST: f32 = 0.1;

/// Which characters follow each other in a base.
#[derive(Debug, Default)]
pub(crate) struct Spelling {
    pairs: HashMap<(char, char), f32>,
    of_character: HashMap<char, Met>,
    /// The base's characters of a sound, commonest first.
    of_sound: HashMap<Sound, Vec<char>>,
}

/// How a character was met.
#[derive(Debug, Default)]
struct Met {
    /// How often something follows it.
    times: f32,
    /// How many different ones follow it, and how many it follows.
    kinds: (f32, f32),
    /// What follows it, commonest first.
    after: Vec<char>,
}

/// Another reading of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mended {
    pub(crate) text: String,
    /// What was written and what is read for it. Of a character put between two, its neighbour is told, too.
    pub(crate) changes: Vec<Synonym>,
}

/// A place of the question and the characters that it may stand for, each with its price.
struct Slot<'a> {
    written: Written<'a>,
    options: Vec<(char, f32)>,
}

impl Slot<'_> {
    fn is_character(&self) -> bool {
        matches!(self.written, Written::Character(_))
    }
}

#[derive(Clone, Copy)]
enum Written<'a> {
    /// The first option is this character.
    Character(char),
    /// Letters and digits as they stand.
    Run(&'a str),
    /// The first syllable of letters, and one behind it.
    Letters(&'a str),
    MoreLetters,
}

/// The cheapest way to an option: its cost, the option before, and what was put between.
type Step = (f32, usize, Option<char>);

impl Spelling {
    /// Reads a wording.
    pub(crate) fn add(&mut self, units: &[Unit<'_>]) {
        let mut before = START;
        for it in units.iter().map(character).chain([END]) {
            *self.pairs.entry((before, it)).or_default() += 1.0;
            before = it;
        }
    }

    /// Once all wordings are read.
    pub(crate) fn finish(&mut self) {
        let mut pairs: Vec<(char, char, f32)> =
            self.pairs.iter().map(|((first, second), times)| (*first, *second, *times)).collect();
        pairs.sort_unstable_by(|a, b| b.2.total_cmp(&a.2).then((a.0, a.1).cmp(&(b.0, b.1))));
        for (first, second, times) in pairs {
            self.of_character.entry(second).or_default().kinds.1 += 1.0;
            let met = self.of_character.entry(first).or_default();
            met.times += times;
            met.kinds.0 += 1.0;
            if second > RUN && met.after.len() < MOST_BETWEEN {
                met.after.push(second);
            }
        }
        let met = self.of_character.iter().map(|(it, met)| (*it, f64::from(met.times)));
        self.of_sound = pinyin::commonest(met.filter(|it| it.0 > RUN));
    }
}

/// The spellings of an index: that of its big part, and that of the fresh one if it has one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spellings<'a> {
    big: &'a Spelling,
    fresh: Option<&'a Spelling>,
}

impl<'a> Spellings<'a> {
    pub(crate) fn new(big: &'a Spelling, fresh: &'a Spelling) -> Self {
        Self { big, fresh: Some(fresh).filter(|it| !it.pairs.is_empty()) }
    }

    fn all(self) -> impl Iterator<Item = &'a Spelling> {
        std::iter::once(self.big).chain(self.fresh)
    }

    fn has(self, pair: (char, char)) -> bool {
        self.all().any(|it| it.pairs.contains_key(&pair))
    }

    /// The likeliest reading of a question, if it is another than the written one. `knows` tells of a run whether it stands
    /// in the base. Takes time in proportion to the question's length.
    pub(crate) fn mend(
        self,
        units: &[Unit<'_>],
        space: Option<&Space>,
        knows: impl Fn(Unit<'_>) -> bool,
    ) -> Option<Mended> {
        if self.all().all(|it| it.pairs.is_empty()) || units.len() > LONGEST {
            return None;
        }
        let slots = self.slots(units, knows);
        if slots.len() > LONGEST || self.is_fluent(&slots) {
            return None;
        }
        let mut steps: Vec<Vec<Step>> = Vec::with_capacity(slots.len() + 1);
        let mut before: Vec<(char, f32)> = vec![(START, 0.0)];
        let end = [(END, 0.0)];
        let slots_and_end = slots.iter().map(|it| (it.options.as_slice(), it.is_character()));
        let mut is_behind_character = true;
        for (options, is_character) in slots_and_end.chain([(end.as_slice(), true)]) {
            let may_miss = is_behind_character && is_character;
            let step =
                |(nth, it): (usize, &(char, f32))| self.cheapest(&before, *it, may_miss && nth == 0, space);
            let found: Vec<Step> = options.iter().enumerate().map(step).collect();
            is_behind_character = is_character;
            before = options.iter().zip(&found).map(|(option, step)| (option.0, step.0)).collect();
            steps.push(found);
        }
        read(&slots, &steps)
    }

    /// Whether nothing else can be read: each place stands for itself, and the base has all neighbours.
    fn is_fluent(self, slots: &[Slot<'_>]) -> bool {
        let stands_for_itself = |it: &Slot<'_>| {
            it.options.len() == 1 && matches!(it.written, Written::Character(_) | Written::Run(_))
        };
        let characters = || slots.iter().filter_map(|it| it.options.first()).map(|it| it.0);
        let mut pairs = [START].into_iter().chain(characters()).zip(characters().chain([END]));
        slots.iter().all(stands_for_itself) && pairs.all(|it| self.has(it))
    }

    /// Every place with what it may stand for. Where a character fits its neighbours nothing else is tried.
    fn slots<'b>(self, units: &[Unit<'b>], knows: impl Fn(Unit<'_>) -> bool) -> Vec<Slot<'b>> {
        let mut slots = Vec::with_capacity(units.len());
        for (at, unit) in units.iter().enumerate() {
            match *unit {
                Unit::Character(it) => {
                    let before = at.checked_sub(1).map_or(START, |at| character(&units[at]));
                    let after = units.get(at + 1).map_or(END, character);
                    let mut options = vec![(it, 0.0)];
                    if [(before, it), (it, after)].iter().any(|it| !self.has(*it)) {
                        let others = self.sounding(pinyin::sound(it)).filter(|other| *other != it);
                        options.extend(others.map(|it| (it, OTHER)));
                    }
                    slots.push(Slot { written: Written::Character(it), options });
                }
                Unit::Run(run) => match pinyin::split_letters(run).filter(|_| !knows(*unit)) {
                    Some(sounds) if sounds.iter().all(|it| self.sounding(*it).next().is_some()) => {
                        for (nth, sound) in sounds.iter().enumerate() {
                            let written = if nth == 0 { Written::Letters(run) } else { Written::MoreLetters };
                            let options = self.sounding(*sound).map(|it| (it, 0.0)).collect();
                            slots.push(Slot { written, options });
                        }
                    }
                    _ => slots.push(Slot { written: Written::Run(run), options: vec![(RUN, 0.0)] }),
                },
            }
        }
        slots
    }

    /// The characters of a sound, those of the big part first.
    fn sounding(self, sound: Sound) -> impl Iterator<Item = char> {
        let of = move |it: &'a Spelling| it.of_sound.get(&sound).map_or(&[][..], Vec::as_slice);
        together(of(self.big), self.fresh.map_or(&[], of))
    }

    /// What follows a character.
    fn after(self, first: char) -> impl Iterator<Item = char> {
        let of =
            move |it: &'a Spelling| it.of_character.get(&first).map_or(&[][..], |it| it.after.as_slice());
        together(of(self.big), self.fresh.map_or(&[], of))
    }

    /// The cheapest way from what stands before. A character may be missing between two only where both are as written,
    /// and neither stands for letters or digits.
    fn cheapest(
        self,
        before: &[(char, f32)],
        (option, price): (char, f32),
        may_miss: bool,
        space: Option<&Space>,
    ) -> Step {
        let mut best: Step = (f32::INFINITY, 0, None);
        let mut offer = |step: Step| {
            if step.0 < best.0 {
                best = step;
            }
        };
        for (at, (previous, so_far)) in before.iter().enumerate() {
            let paid = so_far + price;
            offer((paid + self.cost(*previous, option, space), at, None));
            if at > 0 || !may_miss || self.has((*previous, option)) {
                continue;
            }
            for between in self.after(*previous) {
                if self.has((between, option)) {
                    let around = self.cost(*previous, between, space) + self.cost(between, option, space);
                    offer((paid + BETWEEN + around, at, Some(between)));
                }
            }
        }
        best
    }

    /// How unlikely `second` is behind `first`, in nats.
    fn cost(self, first: char, second: char, space: Option<&Space>) -> f32 {
        let (mut times, mut kinds, mut follows, mut all, mut met) = (0.0, 0.0, 0.0, 0, None);
        for it in self.all() {
            if let Some(first) = it.of_character.get(&first) {
                times += first.times;
                kinds += first.kinds.0;
            }
            follows += it.of_character.get(&second).map_or(0.0, |it| it.kinds.1);
            all += it.pairs.len();
            if let Some(pairs) = it.pairs.get(&(first, second)) {
                met = Some(met.unwrap_or(0.0) + pairs);
            }
        }
        let anywhere = (follows + 0.5) / (all as f32 + 1.0);
        let together = match met {
            Some(pairs) => pairs - DISCOUNT,
            None if space.is_some_and(|it| it.knows_pair(first, second)) => KNOWN_BY_SPACE,
            None => 0.0,
        };
        -((together + (DISCOUNT * kinds + LEAST) * anywhere) / (times + LEAST)).ln()
    }
}

/// Both, none twice.
fn together<'a>(big: &'a [char], fresh: &'a [char]) -> impl Iterator<Item = char> {
    big.iter().chain(fresh.iter().filter(|it| !big.contains(it))).copied()
}

/// Goes the cheapest way back, and tells it.
fn read(slots: &[Slot<'_>], steps: &[Vec<Step>]) -> Option<Mended> {
    let mut chosen: Vec<(char, Option<char>)> = Vec::with_capacity(steps.len());
    let mut at = 0;
    for (nth, step) in steps.iter().enumerate().rev() {
        let (_, before, between) = step[at];
        chosen.push((slots.get(nth).map_or(END, |it| it.options[at].0), between));
        at = before;
    }
    let mut text = String::new();
    let mut changes: Vec<Synonym> = Vec::new();
    // The same slip twice is told once.
    let mut change = |written: String, form: String| {
        let it = Synonym { written, form };
        if !changes.contains(&it) {
            changes.push(it);
        }
    };
    let mut letters: Option<(&str, String)> = None;
    for (nth, (it, between)) in chosen.into_iter().rev().enumerate() {
        let written = slots.get(nth).map(|it| it.written);
        if !matches!(written, Some(Written::MoreLetters))
            && let Some((run, form)) = letters.take()
        {
            change(run.to_owned(), form);
        }
        if let Some(between) = between {
            match text.chars().next_back() {
                Some(before) => change(before.to_string(), format!("{before}{between}")),
                None => change(it.to_string(), format!("{between}{it}")),
            }
            text.push(between);
        }
        match written {
            Some(Written::Character(as_written)) => {
                text.push(it);
                if it != as_written {
                    change(as_written.to_string(), it.to_string());
                }
            }
            Some(Written::Run(run)) => {
                if text.ends_with(normalise::is_latin) {
                    text.push(' ');
                }
                text.push_str(run);
            }
            Some(Written::Letters(run)) => {
                text.push(it);
                letters = Some((run, it.to_string()));
            }
            Some(Written::MoreLetters) => {
                text.push(it);
                letters.iter_mut().for_each(|(_, form)| form.push(it));
            }
            None => {}
        }
    }
    (!changes.is_empty()).then_some(Mended { text, changes })
}

fn character(unit: &Unit<'_>) -> char {
    match unit {
        Unit::Character(it) => *it,
        Unit::Run(_) => RUN,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::units::units;

    static SPELLING: LazyLock<Spelling> = LazyLock::new(|| {
        let wordings = [
            "怎么借款",
            "借款要多久",
            "想取消借款",
            "借款申请",
            "呼叫转移怎么开",
            "取消呼叫转移",
            "怎么设置呼叫转移",
            "花呗怎么还款",
            "花呗关闭",
            "花呗提额",
            "我的花呗",
            "开通花呗",
            "话费查询",
            "查话费余额",
            "交话费",
            "下载app",
            "怎么开通5g",
            "旷工怎么算",
            "开通漫游",
        ];
        let mut spelling = Spelling::default();
        (0..4).for_each(|_| wordings.iter().for_each(|it| spelling.add(&units(it))));
        spelling.finish();
        spelling
    });

    fn mended(text: &str) -> Option<Mended> {
        let known = ["app", "5g"];
        let none = Spelling::default();
        Spellings::new(&SPELLING, &none).mend(&units(text), None, |it| known.contains(&it.text().as_str()))
    }

    #[test]
    fn typing_errors_are_read_as_the_base_writes() {
        let check = |text: &str, expected: &str, changes: &[(&str, &str)]| {
            let mended = mended(text).unwrap_or_else(|| panic!("{text} stays"));
            assert_eq!(mended.text, expected, "{text}");
            let told: Vec<_> =
                mended.changes.iter().map(|it| (it.written.as_str(), it.form.as_str())).collect();
            assert_eq!(told, changes, "{text}");
        };
        // A character of the same sound, also of a sound that many mix up.
        check("借狂申请", "借款申请", &[("狂", "款")]);
        check("查花费余额", "查话费余额", &[("花", "话")]);
        // A character that is missing, at the beginning and in the middle.
        check("呼转移怎么开", "呼叫转移怎么开", &[("呼", "呼叫")]);
        check("呗提额", "花呗提额", &[("呗", "花呗")]);
        // Letters.
        check("jiekuan要多久", "借款要多久", &[("jiekuan", "借款")]);
        check("取消hujiao转移", "取消呼叫转移", &[("hujiao", "呼叫")]);
        check("xiazai app", "下载app", &[("xiazai", "下载")]);
    }

    #[test]
    fn what_fits_or_is_not_better_elsewhere_stays() {
        for text in ["借款申请", "旷工怎么算", "下载app", "怎么开通5g", "你们几点下班", "pos", "", "123"]
        {
            assert_eq!(mended(text), None, "{text}");
        }
        let long = "借狂申请".repeat(LONGEST / 4 + 1);
        assert_eq!(mended(&long), None);
        assert_eq!(mended(&"jiekuan ".repeat(LONGEST / 2 + 1)), None, "few words, many syllables");
        // Nothing is missing before letters: what would be told is no character.
        assert_eq!(mended("app下载"), None);
        let none = Spelling::default();
        assert_eq!(Spellings::new(&none, &none).mend(&units("借狂"), None, |_| false), None);
    }

    #[test]
    fn a_pair_that_was_learnt_is_no_error() {
        let lesson = crate::learnt::Lesson {
            pairs: vec![("借狂".to_owned(), "狂申".to_owned())],
            ..crate::learnt::Lesson::default()
        };
        let space = Space::train(&lesson, crate::learnt::Effort::default()).unwrap();
        let none = Spelling::default();
        let spellings = Spellings::new(&SPELLING, &none);
        assert_eq!(spellings.mend(&units("借狂申请"), Some(&space), |_| false), None);
    }

    #[test]
    fn what_is_fresh_is_read_as_what_was_there() {
        let mut fresh = Spelling::default();
        (0..4).for_each(|_| {
            ["宽带提速", "怎么办宽带提速", "取消宽带"].iter().for_each(|it| fresh.add(&units(it)))
        });
        fresh.finish();
        let read = |text: &str| {
            let mended = Spellings::new(&SPELLING, &fresh).mend(&units(text), None, |_| false);
            mended.map(|it| it.text)
        };
        assert_ne!(mended("款带提速").map(|it| it.text).as_deref(), Some("宽带提速"));
        for (text, expected) in [
            // Its own characters, alone and beside those of the big part.
            ("款带提速", "宽带提速"),
            ("取消kuandai", "取消宽带"),
            ("宽提速", "宽带提速"),
            // What was there before is read as before.
            ("借狂申请", "借款申请"),
            ("jiekuan要多久", "借款要多久"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(read("宽带提速"), None);
    }

    proptest! {
        #[test]
        fn any_question_can_be_read(text in "[借款呼叫转移花呗狂a-z0-9 怎么\\PC]{0,60}") {
            let text = normalise::question(&text);
            if let Some(mended) = mended(&text) {
                prop_assert!(mended.text != text && !mended.text.is_empty());
            }
        }
    }
}
