//! What one may do with keyword rules, menus and settings.

use serde_json::json;

use crate::audit::ops::record;
use crate::base::content::Content;
use crate::base::id::{InboxId, KeywordId, TenantId};
use crate::base::page::{Page, PageRequest};
use crate::base::{Error, Result};
use crate::bus::{Event, emit};
use crate::channels::store as channels;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::knowledge::checks::check_files;
use crate::knowledge::listing::{no_page, pattern};
use crate::knowledge::rehearsal::{self, Accepted};
use crate::web::actor::Actor;
use crate::web::extract::absent;
use crate::web::permission::Permission;

use super::account_menu::AccountMenu;
use super::menu::Node;
use super::model::{Keyword, KeywordBody};
use super::regression::rehearse::{self, Proposal};
use super::settings::BotSettings;
use super::store::{self, Menu, StoredMenu};

/// How many keyword rules a tenant may have.
const MOST_KEYWORDS: i64 = 5_000;

// Keyword rules ------------------------------------------------------------------------------------

/// A page of rules, newest first.
///
/// # Errors
/// `Denied` without the right; `Invalid` for a page that is none.
pub async fn list_keywords(
    ctx: &Ctx,
    actor: &Actor,
    query: &str,
    page: PageRequest,
) -> Result<Page<Keyword>> {
    actor.require(Permission::BotRead)?;
    let before = page.after.as_deref().map(str::parse).transpose().map_err(|_| no_page())?;
    let (tenant, limit, pattern) = (actor.tenant, page.limit(), pattern(query));
    let rows = ctx.db.read(move |tx| store::list_keywords(tx, tenant, &pattern, before, limit + 1)).await?;
    Ok(Page::cut(rows, limit, |it| it.id.to_string()))
}

/// One rule.
///
/// # Errors
/// `Denied` without the right; `Missing`.
pub async fn get_keyword(ctx: &Ctx, actor: &Actor, id: KeywordId) -> Result<Keyword> {
    actor.require(Permission::BotRead)?;
    let tenant = actor.tenant;
    ctx.db.read(move |tx| store::find_keyword(tx, tenant, id)).await?.ok_or_else(absent)
}

/// Makes a rule.
///
/// # Errors
/// `Denied` without the right; `Invalid`, by field.
pub async fn create_keyword(
    ctx: &Ctx,
    actor: &Actor,
    body: KeywordBody,
    accept_fall: bool,
) -> Result<Keyword> {
    actor.require(Permission::BotEdit)?;
    let body = body.tidy()?;
    let accepted = try_keyword(ctx, actor, None, Some(body.clone()), accept_fall).await?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            if store::count_keywords(tx, actor.tenant)? >= MOST_KEYWORDS {
                return Err(Error::invalid(
                    "keyword.too_many",
                    format!("at most {MOST_KEYWORDS} keyword rules"),
                ));
            }
            check_files(tx, actor.tenant, &body.answers, "answers")?;
            let keyword = Keyword { id: tx.new_id(), body, version: 1, updated_at: tx.now() };
            store::insert_keyword(tx, actor.tenant, &keyword)?;
            let detail = accepted.note(json!({ "words": keyword.body.words }));
            record(tx, &actor, "keyword.create", keyword.id, detail)?;
            emit(tx, actor.tenant, Event::KeywordChanged)?;
            Ok(keyword)
        })
        .await
}

/// Changes a rule. `seen` is the version that the editor had before them; `None` writes over any.
///
/// # Errors
/// `Denied` without the right; `Missing`; `Invalid`, by field; `Conflict` when somebody was faster.
pub async fn update_keyword(
    ctx: &Ctx,
    actor: &Actor,
    id: KeywordId,
    body: KeywordBody,
    (seen, accept_fall): (Option<i64>, bool),
) -> Result<Keyword> {
    actor.require(Permission::BotEdit)?;
    let body = body.tidy()?;
    let accepted = try_keyword(ctx, actor, Some(id), Some(body.clone()), accept_fall).await?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let old = store::find_keyword(tx, actor.tenant, id)?.ok_or_else(absent)?;
            check_files(tx, actor.tenant, &body.answers, "answers")?;
            let keyword = Keyword { id, body, version: old.version + 1, updated_at: tx.now() };
            let is_current = seen.is_none_or(|it| it == old.version);
            if !is_current || !store::update_keyword(tx, actor.tenant, &keyword)? {
                return Err(changed("keyword.changed"));
            }
            let detail = json!({ "words": keyword.body.words, "version": keyword.version });
            record(tx, &actor, "keyword.change", id, accepted.note(detail))?;
            emit(tx, actor.tenant, Event::KeywordChanged)?;
            Ok(keyword)
        })
        .await
}

