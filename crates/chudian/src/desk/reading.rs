//! What one may see: lists of conversations, a conversation, the messages of a thread, and what
//! the platform still lets us send.

use std::collections::HashMap;

use crate::base::id::{ConversationId, InboxId, MessageId, TenantId, ThreadId, UserId};
use crate::base::page::{Page, PageRequest};
use crate::base::{Error, Result};
use crate::channels::limits::Allowance;
use crate::channels::store as inboxes;
use crate::contacts::store as contacts;
use crate::conversations::deliveries::store::states_of;
use crate::conversations::model::{Author, Message, Stage};
use crate::conversations::store as rows;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::tenants;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

use super::model::{Place, View, pattern, range};
use super::ops::on_behalf_of;
use super::store::{self, Filter, Listed};
use super::view::{AllowanceView, ConversationView, MessageView, MessagesView};

/// More unread messages than this are not counted.
const MOST_UNREAD: i64 = 100;

/// Which list to show.
#[derive(Debug, Clone)]
pub struct Query {
    /// Which list.
    pub view: View,
    /// Only on this inbox.
    pub inbox: Option<InboxId>,
    /// Only with contacts whose name contains this.
    pub query: String,
}

/// The viewer for whom marks are read; a program has none.
fn viewer(actor: &Actor) -> UserId {
    actor.user.unwrap_or(UserId(0))
}

/// A page of a list.
///
/// # Errors
/// `Denied` without the right; `Invalid` for a page that is none.
pub async fn list(
    ctx: &Ctx,
    actor: &Actor,
    query: Query,
    page: PageRequest,
) -> Result<Page<ConversationView>> {
    actor.require(Permission::ConversationRead)?;
    let view = query.view;
    let agent = if view == View::Mine { Some(on_behalf_of(ctx, actor).await?) } else { None };
    let limit = page.limit();
    let filter = Filter {
        tenant: actor.tenant,
        viewer: viewer(actor),
        agent,
        inbox: query.inbox,
        pattern: pattern(&query.query),
        after: page.after.as_deref().map(Place::parse).transpose()?,
        limit: limit + 1,
    };
    ctx.db
        .read(move |tx| {
            let rows = if view == View::Queue {
                store::list_queue(tx, &filter)?
            } else {
                list_stages(tx, &filter, view.stages())?
            };
            let is_queue = view == View::Queue;
            let page = Page::cut(rows, limit, |it| place(it, is_queue));
            let mut items = Vec::with_capacity(page.items.len());
            for row in page.items {
                items.push(show(tx, row)?);
            }
            Ok(Page { items, next: page.next })
        })
        .await
}

fn place(row: &Listed, is_queue: bool) -> String {
    let it = &row.conversation;
    let moment = if is_queue { it.waiting_since.unwrap_or(it.opened_at).0 } else { 0 };
    Place::text(moment, it.id)
}

/// The newest of several stages: each by its own index, then merged.
fn list_stages(tx: &mut Tx<'_>, filter: &Filter, stages: &[&str]) -> Result<Vec<Listed>> {
    let mut rows = Vec::new();
    for stage in stages {
        rows.append(&mut store::list_stage(tx, filter, stage)?);
    }
    rows.sort_by_key(|it| std::cmp::Reverse(it.conversation.id));
    rows.truncate(filter.limit as usize);
    Ok(rows)
}

fn show(tx: &mut Tx<'_>, row: Listed) -> Result<ConversationView> {
    let it = &row.conversation;
    let low = (row.read_number + 1).max(it.first_number).max(row.last_number - MOST_UNREAD + 1);
    let is_for_people = matches!(it.stage, Stage::Queued | Stage::Serving { .. });
    let unread = match row.last_message {
        Some(head) if is_for_people && low <= row.last_number => store::count_inbound(tx, head, low)?,
        _ => 0,
    };
    let last = match row.last_message {
        Some(head) => Some(rows::get_message(tx, it.tenant, head)?).filter(|last| last.conversation == it.id),
        None => None,
    };
    let (tenant, contact) = (it.tenant, row.contact.clone());
    let last = last.map(|last| show_messages(tx, tenant, &contact, vec![last])).transpose()?;
    let last = last.and_then(|mut it| it.pop());
    Ok(ConversationView::of(row, unread, last))
}

/// Messages of one thread, with the names of who wrote them.
fn show_messages(
    tx: &mut Tx<'_>,
    tenant: TenantId,
    contact: &str,
    messages: Vec<Message>,
) -> Result<Vec<MessageView>> {
    let mut names: HashMap<UserId, Option<String>> = HashMap::new();
    let mut views = Vec::with_capacity(messages.len());
    for message in messages {
        let name = match message.author {
            Author::Customer => Some(contact.to_owned()),
            Author::Agent(user) => match names.get(&user) {
                Some(name) => name.clone(),
                None => {
                    let name = tenants::store::find_user(tx, tenant, user)?.map(|it| it.name);
                    names.insert(user, name.clone());
                    name
                }
            },
            Author::Bot | Author::System => None,
        };
        let parts = if MessageView::may_have_parts(&message) { states_of(tx, message.id)?.len() } else { 0 };
        views.push(MessageView::of(message, name, parts));
    }
    Ok(views)
}

