//! What can go wrong in a call to the platform, and what to do about each error code.

pub mod codes;

pub use codes::{Advice, Asked, Reaction, advice};

/// The platform's own refusal: `errcode` is present and not 0, whatever the HTTP status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the platform answered {code}: {message}")]
pub struct ApiError {
    /// The error code; [`advice`] knows the meaning.
    pub code: i64,
    /// The platform's words without the request id. Log them, never match on them.
    pub message: String,
    /// The platform's id of the request; its support asks for it.
    pub rid: Option<String>,
    /// The message id some refusals carry: 45065 means that the message was accepted before under this id.
    pub message_id: Option<i64>,
}

/// Whether a failed call may have had its effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Certainly not: it may be repeated.
    NotDone,
    /// Nobody knows: repeating a message may show it twice.
    Unknown,
}

/// Why a call gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The platform refused.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The connection failed. The text names no address, because addresses carry the access token.
    #[error("the platform could not be reached: {detail}")]
    Transport {
        /// Whether the request may have arrived.
        outcome: Outcome,
        /// Ran out of time.
        is_timeout: bool,
        /// For the log.
        detail: String,
    },
    /// An HTTP status other than 200, without an error code.
    #[error("the platform answered with the HTTP status {0}")]
    Http(u16),
    /// The answer is not what the documentation says.
    #[error("the platform's answer could not be read: {0}")]
    Malformed(String),
    /// The answer is larger than allowed.
    #[error("the platform's answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The base address is none.
    #[error("{0} is not a base address; it must begin with https:// or http://")]
    BaseUrl(String),
}

impl CallError {
    /// The platform's error code, if it gave one.
    #[must_use]
    pub fn code(&self) -> Option<i64> {
        match self {
            Self::Api(error) => Some(error.code),
            _ => None,
        }
    }

    /// Whether the call may have had its effect all the same.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self {
            // With an error code the platform says itself that it did nothing, "system busy" included.
            Self::Api(_) | Self::BaseUrl(_) => Outcome::NotDone,
            Self::Transport { outcome, .. } => *outcome,
            // A proxy's 4xx never reached the platform's program; a 5xx may have.
            Self::Http(status) if (400..500).contains(status) => Outcome::NotDone,
            Self::Http(_) | Self::Malformed(_) | Self::TooLarge(_) => Outcome::Unknown,
        }
    }

    /// What to do now.
    #[must_use]
    pub fn reaction(&self, asked: Asked) -> Reaction {
        match self {
            Self::Api(error) => advice(error.code, asked).reaction,
            Self::Transport { .. } => Reaction::Retry,
            Self::Http(status) if *status >= 500 || *status == 429 => Reaction::Retry,
            Self::Http(_) | Self::BaseUrl(_) => Reaction::TellOperator,
            Self::Malformed(_) | Self::TooLarge(_) => Reaction::Bug,
        }
    }

    /// Whether the access token is to blame, so that a new one may help.
    #[must_use]
    pub fn is_token_refused(&self) -> bool {
        self.reaction(Asked::Api) == Reaction::RefreshToken
    }

    pub(crate) fn transport(error: reqwest::Error) -> Self {
        let is_timeout = error.is_timeout();
        let never_left = error.is_connect() || error.is_builder();
        let outcome = if never_left { Outcome::NotDone } else { Outcome::Unknown };
        let error = error.without_url();
        let mut detail = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(inner) = source {
            detail.push_str(": ");
            detail.push_str(&inner.to_string());
            source = inner.source();
        }
        Self::Transport { outcome, is_timeout, detail }
    }
}
