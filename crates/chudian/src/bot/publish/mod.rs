//! Publishing an account's menu to its platform, and pulling it back.
//!
//! The draft is ours; the platform is asked outside any transaction, and what it took is noted after.

pub mod http;

use crate::audit::ops as audit;
use crate::base::id::InboxId;
use crate::base::{Error, Result};
use crate::bus::{self, Event};
use crate::channels::adapter::{Adapters, MenuButton};
use crate::channels::{book, store as channels};
use crate::ctx::Ctx;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

use super::account_menu::{AccountMenu, Button};
use super::ops;
use super::store::{self, Menu, StoredMenu};

/// Makes the draft the account's menu.
///
/// # Errors
/// `Denied` without the right; `Missing` inbox; `Invalid` when the platform would refuse a button, by
/// button; `Upstream` when it cannot be asked.
pub async fn publish(ctx: &Ctx, actor: &Actor, inbox: InboxId) -> Result<StoredMenu<AccountMenu>> {
    actor.require(Permission::BotEdit)?;
    let draft = ops::get_account_menu(ctx, actor, inbox).await?;
    if draft.version == 0 {
        return Err(Error::invalid("account_menu.none", "there is no draft to publish: draw the menu first"));
    }
    let open = book::get(ctx, inbox).await?;
    let adapter = ctx.shelf.get::<Adapters>().get(&open.inbox.kind)?;
    let buttons: Vec<MenuButton> = draft.tree.buttons.iter().map(to_platform).collect();
    adapter.publish_menu(ctx, &open, &buttons).await?;

    let (who, version) = (actor.clone(), draft.version);
    ctx.db
        .write(move |tx| {
            store::set_published(tx, who.tenant, inbox, version)?;
            audit::record(
                tx,
                &who,
                "account_menu.publish",
                inbox,
                serde_json::json!({ "version": version }),
            )?;
            bus::emit(tx, who.tenant, Event::MenuChanged)
        })
        .await?;
    ops::get_account_menu(ctx, actor, inbox).await
}

/// Makes the account's present menu the draft. What the bot says to a key stays with the key.
///
/// # Errors
/// `Denied` without the right; `Missing` inbox; `Upstream` when the platform cannot be asked.
pub async fn pull(ctx: &Ctx, actor: &Actor, inbox: InboxId) -> Result<StoredMenu<AccountMenu>> {
    actor.require(Permission::BotEdit)?;
    let tenant = actor.tenant;
    ctx.db.read(move |tx| channels::get(tx, tenant, inbox)).await?;
    let open = book::get(ctx, inbox).await?;
    let adapter = ctx.shelf.get::<Adapters>().get(&open.inbox.kind)?;
    let buttons = adapter.pull_menu(ctx, &open).await?;

    let who = actor.clone();
    ctx.db
        .write(move |tx| {
            let draft =
                store::find_menu::<AccountMenu>(tx, who.tenant, Menu::Account(inbox))?.unwrap_or_default();
            let pulled =
                AccountMenu { buttons: buttons.iter().map(|it| from_platform(it, &draft.tree)).collect() };
            let version = draft.version + 1;
            if !store::put_menu(tx, who.tenant, Menu::Account(inbox), &pulled, version)? {
                return Err(Error::conflict(
                    "account_menu.changed",
                    "somebody changed the menu meanwhile: pull again",
                ));
            }
            store::set_published(tx, who.tenant, inbox, version)?;
            audit::record(tx, &who, "account_menu.pull", inbox, serde_json::json!({ "version": version }))?;
            bus::emit(tx, who.tenant, Event::MenuChanged)
        })
        .await?;
    ops::get_account_menu(ctx, actor, inbox).await
}

fn to_platform(it: &Button) -> MenuButton {
    MenuButton {
        name: it.name.clone(),
        kind: it.kind.clone(),
        key: it.key.clone(),
        url: it.url.clone(),
        app_id: it.app_id.clone(),
        page_path: it.page_path.clone(),
        media_id: it.media_id.clone(),
        article_id: it.article_id.clone(),
        children: it.children.iter().map(to_platform).collect(),
    }
}

/// A button as the platform has it, with what our draft knows of its key.
fn from_platform(it: &MenuButton, draft: &AccountMenu) -> Button {
    let mut all = draft.buttons.iter().flat_map(|button| std::iter::once(button).chain(&button.children));
    let known = all.find(|button| button.key.is_some() && button.key == it.key);
    Button {
        name: it.name.clone(),
        kind: it.kind.clone(),
        key: it.key.clone(),
        url: it.url.clone(),
        app_id: it.app_id.clone(),
        page_path: it.page_path.clone(),
        media_id: it.media_id.clone(),
        article_id: it.article_id.clone(),
        answers: known.and_then(|button| button.answers.clone()),
        action: known.and_then(|button| button.action),
        children: it.children.iter().map(|child| from_platform(child, draft)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_key_says_survives_a_pull() {
        let draft: AccountMenu = serde_json::from_str(
            r#"{"buttons":[{"name":"查询","kind":"sub","children":[
                {"name":"话费","kind":"click","key":"bill","answers":[{"type":"text","text":"您好"}]}]}]}"#,
        )
        .unwrap();
        let mut theirs: Vec<MenuButton> = draft.buttons.iter().map(to_platform).collect();
        theirs[0].children[0].name = "查话费".to_owned();

        let pulled = from_platform(&theirs[0], &draft);

        assert_eq!(pulled.children[0].name, "查话费");
        assert_eq!(pulled.children[0].answers, draft.buttons[0].children[0].answers);
    }
}