/// One conversation.
///
/// # Errors
/// `Denied` without the right; `Missing` when it is not there or another tenant's.
pub async fn get(ctx: &Ctx, actor: &Actor, id: ConversationId) -> Result<ConversationView> {
    actor.require(Permission::ConversationRead)?;
    let actor = actor.clone();
    ctx.db.read(move |tx| look(tx, &actor, id)).await
}

/// The view of a conversation: a step of an act's own transaction.
///
/// # Errors
/// `Missing` when it is not there or another tenant's.
pub fn look(tx: &mut Tx<'_>, actor: &Actor, id: ConversationId) -> Result<ConversationView> {
    let row = store::find_listed(tx, actor.tenant, viewer(actor), id)?;
    let row = row.ok_or_else(|| Error::missing("conversation.missing", "there is no such conversation"))?;
    show(tx, row)
}

/// The view of a message: a step of an act's own transaction.
///
/// # Errors
/// Those of the database.
pub fn look_at_message(tx: &mut Tx<'_>, message: Message) -> Result<MessageView> {
    let tenant = message.tenant;
    let mut views = show_messages(tx, tenant, "", vec![message])?;
    views.pop().ok_or_else(|| Error::internal("message.view", "a message could not be shown"))
}

/// Where a page of messages begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// At the newest.
    Newest,
    /// The newest ones below this number.
    Before(i64),
    /// The oldest ones above this number.
    After(i64),
    /// The newest ones before this message.
    Message(MessageId),
}

/// The error for a page that is asked for in two ways at once.
#[must_use]
pub fn two_directions() -> Error {
    let message = "ask for messages before a message, before a number or after one: one of the three";
    Error::invalid("page.direction", message).field("after", "leave it out when `before` is given")
}

/// A page of a thread's messages. A page is found by walking the chain of messages back: from the one that is
/// named, or else from the newest of the thread.
///
/// # Errors
/// `Denied` without the right; `Missing` for a foreign thread, or a message of another thread.
pub async fn messages(
    ctx: &Ctx,
    actor: &Actor,
    thread: ThreadId,
    from: Begin,
    limit: u32,
) -> Result<MessagesView> {
    actor.require(Permission::ConversationRead)?;
    let tenant = actor.tenant;
    ctx.db
        .read(move |tx| {
            let thread = rows::get_thread(tx, tenant, thread)?;
            let (head, range) = match from {
                Begin::Newest => (thread.last_message, range(thread.last_number, None, None, limit)),
                Begin::Before(number) => {
                    (thread.last_message, range(thread.last_number, Some(number), None, limit))
                }
                Begin::After(number) => {
                    (thread.last_message, range(thread.last_number, None, Some(number), limit))
                }
                Begin::Message(message) => {
                    let message = rows::get_message(tx, tenant, message)?;
                    if message.thread != thread.id {
                        return Err(Error::missing("message.missing", "there is no such message"));
                    }
                    (message.previous, range(message.number, Some(message.number), None, limit))
                }
            };
            let (Some((low, high)), Some(head)) = (range, head) else {
                return Ok(MessagesView { items: Vec::new(), next: None });
            };
            let contact = contacts::get(tx, tenant, thread.contact)?;
            let found = store::walk(tx, head, low, high)?;
            let has_older = !matches!(from, Begin::After(_)) && low > 1;
            let next = found.first().filter(|_| has_older).map(|it| it.number);
            Ok(MessagesView { items: show_messages(tx, tenant, &contact.name, found)?, next })
        })
        .await
}

/// What the platform still lets us send in a thread.
///
/// # Errors
/// `Denied` without the right; `Missing` for a foreign thread.
pub async fn allowance(ctx: &Ctx, actor: &Actor, thread: ThreadId) -> Result<AllowanceView> {
    actor.require(Permission::ConversationRead)?;
    let tenant = actor.tenant;
    ctx.db
        .read(move |tx| {
            let thread = rows::get_thread(tx, tenant, thread)?;
            let identity = contacts::get_identity(tx, tenant, thread.identity)?;
            // A switched-off inbox sends nothing either, but that is told where it is switched.
            let _ = inboxes::get(tx, tenant, thread.inbox)?;
            let until = identity.allowance_until;
            let rest = Allowance { left: identity.allowance_left.unwrap_or_default(), until };
            let why = match rest.check(tx.now()) {
                _ if identity.unfollowed_at.is_some() => "contact.unfollowed",
                Ok(()) => "open",
                Err(closed) => closed.code(),
            };
            let left = if why == "open" { rest.left } else { 0 };
            Ok(AllowanceView { left: Some(left), until, why })
        })
        .await
}
