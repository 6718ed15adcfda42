//! Where a follower came from: the scene of the code that was scanned.

use super::event::Event;

/// What the platform puts before the scene when a code made a follower.
const SCENE_PREFIX: &str = "qrscene_";

impl Event {
    /// The scene of the code that was scanned, whether the person followed before or not.
    #[must_use]
    pub fn scene(&self) -> Option<&str> {
        match self {
            Self::Subscribe { key, .. } => key.strip_prefix(SCENE_PREFIX),
            Self::Scan { key, .. } => Some(key),
            _ => None,
        }
    }
}
