//! Given pairs: what of them a trial keeps back, and how it asks for it. Pure.
//!
//! **Why they are asked.** Two questions that somebody found to mean the same are what a confirmed answer is: how a
//! customer put it, and what was meant. What customers were confirmed to ask is what will be asked; a trial of the
//! editors' own wordings alone judges another language than the customers'. And what a trial does not ask may
//! only cost, never gain: what it teaches would be judged by everything but its own subject.
//!
//! **How.** A kept-back group stands as an entry of its own in the trial's base: its first text is the standard
//! question, the others are asked. A group is all that means the same by way of others (a connected component of the
//! pairs), so nothing of what is asked is learnt by a detour; pairs that tell one of its texts from others go with it.
//! A group that has a text of the base, or of the choices, is one of its entries, not another one: it is learnt from and
//! not asked. One that holds two texts that are said to differ has no meaning that could be right.

use std::collections::{HashMap, HashSet};

use retrieval::learnt::{self, Lesson};
use retrieval::{Entry, normalise};

use super::material::{MOST_TRIALS, Material, Question, Trial, WANTED, hash};

/// Of one group so many are asked: the others would tell what these tell.
const MOST_OF_GROUP: usize = 3;

/// Shorter forms are no questions.
const SHORTEST: usize = 2;

/// Pairs from elsewhere, by groups of one meaning.
#[derive(Debug)]
pub(super) struct Given<'a> {
    lesson: &'a Lesson,
    numbers: HashMap<String, usize>,
    /// The numbers of both forms of each pair.
    pairs: Vec<[usize; 2]>,
    different: Vec<[usize; 2]>,
    /// What may be kept back.
    groups: Vec<Group<'a>>,
    /// The keys of the groups' entries begin below it.
    least_key: i64,
}

/// Texts of one meaning.
#[derive(Debug)]
struct Group<'a> {
    /// The numbers of all its forms.
    forms: Vec<usize>,
    /// Where it falls when the groups are cut into parts.
    hash: u64,
    /// Its standard question.
    first: &'a str,
    asked: Vec<&'a str>,
}

/// Texts by their form: what reads the same is the same.
#[derive(Debug, Default)]
struct Forms<'a> {
    numbers: HashMap<String, usize>,
    /// The first text of each form.
    texts: Vec<&'a str>,
}

impl<'a> Forms<'a> {
    fn number(&mut self, text: &'a str) -> usize {
        let next = self.texts.len();
        let number = *self.numbers.entry(normalise::question(text)).or_insert(next);
        if number == next {
            self.texts.push(text);
        }
        number
    }

    fn of_pairs(&mut self, pairs: &'a [(String, String)]) -> Vec<[usize; 2]> {
        pairs.iter().map(|(a, b)| [self.number(a), self.number(b)]).collect()
    }
}

