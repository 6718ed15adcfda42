//! Tags of followers.

use serde::{Deserialize, Serialize};

use super::answer::Done;
use super::request::Call;
use super::user::OpenIdPage;

/// A tag. The ids 0 to 2 are the platform's own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tag {
    /// Its id; absent in the question that creates it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// Its name, up to 30 bytes; absent in the question that deletes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many followers have it; only in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
}

/// One tag, in questions and answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneTag {
    /// The tag.
    pub tag: Tag,
}

/// All tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllTags {
    /// The tags.
    pub tags: Vec<Tag>,
}

fn one(id: Option<i64>, name: Option<&str>) -> OneTag {
    OneTag { tag: Tag { id, name: name.map(str::to_owned), count: None } }
}

/// Creates a tag and tells its id.
pub fn create(name: &str) -> Call<OneTag> {
    Call::post("/cgi-bin/tags/create", &one(None, Some(name)))
}

/// Lists all tags.
pub fn list() -> Call<AllTags> {
    Call::get("/cgi-bin/tags/get")
}

/// Renames a tag.
pub fn rename(id: i64, name: &str) -> Call<Done> {
    Call::post("/cgi-bin/tags/update", &one(Some(id), Some(name)))
}

/// Deletes a tag; refused while more than 100,000 followers have it.
pub fn delete(id: i64) -> Call<Done> {
    Call::post("/cgi-bin/tags/delete", &one(Some(id), None))
}

/// The body of [`list_followers`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowersQuestion {
    /// The tag.
    pub tagid: i64,
    /// Where the page begins; empty for the first.
    #[serde(default)]
    pub next_openid: String,
}

/// Lists the followers with a tag.
pub fn list_followers(tag: i64, after: &str) -> Call<OpenIdPage> {
    Call::post("/cgi-bin/user/tag/get", &FollowersQuestion { tagid: tag, next_openid: after.to_owned() })
}

/// The body of [`add`] and [`remove`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tagging {
    /// Up to 50.
    pub openid_list: Vec<String>,
    /// The tag.
    pub tagid: i64,
}

impl Tagging {
    fn of(tag: i64, open_ids: &[&str]) -> Self {
        Self { openid_list: open_ids.iter().map(|it| (*it).to_owned()).collect(), tagid: tag }
    }
}

/// Gives the tag to up to 50 followers.
pub fn add(tag: i64, open_ids: &[&str]) -> Call<Done> {
    Call::post("/cgi-bin/tags/members/batchtagging", &Tagging::of(tag, open_ids))
}

/// Takes the tag from up to 50 followers.
pub fn remove(tag: i64, open_ids: &[&str]) -> Call<Done> {
    Call::post("/cgi-bin/tags/members/batchuntagging", &Tagging::of(tag, open_ids))
}

/// The body of [`list_of`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagsQuestion {
    /// The openid.
    pub openid: String,
}

/// The tags of one follower.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagIds {
    /// Their ids.
    pub tagid_list: Vec<i64>,
}

/// The tags of one follower.
pub fn list_of(open_id: &str) -> Call<TagIds> {
    Call::post("/cgi-bin/tags/getidlist", &TagsQuestion { openid: open_id.to_owned() })
}
