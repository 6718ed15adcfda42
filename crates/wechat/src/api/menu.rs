//! The account's menu at the bottom of the chat.

use serde::{Deserialize, Deserializer, Serialize};

use super::answer::Done;
use super::request::Call;

/// A menu.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Menu {
    /// The buttons of the bar.
    pub button: Vec<Button>,
    /// For whom, in a conditional menu.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matchrule: Option<MatchRule>,
    /// The platform's id, in its answers.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text_or_number")]
    pub menuid: Option<String>,
}

/// For whom a conditional menu is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MatchRule {
    /// Followers with this tag.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text_or_number")]
    pub tag_id: Option<String>,
    /// 1 iOS, 2 Android, 3 others.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "text_or_number")]
    pub client_platform_type: Option<String>,
}

/// A button: either with an action, or with buttons below it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Button {
    /// The words on it.
    pub name: String,
    /// The kind of action; absent when there are buttons below.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ButtonKind>,
    /// For the kinds that send an event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// For `view`, and for old clients that know no mini programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// For `media_id` and `view_limited`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_id: Option<String>,
    /// For `article_id` and `article_view_limited`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article_id: Option<String>,
    /// The mini program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
    /// The page in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pagepath: Option<String>,
    /// What a button made in the platform's own console holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The buttons below.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "plain_or_wrapped")]
    pub sub_button: Vec<Button>,
}

/// The kinds of buttons.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonKind {
    /// Sends an event with the key.
    Click,
    /// Opens a page.
    View,
    /// Scans a code, opens its content, and sends an event.
    ScancodePush,
    /// Scans a code and sends an event; a note says that an answer comes.
    ScancodeWaitmsg,
    /// Takes a picture by the camera.
    PicSysphoto,
    /// Takes a picture by the camera or from the album.
    PicPhotoOrAlbum,
    /// Takes pictures from the album.
    PicWeixin,
    /// Chooses a place.
    LocationSelect,
    /// Sends a piece of material.
    MediaId,
    /// Opens an article of the material.
    ViewLimited,
    /// Opens a mini program.
    Miniprogram,
    /// Sends a published article.
    ArticleId,
    /// Opens a published article.
    ArticleViewLimited,
    /// One the console knows and the API does not (`news`, `img`, `video`, `voice`, `text`).
    #[serde(untagged)]
    Other(String),
}

impl Button {
    /// A button that sends an event.
    pub fn click(name: impl Into<String>, key: impl Into<String>) -> Self {
        Self { name: name.into(), kind: Some(ButtonKind::Click), key: Some(key.into()), ..Self::default() }
    }

    /// A button that opens a page.
    pub fn view(name: impl Into<String>, url: impl Into<String>) -> Self {
        Self { name: name.into(), kind: Some(ButtonKind::View), url: Some(url.into()), ..Self::default() }
    }

    /// A button that opens a mini program; `url` is for old clients.
    pub fn mini_program(
        name: impl Into<String>,
        app_id: impl Into<String>,
        page_path: impl Into<String>,
        url: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            kind: Some(ButtonKind::Miniprogram),
            appid: Some(app_id.into()),
            pagepath: Some(page_path.into()),
            url: Some(url.into()),
            ..Self::default()
        }
    }

    /// A button with others below it.
    pub fn parent(name: impl Into<String>, sub_button: Vec<Self>) -> Self {
        Self { name: name.into(), sub_button, ..Self::default() }
    }
}

/// The platform gives ids as texts or as numbers.
fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Number(i64),
        Text(String),
    }
    Ok(Option::<Id>::deserialize(deserializer)?.map(|id| match id {
        Id::Number(number) => number.to_string(),
        Id::Text(text) => text,
    }))
}

/// `get_current_selfmenu_info` wraps the buttons below in a `list`.
fn plain_or_wrapped<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Button>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Buttons {
        Plain(Vec<Button>),
        Wrapped { list: Vec<Button> },
    }
    let (Buttons::Plain(list) | Buttons::Wrapped { list }) = Buttons::deserialize(deserializer)?;
    Ok(list)
}

/// Puts the default menu up.
pub fn create(menu: &Menu) -> Call<Done> {
    Call::post("/cgi-bin/menu/create", menu)
}

/// The menus made by the API; the error 46003 when there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuAnswer {
    /// The default menu.
    pub menu: Menu,
    /// The conditional ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditionalmenu: Vec<Menu>,
}

/// Reads the menus made by the API.
pub fn get() -> Call<MenuAnswer> {
    Call::get("/cgi-bin/menu/get")
}

/// Takes down the default menu and all conditional ones.
pub fn delete() -> Call<Done> {
    Call::get("/cgi-bin/menu/delete")
}

/// The menu people see, wherever it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SelfMenuAnswer {
    /// 1 when the menu is shown.
    pub is_menu_open: i64,
    /// The menu; absent when there never was one.
    #[serde(default)]
    pub selfmenu_info: Option<Menu>,
}

/// Reads the menu people see, including one made in the platform's console.
pub fn get_current() -> Call<SelfMenuAnswer> {
    Call::get("/cgi-bin/get_current_selfmenu_info")
}

/// The id of a new conditional menu; also the body of [`delete_conditional`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuId {
    /// The id.
    #[serde(default, deserialize_with = "text_or_number")]
    pub menuid: Option<String>,
}

/// Puts up a conditional menu; there must be a default one.
pub fn add_conditional(menu: &Menu) -> Call<MenuId> {
    Call::post("/cgi-bin/menu/addconditional", menu)
}

/// Takes down a conditional menu.
pub fn delete_conditional(menu_id: &str) -> Call<Done> {
    Call::post("/cgi-bin/menu/delconditional", &MenuId { menuid: Some(menu_id.to_owned()) })
}

/// The body of [`try_match`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TryMatch {
    /// An openid or a WeChat id.
    pub user_id: String,
}

/// The menu one person sees.
pub fn try_match(user_id: &str) -> Call<Menu> {
    Call::post("/cgi-bin/menu/trymatch", &TryMatch { user_id: user_id.to_owned() })
}
