//! Who is there: the agents with a live connection to this process.
//!
//! It is held in memory and lost with the process, which is right: after a start nobody is
//! connected. Everybody then has the usual grace to come back before counting as gone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::id::UserId;
use crate::base::time::Time;

/// Who is connected, and when the others were last seen. On the shelf of the `Ctx`.
#[derive(Debug, Default)]
pub struct Presence(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// The first moment that anybody asked: before it nobody could be seen.
    started: Option<Time>,
    users: HashMap<UserId, User>,
}

#[derive(Debug, Default)]
struct User {
    connections: u32,
    last_seen: Time,
}

/// One connection. While it lives, its user is there.
#[derive(Debug)]
pub struct Connection {
    presence: Arc<Presence>,
    user: UserId,
    clock: crate::base::time::Clock,
}

impl Presence {
    fn with<T>(&self, act: impl FnOnce(&mut Seen) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes a connection; dropping it notes its end.
    #[must_use]
    pub fn connect(self: &Arc<Self>, user: UserId, clock: &crate::base::time::Clock) -> Connection {
        let now = clock.now();
        self.with(|seen| {
            let user = seen.users.entry(user).or_default();
            user.connections += 1;
            user.last_seen = now;
        });
        Connection { presence: self.clone(), user, clock: clock.clone() }
    }

    /// Notes a sign of life, such as an answer sent by a program without a live connection.
    pub fn touch(&self, user: UserId, now: Time) {
        self.with(|seen| seen.users.entry(user).or_default().last_seen = now);
    }

    /// For how many milliseconds a user has been away; `None` while connected.
    #[must_use]
    pub fn gone_for(&self, user: UserId, now: Time) -> Option<i64> {
        self.with(|seen| {
            let started = *seen.started.get_or_insert(now);
            match seen.users.get(&user) {
                Some(user) if user.connections > 0 => None,
                Some(user) => Some(now.since(user.last_seen)),
                None => Some(now.since(started)),
            }
        })
    }

    /// How many connections a user has.
    #[must_use]
    pub fn connections(&self, user: UserId) -> u32 {
        self.with(|seen| seen.users.get(&user).map_or(0, |it| it.connections))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let now = self.clock.now();
        self.presence.with(|seen| {
            if let Some(user) = seen.users.get_mut(&self.user) {
                user.connections = user.connections.saturating_sub(1);
                user.last_seen = now;
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Clock;

    #[test]
    fn a_user_is_there_while_one_connection_lives() {
        let presence = Arc::new(Presence::default());
        let clock = Clock::standing_at(Time(1000));
        let user = UserId(1);
        assert_eq!(presence.gone_for(user, Time(1000)), Some(0));
        assert_eq!(presence.gone_for(user, Time(1700)), Some(700), "counted from the start");

        let first = presence.connect(user, &clock);
        let second = presence.connect(user, &clock);
        drop(first);
        clock.advance(500);
        assert_eq!(presence.connections(user), 1);
        assert_eq!(presence.gone_for(user, clock.now()), None);
        drop(second);
        clock.advance(30);
        assert_eq!(presence.gone_for(user, clock.now()), Some(30));
        presence.touch(user, clock.now());
        assert_eq!(presence.gone_for(user, clock.now()), Some(0));
    }
}
