//! Which role may do what: one table, read by the server and shown in the console.

use crate::web::permission::{Permission, Permissions};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What a person is in their organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything in the own tenant; at headquarters also the members.
    Administrator,
    /// Leads agents: sees and assigns all conversations.
    Supervisor,
    /// Answers customers.
    Agent,
    /// Writes knowledge, keywords and menus.
    Editor,
    /// Plans campaigns: reads contacts and content.
    Marketer,
    /// Connects inboxes and systems.
    Engineer,
    /// Reads the audit log and the set-up, changes nothing.
    Auditor,
}

impl Role {
    /// All roles, in the order of the console.
    pub const ALL: &[Role] = &[
        Role::Administrator,
        Role::Supervisor,
        Role::Agent,
        Role::Editor,
        Role::Marketer,
        Role::Engineer,
        Role::Auditor,
    ];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
            Role::Supervisor => "supervisor",
            Role::Agent => "agent",
            Role::Editor => "editor",
            Role::Marketer => "marketer",
            Role::Engineer => "engineer",
            Role::Auditor => "auditor",
        }
    }

    /// What the role may do.
    pub fn permissions(self) -> Permissions {
        use Permission::*;
        let list: &[Permission] = match self {
            Role::Administrator => Permission::ALL,
            Role::Supervisor => &[
                ConversationRead,
                ConversationAnswer,
                ConversationSupervise,
                ContactRead,
                ContactEdit,
                KnowledgeRead,
                BotRead,
                InboxRead,
                InboundRead,
                MediaRead,
                MediaUpload,
                UserRead,
                TenantRead,
            ],
            Role::Agent => &[
                ConversationRead,
                ConversationAnswer,
                ContactRead,
                ContactEdit,
                KnowledgeRead,
                MediaRead,
                MediaUpload,
            ],
            Role::Editor => {
                &[KnowledgeRead, KnowledgeEdit, BotRead, BotEdit, InboxRead, MediaRead, MediaUpload]
            }
            Role::Marketer => &[ContactRead, KnowledgeRead, BotRead, InboxRead, MediaRead, MediaUpload],
            Role::Engineer => {
                &[InboxRead, InboxEdit, InboundRead, KnowledgeRead, KnowledgeModel, BotRead, ApiKeyManage]
            }
            Role::Auditor => &[AuditRead, UserRead, TenantRead, KnowledgeRead, BotRead, InboxRead],
        };
        list.iter().copied().collect()
    }
}

impl FromStr for Role {
    type Err = ();

    fn from_str(text: &str) -> Result<Role, ()> {
        Role::ALL.iter().copied().find(|it| it.name() == text).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for role in Role::ALL {
            assert_eq!(role.name().parse(), Ok(*role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
        }
    }

    #[test]
    fn a_role_may_read_what_it_may_change() {
        use Permission::*;
        let pairs = [
            (ConversationAnswer, ConversationRead),
            (ConversationSupervise, ConversationRead),
            (ContactEdit, ContactRead),
            (KnowledgeEdit, KnowledgeRead),
            (BotEdit, BotRead),
            (InboxEdit, InboxRead),
            (MediaUpload, MediaRead),
            (UserManage, UserRead),
            (TenantManage, TenantRead),
        ];
        for role in Role::ALL {
            for (change, read) in pairs {
                assert!(!role.permissions().has(change) || role.permissions().has(read), "{role:?} {change}");
            }
        }
    }

    #[test]
    fn only_the_administrator_manages_people_and_members() {
        for role in Role::ALL {
            let is_administrator = *role == Role::Administrator;
            assert_eq!(role.permissions().has(Permission::UserManage), is_administrator);
            assert_eq!(role.permissions().has(Permission::TenantManage), is_administrator);
        }
        let auditor = Role::Auditor.permissions();
        assert!(auditor.iter().all(|it| it.name().ends_with(".read")), "an auditor changes nothing");
    }
}
