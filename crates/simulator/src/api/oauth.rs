//! Web authorisation: the page a person sees, the code, the tokens.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use super::{Call, Endpoint, Outcome, Refusal, Verb, answer, ok, open_endpoint, refuse};
use crate::platform::Platform;
use crate::world::{Account, Login, World};

pub(crate) const ENDPOINTS: &[Endpoint] = &[
    open_endpoint(Verb::Any, "/sns/oauth2/access_token", access_token),
    open_endpoint(Verb::Any, "/sns/oauth2/refresh_token", refresh_token),
    open_endpoint(Verb::Any, "/sns/userinfo", user_info),
    open_endpoint(Verb::Any, "/sns/auth", check),
];

const CODE_LIFE: i64 = 300_000;
const ACCESS_LIFE: i64 = 7_200_000;
const REFRESH_LIFE: i64 = 30 * crate::rules::DAY;

fn access_token(world: &mut World, call: &Call) -> Outcome {
    let (now, access, refresh) = (world.now(), world.fresh_text(88), world.fresh_text(88));
    let account = world.accounts.get_mut(&call.app_id).ok_or_else(|| refuse(40013))?;
    if account.app_secret != call.query("secret") {
        return Err(refuse(40125));
    }
    if call.query("grant_type") != "authorization_code" {
        return Err(refuse(40002));
    }
    let login = account
        .logins
        .get_mut(call.query("code"))
        .filter(|login| login.kind == "code")
        .ok_or_else(|| refuse(40029))?;
    if login.is_used {
        return Err(refuse(40163));
    }
    if now >= login.expires_at {
        return Err(refuse(42003));
    }
    login.is_used = true;
    let (openid, scope) = (login.openid.clone(), login.scope.clone());
    let entry = |kind, life| Login {
        openid: openid.clone(),
        scope: scope.clone(),
        kind,
        expires_at: now + life,
        is_used: false,
    };
    account.logins.insert(access.clone(), entry("access", ACCESS_LIFE));
    account.logins.insert(refresh.clone(), entry("refresh", REFRESH_LIFE));
    let mut body = json!({ "access_token": access, "expires_in": 7200, "refresh_token": refresh, "openid": openid, "scope": scope });
    if let Some(unionid) = unionid(account, &openid) {
        body["unionid"] = json!(unionid);
    }
    answer(body)
}

fn unionid(account: &Account, openid: &str) -> Option<String> {
    account.followers.get(openid)?.unionid.clone()
}

fn refresh_token(world: &mut World, call: &Call) -> Outcome {
    let (now, access) = (world.now(), world.fresh_text(88));
    let account = world.accounts.get_mut(&call.app_id).ok_or_else(|| refuse(40013))?;
    let refresh = call.query("refresh_token");
    let login = account
        .logins
        .get(refresh)
        .filter(|login| login.kind == "refresh")
        .ok_or_else(|| refuse(40030))?
        .clone();
    if now >= login.expires_at {
        return Err(refuse(42002));
    }
    account
        .logins
        .insert(access.clone(), Login { kind: "access", expires_at: now + ACCESS_LIFE, ..login.clone() });
    answer(
        json!({ "access_token": access, "expires_in": 7200, "refresh_token": refresh, "openid": login.openid, "scope": login.scope }),
    )
}

/// The authorisation behind a web token, and the account it belongs to.
fn login<'w>(world: &'w World, call: &Call) -> Result<(&'w Account, &'w Login), Refusal> {
    let token = call.query("access_token");
    let found = world.accounts.values().find_map(|account| Some((account, account.logins.get(token)?)));
    let (account, login) = found.filter(|(_, login)| login.kind == "access").ok_or_else(|| refuse(40001))?;
    if world.now() >= login.expires_at {
        return Err(refuse(42001));
    }
    if login.openid != call.query("openid") {
        return Err(refuse(40003));
    }
    Ok((account, login))
}

fn user_info(world: &mut World, call: &Call) -> Outcome {
    let (account, login) = login(world, call)?;
    if login.scope == "snsapi_base" {
        return Err(refuse(48001));
    }
    let follower = account.followers.get(&login.openid).ok_or_else(|| refuse(40003))?;
    let person = world.people.get(&follower.person).ok_or_else(|| refuse(40003))?;
    let picture = format!("{}/_sim/people/{}/picture.svg", call.base, person.id);
    answer(
        json!({ "openid": login.openid, "nickname": person.name, "sex": 0, "province": "", "city": "", "country": "",
        "headimgurl": picture, "privilege": [], "unionid": follower.unionid }),
    )
}

