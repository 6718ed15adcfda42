//! Puts questions together that ask the same in other words. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use retrieval::{Entry, Index};

use crate::base::id::{EntryId, ThreadId};
use crate::base::time::Time;

/// From this score on, two questions are taken for wordings of one.
const ALIKE: f32 = 0.5;

/// How many neighbours one question gathers at most.
const NEIGHBOURS: usize = 50;

/// How far back a trend looks, and what it is compared with.
const WEEK: i64 = 7 * 24 * 60 * Time::MINUTE;

/// A question that had no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmatched {
    /// The customer's words.
    pub question: String,
    /// As it is compared.
    pub form: String,
    /// Who asked: in which thread.
    pub thread: ThreadId,
    /// When it was asked.
    pub at: Time,
    /// The entry that answered it, and that did not help.
    pub answered_by: Option<EntryId>,
    /// The customer said that it did not help.
    pub is_unsolved: bool,
    /// A colleague called the answer wrong.
    pub is_wrong: bool,
}

/// Questions that ask the same. Whoever asks twice, or in two wordings, counts once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    /// Its most typical wording: of the question that was asked most often.
    pub question: String,
    /// In how many threads it was asked.
    pub count: usize,
    /// In how many within the last seven days, and within the seven before.
    pub weeks: (usize, usize),
    /// When it was asked last.
    pub last_at: Time,
    /// Its wordings, the most frequent first, each with how many used it.
    pub wordings: Vec<(String, usize)>,
    /// In how many an entry answered, and the customer said that it did not help.
    pub unsolved: usize,
    /// In how many an entry answered, and a colleague called that wrong.
    pub wrong: usize,
    /// Which entries those were.
    pub answered_by: BTreeSet<EntryId>,
}

/// All that was asked in one form.
#[derive(Debug, Default)]
struct Form {
    wordings: BTreeMap<String, BTreeSet<ThreadId>>,
    threads: BTreeSet<ThreadId>,
    times: Vec<(ThreadId, Time)>,
    answered_by: Vec<EntryId>,
    unsolved: BTreeSet<ThreadId>,
    wrong: BTreeSet<ThreadId>,
}

/// The clusters, the largest first. A question belongs to the most frequent one that it is like; the same
/// questions always make the same clusters.
#[must_use]
pub fn cluster(questions: &[Unmatched], now: Time) -> Vec<Cluster> {
    let mut forms: BTreeMap<&str, Form> = BTreeMap::new();
    for it in questions {
        let form = forms.entry(&it.form).or_default();
        form.wordings.entry(it.question.clone()).or_default().insert(it.thread);
        form.threads.insert(it.thread);
        form.times.push((it.thread, it.at));
        form.answered_by.extend(it.answered_by);
        form.unsolved.extend(it.is_unsolved.then_some(it.thread));
        form.wrong.extend(it.is_wrong.then_some(it.thread));
    }
    let mut ordered: Vec<(&str, Form)> = forms.into_iter().collect();
    // Stable: forms that were asked equally often stay in their order.
    ordered.sort_by_key(|(_, form)| std::cmp::Reverse(form.threads.len()));
    let entries: Vec<Entry> = (0_i64..)
        .zip(&ordered)
        .map(|(key, (form, _))| Entry { key, wordings: vec![(*form).to_owned()] })
        .collect();
    let index = Index::build(&entries);
    let mut leader_of: HashMap<i64, usize> = HashMap::new();
    let mut groups: Vec<Vec<i64>> = Vec::new();
    for entry in &entries {
        if leader_of.contains_key(&entry.key) {
            continue;
        }
        let near = index.search(&entry.wordings[0], NEIGHBOURS);
        let mut group = vec![entry.key];
        leader_of.insert(entry.key, groups.len());
        for found in near.iter().filter(|it| it.score >= ALIKE) {
            if leader_of.contains_key(&found.entry) {
                continue;
            }
            leader_of.insert(found.entry, groups.len());
            group.push(found.entry);
        }
        groups.push(group);
    }
    let mut clusters: Vec<Cluster> = groups
        .into_iter()
        .map(|group| {
            let forms = group.into_iter().filter_map(|key| ordered.get(usize::try_from(key).ok()?));
            gather(forms.map(|(_, form)| form), now)
        })
        .collect();
    clusters.sort_by(|one, other| other.count.cmp(&one.count).then(other.last_at.cmp(&one.last_at)));
    clusters
}

fn gather<'a>(forms: impl Iterator<Item = &'a Form>, now: Time) -> Cluster {
    let mut wordings: Vec<(String, usize)> = Vec::new();
    let mut times: Vec<(ThreadId, Time)> = Vec::new();
    let mut answered_by: BTreeSet<EntryId> = BTreeSet::new();
    let none = BTreeSet::<ThreadId>::new;
    let (mut threads, mut unsolved, mut wrong) = (none(), none(), none());
    for form in forms {
        let mut own: Vec<(String, usize)> =
            form.wordings.iter().map(|(it, who)| (it.clone(), who.len())).collect();
        own.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        wordings.append(&mut own);
        times.extend(&form.times);
        answered_by.extend(&form.answered_by);
        threads.extend(&form.threads);
        unsolved.extend(&form.unsolved);
        wrong.extend(&form.wrong);
    }
    let within = |from: i64, until: i64| {
        let asked = times.iter().filter(|(_, at)| (from..until).contains(&now.since(*at)));
        asked.map(|it| it.0).collect::<BTreeSet<_>>().len()
    };
    Cluster {
        question: wordings.first().map(|it| it.0.clone()).unwrap_or_default(),
        count: threads.len(),
        weeks: (within(i64::MIN, WEEK), within(WEEK, 2 * WEEK)),
        last_at: times.iter().map(|it| it.1).max().unwrap_or(now),
        wordings,
        unsolved: unsolved.len(),
        wrong: wrong.len(),
        answered_by,
    }
}

