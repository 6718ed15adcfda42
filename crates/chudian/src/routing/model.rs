//! What an agent is to the queue, and who gets the next conversation. Pure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::id::{ConversationId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};

/// How many conversations an agent serves at once until she says otherwise.
pub const CAPACITY: i64 = 5;
/// The most that can be asked for.
pub const LARGEST_CAPACITY: i64 = 100;
/// How long an agent may be without a live connection before she counts as gone, in milliseconds.
/// With the sweep's period on top it stays below the thirty seconds that a customer may be stranded.
pub const GRACE: i64 = 25 * Time::SECOND;
const _: () = assert!(GRACE < 30 * Time::SECOND);

/// What an agent is to the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgentState {
    /// Takes new conversations.
    Ready,
    /// Works on those she has, gets no new ones.
    Away,
    /// Not there.
    Offline,
}

impl AgentState {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Away => "away",
            Self::Offline => "offline",
        }
    }

    /// From what is stored; anything unknown is not there.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "ready" => Self::Ready,
            "away" => Self::Away,
            _ => Self::Offline,
        }
    }
}

/// An agent, as the queue sees her.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Who.
    pub user: UserId,
    /// Her name, for people.
    pub name: String,
    /// What she is now.
    pub state: AgentState,
    /// What she chose: it comes back with her connection.
    pub wanted: AgentState,
    /// How many conversations she serves at once.
    pub capacity: i64,
    /// How many she serves now.
    pub serving: i64,
    /// Since when she is in this state.
    pub since: Time,
    /// When she last got a conversation.
    pub last_given_at: Option<Time>,
    /// Whether her account still lets her answer.
    pub may_answer: bool,
}

impl Agent {
    /// Whether one more conversation may be given to her.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.may_answer && self.state == AgentState::Ready && self.serving < self.capacity
    }

    /// Since when she got nothing.
    fn idle_since(&self) -> Time {
        self.last_given_at.unwrap_or(self.since)
    }
}

/// Who gets the next conversation: of those who are ready and below their capacity the least
/// loaded one, and among equals who got nothing for the longest time.
///
/// `except` gave this conversation back herself and does not get it again unasked.
#[must_use]
pub fn choose(agents: &[Agent], except: Option<UserId>) -> Option<UserId> {
    agents
        .iter()
        .filter(|it| it.is_free() && Some(it.user) != except)
        .min_by(|a, b| {
            // Loads as fractions of capacity, compared without dividing.
            let (left, right) = (a.serving * b.capacity, b.serving * a.capacity);
            left.cmp(&right).then(a.idle_since().cmp(&b.idle_since())).then(a.user.cmp(&b.user))
        })
        .map(|it| it.user)
}

/// Somebody who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Who gave it back.
    pub except: Option<UserId>,
}

/// Gives the queue, longest wait first, to the agents. What nobody can take stays.
#[must_use]
pub fn give_out(queue: &[Waiting], mut agents: Vec<Agent>, now: Time) -> Vec<(ConversationId, UserId)> {
    let mut given = Vec::new();
    for waiting in queue {
        let Some(user) = choose(&agents, waiting.except) else { continue };
        given.push((waiting.conversation, user));
        for agent in agents.iter_mut().filter(|it| it.user == user) {
            agent.serving += 1;
            agent.last_given_at = Some(now);
        }
    }
    given
}

/// What an agent's state must be, given what she chose and whether she is there.
///
/// Gone for longer than [`GRACE`] is offline; back again is what she chose. A locked account is
/// offline at once.
#[must_use]
pub fn due_state(agent: &Agent, gone_for: Option<i64>) -> AgentState {
    match gone_for {
        _ if !agent.may_answer => AgentState::Offline,
        Some(gone) if gone >= GRACE => AgentState::Offline,
        // Not there, but not for long: as it was.
        Some(_) => agent.state,
        None => agent.wanted,
    }
}

