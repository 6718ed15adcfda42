//! The one error of the product.
//!
//! `kind` decides what a caller may do about it (and, in `web/`, the HTTP status), `code` is
//! stable and translated in the console, `message` is a sentence for people that says what
//! to do. A refusal of business, such as "outside the 48 hours", is a value and not an error.

use std::collections::BTreeMap;

/// What an operation of the product gives back.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What sort of failure it is, and so what the caller can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request is wrong: mend it and ask again.
    Invalid,
    /// Nobody is signed in.
    Unauthenticated,
    /// The actor may not do this.
    Denied,
    /// There is no such thing within the actor's reach.
    Missing,
    /// It clashes with what is there now: look again, then decide.
    Conflict,
    /// Too much at once: the same request may work later.
    Busy,
    /// Another system failed or refused.
    Upstream,
    /// Our own fault.
    Internal,
}

/// A failure, with everything that its reader needs.
#[derive(Debug)]
pub struct Error {
    /// What sort of failure.
    pub kind: Kind,
    /// Stable name, such as `conversation.closed`; the console translates it.
    pub code: &'static str,
    /// A sentence for people: what is wrong and what to do.
    pub message: String,
    /// Which fields of the request are wrong, and why.
    pub fields: BTreeMap<String, String>,
    /// What was found, for programs: its shape belongs to the code.
    pub details: Option<Box<serde_json::Value>>,
    /// Seconds to wait before trying again, for [`Kind::Busy`].
    pub retry_after: Option<u32>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind,
            code,
            message: message.into(),
            fields: BTreeMap::new(),
            details: None,
            retry_after: None,
            source: None,
        }
    }

    /// The request is wrong.
    pub fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, code, message)
    }

    /// Nobody is signed in.
    pub fn unauthenticated(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Unauthenticated, code, message)
    }

    /// The actor may not do this.
    pub fn denied(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Denied, code, message)
    }

    /// No such thing within the actor's reach. A foreign tenant's row answers with just this too.
    pub fn missing(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Missing, code, message)
    }

    /// It clashes with what is there now.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, code, message)
    }

    /// Too much at once.
    pub fn busy(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Busy, code, message)
    }

    /// Another system failed or refused.
    pub fn upstream(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Upstream, code, message)
    }

    /// Our own fault.
    pub fn internal(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Internal, code, message)
    }

    /// Tells programs what was found.
    #[must_use]
    pub fn detailed(mut self, details: serde_json::Value) -> Self {
        self.details = Some(Box::new(details));
        self
    }

    /// Names a wrong field and says why.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, why: impl Into<String>) -> Self {
        self.fields.insert(name.into(), why.into());
        self
    }

    /// Says how long to wait, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(u32::try_from(seconds).unwrap_or(u32::MAX));
        self
    }

    /// Keeps what caused it, for the log and never for the caller.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)?;
        if let Some(source) = &self.source {
            write!(f, " ({source})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|it| it as &(dyn std::error::Error + 'static))
    }
}
