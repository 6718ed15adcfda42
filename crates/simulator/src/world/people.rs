//! People with phones.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha1::{Digest, Sha1};

use super::{Follower, World};

/// One person; the same in all accounts.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Colour of the avatar, 0 to 359.
    pub(crate) hue: u32,
    pub(crate) city: String,
}

/// The openid of a person in an account: 28 characters, always the same.
pub(crate) fn openid(app_id: &str, person: &str) -> String {
    let digest = Sha1::new().chain_update(app_id).chain_update([0]).chain_update(person).finalize();
    format!("o{}", URL_SAFE_NO_PAD.encode(digest))
}

const FAMILY: [&str; 20] = [
    "李", "王", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何",
    "郭", "马", "罗",
];
const GIVEN: [&str; 20] = [
    "晓雨", "建国", "思远", "海燕", "志强", "雅婷", "文博", "秀兰", "子涵", "国栋", "婉清", "大勇", "若溪",
    "春梅", "逸飞", "桂香", "明哲", "佳怡", "永福", "梦琪",
];
const CITIES: [&str; 8] = ["上海", "杭州", "成都", "武汉", "西安", "广州", "青岛", "长沙"];

impl World {
    /// A new person; without a name he gets one.
    pub(crate) fn add_person(&mut self, name: Option<String>) -> Person {
        let number = self.people.len();
        let made = || format!("{}{}", FAMILY[number % 20], GIVEN[(number * 7 + number / 20) % 20]);
        let person = Person {
            id: format!("p{}", number + 1),
            name: name.filter(|name| !name.trim().is_empty()).unwrap_or_else(made),
            hue: u32::try_from(number * 67 % 360).unwrap_or(0),
            city: CITIES[number % CITIES.len()].to_owned(),
        };
        self.people.insert(person.id.clone(), person.clone());
        person
    }

    /// The person as the account knows him, made at the first meeting. Gives the openid.
    pub(crate) fn meet(&mut self, app_id: &str, person: &str) -> Option<String> {
        if !self.people.contains_key(person) {
            return None;
        }
        let account = self.accounts.get_mut(app_id)?;
        let openid = openid(app_id, person);
        let unionid =
            account.has_unionid.then(|| format!("u{}", &self::openid("open-platform", person)[1..]));
        account.followers.entry(openid.clone()).or_insert_with(|| Follower {
            openid: openid.clone(),
            unionid,
            person: person.to_owned(),
            client: 2,
            ..Follower::default()
        });
        Some(openid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openids_are_stable_and_differ_by_account() {
        assert_eq!(openid("wx1", "p1"), openid("wx1", "p1"));
        assert_ne!(openid("wx1", "p1"), openid("wx2", "p1"));
        assert_eq!(openid("wx1", "p1").len(), 28);
    }

    #[test]
    fn people_get_names_of_their_own() {
        let mut world = World::new(String::new());
        let names: std::collections::BTreeSet<String> =
            (0..200).map(|_| world.add_person(None).name).collect();
        assert_eq!(names.len(), 200);
    }
}
