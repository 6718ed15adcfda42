//! Statistics: users and interface calls from what happened here, the rest well-formed and empty.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::{Call, Endpoint, Outcome, Refusal, Verb, answer, endpoint, refuse};
use crate::world::{Follower, Side, World};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    endpoint(Verb::Post, "/datacube/getusersummary", summary),
    endpoint(Verb::Post, "/datacube/getusercumulate", cumulate),
    endpoint(Verb::Post, "/datacube/getupstreammsg", upstream),
    endpoint(Verb::Post, "/datacube/getupstreammsghour", day_of_nothing),
    endpoint(Verb::Post, "/datacube/getupstreammsgweek", month_of_nothing),
    endpoint(Verb::Post, "/datacube/getupstreammsgmonth", month_of_nothing),
    endpoint(Verb::Post, "/datacube/getupstreammsgdist", fortnight_of_nothing),
    endpoint(Verb::Post, "/datacube/getupstreammsgdistweek", month_of_nothing),
    endpoint(Verb::Post, "/datacube/getupstreammsgdistmonth", month_of_nothing),
    endpoint(Verb::Post, "/datacube/getarticlesummary", day_of_nothing),
    endpoint(Verb::Post, "/datacube/getarticletotal", day_of_nothing),
    endpoint(Verb::Post, "/datacube/getuserread", three_days_of_nothing),
    endpoint(Verb::Post, "/datacube/getuserreadhour", day_of_nothing),
    endpoint(Verb::Post, "/datacube/getusershare", week_of_nothing),
    endpoint(Verb::Post, "/datacube/getusersharehour", day_of_nothing),
    endpoint(Verb::Post, "/datacube/getinterfacesummary", month_of_nothing),
    endpoint(Verb::Post, "/datacube/getinterfacesummaryhour", day_of_nothing),
];

/// The days asked for: at most `most`, ending yesterday at the latest.
fn days(world: &World, call: &Call, most: i32) -> Result<Vec<Date>, Refusal> {
    let date = |name: &str| call.text(name).parse::<Date>().map_err(|_| refuse(61500));
    let (first, last) = (date("begin_date")?, date("end_date")?);
    if last < first || last >= crate::rules::date(world.now()) {
        return Err(refuse(61500));
    }
    let days: Vec<Date> =
        first.series(jiff::Span::new().days(1)).take_while(|day| *day <= last).take(400).collect();
    if i32::try_from(days.len()).unwrap_or(i32::MAX) > most { Err(refuse(61501)) } else { Ok(days) }
}

fn followed_on(follower: &Follower, day: Date) -> bool {
    follower.subscribed && crate::rules::date(follower.subscribed_at) == day
}

fn summary(world: &mut World, call: &Call) -> Outcome {
    let days = days(world, call, 7)?;
    let account = call.account(world)?;
    let rows: Vec<Value> = days
        .into_iter()
        .map(|day| {
            let new = account.followers.values().filter(|follower| followed_on(follower, day)).count();
            json!({ "ref_date": day.to_string(), "user_source": 0, "new_user": new, "cancel_user": 0 })
        })
        .collect();
    answer(json!({ "list": rows }))
}

fn cumulate(world: &mut World, call: &Call) -> Outcome {
    let days = days(world, call, 7)?;
    let account = call.account(world)?;
    let rows: Vec<Value> =
        days.into_iter()
            .map(|day| {
                let all = account.followers.values().filter(|follower| {
                    follower.subscribed && crate::rules::date(follower.subscribed_at) <= day
                });
                json!({ "ref_date": day.to_string(), "user_source": 0, "cumulate_user": all.count() })
            })
            .collect();
    answer(json!({ "list": rows }))
}

fn upstream(world: &mut World, call: &Call) -> Outcome {
    let days = days(world, call, 7)?;
    let account = call.account(world)?;
    let mut rows = Vec::new();
    for day in days {
        let said = |follower: &Follower| {
            follower
                .chat
                .iter()
                .filter(|item| {
                    item.from == Side::Person && item.via == "message" && crate::rules::date(item.at) == day
                })
                .count()
        };
        let counts: Vec<usize> = account.followers.values().map(said).filter(|count| *count > 0).collect();
        if !counts.is_empty() {
            rows.push(json!({ "ref_date": day.to_string(), "msg_type": 1, "msg_user": counts.len(), "msg_count": counts.iter().sum::<usize>() }));
        }
    }
    answer(json!({ "list": rows }))
}

fn nothing(world: &World, call: &Call, most: i32) -> Outcome {
    days(world, call, most)?;
    answer(json!({ "list": [] }))
}

fn day_of_nothing(world: &mut World, call: &Call) -> Outcome {
    nothing(world, call, 1)
}

fn three_days_of_nothing(world: &mut World, call: &Call) -> Outcome {
    nothing(world, call, 3)
}

fn week_of_nothing(world: &mut World, call: &Call) -> Outcome {
    nothing(world, call, 7)
}

fn fortnight_of_nothing(world: &mut World, call: &Call) -> Outcome {
    nothing(world, call, 15)
}

fn month_of_nothing(world: &mut World, call: &Call) -> Outcome {
    nothing(world, call, 30)
}
