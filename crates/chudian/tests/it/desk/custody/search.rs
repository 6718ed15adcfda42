//! Every reachable state, every step.

use std::collections::HashSet;

use chudian::base::time::Time;
use chudian::conversations::model::Stage;
use chudian::routing::model::{AgentState, GRACE};

use super::world::{ALL, ANNA, CARLA, Plant, Step, World, user};

/// Time goes by in steps of ten seconds: three of them are longer than the grace.
const TICK: i64 = 10 * Time::SECOND;
/// As deep as an act may lie behind another.
const DEPTH: usize = 12;

fn steps() -> Vec<Step> {
    let mut steps = vec![Step::Writes, Step::AsksPerson, Step::Passes(TICK)];
    for who in ALL {
        let to = if who == ANNA { CARLA } else { ANNA };
        steps.extend([
            Step::Takes(who),
            Step::Releases(who),
            Step::Transfers(who, to),
            Step::Closes(who),
            Step::Looks(who),
            Step::Sends(who),
            Step::Comes(who),
            Step::Goes(who),
            Step::Chooses(who, AgentState::Ready),
            Step::Chooses(who, AgentState::Away),
            Step::Chooses(who, AgentState::Offline),
        ]);
    }
    steps
}

/// What of a world makes a difference to its future: moments and epochs count by what is compared.
fn key(world: &World) -> u64 {
    let gone = |who: usize| match world.gone_since[who] {
        None => 7,
        Some(since) => ((world.now - since).min(GRACE + TICK) / TICK) as u64,
    };
    let state = |state: AgentState| match state {
        AgentState::Ready => 0_u64,
        AgentState::Away => 1,
        AgentState::Offline => 2,
    };
    let page = |who: usize| match world.page[who] {
        None => 0_u64,
        it if it == world.seen() => 1,
        Some(_) => 2,
    };
    let stage = match world.talk.as_ref().map(|it| it.stage) {
        None => 0,
        Some(Stage::Bot) => 1,
        Some(Stage::Queued) => 2,
        Some(Stage::Serving { agent }) if agent == user(ANNA) => 3,
        Some(Stage::Serving { .. }) => 4,
        Some(Stage::Closed) => 5,
    };
    let waits = u64::from(world.talk.as_ref().is_some_and(|it| it.waiting_since.is_some()));
    let except = match world.except {
        None => 0,
        Some(it) if it == user(ANNA) => 1,
        Some(_) => 2,
    };
    let idle = |who: usize| world.agents[who].last_given_at.unwrap_or(world.agents[who].since);
    let order = match idle(ANNA).cmp(&idle(CARLA)) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Equal => 1,
        std::cmp::Ordering::Greater => 2,
    };
    let mut key = 0;
    let mut add = |value: u64, choices: u64| key = key * choices + value;
    add(stage, 6);
    add(waits, 2);
    add(except, 3);
    add(order, 3);
    for who in ALL {
        add(gone(who), 8);
        add(state(world.agents[who].state), 3);
        add(state(world.agents[who].wanted), 3);
        add(page(who), 3);
        add(u64::from(world.is_stale[who]), 2);
    }
    key
}

