//! The world and the product, step by step.

use chudian::routing::model::AgentState;
use chudian::routing::presence::{Connection, Presence};
use serde_json::{Value, json};

use super::super::{Desk, Person, desks};
use super::world::{ALL, ANNA, CARLA, Plant, Step, World};

const STEPS: usize = 250;
const CUSTOMER: &str = "oStoryCustody00001";

/// The product's side of the walk.
struct Real<'a> {
    desk: &'a Desk,
    connections: [Option<Connection>; 2],
    /// The conversation that a page shows, and its epoch.
    pages: [Option<(Value, i64)>; 2],
    sends: usize,
}

impl Real<'_> {
    fn person(&self, who: usize) -> &Person {
        if who == ANNA { &self.desk.anna } else { &self.desk.carla }
    }

    async fn talk(&self) -> Option<Value> {
        self.desk.list(&self.desk.carla, "all").await.into_iter().next()
    }

    async fn step(&mut self, step: Step) -> bool {
        let desk = self.desk;
        match step {
            Step::Writes => desk.says(CUSTOMER, "今天天气真好").await,
            Step::AsksPerson => desk.says(CUSTOMER, "转人工").await,
            Step::Looks(who) => {
                let talk = self.talk().await;
                self.pages[who] = talk.map(|it| (it["id"].clone(), it["owner_epoch"].as_i64().unwrap()));
            }
            Step::Chooses(who, state) => desk.is_to_queue(self.person(who), state.as_str(), 1).await,
            Step::Comes(who) => {
                let presence = desk.ctx().shelf.get::<Presence>();
                let user = self.person(who).id.parse().unwrap();
                self.connections[who] = Some(presence.connect(user, &desk.house.clock));
            }
            Step::Goes(who) => self.connections[who] = None,
            Step::Passes(millis) => {
                desk.house.clock.advance(millis);
                desk.sweep().await;
            }
            _ => return self.acts(step).await,
        }
        true
    }

    /// What somebody does with the conversation; without one there is nothing to do it with.
    async fn acts(&mut self, step: Step) -> bool {
        let Some(mut talk) = self.talk().await else { return false };
        let (who, act, body) = match step {
            Step::Takes(who) => (who, "take", Value::Null),
            Step::Releases(who) => (who, "release", json!({})),
            Step::Transfers(who, to) => (who, "transfer", json!({ "agent": self.person(to).id })),
            Step::Closes(who) => (who, "close", json!({})),
            Step::Sends(who) => {
                let mut body = json!({ "content": { "type": "text", "text": "您好" } });
                if let Some((id, epoch)) = &self.pages[who] {
                    (talk["id"], body["owner_epoch"]) = (id.clone(), json!(epoch));
                }
                self.sends += 1;
                (who, "messages", body)
            }
            other => panic!("{other:?} is no act on a conversation"),
        };
        let mut person = self.person(who).clone();
        if act == "messages" {
            person.caller = person.caller.with("idempotency-key", &format!("custody-{}", self.sends));
        }
        self.desk.act(&person, &talk, act, body).await.status < 300
    }

    /// Stage, holder, epoch, whether the customer waits, and what the agents are.
    async fn look(&self) -> (String, Option<usize>, i64, bool, Vec<String>) {
        let answer = self.desk.house.get(&self.desk.carla.caller, "/agents").await.json();
        let states = ALL.map(|who| {
            let id = &self.person(who).id;
            let found = answer.as_array().or(answer["items"].as_array()).unwrap().iter();
            let mut state = found.filter(|it| it["user"]["id"] == id.as_str()).map(|it| it["state"].clone());
            state.next().and_then(|it| it.as_str().map(str::to_owned)).unwrap_or_default()
        });
        let Some(talk) = self.talk().await else { return ("none".into(), None, 0, false, states.to_vec()) };
        let holder = ALL.into_iter().find(|who| talk["agent"]["id"] == self.person(*who).id.as_str());
        (
            talk["stage"].as_str().unwrap().to_owned(),
            holder,
            talk["owner_epoch"].as_i64().unwrap(),
            talk["waiting_since"].is_string(),
            states.to_vec(),
        )
    }
}

fn look(world: &World) -> (String, Option<usize>, i64, bool, Vec<String>) {
    let states = ALL.map(|who| world.agents[who].state.as_str().to_owned()).to_vec();
    let Some(talk) = &world.talk else { return ("none".into(), None, 0, false, states) };
    let waits = talk.waiting_since.is_some();
    (talk.stage.as_str().to_owned(), world.holder(), talk.owner_epoch, waits, states)
}

fn pick(dice: u64) -> Step {
    let who = if dice.is_multiple_of(2) { ANNA } else { CARLA };
    let other = if who == ANNA { CARLA } else { ANNA };
    match (dice / 2) % 20 {
        0 | 1 => Step::Writes,
        2..=4 => Step::AsksPerson,
        5 | 6 => Step::Takes(who),
        7 => Step::Releases(who),
        8 => Step::Transfers(who, other),
        9 => Step::Closes(who),
        10 | 11 => Step::Looks(who),
        12 | 13 => Step::Sends(who),
        14 => Step::Comes(who),
        15 => Step::Goes(who),
        16 => Step::Chooses(who, AgentState::Ready),
        17 => Step::Chooses(who, if dice.is_multiple_of(3) { AgentState::Offline } else { AgentState::Away }),
        _ => Step::Passes(10_000),
    }
}

#[tokio::test]
async fn the_product_does_what_the_world_does() {
    desks(|desk| async move {
        let mut real = Real { desk: &desk, connections: [None, None], pages: [None, None], sends: 0 };
        let mut world = World::new(Plant::Nothing, desk.house.clock.now().0);
        // Both are seen once, so that both sides count from the same moment.
        for who in ALL {
            for step in [Step::Comes(who), Step::Goes(who)] {
                real.step(step).await;
                world.step(step);
            }
        }
        let (mut dice, mut refused, mut served) = (7_u64, 0, 0);
        for number in 0..STEPS {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let step = pick(dice >> 33);
            let (one, two) = (real.step(step).await, world.step(step));
            assert_eq!(
                one, two,
                "step {number}, {step:?}: the product said {one}, the world {two}: {world:?}"
            );
            assert_eq!(real.look().await, look(&world), "step {number}, {step:?}");
            refused += usize::from(!two);
            served += usize::from(world.holder().is_some());
            // Below the limits on requests: it is not what this story is about.
            desk.house.clock.advance(500);
            world.now += 500;
        }
        assert!(refused > 20 && served > 50, "the walk went somewhere: {refused} refused, {served} served");
    })
    .await;
}