/// Removes a rule.
///
/// # Errors
/// `Denied` without the right; `Missing`.
pub async fn delete_keyword(ctx: &Ctx, actor: &Actor, id: KeywordId, accept_fall: bool) -> Result<()> {
    actor.require(Permission::BotEdit)?;
    let accepted = try_keyword(ctx, actor, Some(id), None, accept_fall).await?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            let old = store::find_keyword(tx, actor.tenant, id)?.ok_or_else(absent)?;
            store::delete_keyword(tx, actor.tenant, id)?;
            record(tx, &actor, "keyword.delete", id, accepted.note(json!({ "words": old.body.words })))?;
            emit(tx, actor.tenant, Event::KeywordChanged)
        })
        .await
}

/// All rules as they would be with `body` for one of them, or for a new one; without it.
pub(super) fn keywords_after(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    id: Option<KeywordId>,
    body: Option<KeywordBody>,
) -> Result<Vec<Keyword>> {
    let mut all = store::list_all_keywords(tx, tenant)?;
    let place = id.map(|id| all.iter().position(|it| it.id == id).ok_or_else(absent)).transpose()?;
    match (place, body) {
        (Some(place), Some(body)) => all[place].body = body,
        (Some(place), None) => {
            all.remove(place);
        }
        (None, Some(body)) => {
            all.push(Keyword { id: tx.new_id(), body, version: 1, updated_at: tx.now() });
        }
        (None, None) => {}
    }
    Ok(all)
}

async fn try_keyword(
    ctx: &Ctx,
    actor: &Actor,
    id: Option<KeywordId>,
    body: Option<KeywordBody>,
    accept_fall: bool,
) -> Result<Accepted> {
    let tenant = actor.tenant;
    let all = ctx.db.read(move |tx| keywords_after(tx, tenant, id, body)).await?;
    pass(ctx, tenant, Proposal { keywords: Some(all), ..Proposal::default() }, accept_fall).await
}

/// Refuses what makes a test set fall, unless that is accepted.
async fn pass(ctx: &Ctx, tenant: TenantId, proposal: Proposal, accept_fall: bool) -> Result<Accepted> {
    rehearsal::judge(rehearse::falls(ctx, tenant, proposal).await?, accept_fall)
}

fn changed(code: &'static str) -> Error {
    Error::conflict(code, "somebody changed this meanwhile: look at it again, then decide")
}

// Text menu ----------------------------------------------------------------------------------------

/// The text menu; one without choices when none was written.
///
/// # Errors
/// `Denied` without the right.
pub async fn get_text_menu(ctx: &Ctx, actor: &Actor) -> Result<StoredMenu<Node>> {
    actor.require(Permission::BotRead)?;
    let tenant = actor.tenant;
    let found = ctx.db.read(move |tx| store::find_menu(tx, tenant, Menu::Text)).await?;
    Ok(found.unwrap_or_default())
}

/// Writes the text menu.
///
/// # Errors
/// `Denied` without the right; `Invalid`, by place; `Conflict` when somebody was faster.
pub async fn put_text_menu(
    ctx: &Ctx,
    actor: &Actor,
    root: Node,
    (seen, accept_fall): (Option<i64>, bool),
) -> Result<StoredMenu<Node>> {
    actor.require(Permission::BotEdit)?;
    root.check()?;
    let proposal = Proposal { text_menu: Some(root.clone()), ..Proposal::default() };
    let accepted = pass(ctx, actor.tenant, proposal, accept_fall).await?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            check_node_files(tx, actor.tenant, &root, "root")?;
            let stored = put_menu(tx, &actor, Menu::Text, root, seen, "text_menu.changed")?;
            let detail = accepted.note(json!({ "version": stored.version }));
            record(tx, &actor, "text_menu.change", "text_menu", detail)?;
            Ok(stored)
        })
        .await
}

fn check_node_files(tx: &mut Tx<'_>, tenant: TenantId, node: &Node, place: &str) -> Result<()> {
    check_files(tx, tenant, node.answers.as_deref().unwrap_or_default(), &format!("{place}.answers"))?;
    for it in &node.items {
        check_node_files(tx, tenant, &it.node, &format!("{place}.{}", it.digit))?;
    }
    Ok(())
}

fn put_menu<T>(
    tx: &mut Tx<'_>,
    actor: &Actor,
    menu: Menu,
    tree: T,
    seen: Option<i64>,
    code: &'static str,
) -> Result<StoredMenu<T>>
where
    T: serde::Serialize + serde::de::DeserializeOwned + Default,
{
    let old: StoredMenu<T> = store::find_menu(tx, actor.tenant, menu)?.unwrap_or_default();
    let version = old.version + 1;
    let is_current = seen.is_none_or(|it| it == old.version);
    if !is_current || !store::put_menu(tx, actor.tenant, menu, &tree, version)? {
        return Err(changed(code));
    }
    emit(tx, actor.tenant, Event::MenuChanged)?;
    Ok(StoredMenu { tree, version, updated_at: Some(tx.now()), ..old })
}

