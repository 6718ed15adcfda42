//! Keeps the access token of an account: one refresh at a time, in good time, and never in a loop.
//!
//! The rules (WeChat documentation, "access token"): a token lives 7200 s; a newer one makes the older one
//! invalid soon; the calls that give tokens are few a day. So one keeper an account, and where several servers
//! run, a lease around [`Source::renew`].

use std::future::Future;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
use tokio::time::{Duration, Instant};

use crate::api::client::Client;
use crate::api::request::Call;
use crate::error::CallError;

/// An access token with its times.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AccessToken {
    /// The token; up to 512 characters. A secret.
    pub value: String,
    /// When it was got, in seconds since 1970.
    pub obtained_at: i64,
    /// How long it lives, in seconds.
    pub expires_in: i64,
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AccessToken(secret, from {}, for {} s)", self.obtained_at, self.expires_in)
    }
}

/// How an access token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Use it.
    Fresh,
    /// Still good, but four fifths of its life are over: get the next one.
    Due,
    /// Over, or from the future.
    Expired,
}

impl AccessToken {
    /// How the token stands at `now`, in seconds since 1970.
    #[must_use]
    pub fn freshness(&self, now: i64) -> Freshness {
        let age = now.saturating_sub(self.obtained_at);
        // A clock set back by more than a minute makes the age worthless.
        if age < -60 || age >= self.expires_in {
            Freshness::Expired
        } else if age >= self.expires_in / 5 * 4 {
            Freshness::Due
        } else {
            Freshness::Fresh
        }
    }
}

/// Where tokens come from and are shared with other servers.
pub trait Source: Send + Sync {
    /// The token the servers share, if there is one.
    fn load(&self) -> impl Future<Output = Result<Option<AccessToken>, CallError>> + Send;

    /// A token other than `stale`: takes the lease, looks whether another server was faster, and only then asks
    /// the platform and shares the answer.
    fn renew(&self, stale: Option<&str>) -> impl Future<Output = Result<AccessToken, CallError>> + Send;
}

/// The keeper of one account's token; cheap to clone.
#[derive(Debug)]
pub struct Keeper<S> {
    inner: Arc<Inner<S>>,
}

#[derive(Debug)]
struct Inner<S> {
    source: S,
    /// Held over a renewal, so that all who wait get its result.
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    token: Option<AccessToken>,
    failure: Option<Failure>,
}

/// The last renewal that failed, so that callers in a queue do not each wait for the next time-out.
#[derive(Debug)]
struct Failure {
    at: Instant,
    error: CallError,
}

/// How long a failed renewal speaks for the next callers when there is no token at all.
const PAUSE_WITHOUT_TOKEN: Duration = Duration::from_secs(5);
/// The same while the old token still lives.
const PAUSE_WITH_TOKEN: Duration = Duration::from_secs(60);

impl<S> Clone for Keeper<S> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<S: Source> Keeper<S> {
    /// A keeper that has no token yet.
    pub fn new(source: S) -> Self {
        Self { inner: Arc::new(Inner { source, state: Mutex::default() }) }
    }

    /// A token that is good at `now` (seconds since 1970).
    ///
    /// A token that is due is renewed; if that fails while it still lives, the old one is given, and the renewal is
    /// tried again a minute later.
    pub async fn get(&self, now: i64) -> Result<AccessToken, CallError> {
        let mut state = self.inner.state.lock().await;
        if let Some(token) = state.at_least(Freshness::Fresh, now) {
            return Ok(token);
        }
        if let Some(shared) = self.inner.source.load().await? {
            let is_fresh = shared.freshness(now) == Freshness::Fresh;
            if is_fresh || state.at_least(Freshness::Due, now).is_none() {
                state.token = Some(shared);
            }
        }
        if let Some(token) = state.at_least(Freshness::Fresh, now) {
            return Ok(token);
        }
        let living = state.at_least(Freshness::Due, now);
        let pause = if living.is_some() { PAUSE_WITH_TOKEN } else { PAUSE_WITHOUT_TOKEN };
        match (self.renew(&mut state, pause).await, living) {
            (Err(_), Some(token)) => Ok(token),
            (result, _) => result,
        }
    }

    /// A token after the platform refused `refused`: at most one renewal, however many callers were refused.
    pub async fn replace(&self, refused: &AccessToken) -> Result<AccessToken, CallError> {
        let mut state = self.inner.state.lock().await;
        if let Some(token) = state.token.as_ref().filter(|it| it.value != refused.value) {
            return Ok(token.clone());
        }
        self.renew(&mut state, PAUSE_WITHOUT_TOKEN).await
    }

