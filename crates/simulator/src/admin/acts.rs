//! People: who they are, what they see, following, scanning, and free pushes.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Input, Problem, Reply};
use crate::api::menu::on_phone;
use crate::platform::Platform;
use crate::world::{Account, Person, World, openid};

/// The longest time a caller may wait for a push to end: three attempts of five seconds and some.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// Lists the people.
pub(crate) async fn people(State(platform): State<Platform>) -> Reply {
    let world = platform.world();
    // Scripted crowds may be thousands; nobody holds their phones.
    let mut people: Vec<&Person> =
        world.people.values().filter(|person| !person.id.starts_with("crowd")).collect();
    people.sort_by_key(|person| (person.id.len(), &person.id));
    let view = |person: &&Person| {
        let is_follower = |account: &&Account| {
            account
                .followers
                .get(&openid(&account.app_id, &person.id))
                .is_some_and(|follower| follower.subscribed)
        };
        let follows: Vec<&String> =
            world.accounts.values().filter(is_follower).map(|account| &account.app_id).collect();
        json!({ "id": person.id, "name": person.name, "hue": person.hue, "city": person.city, "follows": follows })
    };
    let items: Vec<Value> = people.iter().map(view).collect();
    Ok(Json(json!({ "items": items })))
}

/// A new person.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPerson {
    name: Option<String>,
}

/// Adds a person.
pub(crate) async fn add_person(State(platform): State<Platform>, Input(new): Input<NewPerson>) -> Reply {
    let mut world = platform.world();
    let person = world.add_person(new.name);
    world.tell(&json!({ "people": true }));
    Ok(Json(json!(person)))
}

/// A drawn head in the person's colour.
pub(crate) async fn picture(
    State(platform): State<Platform>,
    Path(person): Path<String>,
) -> Result<Response, Problem> {
    let world = platform.world();
    let person = world.people.get(&person).ok_or_else(|| Problem::missing("person"))?;
    let first: String = person.name.chars().take(1).collect();
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"96\" height=\"96\"><rect width=\"96\" height=\"96\" fill=\"hsl({},45%,52%)\"/>\
         <text x=\"48\" y=\"64\" font-size=\"44\" text-anchor=\"middle\" fill=\"#fff\" font-family=\"sans-serif\">{}</text></svg>",
        person.hue,
        crate::api::oauth::escape(&first)
    );
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response())
}

/// The openid behind a path, or what is missing.
pub(crate) fn meet(world: &mut World, app_id: &str, person: &str) -> Result<String, Problem> {
    if !world.accounts.contains_key(app_id) {
        return Err(Problem::missing("account"));
    }
    world.meet(app_id, person).ok_or_else(|| Problem::missing("person"))
}

/// What the person sees in the chat with the account.
pub(crate) async fn chat(
    State(platform): State<Platform>,
    Path((person, app_id)): Path<(String, String)>,
) -> Reply {
    let mut world = platform.world();
    let openid = meet(&mut world, &app_id, &person)?;
    let now = world.now();
    let menu = on_phone(&mut world, &app_id, &openid);
    let account = world.accounts.get(&app_id).ok_or_else(|| Problem::missing("account"))?;
    let follower = account.followers.get(&openid).ok_or_else(|| Problem::missing("person"))?;
    Ok(Json(json!({
        "person": person, "app_id": app_id, "openid": openid, "now": now,
        "account": { "name": account.name, "kind": account.kind },
        "followed": follower.subscribed, "refuses": follower.refuses, "at_desk": follower.desk.is_some(),
        "allowance": follower.allowance.filter(|open| open.until > now), "typing_until": follower.typing_until,
        "menu": menu,
        "items": follower.chat,
    })))
}

