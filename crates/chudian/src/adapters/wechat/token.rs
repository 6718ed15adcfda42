//! One token keeper per account: in memory within a server, under a lease in the database
//! between servers. Tokens are sealed at rest.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use wechat::api::account;
use wechat::api::client::Client;
use wechat::error::CallError;
use wechat::token::{AccessToken, Keeper, Source};

use crate::base::id::InboxId;
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::channels::{book, store};
use crate::ctx::Ctx;

/// A lease outlives the slowest call for a token.
const LEASE: i64 = 20 * Time::SECOND;

/// The keepers of this server.
#[derive(Default)]
pub(super) struct Keepers(Mutex<HashMap<InboxId, Keeper<Shared>>>);

impl Keepers {
    /// The keeper of an account. Changed settings make a new one.
    pub(super) fn of(&self, ctx: &Ctx, inbox: InboxId, app: &App) -> Keeper<Shared> {
        let mut keepers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Keeper::new(Shared { ctx: ctx.clone(), inbox, app: app.clone() });
        match keepers.get(&inbox) {
            Some(keeper) => keeper.clone(),
            None => keepers.entry(inbox).or_insert_with(fresh).clone(),
        }
    }

    /// Forgets all keepers, after an inbox changed.
    pub(super) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// What a token is asked with.
#[derive(Clone)]
pub(super) struct App {
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) client: Client,
}

/// Where tokens are kept for all servers.
pub(super) struct Shared {
    ctx: Ctx,
    inbox: InboxId,
    app: App,
}

impl Shared {
    async fn kept(&self) -> Result<Option<AccessToken>> {
        let inbox = self.inbox;
        let kept = self.ctx.db.read(move |tx| store::find_token(tx, inbox)).await?;
        let Some(kept) = kept else { return Ok(None) };
        let (Some(sealed), Some(obtained), Some(expires)) = (kept.token, kept.obtained_at, kept.expires_at)
        else {
            return Ok(None);
        };
        let plain = self.ctx.secrets.open(&purpose(inbox), &sealed)?;
        let value = String::from_utf8(plain)
            .map_err(|error| Error::internal("token.text", "a kept token is no text").because(error))?;
        Ok(Some(AccessToken {
            value,
            obtained_at: obtained.seconds(),
            expires_in: expires.since(obtained) / Time::SECOND,
        }))
    }

    async fn ask(&self, owner: &str, force: bool) -> std::result::Result<AccessToken, CallError> {
        let answer =
            self.app.client.call("", &account::stable_token(&self.app.id, &self.app.secret, force)).await?;
        let now = self.ctx.clock.now();
        let token = AccessToken {
            value: answer.access_token,
            obtained_at: now.seconds(),
            expires_in: answer.expires_in,
        };
        let (inbox, owner) = (self.inbox, owner.to_owned());
        let sealed =
            self.ctx.secrets.seal(&purpose(inbox), token.value.as_bytes()).map_err(|error| stored(&error))?;
        let expires = now.plus(token.expires_in * Time::SECOND);
        let kept = self.ctx.db.write(move |tx| store::set_token(tx, inbox, &owner, &sealed, expires)).await;
        kept.map_err(|error| stored(&error))?;
        Ok(token)
    }
}

fn purpose(inbox: InboxId) -> String {
    format!("token:{inbox}")
}

/// A failure of our own store, in the words of the wire crate's trait.
fn stored(error: &Error) -> CallError {
    CallError::Transport {
        outcome: wechat::error::Outcome::NotDone,
        is_timeout: false,
        detail: error.to_string(),
    }
}

impl Source for Shared {
    async fn load(&self) -> std::result::Result<Option<AccessToken>, CallError> {
        self.kept().await.map_err(|error| stored(&error))
    }

    async fn renew(&self, stale: Option<&str>) -> std::result::Result<AccessToken, CallError> {
        let owner = hex::encode(rand::random::<[u8; 8]>());
        for _ in 0..60 {
            let (inbox, name, now) = (self.inbox, owner.clone(), self.ctx.clock.now());
            let lease =
                self.ctx.db.write(move |tx| store::lease_token(tx, inbox, &name, now, now.plus(LEASE))).await;
            let is_ours = lease.map_err(|error| stored(&error))?;
            let shared = self.load().await?.filter(|it| Some(it.value.as_str()) != stale);
            if let Some(token) =
                shared.filter(|it| it.freshness(now.seconds()) == wechat::token::Freshness::Fresh)
            {
                if is_ours {
                    self.release(&owner).await;
                }
                return Ok(token);
            }
            if is_ours {
                // The platform called the kept one wrong: only a forced one is surely another.
                let asked = self.ask(&owner, stale.is_some()).await;
                if asked.is_err() {
                    self.release(&owner).await;
                }
                return asked;
            }
            tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        }
        Err(stored(&Error::busy("token.lease", "another server is getting the access token")))
    }
}

impl Shared {
    async fn release(&self, owner: &str) {
        let (inbox, owner) = (self.inbox, owner.to_owned());
        // A lease that cannot be given back ends by itself.
        let _ = self.ctx.db.write(move |tx| store::release_token(tx, inbox, &owner)).await;
    }
}

/// Forgets what is in memory about accounts: after an inbox changed.
pub fn forget(ctx: &Ctx) {
    ctx.shelf.get::<Keepers>().clear();
    ctx.shelf.get::<book::Book>().clear();
}
