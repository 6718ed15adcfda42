//! What tenants, people, sessions and keys are. Pure.

use super::role::Role;
use crate::base::id::{ApiKeyId, TenantId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::web::actor::{Actor, Credential};
use crate::web::permission::Permissions;
use serde::Serialize;
use utoipa::ToSchema;

/// What a tenant is in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TenantKind {
    /// The root: may create members.
    Headquarters,
    /// An enterprise of the group.
    Member,
}

/// The longest name of a region, in characters.
const LONGEST_REGION: usize = 50;

/// A region's name, trimmed; empty for none.
pub fn region(text: &str) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > LONGEST_REGION || text.contains(char::is_control) {
        let why = format!("a region has at most {LONGEST_REGION} characters");
        return Err(Error::invalid("tenant.region", why).field("region", "too long"));
    }
    Ok(text.to_owned())
}

impl TenantKind {
    /// As it is stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            TenantKind::Headquarters => "headquarters",
            TenantKind::Member => "member",
        }
    }
}

/// Headquarters or a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tenant {
    /// Its key.
    pub id: TenantId,
    /// The tenant above; absent for headquarters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<TenantId>,
    /// Headquarters or member.
    pub kind: TenantKind,
    /// Its name for people.
    pub name: String,
    /// Its short name for machines: lower-case letters, digits and hyphens.
    pub code: String,
    /// Such as `Asia/Shanghai`: service hours are meant there.
    pub time_zone: String,
    /// Under which name headquarters gathers it with others; empty for none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// Since when it exists.
    pub created_at: Time,
    /// Whether nobody of it can log in any more.
    pub closed: bool,
}

/// A person who can log in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct User {
    /// Their key.
    pub id: UserId,
    /// The tenant they work in.
    #[serde(skip)]
    pub tenant: TenantId,
    /// The name they log in with, in lower case; one in the whole house.
    pub login: String,
    /// Their name for people.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The language of their console, such as `zh-CN`.
    pub locale: String,
    /// Whether they are locked out.
    pub disabled: bool,
    /// Since when they exist.
    pub created_at: Time,
    /// When they last logged in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_login_at: Option<Time>,
}

impl User {
    /// The actor that this person is while they have a session.
    #[must_use]
    pub fn actor(&self, credential: Credential) -> Actor {
        Actor {
            tenant: self.tenant,
            user: Some(self.id),
            name: self.name.clone(),
            permissions: self.role.permissions(),
            credential,
        }
    }
}

/// A session as it is kept.
#[derive(Clone)]
pub struct Session {
    /// SHA-256 of the token in the cookie.
    pub token_hash: Vec<u8>,
    /// Whose it is.
    pub user: UserId,
    /// In which tenant.
    pub tenant: TenantId,
    /// What requests that change something must carry.
    pub csrf_token: String,
    /// Since when it exists.
    pub created_at: Time,
    /// When the password was last given.
    pub authenticated_at: Time,
    /// When it was last used, to the minute.
    pub last_seen_at: Time,
}

/// A key of a program, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ApiKey {
    /// Its key in the list.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// The public part, by which it can be recognised.
    pub prefix: String,
    /// What it may do, as permission names.
    pub scopes: Vec<String>,
    /// Who made it: it never does more than they may.
    pub created_by: UserId,
    /// Since when it exists.
    pub created_at: Time,
    /// Until when it works; absent: without end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// When it was last used, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Time>,
}

impl ApiKey {
    /// What the key may do now: its scopes, cut to what its maker may do.
    #[must_use]
    pub fn permissions(&self, maker: Role) -> Permissions {
        Permissions::from_stored(&self.scopes.join(" ")).and(maker.permissions())
    }
}

/// A log-in name in its one spelling.
///
/// # Errors
/// `Invalid` in words.
pub fn login(text: &str) -> Result<String> {
    let login = text.trim().to_lowercase();
    let length = login.chars().count();
    let fits = |it: char| it.is_alphanumeric() || "@._+-".contains(it);
    if (2..=64).contains(&length) && login.chars().all(fits) {
        return Ok(login);
    }
    let why = "2 to 64 letters, digits or @ . _ + -";
    Err(Error::invalid("user.login", "the log-in name cannot be used").field("login", why))
}

/// A name for people: not empty, not endless, without control signs.
///
/// # Errors
/// `Invalid`, naming `field`.
pub fn name(text: &str, field: &str) -> Result<String> {
    let name = text.trim();
    if !name.is_empty() && name.chars().count() <= 100 && !name.chars().any(char::is_control) {
        return Ok(name.to_owned());
    }
    Err(Error::invalid("name.invalid", "a name is missing or too long").field(field, "1 to 100 characters"))
}

/// The short name of a tenant.
///
/// # Errors
/// `Invalid` in words.
pub fn code(text: &str) -> Result<String> {
    let fits = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    if (2..=32).contains(&text.len())
        && text.chars().all(fits)
        && !text.starts_with('-')
        && !text.ends_with('-')
    {
        return Ok(text.to_owned());
    }
    let why = "2 to 32 lower-case letters, digits or hyphens inside";
    Err(Error::invalid("tenant.code", "the short name cannot be used").field("code", why))
}

/// A time zone that we know.
///
/// # Errors
/// `Invalid` in words.
pub fn time_zone(text: &str) -> Result<String> {
    if jiff::tz::TimeZone::get(text).is_ok() {
        return Ok(text.to_owned());
    }
    let why = "a name of the IANA list, such as Asia/Shanghai";
    Err(Error::invalid("tenant.time_zone", "the time zone is not known").field("time_zone", why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_spelling() {
        assert_eq!(login(" Anna@Telecom ").unwrap(), "anna@telecom");
        assert_eq!(login("王小明").unwrap(), "王小明");
        for wrong in ["", " ", "a", "a b", "a\u{200b}b", "a/b", "<script>", &"x".repeat(65)] {
            assert!(login(wrong).is_err(), "{wrong:?}");
        }
        for wrong in ["", "   ", "a\nb", &"名".repeat(101)] {
            assert_eq!(name(wrong, "name").unwrap_err().fields.keys().next().unwrap(), "name");
        }
        assert_eq!(name(" 电信 ", "name").unwrap(), "电信");
        assert_eq!(code("bank-2").unwrap(), "bank-2");
        for wrong in ["", "a", "Bank", "-a", "a-", "银行", "a_b"] {
            assert!(code(wrong).is_err(), "{wrong:?}");
        }
        assert!(time_zone("Asia/Shanghai").is_ok());
        assert!(time_zone("Asia/Atlantis").is_err());
        assert!(time_zone("").is_err());
    }
}
