//! What the platform refuses in a menu, found before it is sent.

use super::menu::{Button, ButtonKind, Menu};

/// The limits that hold; data, because the platform changes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MenuLimits {
    /// Buttons of the bar.
    pub max_buttons: usize,
    /// Buttons below one.
    pub max_sub_buttons: usize,
    /// Bytes of a name in the bar.
    pub max_name_bytes: usize,
    /// Bytes of a name below.
    pub max_sub_name_bytes: usize,
    /// Bytes of a key.
    pub max_key_bytes: usize,
    /// Bytes of an address.
    pub max_url_bytes: usize,
}

impl Default for MenuLimits {
    /// As documented in 2026.
    fn default() -> Self {
        Self {
            max_buttons: 3,
            max_sub_buttons: 5,
            max_name_bytes: 16,
            max_sub_name_bytes: 60,
            max_key_bytes: 128,
            max_url_bytes: 1024,
        }
    }
}

/// One thing the platform would refuse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuProblem {
    /// Which button: its place in the bar and its place below, the first is 0; empty for the whole menu.
    pub path: Vec<usize>,
    /// What is wrong.
    pub fault: MenuFault,
}

/// What can be wrong with a menu.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MenuFault {
    /// No button at all.
    #[error("there is no button")]
    NoButton,
    /// Too many buttons side by side.
    #[error("there are {count} buttons, at most {limit} are allowed")]
    TooMany {
        /// How many there are.
        count: usize,
        /// The limit.
        limit: usize,
    },
    /// A third level.
    #[error("a button below another cannot have buttons itself")]
    TooDeep,
    /// No words on it.
    #[error("the button has no name")]
    NoName,
    /// Neither an action nor buttons below.
    #[error("the button does nothing: give it an action or buttons below it")]
    NoAction,
    /// Both an action and buttons below.
    #[error("a button with others below it cannot have an action of its own")]
    ActionAndChildren,
    /// The action lacks this field.
    #[error("the button's action needs {0}")]
    Needs(&'static str),
    /// A field is too long.
    #[error("{field} has {bytes} bytes, at most {limit} are allowed")]
    TooLong {
        /// Which field.
        field: &'static str,
        /// How long it is.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// Not a web address.
    #[error("{0} must begin with https:// or http://")]
    NotAnAddress(&'static str),
    /// A kind the API does not accept.
    #[error("a button of this kind can be made in the platform's console only")]
    ConsoleOnly,
}

/// Everything the platform would refuse in the menu; nothing when it is fine.
#[must_use]
pub fn problems(menu: &Menu, limits: &MenuLimits) -> Vec<MenuProblem> {
    let mut found = Vec::new();
    if menu.button.is_empty() {
        found.push(MenuProblem { path: Vec::new(), fault: MenuFault::NoButton });
    }
    check_count(&[], menu.button.len(), limits.max_buttons, &mut found);
    for (index, button) in menu.button.iter().enumerate() {
        check_button(&[index], button, limits, &mut found);
        check_count(&[index], button.sub_button.len(), limits.max_sub_buttons, &mut found);
        for (below, button) in button.sub_button.iter().enumerate() {
            check_button(&[index, below], button, limits, &mut found);
        }
    }
    found
}

fn check_count(path: &[usize], count: usize, limit: usize, found: &mut Vec<MenuProblem>) {
    if count > limit {
        found.push(MenuProblem { path: path.to_vec(), fault: MenuFault::TooMany { count, limit } });
    }
}

fn check_button(path: &[usize], button: &Button, limits: &MenuLimits, found: &mut Vec<MenuProblem>) {
    let mut add = |fault| found.push(MenuProblem { path: path.to_vec(), fault });
    let is_below = path.len() > 1;
    let name_limit = if is_below { limits.max_sub_name_bytes } else { limits.max_name_bytes };
    if button.name.trim().is_empty() {
        add(MenuFault::NoName);
    }
    let lengths = [
        ("the name", Some(&button.name), name_limit),
        ("the key", button.key.as_ref(), limits.max_key_bytes),
        ("the address", button.url.as_ref(), limits.max_url_bytes),
    ];
    for (field, text, limit) in lengths {
        let bytes = text.map_or(0, String::len);
        if bytes > limit {
            add(MenuFault::TooLong { field, bytes, limit });
        }
    }
    match (&button.kind, button.sub_button.is_empty()) {
        (_, false) if is_below => add(MenuFault::TooDeep),
        (Some(_), false) => add(MenuFault::ActionAndChildren),
        (None, true) => add(MenuFault::NoAction),
        (None, false) => {}
        (Some(kind), true) => needs(kind, button).into_iter().for_each(add),
    }
}

/// The fields an action lacks.
fn needs(kind: &ButtonKind, button: &Button) -> Vec<MenuFault> {
    let lacks = |text: &Option<String>| text.as_deref().is_none_or(|it| it.trim().is_empty());
    let mut faults = Vec::new();
    let mut need = |text: &Option<String>, what| {
        if lacks(text) {
            faults.push(MenuFault::Needs(what));
        }
    };
    match kind {
        ButtonKind::Click
        | ButtonKind::ScancodePush
        | ButtonKind::ScancodeWaitmsg
        | ButtonKind::PicSysphoto
        | ButtonKind::PicPhotoOrAlbum
        | ButtonKind::PicWeixin
        | ButtonKind::LocationSelect => need(&button.key, "a key"),
        ButtonKind::View => need(&button.url, "an address"),
        ButtonKind::MediaId | ButtonKind::ViewLimited => need(&button.media_id, "a piece of material"),
        ButtonKind::ArticleId | ButtonKind::ArticleViewLimited => {
            need(&button.article_id, "a published article")
        }
        ButtonKind::Miniprogram => {
            need(&button.appid, "a mini program");
            need(&button.pagepath, "a page of the mini program");
            need(&button.url, "an address for old clients");
        }
        ButtonKind::Other(_) => faults.push(MenuFault::ConsoleOnly),
    }
    let is_web = |it: &str| it.starts_with("https://") || it.starts_with("http://");
    let opens_page = matches!(kind, ButtonKind::View | ButtonKind::Miniprogram);
    if opens_page && !lacks(&button.url) && !button.url.as_deref().is_some_and(is_web) {
        faults.push(MenuFault::NotAnAddress("the address"));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(button: Vec<Button>) -> Vec<(Vec<usize>, MenuFault)> {
        let menu = Menu { button, ..Menu::default() };
        problems(&menu, &MenuLimits::default()).into_iter().map(|it| (it.path, it.fault)).collect()
    }

    #[test]
    fn a_good_menu_has_no_problem() {
        let sub = vec![
            Button::view("官网", "https://example.com"),
            Button::mini_program("商城", "wx1", "pages/a", "https://example.com"),
        ];
        assert_eq!(faults(vec![Button::click("查话费", "BILL"), Button::parent("更多", sub)]), []);
    }

    #[test]
    fn problems_are_found_where_they_are() {
        assert_eq!(faults(vec![]), [(vec![], MenuFault::NoButton)]);
        let four = (0..4).map(|it| Button::click(it.to_string(), "K")).collect();
        assert_eq!(faults(four), [(vec![], MenuFault::TooMany { count: 4, limit: 3 })]);
        let deep = Button::parent("a", vec![Button::parent("b", vec![Button::click("c", "K")])]);
        assert_eq!(faults(vec![deep]), [(vec![0, 0], MenuFault::TooDeep)]);
        let long = MenuFault::TooLong { field: "the name", bytes: 18, limit: 16 };
        assert_eq!(
            faults(vec![Button::click("查询我的话", "K"), Button::click("查询我的话费", "K")]),
            [(vec![1], long)]
        );
        assert_eq!(faults(vec![Button::parent("a", vec![])]), [(vec![0], MenuFault::NoAction)]);
        assert_eq!(
            faults(vec![Button::click(" ", "")]),
            [(vec![0], MenuFault::NoName), (vec![0], MenuFault::Needs("a key"))]
        );
        let address = (vec![0], MenuFault::NotAnAddress("the address"));
        assert_eq!(faults(vec![Button::view("a", "javascript:alert(1)")]), [address]);
    }
}
