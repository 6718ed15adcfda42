//! `[retention]`: how long things are kept.

use super::reader::Reader;

/// How long things are kept, in days.
#[derive(Debug, Clone)]
pub struct Retention {
    /// The raw text of platform pushes.
    pub raw_inbound_days: i64,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Retention {
    Retention { raw_inbound_days: reader.number("retention.raw_inbound_days", 1, 3650) }
}
