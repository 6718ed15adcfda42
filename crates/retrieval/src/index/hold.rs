//! The last step, where a comparer was learnt: the question and the first candidates are held against each other.

use super::{Index, Ranked};
use crate::comparer::{Comparer, Sentence};
use crate::learnt::{Token, tokens};
use crate::part::{Part, READ_OTHERWISE};
use crate::question::Question;
use crate::rank::{self, Weights};

/// So many entries are held against the question place by place: that costs as much as ranking fifty wordings.
const HELD: usize = 5;

impl Index {
    /// Holds the question and the first candidates against each other, place by place, and orders these anew. What was
    /// not held against it counts as the least of those that were: it does not fall behind for that.
    pub(super) fn hold(
        &self,
        comparer: &Comparer,
        readings: &[Question<'_>],
        ranked: &mut [Ranked],
        weights: &Weights,
        exact: Option<(i64, u32)>,
    ) {
        let names = |it: &Question<'_>| it.units.iter().map(|unit| tokens::single(*unit)).collect::<Vec<_>>();
        let asked: Vec<Sentence> = readings.iter().map(|it| comparer.read(&names(it))).collect();
        let (first, rest) = ranked.split_at_mut(ranked.len().min(HELD));
        let mut least = 1.0_f32;
        for it in first.iter_mut() {
            let is_exact = exact == Some((it.best.entry, it.best.nth));
            let said = match self.names(it.best.entry, it.best.nth) {
                Some(names) if !is_exact => comparer.compare(&asked[it.best.reading], &comparer.read(&names)),
                _ => 1.0,
            };
            it.best.features.0[rank::COMPARED] =
                if it.best.reading > 0 { said * READ_OTHERWISE } else { said };
            least = least.min(it.best.features.0[rank::COMPARED]);
        }
        rest.iter_mut().for_each(|it| it.best.features.0[rank::COMPARED] = least);
        for it in first.iter_mut().chain(rest) {
            it.score = it.best.features.score(weights);
        }
        ranked.sort_by(|a, b| {
            let is_exact = |it: &Ranked| exact == Some((it.best.entry, it.best.nth));
            is_exact(b).cmp(&is_exact(a)).then(b.score.total_cmp(&a.score))
        });
    }

    /// What a comparer calls the units of a wording.
    fn names(&self, key: i64, nth: u32) -> Option<Vec<Token>> {
        let document = |part: &Part| part.document(key, nth as usize);
        let is_gone = self.base.place_of(key).is_some_and(|it| self.gone.binary_search(&it).is_ok());
        let in_base = document(&self.base).filter(|_| !is_gone).map(|it| self.base.names(it));
        in_base.or_else(|| document(&self.fresh).map(|it| self.fresh.names(it)))
    }
}