/// Waits for the end of a push, when the caller wants that, and gives what is known of it.
pub(crate) async fn outcome(platform: &Platform, push: Option<u64>, wait: bool) -> Value {
    let Some(number) = push else { return json!({ "push": null }) };
    let deadline = tokio::time::Instant::now() + LONGEST_WAIT;
    loop {
        let ending = platform.world().pushes.ending(number).cloned();
        if ending.is_some() || !wait || tokio::time::Instant::now() > deadline {
            return json!({ "push": number, "ending": ending });
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A scene, for following and scanning.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scene {
    scene: Option<String>,
    #[serde(default)]
    wait: bool,
}

/// Follows.
pub(crate) async fn follow(
    State(platform): State<Platform>,
    Path((app_id, person)): Path<(String, String)>,
    Input(scene): Input<Scene>,
) -> Reply {
    let push = platform.act(|world| {
        let openid = meet(world, &app_id, &person)?;
        Ok::<_, Problem>(crate::acts::follow(
            world,
            &app_id,
            &openid,
            scene.scene.as_deref().filter(|scene| !scene.is_empty()),
        ))
    })?;
    Ok(Json(outcome(&platform, push, scene.wait).await))
}

/// Stops following.
pub(crate) async fn unfollow(
    State(platform): State<Platform>,
    Path((app_id, person)): Path<(String, String)>,
    Input(scene): Input<Scene>,
) -> Reply {
    let push = platform.act(|world| {
        let openid = meet(world, &app_id, &person)?;
        Ok::<_, Problem>(crate::acts::unfollow(world, &app_id, &openid))
    })?;
    Ok(Json(outcome(&platform, push, scene.wait).await))
}

/// Scans a parametric code.
pub(crate) async fn scan(
    State(platform): State<Platform>,
    Path((app_id, person)): Path<(String, String)>,
    Input(scene): Input<Scene>,
) -> Reply {
    let wanted =
        scene.scene.filter(|scene| !scene.is_empty()).ok_or_else(|| Problem::invalid("scene is missing"))?;
    let push = platform.act(|world| {
        let openid = meet(world, &app_id, &person)?;
        Ok::<_, Problem>(crate::acts::scan(world, &app_id, &openid, &wanted))
    })?;
    Ok(Json(outcome(&platform, push, scene.wait).await))
}

/// A push in the tester's own words.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawPush {
    /// `{"MsgType":"event","Event":"…", …}`; the common elements are added.
    fields: Value,
    #[serde(default)]
    wait: bool,
}

/// Pushes anything: rare events, unknown types.
pub(crate) async fn raw(
    State(platform): State<Platform>,
    Path((app_id, person)): Path<(String, String)>,
    Input(wish): Input<RawPush>,
) -> Reply {
    if wish.fields["MsgType"].as_str().is_none_or(str::is_empty) {
        return Err(Problem::invalid("fields.MsgType is missing"));
    }
    let push = platform.act(|world| {
        let openid = meet(world, &app_id, &person)?;
        Ok::<_, Problem>(crate::acts::perform(world, &app_id, &openid, &crate::acts::raw(&wish.fields), None))
    })?;
    Ok(Json(outcome(&platform, push, wish.wait).await))
}

/// What a person can set for an account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonSettings {
    /// Switch messages of the account off.
    refuses: Option<bool>,
    /// 1 iOS, 2 Android, 3 other.
    client: Option<i64>,
    /// Accept a subscription notice: gives one right to send.
    grant: Option<String>,
    /// A payment opens the window for paying.
    #[serde(default)]
    paid: bool,
}

/// Changes them.
pub(crate) async fn settings(
    State(platform): State<Platform>,
    Path((app_id, person)): Path<(String, String)>,
    Input(wish): Input<PersonSettings>,
) -> Reply {
    {
        let mut world = platform.world();
        let openid = meet(&mut world, &app_id, &person)?;
        if wish.paid {
            world.lift(&app_id, &openid, "pay");
        }
        let follower = world.follower(&app_id, &openid).ok_or_else(|| Problem::missing("person"))?;
        follower.refuses = wish.refuses.unwrap_or(follower.refuses);
        follower.client = wish.client.unwrap_or(follower.client);
        if let Some(template) = wish.grant {
            *follower.grants.entry(template).or_default() += 1;
        }
    }
    chat(State(platform), Path((person, app_id))).await
}

/// Which card.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WantedCard {
    card_id: String,
}

/// Takes a card into the person's wallet.
pub(crate) async fn take_card(
    State(platform): State<Platform>,
    Path((app_id, person)): Path<(String, String)>,
    Input(wish): Input<WantedCard>,
) -> Reply {
    let code = platform.act(|world| {
        let openid = meet(world, &app_id, &person)?;
        crate::api::card::take(world, &app_id, &openid, &wish.card_id).ok_or_else(|| Problem::missing("card"))
    })?;
    Ok(Json(json!({ "code": code })))
}

/// A comment under an article.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewComment {
    msg_data_id: i64,
    #[serde(default)]
    index: i64,
    text: String,
}

/// Writes it.
pub(crate) async fn comment(
    State(platform): State<Platform>,
    Path((app_id, person)): Path<(String, String)>,
    Input(wish): Input<NewComment>,
) -> Reply {
    let mut world = platform.world();
    let openid = meet(&mut world, &app_id, &person)?;
    if crate::api::comment::write(&mut world, &app_id, &openid, (wish.msg_data_id, wish.index), &wish.text) {
        return Ok(Json(json!({ "ok": true })));
    }
    Err(Problem::conflict("comments of this article are not open"))
}
