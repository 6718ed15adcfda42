//! What one may do with inboxes.

use std::collections::BTreeMap;

use crate::audit::ops as audit;
use crate::base::id::InboxId;
use crate::base::time::Time;
use crate::base::{Error, Result};
use crate::bus::{self, Event};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

use super::adapter::{Adapters, CheckStep};
use super::book::{self, purpose};
use super::model::{Inbox, Secrets, Trouble};
use super::{simulated, store};

/// An inbox with what is known about it beside its row.
#[derive(Debug, Clone)]
pub struct Known {
    /// The inbox.
    pub inbox: Inbox,
    /// Which secrets are set; their values are never given out again.
    pub secrets_set: Vec<String>,
    /// When it last heard from its platform.
    pub last_inbound_at: Option<Time>,
    /// What its platform refuses.
    pub troubles: Vec<Trouble>,
}

/// An inbox to connect.
#[derive(Debug)]
pub struct NewInbox {
    /// The platform.
    pub kind: String,
    /// Its name, for people.
    pub name: String,
    /// What the adapter needs.
    pub settings: serde_json::Value,
    /// What only the adapter may know.
    pub secrets: BTreeMap<String, String>,
}

/// A change of an inbox; what is absent stays.
#[derive(Debug, Default)]
pub struct InboxChange {
    /// A new name.
    pub name: Option<String>,
    /// New settings, whole.
    pub settings: Option<serde_json::Value>,
    /// New secrets; those not named stay.
    pub secrets: Option<BTreeMap<String, String>>,
    /// Switch it off or on.
    pub disabled: Option<bool>,
}

/// The inboxes of the actor's tenant.
pub async fn list(ctx: &Ctx, actor: &Actor) -> Result<Vec<Known>> {
    actor.require(Permission::InboxRead)?;
    let (tenant, handle) = (actor.tenant, ctx.clone());
    ctx.db
        .read(move |tx| store::list(tx, tenant)?.into_iter().map(|it| known(tx, &handle, it)).collect())
        .await
}

/// One inbox.
pub async fn get(ctx: &Ctx, actor: &Actor, id: InboxId) -> Result<Known> {
    actor.require(Permission::InboxRead)?;
    let (tenant, handle) = (actor.tenant, ctx.clone());
    ctx.db
        .read(move |tx| {
            let inbox = store::get(tx, tenant, id)?;
            known(tx, &handle, inbox)
        })
        .await
}

fn known(tx: &mut Tx<'_>, ctx: &Ctx, inbox: Inbox) -> Result<Known> {
    let last_inbound_at = store::last_inbound_at(tx, inbox.tenant, inbox.id)?;
    let secrets = secrets_of(tx, ctx, inbox.id)?;
    let secrets_set = secrets.0.into_iter().filter(|(_, it)| !it.is_empty()).map(|(name, _)| name).collect();
    let troubles = store::list_troubles(tx, inbox.tenant, inbox.id)?;
    Ok(Known { inbox, secrets_set, last_inbound_at, troubles })
}

fn secrets_of(tx: &mut Tx<'_>, ctx: &Ctx, id: InboxId) -> Result<Secrets> {
    let found = store::find_sealed(tx, id)?.ok_or_else(store::missing)?;
    let plain = ctx.secrets.open(&purpose(id), &found.secrets)?;
    Ok(serde_json::from_slice(&plain).unwrap_or_default())
}

fn seal(ctx: &Ctx, id: InboxId, secrets: &Secrets) -> Result<Vec<u8>> {
    let plain = serde_json::to_vec(secrets).map_err(|error| {
        Error::internal("inbox.secrets", "the secrets could not be written down").because(error)
    })?;
    ctx.secrets.seal(&purpose(id), &plain)
}

fn check_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 60 {
        return Err(Error::invalid("inbox.name", "an inbox needs a name of 1 to 60 characters")
            .field("name", "1 to 60 characters"));
    }
    Ok(name.to_owned())
}

/// Connects an account.
pub async fn create(ctx: &Ctx, actor: &Actor, new: NewInbox) -> Result<Known> {
    actor.require(Permission::InboxEdit)?;
    let adapter = ctx.shelf.get::<Adapters>().get(&new.kind)?;
    let secrets = Secrets(new.secrets);
    adapter.check_settings(&new.settings, &secrets)?;
    simulated::refuse_settings(ctx, &new.settings).await?;
    let inbox = Inbox {
        id: ctx.ids.make(ctx.clock.now()),
        tenant: actor.tenant,
        kind: new.kind,
        name: check_name(&new.name)?,
        hook_key: hex::encode(rand::random::<[u8; 16]>()),
        settings: new.settings,
        created_at: ctx.clock.now(),
        disabled_at: None,
    };
    let sealed = seal(ctx, inbox.id, &secrets)?;
    let (actor, handle) = (actor.clone(), ctx.clone());
    ctx.db
        .write(move |tx| {
            store::insert(tx, &inbox, &sealed)?;
            audit::record(
                tx,
                &actor,
                "inbox.create",
                inbox.id,
                serde_json::json!({ "name": inbox.name, "kind": inbox.kind }),
            )?;
            bus::emit(tx, inbox.tenant, Event::InboxChanged { inbox: inbox.id })?;
            known(tx, &handle, inbox)
        })
        .await
}