/// A question with long numbers masked: they may tell who somebody is, and no entry needs them.
#[must_use]
pub fn masked(question: &str) -> String {
    let letters: Vec<char> = question.chars().collect();
    let mut shown = letters.clone();
    let mut start = 0;
    for at in 0..=letters.len() {
        let is_digit = letters.get(at).is_some_and(|it| it.is_numeric());
        if !is_digit {
            if at - start > 5 {
                shown[start..at].fill('*');
            }
            start = at + 1;
        }
    }
    shown.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    const NOW: Time = Time(2_000_000_000_000);

    /// Each in a thread of its own.
    fn asked(question: &str, days_ago: i64) -> Unmatched {
        static THREAD: AtomicI64 = AtomicI64::new(1);
        Unmatched {
            thread: ThreadId(THREAD.fetch_add(1, Ordering::Relaxed)),
            question: question.into(),
            form: retrieval::normalise::question(question),
            at: NOW.plus(-days_ago * 24 * 60 * Time::MINUTE),
            answered_by: None,
            is_unsolved: false,
            is_wrong: false,
        }
    }

    #[test]
    fn wordings_of_one_question_are_one_cluster_named_by_the_most_typical() {
        let questions = [
            asked("会员生日有礼物吗", 1),
            asked("会员生日有礼物吗？", 2),
            asked("会员生日有礼物吗", 9),
            asked("会员生日有没有礼物", 3),
            asked("怎么开发票", 1),
            asked("附近营业厅在哪里", 40),
        ];
        let clusters = cluster(&questions, NOW);
        let shown: Vec<_> = clusters.iter().map(|it| (it.question.as_str(), it.count, it.weeks)).collect();
        assert_eq!(
            shown,
            [("会员生日有礼物吗", 4, (3, 1)), ("怎么开发票", 1, (1, 0)), ("附近营业厅在哪里", 1, (0, 0))]
        );
        assert_eq!(clusters[0].wordings.len(), 3);
        assert_eq!(clusters.iter().map(|it| it.count).sum::<usize>(), questions.len(), "none is lost");
        assert!(cluster(&[], NOW).is_empty());
    }

    #[test]
    fn a_long_question_is_no_wording_of_a_short_one_that_it_contains() {
        let long = "你好，我上个月二十号在你们营业厅办的宽带，师傅来装的时候说三天之内就能用，结果到今天都没有通，\
            我打了好几次电话都说在处理，家里老人要看电视孩子要上网课，全家都等着，我想问一下如果一直装不好，我交的钱什么时候能退给我，\
            另外当时送的那个路由器要不要还给你们，还有因为这个事情耽误的这一个月的月租你们打算怎么算，能不能给我一个准确的答复，谢谢";
        for short in [
            "路由器要不要还",
            "装不好什么时候能退",
            "月租怎么算",
            "宽带没有通",
            "交的钱什么时候能退给我",
            "孩子要上网课",
        ] {
            for (first, second) in [(long, short), (short, long)] {
                let clusters = cluster(&[asked(first, 1), asked(first, 2), asked(second, 1)], NOW);
                let shown: Vec<_> = clusters.iter().map(|it| it.question.as_str()).collect();
                assert_eq!(shown, [first, second], "{short}");
            }
        }
    }

    #[test]
    fn a_cluster_knows_which_entries_answered_and_did_not_help() {
        let unhelped = |question: &str, entry, is_unsolved, is_wrong| Unmatched {
            answered_by: Some(EntryId(entry)),
            is_unsolved,
            is_wrong,
            ..asked(question, 1)
        };
        let questions = [
            unhelped("会员生日有礼物吗", 5, true, false),
            unhelped("会员生日有礼物吗", 5, true, true),
            unhelped("会员生日有没有礼物", 6, false, true),
            asked("会员生日有礼物吗", 1),
        ];
        let clusters = cluster(&questions, NOW);
        assert_eq!((clusters.len(), clusters[0].count), (1, 4));
        assert_eq!((clusters[0].unsolved, clusters[0].wrong), (2, 2), "one of them by both");
        assert_eq!(clusters[0].answered_by, BTreeSet::from([EntryId(5), EntryId(6)]));
    }

    #[test]
    fn who_asks_twice_counts_once() {
        let first = asked("会员生日有礼物吗", 1);
        let again = |question: &str, days_ago, is_wrong| Unmatched {
            thread: first.thread,
            is_wrong,
            ..asked(question, days_ago)
        };
        let questions = [
            first.clone(),
            again("会员生日有礼物吗", 1, true),
            again("会员生日有没有礼物", 2, true),
            again("会员生日有礼物吗", 9, false),
            asked("会员生日有礼物吗", 3),
        ];
        let found = cluster(&questions, NOW);
        assert_eq!((found.len(), found[0].count, found[0].weeks, found[0].wrong), (1, 2, (2, 1), 1));
        assert_eq!(
            found[0].wordings,
            [("会员生日有礼物吗".to_owned(), 2), ("会员生日有没有礼物".to_owned(), 1)]
        );
    }

    #[test]
    fn long_numbers_are_masked() {
        for (text, expected) in [
            ("13800138000 停机了", "*********** 停机了"),
            ("拨打10010", "拨打10010"),
            ("单号202611220001", "单号************"),
            ("", ""),
        ] {
            assert_eq!(masked(text), expected);
        }
    }
}