// Account menus ------------------------------------------------------------------------------------

/// The draft of an inbox's account menu.
///
/// # Errors
/// `Denied` without the right; `Missing` inbox.
pub async fn get_account_menu(ctx: &Ctx, actor: &Actor, inbox: InboxId) -> Result<StoredMenu<AccountMenu>> {
    actor.require(Permission::BotRead)?;
    let tenant = actor.tenant;
    let found = ctx
        .db
        .read(move |tx| {
            channels::get(tx, tenant, inbox)?;
            store::find_menu(tx, tenant, Menu::Account(inbox))
        })
        .await?;
    Ok(found.unwrap_or_default())
}

/// Writes the draft of an inbox's account menu. What its keys do counts at once; what customers see
/// changes with the publication.
///
/// # Errors
/// `Denied` without the right; `Missing` inbox; `Invalid`, by button; `Conflict` when somebody was faster.
pub async fn put_account_menu(
    ctx: &Ctx,
    actor: &Actor,
    inbox: InboxId,
    menu: AccountMenu,
    seen: Option<i64>,
) -> Result<StoredMenu<AccountMenu>> {
    actor.require(Permission::BotEdit)?;
    menu.check()?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            channels::get(tx, actor.tenant, inbox)?;
            check_button_files(tx, actor.tenant, &menu)?;
            let stored = put_menu(tx, &actor, Menu::Account(inbox), menu, seen, "account_menu.changed")?;
            record(tx, &actor, "account_menu.change", inbox, json!({ "version": stored.version }))?;
            Ok(stored)
        })
        .await
}

fn check_button_files(tx: &mut Tx<'_>, tenant: TenantId, menu: &AccountMenu) -> Result<()> {
    for (button, nth) in menu.buttons.iter().zip(1..) {
        let place = format!("buttons[{nth}]");
        check_files(tx, tenant, button.answers.as_deref().unwrap_or_default(), &format!("{place}.answers"))?;
        for (child, at) in button.children.iter().zip(1..) {
            let answers = child.answers.as_deref().unwrap_or_default();
            check_files(tx, tenant, answers, &format!("{place}.children[{at}].answers"))?;
        }
    }
    Ok(())
}

// Settings -----------------------------------------------------------------------------------------

/// How the tenant's bot behaves.
///
/// # Errors
/// `Denied` without the right.
pub async fn get_settings(ctx: &Ctx, actor: &Actor) -> Result<BotSettings> {
    actor.require(Permission::BotRead)?;
    let tenant = actor.tenant;
    let (settings, version) = ctx.db.read(move |tx| store::get_settings(tx, tenant)).await?;
    Ok(BotSettings { version: Some(version), ..settings })
}

/// Writes how the tenant's bot behaves. `version` is the one that the editor had before them; without it any is
/// written over.
///
/// # Errors
/// `Denied` without the right; `Invalid`, by field; `Conflict` when somebody was faster.
pub async fn put_settings(
    ctx: &Ctx,
    actor: &Actor,
    mut settings: BotSettings,
    accept_fall: bool,
) -> Result<BotSettings> {
    actor.require(Permission::BotEdit)?;
    settings.check()?;
    let seen = settings.version.take();
    let proposal = Proposal { settings: Some(settings.clone()), ..Proposal::default() };
    let accepted = pass(ctx, actor.tenant, proposal, accept_fall).await?;
    let actor = actor.clone();
    ctx.db
        .write(move |tx| {
            for (field, answers) in texts(&settings) {
                check_files(tx, actor.tenant, answers, &field)?;
            }
            let (_, version) = store::get_settings(tx, actor.tenant)?;
            let is_current = seen.is_none_or(|it| it == version);
            if !is_current || !store::put_settings(tx, actor.tenant, &settings, version + 1)? {
                return Err(changed("bot_settings.changed"));
            }
            let detail = accepted.note(json!({ "version": version + 1 }));
            record(tx, &actor, "bot_settings.change", "bot_settings", detail)?;
            emit(tx, actor.tenant, Event::BotSettingsChanged)?;
            Ok(BotSettings { version: Some(version + 1), ..settings })
        })
        .await
}

fn texts(settings: &BotSettings) -> Vec<(String, &[Content])> {
    let mut all = vec![
        ("welcome".to_owned(), settings.welcome.as_slice()),
        ("fallback".to_owned(), settings.fallback.as_slice()),
        ("media_reply".to_owned(), settings.media_reply.as_slice()),
    ];
    for (it, nth) in settings.welcome_by_source.iter().zip(1..) {
        all.push((format!("welcome_by_source[{nth}].answers"), it.answers.as_slice()));
    }
    all
}
