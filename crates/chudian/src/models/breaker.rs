//! Leaves an endpoint alone that fails again and again. Pure.

use crate::base::time::Time;

/// So many failures in a row, and it is left alone.
const FAILURES: u32 = 5;
/// For so long at first; each failed trial doubles it.
const FIRST_REST: i64 = 30 * Time::SECOND;
/// For so long at most.
const LONGEST_REST: i64 = 5 * Time::MINUTE;
/// How long a trial may be under way before the next may begin.
const TRIAL: i64 = 30 * Time::SECOND;

/// Whether an endpoint may be called.
#[derive(Debug, Default, Clone)]
pub struct Breaker {
    failures: u32,
    rests_until: Option<Time>,
    rest: i64,
}

impl Breaker {
    /// Whether a call may be made now. After a rest one call at a time is let through.
    pub fn may_call(&mut self, now: Time) -> bool {
        match self.rests_until {
            None => true,
            Some(until) if now < until => false,
            Some(_) => {
                self.rests_until = Some(now.plus(TRIAL));
                true
            }
        }
    }

    /// Whether it is left alone now. Asks without taking the trial that a rest ends with.
    #[must_use]
    pub fn is_resting(&self, now: Time) -> bool {
        self.rests_until.is_some_and(|until| now < until)
    }

    /// It asked to be left alone until then.
    pub fn rest_until(&mut self, until: Time) {
        self.rests_until = Some(self.rests_until.map_or(until, |it| it.max(until)));
    }

    /// A call came to a good end.
    pub fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// A call failed, or took too long.
    pub fn failed(&mut self, now: Time) {
        self.failures = self.failures.saturating_add(1);
        if self.failures < FAILURES {
            return;
        }
        self.rest = if self.rest == 0 { FIRST_REST } else { (self.rest * 2).min(LONGEST_REST) };
        self.rests_until = Some(now.plus(self.rest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_fails_again_and_again_is_left_alone_longer_and_longer() {
        let mut breaker = Breaker::default();
        let mut now = Time(0);
        for _ in 0..FAILURES {
            assert!(breaker.may_call(now));
            breaker.failed(now);
        }
        for rest in [30, 60, 120, 240, 300, 300] {
            assert!(!breaker.may_call(now.plus((rest - 1) * Time::SECOND)), "{rest}");
            now = now.plus(rest * Time::SECOND);
            assert!(breaker.may_call(now), "one trial after {rest} s");
            assert!(!breaker.may_call(now), "and only one");
            breaker.failed(now);
        }
        now = now.plus(LONGEST_REST);
        assert!(breaker.may_call(now));
        breaker.succeeded();
        assert!(breaker.may_call(now) && breaker.may_call(now));
    }

    #[test]
    fn failures_that_are_not_in_a_row_do_no_harm() {
        let mut breaker = Breaker::default();
        for _ in 0..20 {
            breaker.failed(Time(0));
            breaker.succeeded();
        }
        assert!(breaker.may_call(Time(0)));
    }

    #[test]
    fn a_trial_that_never_ends_does_not_block_for_ever() {
        let mut breaker = Breaker::default();
        (0..FAILURES).for_each(|_| breaker.failed(Time(0)));
        assert!(breaker.may_call(Time(FIRST_REST)));
        assert!(breaker.may_call(Time(FIRST_REST + TRIAL)));
    }
}