    async fn renew(&self, state: &mut State, pause: Duration) -> Result<AccessToken, CallError> {
        if let Some(failure) = state.failure.as_ref().filter(|it| it.at.elapsed() < pause) {
            return Err(failure.error.clone());
        }
        let stale = state.token.as_ref().map(|it| it.value.as_str());
        match self.inner.source.renew(stale).await {
            Ok(token) => {
                state.failure = None;
                Ok(state.token.insert(token).clone())
            }
            Err(error) => {
                state.failure = Some(Failure { at: Instant::now(), error: error.clone() });
                Err(error)
            }
        }
    }

    /// Sends a call with the kept token. When the platform refuses the token: one renewal and one repetition.
    pub async fn call<A: DeserializeOwned>(
        &self,
        client: &Client,
        call: &Call<A>,
        now: i64,
    ) -> Result<A, CallError> {
        let token = self.get(now).await?;
        match client.call(&token.value, call).await {
            Err(error) if error.is_token_refused() => {
                let token = self.replace(&token).await?;
                client.call(&token.value, call).await
            }
            result => result,
        }
    }
}

impl State {
    /// The token, if it is fresh, or (for [`Freshness::Due`]) at least alive.
    fn at_least(&self, wanted: Freshness, now: i64) -> Option<AccessToken> {
        let token = self.token.as_ref()?;
        let good = match token.freshness(now) {
            Freshness::Fresh => true,
            Freshness::Due => wanted == Freshness::Due,
            Freshness::Expired => false,
        };
        good.then(|| token.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::error::ApiError;

    #[derive(Default)]
    struct Platform {
        given: AtomicUsize,
        is_down: std::sync::atomic::AtomicBool,
    }

    impl Source for Platform {
        async fn load(&self) -> Result<Option<AccessToken>, CallError> {
            Ok(None)
        }

        async fn renew(&self, _: Option<&str>) -> Result<AccessToken, CallError> {
            tokio::task::yield_now().await;
            if self.is_down.load(Ordering::SeqCst) {
                let error = ApiError { code: -1, message: String::new(), rid: None, message_id: None };
                return Err(CallError::Api(error));
            }
            let number = self.given.fetch_add(1, Ordering::SeqCst);
            Ok(AccessToken { value: format!("t{number}"), obtained_at: 0, expires_in: 7200 })
        }
    }

    #[test]
    fn freshness() {
        let token = AccessToken { value: String::new(), obtained_at: 1000, expires_in: 7200 };
        let cases = [
            (900, Freshness::Expired),
            (990, Freshness::Fresh),
            (1000 + 5759, Freshness::Fresh),
            (1000 + 5760, Freshness::Due),
            (1000 + 7199, Freshness::Due),
            (1000 + 7200, Freshness::Expired),
        ];
        for (now, expected) in cases {
            assert_eq!(token.freshness(now), expected, "{now}");
        }
    }

    #[tokio::test]
    async fn many_callers_cause_one_renewal() {
        let keeper = Keeper::new(Platform::default());
        let calls: Vec<_> = (0..50)
            .map(|_| {
                let keeper = keeper.clone();
                tokio::spawn(async move { keeper.get(10).await.unwrap().value })
            })
            .collect();
        for call in calls {
            assert_eq!(call.await.unwrap(), "t0");
        }
        let refused = keeper.get(10).await.unwrap();
        let calls: Vec<_> = (0..50)
            .map(|_| {
                let (keeper, refused) = (keeper.clone(), refused.clone());
                tokio::spawn(async move { keeper.replace(&refused).await.unwrap().value })
            })
            .collect();
        for call in calls {
            assert_eq!(call.await.unwrap(), "t1");
        }
        assert_eq!(keeper.inner.source.given.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_due_token_outlives_a_failed_renewal() {
        let keeper = Keeper::new(Platform::default());
        assert_eq!(keeper.get(0).await.unwrap().value, "t0");
        keeper.inner.source.is_down.store(true, Ordering::SeqCst);
        assert_eq!(keeper.get(6000).await.unwrap().value, "t0");
        assert!(keeper.get(7300).await.is_err());
        keeper.inner.source.is_down.store(false, Ordering::SeqCst);
        // The failure is remembered for a while, then the next caller tries again.
        assert_eq!(keeper.get(6000).await.unwrap().value, "t0");
        keeper.inner.state.lock().await.failure = None;
        assert_eq!(keeper.get(6000).await.unwrap().value, "t1");
    }
}
