//! What a person does, as the fields of a push and as a line of his own chat.

use serde_json::{Value, json};
use wechat::element::Element;

/// The elements inside `<xml>`.
pub(crate) type Fields = Vec<Element<'static>>;

/// What a person does on the phone.
#[derive(Debug, Clone)]
pub(crate) struct Act {
    /// `text`, or `event` for events.
    pub(crate) kind: String,
    /// Name of the event, empty for messages.
    pub(crate) event: String,
    /// The elements after the common ones.
    pub(crate) fields: Fields,
    /// How it looks in the chat; `Null` = it does not show.
    pub(crate) shown: Value,
    /// Which window it opens (`rules.toml`).
    pub(crate) opens: Option<&'static str>,
}

impl Act {
    /// A message.
    pub(crate) fn message(kind: &str, fields: Fields, shown: Value) -> Act {
        Act { kind: kind.into(), event: String::new(), fields, shown, opens: Some("message") }
    }

    /// An event; it opens `opens`.
    pub(crate) fn event(event: &str, fields: Fields, opens: Option<&'static str>) -> Act {
        Act { kind: "event".into(), event: event.into(), fields, shown: Value::Null, opens }
    }

    /// The same, visible in the chat.
    pub(crate) fn shown(mut self, shown: Value) -> Act {
        self.shown = shown;
        self
    }

    /// `text`, `event CLICK`.
    pub(crate) fn label(&self) -> String {
        if self.event.is_empty() { self.kind.clone() } else { format!("event {}", self.event) }
    }

    /// All elements of the push. Messages carry a MsgId, events do not.
    pub(crate) fn whole(&self, account: &str, openid: &str, seconds: i64, msg_id: u64) -> Fields {
        let mut all = vec![
            Element::text("ToUserName", account.to_owned()),
            Element::text("FromUserName", openid.to_owned()),
            Element::number("CreateTime", seconds),
            Element::text("MsgType", self.kind.clone()),
        ];
        if !self.event.is_empty() {
            all.push(Element::text("Event", self.event.clone()));
        }
        all.extend(self.fields.iter().cloned());
        if self.event.is_empty() {
            all.push(Element::number("MsgId", msg_id));
        }
        all
    }
}

/// All elements of an event that no person caused.
pub(crate) fn event_fields(account: &str, openid: &str, seconds: i64, event: &str, fields: Fields) -> Fields {
    Act::event(event, fields, None).whole(account, openid, seconds, 0)
}

/// Elements from a JSON object: arrays become repeated elements, numbers stay bare.
pub(crate) fn fields_of(object: &Value) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in object.as_object().into_iter().flatten() {
        match value {
            Value::Array(items) => fields.extend(items.iter().map(|item| field(name, item))),
            other => fields.push(field(name, other)),
        }
    }
    fields
}

fn field(name: &str, value: &Value) -> Element<'static> {
    match value {
        Value::String(text) => Element::text(name.to_owned(), text.clone()),
        Value::Object(_) => Element::parent(name.to_owned(), fields_of(value)),
        other => Element::number(name.to_owned(), other),
    }
}

/// A copy for the log.
pub(crate) fn as_json(fields: &Fields) -> Value {
    let mut object = serde_json::Map::new();
    for element in fields {
        let value = match element.children() {
            [] => json!(element.as_text()),
            children => as_json(&children.to_vec()),
        };
        object.insert(element.name.to_string(), value);
    }
    Value::Object(object)
}