/// What must hold after every step; the sentence says what does not.
fn broken(before: &World, step: Step, was_allowed: bool, after: &World) -> Option<&'static str> {
    let stage = |it: &World| it.talk.as_ref().map(|it| it.stage);
    let epoch = |it: &World| it.talk.as_ref().map_or(0, |it| it.owner_epoch);
    if let (Some(one), Some(two)) = (stage(before), stage(after)) {
        let rose = epoch(after) - epoch(before);
        // The house's look may take it from somebody gone and give it to another: two changes.
        let most = if matches!(step, Step::Passes(_)) { 2 } else { 1 };
        if (one != two) != (rose > 0) || !(0..=most).contains(&rose) {
            return Some("the epoch rises with every change of owner, and only then");
        }
    }
    if let Step::Sends(who) = step
        && was_allowed
    {
        if after.holder() != Some(who) {
            return Some("who sends is the owner");
        }
        if before.holder().is_some_and(|it| it != who) {
            return Some("who sends takes it from no colleague");
        }
        let nobody_had_it = before.holder().is_none();
        if !nobody_had_it && before.page[who].is_some() && before.is_stale[who] {
            return Some("what a page knew before the last change of owner does not send");
        }
    }
    if let Step::Releases(who) | Step::Closes(who) | Step::Transfers(who, _) = step
        && was_allowed
        && who != CARLA
        && before.holder() != Some(who)
    {
        return Some("only the owner and a supervisor pass it on, back, or end it");
    }
    if matches!(step, Step::Passes(_)) {
        if after.is_stranded() {
            return Some("nobody waits for an agent who is gone");
        }
        let waits = stage(after) == Some(Stage::Queued);
        let is_free = |who: &usize| after.agents[*who].is_free() && after.except != Some(user(*who));
        if waits && ALL.iter().any(is_free) {
            return Some("nobody waits in the queue while somebody is free");
        }
    }
    let holders = ALL.iter().filter(|it| after.agents[**it].serving > 0).count();
    let is_served = after.holder().is_some();
    (holders != usize::from(is_served)).then_some("exactly one owner")
}

/// Whether help comes when both are there and ready: no state is a dead end for the customer.
fn is_helped(world: &World) -> bool {
    let mut world = world.clone();
    world.step(Step::AsksPerson);
    for who in ALL {
        world.step(Step::Comes(who));
        world.step(Step::Chooses(who, AgentState::Ready));
    }
    world.step(Step::Passes(TICK));
    world.holder().is_some()
}

/// The reachable states, breadth first, and the first broken rule with the way to it.
fn search(plant: Plant, depth: usize) -> (usize, Option<(&'static str, Vec<Step>)>) {
    let all = steps();
    let start = World::new(plant, 1_000_000);
    let mut known = HashSet::from([key(&start)]);
    let mut row = vec![(start, Vec::new())];
    for _ in 0..depth {
        let mut next = Vec::new();
        for (world, way) in &row {
            for step in &all {
                let mut after = world.clone();
                let was_allowed = after.step(*step);
                let mut way = way.clone();
                way.push(*step);
                if let Some(rule) = broken(world, *step, was_allowed, &after) {
                    return (known.len(), Some((rule, way)));
                }
                if known.insert(key(&after)) {
                    next.push((after, way));
                }
            }
        }
        row = next;
    }
    (known.len(), None)
}

#[test]
fn in_every_order_there_is_one_owner_no_stale_one_and_nobody_is_stranded() {
    let (states, broken) = search(Plant::Nothing, DEPTH);
    assert_eq!(broken, None);
    assert!(states > 10_000, "only {states} states: the search went nowhere");
}

#[test]
fn a_million_steps_at_random_break_no_rule_and_lead_into_no_dead_end() {
    let all = steps();
    let mut world = World::new(Plant::Nothing, 1_000_000);
    let mut dice = 20_261_122_u64;
    let mut allowed = 0;
    for number in 0..1_000_000 {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let step = all[(dice >> 33) as usize % all.len()];
        let before = world.clone();
        let was_allowed = world.step(step);
        allowed += usize::from(was_allowed);
        assert_eq!(broken(&before, step, was_allowed, &world), None, "step {number}: {step:?} in {before:?}");
        assert!(number % 10 > 0 || is_helped(&world), "no help from {world:?}");
    }
    assert!(allowed > 500_000, "the walk went somewhere: {allowed}");
}

#[test]
fn each_planted_fault_is_found() {
    for (plant, rule) in [
        (Plant::ForgetsTheGone, "nobody waits for an agent who is gone"),
        (Plant::ChecksThenSends, "who sends is the owner"),
        (Plant::KeepsTheEpoch, "the epoch rises with every change of owner, and only then"),
    ] {
        let (_, broken) = search(plant, 8);
        assert_eq!(broken.as_ref().map(|it| it.0), Some(rule), "{plant:?}: {broken:?}");
    }
}