impl<'a> Given<'a> {
    pub(super) fn new(lesson: &'a Lesson, material: &Material) -> Self {
        let mut forms = Forms::default();
        let (pairs, different) = (forms.of_pairs(&lesson.pairs), forms.of_pairs(&lesson.different));
        let Forms { numbers, texts } = forms;
        let lengths: HashMap<usize, usize> = numbers.iter().map(|it| (*it.1, it.0.chars().count())).collect();
        let is_question = |number: &usize| lengths.get(number).is_some_and(|it| *it >= SHORTEST);
        let of = learnt::groups(texts.len(), pairs.iter().map(|[a, b]| (*a, *b)));
        let wordings = material.entries.iter().flat_map(|it| &it.wordings);
        let own = wordings.chain(material.confirmed.iter().map(|it| &it.0));
        let own = own.filter_map(|it| numbers.get(&normalise::question(it)));
        let at_odds = different.iter().filter(|[a, b]| of[*a] == of[*b]).map(|[a, _]| a);
        let left_out: HashSet<usize> = own.chain(at_odds).map(|it| of[*it]).collect();
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); texts.len()];
        (0..texts.len()).filter(|it| !left_out.contains(&of[*it])).for_each(|it| members[of[it]].push(it));
        let groups = members.into_iter().filter_map(|forms| {
            let mut questions = forms.iter().filter(|it| is_question(it)).map(|it| texts[*it]);
            let first = questions.next()?;
            let asked: Vec<&str> = questions.take(MOST_OF_GROUP).collect();
            let hash = hash(&normalise::question(first));
            (!asked.is_empty()).then_some(Group { hash, first, asked, forms })
        });
        let groups = groups.collect();
        let least_key = material.entries.iter().map(|it| it.key).min().unwrap_or_default().min(0);
        Self { lesson, groups, pairs, different, numbers, least_key }
    }

    /// Fills the trials up to [`WANTED`] questions with given ones, and with half as many where the base's own wordings are
    /// that many already: both languages are heard. From each trial as many groups are kept back as make that many, one in
    /// [`MOST_TRIALS`] at most, so that enough stays to learn from; the same pairs are always cut in the same way. A
    /// trial learns from no pair that has a text that it asks for.
    pub(super) fn keep_back(&self, trials: &mut [Trial]) {
        let own: usize = trials.iter().map(|it| it.asked.len()).sum();
        let wanted = WANTED.saturating_sub(own).max(WANTED / 2);
        let all: usize = self.groups.iter().map(|it| it.asked.len()).sum();
        let parts = MOST_TRIALS.max(all * trials.len() / wanted) as u64;
        for (trial, part) in trials.iter_mut().zip(0..) {
            let asked = trial.asked.iter().filter_map(|it| self.numbers.get(&normalise::question(&it.text)));
            let mut kept: HashSet<usize> = asked.copied().collect();
            for (group, nth) in self.groups.iter().zip(1..).filter(|it| it.0.hash % parts == part) {
                let key = self.least_key - nth;
                kept.extend(&group.forms);
                trial.given.push(Entry { key, wordings: vec![group.first.to_owned()] });
                trial.asked.extend(group.asked.iter().map(|it| Question {
                    text: (*it).to_owned(),
                    entry: key,
                    is_given: true,
                }));
            }
            trial.more = self.without(&kept);
        }
    }

    /// The pairs that have none of these forms.
    fn without(&self, forms: &HashSet<usize>) -> Lesson {
        let rest = |pairs: &[(String, String)], numbers: &[[usize; 2]]| {
            let both = pairs.iter().zip(numbers);
            let free = both.filter(|(_, numbers)| numbers.iter().all(|it| !forms.contains(it)));
            free.map(|it| it.0.clone()).collect()
        };
        Lesson {
            pairs: rest(&self.lesson.pairs, &self.pairs),
            different: rest(&self.lesson.different, &self.different),
            texts: self.lesson.texts.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(key: i64, wordings: &[&str]) -> Entry {
        Entry { key, wordings: wordings.iter().map(ToString::to_string).collect() }
    }

    fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
        of.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    /// Standard question and questions of each group, in the order in which the groups came.
    fn groups(material: &Material, lesson: &Lesson) -> Vec<(String, Vec<String>)> {
        let given = Given::new(lesson, material);
        let texts = |it: &[&str]| it.iter().map(|it| (*it).to_owned()).collect();
        given.groups.iter().map(|it| (it.first.to_owned(), texts(&it.asked))).collect()
    }

    #[test]
    fn a_group_is_all_that_means_the_same_and_is_no_entry_of_the_base() {
        let material = Material::new(
            vec![entry(1, &["话费怎么查", "查一下余额"]), entry(2, &["怎么还款"])],
            &[("我要交钱".to_owned(), 2)],
        );
        let check = |same: &[(&str, &str)], different: &[(&str, &str)], expected: &[(&str, &[&str])]| {
            let lesson = Lesson { pairs: pairs(same), different: pairs(different), texts: Vec::new() };
            let found = groups(&material, &lesson);
            let found: Vec<(&str, Vec<&str>)> = found
                .iter()
                .map(|(first, asked)| (first.as_str(), asked.iter().map(String::as_str).collect()))
                .collect();
            let expected: Vec<(&str, Vec<&str>)> = expected.iter().map(|it| (it.0, it.1.to_vec())).collect();
            assert_eq!(found, expected, "{same:?} {different:?}");
        };
        let bank = ("银行卡丢了", "卡不见了");
        check(&[], &[bank], &[]);
        check(&[bank], &[], &[("银行卡丢了", &["卡不见了"])]);
        // By way of others, whatever the order.
        check(
            &[bank, ("怎么改密码", "密码忘了"), ("挂失银行卡", "卡不见了")],
            &[],
            &[("银行卡丢了", &["卡不见了", "挂失银行卡"]), ("怎么改密码", &["密码忘了"])],
        );
        // What reads the same is one text, and a pair of it alone no group.
        check(&[("银行卡丢了！", "請問銀行卡丟了？")], &[], &[]);
        // A text of the base, or of the choices, however it is written, and what hangs together with it.
        check(
            &[bank, ("查一下餘額？", "还剩多少钱"), ("还剩多少钱", "钱还有吗")],
            &[],
            &[("银行卡丢了", &["卡不见了"])],
        );
        check(&[("我要交钱。", "交钱")], &[], &[]);
        // Said to be the same and to differ.
        check(&[bank, ("挂失银行卡", "卡不见了")], &[("银行卡丢了", "挂失银行卡")], &[]);
        check(&[bank], &[("银行卡丢了", "密码忘了")], &[("银行卡丢了", &["卡不见了"])]);
        // A character is no question.
        check(&[("卡", "银行卡丢了"), ("卡", "卡不见了")], &[], &[("银行卡丢了", &["卡不见了"])]);
        // Of many not all are asked.
        check(
            &[bank, ("银行卡丢了", "卡掉了"), ("银行卡丢了", "卡没了"), ("银行卡丢了", "卡被偷了")],
            &[],
            &[("银行卡丢了", &["卡不见了", "卡掉了", "卡没了"])],
        );
    }

    /// A base, and pairs in groups of two to six; a few of them are of the base, and some negative pairs join groups.
    fn given(wordings: usize, count: usize) -> (Material, Lesson) {
        let entries = (0..wordings).map(|key| Entry {
            key: key as i64,
            wordings: (0..3).map(|nth| format!("条目{key}的说法{nth}")).collect(),
        });
        let text = |group: usize, nth: usize| format!("第{group}组第{nth}个问题");
        let mut lesson = Lesson::default();
        for group in 0..count {
            let size = 2 + group % 5;
            lesson.pairs.extend((1..size).map(|nth| (text(group, nth - 1), text(group, nth))));
            lesson.different.push((text(group, 0), text((group + 1) % count, 1)));
            lesson.different.push((format!("条目{}的说法2", group % wordings.max(1)), text(group, 1)));
        }
        let joined = |key: usize| (format!("条目{key}的说法1"), format!("条目{key}的又一种说法"));
        lesson.pairs.extend((0..wordings).step_by(10).map(joined));
        (Material::new(entries.collect(), &[]), lesson)
    }

    #[test]
    fn nothing_of_what_is_asked_is_learnt() {
        let (material, lesson) = given(100, 400);
        let trials = material.trials(&lesson);
        assert_eq!(trials.len(), MOST_TRIALS);
        assert_eq!(material.trials(&lesson), trials, "the same again");
        let group = |text: &str| text.split('组').next().filter(|it| *it != text).map(str::to_owned);
        let mut kept_back = HashSet::new();
        for trial in &trials {
            let learnt = trial.lesson();
            let pairs = || learnt.pairs.iter().chain(&learnt.different);
            let texts: HashSet<&str> = pairs().flat_map(|(a, b)| [a.as_str(), b.as_str()]).collect();
            let groups: HashSet<String> = texts.iter().filter_map(|it| group(it)).collect();
            for it in &trial.asked {
                assert!(!texts.contains(it.text.as_str()), "{} is learnt from", it.text);
            }
            for it in &trial.given {
                let own = group(&it.wordings[0]).unwrap();
                assert!(!groups.contains(&own), "{own} is learnt from");
                assert!(kept_back.insert(own), "twice");
                assert!(trial.asked.iter().any(|asked| asked.entry == it.key && asked.is_given));
                assert!(material.entries.iter().all(|entry| entry.key != it.key));
                assert_eq!(it.wordings.len(), 1);
            }
            assert!(trial.asked.is_sorted_by_key(|it| it.is_given), "the base's own come first");
            let own = trial.asked.iter().filter(|it| !it.is_given).map(|it| it.text.clone());
            let alone = material.trials(&Lesson::default());
            let same = alone.iter().find(|it| it.rest == trial.rest).unwrap();
            assert_eq!(
                own.collect::<Vec<_>>(),
                same.asked.iter().map(|it| it.text.clone()).collect::<Vec<_>>()
            );
            // What no asked text is in stays, negative pairs too.
            assert!(
                learnt.pairs.len() > lesson.pairs.len() / 2 && learnt.different.len() > 400,
                "{learnt:?}"
            );
        }
        assert_eq!(kept_back.len(), 400, "each once: there are few");
    }

    #[test]
    fn both_kinds_are_asked_and_about_as_many_as_tell_enough() {
        // Entries of three wordings, groups of six questions in five of which eleven are asked; trials, own, given.
        for (entries, groups, expected) in [
            (0, 0, (0, 0, 0)),
            (100, 0, (5, 200, 0)),
            (100, 200, (5, 200, 440)),
            (100, 5_000, (5, 200, 1_300)),
            (0, 5_000, (5, 0, 1_500)),
            (500, 5_000, (5, 1_000, 750)),
            (4_000, 5_000, (1, 1_600, 750)),
            (4_000, 500, (1, 1_600, 220)),
        ] {
            let (material, lesson) = given(entries, groups);
            let trials = material.trials(&lesson);
            let count = |is_given: bool| -> usize {
                let of = |it: &Trial| it.asked.iter().filter(|it| it.is_given == is_given).count();
                trials.iter().map(of).sum()
            };
            let (own, given) = (count(false), count(true));
            assert_eq!(trials.len(), expected.0, "{entries} {groups}");
            assert!(own.abs_diff(expected.1) <= expected.1 / 10, "{entries} {groups}: {own}");
            assert!(given.abs_diff(expected.2) <= expected.2 / 4, "{entries} {groups}: {given}");
        }
    }
}
