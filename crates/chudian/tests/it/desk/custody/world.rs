//! A small world around one customer's conversation, made of the product's own pure rules: everything
//! that may happen to it, one step at a time, in any order.
//!
//! Each act of the product is one transaction, and the writer runs one after the other, so every
//! interleaving of people's doings is a sequence of steps here. What a *page* knows is older than the
//! database: the epoch it saw is kept for each agent and shown again when she sends.

use chudian::base::id::{ContactId, ConversationId, InboxId, TenantId, ThreadId, UserId};
use chudian::base::time::Time;
use chudian::conversations::model::{Conversation, Stage};
use chudian::desk::model::{check_hold, check_take};
use chudian::routing::model::{Agent, AgentState, GRACE, Waiting, due_state, give_out};

/// Anna answers; Carla answers and supervises.
pub(super) const ANNA: usize = 0;
pub(super) const CARLA: usize = 1;
pub(super) const ALL: [usize; 2] = [ANNA, CARLA];

/// Something that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The customer writes something that the bot answers.
    Writes,
    /// The customer asks for a person.
    AsksPerson,
    Takes(usize),
    Releases(usize),
    Transfers(usize, usize),
    Closes(usize),
    /// Her page shows the conversation as it is now.
    Looks(usize),
    /// She answers from her page.
    Sends(usize),
    Chooses(usize, AgentState),
    Comes(usize),
    Goes(usize),
    /// So many milliseconds go by; then the house looks.
    Passes(i64),
}

/// A fault in the rules, to see that the search would find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plant {
    Nothing,
    /// Nobody notices that an agent has gone.
    ForgetsTheGone,
    /// Whether she may send is not asked again when she does.
    ChecksThenSends,
    /// A conversation changes hands without a new epoch.
    KeepsTheEpoch,
}

/// Everything there is.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) plant: Plant,
    pub(super) now: i64,
    pub(super) talk: Option<Conversation>,
    /// Who gave it back and does not get it unasked.
    pub(super) except: Option<UserId>,
    pub(super) agents: [Agent; 2],
    /// When she was last there; `None` while she is.
    pub(super) gone_since: [Option<i64>; 2],
    /// The conversation that her page shows, and its epoch.
    pub(super) page: [Option<(ConversationId, i64)>; 2],
    /// How many conversations there were.
    count: i64,
    /// Whether the conversation changed hands since her page was made: nobody in the house knows this.
    pub(super) is_stale: [bool; 2],
}

impl World {
    pub(super) fn new(plant: Plant, start: i64) -> World {
        let agent = |index: usize| Agent {
            user: user(index),
            name: String::new(),
            state: AgentState::Offline,
            wanted: AgentState::Offline,
            capacity: 1,
            serving: 0,
            since: Time(start),
            last_given_at: None,
            may_answer: true,
        };
        World {
            plant,
            now: start,
            talk: None,
            except: None,
            agents: ALL.map(agent),
            gone_since: [Some(start); 2],
            page: [None; 2],
            count: 0,
            is_stale: [false; 2],
        }
    }

    /// Does a step; whether it was allowed.
    pub(super) fn step(&mut self, step: Step) -> bool {
        let before = self.talk.as_ref().map(|it| it.stage);
        let epoch = self.talk.as_ref().map(|it| it.owner_epoch);
        let was_allowed = self.act(step);
        if self.talk.as_ref().map(|it| it.stage) != before {
            self.is_stale = [true; 2];
            if self.plant == Plant::KeepsTheEpoch
                && let (Some(talk), Some(epoch)) = (&mut self.talk, epoch)
            {
                talk.owner_epoch = epoch;
            }
        }
        for index in ALL {
            self.agents[index].serving = i64::from(self.holder() == Some(index));
        }
        was_allowed
    }

    fn act(&mut self, step: Step) -> bool {
        match step {
            Step::Writes => self.customer_writes(),
            Step::AsksPerson => {
                self.customer_writes();
                self.queue_for_person()
            }
            Step::Takes(who) => self.takes(who),
            Step::Releases(who) => self.releases(who),
            Step::Transfers(who, to) => self.transfers(who, to),
            Step::Closes(who) => self.closes(who),
            Step::Looks(who) => {
                self.page[who] = self.seen();
                self.is_stale[who] = false;
                true
            }
            Step::Sends(who) => self.sends(who),
            Step::Chooses(who, state) => {
                self.is_seen(who);
                let agent = &mut self.agents[who];
                if agent.state != state {
                    agent.since = Time(self.now);
                }
                (agent.state, agent.wanted) = (state, state);
                true
            }
            Step::Comes(who) => {
                self.gone_since[who] = None;
                true
            }
            Step::Goes(who) => {
                self.gone_since[who] = Some(self.now);
                true
            }
            Step::Passes(millis) => {
                self.now += millis;
                self.house_looks();
                true
            }
        }
    }

    /// What a page shows that is made now.
    pub(super) fn seen(&self) -> Option<(ConversationId, i64)> {
        self.talk.as_ref().map(|it| (it.id, it.owner_epoch))
    }

    /// Who serves.
    pub(super) fn holder(&self) -> Option<usize> {
        let agent = self.talk.as_ref()?.stage.agent()?;
        ALL.into_iter().find(|it| user(*it) == agent)
    }

    fn is_seen(&mut self, who: usize) {
        if self.gone_since[who].is_some() {
            self.gone_since[who] = Some(self.now);
        }
    }

