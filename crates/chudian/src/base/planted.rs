//! Faults that the proofs plant, to see that they would find one.

/// Whether this fault is planted: only in a build with the feature `planted-faults`, by
/// `CHUDIAN_PLANT=name`. In every other build this is a constant.
///
/// Faults: `answer_before_commit` (callers hear of a write before it is on disk), `send_again` (a
/// delivery of unknown outcome is tried again).
#[must_use]
pub fn planted(fault: &str) -> bool {
    cfg!(feature = "planted-faults") && std::env::var("CHUDIAN_PLANT").is_ok_and(|it| it == fault)
}
