//! Subscription notices: one notice for one consent.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answer::Done;
use super::request::Call;
use super::template::{MiniProgram, TemplateValue};

/// The body of [`send`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionSend {
    /// The openid.
    pub touser: String,
    /// Which template.
    pub template_id: String,
    /// Where a tap leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// The mini program a tap leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub miniprogram: Option<MiniProgram>,
    /// The values by their names in the template.
    pub data: BTreeMap<String, TemplateValue>,
}

/// Sends a notice; its fate comes as the event `subscribe_msg_sent_event`.
pub fn send(message: &SubscriptionSend) -> Call<Done> {
    Call::post("/cgi-bin/message/subscribe/bizsend", message)
}

/// The account's notice templates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeTemplates {
    /// The templates.
    #[serde(default)]
    pub data: Vec<NoticeTemplate>,
}

/// A notice template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeTemplate {
    /// Its id.
    #[serde(rename = "priTmplId")]
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its words.
    pub content: String,
    /// An example.
    #[serde(default)]
    pub example: String,
    /// 2: one notice for one consent; 3: many.
    #[serde(rename = "type")]
    pub kind: i64,
}

/// Lists the account's notice templates.
pub fn list() -> Call<NoticeTemplates> {
    Call::get("/wxaapi/newtmpl/gettemplate")
}

/// The body of [`add`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddNoticeTemplate {
    /// The number in the platform's library.
    pub tid: String,
    /// The chosen keywords.
    #[serde(rename = "kidList")]
    pub keywords: Vec<i64>,
    /// What it is for.
    #[serde(rename = "sceneDesc")]
    pub scene: String,
}

/// The id of a notice template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeTemplateId {
    /// The id.
    #[serde(rename = "priTmplId")]
    pub id: String,
}

/// Takes a template from the platform's library.
pub fn add(number: &str, keywords: &[i64], scene: &str) -> Call<NoticeTemplateId> {
    let question =
        AddNoticeTemplate { tid: number.to_owned(), keywords: keywords.to_vec(), scene: scene.to_owned() };
    Call::post("/wxaapi/newtmpl/addtemplate", &question)
}

/// Gives a template back.
pub fn delete(id: &str) -> Call<Done> {
    Call::post("/wxaapi/newtmpl/deltemplate", &NoticeTemplateId { id: id.to_owned() })
}

/// The categories an account may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Categories {
    /// The categories.
    #[serde(default)]
    pub data: Vec<Category>,
}

/// A category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// Lists the categories the account may use.
pub fn categories() -> Call<Categories> {
    Call::get("/wxaapi/newtmpl/getcategory")
}