fn check(world: &mut World, call: &Call) -> Outcome {
    login(world, call)?;
    ok()
}

/// What the authorisation page is asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Ask {
    #[serde(default)]
    appid: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    response_type: String,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    state: String,
    /// Added by the phone page and by the links of this page: who holds the phone.
    sim_person: Option<String>,
    /// The person has agreed.
    #[serde(default)]
    sim_agree: bool,
}

/// `/connect/oauth2/authorize`: who are you, and do you agree?
pub(crate) async fn authorize(State(platform): State<Platform>, Query(ask): Query<Ask>) -> Response {
    let mut world = platform.world();
    let problem = match &ask {
        ask if !world.accounts.contains_key(&ask.appid) => "没有这个 appid · unknown appid",
        ask if ask.response_type != "code" => "response_type 必须是 code · must be code",
        ask if !["snsapi_base", "snsapi_userinfo", "snsapi_login"].contains(&ask.scope.as_str()) => {
            "scope 无效 · invalid scope"
        }
        ask if ask.state.len() > 128 => "state 过长 · too long",
        ask if !ask.redirect_uri.starts_with("http://") && !ask.redirect_uri.starts_with("https://") => {
            "redirect_uri 无效 · invalid"
        }
        _ => "",
    };
    if !problem.is_empty() {
        return (StatusCode::BAD_REQUEST, Html(page("授权失败", &format!("<p>{problem}</p>"))))
            .into_response();
    }
    let person = ask.sim_person.clone().filter(|person| world.people.contains_key(person));
    match person {
        Some(person) if ask.sim_agree || ask.scope == "snsapi_base" => grant(&mut world, &ask, &person)
            .map_or_else(|| StatusCode::BAD_REQUEST.into_response(), |to| Redirect::to(&to).into_response()),
        Some(person) => {
            let name = world.people.get(&person).map(|person| person.name.clone()).unwrap_or_default();
            let account =
                world.accounts.get(&ask.appid).map(|account| account.name.clone()).unwrap_or_default();
            let text = format!(
                "<p>「{}」申请获取 {} 的昵称与头像</p><p><a class=go href=\"{}\">同意 · Agree</a></p>",
                escape(&account),
                escape(&name),
                escape(&link(&ask, &person, true))
            );
            Html(page("网页授权", &text)).into_response()
        }
        None => {
            let people: Vec<String> = world
                .people
                .values()
                .map(|person| {
                    format!(
                        "<li><a href=\"{}\">{}</a></li>",
                        escape(&link(&ask, &person.id, false)),
                        escape(&person.name)
                    )
                })
                .collect();
            Html(page("以谁的身份打开？ Who opens it?", &format!("<ul>{}</ul>", people.concat())))
                .into_response()
        }
    }
}

fn link(ask: &Ask, person: &str, agree: bool) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs([
        ("appid", ask.appid.as_str()),
        ("redirect_uri", &ask.redirect_uri),
        ("response_type", "code"),
        ("scope", &ask.scope),
        ("state", &ask.state),
        ("sim_person", person),
        ("sim_agree", if agree { "true" } else { "false" }),
    ]);
    format!("?{}", query.finish())
}

fn grant(world: &mut World, ask: &Ask, person: &str) -> Option<String> {
    let openid = world.meet(&ask.appid, person)?;
    let (now, code) = (world.now(), world.fresh_text(32));
    let login =
        Login { openid, scope: ask.scope.clone(), kind: "code", expires_at: now + CODE_LIFE, is_used: false };
    world.accounts.get_mut(&ask.appid)?.logins.insert(code.clone(), login);
    let mut to = url::Url::parse(&ask.redirect_uri).ok()?;
    to.query_pairs_mut().append_pair("code", &code).append_pair("state", &ask.state);
    Some(to.into())
}

/// A small page in the style of the phone.
pub(crate) fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=zh-CN><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>{title}</title>\
         <style>:root{{color-scheme:light dark}}body{{font:16px/1.6 system-ui,sans-serif;max-width:26rem;margin:3rem auto;padding:0 1rem}}\
         .go{{display:inline-block;padding:.5rem 1.5rem;border-radius:.5rem;background:#0f8b8d;color:#fff;text-decoration:none}}</style>\
         <h1 style=\"font-size:1.25rem\">{title}</h1>{body}"
    )
}

/// Text made safe for HTML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
