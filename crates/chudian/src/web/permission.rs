//! What a person or key may do. The names are stable: they stand in API keys, the API and the console.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

macro_rules! permissions {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// One thing that may be done. `noun.verb`, never renamed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Permission {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $variant,)+
        }

        impl Permission {
            /// All of them, in the order of the navigation.
            pub const ALL: &[Permission] = &[$(Permission::$variant,)+];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(Permission::$variant => $name,)+ }
            }
        }
    };
}

permissions! {
    /// See conversations, messages and their media.
    ConversationRead = "conversation.read",
    /// Take, answer, hand over and close conversations.
    ConversationAnswer = "conversation.answer",
    /// Reach the conversations of others; assign and take them away.
    ConversationSupervise = "conversation.supervise",
    /// See contacts.
    ContactRead = "contact.read",
    /// Change names, tags and notes of contacts.
    ContactEdit = "contact.edit",
    /// See the knowledge base.
    KnowledgeRead = "knowledge.read",
    /// Change and import the knowledge base.
    KnowledgeEdit = "knowledge.edit",
    /// Set the rules by which the knowledge base is edited.
    KnowledgeManage = "knowledge.manage",
    /// Choose the model that compares meanings, and where questions are sent for it.
    KnowledgeModel = "knowledge.model",
    /// See keywords, menus and bot settings; use the test bench.
    BotRead = "bot.read",
    /// Change keywords, menus and bot settings.
    BotEdit = "bot.edit",
    /// See inboxes (never their secrets).
    InboxRead = "inbox.read",
    /// Connect, change and switch off inboxes.
    InboxEdit = "inbox.edit",
    /// See raw platform pushes and play them again.
    InboundRead = "inbound.read",
    /// See stored files.
    MediaRead = "media.read",
    /// Upload files.
    MediaUpload = "media.upload",
    /// See the people of the own tenant.
    UserRead = "user.read",
    /// Create, change and disable people.
    UserManage = "user.manage",
    /// See the own tenant and, at headquarters, its members.
    TenantRead = "tenant.read",
    /// Create, rename and close members.
    TenantManage = "tenant.manage",
    /// Create and revoke API keys.
    ApiKeyManage = "api_key.manage",
    /// Read and verify the audit log.
    AuditRead = "audit.read",
}

impl utoipa::PartialSchema for Permission {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        let names = Permission::ALL.iter().map(|it| it.name());
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).build().into()
    }
}

impl utoipa::ToSchema for Permission {}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownPermission(pub String);

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(text: &str) -> Result<Permission, UnknownPermission> {
        let found = Permission::ALL.iter().copied().find(|it| it.name() == text);
        found.ok_or_else(|| UnknownPermission(text.to_owned()))
    }
}

/// A set of permissions, kept small enough to copy: one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u64);

impl Permissions {
    /// Everything.
    pub fn all() -> Permissions {
        Permission::ALL.iter().copied().collect()
    }

    /// Whether `permission` is in the set.
    pub fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u64) != 0
    }

    /// What both sets hold: an API key never does more than the person who made it.
    #[must_use]
    pub fn and(self, other: Permissions) -> Permissions {
        Permissions(self.0 & other.0)
    }

    /// The permissions of the set, in order.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |it| self.has(*it))
    }

    /// The stable names, in order.
    pub fn names(self) -> Vec<String> {
        self.iter().map(|it| it.name().to_owned()).collect()
    }

    /// The set as words separated by spaces, as it is stored.
    pub fn stored(self) -> String {
        self.names().join(" ")
    }

    /// Reads what [`Permissions::stored`] wrote. A name that no longer exists gives no right.
    pub fn from_stored(text: &str) -> Permissions {
        text.split_whitespace().filter_map(|it| it.parse().ok()).collect()
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(items: I) -> Permissions {
        items.into_iter().fold(Permissions(0), |set, it| Permissions(set.0 | 1 << it as u64))
    }
}

impl From<&BTreeSet<Permission>> for Permissions {
    fn from(items: &BTreeSet<Permission>) -> Permissions {
        items.iter().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_stable_and_read_back() {
        for permission in Permission::ALL {
            assert_eq!(permission.name().parse(), Ok(*permission));
            assert_eq!(serde_json::to_value(permission).unwrap(), permission.name());
            assert!(permission.name().split_once('.').is_some());
        }
        assert!("conversation".parse::<Permission>().is_err());
        assert!(Permission::ALL.len() < 64, "the set is one 64-bit word");
    }

    #[test]
    fn a_set_reads_back_and_cuts() {
        let reading: Permissions = [Permission::ContactRead, Permission::AuditRead].into_iter().collect();
        assert_eq!(Permissions::from_stored(&reading.stored()), reading);
        assert_eq!(Permissions::from_stored("contact.read gone.away audit.read"), reading);
        assert_eq!(reading.and(Permissions::all()), reading);
        assert!(!reading.has(Permission::ContactEdit));
        assert_eq!(reading.names(), ["contact.read", "audit.read"]);
    }
}
