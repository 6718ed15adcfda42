//! Articles: drafts, and their publication without notice to followers.

use serde::{Deserialize, Serialize};

use super::answer::Done;
use super::media::MediaId;
use super::request::Call;

/// An article.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Article {
    /// Its title.
    pub title: String,
    /// Its author.
    #[serde(default)]
    pub author: String,
    /// A line about it.
    #[serde(default)]
    pub digest: String,
    /// The article in HTML; scripts are dropped by the platform.
    #[serde(default)]
    pub content: String,
    /// Where "read the original" leads.
    #[serde(default)]
    pub content_source_url: String,
    /// The picture, permanent material.
    #[serde(default)]
    pub thumb_media_id: String,
    /// 1 opens comments.
    #[serde(default)]
    pub need_open_comment: u8,
    /// 1 lets only followers comment.
    #[serde(default)]
    pub only_fans_can_comment: u8,
    /// Its address, in answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// The body of [`add`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Articles {
    /// 1 to 8.
    pub articles: Vec<Article>,
}

/// Makes a draft of up to eight articles.
pub fn add(articles: Vec<Article>) -> Call<MediaId> {
    Call::post("/cgi-bin/draft/add", &Articles { articles })
}

/// The articles of a draft or a publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsItems {
    /// The articles.
    #[serde(default)]
    pub news_item: Vec<Article>,
}

/// Reads a draft.
pub fn get(media_id: &str) -> Call<NewsItems> {
    Call::post("/cgi-bin/draft/get", &MediaId::from(media_id))
}

/// Deletes a draft.
pub fn delete(media_id: &str) -> Call<Done> {
    Call::post("/cgi-bin/draft/delete", &MediaId::from(media_id))
}

/// The body of [`update`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateDraft {
    /// The draft.
    pub media_id: String,
    /// Which article, the first is 0.
    pub index: i64,
    /// The article.
    pub articles: Article,
}

/// Changes one article of a draft.
pub fn update(media_id: &str, index: i64, article: Article) -> Call<Done> {
    Call::post(
        "/cgi-bin/draft/update",
        &UpdateDraft { media_id: media_id.to_owned(), index, articles: article },
    )
}

/// How many drafts there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftCount {
    /// The number.
    pub total_count: i64,
}

/// Counts the drafts.
pub fn count() -> Call<DraftCount> {
    Call::get("/cgi-bin/draft/count")
}

/// The body of [`list`] and [`list_published`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageQuestion {
    /// How many to skip.
    pub offset: i64,
    /// How many to give, 1 to 20.
    pub count: i64,
    /// 1 leaves the articles' text out.
    #[serde(default)]
    pub no_content: u8,
}

/// A page of drafts or publications.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// How many there are in all.
    pub total_count: i64,
    /// How many are on this page.
    pub item_count: i64,
    /// The page.
    #[serde(default)]
    pub item: Vec<PageItem>,
}

/// A draft or a publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageItem {
    /// Of a draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_id: Option<String>,
    /// Of a publication.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article_id: Option<String>,
    /// Its articles.
    pub content: NewsItems,
    /// Seconds since 1970.
    #[serde(default)]
    pub update_time: i64,
}

/// Lists drafts.
pub fn list(question: PageQuestion) -> Call<Page> {
    Call::post("/cgi-bin/draft/batchget", &question)
}

/// A publication on its way; the end comes as the event PUBLISHJOBFINISH.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// Its id; a text or a number on the wire.
    #[serde(deserialize_with = "any_id")]
    pub publish_id: String,
}

fn any_id<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    match value {
        serde_json::Value::String(text) => Ok(text),
        serde_json::Value::Number(number) => Ok(number.to_string()),
        _ => Err(serde::de::Error::custom("an id is a text or a number")),
    }
}

/// Publishes a draft.
pub fn publish(media_id: &str) -> Call<Submitted> {
    Call::post("/cgi-bin/freepublish/submit", &MediaId::from(media_id))
}

/// The body of [`publication`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicationQuestion {
    /// From [`publish`].
    #[serde(deserialize_with = "any_id")]
    pub publish_id: String,
}

/// How a publication stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// From [`publish`].
    #[serde(deserialize_with = "any_id")]
    pub publish_id: String,
    /// 0 done, 1 running, 2 original check failed, 3 failed, 4 refused, 5 deleted, 6 banned.
    pub publish_status: i64,
    /// The article, when it is out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article_id: Option<String>,
    /// The parts that failed, the first is 1.
    #[serde(default)]
    pub fail_idx: Vec<i64>,
}

/// Asks how a publication stands.
pub fn publication(publish_id: &str) -> Call<Publication> {
    let question = PublicationQuestion { publish_id: publish_id.to_owned() };
    Call::post("/cgi-bin/freepublish/get", &question)
}

/// The body of [`withdraw`] and [`published`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleQuestion {
    /// The article.
    pub article_id: String,
    /// Which part, the first is 1; 0 means all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<i64>,
}

/// Takes a published article down, for good.
pub fn withdraw(article_id: &str, index: i64) -> Call<Done> {
    let question = ArticleQuestion { article_id: article_id.to_owned(), index: Some(index) };
    Call::post("/cgi-bin/freepublish/delete", &question)
}

/// Reads a published article.
pub fn published(article_id: &str) -> Call<NewsItems> {
    let question = ArticleQuestion { article_id: article_id.to_owned(), index: None };
    Call::post("/cgi-bin/freepublish/getarticle", &question)
}

/// Lists published articles.
pub fn list_published(question: PageQuestion) -> Call<Page> {
    Call::post("/cgi-bin/freepublish/batchget", &question)
}
