//! `[retention]`: how long things are kept.

use super::reader::Reader;

/// How long things are kept, in days.
#[derive(Debug, Clone)]
pub struct Retention {
    /// The raw text of platform pushes.
    pub raw_inbound_days: i64,
    /// Messages, and files that nothing names any more; 0 keeps them.
    pub messages_days: i64,
}

impl Retention {
    /// Days after which a raw push goes: it holds what its message said, so it never outlives it.
    #[must_use]
    pub fn raw_days(&self) -> i64 {
        match self.messages_days {
            0 => self.raw_inbound_days,
            days => self.raw_inbound_days.min(days),
        }
    }
}

pub(super) fn read(reader: &mut Reader<'_>) -> Retention {
    Retention {
        raw_inbound_days: reader.number("retention.raw_inbound_days", 1, 3650),
        messages_days: reader.number("retention.messages_days", 0, 3650),
    }
}

#[cfg(test)]
mod tests {
    use super::Retention;

    #[test]
    fn a_raw_push_never_outlives_its_message() {
        for (raw_inbound_days, messages_days, expected) in [(180, 0, 180), (180, 90, 90), (30, 90, 30)] {
            assert_eq!(Retention { raw_inbound_days, messages_days }.raw_days(), expected);
        }
    }
}