/// Changes an inbox.
pub async fn update(ctx: &Ctx, actor: &Actor, id: InboxId, change: InboxChange) -> Result<Known> {
    actor.require(Permission::InboxEdit)?;
    if change.settings.is_some() || change.disabled == Some(false) {
        let tenant = actor.tenant;
        let kept = ctx.db.read(move |tx| store::get(tx, tenant, id)).await?.settings;
        simulated::refuse_settings(ctx, change.settings.as_ref().unwrap_or(&kept)).await?;
    }
    let (actor, handle) = (actor.clone(), ctx.clone());
    ctx.db
        .write(move |tx| {
            let mut inbox = store::get(tx, actor.tenant, id)?;
            let mut secrets = secrets_of(tx, &handle, id)?;
            let new_secrets = change.secrets.is_some();
            let former = inbox.settings.clone();
            apply(&mut inbox, &mut secrets, change, tx.now())?;
            handle.shelf.get::<Adapters>().get(&inbox.kind)?.check_settings(&inbox.settings, &secrets)?;
            store::update(tx, &inbox)?;
            if new_secrets {
                store::set_secrets(tx, &inbox, &seal(&handle, id, &secrets)?)?;
            }
            if new_secrets || inbox.settings != former {
                store::forget_platform(tx, &inbox)?;
            }
            let detail = serde_json::json!({ "name": inbox.name, "secrets": new_secrets, "disabled": inbox.disabled_at.is_some() });
            audit::record(tx, &actor, "inbox.update", id, detail)?;
            bus::emit(tx, inbox.tenant, Event::InboxChanged { inbox: id })?;
            known(tx, &handle, inbox)
        })
        .await
}

/// Puts a change into effect. A new message key keeps the old one beside it: what the platform
/// sealed before the change still arrives for a while.
fn apply(inbox: &mut Inbox, secrets: &mut Secrets, change: InboxChange, now: Time) -> Result<()> {
    if let Some(name) = change.name {
        inbox.name = check_name(&name)?;
    }
    if let Some(settings) = change.settings {
        inbox.settings = settings;
    }
    for (name, value) in change.secrets.unwrap_or_default() {
        let former = secrets.0.insert(name.clone(), value.clone()).unwrap_or_default();
        if name == "aes_key" && !former.is_empty() && former != value {
            secrets.0.insert("previous_aes_key".to_owned(), former);
        }
    }
    match change.disabled {
        Some(true) => inbox.disabled_at = inbox.disabled_at.or(Some(now)),
        Some(false) => inbox.disabled_at = None,
        None => {}
    }
    Ok(())
}

/// Checks an inbox against its platform, step by step.
pub async fn check(ctx: &Ctx, actor: &Actor, id: InboxId) -> Result<Vec<CheckStep>> {
    actor.require(Permission::InboxEdit)?;
    let tenant = actor.tenant;
    ctx.db.read(move |tx| store::get(tx, tenant, id)).await?;
    let inbox = book::get(ctx, id).await?;
    simulated::refuse_settings(ctx, &inbox.inbox.settings).await?;
    let adapter = ctx.shelf.get::<Adapters>().get(&inbox.inbox.kind)?;
    Ok(adapter.check(ctx, &inbox).await)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::TenantId;

    #[test]
    fn a_new_message_key_keeps_the_old_one_beside_it() {
        let mut inbox = Inbox {
            id: InboxId(1),
            tenant: TenantId(1),
            kind: "wechat".into(),
            name: "a".into(),
            hook_key: "k".into(),
            settings: serde_json::json!({}),
            created_at: Time(0),
            disabled_at: None,
        };
        let one = |name: &str, value: &str| Some(BTreeMap::from([(name.to_owned(), value.to_owned())]));
        let mut secrets = Secrets(one("aes_key", "old").unwrap());

        let change =
            InboxChange { secrets: one("aes_key", "new"), disabled: Some(true), ..InboxChange::default() };
        apply(&mut inbox, &mut secrets, change, Time(9)).unwrap();

        assert_eq!((secrets.get("aes_key"), secrets.get("previous_aes_key")), ("new", "old"));
        assert_eq!(inbox.disabled_at, Some(Time(9)));
        assert!(
            apply(
                &mut inbox,
                &mut secrets,
                InboxChange { name: Some(" ".into()), ..InboxChange::default() },
                Time(9)
            )
            .is_err()
        );
    }
}
