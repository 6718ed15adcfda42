//! The platform's HTTP API as third-party clients call it.
//!
//! Every endpoint is a plain function over the world and one call; `serve` does for all of them what the
//! platform does before and after: faults, token, method, quota, body, error JSON with HTTP 200, the log.

pub(crate) mod card;
pub(crate) mod comment;
pub(crate) mod custom;
pub(crate) mod datacube;
pub(crate) mod draft;
pub(crate) mod errcode;
pub(crate) mod kf;
pub(crate) mod mass;
pub(crate) mod material;
pub(crate) mod media;
pub(crate) mod menu;
pub(crate) mod menu_rules;
pub(crate) mod oauth;
pub(crate) mod qrcode;
pub(crate) mod serve;
pub(crate) mod tags;
pub(crate) mod template;
pub(crate) mod token;
pub(crate) mod user;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::LazyLock;

use bytes::Bytes;
use serde_json::{Value, json};

pub(crate) use errcode::{Refusal, refuse};

use crate::world::{Account, Follower, World};

/// A part of a multipart body.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file: Option<String>,
    pub(crate) mime: Option<String>,
    pub(crate) bytes: Bytes,
}

/// One call, already read.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) path: String,
    pub(crate) query: HashMap<String, String>,
    pub(crate) body: Value,
    pub(crate) parts: Vec<Part>,
    /// Whose token it is; empty for calls without one.
    pub(crate) app_id: String,
    pub(crate) peer: IpAddr,
    /// The address the caller used for us, for links in answers.
    pub(crate) base: String,
}

/// What an endpoint gives.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Json(Value),
    File { mime: String, name: String, bytes: Bytes },
}

/// Answer or error code.
pub(crate) type Outcome = Result<Answer, Refusal>;

/// Which method a path takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
    /// Clients differ and the platform takes both.
    Any,
}

/// One path.
pub(crate) struct Endpoint {
    pub(crate) path: &'static str,
    pub(crate) verb: Verb,
    /// False for calls that need no access token.
    pub(crate) needs_token: bool,
    pub(crate) run: fn(&mut World, &Call) -> Outcome,
}

/// A path that needs a token.
pub(crate) const fn endpoint(
    verb: Verb,
    path: &'static str,
    run: fn(&mut World, &Call) -> Outcome,
) -> Endpoint {
    Endpoint { path, verb, needs_token: true, run }
}

/// A path without a token.
pub(crate) const fn open_endpoint(
    verb: Verb,
    path: &'static str,
    run: fn(&mut World, &Call) -> Outcome,
) -> Endpoint {
    Endpoint { path, verb, needs_token: false, run }
}

/// All paths, by path.
static TABLE: LazyLock<HashMap<&'static str, &'static Endpoint>> = LazyLock::new(|| {
    let all = [
        token::ENDPOINTS,
        menu::ENDPOINTS,
        custom::ENDPOINTS,
        kf::ENDPOINTS,
        media::ENDPOINTS,
        material::ENDPOINTS,
        draft::ENDPOINTS,
        mass::ENDPOINTS,
        template::ENDPOINTS,
        qrcode::ENDPOINTS,
        user::ENDPOINTS,
        tags::ENDPOINTS,
        oauth::ENDPOINTS,
        datacube::ENDPOINTS,
        card::ENDPOINTS,
        comment::ENDPOINTS,
    ];
    all.into_iter().flatten().map(|endpoint| (endpoint.path, endpoint)).collect()
});

/// The endpoint of a path.
pub(crate) fn find(path: &str) -> Option<&'static Endpoint> {
    TABLE.get(path).copied()
}

/// `{"errcode":0,"errmsg":"ok"}`.
pub(crate) fn ok() -> Outcome {
    Ok(Answer::Json(json!({ "errcode": 0, "errmsg": "ok" })))
}

/// A JSON answer.
pub(crate) fn answer(value: Value) -> Outcome {
    Ok(Answer::Json(value))
}

impl Call {
    /// A query parameter; empty when missing.
    pub(crate) fn query(&self, name: &str) -> &str {
        self.query.get(name).map_or("", String::as_str)
    }

    /// A text field of the body; empty when missing.
    pub(crate) fn text(&self, name: &str) -> String {
        crate::world::plain(&self.body[name])
    }

    /// A text field that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<String, Refusal> {
        Some(self.text(name)).filter(|text| !text.is_empty()).ok_or_else(|| refuse(40035))
    }

    /// A number; strings of digits count too.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        number(&self.body[name])
    }

    /// The calling account.
    pub(crate) fn account<'w>(&self, world: &'w mut World) -> Result<&'w mut Account, Refusal> {
        world.accounts.get_mut(&self.app_id).ok_or_else(|| refuse(40013))
    }

    /// A person known to the calling account, following or not.
    pub(crate) fn follower<'w>(
        &self,
        world: &'w mut World,
        openid: &str,
    ) -> Result<&'w mut Follower, Refusal> {
        self.account(world)?.followers.get_mut(openid).ok_or_else(|| refuse(40003))
    }

    /// The uploaded file.
    pub(crate) fn file(&self) -> Result<&Part, Refusal> {
        let part = self
            .parts
            .iter()
            .find(|part| part.name == "media")
            .or_else(|| self.parts.iter().find(|part| part.file.is_some()));
        part.ok_or_else(|| refuse(41005))
    }
}

/// A number that may be written as a string.
pub(crate) fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// The openids of a list field, at most `most`.
pub(crate) fn openids(list: &Value, most: usize) -> Result<Vec<String>, Refusal> {
    let list = list.as_array().ok_or_else(|| refuse(40035))?;
    if list.is_empty() || list.len() > most {
        return Err(refuse(40032));
    }
    Ok(list.iter().map(crate::world::plain).collect())
}
