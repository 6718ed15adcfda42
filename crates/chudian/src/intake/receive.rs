//! One message, one transaction.
//!
//! What needs no transaction happens before it: opening the envelope (the adapter), looking rules
//! and knowledge up in the snapshot. What leaves the house happens after it: jobs and deliveries,
//! whose rows are written here.

use std::sync::Arc;

use crate::base::Result;
use crate::base::content::Content;
use crate::base::time::Time;
use crate::bot::catalogue::{self, Catalogue};
use crate::bot::decide::decide;
use crate::bot::generation::{ask, run, wanted};
use crate::bot::look_up::{Findings, look_up_with_model};
use crate::bot::model::{BotState, Decision, Holder, Input};
use crate::bot::store as bots;
use crate::bus::{self, Event};
use crate::channels::adapter::Adapter;
use crate::channels::limits::{Allowance, Limits};
use crate::channels::model::{Inbox, PEOPLE, SENDING};
use crate::channels::store as channels;
use crate::contacts::identity::{self, Stranger};
use crate::contacts::store as contacts;
use crate::conversations::model::{Conversation, Message, Stage};
use crate::conversations::steps::{self, NewMessage};
use crate::conversations::store as conversations;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::jobs;
use crate::knowledge::particulars::Place;
use crate::media::model::{Media, MediaSource, MediaState};
use crate::media::table;

use super::apply;
use super::journal::{self, Knock, Known, Standing};
use super::model::{Aside, Follows, Inbound, Receipt};
use super::recent::{Key, Recent};

/// A bot conversation in which nothing was said for so long is over: the next message opens a new one.
const EPISODE_ENDS_AFTER: i64 = 24 * Time::HOUR;

/// What a turn is decided on, besides what stands in the database.
pub(super) struct Turn {
    pub(super) adapter: Arc<dyn Adapter>,
    pub(super) inbound: Inbound,
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) findings: Arc<Findings>,
    pub(super) pick: u64,
    /// A generated answer may stand in the place of one that is not sure.
    pub(super) may_generate: bool,
}

/// Takes a message in. When this returns, everything about it is on disk.
pub async fn receive(ctx: &Ctx, adapter: Arc<dyn Adapter>, inbound: Inbound) -> Result<Receipt> {
    let recent = ctx.shelf.get::<Recent>();
    let key = Key {
        inbox: inbound.inbox.inbox.id,
        sent_at: inbound.sent_at,
        dedupe_key: inbound.dedupe_key.as_slice().into(),
    };
    if let Some(answer) = recent.find(&key) {
        return Ok(Receipt { answer, is_repeat: true });
    }
    let catalogue = catalogue::of(ctx, inbound.inbox.inbox.tenant).await?;
    let findings = look_up_with_model(ctx, &catalogue, &inbound.content, ctx.clock.now()).await;
    let may_generate = catalogue.generates && !ask::is_resting(ctx, inbound.inbox.inbox.tenant);
    let turn = Turn { adapter, inbound, catalogue, findings, pick: rand::random(), may_generate };
    let done = ctx.db.write_turn(move |tx| take_in(tx, &turn)).await?;
    recent.keep(key, done.receipt.answer.as_deref());
    if done.has_jobs {
        ctx.jobs.now();
    }
    if done.has_deliveries {
        ctx.deliveries.now();
    }
    if done.has_generations {
        run::ring(ctx);
    }
    Ok(done.receipt)
}

/// Keeps a callback that becomes no message, as it came.
pub async fn set_aside(
    ctx: &Ctx,
    inbox: &Inbox,
    why: Aside,
    dedupe_key: Vec<u8>,
    sent_at: Time,
    raw: Vec<u8>,
) -> Result<Receipt> {
    let (tenant, inbox) = (inbox.tenant, inbox.id);
    ctx.db
        .write(move |tx| {
            if journal::find_answer(tx, inbox, sent_at, &dedupe_key)?.is_some() {
                return Ok(Receipt { answer: None, is_repeat: true });
            }
            let entry = journal::Entry {
                tenant,
                inbox,
                sent_at,
                dedupe_key: &dedupe_key,
                outcome: why.as_str(),
                raw: &raw,
                answer: None,
                message: None,
            };
            journal::insert(tx, &entry)?;
            Ok(Receipt { answer: None, is_repeat: false })
        })
        .await
}

/// What the transaction did, as far as the outside must move on.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) receipt: Receipt,
    pub(super) has_jobs: bool,
    pub(super) has_deliveries: bool,
    pub(super) has_generations: bool,
}

