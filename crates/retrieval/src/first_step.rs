//! The first step of a search: the wordings that share most with a question, by adding up postings.
//!
//! The sums of a window of wordings are finished before the next one is begun, and no table of all wordings
//! is kept: some 40,000 additions are scattered over 16 KiB, which the processor holds next to itself, in
//! place of the 200 KiB of a base of 50,000.

use std::ops::Range;

use crate::best::{BLOCK, Best};

/// Wordings whose sums are made at a time.
const WINDOW: usize = 4096;

/// The wordings that hold one thing, by number, ascending, and what it weighs.
pub(crate) type Posting<'a> = (&'a [u32], f32);

/// The places, at most `limit`, of the wordings that share most with the question, seen from both sides: what is
/// shared as a part of the question (`from_question` is 1 / its weight) and of the wording (`from_wording`, by number).
/// Wordings in `gone` are left out. Things are added up in the order of `postings`.
pub(crate) fn share_most(
    mut postings: Vec<Posting<'_>>,
    from_question: f32,
    from_wording: &[f32],
    gone: &[Range<usize>],
    limit: usize,
) -> Vec<u32> {
    let mut best = Best::new(limit);
    let mut shared = [0.0; WINDOW];
    for (number, from_wording) in from_wording.chunks(WINDOW).enumerate() {
        let first = number * WINDOW;
        for (documents, weight) in &mut postings {
            *documents = add_up(documents, *weight, first, &mut shared);
        }
        for range in gone {
            let inside = range.start.clamp(first, first + WINDOW)..range.end.clamp(first, first + WINDOW);
            shared[inside.start - first..inside.end - first].fill(0.0);
        }
        offer(&mut shared, first, (from_question, from_wording), &mut best);
    }
    best.into_places()
}

/// Adds `weight` for each document of this window; gives the documents behind it.
fn add_up<'a>(documents: &'a [u32], weight: f32, first: usize, shared: &mut [f32; WINDOW]) -> &'a [u32] {
    for (read, document) in documents.iter().enumerate() {
        let at = *document as usize - first;
        if at >= WINDOW {
            return &documents[read..];
        }
        shared[at] += weight;
    }
    &[]
}

/// Sees the sums from both sides, and leaves zeros behind.
fn offer(
    shared: &mut [f32; WINDOW],
    first: usize,
    (from_question, from_wording): (f32, &[f32]),
    best: &mut Best,
) {
    let blocks = shared.chunks_mut(BLOCK).zip(from_wording.chunks(BLOCK));
    for (number, (values, from_wording)) in blocks.enumerate() {
        let values = &mut values[..from_wording.len()];
        for (value, from_wording) in values.iter_mut().zip(from_wording) {
            *value *= from_question + from_wording;
        }
        best.offer(values, first + number * BLOCK);
        values.fill(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_make_no_difference() {
        // Three things in every second, fifth and 700th of the wordings of two windows and a bit.
        let count = 2 * WINDOW + 100;
        let every = |step: usize| (0..count).step_by(step).map(|it| u32::try_from(it).unwrap()).collect();
        let lists: Vec<(Vec<u32>, f32)> = vec![(every(2), 0.5), (every(5), 1.0), (every(700), 3.0)];
        let from_wording: Vec<f32> = (0..count).map(|it| 1.0 / (3 + it % 7) as f32).collect();
        // One range over the border of two windows, one that is all there is behind.
        let gone = [WINDOW - 96..WINDOW + 5, count - 60..count];
        let mut expected: Vec<(f32, u32)> = (0..count)
            .filter(|it| !gone.iter().any(|range| range.contains(it)))
            .map(|it| {
                let number = u32::try_from(it).unwrap();
                let holds = lists.iter().filter(|list| list.0.contains(&number));
                (holds.map(|list| list.1).sum::<f32>() * (0.25 + from_wording[it]), number)
            })
            .filter(|it| it.0 > 0.0)
            .collect();
        expected.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        for limit in [0, 1, 40, 400] {
            let postings = lists.iter().map(|(documents, weight)| (documents.as_slice(), *weight)).collect();
            let found = share_most(postings, 0.25, &from_wording, &gone, limit);
            let wanted: Vec<u32> = expected.iter().take(limit).map(|it| it.1).collect();
            assert_eq!(found, wanted, "{limit}");
        }
    }
}
