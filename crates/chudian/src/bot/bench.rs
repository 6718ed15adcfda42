//! The test bench: what would the bot answer, and why? Nothing is stored, nobody is disturbed.

use serde::{Deserialize, Serialize};

use crate::base::content::Content;
use crate::base::id::{EntryId, Id, InboxId, TenantId};
use crate::base::{Error, Result};
use crate::channels::store as channels;
use crate::ctx::Ctx;
use crate::knowledge::particulars::Place;
use crate::web::actor::Actor;
use crate::web::permission::Permission;

use super::catalogue;
use super::decide::decide;
use super::generation::wanted;
use super::look_up::{look_up_all_with_model, look_up_with_model};
use super::model::{BotState, Effect, Holder, Input, Reason};

/// What is tried.
#[derive(Debug)]
pub struct Trial {
    /// What the customer would send or do.
    pub content: Content,
    /// Where, for taps on an account's menu and for answers of its channel.
    pub inbox: Option<InboxId>,
    /// What the trial before gave back; `None` begins anew.
    pub session: Option<String>,
}

/// What came out.
#[derive(Debug)]
pub struct Outcome {
    /// What would be said.
    pub replies: Vec<Content>,
    /// To be given with the next trial.
    pub session: String,
    /// The steps.
    pub reasons: Vec<Reason>,
    /// What the base has, nearest first, also where something else answered.
    pub candidates: Vec<Found>,
    /// A model would be asked first, and the replies said only without an answer of it.
    pub generates: bool,
}

/// A candidate from the base.
#[derive(Debug)]
pub struct Found {
    /// The entry.
    pub entry: EntryId,
    /// Its standard question.
    pub question: String,
    /// Whether it is headquarters'.
    pub is_shared: bool,
    /// How near, 1 at most.
    pub score: f32,
    /// How probably it answers.
    pub confidence: f32,
    /// Which pieces matched, and whether by sound only.
    pub matched: Vec<(String, bool)>,
    /// Words that were compared in another form: as written, and the form.
    pub synonyms: Vec<(String, String)>,
    /// The points of each feature.
    pub points: Vec<(&'static str, f32)>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Session {
    state: BotState,
    is_queued: bool,
}

/// The longest session that is taken back, in bytes.
const LONGEST_SESSION: usize = 4096;

/// Tries a message.
///
/// # Errors
/// `Denied` without the right; `Invalid` for a session that is none of ours.
pub async fn test(ctx: &Ctx, actor: &Actor, trial: Trial) -> Result<Outcome> {
    actor.require(Permission::BotRead)?;
    let session = match trial.session.as_deref() {
        None | Some("") => Session::default(),
        Some(text) if text.len() <= LONGEST_SESSION => {
            serde_json::from_str(text).map_err(|_| bad_session())?
        }
        Some(_) => return Err(bad_session()),
    };
    let channel = match trial.inbox {
        Some(inbox) => channel_of(ctx, actor.tenant, inbox).await?,
        None => String::new(),
    };
    let catalogue = catalogue::of(ctx, actor.tenant).await?;
    let now = ctx.clock.now();
    let findings = look_up_with_model(ctx, &catalogue, &trial.content, now).await;
    let holder = if session.is_queued { Holder::Queue } else { Holder::Bot };
    let input = Input {
        content: &trial.content,
        place: Place { inbox: trial.inbox.unwrap_or(InboxId(0)), channel: &channel },
        holder,
        pick: rand::random(),
    };
    let decision = decide(&session.state, &input, &catalogue, &findings, now);
    let instead = wanted::put_off(decision.clone(), &input, &catalogue, &findings, now);
    let generates = catalogue.generates && instead != decision;
    // Only now: the decision must not know more than it would on the way of a message.
    let findings = look_up_all_with_model(ctx, &catalogue, &trial.content).await;
    let candidates = findings.candidates().iter().filter_map(|it| {
        let entry = catalogue.knowledge.get(it.entry, now)?;
        Some(Found {
            entry: EntryId::from_raw(it.entry),
            question: entry.question.clone(),
            is_shared: entry.is_shared,
            score: it.score,
            confidence: it.confidence,
            matched: it.why.matched.iter().map(|piece| (piece.text.clone(), piece.by_sound)).collect(),
            synonyms: it.why.synonyms.iter().map(|it| (it.written.clone(), it.form.clone())).collect(),
            points: it.why.points.iter().map(|(name, _, points)| (*name, *points)).collect(),
        })
    });
    let is_queued =
        session.is_queued || decision.effects.iter().any(|it| matches!(it, Effect::QueueForPerson { .. }));
    let next = Session { state: decision.next_state.clone(), is_queued };
    Ok(Outcome {
        replies: decision.replies(),
        session: serde_json::to_string(&next).unwrap_or_default(),
        candidates: candidates.collect(),
        reasons: decision.reasons,
        generates,
    })
}

/// The kind of an inbox; empty when it is not there.
pub(super) async fn channel_of(ctx: &Ctx, tenant: TenantId, inbox: InboxId) -> Result<String> {
    let all = ctx.db.read(move |tx| channels::list(tx, tenant)).await?;
    Ok(all.into_iter().find(|it| it.id == inbox).map(|it| it.kind).unwrap_or_default())
}

fn bad_session() -> Error {
    Error::invalid("bot.session", "this session is not from the test bench: leave it out to begin anew")
        .field("session", "unknown")
}
