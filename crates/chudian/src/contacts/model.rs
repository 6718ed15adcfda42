//! Who is served, and where they can be reached.

use crate::base::id::{ContactId, IdentityId, InboxId, TenantId};
use crate::base::time::Time;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_shown_in_part_only() {
        assert_eq!(first_name("oQx1sExampleOpenId00000000001"), "客户 000001");
        assert_eq!(masked("oQx1sExampleOpenId00000000001"), "oQx***001");
        assert_eq!(masked("short"), "***");
    }
}
