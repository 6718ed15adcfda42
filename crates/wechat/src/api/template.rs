//! Template messages and subscription notices: what may be sent outside the window.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answer::Done;
use super::request::Call;

/// The body of [`send`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateSend {
    /// The openid.
    pub touser: String,
    /// Which template.
    pub template_id: String,
    /// Where a tap leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The mini program a tap leads to; it wins over the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub miniprogram: Option<MiniProgram>,
    /// Our own id, against sending twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_msg_id: Option<String>,
    /// The values by their names in the template.
    pub data: BTreeMap<String, TemplateValue>,
}

/// A page of a mini program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MiniProgram {
    /// The mini program.
    pub appid: String,
    /// The page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pagepath: Option<String>,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateValue {
    /// The value.
    pub value: String,
}

/// What [`send`] gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateSent {
    /// Comes back in the event TEMPLATESENDJOBFINISH.
    pub msgid: i64,
}

/// Sends a template message.
pub fn send(message: &TemplateSend) -> Call<TemplateSent> {
    Call::post("/cgi-bin/message/template/send", message)
}

/// The account's trades.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Industries {
    /// The first.
    pub industry_id1: String,
    /// The second.
    pub industry_id2: String,
}

/// Sets the account's trades; once a month.
pub fn set_industries(first: &str, second: &str) -> Call<Done> {
    let question = Industries { industry_id1: first.to_owned(), industry_id2: second.to_owned() };
    Call::post("/cgi-bin/template/api_set_industry", &question)
}

/// The account's trades in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndustriesAnswer {
    /// The first.
    pub primary_industry: Industry,
    /// The second.
    pub secondary_industry: Industry,
}

/// A trade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Industry {
    /// The wider one.
    pub first_class: String,
    /// The narrower one.
    pub second_class: String,
}

/// Reads the account's trades.
pub fn industries() -> Call<IndustriesAnswer> {
    Call::get("/cgi-bin/template/get_industry")
}

/// The body of [`add`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddTemplate {
    /// The number in the platform's library.
    pub template_id_short: String,
    /// The chosen keywords, for templates of the newer kind.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keyword_name_list: Vec<String>,
}

/// The id of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateId {
    /// The id.
    pub template_id: String,
}

/// Takes a template from the platform's library.
pub fn add(number: &str, keywords: &[&str]) -> Call<TemplateId> {
    let question = AddTemplate {
        template_id_short: number.to_owned(),
        keyword_name_list: keywords.iter().map(|it| (*it).to_owned()).collect(),
    };
    Call::post("/cgi-bin/template/api_add_template", &question)
}

/// The account's templates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateList {
    /// The templates.
    pub template_list: Vec<Template>,
}

/// A template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Its id.
    pub template_id: String,
    /// Its title.
    pub title: String,
    /// The wider trade.
    #[serde(default)]
    pub primary_industry: String,
    /// The narrower trade.
    #[serde(default)]
    pub deputy_industry: String,
    /// Its words, with places such as `{{thing1.DATA}}`.
    pub content: String,
    /// An example.
    #[serde(default)]
    pub example: String,
}

/// Lists the account's templates.
pub fn list() -> Call<TemplateList> {
    Call::get("/cgi-bin/template/get_all_private_template")
}

/// Gives a template back.
pub fn delete(template_id: &str) -> Call<Done> {
    Call::post("/cgi-bin/template/del_private_template", &TemplateId { template_id: template_id.to_owned() })
}