/// Refuses a capacity that makes no sense.
pub fn check_capacity(capacity: i64) -> Result<()> {
    if (1..=LARGEST_CAPACITY).contains(&capacity) {
        return Ok(());
    }
    let message = format!("the number of conversations at once must be between 1 and {LARGEST_CAPACITY}");
    Err(Error::invalid("agent.capacity", message).field("capacity", "1 to 100"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use AgentState::{Away, Offline, Ready};

    fn agent(user: i64, state: AgentState, serving: i64, capacity: i64, last: i64) -> Agent {
        Agent {
            user: UserId(user),
            name: String::new(),
            state,
            wanted: Ready,
            capacity,
            serving,
            since: Time(0),
            last_given_at: Some(Time(last)),
            may_answer: true,
        }
    }

    #[test]
    fn the_least_loaded_ready_agent_gets_it_and_the_longest_idle_among_equals() {
        for (agents, except, expected) in [
            (vec![], None, None),
            (vec![agent(1, Away, 0, 5, 0), agent(2, Offline, 0, 5, 0)], None, None),
            (vec![agent(1, Ready, 5, 5, 0)], None, None),
            (vec![agent(1, Ready, 2, 5, 0), agent(2, Ready, 1, 5, 9)], None, Some(2)),
            (vec![agent(1, Ready, 2, 10, 0), agent(2, Ready, 2, 5, 0)], None, Some(1)),
            (vec![agent(1, Ready, 1, 5, 7), agent(2, Ready, 1, 5, 3)], None, Some(2)),
            (vec![agent(2, Ready, 0, 5, 3), agent(1, Ready, 0, 5, 3)], None, Some(1)),
            (vec![agent(1, Ready, 0, 5, 3)], Some(1), None),
            (vec![agent(1, Ready, 0, 5, 3), agent(2, Ready, 4, 5, 9)], Some(1), Some(2)),
        ] {
            assert_eq!(choose(&agents, except.map(UserId)), expected.map(UserId), "{agents:?}");
        }
        let locked = Agent { may_answer: false, ..agent(1, Ready, 0, 5, 0) };
        assert_eq!(choose(&[locked], None), None);
    }

    #[test]
    fn the_queue_is_given_out_evenly_and_never_above_capacity() {
        let queue: Vec<_> =
            (1..=7).map(|it| Waiting { conversation: ConversationId(it), except: None }).collect();
        let agents = vec![agent(1, Ready, 0, 2, 0), agent(2, Ready, 1, 4, 1), agent(3, Away, 0, 5, 0)];
        let given = give_out(&queue, agents, Time(100));
        let of = |user| given.iter().filter(|it| it.1 == UserId(user)).count();
        assert_eq!((of(1), of(2), of(3)), (2, 3, 0));
        let order: Vec<_> = given.iter().map(|it| it.0.0).collect();
        assert_eq!(order, [1, 2, 3, 4, 5], "who waits longest is first, the rest waits on");
    }

    #[test]
    fn who_gave_it_back_is_passed_over_and_does_not_hold_up_the_queue() {
        let queue = [
            Waiting { conversation: ConversationId(1), except: Some(UserId(1)) },
            Waiting { conversation: ConversationId(2), except: None },
        ];
        let given = give_out(&queue, vec![agent(1, Ready, 0, 5, 0)], Time(9));
        assert_eq!(given, [(ConversationId(2), UserId(1))]);
    }

    #[test]
    fn gone_is_offline_after_the_grace_and_back_is_what_was_chosen() {
        let gone =
            |state, wanted, gone_for| due_state(&Agent { wanted, ..agent(1, state, 0, 5, 0) }, gone_for);
        for (state, wanted, gone_for, expected) in [
            (Ready, Ready, None, Ready),
            (Ready, Ready, Some(0), Ready),
            (Ready, Ready, Some(GRACE - 1), Ready),
            (Ready, Ready, Some(GRACE), Offline),
            (Away, Away, Some(GRACE), Offline),
            (Offline, Ready, Some(5), Offline),
            (Offline, Ready, None, Ready),
            (Offline, Away, None, Away),
            (Offline, Offline, None, Offline),
        ] {
            assert_eq!(gone(state, wanted, gone_for), expected, "{state:?} {wanted:?} {gone_for:?}");
        }
        let locked = Agent { may_answer: false, ..agent(1, Ready, 0, 5, 0) };
        assert_eq!(due_state(&locked, None), Offline);
    }

    #[test]
    fn capacities_have_bounds() {
        for (capacity, fits) in [(0, false), (-1, false), (1, true), (100, true), (101, false)] {
            assert_eq!(check_capacity(capacity).is_ok(), fits);
        }
    }
}
