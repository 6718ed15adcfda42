//! The thread that moves the write-ahead log into the database file, beside the writer.
//!
//! Frames are moved in small bites. A flush of many scattered pages keeps the disk busy for as long as it
//! takes, and every commit meanwhile waits behind it: with bites of 128 frames one answer in a hundred
//! waits about 5 ms at half the server's rate, with bites of 4,096 some 40 ms. The log starts over when
//! all of it is moved while nobody writes, so that last step is the writer's own; it waits for it, and the
//! checkpointer sees to it that little is left to do.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::base::Result;

use super::sqlite;
use super::writer::State;

/// Frames (pages of 4 KiB) in the log from which it is started over: 64 MiB.
const LOG_FRAMES: i64 = 16_384;

/// Frames that are worth a move at once: half a MiB, flushed in about a millisecond.
const BITE: i64 = 128;

/// Few enough frames to let the writer move the rest.
const CRUMBS: i64 = 100;

/// So often the last frames are chased, at the most, before the writer is asked: a writer that makes
/// frames faster than they can be moved must not be chased for ever.
const CHASES: usize = 12;

/// However few frames there are, they are moved after this time.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// How long the thread sleeps between two looks: short while there is work, ever longer when not.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(20);

/// Moves frames until the writer is gone, and asks it for a new start of the log when that is long.
pub(super) fn run_until_gone(path: &Path, state: &Arc<State>) {
    let Ok(connection) = sqlite::open_writer(path, true) else { return };
    let mut moved_at = Instant::now();
    let mut pause = LONGEST_PAUSE;
    while Arc::strong_count(state) > 1 {
        std::thread::sleep(pause);
        if sqlite::unmoved(&connection).is_ok_and(|unmoved| !is_due(unmoved, moved_at.elapsed())) {
            pause = (pause * 2).min(LONGEST_PAUSE);
            continue;
        }
        (moved_at, pause) = (Instant::now(), SHORTEST_PAUSE);
        match move_and_look(&connection) {
            Ok(true) => state.start_log_over.store(true, Ordering::Release),
            Ok(false) => {}
            Err(error) => tracing::warn!("the write-ahead log could not be moved: {error}"),
        }
    }
}

/// Whether frames should be moved now: there are enough of them, or they have been waiting for long.
fn is_due(unmoved: i64, waiting: Duration) -> bool {
    unmoved >= BITE || (unmoved > 0 && waiting >= LONGEST_WAIT)
}

/// Moves what there is; if the log is long, again and again until only crumbs are left. Says whether the
/// writer should end it. New frames come during each move, but fewer each time, for each move is shorter.
fn move_and_look(connection: &Connection) -> Result<bool> {
    let (frames, _) = sqlite::checkpoint(connection)?;
    if frames <= LOG_FRAMES {
        return Ok(false);
    }
    for _ in 0..CHASES {
        if sqlite::unmoved(connection)? <= CRUMBS {
            break;
        }
        sqlite::checkpoint(connection)?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_due_when_the_log_is_long_or_old() {
        for (name, unmoved, seconds, expected) in [
            ("nothing to move", 0, 60, false),
            ("a little, a moment ago", 10, 1, false),
            ("a little, for a while", 10, 2, true),
            ("much, at once", BITE, 0, true),
        ] {
            assert_eq!(is_due(unmoved, Duration::from_secs(seconds)), expected, "{name}");
        }
    }
}
