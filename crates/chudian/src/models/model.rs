//! What a tenant may choose. Pure.

use sha2::{Digest, Sha256};

use crate::base::{Error, Result};

/// The longest address or name that is kept.
const LONGEST: usize = 300;

/// Which model compares meanings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Choice {
    /// None: characters, words and sounds decide alone.
    #[default]
    Off,
    /// The sentence encoder on this machine.
    Local,
    /// An embedding endpoint.
    Endpoint(Endpoint),
}

/// An endpoint that speaks OpenAI's `POST /embeddings`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The address up to and without `/embeddings`.
    pub url: String,
    /// The name of the model there.
    pub model: String,
}

/// A tenant's choice as it is kept.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// What was chosen.
    pub choice: Choice,
    /// The sealed key of the endpoint.
    pub secret: Option<Vec<u8>>,
    /// How often it was written; 0 before the first time.
    pub version: i64,
}

impl Choice {
    /// Its stable name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Local => "local",
            Self::Endpoint(_) => "endpoint",
        }
    }

    /// Names the space of its vectors: those of another one are not to be compared with them.
    #[must_use]
    pub fn space(&self) -> String {
        match self {
            Self::Off => String::new(),
            Self::Local => "local:1".to_owned(),
            Self::Endpoint(it) => {
                let digest = Sha256::digest(format!("{}\n{}", it.url, it.model).as_bytes());
                format!("endpoint:{}", hex::encode(&digest[..8]))
            }
        }
    }

    /// Tidies what was entered, and refuses what cannot be used, by field.
    ///
    /// # Errors
    /// `Invalid`.
    pub fn tidy(self) -> Result<Self> {
        match self {
            Self::Endpoint(it) => Ok(Self::Endpoint(it.tidy("/embeddings")?)),
            other => Ok(other),
        }
    }

    /// The scheme, host and port that calls go to: a key is entered for these.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        let Self::Endpoint(it) = self else { return None };
        it.origin()
    }
}

impl Endpoint {
    /// Tidies what was entered, and refuses what cannot be used, by field. `door` is what calls append to the
    /// address; people copy it along.
    ///
    /// # Errors
    /// `Invalid`.
    pub fn tidy(self, door: &str) -> Result<Self> {
        let url = self.url.trim().trim_end_matches('/');
        let url = url.strip_suffix(door).unwrap_or(url).to_owned();
        let model = self.model.trim().to_owned();
        let parsed = url::Url::parse(&url)
            .map_err(|_| wrong("endpoint.url", "an address such as https://models.example.com/v1"))?;
        if !matches!(parsed.scheme(), "http" | "https") || parsed.host().is_none() {
            return Err(wrong("endpoint.url", "an address that begins with https:// or http://"));
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(wrong(
                "endpoint.url",
                "an address without name and password: the key has a field of its own",
            ));
        }
        if parsed.query().is_some() || parsed.fragment().is_some() || url.len() > LONGEST {
            return Err(wrong("endpoint.url", "an address without ? and #, at most 300 characters"));
        }
        if model.is_empty() || model.chars().count() > LONGEST {
            return Err(wrong(
                "endpoint.model",
                "the name of the model at the endpoint, at most 300 characters",
            ));
        }
        Ok(Self { url, model })
    }

    /// The scheme, host and port that calls go to: a key is entered for these.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        url::Url::parse(&self.url).ok().map(|it| it.origin().ascii_serialization())
    }
}

fn wrong(field: &str, right: &str) -> Error {
    Error::invalid("model.invalid", format!("{field}: give {right}")).field(field, right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(url: &str, model: &str) -> Choice {
        Choice::Endpoint(Endpoint { url: url.into(), model: model.into() })
    }

    #[test]
    fn an_endpoint_is_tidied_or_refused() {
        let tidy = |url: &str| endpoint(url, " m ").tidy();
        for url in ["https://a.example/v1", " https://a.example/v1/ ", "https://a.example/v1/embeddings"] {
            assert_eq!(tidy(url).unwrap(), endpoint("https://a.example/v1", "m"), "{url}");
        }
        for url in [
            "",
            "a.example",
            "ftp://a.example",
            "https://u:p@a.example",
            "https://a.example/?key=1",
            "file:///etc/passwd",
        ] {
            assert!(tidy(url).is_err(), "{url}");
        }
        assert!(endpoint("https://a.example", " ").tidy().is_err());
        assert_eq!(Choice::Local.tidy().unwrap(), Choice::Local);
    }

    #[test]
    fn another_model_is_another_space() {
        let one = endpoint("https://a.example/v1", "m");
        assert_eq!(one.space(), endpoint("https://a.example/v1", "m").space());
        assert_ne!(one.space(), endpoint("https://a.example/v1", "n").space());
        assert_ne!(one.space(), Choice::Local.space());
        assert_eq!(one.origin(), endpoint("https://a.example/v2", "n").origin());
        assert_ne!(one.origin(), endpoint("https://a.example:8443/v1", "m").origin());
        assert_ne!(one.origin(), endpoint("http://a.example/v1", "m").origin());
    }
}
