//! The platform's own record of what happened: pushes, attempts, replies, API calls, errors.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::Value;

/// Lines kept in memory; older ones are dropped, their numbers are not used again.
const KEPT: usize = 20_000;

/// What a line is about; the phone page gives each kind a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// A message or event that the platform has for an account.
    Push,
    /// One HTTP request with a push.
    Attempt,
    /// What the account's server answered.
    Reply,
    /// The platform gave up, or an answer was not acceptable.
    Failure,
    /// A call of the platform's HTTP API.
    ApiCall,
    /// A fault that was asked for took effect.
    Fault,
    /// Set-up, clock, and the like.
    Note,
}

/// One line.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Line {
    /// Grows by one with every line, without gaps.
    pub(crate) seq: u64,
    /// Simulator time in milliseconds.
    pub(crate) at: i64,
    pub(crate) kind: Kind,
    /// False when the real platform, or its caller, would have seen an error.
    pub(crate) ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) app_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) openid: Option<String>,
    /// Number of the push this line belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) push: Option<u64>,
    /// One sentence.
    pub(crate) summary: String,
    /// Everything else, as it was on the wire.
    pub(crate) detail: Value,
}

/// The lines, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Log {
    lines: VecDeque<Line>,
    last: u64,
}

impl Log {
    /// Adds a line and gives it its number.
    pub(crate) fn add(&mut self, mut line: Line) -> &Line {
        self.last += 1;
        line.seq = self.last;
        if self.lines.len() == KEPT {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
        self.lines.back().expect("a line was pushed just now")
    }

    /// Number of the newest line.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    /// Lines after `after`, at most `limit`.
    pub(crate) fn after(&self, after: u64, limit: usize) -> Vec<Line> {
        let first = self.lines.front().map_or(self.last + 1, |line| line.seq);
        let skip = usize::try_from((after + 1).saturating_sub(first)).unwrap_or(usize::MAX);
        self.lines.iter().skip(skip).take(limit).cloned().collect()
    }

    /// The newest `limit` lines, oldest first.
    pub(crate) fn newest(&self, limit: usize) -> Vec<Line> {
        self.lines.iter().skip(self.lines.len().saturating_sub(limit)).cloned().collect()
    }
}
