//! What was acknowledged, what is stored and what arrived must fit together.

use std::collections::HashMap;

use super::is_under_way;
use crate::platform::Arrival;
use crate::stored::Part;

/// Compares what was acknowledged with what is stored and what arrived.
pub(super) fn judge(
    expected: &HashMap<Arrival, usize>,
    parts: &[Part],
    arrivals: &HashMap<Arrival, usize>,
) -> Vec<String> {
    #[derive(Default)]
    struct Count {
        all: usize,
        sent: usize,
        unknown: usize,
        not_sent: usize,
        under_way: usize,
        shown_otherwise: usize,
    }
    let mut counts = HashMap::<&Arrival, Count>::new();
    for part in parts {
        let count = counts.entry(&part.arrival).or_default();
        count.all += 1;
        match part.state.as_str() {
            "sent" => count.sent += 1,
            "unknown" => count.unknown += 1,
            state if is_under_way(state) => count.under_way += 1,
            _ => count.not_sent += 1,
        }
        count.shown_otherwise += usize::from(part.shown != part.state);
    }
    let mut complaints = Vec::new();
    for (it, wanted) in expected {
        let (to, words) = (&it.to, &it.words);
        let Some(count) = counts.get(it) else {
            complaints.push(format!("{words} to {to} was acknowledged and is lost"));
            continue;
        };
        if count.all != *wanted {
            complaints
                .push(format!("{words} to {to} was acknowledged {wanted} times, {} are stored", count.all));
        }
        if count.under_way > 0 {
            complaints.push(format!("{words} to {to} is still on its way"));
        }
        if count.shown_otherwise > 0 {
            complaints.push(format!("{words} to {to} is shown otherwise than it went"));
        }
        let arrived = arrivals.get(it).copied().unwrap_or(0);
        if arrived < count.sent {
            complaints.push(format!("{words} to {to}: {} shown as sent, {arrived} arrived", count.sent));
        }
        if arrived > count.sent + count.unknown {
            complaints.push(format!(
                "{words} to {to}: {arrived} arrived, {} shown as sent, {} as unknown, {} as not sent",
                count.sent, count.unknown, count.not_sent
            ));
        }
    }
    complaints.extend(
        arrivals.keys().filter(|it| !expected.contains_key(it)).map(|it| format!("nobody sent {it:?}")),
    );
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrival(words: &str) -> Arrival {
        Arrival { to: "o".into(), words: words.into() }
    }

    fn complaints(states: &[&str], arrived: usize) -> Vec<String> {
        let part = |state: &&str| Part {
            arrival: arrival("a"),
            state: (*state).to_owned(),
            shown: (*state).to_owned(),
            why: String::new(),
        };
        let parts: Vec<Part> = states.iter().map(part).collect();
        let arrivals = if arrived > 0 { [(arrival("a"), arrived)].into() } else { HashMap::new() };
        judge(&[(arrival("a"), 1)].into(), &parts, &arrivals)
    }

    #[test]
    fn what_is_shown_must_be_what_happened() {
        for (states, arrived, is_right) in [
            (&["sent"][..], 1, true),
            (&["unknown"], 0, true),
            (&["unknown"], 1, true),
            (&["refused"], 0, true),
            (&["failed"], 0, true),
            (&["sent"], 0, false),
            (&["sent"], 2, false),
            (&["unknown"], 2, false),
            (&["refused"], 1, false),
            (&["failed"], 1, false),
            (&["planned"], 0, false),
            (&["sending"], 1, false),
            (&[], 0, false),
            (&["sent", "sent"], 2, false),
        ] {
            let found = complaints(states, arrived);
            assert_eq!(found.is_empty(), is_right, "{states:?}, {arrived} arrived: {found:?}");
        }
        let stray = judge(&HashMap::new(), &[], &[(arrival("b"), 1)].into());
        assert_eq!(stray.len(), 1, "what nobody sent is seen");
    }

    #[test]
    fn a_delivery_whose_message_tells_otherwise_is_seen() {
        let part =
            Part { arrival: arrival("a"), state: "unknown".into(), shown: "sent".into(), why: String::new() };
        let found = judge(&[(arrival("a"), 1)].into(), &[part], &HashMap::new());
        assert_eq!(found, ["a to o is shown otherwise than it went"]);
    }
}