fn take_in(tx: &mut Tx<'_>, turn: &Turn) -> Result<Done> {
    let it = &turn.inbound;
    let inbox = &it.inbox.inbox;
    let knock = journal::knock(tx, inbox.tenant, inbox.id, &it.sender, it.sent_at, &it.dedupe_key)?;
    let is_new = matches!(knock, Knock::Stranger);
    let mut standing = match knock {
        Knock::Known(standing) => *standing,
        Knock::Stranger => welcome(tx, it)?,
        Knock::Repeat(answer) => {
            let receipt = Receipt { answer, is_repeat: true };
            return Ok(Done { receipt, has_jobs: false, has_deliveries: false, has_generations: false });
        }
    };
    let mut conversation = present_conversation(tx, &mut standing)?;
    standing.identity.allowance = keep_identity(tx, it, &standing.identity)?;
    keep_files(tx, it)?;
    let asks_who = introduce(tx, it, &standing.identity, is_new)?;
    let asked = steps::append(
        tx,
        &mut standing.thread,
        &conversation,
        NewMessage::from_customer(it.content.clone(), it.sent_at),
    )?;
    standing.thread.last_inbound_at = Some(tx.now());

    let applied = answer(tx, turn, &mut standing, &mut conversation, &asked)?;
    conversations::save_thread(tx, &standing.thread)?;
    keep_waiting(tx, &mut conversation)?;
    write_journal(tx, turn, &asked, applied.answer.as_deref())?;
    let (thread, last) = (standing.thread.id, standing.thread.last_number);
    bus::emit(
        tx,
        inbox.tenant,
        Event::MessageCreated { thread, conversation: conversation.id, first: asked.number, last },
    )?;
    let receipt = Receipt { answer: applied.answer, is_repeat: false };
    Ok(Done {
        receipt,
        has_jobs: asks_who || !it.files.is_empty(),
        has_deliveries: applied.has_deliveries,
        has_generations: applied.has_generations,
    })
}

/// Whoever writes for the first time becomes an identity with a thread.
fn welcome(tx: &mut Tx<'_>, it: &Inbound) -> Result<Standing> {
    let inbox = &it.inbox.inbox;
    // Who writes, follows; who stopped, does not.
    let (followed_at, source) = match &it.follows {
        Some(Follows::Ended) => (None, None),
        Some(Follows::Began(source)) => (Some(it.sent_at), source.as_deref()),
        None => (Some(it.sent_at), None),
    };
    let stranger = Stranger {
        tenant: inbox.tenant,
        inbox: inbox.id,
        source_id: &it.sender,
        union_id: it.union_id.as_deref(),
        followed_at,
        follow_source: source,
    };
    let identity = identity::welcome(tx, &stranger)?;
    let thread = steps::open_thread(tx, &identity)?;
    Ok(Standing { identity: Known::from(&identity), thread, conversation: None, session: None })
}

/// The conversation that this message belongs to: the open one, unless it was the bot's and has
/// long been silent.
fn present_conversation(tx: &mut Tx<'_>, standing: &mut Standing) -> Result<Conversation> {
    if let Some(mut open) = standing.conversation.take() {
        let silent_for = standing.thread.last_inbound_at.map_or(0, |it| tx.now().since(it));
        if open.stage != Stage::Bot || silent_for < EPISODE_ENDS_AFTER {
            return Ok(open);
        }
        open.close(tx.now())?;
        conversations::save_conversation(tx, &open, Some("silent"))?;
    }
    steps::open_conversation(tx, &mut standing.thread)
}

/// What the message says about the person: following, and what may be sent from now on, which it gives.
fn keep_identity(tx: &mut Tx<'_>, it: &Inbound, known: &Known) -> Result<Allowance> {
    match &it.follows {
        Some(Follows::Ended) => {
            contacts::set_unfollowed(tx, known.id, it.sent_at)?;
            return Ok(Allowance::default());
        }
        Some(Follows::Began(source)) => contacts::set_followed(tx, known.id, it.sent_at, source.as_deref())?,
        None if !known.is_following && it.act.is_some() => {
            contacts::set_followed(tx, known.id, it.sent_at, None)?
        }
        None => {}
    }
    let Some(act) = it.act else { return Ok(known.allowance) };
    let allowance = Limits::built_in().after(&it.inbox.inbox.kind, act, tx.now(), known.allowance);
    if allowance != known.allowance {
        contacts::set_allowance(tx, known.id, allowance.left, allowance.until)?;
    }
    Ok(allowance)
}

