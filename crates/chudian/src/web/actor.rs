//! Who asks: a person with a session, a program with a key, or the house itself.

use super::error::Problem;
use super::permission::{Permission, Permissions};
use crate::base::id::{ApiKeyId, TenantId, UserId};
use crate::base::time::Time;
use crate::base::{Error, Result};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// Who asks, and what they may do. Every act and every query starts from it.
///
/// In a handler it is an extractor: without a valid session or key there is no actor, and
/// the request ends with 401 before the handler runs.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The tenant whose rows they reach. There is no other way to a tenant.
    pub tenant: TenantId,
    /// The person, when it is one.
    pub user: Option<UserId>,
    /// Their name, for notes and the audit log.
    pub name: String,
    /// What they may do.
    pub permissions: Permissions,
    /// How they proved who they are.
    pub credential: Credential,
}

/// How an actor proved who they are.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// A cookie session of a person.
    Session {
        /// SHA-256 of its token.
        token_hash: Vec<u8>,
        /// What requests that change something must carry.
        csrf_token: String,
        /// When the password was last given.
        authenticated_at: Time,
    },
    /// A key of a program.
    Key(ApiKeyId),
    /// The house itself: a job, a sweep, the bot.
    System,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Credential::Session { .. } => f.write_str("Session(..)"),
            Credential::Key(id) => write!(f, "Key({id})"),
            Credential::System => f.write_str("System"),
        }
    }
}

impl Actor {
    /// The house itself, acting for `tenant`: jobs, sweeps, the bot.
    #[must_use]
    pub fn system(tenant: TenantId) -> Actor {
        Actor {
            tenant,
            user: None,
            name: "system".into(),
            permissions: Permissions::all(),
            credential: Credential::System,
        }
    }

    /// Goes on only when the actor may do this.
    ///
    /// # Errors
    /// `Denied` with the code `permission.missing`, naming the permission.
    pub fn require(&self, permission: Permission) -> Result<()> {
        if self.permissions.has(permission) {
            return Ok(());
        }
        let message = format!("this needs the permission {permission}; ask an administrator for it");
        Err(Error::denied("permission.missing", message).field("permission", permission.name()))
    }

    /// Goes on only when a person gave their password within the last `millis` milliseconds.
    /// Programs with keys cannot do what asks for it.
    ///
    /// # Errors
    /// `Denied` with the code `session.stale`.
    pub fn require_fresh(&self, now: Time, millis: i64) -> Result<()> {
        match &self.credential {
            Credential::System => Ok(()),
            Credential::Session { authenticated_at, .. } if now.since(*authenticated_at) < millis => Ok(()),
            _ => {
                let message = "this act needs your password once more: log in again and repeat it";
                Err(Error::denied("session.stale", message))
            }
        }
    }

    /// The person, for acts that only a person can do.
    ///
    /// # Errors
    /// `Denied` when the actor is a program or the house.
    pub fn person(&self) -> Result<UserId> {
        self.user.ok_or_else(|| Error::denied("actor.no_person", "only a person can do this, not an API key"))
    }

    /// `user`, `api_key` or `system`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.credential {
            Credential::Session { .. } => "user",
            Credential::Key(_) => "api_key",
            Credential::System => "system",
        }
    }

    /// The actor's key as text; `system` for the house.
    #[must_use]
    pub fn id_text(&self) -> String {
        match (&self.credential, self.user) {
            (Credential::Key(id), _) => id.to_string(),
            (_, Some(user)) => user.to_string(),
            _ => "system".into(),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Actor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Actor, Problem> {
        parts.extensions.get::<Actor>().cloned().ok_or_else(|| Problem(nobody()))
    }
}

/// The error for a request without a valid session or key.
#[must_use]
pub fn nobody() -> Error {
    Error::unauthenticated("session.missing", "log in first, or send a valid API key")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rights_are_asked_by_name() {
        let mut actor = Actor::system(TenantId(1));
        assert!(actor.require(Permission::AuditRead).is_ok());
        actor.permissions = [Permission::ContactRead].into_iter().collect();
        let error = actor.require(Permission::ContactEdit).unwrap_err();
        assert_eq!(error.code, "permission.missing");
        assert!(error.message.contains("contact.edit"));
    }

    #[test]
    fn freshness_ends_and_keys_never_have_it() {
        let mut actor = Actor::system(TenantId(1));
        let session =
            Credential::Session { token_hash: vec![], csrf_token: "t".into(), authenticated_at: Time(1000) };
        actor.credential = session;
        assert!(actor.require_fresh(Time(1999), 1000).is_ok());
        assert_eq!(actor.require_fresh(Time(2000), 1000).unwrap_err().code, "session.stale");
        actor.credential = Credential::Key(ApiKeyId(4));
        assert!(actor.require_fresh(Time(1000), 1000).is_err());
        assert!(
            !format!(
                "{:?}",
                Credential::Session {
                    token_hash: vec![9],
                    csrf_token: "secret".into(),
                    authenticated_at: Time(0)
                }
            )
            .contains("secret")
        );
    }
}
