//! What means the same by way of others.

/// For each of `count` things that are known by number, the least one that it hangs together with by these pairs,
/// directly or by way of others (disjoint sets, with paths that are halved when they are walked: Tarjan and van
/// Leeuwen, 1984). Two with the same number are of one group.
///
/// # Panics
/// When a pair names a number that is not below `count`.
#[must_use]
pub fn groups(count: usize, pairs: impl IntoIterator<Item = (usize, usize)>) -> Vec<usize> {
    let mut parents: Vec<usize> = (0..count).collect();
    let find = |parents: &mut [usize], mut at: usize| {
        while parents[at] != at {
            parents[at] = parents[parents[at]];
            at = parents[at];
        }
        at
    };
    for (a, b) in pairs {
        let (a, b) = (find(&mut parents, a), find(&mut parents, b));
        parents[a.max(b)] = a.min(b);
    }
    (0..count).map(|it| find(&mut parents, it)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_the_same_by_way_of_others_is_one_group() {
        assert_eq!(groups(6, [(0, 2), (4, 2), (3, 5)]), [0, 1, 0, 3, 0, 3]);
        assert_eq!(groups(4, [(3, 2), (2, 1), (3, 1), (1, 1)]), [0, 1, 1, 1]);
        assert_eq!(groups(0, []), [0; 0]);
    }
}