/// A follower, and somebody whom we had not met: the platform is asked who it is, where it tells. Gives
/// whether there is a job for it now.
fn introduce(tx: &mut Tx<'_>, it: &Inbound, known: &Known, is_new: bool) -> Result<bool> {
    let follows = matches!(it.follows, Some(Follows::Began(_)));
    let leaves = matches!(it.follows, Some(Follows::Ended));
    let inbox = &it.inbox.inbox;
    if !(follows || is_new && !leaves) || channels::find_pause(tx, inbox.tenant, inbox.id, PEOPLE)?.is_some()
    {
        return Ok(false);
    }
    let now = tx.now();
    jobs::enqueue(tx, inbox.tenant, super::INTRODUCE, &serde_json::json!({ "identity": known.id }), now)?;
    Ok(true)
}

/// The files it names: rows that wait, and a job for each that fetches it at once.
fn keep_files(tx: &mut Tx<'_>, it: &Inbound) -> Result<()> {
    for file in &it.files {
        let media = Media {
            id: file.media,
            tenant: it.inbox.inbox.tenant,
            kind: file.kind,
            mime: "application/octet-stream".to_owned(),
            name: file.name.clone(),
            size: 0,
            path: None,
            state: MediaState::Pending,
            source: Some(MediaSource { inbox: it.inbox.inbox.id, platform_id: file.platform_id.clone() }),
            created_at: tx.now(),
        };
        table::insert(tx, &media)?;
        let now = tx.now();
        jobs::enqueue(tx, media.tenant, super::FETCH_MEDIA, &serde_json::json!({ "media": media.id }), now)?;
    }
    Ok(())
}

/// Asks the bot and does what it decides.
fn answer(
    tx: &mut Tx<'_>,
    turn: &Turn,
    standing: &mut Standing,
    conversation: &mut Conversation,
    asked: &Message,
) -> Result<apply::Applied> {
    if !turn.inbound.asks {
        return Ok(apply::Applied::default());
    }
    let before: BotState =
        standing.session.as_deref().and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default();
    let input = Input {
        content: &turn.inbound.content,
        place: Place { inbox: turn.inbound.inbox.inbox.id, channel: &turn.inbound.inbox.inbox.kind },
        holder: holder(conversation.stage),
        pick: turn.pick,
    };
    let now = tx.now();
    let mut decision = decide(&before, &input, &turn.catalogue, &turn.findings, now);
    // It leaves by the platform's API: where that lets nothing go, the instant answer is the only one.
    if turn.may_generate && standing.identity.allowance.check(now).is_ok() && may_send(tx, turn)? {
        decision = wanted::put_off(decision, &input, &turn.catalogue, &turn.findings, now);
    }
    remember(tx, standing, &before, &decision)?;
    apply::apply(tx, turn, standing, conversation, &decision, asked)
}

/// Whether the platform lets the account send beyond the instant answer, as far as it has told.
fn may_send(tx: &mut Tx<'_>, turn: &Turn) -> Result<bool> {
    let inbox = &turn.inbound.inbox.inbox;
    Ok(channels::find_pause(tx, inbox.tenant, inbox.id, SENDING)?.is_none())
}

fn holder(stage: Stage) -> Holder {
    match stage {
        Stage::Bot | Stage::Closed => Holder::Bot,
        Stage::Queued => Holder::Queue,
        Stage::Serving { .. } => Holder::Person,
    }
}

fn remember(tx: &mut Tx<'_>, standing: &Standing, before: &BotState, decision: &Decision) -> Result<()> {
    if decision.next_state == *before {
        return Ok(());
    }
    let state = serde_json::to_string(&decision.next_state).unwrap_or_else(|_| "{}".to_owned());
    bots::set_session(tx, &standing.thread, &state)
}

/// A customer who writes while a person serves waits from now on.
fn keep_waiting(tx: &mut Tx<'_>, conversation: &mut Conversation) -> Result<()> {
    if conversation.stage.agent().is_some() && conversation.waiting_since.is_none() {
        conversation.waiting_since = Some(tx.now());
        conversations::save_conversation(tx, conversation, None)?;
    }
    Ok(())
}

fn write_journal(tx: &mut Tx<'_>, turn: &Turn, asked: &Message, answer: Option<&[u8]>) -> Result<()> {
    let it = &turn.inbound;
    let outcome = if matches!(it.content, Content::Unsupported { .. }) { "unsupported" } else { "stored" };
    let entry = journal::Entry {
        tenant: it.inbox.inbox.tenant,
        inbox: it.inbox.inbox.id,
        sent_at: it.sent_at,
        dedupe_key: &it.dedupe_key,
        outcome,
        raw: &it.raw,
        answer,
        message: Some(asked.id),
    };
    journal::insert(tx, &entry).map(|_| ())
}