    fn customer_writes(&mut self) -> bool {
        if self.talk.is_none() {
            self.count += 1;
            self.talk = Some(conversation(self.count, self.now));
            self.except = None;
        }
        let now = Time(self.now);
        let talk = self.talk.as_mut().expect("made above");
        if talk.stage.agent().is_some() {
            talk.waiting_since.get_or_insert(now);
        }
        true
    }

    fn queue_for_person(&mut self) -> bool {
        let now = Time(self.now);
        let talk = self.talk.as_mut().expect("the customer has just written");
        if talk.stage == Stage::Bot {
            talk.queue(now).expect("an open conversation can be queued");
            self.except = None;
        }
        true
    }

    /// The rows that go with a new holder.
    fn given(&mut self, to: usize) {
        let agent = &mut self.agents[to];
        agent.last_given_at = Some(Time(self.now));
        for state in [&mut agent.state, &mut agent.wanted] {
            if *state == AgentState::Offline {
                *state = AgentState::Away;
            }
        }
        self.except = None;
    }

    fn takes(&mut self, who: usize) -> bool {
        self.is_seen(who);
        let Some(talk) = self.talk.as_mut() else { return false };
        if check_take(talk.stage, user(who), who == CARLA).is_err() {
            return false;
        }
        let before = talk.stage;
        talk.assign(user(who)).expect("what is open can be given");
        if talk.stage != before {
            self.given(who);
        }
        true
    }

    fn releases(&mut self, who: usize) -> bool {
        self.is_seen(who);
        let Some(talk) = self.talk.as_mut() else { return false };
        let Some(agent) = talk.stage.agent() else { return false };
        if check_hold(talk.stage, user(who), who == CARLA).is_err() {
            return false;
        }
        talk.queue(Time(self.now)).expect("what is served can be queued");
        self.except = Some(agent);
        true
    }

    fn transfers(&mut self, who: usize, to: usize) -> bool {
        self.is_seen(who);
        let Some(talk) = self.talk.as_mut() else { return false };
        let is_there = self.agents[to].state != AgentState::Offline;
        if !is_there || check_hold(talk.stage, user(who), who == CARLA).is_err() {
            return false;
        }
        let before = talk.stage;
        talk.assign(user(to)).expect("what is open can be given");
        if talk.stage != before {
            self.given(to);
        }
        true
    }

    fn closes(&mut self, who: usize) -> bool {
        self.is_seen(who);
        let Some(talk) = self.talk.as_mut() else { return false };
        if check_hold(talk.stage, user(who), who == CARLA).is_err() {
            return false;
        }
        talk.close(Time(self.now)).expect("what is open can be closed");
        assert!(talk.closed_at.is_some() && talk.waiting_since.is_none() && talk.stage.agent().is_none());
        (self.talk, self.except) = (None, None);
        true
    }

    fn sends(&mut self, who: usize) -> bool {
        self.is_seen(who);
        let page = self.page[who];
        let Some(talk) = self.talk.as_ref() else { return false };
        // She answers what her page shows; without one, what is there.
        if page.is_some_and(|it| it.0 != talk.id) {
            return false;
        }
        let may = match self.plant {
            Plant::ChecksThenSends => page.is_some(),
            _ => talk.check_owner(user(who), page.map(|it| it.1)).is_ok(),
        };
        if matches!(talk.stage, Stage::Bot | Stage::Queued) {
            if !self.takes(who) {
                return false;
            }
        } else if !may {
            return false;
        }
        let talk = self.talk.as_mut().expect("there was one");
        talk.waiting_since = None;
        true
    }

    /// The house's own look: agents are what they should be, nobody is stranded, the queue is given out.
    fn house_looks(&mut self) {
        for index in ALL {
            let gone_for = match self.plant {
                Plant::ForgetsTheGone => None,
                _ => self.gone_since[index].map(|it| self.now - it),
            };
            let state = due_state(&self.agents[index], gone_for);
            if state != self.agents[index].state {
                (self.agents[index].state, self.agents[index].since) = (state, Time(self.now));
            }
        }
        if let (Some(holder), Some(talk)) = (self.holder(), self.talk.as_mut())
            && talk.waiting_since.is_some()
            && self.agents[holder].state == AgentState::Offline
        {
            talk.queue(Time(self.now)).expect("what is served can be queued");
            self.except = None;
            self.agents[holder].serving = 0;
        }
        let Some(talk) = self.talk.as_mut() else { return };
        if talk.stage != Stage::Queued {
            return;
        }
        let waiting = Waiting { conversation: talk.id, except: self.except };
        let given = give_out(&[waiting], self.agents.to_vec(), Time(self.now));
        if let Some((_, agent)) = given.first().copied() {
            talk.assign(agent).expect("what waits can be given");
            let to = ALL.into_iter().find(|it| user(*it) == agent).expect("one of ours");
            self.given(to);
        }
    }

    /// Whether a customer waits for an agent who is gone for longer than may be.
    pub(super) fn is_stranded(&self) -> bool {
        let waits = self.talk.as_ref().is_some_and(|it| it.waiting_since.is_some());
        let gone = self.holder().and_then(|it| self.gone_since[it]).map_or(0, |it| self.now - it);
        waits && gone >= GRACE
    }
}

pub(super) fn user(index: usize) -> UserId {
    UserId(1 + i64::try_from(index).expect("two"))
}

fn conversation(number: i64, now: i64) -> Conversation {
    Conversation {
        id: ConversationId(number),
        tenant: TenantId(1),
        thread: ThreadId(1),
        inbox: InboxId(1),
        contact: ContactId(1),
        stage: Stage::Bot,
        owner_epoch: 1,
        waiting_since: None,
        opened_at: Time(now),
        closed_at: None,
        first_number: 1,
    }
}
