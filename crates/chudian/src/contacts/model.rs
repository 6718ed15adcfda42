//! Who is served, and where they can be reached.

use crate::base::id::{ContactId, IdentityId, InboxId, TenantId};
use crate::base::time::Time;
use crate::base::{Error, Result};

/// A person served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Key.
    pub id: ContactId,
    /// Whose customer.
    pub tenant: TenantId,
    /// What we call them: given by an agent, or made from the address until then.
    pub name: String,
    /// Marks.
    pub tags: Vec<String>,
    /// What agents should know.
    pub note: String,
    /// First seen.
    pub created_at: Time,
}

/// A person's address on one inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelIdentity {
    /// Key.
    pub id: IdentityId,
    /// Whose customer.
    pub tenant: TenantId,
    /// On which inbox.
    pub inbox: InboxId,
    /// Which person.
    pub contact: ContactId,
    /// The platform's id of the person there.
    pub source_id: String,
    /// The platform's id of the person across accounts, where it tells.
    pub union_id: Option<String>,
    /// Since when they follow; absent when they do not.
    pub followed_at: Option<Time>,
    /// When they stopped.
    pub unfollowed_at: Option<Time>,
    /// How they came to follow: the code's scene.
    pub follow_source: Option<String>,
    /// The platform's window: messages left and its end.
    pub allowance_left: Option<i64>,
    /// See `allowance_left`.
    pub allowance_until: Option<Time>,
    /// First seen.
    pub created_at: Time,
}

/// What a person without a known name is called: enough to tell two apart, too little to misuse.
#[must_use]
pub fn first_name(source_id: &str) -> String {
    let tail: Vec<char> = source_id.chars().rev().take(6).collect();
    format!("客户 {}", tail.into_iter().rev().collect::<String>())
}

/// A platform id for people's eyes: its first and last three characters.
#[must_use]
pub fn masked(source_id: &str) -> String {
    let chars: Vec<char> = source_id.chars().collect();
    if chars.len() < 9 {
        return "***".to_owned();
    }
    let (head, tail) = (&chars[..3], &chars[chars.len() - 3..]);
    format!("{}***{}", head.iter().collect::<String>(), tail.iter().collect::<String>())
}

/// What an agent changes about a contact; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// What we call them.
    pub name: Option<String>,
    /// Marks.
    pub tags: Option<Vec<String>>,
    /// What agents should know.
    pub note: Option<String>,
}

impl Change {
    /// The change without outer blanks and double marks, or why it cannot be.
    ///
    /// # Errors
    /// `Invalid`, naming the field.
    pub fn checked(self) -> Result<Self> {
        let wrong = |field: &str, why: &str| {
            Error::invalid("contact.invalid", format!("{field} {why}")).field(field, why)
        };
        let name = self.name.map(|it| it.trim().to_owned());
        let note = self.note.map(|it| it.trim().to_owned());
        let tags = self.tags.map(|tags| {
            let mut kept: Vec<String> = Vec::new();
            for tag in tags.iter().map(|it| it.trim()).filter(|it| !it.is_empty()) {
                if !kept.iter().any(|it| it == tag) {
                    kept.push(tag.to_owned());
                }
            }
            kept
        });
        let is_long = |text: &str, most: usize| text.chars().count() > most;
        match (&name, &tags, &note) {
            (Some(name), _, _) if name.is_empty() => {
                Err(wrong("name", "is empty: write one, or leave it out"))
            }
            (Some(name), _, _) if is_long(name, 100) => Err(wrong("name", "has more than 100 characters")),
            (_, Some(tags), _) if tags.len() > 30 => Err(wrong("tags", "are more than 30")),
            (_, Some(tags), _) if tags.iter().any(|it| is_long(it, 30)) => {
                Err(wrong("tags", "hold one of more than 30 characters"))
            }
            (_, _, Some(note)) if is_long(note, 2000) => Err(wrong("note", "has more than 2000 characters")),
            _ => Ok(Self { name, tags, note }),
        }
    }

    /// Puts the change into the contact and tells which fields are new.
    pub fn apply(self, contact: &mut Contact) -> Vec<&'static str> {
        fn put<T: PartialEq>(place: &mut T, new: Option<T>) -> bool {
            new.is_some_and(|new| {
                let is_new = *place != new;
                *place = new;
                is_new
            })
        }
        let changed = [
            ("name", put(&mut contact.name, self.name)),
            ("tags", put(&mut contact.tags, self.tags)),
            ("note", put(&mut contact.note, self.note)),
        ];
        changed.into_iter().filter(|(_, is_new)| *is_new).map(|(field, _)| field).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_shown_in_part_only() {
        assert_eq!(first_name("oQx1sExampleOpenId00000000001"), "客户 000001");
        assert_eq!(masked("oQx1sExampleOpenId00000000001"), "oQx***001");
        assert_eq!(masked("short"), "***");
    }

    #[test]
    fn a_change_is_trimmed_and_bounded() {
        let change = |name: &str, tags: &[&str], note: &str| Change {
            name: Some(name.into()),
            tags: Some(tags.iter().map(|it| (*it).to_owned()).collect()),
            note: Some(note.into()),
        };
        let good = change(" 李雷 ", &[" VIP ", "", "VIP", "欠费"], " 常问流量 ").checked().unwrap();
        let mut contact = Contact {
            id: ContactId(1),
            tenant: TenantId(1),
            name: "李雷".into(),
            tags: vec![],
            note: String::new(),
            created_at: Time(0),
        };
        assert_eq!(good.clone().apply(&mut contact), ["tags", "note"]);
        assert_eq!(contact.tags, ["VIP", "欠费"]);
        assert!(good.apply(&mut contact).is_empty());
        for (bad, field) in [
            (change("  ", &[], ""), "name"),
            (change(&"名".repeat(101), &[], ""), "name"),
            (change("a", &[&"签".repeat(31)], ""), "tags"),
            (change("a", &[], &"注".repeat(2001)), "note"),
        ] {
            assert!(bad.checked().unwrap_err().fields.contains_key(field));
        }
    }
}
