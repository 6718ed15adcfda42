//! Error codes and the words that go with them. Clients act on the number; the words are for people.

use serde_json::{Value, json};

/// An error answer (HTTP 200).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) code: i64,
    pub(crate) message: String,
    /// More members of the answer, as for 45065.
    pub(crate) extra: Value,
}

/// An error with the usual words.
pub(crate) fn refuse(code: i64) -> Refusal {
    Refusal { code, message: words(code).to_owned(), extra: Value::Null }
}

impl Refusal {
    /// Other words.
    pub(crate) fn saying(mut self, message: impl Into<String>) -> Refusal {
        self.message = message.into();
        self
    }

    /// The JSON body; `rid` names the call in the log.
    pub(crate) fn body(&self, rid: &str) -> Value {
        let mut body = json!({ "errcode": self.code, "errmsg": format!("{} rid: {rid}", self.message) });
        for (name, value) in self.extra.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        body
    }
}

/// Short English words for a code.
fn words(code: i64) -> &'static str {
    WORDS.iter().find(|(known, _)| *known == code).map_or("error", |(_, words)| words)
}

const WORDS: &[(i64, &str)] = &[
    (-1, "system error"),
    (40001, "invalid credential, access_token is invalid or not latest"),
    (40002, "invalid grant_type"),
    (40003, "invalid openid"),
    (40004, "invalid media type"),
    (40005, "invalid file type"),
    (40006, "invalid media size"),
    (40007, "invalid media_id"),
    (40008, "invalid message type"),
    (40009, "invalid image size"),
    (40010, "invalid voice size"),
    (40011, "invalid video size"),
    (40012, "invalid thumb size"),
    (40013, "invalid appid"),
    (40015, "invalid menu type"),
    (40016, "invalid button number"),
    (40017, "invalid button type"),
    (40018, "invalid button name size"),
    (40019, "invalid button key size"),
    (40020, "invalid button url size"),
    (40023, "invalid sub button number"),
    (40024, "invalid sub button type"),
    (40025, "invalid sub button name size"),
    (40026, "invalid sub button key size"),
    (40027, "invalid sub button url size"),
    (40028, "invalid menu user"),
    (40029, "invalid code"),
    (40030, "invalid refresh_token"),
    (40032, "invalid openid list size"),
    (40033, "invalid charset, please use raw utf-8 instead of \\uXXXX"),
    (40035, "invalid parameter"),
    (40037, "invalid template_id"),
    (40050, "invalid group id"),
    (40054, "invalid sub button url domain"),
    (40055, "invalid button url domain"),
    (40056, "invalid card code"),
    (40060, "invalid article index"),
    (40066, "invalid url"),
    (40073, "invalid card id"),
    (40117, "invalid group name"),
    (40125, "invalid appsecret"),
    (40155, "forbidden link"),
    (40163, "code been used"),
    (40164, "invalid ip, not in whitelist"),
    (41001, "access_token missing"),
    (41002, "appid missing"),
    (41004, "appsecret missing"),
    (41005, "media data missing"),
    (41006, "media_id missing"),
    (42001, "access_token expired"),
    (42002, "refresh_token expired"),
    (42003, "code expired"),
    (43001, "require GET method"),
    (43002, "require POST method"),
    (43004, "require subscribe"),
    (43101, "user refuse to accept the msg"),
    (44001, "empty media data"),
    (44002, "empty post data"),
    (44004, "empty content"),
    (45001, "media size out of limit"),
    (45002, "content size out of limit"),
    (45008, "article size out of limit"),
    (45009, "reach max api daily quota limit"),
    (45011, "api minute-quota reach limit, must slower, retry next minute"),
    (45015, "response out of time limit or subscription is canceled"),
    (45047, "out of response count limit"),
    (45056, "too many tags"),
    (45057, "can not delete tag, too many fans"),
    (45058, "can not modify system tag"),
    (45059, "user can not be tagged more than 20 tags"),
    (45065, "clientmsgid exist"),
    (45067, "clientmsgid size out of limit"),
    (45072, "invalid command"),
    (45080, "no message in the last 30 seconds"),
    (45081, "already typing"),
    (45083, "invalid speed"),
    (45157, "invalid tag name"),
    (45158, "tag name too long"),
    (45159, "invalid tag id"),
    (46003, "menu no exist"),
    (46004, "user no exist"),
    (47001, "data format error"),
    (47003, "argument invalid"),
    (48001, "api unauthorized"),
    (48002, "user block receive message"),
    (48005, "material in use, can not delete"),
    (48006, "forbid to clear quota because of reaching the limit"),
    (48008, "no permission for this msgtype"),
    (49003, "not match the openid with appid"),
    (53503, "draft not exist"),
    (53600, "article id not exist"),
    (61451, "invalid parameter"),
    (61500, "date format error"),
    (61501, "date range error"),
    (65301, "menuid not exist"),
    (65303, "default menu not exist"),
    (65304, "empty matchrule"),
    (65307, "empty button"),
    (65400, "new kf service not enabled"),
    (65401, "invalid kf account"),
    (65403, "invalid kf nickname"),
    (65404, "invalid kf account name"),
    (65405, "kf account number reach limit"),
    (65406, "kf account exist"),
    (65413, "session exists with another kf account"),
    (65414, "session not exist"),
    (65415, "kf account offline"),
    (65416, "invalid parameter"),
    (65417, "time range too long"),
    (88001, "msg_data_id is not exists"),
    (88005, "already reply"),
    (88008, "comment is not exists"),
    (88009, "reply is not exists"),
    (88010, "count range error"),
    (88011, "reply is not exists"),
];
